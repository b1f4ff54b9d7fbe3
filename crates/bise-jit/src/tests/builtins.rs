//! Every builtin and every cast, on every type that takes it, against `bise_lang::evaluate`.

use std::fmt::Write;

use bise_lang::builtins::TABLE;
use bise_lang::{Builtin, DType};

use super::Bench;

/// Numbers at which something happens in some type.
const VALUES: [f64; 24] = [
    0.0,
    -0.0,
    1.0,
    -1.0,
    2.0,
    0.5,
    -2.5,
    3.75,
    7.0,
    -7.0,
    127.0,
    -128.0,
    255.5,
    1e10,
    -1e10,
    9.3e18,
    -9.3e18,
    1e40,
    f64::MAX,
    f64::MIN_POSITIVE,
    f64::INFINITY,
    f64::NEG_INFINITY,
    f64::NAN,
    1e-310,
];

/// Every pair of [`VALUES`] as the arguments of lines `%N: TYPE = LINE %0, %1`, each stored to a buffer of its own.
fn check(operands: &[DType], lines: &[(DType, String)], lanes: u32) {
    let mut buffers = String::new();
    let mut body = String::new();
    for (at, dtype) in operands.iter().enumerate() {
        let _ = writeln!(buffers, "  buffer x{at}: {dtype} rank 1 unit 0 read");
        let _ = writeln!(body, "    %{at}: {dtype} = load x{at}[i]");
    }
    for (at, (dtype, line)) in lines.iter().enumerate() {
        let value = at + operands.len();
        let _ = writeln!(buffers, "  buffer y{at}: {dtype} rank 1 unit 0 write");
        let _ = writeln!(
            body,
            "    %{value}: {dtype} = {line}\n    store y{at}[i] = %{value}"
        );
    }
    let text = format!("kernel k {{\n{buffers}  bound n\n  for i in 0..n vector LANES {{\n{body}  }}\n}}\n");
    let mut bench = Bench::new(&text, lanes);
    let n = VALUES.len() * if operands.len() == 1 { 1 } else { VALUES.len() };
    for at in 0..operands.len() {
        let mut position = 0;
        bench.filled(&[(0, n as i64)], || {
            let value = VALUES[(if at == 0 {
                position
            } else {
                position / VALUES.len()
            }) % VALUES.len()];
            position += 1;
            value
        });
    }
    for _ in lines {
        bench.filled(&[(0, n as i64)], || 1.0);
    }
    bench.bounds(&[("n", n as i64)]);
    bench.check(0, n as i64);
}

#[test]
fn builtins_agree_with_evaluate() {
    for dtype in DType::ALL {
        for arity in [1, 2] {
            let operands = ["%0", "%0, %1"][arity - 1];
            let lines: Vec<(DType, String)> = TABLE
                .iter()
                .filter(|row| row.arity == arity)
                .filter_map(|row| {
                    let result = row.builtin.result_type(&vec![dtype; arity])?;
                    Some((result, format!("{} {operands}", row.name)))
                })
                .collect();
            for lanes in [1, 8] {
                check(&vec![dtype; arity], &lines, lanes);
            }
        }
    }
}

#[test]
fn casts_agree_with_evaluate() {
    for from in DType::ALL {
        let lines: Vec<(DType, String)> = DType::ALL
            .into_iter()
            .filter(|&to| to != from)
            .map(|to| (to, "cast %0".to_owned()))
            .collect();
        for lanes in [1, 4, 16] {
            check(&[from], &lines, lanes);
        }
    }
}

#[test]
fn powers_take_exponents_of_other_types_and_constants() {
    use DType::{Float32, Float64, Int8, Int32, UInt64};
    for (base, exponent) in [
        (Float64, Int32),
        (Float32, Float64),
        (Int32, Float64),
        (UInt64, Int8),
    ] {
        let line = format!("{} %0, %1", Builtin::Power.name());
        check(&[base, exponent], &[(base, line)], 4);
    }
    for (dtype, literal) in [
        (Float64, "2.0"),
        (Float32, "2.0"),
        (Int32, "2"),
        (Float64, "-1.0"),
        (Float64, "0.5"),
    ] {
        let text = format!(
            "kernel k {{\n  buffer x: {dtype} rank 1 unit 0 read\n  buffer y: {dtype} rank 1 unit 0 write\n  bound n\n  \
             %0: {dtype} = constant {literal}\n  for i in 0..n vector LANES {{\n    %1: {dtype} = load x[i]\n    \
             %2: {dtype} = pow %1, %0\n    store y[i] = %2\n  }}\n}}\n"
        );
        let mut bench = Bench::new(&text, 8);
        bench.array(&[(0, 37)]).array(&[(0, 37)]).bounds(&[("n", 37)]);
        bench.check(0, 37);
    }
}
