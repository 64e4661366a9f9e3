//! `raft-lint logs`: what the log lines of a cluster say about replication, and what to do about it.
//!
//! The fourth place to read Raft. Nothing here sees code, and nothing of the analysis sees log lines; they meet only where
//! a diagnosis points to a rule. The way of the data:
//!
//! | stage | module | from → to |
//! |---|---|---|
//! | input | `input` | arguments → files → blocks of whole lines, unpacked |
//! | envelope | `envelope` | a line → its text, time and writer, without what a log shipper put around it |
//! | format | `format` | a text → an [`event::Event`], by the patterns of each system |
//! | merge | `merge` | the events of several files → one row by time |
//! | episode | `episode` | events → walks, one for each leader, follower and term |
//! | diagnosis | `diagnosis` | walks → conditions, with arithmetic, evidence and response |
//! | session | `session` | the stages behind the merge in a row, as events come; `following` for files that grow |
//! | report | `report` | diagnoses → text, JSON, HTML |
//!
//! What never happens: memory that grows with the input (each stage has a bound, and says where it was reached); a panic
//! or an endless loop on any bytes; and a judgement about what was not seen: silence is not health.

pub mod advice;
pub mod amount;
pub mod collected;
pub mod condition;
pub mod diagnosed;
pub mod diagnosis;
pub mod elections;
pub mod envelope;
pub mod episode;
pub mod event;
pub mod following;
pub mod format;
pub mod input;
pub mod labels;
pub mod merge;
pub mod names;
pub mod nodes;
pub mod probe;
pub mod reading;
pub mod report;
pub mod session;
pub mod terms;
pub mod thinned;
pub mod time;
pub mod walk;
