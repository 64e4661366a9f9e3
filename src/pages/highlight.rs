//! What the parts of a piece of Rust are, for colouring it.
//!
//! Takes any text; gives it back in pieces, in order and without a gap. It is no parser and never fails.

use crate::tokens;

/// What a piece is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    /// Names, marks and white space.
    Plain,
    /// A word of the language.
    Keyword,
    /// A string or a character.
    String,
    /// A number.
    Number,
    /// A comment.
    Comment,
}

const KEYWORDS: &[&str] = &[
    "as", "async", "await", "break", "const", "continue", "dyn", "else", "enum", "false", "fn",
    "for", "if", "impl", "in", "let", "loop", "match", "mod", "move", "mut", "pub", "ref",
    "return", "self", "Self", "static", "struct", "super", "trait", "true", "type", "unsafe",
    "use", "where", "while",
];

/// Whether a code block of this language is Rust: ```` ```rust ````, ```` ```rust,ignore ````.
pub(super) fn is_rust(language: &str) -> bool {
    language.split(',').next() == Some("rust")
}

/// The pieces of a text.
pub(crate) fn pieces(text: &str) -> Vec<(Kind, &str)> {
    let mut pieces = Vec::new();
    let mut at = 0;
    for span in tokens::spans(text) {
        between(&text[at..span.start], &mut pieces);
        let word = &text[span.clone()];
        let kind = match word.as_bytes()[0] {
            b'"' => Kind::String,
            b'\'' if word.len() > 2 && word.ends_with('\'') => Kind::String,
            b'0'..=b'9' => Kind::Number,
            _ if KEYWORDS.contains(&word) => Kind::Keyword,
            _ => Kind::Plain,
        };
        add(kind, word, &mut pieces);
        at = span.end;
    }
    between(&text[at..], &mut pieces);
    pieces
}

/// White space, or a comment with white space around.
fn between<'t>(text: &'t str, pieces: &mut Vec<(Kind, &'t str)>) {
    let comment = text.trim();
    let start = text.len() - text.trim_start().len();
    let end = start + comment.len();
    add(Kind::Plain, &text[..start], pieces);
    add(Kind::Comment, comment, pieces);
    add(Kind::Plain, &text[end..], pieces);
}

fn add<'t>(kind: Kind, text: &'t str, pieces: &mut Vec<(Kind, &'t str)>) {
    if !text.is_empty() {
        pieces.push((kind, text));
    }
}

#[cfg(test)]
mod tests {
    use super::{Kind, pieces};

    #[test]
    fn nothing_is_lost_and_kinds_are_seen() {
        let code = "// é\nlet x: &'a str = \"// no\"; // yes\n/* a */ match 'c' { 12 => self }\n";
        let pieces = pieces(code);
        assert_eq!(pieces.iter().map(|(_, text)| *text).collect::<String>(), code);
        let of = |kind| pieces.iter().filter(|p| p.0 == kind).map(|p| p.1).collect::<Vec<_>>();
        assert_eq!(of(Kind::Comment), ["// é", "// yes\n/* a */"]);
        assert_eq!(of(Kind::String), ["\"// no\"", "'c'"]);
        assert_eq!(of(Kind::Keyword), ["let", "match", "self"]);
        assert_eq!(of(Kind::Number), ["12"]);
    }
}
