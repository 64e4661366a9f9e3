//! Lines of JSON: what a logger or a shipper says in members becomes the text that the system's logger would print.
//!
//! The message is the first of [`MESSAGES`] that is there. Shippers put a line into it as it was; of loggers the other
//! members belong to the text: hclog's `"next":7` becomes `next=7`, as in its text, and the spans of tracing become
//! `main{id=1 target=4}:`. So a pattern needs one form only.

use std::borrow::Cow;
use std::fmt::Write;

use smallvec::SmallVec;

use super::json::{Value, members};
use super::{Level, clean, time};
use crate::logs::event::Timestamp;

/// Members that hold the message, in the order in which they count, and whether the other members belong to it.
const MESSAGES: [(&str, bool); 9] = [
    ("MESSAGE", false),
    ("log", false),
    ("@message", true),
    ("msg", true),
    ("message", true),
    ("textPayload", false),
    ("line", false),
    ("body", false),
    ("event", true),
];
/// Members that hold another object with the message.
const INNER: [&str; 2] = ["fields", "jsonPayload"];
/// Members that hold the time.
const TIMES: [&str; 7] = [
    "@timestamp",
    "timestamp",
    "time",
    "ts",
    "t",
    "_SOURCE_REALTIME_TIMESTAMP",
    "__REALTIME_TIMESTAMP",
];
/// Members that hold the name of the node.
const WRITERS: [&str; 8] = [
    "pod",
    "pod_name",
    "kubernetes.pod_name",
    "container_name",
    "CONTAINER_NAME",
    "hostname",
    "host",
    "_HOSTNAME",
];
/// Members of objects that hold the name of the node.
const INNER_WRITERS: [(&str, &str); 4] =
    [("kubernetes", "pod_name"), ("host", "name"), ("container", "name"), ("labels", "pod")];
/// Members that hold the level.
const LEVELS: [&str; 4] = ["level", "@level", "severity", "lvl"];
/// Further members that do not belong to the text.
const ASIDE: [&str; 12] = [
    "caller",
    "logger",
    "stacktrace",
    "stream",
    "filename",
    "line_number",
    "threadId",
    "threadName",
    "source",
    "target",
    "span",
    "spans",
];

/// What an object says.
pub(super) struct Inner {
    /// The text.
    pub(super) text: String,
    /// When.
    pub(super) time: Option<Timestamp>,
    /// Who.
    pub(super) writer: Option<String>,
    /// How serious.
    pub(super) level: Option<Level>,
}

type Members<'j> = SmallVec<[(&'j str, Value<'j>); 24]>;

/// What the object says that a text starts with; nothing if it has no message.
pub(super) fn open(text: &str) -> Option<Inner> {
    let all: Members<'_> = members(text).collect();
    let inner = INNER.iter().find_map(|key| nested(&all, key));
    let inner: Members<'_> = inner.map(|text| members(text).collect()).unwrap_or_default();
    let (holder, key, message, whole) =
        message(&all).map(|(key, text, whole)| (&all, key, text, whole)).or_else(|| {
            let (key, text, whole) = message(&inner)?;
            Some((&inner, key, text, whole))
        })?;
    let text = if whole { joined(&all, holder, key, &message) } else { message.into_owned() };
    let text = if clean::is_clean(text.as_bytes()) {
        text
    } else {
        clean::text(text.as_bytes()).into_owned()
    };
    Some(Inner {
        text: text.trim_end().to_owned(),
        time: first(&all, &TIMES).and_then(|text| time::whole(&text)),
        writer: writer(&all),
        level: first(&all, &LEVELS).and_then(|text| Level::named(&text)),
    })
}

fn find<'j>(all: &Members<'j>, key: &str) -> Option<Value<'j>> {
    all.iter().find(|(known, _)| *known == key).map(|(_, value)| *value)
}

fn nested<'j>(all: &Members<'j>, key: &str) -> Option<&'j str> {
    match find(all, key) {
        Some(Value::Nested(text)) => Some(text),
        _ => None,
    }
}

/// The first of these members that has a text.
fn first<'j>(all: &Members<'j>, keys: &[&str]) -> Option<Cow<'j, str>> {
    keys.iter().find_map(|key| find(all, key)?.plain())
}

fn writer(all: &Members<'_>) -> Option<String> {
    let inner = |(outer, key): &(&str, &str)| {
        members(nested(all, outer)?).find(|(known, _)| known == key)?.1.plain()
    };
    let found = INNER_WRITERS.iter().find_map(inner).or_else(|| first(all, &WRITERS));
    found.filter(|name| !name.is_empty()).map(Cow::into_owned)
}

/// The message with its key, and whether the other members belong to it.
fn message<'j>(all: &Members<'j>) -> Option<(&'static str, Cow<'j, str>, bool)> {
    MESSAGES.iter().find_map(|&(key, whole)| match find(all, key)? {
        // journald writes bytes where a message is not text.
        Value::Nested(bytes) if key == "MESSAGE" => Some((key, Cow::Owned(of_bytes(bytes)), whole)),
        value @ Value::Text(_) => Some((key, value.plain()?, whole)),
        Value::Nested(_) | Value::Other(_) => None,
    })
}

fn of_bytes(array: &str) -> String {
    let digits = array.split(|c: char| !c.is_ascii_digit()).filter(|text| !text.is_empty());
    let bytes: Vec<u8> = digits.filter_map(|text| text.parse().ok()).collect();
    clean::text(&bytes).into_owned()
}

/// The text as the logger would print it: spans, target, message, and what belongs to it.
fn joined(all: &Members<'_>, holder: &Members<'_>, key: &str, message: &str) -> String {
    let mut text = String::with_capacity(message.len() + 64);
    spans(all, &mut text);
    let module = if key == "@message" { first(all, &["@module"]) } else { first(all, &["target"]) };
    if let Some(module) = module {
        text.push_str(&module);
        text.push_str(": ");
    }
    text.push_str(message);
    let belongs = |name: &str| {
        name != key
            && !name.starts_with('@')
            && [&TIMES[..], &LEVELS, &WRITERS, &ASIDE].iter().all(|of| !of.contains(&name))
    };
    let mut sign = if key == "@message" { ": " } else { " " };
    for (name, value) in holder.iter().filter(|(name, _)| belongs(name)) {
        text.push_str(sign);
        sign = " ";
        text.push_str(name);
        text.push('=');
        push(*value, &mut text);
    }
    text
}

/// `main{id=1 target=4}:`, for each span from the outermost on.
fn spans(all: &Members<'_>, text: &mut String) {
    let list = nested(all, "spans")
        .map(|list| members(list).map(|(_, span)| span).collect::<SmallVec<[_; 8]>>());
    let spans = list
        .filter(|list| !list.is_empty())
        .or_else(|| find(all, "span").map(|span| SmallVec::from_iter([span])));
    for span in spans.into_iter().flatten() {
        let Value::Nested(span) = span else { continue };
        let name = members(span).find(|(key, _)| *key == "name").and_then(|(_, name)| name.plain());
        text.push_str(&name.unwrap_or_default());
        text.push('{');
        let mut between = "";
        for (key, value) in members(span).filter(|(key, _)| *key != "name") {
            let _ = write!(text, "{between}{key}=");
            push(value, text);
            between = " ";
        }
        text.push_str("}:");
    }
    if !text.is_empty() {
        text.push(' ');
    }
}

/// A value as hclog prints it: quoted if it has blanks, an object as its values in braces.
fn push(value: Value<'_>, text: &mut String) {
    match value {
        Value::Text(_) => {
            let plain = value.plain().unwrap_or_default();
            let quote = if plain.is_empty() || plain.contains([' ', '\t']) { "\"" } else { "" };
            let _ = write!(text, "{quote}{plain}{quote}");
        }
        Value::Nested(object) if object.starts_with('{') => {
            text.push_str("\"{");
            for (number, (_, inner)) in members(object).enumerate() {
                text.push_str(if number == 0 { "" } else { " " });
                text.push_str(&inner.plain().unwrap_or_default());
            }
            text.push_str("}\"");
        }
        Value::Nested(other) | Value::Other(other) => text.push_str(other),
    }
}
