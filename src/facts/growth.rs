//! Whether matchIndex only grows: an answer that comes late, or after a later one, says less than is
//! known already.

use super::eval::Engine;
use super::relation::Comparison;
use super::world::World;
use crate::ir::BinaryOp;
use crate::protocol::{Fact, Message};
use crate::roles::symbols::{Role, Sym, Tags};
use crate::source::Place;

/// How deep a value is looked into for what a leader knows of its followers.
const MAX_DEPTH: u32 = 6;

impl Engine<'_> {
    /// Whether a new matchIndex was seen beside the old one, or can't be an older answer's.
    pub(super) fn growth_evidence(
        &self,
        world: &World,
        value: Sym,
        place: Sym,
        at: Place,
    ) -> (Fact, Place) {
        // One request at a time; what a setter does with the value is not known; what is no answer's
        // value is another question.
        let in_turn = world.awaited.is_some() || world.handling != Some(Message::AppendReply);
        let exchanged = self.symbols.tags(value).any(Tags::REQUEST);
        let open = exchanged && !in_turn && self.progress_of(place).is_some();
        match open && !self.reads_progress(value, MAX_DEPTH) {
            true => (Fact::MatchTakenAsIs, at),
            false => (Fact::MatchNotLowered, at),
        }
    }

    /// A comparison while an answer is handled: something that it brings along may stand beside what
    /// the leader knows of the follower.
    pub(super) fn progress_compared(&self, world: &mut World, said: Comparison) {
        if world.handling != Some(Message::AppendReply) || world.has(Fact::MatchNotLowered) {
            return;
        }
        let (a, b) = (said.left, said.right);
        let of_old = |answer: Sym, old: Sym| {
            self.symbols.tags(answer).any(Tags::REQUEST) && self.reads_progress(old, MAX_DEPTH)
        };
        let expected =
            said.op == BinaryOp::Eq && (self.is_expected(a, b) || self.is_expected(b, a));
        if of_old(a, b) || of_old(b, a) || expected {
            world.learn(Fact::MatchNotLowered, said.at);
        }
    }

    /// A value is not there: without an old matchIndex any new one is greater.
    pub(super) fn progress_absent(&self, world: &mut World, sym: Sym, at: Place) {
        if world.handling == Some(Message::AppendReply) && self.progress_of(sym).is_some() {
            world.learn(Fact::MatchNotLowered, at);
        }
    }

    /// A call that gets something of the answer, and says whether it is to be used:
    /// `if self.is_outdated(peer, reply.sequence) { return; }`
    pub(super) fn progress_asked(&self, world: &mut World, sym: Sym, at: Place) {
        let tags = self.symbols.tags(sym);
        let both = tags.any(Tags::LOCAL) && tags.any(Tags::REQUEST);
        if both && world.handling == Some(Message::AppendReply) && !self.is_of_term(sym) {
            world.learn(Fact::MatchNotLowered, at);
        }
    }

    /// Whether an answer was found to be the one that the leader waits for: what it brings along
    /// equals something of the leader's own that is no term.
    fn is_expected(&self, answer: Sym, own: Sym) -> bool {
        let own_tags = self.symbols.tags(own);
        self.symbols.tags(answer).only_request()
            && own_tags.any(Tags::LOCAL)
            && !own_tags.any(Tags::REQUEST)
            && !self.is_of_term(answer)
            && !self.is_of_term(own)
    }

    fn is_of_term(&self, sym: Sym) -> bool {
        matches!(self.symbols.role(sym), Role::CurrentTerm | Role::ReqTerm)
            || self.symbols.tags(sym).any(Tags::CURRENT_TERM)
    }
}
