//! `raft-lint check`: the main job.
//!
//! Takes paths; gives the reports that were asked for. Problems go to standard error in
//! every format, so that a file that was not checked is never passed over in silence; so do notes, if no
//! format has a place for them.

use std::io::Write;
use std::path::PathBuf;
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
use crate::report::{
    Detail, Report, concise, github, gitlab, json, junit, markdown, rdjson, sarif, text, verbose,
};

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
    report.complete = !is_broken(&outcome) && outcome.undecided() == 0;
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
    let is_quiet = settings.detail == Detail::Quiet;
    let unsaid = !targets.iter().any(|target| holds_notes(target.format));
    if unsaid && !is_quiet {
        text::notes(&outcome, &mut printed.err).map_err(super::in_memory)?;
    }
    if !is_quiet && (unsaid || targets.iter().all(|target| target.file.is_some())) {
        text::closing(&report, &mut printed.err).map_err(super::in_memory)?;
    }
    if targets.iter().any(|target| target.format == CheckFormat::Github) {
        printed.appended.extend(job_summary(&report)?);
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
    let text = match format {
        CheckFormat::Text => {
            text::findings(report, out).map_err(super::in_memory)?;
            if report.detail == Detail::Quiet {
                return Ok(());
            }
            return text::closing(report, out).map_err(super::in_memory);
        }
        CheckFormat::Concise => concise::render(report),
        CheckFormat::Json => json::render(report),
        CheckFormat::Sarif => sarif::render(report),
        CheckFormat::Github => github::render(report),
        CheckFormat::Gitlab => gitlab::render(report),
        CheckFormat::Rdjson => rdjson::render(report),
        CheckFormat::Junit => junit::render(report).map_err(super::in_memory)?,
        CheckFormat::Markdown => markdown::render(report, markdown::COMMENT),
    };
    out.write_all(text.as_bytes()).map_err(super::in_memory)
}

/// Whether a format has a place for what is about no file.
fn holds_notes(format: CheckFormat) -> bool {
    !matches!(format, CheckFormat::Gitlab | CheckFormat::Rdjson)
}

/// What GitHub shows on the page of a run: annotations are cut off, this is not. The runner says where
/// it goes.
fn job_summary(report: &Report<'_>) -> Result<Option<(PathBuf, Buffer)>, Error> {
    let named = std::env::var_os("GITHUB_STEP_SUMMARY").filter(|name| !name.is_empty());
    let Some(file) = named else { return Ok(None) };
    let mut text = Buffer::no_color();
    let whole = markdown::render(report, markdown::JOB_SUMMARY);
    text.write_all(whole.as_bytes()).map_err(super::in_memory)?;
    Ok(Some((PathBuf::from(file), text)))
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
