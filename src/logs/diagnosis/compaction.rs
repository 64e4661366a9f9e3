//! `compaction`: the leader has thrown away what the follower needs, so a snapshot has to come first.

use super::seen::{common, figure};
use super::{Context, Course, Verdict};
use crate::logs::amount::{bytes, count, counted};
use crate::logs::condition::Condition;
use crate::logs::diagnosed::{Confidence, Figure};
use crate::logs::walk::Walk;

pub(super) fn test(walk: &Walk, _: &Context<'_>) -> Option<Verdict> {
    let snapshots = walk.snapshots;
    let told = snapshots.count() + snapshots.needed + snapshots.failed;
    if told == 0 {
        return None;
    }
    let mut figures = if walk.probes > 0 { common(walk) } else { Vec::new() };
    figures.extend(of_snapshots(walk));
    let why = match walk.first_index {
        Some(first) => format!("the leader's log begins at {}", count(first)),
        None => "the leader does not have the entries any more".to_owned(),
    };
    let end = if snapshots.restored > 0 {
        "the follower has installed a snapshot"
    } else if walk.is_resolved() {
        "the follower has caught up"
    } else if snapshots.failed > 0 {
        "the snapshot has failed"
    } else if snapshots.sent > 0 {
        "a snapshot is on its way"
    } else {
        "a snapshot is needed"
    };
    let mut uncertain = Vec::new();
    let mut confidence = Confidence::High;
    if walk.first_index.is_none() && snapshots.needed == 0 {
        confidence = Confidence::Medium;
        uncertain.push(
            "no line tells where the leader's log begins; somebody may have asked for the snapshot"
                .to_owned(),
        );
    }
    Some(Verdict {
        condition: Condition::Compaction,
        course: Course::of(walk),
        confidence,
        uncertain,
        summary: format!("the follower is behind what the leader has kept: {why}; {end}"),
        figures,
        ways: Vec::new(),
    })
}

/// What is known of the snapshots.
pub(super) fn of_snapshots(walk: &Walk) -> Vec<Figure> {
    let snapshots = walk.snapshots;
    let mut figures = vec![figure(
        "snapshots",
        "snapshots",
        snapshots.count() as f64,
        format!("{} sent, {} installed", count(snapshots.sent), count(snapshots.restored)),
    )];
    if snapshots.failed > 0 {
        let text = counted(snapshots.failed, "time");
        figures.push(figure("snapshots_failed", "failed", snapshots.failed as f64, text));
    }
    if let Some(index) = snapshots.index {
        figures.push(figure(
            "snapshot_index",
            "last snapshot",
            index as f64,
            format!("up to {}", count(index)),
        ));
    }
    if let Some(size) = snapshots.bytes {
        figures.push(figure("snapshot_bytes", "its size", size as f64, bytes(size)));
    }
    if let Some(first) = walk.first_index {
        figures.push(figure("first_index", "leader's first index", first as f64, count(first)));
    }
    figures
}
