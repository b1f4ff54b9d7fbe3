//! Fields and tables as plain lists of values, and where they come from.

use bise_field::mesh::IcosahedralMesh;
use bise_field::{ConnectivityTable, Entries};
use bise_lang::{DType, Dimension, Scalar, cast};

use super::spec::{Generator, Ranges, TableRows, TableSource};

/// A field: values in order of position, the last axis running fastest.
#[derive(Clone, Debug)]
pub(super) struct Sample {
    pub(super) dtype: DType,
    pub(super) dims: Vec<Dimension>,
    /// Start and stop, one per dimension.
    pub(super) ranges: Vec<(i64, i64)>,
    pub(super) values: Vec<Scalar>,
}

impl Sample {
    /// A field of those dimensions over the ranges that `own`, else `default` says.
    pub(super) fn new(
        name: &str,
        (dims, dtype): (&[Dimension], DType),
        (own, default): (&Ranges, &Ranges),
        generator: &Generator,
    ) -> Result<Self, String> {
        let range = |dim: &Dimension| {
            let named = |ranges: &Ranges| ranges.iter().rfind(|(name, ..)| *name == dim.name).cloned();
            let (_, start, stop) = named(own)
                .or_else(|| named(default))
                .ok_or_else(|| format!("`{name}` has no range along {dim}"))?;
            Ok((start, stop.max(start)))
        };
        let ranges = dims.iter().map(range).collect::<Result<Vec<_>, String>>()?;
        let mut sample = Self {
            dtype,
            dims: dims.to_vec(),
            ranges,
            values: Vec::new(),
        };
        let mut random = Random::new(name);
        let points = sample.points();
        let values = points
            .iter()
            .enumerate()
            .map(|(at, point)| sample.value(generator, at, point, &mut random));
        sample.values = values.collect::<Result<_, _>>()?;
        Ok(sample)
    }

    /// All points, the last axis running fastest.
    pub(super) fn points(&self) -> Vec<Vec<i64>> {
        let mut points = vec![Vec::new()];
        for &(start, stop) in &self.ranges {
            let extended = points.iter().flat_map(|point| {
                (start..stop).map(move |index| {
                    let mut point: Vec<i64> = point.clone();
                    point.push(index);
                    point
                })
            });
            points = extended.collect();
        }
        points
    }

    /// The value at a point, or nothing outside.
    pub(super) fn get(&self, point: &[i64]) -> Option<Scalar> {
        let mut at = 0;
        for (&index, &(start, stop)) in point.iter().zip(&self.ranges) {
            if index < start || index >= stop {
                return None;
            }
            at = at * (stop - start) as usize + (index - start) as usize;
        }
        self.values.get(at).copied()
    }

    fn value(
        &self,
        generator: &Generator,
        at: usize,
        point: &[i64],
        random: &mut Random,
    ) -> Result<Scalar, String> {
        Ok(match generator {
            Generator::Index(dim) => {
                let axis = self.dims.iter().position(|d| d.name == *dim);
                let axis = axis.ok_or_else(|| format!("there is no dimension {dim} to take the index of"))?;
                cast(Scalar::integer(DType::Int64, point[axis]), self.dtype)
            }
            Generator::Linear => {
                let weights = [2, 3, 5, 7, 11];
                let sum: i64 = point
                    .iter()
                    .zip(weights)
                    .map(|(index, weight)| index * weight)
                    .sum();
                cast(Scalar::integer(DType::Int64, sum + 1), self.dtype)
            }
            Generator::Values(values) if values.is_empty() => return Err("no values".to_owned()),
            Generator::Values(values) => number(&values[at % values.len()], self.dtype)?,
            Generator::Special => special(self.dtype, at),
            Generator::Random | Generator::RandomIn(..) | Generator::Constant(_) | Generator::Alias(_) => {
                scalar(generator, self.dtype, random)?
            }
        })
    }
}

/// One value, for a scalar parameter or one point of a field.
pub(super) fn scalar(generator: &Generator, dtype: DType, random: &mut Random) -> Result<Scalar, String> {
    Ok(match generator {
        Generator::Random => random.scalar(
            dtype,
            if dtype.is_float() {
                (-1.0, 1.0)
            } else {
                (-9.0, 10.0)
            },
        ),
        Generator::RandomIn(low, high) => random.scalar(dtype, (*low, *high)),
        Generator::Constant(text) => number(text, dtype)?,
        Generator::Special => special(dtype, 0),
        Generator::Values(values) => number(values.first().map_or("0", String::as_str), dtype)?,
        Generator::Index(_) | Generator::Linear | Generator::Alias(_) => {
            return Err("a scalar cannot be made so".to_owned());
        }
    })
}

/// The number that a text says.
pub(super) fn number(text: &str, dtype: DType) -> Result<Scalar, String> {
    let bad = || format!("`{text}` is no {dtype}");
    match text {
        "True" => return Ok(cast(Scalar::bool(true), dtype)),
        "False" => return Ok(cast(Scalar::bool(false), dtype)),
        _ => {}
    }
    if dtype.is_float() {
        let value: f64 = text.parse().map_err(|_| bad())?;
        // A decimal number is rounded once.
        let single: f32 = text.parse().map_err(|_| bad())?;
        return Ok(if dtype == DType::Float32 {
            Scalar::f32(single)
        } else {
            Scalar::f64(value)
        });
    }
    let value: i128 = text.parse().map_err(|_| bad())?;
    Ok(Scalar::integer(dtype, value as i64))
}

fn special(dtype: DType, at: usize) -> Scalar {
    let floats = [
        0.0,
        -0.0,
        1.0,
        -1.5,
        f64::INFINITY,
        f64::NEG_INFINITY,
        f64::NAN,
        1e-310,
        -2.5,
        2.5,
        1e30,
        0.5,
        -7.0,
        3.0,
        f64::MAX,
        f64::MIN_POSITIVE,
    ];
    let integers = [0, 1, -1, 7, -7, 3, -3, 2, i64::MIN, i64::MAX, 100, -100, 63];
    if dtype.is_float() {
        Scalar::float(dtype, floats[at % floats.len()])
    } else {
        let value = integers[at % integers.len()];
        match value {
            i64::MIN => Scalar::lowest(dtype),
            i64::MAX => Scalar::highest(dtype),
            _ => Scalar::integer(dtype, value),
        }
    }
}

/// Numbers that look random and are the same in every run (SplitMix64 of a name).
pub(super) struct Random {
    state: u64,
}

impl Random {
    /// The sequence of that name.
    pub(super) fn new(name: &str) -> Self {
        let step = |state: u64, byte: u8| (state ^ u64::from(byte)).wrapping_mul(0x100000001b3);
        Self {
            state: name.bytes().fold(0xcbf29ce484222325, step),
        }
    }

    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e3779b97f4a7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58476d1ce4e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d049bb133111eb);
        z ^ (z >> 31)
    }

    /// In [0, 1).
    fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.unit() * limit as f64) as usize
    }

    fn scalar(&mut self, dtype: DType, (low, high): (f64, f64)) -> Scalar {
        let value = low + self.unit() * (high - low);
        match dtype {
            DType::Bool => Scalar::bool(self.next() & 1 == 1),
            _ if dtype.is_float() => Scalar::float(dtype, value),
            _ if dtype.is_signed() => Scalar::integer(dtype, value.floor() as i64),
            _ => Scalar::integer(dtype, value.floor().abs() as i64),
        }
    }
}

/// A connectivity and its rows.
pub(super) struct TableSample {
    pub(super) table: ConnectivityTable,
    pub(super) rows: Vec<Vec<i64>>,
}

/// Makes a connectivity.
pub(super) fn table(name: &str, source: &TableSource) -> Result<TableSample, String> {
    let rows = match &source.rows {
        TableRows::Given(rows) => rows.clone(),
        TableRows::Random {
            rows,
            width,
            codomain,
            skips,
        } => {
            let mut random = Random::new(name);
            (0..*rows)
                .map(|_| random_row(&mut random, *width, *codomain, *skips))
                .collect()
        }
        TableRows::Mesh { level, table } => mesh_rows(*level, table)?,
    };
    let width = rows.first().map_or(0, Vec::len);
    let entries = rows.iter().flatten();
    let entries = if source.wide {
        Entries::Int64(entries.copied().collect())
    } else {
        Entries::Int32(entries.map(|&entry| entry as i32).collect())
    };
    let table =
        ConnectivityTable::new(entries, rows.len(), width, None).map_err(|error| error.to_string())?;
    Ok(TableSample { table, rows })
}

fn random_row(random: &mut Random, width: usize, codomain: usize, skips: f64) -> Vec<i64> {
    let entry = |_| {
        let index = random.below(codomain) as i64;
        if random.unit() < skips { -1 } else { index }
    };
    (0..width).map(entry).collect()
}

fn mesh_rows(level: u32, name: &str) -> Result<Vec<Vec<i64>>, String> {
    let mesh = IcosahedralMesh::new(level, 1.0).map_err(|error| error.to_string())?;
    let tables = &mesh.connectivity;
    let table = match name {
        "V2E" => &tables.v2e,
        "V2C" => &tables.v2c,
        "E2V" => &tables.e2v,
        "E2C" => &tables.e2c,
        "C2V" => &tables.c2v,
        "C2E" => &tables.c2e,
        _ => &tables.c2e2c,
    };
    Ok((0..table.rows)
        .map(|row| table.row(row).iter().map(|&entry| i64::from(entry)).collect())
        .collect())
}
