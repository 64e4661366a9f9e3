//! Each name of a program gives way to one that says nothing, one at a time: a proof or a finding that
//! changes then stood on the name alone.

use std::collections::BTreeSet;
use std::sync::Arc;

use raft_lint::outcome::{Obligation, Outcome, Status};
use raft_lint::rule::Level;
use raft_lint::source::FileId;
use raft_lint::workspace::Analysed;

use crate::corpus::Program;
use crate::lint::{Edits, Lint, Said, Seen, obligations};
use crate::names::{Kind, Names};

/// What a rename does, the best first.
#[derive(Clone, Copy, PartialEq, Eq, Debug, PartialOrd, Ord)]
pub(crate) enum Change {
    /// All obligations are as they were.
    Nothing,
    /// Something is not decided any more, which the run says.
    Undecided,
    /// A proof is a finding now: a false alarm.
    Alarm,
    /// Proofs are not seen any more, and the run says that something is missing.
    ProofLostTold,
    /// Proofs are not seen any more, and the run says nothing new.
    ProofLost,
    /// Findings are not seen any more, and the run says that something is missing.
    FindingLostTold,
    /// Findings are not seen any more, and the run says nothing new.
    FindingLost,
    /// A finding is a proof now.
    Proved,
}

impl Change {
    pub(crate) const ALL: [Change; 8] = [
        Change::Nothing,
        Change::Undecided,
        Change::Alarm,
        Change::ProofLostTold,
        Change::ProofLost,
        Change::FindingLostTold,
        Change::FindingLost,
        Change::Proved,
    ];

    pub(crate) fn title(self) -> &'static str {
        match self {
            Change::Nothing => "no change",
            Change::Undecided => "undecided",
            Change::Alarm => "proof becomes a finding",
            Change::ProofLostTold => "proof lost, said",
            Change::ProofLost => "proof lost, silent",
            Change::FindingLostTold => "finding lost, said",
            Change::FindingLost => "finding lost, silent",
            Change::Proved => "finding becomes a proof",
        }
    }
}

/// A name and what happened without it.
#[derive(Clone, Debug)]
pub(crate) struct Renamed {
    pub(crate) program: String,
    pub(crate) name: String,
    pub(crate) kind: Kind,
    pub(crate) change: Change,
    /// What has changed, in words.
    pub(crate) what: Vec<String>,
}

/// Renames each name of a program.
pub(crate) fn of(program: &Program) -> Result<Vec<Renamed>, String> {
    let mut lint = Lint::open(&program.path)?;
    let base = Arc::clone(&lint.base);
    if obligations(&base.outcome).next().is_none() {
        return Ok(Vec::new());
    }
    let texts = (0..).map(FileId).zip(base.sources.files.iter().map(|file| &file.text));
    let names = Names::of(texts);
    let mut all = Vec::new();
    for (name, kind) in &names.all {
        let (new, edits) = names.renamed(name);
        // What is no Rust any more was no name of the program's own.
        let Some(analysed) = lint.with(&edits)? else { continue };
        let (change, what) = change(&lint, &analysed, &edits, (name, &new));
        let (program, name) = (program.name.clone(), name.clone());
        all.push(Renamed { program, name, kind: *kind, change, what });
    }
    Ok(all)
}

fn change(
    lint: &Lint,
    analysed: &Analysed,
    edits: &Edits,
    names: (&str, &str),
) -> (Change, Vec<String>) {
    let base = &lint.base;
    let mut what = Vec::new();
    let is_told = tells_more(&base.outcome, &analysed.outcome, edits, names);
    let (before, after) = (Seen::of(&base.outcome), Seen::of(&analysed.outcome));
    let mut worst = Change::Nothing;
    for obligation in &base.outcome.obligations {
        let is_proof = matches!(obligation.status, Status::Proved { .. });
        let said = after.said(&before, obligation.rule.id, obligation.place, edits);
        let change = match (&obligation.status, said) {
            (Status::Proved { .. }, Said::Violated) => Change::Alarm,
            (Status::Violated { .. }, Said::Proved) => Change::Proved,
            (Status::Proved { .. } | Status::Violated { .. }, Said::Undecided) => Change::Undecided,
            (Status::Proved { .. } | Status::Violated { .. }, Said::Nothing) => {
                match (is_proof, is_told) {
                    (true, true) => Change::ProofLostTold,
                    (true, false) => Change::ProofLost,
                    (false, true) => Change::FindingLostTold,
                    (false, false) => Change::FindingLost,
                }
            }
            _ => continue,
        };
        let shown = lint.shown(obligation.place);
        what.push(format!("{} {shown} {change:?}", obligation.rule.id));
        worst = worst.max(change);
    }
    (worst, what)
}

/// Whether the run says more than before: a note, or a finding that there was not.
fn tells_more(old: &Outcome, new: &Outcome, edits: &Edits, (name, neutral): (&str, &str)) -> bool {
    let notes = |outcome: &Outcome| -> BTreeSet<String> {
        outcome.notes.iter().map(|note| note.text.replace(neutral, name)).collect()
    };
    let counts =
        |o: &&Obligation| matches!(o.status, Status::Violated { .. }) && o.level > Level::Advice;
    let was: BTreeSet<_> =
        obligations(old).filter(counts).map(|o| (o.rule.id, edits.place(o.place))).collect();
    let is_new = |o: &Obligation| !was.contains(&(o.rule.id, o.place));
    !notes(new).is_subset(&notes(old)) || obligations(new).filter(counts).any(is_new)
}
