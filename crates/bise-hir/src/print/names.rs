//! Names that do not clash: what the printed module calls its dimensions, offsets and operators, and what an
//! operator calls its locals.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use bise_base::Name;
use bise_lang::builtins::{Spelling, TABLE};
use bise_lang::{DType, Dimension, Offset, Reduction};
use la_arena::ArenaMap;

use crate::walk::Uses;
use crate::{Body, LocalId, Operator, Program};

/// Words that cannot be names in the module.
const RESERVED: &[&str] = &[
    "False",
    "None",
    "True",
    "and",
    "as",
    "assert",
    "async",
    "await",
    "break",
    "class",
    "continue",
    "def",
    "del",
    "elif",
    "else",
    "except",
    "finally",
    "for",
    "from",
    "global",
    "if",
    "import",
    "in",
    "is",
    "lambda",
    "nonlocal",
    "not",
    "or",
    "pass",
    "raise",
    "return",
    "try",
    "while",
    "with",
    "yield",
    "gtx",
    "bise",
    "Field",
    "tuple",
    "bool",
    "int",
    "float",
    "where",
    "broadcast",
    "astype",
    "axis",
    "domain",
    "out",
    "range",
];

/// The names of a module.
pub(super) struct Names {
    dims: HashMap<Dimension, Name>,
    offsets: HashMap<Offset, Name>,
    operators: HashMap<*const Operator, Name>,
    program: Name,
}

impl Names {
    pub(super) fn new(uses: &Uses, operators: &[Arc<Operator>], program: Option<&Program>) -> Self {
        let functions = TABLE.iter().filter_map(|row| match row.spelling {
            Spelling::Function(function) => Some(function),
            Spelling::Infix(_) | Spelling::Prefix(_) => None,
        });
        let dtypes = DType::ALL.into_iter().map(DType::name);
        let reductions = Reduction::ALL.into_iter().map(Reduction::name);
        let words = RESERVED
            .iter()
            .copied()
            .chain(functions)
            .chain(dtypes)
            .chain(reductions);
        let mut taken: HashSet<Name> = words.map(Name::new).collect();
        let mut names = Self {
            dims: HashMap::new(),
            offsets: HashMap::new(),
            operators: HashMap::new(),
            program: Name::default(),
        };
        // Operators come first: their names are part of what is printed.
        for operator in operators {
            let name = fresh(&operator.name, "", &mut taken);
            names.operators.insert(Arc::as_ptr(operator), name);
        }
        if let Some(program) = program {
            names.program = fresh(&program.name, "_program", &mut taken);
        }
        // Dimensions and offsets must be visible everywhere, whatever locals there are.
        let bodies = operators.iter().map(|operator| &operator.body);
        for body in bodies.chain(program.map(|program| &program.body)) {
            taken.extend(body.locals.iter().map(|(_, local)| identifier(&local.name)));
        }
        for offset in &uses.offsets {
            let name = fresh(&offset.name, "_offset", &mut taken);
            names.offsets.insert(offset.clone(), name);
        }
        for dim in &uses.dims {
            let name = fresh(&dim.name, "Dim", &mut taken);
            names.dims.insert(dim.clone(), name);
        }
        names
    }

    pub(super) fn dim(&self, dim: &Dimension) -> &str {
        &self.dims[dim]
    }

    pub(super) fn offset(&self, offset: &Offset) -> &str {
        &self.offsets[offset]
    }

    pub(super) fn operator(&self, operator: &Arc<Operator>) -> &str {
        &self.operators[&Arc::as_ptr(operator)]
    }

    pub(super) fn program(&self) -> &str {
        &self.program
    }

    /// The names of the locals of a body, of which some are `variables` under the name of another. The text of the
    /// body also uses the names of the callees and some `words` of the language, which a local must not hide.
    pub(super) fn locals(
        &self,
        body: &Body,
        variables: &ArenaMap<LocalId, LocalId>,
        words: &HashSet<&'static str>,
    ) -> ArenaMap<LocalId, Name> {
        let mut taken: HashSet<Name> = words
            .iter()
            .chain(KEYWORDS)
            .map(|&word| Name::new(word))
            .collect();
        taken.extend(body.callees.iter().map(|callee| Name::new(self.operator(callee))));
        let mut names: ArenaMap<LocalId, Name> = ArenaMap::new();
        for (id, _) in body.locals.iter() {
            let variable = variables.get(id).copied().unwrap_or(id);
            if names.get(variable).is_none() {
                names.insert(variable, fresh(&body.locals[variable].name, "", &mut taken));
            }
            let name = names[variable].clone();
            names.insert(id, name);
        }
        names
    }
}

/// Those of the reserved words that are Python's.
const KEYWORDS: &[&str] = RESERVED.split_at(35).0;

/// A name like `wanted` that is not taken; it is from now on.
fn fresh(wanted: &str, suffix: &str, taken: &mut HashSet<Name>) -> Name {
    let mut name = identifier(wanted);
    if taken.contains(&name) {
        name = Name::new(format!("{name}{suffix}"));
    }
    while !taken.insert(name.clone()) {
        name = Name::new(format!("{name}_"));
    }
    name
}

/// The text with all that a Python name cannot have replaced by underscores.
fn identifier(text: &str) -> Name {
    let starts_well = text.starts_with(|c: char| c.is_alphabetic() || c == '_');
    let prefix = if starts_well { "" } else { "_" };
    let rest = text.chars().map(|c| if c.is_alphanumeric() { c } else { '_' });
    prefix.chars().chain(rest).collect()
}
