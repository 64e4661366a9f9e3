//! `raft-lint check`: the main job.
//!
//! Takes paths; gives the reports that were asked for. Problems go to standard error in
//! every format, so that a file that was not checked is never passed over in silence.

use std::io::Write;
use std::time::Instant;

use codespan_reporting::term::termcolor::Buffer;

use super::settings::{self, Settings};
use super::stats::Clock;
use super::{Exit, Printed, progress, targets};
use crate::cli::{CheckArgs, CheckFormat, Color};
use crate::error::Error;
use crate::finding;
use crate::outcome::{Outcome, ProblemKind};
use crate::pipeline;
use crate::report::{Detail, Report, json, text, verbose};

/// Checks.
pub(super) fn run(args: &CheckArgs) -> Result<Printed, Error> {
    let started = Instant::now();
    let targets = targets::of(&args.output)?;
    let settings = settings::of_check(args)?;
    let clock = Clock::default();
    let progress = progress::start(settings.detail);
    let (mut outcome, sources) = pipeline::run_watched(&settings.input.options, &|stage| {
        clock.begin(stage);
        progress.show(stage);
    })?;
    drop(progress);
    let unmet = settings.complete(&mut outcome);
    settings.levels.apply(&mut outcome);
    let mut report = Report::new(&outcome, &sources, finding::of(&outcome));
    report.time = started.elapsed();
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
    let in_files = targets.iter().all(|target| target.file.is_some());
    if in_files && settings.detail != Detail::Quiet {
        text::closing(&report, &mut printed.err).map_err(super::in_memory)?;
    }
    if args.detail.stats {
        clock.render(&outcome, &sources, &mut printed.err).map_err(super::in_memory)?;
    }
    let error = unmet.or_else(|| undecided(&report).filter(|_| printed.exit == Exit::Failed));
    if let Some(error) = error {
        printed.err.write_all(super::message(&error).as_bytes()).map_err(super::in_memory)?;
    }
    Ok(printed)
}

/// Writes a report in one form.
fn render(report: &Report<'_>, format: CheckFormat, out: &mut Buffer) -> Result<(), Error> {
    match format {
        CheckFormat::Json => out.write_all(json::render(report).as_bytes()),
        CheckFormat::Text => {
            text::findings(report, out).map_err(super::in_memory)?;
            if report.detail == Detail::Quiet {
                return Ok(());
            }
            text::closing(report, out)
        }
    }
    .map_err(super::in_memory)
}

/// The error of a quiet run that could not decide everything: other runs say so in notes and in the
/// closing line.
fn undecided(report: &Report<'_>) -> Option<Error> {
    let count = report.outcome.undecided();
    let quiet = report.detail == Detail::Quiet && count > 0;
    let text = format!("not everything could be decided: {count} undecided");
    quiet.then(|| Error::new(text, "run without `--quiet` to see what"))
}

/// Findings, if there are any that count so much; clean only if everything that had to be decided
/// was.
fn exit(report: &Report<'_>, settings: &Settings) -> Exit {
    let outcome = report.outcome;
    if is_broken(outcome) {
        Exit::Failed
    } else if !settings.exit_zero && report.open().any(|f| f.level >= settings.fail_on) {
        Exit::Findings
    } else if outcome.undecided() > 0 {
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
