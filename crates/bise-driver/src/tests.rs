//! Calls, end to end from iter texts: what is checked, what is cached, what is buffered.

use std::sync::Arc;

use bise_base::Name;
use bise_field::{Axis, Buffer, ConnectivityTable, Entries, FieldView};
use bise_lang::{DType, Scalar};

use crate::{
    Argument, Backend, CallError, End, Estimate, Interval, Machine, Notice, Options, Program, Session, Shape,
    Stage,
};

const SMOOTH: &str = r"
dimension I: horizontal
dimension J: horizontal

program smooth(a: <I, J; float64>, weight: float64, n: int32, out: <I, J; float64>) {
  statement {
    %0 = input a : <I, J; float64>
    %1 = shift %0 I + 1 : <I, J; float64>
    %2 = shift %0 I - 1 : <I, J; float64>
    %3 = sub %1 %2 : <I, J; float64>
    %4 = input weight : <float64>
    %5 = mul %4 %3 : <I, J; float64>
    out @ [I: 0 .. n, J: start(out, J) .. stop(out, J)] <- %5
  }
}
";

const GATHER: &str = r"
dimension Edge: horizontal
dimension Vertex: horizontal
dimension V2EDim: local

program gather(a: <Edge; int32>, out: <Vertex; int32>) {
  table V2E: Vertex, V2EDim -> Edge
  statement {
    %0 = input a : <Edge; int32>
    %1 = shift %0 V2E[*] : <Vertex, V2EDim; int32>
    %2 = reduce neighbor_sum %1 by V2E : <Vertex; int32>
    out @ [Vertex: start(out, Vertex) .. stop(out, Vertex)] <- %2
  }
}
";

/// The second edge of each vertex.
const SECOND: &str = r"
dimension Edge: horizontal
dimension Vertex: horizontal
dimension V2EDim: local

program second(a: <Edge; int32>, out: <Vertex; int32>) {
  table V2E: Vertex, V2EDim -> Edge
  statement {
    %0 = input a : <Edge; int32>
    %1 = shift %0 V2E[1] : <Vertex; int32>
    out @ [Vertex: start(out, Vertex) .. stop(out, Vertex)] <- %1
  }
}
";

fn program(text: &str, options: Options) -> Program {
    let graph = bise_iter::text::parse(text).unwrap();
    bise_iter::verify(&graph).unwrap();
    let options = Options {
        verify: true,
        ..options
    };
    Program::from_graph(Session::new(options).unwrap(), graph)
}

/// `a[i, j] = i * i + 100 * j` over `[-1, length - 1) x [0, columns)`.
fn input(length: usize, columns: usize, order: [usize; 2]) -> Buffer {
    let mut buffer = Buffer::new(DType::Float64, &[(-1, length), (0, columns)], &order).unwrap();
    let view = buffer.view_mut();
    for i in -1..length as i64 - 1 {
        for j in 0..columns as i64 {
            view.store(&[i, j], Scalar::f64((i * i + 100 * j) as f64));
        }
    }
    buffer
}

fn output(length: usize, columns: usize) -> Buffer {
    let mut buffer = Buffer::new(DType::Float64, &[(0, length), (0, columns)], &[0, 1]).unwrap();
    let view = buffer.view_mut();
    for i in 0..length as i64 {
        for j in 0..columns as i64 {
            view.store(&[i, j], Scalar::f64(-1.0));
        }
    }
    buffer
}

fn f64_at(buffer: &Buffer, index: [i64; 2]) -> f64 {
    buffer.view().load(&index).unwrap().as_f64()
}

fn call(
    program: &Program,
    a: &Buffer,
    weight: f64,
    n: i64,
    out: &mut Buffer,
    backend: Backend,
) -> Result<(), CallError> {
    let args = [
        Argument::Field(a.view()),
        Argument::Scalar(Scalar::f64(weight)),
        Argument::Scalar(Scalar::integer(DType::Int32, n)),
        Argument::Field(out.view_mut()),
    ];
    program.call(&args, &[], backend)
}

/// Whether `out` has `weight * 4 i` on the first `n` rows and is untouched on the others.
fn holds(out: &Buffer, weight: f64, n: i64) -> bool {
    let [rows, columns] = [0, 1].map(|axis: usize| out.axes()[axis].length as i64);
    let expected = |i: i64| if i < n { weight * (4 * i) as f64 } else { -1.0 };
    (0..rows).all(|i| (0..columns).all(|j| f64_at(out, [i, j]) == expected(i)))
}

#[test]
fn warm_calls_follow_pointers_scalars_and_shapes() {
    let smooth = program(SMOOTH, Options::default());
    for backend in [Backend::Native, Backend::Reference] {
        for (rows, columns, order) in [(7, 9, [0, 1]), (7, 9, [0, 1]), (40, 3, [1, 0]), (7, 9, [0, 1])] {
            let a = input(rows + 2, columns, order);
            for (weight, n) in [(1.0, rows), (0.5, rows), (0.5, 2), (2.0, 0)] {
                let mut out = output(rows, columns);
                call(&smooth, &a, weight, n as i64, &mut out, backend).unwrap();
                assert!(
                    holds(&out, weight, n as i64),
                    "{backend:?} {rows} {columns} {weight} {n}"
                );
            }
        }
    }
}

#[test]
fn threads_and_vectors_do_not_change_results() {
    for (threads, vector_bits) in [(1, 128), (3, 256), (2, 512)] {
        let options = Options {
            threads,
            vector_bits,
            ..Options::default()
        };
        let smooth = program(SMOOTH, options);
        let (a, mut out) = (input(402, 301, [0, 1]), output(400, 301));
        call(&smooth, &a, 0.25, 400, &mut out, Backend::Native).unwrap();
        assert!(holds(&out, 0.25, 400));
    }
}

#[test]
fn refusals_name_the_field_and_leave_outputs_alone() {
    let smooth = program(SMOOTH, Options::default());
    let mut out = output(8, 4);
    for backend in [Backend::Native, Backend::Reference] {
        let short = call(&smooth, &input(9, 4, [0, 1]), 1.0, 8, &mut out, backend).unwrap_err();
        let text = short.to_string();
        assert!(
            text.contains("`a` is too small along `I`: [-1, 9) is read, and it has [-1, 8)"),
            "{text}"
        );
        let beyond = call(&smooth, &input(30, 4, [0, 1]), 1.0, 9, &mut out, backend).unwrap_err();
        assert_eq!(beyond.diagnostics()[0].code.id, "B0507");
        assert!(holds(&out, 1.0, 0));
    }
}

#[test]
fn arguments_of_another_kind_are_refused_one_by_one() {
    let smooth = program(SMOOTH, Options::default());
    let (a, out) = (input(9, 4, [0, 1]), output(7, 4));
    let args = [
        Argument::Scalar(Scalar::f64(0.0)),
        Argument::Scalar(Scalar::f32(0.0)),
        Argument::Scalar(Scalar::integer(DType::Int32, 3)),
        Argument::Field(out.view()),
    ];
    let refused = smooth.call(&args, &[], Backend::Native).unwrap_err();
    let codes: Vec<&str> = refused.diagnostics().iter().map(|d| d.code.id).collect();
    assert_eq!(codes, ["B0502", "B0502", "B0505"]);
    let count = smooth
        .call(&[Argument::Field(a.view())], &[], Backend::Native)
        .unwrap_err();
    assert!(count.to_string().contains("takes 4 arguments, but 1 were given"));
}

#[test]
fn an_output_that_is_its_own_input_reads_what_was_there() {
    let smooth = program(SMOOTH, Options::default());
    let mut a = input(42, 33, [0, 1]);
    let axes = |buffer: &Buffer, start: i64, rows: usize| {
        let [i, j] = [0, 1].map(|axis: usize| buffer.axes()[axis]);
        vec![
            Axis {
                start,
                length: rows,
                ..i
            },
            j,
        ]
    };
    for backend in [Backend::Native, Backend::Reference, Backend::Native] {
        a.view_mut().copy_from(&input(42, 33, [0, 1]).view());
        let whole = a.view_mut();
        let pointer = whole.pointer().wrapping_offset(a.axes()[0].stride);
        // SAFETY: both views are of `a`, which lives on and is used by nothing else.
        #[expect(unsafe_code, reason = "two views of one buffer are what this test is about")]
        let (input, out) = unsafe {
            (
                FieldView::new(a.pointer(), DType::Float64, axes(&a, -1, 42), false),
                FieldView::new(pointer, DType::Float64, axes(&a, 0, 40), true),
            )
        };
        let args = [
            Argument::Field(input),
            Argument::Scalar(Scalar::f64(1.0)),
            Argument::Scalar(Scalar::integer(DType::Int32, 40)),
            Argument::Field(out),
        ];
        smooth.call(&args, &[], backend).unwrap();
        let right = (0..40).all(|i| (0..33).all(|j| f64_at(&a, [i, j]) == (4 * i) as f64));
        assert!(right, "{backend:?}");
        assert_eq!(f64_at(&a, [40, 0]), 1600.0);
    }
}

#[test]
fn threads_may_call_one_program_at_once() {
    let smooth = Arc::new(program(SMOOTH, Options::default()));
    let workers = (0..4).map(|worker: usize| {
        let smooth = smooth.clone();
        std::thread::spawn(move || {
            for round in 0..50 {
                let (rows, weight) = (3 + (worker + round) % 5, (worker * 100 + round) as f64);
                let (a, mut out) = (input(rows + 2, 5, [0, 1]), output(rows, 5));
                call(&smooth, &a, weight, rows as i64, &mut out, Backend::Native).unwrap();
                assert!(holds(&out, weight, rows as i64));
            }
        })
    });
    for worker in workers.collect::<Vec<_>>() {
        worker.join().unwrap();
    }
}

/// Vertex `v` has the edges `v` and, but for the last, `v + 1`.
fn path(vertices: i32, edges: usize) -> ConnectivityTable {
    let row = |v: i32| [v, if v + 1 < vertices { v + 1 } else { -1 }];
    let entries = (0..vertices).flat_map(row).collect();
    ConnectivityTable::new(Entries::Int32(entries), vertices as usize, 2, Some(edges)).unwrap()
}

fn line(length: usize) -> Buffer {
    let mut buffer = Buffer::new(DType::Int32, &[(0, length)], &[0]).unwrap();
    let view = buffer.view_mut();
    for i in 0..length as i64 {
        view.store(&[i], Scalar::integer(DType::Int32, 10 * i));
    }
    buffer
}

#[test]
fn tables_are_found_by_name_and_checked_against_fields() {
    let gather = program(GATHER, Options::default());
    let v2e = Name::new("V2E");
    for backend in [Backend::Native, Backend::Reference] {
        let mut out = line(20);
        let (good, short) = (path(20, 20), path(19, 20));
        let mut run = |edges: usize, tables: &[(Name, &ConnectivityTable)]| {
            let a = line(edges);
            let args = [Argument::Field(a.view()), Argument::Field(out.view_mut())];
            gather.call(&args, tables, backend)
        };
        let text = |result: Result<(), CallError>| result.unwrap_err().to_string();
        assert!(text(run(20, &[])).contains("`V2E`, which was not given"));
        assert!(text(run(20, &[(Name::new("V2EE"), &good)])).contains("did you mean `V2EE`?"));
        assert!(text(run(20, &[(v2e.clone(), &short)])).contains("has 19 rows, and rows [0, 20) are read"));
        assert!(text(run(19, &[(v2e.clone(), &good)])).contains("`a` is too small along `Edge`"));
        run(20, &[(v2e.clone(), &good)]).unwrap();
        run(25, &[(Name::new("other"), &short), (v2e.clone(), &good)]).unwrap();
        for v in 0..19 {
            let value = out.view().load(&[v]);
            assert_eq!(
                value,
                Some(Scalar::integer(DType::Int32, 20 * v + 10)),
                "{backend:?}"
            );
        }
        assert_eq!(out.view().load(&[19]), Some(Scalar::integer(DType::Int32, 190)));
    }
}

#[test]
fn missing_neighbours_are_said_or_refused() {
    let v2e = Name::new("V2E");
    let (some, none) = (path(20, 20), path(21, 21));
    for (checked, backend) in [false, true]
        .into_iter()
        .flat_map(|checked| [Backend::Native, Backend::Reference].map(|backend| (checked, backend)))
    {
        let options = Options {
            checked,
            ..Options::default()
        };
        let second = program(SECOND, options);
        let mut out = line(20);
        let before = out.to_packed(&[0]);
        let mut run = |table: &ConnectivityTable, go_on: bool| {
            let (a, mut heard) = (line(25), Vec::new());
            let args = [Argument::Field(a.view()), Argument::Field(out.view_mut())];
            let result = second.call_with(&args, &[(v2e.clone(), table)], backend, &mut |notice: &Notice| {
                heard.push(notice.diagnostic.primary.text.clone());
                go_on
            });
            (result, heard, out.to_packed(&[0]) == before)
        };
        let (result, heard, same) = run(&some, false);
        let text = result.unwrap_err().to_string();
        if checked {
            assert!(
                heard.is_empty() && text.contains("`out` at Vertex = 19 depends"),
                "{text}"
            );
        } else {
            assert_eq!(heard, ["there is none for Vertex = 19"]);
            assert_eq!(text, "the call was stopped by a warning");
        }
        assert!(same);
        // Row 20 is not read.
        assert!(matches!(run(&none, false), (Ok(()), heard, false) if heard.is_empty()));
        if !checked {
            assert!(matches!(run(&some, true), (Ok(()), heard, false) if heard.len() == 1));
        }
    }
}

#[test]
fn inputs_are_as_large_as_they_are_read() {
    let smooth = program(SMOOTH, Options::default());
    let scalar = |value| Some(Shape::Scalar(value));
    let n = scalar(Scalar::integer(DType::Int32, 6));
    let given = [None, scalar(Scalar::f64(1.0)), n, None];
    let shapes = smooth
        .shapes(
            &given,
            &|dim| (dim.name == "J").then_some(Interval::new(0, 4)),
            &[],
        )
        .unwrap();
    let whole = Shape::Field(vec![Interval::new(0, 6), Interval::new(0, 4)]);
    let wider = Shape::Field(vec![Interval::new(-1, 7), Interval::new(0, 4)]);
    assert_eq!((&shapes[3], &shapes[0]), (&whole, &wider));
    let missing = smooth.shapes(&given, &|_| None, &[]).unwrap_err();
    assert_eq!(
        missing.to_string(),
        "the size of dimension `J` of `out` is not known"
    );

    let (dim, end) = smooth.end_of_domain(2).unwrap();
    assert_eq!((dim.name.as_str(), end), ("I", End::Stop));
    assert_eq!(smooth.end_of_domain(1), None);

    let machine = Machine {
        bandwidth: 1e10,
        operations: 1e9,
    };
    let explained = smooth.explain(&shapes, &[], machine).unwrap();
    let statement = &explained.statements[0];
    assert_eq!(statement.reads[0].region, "I of out, 1 before and 1 after");
    assert_eq!(statement.reads[0].range, [-1, 7]);
    assert_eq!(statement.outputs[0].domain[0], "I: [0, n)");
    let Estimate {
        points,
        read,
        written,
        operations,
        ..
    } = explained.total;
    assert_eq!((points, read, written, operations), (24.0, 256.0, 192.0, 48.0));
    for stage in [Stage::Iter, Stage::Loops, Stage::Llvm, Stage::Asm] {
        assert!(smooth.stage(stage, &shapes, &[]).unwrap().contains("smooth"));
    }
}

#[test]
fn neighbours_that_are_not_there_are_refused() {
    let numbered = GATHER
        .replace(
            "shift %0 V2E[*] : <Vertex, V2EDim; int32>",
            "shift %0 V2E[1] : <Vertex; int32>",
        )
        .replace("    %2 = reduce neighbor_sum %1 by V2E : <Vertex; int32>\n", "")
        .replace("<- %2", "<- %1");
    let codes = |checked, text: &str, backend| {
        let options = Options {
            checked,
            ..Options::default()
        };
        let (a, mut out, table) = (line(20), line(20), path(20, 20));
        let args = [Argument::Field(a.view()), Argument::Field(out.view_mut())];
        let result = program(text, options).call(&args, &[(Name::new("V2E"), &table)], backend);
        result
            .err()
            .map(|error| error.diagnostics().first().map(|d| d.code.id))
    };
    let beyond = numbered.replace("V2E[1]", "V2E[2]");
    assert_eq!(codes(false, &beyond, Backend::Native), Some(Some("B0508")));
    assert_eq!(codes(true, &numbered, Backend::Native), Some(Some("B0508")));
    assert_eq!(codes(false, &numbered, Backend::Native), None);
    assert_eq!(codes(false, &numbered, Backend::Reference), None);
    assert_eq!(codes(true, &numbered, Backend::Reference), Some(Some("B0508")));
}

#[test]
fn layouts_that_cannot_be_written_are_refused() {
    let smooth = program(SMOOTH, Options::default());
    let a = input(9, 4, [0, 1]);
    let mut out = output(9, 9);
    let mut code = |shift: usize, strides: [isize; 2], start: i64| {
        let axis = |(stride, start)| Axis {
            start,
            length: if start == 0 { 4 } else { 1 },
            stride,
        };
        let axes = vec![axis((strides[0], start)), axis((strides[1], 0))];
        let pointer = out.view_mut().pointer().wrapping_add(shift);
        // SAFETY: all elements lie in `out`, which is large enough, outlives the view and is used by nothing else.
        #[expect(unsafe_code, reason = "odd layouts are what this test is about")]
        let view = unsafe { FieldView::new(pointer, DType::Float64, axes, true) };
        let args = [
            Argument::Field(a.view()),
            Argument::Scalar(Scalar::f64(1.0)),
            Argument::Scalar(Scalar::integer(DType::Int32, 4)),
            Argument::Field(view),
        ];
        let result = smooth.call(&args, &[], Backend::Native);
        result.err().map(|error| error.diagnostics()[0].code.id)
    };
    assert_eq!(code(0, [80, 8], 0), None);
    assert_eq!(code(3, [80, 8], 0), Some("B0506"));
    assert_eq!(code(0, [81, 8], 0), Some("B0506"));
    assert_eq!(code(0, [16, 8], 0), Some("B0506"));
    assert_eq!(code(0, [0, 8], 0), Some("B0506"));
    assert_eq!(code(0, [24, 16], 0), Some("B0506"));
    assert_eq!(code(0, [24, 32], 0), None);
    assert_eq!(code(0, [80, 8], i64::MAX - 5), Some("B0506"));
}
