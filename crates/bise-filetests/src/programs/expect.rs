//! Expectations as formulas: an independent, slow reading of what a program should give, point by point, in
//! binary64.
//!
//! A formula is a Python expression. Dimensions stand for the index of the point, parameters for their values
//! before the run (fields at the point; `f(I + 1)` elsewhere), `old` for the expected field before the run. `where`
//! and all builtins are there; `neighbor_sum(f, V2E)`, `max_over(f, V2E)`, `min_over(f, V2E)` fold over neighbours and
//! `neighbor(f, V2E, 2)` goes to one.

use std::collections::BTreeMap;

use bise_base::SourceMap;
use bise_lang::builtins::{Spelling, TABLE};
use bise_lang::{Builtin, DType, Scalar, evaluate};
use bise_syntax::{Expr, ExprKind, Integer, StmtKind, UnaryOperator};

use super::sample::Sample;
use super::spec::{Expect, Expected};

/// A table for formulas: names of origin, local dimension and codomain, and the rows.
pub(super) struct Neighbors<'a> {
    pub(super) dims: [String; 3],
    pub(super) rows: &'a [Vec<i64>],
}

/// What names stand for.
pub(super) struct Scope<'a> {
    pub(super) fields: BTreeMap<&'a str, &'a Sample>,
    pub(super) scalars: BTreeMap<&'a str, Scalar>,
    pub(super) tables: BTreeMap<&'a str, Neighbors<'a>>,
}

/// Index by name of the dimension.
type Point = BTreeMap<String, i64>;

/// Whether the field is as expected; if not, where.
pub(super) fn check(expect: &Expect, result: &Sample, scope: &Scope<'_>) -> Result<(), String> {
    let formula = match &expect.value {
        Expected::Formula(text) => Some(parse(text)?),
        Expected::Values(_) => None,
    };
    for (at, index) in result.points().iter().enumerate() {
        let point: Point = result
            .dims
            .iter()
            .map(|dim| dim.name.to_string())
            .zip(index.iter().copied())
            .collect();
        let inside = |(dim, start, stop): &(String, i64, i64)| match point.get(dim) {
            Some(index) => Ok(start <= index && index < stop),
            None => Err(format!("`{}` has no dimension {dim}", expect.param)),
        };
        if !expect
            .region
            .iter()
            .map(inside)
            .collect::<Result<Vec<_>, _>>()?
            .into_iter()
            .all(|inside| inside)
        {
            continue;
        }
        let wanted = match (&expect.value, &formula) {
            (Expected::Values(values), _) => {
                let text = values
                    .get(at)
                    .ok_or_else(|| format!("{} values are too few", values.len()))?;
                super::sample::number(text, result.dtype)?.as_f64()
            }
            (Expected::Formula(_), Some(formula)) => value(formula, &point, scope, &expect.param)?,
            (Expected::Formula(_), None) => continue,
        };
        let found = result.values[at].as_f64();
        if !close(found, wanted, result.dtype) {
            return Err(format!(
                "`{}` at {index:?} is {found:?}, expected {wanted:?}",
                expect.param
            ));
        }
    }
    Ok(())
}

/// Equal but for the rounding of the formula, which need not be that of the program.
fn close(found: f64, wanted: f64, dtype: DType) -> bool {
    let tolerance = match dtype {
        DType::Float64 => 1e-11,
        DType::Float32 => 1e-4,
        _ => 0.0,
    };
    if found.is_infinite() || wanted.is_infinite() {
        return found == wanted;
    }
    found == wanted
        || (found.is_nan() && wanted.is_nan())
        || (found - wanted).abs() <= tolerance * wanted.abs().max(found.abs()).max(1e-300)
        || (dtype.is_float() && (found - wanted).abs() <= tolerance * 1e-3)
}

fn parse(text: &str) -> Result<Expr, String> {
    let sources = SourceMap::new();
    let source = sources.add("formula", text, 1);
    let parsed = bise_syntax::parse(&sources, source);
    match (
        parsed.errors.is_empty(),
        parsed.stmts.into_iter().next().map(|stmt| stmt.kind),
    ) {
        (true, Some(StmtKind::Expr(expr))) => Ok(expr),
        _ => Err(format!("`{text}` is no expression")),
    }
}

fn value(expr: &Expr, point: &Point, scope: &Scope<'_>, expected: &str) -> Result<f64, String> {
    let recurse = |expr: &Expr| value(expr, point, scope, expected);
    match &expr.kind {
        ExprKind::Int(Integer::Small(number)) => Ok(*number as f64),
        ExprKind::Float(number) => Ok(*number),
        ExprKind::Bool(truth) => Ok(f64::from(u8::from(*truth))),
        ExprKind::Name(name) => named(name, point, scope, expected),
        ExprKind::Unary { operator, operand } => {
            let operand = recurse(operand)?;
            Ok(match operator {
                UnaryOperator::Minus => -operand,
                UnaryOperator::Plus => operand,
                UnaryOperator::Not | UnaryOperator::Invert => f64::from(u8::from(operand == 0.0)),
            })
        }
        ExprKind::Binary { first, rest } => {
            let mut result = recurse(first)?;
            for step in rest {
                result = infix(step.operator.symbol(), result, recurse(&step.operand)?)?;
            }
            Ok(result)
        }
        ExprKind::Compare { first, rest } => match rest.as_slice() {
            [(operator, second)] => infix(operator.symbol(), recurse(first)?, recurse(second)?),
            _ => Err("a chain of comparisons".to_owned()),
        },
        ExprKind::Call { function, args, .. } => match &function.kind {
            ExprKind::Name(name) => call(name, args, point, scope, expected),
            _ => Err("a call of something that is not a name".to_owned()),
        },
        _ => Err("formulas have no such expressions".to_owned()),
    }
}

fn named(name: &str, point: &Point, scope: &Scope<'_>, expected: &str) -> Result<f64, String> {
    if let Some(index) = point.get(name) {
        return Ok(*index as f64);
    }
    if let Some(scalar) = scope.scalars.get(name) {
        return Ok(scalar.as_f64());
    }
    let name = if name == "old" { expected } else { name };
    let field = scope
        .fields
        .get(name)
        .ok_or_else(|| format!("there is no `{name}`"))?;
    let index = field.dims.iter().map(|dim| {
        let index = point.get(dim.name.as_str());
        index
            .copied()
            .ok_or_else(|| format!("`{name}` has dimension {dim}, the point has not"))
    });
    let index = index.collect::<Result<Vec<i64>, String>>()?;
    let value = field
        .get(&index)
        .ok_or_else(|| format!("`{name}` is not given at {index:?}"))?;
    Ok(value.as_f64())
}

fn infix(symbol: &str, a: f64, b: f64) -> Result<f64, String> {
    let logical = |f: fn(bool, bool) -> bool| Ok(f64::from(u8::from(f(a != 0.0, b != 0.0))));
    match symbol {
        "&" => return logical(|a, b| a & b),
        "|" => return logical(|a, b| a | b),
        "^" => return logical(|a, b| a ^ b),
        _ => {}
    }
    let row = TABLE
        .iter()
        .find(|row| matches!(row.spelling, Spelling::Infix(sign) if sign == symbol));
    let builtin = row.ok_or_else(|| format!("no operator {symbol}"))?.builtin;
    Ok(evaluate(builtin, &[Scalar::f64(a), Scalar::f64(b)]).as_f64())
}

fn call(name: &str, args: &[Expr], point: &Point, scope: &Scope<'_>, expected: &str) -> Result<f64, String> {
    let recurse = |expr: &Expr| value(expr, point, scope, expected);
    match (name, args) {
        ("where", [condition, then, otherwise]) => recurse(if recurse(condition)? == 0.0 {
            otherwise
        } else {
            then
        }),
        ("neighbor", [body, table, column]) => {
            let column = recurse(column)? as usize;
            let neighbours = neighbours(table, point, scope)?;
            let found = neighbours.into_iter().find(|(at, _)| *at == column);
            let (_, there) = found.ok_or_else(|| format!("there is no neighbour {column}"))?;
            value(body, &there, scope, expected)
        }
        ("neighbor_sum" | "max_over" | "min_over", [body, table]) => {
            let values = neighbours(table, point, scope)?;
            let values = values
                .iter()
                .map(|(_, there)| value(body, there, scope, expected));
            let values = values.collect::<Result<Vec<f64>, _>>()?;
            Ok(match name {
                "neighbor_sum" => values.iter().sum(),
                "max_over" => values.into_iter().reduce(f64::max).unwrap_or(f64::MIN),
                _ => values.into_iter().reduce(f64::min).unwrap_or(f64::MAX),
            })
        }
        _ => match Builtin::from_function(name) {
            Some(builtin) => {
                let operands = args.iter().map(|arg| recurse(arg).map(Scalar::f64));
                let operands = operands.collect::<Result<Vec<_>, _>>()?;
                if builtin.row().arity != operands.len() {
                    return Err(format!("`{name}` takes {} operands", builtin.row().arity));
                }
                Ok(evaluate(builtin, &operands).as_f64())
            }
            None => shifted(name, args, point, scope, expected),
        },
    }
}

/// `f(I + 1, J - 2)`
fn shifted(
    name: &str,
    args: &[Expr],
    point: &Point,
    scope: &Scope<'_>,
    expected: &str,
) -> Result<f64, String> {
    let mut point = point.clone();
    for arg in args {
        let bad = || format!("`{name}` is read at what is no shift");
        let ExprKind::Binary { first, rest } = &arg.kind else {
            return Err(bad());
        };
        let (ExprKind::Name(dim), [step]) = (&first.kind, rest.as_slice()) else {
            return Err(bad());
        };
        let distance = value(&step.operand, &point, scope, expected)? as i64;
        let index = point.get_mut(dim.as_str()).ok_or_else(bad)?;
        *index += if step.operator.symbol() == "-" {
            -distance
        } else {
            distance
        };
    }
    named(name, &point, scope, expected)
}

/// The points that the neighbours of a point are: column, and the point with the neighbour's index.
fn neighbours(table: &Expr, point: &Point, scope: &Scope<'_>) -> Result<Vec<(usize, Point)>, String> {
    let ExprKind::Name(name) = &table.kind else {
        return Err("a table is given by its name".to_owned());
    };
    let table = scope
        .tables
        .get(name.as_str())
        .ok_or_else(|| format!("there is no table `{name}`"))?;
    let [origin, local, codomain] = &table.dims;
    let row = point
        .get(origin)
        .ok_or_else(|| format!("the point has no {origin}"))?;
    let row = table
        .rows
        .get(*row as usize)
        .ok_or_else(|| format!("`{name}` has no row {row}"))?;
    let valid = row.iter().enumerate().filter(|(_, entry)| **entry >= 0);
    let points = valid.map(|(column, &entry)| {
        let mut there = point.clone();
        there.insert(codomain.clone(), entry);
        there.insert(local.clone(), column as i64);
        (column, there)
    });
    Ok(points.collect())
}
