//! Facts: what holds where.
//!
//! Takes the program; gives every protected effect that the protocol's entries reach, each with
//! the facts that hold there on each way. An abstract evaluation walks the control flow from an
//! entry, enters known callees with the caller's values, and keeps apart the ways that differ in
//! what the protocol was asked ([`world`]). It knows no rule: [`analyse`] is told which facts a
//! caller may ask for to decide when a function's own callers have to be looked at.

mod assume;
mod ballot;
mod budget;
mod call;
mod combinator;
mod commit;
mod compare;
mod control;
mod derive;
mod effect;
mod enter;
mod eval;
mod event;
mod handling;
mod iterator;
mod log;
mod loops;
mod naming;
mod old_vote;
mod operators;
mod order;
mod pattern;
mod read;
mod relation;
mod replies;
mod scope;
mod settle;
mod show;
mod start;
mod term;
mod trail;
mod value;
mod vote;
mod world;

pub use event::{Event, StepKind};
pub use naming::Naming;
pub use settle::{Analysis, Demands, analyse};
pub use trail::Question;
