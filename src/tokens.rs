//! The words of a piece of Rust, for comparing versions of it: what a formatter changes is no part of
//! them.
//!
//! Takes any text; gives words with their byte ranges. It is no parser and never fails: whether a text
//! is a program does not matter to it.

use std::ops::Range;

/// The words and marks of a text with their places, without comments and white space.
pub fn spans(text: &str) -> Vec<Range<usize>> {
    let bytes = text.as_bytes();
    let mut spans = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let end = match bytes[at] {
            b if b.is_ascii_whitespace() => {
                at += 1;
                continue;
            }
            b'/' if bytes[at..].starts_with(b"//") => {
                at = line_end(bytes, at);
                continue;
            }
            b'/' if bytes[at..].starts_with(b"/*") => {
                at = comment_end(bytes, at);
                continue;
            }
            b'"' => string_end(bytes, at),
            b'\'' => quote_end(text, at),
            b if is_word(b) => word_end(bytes, at),
            _ => at + 1,
        };
        spans.push(at..end);
        at = end;
    }
    spans
}

/// A text as one line that stays the same if it is formatted anew: `f(a, b,)` and `f(a,\n b)`, `|x| x`
/// and `|x| { x }` are the same.
pub fn normalised(text: &str) -> String {
    let words = spans(text).into_iter().map(|span| &text[span]);
    words.filter(|word| !is_layout(word)).collect::<Vec<_>>().join(" ")
}

/// Whether a formatter adds or removes such a mark.
pub fn is_layout(word: &str) -> bool {
    matches!(word, "," | "{" | "}")
}

/// Whether a word is a name, a keyword or a number.
pub fn is_name(word: &str) -> bool {
    word.bytes().next().is_some_and(is_word)
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || !byte.is_ascii()
}

fn line_end(bytes: &[u8], at: usize) -> usize {
    bytes[at..].iter().position(|&b| b == b'\n').map_or(bytes.len(), |i| at + i)
}

/// Comments nest.
fn comment_end(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 2;
    let mut depth = 1;
    while at < bytes.len() && depth > 0 {
        let step = match &bytes[at..] {
            [b'/', b'*', ..] => (2, depth + 1),
            [b'*', b'/', ..] => (2, depth - 1),
            _ => (1, depth),
        };
        at += step.0;
        depth = step.1;
    }
    at.min(bytes.len())
}

fn string_end(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    bytes.len()
}

/// A character or a lifetime.
fn quote_end(text: &str, start: usize) -> usize {
    let rest = &text[start + 1..];
    let mut chars = rest.char_indices();
    match (chars.next(), chars.next()) {
        (Some((_, '\\')), Some((at, _))) => {
            let close = rest[at..].char_indices().skip(1).take(12).find(|(_, c)| *c == '\'');
            let end = close.map(|(i, _)| at + i + 1);
            end.map_or(start + 1, |end| start + 1 + end)
        }
        (Some((_, c)), Some((at, '\''))) if c != '\'' => start + 1 + at + 1,
        _ => start + 1,
    }
}

/// A word, or a raw string that starts like one.
fn word_end(bytes: &[u8], start: usize) -> usize {
    let length = bytes[start..].iter().position(|&b| !is_word(b)).unwrap_or(bytes.len() - start);
    let end = start + length;
    let raw = matches!(&bytes[start..end], b"r" | b"br" | b"cr");
    let hashes = bytes[end..].iter().take_while(|&&b| b == b'#').count();
    if raw && bytes.get(end + hashes) == Some(&b'"') {
        let close: Vec<u8> = std::iter::once(b'"').chain(vec![b'#'; hashes]).collect();
        let from = end + hashes + 1;
        let found = bytes[from..].windows(close.len()).position(|window| window == close);
        return found.map_or(bytes.len(), |i| from + i + close.len());
    }
    end
}

#[cfg(test)]
mod tests {
    use super::{normalised, spans};

    fn words(text: &str) -> Vec<&str> {
        spans(text).into_iter().map(|span| &text[span]).collect()
    }

    #[test]
    fn comments_and_space_are_no_words() {
        assert_eq!(words("a /* b /* c */ d */ +\n// e\nf"), ["a", "+", "f"]);
        assert_eq!(words("/* never ends"), Vec::<&str>::new());
    }

    #[test]
    fn literals_are_one_word() {
        assert_eq!(
            words(r#""a \" // b" 'x' '\'' '\u{1b}' "#),
            [r#""a \" // b""#, "'x'", r"'\''", r"'\u{1b}'"]
        );
        assert_eq!(words("&'a str r#\"a \" b\"# é"), ["&", "'", "a", "str", "r#\"a \" b\"#", "é"]);
        assert_eq!(words("\"open"), ["\"open"]);
        assert_eq!(words("'\\"), ["'", "\\"]);
    }

    #[test]
    fn layout_does_not_count() {
        assert_eq!(normalised("f(a, b)"), normalised("f(\n    a,\n    b,\n)"));
        assert_eq!(normalised("m(|x| x + 1)"), normalised("m(|x| {\n    x + 1\n})"));
        assert_ne!(normalised("f(a, b)"), normalised("f(b, a)"));
    }
}
