//! Loop nests to LLVM text for CPUs, with explicit vectors.
//!
//! Every kernel becomes `define void @NAME(ptr %frame, i64 %start, i64 %stop)`. A `Parallel` or `Vector` loop at the top
//! of the kernel runs over `[start, stop)`, so that the caller can hand parts of it to threads; all other loops
//! have the limits that the kernel says. What the frame holds is said by `bise_loops::Kernel::frame`.
//!
//! A `Vector` loop becomes a loop over full vectors and one more copy of its body under a mask, for the rest. What
//! does not vary from lane to lane stays scalar (see `varying`). Address computations go to the outermost place
//! where all they need is known (see `emitter`), so the passes that run on the text need not be clever.
//!
//! The bits are those of `bise_lang::evaluate`: no flag allows reassociation or contraction. NaNs are equal to
//! those of `evaluate` as NaNs: sign and payload are not part of the meaning.
//!
//! Files: `emitter` (text and where it goes), `nest` (statements and loops), `fold`, `turn` (copies
//! between columns and rows), `address`, `value`, `arithmetic`
//! (builtins), `functions` (calls of the language's math functions), `varying`.

mod address;
mod arithmetic;
mod emitter;
mod fold;
mod functions;
mod nest;
mod turn;
mod value;
mod varying;

use std::fmt::Write;

use bise_loops::Kernel;

use crate::llvm;
use emitter::Emitter;
use functions::Functions;

/// What the text depends on besides the kernels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Options {
    /// Bits of the vector registers that the code is to use: 128, 256 or 512.
    pub vector_bits: u32,
}

impl Default for Options {
    fn default() -> Self {
        Self { vector_bits: 256 }
    }
}

/// A module with one function per kernel, named as the kernel.
pub fn module(kernels: &[Kernel], options: &Options) -> String {
    let mut functions = Functions::default();
    let mut text = String::new();
    for kernel in kernels {
        function(kernel, &mut functions, &mut text);
    }
    functions.write(&mut text);
    // Writing to a string cannot fail.
    let _ = writeln!(
        text,
        "attributes #0 = {{ nounwind \"min-legal-vector-width\"=\"{bits}\" \"prefer-vector-width\"=\"{bits}\" }}\n\
         attributes #1 = {{ nounwind willreturn memory(none) \"min-legal-vector-width\"=\"{bits}\" \
         \"prefer-vector-width\"=\"{bits}\" }}",
        bits = options.vector_bits
    );
    text
}

/// One kernel.
fn function(kernel: &Kernel, functions: &mut Functions, text: &mut String) {
    let mut emitter = Emitter::new(kernel, functions);
    emitter.block(&kernel.body);
    let body = emitter.finish();
    let name = llvm::global(&kernel.name);
    let _ = write!(
        text,
        "define void {name}(ptr noalias readonly %frame, i64 %start, i64 %stop) #0 {{\nentry:\n{body}  ret void\n}}\n\n"
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_found_outside_of_the_inner_loop() {
        let kernel = "\
kernel copy {
  buffer x: float64 rank 2 unit 1 read
  buffer out: float64 rank 2 unit 1 write
  bound n
  for j in 0..n parallel {
    for i in 0..n vector 8 {
      %0: float64 = load x[j - 1, i + 1]
      store out[j, i] = %0
    }
  }
}
";
        let kernel = bise_loops::text::parse(kernel).expect("the kernel parses");
        let text = module(&[kernel], &Options { vector_bits: 512 });
        let inner: Vec<&str> = text
            .lines()
            .skip_while(|line| !line.starts_with("vector"))
            .take_while(|line| !line.contains("br "))
            .collect();
        assert!(
            !inner
                .iter()
                .any(|line| line.contains("mul") || line.contains("load i64")),
            "{text}"
        );
        assert!(
            inner.iter().any(|line| line.contains("store <8 x double>")),
            "{text}"
        );
    }
}
