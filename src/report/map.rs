//! The protocol map: what was recognised, what was proved and where, and what is missing.
//!
//! [`graph`] is the map as data; the others show it. `text` is for a terminal and follows the outcome's
//! own order.

pub mod dot;
pub mod graph;
pub(super) mod label;
pub mod mermaid;
pub mod text;
