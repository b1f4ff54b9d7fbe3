//! The arguments of a program from what the command line says: arrays of files, the geometry of a mesh, scalars, and
//! made-up fields that are as large as the program needs them.

use bise_base::Name;
use bise_driver::{Argument, End, Interval, Parameter, ParameterKind, Program, Shape, ShapeError, TableUse};
use bise_field::{Buffer, ConnectivityTable, Entries, preferred_order};
use bise_lang::{DType, Dimension, Scalar};

use crate::args::Setup;
use crate::arrays::{Array, read_npy, read_npz};
use crate::checks;
use crate::error::CliError;
use crate::made_up;
use crate::mesh::Mesh;
use crate::numbers;

/// What is given for a program, and what follows from it.
pub struct Inputs {
    /// One per parameter of the program: fields with memory, where they were given.
    pub fields: Vec<Option<Buffer>>,
    /// One per parameter.
    pub shapes: Vec<Shape>,
    /// One per table of the program.
    pub tables: Vec<(Name, ConnectivityTable)>,
}

/// What is done where something is not given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// It is an error.
    Refuse,
    /// Something plausible takes its place: for explanations.
    Assume,
}

/// Sizes where they are assumed.
const ASSUMED_HORIZONTAL: usize = 128;
const ASSUMED_VERTICAL: usize = 80;
/// Neighbours per row where a table is assumed.
const ASSUMED_WIDTH: usize = 6;

impl Inputs {
    /// Finds out what the program gets.
    pub fn new(program: &Program, setup: &Setup, missing: Missing) -> Result<Self, CliError> {
        let given = Given::read(program, setup)?;
        let tables = program
            .tables()
            .iter()
            .map(|table| given.table(table, setup, missing));
        let tables: Vec<(Name, ConnectivityTable)> = tables.collect::<Result<_, _>>()?;
        let mut fields = Vec::new();
        let mut shapes: Vec<Option<Shape>> = Vec::new();
        for (at, parameter) in program.parameters().iter().enumerate() {
            let (field, shape) = match &parameter.kind {
                ParameterKind::Scalar => {
                    let value = given.scalar(program, at, setup, missing)?;
                    (None, value.map(Shape::Scalar))
                }
                ParameterKind::Field { dims, .. } => {
                    let field = given.field(parameter, dims, setup)?;
                    let domain = |field: &Buffer| field.axes().iter().map(Interval::of).collect();
                    let shape = field.as_ref().map(|field| Shape::Field(domain(field)));
                    (field, shape)
                }
            };
            fields.push(field);
            shapes.push(shape);
        }
        require_scalars(program, &shapes)?;
        let sizes = |dim: &Dimension| given.size(dim, program, setup, &tables, &shapes, missing);
        let used: Vec<&ConnectivityTable> = tables.iter().map(|(_, table)| table).collect();
        let shapes = program
            .shapes(&shapes, &sizes, &used)
            .map_err(|error| missing_size(&error, program))?;
        Ok(Self {
            fields,
            shapes,
            tables,
        })
    }

    /// Memory for all fields: what is not given is made up, and outputs are zero.
    pub fn allocate(&mut self, program: &Program) -> Result<(), CliError> {
        let all = program
            .parameters()
            .iter()
            .zip(&self.shapes)
            .zip(&mut self.fields);
        for (at, ((parameter, shape), field)) in all.enumerate() {
            if let (Shape::Field(domain), ParameterKind::Field { dims, written }, None) =
                (shape, &parameter.kind, &field)
            {
                let domain: Vec<(i64, usize)> = domain.iter().map(|i| (i.start, i.length())).collect();
                let order = layout(dims);
                let buffer = if *written {
                    Buffer::new(parameter.dtype, &domain, &order)
                } else {
                    made_up::field(parameter.dtype, &domain, &order, at as u64)
                };
                *field = Some(buffer.map_err(bise_driver::CallError::from)?);
            }
        }
        Ok(())
    }

    /// The arguments of a call.
    pub fn arguments(&mut self, program: &Program) -> Vec<Argument<'_>> {
        let all = program
            .parameters()
            .iter()
            .zip(&self.shapes)
            .zip(&mut self.fields);
        all.map(|((parameter, shape), field)| match (shape, field) {
            (Shape::Scalar(value), _) => Argument::Scalar(*value),
            (Shape::Field(_), Some(field)) => Argument::Field(field.view_mut()),
            (Shape::Field(_), None) => panic!("compiler bug: `{}` has no memory", parameter.name),
        })
        .collect()
    }
}

/// All scalars are known, or an error that names those that are not.
fn require_scalars(program: &Program, shapes: &[Option<Shape>]) -> Result<(), CliError> {
    let all = program.parameters().iter().zip(shapes).enumerate();
    let missing =
        all.filter(|(_, (parameter, shape))| parameter.kind == ParameterKind::Scalar && shape.is_none());
    let (mut names, mut settings, mut dims) = (Vec::new(), Vec::new(), Vec::new());
    for (at, (parameter, _)) in missing {
        names.push(format!("`{}` ({})", parameter.name, parameter.dtype));
        match program.end_of_domain(at) {
            Some((dim, _)) => dims.push(format!("{dim}=128")),
            None => settings.push(format!("--set {}=1", parameter.name)),
        }
    }
    dims.dedup();
    if !dims.is_empty() {
        settings.insert(0, format!("--size {}", dims.join(",")));
    }
    let (what, them) = match &names[..] {
        [] => return Ok(()),
        [name] => (format!("the scalar {name} is missing"), "it"),
        names => (format!("the scalars {} are missing", names.join(", ")), "them"),
    };
    Err(CliError::usage(what).hint(format!("give {them} with `{}`", settings.join(" "))))
}

/// What files and meshes have.
struct Given {
    arrays: Vec<(String, Array)>,
    mesh: Option<Mesh>,
}

impl Given {
    fn read(program: &Program, setup: &Setup) -> Result<Self, CliError> {
        let mut arrays = Vec::new();
        for input in &setup.input {
            match &input.name {
                Some(name) => arrays.push((name.clone(), read_npy(&input.path)?)),
                None => arrays.extend(read_npz(&input.path)?),
            }
        }
        let named = setup.input.iter().filter_map(|input| input.name.as_deref());
        let named = named
            .chain(setup.set.iter().map(|setting| setting.name.as_str()))
            .chain(setup.origin.iter().map(|origin| origin.name.as_str()));
        for name in named {
            checks::name(name, program)?;
        }
        checks::dimensions(setup, program)?;
        checks::settings(setup, program)?;
        checks::repetitions(setup)?;
        let mesh = setup.mesh.map(Mesh::new).transpose()?;
        let given = Self { arrays, mesh };
        given.check_origins(setup, program)?;
        Ok(given)
    }

    /// An origin is that of an array which is given for a field.
    fn check_origins(&self, setup: &Setup, program: &Program) -> Result<(), CliError> {
        for origin in &setup.origin {
            let name = origin.name.as_str();
            let parameter = program
                .parameters()
                .iter()
                .find(|parameter| parameter.name == name);
            if parameter.is_none_or(|parameter| parameter.kind == ParameterKind::Scalar) {
                return Err(CliError::usage(format!(
                    "`--origin {name}=` is given, and `{name}` is not a field"
                )));
            }
            if self.array(name).is_none() {
                let error =
                    CliError::usage(format!("`--origin {name}=` is given, but no array for `{name}`"));
                return Err(error.hint(format!("give the array with `--input {name}=FILE.npy`")));
            }
        }
        Ok(())
    }

    fn array(&self, name: &str) -> Option<&Array> {
        // The last one counts, so that a file can be given after an archive that has the same name.
        self.arrays
            .iter()
            .rfind(|(key, _)| key == name)
            .map(|(_, array)| array)
    }

    /// The value of a scalar, if it is given or follows from the sizes of the results.
    fn scalar(
        &self,
        program: &Program,
        at: usize,
        setup: &Setup,
        missing: Missing,
    ) -> Result<Option<Scalar>, CliError> {
        let parameter = &program.parameters()[at];
        let name = parameter.name.as_str();
        let dtype = parameter.dtype;
        if let Some(setting) = setup.set.iter().rfind(|setting| setting.name == name) {
            return numbers::parse(dtype, &setting.value)
                .map(Some)
                .ok_or_else(|| numbers::refuse(&setting.value, name, dtype));
        }
        if let Some(array) = self.array(name) {
            if array.shape.iter().any(|&length| length != 1) {
                let (elements, shape) = (array.bytes.len() / array.dtype.size(), &array.shape);
                let message = format!(
                    "`{name}` is a scalar, and the array given for it has {elements} elements, shape {shape:?}"
                );
                let error = CliError::usage(message);
                return Err(error.hint(format!("give one number with `--set {name}=1`")));
            }
            check_dtype(parameter, array)?;
            return Ok(Some(Scalar::from_bytes(dtype, &array.bytes)));
        }
        let end = program.end_of_domain(at).and_then(|(dim, end)| {
            let assumed = || (missing == Missing::Assume).then(|| Interval::new(0, assumed_size(dim) as i64));
            let interval = given_size(dim, setup).or_else(assumed)?;
            Some(match end {
                End::Start => interval.start,
                End::Stop => interval.stop,
            })
        });
        let assumed = || (missing == Missing::Assume && !program.is_in_bounds(at)).then_some(1);
        let value = end.or_else(assumed);
        value
            .map(|value| numbers::integer(dtype, value).ok_or_else(|| numbers::refuse(value, name, dtype)))
            .transpose()
    }

    fn field(
        &self,
        parameter: &Parameter,
        dims: &[Dimension],
        setup: &Setup,
    ) -> Result<Option<Buffer>, CliError> {
        let name = parameter.name.as_str();
        let Some(array) = self.array(name) else {
            let mesh = self.mesh.as_ref().filter(|_| !parameter.is_written());
            let geometry = mesh.and_then(|mesh| mesh.geometry(name, parameter.dtype));
            return Ok(geometry.filter(|field| field.axes().len() == dims.len()));
        };
        check_dtype(parameter, array)?;
        if array.shape.len() != dims.len() {
            let message = format!(
                "`{name}` is {}, and the array given for it has {} axes",
                parameter.annotation,
                array.shape.len()
            );
            return Err(CliError::usage(message));
        }
        let origin = setup.origin.iter().rfind(|origin| origin.name == name);
        let starts = origin.map_or(vec![0; dims.len()], |origin| origin.starts.clone());
        if starts.len() != dims.len() {
            let message = format!(
                "`--origin {name}=` needs {} numbers, one per dimension",
                dims.len()
            );
            return Err(CliError::usage(message));
        }
        // The axes stand in the order of the annotation.
        let order = parameter.annotation.order();
        let order = order.unwrap_or_else(|| (0..dims.len()).collect());
        let domain: Vec<(i64, usize)> = order
            .iter()
            .map(|&axis| (starts[axis], array.shape[axis]))
            .collect();
        let dim_of = |axis: &usize| order.iter().position(|of| of == axis);
        let packed: Vec<usize> = array.order.iter().filter_map(dim_of).collect();
        let buffer = Buffer::from_packed(array.dtype, &domain, &layout(dims), &array.bytes, &packed);
        Ok(Some(buffer.map_err(bise_driver::CallError::from)?))
    }

    fn table(
        &self,
        table: &TableUse,
        setup: &Setup,
        missing: Missing,
    ) -> Result<(Name, ConnectivityTable), CliError> {
        let name = &table.name;
        if let Some(array) = self.array(name) {
            return Ok((name.clone(), table_of(name, array)?));
        }
        if let Some(made) = self.mesh.as_ref().and_then(|mesh| mesh.table(name)) {
            return Ok((name.clone(), made));
        }
        if missing == Missing::Assume {
            let length =
                |dim: &Dimension| given_size(dim, setup).map_or(ASSUMED_HORIZONTAL, Interval::length);
            let made = assumed_table(length(&table.origin), length(&table.codomain), table.columns);
            let refuse = || {
                CliError::usage(format!(
                    "a connectivity `{name}` of that size is too large to assume"
                ))
            };
            return Ok((name.clone(), made.ok_or_else(refuse)?));
        }
        let message = format!(
            "the connectivity `{name}` is missing: for each `{}`, indices of `{}`",
            table.origin, table.codomain
        );
        Err(CliError::usage(message).hint(format!(
            "give it with `--input {name}=FILE.npy`, or a mesh that has it with `--mesh icosahedral:5`"
        )))
    }

    /// The domain of a dimension of the results.
    fn size(
        &self,
        dim: &Dimension,
        program: &Program,
        setup: &Setup,
        tables: &[(Name, ConnectivityTable)],
        shapes: &[Option<Shape>],
        missing: Missing,
    ) -> Option<Interval> {
        let from_tables = || {
            let rows = program
                .tables()
                .iter()
                .zip(tables)
                .find(|(used, _)| used.origin == *dim);
            let width = program
                .tables()
                .iter()
                .zip(tables)
                .find(|(used, _)| used.local == *dim);
            let rows = rows.map(|(_, (_, table))| table.rows());
            rows.or(width.map(|(_, (_, table))| table.width()))
        };
        let from_fields = || {
            program
                .parameters()
                .iter()
                .zip(shapes)
                .find_map(|(parameter, shape)| match (&parameter.kind, shape) {
                    (ParameterKind::Field { dims, .. }, Some(Shape::Field(domain))) => {
                        dims.iter().position(|d| d == dim).map(|at| domain[at])
                    }
                    _ => None,
                })
        };
        let whole = |length: usize| Interval::new(0, length as i64);
        given_size(dim, setup)
            .or_else(|| from_tables().map(whole))
            .or_else(|| self.mesh.as_ref()?.size(&dim.name).map(whole))
            .or_else(from_fields)
            .or_else(|| (missing == Missing::Assume).then(|| whole(assumed_size(dim))))
    }
}

/// What `--size` and `--domain` say of a dimension.
fn given_size(dim: &Dimension, setup: &Setup) -> Option<Interval> {
    let range = setup.domain.iter().rfind(|range| range.dim == dim.name.as_str());
    let size = setup.size.iter().rfind(|size| size.dim == dim.name.as_str());
    range
        .map(|range| Interval::new(range.start, range.stop))
        .or_else(|| size.map(|size| Interval::new(0, size.length)))
}

fn assumed_size(dim: &Dimension) -> usize {
    match dim.kind {
        bise_lang::DimensionKind::Horizontal => ASSUMED_HORIZONTAL,
        bise_lang::DimensionKind::Vertical => ASSUMED_VERTICAL,
        bise_lang::DimensionKind::Local => ASSUMED_WIDTH,
    }
}

fn missing_size(error: &ShapeError, program: &Program) -> CliError {
    let usage = CliError::usage(error.to_string());
    match error {
        ShapeError::Endless { field, .. } => usage.hint(format!(
            "let the program write a part of it: `out={field}[1:-1]`, or `domain=`"
        )),
        ShapeError::MissingSize { .. } => {
            let mut dims: Vec<&str> = Vec::new();
            for parameter in program.parameters().iter().filter(|p| p.is_written()) {
                if let ParameterKind::Field { dims: written, .. } = &parameter.kind {
                    dims.extend(written.iter().map(|dim| dim.name.as_str()));
                }
            }
            dims.sort_unstable();
            dims.dedup();
            let sizes: Vec<String> = dims.iter().map(|dim| format!("{dim}=128")).collect();
            usage.hint(format!(
                "give the size of the results: `--size {}`",
                sizes.join(",")
            ))
        }
    }
}

fn check_dtype(parameter: &Parameter, array: &Array) -> Result<(), CliError> {
    if parameter.dtype == array.dtype {
        return Ok(());
    }
    let (name, ty) = (&parameter.name, &parameter.annotation);
    let error = CliError::usage(format!(
        "`{name}` is {ty}, and the array given for it is {}",
        array.dtype
    ));
    Err(error.hint(format!("convert it: `array.astype(\"{}\")`", parameter.dtype)))
}

fn table_of(name: &str, array: &Array) -> Result<ConnectivityTable, CliError> {
    let refuse = |reason: String| CliError::usage(format!("the connectivity `{name}`: {reason}"));
    let [rows, width] = array.shape[..] else {
        return Err(refuse(format!(
            "it has {} axes, not rows and neighbours",
            array.shape.len()
        )));
    };
    let domain = [(0, rows), (0, width)];
    let packed = Buffer::from_packed(array.dtype, &domain, &[0, 1], &array.bytes, &array.order);
    let bytes = packed
        .and_then(|packed| packed.to_packed(&[0, 1]))
        .map_err(bise_driver::CallError::from)?;
    let entries = match array.dtype {
        DType::Int32 => Entries::Int32(
            bytes
                .as_chunks()
                .0
                .iter()
                .map(|b| i32::from_le_bytes(*b))
                .collect(),
        ),
        DType::Int64 => Entries::Int64(
            bytes
                .as_chunks()
                .0
                .iter()
                .map(|b| i64::from_le_bytes(*b))
                .collect(),
        ),
        dtype => return Err(refuse(format!("its entries are {dtype}, not int32 or int64"))),
    };
    ConnectivityTable::new(entries, rows, width, None).map_err(|error| refuse(error.to_string()))
}

/// A table where every neighbour exists, for estimates; nothing where there is no memory for it.
fn assumed_table(rows: usize, codomain: usize, columns: usize) -> Option<ConnectivityTable> {
    let width = columns.max(ASSUMED_WIDTH);
    // Entries are 32 bits wide.
    let codomain = codomain.clamp(1, i32::MAX as usize);
    let size = rows.checked_mul(width)?;
    let mut entries = Vec::new();
    entries.try_reserve_exact(size).ok()?;
    entries.extend((0..size).map(|at| ((at / width + at % width) % codomain) as i32));
    let made = ConnectivityTable::new(Entries::Int32(entries), rows, width, None);
    Some(made.unwrap_or_else(|error| panic!("compiler bug: an assumed table: {error}")))
}

/// How fields over those dimensions lie in memory.
fn layout(dims: &[Dimension]) -> Vec<usize> {
    let kinds: Vec<_> = dims.iter().map(|dim| dim.kind).collect();
    preferred_order(&kinds)
}
