//! A program that can be called.

use std::sync::Arc;

use bise_base::Name;
use bise_field::ConnectivityTable;
use bise_hir as hir;

use crate::{Argument, Backend, CallError, Parameter, Session, SessionError, TableUse};

/// A program with the machine code that its calls have asked for so far. Shared by every thread.
#[derive(Debug)]
pub struct Program {
    session: Arc<Session>,
    hir: Arc<hir::Program>,
    parameters: Vec<Parameter>,
    tables: Vec<TableUse>,
}

impl Program {
    /// Lowers a program as far as that does not depend on arguments.
    pub fn new(session: Arc<Session>, hir: Arc<hir::Program>) -> Result<Self, SessionError> {
        Ok(Self {
            session,
            hir,
            parameters: Vec::new(),
            tables: Vec::new(),
        })
    }

    /// The session it belongs to.
    pub fn session(&self) -> &Arc<Session> {
        &self.session
    }

    /// What it was made from.
    pub fn hir(&self) -> &Arc<hir::Program> {
        &self.hir
    }

    /// Its parameters, flattened: one per argument of a call.
    pub fn parameters(&self) -> &[Parameter] {
        &self.parameters
    }

    /// The connectivities that a call must give.
    pub fn tables(&self) -> &[TableUse] {
        &self.tables
    }

    /// Runs it. Tables that it does not use are ignored. Arguments are checked before anything is written; calls from
    /// several threads do not disturb each other as long as their outputs differ.
    pub fn call(
        &self,
        args: &[Argument<'_>],
        tables: &[(Name, &ConnectivityTable)],
        backend: Backend,
    ) -> Result<(), CallError> {
        let _ = (args, tables, backend);
        Err(CallError::Compile {
            program: self.hir.name.to_string(),
            reason: "lowering has not landed".to_owned(),
        })
    }
}
