//! Lets the interpreter work on the arguments of a call, and says what it found as diagnostics.

use bise_base::Diagnostic;
use bise_field::ConnectivityTable;
use bise_interp::{InterpError, Memory, TableInfo};
use bise_lang::{Scalar, codes};

use crate::Argument;

/// What the interpreter found, as a diagnostic; nothing where there was no memory for it.
pub(crate) fn diagnostic(error: &InterpError) -> Option<Diagnostic> {
    let (code, span) = match error {
        InterpError::OutOfMemory { .. } => return None,
        InterpError::NoColumn { span, .. } => (&codes::MISSING_NEIGHBOR, *span),
        InterpError::NoRow { span, .. } => (&codes::BAD_TABLE, *span),
        InterpError::OutOfBounds { span, .. } | InterpError::OutsideLevels { span, .. } => {
            (&codes::OUT_OF_BOUNDS, *span)
        }
    };
    let diagnostic = Diagnostic::error(code, span, error.to_string())
        .label("here")
        .note("the reference backend stops where it finds this; statements before this one have been carried out");
    Some(diagnostic)
}

/// The arguments of a checked call, for the interpreter.
pub(crate) struct Arguments<'a> {
    /// One per parameter.
    pub(crate) args: &'a [Argument<'a>],
    /// The tables that the program uses, in its order.
    pub(crate) tables: &'a [&'a ConnectivityTable],
}

impl Memory for Arguments<'_> {
    fn domain(&self, param: u32) -> Vec<(i64, i64)> {
        match &self.args[param as usize] {
            Argument::Field(view) => view.axes().iter().map(|axis| (axis.start, axis.stop())).collect(),
            Argument::Scalar(_) => Vec::new(),
        }
    }

    fn load(&self, param: u32, index: &[i64]) -> Scalar {
        let Argument::Field(view) = &self.args[param as usize] else {
            panic!("compiler bug: the interpreter reads a scalar as a field");
        };
        let value = view.load(index);
        value.unwrap_or_else(|| panic!("compiler bug: the interpreter reads outside of a field"))
    }

    fn store(&mut self, param: u32, index: &[i64], value: Scalar) {
        let stored = match &self.args[param as usize] {
            Argument::Field(view) => view.store(index, value),
            Argument::Scalar(_) => false,
        };
        assert!(stored, "compiler bug: the interpreter writes where it must not");
    }

    fn scalar(&self, param: u32) -> Scalar {
        match &self.args[param as usize] {
            Argument::Scalar(value) => *value,
            Argument::Field(_) => panic!("compiler bug: the interpreter reads a field as a scalar"),
        }
    }

    fn table(&self, table: u32) -> TableInfo {
        let table = self.tables[table as usize];
        TableInfo {
            rows: table.rows() as i64,
            width: table.width() as u32,
        }
    }

    fn neighbor(&self, table: u32, row: i64, column: u32) -> i64 {
        let row = usize::try_from(row).unwrap_or(usize::MAX);
        self.tables[table as usize].entry(row, column as usize)
    }
}
