//! `raft-lint check`: the main job.
//!
//! Takes paths; gives the reports that were asked for. Problems go to standard error in
//! every format, so that a file that was not checked is never passed over in silence; so do notes, if no
//! format has a place for them.

use std::io::Write;
use std::path::PathBuf;
use std::time::Instant;

use codespan_reporting::term::termcolor::Buffer;

use super::{Exit, Printed, targets};
use crate::cli::{CheckArgs, CheckFormat, Color, LevelArgs};
use crate::error::Error;
use crate::finding;
use crate::levels::Levels;
use crate::outcome::{Outcome, ProblemKind};
use crate::pipeline;
use crate::report::{Report, concise, github, gitlab, json, junit, markdown, rdjson, sarif, text};
use crate::rule::Level;

/// Checks.
pub(super) fn run(args: &CheckArgs) -> Result<Printed, Error> {
    let started = Instant::now();
    let targets = targets::of(&args.output)?;
    let LevelArgs { deny, warn, allow } = &args.levels;
    let levels = Levels::new(deny, warn, allow)?;
    let (mut outcome, sources) = pipeline::run(&super::options(&args.input))?;
    levels.apply(&mut outcome);
    let mut report = Report::new(&outcome, &sources, finding::of(&outcome));
    report.time = started.elapsed();
    report.complete = !is_broken(&outcome) && !is_undecided(&outcome);
    report.include_suppressed = args.output.include_suppressed;
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
    let unsaid = !targets.iter().any(|target| holds_notes(target.format));
    if unsaid {
        text::notes(&outcome, &mut printed.err).map_err(super::in_memory)?;
    }
    if unsaid || targets.iter().all(|target| target.file.is_some()) {
        text::closing(&report, &mut printed.err).map_err(super::in_memory)?;
    }
    if targets.iter().any(|target| target.format == CheckFormat::Github) {
        printed.appended.extend(job_summary(&report)?);
    }
    Ok(printed)
}

/// Writes a report in one form.
fn render(report: &Report<'_>, format: CheckFormat, out: &mut Buffer) -> Result<(), Error> {
    let text = match format {
        CheckFormat::Text => {
            text::findings(report, out).map_err(super::in_memory)?;
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

/// Findings, if there are any; clean only if everything that had to be decided was.
fn exit(report: &Report<'_>) -> Exit {
    let outcome = report.outcome;
    if is_broken(outcome) {
        Exit::Failed
    } else if report.open().any(|finding| finding.level > Level::Advice) {
        Exit::Findings
    } else if is_undecided(outcome) {
        Exit::Failed
    } else {
        Exit::Clean
    }
}

/// Whether a bound was reached before an answer.
fn is_undecided(outcome: &Outcome) -> bool {
    outcome.count("undecided") + outcome.exhausted.len() > 0
}

/// Whether what was found out is worth nothing: a bug of ours, or not one file could be analysed.
pub(super) fn is_broken(outcome: &Outcome) -> bool {
    let internal = outcome.problems.iter().any(|p| p.kind == ProblemKind::Internal);
    let unread = outcome.packages_of_files.is_empty();
    internal || unread || outcome.parsed == 0 && outcome.lost_files()
}
