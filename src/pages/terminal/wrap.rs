//! Lines of styled words.
//!
//! Takes spans; gives lines that are not wider than asked for, measured in the cells of a terminal.

use codespan_reporting::term::termcolor::Color;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// How a piece of text looks.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Style {
    pub(crate) bold: bool,
    pub(crate) italic: bool,
    pub(crate) dimmed: bool,
    pub(crate) color: Option<Color>,
}

/// A piece of text that looks the same.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Span {
    pub(crate) style: Style,
    pub(crate) text: String,
}

/// What stands in one line.
pub(crate) type Line = Vec<Span>;

impl Span {
    pub(crate) fn new(style: Style, text: impl Into<String>) -> Self {
        Span { style, text: text.into() }
    }

    pub(crate) fn plain(text: impl Into<String>) -> Self {
        Span::new(Style::default(), text)
    }
}

/// How many cells a line takes.
pub(crate) fn width(line: &[Span]) -> usize {
    line.iter().map(|span| span.text.width()).sum()
}

/// The words in lines. A line feed in a span ends its line; a word that is too long is broken.
pub(crate) fn wrapped(spans: &[Span], most: usize) -> Vec<Line> {
    let mut lines = vec![Line::new()];
    for word in words(spans) {
        let line = lines.last_mut().expect("invariant: there is a line");
        match word {
            Word::Break => lines.push(Line::new()),
            Word::Text(word) if line.is_empty() => place(word, most, &mut lines),
            Word::Text(word) if width(line) + 1 + width(&word) <= most => {
                let same = line.last().map(|s| s.style) == word.first().map(|s| s.style);
                let style = line.last().filter(|_| same).map(|s| s.style).unwrap_or_default();
                add(style, " ", line);
                word.into_iter().for_each(|span| add(span.style, &span.text, line));
            }
            Word::Text(word) => {
                lines.push(Line::new());
                place(word, most, &mut lines);
            }
        }
    }
    lines
}

/// A word, or the end of a line.
enum Word {
    Text(Line),
    Break,
}

/// A word of several spans has no white space between them: `**not**,` is one.
fn words(spans: &[Span]) -> Vec<Word> {
    let mut words = Vec::new();
    let mut word = Line::new();
    for span in spans {
        for c in span.text.chars() {
            if c == '\n' || c == ' ' || c == '\t' {
                if !word.is_empty() {
                    words.push(Word::Text(std::mem::take(&mut word)));
                }
                if c == '\n' {
                    words.push(Word::Break);
                }
                continue;
            }
            add(span.style, c.encode_utf8(&mut [0; 4]), &mut word);
        }
    }
    if !word.is_empty() {
        words.push(Word::Text(word));
    }
    words
}

/// Puts a word at the start of the last line, which is empty.
fn place(word: Line, most: usize, lines: &mut Vec<Line>) {
    for span in word {
        for c in span.text.chars() {
            let line = lines.last_mut().expect("invariant: there is a line");
            if !line.is_empty() && width(line) + c.width().unwrap_or(0) > most {
                lines.push(Line::new());
            }
            let line = lines.last_mut().expect("invariant: there is a line");
            add(span.style, c.encode_utf8(&mut [0; 4]), line);
        }
    }
}

/// Adds text to a line.
pub(crate) fn add(style: Style, text: &str, line: &mut Line) {
    match line.last_mut() {
        Some(last) if last.style == style => last.text.push_str(text),
        _ => line.push(Span::new(style, text)),
    }
}

#[cfg(test)]
mod tests {
    use super::{Span, Style, width, wrapped};

    #[test]
    fn words_of_several_spans_stay_together() {
        let bold = Style { bold: true, ..Style::default() };
        let spans = [Span::plain("one "), Span::new(bold, "two"), Span::plain(", three")];
        let lines = wrapped(&spans, 8);
        assert_eq!(lines.len(), 2, "{lines:?}");
        assert_eq!(width(&lines[0]), 8, "{lines:?}");
    }

    #[test]
    fn wide_characters_take_two_cells() {
        let lines = wrapped(&[Span::plain("日本語日本語")], 5);
        assert_eq!(lines.iter().map(|line| width(line)).collect::<Vec<_>>(), [4, 4, 4]);
    }
}
