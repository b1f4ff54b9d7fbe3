//! Builtins: from the row of the builtin table to instructions with the bits of `bise_lang::evaluate`.

use bise_lang::builtins::Native;
use bise_lang::{Builtin, DType, cast};
use bise_loops::{ValueId, ValueKind};

use super::emitter::{Emitter, Operand};
use super::functions::Function;
use crate::llvm::{self, Shape};

impl Emitter<'_> {
    /// A builtin of values that are known here.
    pub(super) fn apply(&mut self, builtin: Builtin, operands: &[ValueId], lanes: Shape) -> Operand {
        if builtin == Builtin::Power {
            return self.power(operands[0], operands[1], lanes);
        }
        let dtype = self.kernel.values[operands[0]].dtype;
        let operands: Vec<Operand> = operands.iter().map(|&v| self.operand_in(v, lanes)).collect();
        self.apply_to(builtin, &operands, dtype)
    }

    /// A builtin of registers of a type, but for a power.
    pub(super) fn apply_to(&mut self, builtin: Builtin, operands: &[Operand], dtype: DType) -> Operand {
        match builtin.row().native {
            Native::Instruction(float, signed, unsigned) => {
                let name = by_kind(dtype, float, signed, unsigned);
                self.instruction(builtin.name(), name, operands, dtype)
            }
            Native::Compare(float, signed, unsigned) => {
                let predicate = by_kind(dtype, float, signed, unsigned);
                self.compare(predicate, &operands[0], &operands[1], dtype)
            }
            Native::Intrinsic(name) => self.intrinsic(name, operands, dtype, ""),
            Native::Function => self.function(builtin.name(), operands, dtype),
            Native::Sequence => self.sequence(builtin, operands, dtype),
        }
    }

    /// `add <8 x double> %x, %y`.
    fn instruction(&mut self, hint: &str, name: &str, operands: &[Operand], dtype: DType) -> Operand {
        let lanes = operands[0].lanes;
        let ty = llvm::shaped(llvm::register_type(dtype), lanes);
        let texts: Vec<&str> = operands.iter().map(|o| o.text.as_str()).collect();
        self.emit(hint, lanes, &format!("{name} {ty} {}", texts.join(", ")))
    }

    fn compare(&mut self, predicate: &str, a: &Operand, b: &Operand, dtype: DType) -> Operand {
        let ty = llvm::shaped(llvm::register_type(dtype), a.lanes);
        let how = if dtype.is_float() { "fcmp" } else { "icmp" };
        self.emit(
            "test",
            a.lanes,
            &format!("{how} {predicate} {ty} {}, {}", a.text, b.text),
        )
    }

    /// `call <8 x double> @llvm.sqrt.v8f64(...)`; `flags` are further constant operands.
    fn intrinsic(&mut self, name: &str, operands: &[Operand], dtype: DType, flags: &str) -> Operand {
        let lanes = operands[0].lanes;
        let element = llvm::register_type(dtype);
        let ty = llvm::shaped(element, lanes);
        let list: Vec<String> = operands.iter().map(|o| format!("{ty} {}", o.text)).collect();
        let mangled = llvm::mangled(element, lanes);
        let call = format!("call {ty} @llvm.{name}.{mangled}({}{flags})", list.join(", "));
        self.emit(name, lanes, &call)
    }

    /// A function of `bise_lang::math`. There are versions for floats, `int64` and `uint64`; other integers are
    /// extended and the result is cut.
    fn function(&mut self, name: &'static str, operands: &[Operand], dtype: DType) -> Operand {
        let lanes = operands[0].lanes;
        let at = match dtype {
            DType::Float32 | DType::Float64 | DType::UInt64 => dtype,
            _ => DType::Int64,
        };
        let function = Function {
            name,
            dtype: at,
            arity: operands.len(),
        };
        let symbol = self.functions.call(function, lanes);
        let ty = llvm::shaped(llvm::register_type(at), lanes);
        let list: Vec<String> = operands
            .iter()
            .map(|operand| format!("{ty} {}", self.cast(operand, dtype, at).text))
            .collect();
        let value = self.emit(name, lanes, &format!("call {ty} {symbol}({})", list.join(", ")));
        self.cast(&value, at, dtype)
    }

    /// A power. The exponent is taken in the type of the base; that of 2 is a product, as in `bise_lang::math`.
    fn power(&mut self, base: ValueId, exponent: ValueId, lanes: Shape) -> Operand {
        let (dtype, exponent_type) = (self.kernel.values[base].dtype, self.kernel.values[exponent].dtype);
        let base = self.operand_in(base, lanes);
        let constant = match self.kernel.values[exponent].kind {
            ValueKind::Constant(constant) => Some(cast(constant, dtype)),
            _ => None,
        };
        if constant.is_some_and(|constant| constant.as_f64() == 2.0) {
            let multiply = if dtype.is_float() { "fmul" } else { "mul" };
            return self.instruction("square", multiply, &[base.clone(), base], dtype);
        }
        let exponent = if let Some(constant) = constant {
            self.in_all_lanes(llvm::register_type(dtype), &llvm::constant(constant), lanes)
        } else {
            let exponent = self.operand_in(exponent, lanes);
            self.cast(&exponent, exponent_type, dtype)
        };
        self.function("pow", &[base, exponent], dtype)
    }

    /// What takes a few instructions.
    fn sequence(&mut self, builtin: Builtin, operands: &[Operand], dtype: DType) -> Operand {
        let (a, b) = (&operands[0], operands.last().unwrap_or(&operands[0]));
        let lanes = a.lanes;
        match builtin {
            Builtin::Divide if dtype.is_float() => self.instruction("div", "fdiv", operands, dtype),
            Builtin::Divide => self.integer_division(a, b, dtype),
            Builtin::Not => {
                let all = self.in_all_lanes("i1", "true", lanes);
                self.instruction("not", "xor", &[a.clone(), all], dtype)
            }
            Builtin::Negate if dtype.is_float() => {
                self.instruction("neg", "fneg", std::slice::from_ref(a), dtype)
            }
            Builtin::Negate => self.negated(a, dtype),
            Builtin::Absolute if dtype.is_float() => self.magnitude(a, dtype),
            Builtin::Absolute if dtype.is_signed() => {
                self.intrinsic("abs", std::slice::from_ref(a), dtype, ", i1 false")
            }
            Builtin::Absolute => a.clone(),
            Builtin::Minimum if dtype.is_float() => self.extreme("olt", a, b, dtype),
            Builtin::Maximum if dtype.is_float() => self.extreme("ogt", a, b, dtype),
            Builtin::Minimum => self.intrinsic(by_kind(dtype, "", "smin", "umin"), operands, dtype, ""),
            Builtin::Maximum => self.intrinsic(by_kind(dtype, "", "smax", "umax"), operands, dtype, ""),
            Builtin::IsNan => self.compare("uno", a, a, dtype),
            Builtin::IsFinite => self.against_infinity("olt", a, dtype),
            Builtin::IsInfinite => self.against_infinity("oeq", a, dtype),
            _ => panic!("compiler bug: no instructions for {}", builtin.name()),
        }
    }

    fn in_all_lanes(&mut self, element: &str, literal: &str, lanes: Shape) -> Operand {
        self.splat(&Operand::literal(literal), element, lanes)
    }

    fn negated(&mut self, a: &Operand, dtype: DType) -> Operand {
        let zero = self.in_all_lanes(llvm::register_type(dtype), "0", a.lanes);
        self.instruction("neg", "sub", &[zero, a.clone()], dtype)
    }

    fn magnitude(&mut self, a: &Operand, dtype: DType) -> Operand {
        self.intrinsic("fabs", std::slice::from_ref(a), dtype, "")
    }

    fn against_infinity(&mut self, predicate: &str, a: &Operand, dtype: DType) -> Operand {
        let magnitude = self.magnitude(a, dtype);
        let infinity = self.in_all_lanes(llvm::register_type(dtype), "0x7FF0000000000000", a.lanes);
        self.compare(predicate, &magnitude, &infinity, dtype)
    }

    /// `a` if it compares so with `b` or is a NaN, else `b`.
    fn extreme(&mut self, predicate: &str, a: &Operand, b: &Operand, dtype: DType) -> Operand {
        let before = self.compare(predicate, a, b, dtype);
        let number = self.select(&before, a, b, dtype);
        let unordered = self.compare("uno", a, a, dtype);
        self.select(&unordered, a, &number, dtype)
    }

    /// Truncated; 0 where the divisor is 0; the wrapped opposite where it is -1, which overflows in one case. The
    /// machine's division traps on both, so it gets 1 there.
    fn integer_division(&mut self, a: &Operand, b: &Operand, dtype: DType) -> Operand {
        let element = llvm::register_type(dtype);
        let zero = self.in_all_lanes(element, "0", a.lanes);
        let one = self.in_all_lanes(element, "1", a.lanes);
        let by_zero = self.compare("eq", b, &zero, dtype);
        let mut divisor = self.select(&by_zero, &one, b, dtype);
        if !dtype.is_signed() {
            let quotient = self.instruction("div", "udiv", &[a.clone(), divisor], dtype);
            return self.select(&by_zero, &zero, &quotient, dtype);
        }
        let minus_one = self.in_all_lanes(element, "-1", a.lanes);
        let opposite = self.compare("eq", b, &minus_one, dtype);
        divisor = self.select(&opposite, &one, &divisor, dtype);
        let quotient = self.instruction("div", "sdiv", &[a.clone(), divisor], dtype);
        let negated = self.negated(a, dtype);
        let quotient = self.select(&opposite, &negated, &quotient, dtype);
        self.select(&by_zero, &zero, &quotient, dtype)
    }
}

/// The choice for floats, signed integers, or unsigned integers and truth values.
fn by_kind(dtype: DType, float: &'static str, signed: &'static str, unsigned: &'static str) -> &'static str {
    if dtype.is_float() {
        float
    } else if dtype.is_signed() {
        signed
    } else {
        unsigned
    }
}
