//! Facts: what holds where.
//!
//! Takes the program; gives every protected effect that the protocol's entries reach, each with
//! the facts that hold there on each way. An abstract evaluation walks the control flow from an
//! entry, enters known callees with the caller's values, and keeps apart the ways that differ in
//! what the protocol was asked ([`world`]). It knows no rule: [`analyse`] is told which facts a
//! caller may ask for to decide when a function's own callers have to be looked at.

mod acknowledged;
mod applied;
mod apply;
mod aside;
mod assume;
mod awaited;
mod backoff;
mod ballot;
mod ballot_place;
mod borrow;
mod bound;
mod budget;
mod call;
mod callees;
mod choose;
mod combinator;
mod commit;
mod commit_move;
mod commit_value;
mod compare;
mod control;
mod cursor;
mod derive;
mod echo;
mod effect;
mod enter;
mod entry;
mod eval;
mod event;
mod events;
mod flags;
mod floor;
mod former;
mod freshness;
mod getter;
mod grants;
mod growth;
mod handling;
mod iterator;
mod join;
mod leaves;
mod log;
mod loops;
mod memory;
mod naming;
mod office;
mod old_vote;
mod operators;
mod order;
mod ordering;
mod outcome;
mod overlap;
mod part;
mod pattern;
mod place;
mod progress;
mod quorum;
mod read;
mod reads;
mod receiver;
mod relation;
mod replies;
mod reply_term;
mod report_of;
mod saved;
mod scope;
mod settle;
mod shared;
mod show;
mod snapshot;
mod stack;
mod start;
mod stepping_down;
mod summary;
mod tally;
mod term;
mod term_side;
mod trail;
mod unstable;
mod value;
mod vote;
mod world;
mod writes;

pub use bound::{Bound, Met};
pub use event::{Event, StepKind};
pub use memory::{Extent, Memory};
pub use naming::Naming;
pub use settle::{Analysis, Demands, Evaluations, analyse};
pub use trail::Question;
