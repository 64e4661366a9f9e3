//! Whether matchIndex only grows, and nextIndex stays above it: an answer that comes late, or after a
//! later one, says less than is known already.

use super::eval::Engine;
use super::relation::Comparison;
use super::world::World;
use crate::ir::{BinaryOp, Body, Expr, ExprKind, Name};
use crate::program::Program;
use crate::protocol::{Fact, Message};
use crate::roles::messages;
use crate::roles::symbols::{Role, Sym, Tags};
use crate::roles::vocabulary::Words;
use crate::source::{Place, Span};

/// How deep a value is looked into for what a leader knows of its followers.
const MAX_DEPTH: u32 = 6;
/// A handler that more functions than this call is not looked at from there.
const MAX_CALLERS: usize = 8;

impl Engine<'_> {
    /// Whether a new matchIndex, or the nextIndex that goes with it, was seen beside the old one, or
    /// can't be an older answer's.
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
        let taken = open && !world.has(Fact::MatchNotLowered);
        match taken && !self.reads_progress(value, MAX_DEPTH) && !self.is_handled_in_turn(world) {
            true => (Fact::MatchTakenAsIs, at),
            false => (Fact::MatchNotLowered, at),
        }
    }

    /// A comparison while an answer is handled: something that it brings along may stand beside what
    /// the leader knows of the follower.
    pub(super) fn progress_compared(&self, world: &mut World, said: Comparison) {
        if world.handling != Some(Message::AppendReply) {
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

    /// Whether a loop sends a request, awaits its answer and has it handled, before it goes on.
    fn is_handled_in_turn(&self, world: &World) -> bool {
        let Some(handler) = *world.handler else { return false };
        let program = self.symbols.program;
        let name = program.function(handler).name;
        let callers = program.callers(handler);
        callers.len() <= MAX_CALLERS
            && callers.iter().any(|id| in_turn(program, &program.function(*id).body, name))
    }

    fn is_of_term(&self, sym: Sym) -> bool {
        matches!(self.symbols.role(sym), Role::CurrentTerm | Role::ReqTerm)
            || self.symbols.tags(sym).any(Tags::CURRENT_TERM)
    }
}

/// Whether one turn of a loop of this body awaits an AppendEntries call and calls the handler.
fn in_turn(program: &Program, body: &Body, handler: Name) -> bool {
    let named = |expr: &Expr| body.called(expr).map(|(name, _)| name);
    // The node's own method may only hand the request to another task.
    let own = |expr: &Expr| match &expr.kind {
        ExprKind::MethodCall { receiver, .. } => match &body.expr(*receiver).kind {
            ExprKind::Path(path) => program.known.is_self(path),
            _ => false,
        },
        _ => false,
    };
    let sends = |expr: &&Expr| {
        let words = named(expr).map(|n| program.words(n)).unwrap_or_default();
        let message = messages::by_words(words);
        matches!(message, Some(Message::AppendEntries | Message::Heartbeat))
            && !words.any(Words::HANDLE.with(Words::REPLY))
            && !own(expr)
    };
    let calls: Vec<Span> =
        body.exprs.iter().filter(|e| named(e) == Some(handler)).map(|e| e.span).collect();
    if calls.is_empty() {
        return false;
    }
    let awaited = |span: Span| {
        let waits = |e: &Expr| matches!(e.kind, ExprKind::Await(_)) && e.span.contains(span);
        body.exprs.iter().any(waits)
    };
    let sent: Vec<Span> = body.exprs.iter().filter(sends).map(|e| e.span).collect();
    let aside = |span: Span, turn: Span| {
        body.exprs.iter().any(|e| {
            matches!(e.kind, ExprKind::Async(_) | ExprKind::Closure { .. })
                && e.span.contains(span)
                && turn.contains(e.span)
        })
    };
    body.exprs.iter().any(|e| {
        let turns =
            matches!(e.kind, ExprKind::Loop { .. } | ExprKind::While { .. } | ExprKind::For { .. });
        let inside = |span: &&Span| e.span.contains(**span) && !aside(**span, e.span);
        turns
            && calls.iter().any(|span| inside(&span))
            && sent.iter().filter(inside).any(|span| awaited(*span))
    })
}
