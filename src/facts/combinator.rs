//! The library's combinators on `Option`, `Result`, `bool`, `Ordering` and iterators: the places
//! where real code keeps its checks.

use std::rc::Rc;

use smallvec::smallvec;

use super::eval::{Engine, Outs};
use super::join::merge;
use super::trail::Asked;
use super::value::{Closure, Cond, Value};
use super::world::World;
use crate::ir::BinaryOp;
use crate::roles::symbols::Origin;
use crate::source::Place;

impl<'p> Engine<'p> {
    /// The outcome of a known combinator; `None` if the method is none. `of` is where the receiver
    /// stands.
    pub(super) fn combinator(
        &mut self,
        world: &World,
        receiver: &Value,
        method: &str,
        args: &[Value],
        place: Place,
        of: Place,
    ) -> Option<Outs> {
        let one = |value: Value| Some(smallvec![(world.clone(), value)]);
        match (method, args) {
            ("is_some" | "is_ok", []) => {
                let cond = self.is_absent(receiver, place)?.negate();
                one(Value::Cond(cond.said(Asked::condition(place))))
            }
            ("is_none" | "is_err", []) => one(Value::Cond(self.is_absent(receiver, place)?)),
            ("take", []) => one(receiver.clone()),
            ("is_eq", []) => self.ordering(receiver, BinaryOp::Eq, place).and_then(one),
            ("is_ne", []) => self.ordering(receiver, BinaryOp::Ne, place).and_then(one),
            ("is_lt", []) => self.ordering(receiver, BinaryOp::Lt, place).and_then(one),
            ("is_le", []) => self.ordering(receiver, BinaryOp::Le, place).and_then(one),
            ("is_gt", []) => self.ordering(receiver, BinaryOp::Gt, place).and_then(one),
            ("is_ge", []) => self.ordering(receiver, BinaryOp::Ge, place).and_then(one),
            ("eq", [other]) => one(Value::Cond(self.said(BinaryOp::Eq, receiver, other, place))),
            ("ne", [other]) => one(Value::Cond(self.said(BinaryOp::Ne, receiver, other, place))),
            ("lt", [other]) => one(Value::Cond(self.said(BinaryOp::Lt, receiver, other, place))),
            ("le", [other]) => one(Value::Cond(self.said(BinaryOp::Le, receiver, other, place))),
            ("gt", [other]) => one(Value::Cond(self.said(BinaryOp::Gt, receiver, other, place))),
            ("ge", [other]) => one(Value::Cond(self.said(BinaryOp::Ge, receiver, other, place))),
            ("cmp", [other]) => self.cmp(world, receiver, other, place),
            ("partial_cmp", [other]) => self.partial_cmp(world, receiver, other, place),
            ("reverse", []) => self.reversed(receiver).and_then(one),
            ("then_with", [Value::Closure(f)]) => {
                let f = Rc::clone(f);
                self.first_of_orders(world, receiver, (place, of), |engine, w| {
                    engine.enter_closure(w, &f, &[], Some(place))
                })
            }
            ("then", [next]) if !matches!(next, Value::Closure(_)) => {
                let next = next.clone();
                self.first_of_orders(world, receiver, (place, of), |_, w| {
                    smallvec![(w, next.clone())]
                })
            }
            ("then_some", [value]) => {
                let cond = self.condition(receiver, of);
                Some(self.then(world, &cond, |_, w| smallvec![(w, value.clone())]))
            }
            ("then", [Value::Closure(f)]) => {
                let cond = self.condition(receiver, of);
                let f = Rc::clone(f);
                Some(
                    self.then(world, &cond, |engine, w| {
                        engine.enter_closure(w, &f, &[], Some(place))
                    }),
                )
            }
            ("unwrap_or", [default]) => {
                self.or_default(world, receiver, of, |_, w| smallvec![(w, default.clone())])
            }
            ("unwrap_or_else" | "unwrap_or_default", _) if is_closure_or_none(args) => {
                let f = closure(args.first());
                self.or_default(world, receiver, of, |engine, w| match &f {
                    Some(f) => engine.enter_closure(w, f, &[], Some(place)),
                    None => smallvec![(w, Value::Sym(engine.symbols.intern(Origin::Int(0))))],
                })
            }
            ("or_else" | "or", [other]) => {
                let other = other.clone();
                let mut outs = self.or_default(world, receiver, of, |engine, w| match &other {
                    Value::Closure(f) => engine.enter_closure(w, f, &[], Some(place)),
                    value => smallvec![(w, value.clone())],
                })?;
                for (_, value) in &mut outs {
                    if !matches!(value, Value::Variant(..) | Value::Choice(_)) {
                        let some = self.symbols.program.known.some?;
                        *value = Value::Variant(some, Rc::new([value.clone()]));
                    }
                }
                Some(outs)
            }
            _ => self.closure_combinator(world, receiver, method, args, place, of),
        }
    }

    fn closure_combinator(
        &mut self,
        world: &World,
        receiver: &Value,
        method: &str,
        args: &[Value],
        place: Place,
        of: Place,
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
        if method == "and_modify" {
            // The entry of a map, changed in place if there is one.
            let mut outs: Outs = smallvec![(world.clone(), receiver.clone())];
            let changed =
                self.enter_closure(world.clone(), &f, std::slice::from_ref(receiver), Some(place));
            outs.extend(changed.into_iter().map(|(w, _)| (w, receiver.clone())));
            return Some(merge(outs, &mut self.symbols));
        }
        match (method, args) {
            (
                "map" | "and_then" | "map_ok" | "inspect" | "is_some_and" | "is_ok_and" | "map_or"
                | "map_or_else" | "is_none_or" | "filter" | "and_then_ok",
                _,
            ) => {}
            _ => return None,
        }
        let mut outs = Outs::new();
        for part in receiver.alternatives().to_vec() {
            let (present, absent) = self.presence(world, &part, of);
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
                    let cond = self.condition(&value, self.closure_place(f));
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
                    (smallvec![(world.clone(), parts[0].clone())], Outs::new())
                } else {
                    (Outs::new(), smallvec![(world.clone(), value.clone())])
                }
            }
            Value::Sym(sym) => {
                let inner = Value::Sym(self.symbols.intern(Origin::Inner(*sym)));
                let Some(some) = known.some.or(known.ok) else {
                    return (smallvec![(world.clone(), inner)], Outs::new());
                };
                let asked = Asked::presence(place);
                let yes = self.assume_variant(world.clone(), *sym, some, asked, true);
                let no = self.assume_variant(world.clone(), *sym, some, asked, false);
                let nothing = known.none.map(|none| Value::Variant(none, Rc::new([])));
                (
                    yes.map(|w| (w, inner)).into_iter().collect(),
                    no.zip(nothing).into_iter().collect(),
                )
            }
            other => (smallvec![(world.clone(), other.clone())], Outs::new()),
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
        let mut outs = Outs::new();
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
        let mut outs = Outs::new();
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
