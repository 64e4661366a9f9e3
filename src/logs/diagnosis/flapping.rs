//! `flapping`: leaders follow each other so fast that nobody leads long enough to end a walk.

use std::time::Duration;

use super::seen::figure;
use super::{Context, Course, Response, evidence, response};
use crate::logs::advice;
use crate::logs::amount::{count, counted, duration};
use crate::logs::condition::Condition;
use crate::logs::diagnosed::{Confidence, Diagnosis};
use crate::logs::elections::Elections;
use crate::logs::names::Name;

/// So many changes near to each other, with leaders that come back,
const CHANGES: u64 = 3;
/// or that lead for less than this: a rolling restart has as many changes, but each leader stays.
const SHORT_TENURE: Duration = Duration::from_secs(60);
/// Or so many elections that nobody won.
const FAILED: u64 = 5;

/// What a group's elections are a case of, if of anything.
pub fn of_elections(
    group: Option<Name>,
    elections: &Elections,
    context: &Context<'_>,
) -> Option<Diagnosis> {
    let unrest = &elections.unrest;
    let is_short = unrest.tenure().is_none_or(|tenure| tenure < SHORT_TENURE);
    let changes = unrest.changes >= CHANGES && (unrest.returns > 0 || is_short);
    if !changes && unrest.failed < FAILED {
        return None;
    }
    let name = |name: Name| context.names.text(name).to_owned();
    let leaders: Vec<String> = unrest.leaders.iter().copied().map(name).collect();
    let span = unrest.span();
    let within = span.map(|span| format!(" within {}", duration(span))).unwrap_or_default();
    let who = if leaders.is_empty() { String::new() } else { format!(" ({})", leaders.join(", ")) };
    let (first, last) = unrest.terms.unwrap_or_default();
    let failed = match unrest.failed {
        0 => String::new(),
        failed => format!(", and {} that nobody won", counted(failed, "election")),
    };
    let mut figures = vec![
        figure("changes", "changes of the leader", unrest.changes as f64, count(unrest.changes)),
        figure(
            "failed_elections",
            "elections without a winner",
            unrest.failed as f64,
            count(unrest.failed),
        ),
        figure(
            "terms",
            "terms",
            last.saturating_sub(first) as f64,
            format!("{} → {}", count(first), count(last)),
        ),
    ];
    if let Some(tenure) = unrest.tenure() {
        figures.push(figure(
            "tenure",
            "a leader leads for",
            tenure.as_secs_f64(),
            duration(tenure),
        ));
    }
    let is_known = leaders.len() > 1;
    let format = context.formats.get(usize::from(elections.format)).cloned().unwrap_or_default();
    let Response { first: steps, never, caveats } =
        response(Condition::Flapping, &format, Course::GoesOn);
    Some(Diagnosis {
        serial: 0,
        condition: Condition::Flapping,
        severity: Condition::Flapping.severity(),
        confidence: if is_known { Confidence::High } else { Confidence::Medium },
        uncertain: if is_known {
            Vec::new()
        } else {
            vec!["the lines do not tell who led: logs of all nodes would settle it".to_owned()]
        },
        group: group.map(name),
        leader: None,
        leader_term: None,
        follower: None,
        format,
        time: unrest.time,
        summary: format!(
            "the leader changed {}{within}{who}, from term {} to {}{failed}: walks end with their leader and begin anew",
            counted(unrest.changes, "time"),
            count(first),
            count(last)
        ),
        figures,
        ways: Vec::new(),
        points: Vec::new(),
        evidence: unrest.shown().map(|line| evidence(line, "an election")).collect(),
        first: steps,
        never,
        caveats,
        rule: advice::rule(Condition::Flapping),
    })
}
