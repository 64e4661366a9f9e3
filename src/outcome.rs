//! What a run found out: handlers, obligations, problems. Plain data; what is wrong of it is told as
//! [`crate::finding`]s.

use std::path::PathBuf;

use rustc_hash::FxHashMap;

use crate::facts::Evaluations;
use crate::finding::Accepted;
use crate::finding::{Finding, Silence, Step};
use crate::program::FnId;
use crate::protocol::{Effect, Fact, Message};
use crate::rule::{Level, Rule};
use crate::source::Place;

/// Why a file was not analysed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, PartialOrd, Ord)]
pub enum ProblemKind {
    /// Could not be read, or is not text.
    Unreadable,
    /// Not parsed by syn.
    Unparsed,
    /// Nested too deeply to be parsed safely.
    TooDeep,
    /// Too large to be a source file.
    TooLarge,
    /// A bug of ours.
    Internal,
}

impl ProblemKind {
    /// The name used in reports.
    pub fn id(self) -> &'static str {
        match self {
            ProblemKind::Unreadable => "unreadable",
            ProblemKind::Unparsed => "unparsed",
            ProblemKind::TooDeep => "too-deep",
            ProblemKind::TooLarge => "too-large",
            ProblemKind::Internal => "internal",
        }
    }
}

/// A file that was skipped.
#[derive(Clone, Debug)]
pub struct Problem {
    /// Why.
    pub kind: ProblemKind,
    /// The file's shown name.
    pub file: String,
    /// One-based line, where there is one.
    pub line: Option<u32>,
    /// Details.
    pub text: String,
}

impl Problem {
    /// What is said of the file.
    pub fn said(&self) -> String {
        match self.kind {
            ProblemKind::Internal => format!("internal error, please report it: {}", self.text),
            kind => format!("was not checked ({}): {}", kind.id(), self.text),
        }
    }
}

/// An RPC entry that was recognised.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Handler {
    /// Where it starts.
    pub place: Place,
    /// What it receives.
    pub message: Message,
    /// `Type::function`.
    pub function: String,
    /// The function.
    pub id: FnId,
}

/// A place at which evidence becomes true.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// Where.
    pub place: Place,
    /// What holds from there on.
    pub facts: Vec<Fact>,
}

/// How an obligation came out.
#[derive(Clone, Debug)]
pub enum Status {
    /// The evidence holds on every path.
    Proved {
        /// Where it becomes true, in the order of the places.
        evidence: Vec<Evidence>,
    },
    /// A path lacks the evidence.
    Violated {
        /// Where it is shown: the effect, or the wrong comparison that leads to it.
        shown: Place,
        /// The function around that.
        around: String,
        /// The path, from the handler to the effect.
        witness: Vec<Step>,
        /// The message for this path.
        message: &'static str,
        /// Help with the code's own names.
        help: String,
        /// Other effects that the same missing check leaves unguarded.
        also: Vec<Place>,
    },
    /// A bound was reached before an answer.
    Undecided,
}

impl Status {
    /// The name used in reports.
    pub fn id(&self) -> &'static str {
        match self {
            Status::Proved { .. } => "proved",
            Status::Violated { .. } => "violated",
            Status::Undecided => "undecided",
        }
    }
}

/// Why an obligation is not decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unanswered {
    /// Which bound was met, and in which function.
    pub reason: String,
    /// What to do.
    pub help: String,
}

/// One effect site with its required evidence.
#[derive(Clone, Debug)]
pub struct Obligation {
    /// The rule that asks for it.
    pub rule: &'static Rule,
    /// How serious it is if it is violated.
    pub level: Level,
    /// The kind of effect.
    pub effect: Effect,
    /// Where the effect is.
    pub place: Place,
    /// The function around it.
    pub function: String,
    /// The handler that leads to it; the function itself, if none does.
    pub root: FnId,
    /// The messages in whose handling the effect is reached, with the functions that handle them.
    pub reached_from: Vec<(Message, FnId)>,
    /// Proved or not.
    pub status: Status,
    /// Why it is not decided, if it is not.
    pub unanswered: Option<Unanswered>,
    /// Stable identity: rule, function, normalised effect, ordinal; no line numbers.
    pub fingerprint: String,
    /// The fingerprint of the finding that speaks for this one, if there is one.
    pub part_of: Option<String>,
    /// Why a violation is not counted, if it is not.
    pub silence: Option<Silence>,
}

/// Something expected that was not recognised, or could not be done.
#[derive(Clone, Debug)]
pub struct Note {
    /// The package's directory as shown, if it is about one.
    pub package: Option<String>,
    /// What.
    pub text: String,
    /// Whether the run can't be clean because of it.
    pub fails: bool,
}

impl Note {
    /// Something worth knowing.
    pub fn new(package: Option<String>, text: String) -> Self {
        Note { package, text, fails: false }
    }

    /// Why a run can't be clean.
    pub fn failure(package: Option<String>, text: String) -> Self {
        Note { package, text, fails: true }
    }
}

/// What a package should have, by the state that it keeps, and nothing was seen of.
#[derive(Clone, Debug)]
pub struct Missing {
    /// The package, as an index of [`Outcome::package_dirs`].
    pub package: usize,
    /// The rules that decided nothing for want of it.
    pub rules: Vec<&'static Rule>,
    /// What was looked for: `no RequestVote handler was recognised`.
    pub what: String,
    /// The state that lets it be expected: two fields and the type that they are in.
    pub state: [String; 3],
}

/// A package as its manifest names it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Package {
    /// The name; empty if no manifest says one.
    pub name: String,
    /// Whether the whole package was looked at, and not a part of it.
    pub is_whole: bool,
}

/// A function whose analysis stopped at its bound.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unfinished {
    /// The name of its package.
    pub package: String,
    /// Its file, as shown.
    pub file: String,
    /// `Type::function`.
    pub function: String,
}

/// Everything a run found out.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Recognised RPC entries.
    pub handlers: Vec<Handler>,
    /// Effects with their evidence or the lack of it.
    pub obligations: Vec<Obligation>,
    /// What is wrong with comments to the lint.
    pub faults: Vec<Finding>,
    /// Lost proofs that comments accept.
    pub accepted: Vec<Accepted>,
    /// Names of the configuration that the code does not have, with the line that names them.
    pub unused_words: Vec<(u32, String)>,
    /// Files of packages with Raft state that could not be parsed: what they hold is not decided.
    pub unseen: usize,
    /// How many names the project gives a meaning.
    pub taught: usize,
    /// What was expected and not recognised.
    pub missing: Vec<Missing>,
    /// The same in words, and what could not be done.
    pub notes: Vec<Note>,
    /// Skipped files.
    pub problems: Vec<Problem>,
    /// How many files were found.
    pub files: usize,
    /// How many of them were parsed.
    pub parsed: usize,
    /// How many packages they belong to.
    pub packages: usize,
    /// The shown directory of each package.
    pub package_dirs: Vec<String>,
    /// The same directories as they are opened.
    pub package_paths: Vec<PathBuf>,
    /// How many packages have Raft vocabulary.
    pub speaking: usize,
    /// How many functions were found in them.
    pub functions: usize,
    /// In how many of them paths were followed.
    pub evaluations: Evaluations,
    /// How many files and directories the user left out.
    pub excluded: usize,
    /// The name of each package.
    pub named_packages: Vec<Package>,
    /// Given paths that do not exist in the revision that was looked at.
    pub absent: Vec<String>,
    /// Violated obligations that another rule's finding explains: `obligations` lacks them.
    pub moot: Vec<Obligation>,
    /// The package of each file in the sources, as an index of `package_dirs`.
    pub packages_of_files: Vec<usize>,
    /// Functions whose analysis stopped at its bound: what they do is not decided.
    pub exhausted: Vec<Unfinished>,
}

impl Outcome {
    /// Whether a file that was to be analysed could not be.
    pub fn lost_files(&self) -> bool {
        use ProblemKind::{Internal, TooDeep, Unparsed};
        self.problems.iter().any(|p| matches!(p.kind, Internal | TooDeep | Unparsed))
    }

    /// The package that a place is in, as an index of `package_dirs`.
    pub fn package_of(&self, place: Place) -> usize {
        self.packages_of_files[place.file.0 as usize]
    }

    /// The handlers that lead to an obligation's effect, by their positions: those in whose handling it is
    /// reached, or else the one in which the path to it starts. For many obligations, [`Led`] is asked.
    pub fn handlers_of(&self, obligation: &Obligation) -> Vec<usize> {
        let all = |leads: &dyn Fn(&Handler) -> bool| -> Vec<usize> {
            let handlers = (0..).zip(&self.handlers).filter(|(_, handler)| leads(handler));
            handlers.map(|(position, _)| position).collect()
        };
        let reached = all(&|h| obligation.reached_from.contains(&(h.message, h.id)));
        if reached.is_empty() { all(&|h| h.id == obligation.root) } else { reached }
    }

    /// How many obligations and functions were not decided.
    pub fn undecided(&self) -> usize {
        self.count("undecided") + self.exhausted.len()
    }

    /// Obligations with this status.
    pub fn count(&self, status: &str) -> usize {
        self.obligations.iter().filter(|o| o.status.id() == status).count()
    }
}

/// The handlers of an outcome, to be found by what they handle and by their functions.
pub struct Led {
    by_message: FxHashMap<(Message, FnId), Vec<usize>>,
    by_function: FxHashMap<FnId, Vec<usize>>,
}

impl Led {
    /// Those of an outcome.
    pub fn of(outcome: &Outcome) -> Self {
        let mut led = Led { by_message: FxHashMap::default(), by_function: FxHashMap::default() };
        for (position, handler) in outcome.handlers.iter().enumerate() {
            led.by_message.entry((handler.message, handler.id)).or_default().push(position);
            led.by_function.entry(handler.id).or_default().push(position);
        }
        led
    }

    /// As [`Outcome::handlers_of`].
    pub fn handlers_of(&self, obligation: &Obligation) -> Vec<usize> {
        let reached = obligation.reached_from.iter().filter_map(|at| self.by_message.get(at));
        let mut reached: Vec<usize> = reached.flatten().copied().collect();
        reached.sort_unstable();
        reached.dedup();
        if reached.is_empty() {
            return self.by_function.get(&obligation.root).cloned().unwrap_or_default();
        }
        reached
    }
}
