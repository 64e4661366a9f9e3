//! `snapshot-loop`: a snapshot is installed, the next probe is refused, and the next snapshot is sent.

use super::compaction::of_snapshots;
use super::seen::{common, figure};
use super::{Context, Verdict};
use crate::logs::amount::{count, counted};
use crate::logs::condition::Condition;
use crate::logs::diagnosed::Confidence;
use crate::logs::walk::Walk;

/// A second snapshot after a refusal is a loop,
const ROUNDS: u64 = 1;
/// and so are so many without any progress told.
const SNAPSHOTS: u64 = 3;

pub(super) fn test(walk: &Walk, _: &Context<'_>) -> Option<Verdict> {
    let snapshots = walk.snapshots;
    let again = snapshots.rounds >= ROUNDS && snapshots.count() >= 2;
    let many = snapshots.count().max(snapshots.failed) >= SNAPSHOTS && walk.matched.is_none();
    if !again && !many {
        return None;
    }
    let between = if again {
        format!(
            "after each the follower still refuses: {} behind a snapshot",
            counted(snapshots.refused_after, "probe")
        )
    } else {
        "no line tells that the follower matches after one of them".to_owned()
    };
    let mut figures = common(walk);
    figures.extend(of_snapshots(walk));
    figures.push(figure("rounds", "rounds", snapshots.rounds as f64, count(snapshots.rounds)));
    Some(Verdict {
        condition: Condition::SnapshotLoop,
        confidence: if again { Confidence::High } else { Confidence::Medium },
        uncertain: if again {
            Vec::new()
        } else {
            vec!["snapshots that a busy follower really needs, one after the other, can look the same".to_owned()]
        },
        summary: format!(
            "{} went to the follower, and {between}; the loop does not end by itself",
            counted(snapshots.count().max(snapshots.failed), "snapshot")
        ),
        figures,
        ways: Vec::new(),
    })
}
