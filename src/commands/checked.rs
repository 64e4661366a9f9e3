//! What a check finds out: the analysis of one version or of two, with the levels, silences and
//! comparisons that were asked for. `check` reports it, `baseline` writes it down.

use std::collections::BTreeSet;
use std::path::Path;

use super::settings::Input;
use crate::baseline::{self, Baseline};
use crate::diff;
use crate::discover::{self, revision::Revision};
use crate::error::Error;
use crate::finding::{self, Finding};
use crate::judge;
use crate::known::Known;
use crate::levels::Levels;
use crate::outcome::Outcome;
use crate::pipeline::{self, Watch};
use crate::source::Sources;

/// What a check found out.
pub(super) struct Checked {
    pub(super) outcome: Outcome,
    pub(super) sources: Sources,
    pub(super) findings: Vec<Finding>,
    /// What a baseline's entries can be about.
    pub(super) present: BTreeSet<String>,
    pub(super) known: Known,
    /// Why the outcome is not what was asked for, if it is not.
    pub(super) unmet: Option<Error>,
}

/// Runs the analysis, on a revision, too, if there is one to compare with. `complete` adds to an outcome
/// that no level has been applied to.
pub(super) fn checked(
    input: &Input,
    levels: &Levels,
    revision: Option<&str>,
    watch: Watch<'_>,
    complete: &dyn Fn(&mut Outcome) -> Option<Error>,
) -> Result<Checked, Error> {
    let options = &input.options;
    let (mut now, then) = match revision {
        None => (pipeline::run_watched(options, watch)?, None),
        Some(revision) => {
            let older = |revision: &Revision| input.at(revision);
            let (now, then) = pipeline::run_both(options, revision, &older, watch)?;
            (now, Some((revision, found(then, levels))))
        }
    };
    let unmet = complete(&mut now.0);
    let mut checked = found(now, levels);
    checked.unmet = unmet;
    if let Some((revision, Checked { outcome, sources, findings, .. })) = then {
        let then = diff::Then { revision: revision.to_owned(), outcome, sources, findings };
        let Checked { outcome, sources, findings, known, .. } = &mut checked;
        let unseen = discover::unseen(&then.missing(sources));
        *known = diff::compare(findings, outcome, sources, then, unseen);
        levels.apply_to_lost(findings);
    }
    Ok(checked)
}

/// The findings of a run, at the levels that are wanted.
fn found((mut outcome, sources): pipeline::Run, levels: &Levels) -> Checked {
    let present = baseline::present(&outcome);
    levels.apply(&mut outcome);
    judge::settle(&mut outcome);
    let findings = finding::of(&outcome);
    let known = Known::default();
    Checked { outcome, sources, findings, present, known, unmet: None }
}

impl Checked {
    /// Silences what stands in a baseline.
    pub(super) fn compare(&mut self, baseline: &Baseline, path: &Path) {
        let undecided = baseline.silence(&mut self.findings, &self.outcome);
        self.known.undecided.extend(undecided);
        let (fixed, note) = baseline.fixed(&self.present, &self.outcome, path);
        self.known.fixed = fixed;
        self.outcome.notes.extend(note);
    }
}
