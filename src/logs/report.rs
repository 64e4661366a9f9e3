//! The reports about logs: pure functions from what was diagnosed to text.
//!
//! Takes [`Diagnosed`]; gives text for a terminal, JSON or a page. No report decides anything. Whatever comes from the
//! logs (lines, file names, names of nodes) passes [`crate::report::escape`]. What several reports say stands here.

mod html;
mod json;
mod picture;
mod plain;
mod plot;
mod series;
mod sheet;
mod text;

pub use html::html;
pub use json::{formats, json};
pub use text::{TextOptions, is_ascii, one, problems, text};

use super::amount;
use super::condition::{Condition, Severity};
use super::diagnosed::{Caveat, Confidence, Diagnosed, Diagnosis, Evidence, FileRead, Read};

/// So many formats are told by name.
const MAX_FORMATS: usize = 8;

/// A piece of a headline.
enum Piece<'d> {
    /// Words of ours.
    Words(&'static str),
    /// A number.
    Number(u64),
    /// A name out of the logs.
    Name(&'d str),
}

/// The headline of a diagnosis, in the style of all messages.
fn headline(diagnosis: &Diagnosis) -> Vec<Piece<'_>> {
    use Piece::Words;
    let mut line = Vec::new();
    match diagnosis.condition {
        Condition::LostEntries => {
            follower(diagnosis, &mut line);
            line.push(Words(" has lost entries that were safe, or holds others"));
            if diagnosis.leader.is_some() {
                line.push(Words(" than "));
                leader(diagnosis, "its leader", &mut line);
            }
        }
        Condition::SnapshotLoop => {
            leader(diagnosis, "the leader", &mut line);
            line.push(Words(" sends snapshots again and again to "));
            follower(diagnosis, &mut line);
        }
        Condition::Stuck => {
            leader(diagnosis, "the leader", &mut line);
            line.push(Words(" makes no progress with "));
            follower(diagnosis, &mut line);
        }
        Condition::Flapping => {
            line.push(Words("leaders alternate"));
            if diagnosis.follower.is_some() {
                line.push(Words(" before any has found where the log matches that of "));
                follower(diagnosis, &mut line);
            }
        }
        Condition::Divergence if diagnosis.confidence == Confidence::Low => {
            between(diagnosis, " may have diverged from ", &mut line);
        }
        Condition::Divergence => between(diagnosis, " has diverged from ", &mut line),
        Condition::Compaction => {
            between(diagnosis, " needs entries that are compacted on ", &mut line);
        }
        Condition::Lag => between(diagnosis, " lags behind ", &mut line),
        Condition::Healthy if diagnosis.follower.is_none() && diagnosis.leader.is_none() => {
            line.push(Words("nothing asks for anything"));
        }
        Condition::Healthy if diagnosis.confidence == Confidence::High => {
            between(diagnosis, " replicates from ", &mut line);
        }
        Condition::Healthy => nothing_known(diagnosis, &mut line),
    }
    if let Some(group) = &diagnosis.group {
        line.extend([Words(" in group "), Piece::Name(group)]);
    }
    if diagnosis.condition == Condition::Healthy {
        line.extend(match diagnosis.confidence {
            Confidence::Low => Some(Words(", low confidence")),
            Confidence::Medium => Some(Words(", medium confidence")),
            Confidence::High => None,
        });
    }
    line
}

/// A follower, a verb and its leader.
fn between<'d>(diagnosis: &'d Diagnosis, verb: &'static str, line: &mut Vec<Piece<'d>>) {
    follower(diagnosis, line);
    line.push(Piece::Words(verb));
    leader(diagnosis, "its leader", line);
}

/// Nothing was seen; that it is well was not seen either.
fn nothing_known<'d>(diagnosis: &'d Diagnosis, line: &mut Vec<Piece<'d>>) {
    line.push(Piece::Words("nothing known against "));
    match diagnosis.follower {
        Some(_) => follower(diagnosis, line),
        None => line.push(Piece::Words("any follower")),
    }
    if diagnosis.leader.is_some() {
        line.push(Piece::Words(" of "));
        leader(diagnosis, "its leader", line);
    }
}

fn follower<'d>(diagnosis: &'d Diagnosis, line: &mut Vec<Piece<'d>>) {
    match &diagnosis.follower {
        Some(name) => line.extend([Piece::Words("follower "), Piece::Name(name)]),
        None => line.push(Piece::Words("a follower")),
    }
}

/// The leader with the term that it leads.
fn leader<'d>(diagnosis: &'d Diagnosis, unknown: &'static str, line: &mut Vec<Piece<'d>>) {
    match &diagnosis.leader {
        Some(name) => line.extend([Piece::Words("leader "), Piece::Name(name)]),
        None => line.push(Piece::Words(unknown)),
    }
    if let Some(term) = diagnosis.leader_term {
        line.extend([Piece::Words(" (term "), Piece::Number(term), Piece::Words(")")]);
    }
}

/// When it was, and how long it took.
fn when(diagnosis: &Diagnosis) -> Option<String> {
    let (first, last) = diagnosis.time?;
    let nanoseconds = i128::from(last.nanoseconds) - i128::from(first.nanoseconds);
    let took = u64::try_from(nanoseconds).ok().filter(|&took| took > 0);
    let took = took.map(std::time::Duration::from_nanos).map(amount::duration);
    let took = took.map(|took| format!(" ({took})")).unwrap_or_default();
    Some(format!("{}{took}", super::time::between(first, last)))
}

/// The first diagnosis before this one that says the same of what to do, so that it need not stand there again.
fn same_advice<'d>(before: &[&'d Diagnosis], now: &Diagnosis) -> Option<(usize, &'d Diagnosis)> {
    let has_advice = !now.first.is_empty() || !now.never.is_empty();
    let is_same = |before: &Diagnosis| {
        before.condition == now.condition && before.first == now.first && before.never == now.never
    };
    let mut numbered = before.iter().copied().enumerate();
    numbered.find(|(_, before)| has_advice && is_same(before))
}

/// What to do, without what was already said of how that is done in the same system: such a step names its source.
fn new_steps(before: &[&Diagnosis], now: &Diagnosis) -> Vec<String> {
    let is_new = |step: &&String| {
        !step.contains("(https://") || !before.iter().any(|one| one.first.contains(step))
    };
    now.first.iter().filter(is_new).cloned().collect()
}

/// What is known to go wrong and stands at none of the diagnoses before this one.
fn new_caveats<'d>(before: &[&Diagnosis], now: &'d Diagnosis) -> Vec<&'d Caveat> {
    let is_new = |caveat: &&Caveat| !before.iter().any(|one| one.caveats.contains(caveat));
    now.caveats.iter().filter(is_new).collect()
}

/// `raft-1.log:1204`
fn place(read: &Read, evidence: &Evidence) -> String {
    let name = read.files.get(evidence.file as usize).map_or("?", |file| file.name.as_str());
    format!("{name}:{}", evidence.line)
}

/// The pages that tell more: that of the condition and that of the rule.
fn pages(diagnosis: &Diagnosis) -> Vec<&'static str> {
    std::iter::once(diagnosis.condition.id()).chain(diagnosis.rule).collect()
}

/// `1 divergence, 2 lag`: by the words that stand in brackets
fn conditions(diagnosed: &Diagnosed) -> String {
    let counts = Condition::ALL.map(|condition| (condition, diagnosed.count(condition)));
    let counts = counts.into_iter().filter(|(_, count)| *count > 0);
    let counts: Vec<String> = counts
        .map(|(condition, count)| format!("{} {}", amount::count(count), condition.id()))
        .collect();
    if counts.is_empty() { "nothing to diagnose".to_owned() } else { counts.join(", ") }
}

/// `2 files, 12,000 lines, 1.4 MB, 5,012 lines recognised (etcd 5,000, openraft 12)`
fn read(read: &Read) -> String {
    let sum = |of: fn(&FileRead) -> u64| read.files.iter().map(of).fold(0, u64::saturating_add);
    let mut text = format!(
        "{}, {}, {}, {} recognised",
        amount::counted(read.files.len() as u64, "file"),
        amount::counted(sum(|file| file.lines), "line"),
        amount::bytes(sum(|file| file.bytes)),
        amount::counted(recognised(read), "line"),
    );
    let seen: Vec<&(String, u64)> = read.formats.iter().filter(|(_, lines)| *lines > 0).collect();
    let named = seen.iter().take(MAX_FORMATS);
    let mut named: Vec<String> =
        named.map(|(name, lines)| format!("{name} {}", amount::count(*lines))).collect();
    if seen.len() > MAX_FORMATS {
        named.push(format!(
            "and {} more",
            amount::counted((seen.len() - MAX_FORMATS) as u64, "format")
        ));
    }
    if !named.is_empty() {
        text += &format!(" ({})", named.join(", "));
    }
    text
}

/// How many lines are of a known format: while files grow, no other count is kept.
fn recognised(read: &Read) -> u64 {
    read.formats.iter().map(|(_, lines)| *lines).fold(0, u64::saturating_add)
}

/// How many more of some conditions there are than were told, and which of them the JSON has: it is bounded, too.
fn more(told: usize, known: usize, left_out: u64) -> Option<(u64, &'static str)> {
    let more = (known.saturating_sub(told) as u64).saturating_add(left_out);
    let holds = match (known > told, left_out > 0) {
        (_, false) => "has all",
        (true, true) => "has more",
        (false, true) => "counts them",
    };
    (more > 0).then_some((more, holds))
}

/// Those of some conditions that are only counted.
fn left_out(diagnosed: &Diagnosed, of: impl Fn(Condition) -> bool) -> u64 {
    let counts = diagnosed.left_out.iter().filter(|(condition, _)| of(*condition));
    counts.map(|(_, count)| *count).fold(0, u64::saturating_add)
}

/// What is said of lines that look like rejections and match nothing.
fn unrecognised(read: &Read) -> Option<String> {
    let lines = match read.unrecognised_count {
        0 => return None,
        1 => "1 line looks like a rejection and matches".to_owned(),
        count => format!("{} look like rejections and match", amount::counted(count, "line")),
    };
    Some(format!("{lines} no format"))
}

/// The worst of all.
fn worst(diagnosed: &Diagnosed) -> Severity {
    diagnosed.diagnoses.iter().map(|one| one.severity).max().unwrap_or(Severity::Ok)
}
