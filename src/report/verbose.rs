//! What `--verbose` adds: which configuration was used, what was looked at, what was recognised.
//!
//! Takes the outcome; writes lines for people, on standard error, so that no format is disturbed.

use std::collections::BTreeMap;
use std::io;

use codespan_reporting::term::termcolor::WriteColor;

use super::{Report, counted, escape};
use crate::outcome::Outcome;

/// The configuration, the prefilter, and a line for each package in which something was recognised.
pub fn render(report: &Report<'_>, out: &mut dyn WriteColor) -> io::Result<()> {
    let outcome = report.outcome;
    match &report.configured {
        Some(configured) => writeln!(out, "configuration: {}", escape::line(&configured.name))?,
        None => writeln!(out, "configuration: none")?,
    }
    writeln!(
        out,
        "{} in {} found; {} with Raft vocabulary, {} parsed",
        counted(outcome.files, "file"),
        counted(outcome.packages, "package"),
        counted(outcome.speaking, "package"),
        counted(outcome.parsed, "file"),
    )?;
    for package in 0..outcome.package_dirs.len() {
        if let Some(line) = package_line(outcome, package) {
            writeln!(out, "{line}")?;
        }
    }
    Ok(())
}

/// ``package `raft`: 2 handlers (append_entries, request_vote), 9 obligations proved, 1 violated``
pub(super) fn package_line(outcome: &Outcome, package: usize) -> Option<String> {
    let mut roles: BTreeMap<&str, usize> = BTreeMap::new();
    for handler in outcome.handlers.iter().filter(|h| outcome.package_of(h.place) == package) {
        *roles.entry(handler.message.id()).or_default() += 1;
    }
    let here = || outcome.obligations.iter().filter(|o| outcome.package_of(o.place) == package);
    if roles.is_empty() && here().next().is_none() {
        return None;
    }
    let count = |status: &str| here().filter(|o| o.status.id() == status).count();
    let names: Vec<&str> = roles.keys().copied().collect();
    let names = if names.is_empty() { String::new() } else { format!(" ({})", names.join(", ")) };
    let mut line = format!(
        "package `{}`: {}{names}, {} proved, {} violated",
        escape::line(&outcome.package_dirs[package]),
        counted(roles.values().sum(), "handler"),
        counted(count("proved"), "obligation"),
        count("violated"),
    );
    let undecided = count("undecided");
    if undecided > 0 {
        line += &format!(", {undecided} undecided");
    }
    Some(line)
}
