//! THE builtin table: one row per scalar operation. To add a builtin, add a variant, a row and a test case.

use crate::DType;

/// A scalar operation. Applied to fields point by point.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the rows of TABLE say what each one is")]
pub enum Builtin {
    Add,
    Subtract,
    Multiply,
    Divide,
    FloorDivide,
    Modulo,
    Power,
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    And,
    Or,
    Xor,
    Not,
    Negate,
    Absolute,
    Minimum,
    Maximum,
    FloatModulo,
    Sqrt,
    Floor,
    Ceil,
    Truncate,
    Sin,
    Cos,
    Tan,
    Arcsin,
    Arccos,
    Arctan,
    Sinh,
    Cosh,
    Tanh,
    Arcsinh,
    Arccosh,
    Arctanh,
    Exp,
    Log,
    Gamma,
    Cbrt,
    IsFinite,
    IsInfinite,
    IsNan,
}

/// How a program spells a builtin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spelling {
    /// Between its operands.
    Infix(&'static str),
    /// Before its operand.
    Prefix(&'static str),
    /// As a function.
    Function(&'static str),
}

/// Which operands a builtin takes, and what it gives. All operands have one type but for `Power`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signature {
    /// Numbers to a number of their type.
    Number,
    /// Integers or floats; the second operand's type is free: the result has the type of the first.
    Power,
    /// Two numbers to a truth value.
    Comparison,
    /// Truth values to a truth value.
    Logical,
    /// Floats to a float of their type.
    Float,
    /// A float to a truth value.
    Predicate,
}

/// How machine code does it. `evaluate` has the same bits in every case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Native {
    /// LLVM instructions for floats, signed and unsigned integers (`""` where there is none).
    Instruction(&'static str, &'static str, &'static str),
    /// LLVM comparison predicates for floats, signed and unsigned integers and truth values.
    Compare(&'static str, &'static str, &'static str),
    /// An LLVM intrinsic that is exact: `llvm.NAME`.
    Intrinsic(&'static str),
    /// The function `bise_NAME_DTYPE` of [`crate::math`].
    Function,
    /// A few instructions that code generation spells out.
    Sequence,
}

/// What there is to know about one builtin.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// The operation.
    pub builtin: Builtin,
    /// Its name in IR texts and in symbols.
    pub name: &'static str,
    /// In programs.
    pub spelling: Spelling,
    /// Number of operands.
    pub arity: usize,
    /// Typing.
    pub signature: Signature,
    /// Machine code.
    pub native: Native,
    /// One line for the documentation. "Within 2 ulp": the result is less than two units in the last place from the
    /// exact one, over all of the range.
    pub doc: &'static str,
}

const fn row(
    builtin: Builtin,
    name: &'static str,
    spelling: Spelling,
    arity: usize,
    signature: Signature,
    native: Native,
    doc: &'static str,
) -> Row {
    Row {
        builtin,
        name,
        spelling,
        arity,
        signature,
        native,
        doc,
    }
}

use Builtin as B;
use Native::{Compare, Function as Call, Instruction, Intrinsic, Sequence};
use Signature::{Comparison, Float, Logical, Number, Predicate};
use Spelling::{Function, Infix, Prefix};

/// Every builtin, in the order of [`Builtin`].
#[rustfmt::skip]
pub const TABLE: &[Row] = &[
    row(B::Add, "add", Infix("+"), 2, Number, Instruction("fadd", "add", "add"), "Sum; integers wrap."),
    row(B::Subtract, "sub", Infix("-"), 2, Number, Instruction("fsub", "sub", "sub"), "Difference; integers wrap."),
    row(B::Multiply, "mul", Infix("*"), 2, Number, Instruction("fmul", "mul", "mul"), "Product; integers wrap."),
    row(B::Divide, "div", Infix("/"), 2, Number, Sequence, "Quotient; of integers truncated towards zero, 0 where the divisor is 0."),
    row(B::FloorDivide, "floordiv", Infix("//"), 2, Number, Call, "Quotient rounded down; of integers 0 where the divisor is 0."),
    row(B::Modulo, "mod", Infix("%"), 2, Number, Call, "Rest with the sign of the divisor; of integers 0 where the divisor is 0."),
    row(B::Power, "pow", Infix("**"), 2, Signature::Power, Call, "Power, in the type of the base; of floats within 1 ulp."),
    row(B::Equal, "eq", Infix("=="), 2, Comparison, Compare("oeq", "eq", "eq"), "Equal."),
    row(B::NotEqual, "ne", Infix("!="), 2, Comparison, Compare("une", "ne", "ne"), "Not equal; true for NaN."),
    row(B::Less, "lt", Infix("<"), 2, Comparison, Compare("olt", "slt", "ult"), "Less."),
    row(B::LessEqual, "le", Infix("<="), 2, Comparison, Compare("ole", "sle", "ule"), "Less or equal."),
    row(B::Greater, "gt", Infix(">"), 2, Comparison, Compare("ogt", "sgt", "ugt"), "Greater."),
    row(B::GreaterEqual, "ge", Infix(">="), 2, Comparison, Compare("oge", "sge", "uge"), "Greater or equal."),
    row(B::And, "and", Infix("&"), 2, Logical, Instruction("", "", "and"), "Both."),
    row(B::Or, "or", Infix("|"), 2, Logical, Instruction("", "", "or"), "At least one."),
    row(B::Xor, "xor", Infix("^"), 2, Logical, Instruction("", "", "xor"), "Exactly one."),
    row(B::Not, "not", Prefix("~"), 1, Logical, Sequence, "The opposite."),
    row(B::Negate, "neg", Prefix("-"), 1, Number, Sequence, "Opposite sign; integers wrap."),
    row(B::Absolute, "abs", Function("abs"), 1, Number, Sequence, "Magnitude; integers wrap."),
    row(B::Minimum, "min", Function("minimum"), 2, Number, Sequence, "The smaller; NaN if one is NaN; the second if equal."),
    row(B::Maximum, "max", Function("maximum"), 2, Number, Sequence, "The larger; NaN if one is NaN; the second if equal."),
    row(B::FloatModulo, "fmod", Function("fmod"), 2, Float, Call, "Rest with the sign of the dividend; exact."),
    row(B::Sqrt, "sqrt", Function("sqrt"), 1, Float, Intrinsic("sqrt"), "Square root; correctly rounded."),
    row(B::Floor, "floor", Function("floor"), 1, Float, Intrinsic("floor"), "Largest integer not above."),
    row(B::Ceil, "ceil", Function("ceil"), 1, Float, Intrinsic("ceil"), "Smallest integer not below."),
    row(B::Truncate, "trunc", Function("trunc"), 1, Float, Intrinsic("trunc"), "Integer part."),
    row(B::Sin, "sin", Function("sin"), 1, Float, Call, "Sine of an angle in radians; within 1 ulp."),
    row(B::Cos, "cos", Function("cos"), 1, Float, Call, "Cosine of an angle in radians; within 1 ulp."),
    row(B::Tan, "tan", Function("tan"), 1, Float, Call, "Tangent of an angle in radians; within 1 ulp."),
    row(B::Arcsin, "arcsin", Function("arcsin"), 1, Float, Call, "Inverse sine, in radians; within 1 ulp."),
    row(B::Arccos, "arccos", Function("arccos"), 1, Float, Call, "Inverse cosine, in radians; within 1 ulp."),
    row(B::Arctan, "arctan", Function("arctan"), 1, Float, Call, "Inverse tangent, in radians; within 1 ulp."),
    row(B::Sinh, "sinh", Function("sinh"), 1, Float, Call, "Hyperbolic sine; within 3 ulp."),
    row(B::Cosh, "cosh", Function("cosh"), 1, Float, Call, "Hyperbolic cosine; within 3 ulp."),
    row(B::Tanh, "tanh", Function("tanh"), 1, Float, Call, "Hyperbolic tangent; within 3 ulp."),
    row(B::Arcsinh, "arcsinh", Function("arcsinh"), 1, Float, Call, "Inverse hyperbolic sine; within 3 ulp."),
    row(B::Arccosh, "arccosh", Function("arccosh"), 1, Float, Call, "Inverse hyperbolic cosine; within 3 ulp."),
    row(B::Arctanh, "arctanh", Function("arctanh"), 1, Float, Call, "Inverse hyperbolic tangent; within 3 ulp."),
    row(B::Exp, "exp", Function("exp"), 1, Float, Call, "Exponential; within 1 ulp."),
    row(B::Log, "log", Function("log"), 1, Float, Call, "Natural logarithm; within 1 ulp."),
    row(B::Gamma, "gamma", Function("gamma"), 1, Float, Call, "Gamma function; within 16 ulp."),
    row(B::Cbrt, "cbrt", Function("cbrt"), 1, Float, Call, "Cube root; within 1 ulp."),
    row(B::IsFinite, "isfinite", Function("isfinite"), 1, Predicate, Sequence, "Neither infinite nor NaN."),
    row(B::IsInfinite, "isinf", Function("isinf"), 1, Predicate, Sequence, "Infinite."),
    row(B::IsNan, "isnan", Function("isnan"), 1, Predicate, Sequence, "Not a number."),
];

/// Functions of programs that are another spelling of a builtin.
pub const ALIASES: &[(&str, Builtin)] = &[("neg", B::Negate), ("power", B::Power)];

impl Builtin {
    /// Its row.
    pub fn row(self) -> &'static Row {
        &TABLE[self as usize]
    }

    /// The name in IR texts.
    pub fn name(self) -> &'static str {
        self.row().name
    }

    /// The builtin of that name in IR texts.
    pub fn from_name(name: &str) -> Option<Self> {
        TABLE.iter().find(|row| row.name == name).map(|row| row.builtin)
    }

    /// The builtin that programs call as a function of that name.
    pub fn from_function(name: &str) -> Option<Self> {
        let spelled = |row: &&Row| matches!(row.spelling, Function(function) if function == name);
        let listed = TABLE.iter().find(spelled).map(|row| row.builtin);
        listed.or_else(|| {
            ALIASES
                .iter()
                .find(|(alias, _)| *alias == name)
                .map(|(_, builtin)| *builtin)
        })
    }

    /// The result type for those operand types; nothing where the builtin does not take them.
    pub fn result_type(self, operands: &[DType]) -> Option<DType> {
        let row = self.row();
        let first = *operands.first().filter(|_| operands.len() == row.arity)?;
        let alike = operands.iter().all(|&t| t == first);
        let number = first != DType::Bool;
        match row.signature {
            Number if alike && number => Some(first),
            Signature::Power if number && operands[1] != DType::Bool => Some(first),
            Comparison if alike && number => Some(DType::Bool),
            Logical if alike && !number => Some(first),
            Float if alike && first.is_float() => Some(first),
            Predicate if first.is_float() => Some(DType::Bool),
            Number | Signature::Power | Comparison | Logical | Float | Predicate => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_in_the_order_of_the_enum() {
        for (index, row) in TABLE.iter().enumerate() {
            assert_eq!(row.builtin as usize, index, "{}", row.name);
            assert_eq!(Builtin::from_name(row.name), Some(row.builtin));
        }
    }

    #[test]
    fn mixed_types_are_refused_but_for_powers() {
        assert_eq!(Builtin::Add.result_type(&[DType::Float32, DType::Float64]), None);
        assert_eq!(
            Builtin::Power.result_type(&[DType::Float32, DType::Int32]),
            Some(DType::Float32)
        );
        assert_eq!(
            Builtin::Less.result_type(&[DType::Int32, DType::Int32]),
            Some(DType::Bool)
        );
        assert_eq!(Builtin::Sin.result_type(&[DType::Int32]), None);
    }
}
