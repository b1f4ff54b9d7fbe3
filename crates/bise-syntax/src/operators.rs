//! How operators and constructs are spelled.

use crate::tree::{BinaryOperator, Comparison, Construct, LogicalOperator, UnaryOperator};

impl UnaryOperator {
    /// As the program spells it.
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Plus => "+",
            Self::Minus => "-",
            Self::Not => "not",
            Self::Invert => "~",
        }
    }
}

impl BinaryOperator {
    /// As the program spells it.
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Divide => "/",
            Self::FloorDivide => "//",
            Self::Modulo => "%",
            Self::Power => "**",
            Self::MatrixMultiply => "@",
            Self::ShiftLeft => "<<",
            Self::ShiftRight => ">>",
            Self::And => "&",
            Self::Or => "|",
            Self::Xor => "^",
        }
    }
}

impl Comparison {
    /// As the program spells it.
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Equal => "==",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessEqual => "<=",
            Self::Greater => ">",
            Self::GreaterEqual => ">=",
            Self::Is => "is",
            Self::IsNot => "is not",
            Self::In => "in",
            Self::NotIn => "not in",
        }
    }
}

impl LogicalOperator {
    /// As the program spells it.
    pub fn symbol(self) -> &'static str {
        match self {
            Self::And => "and",
            Self::Or => "or",
        }
    }
}

impl Construct {
    /// As the subject of a sentence in the plural: "`for` loops".
    pub fn what(self) -> &'static str {
        match self {
            Self::For => "`for` loops",
            Self::While => "`while` loops",
            Self::With => "`with` statements",
            Self::Match => "`match` statements",
            Self::Raise => "exceptions",
            Self::Try => "`try` statements",
            Self::Assert => "assertions",
            Self::Class => "class definitions",
            Self::Delete => "`del` statements",
            Self::Global => "`global` declarations",
            Self::Nonlocal => "`nonlocal` declarations",
            Self::Break => "`break` statements",
            Self::Continue => "`continue` statements",
            Self::Walrus => "assignments inside expressions",
            Self::Lambda => "`lambda` functions",
            Self::Set => "sets",
            Self::Comprehension => "comprehensions",
            Self::Await => "`await` expressions",
            Self::Yield => "generators",
            Self::FormatString => "format strings",
            Self::Bytes => "byte strings",
            Self::Complex => "complex numbers",
            Self::Shell => "shell escapes",
        }
    }
}
