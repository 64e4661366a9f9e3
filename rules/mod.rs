//! The rules. Each is data: `<rule_id>.rs` beside its documentation page `<rule_id>.md`.
//!
//! To add one, see `README.md` in this folder. The engine that proves them is in `src/facts`.

mod append_conflict_only_truncate;
mod append_prev_check;
mod apply_committed;
mod apply_deterministic;
mod commit_clamp;
mod commit_current_term;
mod commit_monotonic;
mod match_monotonic;
mod next_index_backoff;
mod persist_before_reply;
mod persist_error_ignored;
mod quorum_majority;
mod snapshot_not_backwards;
mod stale_reply;
mod stale_term;
mod step_down;
mod term_monotonic;
mod truncate_committed;
mod vote_freshness_order;
mod vote_log_freshness;
mod vote_once;
mod votes_distinct;

use crate::rule::Rule;

/// Every rule, by id.
pub static ALL: &[&Rule] = &[
    &append_conflict_only_truncate::RULE,
    &append_prev_check::RULE,
    &apply_committed::RULE,
    &apply_deterministic::RULE,
    &commit_clamp::RULE,
    &commit_current_term::RULE,
    &commit_monotonic::RULE,
    &match_monotonic::RULE,
    &next_index_backoff::RULE,
    &persist_before_reply::RULE,
    &persist_error_ignored::RULE,
    &quorum_majority::RULE,
    &snapshot_not_backwards::RULE,
    &stale_reply::RULE,
    &stale_term::RULE,
    &step_down::RULE,
    &term_monotonic::RULE,
    &truncate_committed::RULE,
    &vote_freshness_order::RULE,
    &vote_log_freshness::RULE,
    &vote_once::RULE,
    &votes_distinct::RULE,
];

/// The rule of this id.
pub fn find(id: &str) -> Option<&'static Rule> {
    ALL.iter().copied().find(|rule| rule.id == id)
}
