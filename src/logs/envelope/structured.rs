//! Lines of JSON: what a logger or a shipper says in members becomes the text that the system's logger would print.
//!
//! The message is the first that is there of those that [`role`] names. Shippers put a line into it as it was; of loggers the other
//! members belong to the text: hclog's `"next":7` becomes `next=7`, as in its text, and the spans of tracing become
//! `main{id=1 target=4}:`. So a pattern needs one form only.

use std::borrow::Cow;
use std::fmt::Write;

use smallvec::SmallVec;

use super::json::{Value, members};
use super::{clean, time};
use crate::logs::event::Timestamp;

/// What a member is for; of several for the same, the one with the lowest number counts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Role {
    /// Holds the message; whether the other members belong to it.
    Message(u8, bool),
    /// Holds an object with the message.
    Inner,
    Time(u8),
    /// Holds the name of the node.
    Writer(u8),
    /// Holds an object with the name of the node, under this key.
    InWriter(&'static str),
    /// Does not belong to the text.
    Aside,
    /// Belongs to the text.
    Own,
}

/// What a member with this name is for: the messages in the order in which they count, and so on.
fn role(name: &str) -> Role {
    match name {
        "MESSAGE" => Role::Message(0, false),
        "log" => Role::Message(1, false),
        "@message" => Role::Message(2, true),
        "msg" => Role::Message(3, true),
        "message" => Role::Message(4, true),
        "textPayload" => Role::Message(5, false),
        "line" => Role::Message(6, false),
        "body" => Role::Message(7, false),
        "event" => Role::Message(8, true),
        "fields" | "jsonPayload" => Role::Inner,
        "@timestamp" => Role::Time(0),
        "timestamp" => Role::Time(1),
        "time" => Role::Time(2),
        "ts" => Role::Time(3),
        "t" => Role::Time(4),
        "_SOURCE_REALTIME_TIMESTAMP" => Role::Time(5),
        "__REALTIME_TIMESTAMP" => Role::Time(6),
        "kubernetes" => Role::InWriter("pod_name"),
        "container" => Role::InWriter("name"),
        "labels" => Role::InWriter("pod"),
        "pod" | "pod_name" | "kubernetes.pod_name" => Role::Writer(0),
        "container_name" | "CONTAINER_NAME" => Role::Writer(1),
        "hostname" | "_HOSTNAME" => Role::Writer(2),
        "host" => Role::Writer(3),
        "level" | "severity" | "lvl" | "caller" | "logger" | "stacktrace" | "stream"
        | "filename" | "line_number" | "threadId" | "threadName" | "source" | "target" | "span"
        | "spans" => Role::Aside,
        name if name.starts_with('@') => Role::Aside,
        _ => Role::Own,
    }
}

/// What an object says.
pub(super) struct Inner<'j> {
    /// The text.
    pub(super) text: Cow<'j, str>,
    /// When.
    pub(super) time: Option<Timestamp>,
    /// Who.
    pub(super) writer: Option<String>,
}

impl Inner<'_> {
    /// The same without what it was made of.
    pub(super) fn into_owned<'o>(self) -> Inner<'o> {
        Inner { text: Cow::Owned(self.text.into_owned()), ..self }
    }
}

/// A member with what it is for.
struct Member<'j> {
    name: &'j str,
    value: Value<'j>,
    role: Role,
}

type Members<'j> = SmallVec<[Member<'j>; 16]>;

fn read(text: &str) -> Members<'_> {
    members(text).map(|(name, value)| Member { name, value, role: role(name) }).collect()
}

/// What the object says that a text starts with; nothing if it has no message.
pub(super) fn open(text: &str) -> Option<Inner<'_>> {
    let all = read(text);
    let inner = all.iter().find_map(|member| match (member.role, member.value) {
        (Role::Inner, Value::Nested(text)) => Some(read(text)),
        _ => None,
    });
    let inner = inner.unwrap_or_default();
    let (holder, found) = match message(&all) {
        Some(found) => (&all, found),
        None => (&inner, message(&inner)?),
    };
    let (key, message, whole) = found;
    let text = if whole { joined(&all, holder, key, message) } else { message };
    let text = if clean::is_clean(text.as_bytes()) {
        text
    } else {
        Cow::Owned(clean::text(text.as_bytes()).into_owned())
    };
    let time = |role| if let Role::Time(rank) = role { Some(rank) } else { None };
    Some(Inner {
        text: trimmed(text),
        time: first(&all, time).and_then(|text| time::whole(&text)),
        writer: writer(&all),
    })
}

/// A text without white space at its end.
fn trimmed(text: Cow<'_, str>) -> Cow<'_, str> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.trim_end()),
        Cow::Owned(mut text) => {
            text.truncate(text.trim_end().len());
            Cow::Owned(text)
        }
    }
}

/// The text of the member that counts first in a role.
fn first<'j>(all: &Members<'j>, rank: impl Fn(Role) -> Option<u8>) -> Option<Cow<'j, str>> {
    let of = |member: &Member<'j>| Some((rank(member.role)?, member.value.plain()?));
    all.iter().filter_map(of).min_by_key(|(rank, _)| *rank).map(|(_, text)| text)
}

/// The text of the member with a name.
fn named<'j>(all: &Members<'j>, name: &str) -> Option<Cow<'j, str>> {
    all.iter().find(|member| member.name == name)?.value.plain()
}

fn nested<'j>(all: &Members<'j>, name: &str) -> Option<&'j str> {
    match all.iter().find(|member| member.name == name)?.value {
        Value::Nested(text) => Some(text),
        _ => None,
    }
}

fn writer(all: &Members<'_>) -> Option<String> {
    let inside = |member: &Member<'_>| {
        let key = match member.role {
            Role::InWriter(key) => key,
            Role::Writer(_) => "name",
            _ => return None,
        };
        let Value::Nested(object) = member.value else { return None };
        members(object).find(|(known, _)| *known == key)?.1.plain().map(Cow::into_owned)
    };
    let plain = |role| if let Role::Writer(rank) = role { Some(rank) } else { None };
    let found = all.iter().find_map(inside).or_else(|| first(all, plain).map(Cow::into_owned));
    found.filter(|name| !name.is_empty())
}

/// The message with its key, and whether the other members belong to it.
fn message<'j>(all: &Members<'j>) -> Option<(&'j str, Cow<'j, str>, bool)> {
    let of = |member: &Member<'j>| match (member.role, member.value) {
        (Role::Message(rank, whole), value @ Value::Text(_)) => {
            Some((rank, member.name, value, whole))
        }
        // journald writes bytes where a message is not text.
        (Role::Message(0, whole), value @ Value::Nested(_)) => Some((0, member.name, value, whole)),
        _ => None,
    };
    let (_, name, value, whole) = all.iter().filter_map(of).min_by_key(|(rank, ..)| *rank)?;
    let text = match value {
        Value::Nested(bytes) => Cow::Owned(of_bytes(bytes)),
        value => value.plain()?,
    };
    Some((name, text, whole))
}

fn of_bytes(array: &str) -> String {
    let digits = array.split(|c: char| !c.is_ascii_digit()).filter(|text| !text.is_empty());
    let bytes: Vec<u8> = digits.filter_map(|text| text.parse().ok()).collect();
    clean::text(&bytes).into_owned()
}

/// The text as the logger would print it: spans, target, message, and what belongs to it.
fn joined<'j>(
    all: &Members<'_>,
    holder: &Members<'_>,
    key: &str,
    message: Cow<'j, str>,
) -> Cow<'j, str> {
    let belongs = |member: &&Member<'_>| {
        member.name != key && matches!(member.role, Role::Own | Role::Inner | Role::Message(..))
    };
    let module = if key == "@message" { "@module" } else { "target" };
    let module = named(all, module);
    let mut text = spans(all);
    if text.is_empty() && module.is_none() && !holder.iter().any(|member| belongs(&member)) {
        return message;
    }
    text.reserve(message.len() + 64);
    if let Some(module) = module {
        text.push_str(&module);
        text.push_str(": ");
    }
    text.push_str(&message);
    let mut sign = if key == "@message" { ": " } else { " " };
    for member in holder.iter().filter(belongs) {
        text.push_str(sign);
        sign = " ";
        text.push_str(member.name);
        text.push('=');
        push(member.value, &mut text);
    }
    Cow::Owned(text)
}

/// `main{id=1 target=4}:`, for each span from the outermost on.
fn spans(all: &Members<'_>) -> String {
    let mut text = String::new();
    let list = nested(all, "spans")
        .map(|list| members(list).map(|(_, span)| span).collect::<SmallVec<[_; 8]>>());
    let spans = list
        .filter(|list| !list.is_empty())
        .or_else(|| nested(all, "span").map(|span| SmallVec::from_iter([Value::Nested(span)])));
    for span in spans.into_iter().flatten() {
        let Value::Nested(span) = span else { continue };
        let name = members(span).find(|(key, _)| *key == "name").and_then(|(_, name)| name.plain());
        text.push_str(&name.unwrap_or_default());
        text.push('{');
        let mut between = "";
        for (key, value) in members(span).filter(|(key, _)| *key != "name") {
            let _ = write!(text, "{between}{key}=");
            push(value, &mut text);
            between = " ";
        }
        text.push_str("}:");
    }
    if !text.is_empty() {
        text.push(' ');
    }
    text
}

/// A value as hclog prints it: quoted if it has blanks, an object as its values in braces.
fn push(value: Value<'_>, text: &mut String) {
    match value {
        Value::Text(_) => {
            let plain = value.plain().unwrap_or_default();
            let mark = if plain.is_empty() || plain.contains([' ', '\t']) { "\"" } else { "" };
            let _ = write!(text, "{mark}{plain}{mark}");
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
