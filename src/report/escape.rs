//! Escaping: what comes from the checked code never acts on a terminal or fakes a line.
//!
//! Takes text from sources, file names and error messages; gives text without control characters,
//! direction overrides or invisible marks. Every report goes through here.

use std::borrow::Cow;

/// Whether a character can act on a terminal, reorder a line, or hide in it.
pub(super) fn is_dangerous(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{ad}'
                | '\u{61c}'
                | '\u{180e}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e007f}'
        )
}

/// One line of text: dangerous characters become `\u{1b}`-like escapes, tabs become spaces.
pub fn line(text: &str) -> Cow<'_, str> {
    if !text.contains(is_dangerous) {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '\t' => escaped.push(' '),
            c if is_dangerous(c) => escaped.extend(c.escape_unicode()),
            c => escaped.push(c),
        }
    }
    Cow::Owned(escaped)
}

/// A source text in which each dangerous character is as many `?` as it has bytes, so that spans
/// still fit. Tabs and line ends stay; a carriage return elsewhere would overwrite its line.
pub fn same_length(text: &str) -> Cow<'_, str> {
    if !text.contains(|c| is_dangerous(c) && !matches!(c, '\t' | '\n')) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '\t' | '\n' => safe.push(c),
            '\r' if rest.peek() == Some(&'\n') => safe.push(c),
            c if is_dangerous(c) => safe.extend(std::iter::repeat_n('?', c.len_utf8())),
            c => safe.push(c),
        }
    }
    Cow::Owned(safe)
}

/// A finished JSON text: dangerous characters, which only strings can hold, become `\u` escapes,
/// so that the value stays the same and the text is harmless. Line feeds between values stay.
pub fn json(text: &str) -> Cow<'_, str> {
    if !text.contains(|c| is_dangerous(c) && c != '\n') {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if c == '\n' || !is_dangerous(c) {
            escaped.push(c);
            continue;
        }
        for unit in c.encode_utf16(&mut [0; 2]) {
            escaped.push_str(&format!("\\u{unit:04x}"));
        }
    }
    Cow::Owned(escaped)
}

#[cfg(test)]
mod tests {
    use super::{json, line, same_length};

    const HOSTILE: &str = "a\u{1b}[2J\u{202e}b\r\u{9b}\u{e0041}";

    #[test]
    fn lines_show_what_they_held() {
        assert_eq!(line(HOSTILE), "a\\u{1b}[2J\\u{202e}b\\u{d}\\u{9b}\\u{e0041}");
        assert_eq!(line("plain äöü 日本"), "plain äöü 日本");
    }

    #[test]
    fn sources_keep_their_length() {
        let safe = same_length(HOSTILE);
        assert_eq!(safe, "a?[2J???b???????");
        assert_eq!(safe.len(), HOSTILE.len());
        assert_eq!(same_length("a\tb\r\n\r"), "a\tb\r\n?");
    }

    #[test]
    fn json_keeps_its_value() {
        let text = serde_json::to_string(HOSTILE).expect("strings serialise");
        let escaped = json(&text);
        assert!(escaped.is_ascii());
        assert_eq!(serde_json::from_str::<String>(&escaped).ok().as_deref(), Some(HOSTILE));
    }
}
