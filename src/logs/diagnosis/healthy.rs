//! `healthy`: what refusals there are belong to a leader that has just begun, and they end.

use super::seen::common;
use super::{Context, Verdict};
use crate::logs::amount::{count, counted};
use crate::logs::condition::Condition;
use crate::logs::diagnosed::{Confidence, Diagnosis};
use crate::logs::elections::Elections;
use crate::logs::names::Name;
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
        condition: Condition::Healthy,
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
