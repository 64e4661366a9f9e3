//! What has been changed since it was saved: the term, the vote and the log must be in storage
//! before a reply leaves that depends on them.

use std::rc::Rc;

use super::eval::Engine;
use super::event::StepKind;
use super::order::Order;
use super::value::Value;
use super::world::World;
use crate::ir::{ExprId, ExprKind, Name, TypeRef};
use crate::program::FnId;
use crate::protocol::{Fact, Message};
use crate::roles::saving::{self, Parts};
use crate::roles::storage;
use crate::roles::symbols::{Origin, Role, Sym, SymData, Tags};
use crate::roles::vocabulary::Words;
use crate::source::Place;

/// Where a change stands.
#[derive(Debug, PartialEq)]
pub(super) struct Site {
    pub(super) place: Place,
    pub(super) innermost: Place,
    pub(super) function: FnId,
    pub(super) stack: Vec<FnId>,
    pub(super) calls: Vec<(Place, StepKind)>,
    pub(super) handling: Option<Message>,
    pub(super) handler: Option<FnId>,
}

/// A change of one part, and where it was saved.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Change {
    pub(super) site: Rc<Site>,
    pub(super) saved: Option<Place>,
}

/// Values that have been written to storage before the state itself got them.
#[derive(Debug, PartialEq)]
struct Ahead {
    parts: Parts,
    values: Vec<Sym>,
    at: Place,
}

/// What a world knows of the changes while one message is handled.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Saved {
    pub(super) changes: [Option<Change>; 3],
    ahead: Option<Rc<Ahead>>,
}

const PARTS: [Parts; 3] = [Parts::TERM, Parts::VOTE, Parts::LOG];

impl Saved {
    /// Looks at each symbol in it.
    pub(super) fn each_symbol(&self, look: &mut dyn FnMut(Sym)) {
        self.ahead.iter().flat_map(|ahead| &ahead.values).for_each(|sym| look(*sym));
    }

    /// Whether something has been changed and not saved.
    pub(super) fn is_open(&self) -> bool {
        self.changes.iter().flatten().any(|c| c.saved.is_none())
    }

    /// Both ways as one: what one of them has not saved is not saved.
    pub(super) fn join(&mut self, other: &Saved) {
        for (mine, theirs) in self.changes.iter_mut().zip(&other.changes) {
            match (&mine, theirs) {
                (None, Some(_)) => *mine = theirs.clone(),
                (Some(Change { saved: Some(_), .. }), Some(Change { saved: None, .. })) => {
                    *mine = theirs.clone();
                }
                _ => {}
            }
        }
        // Where only one way wrote, the other one had nothing new to write.
        match (&self.ahead, &other.ahead) {
            (Some(a), Some(b)) if a != b => self.ahead = None,
            (None, Some(_)) => self.ahead.clone_from(&other.ahead),
            _ => {}
        }
    }

    /// Code tells these ways apart by a flag: `if changed { self.save() }`.
    pub(super) fn apart(&self, other: &Saved) -> bool {
        let open = |c: &Option<Change>| c.as_ref().is_some_and(|c| c.saved.is_none());
        self.changes.iter().map(open).ne(other.changes.iter().map(open))
    }

    /// Whatever was changed is in storage.
    fn settle(&mut self, parts: Parts, at: Place) {
        for (part, change) in PARTS.iter().zip(&mut self.changes) {
            if parts.any(*part)
                && let Some(change) = change
            {
                change.saved = Some(at);
            }
        }
    }
}

fn is_request(message: Option<Message>) -> bool {
    use Message::{AppendEntries, Heartbeat, InstallSnapshot, RequestVote};
    matches!(message, Some(RequestVote | AppendEntries | Heartbeat | InstallSnapshot))
}

impl Engine<'_> {
    /// Whether changes and saves are looked at: while a request is handled that will be answered.
    pub(super) fn follows_storage(&self, world: &World) -> bool {
        !self.storage.is_empty() && (is_request(world.handling) || world.saved.is_open())
    }

    fn is_followed(&self, world: &World) -> bool {
        is_request(world.handling) && self.storage.is_used_by(self.symbols.package)
    }

    fn change_site(&self, world: &World, innermost: Place, written: &[Sym]) -> Rc<Site> {
        let (place, depth) = self.lift(innermost, written);
        Rc::new(Site {
            place,
            innermost,
            function: self.frames.all()[depth].function,
            stack: self.frames.all().iter().filter(|f| !f.is_closure).map(|f| f.function).collect(),
            calls: self.calls(depth),
            handling: world.handling,
            handler: *world.handler,
        })
    }

    /// A part of the state gets a new value in memory.
    fn part_changed(&mut self, world: &mut World, part: usize, value: &Value, at: Place) {
        let written = self.symbol(value);
        let ahead = world.saved.ahead.as_ref().filter(|a| a.parts.any(PARTS[part]));
        let saved = ahead.filter(|a| self.was_written(a, written, 4)).map(|a| a.at);
        let site = self.change_site(world, at, &[written]);
        Rc::make_mut(&mut world.saved).changes[part] = Some(Change { site, saved });
    }

    /// Whether a value is among those that storage got, or made of nothing else.
    fn was_written(&self, ahead: &Ahead, value: Sym, fuel: u32) -> bool {
        let wanted = self.core(value);
        if let (Origin::Composite(parts), Some(less)) =
            (&self.symbols.get(wanted).origin, fuel.checked_sub(1))
        {
            // One of several values, or one made of them.
            let old = |part: Sym| !self.symbols.tags(part).any(Tags::REQUEST);
            return parts.iter().all(|p| old(*p) || self.was_written(ahead, *p, less));
        }
        let entries = self.symbols.tags(wanted).any(Tags::ENTRIES);
        ahead.values.iter().any(|v| {
            let own = self.core(*v);
            own == wanted || entries && self.symbols.tags(own).any(Tags::ENTRIES)
        })
    }

    /// A value without its wrapping.
    fn core(&self, mut sym: Sym) -> Sym {
        for _ in 0..8 {
            match &self.symbols.get(sym).origin {
                Origin::Inner(inner) | Origin::Named(inner, _) | Origin::Stored(_, inner) => {
                    sym = *inner;
                }
                _ => break,
            }
        }
        sym
    }

    /// A place of the state gets a value.
    pub(super) fn state_changed(&mut self, world: &mut World, key: Sym, value: &Value, at: Place) {
        if !self.is_followed(world) || !self.is_kept(key) {
            return;
        }
        match self.symbols.role(key) {
            Role::CurrentTerm => self.term_changed(world, value, at),
            Role::VotedFor => self.vote_changed(world, value, at),
            Role::Log => {
                let written = self.symbol(value);
                if self.symbols.tags(written).any(Tags::ENTRIES) {
                    self.log_filled(world, value, at);
                }
            }
            _ => {}
        }
    }

    /// Whether a place belongs to the server, rather than to a copy that some call gave.
    fn is_kept(&self, mut place: Sym) -> bool {
        for _ in 0..16 {
            match &self.symbols.get(place).origin {
                Origin::Field(base, _)
                | Origin::Payload(base, ..)
                | Origin::Index(base, _)
                | Origin::Elem(base)
                | Origin::Inner(base)
                | Origin::Named(base, _) => place = *base,
                Origin::Method(name, args) if self.symbols.program.text(*name).contains("mut") => {
                    match args.first() {
                        Some(base) => place = *base,
                        None => return false,
                    }
                }
                Origin::SelfValue | Origin::Param(..) | Origin::Global(_) | Origin::Local(..) => {
                    return true;
                }
                _ => return false,
            }
        }
        false
    }

    /// The current term gets a new value; the one that it has already is no change.
    fn term_changed(&mut self, world: &mut World, value: &Value, at: Place) {
        let written = self.symbol(value);
        let role = self.role(world, written);
        let same = role == Role::ReqTerm && world.term.order.within(Order::EQUAL);
        if !same && role != Role::CurrentTerm {
            self.part_changed(world, 0, value, at);
        }
    }

    /// votedFor gets a value. Forgetting a vote needs no save: a restarted server that remembers it
    /// only gives fewer votes.
    fn vote_changed(&mut self, world: &mut World, value: &Value, at: Place) {
        let votes = world.handling == Some(Message::RequestVote);
        if !votes || world.has(Fact::VotedForCandidate) {
            return;
        }
        let parts = value.alternatives().to_vec();
        if parts.iter().any(|part| self.candidate_in(part).is_some()) {
            self.part_changed(world, 1, value, at);
        }
    }

    /// The log in memory gets entries.
    pub(super) fn log_filled(&mut self, world: &mut World, value: &Value, at: Place) {
        if self.is_followed(world) {
            self.part_changed(world, 2, value, at);
        }
    }

    /// A call that adds entries: where the log is a plain collection, it is in memory.
    pub(super) fn log_filled_by(
        &mut self,
        world: &mut World,
        base: &SymData,
        args: &[Value],
        at: Place,
    ) {
        let collection = match base.ty.as_deref() {
            Some(TypeRef::Path { name, .. }) => matches!(
                self.symbols.program.text(*name),
                "Vec" | "VecDeque" | "BTreeMap" | "HashMap"
            ),
            Some(TypeRef::Slice(_)) => true,
            _ => false,
        };
        if collection && let Some(value) = args.last() {
            self.log_filled(world, &value.clone(), at);
        }
    }

    /// What a method call leaves in storage, once it has come back.
    pub(super) fn after_method(
        &mut self,
        world: &mut World,
        (receiver, method): (ExprId, Name),
        targets: &[FnId],
        args: &[Value],
        at: Place,
    ) {
        let program = self.symbols.program;
        let text = program.text(method);
        let mut parts = targets.iter().fold(Parts::NONE, |p, t| p.with(self.storage.saved_by(*t)));
        if targets.is_empty() {
            parts = self.storage.declared_as(method);
            let body = self.body();
            if saving::is_file_method(text) && !storage::is_stream(program, body, receiver) {
                parts = Parts::ALL;
            }
        }
        if parts != Parts::NONE {
            self.saved(world, parts, args, at);
        }
    }

    /// Whether a call of this path may save.
    pub(super) fn may_save(&self, path: &[Name]) -> bool {
        path.last().is_some_and(|name| self.storage.may_call(*name))
    }

    /// The same for a call of a path.
    pub(super) fn after_call(
        &mut self,
        world: &mut World,
        path: &[Name],
        args: &[Value],
        at: Place,
    ) {
        let program = self.symbols.program;
        let Some((&name, qualifiers)) = path.split_last() else { return };
        let qualifier = qualifiers.last().map(|q| program.text(*q)).unwrap_or_default();
        let mut parts = Parts::NONE;
        if saving::is_file_function(qualifier, program.text(name)) {
            parts = Parts::ALL;
        } else {
            let targets =
                program.resolve_path(path, args.len(), self.function(), self.symbols.package);
            parts = targets.iter().fold(parts, |p, t| p.with(self.storage.saved_by(*t)));
        }
        if parts != Parts::NONE {
            self.saved(world, parts, args, at);
        }
    }

    /// Parts of the state are written to storage.
    fn saved(&mut self, world: &mut World, parts: Parts, args: &[Value], at: Place) {
        Rc::make_mut(&mut world.saved).settle(parts, at);
        if !is_request(world.handling) {
            return;
        }
        let syms: Vec<Sym> = args.iter().map(|a| self.symbol(a)).collect();
        let values = self.parts_behind(&syms);
        if values.is_empty() {
            return;
        }
        // The state is in storage only: the write is the change.
        for (i, part) in PARTS.iter().enumerate() {
            if parts != Parts::ALL && parts.any(*part) && world.saved.changes[i].is_none() {
                let site = self.change_site(world, at, &syms);
                Rc::make_mut(&mut world.saved).changes[i] = Some(Change { site, saved: Some(at) });
            }
        }
        Rc::make_mut(&mut world.saved).ahead = Some(Rc::new(Ahead { parts, values, at }));
    }

    /// The values that went into others, through calls and structs.
    fn parts_behind(&self, syms: &[Sym]) -> Vec<Sym> {
        let mut found: Vec<Sym> = Vec::new();
        let mut open = syms.to_vec();
        while let Some(sym) = open.pop() {
            if found.len() >= 64 || found.contains(&sym) {
                continue;
            }
            found.push(sym);
            match &self.symbols.get(sym).origin {
                Origin::Composite(parts) | Origin::Call(_, parts) | Origin::Method(_, parts) => {
                    open.extend(parts.iter());
                }
                Origin::Inner(inner) | Origin::Named(inner, _) => open.push(*inner),
                _ => {}
            }
        }
        found
    }

    /// A command that has storage written later, before what is queued behind it.
    pub(super) fn queued(&mut self, world: &mut World, args: &[Value], at: Place) {
        for arg in args {
            let (Value::Struct(Some(name), ..) | Value::Variant(name, _)) = arg else { continue };
            let program = self.symbols.program;
            let words = program.words(*name);
            let text = program.text(*name);
            let saves = text.starts_with("Save") || text.starts_with("Persist");
            let appends = words.any(Words::APPEND) && !words.any(Words::REPLY.with(Words::REQUEST));
            if saves || appends && self.is_append_command(arg) {
                let parts = saving::parts_of(program, *name);
                self.saved(world, parts, std::slice::from_ref(arg), at);
            }
        }
    }

    /// `if self.dirty { self.save() }`: the flag says whether there is anything to save.
    pub(super) fn asks_for_save(&self, cond: ExprId) -> bool {
        const FLAGS: &[&str] =
            &["dirty", "change", "persist", "save", "modified", "hard", "need", "should", "flush"];
        let body = self.body();
        let mut open = vec![cond];
        for _ in 0..16 {
            let Some(expr) = open.pop() else { break };
            let name = match &body.expr(expr).kind {
                ExprKind::Field(base, name) => {
                    open.push(*base);
                    Some(*name)
                }
                ExprKind::MethodCall { receiver, method, .. } => {
                    open.push(*receiver);
                    Some(*method)
                }
                ExprKind::Path(path) => path.last().copied(),
                ExprKind::Binary(_, a, b) => {
                    open.extend([*a, *b]);
                    None
                }
                ExprKind::Unary(_, inner) | ExprKind::Ref(inner, _) | ExprKind::Let(_, inner) => {
                    open.push(*inner);
                    None
                }
                _ => None,
            };
            let text = name.map(|n| self.symbols.program.text(n)).unwrap_or_default();
            if FLAGS.iter().any(|flag| text.contains(flag)) {
                return true;
            }
        }
        false
    }

    /// After a branch on such a flag nothing is open, whichever way was taken.
    pub(super) fn settle_by_flag(&self, saved: &World, other: &mut World) {
        for (mine, theirs) in
            saved.saved.changes.iter().zip(&mut Rc::make_mut(&mut other.saved).changes)
        {
            if let (Some(Change { saved: Some(at), .. }), Some(change)) = (mine, theirs) {
                change.saved = Some(*at);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use super::{Ahead, Parts, Saved};
    use crate::roles::symbols::Sym;
    use crate::source::{FileId, Place, Span};

    #[test]
    fn what_both_ways_wrote_ahead_stays() {
        let wrote = |value| Saved {
            ahead: Some(Rc::new(Ahead {
                parts: Parts::VOTE,
                values: vec![Sym(value)],
                at: Place { file: FileId(0), span: Span { start: 0, end: 1 } },
            })),
            ..Saved::default()
        };
        let mut joined = wrote(1);
        joined.join(&wrote(1));
        assert_eq!(joined, wrote(1), "the same, as a call that is taken over leaves it");
        joined.join(&wrote(2));
        assert_eq!(joined, Saved::default());
    }
}
