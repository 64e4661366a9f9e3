//! Takes off what loggers and log shippers put around a line.
//!
//! Takes a line without its end, as bytes; gives its text, time, and the node that wrote it as far as the envelope tells. Envelopes nest: the lines of a Docker file that hold JSON that holds a line. Each layer is looked at once, and
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

use self::structured::Inner;
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
    /// So many bytes of the line stand before the text, where the text is a part of the line as it stands there.
    pub cut: Option<usize>,
}

/// A line on the way to its text.
struct Opening<'l> {
    text: Cow<'l, str>,
    /// Where in it the rest starts.
    at: usize,
    /// Whether it was within JSON.
    is_inner: bool,
    time: Option<Timestamp>,
    writer: Option<Cow<'l, str>>,
}

/// Opens a line.
pub fn open(line: &[u8]) -> Envelope<'_> {
    let text = clean::text(line);
    let mut opening = Opening { text, at: 0, time: None, writer: None, is_inner: false };
    for _ in 0..MAX_LAYERS {
        if !opening.layer() {
            break;
        }
    }
    let Opening { text, at, time, writer, is_inner } = opening;
    let (text, cut) = match text {
        Cow::Borrowed(text) => (Cow::Borrowed(&text[at..]), (!is_inner).then_some(at)),
        Cow::Owned(mut text) => {
            text.drain(..at);
            (Cow::Owned(text), None)
        }
    };
    Envelope { text, time, writer, cut }
}

/// A part of a text that lives as long as the text does.
fn slice<'l>(text: &Cow<'l, str>, range: Range<usize>) -> Cow<'l, str> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(&text[range]),
        Cow::Owned(text) => Cow::Owned(text[range].to_owned()),
    }
}

impl<'l> Opening<'l> {
    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    /// Takes one layer off, if there is one.
    fn layer(&mut self) -> bool {
        let blanks = self.rest().len() - self.rest().trim_start().len();
        self.at += blanks;
        if self.rest().starts_with('{') {
            return self.json();
        }
        let Some(step) = prefix::step(self.rest()) else { return false };
        self.time(step.time);
        if let Some(writer) = step.writer {
            let start = self.at;
            self.writer = Some(slice(&self.text, start + writer.start..start + writer.end));
        }
        self.at += step.length;
        step.length > 0
    }

    fn json(&mut self) -> bool {
        let inner: Option<Inner<'l>> = match &self.text {
            Cow::Borrowed(text) => structured::open(&text[self.at..]),
            Cow::Owned(text) => structured::open(&text[self.at..]).map(Inner::into_owned),
        };
        let Some(Inner { text, time, writer }) = inner else { return false };
        self.time(time);
        self.writer = writer.map(Cow::Owned).or(self.writer.take());
        self.text = text;
        self.at = 0;
        self.is_inner = true;
        true
    }

    /// An inner time counts more than an outer one, unless only the outer one has a date. The start of 1970 and what is
    /// before it are what a clock says that was never set.
    fn time(&mut self, inner: Option<Timestamp>) {
        let Some(inner) = inner.filter(|time| !time.dated || time.nanoseconds > 0) else { return };
        if inner.dated || self.time.is_none_or(|outer| !outer.dated) {
            self.time = Some(inner);
        }
    }
}
