//! Answers that are awaited in line: `client.append_entries(request).await`, and then the node's
//! lock once more. There is no handler; the reply is handled from the await on, and what the node
//! was before the await may have changed behind the lock that is taken after it.

use std::rc::Rc;

use super::eval::{Engine, Outs};
use super::order::{Order, TermOrder};
use super::value::Value;
use super::world::World;
use crate::ir::{Body, ExprId, ExprKind, Name};
use crate::program::FnId;
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
    /// The function that awaited it.
    function: FnId,
    /// What the function knew when the answer came: these values are of the time of the request.
    known: Rc<Vec<Sym>>,
    /// Whether the answer was looked at on this way.
    asked: bool,
    /// What has been locked since.
    locks: Vec<Sym>,
}

impl Awaited {
    /// Looks at each symbol in it.
    pub(super) fn each_symbol(&self, look: &mut dyn FnMut(Sym)) {
        self.known.iter().chain(&self.locks).for_each(|sym| look(*sym));
    }

    /// Both ways as one: what has been locked on both.
    pub(super) fn join(mine: &mut Option<Rc<Awaited>>, theirs: Option<&Awaited>) {
        let same = |own: &Rc<Awaited>| theirs.is_some_and(|t| t.message == own.message);
        if !mine.as_ref().is_some_and(same) {
            *mine = None;
        } else if let (Some(own), Some(other)) = (mine, theirs)
            && (own.locks != other.locks || own.asked != other.asked)
        {
            let own = Rc::make_mut(own);
            own.asked &= other.asked;
            own.locks.retain(|lock| other.locks.contains(lock));
        }
    }
}

impl World {
    /// Another turn of a loop: what was asked in this one says nothing about the next.
    pub(super) fn turns(&mut self) {
        if let Some(awaited) = self.awaited.as_mut().filter(|a| a.asked) {
            Rc::make_mut(awaited).asked = false;
        }
    }
}

impl Engine<'_> {
    /// `future.await`
    pub(super) fn awaits(&mut self, world: World, future: ExprId) -> Outs {
        let outs = self.eval(world, future);
        self.arrive(outs, future)
    }

    /// What is awaited inside of an async block is not awaited where the block is made.
    pub(super) fn async_block(&mut self, world: World, body: ExprId) -> Outs {
        let before = world.awaited.clone();
        let mut outs = self.eval(world, body);
        outs.iter_mut().for_each(|(w, _)| w.awaited.clone_from(&before));
        outs
    }

    /// The value of an awaited future: an answer, if it is that of a request.
    pub(super) fn arrive(&mut self, outs: Outs, future: ExprId) -> Outs {
        let asked = self.asked_for(future, MAX_CHAIN);
        let one = |(mut world, value): (World, Value)| {
            let value = self.answer(&mut world, &value, asked).unwrap_or(value);
            (world, value)
        };
        outs.into_iter().map(one).collect()
    }

    fn answer(
        &mut self,
        world: &mut World,
        value: &Value,
        asked: Option<Message>,
    ) -> Option<Value> {
        let message = asked?;
        if matches!(value, Value::Unit | Value::Cond(_) | Value::Closure(_)) {
            return None;
        }
        if world.handling.is_none() {
            let known = Rc::new(self.known_locals(world));
            let frame = self.frames.all().iter().rev().find(|f| !f.is_closure);
            let function = frame.map_or(self.frame().function, |f| f.function);
            let awaited = Awaited { message, function, known, asked: false, locks: Vec::new() };
            *world.awaited = Some(Rc::new(awaited));
            **world.term = TermOrder::default();
            world.unlearn(Fact::ReplyOfThisTerm);
        }
        // A helper's answer has been made one where it was awaited.
        if let Value::Sym(sym) = value
            && self.symbols.tags(*sym).only_request()
        {
            return None;
        }
        let call = match value {
            Value::Sym(sym) => *sym,
            _ => self.symbols.fresh(),
        };
        Some(Value::Sym(self.symbols.intern(Origin::Received(call, message))))
    }

    /// What the answer to a request is, if this expression sends one: `client.vote(request)`, with
    /// a time limit or without.
    fn asked_for(&self, future: ExprId, fuel: usize) -> Option<Message> {
        let less = fuel.checked_sub(1)?;
        let program = self.symbols.program;
        let body = self.body();
        match &body.expr(future).kind {
            ExprKind::Call { callee, args } => {
                let ExprKind::Path(path) = &body.expr(*callee).kind else { return None };
                let (&name, of) = path.split_last()?;
                if program.text(name).starts_with("timeout") {
                    return self.asked_for(*args.last()?, less);
                }
                let remote = of.iter().any(|n| self.is_remote(*n));
                if remote || program.words(name).any(Words::SEND) {
                    self.answer_to(name)
                } else {
                    None
                }
            }
            ExprKind::MethodCall { receiver, method, args } => {
                if args.is_empty() || matches!(program.text(*method), "instrument" | "map_err") {
                    return self.asked_for(*receiver, less);
                }
                let sends = program.words(*method).any(Words::SEND) || self.names_remote(*receiver);
                if sends { self.answer_to(*method) } else { None }
            }
            _ => None,
        }
    }

    fn answer_to(&self, name: Name) -> Option<Message> {
        let words = self.symbols.program.words(name);
        if words.any(Words::HANDLE.with(Words::STORE).with(Words::REPLY)) {
            return None;
        }
        match messages::by_words(words)? {
            Message::AppendEntries | Message::Heartbeat => Some(Message::AppendReply),
            Message::RequestVote => Some(Message::VoteReply),
            _ => None,
        }
    }

    /// Whether an expression names another server, or the way to it.
    fn names_remote(&self, expr: ExprId) -> bool {
        self.names_remote_in(self.body(), expr)
    }

    /// The same in any body.
    pub(super) fn names_remote_in(&self, body: &Body, mut expr: ExprId) -> bool {
        for _ in 0..MAX_CHAIN {
            expr = match &body.expr(expr).kind {
                ExprKind::Path(path) => return path.iter().any(|n| self.is_remote(*n)),
                ExprKind::Field(_, name) if self.is_remote(*name) => return true,
                ExprKind::MethodCall { method, .. } if self.is_remote(*method) => return true,
                ExprKind::Field(base, _) | ExprKind::Index(base, _) => *base,
                ExprKind::MethodCall { receiver, .. } => *receiver,
                ExprKind::Ref(inner, _)
                | ExprKind::Unary(_, inner)
                | ExprKind::Try(inner)
                | ExprKind::Await(inner) => *inner,
                _ => return false,
            };
        }
        false
    }

    /// `client`, `network`, `rpc`, `peers[i]`: what stands for another server.
    fn is_remote(&self, name: Name) -> bool {
        const REMOTE: &[&str] = &["net", "network", "rpc", "transport", "peer", "peers", "stub"];
        let program = self.symbols.program;
        let text = program.text(name);
        program.words(name).any(Words::SEND) || text.split('_').any(|w| REMOTE.contains(&w))
    }

    /// A lock is taken.
    pub(super) fn locked(&mut self, world: &mut World, of: Sym) {
        let Some(awaited) = world.awaited.as_mut() else { return };
        if awaited.locks.len() < MAX_LOCKS && !awaited.locks.contains(&of) {
            Rc::make_mut(awaited).locks.push(of);
        }
    }

    /// The world as one in which this reply is handled, if it is: by a handler, or because its
    /// answer was awaited in line. With `behind`, only if that place was locked after the await: else
    /// nothing else may have changed it, unless it was asked all the same.
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
        if let Some(place) = behind {
            let locked = self.chain(place).iter().any(|part| awaited.locks.contains(part));
            let asked =
                world.has(Fact::ReplyOfThisTerm) || world.term.order.within(Order::AT_LEAST);
            if !locked && !asked {
                return None;
            }
        }
        let mut handling = world.clone();
        handling.handling = Some(message);
        *handling.handler = Some(awaited.function);
        Some(handling)
    }

    /// A question about a value: it may be one about the awaited answer.
    pub(super) fn answer_asked(&self, world: &mut World, sym: Sym) {
        let Some(awaited) = world.awaited.as_mut().filter(|a| !a.asked) else { return };
        let received = |s: &Sym| matches!(self.symbols.get(*s).origin, Origin::Received(..));
        let of_request = self.symbols.tags(sym).any(Tags::REQUEST);
        if of_request && self.chain(sym).iter().any(received) {
            Rc::make_mut(awaited).asked = true;
        }
    }

    /// Whether anything was asked of the answer that is handled.
    pub(super) fn answer_was_asked(&self, world: &World) -> bool {
        world.handling.is_some() || world.awaited.as_ref().is_some_and(|a| a.asked)
    }

    /// Whether the answer that is handled was awaited in line and a value was known before.
    pub(super) fn known_before(&self, world: &World, sym: Sym) -> bool {
        let plain = self.plain(sym);
        world.awaited.as_ref().is_some_and(|awaited| awaited.known.contains(&plain))
    }

    /// The values of the function's own locals, parameters apart.
    fn known_locals(&self, world: &World) -> Vec<Sym> {
        let function = self.function();
        let parameters = function.body.bindings(function.params.iter().map(|p| p.pat));
        let Some(locals) = world.locals.get(self.frame().locals) else { return Vec::new() };
        let own = locals.iter().filter(|(name, _)| !parameters.contains(name));
        let plain = |(_, value): (&Name, &Value)| match value {
            Value::Sym(sym) => Some(self.plain(*sym)),
            _ => None,
        };
        own.filter_map(plain).collect()
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
    /// raised or by a candidate: then it answers a request of this term.
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
        // What a candidate's own code makes a channel for is its election.
        chain.iter().any(received)
            && chain.iter().any(made)
            && (world.heap.iter().any(raised) || self.is_candidate(world))
    }

    /// Whether a message that is taken apart is the request that a reply answers: kept by the node, and
    /// looked at by the function that handles the reply.
    pub(super) fn is_kept_request(&self, world: &World, message: Message) -> bool {
        let replying = matches!(world.handling, Some(Message::AppendReply | Message::VoteReply));
        let request = matches!(message, Message::AppendEntries | Message::RequestVote);
        replying && request && *world.handler == Some(self.frame().function)
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
