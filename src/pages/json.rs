//! A page for programs.
//!
//! Takes a page; gives one versioned object. `docs/explain.md` describes each field.

use serde::Serialize;

use super::Page;
use crate::report::json::VERSION;
use crate::report::pretty;

#[derive(Serialize)]
struct PageJson<'p> {
    version: u32,
    id: &'p str,
    summary: &'p str,
    about: &'p str,
    level: Option<&'p str>,
    group: Option<&'p str>,
    since: Option<&'p str>,
    note: Option<&'p str>,
    help: Option<&'p str>,
    markdown: &'p str,
    sections: Vec<SectionJson<'p>>,
}

#[derive(Serialize)]
struct SectionJson<'p> {
    title: &'p str,
    anchor: &'p str,
    markdown: &'p str,
}

/// The page as indented JSON.
pub fn render(page: &Page) -> String {
    let sections = page.sections();
    let section = sections.iter().map(|section| SectionJson {
        title: &section.title,
        anchor: &section.anchor,
        markdown: section.markdown,
    });
    pretty::text(&PageJson {
        version: VERSION,
        id: page.id,
        summary: page.summary,
        about: page.about.id(),
        level: page.level().map(|level| level.id()),
        group: page.group().map(|group| group.id()),
        since: page.since(),
        note: Some(page.note).filter(|note| !note.is_empty()),
        help: Some(page.help.as_str()).filter(|help| !help.is_empty()),
        markdown: page.markdown,
        sections: section.collect(),
    })
}
