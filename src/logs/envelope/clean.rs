//! Bytes → text: without a carriage return at the end, colours and NULs; what is not UTF-8 becomes replacement characters.

use std::borrow::Cow;

use memchr::memchr3;

const ESCAPE: u8 = 0x1b;
const BELL: u8 = 0x07;

/// The text of a line.
pub(super) fn text(line: &[u8]) -> Cow<'_, str> {
    let line = line.trim_ascii_end();
    if is_clean(line) {
        return match std::str::from_utf8(line) {
            Ok(text) => Cow::Borrowed(text),
            Err(_) => String::from_utf8_lossy(line),
        };
    }
    Cow::Owned(String::from_utf8_lossy(&without_controls(line)).into_owned())
}

/// Whether nothing has to be taken out.
pub(super) fn is_clean(line: &[u8]) -> bool {
    memchr3(ESCAPE, 0, b'\r', line).is_none()
}

/// Takes out terminal sequences, NULs and carriage returns.
pub(super) fn without_controls(line: &[u8]) -> Vec<u8> {
    let mut kept = Vec::with_capacity(line.len());
    let mut rest = line;
    while let Some(at) = memchr3(ESCAPE, 0, b'\r', rest) {
        kept.extend_from_slice(&rest[..at]);
        let length = if rest[at] == ESCAPE { sequence(&rest[at..]) } else { 1 };
        rest = &rest[at + length..];
    }
    kept.extend_from_slice(rest);
    kept
}

/// The length of the terminal sequence that a text starts with.
fn sequence(text: &[u8]) -> usize {
    let to = |end: fn(&u8) -> bool| text[2..].iter().position(end).map_or(text.len(), |at| at + 3);
    match text.get(1) {
        Some(b'[') => to(|byte| (0x40..=0x7e).contains(byte)),
        Some(b']') => to(|byte| *byte == BELL),
        Some(byte) if byte.is_ascii() => 2,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::text;

    #[test]
    fn a_text_has_no_controls() {
        for (line, expected) in [
            (&b"plain"[..], "plain"),
            (b"with an end \r", "with an end"),
            (b"\x1b[2m2026\x1b[0m \x1b[34mDEBUG\x1b[0m a\x1b[3mb\x1b[0m", "2026 DEBUG ab"),
            (b"\x1b]0;title\x07text", "text"),
            (b"\0\0a\0b", "ab"),
            (b"a\xffb", "a\u{fffd}b"),
            (b"a\x1b", "a"),
            (b"a\x1b[", "a"),
            (b"a\x1b[12", "a"),
            (b"\x1b\xc3\xa4", "\u{e4}"),
            (b"", ""),
        ] {
            assert_eq!(text(line), expected, "{line:?}");
        }
    }
}
