//! The list of rules, for people and for programs.
//!
//! Takes the rules; gives their ids, levels and summaries.

use std::io;

use codespan_reporting::term::termcolor::{ColorSpec, WriteColor};
use serde::Serialize;

use super::json::VERSION;
use super::pretty;
use crate::rule::Rule;

#[derive(Serialize)]
struct Catalogue<'a> {
    version: u32,
    rules: Vec<Entry<'a>>,
}

#[derive(Serialize)]
struct Entry<'a> {
    id: &'a str,
    level: &'a str,
    group: &'a str,
    since: &'a str,
    summary: &'a str,
    note: &'a str,
}

/// One rule on two lines.
pub fn text(rules: &[&Rule], out: &mut dyn WriteColor) -> io::Result<()> {
    for rule in rules {
        out.set_color(ColorSpec::new().set_bold(true))?;
        write!(out, "{}", rule.id)?;
        out.reset()?;
        let (level, group) = (rule.level.id(), rule.group.id());
        writeln!(out, " ({level}, {group}, since {})\n    {}", rule.since, rule.summary)?;
    }
    writeln!(out, "\n`raft-lint explain RULE` prints a rule's page")
}

/// The same as one object.
pub fn json(rules: &[&Rule]) -> String {
    let rules = rules.iter().map(|rule| Entry {
        id: rule.id,
        level: rule.level.id(),
        group: rule.group.id(),
        since: rule.since,
        summary: rule.summary,
        note: rule.note,
    });
    pretty::text(&Catalogue { version: VERSION, rules: rules.collect() })
}
