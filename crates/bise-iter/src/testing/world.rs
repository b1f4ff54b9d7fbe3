//! What random programs live in: dimensions, tables, parameters.

use bise_lang::{DType, Dimension, DimensionKind};

use super::{Random, TableData};
use crate::{Param, ParamKind, Table};

pub(super) const VERTICES: i64 = 7;
pub(super) const EDGES: i64 = 9;

/// What there is to move in.
pub(super) struct World {
    /// The dimensions of fields; no local ones.
    pub(super) spaces: Vec<Vec<Dimension>>,
    /// Dimensions that can be shifted along.
    pub(super) cartesian: Vec<Dimension>,
    pub(super) vertical: Dimension,
    pub(super) tables: Vec<Table>,
    pub(super) data: Vec<TableData>,
}

impl World {
    /// `I, J, K`.
    pub(super) fn structured() -> Self {
        let (i, j, k) = (horizontal("I"), horizontal("J"), vertical());
        Self {
            spaces: vec![vec![i.clone(), j.clone(), k.clone()]],
            cartesian: vec![i, j, k.clone()],
            vertical: k,
            tables: Vec::new(),
            data: Vec::new(),
        }
    }

    pub(super) fn new(random: &mut Random) -> Self {
        if random.once_in(2) {
            return Self::structured();
        }
        let k = vertical();
        let (vertex, edge) = (horizontal("Vertex"), horizontal("Edge"));
        let table = |name: &str, origin: &Dimension, codomain: &Dimension| Table {
            name: name.into(),
            origin: origin.clone(),
            local: Dimension::new(format!("{name}Dim"), DimensionKind::Local),
            codomain: codomain.clone(),
        };
        let tables = vec![
            table("V2E", &vertex, &edge),
            table("E2V", &edge, &vertex),
            table("V2V", &vertex, &vertex),
        ];
        let skips = random.once_in(2);
        let data = vec![
            table_data(random, (VERTICES, 3), EDGES, skips),
            table_data(random, (EDGES, 2), VERTICES, false),
            table_data(random, (VERTICES, 4), VERTICES, true),
        ];
        Self {
            spaces: vec![vec![vertex, k.clone()], vec![edge, k.clone()]],
            cartesian: vec![k.clone()],
            vertical: k,
            tables,
            data,
        }
    }
}

fn horizontal(name: &str) -> Dimension {
    Dimension::new(name, DimensionKind::Horizontal)
}

fn vertical() -> Dimension {
    Dimension::new("K", DimensionKind::Vertical)
}

fn table_data(random: &mut Random, (rows, width): (i64, u32), targets: i64, skips: bool) -> TableData {
    let entry = |random: &mut Random| {
        if skips && random.once_in(4) {
            -1
        } else {
            random.range(0, targets)
        }
    };
    TableData {
        rows,
        width,
        entries: (0..rows * i64::from(width)).map(|_| entry(random)).collect(),
    }
}

/// The types of fields: the common ones more often.
pub(super) const DTYPES: [DType; 14] = [
    DType::Float64,
    DType::Float64,
    DType::Float64,
    DType::Float32,
    DType::Int32,
    DType::Int64,
    DType::Bool,
    DType::Int8,
    DType::Int16,
    DType::UInt8,
    DType::UInt16,
    DType::UInt32,
    DType::UInt64,
    DType::Float32,
];

/// A part of some dimensions, each with a probability of three in four.
pub(super) fn part_of(random: &mut Random, dims: &[Dimension]) -> Vec<Dimension> {
    dims.iter().filter(|_| !random.once_in(4)).cloned().collect()
}

/// The scalar that domains are made of, other scalars, fields, and neighbour fields.
pub(super) fn inputs(random: &mut Random, world: &World) -> Vec<Param> {
    let mut params = Vec::new();
    for number in 0..2 + random.below(2) {
        let dtype = if number == 0 {
            DType::Int32
        } else {
            *random.pick(&DTYPES)
        };
        params.push(param(format!("s{number}"), ParamKind::Scalar, dtype));
    }
    for number in 0..3 + random.below(4) {
        let space = random.pick(&world.spaces).clone();
        let dims = part_of(random, &space);
        params.push(param(
            format!("x{number}"),
            ParamKind::Field(dims),
            *random.pick(&DTYPES),
        ));
    }
    for table in &world.tables {
        if random.once_in(3) {
            let dims = vec![table.origin.clone(), table.local.clone()];
            params.push(param(
                format!("c{}", table.name),
                ParamKind::Field(dims),
                DType::Float64,
            ));
        }
    }
    params
}

/// An output: a new field over a whole space, or one that there is.
pub(super) fn output(random: &mut Random, world: &World, params: &mut Vec<Param>) -> u32 {
    let known = params.iter().position(|param| param.name.starts_with("out"));
    if let Some(known) = known
        && random.once_in(4)
    {
        return known as u32;
    }
    let dims = random.pick(&world.spaces).clone();
    let name = format!("out{}", params.len());
    params.push(param(name, ParamKind::Field(dims), *random.pick(&DTYPES)));
    params.len() as u32 - 1
}

fn param(name: String, kind: ParamKind, dtype: DType) -> Param {
    Param {
        name: name.into(),
        kind,
        dtype,
    }
}
