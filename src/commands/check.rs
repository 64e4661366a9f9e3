//! `raft-lint check`: the main job.
//!
//! Takes paths; prints findings, or JSON, and a closing line. Problems go to standard error in
//! every format, so that a file that was not checked is never passed over in silence.

use std::time::Instant;

use codespan_reporting::term::termcolor::Buffer;

use super::{Exit, Printed};
use crate::cli::{CheckArgs, Format, LevelArgs};
use crate::error::Error;
use crate::finding::{Outcome, ProblemKind};
use crate::levels::Levels;
use crate::pipeline;
use crate::report::{json, text};
use crate::rule::Level;
use crate::source::Sources;

/// Checks.
pub(super) fn run(args: &CheckArgs) -> Result<Printed, Error> {
    let started = Instant::now();
    let LevelArgs { deny, warn, allow } = &args.levels;
    let levels = Levels::new(deny, warn, allow)?;
    let (mut outcome, sources) = pipeline::run(&super::options(&args.input))?;
    levels.apply(&mut outcome);
    let (mut out, mut err) = super::buffers(args.output.color);
    text::problems(&outcome, &mut err).map_err(super::in_memory)?;
    match args.output.format {
        Format::Json => json_into(&outcome, &sources, &mut out)?,
        Format::Text => {
            text::findings(&outcome, &sources, &mut out).map_err(super::in_memory)?;
            text::closing(&outcome, started.elapsed(), &mut out).map_err(super::in_memory)?;
        }
    }
    Ok(Printed { exit: exit(&outcome), out, err })
}

fn json_into(outcome: &Outcome, sources: &Sources, out: &mut Buffer) -> Result<(), Error> {
    use std::io::Write;
    out.write_all(json::render(outcome, sources).as_bytes()).map_err(super::in_memory)
}

/// Findings, if there are any; clean only if everything that had to be decided was.
fn exit(outcome: &Outcome) -> Exit {
    let fails = |level| level > Level::Advice;
    let violated = outcome.obligations.iter().filter(|o| o.status.id() == "violated");
    let undecided = outcome.count("undecided") + outcome.exhausted.len() > 0;
    if is_broken(outcome) {
        Exit::Failed
    } else if violated.map(|o| o.level).any(fails) {
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
