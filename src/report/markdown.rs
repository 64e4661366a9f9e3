//! The Markdown report: a comment on a pull request, or the summary of a job.
//!
//! Takes a report; gives Markdown, not longer than the service takes. What is not ours stands in code
//! spans, in which nothing is a link, a mention, markup or HTML; the words around are escaped.

use super::place::{seen, spot};
use super::remark::remarks;
use super::{Report, counted, escape, summary};
use crate::finding::Finding;
use crate::source::{Place, Sources};

/// A comment may have 65 536 characters, on GitHub as the shortest.
pub const COMMENT: usize = 60_000;
/// A job's summary may have 1 MiB, with what other steps wrote.
pub const JOB_SUMMARY: usize = 900_000;
/// More of a name or an expression than this is not shown.
const MAX_CODE: usize = 300;

/// The report as text of about `limit` bytes at most, with a line feed at its end. What is left out is
/// counted.
pub fn render(report: &Report<'_>, limit: usize) -> String {
    let findings = report.worst_first().into_iter().map(|f| finding(f, report.sources)).collect();
    let remarks = remarks(report);
    let remarks = remarks.iter().map(|remark| {
        let file = seen(report.sources, remark.at).map(|seen| {
            let line = seen.line.map(|line| format!(":{line}")).unwrap_or_default();
            format!("{}: ", code(&format!("{}{line}", seen.file)))
        });
        let help = match remark.help {
            "" => String::new(),
            help => format!("  - *Help:* {}\n", prose(help)),
        };
        format!("- {}{}\n{help}", file.unwrap_or_default(), prose(&remark.text))
    });
    let remarks: Vec<String> = remarks.collect();
    let end = format!("\n{}\n", summary::obligations(report));
    let mut text = format!("### raft-lint: {}\n\n", summary::findings(report));
    // Each list may take half, so that neither hides the other; what one leaves is the other's.
    let room = limit.saturating_sub(text.len() + end.len() + 400);
    let needed: usize = remarks.iter().map(String::len).sum();
    append(findings, room - needed.min(room / 2), "more finding", &mut text);
    if !remarks.is_empty() {
        text += "\n#### Not decided, not recognised, not checked\n\n";
        let left = limit.saturating_sub(text.len() + end.len() + 200);
        append(remarks, left, "more remark", &mut text);
    }
    text + &end
}

/// Adds what there is room for, and the number of the others. One that is too long hides none behind it.
fn append(blocks: Vec<String>, mut room: usize, noun: &str, text: &mut String) {
    let mut left = 0;
    for block in blocks {
        if block.len() <= room {
            room -= block.len();
            *text += &block;
        } else {
            left += 1;
        }
    }
    if left > 0 {
        let left = counted(left, noun);
        *text +=
            &format!("\n… and {left}, for which there is no room: `--format text` shows all\n");
    }
}

/// One item of the list, with the path folded.
fn finding(finding: &Finding, sources: &Sources) -> String {
    let at = |place: Place| {
        let at = spot(sources, place);
        code(&format!("{}:{}", at.file, at.line))
    };
    let mut text = format!("- **{}** {}", finding.level.id(), code(finding.subject.id));
    text += &format!(" at {}", at(finding.place));
    if !finding.function.is_empty() {
        text += &format!(" in {}", code(&finding.function));
    }
    text += &format!(": {}\n", prose(&finding.message));
    for (kind, told) in [("Lost", &finding.note), ("Help", &finding.help)] {
        if !told.is_empty() {
            text += &format!("  - *{kind}:* {}\n", prose(told));
        }
    }
    if !finding.witness.is_empty() {
        let steps = counted(finding.witness.len(), "step");
        text += &format!("\n  <details><summary>The path, {steps}</summary>\n\n");
        for (number, step) in (1..).zip(&finding.witness) {
            text += &format!("  {number}. {}: {}\n", at(step.place), prose(&step.text));
        }
        text += "\n  </details>\n\n";
    }
    for place in &finding.also {
        text += &format!("  - {}: {}\n", at(*place), crate::finding::ALSO);
    }
    text
}

/// Words of ours, with code in backticks; whatever else stands in them is escaped.
pub(crate) fn prose(text: &str) -> String {
    let line = escape::line(text);
    let parts = line.split('`').enumerate();
    parts.map(|(i, part)| if i % 2 == 1 { code(part) } else { words(part) }).collect()
}

/// Words in which nothing is markup. A backslash does not keep a service from making a link of `@name`,
/// `#1` or an address, which it looks for behind the markup; in code it does not look.
fn words(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '@' | '#' | '!' | '$' | '~' | '%' | '&' => escaped.push_str(&format!("`{c}`")),
            ':' if rest.peek() == Some(&'/') => escaped.push_str("`:`"),
            ':' if rest.peek().is_none_or(|c| c.is_whitespace()) => escaped.push(c),
            '.' if escaped.ends_with("www") => escaped.push_str("`.`"),
            ',' | '.' | ';' | '(' | ')' | '-' | '\'' | '"' | '/' => escaped.push(c),
            c if c.is_ascii_punctuation() => escaped.extend(['\\', c]),
            c => escaped.push(c),
        }
    }
    escaped
}

/// A code span, fenced by more backticks than it holds in a row.
pub(crate) fn code(text: &str) -> String {
    let line = escape::line(text);
    let mut shown: String = line.chars().take(MAX_CODE).collect();
    if shown.len() < line.len() {
        shown.push('…');
    }
    if shown.is_empty() {
        return shown;
    }
    let longest = shown.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    // Blanks keep a backtick off the fence; one on each side is not shown.
    let blank = if shown.starts_with(['`', ' ']) || shown.ends_with(['`', ' ']) { " " } else { "" };
    format!("{fence}{blank}{shown}{blank}{fence}")
}

#[cfg(test)]
mod tests {
    use super::{append, code, words};

    #[test]
    fn what_is_too_long_hides_nothing_else() {
        let mut text = String::new();
        let blocks = ["first\n".to_owned(), "x".repeat(100), "last\n".to_owned()];
        append(blocks.into(), 50, "more finding", &mut text);
        assert!(text.starts_with("first\nlast\n\n… and 1 more finding, "), "{text}");
    }

    #[test]
    fn code_spans_end_where_they_should() {
        assert_eq!(code("self.log[`]"), "``self.log[`]``");
        assert_eq!(code("`a``b`"), "``` `a``b` ```");
        assert_eq!(code("</details>\n@all"), "`</details>\\u{a}@all`");
        assert_eq!(code(""), "");
        assert!(code(&"é".repeat(1_000)).len() < 700);
    }

    #[test]
    fn words_are_no_markup() {
        assert_eq!(words("*a* <b> [c](d) @e #1"), "\\*a\\* \\<b\\> \\[c\\](d) `@`e `#`1");
        assert_eq!(words("is lost: see https://x :a:"), "is lost: see https`:`//x \\:a:");
        assert_eq!(words("www.a.b"), "www`.`a.b");
    }
}
