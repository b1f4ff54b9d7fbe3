//! Any bytes through the parser and the checker: diagnostics or a program, never a panic.
//! `cargo fuzz run --sanitizer none front tests/programs`, from the root of the project.
#![no_main]

use bise_base::SourceMap;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let sources = SourceMap::new();
    let source = sources.add("fuzz.py", text, 1);
    let module = bise_front::module(&sources, source);
    let _ = bise_base::render_all(&module.diagnostics, &sources, bise_base::Style::Plain);
});
