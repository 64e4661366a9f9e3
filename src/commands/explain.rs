//! `raft-lint explain RULE`: the documentation page of a rule, or of another finding.
//!
//! Takes a rule's id; prints the page that is compiled in. An unknown id is an error that names
//! the nearest known one.

use std::io::Write;

use super::{Exit, Printed};
use crate::cli::{Color, ExplainArgs};
use crate::diff::LOST_PROOF;
use crate::error::Error;
use crate::levels::unknown;
use crate::rules;

/// Prints the page.
pub(super) fn run(args: &ExplainArgs) -> Result<Printed, Error> {
    let id = args.rule.to_lowercase().replace('_', "-");
    let own = [LOST_PROOF];
    let own = own.iter().find(|subject| subject.id == id).map(|subject| subject.page);
    let page = own.or_else(|| rules::find(&id).map(|rule| rule.page));
    let known = rules::ALL.iter().map(|rule| rule.id);
    let page = page.ok_or_else(|| unknown("rule", &id, known.chain([LOST_PROOF.id])))?;
    let (mut out, err) = super::buffers(Color::Never);
    out.write_all(page.as_bytes()).map_err(super::in_memory)?;
    Ok(Printed::new(Exit::Clean, out, err))
}
