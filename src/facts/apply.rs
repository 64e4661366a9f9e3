//! Application: where an entry is handed to the state machine.

use std::rc::Rc;

use super::eval::{Engine, Outs};
use super::reads;
use super::value::Value;
use super::world::World;
use crate::ir::{ExprId, ExprKind, Name, TypeRef};
use crate::protocol::{Effect, Message};
use crate::roles::machine::Calling;
use crate::roles::symbols::{Origin, Role, Sym, Tags};
use crate::roles::vocabulary::Words;
use crate::source::Place;

/// How sure it is that a call hands something to the state machine.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Certainty {
    /// The call itself says so; what its body does is the state machine's business.
    Call,
    /// The name says so, unless the body shows it better.
    Name,
}

/// What of the application has been seen in the evaluation of one entry.
#[derive(Default)]
pub(super) struct Applying {
    /// Calls into the state machine that the evaluation is in.
    inside: u32,
    /// Hand-overs seen so far.
    seen: u32,
    /// What has been added to the log.
    appended: Vec<Sym>,
}

/// More of what was added to the log is not kept.
const MAX_APPENDED: usize = 32;

impl<'p> Engine<'p> {
    /// A method call on a value, which may hand an entry to the state machine.
    pub(super) fn method_with_entry(
        &mut self,
        world: World,
        (receiver, of): (Value, ExprId),
        method: Name,
        values: Vec<Value>,
        place: Place,
    ) -> Outs {
        let at = self.place_of(of);
        let certainty = match values.is_empty() || self.applying.inside > 0 {
            true => None,
            false => self.hands_over(&world, (&receiver, of), method, &values),
        };
        self.note_appended(&world, &receiver, method, &values);
        match certainty {
            Some(Certainty::Call) => {
                self.hand_over(&world, &values, place);
                self.applying.inside += 1;
                let outs = self.method_on(world, (receiver, at), method, values, place);
                self.applying.inside -= 1;
                outs
            }
            Some(Certainty::Name) => {
                let (before, seen) = (world.clone(), self.applying.seen);
                let outs = self.method_on(world, (receiver, at), method, values.clone(), place);
                if self.applying.seen == seen {
                    self.hand_over(&before, &values, place);
                }
                outs
            }
            None => self.method_on(world, (receiver, at), method, values, place),
        }
    }

    /// Whether what is evaluated is the state machine's business.
    pub(super) fn is_applying(&self) -> bool {
        self.applying.inside > 0
    }

    /// What has been added to the log so far.
    pub(super) fn appended(&self) -> &[Sym] {
        reads::elsewhere();
        &self.applying.appended
    }

    /// What a method adds to the log.
    fn note_appended(&mut self, world: &World, receiver: &Value, method: Name, values: &[Value]) {
        let text = self.symbols.program.text(method);
        if values.is_empty()
            || self.applying.appended.len() >= MAX_APPENDED
            || !crate::roles::verbs::is_addition(text)
        {
            return;
        }
        let loaded = self.load(world, receiver);
        let base = self.symbol(&loaded);
        if self.symbols.role(base) == Role::Log {
            reads::elsewhere();
            for value in values {
                let sym = self.symbol(value);
                self.applying.appended.push(sym);
            }
        }
    }

    /// Whether a method call hands something to the state machine.
    fn hands_over(
        &mut self,
        world: &World,
        (receiver, of): (&Value, ExprId),
        method: Name,
        values: &[Value],
    ) -> Option<Certainty> {
        let program = self.symbols.program;
        let verb = program.calling(method);
        if !verb.any(Calling::APPLIES.with(Calling::SENDS).with(Calling::CHANGES)) {
            let named = self.name_of(of).map(|n| program.calling(n)).unwrap_or_default();
            let asks = verb.any(Calling::ASKS);
            let position = program.words(method).any(Words::TERM.with(Words::INDEX));
            let machine = !asks && !position && named.any(Calling::MACHINE);
            return (machine && self.carries_entry(values)).then_some(Certainty::Call);
        }
        let name = self.name_of(of);
        let named = name.map(|n| program.calling(n)).unwrap_or_default();
        let machine = named.any(Calling::MACHINE) || self.is_machine_typed(receiver);
        if verb.any(Calling::APPLIES) {
            if machine {
                return Some(Certainty::Call);
            }
            return self.carries_entry(values).then_some(Certainty::Name);
        }
        if verb.any(Calling::SENDS) {
            let ordered = values.iter().any(|v| self.is_order(v)) && self.carries_entry(values);
            let text = program.text(method);
            let channel = text.contains("send") || text == "feed";
            // A local list only collects.
            let kept = channel || !matches!(self.body().expr(of).kind, ExprKind::Path(_));
            let ordered = ordered && kept;
            let leads = kept
                && named.any(Calling::LEADS)
                && (self.carries_entry(values)
                    || channel && named.any(Calling::MACHINE) && self.carries_something(values));
            let payload = channel && values.iter().any(|v| self.is_bare_command(v));
            return (ordered || leads || payload).then_some(Certainty::Call);
        }
        let entry = || values.iter().any(|v| self.is_part_of_entry_of(world, v));
        (named.any(Calling::DATA) && entry()).then_some(Certainty::Call)
    }

    /// A call of a free function or of a function in a field.
    pub(super) fn function_with_entry(
        &mut self,
        world: World,
        name: Option<Name>,
        values: Vec<Value>,
        place: Place,
        call: impl FnOnce(&mut Self, World, Vec<Value>) -> Outs,
    ) -> Outs {
        let applies = name.is_some_and(|n| self.symbols.program.calling(n).any(Calling::APPLIES));
        if !applies || self.applying.inside > 0 || !self.carries_entry(&values) {
            return call(self, world, values);
        }
        let (before, seen) = (world.clone(), self.applying.seen);
        let outs = call(self, world, values.clone());
        if self.applying.seen == seen {
            self.hand_over(&before, &values, place);
        }
        outs
    }

    /// Committed entries put where the application takes them from: `ready.committed_entries`.
    pub(super) fn handed_out(&mut self, world: &World, field: Name, value: &Value, at: Place) {
        let words = self.symbols.program.words(field);
        if !words.all(Words::COMMIT.with(Words::ENTRIES)) || self.applying.inside > 0 {
            return;
        }
        let sym = self.symbol(value);
        if self.symbols.tags(sym).any(Tags::LOG) {
            self.hand_over(world, std::slice::from_ref(value), at);
        }
    }

    /// Records the hand-over of the entry among the arguments.
    fn hand_over(&mut self, world: &World, values: &[Value], at: Place) {
        let mut given: Vec<Sym> = Vec::new();
        for value in values {
            for part in value.alternatives().to_vec() {
                if matches!(part, Value::Unit | Value::Closure(_) | Value::Cond(_)) {
                    continue;
                }
                let loaded = self.load(world, &part);
                let sym = self.symbol(&loaded);
                let data = self.symbols.get(sym);
                if !matches!(data.origin, Origin::Int(_) | Origin::SelfValue) {
                    given.push(sym);
                }
            }
        }
        reads::elsewhere();
        self.applying.seen += 1;
        // Where the entry itself is given, what else is given says nothing about it.
        let made = values.iter().find(|v| self.is_made_here(v)).cloned();
        let made = made.map(|value| self.symbol(&value));
        let whole =
            |sym: &Sym| matches!(self.symbols.role(*sym), Role::LocalEntry | Role::ReqEntry);
        let entry = made
            .or_else(|| given.iter().copied().find(whole))
            .or_else(|| given.iter().copied().find(|sym| self.is_entry(*sym)));
        let given = match entry {
            Some(entry) => vec![entry],
            None => given,
        };
        let Some(&entry) = given.first() else { return };
        let known = made.is_some() && !self.rebuilds() || self.entry_is_known(world, entry);
        let decided = known || self.is_committed(world, &given).is_some();
        self.record(world, Effect::Apply, at, &given, decided);
    }

    /// Whether it is clear where an entry comes from: from the log, or from the request.
    fn entry_is_known(&self, world: &World, entry: Sym) -> bool {
        if self.rebuilds() || world.handling == Some(Message::InstallSnapshot) {
            return false;
        }
        // A bound that came in as a parameter is its callers' matter.
        let told = self.symbols.tags(entry).any(Tags::UNKNOWN_PARAM);
        !told && self.is_from_log(entry, 8)
            || self.is_from_request(world, entry, 8)
            || self.is_just_appended(world, entry)
    }

    /// Whether the function, or its caller, applies again what was applied before.
    fn rebuilds(&self) -> bool {
        let program = self.symbols.program;
        let name = |frame: &super::eval::Frame| program.function(frame.function).name;
        let nearest = self.frames.all().iter().rev().filter(|frame| !frame.is_closure).take(2);
        nearest.into_iter().any(|frame| program.calling(name(frame)).any(Calling::REBUILDS))
    }

    fn is_order(&self, value: &Value) -> bool {
        let name = match value {
            Value::Struct(Some(name), fields, _) if !fields.is_empty() => *name,
            Value::Variant(name, parts) if !parts.is_empty() => *name,
            _ => return false,
        };
        self.symbols.program.calling(name).any(Calling::ORDER)
    }

    /// Whether a value's type, or a trait that it is bound by, is a state machine.
    fn is_machine_typed(&self, value: &Value) -> bool {
        let Value::Sym(sym) = value else { return false };
        let machine = |ty: &TypeRef| match ty {
            TypeRef::Path { name, .. } => self.symbols.program.calling(*name).any(Calling::MACHINE),
            _ => false,
        };
        if matches!(self.symbols.get(*sym).origin, Origin::SelfValue) {
            return false;
        }
        match self.symbols.get(*sym).ty.as_deref() {
            Some(TypeRef::Bounds(bounds)) => bounds.iter().any(machine),
            Some(ty) => machine(ty),
            None => false,
        }
    }

    /// The name that an expression ends in: a field, a local, or the getter of a guard.
    pub(super) fn name_of(&self, expr: ExprId) -> Option<Name> {
        super::start::last_name(self.symbols.program, self.body(), expr)
    }

    /// Fields of a struct literal that hand out committed entries.
    pub(super) fn fields_handed_out(&mut self, world: &World, value: &Value) {
        if let Value::Struct(_, fields, at) = value {
            for (name, value) in Rc::clone(fields).iter() {
                self.handed_out(world, *name, value, *at);
            }
        }
    }
}
