//! `raft-lint map`: what the lint understood, for a reviewer.
//!
//! Takes paths; prints handlers, obligations with their evidence, and what was expected but not
//! recognised. It judges nothing: violated obligations do not fail it.

use std::io::Write;

use super::{Exit, Printed, check, settings};
use crate::cli::{Format, MapArgs};
use crate::error::Error;
use crate::levels::Layer;
use crate::pipeline;
use crate::report::{Detail, Report, json, map, text};
use crate::{finding, judge};

/// Prints the map.
pub(super) fn run(args: &MapArgs) -> Result<Printed, Error> {
    let input = settings::of_input(&args.input)?;
    let (mut outcome, sources) = pipeline::run(&input.options)?;
    judge::settle(&mut outcome);
    let (mut out, mut err) = super::buffers(args.output.color.color);
    text::problems(&outcome, Detail::Normal, &mut err).map_err(super::in_memory)?;
    match args.output.format {
        Format::Json => {
            let mut report = Report::new(&outcome, &sources, finding::of(&outcome));
            report.configured = input.configured(&Layer::default(), true);
            out.write_all(json::render(&report).as_bytes())
        }
        Format::Text => map::render(&outcome, &sources, &mut out),
    }
    .map_err(super::in_memory)?;
    let exit = if check::is_broken(&outcome) { Exit::Failed } else { Exit::Clean };
    Ok(Printed::new(exit, out, err))
}
