//! The arguments of a random program as memory, for tests that compare the interpreter with something else.

use bise_iter::testing::{Argument, Case, TableData};
use bise_lang::Scalar;

use crate::{Memory, TableInfo};

/// Arguments in plain vectors.
#[derive(Clone, Debug, PartialEq)]
pub struct Arguments {
    /// One per parameter.
    pub arguments: Vec<Argument>,
    /// One per table.
    pub tables: Vec<TableData>,
}

impl Arguments {
    /// The arguments of a case.
    pub fn of(case: &Case) -> Self {
        Self {
            arguments: case.arguments.clone(),
            tables: case.tables.clone(),
        }
    }
}

impl Memory for Arguments {
    fn domain(&self, param: u32) -> Vec<(i64, i64)> {
        self.arguments[param as usize].domain.clone()
    }

    fn load(&self, param: u32, index: &[i64]) -> Scalar {
        let argument = &self.arguments[param as usize];
        argument.values[argument.offset(index)]
    }

    fn store(&mut self, param: u32, index: &[i64], value: Scalar) {
        let argument = &mut self.arguments[param as usize];
        let at = argument.offset(index);
        argument.values[at] = value;
    }

    fn scalar(&self, param: u32) -> Scalar {
        self.arguments[param as usize].values[0]
    }

    fn table(&self, table: u32) -> TableInfo {
        let TableData { rows, width, .. } = self.tables[table as usize];
        TableInfo { rows, width }
    }

    fn neighbor(&self, table: u32, row: i64, column: u32) -> i64 {
        let table = &self.tables[table as usize];
        table.entries[row as usize * table.width as usize + column as usize]
    }
}
