//! Calls: into bodies of the program where they are known, else as opaque symbols.

use smallvec::smallvec;

use std::rc::Rc;

use super::effect::OpaqueCall;
use super::eval::{Engine, Outs};
use super::event::Event;
use super::join::merge;
use super::value::Value;
use super::world::World;
use crate::ir::{ExprId, ExprKind, Name};
use crate::program::FnId;
use crate::protocol::Effect;
use crate::roles::symbols::{Origin, Sym};
use crate::source::Place;

/// Methods that give the same value in another wrapping.
const TRANSPARENT: &[&str] = &[
    "unwrap",
    "expect",
    "clone",
    "cloned",
    "copied",
    "as_ref",
    "as_mut",
    "as_deref",
    "as_deref_mut",
    "into",
    "to_owned",
    "to_vec",
    "borrow",
    "borrow_mut",
    "deref",
    "deref_mut",
    "lock",
    "read",
    "write",
    "get_ref",
    "into_inner",
    "by_ref",
    "try_into",
    "as_slice",
    "collect",
    "into_boxed_slice",
    "to_string",
    "unwrap_or_default",
    "blocking_lock",
    "try_lock",
    "as_u64",
    "as_usize",
    "get_mut_ref",
    "to_mut",
    "into_owned",
    "unwrap_unchecked",
    "upgrade",
    "peekable",
    "context",
    "with_context",
    "map_err",
    "inspect_err",
    "wrap_err",
    "ok_or",
    "ok_or_else",
    "boxed",
    "await_ready",
    "load",
    "as_str",
    "transpose",
    "ok",
    "err_into",
    "try_from",
    "to_ref",
];

/// Whether an effect that a body shows is what a call of that body is about.
fn is_operation(effect: Effect) -> bool {
    use Effect::{HandlingEnd, OfficeEnd, TermAdoption, TermChange, VoteClear};
    !matches!(effect, HandlingEnd | OfficeEnd | TermAdoption | TermChange | VoteClear)
}

impl<'p> Engine<'p> {
    /// A call of a path or of a closure.
    pub(super) fn call(
        &mut self,
        world: World,
        callee: ExprId,
        args: &'p [ExprId],
        expr: ExprId,
    ) -> Outs {
        let path: &[Name] = match &self.body().expr(callee).kind {
            ExprKind::Path(path) => path,
            _ => &[],
        };
        let (place, in_field) = (self.place_of(expr), callee);
        let mut outs = Outs::new();
        for (mut w, values) in self.eval_list(world, args) {
            self.office_called(&mut w, path, None, &values, place);
            let local = match *path {
                [name] => w.locals.get(self.frame().locals).and_then(|l| l.get(&name)).cloned(),
                _ => None,
            };
            if let Some(Value::Closure(closure)) = local {
                outs.extend(self.enter_closure(w, &closure, &values, Some(place)));
            } else if let Some(exchange) = self.exchange_of(path, args) {
                outs.extend(self.exchange(w, exchange, &values, expr));
            } else if path.is_empty() {
                for (w, callee) in self.eval(w, callee) {
                    match self.load(&w, &callee) {
                        Value::Closure(closure) => {
                            outs.extend(self.enter_closure(w, &closure, &values, Some(place)));
                        }
                        _ => {
                            let name = self.name_of(in_field);
                            outs.extend(self.function_with_entry(
                                w,
                                name,
                                values.clone(),
                                place,
                                |engine, w, _| smallvec![(w, Value::Sym(engine.symbols.fresh()))],
                            ));
                        }
                    }
                }
            } else {
                let name = path.last().copied();
                let saves = self.follows_storage(&w) && self.may_save(path);
                let saved = saves.then(|| values.clone());
                let mut after =
                    self.function_with_entry(w, name, values, place, |engine, w, values| {
                        engine.call_path(w, path, values, place)
                    });
                for (w, _) in &mut after {
                    if let Some(values) = &saved {
                        self.after_call(w, path, values, place);
                    }
                }
                outs.extend(after);
            }
        }
        merge(outs, &mut self.symbols)
    }

    fn call_path(
        &mut self,
        mut world: World,
        path: &[Name],
        mut values: Vec<Value>,
        place: Place,
    ) -> Outs {
        let program = self.symbols.program;
        let known = program.known;
        let Some((&name, qualifiers)) = path.split_last() else { return Outs::new() };
        let text = program.text(name);
        if [known.some, known.ok, known.err].contains(&Some(name)) {
            self.put_away(&mut world, &mut values);
            return smallvec![(world, Value::Variant(name, values.into()))];
        }
        let qualifier = qualifiers.last().map(|q| program.text(*q)).unwrap_or_default();
        match (qualifier, text, values.as_slice()) {
            (
                "Arc" | "Rc" | "Box" | "Cow" | "Pin" | "Mutex" | "RwLock" | "Some",
                "new" | "clone" | "from" | "pin",
                [value],
            ) => return smallvec![(world, value.clone())],
            (
                "Vec" | "VecDeque" | "HashMap" | "BTreeMap" | "HashSet" | "String",
                "new" | "with_capacity",
                _,
            ) => {
                return smallvec![(world, Value::Sym(self.symbols.fresh()))];
            }
            (
                "" | "cmp" | "std" | "core" | "Ord" | "u64" | "usize" | "u32" | "i64",
                "min" | "max",
                [a, b],
            ) => {
                let (a, b) = (self.symbol(a), self.symbol(b));
                let sym = self.symbols.intern(Origin::Method(name, Box::new([a, b])));
                return smallvec![(world, Value::Sym(sym))];
            }
            (_, "default" | "min_value" | "zero" | "genesis", []) => {
                return smallvec![(world, Value::Sym(self.symbols.intern(Origin::Int(0))))];
            }
            (_, "drop" | "forget" | "sleep", _) => return smallvec![(world, Value::Unit)],
            _ => {}
        }
        let caller = self.function();
        let targets = program.resolve_path(path, values.len(), caller, self.symbols.package);
        if let Some(said) = program.said_call(&targets) {
            let method = program.function(targets[0]).has_self;
            let (receiver, args) = values.split_at(usize::from(method).min(values.len()));
            return self.said_value(&world, &targets, receiver.first(), args, place, said);
        }
        if let [value] = values.as_slice()
            && let Some(getter) = self.free_getter(&world, name, value, &targets)
        {
            return smallvec![(world, getter)];
        }
        if !targets.is_empty() {
            let method = program.function(targets[0]).has_self;
            let (self_value, args) = if method {
                (values.first().cloned(), values.get(1..).unwrap_or_default().to_vec())
            } else {
                (None, values.clone())
            };
            if let Some(outs) = self.enter_all(&world, &targets, self_value.as_ref(), &args, place)
            {
                return outs;
            }
            self.not_entered(&mut world, &targets, true);
        }
        if text.starts_with(|c: char| c.is_uppercase()) {
            // A tuple variant or tuple struct.
            self.put_away(&mut world, &mut values);
            self.variant_built(&world, name, &values, place);
            let newtype = program.has_struct_named(name) && values.len() == 1;
            let value =
                if newtype { values[0].clone() } else { Value::Variant(name, values.into()) };
            return smallvec![(world, value)];
        }
        self.free_call_effect(&mut world, name, place);
        self.office_hidden(&mut world, path, &values);
        for value in &values {
            self.escapes(&mut world, value, place);
        }
        self.lend(&mut world, &values);
        self.run_closures(&mut world, &values);
        let args: Vec<Sym> = values.iter().map(|v| self.symbol(v)).collect();
        let sym = self.symbols.intern(Origin::Call(name, args.into()));
        smallvec![(world, Value::Sym(sym))]
    }

    /// A method call.
    pub(super) fn method_call(
        &mut self,
        world: World,
        receiver: ExprId,
        method: Name,
        args: &'p [ExprId],
        expr: ExprId,
    ) -> Outs {
        let (place, of) = (self.place_of(expr), receiver);
        let mut list = Vec::with_capacity(args.len() + 1);
        list.push(receiver);
        list.extend_from_slice(args);
        let mut outs = Outs::new();
        for (mut w, mut values) in self.eval_list(world, &list) {
            if let ("block_on", [future]) = (self.symbols.program.text(method), args) {
                outs.extend(self.arrive(smallvec![(w, values.remove(1))], *future));
                continue;
            }
            let receiver = values.remove(0);
            self.office_called(&mut w, &[method], Some(&receiver), &values, place);
            let receiver = self.changed_by(&mut w, (receiver, of), method, &values);
            if !self.follows_storage(&w) {
                outs.extend(self.method_with_entry(w, (receiver, of), method, values, place));
                continue;
            }
            let text = self.symbols.program.text(method);
            self.sends(&w, of, text, &values);
            let saves = self.storage.may_save(method);
            let made = |v: &Value| matches!(v, Value::Struct(..) | Value::Variant(..));
            if !saves && !values.iter().any(made) {
                outs.extend(self.method_with_entry(w, (receiver, of), method, values, place));
                continue;
            }
            let loaded = self.load(&w, &receiver);
            let targets =
                if saves { self.targets(&loaded, method, values.len()) } else { Rc::new([]) };
            let mut after =
                self.method_with_entry(w, (receiver, of), method, values.clone(), place);
            for (w, _) in &mut after {
                if saves {
                    self.after_method(w, (of, method), &targets, &values, place);
                }
                self.queued(w, &values, place);
            }
            outs.extend(after);
        }
        merge(outs, &mut self.symbols)
    }

    pub(super) fn method_on(
        &mut self,
        mut world: World,
        (receiver, of): (Value, Place),
        method: Name,
        values: Vec<Value>,
        place: Place,
    ) -> Outs {
        let text = self.symbols.program.text(method);
        if text == "take" && values.is_empty() {
            self.vote_taken(&mut world, &receiver, place);
        }
        let loaded = self.load(&world, &receiver);
        if let Some(outs) = self.combinator(&world, &loaded, text, &values, place, of) {
            return outs;
        }
        let own = self.targets(&loaded, method, values.len());
        if own.is_empty() && matches!(text, "unwrap" | "expect") && self.is_nothing(&loaded) {
            return Outs::new(); // a panic
        }
        // `read()` takes a lock, `read(from, limit)` looks something up.
        let locks = !matches!(text, "read" | "write") || values.is_empty();
        if own.is_empty() && locks && TRANSPARENT.contains(&text) {
            let mut world = world;
            if matches!(text, "lock" | "write" | "blocking_lock" | "try_lock") {
                let of = self.symbol(&loaded);
                self.locked(&mut world, of);
            }
            if self.still_borrowed(&receiver, &loaded, text) {
                return smallvec![(world, receiver)];
            }
            return smallvec![(world, self.same_value(loaded, text))];
        }
        // A getter whose name says what it gives needs no look inside.
        let base = self.symbol(&loaded);
        let mut parts = vec![base];
        parts.extend(values.iter().map(|v| self.symbol(v)));
        if let Some(said) = self.symbols.program.said_call(&own) {
            return self.said_value(&world, &own, Some(&loaded), &values, place, said);
        }
        if let Some(value) = self.named_getter(&world, method, &parts, &own) {
            return smallvec![(world, value)];
        }
        if !own.is_empty() {
            let before = self.events.len();
            let self_value = match &loaded {
                Value::Struct(..) => receiver.clone(),
                _ if self.borrowed(&receiver).is_some() => receiver.clone(),
                _ => loaded.clone(),
            };
            if let Some(mut outs) = self.enter_all(&world, &own, Some(&self_value), &values, place)
            {
                // The body hides the operation (a database, a channel): the call itself is it.
                if !self.events[before..].iter().any(|e| is_operation(e.effect)) {
                    let mut at_call = world.clone();
                    let call = OpaqueCall {
                        method,
                        receiver: base,
                        args: &values,
                        at: place,
                        has_body: true,
                        calls_nothing: own.iter().all(|id| self.calls_nothing(*id)),
                    };
                    self.call_effect(&mut at_call, &call);
                    // A body that removes something itself shows where it does.
                    let removal = |e: &Event| {
                        matches!(e.effect, Effect::SuffixRemoval | Effect::RemovalStart)
                    };
                    if self.events[before..].iter().any(removal)
                        && own.iter().any(|id| self.removes(*id))
                    {
                        self.events.remove(before, removal);
                    }
                    for event in self.events.iter_mut().skip(before) {
                        event.hidden_in = own.to_vec();
                    }
                    for (w, _) in &mut outs {
                        w.take_call(&world, &at_call);
                    }
                }
                return outs;
            }
            let on_self = self.frame().self_value.as_ref() == Some(&loaded);
            self.not_entered(&mut world, &own, on_self);
            self.lend(&mut world, std::slice::from_ref(&receiver));
        }
        let has_body = !own.is_empty();
        let (args, at, calls_nothing) = (&values[..], place, false);
        let call = OpaqueCall { method, receiver: base, args, at, has_body, calls_nothing };
        self.call_effect(&mut world, &call);
        self.office_hidden(&mut world, &[method], &values);
        for value in &values {
            self.escapes(&mut world, value, place);
        }
        self.lend(&mut world, &values);
        if own.is_empty() && !matches!(loaded, Value::Struct(..)) {
            self.lend(&mut world, std::slice::from_ref(&receiver));
        }
        self.run_closures(&mut world, &values);
        let sym = self.symbols.intern(Origin::Method(method, parts.into()));
        let value = self.load(&world, &Value::Sym(sym));
        smallvec![(world, value)]
    }

    /// Whether a value is `None` or an error on this way: to unwrap it ends the way.
    fn is_nothing(&self, value: &Value) -> bool {
        let known = self.symbols.program.known;
        let nothing = |v: &Value| matches!(v, Value::Variant(name, _) if [known.none, known.err].contains(&Some(*name)));
        value.alternatives().iter().all(nothing)
    }

    /// The value of a method that only changes the wrapping.
    fn same_value(&mut self, value: Value, method: &str) -> Value {
        let known = self.symbols.program.known;
        if !matches!(method, "unwrap" | "expect" | "unwrap_or_default" | "unwrap_unchecked") {
            return value;
        }
        let present = |v: &Value| match v {
            Value::Variant(name, parts) if [known.some, known.ok].contains(&Some(*name)) => {
                parts.first().cloned()
            }
            Value::Variant(name, _) if [known.none, known.err].contains(&Some(*name)) => None,
            other => Some(other.clone()),
        };
        let values: Vec<Value> = value.alternatives().iter().filter_map(present).collect();
        match Value::choice(values) {
            Some(Value::Sym(sym)) => Value::Sym(self.symbols.intern(Origin::Inner(sym))),
            Some(other) => other,
            None => value,
        }
    }

    /// The value of functions whose role the project gives: whatever their bodies make of it.
    fn said_value(
        &mut self,
        world: &World,
        targets: &[FnId],
        self_value: Option<&Value>,
        args: &[Value],
        place: Place,
        said: Name,
    ) -> Outs {
        let entered = self.enter_all(world, targets, self_value, args, place);
        let mut outs = entered.unwrap_or_else(|| {
            let mut world = world.clone();
            self.not_entered(&mut world, targets, false);
            smallvec![(world, Value::Sym(self.symbols.fresh()))]
        });
        for (_, value) in &mut outs {
            let sym = self.symbol(value);
            *value = Value::Sym(self.symbols.intern(Origin::Named(sym, said)));
        }
        outs
    }
}
