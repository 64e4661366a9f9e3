//! Reports: pure functions from an outcome to text.
//!
//! Takes what a run found out and the sources; gives what is printed. No report decides anything,
//! and whatever comes from the checked code goes through [`escape`].

pub mod catalogue;
pub mod escape;
pub mod json;
pub mod map;
pub mod text;

/// `1 file`, `2 files`.
fn counted(count: usize, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{plural}")
}
