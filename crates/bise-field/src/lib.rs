//! Run-time data: allocation, strided fields, connectivity tables, meshes.

pub mod mesh;
