//! Takes off what loggers and log shippers put around a line.
//!
//! Takes a line without its end, as bytes; gives its text, time, level, and the node that wrote it as far as the envelope
//! tells. Envelopes nest: the lines of a Docker file that hold JSON that holds a line. Each layer is looked at once, and
//! there are at most [`MAX_LAYERS`]; a line that is not understood is its own text.
//!
//! | module | what |
//! |---|---|
//! | `clean` | bytes → text: invalid UTF-8, colours, NULs, carriage returns |
//! | `prefix` | what stands before a text: syslog, journald, Docker Compose, Kubernetes, glog, log levels |
//! | `structured` | JSON: journald, Docker, zap, hclog, slog, tracing, clouds |
//! | `json` | the members of a JSON object, without building it |
//! | `time` | timestamps |
//!
//! It keeps nothing between two lines: what a time without a date means is for whoever sees the lines in order.

mod clean;
mod json;
mod prefix;
mod structured;
#[cfg(test)]
mod tests;
mod time;

use std::borrow::Cow;
use std::ops::Range;

use super::event::Timestamp;

/// More layers are not opened.
const MAX_LAYERS: usize = 8;

/// What a line says, without its envelope.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Envelope<'l> {
    /// The line that the system wrote.
    pub text: Cow<'l, str>,
    /// When: the innermost time that has a date, or else the innermost one.
    pub time: Option<Timestamp>,
    /// Who, as the innermost layer tells that names one: a pod, container or host.
    pub writer: Option<Cow<'l, str>>,
    /// How serious.
    pub level: Option<Level>,
}

/// How serious a line is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Level {
    /// The most talkative.
    Trace,
    /// Off by default in most systems.
    Debug,
    /// What most systems show by default.
    Info,
    /// Something is odd.
    Warn,
    /// Something failed.
    Error,
}

impl Level {
    /// The level that a logger writes so.
    fn named(word: &str) -> Option<Level> {
        let mut upper = [0; 8];
        let upper = upper.get_mut(..word.len())?;
        upper.copy_from_slice(word.as_bytes());
        upper.make_ascii_uppercase();
        Some(match &*upper {
            b"TRACE" | b"TRCE" | b"T" => Level::Trace,
            b"DEBUG" | b"DEBG" | b"DBG" | b"D" => Level::Debug,
            b"INFO" | b"INF" | b"NOTICE" | b"I" | b"N" => Level::Info,
            b"WARN" | b"WARNING" | b"WRN" | b"W" => Level::Warn,
            b"ERROR" | b"ERRO" | b"ERR" | b"CRIT" | b"CRITICAL" | b"FATAL" | b"PANIC"
            | b"DPANIC" | b"E" | b"C" | b"F" => Level::Error,
            _ => return None,
        })
    }
}

/// A line on the way to its text.
struct Opening<'l> {
    text: Cow<'l, str>,
    /// Where in it the rest starts.
    at: usize,
    time: Option<Timestamp>,
    writer: Option<Cow<'l, str>>,
    level: Option<Level>,
}

/// Opens a line.
pub fn open(line: &[u8]) -> Envelope<'_> {
    let text = clean::text(line);
    let mut opening = Opening { text, at: 0, time: None, writer: None, level: None };
    for _ in 0..MAX_LAYERS {
        if !opening.layer() {
            break;
        }
    }
    let level = opening.level.or_else(|| prefix::level(opening.rest()));
    let end = opening.text.len();
    let text = if opening.at == 0 { opening.text } else { slice(&opening.text, opening.at..end) };
    Envelope { text, time: opening.time, writer: opening.writer, level }
}

/// A part of a text that lives as long as the text does.
fn slice<'l>(text: &Cow<'l, str>, range: Range<usize>) -> Cow<'l, str> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(&text[range]),
        Cow::Owned(text) => Cow::Owned(text[range].to_owned()),
    }
}

impl Opening<'_> {
    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    /// Takes one layer off, if there is one.
    fn layer(&mut self) -> bool {
        let blanks = self.rest().len() - self.rest().trim_start().len();
        self.at += blanks;
        if self.rest().starts_with('{') {
            let Some(inner) = structured::open(self.rest()) else { return false };
            self.time(inner.time);
            self.writer = inner.writer.map(Cow::Owned).or(self.writer.take());
            self.level = inner.level.or(self.level);
            self.text = Cow::Owned(inner.text);
            self.at = 0;
            return true;
        }
        let Some(step) = prefix::step(self.rest()) else { return false };
        self.time(step.time);
        self.level = step.level.or(self.level);
        if let Some(writer) = step.writer {
            let start = self.at;
            self.writer = Some(slice(&self.text, start + writer.start..start + writer.end));
        }
        self.at += step.length;
        step.length > 0
    }

    /// An inner time counts more than an outer one, unless only the outer one has a date.
    fn time(&mut self, inner: Option<Timestamp>) {
        let Some(inner) = inner else { return };
        if inner.dated || self.time.is_none_or(|outer| !outer.dated) {
            self.time = Some(inner);
        }
    }
}
