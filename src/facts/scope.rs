//! How a function writes values down: its locals, and the fields and getters that it reads.

use rustc_hash::{FxHashMap, FxHashSet};

use super::eval::Engine;
use super::value::Value;
use super::world::World;
use crate::ir::{Body, ExprKind, Name, Pat, TypeRef};
use crate::roles::symbols::{Origin, Sym, Symbols};

/// Longer expressions are no names.
const MAX_LENGTH: usize = 60;

impl Engine<'_> {
    /// The names in the function at `index` of the stack.
    pub(super) fn scope<'a>(&'a self, world: &'a World, index: usize) -> Scope<'a> {
        let frame = &self.frames.all()[index];
        let program = self.symbols.program;
        let mut known = self.closure_names.borrow_mut();
        let inside = known
            .entry(frame.function)
            .or_insert_with(|| closure_names(&program.function(frame.function).body));
        let all = world.locals.get(frame.locals).into_iter().flat_map(|l| l.iter());
        let own = all.filter(|(name, _)| !inside.contains(name));
        let mut locals: Vec<(&str, &Value)> = own.map(|(n, v)| (program.spelled(*n), v)).collect();
        locals.sort_by_key(|(name, _)| (name.len(), *name));
        let mut of_symbol: FxHashMap<Sym, Vec<&str>> = FxHashMap::default();
        for (name, value) in &locals {
            if let Value::Sym(sym) = value {
                of_symbol.entry(*sym).or_default().push(name);
            }
        }
        let this = match &frame.self_value {
            Some(Value::Sym(sym)) => Some(*sym),
            _ => None,
        };
        Scope { symbols: &self.symbols, locals, of_symbol, this }
    }
}

/// The name of a field of a tuple.
pub(super) fn is_position(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_digit())
}

/// Names that only closures bind: nothing outside of them can use them.
fn closure_names(body: &Body) -> FxHashSet<Name> {
    let params = body.exprs.iter().filter_map(|expr| match &expr.kind {
        ExprKind::Closure { params, .. } => Some(params),
        _ => None,
    });
    let inside = body.bindings(params.flatten().copied());
    let mut bound: FxHashMap<Name, usize> = FxHashMap::default();
    for pat in &body.pats {
        if let Pat::Bind { name, .. } = pat {
            *bound.entry(*name).or_default() += 1;
        }
    }
    let mut by_closures: FxHashMap<Name, usize> = FxHashMap::default();
    for name in inside {
        *by_closures.entry(name).or_default() += 1;
    }
    by_closures.retain(|name, count| bound.get(name) == Some(count));
    by_closures.into_keys().collect()
}

/// The names that a function has.
pub(super) struct Scope<'a> {
    symbols: &'a Symbols<'a>,
    /// Shortest first.
    locals: Vec<(&'a str, &'a Value)>,
    /// Those that hold just this value, shortest first.
    of_symbol: FxHashMap<Sym, Vec<&'a str>>,
    this: Option<Sym>,
}

impl Scope<'_> {
    /// The local that holds a value, alone or as one of several.
    pub(super) fn local(&self, sym: Sym) -> Option<String> {
        let is = |value: &Value| value.alternatives().contains(&Value::Sym(sym));
        let local = self.locals.iter().find(|(_, value)| is(value));
        local.map(|(name, _)| (*name).to_owned())
    }

    /// How a value is written in this function.
    pub(super) fn text(&self, sym: Sym, depth: u32) -> Option<String> {
        if self.this == Some(sym) {
            return Some("self".to_owned());
        }
        let local = self.local_text(sym);
        // What has parts is spoken of by its local name: a guard, a borrow, a destructured part.
        if local.is_some() && self.has_parts(sym) {
            return local;
        }
        let written = (depth > 0).then(|| self.written(sym, depth - 1)).flatten();
        written.filter(|text| text.len() <= MAX_LENGTH).or(local)
    }

    fn local_text(&self, sym: Sym) -> Option<String> {
        let names = self.of_symbol.get(&sym)?;
        let own = self.own_name(sym).filter(|own| names.contains(own));
        own.or(names.first().copied()).map(str::to_owned)
    }

    /// The name of the field or getter that a value came from.
    fn own_name(&self, sym: Sym) -> Option<&str> {
        match &self.symbols.get(sym).origin {
            Origin::Field(_, name) | Origin::Payload(_, _, name) => {
                Some(self.symbols.program.spelled(*name))
            }
            _ => None,
        }
    }

    fn has_parts(&self, sym: Sym) -> bool {
        if self.own_name(sym).is_some_and(is_position) {
            return true;
        }
        match self.symbols.get(sym).ty.as_deref() {
            Some(TypeRef::Path { name, .. }) => {
                self.symbols.program.struct_def(*name, self.symbols.package).is_some()
            }
            _ => false,
        }
    }

    fn written(&self, sym: Sym, depth: u32) -> Option<String> {
        let program = self.symbols.program;
        let data = self.symbols.get(sym);
        let destructured = self.own_name(sym);
        if let Some(name) = destructured
            && self.local_text(sym).is_some_and(|local| local == name)
        {
            return Some(name.to_owned());
        }
        match &data.origin {
            Origin::Field(base, name) if !self.is_optional(*base) => {
                Some(format!("{}.{}", self.text(*base, depth)?, program.spelled(*name)))
            }
            Origin::Method(name, args) => {
                let (receiver, rest) = args.split_first()?;
                if !rest.is_empty() || self.is_optional(*receiver) {
                    return None;
                }
                Some(format!("{}.{}()", self.text(*receiver, depth)?, program.spelled(*name)))
            }
            Origin::Call(name, args) => {
                let [only] = **args else { return None };
                Some(format!("{}({})", program.spelled(*name), self.text(only, depth)?))
            }
            Origin::Inner(base)
            | Origin::Named(base, _)
            | Origin::Received(base, _)
            | Origin::Stored(base, _) => self.text(*base, depth),
            _ => None,
        }
    }

    /// Whether a value is what is in an `Option`, without a name of its own.
    fn is_optional(&self, sym: Sym) -> bool {
        let Origin::Inner(outer) = self.symbols.get(sym).origin else { return false };
        let (program, package) = (self.symbols.program, self.symbols.package);
        let option = |ty: &TypeRef| matches!(ty, TypeRef::Path { name, .. } if program.text(*name) == "Option");
        let optional = match &self.symbols.get(outer).origin {
            Origin::Field(base, field) => match self.symbols.get(*base).ty.as_deref() {
                Some(TypeRef::Path { name, .. }) => {
                    let def = program.struct_def(*name, package);
                    let of = def.and_then(|d| d.fields.iter().find(|f| f.name == *field));
                    of.is_some_and(|f| option(&f.ty))
                }
                _ => false,
            },
            Origin::Method(name, _) => {
                matches!(program.text(*name), "last" | "back" | "first" | "front" | "get")
            }
            _ => false,
        };
        optional && self.local_text(sym).is_none()
    }
}
