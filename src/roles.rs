//! Roles: what each expression means to the protocol.
//!
//! Seeds come from the vocabulary (names with their owners and types), and flow with the values:
//! the engine evaluates code to [`symbols::Symbols`], and a symbol's role is decided once, from
//! where it came from. Evidence beats names: what came out of a request's field is that field,
//! whatever the local is called.

pub mod classify;
pub mod machine;
mod members;
pub mod messages;
pub mod office;
mod said;
pub mod saving;
pub mod state;
pub mod storage;
pub mod symbols;
pub mod verbs;
pub mod vocabulary;

pub use members::is_observed;
