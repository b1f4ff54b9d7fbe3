//! What names outside an operator stand for.

use std::fmt::Debug;
use std::sync::Arc;

use bise_base::{Name, Span};
use bise_hir::{Operator, Program};
use bise_lang::{Annotation, Dimension, Offset, Scalar};

use crate::Literal;

/// What a name of the surrounding module stands for.
#[derive(Clone, Debug)]
pub enum Binding {
    /// `I = Dimension("I")`
    Dimension(Dimension),
    /// `V2E = FieldOffset("V2E", ...)`
    Offset(Offset),
    /// A field operator or a scan operator.
    Operator(Arc<Operator>),
    /// The signature of an operator whose body was diagnosed already: calls are checked against it. Its block is
    /// empty, and its result an empty tuple where it is not declared.
    Broken(Arc<Operator>),
    /// A program.
    Program(Arc<Program>),
    /// A number with a type, as `np.float32(0.5)`.
    Scalar(Scalar),
    /// A Python number, which takes the type of what it meets.
    Literal(Literal),
    /// A scalar type or an alias of any type, as it is written.
    Type(Annotation),
    /// A function or decorator of the language, by its name there: `where`, `sin`, `field_operator`, ...
    Function(Name),
    /// A module, a class or another object with names in it.
    Namespace(Arc<dyn Scope>),
    /// A member of an enumeration, or another number or type that has names in it too, as `Unit.METRE.value`.
    Member {
        /// What it counts as where it is used.
        value: Box<Binding>,
        /// Its names.
        names: Arc<dyn Scope>,
    },
    /// A tuple, as of numbers.
    Tuple(Vec<Binding>),
    /// What a statement of the module binds that is not evaluated.
    Unread {
        /// Where the statement binds it.
        span: Span,
        /// The statement, as messages call it: its keyword in backquotes.
        statement: &'static str,
    },
    /// Something whose definition was diagnosed already: uses of it are silent.
    Invalid,
    /// Something that has no meaning in an operator; described for the diagnostic, as "a list".
    Other(String),
}

/// A set of names. Looked up lazily, since most names of a module are never used.
pub trait Scope: Send + Sync + Debug {
    /// What the name stands for.
    fn lookup(&self, name: &str) -> Option<Binding>;
    /// All names, to suggest one where a name is misspelt.
    fn names(&self) -> Vec<String>;
    /// Whether Python may run the body too: then calls of `print` and `breakpoint` stand in it for those who look.
    fn is_looked_into(&self) -> bool {
        false
    }
    /// What the annotation of a parameter stands for, or under `return` that of the result, where Python has evaluated
    /// it: its names are looked up where the function is defined, not among those that the body sees.
    fn annotation(&self, _param: &str) -> Option<Binding> {
        None
    }
}
