//! Pieces of markup: what is not ours is escaped here, and nowhere put into a page otherwise.
//!
//! Takes texts and places; gives HTML.

use crate::report::map::graph::{PackageMap, Standing};
use crate::source::{Place, Sources};

pub(super) use crate::pages::html::{code, name, sentence as words};

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
