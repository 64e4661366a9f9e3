//! `raft-lint check`: the main job.
//!
//! Takes paths; gives the reports that were asked for. Problems go to standard error in
//! every format, so that a file that was not checked is never passed over in silence.

use std::io::Write;
use std::time::Instant;

use codespan_reporting::term::termcolor::Buffer;

use super::{Exit, Printed, targets};
use crate::cli::{CheckArgs, CheckFormat, Color, LevelArgs};
use crate::error::Error;
use crate::finding;
use crate::levels::Levels;
use crate::outcome::{Outcome, ProblemKind};
use crate::pipeline;
use crate::report::{Report, json, text};
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
    let undecided = outcome.count("undecided") + outcome.exhausted.len() > 0;
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
