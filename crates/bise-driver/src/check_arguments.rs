//! Compares the arguments of a call with the parameters of its program: number, kinds, types, ranks, writability,
//! layout; and that the tables are there.

use bise_base::{Diagnostic, Diagnostics, Name, Span};
use bise_field::{ConnectivityTable, FieldView, Span as Bytes, overlap};
use bise_lang::codes;

use crate::{Argument, Parameter, ParameterKind, TableUse};

/// Indices stay below this, so that sums of indices and distances never overflow.
const INDEX_LIMIT: i64 = 1 << 47;

/// All that is wrong with the arguments, each by itself.
pub(crate) fn check_arguments(
    program: &Name,
    span: Span,
    parameters: &[Parameter],
    args: &[Argument<'_>],
) -> Diagnostics {
    if parameters.len() != args.len() {
        let names: Vec<&str> = parameters.iter().map(|p| p.name.as_str()).collect();
        let (wanted, given) = (counted(parameters.len(), "argument"), args.len());
        let message = format!("`{program}` takes {wanted}, but {given} were given");
        let note = format!("it takes {}", names.join(", "));
        return vec![Diagnostic::error(&codes::ARGUMENT_COUNT, span, message).note(note)];
    }
    let pairs = parameters.iter().zip(args);
    pairs
        .filter_map(|(parameter, argument)| check(parameter, argument))
        .collect()
}

fn check(parameter: &Parameter, argument: &Argument<'_>) -> Option<Diagnostic> {
    let given = match argument {
        Argument::Scalar(value) => format!("a {} number", value.dtype()),
        Argument::Field(view) => format!(
            "a {} field of {}",
            view.dtype(),
            counted(view.axes().len(), "dimension")
        ),
    };
    let fits = match (&parameter.kind, argument) {
        (ParameterKind::Scalar, Argument::Scalar(value)) => value.dtype() == parameter.dtype,
        (ParameterKind::Field { dims, .. }, Argument::Field(view)) => {
            view.dtype() == parameter.dtype && view.axes().len() == dims.len()
        }
        (ParameterKind::Scalar, Argument::Field(_)) | (ParameterKind::Field { .. }, Argument::Scalar(_)) => {
            false
        }
    };
    if !fits {
        let message = format!(
            "`{}` is `{}`, but {given} was given",
            parameter.name, parameter.annotation
        );
        return Some(
            Diagnostic::error(&codes::ARGUMENT_TYPE, parameter.span, message).label("declared here"),
        );
    }
    let Argument::Field(view) = argument else {
        return None;
    };
    if parameter.is_written() && !view.writable() {
        let message = format!(
            "`{}` is written, but the field given for it is read-only",
            parameter.name
        );
        return Some(Diagnostic::error(&codes::READ_ONLY, parameter.span, message).label("declared here"));
    }
    check_layout(parameter, view)
}

fn check_layout(parameter: &Parameter, view: &FieldView<'_>) -> Option<Diagnostic> {
    let name = &parameter.name;
    let size = view.dtype().size();
    let refuse = |message: String, hint: &str| {
        Some(
            Diagnostic::error(&codes::BAD_LAYOUT, parameter.span, message)
                .label("declared here")
                .hint(hint),
        )
    };
    let irregular = view.axes().iter().any(|axis| axis.stride % size as isize != 0);
    if irregular || !(view.pointer() as usize).is_multiple_of(size) {
        let message = format!("the elements of `{name}` do not lie at multiples of their size, {size} bytes");
        return refuse(message, "copy it, for example with `numpy.ascontiguousarray`");
    }
    let beyond = |axis: &bise_field::Axis| axis.start < -INDEX_LIMIT || axis.stop() > INDEX_LIMIT;
    if view.axes().iter().any(beyond) {
        let message = format!("the domain of `{name}` reaches beyond ±2^47");
        return refuse(message, "let domains start near zero");
    }
    if parameter.is_written() && has_repeated_elements(view) {
        let message = format!("`{name}` is written, but several of its elements share memory");
        return refuse(message, "write to a copy");
    }
    None
}

/// Whether two elements of a field share a byte. Each axis in turn: its first half against its second.
fn has_repeated_elements(view: &FieldView<'_>) -> bool {
    let size = view.dtype().size();
    if view.size() == 0 {
        return false;
    }
    let mut sorted: Vec<_> = view
        .axes()
        .iter()
        .filter(|axis| axis.length > 1)
        .copied()
        .collect();
    sorted.sort_by_key(|axis| axis.stride.unsigned_abs());
    let mut reach = size;
    let nested = sorted.iter().all(|axis| {
        let stride = axis.stride.unsigned_abs();
        let apart = stride >= reach;
        reach = reach.saturating_add(stride.saturating_mul(axis.length - 1));
        apart
    });
    if nested {
        return false;
    }
    // Irregular strides. Let `at` be the first axis along which two elements differ: the axes before it cancel out, so
    // one lies among the elements at its start, the other one or more steps along it.
    (0..sorted.len()).any(|at| {
        let mut later = sorted[at..].to_vec();
        later[0].length -= 1;
        let origin = 1usize << 62;
        let shifted = origin.wrapping_add_signed(sorted[at].stride);
        overlap(
            &Bytes::new(origin, size, &sorted[at + 1..]),
            &Bytes::new(shifted, size, &later),
        )
    })
}

/// The tables that the program uses, in its order, or what is missing.
pub(crate) fn find_tables<'a>(
    program: &Name,
    span: Span,
    used: &[TableUse],
    given: &[(Name, &'a ConnectivityTable)],
) -> Result<Vec<&'a ConnectivityTable>, Diagnostics> {
    let (mut tables, mut missing) = (Vec::new(), Diagnostics::new());
    for wanted in used {
        if let Some((_, table)) = given.iter().find(|(name, _)| *name == wanted.name) {
            tables.push(*table);
            continue;
        }
        let TableUse {
            name,
            origin,
            codomain,
            ..
        } = wanted;
        let message = format!("`{program}` uses the connectivity `{name}`, which was not given");
        let note = format!("it has one row per index of `{origin}`, of indices of `{codomain}`");
        let diagnostic = Diagnostic::error(&codes::BAD_TABLE, span, message).note(note);
        missing.push(diagnostic.did_you_mean(name, given.iter().map(|(name, _)| name.as_str())));
    }
    if missing.is_empty() {
        Ok(tables)
    } else {
        Err(missing)
    }
}

/// `1 argument`, `2 arguments`
fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}
