//! Answers that are awaited in line: `client.append_entries(request).await`, and then the node's
//! lock once more. There is no handler; the reply is handled from the await on, and what the node
//! was before the await may have changed behind the lock that is taken after it.

use std::rc::Rc;

use super::eval::{Engine, Outs};
use super::value::Value;
use super::world::{Locals, World};
use crate::protocol::{Fact, Message};
use crate::roles::messages;
use crate::roles::symbols::{Origin, Role, Sym, Tags};
use crate::roles::vocabulary::Words;

/// More locks than this are not told apart.
const MAX_LOCKS: usize = 8;
/// How far a value is followed to what it is a part of.
const MAX_CHAIN: usize = 12;

/// An answer that was awaited on the way.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Awaited {
    pub(super) message: Message,
    /// What the function knew when the answer came: these values are of the time of the request.
    known: Locals,
    /// What has been locked since.
    locks: Vec<Sym>,
}

impl Engine<'_> {
    /// The value of an awaited future: an answer, if it is that of a request.
    pub(super) fn arrive(&mut self, outs: Outs) -> Outs {
        let one = |(mut world, value): (World, Value)| {
            let value = self.answer(&mut world, &value).unwrap_or(value);
            (world, value)
        };
        outs.into_iter().map(one).collect()
    }

    fn answer(&mut self, world: &mut World, value: &Value) -> Option<Value> {
        let Value::Sym(sym) = value else { return None };
        let (call, message) = self.asked_for(*sym)?;
        if world.handling.is_none() {
            let frame = self.frame().locals;
            let known = world.locals.get(frame).cloned().unwrap_or_default();
            world.awaited = Some(Rc::new(Awaited { message, known, locks: Vec::new() }));
            world.term = super::order::TermOrder::default();
            world.facts.retain(|(f, _)| *f != Fact::ReplyOfThisTerm);
        }
        Some(Value::Sym(self.symbols.intern(Origin::Received(call, message))))
    }

    /// The call that sends a request, behind a time limit, and what its answer is.
    fn asked_for(&self, sym: Sym) -> Option<(Sym, Message)> {
        let program = self.symbols.program;
        let (name, args) = match &self.symbols.get(sym).origin {
            Origin::Call(name, args) if program.text(*name) == "timeout" => {
                return self.asked_for(*args.last()?);
            }
            Origin::Call(name, args) | Origin::Method(name, args) if args.len() > 1 => {
                (*name, args)
            }
            _ => return None,
        };
        let words = program.words(name);
        let message = match messages::by_words(words)? {
            Message::AppendEntries | Message::Heartbeat => Message::AppendReply,
            Message::RequestVote => Message::VoteReply,
            _ => return None,
        };
        let receiver = self.symbols.get(args[0]);
        if words.any(Words::HANDLE.with(Words::STORE)) || receiver.role == Role::Log {
            return None;
        }
        let remote = |sym: &Sym| self.words_of(*sym).any(Words::SEND) || self.names_network(*sym);
        let sends = words.any(Words::SEND) || self.chain(args[0]).iter().any(remote);
        sends.then_some((sym, message))
    }

    /// `network`, `rpc`, `peers[i]`: what stands for another server.
    fn names_network(&self, sym: Sym) -> bool {
        const REMOTE: &[&str] = &["net", "network", "rpc", "transport", "peer", "peers", "stub"];
        let Some(name) = self.symbols.name(sym) else { return false };
        let text = self.symbols.program.text(name);
        text.split('_').any(|word| REMOTE.contains(&word))
    }

    /// A lock is taken.
    pub(super) fn locked(&mut self, world: &mut World, of: Sym) {
        let Some(awaited) = &mut world.awaited else { return };
        if awaited.locks.len() < MAX_LOCKS && !awaited.locks.contains(&of) {
            Rc::make_mut(awaited).locks.push(of);
        }
    }

    /// The world as one in which this reply is handled, if it is: by a handler, or because its
    /// answer was awaited in line. With `behind`, only if that place was locked after the await.
    pub(super) fn handling_reply(
        &self,
        world: &World,
        message: Message,
        behind: Option<Sym>,
    ) -> Option<World> {
        if world.handling == Some(message) {
            return Some(world.clone());
        }
        let awaited = world.awaited.as_ref()?;
        if world.handling.is_some() || awaited.message != message {
            return None;
        }
        if let Some(place) = behind
            && !self.chain(place).iter().any(|part| awaited.locks.contains(part))
        {
            return None;
        }
        let handler = self.frames.iter().rev().find(|f| !f.is_closure).map(|f| f.function);
        Some(World { handling: Some(message), handler, ..world.clone() })
    }

    /// Whether the answer that is handled was awaited in line and a value was known before.
    pub(super) fn known_before(&self, world: &World, sym: Sym) -> bool {
        let plain = self.plain(sym);
        world.awaited.as_ref().is_some_and(|awaited| {
            let same = |v: &Value| matches!(v, Value::Sym(s) if self.plain(*s) == plain);
            awaited.known.values().any(same)
        })
    }

    /// A value, what it is a part of, and so on.
    pub(super) fn chain(&self, sym: Sym) -> Vec<Sym> {
        let mut chain = vec![sym];
        let mut at = sym;
        while chain.len() < MAX_CHAIN {
            at = match &self.symbols.get(at).origin {
                Origin::Field(base, _)
                | Origin::Payload(base, ..)
                | Origin::Index(base, _)
                | Origin::Inner(base)
                | Origin::Named(base, _)
                | Origin::Elem(base)
                | Origin::Received(base, _)
                | Origin::Stored(base, _) => *base,
                Origin::Method(_, args) if !args.is_empty() => args[0],
                _ => break,
            };
            chain.push(at);
        }
        chain
    }

    /// The words of the name that a value has by itself.
    pub(super) fn words_of(&self, sym: Sym) -> Words {
        let name = self.symbols.name(sym);
        name.map(|n| self.symbols.program.words(n)).unwrap_or_default()
    }

    /// Whether a value came through a channel that was made on this very way, after the term was
    /// raised: then it answers a request of this term.
    pub(super) fn came_by_channel_of_term(&self, world: &World, value: &Value) -> bool {
        let Value::Sym(sym) = value else { return false };
        let program = self.symbols.program;
        let chain = self.chain(*sym);
        let received = |s: &Sym| match &self.symbols.get(*s).origin {
            Origin::Method(name, _) => {
                matches!(program.text(*name), "recv" | "next" | "try_recv" | "join_next")
            }
            _ => false,
        };
        let made = |s: &Sym| match &self.symbols.get(*s).origin {
            Origin::Call(name, _) => program.text(*name).contains("channel"),
            _ => false,
        };
        let raised = |(place, value): (&Sym, &Value)| {
            let Value::Sym(value) = value else { return false };
            self.symbols.role(*place) == Role::CurrentTerm
                && matches!(self.symbols.get(self.plain(*value)).origin, Origin::Binary(..))
        };
        chain.iter().any(received) && chain.iter().any(made) && world.heap.iter().any(raised)
    }

    /// Whether a value is (a part of) the request that a reply answers, handed over with it.
    pub(super) fn is_of_sent_request(&self, world: &World, sym: Sym) -> bool {
        let replying = matches!(world.handling, Some(Message::AppendReply | Message::VoteReply));
        replying
            && self.chain(sym).iter().any(|part| {
                let data = self.symbols.get(*part);
                let ty = data.ty.as_deref().filter(|_| data.tags.any(Tags::REQUEST));
                let message = ty.and_then(|ty| {
                    messages::by_type(self.symbols.program, ty, self.symbols.package)
                });
                matches!(message, Some(Message::AppendEntries | Message::RequestVote))
            })
    }
}
