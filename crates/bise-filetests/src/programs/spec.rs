//! The `# ---- run` blocks of a program file: what to run, on what, and what to expect. The format is documented
//! in `tests/README.md`.

use std::collections::BTreeMap;

/// Index ranges by name of the dimension.
pub(super) type Ranges = Vec<(String, i64, i64)>;

/// One run of one program.
#[derive(Debug, Default)]
pub(super) struct Run {
    /// A program of the module, or an operator.
    pub(super) program: String,
    /// The line of the file where the block starts.
    pub(super) line: usize,
    /// Domains of fields that say nothing else.
    pub(super) domain: Ranges,
    /// How parameters are filled, by flattened name.
    pub(super) params: BTreeMap<String, Input>,
    /// Connectivities, by name.
    pub(super) tables: BTreeMap<String, TableSource>,
    /// The call must be refused with this code.
    pub(super) refuse: Option<String>,
    /// What must hold afterwards.
    pub(super) expects: Vec<Expect>,
}

/// How an argument is made.
#[derive(Clone, Debug, Default)]
pub(super) struct Input {
    /// Other domains than the default.
    pub(super) ranges: Ranges,
    /// Its values.
    pub(super) generator: Generator,
}

/// Where values come from.
#[derive(Clone, Debug, Default)]
pub(super) enum Generator {
    /// Random numbers: by default in [-1, 1) for floats, [-9, 9] for integers.
    #[default]
    Random,
    /// Random numbers in a range.
    RandomIn(f64, f64),
    /// The index along a dimension.
    Index(String),
    /// `1 + 2 i + 3 j + ...` over the axes in order.
    Linear,
    /// One number everywhere.
    Constant(String),
    /// Numbers that expose mistakes: zeros of both signs, infinities, NaN, extremes.
    Special,
    /// Numbers in order of position, the last axis running fastest; repeated as needed.
    Values(Vec<String>),
    /// The memory of another parameter.
    Alias(String),
}

/// How a connectivity is made.
#[derive(Clone, Debug)]
pub(super) struct TableSource {
    pub(super) rows: TableRows,
    /// 64-bit entries.
    pub(super) wide: bool,
}

/// Where the entries of a table come from.
#[derive(Clone, Debug)]
pub(super) enum TableRows {
    /// Given.
    Given(Vec<Vec<i64>>),
    /// Random rows of distinct indices, of which a fraction is skipped.
    Random {
        rows: usize,
        width: usize,
        codomain: usize,
        skips: f64,
    },
    /// Of an icosahedral mesh.
    Mesh { level: u32, table: String },
}

/// A condition on a field after the run.
#[derive(Debug)]
pub(super) struct Expect {
    pub(super) param: String,
    /// Where; everywhere along dimensions that it does not name.
    pub(super) region: Ranges,
    pub(super) value: Expected,
    pub(super) line: usize,
}

/// What a field must be.
#[derive(Debug)]
pub(super) enum Expected {
    /// An expression of indices and of the arguments before the run.
    Formula(String),
    /// Numbers in order of position.
    Values(Vec<String>),
}

/// The blocks of a file.
pub(super) fn parse(text: &str) -> Result<Vec<Run>, String> {
    let mut runs: Vec<Run> = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let line_number = number + 1;
        let in_line = |problem: String| format!("line {line_number}: {problem}");
        let Some(comment) = line.strip_prefix('#').map(str::trim) else {
            continue;
        };
        if let Some(program) = comment.strip_prefix("---- run") {
            runs.push(Run {
                program: program.trim().to_owned(),
                line: line_number,
                ..Run::default()
            });
        } else if let (Some(run), false) = (runs.last_mut(), comment.is_empty()) {
            parse_line(run, comment, line_number).map_err(in_line)?;
        }
    }
    Ok(runs)
}

fn parse_line(run: &mut Run, line: &str, number: usize) -> Result<(), String> {
    if let Some(rest) = line.strip_prefix("expect ") {
        run.expects.push(parse_expect(rest, number)?);
        return Ok(());
    }
    let (key, value) = line
        .split_once(':')
        .ok_or_else(|| format!("`{line}` is not `key: value`"))?;
    let (key, value) = (key.trim(), value.trim());
    match key {
        "domain" => run.domain.extend(parse_ranges(value)?),
        "mesh" => parse_mesh(run, value)?,
        "refuse" => run.refuse = Some(value.to_owned()),
        _ => match parse_table(value)? {
            Some(table) => {
                run.tables.insert(key.to_owned(), table);
            }
            None => {
                run.params.insert(key.to_owned(), parse_input(value)?);
            }
        },
    }
    Ok(())
}

/// `out @ I 1..3, K 0..2: formula` or `out = 1 2 3`
fn parse_expect(text: &str, line: usize) -> Result<Expect, String> {
    let formula = text.split_once(':');
    let values = text.split_once('=').filter(|(head, _)| !head.contains(':'));
    let (head, value) = match (values, formula) {
        (Some((head, values)), _) => (head, Expected::Values(words(values))),
        (None, Some((head, formula))) => (head, Expected::Formula(formula.trim().to_owned())),
        (None, None) => return Err(format!("`{text}` expects nothing")),
    };
    let (param, region) = match head.split_once('@') {
        Some((param, region)) => (param, parse_ranges(region)?),
        None => (head, Vec::new()),
    };
    Ok(Expect {
        param: param.trim().to_owned(),
        region,
        value,
        line,
    })
}

/// `I 0..3, K -1..4`
fn parse_ranges(text: &str) -> Result<Ranges, String> {
    text.split(',').map(|range| parse_range(range.trim())).collect()
}

fn parse_range(text: &str) -> Result<(String, i64, i64), String> {
    let bad = || format!("`{text}` is not `dimension start..stop`");
    let (dim, range) = text.split_once(' ').ok_or_else(bad)?;
    let (start, stop) = range.split_once("..").ok_or_else(bad)?;
    let number = |text: &str| text.trim().parse::<i64>().map_err(|_| bad());
    Ok((dim.to_owned(), number(start)?, number(stop)?))
}

/// `I -1..3; random 0..1`
fn parse_input(text: &str) -> Result<Input, String> {
    let mut input = Input::default();
    for item in text.split(';').map(str::trim) {
        let ranges = parse_ranges(item);
        match ranges {
            Ok(ranges) if !item.starts_with("random ") => input.ranges = ranges,
            _ => input.generator = parse_generator(item)?,
        }
    }
    Ok(input)
}

fn parse_generator(text: &str) -> Result<Generator, String> {
    let (word, rest) = text.split_once(' ').unwrap_or((text, ""));
    let rest = rest.trim();
    Ok(match word {
        "random" if rest.is_empty() => Generator::Random,
        "random" => {
            let bad = || format!("`{rest}` is not `low..high`");
            let (low, high) = rest.split_once("..").ok_or_else(bad)?;
            let number = |text: &str| text.trim().parse::<f64>().map_err(|_| bad());
            Generator::RandomIn(number(low)?, number(high)?)
        }
        "index" => Generator::Index(rest.to_owned()),
        "linear" => Generator::Linear,
        "special" => Generator::Special,
        "values" => Generator::Values(words(rest)),
        "alias" => Generator::Alias(rest.to_owned()),
        _ if rest.is_empty() => Generator::Constant(word.to_owned()),
        _ => return Err(format!("`{text}` is no way to make values")),
    })
}

fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

/// `icosahedral 1`: all tables of the mesh under their names, and the domains of its elements.
fn parse_mesh(run: &mut Run, text: &str) -> Result<(), String> {
    let level = text
        .strip_prefix("icosahedral")
        .and_then(|level| level.trim().parse::<u32>().ok());
    let level = level
        .filter(|level| *level < 7)
        .ok_or_else(|| format!("`{text}` is not `icosahedral LEVEL`"))?;
    for name in ["V2E", "V2C", "E2V", "E2C", "C2V", "C2E", "C2E2C"] {
        let rows = TableRows::Mesh {
            level,
            table: name.to_owned(),
        };
        run.tables
            .insert(name.to_owned(), TableSource { rows, wide: false });
    }
    let faces = 20 * 4i64.pow(level);
    for (dim, size) in [
        ("Vertex", faces / 2 + 2),
        ("Edge", faces / 2 * 3),
        ("Cell", faces),
    ] {
        run.domain.push((dim.to_owned(), 0, size));
    }
    Ok(())
}

/// `random 40x6 of 100; skips 0.2; int64` or `rows 0 1, 1 -1`, if the text is one of these.
fn parse_table(text: &str) -> Result<Option<TableSource>, String> {
    let mut items = text.split(';').map(str::trim);
    let first = items.next().unwrap_or_default();
    let mut skipped = 0.0;
    let mut wide = false;
    for item in items {
        if item == "int64" {
            wide = true;
        } else if let Some(fraction) = item.strip_prefix("skips") {
            skipped = fraction
                .trim()
                .parse()
                .map_err(|_| format!("`{item}` is not `skips FRACTION`"))?;
        }
    }
    let rows = if let Some(rows) = first.strip_prefix("rows ") {
        let row = |row: &str| -> Result<Vec<i64>, String> {
            let entry = |entry: &str| entry.parse().map_err(|_| format!("`{entry}` is no index"));
            row.split_whitespace().map(entry).collect()
        };
        TableRows::Given(rows.split(',').map(row).collect::<Result<_, _>>()?)
    } else if let Some((shape, codomain)) = first
        .strip_prefix("random ")
        .and_then(|rest| rest.split_once(" of "))
    {
        let bad = || format!("`{first}` is not `random ROWSxWIDTH of SIZE`");
        let (rows, width) = shape.split_once('x').ok_or_else(bad)?;
        let number = |text: &str| text.trim().parse::<usize>().map_err(|_| bad());
        TableRows::Random {
            rows: number(rows)?,
            width: number(width)?,
            codomain: number(codomain)?,
            skips: skipped,
        }
    } else {
        return Ok(None);
    };
    Ok(Some(TableSource { rows, wide }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_read() {
        let text = "x = 1\n# not a block\n# ---- run p\n# domain: I 0..3, K -1..4\n# a: I -1..4; random 0..2\n\
                    # n: 3\n# V2E: random 4x2 of 9; skips 0.5\n# expect out @ I 1..2: a(I + 1)\n# expect b = 1 2\n";
        let runs = parse(text).unwrap();
        assert_eq!(runs.len(), 1);
        let run = &runs[0];
        assert_eq!((run.program.as_str(), run.line), ("p", 3));
        assert_eq!(run.domain[1], ("K".to_owned(), -1, 4));
        assert!(matches!(run.params["a"].generator, Generator::RandomIn(0.0, 2.0)));
        assert_eq!(run.params["a"].ranges.len(), 1);
        assert!(matches!(&run.params["n"].generator, Generator::Constant(n) if n == "3"));
        assert!(matches!(
            run.tables["V2E"].rows,
            TableRows::Random { skips: 0.5, .. }
        ));
        assert!(matches!(&run.expects[0].value, Expected::Formula(formula) if formula == "a(I + 1)"));
        assert!(matches!(&run.expects[1].value, Expected::Values(values) if values.len() == 2));
        assert!(parse("# ---- run p\n# nonsense\n").is_err());
    }
}
