//! Arrays in files: `.npy` and `.npz`, in and out.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek, Write};
use std::path::Path;

use bise_field::Buffer;
use bise_lang::DType;
use npyz::npz::{NpzArchive, NpzWriter, array_name_from_file_name, file_name_from_array_name};
use npyz::{NpyFile, NpyHeader, Order, TypeStr, WriteOptions, WriterBuilder};

use crate::error::CliError;

/// An array from a file: adjacent elements.
#[derive(Clone, Debug)]
pub struct Array {
    /// Type of the elements.
    pub dtype: DType,
    /// Length of each axis.
    pub shape: Vec<usize>,
    /// Axes from the largest stride to the smallest.
    pub order: Vec<usize>,
    /// The elements, little endian.
    pub bytes: Vec<u8>,
}

/// A field to be written.
pub struct Output<'a> {
    /// What it is called.
    pub name: &'a str,
    /// Its values.
    pub field: &'a Buffer,
    /// Which axis of the field each axis of the array is.
    pub axes: Vec<usize>,
}

/// The array of an `.npy` file.
pub fn read_npy(path: &Path) -> Result<Array, CliError> {
    let shown = path.display().to_string();
    let read = || array(BufReader::new(File::open(path)?));
    read().map_err(CliError::file(shown))
}

/// All arrays of an `.npz` file, by name.
pub fn read_npz(path: &Path) -> Result<Vec<(String, Array)>, CliError> {
    let shown = path.display().to_string();
    let read = || {
        let mut archive = NpzArchive::open(path)?;
        let archive = archive.zip_archive();
        let mut arrays = Vec::new();
        for at in 0..archive.len() {
            let member = archive.by_index(at)?;
            if let Some(name) = array_name_from_file_name(member.name()).map(str::to_owned) {
                let array = member_array(member)
                    .map_err(|error| io::Error::new(error.kind(), format!("`{name}`: {error}")))?;
                arrays.push((name, array));
            }
        }
        arrays.sort_by(|(a, _), (b, _)| a.cmp(b));
        Ok(arrays)
    };
    read().map_err(CliError::file(shown))
}

/// The array of a member of an archive. An archive keeps a checksum of each, which is compared only where a member is
/// read to its end: an array says by itself where it ends, and would not get there.
fn member_array(mut member: impl Read) -> io::Result<Array> {
    let array = array(&mut member);
    io::copy(&mut member, &mut io::sink()).map_err(|error| invalid(format!("it is damaged: {error}")))?;
    array
}

fn array(reader: impl Read) -> io::Result<Array> {
    elements(reader).map_err(|error| match error.kind() {
        io::ErrorKind::UnexpectedEof => io::Error::new(error.kind(), "it ends before its last element"),
        _ => error,
    })
}

fn elements(reader: impl Read) -> io::Result<Array> {
    let file = NpyFile::new(reader)?;
    let header: NpyHeader = file.header().clone();
    let descr = header.dtype().descr();
    let dtype = dtype_of(&descr)
        .ok_or_else(|| invalid(format!("elements of type {descr} have no place in a field")))?;
    let shape: Option<Vec<usize>> = header.shape().iter().map(|&n| usize::try_from(n).ok()).collect();
    let bytes = |shape: &Vec<usize>| {
        let size = shape
            .iter()
            .try_fold(dtype.size(), |size, &length| size.checked_mul(length));
        size.is_some_and(|size| isize::try_from(size).is_ok())
    };
    let shape = shape
        .filter(bytes)
        .ok_or_else(|| invalid("it is too large".to_owned()))?;
    let mut order: Vec<usize> = (0..shape.len()).collect();
    if header.order() == Order::Fortran {
        order.reverse();
    }
    macro_rules! bytes {
        ($ty:ty, $to_bytes:expr) => {
            file.data::<$ty>()
                .map_err(invalid)?
                .map(|value| value.map($to_bytes))
                .collect_bytes()
        };
    }
    let bytes = match dtype {
        DType::Bool => bytes!(bool, |value| [u8::from(value)]),
        DType::Int8 => bytes!(i8, i8::to_le_bytes),
        DType::Int16 => bytes!(i16, i16::to_le_bytes),
        DType::Int32 => bytes!(i32, i32::to_le_bytes),
        DType::Int64 => bytes!(i64, i64::to_le_bytes),
        DType::UInt8 => bytes!(u8, u8::to_le_bytes),
        DType::UInt16 => bytes!(u16, u16::to_le_bytes),
        DType::UInt32 => bytes!(u32, u32::to_le_bytes),
        DType::UInt64 => bytes!(u64, u64::to_le_bytes),
        DType::Float32 => bytes!(f32, f32::to_le_bytes),
        DType::Float64 => bytes!(f64, f64::to_le_bytes),
    }?;
    Ok(Array {
        dtype,
        shape,
        order,
        bytes,
    })
}

/// Elements one after the other.
trait CollectBytes {
    fn collect_bytes(self) -> io::Result<Vec<u8>>;
}

impl<const SIZE: usize, I: Iterator<Item = io::Result<[u8; SIZE]>>> CollectBytes for I {
    fn collect_bytes(self) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        for element in self {
            bytes.try_reserve(SIZE)?;
            bytes.extend_from_slice(&element?);
        }
        Ok(bytes)
    }
}

fn invalid(reason: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, reason)
}

/// The type that NumPy describes as `'<f8'`, in any byte order.
fn dtype_of(descr: &str) -> Option<DType> {
    let code = descr.trim_matches('\'').trim_start_matches(['<', '>', '|', '=']);
    DType::ALL.into_iter().find(|&dtype| code_of(dtype) == code)
}

/// NumPy's code, without byte order.
fn code_of(dtype: DType) -> &'static str {
    match dtype {
        DType::Bool => "b1",
        DType::Int8 => "i1",
        DType::Int16 => "i2",
        DType::Int32 => "i4",
        DType::Int64 => "i8",
        DType::UInt8 => "u1",
        DType::UInt16 => "u2",
        DType::UInt32 => "u4",
        DType::UInt64 => "u8",
        DType::Float32 => "f4",
        DType::Float64 => "f8",
    }
}

/// An error where that many fields cannot be written to a file of that name: said before they are computed.
pub fn check_output(path: &Path, fields: usize) -> Result<(), CliError> {
    let shown = path.display();
    match (extension(path), fields) {
        (Some("npz"), _) | (Some("npy"), 1) => {}
        (Some("npy"), _) => {
            let error = CliError::usage(format!(
                "an .npy file has one array: {fields} do not fit in {shown}"
            ));
            return Err(error.hint("name a file that ends in .npz"));
        }
        _ => {
            let error = CliError::usage(format!("fields are not written to files such as {shown}"));
            return Err(error.hint("name a file that ends in .npz, or in .npy for one field"));
        }
    }
    if path.is_dir() {
        return Err(CliError::usage(format!("{shown} is a folder, not a file")));
    }
    let directory = directory(path);
    if !directory.is_dir() {
        return Err(CliError::usage(format!(
            "{shown} cannot be written: there is no folder {}",
            directory.display()
        )));
    }
    // What may be written here is known best by trying: this file has no name and goes by itself.
    tempfile::tempfile_in(directory).map_err(|error| {
        CliError::usage(format!(
            "nothing can be written to {}: {}",
            directory.display(),
            error.kind()
        ))
    })?;
    Ok(())
}

fn extension(path: &Path) -> Option<&str> {
    path.extension().and_then(|extension| extension.to_str())
}

/// The folder that a file is in.
fn directory(path: &Path) -> &Path {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    parent.unwrap_or(Path::new("."))
}

/// Writes fields to a file of that name, all or nothing: to an `.npz` file, or one field to an `.npy` file.
pub fn write(path: &Path, fields: &[Output<'_>]) -> Result<(), CliError> {
    check_output(path, fields.len())?;
    let shown = path.display().to_string();
    let write = || {
        let file = tempfile::NamedTempFile::new_in(directory(path))?;
        let mut writer = BufWriter::new(file);
        if extension(path) == Some("npz") {
            write_npz(fields, &mut writer)?;
        } else if let [field] = fields {
            write_npy(field, &mut writer)?;
        }
        let file = writer.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.persist(path).map_err(|error| error.error)?;
        Ok(())
    };
    write().map_err(CliError::file(shown))
}

fn write_npz(fields: &[Output<'_>], writer: impl Write + Seek) -> io::Result<()> {
    let mut archive = NpzWriter::new(writer);
    let zip = archive.zip_writer();
    for field in fields {
        #[expect(
            clippy::default_trait_access,
            reason = "the type is of a crate that has no name here"
        )]
        zip.start_file(file_name_from_array_name(field.name), Default::default())?;
        write_npy(field, &mut *zip)?;
    }
    zip.finish()?;
    Ok(())
}

fn write_npy(output: &Output<'_>, mut writer: impl Write) -> io::Result<()> {
    let Output { field, axes, .. } = output;
    let order = if field.dtype().size() == 1 { '|' } else { '<' };
    let descr = format!("{order}{}", code_of(field.dtype()));
    let descr: TypeStr = descr.parse().map_err(invalid)?;
    let shape: Vec<u64> = axes.iter().map(|&at| field.axes()[at].length as u64).collect();
    let header = WriteOptions::new_header_only().dtype(npyz::DType::new_scalar(descr));
    header.shape(&shape).writer(&mut writer).write_header_only()?;
    let packed = field
        .to_packed(axes)
        .map_err(|error| io::Error::new(io::ErrorKind::OutOfMemory, error))?;
    writer.write_all(&packed)
}
