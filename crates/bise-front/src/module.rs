//! A whole file, resolved without Python: imports, declarations and decorated functions in order.
//!
//! What Python would have to run is ignored until an operator uses its name. Start at [`module`].

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use bise_base::{Diagnostic, Diagnostics, Name, Source, SourceId, SourceMap, Span};
use bise_hir::{ExprKind as HirKind, Operator, Program};
use bise_lang::{Annotation, Collection, Dimension, DimensionKind, Offset, codes};
use bise_syntax::{Class, Expr, ExprKind, Import, Keyword, Stmt, StmtKind, Unread, parse};

use crate::decorator;
use crate::fieldview::{
    Checker, Definition, Entity, Level, Size, Sweep, Value, check_operator, check_program, signature,
    syntax_diagnostic,
};
use crate::language::Function;
use crate::{Binding, Language, Literal, Mathematics, Numpy, Scope};

/// What a file defines.
#[derive(Debug, Default)]
pub struct Module {
    /// Its operators that are right, in order.
    pub operators: Vec<Arc<Operator>>,
    /// Its programs that are right, in order.
    pub programs: Vec<Arc<Program>>,
    /// What is wrong, in source order.
    pub diagnostics: Diagnostics,
}

/// Diagnostics beyond this number are dropped: nobody reads them.
const MOST_DIAGNOSTICS: usize = 300;

/// Reads a file.
pub fn module(sources: &SourceMap, source: SourceId) -> Module {
    let parsed = parse(sources, source);
    let text = sources.get(source);
    let mut reader = Reader {
        source: &text,
        names: Names::default(),
        errors: parsed.errors.iter().map(|error| error.span).collect(),
        unread: parsed.unread.into(),
        module: Module::default(),
    };
    reader.module.diagnostics = parsed.errors.iter().map(syntax_diagnostic).collect();
    for stmt in parsed.stmts {
        reader.stmt(stmt);
    }
    let mut module = reader.module;
    module
        .diagnostics
        .sort_by_key(|diagnostic| diagnostic.primary.span);
    module.diagnostics.truncate(MOST_DIAGNOSTICS);
    module
}

/// The names that a file defines, or a package of modules.
#[derive(Clone, Debug, Default)]
struct Names(BTreeMap<Name, Binding>);

impl Scope for Names {
    fn lookup(&self, name: &str) -> Option<Binding> {
        self.0.get(name).cloned()
    }

    fn names(&self) -> Vec<String> {
        self.0.keys().map(ToString::to_string).collect()
    }
}

struct Reader<'a> {
    source: &'a Source,
    names: Names,
    errors: Vec<Span>,
    unread: VecDeque<Unread>,
    module: Module,
}

impl Reader<'_> {
    fn stmt(&mut self, stmt: Stmt) {
        let span = stmt.span;
        match stmt.kind {
            StmtKind::Import(imports) => imports.iter().for_each(|import| self.import(import)),
            StmtKind::ImportFrom { module, names } => self.import_from(&module, &names),
            StmtKind::Assign { targets, value } => {
                for target in &targets {
                    let found = self.evaluate(&value);
                    self.assign(target, found);
                }
            }
            StmtKind::Annotated {
                target,
                value: Some(value),
                ..
            } => {
                let found = self.evaluate(&value);
                self.assign(&target, found);
            }
            StmtKind::TypeAlias { name, value } => {
                let found = self.evaluate(&value);
                self.assign(&name, found);
            }
            StmtKind::Function(function) => self.function(&Definition {
                function: *function,
                span,
            }),
            StmtKind::Class(class) => match self.collection(&class) {
                Some(annotation) => {
                    // It is read after all.
                    while self
                        .unread
                        .pop_front_if(|unread| unread.span.start < span.end)
                        .is_some()
                    {}
                    self.bind(&class.name.name, Binding::Type(annotation));
                }
                None => self.unread(span),
            },
            // Python runs these; what they bind is not known here.
            StmtKind::If { .. }
            | StmtKind::While { .. }
            | StmtKind::For { .. }
            | StmtKind::Unsupported(_) => self.unread(span),
            StmtKind::Annotated { value: None, .. }
            | StmtKind::Return(_)
            | StmtKind::Expr(_)
            | StmtKind::Pass => {}
        }
    }

    /// Takes down what a statement binds that is not evaluated, and forgets what it bound before.
    fn unread(&mut self, stmt: Span) {
        // Both are in source order: what lies before the end of the statement is its own.
        while let Some(unread) = self.unread.pop_front_if(|unread| unread.span.start < stmt.end) {
            // An import, as under `if TYPE_CHECKING`, gives a name that is known the meaning that it has.
            let known = self
                .names
                .lookup(&unread.name)
                .or_else(|| Language.lookup(&unread.name));
            let Unread {
                name,
                span,
                statement,
                is_import,
            } = unread;
            let binding = known.filter(|_| is_import);
            self.bind(&name, binding.unwrap_or(Binding::Unread { span, statement }));
        }
    }

    fn bind(&mut self, name: &Name, binding: Binding) {
        self.names.0.insert(name.clone(), binding);
    }

    /// `import a.b as c` binds `c`; `import a.b` binds `a` with `b` inside.
    fn import(&mut self, import: &Import) {
        let path = import.name.name.as_str();
        if let Some(alias) = &import.alias {
            self.bind(&alias.name, module_binding(path));
            return;
        }
        let (first, inner) = match path.split_once('.') {
            Some((first, inner)) => (Name::from(first), Some(inner)),
            None => (Name::from(path), None),
        };
        let mut binding = module_binding(path);
        for part in inner
            .map(|inner| inner.rsplit('.'))
            .into_iter()
            .flatten()
            .take(16)
        {
            let inside = BTreeMap::from([(Name::from(part), binding)]);
            binding = Binding::Namespace(Arc::new(Names(inside)));
        }
        self.bind(&first, binding);
    }

    fn import_from(&mut self, module: &Name, imports: &[Import]) {
        let scope = match module_binding(module) {
            Binding::Namespace(scope) => Some(scope),
            _ => None,
        };
        for import in imports {
            let name = &import.name.name;
            if name == "*" {
                self.import_all(scope.as_deref());
                continue;
            }
            let target = import.alias.as_ref().map_or(name, |alias| &alias.name);
            let submodule = module_binding(&format!("{module}.{name}"));
            let binding = match (scope.as_ref().and_then(|scope| scope.lookup(name)), submodule) {
                (Some(binding), _) => binding,
                (None, Binding::Namespace(scope)) if !module.starts_with("gt4py.next.") => {
                    Binding::Namespace(scope)
                }
                // `from typing import Tuple` and the like: the language knows the names that matter.
                _ if module == "typing" && Language.lookup(name).is_some() => {
                    Language.lookup(name).unwrap_or(Binding::Invalid)
                }
                _ => Binding::Other(format!("`{name}` of the module `{module}`")),
            };
            self.bind(target, binding);
        }
    }

    /// `from module import *`
    fn import_all(&mut self, scope: Option<&dyn Scope>) {
        for name in scope.map(Scope::names).unwrap_or_default() {
            if let Some(binding) = scope.and_then(|scope| scope.lookup(&name)) {
                self.bind(&Name::from(name), binding);
            }
        }
    }

    fn assign(&mut self, target: &Expr, value: Binding) {
        match (&target.kind, value) {
            // Larger ones than operators take would double with every line.
            (ExprKind::Name(name), tuple) if Size::of_binding(&tuple).is_excessive() => {
                self.bind(
                    name,
                    Binding::Other(format!("the tuple `{name}`, which is too large,")),
                );
            }
            (ExprKind::Name(name), binding) => self.bind(name, binding),
            (ExprKind::Tuple(targets) | ExprKind::List(targets), Binding::Tuple(values))
                if targets.len() == values.len() =>
            {
                for (target, value) in targets.iter().zip(values) {
                    self.assign(target, value);
                }
            }
            (ExprKind::Tuple(targets) | ExprKind::List(targets), _) => {
                for target in targets {
                    self.assign(target, unknown(self.text(target.span)));
                }
            }
            _ => {}
        }
    }

    fn text(&self, span: Span) -> &str {
        self.source
            .text
            .get(span.start as usize..span.end as usize)
            .unwrap_or("")
    }

    fn checker(&self) -> Checker<'_> {
        Checker::bare(self.source, &self.names, Level::Fields)
    }

    fn entity(&self, expr: &Expr) -> Option<Entity> {
        self.checker().entity(expr).ok()
    }

    /// What an expression gives, as far as that is known without running it.
    fn evaluate(&mut self, expr: &Expr) -> Binding {
        let declared = match &expr.kind {
            ExprKind::Tuple(items) => {
                return Binding::Tuple(items.iter().map(|item| self.evaluate(item)).collect());
            }
            ExprKind::Call {
                function,
                args,
                keywords,
            } => match self.entity(function) {
                Some(Entity::Function(Function::Dimension, _)) => {
                    dimension(args, keywords).map(Binding::Dimension)
                }
                Some(Entity::Function(Function::FieldOffset, _)) => {
                    self.offset(args, keywords).map(Binding::Offset)
                }
                Some(Entity::Type(annotation)) if annotation.names().collection().is_some() => {
                    self.instance(&annotation, args, keywords)
                }
                _ => self.number(expr),
            },
            ExprKind::Subscript { .. } => {
                let mut checker = self.checker();
                let ty = checker.annotation(expr).ok();
                let excessive = checker.found(&codes::TOO_COMPLEX);
                if !excessive.is_empty() {
                    self.module.diagnostics.extend(excessive);
                    return Binding::Invalid;
                }
                ty.map(Binding::Type)
            }
            ExprKind::Name(_) | ExprKind::Attribute { .. } => {
                self.entity(expr).and_then(|entity| match entity {
                    Entity::Value(_) => None,
                    Entity::Scalar(value) => Some(Binding::Scalar(value)),
                    Entity::Literal(value) => Some(Binding::Literal(value)),
                    Entity::Dimension(dim) => Some(Binding::Dimension(dim)),
                    Entity::Offset(offset) => Some(Binding::Offset(offset)),
                    Entity::Operator(operator) => Some(Binding::Operator(operator)),
                    Entity::Broken(signature) => Some(Binding::Broken(signature)),
                    Entity::Program(program) => Some(Binding::Program(program)),
                    Entity::Type(ty) => Some(Binding::Type(ty)),
                    Entity::Function(_, name) => Some(Binding::Function(name)),
                    Entity::Namespace(scope) => Some(Binding::Namespace(scope)),
                    Entity::Tuple(items) => Some(Binding::Tuple(items)),
                    Entity::Other(what) => Some(Binding::Other(what)),
                })
            }
            _ => self.number(expr),
        };
        declared.unwrap_or_else(|| unknown(self.text(expr.span)))
    }

    /// A `NamedTuple` or a data class whose elements have types of the language, with no more in it than a docstring and
    /// methods that do not change how its instances are made.
    fn collection(&self, class: &Class) -> Option<Annotation> {
        let is_named = |name: &str, expr: &Expr| match &expr.kind {
            ExprKind::Name(found) => found == name,
            ExprKind::Attribute { name: found, .. } => found.name == name,
            _ => false,
        };
        let of_data = |decorator: &Expr| match &decorator.kind {
            ExprKind::Call { function, .. } => is_named("dataclass", function),
            _ => is_named("dataclass", decorator),
        };
        let makes = match (&class.bases[..], &class.decorators[..]) {
            ([base], []) => is_named("NamedTuple", base),
            ([], [decorator]) => of_data(decorator),
            _ => false,
        };
        let mut checker = self.checker();
        let (mut elements, mut items) = (Vec::new(), Vec::new());
        for stmt in class.body.iter().filter(|_| makes) {
            match &stmt.kind {
                StmtKind::Annotated {
                    target,
                    annotation,
                    value: None,
                } => {
                    let ExprKind::Name(name) = &target.kind else {
                        return None;
                    };
                    elements.push(name.clone());
                    items.push(checker.annotation(annotation).ok()?);
                }
                StmtKind::Expr(text) if matches!(text.kind, ExprKind::String(_)) => {}
                StmtKind::Function(method) if !method.name.name.starts_with("__") => {}
                StmtKind::Pass => {}
                _ => return None,
            }
        }
        let collection = Collection {
            name: class.name.name.clone(),
            elements,
        };
        (!items.is_empty()).then(|| Annotation::collection(collection, items))
    }

    /// `State(0.0, v=1.0)`
    fn instance(&mut self, annotation: &Annotation, args: &[Expr], keywords: &[Keyword]) -> Option<Binding> {
        let elements = &annotation.names().collection()?.elements;
        let value = |name: &Name| {
            let named = |keyword: &&Keyword| keyword.name.as_ref().is_some_and(|found| found.name == *name);
            keywords.iter().find(named).map(|keyword| &keyword.value)
        };
        let rest = elements.iter().skip(args.len()).map(value);
        let values: Vec<&Expr> = args.iter().map(Some).chain(rest).collect::<Option<_>>()?;
        let fits = values.len() == elements.len() && args.len() + keywords.len() == elements.len();
        fits.then(|| Binding::Tuple(values.into_iter().map(|value| self.evaluate(value)).collect()))
    }

    fn number(&self, expr: &Expr) -> Option<Binding> {
        let mut checker = self.checker();
        match checker.value(expr).ok()? {
            Value::Literal(literal) => Some(Binding::Literal(literal)),
            Value::Expr(expr) => match checker.kind(expr) {
                HirKind::Constant(value) => Some(Binding::Scalar(*value)),
                _ => None,
            },
            Value::Tuple(_) => None,
        }
    }

    /// `FieldOffset("V2E", source=Edge, target=(Vertex, V2EDim))`
    fn offset(&self, args: &[Expr], keywords: &[Keyword]) -> Option<Offset> {
        let name = argument("value", 0, args, keywords)?;
        let source = argument("source", 1, args, keywords)?;
        let target = argument("target", 2, args, keywords)?;
        let (ExprKind::String(name), ExprKind::Tuple(target)) = (&name.kind, &target.kind) else {
            return None;
        };
        let mut checker = self.checker();
        let source = checker.dimension(source).ok()?;
        let target: Option<Vec<Dimension>> = target.iter().map(|dim| checker.dimension(dim).ok()).collect();
        Some(Offset {
            name: Name::from(name.as_str()),
            source,
            target: target.filter(|target| matches!(target.len(), 1 | 2))?,
        })
    }

    fn function(&mut self, definition: &Definition) {
        let name = definition.function.name.name.clone();
        let decorated = definition.function.decorators.iter().find_map(|decorator| {
            let (callee, args, keywords) = match &decorator.kind {
                ExprKind::Call {
                    function,
                    args,
                    keywords,
                } => (&**function, args.as_slice(), keywords.as_slice()),
                _ => (decorator, [].as_slice(), [].as_slice()),
            };
            match self.entity(callee) {
                Some(Entity::Function(function, _)) if decorator::is_one(function) => {
                    self.module
                        .diagnostics
                        .extend(decorator::problems(function, args, keywords));
                    Some((function, keywords, decorator.span))
                }
                None if decorator::is_meant(callee) => {
                    self.module.diagnostics.extend(self.unknown_names(callee));
                    None
                }
                _ => None,
            }
        });
        let binding = match decorated {
            Some((kind, keywords, span)) => {
                let broken = self
                    .errors
                    .iter()
                    .any(|error| error.start >= definition.span.start && error.start <= definition.span.end);
                if broken {
                    Binding::Invalid
                } else {
                    self.operator(kind, definition, keywords, span)
                }
            }
            _ => Binding::Other(format!("the Python function `{name}`")),
        };
        self.bind(&name, binding);
    }

    fn operator(
        &mut self,
        kind: Function,
        definition: &Definition,
        keywords: &[Keyword],
        span: Span,
    ) -> Binding {
        let sweep = match kind {
            Function::Program => return self.program(definition),
            Function::ScanOperator => match self.sweep(keywords, span) {
                Ok(sweep) => Some(sweep),
                Err(diagnostics) => {
                    self.module.diagnostics.extend(diagnostics);
                    return Binding::Invalid;
                }
            },
            _ => None,
        };
        let sweep = sweep.as_ref().map(|(axis, forward, init)| Sweep {
            axis: axis.clone(),
            forward: *forward,
            init,
        });
        match check_operator(self.source, definition, &self.names, sweep.as_ref()) {
            Ok(operator) => {
                self.module.operators.push(Arc::clone(&operator));
                Binding::Operator(operator)
            }
            Err(diagnostics) => {
                self.module.diagnostics.extend(diagnostics);
                let signature = signature(self.source, definition, &self.names, sweep.as_ref());
                signature.map_or(Binding::Invalid, |signature| Binding::Broken(Arc::new(signature)))
            }
        }
    }

    fn program(&mut self, definition: &Definition) -> Binding {
        match check_program(self.source, definition, &self.names) {
            Ok(program) => {
                self.module.programs.push(Arc::clone(&program));
                Binding::Program(program)
            }
            Err(diagnostics) => {
                self.module.diagnostics.extend(diagnostics);
                Binding::Invalid
            }
        }
    }

    /// What is wrong with the names of an expression.
    fn unknown_names(&self, expr: &Expr) -> Diagnostics {
        let mut checker = self.checker();
        checker.look_up(expr);
        checker.finish().err().unwrap_or_default()
    }

    /// `axis=K, forward=True, init=0.0`
    fn sweep(&mut self, keywords: &[Keyword], span: Span) -> Result<(Dimension, bool, Binding), Diagnostics> {
        let error = |span, message: &str| vec![Diagnostic::error(&codes::CARRY, span, message)];
        let Some(axis) = argument("axis", 0, &[], keywords) else {
            return Err(error(
                span,
                "the scan operator is not told along which dimension to sweep",
            ));
        };
        let (forward, init) = (
            argument("forward", 0, &[], keywords),
            argument("init", 0, &[], keywords),
        );
        let given = [Some(axis), forward, init].into_iter().flatten();
        let unknown: Diagnostics = given.flat_map(|expr| self.unknown_names(expr)).collect();
        if !unknown.is_empty() {
            return Err(unknown);
        }
        let Some(Entity::Dimension(dim)) = self.entity(axis) else {
            return Err(error(axis.span, "the axis is not a dimension"));
        };
        let forward = match forward.map(|expr| (self.evaluate(expr), expr.span)) {
            None => true,
            Some((Binding::Literal(Literal::Bool(forward)), _)) => forward,
            Some((_, span)) => return Err(error(span, "`forward` is not a literal `True` or `False`")),
        };
        let init = match init {
            None => Binding::Literal(Literal::Float(0.0)),
            Some(expr) => self.evaluate(expr),
        };
        Ok((dim, forward, init))
    }
}

fn unknown(text: &str) -> Binding {
    let short: String = text.chars().take(40).collect();
    let dots = if short.len() < text.len() { " ..." } else { "" };
    Binding::Other(format!(
        "what only Python knows, `{}{dots}`,",
        short.replace('\n', " ")
    ))
}

/// A module that is imported by that path.
fn module_binding(path: &str) -> Binding {
    match path {
        "math" => Binding::Namespace(Arc::new(Mathematics)),
        "numpy" => Binding::Namespace(Arc::new(Numpy)),
        "gt4py" => {
            let next = Binding::Namespace(Arc::new(Language));
            Binding::Namespace(Arc::new(Names(BTreeMap::from([(Name::from("next"), next)]))))
        }
        "bise" | "bise.gt4py.next" => Binding::Namespace(Arc::new(Language)),
        _ if path == "gt4py.next" || path.starts_with("gt4py.next.") => {
            Binding::Namespace(Arc::new(Language))
        }
        _ => Binding::Other(format!("the module `{path}`")),
    }
}

/// The argument of that name or position.
fn argument<'e>(name: &str, position: usize, args: &'e [Expr], keywords: &'e [Keyword]) -> Option<&'e Expr> {
    let named = keywords
        .iter()
        .find(|keyword| keyword.name.as_ref().is_some_and(|n| n.name == name));
    named.map(|keyword| &keyword.value).or_else(|| args.get(position))
}

/// `Dimension("K", kind=DimensionKind.VERTICAL)`
fn dimension(args: &[Expr], keywords: &[Keyword]) -> Option<Dimension> {
    let ExprKind::String(name) = &argument("value", 0, args, keywords)?.kind else {
        return None;
    };
    let kind = match argument("kind", 1, args, keywords).map(|expr| &expr.kind) {
        None => DimensionKind::Horizontal,
        Some(ExprKind::Attribute { name, .. }) => kind_of(&name.name)?,
        Some(ExprKind::Name(name)) => kind_of(name)?,
        Some(ExprKind::String(name)) => kind_of(name)?,
        Some(_) => return None,
    };
    Some(Dimension::new(name.as_str(), kind))
}

fn kind_of(name: &str) -> Option<DimensionKind> {
    let kinds = [
        DimensionKind::Horizontal,
        DimensionKind::Vertical,
        DimensionKind::Local,
    ];
    kinds
        .into_iter()
        .find(|kind| kind.name().eq_ignore_ascii_case(name))
}
