//! The GitHub report: workflow commands that become annotations on the changed lines.
//!
//! Takes a report; gives one command a line, what is worst first, because GitHub shows ten of a kind.
//! Whatever is not ours is escaped as the runner reads it: nothing in it starts a command or ends one.

use super::place::{seen, spot};
use super::remark::{Remark, remarks};
use super::{Report, escape, plain, summary};
use crate::finding::Finding;
use crate::rule::Level;
use crate::source::Sources;

/// The report as text, with a line feed at its end.
pub fn render(report: &Report<'_>) -> String {
    let findings = report.worst_first().into_iter().map(|f| finding(f, report.sources));
    let remarks = remarks(report);
    let remarks = remarks.iter().map(|r| remark(r, report.sources));
    let mut commands: Vec<Command> = findings.chain(remarks).collect();
    commands.sort_by_key(|command| std::cmp::Reverse(command.level));
    let lines = commands.iter().map(|command| format!("{}\n", command.line()));
    format!("{}{}\n", lines.collect::<String>(), summary::obligations(report))
}

/// A workflow command.
struct Command {
    level: Level,
    properties: Vec<(&'static str, String)>,
    /// The message, line by line.
    lines: Vec<String>,
}

impl Command {
    fn line(&self) -> String {
        let name = match self.level {
            Level::Error => "error",
            Level::Warning => "warning",
            Level::Advice => "notice",
        };
        let properties =
            self.properties.iter().map(|(key, value)| format!("{key}={}", property(value)));
        let lines = self.lines.iter().map(|line| data(&escape::line(line)));
        let (properties, lines): (Vec<_>, Vec<_>) = (properties.collect(), lines.collect());
        format!("::{name} {}::{}", properties.join(","), lines.join("%0A"))
    }
}

fn finding(finding: &Finding, sources: &Sources) -> Command {
    let at = spot(sources, finding.place);
    let mut properties = vec![
        ("file", at.file),
        ("line", at.line.to_string()),
        ("endLine", at.last_line.to_string()),
    ];
    // Columns mean something only within a line.
    if at.line == at.end_line {
        properties.push(("col", at.column.to_string()));
        properties.push(("endColumn", at.end_column.to_string()));
    }
    properties.push(("title", format!("raft-lint: {}", finding.subject.id)));
    let mut lines = vec![finding.message.clone()];
    lines.extend(plain::lines(finding, sources));
    Command { level: finding.level, properties, lines }
}

fn remark(remark: &Remark<'_>, sources: &Sources) -> Command {
    let mut properties = Vec::new();
    if let Some(seen) = seen(sources, remark.at) {
        properties.push(("file", seen.file));
        properties.extend(seen.line.map(|line| ("line", line.to_string())));
    }
    let about = remark.rule.unwrap_or(remark.kind.id());
    properties.push(("title", format!("raft-lint: {about}")));
    let level = remark.kind.level();
    Command { level, properties, lines: vec![remark.text.clone()] }
}

/// What stands behind the second `::`.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// What stands behind a `=`. The runner decodes it to the name of a file, so that it may not be changed
/// in any other way; control characters other than line ends are shown as what they are.
fn property(text: &str) -> String {
    let exact = |c: char| matches!(c, '\r' | '\n');
    let lines = text.split_inclusive(exact).map(|part| {
        let line = part.trim_end_matches(exact);
        format!("{}{}", escape::line(line), &part[line.len()..])
    });
    data(&lines.collect::<String>()).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::{data, property};

    #[test]
    fn commands_are_escaped_as_the_runner_decodes_them() {
        assert_eq!(data("100%\r\n::error::x"), "100%25%0D%0A::error::x");
        assert_eq!(property("a,b:c\n%3A"), "a%2Cb%3Ac%0A%253A");
        assert_eq!(property("a\u{1b}[2J\n\n"), "a\\u{1b}[2J%0A%0A");
    }
}
