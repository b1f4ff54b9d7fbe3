//! What a call carries out: the statements of a program, and the rounds of its loops.
//!
//! ```text
//! for t in range(1000):                  a loop whose rounds differ in a number: bound once, repeated
//!     for k in range(1, nz):             a loop whose domains move: one occasion for each k, laid out one after the other
//!         level(a, b, t, out=b, domain={I: (0, nx), K: (k, k + 1)})
//! ```

use std::sync::Arc;

use bise_base::{Diagnostic, Diagnostics};
use bise_field::ConnectivityTable;
use bise_iter::{Graph, walk};
use bise_lang::{Action, Bound, Values, codes};

use crate::bounds::{Evaluator, Leaf, leaf};

/// The most occasions that are laid out.
const MOST_OCCASIONS: usize = 1 << 16;

/// A statement that is carried out, with what is known then.
pub(crate) struct Occasion<'a> {
    /// Its position in the program.
    pub(crate) statement: usize,
    pub(crate) evaluator: Evaluator<'a>,
    /// How often it is carried out like this.
    pub(crate) times: u64,
    /// What is compiled for it, by position in the specialisation, once that is known.
    pub(crate) part: usize,
}

/// What is carried out, in order.
#[derive(Debug)]
pub(crate) enum Run {
    /// Occasion number so many.
    Statement(usize),
    /// At least two rounds that differ in nothing but a number.
    Repeat {
        /// The parameter that is another number in each round.
        variable: u32,
        values: Values,
        body: Vec<Run>,
    },
}

/// All that a call carries out.
pub(crate) struct Runs<'a> {
    pub(crate) occasions: Vec<Occasion<'a>>,
    pub(crate) order: Vec<Run>,
}

/// Per loop of a program: whether domains depend on its variable.
pub(crate) fn varying(graph: &Graph) -> Vec<bool> {
    let mut varying = vec![false; graph.loops.len()];
    let mut note = |bound: &Bound| {
        for param in bound.params() {
            if let Some(of) = (param as usize).checked_sub(graph.arity()) {
                varying[of] = true;
            }
        }
    };
    if graph.loops.is_empty() {
        return varying;
    }
    for repeated in &graph.loops {
        note(&repeated.start);
        note(&repeated.stop);
    }
    for statement in &graph.statements {
        for range in statement.outputs.iter().flat_map(|output| &output.domain) {
            note(&range.start);
            note(&range.stop);
        }
    }
    for node in graph.nodes.values() {
        walk::bounds(&node.op).for_each(&mut note);
    }
    varying
}

impl<'a> Runs<'a> {
    /// Of a call with those arguments; `varying` as the function of that name says.
    pub(crate) fn new(
        graph: &Graph,
        varying: &[bool],
        leaves: &Arc<[Leaf]>,
        tables: &'a [&'a ConnectivityTable],
    ) -> Result<Self, Diagnostics> {
        let mut layout = Layout {
            graph,
            varying,
            leaves,
            tables,
            variables: Vec::new(),
            times: 1,
            occasions: Vec::new(),
        };
        let actions = Action::all(graph.statements.len(), &graph.loops);
        let order = layout.all(&actions)?;
        Ok(Self {
            occasions: layout.occasions,
            order,
        })
    }

    /// The occasions on which each statement is carried out.
    pub(crate) fn by_statement(&self, statements: usize) -> Vec<Vec<&Occasion<'a>>> {
        let mut found: Vec<Vec<&Occasion<'a>>> = vec![Vec::new(); statements];
        for occasion in &self.occasions {
            found[occasion.statement].push(occasion);
        }
        found
    }
}

struct Layout<'a, 'b> {
    graph: &'b Graph,
    varying: &'b [bool],
    leaves: &'b Arc<[Leaf]>,
    tables: &'a [&'a ConnectivityTable],
    /// What the variables around are, where that is known.
    variables: Vec<(u32, i64)>,
    /// How often all around is repeated.
    times: u64,
    occasions: Vec<Occasion<'a>>,
}

impl Layout<'_, '_> {
    fn all(&mut self, actions: &[Action]) -> Result<Vec<Run>, Diagnostics> {
        let mut order = Vec::new();
        for action in actions {
            match action {
                Action::Statement(at) => {
                    order.push(Run::Statement(self.occasions.len()));
                    let outputs = &self.graph.statements[*at].outputs;
                    let known = (self.leaves, &*self.variables);
                    self.occasions.push(Occasion {
                        statement: *at,
                        evaluator: Evaluator::new(outputs, known, self.tables),
                        times: self.times,
                        part: 0,
                    });
                }
                Action::Loop(at, body) => self.rounds(*at, body, &mut order)?,
            }
        }
        Ok(order)
    }

    fn rounds(&mut self, at: usize, body: &[Action], order: &mut Vec<Run>) -> Result<(), Diagnostics> {
        let (repeated, variable) = (&self.graph.loops[at], self.graph.variable(at));
        let values = repeated.values(&|of| leaf(of, self.leaves, &self.variables));
        let param = &self.graph.params[variable as usize];
        if let Some(value) = values.beyond(param.dtype) {
            let message = format!("`{}` would be {value}, and it is {}", param.name, param.dtype);
            let diagnostic = Diagnostic::error(&codes::PROGRAM_LOOP, repeated.span, message);
            return Err(vec![
                diagnostic
                    .label("in this loop")
                    .hint("give the ends of the range as int64"),
            ]);
        }
        if values.count > 1 && !self.varying[at] {
            let around = self.times;
            self.times = around.saturating_mul(values.count);
            let body = self.all(body)?;
            self.times = around;
            order.push(Run::Repeat {
                variable,
                values,
                body,
            });
            return Ok(());
        }
        for value in values.iter() {
            if self.occasions.len() > MOST_OCCASIONS {
                let message = format!(
                    "domains depend on `{}`, which has {} values here: that is too many",
                    param.name, values.count
                );
                let diagnostic = Diagnostic::error(&codes::PROGRAM_LOOP, repeated.span, message)
                    .label("in this loop")
                    .note(format!(
                        "where domains depend on the variable of a loop, all of its rounds are laid out before the first: at \
                         most {MOST_OCCASIONS} calls of operators"
                    ))
                    .hint("loop in Python over a program that takes the variable as an argument");
                return Err(vec![diagnostic]);
            }
            self.variables.push((variable, value));
            order.extend(self.all(body)?);
            self.variables.pop();
        }
        Ok(())
    }
}
