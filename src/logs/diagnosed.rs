//! What was found in the logs: all that a report is made of.
//!
//! Texts are written for people and come partly out of the logs: whoever prints them escapes them for its format.

use std::time::Duration;

use super::condition::{Condition, Severity};
use super::event::Timestamp;

/// The whole result.
#[derive(Clone, Debug, Default)]
pub struct Diagnosed {
    /// One for each leader, follower and term that the lines speak of, and for each group's elections: the worst first.
    pub diagnoses: Vec<Diagnosis>,
    /// What was read.
    pub read: Read,
    /// How many more there were of each condition, which are not among the diagnoses.
    pub left_out: Vec<(Condition, u64)>,
    /// What a reader should know of the whole: levels that show nothing, bounds that were reached, clocks that jumped.
    pub notes: Vec<String>,
    /// What the code of `--source` does about it, for each rule that a diagnosis points to.
    pub code: Vec<Code>,
}

impl Diagnosed {
    /// How many there are of a condition, with those that are not among the diagnoses.
    pub fn count(&self, condition: Condition) -> u64 {
        let kept = self.diagnoses.iter().filter(|one| one.condition == condition).count() as u64;
        let left_out = self.left_out.iter().filter(|(known, _)| *known == condition);
        kept + left_out.map(|(_, count)| count).sum::<u64>()
    }

    /// One diagnosis alone, with the names of the files that its evidence is from.
    pub fn of_one(diagnosis: Diagnosis, files: &[String]) -> Diagnosed {
        let file = |name: &String| FileRead { name: name.clone(), ..FileRead::default() };
        let read = Read { files: files.iter().map(file).collect(), ..Read::default() };
        Diagnosed { diagnoses: vec![diagnosis], read, ..Diagnosed::default() }
    }
}

/// What is said of one leader, follower and term.
#[derive(Clone, Debug)]
pub struct Diagnosis {
    /// The number of the walk, or of the group's elections, in the order in which they began: with it two of the same names are
    /// told apart.
    pub serial: u64,
    /// What it is.
    pub condition: Condition,
    /// How much it asks for: less than its condition does, where it has ended.
    pub severity: Severity,
    /// How sure that is.
    pub confidence: Confidence,
    /// Why it is not surer, and what would settle it; empty where nothing is missing.
    pub uncertain: Vec<String>,
    /// The Raft group, where the lines name one.
    pub group: Option<String>,
    /// The leader, where known.
    pub leader: Option<String>,
    /// The term that it leads, where known.
    pub leader_term: Option<u64>,
    /// The follower, where it is about one.
    pub follower: Option<String>,
    /// The format of the lines: its id.
    pub format: String,
    /// The time of the first and the last line.
    pub time: Option<(Timestamp, Timestamp)>,
    /// One sentence: what happened.
    pub summary: String,
    /// What was counted, and what follows from it.
    pub figures: Vec<Figure>,
    /// How long each way to the end takes; empty where there is nothing to wait for.
    pub ways: Vec<Way>,
    /// The probes, thinned to a bound, in order of time.
    pub points: Vec<Point>,
    /// Lines that show it, in order of time.
    pub evidence: Vec<Evidence>,
    /// What to do, in order.
    pub first: Vec<String>,
    /// What not to do.
    pub never: Vec<String>,
    /// Where the usual advice is known to go wrong.
    pub caveats: Vec<Caveat>,
    /// The rule of the lint that asks the code about it.
    pub rule: Option<&'static str>,
}

/// How sure a diagnosis is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Confidence {
    /// Indexes only: another file would settle it.
    Low,
    /// One side's terms are seen.
    Medium,
    /// Both sides' terms are seen, or the lines say it themselves.
    High,
}

impl Confidence {
    /// As it is written.
    pub fn id(self) -> &'static str {
        match self {
            Confidence::Low => "low",
            Confidence::Medium => "medium",
            Confidence::High => "high",
        }
    }
}

/// One number with its meaning.
#[derive(Clone, PartialEq, Debug)]
pub struct Figure {
    /// A stable word for programs: `probes`, `index_span`, `terms_crossed`, `rate`, …
    pub id: &'static str,
    /// What it is, in words.
    pub label: &'static str,
    /// The number as a program wants it, where it is one.
    pub number: Option<f64>,
    /// As people read it, with its unit and how it was computed.
    pub text: String,
}

/// A way to the point where the logs match, and what it costs.
#[derive(Clone, PartialEq, Debug)]
pub struct Way {
    /// `walk`, `hint` or `snapshot`.
    pub id: &'static str,
    /// What it is, in words: "as now: 50 indexes for each probe".
    pub label: String,
    /// At most so many probes are still needed.
    pub probes: Option<u64>,
    /// At most so long.
    pub time: Option<Duration>,
    /// The computation, or why there is none: "400000 indexes ÷ 50 × 1.5 s".
    pub computed: String,
}

/// One probe in the picture.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Point {
    /// When, where known.
    pub time: Option<Timestamp>,
    /// Which probe it was, from 0, among all before they were thinned.
    pub number: u64,
    /// prevLogIndex.
    pub index: u64,
    /// The term of the leader's entry there.
    pub prev_log_term: Option<u64>,
    /// The term of the follower's entry there; 0 where it has none.
    pub follower_term: Option<u64>,
    /// What happened there.
    pub mark: Mark,
}

/// What a point stands for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mark {
    /// A refused request.
    Rejected,
    /// A snapshot sent to the follower, with its last index.
    Snapshot,
    /// A suffix that the follower removed, from this index on.
    Truncated,
    /// The logs match here.
    Matched,
}

impl Mark {
    /// All of them.
    pub const ALL: [Mark; 4] = [Mark::Rejected, Mark::Snapshot, Mark::Truncated, Mark::Matched];

    /// Its word for programs.
    pub fn id(self) -> &'static str {
        match self {
            Mark::Rejected => "rejected",
            Mark::Snapshot => "snapshot",
            Mark::Truncated => "truncated",
            Mark::Matched => "matched",
        }
    }

    /// As a legend calls it.
    pub fn title(self) -> &'static str {
        match self {
            Mark::Rejected => "refused",
            Mark::Snapshot => "snapshot sent",
            Mark::Truncated => "suffix removed",
            Mark::Matched => "logs match",
        }
    }
}

/// A line that shows something.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Evidence {
    /// The file: a position in [`Read::files`].
    pub file: u32,
    /// The one-based line.
    pub line: u64,
    /// When.
    pub time: Option<Timestamp>,
    /// The line without its envelope, shortened.
    pub text: String,
    /// What it shows: "first rejection", "the follower's term falls to 10".
    pub shows: String,
}

/// Where the usual advice goes wrong.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Caveat {
    /// The system, and the versions where that is known.
    pub system: &'static str,
    /// What goes wrong.
    pub text: &'static str,
    /// Where that can be read.
    pub source: &'static str,
}

/// What was read.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Read {
    /// The files.
    pub files: Vec<FileRead>,
    /// Lines of the formats, by format, with the number of lines.
    pub formats: Vec<(String, u64)>,
    /// Lines that look like a Raft rejection and match no format: the first few.
    pub unrecognised: Vec<Evidence>,
    /// How many there were.
    pub unrecognised_count: u64,
}

/// What was read of one file.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct FileRead {
    /// As shown to people.
    pub name: String,
    /// Bytes, after unpacking.
    pub bytes: u64,
    /// Lines.
    pub lines: u64,
    /// Lines of a known format.
    pub recognised: u64,
    /// Lines that were too long: of each the beginning was read.
    pub cut_lines: u64,
    /// Why reading stopped before the end, if it did: a truncated archive, an error of the disk.
    pub stopped: Option<String>,
}

/// What the code that was given with `--source` says about the rule that a diagnosis points to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Code {
    /// The path as given.
    pub path: String,
    /// The rule.
    pub rule: &'static str,
    /// What was found, a place each.
    pub places: Vec<CodePlace>,
    /// Where nothing can be said: why.
    pub silent: Option<String>,
}

/// A place in the code.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CodePlace {
    /// The file.
    pub file: String,
    /// The one-based line.
    pub line: u32,
    /// The function around it.
    pub function: String,
    /// `proved`, `violated` or `undecided`.
    pub status: &'static str,
    /// What that means for the walk, in a sentence.
    pub text: String,
}
