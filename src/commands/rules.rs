//! `raft-lint rules`: the catalogue.
//!
//! Takes nothing; prints each rule's id, level and summary.

use std::io::Write;

use super::{Exit, Printed};
use crate::cli::{Format, RulesArgs};
use crate::error::Error;
use crate::report::catalogue;

/// Lists the rules.
pub(super) fn run(args: &RulesArgs) -> Result<Printed, Error> {
    let (mut out, err) = super::buffers(args.output.color.color);
    match args.output.format {
        Format::Json => out.write_all(catalogue::json(crate::rules::ALL).as_bytes()),
        Format::Text => catalogue::text(crate::rules::ALL, &mut out),
    }
    .map_err(super::in_memory)?;
    Ok(Printed::new(Exit::Clean, out, err))
}
