//! The members of a JSON object, without building it.
//!
//! Takes the text of an object, perhaps cut off or broken; gives its members in their order for as long as they can be read.
//! It neither recurses nor goes back, so that each byte is looked at once.

use std::borrow::Cow;

use memchr::{memchr, memchr2};

/// Further members are not looked at.
const MAX_MEMBERS: usize = 256;

/// A value as it stands in the text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Value<'j> {
    /// A string, without its quotes, with its escapes.
    Text(&'j str),
    /// An object or an array, with its brackets.
    Nested(&'j str),
    /// A number, `true`, `false` or `null`.
    Other(&'j str),
}

impl<'j> Value<'j> {
    /// The value as a text; nothing of a nested one and of `null`.
    pub(super) fn plain(self) -> Option<Cow<'j, str>> {
        match self {
            Value::Text(text) => Some(unescape(text)),
            Value::Other("null") | Value::Nested(_) => None,
            Value::Other(text) => Some(Cow::Borrowed(text)),
        }
    }
}

/// The members of an object; of an array its elements, with empty names.
pub(super) fn members(text: &str) -> impl Iterator<Item = (&str, Value<'_>)> {
    let is_object = text.starts_with('{');
    let mut rest = text.get(1..).unwrap_or_default();
    std::iter::from_fn(move || {
        rest = rest.trim_start_matches([' ', '\t', ',']);
        let name = if is_object {
            let (name, after) = string(rest.strip_prefix('"')?);
            rest = after.trim_start().strip_prefix(':')?;
            name
        } else {
            ""
        };
        let (value, after) = value(rest.trim_start())?;
        rest = after;
        Some((name, value))
    })
    .take(MAX_MEMBERS)
}

/// A string up to its closing quote, and what follows.
fn string(text: &str) -> (&str, &str) {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(found) = memchr2(b'"', b'\\', bytes.get(at..).unwrap_or_default()) {
        at += found;
        if bytes[at] == b'"' {
            return (&text[..at], &text[at + 1..]);
        }
        at += 2;
    }
    (text, "")
}

fn value(text: &str) -> Option<(Value<'_>, &str)> {
    match text.as_bytes().first()? {
        b'"' => {
            let (inner, after) = string(&text[1..]);
            Some((Value::Text(inner), after))
        }
        b'{' | b'[' => {
            let (inner, after) = text.split_at(end_of_nested(text));
            Some((Value::Nested(inner), after))
        }
        b'}' | b']' => None,
        _ => {
            let end = text.find([',', '}', ']', ' ']).unwrap_or(text.len());
            Some((Value::Other(&text[..end]), &text[end..]))
        }
    }
}

/// Where the object or array ends that a text starts with.
fn end_of_nested(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut depth = 0_usize;
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth -= 1,
            b'"' => at = text.len() - string(&text[at + 1..]).1.len() - 1,
            _ => {}
        }
        at += 1;
        if depth == 0 {
            return at;
        }
    }
    text.len()
}

/// A string without its escapes.
pub(super) fn unescape(raw: &str) -> Cow<'_, str> {
    if memchr(b'\\', raw.as_bytes()).is_none() {
        return Cow::Borrowed(raw);
    }
    let mut text = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some((plain, escape)) = rest.split_once('\\') {
        text.push_str(plain);
        let mut characters = escape.chars();
        let Some(character) = characters.next() else { return Cow::Owned(text) };
        rest = characters.as_str();
        match character {
            'n' => text.push('\n'),
            't' => text.push('\t'),
            'r' => text.push('\r'),
            'b' | 'f' => text.push(' '),
            'u' => text.push(unicode(&mut rest)),
            other => text.push(other),
        }
    }
    text.push_str(rest);
    Cow::Owned(text)
}

/// The character of `\u` with four digits, or of two such halves.
fn unicode(rest: &mut &str) -> char {
    let mut half = || {
        let unit = u32::from_str_radix(rest.get(..4)?, 16).ok()?;
        *rest = &rest[4..];
        Some(unit)
    };
    let Some(first) = half() else { return char::REPLACEMENT_CHARACTER };
    if !(0xd800..0xdc00).contains(&first) {
        return char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER);
    }
    let after = rest.strip_prefix("\\u");
    let second = after.and_then(|after| u32::from_str_radix(after.get(..4)?, 16).ok());
    match (after, second) {
        (Some(after), Some(second @ 0xdc00..0xe000)) => {
            *rest = &after[4..];
            let joined = 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
            char::from_u32(joined).unwrap_or(char::REPLACEMENT_CHARACTER)
        }
        _ => char::REPLACEMENT_CHARACTER,
    }
}

#[cfg(test)]
mod tests {
    use super::{Value, members, unescape};

    #[test]
    fn members_come_in_their_order() {
        let text = r#"{"a":"x\"y", "b" : {"c":[1,"}"]},"d":-1.5,"e":null,"f":[1, 2]} trailing"#;
        let all: Vec<_> = members(text).collect();
        let nested = Value::Nested;
        assert_eq!(
            all,
            [
                ("a", Value::Text("x\\\"y")),
                ("b", nested(r#"{"c":[1,"}"]}"#)),
                ("d", Value::Other("-1.5")),
                ("e", Value::Other("null")),
                ("f", nested("[1, 2]")),
            ]
        );
        assert_eq!(
            members("[1, {\"a\":2}]").map(|(_, value)| value).collect::<Vec<_>>(),
            [Value::Other("1"), nested("{\"a\":2}")]
        );
    }

    #[test]
    fn broken_objects_end_early() {
        for text in [
            "",
            "{",
            "{\"",
            "{\"a",
            "{\"a\"",
            "{\"a\":",
            "{\"a\":}",
            "{a:1}",
            "{\"a\\",
            "{\"a\":\"\\",
            "[",
            "ä",
        ] {
            assert!(members(text).count() <= 1, "{text}");
        }
        assert_eq!(
            members(r#"{"a":"b","c":{"d":"#).count(),
            2,
            "what is cut off counts as far as it goes"
        );
        let deep = format!("{{\"a\":{}", "[".repeat(100_000));
        assert_eq!(members(&deep).count(), 1);
        assert_eq!(members(&"[1,".repeat(1_000)).count(), 2);
        let many = format!("{{{}}}", "\"a\":1,".repeat(1_000));
        assert_eq!(members(&many).count(), super::MAX_MEMBERS);
    }

    #[test]
    fn escapes_are_undone() {
        for (raw, expected) in [
            ("plain", "plain"),
            (r#"a\"b\\c\/d\n"#, "a\"b\\c/d\n"),
            (r"\u003e\u00e4", ">ä"),
            (r"\ud83d\ude00", "😀"),
            (r"\ud83dx", "\u{fffd}x"),
            (r"\ude00", "\u{fffd}"),
            (r"\u12", "\u{fffd}12"),
            (r"\u12äö", "\u{fffd}12äö"),
            ("a\\", "a"),
        ] {
            assert_eq!(unescape(raw), expected, "{raw}");
        }
    }
}
