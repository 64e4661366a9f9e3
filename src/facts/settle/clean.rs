//! Handlers that prove everything alone: what holds of their arguments, whatever they are, holds for every caller,
//! and so no caller enters them.

use super::callers::is_shown_elsewhere;
use super::tiers::tiers;
use super::{Settler, leaves_term};
use crate::facts::event::Event;
use crate::facts::show::Shown;
use crate::facts::start::{gets_message, is_request_entry};
use crate::program::FnId;
use crate::protocol::{Effect, Message};

impl Settler<'_, '_> {
    /// Evaluates the functions that get messages, those that are called before their callers, and finds those
    /// that prove everything alone.
    pub(super) fn find_clean(&mut self, starts: &[FnId]) {
        for tier in tiers(self.program, starts) {
            self.show_all(&tier, true);
            let is_clean = |id: &FnId| gets_message(self.program, *id) && self.proves_alone(*id);
            let clean: Vec<FnId> = tier.into_iter().filter(is_clean).collect();
            self.clean.extend(clean);
        }
    }

    /// Whether a function handles messages, and all that it does has its evidence.
    fn proves_alone(&self, id: FnId) -> bool {
        let shown = &self.shown[&id];
        let handles = match is_request_entry(self.program, id) {
            true => shown.events.iter().any(|e| is_of_request(e.effect)),
            false => handles_each(shown),
        };
        if !handles || shown.exhausted || shown.left_aside {
            return false;
        }
        let safe = self.demands.safe;
        let proved = |e: &Event| is_shown_elsewhere(e) || e.decided && safe(e) && !leaves_term(e);
        let open = |e: &&Event| !proved(e) && (e.hidden_in.is_empty() || leaves_term(e));
        let mut open: Vec<Event> = shown.events.iter().filter(open).cloned().collect();
        self.lend_facts(&mut open);
        open.iter().all(|e| proved(e) || self.is_shown_below(e))
    }
}

/// Whether something was seen of what is done with each message that a function takes apart: where nothing is
/// seen of one, that may need what a caller knows of it.
fn handles_each(shown: &Shown) -> bool {
    let is_done = |message| match message {
        Message::AppendEntries | Message::RequestVote => Some(is_of_request as fn(_) -> _),
        Message::AppendReply | Message::VoteReply => Some(is_of_reply as fn(_) -> _),
        Message::Heartbeat | Message::InstallSnapshot => None,
    };
    let seen = |message, is_done: fn(Effect) -> bool| {
        shown.events.iter().any(|e| e.handling == Some(message) && is_done(e.effect))
    };
    let messages = shown.handlers.iter().map(|(_, message, _)| *message);
    let mut asked = messages.filter_map(|m| Some((m, is_done(m)?))).peekable();
    asked.peek().is_some() && asked.all(|(message, is_done)| seen(message, is_done))
}

/// What a follower or voter does with a request.
fn is_of_request(effect: Effect) -> bool {
    use Effect::{LogTruncate, LogWrite, VoteRecord, VoteReply};
    matches!(effect, LogWrite | LogTruncate | VoteRecord | VoteReply)
}

/// What a leader or candidate does with a reply.
fn is_of_reply(effect: Effect) -> bool {
    use Effect::{LeaderCommit, MatchMove, NextMove, VoteCount, VoterCount};
    matches!(effect, LeaderCommit | MatchMove | NextMove | VoteCount | VoterCount)
}
