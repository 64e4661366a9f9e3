//! The form of home-made implementations: `raft: AppendEntries -> D failure (…)`.
//!
//! The richest of all, since a rejection has the follower, both indexes and both terms. What is retried is named by its
//! prevLogIndex, so nextIndex is one more.

use super::{BackOff, Format, Pattern};
use crate::logs::event::EventKind;

pub(super) static FORMAT: Format = Format {
    id: "generic",
    system: "any implementation",
    title: "implementations that log each AppendEntries with both sides' index and term",
    visible: "which level shows rejections is not known for this format: silence is not health",
    back_off: BackOff::Unknown,
    harmless: &[],
    source: "a form to write, not one of a known system: copy it where an implementation of your own logs rejections",
    patterns: &[
        Pattern {
            id: "rejected",
            literal: "AppendEntries -",
            text: "AppendEntries -> {follower} failure (mismatch at idx={index} term={prev_log_term} \
                   vs follower idx={follower_index} term={follower_entry_term})",
            example: "10:11:12 raft: AppendEntries -> D failure \
                      (mismatch at idx=400100 term=12 vs follower idx=400100 term=11)",
            ..Pattern::PLAIN
        },
        Pattern {
            id: "next-moved",
            kind: EventKind::NextIndexMoved,
            literal: "AppendEntries -",
            text: "AppendEntries -> {follower} retry prevIdx={retry_index}",
            example: "10:11:12 raft: AppendEntries -> D retry prevIdx=400050 (decremented)",
            ..Pattern::PLAIN
        },
        Pattern {
            id: "divergence-advised",
            kind: EventKind::DivergenceAdvised,
            literal: "has diverged extensively",
            text: "raft: {follower} has diverged extensively",
            example: "10:11:15 raft: D has diverged extensively; consider InstallSnapshot",
            ..Pattern::PLAIN
        },
    ],
};
