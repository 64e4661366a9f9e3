//! Combinators of iterators: what they select, and what they count.

use std::rc::Rc;

use super::eval::{Engine, Outs};
use super::join::merge;
use super::value::{Closure, Cond, Value};
use super::world::World;
use crate::ir::Name;
use crate::roles::symbols::{Origin, Sym, Tags};
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

impl Engine<'_> {
    pub(super) fn is_iterator(&self, value: &Value) -> bool {
        let Value::Sym(sym) = value else { return false };
        match &self.symbols.get(*sym).origin {
            Origin::Method(name, _) => ITERATORS.contains(&self.symbols.program.text(*name)),
            Origin::Composite(_) => true,
            _ => false,
        }
    }

    pub(super) fn iterator_combinator(
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
        let mut results = self.enter_closure(world.clone(), f, &params, Some(place));
        if method == "retain" {
            self.retained(base, &mut results, place);
        }
        let place = self.closure_place(f);
        let mut outs = Outs::new();
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
            // Nothing was found to be as asked for.
            let mut without = world.clone();
            if outs.iter().any(|(w, _)| w.overlap.conflicts()) {
                without.overlap.found_equal();
            }
            outs.push((without, Value::Variant(none, Rc::new([]))));
        }
        Some(merge(outs, &mut self.symbols))
    }

    /// Adaptors whose result is made of elements for which the closure said yes, or of what it
    /// gave.
    #[allow(clippy::too_many_arguments)] // one call site; the parts belong to one iterator step
    pub(super) fn selecting(
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
                    if self.counts(&value, base) {
                        *w.quorum = true;
                    }
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
    pub(super) fn counts(&self, value: &Value, base: Sym) -> bool {
        let mut looked_at = vec![base];
        if let Value::Cond(cond) = value {
            self.cond_symbols(cond, &mut looked_at);
        }
        looked_at.iter().any(|s| self.symbols.tags(*s).any(Tags::COUNTED))
    }

    pub(super) fn iterator_symbol(&mut self, base: Sym, name: Name, value: &Value) -> Value {
        let mut parts = vec![base];
        match value {
            Value::Cond(cond) => self.cond_symbols(cond, &mut parts),
            other => parts.push(self.symbol(other)),
        }
        parts.truncate(6);
        Value::Sym(self.symbols.intern(Origin::Method(name, parts.into())))
    }

    /// What went into a condition.
    pub(super) fn cond_symbols(&self, cond: &Cond, parts: &mut Vec<Sym>) {
        match cond {
            Cond::Const(_) | Cond::Lost => {}
            Cond::Rel(_, a, b, _) => parts.extend([*a, *b]),
            Cond::Is(s, ..) | Cond::Truthy(s, _) => parts.push(*s),
            Cond::Not(c) | Cond::Said(c, _) | Cond::Whole(c, _) => self.cond_symbols(c, parts),
            Cond::And(a, b) | Cond::Or(a, b) => {
                self.cond_symbols(a, parts);
                self.cond_symbols(b, parts);
            }
            Cond::Choice(list) => list.iter().for_each(|c| self.cond_symbols(c, parts)),
        }
    }

    /// A result that depends on what the closure looked at.
    pub(super) fn taint(
        &mut self,
        world: &World,
        base: Sym,
        name: Name,
        value: &Value,
        outs: &mut Outs,
        cond: Option<Cond>,
    ) {
        let mut world = world.clone();
        if self.counts(value, base) {
            *world.quorum = true;
        }
        let value = match cond {
            Some(cond) => Value::Cond(cond),
            None => self.iterator_symbol(base, name, value),
        };
        outs.push((world, value));
    }
}
