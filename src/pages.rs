//! The documentation pages of the rules and of what else there can be findings about.
//!
//! Takes ids; gives the pages, which are Markdown that is compiled in, and their sections. The modules below
//! show them, and know nothing of where that is printed.

pub mod document;
pub(crate) mod highlight;
pub mod html;
pub mod json;
pub mod site;
pub mod terminal;

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use crate::error::Error;
use crate::finding::Subject;
use crate::levels::{ids, unknown};
use crate::protocol::Quantity;
use crate::rule::{Group, Level, Rule};
use crate::{rules, subjects};

/// What of Markdown the pages may use beside CommonMark.
const OPTIONS: Options = Options::ENABLE_TABLES;

/// A page with what it is about.
#[derive(Clone, Debug)]
pub struct Page {
    /// The id of the rule, or of the other subject: the page's title.
    pub id: &'static str,
    /// One line: what is asked for.
    pub summary: &'static str,
    /// How serious its findings are.
    pub level: Level,
    /// What a rule protects; what is no rule is in no group.
    pub group: Option<Group>,
    /// The first version that had the rule.
    pub since: Option<&'static str>,
    /// What is lost; empty where each finding says it in its own words.
    pub note: &'static str,
    /// What to do, in the field's words; empty where each finding says it in its own.
    pub help: String,
    /// The text.
    pub markdown: &'static str,
}

/// A part of a page under a heading of the second level.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Section<'p> {
    /// The heading.
    pub title: String,
    /// Its name in addresses.
    pub anchor: String,
    /// What stands under it.
    pub markdown: &'p str,
}

/// Every page: those of the rules by id, then the others.
pub fn all() -> impl Iterator<Item = Page> {
    rules::ALL.iter().map(|rule| of_rule(rule)).chain(subjects::all().map(of_subject))
}

/// The page with this id; `_` and capitals are read as what they stand for. An unknown id is an error that
/// names the nearest known one.
pub fn find(name: &str) -> Result<Page, Error> {
    let id = name.to_lowercase().replace('_', "-");
    all().find(|page| page.id == id).ok_or_else(|| unknown("rule", &id, ids()))
}

fn of_rule(rule: &'static Rule) -> Page {
    let named = |help: String, quantity: Quantity| help.replace(quantity.hole(), quantity.title());
    Page {
        id: rule.id,
        summary: rule.summary,
        level: rule.level,
        group: Some(rule.group),
        since: Some(rule.since),
        note: rule.note,
        help: Quantity::ALL.into_iter().fold(rule.help.to_owned(), named),
        markdown: rule.page,
    }
}

fn of_subject(subject: Subject) -> Page {
    let other = subjects::OF_COMMENTS.iter().find(|other| other.subject.id == subject.id);
    Page {
        id: subject.id,
        summary: subject.summary,
        level: subject.level,
        group: None,
        since: None,
        note: other.map_or("", |other| other.note),
        help: other.map_or("", |other| other.help).to_owned(),
        markdown: subject.page,
    }
}

impl Page {
    /// The text below the title.
    pub fn body(&self) -> &'static str {
        self.markdown.split_once('\n').map_or("", |(_, body)| body)
    }

    /// The parts under headings of the second level, in their order.
    pub fn sections(&self) -> Vec<Section<'static>> {
        let mut sections: Vec<Section<'static>> = Vec::new();
        let mut anchors = Anchors::default();
        let (mut title, mut start) = (None, 0);
        let end_of = |sections: &mut Vec<Section<'static>>, start: usize, end: usize| {
            if let Some(last) = sections.last_mut() {
                last.markdown = self.markdown[start..end].trim();
            }
        };
        for (event, range) in Parser::new_ext(self.markdown, OPTIONS).into_offset_iter() {
            match event {
                Event::Start(Tag::Heading { level: HeadingLevel::H2, .. }) => {
                    end_of(&mut sections, start, range.start);
                    title = Some(String::new());
                }
                Event::End(TagEnd::Heading(HeadingLevel::H2)) => {
                    let title = title.take().unwrap_or_default();
                    let anchor = anchors.next(&title);
                    sections.push(Section { title, anchor, markdown: "" });
                    start = range.end;
                }
                Event::Text(text) | Event::Code(text) => {
                    if let Some(title) = &mut title {
                        title.push_str(&text);
                    }
                }
                _ => {}
            }
        }
        end_of(&mut sections, start, self.markdown.len());
        sections
    }
}

/// The names of headings in addresses: each is there once.
#[derive(Default)]
struct Anchors(Vec<String>);

impl Anchors {
    /// The name of the next heading: `What it proves` is `what-it-proves`.
    fn next(&mut self, title: &str) -> String {
        let words = title.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        let name = words.map(str::to_lowercase).collect::<Vec<_>>().join("-");
        let name = if name.is_empty() { "section".to_owned() } else { name };
        let numbered = (2..).map(|number| format!("{name}-{number}"));
        let mut names = std::iter::once(name.clone()).chain(numbered);
        let free =
            names.find(|name| !self.0.contains(name)).expect("invariant: numbers do not end");
        self.0.push(free.clone());
        free
    }
}

#[cfg(test)]
mod tests {
    use super::{Anchors, all, find};

    #[test]
    fn anchors_are_there_once() {
        let mut anchors = Anchors::default();
        let names = ["What it proves", "`a` & b!", "…", "What it  proves", "..."];
        let names = names.map(|name| anchors.next(name));
        assert_eq!(names, ["what-it-proves", "a-b", "section", "what-it-proves-2", "section-2"]);
    }

    #[test]
    fn sections_are_the_whole_page() {
        for page in all() {
            let kept: usize = page.sections().iter().map(|s| s.markdown.len()).sum();
            let titles: usize = page.sections().iter().map(|s| s.title.len() + 8).sum();
            let before = page.markdown.find("\n## ").unwrap_or(page.markdown.len());
            assert!(before + kept + titles >= page.markdown.trim().len(), "{}", page.id);
        }
    }

    #[test]
    fn pages_are_found_as_they_are_written() {
        assert_eq!(find("Append_Prev-check").map(|page| page.id), Ok("append-prev-check"));
        assert!(find("append-prev-chek").is_err_and(|e| e.hint.contains("`append-prev-check`")));
    }
}
