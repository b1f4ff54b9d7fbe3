//! No text form makes its reader or verifier panic: mutations of those in `tests/`, of iter and of loops.

use std::panic::catch_unwind;

use crate::{files, root};

/// A small generator of pseudo-random numbers: xorshift, as in G. Marsaglia, "Xorshift RNGs" (2003).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit.max(1) as u64) as usize
    }
}

/// What both forms have in common: to be read, verified and printed. Gives whether it could be read.
fn read(text: &str) -> bool {
    if text.lines().any(|line| line.starts_with("kernel ")) {
        let Ok(kernel) = bise_loops::text::parse(text) else {
            return false;
        };
        if bise_loops::verify(&kernel).is_ok() {
            let printed = bise_loops::text::print(&kernel);
            let again = bise_loops::text::parse(&printed).map(|kernel| bise_loops::text::print(&kernel));
            assert_eq!(again, Ok(printed), "what is printed is read as the same");
        }
        return true;
    }
    let Ok(graph) = bise_iter::text::parse(text) else {
        return false;
    };
    let printed = bise_iter::text::print(&graph);
    let again = bise_iter::text::parse(&printed).map(|graph| bise_iter::text::print(&graph));
    assert_eq!(again, Ok(printed), "what is printed is read as the same");
    true
}

/// The texts of `tests/iter` and `tests/loops`, a graph or a kernel each.
fn texts() -> Vec<String> {
    let mut texts = Vec::new();
    for (folder, extension) in [("iter", "bise"), ("loops", "txt")] {
        for path in files(&root().join(folder), extension, "").expect("the folder") {
            let text = std::fs::read_to_string(path).expect("the file");
            let mut part = String::new();
            for line in text.lines() {
                let is_kernel = line.starts_with("kernel ");
                if line.starts_with("--- ") || line.starts_with("==> ") || is_kernel {
                    texts.push(std::mem::take(&mut part));
                }
                if !line.starts_with(['-', '=', '#']) {
                    part += line;
                    part.push('\n');
                }
            }
            texts.push(part);
        }
    }
    texts.retain(|text| {
        text.lines()
            .any(|line| line.starts_with("program ") || line.starts_with("kernel "))
    });
    texts
}

/// Words that are left out, doubled, changed for others of any text, or put elsewhere; and lines likewise.
fn mutate(random: &mut Random, text: &str, other: &str) -> String {
    let by_lines = random.below(3) == 0;
    let split = |text: &str| -> Vec<String> {
        if by_lines {
            text.split_inclusive('\n').map(str::to_owned).collect()
        } else {
            text.split_inclusive(|c: char| !c.is_alphanumeric())
                .map(str::to_owned)
                .collect()
        }
    };
    let (mut words, donors) = (split(text), split(other));
    let (at, to) = (random.below(words.len()), random.below(words.len()));
    let donor = &donors[random.below(donors.len())];
    match random.below(6) {
        0 => drop(words.remove(at)),
        1 => words.insert(at, words[at].clone()),
        2 => words[at].clone_from(donor),
        3 => words.insert(at, donor.clone()),
        4 => words.swap(at, to),
        _ => {
            let hostile = [
                "-1",
                "99999999999999999999",
                "4294967295",
                "\u{0}",
                "é",
                "%",
                "{",
                "}",
            ];
            hostile[random.below(hostile.len())].clone_into(&mut words[at]);
        }
    }
    words.concat()
}

#[test]
fn mutated_text_forms_do_not_panic() {
    let texts = texts();
    for start in ["program ", "kernel "] {
        let has = |text: &String| text.lines().any(|line| line.starts_with(start));
        assert!(texts.iter().any(has), "texts with `{start}` are found");
    }
    let seed = 0x9e37_79b9_7f4a_7c15;
    let mut random = Random(seed);
    let mut understood = 0;
    for round in 0..5_000 {
        let mut text = texts[random.below(texts.len())].clone();
        for _ in 0..=random.below(2) {
            let other = &texts[random.below(texts.len())];
            text = mutate(&mut random, &text, other);
        }
        let outcome = catch_unwind(|| read(&text));
        assert!(outcome.is_ok(), "seed {seed:#x}, round {round}:\n{text}");
        understood += usize::from(outcome.unwrap_or(false));
    }
    assert!(
        understood > 250,
        "{understood} of the mutants could be read: the others test little"
    );
}
