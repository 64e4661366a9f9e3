//! `raft-lint rules`: the catalogue.
//!
//! Takes nothing; prints each rule's id, level and summary, or writes all pages as a site.

use std::io::Write;

use super::{Exit, Printed, site};
use crate::cli::{RulesArgs, RulesFormat};
use crate::error::Error;
use crate::report::catalogue;

/// Lists the rules.
pub(super) fn run(args: &RulesArgs) -> Result<Printed, Error> {
    let (mut out, err) = super::buffers(args.color.color);
    let written = match (args.format, &args.output) {
        (RulesFormat::Html, Some(dir)) => return site::run(dir),
        (RulesFormat::Html, None) => {
            return Err(Error::new(
                "`--format html` writes a site of several files, and was given no directory",
                "name it: `raft-lint rules --format html --output DIR`; \
                 `raft-lint explain RULE --format html` prints one page",
            ));
        }
        (_, Some(_)) => {
            return Err(Error::new(
                "`--output` is the directory of a site, and only `--format html` writes one",
                "add `--format html`, or leave out `--output`: the list goes to standard output",
            ));
        }
        (RulesFormat::Json, None) => out.write_all(catalogue::json(crate::rules::ALL).as_bytes()),
        (RulesFormat::Text, None) => catalogue::text(crate::rules::ALL, &mut out),
    };
    written.map_err(super::in_memory)?;
    Ok(Printed::new(Exit::Clean, out, err))
}
