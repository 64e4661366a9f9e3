//! Escaping: what comes from the checked code never acts on a terminal or fakes a line.
//!
//! Takes text from sources, file names and error messages; gives text without control characters,
//! direction overrides, invisible marks, or commands to a build server. Every report goes through here.

use std::borrow::Cow;

/// Whether there is something that build servers take for a command to them wherever it stands in a line
/// of a log, such as `##[group]` and `##vso[task.complete]`.
fn has_command(text: &str) -> bool {
    commands(text).next().is_some()
}

/// Where the second `#` of such commands is.
fn commands(text: &str) -> impl Iterator<Item = usize> + '_ {
    const LONGEST_NAME: usize = 32;
    text.match_indices('[').filter_map(|(bracket, _)| {
        let before = text[..bracket].bytes().rev().take(LONGEST_NAME);
        let name = bracket - before.take_while(u8::is_ascii_alphabetic).count();
        text[..name].ends_with("##").then(|| name - 1)
    })
}

/// The text with something else for the second `#` of each such command.
fn without_commands<'t>(text: Cow<'t, str>, instead: &str) -> Cow<'t, str> {
    if !has_command(&text) {
        return text;
    }
    let mut rest = 0;
    let mut safe = String::with_capacity(text.len() + 16);
    for at in commands(&text) {
        safe.push_str(&text[rest..at]);
        safe.push_str(instead);
        rest = at + 1;
    }
    safe.push_str(&text[rest..]);
    Cow::Owned(safe)
}

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
        return without_commands(Cow::Borrowed(text), "\\u{23}");
    }
    let mut escaped = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '\t' => escaped.push(' '),
            c if is_dangerous(c) => escaped.extend(c.escape_unicode()),
            c => escaped.push(c),
        }
    }
    without_commands(Cow::Owned(escaped), "\\u{23}")
}

/// A source text in which each dangerous character is as many `?` as it has bytes, so that spans
/// still fit. Tabs and line ends stay; a carriage return elsewhere would overwrite its line.
pub fn same_length(text: &str) -> Cow<'_, str> {
    if !text.contains(|c| is_dangerous(c) && !matches!(c, '\t' | '\n')) {
        return without_commands(Cow::Borrowed(text), "?");
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
    without_commands(Cow::Owned(safe), "?")
}

/// JSON text, or a part of a string in it: dangerous characters, which only strings can hold, become `\u` escapes,
/// so that the value stays the same and the text is harmless. Line feeds between values stay.
pub fn json(text: &str) -> Cow<'_, str> {
    if !text.contains(|c| is_dangerous(c) && c != '\n') {
        return without_commands(Cow::Borrowed(text), "\\u0023");
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
    without_commands(Cow::Owned(escaped), "\\u0023")
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
    fn build_servers_are_told_nothing() {
        assert_eq!(line("a ##[group]b"), "a #\\u{23}[group]b");
        assert_eq!(line("###[a]##vso[b]## [c]#[d]"), "##\\u{23}[a]#\\u{23}vso[b]## [c]#[d]");
        assert_eq!(same_length("\u{1b}##[add-mask]x"), "?#?[add-mask]x");
        assert_eq!(json("\"##[x]\""), "\"#\\u0023[x]\"");
        let many = "#".repeat(1 << 20);
        assert_eq!(line(&many), many);
    }

    #[test]
    fn json_keeps_its_value() {
        let text = serde_json::to_string(HOSTILE).expect("strings serialise");
        let escaped = json(&text);
        assert!(escaped.is_ascii());
        assert_eq!(serde_json::from_str::<String>(&escaped).ok().as_deref(), Some(HOSTILE));
    }
}
