//! Reports: pure functions from an outcome to text.
//!
//! Takes what a run found out and the sources; gives what is printed. No report decides anything,
//! and whatever comes from the checked code goes through [`escape`].

pub mod catalogue;
pub mod concise;
pub mod escape;
pub mod github;
pub mod gitlab;
pub mod json;
pub mod junit;
pub mod map;
pub mod markdown;
pub mod page;
mod place;
mod plain;
pub(crate) mod pretty;
pub mod rdjson;
mod remark;
pub mod sarif;
pub mod starter;
mod summary;
pub mod text;
pub mod verbose;

use std::time::Duration;

use crate::finding::Finding;
use crate::known::Known;
use crate::outcome::Outcome;
use crate::rule::Level;
use crate::source::Sources;

/// How much a report for people says.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Detail {
    /// Findings only.
    Quiet,
    /// With notes, and a line that counts.
    #[default]
    Normal,
    /// With what was used, looked at and recognised.
    Verbose,
}

/// The configuration of a run, and what it takes back: a pull request may bring it along.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Configured {
    /// The file as shown.
    pub name: String,
    /// How many rules it turns off.
    pub off: usize,
    /// Of how many rules it lowers the level.
    pub lowered: usize,
    /// Whether warnings do not fail the run because of it.
    pub errors_only: bool,
    /// How many paths it chooses, because none was given.
    pub paths: usize,
}

impl Configured {
    /// `3 rules off and 1 lowered by raft-lint.toml`; nothing if it takes nothing back.
    fn taken_back(&self) -> Option<String> {
        let mut parts = Vec::new();
        if self.off > 0 {
            parts.push(format!("{} off", counted(self.off, "rule")));
        }
        if self.lowered > 0 {
            let what =
                if self.off > 0 { self.lowered.to_string() } else { counted(self.lowered, "rule") };
            parts.push(format!("{what} lowered"));
        }
        if self.errors_only {
            parts.push("only errors failing".to_owned());
        }
        if self.paths > 0 {
            parts.push(format!("{} chosen", counted(self.paths, "path")));
        }
        let name = escape::line(&self.name);
        (!parts.is_empty()).then(|| format!("{} by {name}", parts.join(" and ")))
    }
}

/// What a report is made from.
pub struct Report<'r> {
    /// What was found out.
    pub outcome: &'r Outcome,
    /// In which files.
    pub sources: &'r Sources,
    /// What is wrong, in the order of the places; with those that are silenced.
    pub findings: Vec<Finding>,
    /// What was known before.
    pub known: Known,
    /// How long the run took.
    pub time: Duration,
    /// Whether everything that had to be decided was.
    pub complete: bool,
    /// Whether a format that has a place for them shows the findings that are silenced.
    pub include_suppressed: bool,
    /// How much is said to people.
    pub detail: Detail,
    /// The configuration, if there is one.
    pub configured: Option<Configured>,
}

impl<'r> Report<'r> {
    /// A report without any silence.
    pub fn new(outcome: &'r Outcome, sources: &'r Sources, findings: Vec<Finding>) -> Self {
        Report {
            outcome,
            sources,
            findings,
            known: Known::default(),
            time: Duration::ZERO,
            complete: true,
            include_suppressed: false,
            detail: Detail::Normal,
            configured: None,
        }
    }

    /// The findings that count.
    pub fn open(&self) -> impl Iterator<Item = &Finding> + Clone {
        self.findings.iter().filter(|finding| finding.is_open())
    }

    /// The findings that do not count.
    pub fn silenced(&self) -> impl Iterator<Item = &Finding> + Clone {
        self.findings.iter().filter(|finding| !finding.is_open())
    }

    /// The findings that count, what is worst first.
    pub fn worst_first(&self) -> Vec<&Finding> {
        let mut open: Vec<&Finding> = self.open().collect();
        open.sort_by_key(|finding| std::cmp::Reverse(finding.level));
        open
    }

    /// How many findings do not count, for a reason with this name.
    pub fn silenced_by(&self, id: &str) -> usize {
        let silences = self.findings.iter().filter_map(|finding| finding.silence.as_ref());
        silences.filter(|silence| silence.id() == id).count()
    }

    /// How many findings that count have lost a proof.
    pub fn lost(&self) -> usize {
        self.open().filter(|finding| finding.lost_proof).count()
    }

    /// How many findings of a level count.
    pub fn count(&self, level: Level) -> usize {
        self.open().filter(|finding| finding.level == level).count()
    }
}

/// `1 file`, `2 files`.
pub(crate) fn counted(count: usize, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{plural}")
}
