//! Which kernels are compiled together.
//!
//! Machine code is kept by what it is made of. What is for people only is left out of that, so that another name, a
//! comment or a moved line builds nothing anew. A program of many kernels is several modules, cut where the
//! kernels themselves say: where one of them changes, comes or goes, the modules before and after it are as before.

use std::hash::{DefaultHasher, Hash, Hasher};

use bise_loops::Kernel;

/// So many kernels are one module: each has a price of its own.
const FEW: usize = 8;
/// One kernel in so many is the last one of its module.
const LAST: u64 = 4;
/// As many are in a module at most.
const MOST: usize = 16;

/// The modules of a program: its kernels in order, with names that say where in their module they are.
pub(crate) fn modules(kernels: &[Kernel]) -> Vec<Vec<Kernel>> {
    let mut modules: Vec<Vec<Kernel>> = Vec::new();
    let mut is_open = false;
    for kernel in kernels {
        let mut kernel = kernel.without_names();
        let ends = kernels.len() > FEW && is_last(&kernel);
        if !is_open {
            modules.push(Vec::new());
        }
        let module = modules.last_mut().expect("compiler bug: no module is open");
        kernel.name = format!("k{}", module.len()).into();
        module.push(kernel);
        is_open = !ends && module.len() < MOST;
    }
    modules
}

fn is_last(kernel: &Kernel) -> bool {
    let mut hasher = DefaultHasher::new();
    kernel.hash(&mut hasher);
    hasher.finish().is_multiple_of(LAST)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A kernel that writes a number.
    fn kernel(name: &str, number: usize) -> Kernel {
        let text = format!(
            "kernel {name} {{\n  buffer out: int64 rank 1 unit 0 write\n  %0: int64 = constant {number}\n  store out[0] = %0\n}}\n"
        );
        bise_loops::text::parse(&text).unwrap_or_else(|error| panic!("{error}\n{text}"))
    }

    fn many(numbers: impl Iterator<Item = usize>) -> Vec<Vec<Kernel>> {
        modules(&numbers.map(|n| kernel("k", n)).collect::<Vec<_>>())
    }

    fn new(now: &[Vec<Kernel>], before: &[Vec<Kernel>]) -> usize {
        now.iter()
            .filter(|module| !before.contains(module))
            .map(Vec::len)
            .sum()
    }

    #[test]
    fn names_build_nothing_anew() {
        assert_eq!(modules(&[kernel("lap", 1)]), modules(&[kernel("diffuse", 1)]));
    }

    #[test]
    fn a_change_builds_its_module_anew() {
        let before = many(0..300);
        assert!(before.iter().all(|module| module.len() <= MOST));
        assert_eq!(before.iter().map(Vec::len).sum::<usize>(), 300);
        let changed = many((0..300).map(|n| if n == 150 { 1000 } else { n }));
        let fewer = many((0..300).filter(|n| *n != 150));
        let more = many((0..150).chain([1000]).chain(150..300));
        for now in [changed, fewer, more] {
            assert!((1..=3 * MOST).contains(&new(&now, &before)));
        }
    }

    #[test]
    fn few_kernels_are_one_module() {
        assert_eq!(many(0..FEW).len(), 1);
        assert!(many(0..0).is_empty());
    }
}
