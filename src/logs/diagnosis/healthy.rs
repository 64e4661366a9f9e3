//! `healthy`: what refusals there are belong to a leader that has just begun, and they end.

use super::seen::common;
use super::{Context, Course, Verdict};
use crate::logs::amount::{count, counted};
use crate::logs::condition::{Condition, Severity};
use crate::logs::diagnosed::{Confidence, Diagnosis};
use crate::logs::elections::Elections;
use crate::logs::names::Name;
use crate::logs::walk::Walk;

pub(super) fn verdict(walk: &Walk) -> Verdict {
    let (confidence, summary, doubt) = judged(walk);
    Verdict {
        condition: Condition::Healthy,
        course: Course::GoesOn,
        confidence,
        uncertain: doubt.map(str::to_owned).into_iter().collect(),
        summary,
        figures: if walk.probes > 0 { common(walk) } else { Vec::new() },
        ways: Vec::new(),
    }
}

/// What is known: it is sure only where a line tells that the logs match.
fn judged(walk: &Walk) -> (Confidence, String, Option<&'static str>) {
    let refusals = counted(walk.probes, "refusal");
    if walk.probes > 0 && walk.is_resolved() {
        return (
            Confidence::High,
            format!("{refusals}, and then the logs match: normal after an election"),
            None,
        );
    }
    if walk.probes > 0 {
        let summary = format!("{refusals}, as a new leader's first questions may have");
        return (
            Confidence::Low,
            summary,
            Some("too few refusals to tell, and no line tells that they ended"),
        );
    }
    if walk.truncations > 0 {
        let from =
            walk.truncated_from.map_or_else(|| "an index that is not told".to_owned(), count);
        return (
            Confidence::Medium,
            format!(
                "the follower replaced a conflicting end of its log, from {from} on, as after a change of leader"
            ),
            Some(
                "rejections are written at a more verbose level: how many there were, and over how many terms, is not seen",
            ),
        );
    }
    if walk.matched.is_some() {
        return (Confidence::High, "the logs match, and no request was refused".to_owned(), None);
    }
    if walk.send_failures > 0 {
        return (
            Confidence::Low,
            format!("{} did not arrive", counted(walk.send_failures, "request")),
            Some(
                "that is a matter of the network or of a stopped node, and says nothing about logs",
            ),
        );
    }
    (
        Confidence::Low,
        "no line tells of a request that was refused".to_owned(),
        Some("no line tells that the logs match either"),
    )
}

/// A group of which lines tell only who leads.
pub fn of_quiet_group(
    group: Option<Name>,
    elections: &Elections,
    context: &Context<'_>,
) -> Diagnosis {
    let name = |name: Option<Name>| name.map(|name| context.names.text(name).to_owned());
    let format = context.formats.get(usize::from(elections.format)).cloned().unwrap_or_default();
    Diagnosis {
        group: name(group),
        leader: name(elections.leader),
        leader_term: elections.term,
        time: elections.time,
        ..of_nothing(format)
    }
}

/// Lines of a format were read, and none is about a follower.
pub fn of_nothing(format: String) -> Diagnosis {
    Diagnosis {
        serial: 0,
        condition: Condition::Healthy,
        severity: Severity::Ok,
        confidence: Confidence::Low,
        uncertain: vec!["these lines may be written at a level that shows no rejection".to_owned()],
        group: None,
        leader: None,
        leader_term: None,
        follower: None,
        format,
        time: None,
        summary: "no line tells of a request that was refused".to_owned(),
        figures: Vec::new(),
        ways: Vec::new(),
        points: Vec::new(),
        evidence: Vec::new(),
        first: Vec::new(),
        never: Vec::new(),
        caveats: Vec::new(),
        rule: None,
    }
}
