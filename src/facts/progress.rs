//! The leader's view of its followers: writes to matchIndex and nextIndex while a reply is handled.

use super::effect::OpaqueCall;
use super::eval::Engine;
use super::value::Value;
use super::world::World;
use crate::ir::Name;
use crate::protocol::{Effect, Fact, Message};
use crate::roles::symbols::{Origin, Role, Sym, Tags};
use crate::roles::verbs;
use crate::roles::vocabulary::Words;
use crate::source::Place;

impl Engine<'_> {
    /// A place gets a value: it may be a follower's matchIndex or nextIndex.
    pub(super) fn progress_stored(&mut self, world: &World, place: Sym, value: &Value, at: Place) {
        match self.progress_of(place) {
            Some(Role::MatchIndex) => self.match_moved(world, place, value, at),
            Some(Role::NextIndex) => self.next_moved(world, place, value, at),
            _ => {}
        }
    }

    /// A call that may move a follower's progress: an insert into the table, or a setter.
    pub(super) fn progress_call(&mut self, world: &World, call: &OpaqueCall<'_>) {
        if world.handling != Some(Message::AppendReply) && world.awaited.is_none() {
            return;
        }
        let program = self.symbols.program;
        let (text, words) = (program.text(call.method), program.words(call.method));
        // `matched.fetch_max(index, Ordering::SeqCst)`
        if let [value, _] = call.args
            && matches!(text, "store" | "swap" | "fetch_max" | "fetch_add")
            && self.progress_of(call.receiver) == Some(Role::MatchIndex)
        {
            self.match_put(world, call.receiver, (text, value), call.at);
            return;
        }
        let Some(value) = call.args.last() else { return };
        let puts = match call.args.len() {
            1 => matches!(text, "or_insert" | "insert_entry") || verbs::writes_cell(text),
            2 => matches!(text, "insert" | "set" | "update"),
            _ => false,
        };
        if puts {
            let place = match call.args {
                [key, _] => {
                    let key = self.symbol(key);
                    self.symbols.intern(Origin::Index(call.receiver, key))
                }
                _ => call.receiver,
            };
            self.match_put(world, place, (text, value), call.at);
            return;
        }
        // A body that is known shows by itself what it moves.
        let local = self.symbols.tags(call.receiver).any(Tags::LOCAL);
        let names_index = words.any(Words::INDEX.with(Words::LENGTH));
        let replies = words.any(Words::HANDLE.with(Words::REPLY).with(Words::APPEND));
        if call.has_body || !local || !names_index || !words.any(Words::SET) || replies {
            return;
        }
        if words.any(Words::MATCH) {
            self.match_moved(world, call.receiver, value, call.at);
        } else if words.any(Words::NEXT) {
            self.next_moved(world, call.receiver, value, call.at);
        }
    }

    /// A cell gets a value: some methods only let it grow.
    fn match_put(&mut self, world: &World, place: Sym, (by, value): (&str, &Value), at: Place) {
        let mut world = world.clone();
        if matches!(by, "fetch_max" | "fetch_add" | "advance_to" | "try_update" | "or_insert") {
            world.learn(Fact::MatchNotLowered, at);
        }
        self.progress_stored(&world, place, value, at);
    }

    /// A local of the function gets a value: `next_index -= 1` between two tries.
    pub(super) fn progress_local(&mut self, world: &World, name: Name, value: &Value, at: Place) {
        let words = self.symbols.program.words(name);
        if words.any(Words::NEXT) && words.any(Words::INDEX.with(Words::LENGTH)) {
            self.backed_off(world, value, at);
        }
    }

    /// Whether a place is a follower's matchIndex or nextIndex: one of a table of them, or a field.
    pub(super) fn progress_of(&self, place: Sym) -> Option<Role> {
        let is_progress = |role: &Role| matches!(role, Role::MatchIndex | Role::NextIndex);
        let mut at = place;
        for _ in 0..8 {
            if let Some(role) = Some(self.symbols.role(at)).filter(is_progress) {
                return Some(role);
            }
            at = match &self.symbols.get(at).origin {
                Origin::Index(base, _)
                | Origin::Inner(base)
                | Origin::Named(base, _)
                | Origin::Elem(base) => *base,
                Origin::Method(name, args) if !args.is_empty() => {
                    let text = self.symbols.program.text(*name);
                    let part =
                        matches!(text, "get" | "get_mut" | "entry" | "or_insert" | "or_default")
                            || matches!(
                                text,
                                "values_mut" | "iter_mut" | "and_modify" | "index_mut"
                            );
                    if !part {
                        return None;
                    }
                    args[0]
                }
                _ => return None,
            };
        }
        None
    }

    /// Whether a value is made of a follower's progress before.
    pub(super) fn reads_progress(&self, sym: Sym, fuel: u32) -> bool {
        let Some(less) = fuel.checked_sub(1) else { return false };
        if self.progress_of(sym).is_some() {
            return true;
        }
        match &self.symbols.get(sym).origin {
            Origin::Binary(_, a, b) => {
                self.reads_progress(*a, less) || self.reads_progress(*b, less)
            }
            Origin::Method(_, args) | Origin::Call(_, args) | Origin::Composite(args) => {
                args.iter().any(|a| self.reads_progress(*a, less))
            }
            Origin::Named(inner, _) | Origin::Inner(inner) | Origin::Stored(_, inner) => {
                self.reads_progress(*inner, less)
            }
            _ => false,
        }
    }

    fn match_moved(&mut self, world: &World, place: Sym, value: &Value, at: Place) {
        if !self.answer_was_asked(world) {
            return;
        }
        let Some(world) = self.handling_reply(world, Message::AppendReply, Some(place)) else {
            return;
        };
        let written = self.symbol(value);
        let decided = !self.handles_report(&world);
        let event = self.record(&world, Effect::MatchMove, at, &[written, place], decided);
        if let Some(event) = event {
            for part in self.parts_of_reply(written) {
                self.events[event].add_part(part);
            }
        }
    }

    fn next_moved(&mut self, world: &World, place: Sym, value: &Value, at: Place) {
        // After a refusal nextIndex goes back on purpose.
        if let Some(world) = self.handling_reply(world, Message::AppendReply, Some(place))
            && self.rejected(&world) == Some(false)
        {
            let written = self.symbol(value);
            self.record(&world, Effect::NextMove, at, &[written, place], true);
        }
        self.backed_off(world, value, at);
    }

    /// What is known of a new matchIndex: value and place.
    pub(super) fn match_evidence(
        &mut self,
        world: &World,
        written: &[Sym],
        at: Place,
    ) -> Option<(Fact, Place)> {
        let [value, place] = *written else { return None };
        // The leader's own entry of the table is where its log ends.
        let of_sender = Tags::REQUEST.with(Tags::UNKNOWN_PARAM);
        let follower = world.awaited.is_some() || self.symbols.tags(place).any(of_sender);
        let present = follower && self.is_present_end(world, value, 6);
        Some((if present { Fact::MatchFromPresentEnd } else { Fact::MatchFromExchange }, at))
    }

    /// Whether a value is where the leader's log ends now, not what was sent.
    fn is_present_end(&self, world: &World, sym: Sym, fuel: u32) -> bool {
        let data = self.symbols.get(sym);
        let Some(less) = fuel.checked_sub(1) else { return false };
        if self.known_before(world, sym) || self.is_noted(sym) {
            return false;
        }
        match &data.origin {
            Origin::Binary(_, a, b) => match &self.symbols.get(*b).origin {
                Origin::Int(_) => self.is_present_end(world, *a, less),
                _ => false,
            },
            Origin::Named(inner, _) | Origin::Inner(inner) | Origin::Stored(_, inner) => {
                self.is_present_end(world, *inner, less)
            }
            Origin::Method(name, args)
                if args.len() == 2 && self.symbols.program.text(*name) == "saturating_sub" =>
            {
                self.is_present_end(world, args[0], less)
            }
            Origin::Method(name, args) if self.symbols.program.text(*name) == "max" => {
                args.iter().any(|a| self.is_present_end(world, *a, less))
            }
            Origin::Field(..) | Origin::Method(..) | Origin::Call(..) => {
                data.role == Role::OwnLastIndex
                    && data.tags.any(Tags::LOG.with(Tags::LAST))
                    && !data.tags.any(Tags::REQUEST.with(Tags::MATCH))
            }
            _ => false,
        }
    }
}
