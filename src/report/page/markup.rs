//! Pieces of markup: what is not ours is escaped here, and nowhere put into a page otherwise.
//!
//! Takes texts and places; gives HTML.

use crate::pages::html;
use crate::report::map::graph::{PackageMap, Standing};
use crate::source::{Place, Sources, beginning};

/// More characters of a name are not shown.
const MAX_NAME: usize = 200;
/// More characters of a sentence are not shown.
const MAX_WORDS: usize = 4_000;

/// A name, as text.
pub(super) fn name(text: &str) -> String {
    html::text(&beginning(text, MAX_NAME))
}

/// A name of the code.
pub(super) fn code(text: &str) -> String {
    format!("<code>{}</code>", name(text))
}

/// A name that may be broken where its parts end.
pub(super) fn breakable(text: &str) -> String {
    name(text).replace("::", "::<wbr>").replace('/', "/<wbr>").replace('_', "_<wbr>")
}

/// A package by its name, with its directory unless that is where the names of files begin.
pub(super) fn package(package: &PackageMap<'_>) -> String {
    match (package.name, package.dir) {
        ("", dir) => code(dir),
        (called, dir) if called == dir || dir == "." => code(called),
        (called, dir) => {
            format!("{} <small class=\"place\">{}</small>", code(called), name(dir))
        }
    }
}

/// A sentence with code in backticks.
pub(super) fn words(text: &str) -> String {
    html::words(&beginning(text, MAX_WORDS))
}

/// `src/log.rs:52`.
pub(super) fn place(place: Place, sources: &Sources) -> String {
    let file = sources.file(place.file);
    format!("<span class=\"place\">{}:{}</span>", name(&file.shown()), sources.line(place))
}

/// A mark with its word.
pub(super) fn status(standing: Standing) -> String {
    let (id, mark) = (standing.id(), standing.mark());
    format!("<span class=\"status {id}\"><span aria-hidden=\"true\">{mark}</span> {id}</span>")
}

/// A mark with a number, for people who see and for those who listen.
pub(super) fn tally(standing: Standing, count: usize) -> String {
    let (id, mark) = (standing.id(), standing.mark());
    format!(
        "<span class=\"tally {id}\"><span aria-hidden=\"true\">{mark}</span>{count}<span class=\"unseen\"> {id}</span></span>"
    )
}
