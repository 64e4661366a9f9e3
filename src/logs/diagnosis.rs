//! Walks to conditions: what it is, how sure that is, and what it costs to wait.
//!
//! Each condition is a file with one function that tells whether a walk is a case of it. They are asked in order of
//! [`Condition`], so that the worst is told where several fit: what endangers entries, then what does not end by itself, then
//! what is merely slow.

mod compaction;
mod divergence;
mod flapping;
mod healthy;
mod lag;
mod lost_entries;
mod seen;
mod snapshot_loop;
mod stuck;
mod ways;

pub use self::flapping::of_elections;
pub use self::healthy::{of_nothing, of_quiet_group};

use super::advice;
use super::condition::{Condition, Severity};
use super::diagnosed::{Caveat, Confidence, Diagnosis, Evidence, Figure, Way};
use super::format::{BackOff, back_off};
use super::names::{Name, Names};
use super::walk::{Line, Walk};

/// What texts are made with.
#[derive(Clone, Copy, Debug)]
pub struct Context<'c> {
    /// The names of nodes.
    pub names: &'c Names,
    /// The ids of the formats, by position.
    pub formats: &'c [String],
}

impl Context<'_> {
    /// How the leader of a walk goes back. Some lines of a system that names terms in its hints come from before it did.
    fn back_off(&self, walk: &Walk) -> BackOff {
        match back_off(walk.format) {
            BackOff::TermHint if walk.hint_terms.count == 0 => BackOff::LastIndexHint,
            known => known,
        }
    }
}

/// How a walk goes on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Course {
    /// Until somebody does something, or for long.
    GoesOn,
    /// It is about to end by itself.
    EndsSoon,
    /// It has ended, so that nothing has to be done now.
    HasEnded,
}

impl Course {
    fn of(walk: &Walk) -> Course {
        if walk.is_resolved() { Course::HasEnded } else { Course::GoesOn }
    }
}

/// What one condition says of a walk.
struct Verdict {
    condition: Condition,
    course: Course,
    confidence: Confidence,
    uncertain: Vec<String>,
    summary: String,
    figures: Vec<Figure>,
    ways: Vec<Way>,
}

type Test = fn(&Walk, &Context<'_>) -> Option<Verdict>;

/// In this order.
const TESTS: [Test; 7] = [
    lost_entries::test,
    snapshot_loop::test,
    stuck::test,
    divergence::test,
    compaction::test,
    lag::test,
    stuck::without_end,
];

/// What a walk is a case of.
pub fn of_walk(mut walk: Walk, context: &Context<'_>) -> Diagnosis {
    let points = walk.end();
    let verdict = TESTS.iter().find_map(|test| test(&walk, context));
    let mut verdict = verdict.unwrap_or_else(|| healthy::verdict(&walk));
    seen::doubts(&walk, &mut verdict);
    let name = |name: Option<Name>| name.map(|name| context.names.text(name).to_owned());
    let format = context.formats.get(usize::from(walk.format)).cloned().unwrap_or_default();
    let Response { first, never, caveats } = response(verdict.condition, &format, verdict.course);
    let severity = verdict.condition.severity();
    Diagnosis {
        serial: walk.serial,
        condition: verdict.condition,
        severity: match verdict.course {
            Course::HasEnded => severity.min(Severity::Note),
            Course::EndsSoon => severity.min(Severity::Warning),
            Course::GoesOn => severity,
        },
        confidence: verdict.confidence,
        uncertain: verdict.uncertain,
        group: name(walk.who.group),
        leader: name(walk.who.leader),
        leader_term: walk.leader_term,
        follower: name(walk.who.follower),
        format,
        time: walk.times.first.zip(walk.times.last),
        summary: verdict.summary,
        figures: verdict.figures,
        ways: verdict.ways,
        points,
        evidence: walk.shown.lines.iter().map(|(line, shows)| evidence(line, shows)).collect(),
        first,
        never,
        caveats,
        rule: advice::rule(verdict.condition),
    }
}

/// What to do about a condition, in a system.
struct Response {
    first: Vec<String>,
    never: Vec<String>,
    caveats: Vec<Caveat>,
}

fn response(condition: Condition, format: &str, course: Course) -> Response {
    let steps = || advice::first(condition).iter().map(ToString::to_string);
    if course == Course::HasEnded {
        let mut first = vec!["nothing now: it has ended, and the logs match".to_owned()];
        first.extend(steps().next_back());
        return Response { first, never: Vec::new(), caveats: Vec::new() };
    }
    let wait = "wait a minute and look again: this system skips a whole term, or half of the way, with each probe, so the walk is \
                about to end; what follows is for one that does not";
    let wait = (course == Course::EndsSoon).then(|| wait.to_owned());
    let practice = advice::practice(condition, format).into_iter();
    let practice = practice.map(|step| format!("{} ({})", step.text, step.source));
    Response {
        first: wait.into_iter().chain(steps()).chain(practice).collect(),
        never: advice::never(condition).iter().map(ToString::to_string).collect(),
        caveats: advice::caveats(condition, format),
    }
}

fn evidence(line: &Line, shows: &str) -> Evidence {
    Evidence {
        file: line.file,
        line: line.line,
        time: line.time,
        text: line.text.clone(),
        shows: shows.to_owned(),
    }
}
