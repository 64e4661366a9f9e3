//! What stands in the nodes of a drawn map: short lines that are safe to show, before a format quotes them.

use super::graph::{Row, Subject};
use crate::outcome::{Handler, Missing};
use crate::report::{counted, escape};
use crate::source::{Place, Sources, beginning};

/// More characters of a name or a line of code are not shown.
const MAX_SHOWN: usize = 64;
/// More handlers without an effect are only counted.
const MAX_LISTED: usize = 12;

/// A name or a line of code: without what acts on a reader, and not too long.
pub(in crate::report) fn code(text: &str) -> String {
    clipped(text, MAX_SHOWN)
}

/// The first characters of a text, safe to show; an ellipsis if there are more.
pub(in crate::report) fn clipped(text: &str, most: usize) -> String {
    escape::line(&beginning(text, most))
        .chars()
        .map(|c| if is_text(c) { c } else { '\u{fffd}' })
        .collect()
}

/// Whether XML can hold a character.
fn is_text(c: char) -> bool {
    !matches!(c, '\u{fffe}' | '\u{ffff}')
}

/// `src/log.rs:52`, with the end of a long path.
pub(in crate::report) fn shown(place: Place, sources: &Sources) -> String {
    let file = sources.file(place.file).shown();
    let count = file.chars().count();
    let name = match count.checked_sub(MAX_SHOWN) {
        Some(more) if more > 0 => {
            format!("…{}", escape::line(&file.chars().skip(more).collect::<String>()))
        }
        _ => code(&file),
    };
    format!("{}:{}", code(&name), sources.line(place))
}

/// A place and its line of code.
pub(in crate::report) fn place_and_code(place: Place, sources: &Sources) -> (String, String) {
    let file = sources.file(place.file);
    (shown(place, sources), code(file.line_text(sources.line(place)).trim()))
}

/// Handlers, a line for each, and how many more there are.
pub(in crate::report) fn listed(handlers: &[&Handler], sources: &Sources) -> Vec<String> {
    let line = |h: &&Handler| {
        format!("{}: {} ({})", h.message.title(), code(&h.function), shown(h.place, sources))
    };
    let mut lines: Vec<String> = handlers.iter().take(MAX_LISTED).map(line).collect();
    if let Some(more) = handlers.len().checked_sub(MAX_LISTED).filter(|more| *more > 0) {
        lines.push(format!("and {more} more"));
    }
    lines
}

/// What stands above a cluster.
pub(in crate::report) fn title(subject: &Subject<'_>) -> String {
    match subject {
        Subject::Handler(..) => subject.title().to_owned(),
        Subject::File(file) => format!("{}: {}", code(file), subject.title()),
    }
}

/// `✓ proved stale-term`
pub(in crate::report) fn row(row: &Row<'_>) -> String {
    format!("{} {} {}", row.standing.mark(), row.standing.id(), row.obligation.rule.id)
}

/// What was looked for, and which rules decided nothing for want of it.
pub(in crate::report) fn missing(missing: &Missing) -> Vec<String> {
    let mut lines = vec![missing.what.clone(), "these rules decided nothing:".to_owned()];
    lines.extend(missing.rules.iter().map(|rule| rule.id.to_owned()));
    lines
}

/// Handlers without an effect.
pub(in crate::report) fn idle(handlers: &[&Handler], sources: &Sources) -> Vec<String> {
    let count = counted(handlers.len(), "handler");
    let mut lines = vec![format!("{count} without a protected effect")];
    lines.extend(listed(handlers, sources));
    lines
}
