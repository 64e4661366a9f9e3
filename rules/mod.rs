//! The rules. Each is data: `<rule_id>.rs` beside its documentation page `<rule_id>.md`.
//!
//! To add one, see `README.md` in this folder. The engine that proves them is in `src/facts`.

mod append_conflict_only_truncate;
mod append_prev_check;
mod commit_current_term;
mod truncate_committed;
mod vote_log_freshness;

use crate::rule::Rule;

/// Every rule, by id.
pub static ALL: &[&Rule] = &[
    &append_conflict_only_truncate::RULE,
    &append_prev_check::RULE,
    &commit_current_term::RULE,
    &truncate_committed::RULE,
    &vote_log_freshness::RULE,
];

/// The rule of this id.
pub fn find(id: &str) -> Option<&'static Rule> {
    ALL.iter().copied().find(|rule| rule.id == id)
}
