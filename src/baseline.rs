//! The baseline: findings that were there when the lint was adopted.
//!
//! Takes findings, or the text of a baseline; gives the text, or a silence to what stands in it. Nothing
//! enters or leaves a baseline but by `raft-lint baseline`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::discover::files;
use crate::error::Error;
use crate::finding::{Finding, Silence};
use crate::known;
use crate::outcome::{Note, Outcome, Status};
use crate::report::pretty;
use crate::source::Sources;

/// The name of a baseline, if no other is given.
pub const FILE: &str = "raft-lint.baseline.json";

/// The version of the form.
const VERSION: u64 = 1;

/// A longer file is none.
const MAX_BYTES: u64 = 64 << 20;

/// A baseline.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Baseline {
    version: u64,
    findings: Vec<Entry>,
    /// What could not be decided.
    undecided: Vec<Entry>,
}

/// Only the version, to tell an unknown one from a damaged file.
#[derive(Deserialize)]
struct Versioned {
    version: u64,
}

/// A known finding. What is not its identity is for whoever reads the file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    package: String,
    file: String,
    function: String,
    rule: String,
    message: String,
    fingerprint: String,
    /// The other effects that the finding speaks for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    also: Vec<String>,
}

impl Entry {
    fn identities(&self) -> impl Iterator<Item = &String> {
        std::iter::once(&self.fingerprint).chain(&self.also)
    }
}

/// The obligations that findings speak for beside their own, by the findings' fingerprints.
struct Parts<'o>(BTreeMap<&'o String, Vec<&'o String>>);

impl<'o> Parts<'o> {
    fn of(outcome: &'o Outcome) -> Self {
        let mut parts: BTreeMap<&String, Vec<&String>> = BTreeMap::new();
        for obligation in &outcome.obligations {
            if let Some(finding) = &obligation.part_of {
                parts.entry(finding).or_default().push(&obligation.fingerprint);
            }
        }
        Parts(parts)
    }

    fn beside(&self, finding: &Finding) -> &[&'o String] {
        self.0.get(&finding.fingerprint).map_or(&[], Vec::as_slice)
    }
}

/// Everything that is wrong or undecided, before levels and silences leave anything out.
pub fn present(outcome: &Outcome) -> BTreeSet<String> {
    let wrong = outcome.obligations.iter().chain(&outcome.moot);
    let wrong = wrong.filter(|o| !matches!(o.status, Status::Proved { .. }));
    let wrong = wrong.map(|o| o.fingerprint.clone());
    let faults = outcome.faults.iter().map(|fault| fault.fingerprint.clone());
    wrong.chain(faults).chain(known::undecided(outcome)).collect()
}

impl Baseline {
    /// All that is open.
    pub fn of(findings: &[Finding], outcome: &Outcome, sources: &Sources) -> Baseline {
        let package = |place| outcome.named_packages[outcome.package_of(place)].name.clone();
        let parts = Parts::of(outcome);
        let known = findings.iter().filter(|finding| finding.is_open()).map(|finding| {
            let mut also: Vec<String> = parts.beside(finding).iter().copied().cloned().collect();
            also.sort();
            Entry {
                package: package(finding.place),
                file: sources.file(finding.place.file).name.clone(),
                function: finding.function.clone(),
                rule: finding.subject.id.to_owned(),
                message: finding.message.clone(),
                fingerprint: finding.fingerprint.clone(),
                also,
            }
        });
        let open = outcome.obligations.iter().filter(|o| matches!(o.status, Status::Undecided));
        let obligations = open.map(|o| Entry {
            package: package(o.place),
            file: sources.file(o.place.file).name.clone(),
            function: o.function.clone(),
            rule: o.rule.id.to_owned(),
            message: "undecided".to_owned(),
            fingerprint: o.fingerprint.clone(),
            also: Vec::new(),
        });
        let functions = outcome.exhausted.iter().map(|unfinished| Entry {
            package: unfinished.package.clone(),
            file: unfinished.file.clone(),
            function: unfinished.function.clone(),
            rule: String::new(),
            message: "the analysis stopped at its bound".to_owned(),
            fingerprint: known::unfinished(unfinished),
            also: Vec::new(),
        });
        let mut findings: Vec<Entry> = known.collect();
        let mut undecided: Vec<Entry> = obligations.chain(functions).collect();
        findings.sort();
        undecided.sort();
        // Two functions of a package can have one name.
        undecided.dedup_by(|a, b| a.fingerprint == b.fingerprint);
        Baseline { version: VERSION, findings, undecided }
    }

    /// Reads a baseline.
    ///
    /// # Errors
    ///
    /// If there is no such file, or it is no baseline.
    pub fn read(path: &Path) -> Result<Baseline, Error> {
        let shown = path.display();
        let bytes = files::whole(path, MAX_BYTES).map_err(|why| {
            Error::new(
                format!("can't read the baseline `{shown}`: {why}"),
                format!("`raft-lint baseline --output {shown}` writes one with what is open now"),
            )
        })?;
        let damaged = |error: serde_json::Error| {
            Error::new(
                format!("`{shown}` is no baseline: {error}"),
                "bring it back from version control (a merge may have left its marks in it), or \
                 write it anew with `raft-lint baseline --overwrite`",
            )
        };
        let versioned: Versioned = serde_json::from_slice(&bytes).map_err(damaged)?;
        if versioned.version != VERSION {
            return Err(Error::new(
                format!("`{shown}` has version {}, and not {VERSION}", versioned.version),
                "use the raft-lint that wrote it, or write it anew with \
                 `raft-lint baseline --overwrite`",
            ));
        }
        let baseline: Baseline = serde_json::from_slice(&bytes).map_err(damaged)?;
        let mut seen = BTreeSet::new();
        let twice = baseline.entries().find(|entry| !entry.identities().all(|id| seen.insert(id)));
        if let Some(Entry { fingerprint, rule, function, .. }) = twice {
            return Err(Error::new(
                format!("`{shown}` has {fingerprint} (`{rule}` in `{function}`) twice"),
                "a merge may have doubled it: take one of them out",
            ));
        }
        Ok(baseline)
    }

    fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.findings.iter().chain(&self.undecided)
    }

    /// How many findings stand in it.
    pub fn len(&self) -> usize {
        self.findings.len()
    }

    /// Whether no finding stands in it.
    pub fn is_empty(&self) -> bool {
        self.findings.is_empty()
    }

    /// The text of the file.
    pub fn text(&self) -> String {
        pretty::text(self)
    }

    /// Silences the findings that stand in it with all that they speak for; gives what is undecided and
    /// stands in it, too. A lost proof is never known.
    pub fn silence(&self, findings: &mut [Finding], outcome: &Outcome) -> BTreeSet<String> {
        let known: BTreeSet<&String> = self.findings.iter().flat_map(Entry::identities).collect();
        let parts = Parts::of(outcome);
        for finding in findings.iter_mut().filter(|finding| finding.is_open()) {
            let here = known.contains(&finding.fingerprint);
            let all = here && parts.beside(finding).iter().all(|part| known.contains(part));
            if all && !finding.lost_proof {
                finding.silence = Some(Silence::Baseline);
            }
        }
        self.undecided.iter().map(|entry| entry.fingerprint.clone()).collect()
    }

    /// The entries that nothing fits any more. Only packages that were looked at as a whole can tell.
    fn is_fixed(&self, entry: &Entry, present: &BTreeSet<String>, outcome: &Outcome) -> bool {
        let is_here =
            |name: &String| outcome.named_packages.iter().any(|p| p.is_whole && p.name == *name);
        let seen = outcome.problems.is_empty() && is_here(&entry.package);
        seen && !entry.identities().any(|identity| present.contains(identity))
    }

    /// How many of its findings are fixed, and a note that says so.
    pub fn fixed(
        &self,
        present: &BTreeSet<String>,
        outcome: &Outcome,
        path: &Path,
    ) -> (usize, Option<Note>) {
        let fixed = self.findings.iter().filter(|e| self.is_fixed(e, present, outcome)).count();
        let findings = if fixed == 1 { "finding" } else { "findings" };
        let output = match path.to_str() {
            Some(FILE) => String::new(),
            _ => format!(" --output {}", path.display()),
        };
        let verb = if fixed == 1 { "is" } else { "are" };
        let them = if fixed == 1 { "it" } else { "them" };
        let text = format!(
            "{fixed} {findings} of the baseline {verb} fixed: `raft-lint baseline --prune{output}` \
             takes {them} out of it"
        );
        (fixed, (fixed > 0).then_some(Note::new(None, text)))
    }

    /// Itself without what is fixed, and how many findings that were. Nothing is added.
    pub fn pruned(mut self, present: &BTreeSet<String>, outcome: &Outcome) -> (Baseline, usize) {
        let whole = self.clone();
        let keep = |entry: &Entry| !whole.is_fixed(entry, present, outcome);
        self.findings.retain(keep);
        self.undecided.retain(keep);
        for entry in &mut self.findings {
            let here = entry.identities().any(|identity| present.contains(identity));
            if here && outcome.problems.is_empty() {
                let mut left = entry.identities().filter(|id| present.contains(*id)).cloned();
                let first = left.next().expect("invariant: one of them is here");
                (entry.also, entry.fingerprint) = (left.collect(), first);
            }
        }
        let dropped = whole.findings.len() - self.findings.len();
        (self, dropped)
    }
}
