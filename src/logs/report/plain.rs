//! Text for a terminal: harmless, and of characters that it has.
//!
//! Takes any text; gives one line. Where only ASCII can be shown, signs of ours become their nearest neighbours and what
//! has none is written as `\u{e4}`.

use crate::report::escape;
use crate::source::beginning;

/// More characters of a text are not shown.
const MAX_TEXT: usize = 4_000;

/// One line, as it can be shown.
pub(super) fn line(text: &str, ascii: bool) -> String {
    let text = beginning(text, MAX_TEXT);
    let text = escape::line(&text);
    if !ascii || text.is_ascii() {
        return text.into_owned();
    }
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        match neighbour(c) {
            Some(near) => shown.push_str(near),
            None if c.is_ascii() => shown.push(c),
            None => shown.extend(c.escape_unicode()),
        }
    }
    shown
}

/// What looks like it in ASCII.
fn neighbour(c: char) -> Option<&'static str> {
    Some(match c {
        // It keeps words together until lines are written.
        '\u{a0}' => "\u{a0}",
        '…' => "...",
        '–' | '—' | '−' | '─' => "-",
        '×' | '·' => "*",
        '÷' => "/",
        'µ' | 'μ' => "u",
        '→' => "->",
        '≤' => "<=",
        '≥' => ">=",
        '≈' => "~",
        '‘' | '’' => "'",
        '“' | '”' => "\"",
        '§' => "section ",
        '⌈' | '⌉' => "|",
        '└' => "+",
        '┤' | '│' => "|",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::line;

    #[test]
    fn only_ascii_is_left_where_nothing_else_can_be_shown() {
        assert_eq!(line("400 ÷ 50 × 1.5 µs ≤ ä…", true), "400 / 50 * 1.5 us <= \\u{e4}...");
        assert_eq!(line("400 ÷ 50", false), "400 ÷ 50");
        assert_eq!(line("a\u{1b}[2J\n##[b]", true), "a\\u{1b}[2J\\u{a}#\\u{23}[b]");
    }
}
