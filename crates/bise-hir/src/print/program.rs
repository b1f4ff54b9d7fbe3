//! Programs: signature, calls, targets with their domains.

use bise_base::Name;
use bise_lang::{Action, Annotation, Bound, BoundOperator, Dimension, DomainRange, ProgramLoop, Type};

use la_arena::ArenaMap;

use super::Printer;
use super::expr::ExprPrinter;
use super::operator::{signature, words};
use crate::{LocalId, Program, ProgramCall, Target};

/// Adds the definition of a program to the text.
pub(super) fn print(printer: &mut Printer, program: &Program) {
    let mut words = words(&program.body);
    if !program.loops.is_empty() {
        words.insert("range");
    }
    let locals = printer.names.locals(&program.body, &ArenaMap::new(), &words);
    let name = printer.names.program().to_owned();
    printer.text.push_str("\n\n");
    printer.line(0, "@gtx.program");
    signature(printer, &name, (&program.body, &program.params, &locals), "");
    let mut leaves = Vec::new();
    for &param in &program.params {
        name_leaves(&locals[param], program.body.locals[param].ty(), &mut leaves);
    }
    leaves.extend(
        program
            .variables
            .iter()
            .map(|&variable| locals[variable].to_string()),
    );
    let text = ProgramText {
        program,
        locals: &locals,
        leaves: &leaves,
    };
    text.actions(printer, 1, &Action::all(program.calls.len(), &program.loops));
    if program.calls.is_empty() {
        printer.line(1, "pass");
    }
}

/// Prints what a program does.
struct ProgramText<'a> {
    program: &'a Program,
    locals: &'a ArenaMap<LocalId, Name>,
    /// How the text names each leaf of the parameters, and the variables of loops.
    leaves: &'a [String],
}

impl ProgramText<'_> {
    fn actions(&self, printer: &mut Printer, indent: usize, actions: &[Action]) {
        for action in actions {
            match action {
                Action::Statement(at) => self.call(printer, indent, &self.program.calls[*at]),
                Action::Loop(at, body) => {
                    let ProgramLoop {
                        start, stop, step, ..
                    } = &self.program.loops[*at];
                    import_bound_functions(printer, vec![start, stop]);
                    let text = TargetText {
                        printer,
                        leaves: self.leaves,
                        annotations: &[],
                    };
                    let (from, to) = (text.bound(start), text.bound(stop));
                    let range = match (start, step) {
                        (Bound::Constant(0), 1) => to,
                        (_, 1) => format!("{from}, {to}"),
                        _ => format!("{from}, {to}, {step}"),
                    };
                    let variable = &self.locals[self.program.variables[*at]];
                    let line = format!("for {variable} in range({range}):");
                    printer.line(indent, &line);
                    self.actions(printer, indent + 1, body);
                }
            }
        }
    }

    fn call(&self, printer: &mut Printer, indent: usize, call: &ProgramCall) {
        let (program, locals, leaves) = (self.program, self.locals, self.leaves);
        let args: Vec<String> = call
            .args
            .iter()
            .map(|&arg| {
                let body = &program.body;
                ExprPrinter {
                    printer,
                    body,
                    locals,
                }
                .print(arg)
            })
            .collect();
        for (_, domain) in all_targets(&call.out) {
            let bounds = domain.iter().flat_map(|range| [&range.start, &range.stop]);
            import_bound_functions(printer, bounds.collect());
        }
        let line = call_text(printer, program, call, args, leaves);
        printer.line(indent, &line);
    }
}

/// How the text names each leaf of the parameters.
fn name_leaves(name: &str, ty: &Type, leaves: &mut Vec<String>) {
    match ty {
        Type::Tuple(items) => {
            for (index, item) in items.iter().enumerate() {
                name_leaves(&format!("{name}[{index}]"), item, leaves);
            }
        }
        Type::Scalar(_) | Type::Field(_) => leaves.push(name.to_owned()),
    }
}

fn call_text(
    printer: &Printer,
    program: &Program,
    call: &ProgramCall,
    mut args: Vec<String>,
    leaves: &[String],
) -> String {
    let text = TargetText {
        printer,
        leaves,
        annotations: &program.annotations().collect::<Vec<_>>(),
    };
    let domains = all_targets(&call.out);
    let sliced = domains
        .iter()
        .all(|(leaf, domain)| slices(*leaf, domain).is_some());
    let out = whole_param(program, &call.out, leaves).unwrap_or_else(|| text.target(&call.out, sliced));
    args.push(format!("out={out}"));
    if !sliced {
        let first = domains.first().map(|(_, domain)| domain);
        let same = domains.iter().all(|(_, domain)| Some(domain) == first);
        let domain = match first {
            Some(domain) if same => text.domain(domain),
            _ => text.domains(&call.out),
        };
        args.push(format!("domain={domain}"));
    }
    let callee = printer.names.operator(&program.body.callees[call.callee]);
    format!("{callee}({})", args.join(", "))
}

/// The leaves of a target, each with its domain.
fn all_targets(target: &Target) -> Vec<(u32, &[DomainRange])> {
    match target {
        Target::Field { leaf, domain, .. } => vec![(*leaf, domain.as_slice())],
        Target::Tuple(items) => items.iter().flat_map(all_targets).collect(),
    }
}

/// The tuple parameter that a target is all of.
fn whole_param(program: &Program, target: &Target, leaves: &[String]) -> Option<String> {
    let (first, _) = *all_targets(target).first()?;
    let mut leaf = 0;
    for &param in &program.params {
        let ty = program.body.locals[param].ty();
        if leaf == first && matches!(ty, Type::Tuple(_)) {
            let whole = Target::whole(ty, &mut leaf, bise_base::Span::default());
            let same = whole == crate::normal::without_spans(target);
            return same.then(|| {
                leaves[first as usize]
                    .split('[')
                    .next()
                    .unwrap_or_default()
                    .to_owned()
            });
        }
        leaf += ty.leaves().len() as u32;
    }
    None
}

/// The slices that select a domain of a field by the field's own ends, if it is of that form: one per dimension.
fn slices(leaf: u32, domain: &[DomainRange]) -> Option<Vec<String>> {
    domain
        .iter()
        .map(|range| {
            let start = relative(leaf, &range.start, range)?;
            let stop = relative(leaf, &range.stop, range)?;
            Some(match (start, stop) {
                // The end itself is left out.
                (Ends::Start(0), Ends::Stop(0)) => ":".to_owned(),
                (start, Ends::Stop(0)) => format!("{}:", start.index()?),
                (Ends::Start(0), stop) => format!(":{}", stop.index()?),
                (start, stop) => format!("{}:{}", start.index()?, stop.index()?),
            })
        })
        .collect()
}

/// A bound at a distance from an end of the field.
enum Ends {
    Start(i64),
    Stop(i64),
}

impl Ends {
    /// The index that Python counts so: negative ones from the stop.
    fn index(&self) -> Option<i64> {
        match self {
            Self::Start(distance) if *distance >= 0 => Some(*distance),
            Self::Stop(distance) if *distance < 0 => Some(*distance),
            Self::Start(_) | Self::Stop(_) => None,
        }
    }
}

fn relative(leaf: u32, bound: &Bound, range: &DomainRange) -> Option<Ends> {
    match bound {
        Bound::Start(of, dim) if *of == leaf && *dim == range.dim => Some(Ends::Start(0)),
        Bound::Stop(of, dim) if *of == leaf && *dim == range.dim => Some(Ends::Stop(0)),
        Bound::Binary(BoundOperator::Add, end, distance) => {
            match (relative(leaf, end, range)?, &**distance) {
                (Ends::Start(0), Bound::Constant(distance)) => Some(Ends::Start(*distance)),
                (Ends::Stop(0), Bound::Constant(distance)) => Some(Ends::Stop(*distance)),
                _ => None,
            }
        }
        Bound::Constant(_) | Bound::Scalar(_) | Bound::Start(..) | Bound::Stop(..) | Bound::Binary(..) => {
            None
        }
    }
}

/// Prints targets and domains.
struct TargetText<'a> {
    printer: &'a Printer,
    leaves: &'a [String],
    /// In which order the slices of each leaf stand.
    annotations: &'a [Annotation],
}

impl TargetText<'_> {
    fn target(&self, target: &Target, sliced: bool) -> String {
        match target {
            Target::Field { leaf, domain, .. } => {
                let name = &self.leaves[*leaf as usize];
                let slices = slices(*leaf, domain).filter(|slices| sliced && slices.iter().any(|s| s != ":"));
                let written = |slices: Vec<String>| self.as_written(*leaf, domain, slices);
                slices.map_or_else(
                    || name.clone(),
                    |slices| format!("{name}[{}]", written(slices).join(", ")),
                )
            }
            Target::Tuple(items) => tuple(items, |item| self.target(item, sliced)),
        }
    }

    /// The slices of a domain in the order of the dimensions in the annotation of the field.
    fn as_written(&self, leaf: u32, domain: &[DomainRange], slices: Vec<String>) -> Vec<String> {
        let Some(axes) = &self.annotations[leaf as usize].axes()[0] else {
            return slices;
        };
        let slice = |dim: &Dimension| domain.iter().position(|range| range.dim == *dim);
        let order = axes.iter().filter_map(slice);
        order.map(|at| slices[at].clone()).collect()
    }

    /// The tree of domains of a target.
    fn domains(&self, target: &Target) -> String {
        match target {
            Target::Field { domain, .. } => self.domain(domain),
            Target::Tuple(items) => tuple(items, |item| self.domains(item)),
        }
    }

    fn domain(&self, domain: &[DomainRange]) -> String {
        let ranges: Vec<String> = domain
            .iter()
            .map(|range| {
                let dim = self.printer.names.dim(&range.dim);
                format!(
                    "{dim}: ({}, {})",
                    self.bound(&range.start),
                    self.bound(&range.stop)
                )
            })
            .collect();
        format!("{{{}}}", ranges.join(", "))
    }

    /// A bound; operands in parentheses. The ends of a field have no name in the language but by slices, so where
    /// they are mixed with others they are written as the attributes that a field has outside of programs.
    fn bound(&self, bound: &Bound) -> String {
        let operand = |bound: &Bound| match bound {
            Bound::Binary(BoundOperator::Minimum | BoundOperator::Maximum, ..) => self.bound(bound),
            Bound::Binary(..) => format!("({})", self.bound(bound)),
            _ => self.bound(bound),
        };
        match bound {
            Bound::Constant(value) => value.to_string(),
            Bound::Scalar(leaf) => self.leaves[*leaf as usize].clone(),
            Bound::Start(leaf, dim) => self.end(*leaf, dim, "start"),
            Bound::Stop(leaf, dim) => self.end(*leaf, dim, "stop"),
            Bound::Binary(BoundOperator::Minimum, a, b) => {
                format!("minimum({}, {})", self.bound(a), self.bound(b))
            }
            Bound::Binary(BoundOperator::Maximum, a, b) => {
                format!("maximum({}, {})", self.bound(a), self.bound(b))
            }
            Bound::Binary(operator, a, b) => format!("{} {operator} {}", operand(a), operand(b)),
        }
    }

    fn end(&self, leaf: u32, dim: &Dimension, end: &str) -> String {
        let dim = self.printer.names.dim(dim);
        format!("{}.domain[{dim}].{end}", self.leaves[leaf as usize])
    }
}

fn tuple(items: &[Target], text: impl Fn(&Target) -> String) -> String {
    let texts: Vec<String> = items.iter().map(text).collect();
    let comma = if items.len() == 1 { "," } else { "" };
    format!("({}{comma})", texts.join(", "))
}

/// Imports the functions that bounds use.
fn import_bound_functions(printer: &mut Printer, mut bounds: Vec<&Bound>) {
    while let Some(bound) = bounds.pop() {
        if let Bound::Binary(operator, a, b) = bound {
            match operator {
                BoundOperator::Minimum => printer.import("minimum"),
                BoundOperator::Maximum => printer.import("maximum"),
                _ => "",
            };
            bounds.extend([&**a, &**b]);
        }
    }
}
