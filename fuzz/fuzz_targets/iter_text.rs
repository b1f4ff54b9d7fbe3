//! Any bytes through the parser of iter's text form; what parses prints and parses to the same.
//! `cargo fuzz run --sanitizer none iter_text tests/iter`, from the root of the project.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    if let Ok(graph) = bise_iter::text::parse(&text) {
        let printed = bise_iter::text::print(&graph);
        assert_eq!(bise_iter::text::parse(&printed).as_ref().map(bise_iter::text::print), Ok(printed));
    }
});
