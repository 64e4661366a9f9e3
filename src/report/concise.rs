//! The concise report: one line for each finding, as compilers print it.
//!
//! Takes a report; gives lines that editors and `grep` understand. No line starts with anything that
//! a build server would take for a command to it.

use super::place::{seen, spot};
use super::remark::{Kind, remarks};
use super::{Detail, Report, escape, summary};

/// The report as text, with a line feed at its end.
pub fn render(report: &Report<'_>) -> String {
    let mut text = String::new();
    for finding in report.open() {
        let at = spot(report.sources, finding.place);
        let (level, rule) = (finding.level.id(), finding.subject.id);
        let headline = finding.headline();
        let message = escape::line(&headline);
        let file = start(at.shown);
        text += &format!("{file}:{}:{}: {level}[{rule}] {message}\n", at.line, at.column);
    }
    if report.detail == Detail::Quiet {
        return text;
    }
    for remark in remarks(report) {
        let told = escape::line(&remark.text);
        let level = match remark.kind {
            Kind::Note => "note",
            kind => kind.level().id(),
        };
        let file = seen(report.sources, remark.at).map(|seen| {
            let line = seen.line.map(|line| format!(":{line}")).unwrap_or_default();
            format!("{}{line}: ", start(seen.shown))
        });
        text += &format!("{}{level}: {told}\n", file.unwrap_or_default());
    }
    format!("{text}{}; {}\n", summary::findings(report), summary::obligations(report))
}

/// A file's name at the start of a line.
fn start(name: &str) -> String {
    let plain = name.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '/'));
    format!("{}{}", if plain { "" } else { "./" }, escape::line(name))
}
