//! `raft-lint check`: the main job.
//!
//! Takes paths; gives the reports that were asked for. Problems go to standard error in every format, so
//! that a file that was not checked is never passed over in silence.

use std::io::Write;
use std::time::Instant;

use super::checked::{Checked, checked};
use super::settings::{self, Settings};
use super::stats::Clock;
use super::{Exit, Printed, progress, reports, targets};
use crate::baseline::Baseline;
use crate::cli::{CheckArgs, CheckFormat};
use crate::error::Error;
use crate::outcome::{Outcome, ProblemKind};
use crate::report::{Detail, Report, text, verbose};

/// Checks.
pub(super) fn run(args: &CheckArgs) -> Result<Printed, Error> {
    let started = Instant::now();
    let targets =
        targets::of(&args.output.format, args.output.output.as_deref(), CheckFormat::Text)?;
    let settings = settings::of_check(args)?;
    let baseline = settings.baseline.as_deref();
    let baseline = baseline.map(|path| Ok((path, Baseline::read(path)?))).transpose()?;
    let clock = Clock::default();
    let mut checked = analysed(args, &settings, &clock)?;
    if let Some((path, baseline)) = &baseline {
        checked.compare(baseline, path);
    }
    let Checked { outcome, sources, findings, known, unmet, .. } = checked;
    let mut report = Report::new(&outcome, &sources, findings);
    report.known = known;
    report.time = started.elapsed();
    report.complete = unmet.is_none() && !is_broken(&outcome) && !is_undecided(&report);
    report.include_suppressed = args.output.include_suppressed;
    report.detail = settings.detail;
    report.configured = settings.configured.clone();
    let color = args.output.color.color;
    let (out, mut err) = super::buffers(color);
    text::problems(&outcome, settings.detail, &mut err).map_err(super::in_memory)?;
    if settings.detail == Detail::Verbose {
        verbose::render(&report, &mut err).map_err(super::in_memory)?;
    }
    clock.end();
    let exit = if unmet.is_some() { Exit::Failed } else { exit(&report, &settings) };
    let mut printed = Printed::new(exit, out, err);
    reports::render(&report, &targets, color, &mut printed)?;
    if args.detail.stats {
        let kept = settings.input.kept.as_ref();
        clock.render(&outcome, &sources, kept, &mut printed.err).map_err(super::in_memory)?;
    }
    settings.input.end(&mut printed.err)?;
    let error = unmet.or_else(|| undecided(&report).filter(|_| printed.exit == Exit::Failed));
    if let Some(error) = error {
        printed.err.write_all(super::message(&error).as_bytes()).map_err(super::in_memory)?;
    }
    Ok(printed)
}

/// Analyses, and shows how far it is.
fn analysed(args: &CheckArgs, settings: &Settings, clock: &Clock) -> Result<Checked, Error> {
    let progress = progress::start(settings.detail);
    let revision = args.new.diff.as_deref();
    checked(
        &settings.input,
        &settings.levels,
        revision,
        &|stage| {
            clock.begin(stage);
            progress.show(stage);
        },
        &|outcome| settings.complete(outcome),
    )
}

/// Why a run fails that could not decide everything: its counts may look clean.
fn undecided(report: &Report<'_>) -> Option<Error> {
    if !is_undecided(report) {
        return None;
    }
    let unseen = report.outcome.unseen;
    let known = report.known.count_undecided(report.outcome);
    let undecided = report.outcome.undecided().saturating_sub(known);
    let parts = [(undecided, "undecided"), (unseen, "not parsed")];
    let parts = parts.into_iter().filter(|(n, _)| *n > 0);
    let parts: Vec<String> = parts.map(|(n, what)| format!("{n} {what}")).collect();
    let text = format!(
        "not everything could be decided, so that the exit code is 2: {}",
        parts.join(", ")
    );
    let help = match report.detail {
        Detail::Quiet => "run without `--quiet` to see what",
        _ => {
            "each is told with its reason; docs/budgets.md lists the bounds, `raft-lint baseline` writes down \
             what is undecided, so that later runs pass with it, and `exclude` leaves code out"
        }
    };
    Some(Error::new(text, help))
}

/// Findings, if there are any that count so much; clean only if everything that had to be decided
/// was.
fn exit(report: &Report<'_>, settings: &Settings) -> Exit {
    if is_broken(report.outcome) {
        Exit::Failed
    } else if !settings.exit_zero && report.open().any(|f| f.level >= settings.fail_on) {
        Exit::Findings
    } else if is_undecided(report) {
        Exit::Failed
    } else {
        Exit::Clean
    }
}

/// Whether a bound was reached before an answer where it was not reached before, or a file with Raft
/// beside it was not seen.
fn is_undecided(report: &Report<'_>) -> bool {
    let undecided = report.outcome.undecided() > report.known.count_undecided(report.outcome);
    undecided || report.outcome.unseen > 0
}

/// Whether everything was read and decided.
pub(super) fn is_whole(outcome: &Outcome) -> bool {
    !is_broken(outcome) && outcome.undecided() == 0 && outcome.unseen == 0
}

/// Whether what was found out is worth nothing: a bug of ours, or not one file could be analysed.
pub(super) fn is_broken(outcome: &Outcome) -> bool {
    let internal = outcome.problems.iter().any(|p| p.kind == ProblemKind::Internal);
    let unread = outcome.packages_of_files.is_empty();
    internal || unread || outcome.parsed == 0 && outcome.lost_files()
}
