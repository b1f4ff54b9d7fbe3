//! Random programs in random layouts.

use bise_iter::passes;
use bise_iter::testing::{Case, Random};
use bise_lang::Scalar;
use bise_lang::plan::{Specialization, TableShape};

use super::files::{canonical, cut_orders};
use super::machine::{Array, Call, Table, compare};

#[test]
fn random_programs_have_the_bits_of_the_interpreter() {
    compare_all(Case::random, 200);
}

#[test]
fn random_stencils_have_the_bits_of_the_interpreter() {
    compare_all(Case::stencils, 200);
}

fn compare_all(program: impl Fn(u64) -> Case, count: u64) {
    for seed in 0..count {
        let mut case = program(seed);
        if seed % 2 == 1 {
            case = case.with_graph(passes::run(&case.graph, passes::Checks::Off).graph);
        }
        let call = call(&case);
        for round in 0..3 {
            let specialization = specialization(&case, &mut Random::new(seed * 3 + round));
            println!("seed {seed}, round {round}");
            assert!(compare(&case.graph, &specialization, &call), "the program runs");
        }
    }
}

fn call(case: &Case) -> Call {
    let field = |argument: &bise_iter::testing::Argument| {
        let mut values = argument.values.iter().copied();
        Array::filled(&argument.domain, || values.next().expect("a value per point"))
    };
    let table = |table: &bise_iter::testing::TableData| Table {
        width: table.width as usize,
        entries: table.entries.clone(),
    };
    let none = Scalar::bool(false);
    Call {
        fields: case.arguments.iter().map(field).collect(),
        scalars: case
            .arguments
            .iter()
            .map(|a| a.values.first().copied().unwrap_or(none))
            .collect(),
        tables: case.tables.iter().map(table).collect(),
    }
}

/// Any layouts, and what is true of the tables.
fn specialization(case: &Case, random: &mut Random) -> Specialization {
    let mut specialization = canonical(&case.graph);
    specialization.vector_bits = *random.pick(&[128, 256, 512]);
    for layout in &mut specialization.params {
        for last in (1..layout.order.len()).rev() {
            layout.order.swap(last, random.below(last + 1));
        }
        layout.unit = !random.once_in(4);
    }
    // All bounds of generated programs are made of the first scalar.
    let size = case.arguments[0].values[0].as_i64();
    specialization.cuts = cut_orders(&case.graph, size, &[]);
    for (shape, table) in specialization.tables.iter_mut().zip(&case.tables) {
        *shape = TableShape {
            width: table.width,
            skips: table.entries.contains(&-1) || random.once_in(4),
            index: shape.index,
        };
    }
    specialization
}
