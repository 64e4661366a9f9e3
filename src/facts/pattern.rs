//! Patterns: the worlds in which a value matches, and those in which it does not.

use std::rc::Rc;

use super::choose::Meeting;
use super::eval::Engine;
use super::join::join;
use super::reads;
use super::trail::Asked;
use super::value::{Cond, Value};
use super::world::World;
use crate::ir::{BinaryOp, ExprKind, Literal, Name, Pat, PatId, TypeRef};
use crate::protocol::{Fact, Message};
use crate::roles::messages;
use crate::roles::messages::is_trial_name;
use crate::roles::symbols::{Origin, Role, Sym, Tags};
use crate::roles::vocabulary::Words;
use crate::source::{Place, Span};

/// Worlds that match and worlds that do not.
pub(super) struct Split {
    pub(super) matched: Vec<World>,
    pub(super) missed: Vec<World>,
}

impl Split {
    fn always(world: World) -> Self {
        Split { matched: vec![world], missed: Vec::new() }
    }
}

impl Engine<'_> {
    /// Matches a value against a pattern and binds its names.
    pub(super) fn match_pat(&mut self, mut world: World, value: &Value, pat: PatId) -> Split {
        let body = self.body();
        let names_whole = matches!(body.pat(pat), Pat::Bind { sub: None, .. } | Pat::Wild);
        if let Some(place) = self.borrowed(value).filter(|_| !names_whole) {
            let whole = self.in_place(&world, place);
            let mut split = self.match_pat(world, &whole, pat);
            split.matched.iter_mut().for_each(|w| self.parts_named(w, place, pat));
            return split;
        }
        match body.pat(pat) {
            Pat::Wild => Split::always(world),
            Pat::Bind { name, sub, .. } => {
                let (name, sub) = (*name, *sub);
                let value = self.hides(&mut world, name, value.clone());
                let value = self.named(&value, name);
                self.bind(&mut world, name, value.clone());
                match sub {
                    Some(sub) => self.match_pat(world, &value, sub),
                    None => Split::always(world),
                }
            }
            Pat::Or(pats) => {
                let mut matched = Vec::new();
                let mut missed = vec![world];
                for &pat in pats.iter() {
                    let mut rest = Vec::new();
                    for w in missed {
                        let split = self.match_pat(w, value, pat);
                        matched.extend(split.matched);
                        rest.extend(split.missed);
                    }
                    missed = rest;
                }
                Split { matched: self.dedup(matched), missed }
            }
            Pat::Tuple { elems, rest } => {
                let parts = self.parts(value, elems.len(), *rest);
                let pairs = elems.iter().copied().zip(parts).collect::<Vec<_>>();
                self.match_all(world, &pairs)
            }
            Pat::Slice { elems, .. } => {
                let elem = self.element(value);
                let pairs = elems.iter().map(|p| (*p, elem.clone())).collect::<Vec<_>>();
                let mut split = self.match_all(world.clone(), &pairs);
                split.missed.push(world);
                split
            }
            Pat::Lit(lit) => {
                let place = self.at(body.expr(*lit).span);
                let cond = match &body.expr(*lit).kind {
                    ExprKind::Lit(Literal::Bool(b)) => {
                        let cond = self.condition(value, place);
                        if *b { cond } else { cond.negate() }
                    }
                    ExprKind::Lit(Literal::Int(Some(n))) => {
                        let int = self.symbols.intern(Origin::Int(*n));
                        self.compare(BinaryOp::Eq, value, &Value::Sym(int), place)
                    }
                    _ => self.unknown_cond(),
                };
                self.split_on(world, cond, place)
            }
            Pat::Path { path, span } => self.match_variant(world, value, path, &[], *span),
            Pat::TupleStruct { path, elems, span, .. } => {
                let positional: Vec<_> = elems.iter().map(|p| (None, *p)).collect();
                self.match_variant(world, value, path, &positional, *span)
            }
            Pat::Struct { path, fields, span } => {
                let named: Vec<_> = fields.iter().map(|(n, p)| (Some(*n), *p)).collect();
                self.match_variant(world, value, path, &named, *span)
            }
            Pat::Opaque => Split { matched: vec![world.clone()], missed: vec![world] },
        }
    }

    /// The worlds in which a value matches.
    pub(super) fn matching(&mut self, worlds: Vec<World>, value: &Value, pat: PatId) -> Vec<World> {
        let matched = worlds.into_iter().map(|w| self.match_pat(w, value, pat).matched);
        matched.flatten().collect()
    }

    /// Splits on a condition that a pattern at this place stands for.
    fn split_on(&mut self, world: World, cond: Cond, place: Place) -> Split {
        let cond = cond.said(Asked::pattern(place));
        let matched = self.assume(world.clone(), &cond, true);
        Split { matched, missed: self.assume(world, &cond, false) }
    }

    fn match_all(&mut self, world: World, pairs: &[(PatId, Value)]) -> Split {
        let mut matched = vec![world];
        let mut missed = Vec::new();
        for (pat, value) in pairs {
            let mut next = Vec::new();
            for w in matched {
                let split = self.match_pat(w, value, *pat);
                next.extend(split.matched);
                missed.extend(split.missed);
            }
            matched = self.dedup(next);
        }
        Split { matched, missed: self.dedup(missed) }
    }

    /// Matches `Path`, `Path(..)` or `Path { .. }`.
    fn match_variant(
        &mut self,
        world: World,
        value: &Value,
        path: &[Name],
        fields: &[(Option<Name>, PatId)],
        span: Span,
    ) -> Split {
        let Some((&variant, qualifiers)) = path.split_last() else { return Split::always(world) };
        match value {
            Value::Choice(parts) => {
                let parts = Rc::clone(parts);
                let (mut matched, mut missed) = (Vec::new(), Vec::new());
                for part in parts.iter() {
                    let split = self.match_variant(world.clone(), part, path, fields, span);
                    matched.extend(split.matched);
                    missed.extend(split.missed);
                }
                // Whichever it is: a value taken from the counts is none.
                if Some(variant) == self.symbols.program.known.some && self.any_counted(value) {
                    let place = self.at(span);
                    let fact = Fact::NothingToCommit;
                    let concerned = |w: &&mut World| fact.concerns(w.handling);
                    missed.iter_mut().filter(concerned).for_each(|w| w.learn(fact, place));
                }
                Split { matched: self.dedup(matched), missed: self.dedup(missed) }
            }
            Value::Variant(name, parts) => {
                if *name != variant {
                    return Split { matched: Vec::new(), missed: vec![world] };
                }
                let pairs: Vec<_> = fields.iter().map(|f| f.1).zip(parts.iter().cloned()).collect();
                self.match_all(world, &pairs)
            }
            Value::Struct(name, values, _) => {
                let is_enum = name.is_some_and(|n| n != variant)
                    && self
                        .symbols
                        .program
                        .variant_def(None, variant, self.symbols.package)
                        .is_some();
                if is_enum {
                    return Split { matched: Vec::new(), missed: vec![world] };
                }
                let values = Rc::clone(values);
                let pairs: Vec<_> = fields
                    .iter()
                    .filter_map(|(name, pat)| {
                        let field = values.iter().find(|(n, _)| Some(*n) == *name)?;
                        Some((*pat, field.1.clone()))
                    })
                    .collect();
                self.match_all(world, &pairs)
            }
            Value::Sym(sym) => self.match_symbol(world, *sym, variant, qualifiers, fields, span),
            _ => {
                let unknown = Value::Sym(self.symbols.fresh());
                let pairs: Vec<_> = fields.iter().map(|f| (f.1, unknown.clone())).collect();
                let mut split = self.match_all(world.clone(), &pairs);
                split.missed.push(world);
                split
            }
        }
    }

    fn match_symbol(
        &mut self,
        world: World,
        sym: Sym,
        variant: Name,
        qualifiers: &[Name],
        fields: &[(Option<Name>, PatId)],
        span: Span,
    ) -> Split {
        let program = self.symbols.program;
        let package = self.symbols.package;
        let place = self.at(span);
        let of = qualifiers.last().copied().filter(|q| Some(*q) != program.known.self_type);
        let is_struct = program.has_struct_named(variant)
            && program.variant_def(of, variant, package).is_none();
        // A lowercase or all-caps path is a constant, not a variant.
        let constant = fields.is_empty() && is_constant_name(program.text(variant));
        if constant {
            let global = self.symbols.intern(Origin::Global(variant));
            let cond = Cond::Rel(BinaryOp::Eq, sym, global, place);
            return self.split_on(world, cond, place);
        }
        let known = program.known;
        let wrapper = [known.some, known.ok, known.err].contains(&Some(variant));
        let missed = if is_struct {
            None
        } else {
            self.assume_variant(world.clone(), sym, variant, Asked::pattern(place), false)
        };
        let matched = if is_struct {
            Some(world)
        } else {
            self.assume_variant(world, sym, variant, Asked::pattern(place), true)
        };
        let Some(mut matched) = matched else {
            return Split { matched: Vec::new(), missed: missed.into_iter().collect() };
        };
        let message = if wrapper || is_struct {
            None
        } else {
            messages::by_variant(program, of, variant, package)
        };
        if let Some(message) = message {
            if !self.is_kept_request(&matched, message) {
                self.enter_message(&mut matched, message, Some(place));
                if is_trial_name(program.text(variant)) {
                    matched.is_trial(place);
                }
            }
        } else if !wrapper && self.is_snapshot_entry(&matched, sym, variant) {
            matched.learn(Fact::EntryIsSnapshot, place);
        }
        let mut pairs = Vec::with_capacity(fields.len());
        for (i, (name, pat)) in fields.iter().enumerate() {
            let part = if wrapper {
                self.symbols.intern(Origin::Inner(sym))
            } else if let (true, Some(name)) = (is_struct, name) {
                self.symbols.intern(Origin::Field(sym, *name))
            } else {
                self.payload(sym, (of, variant), message, *name, i)
            };
            let value = self.part_for(&matched, part, *pat);
            pairs.push((*pat, value));
        }
        let mut split = self.match_all(matched, &pairs);
        split.missed.extend(missed);
        split
    }

    /// A part of a variant, which may be a message.
    fn payload(
        &mut self,
        sym: Sym,
        (of, variant): (Option<Name>, Name),
        message: Option<Message>,
        field: Option<Name>,
        position: usize,
    ) -> Sym {
        let program = self.symbols.program;
        let positional = program.names.find(&position.to_string());
        let Some(field) = field.or(positional) else { return self.symbols.fresh() };
        let ty = program.payload_type(of, variant, field, self.symbols.package);
        // The fields of a request variant are the request's fields.
        let base = match message {
            Some(message) if self.symbols.role(sym) != Role::Request => {
                self.symbols.intern(Origin::Received(sym, message))
            }
            _ => sym,
        };
        self.symbols.intern_typed(Origin::Payload(base, variant, field), ty)
    }

    /// The elements of a tuple value.
    pub(super) fn parts(&mut self, value: &Value, count: usize, rest: Option<u32>) -> Vec<Value> {
        match value {
            Value::Tuple(parts) => {
                let tail = parts.len().saturating_sub(count);
                let index = |i: usize| match rest {
                    Some(rest) if i >= rest as usize => i + tail,
                    _ => i,
                };
                (0..count)
                    .map(|i| parts.get(index(i)).cloned())
                    .map(|part| part.unwrap_or(Value::Unit))
                    .collect()
            }
            Value::Choice(parts) => {
                let parts = Rc::clone(parts);
                let mut joined: Option<Vec<Value>> = None;
                for part in parts.iter() {
                    let own = self.parts(part, count, rest);
                    joined = Some(match joined {
                        None => own,
                        Some(before) => before
                            .iter()
                            .zip(&own)
                            .map(|(a, b)| join(a, b, &mut Meeting::of_nothing(&mut self.symbols)))
                            .collect(),
                    });
                }
                joined.unwrap_or_default()
            }
            other => {
                let base = self.symbol(other);
                (0..count)
                    .map(|i| match self.symbols.program.names.find(&i.to_string()) {
                        Some(name) => Value::Sym(self.symbols.intern(Origin::Field(base, name))),
                        None => Value::Sym(base),
                    })
                    .collect()
            }
        }
    }

    /// A value that gets a name: the name decides only where nothing else does.
    fn named(&mut self, value: &Value, name: Name) -> Value {
        if self.symbols.program.names.meaning(name).is_some() {
            let sym = self.symbol(value);
            return Value::Sym(self.symbols.intern(Origin::Named(sym, name)));
        }
        match value {
            Value::Sym(sym) => {
                let role = self.symbols.role(*sym);
                let vague = matches!(
                    role,
                    Role::None
                        | Role::PrevLogId
                        | Role::CandidateLastLogId
                        | Role::ReqLogId
                        | Role::ReqEntryPart
                );
                let text = self.symbols.program.text(name);
                if !vague
                    || text.len() < 2
                    || matches!(self.symbols.get(*sym).origin, Origin::SelfValue)
                    // `let by_term = a.cmp(&b)` is no term.
                    || self.compared_by(*sym).is_some()
                {
                    return value.clone();
                }
                let named = self.symbols.intern(Origin::Named(*sym, name));
                // Only a name that says something replaces what it names.
                if self.symbols.role(named) == role
                    && self.symbols.tags(named) == self.symbols.tags(*sym)
                {
                    value.clone()
                } else {
                    Value::Sym(named)
                }
            }
            other => other.clone(),
        }
    }

    /// Whether an entry of the request is matched as a snapshot: `EntryPayload::SnapshotPointer(..)`,
    /// but not `NoSnapshot`.
    fn is_snapshot_entry(&self, world: &World, sym: Sym, variant: Name) -> bool {
        let (words, tags) = (self.symbols.program.words(variant), self.symbols.tags(sym));
        world.handling == Some(Message::AppendEntries)
            && words.any(Words::SNAPSHOT)
            && !words.any(Words::OTHER)
            && tags.any(Tags::ENTRIES)
            && tags.only_request()
    }

    /// Sets a local of the current frame.
    pub(super) fn bind(&mut self, world: &mut World, name: Name, value: Value) {
        let at = self.frame().locals;
        if let Some(locals) = world.locals.get_mut(at) {
            Rc::make_mut(locals).insert(name, value);
        }
    }

    /// Sets a local by its place, if its function is still being evaluated.
    pub(super) fn bind_in(&self, world: &mut World, place: Sym, value: Value) {
        let Origin::Local(serial, name) = self.symbols.get(place).origin else { return };
        reads::place(place);
        let at = self.frames.with_locals(serial);
        if let Some(locals) = at.and_then(|at| world.locals.get_mut(at)) {
            Rc::make_mut(locals).insert(name, value);
        }
    }

    /// A place in the current function's file.
    pub(super) fn at(&self, span: Span) -> Place {
        Place { file: self.function().file, span }
    }

    /// The type of a value, if it is a symbol.
    pub(super) fn value_type(&self, value: &Value) -> Option<Rc<TypeRef>> {
        match value {
            Value::Sym(sym) => self.symbols.ty(*sym),
            Value::Struct(Some(name), ..) => {
                Some(Rc::new(TypeRef::Path { name: *name, qualifier: None, args: Box::default() }))
            }
            Value::Choice(parts) => parts.iter().find_map(|p| self.value_type(p)),
            Value::Variant(_, parts) if parts.len() == 1 => self.value_type(&parts[0]),
            _ => None,
        }
    }
}

fn is_constant_name(text: &str) -> bool {
    text.len() > 1 && text.chars().all(|c| c.is_uppercase() || c.is_ascii_digit() || c == '_')
}
