//! `raft-lint explain RULE`: the documentation page of a rule, of another finding, or of what logs show.
//!
//! Takes a rule's id; prints the page that is compiled in: for reading on a terminal, and elsewhere as it
//! was written, which is what programs have always been given. An unknown id is an error that names the
//! nearest known one.

use std::io::{IsTerminal, Write};

use super::{Exit, Printed, pager};
use crate::cli::{Color, ExplainArgs, ExplainFormat};
use crate::error::Error;
use crate::logs::condition::Condition;
use crate::pages::{self, Page, document, json, terminal};
use crate::report::escape;

/// As wide as a page is where nothing says how wide to make it.
const WIDTH: usize = 80;
/// Wider lines are hard to read; on a wider terminal a page is not wider.
const READABLE: usize = 100;
/// A width that is larger is none.
const WIDEST: usize = 1_000;

/// Prints the page.
pub(super) fn run(args: &ExplainArgs) -> Result<Printed, Error> {
    let Some(name) = &args.rule else { return without_rule() };
    let page = pages::find(name)?;
    let on_terminal = std::io::stdout().is_terminal();
    let format = args.format.unwrap_or(match on_terminal {
        true => ExplainFormat::Text,
        false => ExplainFormat::Markdown,
    });
    match format {
        ExplainFormat::Text => text(&page, args, on_terminal),
        ExplainFormat::Markdown => verbatim(page.markdown),
        ExplainFormat::Json => verbatim(&json::render(&page)),
        ExplainFormat::Html => verbatim(&document::of_page(&page)),
    }
}

/// The page for reading.
fn text(page: &Page, args: &ExplainArgs, on_terminal: bool) -> Result<Printed, Error> {
    let size = screen();
    let width = columns(WIDTH);
    let (mut out, err) = super::buffers(args.color.color);
    terminal::page(page, width, &mut out).map_err(super::in_memory)?;
    let asked = pager::Asked {
        never: args.no_pager || !on_terminal,
        screen: size,
        variables: ["RAFT_LINT_PAGER", "PAGER"].map(|name| std::env::var(name).ok()),
        dumb: std::env::var_os("TERM").is_some_and(|term| term == "dumb"),
    };
    let pager = pager::chosen(&asked, &String::from_utf8_lossy(out.as_slice()));
    Ok(Printed { pager, ..Printed::new(Exit::Clean, out, err) })
}

/// Columns and lines of the terminal.
fn screen() -> Option<(usize, usize)> {
    let size = terminal_size::terminal_size_of(std::io::stdout());
    size.map(|(width, height)| (usize::from(width.0), usize::from(height.0)))
}

/// How wide a text is made for reading; `default` where nothing says how wide.
pub(super) fn columns(default: usize) -> usize {
    width(std::env::var("COLUMNS").ok().as_deref(), screen().map(|(width, _)| width), default)
}

/// A text that has its form already.
fn verbatim(text: &str) -> Result<Printed, Error> {
    let (mut out, err) = super::buffers(Color::Never);
    out.write_all(text.as_bytes()).map_err(super::in_memory)?;
    Ok(Printed::new(Exit::Clean, out, err))
}

/// How wide the page is: as `COLUMNS` says, or the terminal, as far as it is readable.
fn width(columns: Option<&str>, terminal: Option<usize>, default: usize) -> usize {
    let said = columns.and_then(|columns| columns.trim().parse().ok());
    let said = said.filter(|&columns| (1..=WIDEST).contains(&columns));
    said.or(terminal.filter(|&width| width > 0).map(|width| width.min(READABLE))).unwrap_or(default)
}

/// Without a rule there is nothing to explain: the error lists what there is.
fn without_rule() -> Result<Printed, Error> {
    let (out, mut err) = super::buffers(Color::Never);
    let longest = pages::all().map(|page| page.id.len()).max().unwrap_or(0);
    let mut write = |line: &str| writeln!(err, "{line}").map_err(super::in_memory);
    write("error: there is no rule to explain")?;
    write("help: name one of these, such as `raft-lint explain append-prev-check`\n")?;
    for page in pages::all() {
        if page.id == Condition::ALL[0].id() {
            write("\nwhat `raft-lint logs` says:\n")?;
        }
        write(&escape::line(&format!("  {:<longest$}  {}", page.id, page.summary)))?;
    }
    Ok(Printed::new(Exit::Failed, out, err))
}

#[cfg(test)]
mod tests {
    use super::width;

    #[test]
    fn a_page_is_as_wide_as_can_be_read() {
        assert_eq!(width(None, None, 80), 80);
        assert_eq!(width(None, Some(60), 80), 60);
        assert_eq!(width(None, Some(240), 80), 100);
        assert_eq!(width(Some("120"), Some(60), 80), 120);
        assert_eq!(width(Some("x"), Some(60), 80), 60);
        assert_eq!(width(Some("0"), None, 80), 80);
        assert_eq!(width(Some("99999999999999999999"), None, 80), 80);
    }
}
