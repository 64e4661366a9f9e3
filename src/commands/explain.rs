//! `raft-lint explain RULE`: the documentation page of a rule, or of another finding.
//!
//! Takes a rule's id; prints the page that is compiled in. An unknown id is an error that names
//! the nearest known one.

use std::io::Write;

use super::{Exit, Printed};
use crate::cli::{Color, ExplainArgs};
use crate::error::Error;
use crate::levels::{ids, unknown};
use crate::{rules, subjects};

/// Prints the page.
pub(super) fn run(args: &ExplainArgs) -> Result<Printed, Error> {
    let id = args.rule.to_lowercase().replace('_', "-");
    let page = match (rules::find(&id), subjects::find(&id)) {
        (Some(rule), _) => rule.page,
        (None, Some(subject)) => subject.page,
        (None, None) => return Err(unknown("rule", &id, ids())),
    };
    let (mut out, err) = super::buffers(Color::Never);
    out.write_all(page.as_bytes()).map_err(super::in_memory)?;
    Ok(Printed::new(Exit::Clean, out, err))
}
