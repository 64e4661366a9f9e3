//! `snapshot-loop`: a snapshot is installed, the next probe is refused, and the next snapshot is sent.

use super::compaction::of_snapshots;
use super::seen::{common, figure};
use super::{Context, Course, Verdict};
use crate::logs::amount::counted;
use crate::logs::condition::Condition;
use crate::logs::diagnosed::Confidence;
use crate::logs::walk::Walk;

/// A second snapshot after a refusal is a loop; where only the leader's need of one is told, so many are.
const ROUNDS: u64 = 1;
const ROUNDS_OF_NEED: u64 = 2;
/// And so many near to each other without a match.
const SNAPSHOTS: u64 = 3;

pub(super) fn test(walk: &Walk, _: &Context<'_>) -> Option<Verdict> {
    let snapshots = walk.snapshots;
    let is_told = snapshots.count() >= 2;
    let again = snapshots.rounds >= if is_told { ROUNDS } else { ROUNDS_OF_NEED };
    let many = snapshots.longest_row >= SNAPSHOTS && is_told && walk.matched.is_none();
    if !again && !many {
        return None;
    }
    let between = if again {
        format!(
            "behind them the follower still refuses: {}",
            counted(snapshots.refused_after, "probe")
        )
    } else {
        "no line tells that the follower matches after one of them".to_owned()
    };
    let what = if is_told {
        format!("{} went to the follower", counted(snapshots.count(), "snapshot"))
    } else {
        format!("the leader needed a snapshot {}", counted(snapshots.needed, "time"))
    };
    let mut figures = common(walk);
    figures.extend(of_snapshots(walk));
    let rounds = snapshots.rounds;
    figures.push(figure(
        "rounds",
        "refused and sent again",
        rounds as f64,
        counted(rounds, "time"),
    ));
    let uncertain = match (again, is_told) {
        (true, true) => Vec::new(),
        (true, false) => vec!["the follower's log would tell whether it installs them".to_owned()],
        _ => vec![
            "snapshots that a busy follower really needs, one after the other, can look the same"
                .to_owned(),
        ],
    };
    Some(Verdict {
        condition: Condition::SnapshotLoop,
        course: Course::GoesOn,
        confidence: if again && is_told { Confidence::High } else { Confidence::Medium },
        uncertain,
        summary: format!("{what}, and {between}; the loop does not end by itself"),
        figures,
        ways: Vec::new(),
    })
}
