//! The library's combinators on `Option`, `Result`, `bool`, `Ordering` and iterators: the places
//! where real code keeps its checks.

use std::rc::Rc;

use super::eval::{Engine, Outs};
use super::value::{Closure, Cond, Value};
use super::world::{World, merge};
use crate::ir::{BinaryOp, Name};
use crate::roles::symbols::{Origin, Sym};
use crate::source::Place;

/// Methods that start or keep an iterator, so that `map` and `filter` see elements.
const ITERATORS: &[&str] = &[
    "iter",
    "iter_mut",
    "into_iter",
    "values",
    "values_mut",
    "keys",
    "drain",
    "rev",
    "skip",
    "take",
    "chain",
    "enumerate",
    "zip",
    "windows",
    "chunks",
    "range",
    "filter",
    "map",
    "filter_map",
    "flat_map",
    "skip_while",
    "take_while",
    "inspect",
    "copied",
    "cloned",
    "into_values",
    "par_iter",
    "scan",
    "step_by",
    "peekable",
    "positions",
    "lines",
];

impl<'p> Engine<'p> {
    /// The outcome of a known combinator; `None` if the method is none.
    pub(super) fn combinator(
        &mut self,
        world: &World,
        receiver: &Value,
        method: &str,
        args: &[Value],
        place: Place,
    ) -> Option<Outs> {
        let one = |value: Value| Some(vec![(world.clone(), value)]);
        match (method, args) {
            ("is_some" | "is_ok", []) => {
                let cond = self.is_absent(receiver, place)?.negate();
                one(Value::Cond(cond))
            }
            ("is_none" | "is_err", []) => one(Value::Cond(self.is_absent(receiver, place)?)),
            ("take", []) => one(receiver.clone()),
            ("is_eq", []) => self.ordering(receiver, BinaryOp::Eq, place).and_then(one),
            ("is_ne", []) => self.ordering(receiver, BinaryOp::Ne, place).and_then(one),
            ("is_lt", []) => self.ordering(receiver, BinaryOp::Lt, place).and_then(one),
            ("is_le", []) => self.ordering(receiver, BinaryOp::Le, place).and_then(one),
            ("is_gt", []) => self.ordering(receiver, BinaryOp::Gt, place).and_then(one),
            ("is_ge", []) => self.ordering(receiver, BinaryOp::Ge, place).and_then(one),
            ("eq", [other]) => one(Value::Cond(self.compare(BinaryOp::Eq, receiver, other, place))),
            ("ne", [other]) => one(Value::Cond(self.compare(BinaryOp::Ne, receiver, other, place))),
            ("lt", [other]) => one(Value::Cond(self.compare(BinaryOp::Lt, receiver, other, place))),
            ("le", [other]) => one(Value::Cond(self.compare(BinaryOp::Le, receiver, other, place))),
            ("gt", [other]) => one(Value::Cond(self.compare(BinaryOp::Gt, receiver, other, place))),
            ("ge", [other]) => one(Value::Cond(self.compare(BinaryOp::Ge, receiver, other, place))),
            ("cmp" | "partial_cmp", [other]) => self.cmp(world, receiver, other, place),
            ("then_with", [Value::Closure(_)]) | ("then", [Value::Sym(_)]) => None,
            ("then_some", [value]) => {
                let cond = self.condition(receiver, place);
                Some(self.then(world, &cond, |_, w| vec![(w, value.clone())]))
            }
            ("then", [Value::Closure(f)]) => {
                let cond = self.condition(receiver, place);
                let f = Rc::clone(f);
                Some(
                    self.then(world, &cond, |engine, w| {
                        engine.enter_closure(w, &f, &[], Some(place))
                    }),
                )
            }
            ("unwrap_or", [default]) => {
                self.or_default(world, receiver, place, |_, w| vec![(w, default.clone())])
            }
            ("unwrap_or_else" | "unwrap_or_default", _) if is_closure_or_none(args) => {
                let f = closure(args.first());
                self.or_default(world, receiver, place, |engine, w| match &f {
                    Some(f) => engine.enter_closure(w, f, &[], Some(place)),
                    None => vec![(w, Value::Sym(engine.symbols.intern(Origin::Int(0))))],
                })
            }
            ("or_else" | "or", [other]) => {
                let other = other.clone();
                let mut outs =
                    self.or_default(world, receiver, place, |engine, w| match &other {
                        Value::Closure(f) => engine.enter_closure(w, f, &[], Some(place)),
                        value => vec![(w, value.clone())],
                    })?;
                for (_, value) in &mut outs {
                    if !matches!(value, Value::Variant(..) | Value::Choice(_)) {
                        let some = self.symbols.program.known.some?;
                        *value = Value::Variant(some, Rc::new([value.clone()]));
                    }
                }
                Some(outs)
            }
            _ => self.closure_combinator(world, receiver, method, args, place),
        }
    }

    fn closure_combinator(
        &mut self,
        world: &World,
        receiver: &Value,
        method: &str,
        args: &[Value],
        place: Place,
    ) -> Option<Outs> {
        let f = closure(args.last())?;
        if self.is_iterator(receiver)
            || matches!(
                method,
                "any"
                    | "all"
                    | "for_each"
                    | "fold"
                    | "position"
                    | "rposition"
                    | "find"
                    | "find_map"
                    | "rfind"
                    | "max_by_key"
                    | "min_by_key"
                    | "sort_by"
                    | "sort_unstable_by"
                    | "sort_by_key"
                    | "retain"
                    | "partition_point"
                    | "binary_search_by"
                    | "binary_search_by_key"
            )
        {
            return self.iterator_combinator(world, receiver, method, &f, args, place);
        }
        match (method, args) {
            (
                "map" | "and_then" | "map_ok" | "inspect" | "is_some_and" | "is_ok_and" | "map_or"
                | "map_or_else" | "is_none_or" | "filter" | "and_then_ok",
                _,
            ) => {}
            _ => return None,
        }
        let mut outs = Vec::new();
        for part in receiver.alternatives().to_vec() {
            let (present, absent) = self.presence(world, &part, place);
            for (w, payload) in present {
                self.on_present(w, payload, method, &f, place, &mut outs);
            }
            for (w, failure) in absent {
                match (method, args) {
                    ("is_some_and" | "is_ok_and", _) => outs.push((w, Value::bool(false))),
                    ("is_none_or", _) => outs.push((w, Value::bool(true))),
                    ("map_or", [default, _]) => outs.push((w, default.clone())),
                    ("map_or_else", [Value::Closure(default), _]) => {
                        outs.extend(self.enter_closure(w, &Rc::clone(default), &[], Some(place)));
                    }
                    _ => outs.push((w, failure)),
                }
            }
        }
        Some(merge(outs, &mut self.symbols))
    }

    fn on_present(
        &mut self,
        world: World,
        payload: Value,
        method: &str,
        f: &Rc<Closure>,
        place: Place,
        outs: &mut Outs,
    ) {
        let known = self.symbols.program.known;
        let wrap = |value: Value| match known.some.or(known.ok) {
            Some(some) => Value::Variant(some, Rc::new([value])),
            None => value,
        };
        let results = self.enter_closure(world, f, std::slice::from_ref(&payload), Some(place));
        for (w, value) in results {
            match method {
                "map" | "map_ok" => outs.push((w, wrap(value))),
                "inspect" => outs.push((w, wrap(payload.clone()))),
                "filter" => {
                    let cond = self.condition(&value, place);
                    for w in self.assume(w.clone(), &cond, true) {
                        outs.push((w, wrap(payload.clone())));
                    }
                    if let Some(none) = known.none {
                        for w in self.assume(w, &cond, false) {
                            outs.push((w, Value::Variant(none, Rc::new([]))));
                        }
                    }
                }
                _ => outs.push((w, value)),
            }
        }
    }

    /// The worlds in which an `Option` or `Result` has a value, with it, and those without.
    fn presence(&mut self, world: &World, value: &Value, place: Place) -> (Outs, Outs) {
        let known = self.symbols.program.known;
        match value {
            Value::Variant(name, parts) => {
                if [known.some, known.ok].contains(&Some(*name)) && parts.len() == 1 {
                    (vec![(world.clone(), parts[0].clone())], Vec::new())
                } else {
                    (Vec::new(), vec![(world.clone(), value.clone())])
                }
            }
            Value::Sym(sym) => {
                let inner = Value::Sym(self.symbols.intern(Origin::Inner(*sym)));
                let Some(some) = known.some.or(known.ok) else {
                    return (vec![(world.clone(), inner)], Vec::new());
                };
                let yes = self.assume_variant(world.clone(), *sym, some, place, true);
                let no = self.assume_variant(world.clone(), *sym, some, place, false);
                let nothing = known.none.map(|none| Value::Variant(none, Rc::new([])));
                (
                    yes.map(|w| (w, inner)).into_iter().collect(),
                    no.zip(nothing).into_iter().collect(),
                )
            }
            other => (vec![(world.clone(), other.clone())], Vec::new()),
        }
    }

    /// The value if there is one, else the default.
    fn or_default(
        &mut self,
        world: &World,
        receiver: &Value,
        place: Place,
        mut default: impl FnMut(&mut Self, World) -> Outs,
    ) -> Option<Outs> {
        let mut outs = Vec::new();
        for part in receiver.alternatives().to_vec() {
            if let Value::Sym(sym) = part {
                // An opaque look-up keeps its role, whatever stands in for a missing one.
                let inner = self.symbols.intern(Origin::Inner(sym));
                outs.push((world.clone(), Value::Sym(inner)));
                continue;
            }
            let (present, absent) = self.presence(world, &part, place);
            outs.extend(present);
            for (w, _) in absent {
                outs.extend(default(self, w));
            }
        }
        Some(merge(outs, &mut self.symbols))
    }

    /// `cond.then(..)`: `Some` where the condition holds.
    fn then(
        &mut self,
        world: &World,
        cond: &Cond,
        mut value: impl FnMut(&mut Self, World) -> Outs,
    ) -> Outs {
        let known = self.symbols.program.known;
        let mut outs = Vec::new();
        for w in self.assume(world.clone(), cond, true) {
            for (w, value) in value(self, w) {
                let value = match known.some {
                    Some(some) => Value::Variant(some, Rc::new([value])),
                    None => value,
                };
                outs.push((w, value));
            }
        }
        for w in self.assume(world.clone(), cond, false) {
            let none = match known.none {
                Some(none) => Value::Variant(none, Rc::new([])),
                None => Value::Sym(self.symbols.fresh()),
            };
            outs.push((w, none));
        }
        merge(outs, &mut self.symbols)
    }

    fn is_absent(&mut self, value: &Value, place: Place) -> Option<Cond> {
        let known = self.symbols.program.known;
        match value {
            Value::Variant(name, _) => {
                Some(Cond::Const([known.none, known.err].contains(&Some(*name))))
            }
            Value::Choice(parts) => {
                let parts = Rc::clone(parts);
                let conds: Option<Vec<Cond>> =
                    parts.iter().map(|p| self.is_absent(p, place)).collect();
                Some(Cond::choice(conds?))
            }
            Value::Sym(sym) => match known.none.or(known.err) {
                Some(none) => Some(Cond::Is(*sym, none, place)),
                None => Some(self.unknown_cond()),
            },
            _ => None,
        }
    }

    fn cmp(&mut self, world: &World, a: &Value, b: &Value, place: Place) -> Option<Outs> {
        let name = self.symbols.program.names.find("cmp")?;
        if let (Value::Tuple(_), Value::Tuple(_)) = (a, b) {
            // Dictionary order: one value per outcome, in the worlds that have it.
            let mut outs = Vec::new();
            for (op, variant) in
                [(BinaryOp::Lt, "Less"), (BinaryOp::Eq, "Equal"), (BinaryOp::Gt, "Greater")]
            {
                let Some(variant) = self.symbols.program.names.find(variant) else { continue };
                let cond = self.compare(op, a, b, place);
                for w in self.assume(world.clone(), &cond, true) {
                    outs.push((w, Value::Variant(variant, Rc::new([]))));
                }
            }
            return Some(outs);
        }
        let (a, b) = (self.symbol(a), self.symbol(b));
        let sym = self.symbols.intern(Origin::Method(name, Box::new([a, b])));
        Some(vec![(world.clone(), Value::Sym(sym))])
    }

    fn ordering(&mut self, value: &Value, op: BinaryOp, place: Place) -> Option<Value> {
        let Value::Sym(sym) = value else { return None };
        let Origin::Method(name, args) = &self.symbols.get(*sym).origin else { return None };
        let [a, b] = **args else { return None };
        matches!(self.symbols.program.text(*name), "cmp" | "partial_cmp")
            .then_some(Value::Cond(Cond::Rel(op, a, b, place)))
    }

    fn is_iterator(&self, value: &Value) -> bool {
        let Value::Sym(sym) = value else { return false };
        match &self.symbols.get(*sym).origin {
            Origin::Method(name, _) => ITERATORS.contains(&self.symbols.program.text(*name)),
            Origin::Composite(_) => true,
            _ => false,
        }
    }

    fn iterator_combinator(
        &mut self,
        world: &World,
        receiver: &Value,
        method: &str,
        f: &Rc<Closure>,
        args: &[Value],
        place: Place,
    ) -> Option<Outs> {
        let name = self.symbols.program.names.find(method)?;
        let elem = self.element(receiver);
        let base = self.symbol(receiver);
        let params: Vec<Value> = match method {
            "fold" => vec![args.first()?.clone(), elem.clone()],
            "max_by" | "min_by" | "sort_by" | "sort_unstable_by" => {
                vec![elem.clone(), elem.clone()]
            }
            _ => vec![elem.clone()],
        };
        let results = self.enter_closure(world.clone(), f, &params, Some(place));
        let mut outs = Vec::new();
        let known = self.symbols.program.known;
        for (w, value) in results {
            match method {
                "any" | "all" | "contains" => {
                    // Holds for some (or each) element if true; nothing is learned if not.
                    let cond = self.condition(&value, place);
                    let unknown = Cond::Truthy(self.symbols.fresh(), place);
                    self.taint(&w, base, name, &value, &mut outs, Some(cond.and(unknown)));
                }
                "find" | "rfind" | "filter" | "find_map" | "filter_map" | "map" | "position"
                | "rposition" | "max_by_key" | "min_by_key" | "and_then" => {
                    self.selecting(w, (base, name), method, &elem, value, place, &mut outs);
                }
                "inspect" => outs.push((w, receiver.clone())),
                _ => self.taint(&w, base, name, &value, &mut outs, None),
            }
        }
        if matches!(method, "find" | "rfind" | "find_map" | "position" | "rposition")
            && let Some(none) = known.none
        {
            outs.push((world.clone(), Value::Variant(none, Rc::new([]))));
        }
        Some(merge(outs, &mut self.symbols))
    }

    /// Adaptors whose result is made of elements for which the closure said yes, or of what it
    /// gave.
    #[allow(clippy::too_many_arguments)] // one call site; the parts belong to one iterator step
    fn selecting(
        &mut self,
        world: World,
        (base, name): (Sym, Name),
        method: &str,
        elem: &Value,
        value: Value,
        place: Place,
        outs: &mut Outs,
    ) {
        let known = self.symbols.program.known;
        let wrap = |value: Value| match known.some {
            Some(some) => Value::Variant(some, Rc::new([value])),
            None => value,
        };
        match method {
            "find" | "rfind" => {
                // What was found is keyed by what it was compared with.
                let key = self.symbol(elem);
                let found = self.iterator_symbol(key, name, &value);
                let cond = self.condition(&value, place);
                for mut w in self.assume(world, &cond, true) {
                    w.quorum |= self.counts(&value, base);
                    outs.push((w, wrap(found.clone())));
                }
            }
            "find_map" => outs.push((world, value)),
            "position" | "rposition" => {
                let cond = self.condition(&value, place);
                let index = self.iterator_symbol(base, name, &value);
                for w in self.assume(world, &cond, true) {
                    outs.push((w, wrap(index.clone())));
                }
            }
            "map" | "and_then" => {
                let mapped = self.symbol(&value);
                let sym = self.symbols.intern(Origin::Method(name, Box::new([mapped, base])));
                outs.push((world, Value::Sym(sym)));
            }
            _ => {
                let value = self.iterator_symbol(base, name, &value);
                outs.push((world, value));
            }
        }
    }

    /// Whether a condition on elements looked at replica counts.
    fn counts(&self, value: &Value, base: Sym) -> bool {
        use crate::roles::symbols::Tags;
        let counted = Tags::MATCH.with(Tags::QUORUM);
        let mut found = self.symbols.tags(base).any(counted);
        if let Value::Cond(cond) = value {
            found |= self.cond_tags(cond).any(counted);
        }
        found
    }

    /// What went into a condition.
    pub(super) fn cond_tags(&self, cond: &Cond) -> crate::roles::symbols::Tags {
        use crate::roles::symbols::Tags;
        match cond {
            Cond::Const(_) => Tags::default(),
            Cond::Rel(_, a, b, _) => self.symbols.tags(*a).with(self.symbols.tags(*b)),
            Cond::Is(s, ..) | Cond::Truthy(s, _) => self.symbols.tags(*s),
            Cond::Not(c) => self.cond_tags(c),
            Cond::And(a, b) | Cond::Or(a, b) => self.cond_tags(a).with(self.cond_tags(b)),
            Cond::Choice(parts) => {
                parts.iter().fold(Tags::default(), |t, c| t.with(self.cond_tags(c)))
            }
        }
    }

    fn iterator_symbol(&mut self, base: Sym, name: Name, value: &Value) -> Value {
        let mut parts = vec![base];
        match value {
            Value::Cond(cond) => self.cond_symbols(cond, &mut parts),
            other => parts.push(self.symbol(other)),
        }
        parts.truncate(6);
        Value::Sym(self.symbols.intern(Origin::Method(name, parts.into())))
    }

    fn cond_symbols(&self, cond: &Cond, parts: &mut Vec<Sym>) {
        match cond {
            Cond::Const(_) => {}
            Cond::Rel(_, a, b, _) => parts.extend([*a, *b]),
            Cond::Is(s, ..) | Cond::Truthy(s, _) => parts.push(*s),
            Cond::Not(c) => self.cond_symbols(c, parts),
            Cond::And(a, b) | Cond::Or(a, b) => {
                self.cond_symbols(a, parts);
                self.cond_symbols(b, parts);
            }
            Cond::Choice(list) => list.iter().for_each(|c| self.cond_symbols(c, parts)),
        }
    }

    /// A result that depends on what the closure looked at.
    fn taint(
        &mut self,
        world: &World,
        base: Sym,
        name: Name,
        value: &Value,
        outs: &mut Outs,
        cond: Option<Cond>,
    ) {
        let mut world = world.clone();
        world.quorum |= self.counts(value, base);
        let value = match cond {
            Some(cond) => Value::Cond(cond),
            None => self.iterator_symbol(base, name, value),
        };
        outs.push((world, value));
    }
}

fn closure(value: Option<&Value>) -> Option<Rc<Closure>> {
    match value {
        Some(Value::Closure(c)) => Some(Rc::clone(c)),
        _ => None,
    }
}

fn is_closure_or_none(args: &[Value]) -> bool {
    matches!(args, [] | [Value::Closure(_)])
}
