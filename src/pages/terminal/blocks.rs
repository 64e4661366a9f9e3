//! The blocks of Markdown as lines.
//!
//! Takes Markdown; gives lines with their indentation. A block that is nested stands behind what it is
//! nested in.

use codespan_reporting::term::termcolor::Color;
use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Parser, Tag, TagEnd};

use super::wrap::{Line, Span, Style, add, width, wrapped};
use super::{INDENT, table};
use crate::pages::highlight::{Kind, is_rust, pieces};
use crate::pages::{OPTIONS, all};

/// A rule between blocks is not longer.
const RULE: usize = 40;

/// What a block is nested in: its mark, and what stands in the lines below the mark.
struct Nesting {
    first: Option<String>,
    rest: String,
}

/// The work on one text.
pub(super) struct Blocks {
    width: usize,
    colors: bool,
    lines: Vec<Line>,
    /// Whether a blank line goes before the next block.
    blank: bool,
    nesting: Vec<Nesting>,
    /// The number of the next item of each list; none where there are no numbers.
    lists: Vec<Option<u64>>,
    text: Line,
    strong: usize,
    emphasis: usize,
    /// The addresses of the links that are open.
    links: Vec<String>,
    /// Rust or not, and the text.
    code: Option<(bool, String)>,
    rows: Vec<Vec<Line>>,
}

impl Blocks {
    pub(super) fn new(width: usize, colors: bool) -> Self {
        Blocks {
            width,
            colors,
            lines: Vec::new(),
            blank: false,
            nesting: vec![Nesting { first: None, rest: " ".repeat(INDENT) }],
            lists: Vec::new(),
            text: Line::new(),
            strong: 0,
            emphasis: 0,
            links: Vec::new(),
            code: None,
            rows: Vec::new(),
        }
    }

    /// All lines.
    pub(super) fn lines(mut self, markdown: &str) -> Vec<Line> {
        for event in Parser::new_ext(markdown, OPTIONS) {
            match event {
                Event::Start(tag) => self.start(tag),
                Event::End(tag) => self.end(tag),
                Event::Text(text) => match &mut self.code {
                    Some((_, code)) => code.push_str(&text),
                    None => self.say(&text),
                },
                Event::Code(code) => self.say_code(&code),
                Event::Html(text) | Event::InlineHtml(text) => self.say(text.trim_end()),
                Event::SoftBreak => self.say(" "),
                Event::HardBreak => self.say("\n"),
                Event::Rule => {
                    let room = self.room().min(RULE);
                    self.block(vec![vec![Span::plain("─".repeat(room))]]);
                    self.blank = true;
                }
                _ => {}
            }
        }
        self.lines
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Heading { .. } => self.strong += 1,
            Tag::Strong => self.strong += 1,
            Tag::Emphasis => self.emphasis += 1,
            Tag::Link { dest_url, .. } => self.links.push(dest_url.to_string()),
            Tag::CodeBlock(kind) => {
                self.flush();
                let is_rust = matches!(&kind, CodeBlockKind::Fenced(language) if is_rust(language));
                self.code = Some((is_rust, String::new()));
            }
            Tag::List(first) => {
                self.flush();
                self.lists.push(first);
            }
            Tag::Item => self.item(),
            Tag::BlockQuote(_) => {
                self.flush();
                self.space();
                self.nesting.push(Nesting { first: None, rest: "│ ".to_owned() });
            }
            Tag::TableHead => {
                self.strong += 1;
                self.rows.push(Vec::new());
            }
            Tag::TableRow => self.rows.push(Vec::new()),
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Heading(level) => {
                self.strong -= 1;
                self.heading(level);
            }
            TagEnd::Strong => self.strong -= 1,
            TagEnd::Emphasis => self.emphasis -= 1,
            TagEnd::Link => self.link(),
            TagEnd::Paragraph | TagEnd::HtmlBlock => {
                self.flush();
                self.blank = true;
            }
            TagEnd::CodeBlock => self.code_block(),
            TagEnd::Item => {
                self.flush();
                self.nesting.pop();
            }
            TagEnd::List(_) => {
                self.lists.pop();
                self.blank |= self.lists.is_empty();
            }
            TagEnd::BlockQuote(_) => {
                self.nesting.pop();
                self.blank = true;
            }
            TagEnd::TableCell => {
                let cell = std::mem::take(&mut self.text);
                if let Some(row) = self.rows.last_mut() {
                    row.push(cell);
                }
            }
            TagEnd::TableHead => self.strong -= 1,
            TagEnd::Table => {
                let rows = std::mem::take(&mut self.rows);
                let lines = table::lines(&rows, self.room());
                self.block(lines);
                self.blank = true;
            }
            _ => {}
        }
    }

    /// Text of a paragraph as it looks here.
    fn say(&mut self, text: &str) {
        let style = Style { bold: self.strong > 0, italic: self.emphasis > 0, ..Style::default() };
        add(style, text, &mut self.text);
    }

    fn say_code(&mut self, code: &str) {
        if !self.colors {
            return self.say(&format!("`{code}`"));
        }
        let style = Style { bold: self.strong > 0, color: Some(Color::Cyan), ..Style::default() };
        add(style, code, &mut self.text);
    }

    /// Tells where a link leads, if its text does not.
    fn link(&mut self) {
        let Some(address) = self.links.pop() else { return };
        let file = address.split('#').next().and_then(|file| file.rsplit('/').next());
        let page = file.and_then(|file| file.strip_suffix(".md")).map(|id| id.replace('_', "-"));
        if address.contains("://") {
            if self.text.last().is_none_or(|span| !span.text.ends_with(&address)) {
                self.say(&format!(" ({address})"));
            }
        } else if let Some(page) = page.filter(|id| all().any(|page| page.id == id)) {
            self.say(" (");
            self.say_code(&format!("raft-lint explain {page}"));
            self.say(")");
        }
    }

    /// An item's mark goes before the first line that it has.
    fn item(&mut self) {
        let mark = match self.lists.last_mut() {
            Some(Some(number)) => {
                *number += 1;
                format!("{:>2}. ", *number - 1)
            }
            _ => "- ".to_owned(),
        };
        let rest = " ".repeat(mark.chars().count());
        self.nesting.push(Nesting { first: Some(mark), rest });
    }

    /// A heading stands before what belongs to it.
    fn heading(&mut self, level: HeadingLevel) {
        let text = std::mem::take(&mut self.text);
        let deep = if level > HeadingLevel::H2 { INDENT } else { 0 };
        let lines = wrapped(&text, self.width.saturating_sub(deep).max(1));
        self.space();
        for line in lines {
            self.lines.push(behind(" ".repeat(deep), line));
        }
        self.blank = true;
    }

    fn code_block(&mut self) {
        let Some((is_rust, code)) = self.code.take() else { return };
        let mut lines = vec![Line::new()];
        let pieces = if is_rust { pieces(&code) } else { vec![(Kind::Plain, code.as_str())] };
        for (kind, piece) in pieces {
            for (number, part) in piece.split('\n').enumerate() {
                if number > 0 {
                    lines.push(Line::new());
                }
                if let (Some(line), false) = (lines.last_mut(), part.is_empty()) {
                    add(style(kind), part, line);
                }
            }
        }
        while lines.last().is_some_and(Vec::is_empty) {
            lines.pop();
        }
        self.blank |= !self.lines.is_empty();
        self.nesting.push(Nesting { first: None, rest: " ".repeat(2 * INDENT) });
        self.block(lines);
        self.nesting.pop();
        self.blank = true;
    }

    /// How wide a block may be here.
    fn room(&self) -> usize {
        let taken: usize = self.nesting.iter().map(|n| n.rest.chars().count()).sum();
        self.width.saturating_sub(taken).max(1)
    }

    /// Ends the paragraph.
    fn flush(&mut self) {
        let text = std::mem::take(&mut self.text);
        if width(&text) > 0 {
            self.block(wrapped(&text, self.room()));
        }
    }

    fn space(&mut self) {
        if std::mem::take(&mut self.blank) && !self.lines.is_empty() {
            let quoted: String = self.nesting.iter().map(|n| n.rest.as_str()).collect();
            let quoted = quoted.trim_end().to_owned();
            self.lines.push(if quoted.is_empty() {
                Line::new()
            } else {
                vec![Span::plain(quoted)]
            });
        }
    }

    /// Adds lines behind what they are nested in.
    fn block(&mut self, lines: Vec<Line>) {
        self.space();
        for line in lines {
            let marks = self.nesting.iter_mut().map(|n| n.first.take().unwrap_or(n.rest.clone()));
            let before: String = marks.collect();
            self.lines.push(behind(before, line));
        }
    }
}

/// A line behind an indentation; an empty line stays empty.
fn behind(before: String, mut line: Line) -> Line {
    if line.is_empty() {
        let before = before.trim_end();
        return if before.is_empty() { line } else { vec![Span::plain(before)] };
    }
    if !before.is_empty() {
        line.insert(0, Span::plain(before));
    }
    line
}

fn style(kind: Kind) -> Style {
    let color = |color| Style { color: Some(color), ..Style::default() };
    match kind {
        Kind::Plain => Style::default(),
        Kind::Keyword => color(Color::Magenta),
        Kind::String => color(Color::Green),
        Kind::Number => color(Color::Cyan),
        Kind::Comment => Style { dimmed: true, ..Style::default() },
    }
}
