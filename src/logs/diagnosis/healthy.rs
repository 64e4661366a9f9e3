//! `healthy`: what refusals there are belong to a leader that has just begun, and they end.

use super::Verdict;
use super::seen::common;
use crate::logs::amount::{count, counted};
use crate::logs::condition::Condition;
use crate::logs::diagnosed::Confidence;
use crate::logs::walk::Walk;

pub(super) fn verdict(walk: &Walk) -> Verdict {
    let mut uncertain = Vec::new();
    let mut confidence = Confidence::High;
    let summary = if walk.probes > 0 && !walk.is_resolved() && walk.truncations == 0 {
        confidence = Confidence::Low;
        uncertain.push("too few refusals to tell, and no line tells that they ended".to_owned());
        format!("{}, as a new leader's first questions may have", counted(walk.probes, "refusal"))
    } else if walk.probes > 0 {
        format!(
            "{}, and then the logs match: normal after an election",
            counted(walk.probes, "refusal")
        )
    } else if walk.truncations > 0 {
        confidence = Confidence::Medium;
        uncertain.push(
            "rejections are written at a more verbose level: how many there were is not seen"
                .to_owned(),
        );
        format!(
            "the follower replaced a conflicting end of its log, from {} on: normal after a change of leader",
            walk.truncated_from.map_or_else(|| "an index that is not told".to_owned(), count)
        )
    } else if walk.send_failures > 0 {
        format!(
            "{} did not arrive; that says nothing about logs",
            counted(walk.send_failures, "request")
        )
    } else {
        "the logs match, and no request was refused".to_owned()
    };
    let figures = if walk.probes > 0 { common(walk) } else { Vec::new() };
    Verdict {
        condition: Condition::Healthy,
        confidence,
        uncertain,
        summary,
        figures,
        ways: Vec::new(),
    }
}
