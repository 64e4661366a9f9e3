//! Views of the lowered code that the look for majorities needs: children and parents of
//! expressions, bindings of locals, and where names that speak of votes or voters are used.

use std::cell::{Cell, OnceCell, RefCell};
use std::rc::Rc;

use rustc_hash::FxHashMap;

use super::names;
use super::own::Own;
use crate::ir::walk::children;
use crate::ir::{Body, ExprId, ExprKind, Name, Pat, PatId, Stmt};
use crate::program::{FnId, PackageId, Program};
use crate::source::{FileId, Place};

/// Where a name is used, and how.
#[derive(Clone, Copy)]
pub(super) struct Use {
    pub(super) function: FnId,
    pub(super) expr: ExprId,
    pub(super) kind: UseKind,
}

/// How a name is used.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum UseKind {
    /// As a path or a field.
    Value,
    /// As a field of a struct literal that gets this value.
    Init(ExprId),
    /// As a method, or taken apart under another name.
    Other,
}

/// What a local stands for.
#[derive(Clone, Copy)]
pub(super) enum Binding {
    /// The value of an expression.
    Init(ExprId),
    /// A part of a tuple expression, or of a value that is none.
    Part(ExprId, usize),
    /// What is in an expression's `Some`, `Ok`, reference or guard.
    Alias(ExprId),
    /// The field of this name.
    Field(Name),
    /// A parameter.
    Param(usize),
    /// An element of what a loop runs over, or something else.
    Opaque,
}

/// The program with its indexes.
pub(super) struct Code<'p> {
    pub(super) program: &'p Program,
    /// Which names speak of voters, votes or majorities.
    speaking: Vec<bool>,
    uses: FxHashMap<Name, Vec<Use>>,
    /// How many structs and variants of a package have a field of this name.
    owners: FxHashMap<(PackageId, Name), u32>,
    parents: RefCell<FxHashMap<FnId, Rc<Vec<Option<ExprId>>>>>,
    /// What was found out of the collections of a name, seen from a file.
    pub(super) owns: RefCell<FxHashMap<(FileId, Name), Own>>,
    /// Where methods of a type use what is called `inner`; found when first asked for.
    pub(super) inner_uses: OnceCell<FxHashMap<Name, Vec<Use>>>,
    /// How many expressions may still be looked at for the number that is being resolved.
    pub(super) left: Cell<u32>,
}

impl<'p> Code<'p> {
    pub(super) fn new(program: &'p Program) -> Self {
        let names = (0..program.names.len() as u32).map(Name);
        let speaking: Vec<bool> = names.map(|name| names::speaks(program.text(name))).collect();
        let mut indexed = speaking.clone();
        if let Some(inner) = program.names.find("inner") {
            indexed[inner.0 as usize] = true;
        }
        let mut code = Code {
            program,
            speaking,
            uses: FxHashMap::default(),
            owners: FxHashMap::default(),
            parents: RefCell::new(FxHashMap::default()),
            owns: RefCell::default(),
            inner_uses: OnceCell::new(),
            left: Cell::new(0),
        };
        for slot in 0..program.file_count() {
            let Some(file) = program.file(slot) else { continue };
            let package = program.package_of_slot(slot);
            let variants = file.enums.iter().flat_map(|e| e.variants.iter());
            for field in file.structs.iter().chain(variants).flat_map(|def| def.fields.iter()) {
                if indexed[field.name.0 as usize] {
                    *code.owners.entry((package, field.name)).or_default() += 1;
                }
            }
        }
        for function in program.ids() {
            code.index(function, &indexed);
        }
        code
    }

    /// Whether a name speaks of voters, votes or majorities.
    pub(super) fn speaks(&self, name: Name) -> bool {
        self.speaking[name.0 as usize]
    }

    fn index(&mut self, function: FnId, indexed: &[bool]) {
        let body = &self.program.function(function).body;
        let speaks = |name: &Name| indexed[name.0 as usize];
        let mut add = |name: Name, expr: u32, kind: UseKind| {
            let used = Use { function, expr: ExprId(expr), kind };
            self.uses.entry(name).or_default().push(used);
        };
        for (i, expr) in body.exprs.iter().enumerate() {
            let i = i as u32;
            match &expr.kind {
                ExprKind::Path(path) if path.len() == 1 && speaks(&path[0]) => {
                    add(path[0], i, UseKind::Value);
                }
                ExprKind::Field(_, name) if speaks(name) => add(*name, i, UseKind::Value),
                ExprKind::MethodCall { method, .. } if speaks(method) => {
                    add(*method, i, UseKind::Other);
                }
                ExprKind::Struct { fields, .. } => {
                    for (name, value) in fields.iter().filter(|(name, _)| speaks(name)) {
                        add(*name, i, UseKind::Init(*value));
                    }
                }
                _ => {}
            }
        }
        for pat in &body.pats {
            let Pat::Struct { fields, .. } = pat else { continue };
            for (name, inner) in fields.iter().filter(|(name, _)| speaks(name)) {
                if !matches!(body.pat(*inner), Pat::Bind { name: n, .. } if n == name) {
                    add(*name, 0, UseKind::Other);
                }
            }
        }
    }

    pub(super) fn body(&self, function: FnId) -> &'p Body {
        &self.program.function(function).body
    }

    pub(super) fn kind(&self, function: FnId, expr: ExprId) -> &'p ExprKind {
        &self.body(function).expr(expr).kind
    }

    pub(super) fn text(&self, name: Name) -> &'p str {
        self.program.text(name)
    }

    pub(super) fn place(&self, function: FnId, expr: ExprId) -> Place {
        let file = self.program.function(function).file;
        Place { file, span: self.body(function).expr(expr).span }
    }

    /// Whether one thing in the package has this name at most.
    pub(super) fn is_one_field(&self, package: PackageId, name: Name) -> bool {
        self.owners.get(&(package, name)).is_none_or(|n| *n <= 1)
    }

    /// Where a name is used.
    pub(super) fn uses(&self, name: Name) -> &[Use] {
        self.uses.get(&name).map_or(&[], Vec::as_slice)
    }

    /// Where a package uses a name.
    pub(super) fn uses_in(&self, package: PackageId, name: Name) -> impl Iterator<Item = &Use> {
        self.program.in_package(self.uses(name), package, |used| used.function)
    }

    /// All names that speak of votes or voters.
    pub(super) fn used_names(&self) -> Vec<Name> {
        let mut names: Vec<Name> = self.uses.keys().copied().collect();
        names.sort_by_key(|name| self.text(*name));
        names
    }

    /// The parent of each expression of a function.
    pub(super) fn parents(&self, function: FnId) -> Rc<Vec<Option<ExprId>>> {
        if let Some(known) = self.parents.borrow().get(&function) {
            return Rc::clone(known);
        }
        let body = self.body(function);
        let mut parents = vec![None; body.exprs.len()];
        for (i, expr) in body.exprs.iter().enumerate() {
            for child in children(&expr.kind) {
                parents[child.0 as usize] = Some(ExprId(i as u32));
            }
        }
        let parents = Rc::new(parents);
        self.parents.borrow_mut().insert(function, Rc::clone(&parents));
        parents
    }

    /// The expressions around one, innermost first.
    pub(super) fn ancestors(&self, function: FnId, expr: ExprId) -> Vec<ExprId> {
        let parents = self.parents(function);
        let mut all = Vec::new();
        let mut at = expr;
        while let Some(parent) = parents[at.0 as usize] {
            all.push(parent);
            at = parent;
        }
        all
    }

    /// An expression with all below it.
    pub(super) fn below(&self, function: FnId, expr: ExprId) -> Vec<ExprId> {
        let mut all = vec![expr];
        let mut next = 0;
        while next < all.len() {
            all.extend(children(self.kind(function, all[next])));
            next += 1;
        }
        all
    }

    /// What a local name stands for where it is used.
    pub(super) fn binding(&self, function: FnId, name: Name, used: ExprId) -> Option<Binding> {
        let body = self.body(function);
        let before = body.expr(used).span.start;
        let mut best: Option<(u32, Binding)> = None;
        let mut offer = |at: u32, binding: Option<Binding>| {
            if let Some(binding) = binding
                && at < before
                && best.is_none_or(|(b, _)| b <= at)
            {
                best = Some((at, binding));
            }
        };
        for expr in &body.exprs {
            match &expr.kind {
                ExprKind::Block { stmts, .. } => {
                    for stmt in stmts {
                        if let Stmt::Let { pat, init: Some(init), .. } = stmt {
                            let at = body.expr(*init).span.start;
                            offer(at, bound(body, *pat, name, *init, true));
                        }
                    }
                }
                ExprKind::Let(pat, value) => {
                    offer(expr.span.start, bound(body, *pat, name, *value, false));
                }
                ExprKind::Match { scrutinee, arms } => {
                    for arm in arms {
                        let at = body.expr(*scrutinee).span.start;
                        let inside = body.expr(arm.body).span;
                        if inside.start <= before && before < inside.end {
                            offer(at, bound(body, arm.pat, name, *scrutinee, false));
                        }
                    }
                }
                ExprKind::For { pat, body: inner, .. } if body.bindings([*pat]).contains(&name) => {
                    let inside = body.expr(*inner).span;
                    if inside.start <= before && before < inside.end {
                        offer(inside.start, Some(Binding::Opaque));
                    }
                }
                ExprKind::Closure { params, body: inner } => {
                    let inside = body.expr(*inner).span;
                    if inside.start <= before
                        && before < inside.end
                        && body.bindings(params.iter().copied()).contains(&name)
                    {
                        offer(inside.start.saturating_sub(1), Some(Binding::Opaque));
                    }
                }
                _ => {}
            }
        }
        let of_let = best.map(|(_, binding)| binding);
        of_let.or_else(|| {
            let mut params = self.program.function(function).params.iter();
            let at = params.position(|p| body.bindings([p.pat]).contains(&name))?;
            Some(Binding::Param(at))
        })
    }
}

/// What a pattern makes of the value for a name.
fn bound(body: &Body, pat: PatId, name: Name, value: ExprId, whole: bool) -> Option<Binding> {
    if !body.bindings([pat]).contains(&name) {
        return None;
    }
    Some(match body.pat(pat) {
        Pat::Bind { name: n, .. } if *n == name => {
            if whole {
                Binding::Init(value)
            } else {
                Binding::Alias(value)
            }
        }
        Pat::Tuple { elems, .. } => {
            let at = elems.iter().position(|e| body.bindings([*e]).contains(&name));
            Binding::Part(value, at.unwrap_or(0))
        }
        Pat::TupleStruct { elems, .. } if elems.len() == 1 => {
            return bound(body, elems[0], name, value, false);
        }
        Pat::Struct { fields, .. } => {
            let field = fields.iter().find(|(_, p)| body.bindings([*p]).contains(&name));
            field.map_or(Binding::Opaque, |(field, _)| Binding::Field(*field))
        }
        _ => Binding::Opaque,
    })
}
