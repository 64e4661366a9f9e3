//! Lines of a text report while they are put together.
//!
//! Takes words, lists and tables; gives lines that are not wider than asked for, each escaped before it is measured.

use std::io;

use codespan_reporting::term::termcolor::{Color, WriteColor};

use super::plain;
use crate::pages::terminal::wrap::{Line, Span, Style, wrapped};
use crate::pages::terminal::{self, table};

/// What belongs to a headline stands this far behind it.
pub(super) const INDENT: usize = 2;
/// Narrower than this nothing can be read.
const NARROWEST: usize = 40;

/// Words that stand out.
pub(super) fn bold() -> Style {
    Style { bold: true, ..Style::default() }
}

/// What is quoted stands back.
pub(super) fn dimmed() -> Style {
    Style { dimmed: true, ..Style::default() }
}

/// Bold words of a colour.
pub(super) fn colored(color: Color) -> Style {
    Style { color: Some(color), ..bold() }
}

/// Numbers of a column, one below the other at their last digits; a no-break space is kept where words are wrapped.
pub(super) fn right(cells: Vec<String>) -> Vec<String> {
    let width = cells.iter().map(String::len).max().unwrap_or(0);
    let padded = |cell: &String| format!("{}{cell}", "\u{a0}".repeat(width - cell.len()));
    cells.iter().map(padded).collect()
}

/// The lines so far.
pub(super) struct Sheet {
    width: usize,
    ascii: bool,
    lines: Vec<Line>,
}

impl Sheet {
    pub(super) fn new(width: usize, ascii: bool) -> Self {
        Sheet { width: width.max(NARROWEST), ascii, lines: Vec::new() }
    }

    /// How wide what belongs to a headline may be.
    pub(super) fn room(&self) -> usize {
        self.width - INDENT
    }

    /// Words that are harmless, of a style.
    pub(super) fn span(&self, style: Style, text: &str) -> Span {
        Span::new(style, plain::line(text, self.ascii))
    }

    /// Words that are harmless.
    pub(super) fn words(&self, text: &str) -> Span {
        self.span(Style::default(), text)
    }

    /// A line that is as long as it is: a search finds it whole.
    pub(super) fn whole(&mut self, line: Line) {
        self.lines.push(line);
    }

    pub(super) fn blank(&mut self) {
        if self.lines.last().is_some_and(|line| !line.is_empty()) {
            self.lines.push(Line::new());
        }
    }

    /// Lines that have their form.
    pub(super) fn block(&mut self, lines: Vec<Line>) {
        lines.into_iter().for_each(|line| self.behind(INDENT, line));
    }

    /// A part of what belongs to a headline.
    pub(super) fn part(&mut self, title: &str) {
        self.blank();
        let title = self.span(bold(), title);
        self.paragraph(&[title]);
    }

    /// A paragraph behind the headline.
    pub(super) fn paragraph(&mut self, spans: &[Span]) {
        let lines = wrapped(spans, self.room());
        self.block(lines);
    }

    /// A paragraph behind a mark.
    pub(super) fn item(&mut self, mark: &str, spans: &[Span]) {
        let cells = vec![Span::plain(mark)];
        let rows = [vec![cells, spans.to_vec()]];
        self.rows(&rows);
    }

    /// Cells below each other.
    pub(super) fn rows(&mut self, rows: &[Vec<Line>]) {
        let lines = table::rows(rows, self.room().saturating_sub(INDENT));
        lines.into_iter().for_each(|line| self.behind(2 * INDENT, line));
    }

    /// Cells below each other, and below the names of their columns.
    pub(super) fn table(&mut self, head: &[&str], rows: Vec<Vec<Line>>) {
        let head = head.iter().map(|title| vec![self.span(dimmed(), title)]).collect();
        let mut all: Vec<Vec<Line>> = vec![head];
        all.extend(rows);
        self.rows(&all);
    }

    fn behind(&mut self, columns: usize, mut line: Line) {
        if !line.is_empty() {
            line.insert(0, Span::plain(" ".repeat(columns)));
        }
        self.lines.push(line);
    }

    /// Writes all lines.
    pub(super) fn write(mut self, out: &mut dyn WriteColor) -> io::Result<()> {
        for span in self.lines.iter_mut().flatten().filter(|span| !span.text.is_ascii()) {
            if self.ascii {
                span.text = plain::line(&span.text, true);
            }
            span.text = span.text.replace('\u{a0}', " ");
        }
        terminal::lines(&self.lines, out)
    }
}
