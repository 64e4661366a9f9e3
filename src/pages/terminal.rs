//! A page for reading in a terminal.
//!
//! Takes a page and a width; writes lines in which prose is not wider, code is as it was, and nothing of the
//! Markdown's marks is left but the backticks around code where there are no colours to tell it by.
//!
//! There is no crate that fits: termimad reads no CommonMark, so that the line ends of a paragraph stay, and
//! brings crossterm along, which nothing here needs.

mod blocks;
pub(crate) mod table;
pub(crate) mod wrap;

use std::io;

use codespan_reporting::term::termcolor::{Color, ColorSpec, WriteColor};

use self::blocks::Blocks;
use self::wrap::{Line, Span, Style};
use super::Page;
use crate::report::escape;
use crate::rule::Level;

/// Narrower than this is no column of prose.
const NARROWEST: usize = 20;
/// What belongs to a heading stands this far behind it.
const INDENT: usize = 2;

/// The page, below its title with what the lint knows of the rule.
pub fn page(page: &Page, width: usize, out: &mut dyn WriteColor) -> io::Result<()> {
    let width = width.max(NARROWEST);
    let bold = Style { bold: true, ..Style::default() };
    let level = page.level().map(|level| {
        let color = match level {
            Level::Error => Color::Red,
            Level::Warning => Color::Yellow,
            Level::Advice => Color::Blue,
        };
        Span::new(Style { color: Some(color), ..bold }, level.id())
    });
    let mut facts: Vec<Span> = level.into_iter().collect();
    for fact in page.facts() {
        let between = if facts.is_empty() { "" } else { " · " };
        facts.push(Span::plain(format!("{between}{fact}")));
    }
    let mut head = wrap::wrapped(&[Span::new(bold, page.id)], width);
    head.extend(wrap::wrapped(&facts, width));
    head.extend(wrap::wrapped(&[Span::plain(page.summary)], width));
    lines(&head, out)?;
    writeln!(out)?;
    markdown(page.body(), width, out)
}

/// Any Markdown.
pub fn markdown(markdown: &str, width: usize, out: &mut dyn WriteColor) -> io::Result<()> {
    let colors = out.supports_color();
    lines(&Blocks::new(width.max(NARROWEST), colors).lines(markdown), out)
}

/// Writes lines. What could act on a terminal is escaped here, whatever it comes from.
pub(crate) fn lines(lines: &[Line], out: &mut dyn WriteColor) -> io::Result<()> {
    for line in lines {
        let mut now = Style::default();
        for span in line {
            if span.style != now {
                out.set_color(&spec(span.style))?;
                now = span.style;
            }
            write!(out, "{}", escape::line(&span.text))?;
        }
        if now != Style::default() {
            out.reset()?;
        }
        writeln!(out)?;
    }
    Ok(())
}

fn spec(style: Style) -> ColorSpec {
    let mut spec = ColorSpec::new();
    spec.set_bold(style.bold).set_italic(style.italic).set_dimmed(style.dimmed).set_fg(style.color);
    spec
}

#[cfg(test)]
mod tests {
    use codespan_reporting::term::termcolor::Buffer;

    use super::markdown;

    fn plain(text: &str, width: usize) -> String {
        let mut buffer = Buffer::no_color();
        markdown(text, width, &mut buffer).expect("writing into memory");
        String::from_utf8(buffer.into_inner()).expect("text is UTF-8")
    }

    #[test]
    fn paragraphs_and_lists_are_wrapped() {
        let text = "# T\n\nAll **good**\nthings `a b`, and *more* words.\n\n1. one two three four five\n2. x\n   - deep\n\n     para\n";
        assert_eq!(
            plain(text, 24),
            "T\n\n  All good things `a b`,\n  and more words.\n\n   1. one two three four\n      five\n   2. x\n      - deep\n\n        para\n"
        );
    }

    #[test]
    fn code_is_as_it_was() {
        let text = "## H\n\n```rust\nfn a() {\n\n    b(\"a very long line that is not broken at all\")\n}\n```\n\nafter\n";
        let code = "      fn a() {\n\n          b(\"a very long line that is not broken at all\")\n      }\n";
        assert_eq!(plain(text, 20), format!("H\n\n{code}\n  after\n"));
    }

    #[test]
    fn tables_fit() {
        let text = "| a | long head |\n|---|---|\n| `x` | one two three four five |\n| y | z |\n";
        assert_eq!(
            plain(text, 24),
            "  a    long head\n  ───  ─────────────────\n  `x`  one two three\n       four five\n  y    z\n"
        );
    }

    #[test]
    fn addresses_are_told() {
        let text = "[a](https://e.x/y) <https://e.x> [b](stale_term.md) ![c](d.png) <i>e</i>\n\n> q\n\n---\n";
        assert_eq!(
            plain(text, 80),
            "  a (https://e.x/y) https://e.x b (`raft-lint explain stale-term`) c <i>e</i>\n\n  │ q\n\n  ────────────────────────────────────────\n"
        );
    }

    #[test]
    fn nothing_acts_on_the_terminal() {
        let text = plain("a\u{1b}[2J `\u{202e}` \u{9b}\n\n```\n\u{1b}]0;x\u{7}\n```\n", 80);
        assert!(
            !text.contains(|c: char| c.is_control() && c != '\n' || c == '\u{202e}'),
            "{text:?}"
        );
    }

    #[test]
    fn long_words_are_broken() {
        let text = plain(&"x".repeat(50), 22);
        assert_eq!(text, format!("  {0}\n  {0}\n  {1}\n", "x".repeat(20), "x".repeat(10)));
    }
}
