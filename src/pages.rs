//! The documentation pages of the rules, of what else there can be findings about, and of what logs show.
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
use crate::logs::condition::Condition;
use crate::protocol::Quantity;
use crate::rule::{Group, Level, Rule};
use crate::{rules, spelling, subjects};

/// What of Markdown the pages may use beside CommonMark.
const OPTIONS: Options = Options::ENABLE_TABLES;

/// A page with what it is about.
#[derive(Clone, Debug)]
pub struct Page {
    /// The id of the rule, of the other subject or of the condition: the page's title.
    pub id: &'static str,
    /// One line: what is asked for, or what was found.
    pub summary: &'static str,
    /// What it is the page of.
    pub about: About,
    /// What is lost; empty where each finding says it in its own words.
    pub note: &'static str,
    /// What to do, in the field's words; empty where each finding says it in its own.
    pub help: String,
    /// The text.
    pub markdown: &'static str,
}

/// What a page is about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum About {
    /// A rule.
    Rule {
        /// How serious its findings are.
        level: Level,
        /// What it protects.
        group: Group,
        /// The first version that had it.
        since: &'static str,
    },
    /// Another finding of the check.
    Finding {
        /// How serious it is.
        level: Level,
    },
    /// What `raft-lint logs` says of a leader and a follower.
    Condition,
}

impl About {
    /// Its word for programs.
    pub fn id(self) -> &'static str {
        match self {
            About::Rule { .. } => "rule",
            About::Finding { .. } => "finding",
            About::Condition => "condition",
        }
    }
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

/// Every page: those of the rules by id, then the other findings, then what logs show, the worst first.
pub fn all() -> impl Iterator<Item = Page> {
    let of_checks =
        rules::ALL.iter().map(|rule| of_rule(rule)).chain(subjects::all().map(of_subject));
    of_checks.chain(Condition::ALL.into_iter().map(of_condition))
}

/// The page with this id; `_` and capitals are read as what they stand for. An unknown id is an error that
/// names the nearest known one.
pub fn find(name: &str) -> Result<Page, Error> {
    let id = name.to_lowercase().replace('_', "-");
    all().find(|page| page.id == id).ok_or_else(|| {
        let list = "`raft-lint explain` lists them all";
        let hint = match spelling::nearest(&id, all().map(|page| page.id)) {
            Some(known) => format!("did you mean `{known}`? {list}"),
            None => list.to_owned(),
        };
        Error::new(format!("there is no page `{id}`"), hint)
    })
}

fn of_rule(rule: &'static Rule) -> Page {
    let named = |help: String, quantity: Quantity| help.replace(quantity.hole(), quantity.title());
    Page {
        id: rule.id,
        summary: rule.summary,
        about: About::Rule { level: rule.level, group: rule.group, since: rule.since },
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
        about: About::Finding { level: subject.level },
        note: other.map_or("", |other| other.note),
        help: other.map_or("", |other| other.help).to_owned(),
        markdown: subject.page,
    }
}

fn of_condition(condition: Condition) -> Page {
    Page {
        id: condition.id(),
        summary: condition.summary(),
        about: About::Condition,
        note: "",
        help: String::new(),
        markdown: condition.page(),
    }
}

impl Page {
    /// How serious its findings are; what logs show is no finding.
    pub fn level(&self) -> Option<Level> {
        match self.about {
            About::Rule { level, .. } | About::Finding { level } => Some(level),
            About::Condition => None,
        }
    }

    /// What a rule protects; what is no rule is in no group.
    pub fn group(&self) -> Option<Group> {
        match self.about {
            About::Rule { group, .. } => Some(group),
            About::Finding { .. } | About::Condition => None,
        }
    }

    /// The first version that had the rule.
    pub fn since(&self) -> Option<&'static str> {
        match self.about {
            About::Rule { since, .. } => Some(since),
            About::Finding { .. } | About::Condition => None,
        }
    }

    /// What is told of it below its title, beside its level.
    fn facts(&self) -> Vec<String> {
        match self.about {
            About::Rule { group, since, .. } => {
                vec![group.id().to_owned(), format!("since {since}")]
            }
            About::Finding { .. } => Vec::new(),
            About::Condition => vec!["what logs show".to_owned()],
        }
    }

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
        assert_eq!(find("Snapshot_loop").map(|page| page.id), Ok("snapshot-loop"));
        assert!(find("divergance").is_err_and(|e| e.hint.contains("`divergence`")));
    }
}
