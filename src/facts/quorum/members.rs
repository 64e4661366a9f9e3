//! Whether this server itself is in a collection, from how the package makes and uses it.

use rustc_hash::FxHashMap;

use super::code::{Binding, Code, Use, UseKind};
use super::names;
use super::number::{Atom, Source};
use super::own::{Own, Write, compares_own_id, is_own_id, skips_own_id, written};
use super::resolve::{Scope, is_transparent};
use crate::ir::{BinaryOp, ExprId, ExprKind, Literal, Name, TypeRef};
use crate::program::{FnId, PackageId};

/// What several places show.
#[derive(Default)]
struct Shown {
    yes: bool,
    no: bool,
}

impl Shown {
    fn add(&mut self, own: Own) {
        self.yes |= own == Own::Yes;
        self.no |= own == Own::No;
    }

    fn own(&self) -> Own {
        match (self.yes, self.no) {
            (true, false) => Own::Yes,
            (false, true) => Own::No,
            _ => Own::Unknown,
        }
    }
}

impl Code<'_> {
    /// What a chain of calls over a collection says by itself about this server.
    pub(super) fn own_of_chain(&self, scope: &Scope, receiver: ExprId) -> Own {
        let function = scope.function;
        let mut at = receiver;
        loop {
            match self.kind(function, at) {
                ExprKind::MethodCall { receiver, method, args } => {
                    match self.text(*method) {
                        "chain" => return Own::Yes,
                        "filter" | "filter_map" => {
                            let out =
                                |e: &ExprId| compares_own_id(self, function, *e, BinaryOp::Ne);
                            if args.iter().any(out) {
                                return Own::No;
                            }
                        }
                        _ => {}
                    }
                    at = *receiver;
                }
                ExprKind::Ref(e, _) | ExprKind::Unary(_, e) => at = *e,
                ExprKind::Path(path) if path.len() == 1 => {
                    match self.binding(function, path[0], at) {
                        Some(Binding::Init(init)) if init != at => at = init,
                        _ => break,
                    }
                }
                _ => break,
            }
        }
        match self.collection(function, receiver) {
            Some(name) if names::is_membership(self.text(name)) => Own::As(name),
            _ => Own::Unknown,
        }
    }

    /// Whether an unknown number counts this server, from all that the code shows.
    pub(super) fn own_of(&self, scope: &Scope, atom: &Atom) -> Own {
        match (atom.own, atom.source) {
            (Own::Yes | Own::No, _) => atom.own,
            (_, Source::Length) => match self.own_of_collection(scope.function, atom.name) {
                Own::Unknown if atom.own == Own::As(atom.name) => Own::Unknown,
                found => found,
            },
            (Own::As(name), _) => match self.own_of_collection(scope.function, name) {
                Own::Unknown => Own::As(name),
                found => found,
            },
            (Own::Unknown, Source::Value) if names::is_membership(self.text(atom.name)) => {
                self.own_of_collection(scope.function, atom.name)
            }
            (Own::Unknown, _) => Own::Unknown,
        }
    }

    /// Whether this server is in a collection, from how the package makes and uses it.
    pub(super) fn own_of_collection(&self, function: FnId, name: Name) -> Own {
        let asked = (self.program.function(function).file, name);
        if let Some(known) = self.owns.borrow().get(&asked) {
            return *known;
        }
        let own = self.own_by_uses(function, name);
        self.owns.borrow_mut().insert(asked, own);
        own
    }

    fn own_by_uses(&self, function: FnId, name: Name) -> Own {
        let package = self.program.package(function);
        let file = self.program.function(function).file;
        let one = self.is_one_field(package, name);
        let (mut here, mut elsewhere) = (Shown::default(), Shown::default());
        for used in self.uses_in(package, name) {
            let near = self.program.function(used.function).file == file;
            if !near && !one {
                continue; // perhaps of another thing with this name
            }
            let own = match used.kind {
                UseKind::Value => self.shown_by_use(used.function, used.expr, name),
                UseKind::Init(value) => self.shown_by_value(used.function, value, 4),
                UseKind::Other => Own::Unknown,
            };
            if near { here.add(own) } else { elsewhere.add(own) }
        }
        self.shown_inside(package, name, &mut here);
        let left_out = match names::leaves_self_out(self.text(name)) {
            true => Own::No,
            false => Own::Unknown,
        };
        let all = [here.own(), elsewhere.own(), left_out];
        all.into_iter().find(|own| *own != Own::Unknown).unwrap_or(Own::Unknown)
    }

    /// The collection inside of a type that has this name: the package's own, or that of any other.
    fn shown_inside(&self, package: PackageId, name: Name, shown: &mut Shown) {
        let Some(all) = self.inner_uses().get(&name) else { return };
        for used in self.program.near_first(all, package, |used| used.function, |_| true) {
            shown.add(self.shown_by_use(used.function, used.expr, name));
        }
    }

    /// Where methods of a type, by its name, use what is called `inner`.
    fn inner_uses(&self) -> &FxHashMap<Name, Vec<Use>> {
        self.inner_uses.get_or_init(|| {
            let mut by_type: FxHashMap<Name, Vec<Use>> = FxHashMap::default();
            let inner = self.program.names.find("inner");
            let uses = inner.into_iter().flat_map(|inner| self.uses(inner));
            for used in uses.filter(|used| used.kind == UseKind::Value) {
                let owner = self.program.function(used.function).owner.as_ref();
                if let Some(TypeRef::Path { name, .. }) = owner.map(|owner| &owner.self_ty) {
                    by_type.entry(*name).or_default().push(*used);
                }
            }
            by_type
        })
    }

    /// What one use of a collection shows about this server.
    fn shown_by_use(&self, function: FnId, place: ExprId, name: Name) -> Own {
        if let Some(Write::Set(value)) = written(self, function, place) {
            return self.shown_by_value(function, value, 4);
        }
        let membership = names::is_membership(self.text(name));
        let mut at = place;
        for parent in self.ancestors(function, place) {
            let own = |e: &ExprId| is_own_id(self, function, *e);
            match self.kind(function, parent) {
                ExprKind::MethodCall { receiver, method, args } if *receiver == at => {
                    let text = self.text(*method);
                    match text {
                        "insert" | "push" | "contains" | "contains_key" | "get" | "push_back"
                            if args.iter().any(|e| self.is_own_id_here(function, *e)) =>
                        {
                            return Own::Yes;
                        }
                        "remove" if args.iter().any(own) => return Own::No,
                        "retain"
                            if args
                                .iter()
                                .any(|e| compares_own_id(self, function, *e, BinaryOp::Ne)) =>
                        {
                            return Own::No;
                        }
                        "filter" | "position" | "find" | "any" if membership => {
                            let told = args.iter().any(|e| {
                                compares_own_id(self, function, *e, BinaryOp::Ne)
                                    || compares_own_id(self, function, *e, BinaryOp::Eq)
                            });
                            return if told { Own::Yes } else { Own::Unknown };
                        }
                        "is_empty" if membership => {
                            let text = self.text(name);
                            let wins = text.contains("peer") || text.contains("other");
                            return if wins { Own::No } else { Own::Unknown };
                        }
                        "len" if membership => return self.shown_by_length(function, parent),
                        _ if is_transparent(text) => {}
                        _ => return Own::Unknown,
                    }
                }
                ExprKind::Index(base, index) if *base == at && own(index) => return Own::Yes,
                ExprKind::For { iter, body, .. } if *iter == at && membership => {
                    let skips = skips_own_id(self, function, *body);
                    return if skips { Own::Yes } else { Own::Unknown };
                }
                ExprKind::Ref(_, _)
                | ExprKind::Unary(..)
                | ExprKind::Await(_)
                | ExprKind::Try(_) => {}
                ExprKind::Field(..) => return Own::Unknown,
                _ => return Own::Unknown,
            }
            at = parent;
        }
        Own::Unknown
    }

    /// `peers.len() + 1` adds this server, unless it rounds a half up.
    fn shown_by_length(&self, function: FnId, length: ExprId) -> Own {
        let mut at = length;
        let mut added = false;
        for parent in self.ancestors(function, length) {
            match self.kind(function, parent) {
                ExprKind::Cast(_) | ExprKind::Range(..) => {}
                // `for i in 0..peers.len() { if i == me { continue; } … }`
                ExprKind::For { iter, body, .. } if *iter == at => {
                    let skips = skips_own_id(self, function, *body);
                    return if skips { Own::Yes } else { Own::Unknown };
                }
                ExprKind::MethodCall { receiver, method, args }
                    if *receiver == at && self.text(*method) == "filter" =>
                {
                    let skips =
                        args.iter().any(|e| compares_own_id(self, function, *e, BinaryOp::Ne));
                    return if skips { Own::Yes } else { Own::Unknown };
                }
                ExprKind::Binary(BinaryOp::Add, a, b) if !added => {
                    let other = if *a == at { *b } else { *a };
                    added =
                        matches!(self.kind(function, other), ExprKind::Lit(Literal::Int(Some(1))));
                    if !added {
                        return Own::Unknown;
                    }
                }
                ExprKind::Binary(BinaryOp::Div | BinaryOp::Shr, ..) => return Own::Unknown,
                ExprKind::MethodCall { method, .. } if self.text(*method).starts_with("div") => {
                    return Own::Unknown;
                }
                ExprKind::Call { callee, .. } => {
                    let divides = match self.kind(function, *callee) {
                        ExprKind::Path(path) => {
                            path.last().is_some_and(|n| self.text(*n).starts_with("div"))
                        }
                        _ => false,
                    };
                    if divides {
                        return Own::Unknown;
                    }
                    break;
                }
                _ => break,
            }
            at = parent;
        }
        if added { Own::No } else { Own::Unknown }
    }

    /// Whether an expression is this server's own id, also through a parameter that gets it.
    fn is_own_id_here(&self, function: FnId, expr: ExprId) -> bool {
        if is_own_id(self, function, expr) {
            return true;
        }
        let ExprKind::Path(path) = self.kind(function, expr) else { return false };
        let [name] = path[..] else { return false };
        let Some(Binding::Param(at)) = self.binding(function, name, expr) else { return false };
        let given = |(caller, args): &(FnId, Vec<ExprId>)| {
            args.get(at).is_some_and(|e| is_own_id(self, *caller, *e))
        };
        self.calls_of(function).iter().any(given)
    }

    /// What the value that a collection starts with shows: a set of the own id, or a list without it.
    fn shown_by_value(&self, function: FnId, value: ExprId, fuel: u32) -> Own {
        let Some(fuel) = fuel.checked_sub(1) else { return Own::Unknown };
        match self.kind(function, value) {
            ExprKind::Path(path) if path.len() == 1 => {
                // The local may have got the own id before it is stored.
                let name = path[0];
                let inserts = self
                    .local_uses(function, name)
                    .iter()
                    .any(|e| self.shown_by_use(function, *e, name) == Own::Yes);
                match self.binding(function, name, value) {
                    _ if inserts => Own::Yes,
                    Some(Binding::Init(init)) if init != value => {
                        self.shown_by_value(function, init, fuel)
                    }
                    _ => Own::Unknown,
                }
            }
            _ => {
                let below = self.below(function, value);
                let out = below.iter().any(|e| match self.kind(function, *e) {
                    ExprKind::MethodCall { method, args, .. } => {
                        self.text(*method) == "filter"
                            && args
                                .iter()
                                .any(|e| compares_own_id(self, function, *e, BinaryOp::Ne))
                    }
                    _ => false,
                });
                if out {
                    return Own::No;
                }
                let made = |e: &ExprId| match self.kind(function, *e) {
                    ExprKind::Array(parts) | ExprKind::Tuple(parts) => {
                        parts.iter().any(|e| is_own_id(self, function, *e))
                    }
                    ExprKind::Macro { args, .. } => {
                        args.iter().any(|e| is_own_id(self, function, *e))
                    }
                    ExprKind::Call { callee, args } => {
                        let ExprKind::Path(path) = self.kind(function, *callee) else {
                            return false;
                        };
                        let makes = path.last().is_some_and(|n| {
                            matches!(self.text(*n), "once" | "from" | "from_iter")
                        });
                        makes && args.iter().any(|e| is_own_id(self, function, *e))
                    }
                    _ => false,
                };
                if below.iter().any(made) {
                    return Own::Yes;
                }
                // `Some(Box::new(votes))`
                match self.kind(function, value) {
                    ExprKind::Call { args, .. } if args.len() == 1 => {
                        self.shown_by_value(function, args[0], fuel)
                    }
                    _ => Own::Unknown,
                }
            }
        }
    }

    /// The uses of a local by its name.
    pub(super) fn local_uses(&self, function: FnId, name: Name) -> Vec<ExprId> {
        let body = self.body(function);
        let is_name = |e: &ExprId| matches!(self.kind(function, *e), ExprKind::Path(path) if path[..] == [name]);
        (0..body.exprs.len() as u32).map(ExprId).filter(is_name).collect()
    }
}
