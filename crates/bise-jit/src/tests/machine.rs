//! The crate's door: cache, errors, what the text and the assembly are like.

use std::thread;

use super::Bench;
use crate::{Jit, JitError, Options, Origin, assembly};

const FUSED: &str = "\
kernel fused {
  buffer x: float64 rank 1 unit 0 read
  buffer out: float64 rank 1 unit 0 readwrite
  bound n
  for i in 0..n vector LANES {
    %0: float64 = load x[i]
    %1: float64 = load out[i]
    %2: float64 = mul %0, %0
    %3: float64 = add %2, %1
    store out[i] = %3
  }
}
";

#[test]
fn products_and_sums_are_not_contracted() {
    for lanes in [1, 8] {
        let text = Bench::new(FUSED, lanes).text();
        let assembly = assembly(&text).expect("assembly");
        assert!(
            assembly.contains("mul") && !assembly.contains("fma"),
            "{assembly}"
        );
    }
}

#[test]
fn texts_are_the_same_from_run_to_run() {
    assert_eq!(Bench::new(FUSED, 8).text(), Bench::new(FUSED, 8).text());
}

#[test]
fn broken_text_is_an_error() {
    let jit = Jit::new(Options::default()).expect("a compiler");
    let missing_entry = jit.load(&Bench::new(FUSED, 2).text(), &["no such entry"]);
    assert!(matches!(missing_entry, Err(JitError::Llvm { .. })));
    for text in ["define", "define void @f() {\n  ret i32 %x\n}", "é"] {
        let error = jit.load(text, &["f"]).expect_err("text that LLVM accepts");
        assert!(matches!(error, JitError::Rejected(_)), "{error}");
        assert!(error.to_string().starts_with("compiler bug"));
    }
}

#[test]
fn libraries_are_shared_and_cached() {
    let directory = tempfile::tempdir().expect("a directory");
    let options = Options {
        cache: Some(directory.path().join("cache")),
        ..Options::default()
    };
    let text = Bench::new(FUSED, 4).text();
    let jit = Jit::new(options.clone()).expect("a compiler");
    let first = jit.load(&text, &["fused"]).expect("code");
    assert!(matches!(first.origin, Origin::Compiled(_)));
    let again = jit.load(&text, &["fused"]).expect("code");
    assert!(std::sync::Arc::ptr_eq(&first, &again));
    drop((first, again));
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let jit = Jit::new(options.clone()).expect("a compiler");
                let library = jit.load(&text, &["fused"]).expect("code");
                assert!(matches!(library.origin, Origin::Cached(_)));
                let mut out = [1.0, 2.0, 3.0];
                let x = [2.0, 3.0, 4.0];
                let frame = [x.as_ptr() as u64, 1, out.as_mut_ptr() as u64, 1, 3];
                // SAFETY: the frame is laid out as the kernel says; both arrays hold three elements.
                unsafe { library.entry(0)(frame.as_ptr(), 0, 3) };
                assert_eq!(out, [5.0, 11.0, 19.0]);
            });
        }
    });
}
