//! What stands before a text, one layer at a time.
//!
//! | layer | example |
//! |---|---|
//! | a timestamp | see the module `time` |
//! | Kubernetes' files (CRI), after a timestamp | `stdout F text` |
//! | syslog and journald, after a timestamp | `host unit[812]: text` |
//! | syslog, RFC 3164 and 5424 | `<34>Mar 04 …`, `<34>1 2026-… host unit 812 - - text` |
//! | `kubectl logs --prefix` | `[pod/raft-0/raft] text` |
//! | `docker compose logs` | `raft-1  \| text` |
//! | Go's `log` with a prefix | `raft2026/03/04 10:11:12 text` |
//! | etcd before 3.5, after a timestamp | `D \| text` |
//! | logfmt | `time=2026-… text`, `ts="…" text` |

use std::ops::Range;

use super::time::{self, Found};
use crate::logs::event::Timestamp;

/// A longer name is none of a node.
const MAX_NAME: usize = 255;
/// So many groups of structured data are passed over in RFC 5424.
const MAX_GROUPS: usize = 16;

/// A layer at the start of a text.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Step {
    /// So many bytes it takes.
    pub(super) length: usize,
    /// When.
    pub(super) time: Option<Timestamp>,
    /// Where the name of the node stands.
    pub(super) writer: Option<Range<usize>>,
}

/// The layer that a text starts with.
pub(super) fn step(text: &str) -> Option<Step> {
    match text.as_bytes().first()? {
        b'<' => priority(text),
        b'[' => pod(text).or_else(|| timestamp(text)),
        b'0'..=b'9' | b'A'..=b'Z' => timestamp(text).or_else(|| compose(text)),
        b'r' => go(text).or_else(|| compose(text)),
        b't' => logfmt(text).or_else(|| compose(text)),
        _ => compose(text),
    }
}

/// Whether loggers write a level so.
fn is_level(word: &str) -> bool {
    const LEVELS: [&str; 27] = [
        "TRACE", "TRCE", "T", "DEBUG", "DEBG", "DBG", "D", "INFO", "INF", "NOTICE", "I", "N",
        "WARN", "WARNING", "WRN", "W", "ERROR", "ERRO", "ERR", "CRIT", "CRITICAL", "FATAL",
        "PANIC", "DPANIC", "E", "C", "F",
    ];
    LEVELS.iter().any(|level| level.eq_ignore_ascii_case(word))
}

/// The length of the blanks that a text starts with.
fn blanks(text: &str) -> usize {
    text.len() - text.trim_start().len()
}

/// A timestamp, with what only stands after one.
fn timestamp(text: &str) -> Option<Step> {
    let found = time::at_start(text)?;
    let mut step = Step { length: found.length, time: Some(found.time), ..Step::default() };
    step.length += blanks(&text[found.length..]);
    let rest = &text[step.length..];
    if let Some(length) = container_runtime(rest) {
        step.length += length;
    } else if let Some((writer, length)) = host(rest, found) {
        step.writer = Some(step.length..step.length + writer);
        step.length += length;
    }
    Some(step)
}

/// `stdout F `: the length.
fn container_runtime(text: &str) -> Option<usize> {
    let stream = ["stdout ", "stderr "].into_iter().find(|stream| text.starts_with(stream))?;
    let tag = text[stream.len()..].split(' ').next()?;
    let is_tag = matches!(tag.split(':').next(), Some("F" | "P"));
    is_tag.then(|| (stream.len() + tag.len() + 1).min(text.len()))
}

/// `host unit[812]: `: the length of the host's name, and of all. Without a number only after syslog's own timestamp,
/// since other text may look like it.
fn host(text: &str, after: Found) -> Option<(usize, usize)> {
    let end = text.bytes().position(|byte| !is_of_name(byte))?;
    let host = &text[..end];
    let rest = text[end..].strip_prefix(' ')?;
    if !is_name(host) || is_level(host) {
        return None;
    }
    let (unit, _) =
        rest.split_once(": ").or_else(|| rest.strip_suffix(':').map(|unit| (unit, "")))?;
    let with_number = unit.ends_with(']') && unit.contains('[');
    let is_unit = unit.len() <= MAX_NAME && !unit.is_empty() && !unit.contains([' ', '"']);
    let without_fraction = after.is_yearless && after.length == "Mar 04 10:11:12".len();
    let length = host.len() + 1 + unit.len() + 1;
    (is_unit && (with_number || without_fraction))
        .then(|| (host.len(), length + blanks(&text[length..])))
}

fn is_of_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.')
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.len() <= MAX_NAME && text.bytes().all(is_of_name)
}

/// `<34>`, and all of the header of RFC 5424.
fn priority(text: &str) -> Option<Step> {
    let end = text.bytes().take(5).position(|byte| byte == b'>')?;
    if end < 2 || !text[1..end].bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let mut step = Step { length: end + 1, ..Step::default() };
    let Some(rest) = text[end + 1..].strip_prefix("1 ") else { return Some(step) };
    let mut at = text.len() - rest.len();
    let mut word = || {
        let end = text[at..].find(' ').map(|length| at + length)?;
        let range = at..end;
        at = end + 1;
        Some(range)
    };
    let (time, host) = (word()?, word()?);
    for _ in 0..3 {
        word()?;
    }
    step.time = time::whole(&text[time]);
    step.writer = (is_name(&text[host.clone()]) && &text[host.clone()] != "-").then_some(host);
    step.length = at + structured_data(&text[at..]);
    Some(step)
}

/// The length of RFC 5424's structured data, with the blank and the mark of UTF-8 after it.
fn structured_data(text: &str) -> usize {
    let mut at = 0;
    if text.starts_with('-') {
        at = 1;
    }
    for _ in 0..MAX_GROUPS {
        if !text[at..].starts_with('[') {
            break;
        }
        // A bracket within a value is escaped.
        let bytes = text.as_bytes();
        let closes = |place: &usize| bytes[*place] == b']' && bytes[*place - 1] != b'\\';
        at = (at + 1..text.len()).find(closes).map_or(text.len(), |close| close + 1);
    }
    at += blanks(&text[at..]);
    if text[at..].starts_with('\u{feff}') { at + '\u{feff}'.len_utf8() } else { at }
}

/// `[pod/raft-0/raft] `.
fn pod(text: &str) -> Option<Step> {
    let rest = text.strip_prefix("[pod/")?;
    let (inside, _) = rest.split_once("] ")?;
    let (pod, container) = inside.split_once('/')?;
    let start = "[pod/".len();
    let length = start + inside.len() + "] ".len();
    (is_name(pod) && is_name(container)).then(|| Step {
        length,
        writer: Some(start..start + pod.len()),
        ..Step::default()
    })
}

/// `raft-1  | `; a single letter there is a level of etcd before 3.5.
fn compose(text: &str) -> Option<Step> {
    let bytes = text.as_bytes();
    let end = bytes.iter().position(|&byte| !is_of_name(byte))?;
    let bar = end + bytes[end..].iter().position(|&byte| byte != b' ')?;
    let name = &text[..end];
    if end == 0 || end == bar || end > MAX_NAME || !text[bar..].starts_with("| ") {
        return None;
    }
    let length = bar + 2;
    let is_letter = name.len() == 1 && name.bytes().all(|byte| byte.is_ascii_uppercase());
    let writer = (!is_letter || !is_level(name)).then_some(0..end);
    Some(Step { length, writer, ..Step::default() })
}

/// `raft2026/03/04 10:11:12 `: the package's name is the prefix that etcd's package gives Go's logger.
fn go(text: &str) -> Option<Step> {
    let rest = text.strip_prefix("raft")?;
    let found = time::at_start(rest).filter(|found| found.time.dated)?;
    let length = text.len() - rest.len() + found.length;
    Some(Step {
        length: length + blanks(&text[length..]),
        time: Some(found.time),
        ..Step::default()
    })
}

/// `time=2026-… `, `ts="…" `.
fn logfmt(text: &str) -> Option<Step> {
    let key = ["time=", "ts=", "t=", "timestamp="].into_iter().find(|key| text.starts_with(key))?;
    let rest = &text[key.len()..];
    let (value, length) = match rest.strip_prefix('"') {
        Some(inner) => inner.split_once('"').map(|(value, _)| (value, value.len() + 2))?,
        None => rest.split(' ').next().map(|value| (value, value.len()))?,
    };
    let time = time::whole(value)?;
    let length = key.len() + length;
    Some(Step { length: length + blanks(&text[length..]), time: Some(time), ..Step::default() })
}
