//! A whole program: statements in order, and rounds of them.

use bise_iter::Graph;
use bise_lang::{Action, Scalar};

use crate::boxes::leaf;
use crate::{InterpError, Memory, TableInfo, statement};

/// Runs a verified program. On failure the statements before the one that fails have been carried out, and
/// nothing of it.
pub fn run(graph: &Graph, memory: &mut dyn Memory) -> Result<(), InterpError> {
    let variables = graph.params[graph.arity()..].iter();
    let mut rounds = Rounds {
        memory,
        arity: graph.arity(),
        variables: variables
            .map(|variable| Scalar::integer(variable.dtype, 0))
            .collect(),
    };
    act(
        graph,
        &Action::all(graph.statements.len(), &graph.loops),
        &mut rounds,
    )
}

fn act(graph: &Graph, actions: &[Action], rounds: &mut Rounds<'_>) -> Result<(), InterpError> {
    for action in actions {
        match action {
            Action::Statement(at) => statement::run(graph, &graph.statements[*at], rounds)?,
            Action::Loop(at, body) => {
                let values = graph.loops[*at].values(&|bound| leaf(graph, rounds, bound));
                let dtype = graph.params[graph.variable(*at) as usize].dtype;
                for value in values.iter() {
                    rounds.variables[*at] = Scalar::integer(dtype, value);
                    act(graph, body, rounds)?;
                }
            }
        }
    }
    Ok(())
}

/// The arguments of a call, and what the variables of its loops are at the moment.
struct Rounds<'a> {
    memory: &'a mut dyn Memory,
    arity: usize,
    variables: Vec<Scalar>,
}

impl Memory for Rounds<'_> {
    fn domain(&self, param: u32) -> Vec<(i64, i64)> {
        self.memory.domain(param)
    }

    fn load(&self, param: u32, index: &[i64]) -> Scalar {
        self.memory.load(param, index)
    }

    fn store(&mut self, param: u32, index: &[i64], value: Scalar) {
        self.memory.store(param, index, value);
    }

    fn scalar(&self, param: u32) -> Scalar {
        match (param as usize).checked_sub(self.arity) {
            Some(variable) => self.variables[variable],
            None => self.memory.scalar(param),
        }
    }

    fn table(&self, table: u32) -> TableInfo {
        self.memory.table(table)
    }

    fn neighbor(&self, table: u32, row: i64, column: u32) -> i64 {
        self.memory.neighbor(table, row, column)
    }
}
