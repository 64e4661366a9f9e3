//! Replies that leave: what was changed has to be in storage by then.

use std::rc::Rc;
use std::sync::Arc;

use super::eval::Engine;
use super::event::Event;
use super::freshness::LogOrder;
use super::value::Value;
use super::world::World;
use crate::ir::{ExprId, Name};
use crate::protocol::{Effect, Fact};
use crate::roles::storage;
use crate::roles::vocabulary::Words;
use crate::source::Place;

impl Engine<'_> {
    /// A reply goes to a channel or a connection.
    pub(super) fn sends(&mut self, world: &World, receiver: ExprId, text: &str, args: &[Value]) {
        let verb = text.contains("send") || text == "reply" || text == "respond";
        if !verb || !world.saved.is_open() || !args.iter().any(|a| self.is_reply(a)) {
            return;
        }
        let program = self.symbols.program;
        let queued = storage::last_name(self.body(), receiver).is_some_and(|name| {
            let text = program.text(name);
            program.words(name).any(Words::CACHE)
                || ["outbox", "mailbox", "out", "actions", "effects", "ready"].contains(&text)
        });
        if !queued {
            self.reply_leaves(world, Some(self.place_of(receiver)));
        }
    }

    fn is_reply(&self, value: &Value) -> bool {
        let program = self.symbols.program;
        let named = |name: &Name| {
            let words = program.words(*name);
            words.any(Words::REPLY) && !words.any(Words::REQUEST)
        };
        match value {
            Value::Struct(name, fields, _) => {
                name.as_ref().is_some_and(named) || fields.iter().any(|(_, v)| self.is_reply(v))
            }
            Value::Variant(name, parts) => {
                named(name) || parts.iter().any(|part| self.is_reply(part))
            }
            Value::Tuple(parts) | Value::Choice(parts) => {
                parts.iter().any(|part| self.is_reply(part))
            }
            _ => false,
        }
    }

    /// Whatever was changed on this way has to be in storage by now; of a reply that is sent before
    /// the handler ends it is said where.
    pub(super) fn reply_leaves(&mut self, world: &World, sent: Option<Place>) {
        for change in world.saved.changes.iter().flatten() {
            if sent.is_some() && change.saved.is_some() {
                continue;
            }
            let site = Rc::clone(&change.site);
            if !(self.demands.asked)(Effect::Reply, site.handling) {
                continue;
            }
            let saved = change.saved.map(|at| (Fact::StateSaved, at));
            let facts = saved.into_iter().chain(sent.map(|at| (Fact::ReplySent, at))).collect();
            let mut event = Event {
                effect: Effect::Reply,
                place: site.place,
                innermost: site.innermost,
                function: site.function,
                package: Some(self.symbols.package),
                facts,
                parts: Vec::new(),
                handling: site.handling,
                handler: site.handler,
                decided: true,
                bound: None,
                stack: site.stack.clone(),
                logs: LogOrder::default(),
                hidden_in: Vec::new(),
                naming: Arc::default(),
                steps: Vec::new(),
            };
            if (self.demands.lacks_evidence)(&event) {
                event.steps = site.calls.clone();
                event.steps.extend(self.decisions(world));
            }
            self.push_event(event);
        }
    }
}
