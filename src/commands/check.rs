//! `raft-lint check`: the main job.
//!
//! Takes paths; gives the reports that were asked for. Problems go to standard error in
//! every format, so that a file that was not checked is never passed over in silence.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::Path;
use std::time::Instant;

use codespan_reporting::term::termcolor::Buffer;

use super::{Exit, Printed, targets};
use crate::baseline::{self, Baseline};
use crate::cli::{CheckArgs, CheckFormat, Color, InputArgs, LevelArgs};
use crate::diff;
use crate::error::Error;
use crate::finding::{self, Finding};
use crate::known::Known;
use crate::levels::Levels;
use crate::outcome::{Outcome, ProblemKind};
use crate::pipeline;
use crate::report::{Report, json, text};
use crate::rule::Level;
use crate::source::Sources;

/// Checks.
pub(super) fn run(args: &CheckArgs) -> Result<Printed, Error> {
    let started = Instant::now();
    let targets = targets::of(&args.output)?;
    let baseline = args.new.baseline.as_deref();
    let baseline = baseline.map(|path| Ok((path, Baseline::read(path)?))).transpose()?;
    let mut checked = checked(&args.input, &args.levels, args.new.diff.as_deref())?;
    if let Some((path, baseline)) = &baseline {
        checked.compare(baseline, path);
    }
    let Checked { outcome, sources, findings, known, .. } = checked;
    let mut report = Report::new(&outcome, &sources, findings);
    report.known = known;
    report.time = started.elapsed();
    let color = args.output.color.color;
    let (out, mut err) = super::buffers(color);
    text::problems(&outcome, &mut err).map_err(super::in_memory)?;
    let mut printed = Printed::new(exit(&report), out, err);
    for target in &targets {
        match &target.file {
            None => render(&report, target.format, &mut printed.out)?,
            Some(file) => {
                let always = color == Color::Always;
                let mut text = if always { Buffer::ansi() } else { Buffer::no_color() };
                render(&report, target.format, &mut text)?;
                printed.files.push((file.clone(), text));
            }
        }
    }
    if targets.iter().all(|target| target.file.is_some()) {
        text::closing(&report, &mut printed.err).map_err(super::in_memory)?;
    }
    Ok(printed)
}

/// What a check found out.
pub(super) struct Checked {
    pub(super) outcome: Outcome,
    pub(super) sources: Sources,
    pub(super) findings: Vec<Finding>,
    /// What a baseline's entries can be about.
    pub(super) present: BTreeSet<String>,
    pub(super) known: Known,
}

/// Runs the analysis, on a revision, too, if there is one to compare with.
pub(super) fn checked(
    input: &InputArgs,
    levels: &LevelArgs,
    revision: Option<&str>,
) -> Result<Checked, Error> {
    let LevelArgs { deny, warn, allow } = levels;
    let levels = Levels::new(deny, warn, allow)?;
    let options = super::options(input);
    let (now, then) = match revision {
        None => (pipeline::run(&options)?, None),
        Some(revision) => {
            let (now, then) = pipeline::run_both(&options, revision)?;
            (now, Some((revision, found(then, &levels))))
        }
    };
    let mut checked = found(now, &levels);
    if let Some((revision, Checked { outcome, sources, findings, .. })) = then {
        let then = diff::Then { revision: revision.to_owned(), outcome, sources, findings };
        let Checked { outcome, sources, findings, .. } = &mut checked;
        checked.known = diff::compare(findings, outcome, sources, then);
    }
    Ok(checked)
}

/// The findings of a run, at the levels that are wanted.
fn found((mut outcome, sources): pipeline::Run, levels: &Levels) -> Checked {
    let present = baseline::present(&outcome, &finding::of(&outcome));
    levels.apply(&mut outcome);
    let findings = finding::of(&outcome);
    Checked { outcome, sources, findings, present, known: Known::default() }
}

impl Checked {
    /// Silences what stands in a baseline.
    fn compare(&mut self, baseline: &Baseline, path: &Path) {
        let undecided = baseline.silence(&mut self.findings, &self.outcome);
        self.known.undecided.extend(undecided);
        let (fixed, note) = baseline.fixed(&self.present, &self.outcome, path);
        self.known.fixed = fixed;
        self.outcome.notes.extend(note);
    }
}

/// Writes a report in one form.
fn render(report: &Report<'_>, format: CheckFormat, out: &mut Buffer) -> Result<(), Error> {
    match format {
        CheckFormat::Json => out.write_all(json::render(report).as_bytes()),
        CheckFormat::Text => {
            text::findings(report, out).map_err(super::in_memory)?;
            text::closing(report, out)
        }
    }
    .map_err(super::in_memory)
}

/// Findings, if there are any; clean only if everything that had to be decided was.
fn exit(report: &Report<'_>) -> Exit {
    let outcome = report.outcome;
    let undecided = outcome.count("undecided") + outcome.exhausted.len();
    let undecided = undecided > report.known.count_undecided(outcome);
    if is_broken(outcome) {
        Exit::Failed
    } else if report.open().any(|finding| finding.level > Level::Advice) {
        Exit::Findings
    } else if undecided {
        Exit::Failed
    } else {
        Exit::Clean
    }
}

/// Whether what was found out is worth nothing: a bug of ours, or not one file could be analysed.
pub(super) fn is_broken(outcome: &Outcome) -> bool {
    let internal = outcome.problems.iter().any(|p| p.kind == ProblemKind::Internal);
    let unread = outcome.packages_of_files.is_empty();
    internal || unread || outcome.parsed == 0 && outcome.lost_files()
}
