//! The text form of kernels: for people, and for tests that are data. `parse(print(k)) == k`, but for spans.
//!
//! ```text
//! kernel scale {
//!   buffer x: float64 rank 2 unit 1 read
//!   buffer out: float64 rank 2 strided write
//!   bound i_start
//!   bound i_stop
//!   scalar factor: float64
//!   %0: float64 = scalar factor
//!   for i in i_start..i_stop parallel {
//!     for k in 0..80 vector 8 {
//!       %1: float64 = load x[i - 1, k]
//!       %2: float64 = mul %0, %1
//!       store out[i, k] = %2
//!     }
//!   }
//! }
//! ```
//!
//! `start` and `stop`, plus or minus a number, are the ends of the range that the caller gives.
//! Values are numbered in the order in which they are defined. A load that is guarded ends in `if %3`; an index
//! is a variable, an entry `%3` or nothing, plus a number. A loop that carries values reads
//! `for k in 0..80 forward carry sum = %1, last = %2 {` and its body ends in `next %5, %6`. So does
//! `while carry x = %1 {`, in which the line `test %3` says the condition.

mod parse;
mod print;

pub use parse::{ParseError, parse};
pub use print::print;

#[cfg(test)]
mod tests {
    use super::{parse, print};

    #[test]
    fn every_kind_of_line_reads_back() {
        let text = "\
kernel k {
  buffer x.0: float64 rank 2 unit 1 read
  buffer t: int32 rank 2 strided read
  buffer r: int32 rank 2 unit 1 ring 0 of 4 readwrite
  buffer out: float32 rank 0 strided readwrite
  bound a
  bound b
  scalar s: bool
  %0: float64 = constant -0.5
  %1: float64 = constant bits(0x7ff8000000000000)
  %2: bool = scalar s
  %3: int64 = constant -9223372036854775808
  for i in a..b vector 8 {
    for k in 0..b backward carry c = %0, d = %2 {
      %4: float64 = carry c
      %5: int32 = load t[i + 1, 2]
      %6: float64 = load x.0[%5 - 1, k] if %2
      %7: float64 = add %4, %6
      %8: float64 = select %2, %7, %1
      %9: float32 = cast %8
      store out[] = %9
      next %8, %2
    }
    while carry e = %0 {
      %10: float64 = carry e
      %11: bool = lt %10, %1
      test %11
      while {
        test %11
      }
      %12: float64 = add %10, %10
      next %12
    }
    %13: float64 = after e
  }
}
";
        let kernel = parse(text).expect("it parses");
        assert_eq!(crate::verify::verify(&kernel), Ok(()));
        assert_eq!(print(&kernel), text);
        assert_eq!(parse(&print(&kernel)), Ok(kernel));
    }

    #[test]
    fn ends_of_the_given_range_read_back() {
        let text = "kernel k {\n  for j in start - 2..start + 1 forward {\n  }\n  for j_2 in start..stop forward {\n  }\n}\n";
        let kernel = parse(text).expect("it parses");
        assert_eq!(crate::verify::verify(&kernel), Ok(()));
        assert_eq!(print(&kernel), text);
    }

    #[test]
    fn errors_name_the_line() {
        let error = parse("kernel k {\n  buffer x: int7 rank 1 strided read\n}\n").expect_err("no such type");
        assert_eq!(error.line, 2);
        for text in [
            "",
            "kernel",
            "kernel k {",
            "kernel k {\n store x[%9] = %1\n}",
            "kernel k {\n} }",
        ] {
            assert!(parse(text).is_err(), "{text:?}");
        }
    }
}
