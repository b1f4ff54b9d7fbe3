//! Loop nests of every shape that lowering makes.

use bise_lang::Scalar;

use super::Bench;

const LANES: [u32; 4] = [1, 2, 4, 8];

/// Five points, the unit axis innermost.
const LAPLACIAN: &str = "\
kernel laplacian {
  buffer x: float64 rank 3 unit 0 read
  buffer out: float64 rank 3 unit 0 write
  bound i0
  bound i1
  bound j0
  bound j1
  bound k0
  bound k1
  %0: float64 = constant 4.0
  for k in k0..k1 parallel {
    for j in j0..j1 forward {
      for i in i0..i1 vector LANES {
        %1: float64 = load x[i, j, k]
        %2: float64 = load x[i - 1, j, k]
        %3: float64 = load x[i + 1, j, k]
        %4: float64 = load x[i, j - 1, k]
        %5: float64 = load x[i, j + 1, k]
        %6: float64 = add %2, %3
        %7: float64 = add %6, %4
        %8: float64 = add %7, %5
        %9: float64 = mul %0, %1
        %10: float64 = sub %8, %9
        store out[i, j, k] = %10
      }
    }
  }
}
";

#[test]
fn stencils_at_any_size_and_width() {
    for unit in 0..3 {
        let text = LAPLACIAN.replace("unit 0", &format!("unit {unit}"));
        for lanes in LANES {
            for (i0, i1) in [(0, 1), (0, 8), (-3, 14), (2, 2), (3, 1)] {
                let mut bench = Bench::new(&text, lanes);
                bench.array(&[(i0 - 1, i1.max(i0) + 1), (-1, 5), (0, 3)]);
                bench.array(&[(i0, i1.max(i0) + 2), (0, 4), (0, 3)]);
                bench.bounds(&[("i0", i0), ("i1", i1), ("j0", 0), ("j1", 4), ("k0", 0), ("k1", 3)]);
                bench.check(0, 3);
                bench.check(1, 2);
                bench.check(2, 1);
            }
        }
    }
}

/// Fields without a unit axis, a diagonal, a broadcast, an outermost vector loop, truth values, a store that no lane
/// index appears in but through a gathered one.
const SCATTERED: &str = "\
kernel scattered {
  buffer x: float32 rank 2 strided read
  buffer flags: bool rank 1 unit 0 read
  buffer column: int64 rank 1 strided read
  buffer where: int32 rank 1 unit 0 read
  buffer out: float32 rank 2 strided write
  buffer diagonal: float32 rank 1 unit 0 write
  buffer outflags: bool rank 2 unit 1 write
  bound n
  bound k1
  scalar factor: float32
  scalar on: bool
  %0: float32 = scalar factor
  %1: bool = scalar on
  for i in 0..n vector LANES {
    %2: bool = load flags[i + 1]
    %3: float32 = load x[i, i]
    store diagonal[i] = %3
    %4: int32 = load where[i]
    for k in 0..k1 forward {
      %5: float32 = load x[i - 1, k]
      %6: int64 = load column[k]
      %7: float32 = load x[%6, %4]
      %8: bool = xor %1, %2
      %9: float32 = select %8, %5, %0
      %10: float32 = mul %9, %7
      store out[%4, k] = %10
      %11: bool = le %5, %7
      store outflags[k, i] = %11
    }
  }
}
";

#[test]
fn gathers_scatters_and_truth_values() {
    for lanes in [1, 2, 4, 8, 16] {
        for n in [0, 1, 7, 16, 19] {
            for on in [false, true] {
                let mut bench = Bench::new(SCATTERED, lanes);
                let mut count = 0.0;
                bench.array(&[(-1, 20), (0, 20)]);
                bench.filled(&[(0, 21)], || {
                    count = 1.0 - count;
                    count
                });
                bench.filled(&[(0, 5)], || 3.0);
                // Each index once.
                let mut next = 20.0;
                bench.filled(&[(0, 20)], || {
                    next -= 1.0;
                    next
                });
                bench
                    .array(&[(-20, 20), (0, 5)])
                    .array(&[(0, 20)])
                    .array(&[(0, 5), (0, 20)]);
                bench.bounds(&[("n", n), ("k1", 5)]);
                bench.scalars(&[Scalar::f32(0.5), Scalar::bool(on)]);
                bench.check(0, n);
            }
        }
    }
}

/// A sum over neighbours without skip values left out, levels in lanes; and one over levels of vertices in lanes.
const REDUCTION: &str = "\
kernel reduction {
  buffer v2e: int32 rank 2 unit 1 read
  buffer x: float64 rank 2 unit UNIT read
  buffer out: float64 rank 2 unit UNIT write
  bound v0
  bound v1
  bound k0
  bound k1
  %0: float64 = constant 0.0
  %1: int32 = constant 0
  for v in v0..v1 OUTER {
    for k in k0..k1 INNER {
      %2: int32 = load v2e[v, 0]
      %3: bool = ge %2, %1
      %4: float64 = load x[%2, k] if %3
      %5: float64 = add %0, %4
      %6: int32 = load v2e[v, 1]
      %7: bool = ge %6, %1
      %8: float64 = load x[%6, k + 1] if %7
      %9: float64 = add %5, %8
      %10: float64 = select %7, %9, %5
      store out[v, k] = %10
    }
  }
}
";

#[test]
fn reductions_over_neighbours() {
    let shapes = [
        ("1", "parallel", "vector LANES"),
        ("0", "vector LANES", "forward"),
        ("1", "parallel", "forward"),
    ];
    for (unit, outer, inner) in shapes {
        let text = REDUCTION
            .replace("UNIT", unit)
            .replace("OUTER", outer)
            .replace("INNER", inner);
        for lanes in LANES {
            for levels in [0, 1, 9] {
                let mut bench = Bench::new(&text, lanes);
                let mut seed = 7;
                bench.filled(&[(0, 11), (0, 2)], || {
                    seed = (seed * 5 + 3) % 17;
                    f64::from(seed.min(12) - 1)
                });
                bench.array(&[(0, 12), (0, 10)]).array(&[(0, 11), (0, 10)]);
                bench.bounds(&[("v0", 0), ("v1", 11), ("k0", 0), ("k1", levels)]);
                bench.check(0, 11);
                bench.check(3, 5);
            }
        }
    }
}

/// A tridiagonal solver: two sweeps, columns in lanes. The second reads what the first has written.
const THOMAS: &str = "\
kernel thomas {
  buffer a: float64 rank 2 unit UNIT read
  buffer d: float64 rank 2 unit UNIT read
  buffer cp: float64 rank 2 unit UNIT readwrite
  buffer out: float64 rank 2 unit UNIT readwrite
  bound n
  bound k1
  scalar b: float64
  %0: float64 = scalar b
  %1: float64 = constant 0.0
  for i in 0..n OUTER {
    for k in 0..k1 forward carry c = %1, x = %1 {
      %2: float64 = carry c
      %3: float64 = carry x
      %4: float64 = load a[i, k]
      %5: float64 = mul %4, %2
      %6: float64 = sub %0, %5
      %7: float64 = div %4, %6
      store cp[i, k] = %7
      %8: float64 = load d[i, k]
      %9: float64 = mul %4, %3
      %10: float64 = sub %8, %9
      %11: float64 = div %10, %6
      store out[i, k] = %11
      next %7, %11
    }
    for l in 0..k1 backward carry y = %1 {
      %12: float64 = carry y
      %13: float64 = load out[i, l]
      %14: float64 = load cp[i, l]
      %15: float64 = mul %14, %12
      %16: float64 = sub %13, %15
      store out[i, l] = %16
      next %16
    }
  }
}
";

#[test]
fn sweeps_with_carries() {
    for (unit, outer) in [("0", "vector LANES"), ("1", "vector LANES"), ("1", "parallel")] {
        let text = THOMAS.replace("UNIT", unit).replace("OUTER", outer);
        for lanes in LANES {
            for (n, levels) in [(0, 4), (1, 1), (9, 5), (16, 0)] {
                let mut bench = Bench::new(&text, lanes);
                for _ in 0..4 {
                    bench.array(&[(0, 16), (0, 6)]);
                }
                bench
                    .bounds(&[("n", n), ("k1", levels)])
                    .scalars(&[Scalar::f64(17.5)]);
                bench.check(0, n);
            }
        }
    }
}

/// A carry that is uniform, one that is only varying after the first iteration, and a load that is guarded by what
/// differs from lane to lane.
const MIXED: &str = "\
kernel mixed {
  buffer x: float64 rank 2 unit 0 read
  buffer w: float64 rank 1 unit 0 read
  buffer out: float64 rank 2 unit 0 write
  bound n
  bound k1
  %0: float64 = constant 1.0
  %1: float64 = constant 0.0
  for i in 0..n vector LANES {
    for k in 0..k1 backward carry uniform = %0, mixed = %0 {
      %2: float64 = carry uniform
      %3: float64 = carry mixed
      %4: float64 = load w[k]
      %5: float64 = mul %2, %4
      %6: float64 = load x[i, k]
      %7: bool = gt %6, %1
      %8: float64 = load x[i, 0] if %7
      %9: float64 = load w[k] if %7
      %10: float64 = add %8, %9
      %11: float64 = mul %10, %3
      %12: float64 = add %11, %5
      store out[i, k] = %12
      next %5, %12
    }
  }
}
";

#[test]
fn uniform_and_varying_carries() {
    for lanes in LANES {
        for n in [3, 8, 13] {
            let mut bench = Bench::new(MIXED, lanes);
            bench
                .array(&[(0, 13), (0, 4)])
                .array(&[(0, 4)])
                .array(&[(0, 13), (0, 4)]);
            bench.bounds(&[("n", n), ("k1", 4)]);
            bench.check(0, n);
            bench.check(2, n);
        }
    }
}

/// Rounds: of which each lane has its own number, inside of others, the same number in all lanes, and none. What is
/// carried would go on for ever in lanes that are done, or not there.
const ROUNDS: &str = "\
kernel rounds {
  buffer x: float64 rank 1 unit 0 read
  buffer w: float64 rank 1 strided read
  buffer out: float64 rank 1 unit 0 write
  buffer count: int32 rank 1 unit 0 write
  bound n
  %0: float64 = constant 0.0
  %1: float64 = constant 1.0
  %2: int32 = constant 0
  %3: int32 = constant 1
  %4: float64 = load w[0]
  for i in 0..n vector LANES {
    %5: float64 = load x[i]
    %6: float64 = mul %5, %5
    while carry v = %6, c = %2 {
      %7: float64 = carry v
      %8: int32 = carry c
      %9: bool = gt %7, %1
      test %9
      while carry inner = %7 {
        %10: float64 = carry inner
        %11: float64 = mul %10, %10
        %12: bool = gt %11, %1
        test %12
        %13: float64 = load w[0]
        %14: float64 = load x[i]
        %15: float64 = mul %14, %0
        %16: float64 = mul %10, %13
        %17: float64 = add %16, %15
        next %17
      }
      %18: float64 = after inner
      %19: float64 = mul %7, %4
      %20: float64 = sub %19, %18
      %21: int32 = add %8, %3
      next %20, %21
    }
    while carry u = %1 {
      %22: float64 = carry u
      %23: bool = lt %0, %22
      test %23
      %24: float64 = sub %22, %4
      next %24
    }
    %25: float64 = after v
    %26: float64 = after u
    %27: float64 = add %25, %26
    %28: int32 = after c
    store out[i] = %27
    store count[i] = %28
  }
}
";

#[test]
fn lanes_do_as_many_rounds_as_they_need() {
    for lanes in LANES {
        for n in [0, 1, 3, 8, 13] {
            let mut bench = Bench::new(ROUNDS, lanes);
            bench
                .array(&[(0, 13)])
                .filled(&[(0, 1)], || 0.4)
                .array(&[(0, 13)])
                .array(&[(0, 13)]);
            bench.bounds(&[("n", n)]);
            bench.check(0, n);
        }
    }
}

/// Folds along adjacent points by themselves, with neighbours, rounds and indices inside; and of other points in each
/// lane of a vector loop.
const FOLDS: &str = "\
kernel folds {
  buffer x: TYPE rank 2 unit UNIT read
  buffer column: int32 rank 1 unit 0 read
  buffer out: TYPE rank 1 unit 0 write
  buffer most: int64 rank 1 unit 0 write
  bound n
  bound i0
  bound i1
  %0: TYPE = constant 0
  %1: int64 = constant -9
  for j in 0..n vector LANES {
    for i in i0..i1 fold add carry s = %0, t = %0 {
      %2: TYPE = carry s
      %3: TYPE = load x[i + 1, j]
      %4: TYPE = add %2, %3
      %5: TYPE = carry t
      %6: int32 = load column[j]
      %7: TYPE = load x[i, %6]
      while carry r = %7 {
        %8: TYPE = carry r
        %9: bool = gt %8, %0
        test %9
        %10: TYPE = sub %8, %7
        next %10
      }
      %11: TYPE = after r
      %12: TYPE = mul %11, %3
      %13: TYPE = add %5, %12
      next %4, %13
    }
    for p in i0..i1 fold max carry m = %1 {
      %14: int64 = carry m
      %15: int64 = index p
      %16: int64 = index j
      %17: int64 = mod %15, %16
      %18: int64 = max %14, %17
      next %18
    }
    %19: TYPE = after s
    %20: TYPE = after t
    %21: TYPE = sub %19, %20
    store out[j] = %21
    %22: int64 = after m
    store most[j] = %22
  }
}
";

#[test]
fn folds_in_registers_and_in_lanes() {
    for (dtype, unit) in [("float64", 0), ("float32", 1), ("int16", 0)] {
        let text = FOLDS.replace("TYPE", dtype).replace("UNIT", &unit.to_string());
        let zero = if dtype.starts_with('f') {
            "constant 0.0"
        } else {
            "constant 0"
        };
        let text = text.replace(&format!("{dtype} = constant 0\n"), &format!("{dtype} = {zero}\n"));
        for lanes in [1, 4] {
            for (i0, i1) in [(0, 0), (3, 2), (-2, 1), (1, 35), (0, 1024), (-5, 2060)] {
                let mut bench = Bench::new(&text, lanes);
                bench.array(&[(i0 - 1, i1.max(i0) + 1), (-1, 7)]);
                let mut next = 6.0;
                bench.filled(&[(0, 6)], || {
                    next -= 1.0;
                    next
                });
                bench.array(&[(0, 6)]).array(&[(0, 6)]);
                bench.bounds(&[("n", 6), ("i0", i0), ("i1", i1)]);
                bench.check(0, 6);
            }
        }
    }
}
