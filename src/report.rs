//! Reports: pure functions from an outcome to text.
//!
//! Takes what a run found out and the sources; gives what is printed. No report decides anything,
//! and whatever comes from the checked code goes through [`escape`].

pub mod catalogue;
pub mod escape;
pub mod json;
pub mod map;
pub mod text;

use std::time::Duration;

use crate::finding::Finding;
use crate::known::Known;
use crate::outcome::Outcome;
use crate::rule::Level;
use crate::source::Sources;

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
}

impl<'r> Report<'r> {
    /// A report without any silence.
    pub fn new(outcome: &'r Outcome, sources: &'r Sources, findings: Vec<Finding>) -> Self {
        Report { outcome, sources, findings, known: Known::default(), time: Duration::ZERO }
    }

    /// The findings that count.
    pub fn open(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| finding.is_open())
    }

    /// The findings that do not count.
    pub fn silenced(&self) -> impl Iterator<Item = &Finding> {
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
