//! Markdown as HTML, for whatever shows a page in a browser.
//!
//! Takes Markdown; gives a well-formed piece of HTML (as XML, too) without scripts, styles and images. HTML
//! in the Markdown is shown as text and never passed on, and a link leads only to a page or to the web.

use pulldown_cmark::{CodeBlockKind, CowStr, Event, HeadingLevel, Parser, Tag, TagEnd};

use super::highlight::{Kind, is_rust, pieces};
use super::{Anchors, OPTIONS};
use crate::report::escape;
use crate::source::beginning;

/// More characters of a name are not shown.
const MAX_NAME: usize = 200;
/// More characters of a sentence are not shown.
const MAX_WORDS: usize = 4_000;

/// How a piece stands in the document around it.
#[derive(Clone, Copy)]
pub struct Setting<'s> {
    /// The level of the page's title, 1 to 6; the other headings follow.
    pub title: usize,
    /// Headings can be linked to, by this and their words; otherwise they have no ids.
    pub anchors: Option<&'s str>,
    /// Where the page with an id is found: names of rules in code become links to it.
    pub address: &'s dyn Fn(&str) -> Option<String>,
}

impl Default for Setting<'_> {
    fn default() -> Self {
        Setting { title: 1, anchors: None, address: &|_| None }
    }
}

/// Markdown as a piece of HTML, as the setting says.
pub fn fragment(markdown: &str, setting: &Setting<'_>) -> String {
    let mut html = String::with_capacity(markdown.len() * 2);
    pulldown_cmark::html::push_html(&mut html, events(markdown, setting).into_iter());
    html
}

/// Text between tags, or in an attribute with double quotes; control characters and direction marks are
/// shown as what they are.
pub fn text(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    for c in escape::line(text).chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            c => html.push(c),
        }
    }
    html
}

/// Words of ours with code in backticks, such as a rule's message.
pub fn words(line: &str) -> String {
    let parts = line.split('`').enumerate();
    let shown = |(i, part): (usize, &str)| match i % 2 {
        1 => format!("<code>{}</code>", text(part)),
        _ => text(part),
    };
    parts.map(shown).collect()
}

/// A name that is not ours, as text.
pub(crate) fn name(name: &str) -> String {
    text(&beginning(name, MAX_NAME))
}

/// A name that is not ours, as code.
pub(crate) fn code(text: &str) -> String {
    format!("<code>{}</code>", name(text))
}

/// A sentence with code in backticks, which may hold what is not ours.
pub(crate) fn sentence(text: &str) -> String {
    words(&beginning(text, MAX_WORDS))
}

/// What is shown of the page's events, with what is ours between them.
fn events<'m>(markdown: &'m str, setting: &'m Setting<'_>) -> Vec<Event<'m>> {
    let mut work = Work {
        setting,
        events: Vec::new(),
        anchors: Anchors::default(),
        links: Vec::new(),
        code: None,
        heading: 0,
        title: String::new(),
    };
    for event in Parser::new_ext(markdown, OPTIONS) {
        match event {
            Event::Start(tag) => work.start(tag),
            Event::End(tag) => work.end(tag),
            Event::Text(words) => match &mut work.code {
                Some((_, code)) => code.push_str(&words),
                None => {
                    work.title.push_str(&words);
                    work.ours(text(&words));
                }
            },
            Event::Code(name) => work.code_span(&name),
            Event::Html(html) | Event::InlineHtml(html) => work.ours(lines(&html)),
            event => work.events.push(event),
        }
    }
    work.events
}

/// The work on one text.
struct Work<'m> {
    setting: &'m Setting<'m>,
    events: Vec<Event<'m>>,
    anchors: Anchors,
    /// Whether the links that are open are shown.
    links: Vec<bool>,
    /// The language and the text of a block of code that is open.
    code: Option<(String, String)>,
    /// Where the last heading starts, and what it says.
    heading: usize,
    title: String,
}

impl<'m> Work<'m> {
    fn ours(&mut self, html: String) {
        self.events.push(Event::InlineHtml(CowStr::from(html)));
    }

    fn start(&mut self, tag: Tag<'m>) {
        match tag {
            Tag::CodeBlock(kind) => self.code = Some((language(&kind), String::new())),
            Tag::Heading { level, .. } => {
                self.title.clear();
                self.heading = self.events.len();
                self.events.push(heading(shifted(level, self.setting.title), None));
            }
            Tag::Link { dest_url, .. } => {
                let address = target(&dest_url, self.setting);
                self.links.push(address.is_some());
                if let Some(address) = address {
                    self.ours(format!("<a href=\"{}\">", text(&address)));
                }
            }
            // What is told instead of an image is its text.
            Tag::Image { .. } => {}
            Tag::HtmlBlock => self.events.push(Event::Start(Tag::Paragraph)),
            Tag::Table(alignments) => {
                self.ours("<div class=\"table\" tabindex=\"0\">".to_owned());
                self.events.push(Event::Start(Tag::Table(alignments)));
            }
            tag => self.events.push(Event::Start(tag)),
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::CodeBlock => {
                let (language, text) = self.code.take().unwrap_or_default();
                self.ours(block(&language, &text));
            }
            TagEnd::Heading(level) => {
                let level = shifted(level, self.setting.title);
                if let Some(before) = self.setting.anchors {
                    let id = format!("{before}{}", self.anchors.next(&self.title));
                    self.events[self.heading] = heading(level, Some(id));
                }
                self.events.push(Event::End(TagEnd::Heading(level)));
            }
            TagEnd::Link => {
                if self.links.pop() == Some(true) {
                    self.ours("</a>".to_owned());
                }
            }
            TagEnd::Image => {}
            TagEnd::HtmlBlock => self.events.push(Event::End(TagEnd::Paragraph)),
            TagEnd::Table => {
                self.events.push(Event::End(TagEnd::Table));
                self.ours("</div>\n".to_owned());
            }
            tag => self.events.push(Event::End(tag)),
        }
    }

    /// Code in a line, which is a link where it is the name of a page.
    fn code_span(&mut self, name: &str) {
        self.title.push_str(name);
        let address = (self.setting.address)(name).filter(|_| self.links.is_empty());
        let shown = format!("<code>{}</code>", text(name));
        self.ours(match address {
            Some(address) => format!("<a href=\"{}\">{shown}</a>", text(&address)),
            None => shown,
        });
    }
}

fn heading<'m>(level: HeadingLevel, id: Option<String>) -> Event<'m> {
    let id = id.map(CowStr::from);
    Event::Start(Tag::Heading { level, id, classes: Vec::new(), attrs: Vec::new() })
}

/// A heading's level below the title's.
fn shifted(level: HeadingLevel, title: usize) -> HeadingLevel {
    let level = (level as usize + title).saturating_sub(1).clamp(1, 6);
    HeadingLevel::try_from(level).unwrap_or(HeadingLevel::H6)
}

/// Where a link of the Markdown leads: to a page, by its file, to a heading, or to the web.
fn target(address: &str, setting: &Setting<'_>) -> Option<String> {
    if address.starts_with("https://") || address.starts_with("http://") {
        return Some(address.to_owned());
    }
    let (file, anchor) = address.split_once('#').map_or((address, None), |(f, a)| (f, Some(a)));
    if file.is_empty() {
        return Some(format!("#{}{}", setting.anchors?, anchor?));
    }
    let id = file.rsplit('/').next()?.strip_suffix(".md")?.replace('_', "-");
    let page = (setting.address)(&id)?;
    Some(anchor.map_or(page.clone(), |anchor| format!("{page}#{anchor}")))
}

fn language(kind: &CodeBlockKind<'_>) -> String {
    match kind {
        CodeBlockKind::Fenced(language) => language.to_string(),
        CodeBlockKind::Indented => String::new(),
    }
}

/// A block of code that can be scrolled by keyboard.
fn block(language: &str, code: &str) -> String {
    let mut html = "<pre tabindex=\"0\"><code>".to_owned();
    if is_rust(language) {
        html += &coloured(code);
    } else {
        html += &lines(code);
    }
    html + "</code></pre>\n"
}

/// Rust with its words marked.
fn coloured(code: &str) -> String {
    let shown = |(kind, piece): (Kind, &str)| match class(kind) {
        Some(class) => format!("<span class=\"code-{class}\">{}</span>", lines(piece)),
        None => lines(piece),
    };
    pieces(code).into_iter().map(shown).collect()
}

/// The class of a kind, behind `code-`.
pub(crate) fn class(kind: Kind) -> Option<&'static str> {
    match kind {
        Kind::Plain => None,
        Kind::Keyword => Some("keyword"),
        Kind::String => Some("string"),
        Kind::Number => Some("number"),
        Kind::Comment => Some("comment"),
    }
}

/// Text with its line ends.
fn lines(code: &str) -> String {
    code.split('\n').map(text).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::{Setting, fragment};

    #[test]
    fn html_is_shown_and_not_passed_on() {
        let hostile = "# a <b>\n\n<script>alert(1)</script>\n\nx <i onclick=\"y()\">z</i> `<b>` ![<b>](https://e.x/i.png)\n\n```\n</code><script>\n```\n";
        let html = fragment(hostile, &Setting::default());
        for tag in ["<script", "<i ", "<b>", "<img"] {
            assert!(!html.contains(tag), "{tag} in {html}");
        }
        assert!(html.contains("<p>&lt;script&gt;alert(1)&lt;/script&gt;"), "{html}");
        assert!(html.contains("<code>&lt;b&gt;</code>"), "{html}");
    }

    #[test]
    fn links_lead_to_pages_and_to_the_web() {
        let address = |id: &str| (id == "stale-term").then(|| "stale-term.html".to_owned());
        let setting = Setting { title: 2, anchors: Some("p-"), address: &address };
        let markdown = "# T\n\n## A b\n\n`stale-term` [a](../rules/stale_term.md#a-b) [b](#a-b) [c](https://e.x/?a&b)\n\
                        [d](javascript:x) [e](other.md) [`stale-term`](data:x)";
        let html = fragment(markdown, &setting);
        assert!(html.contains("<h2 id=\"p-t\">T</h2>\n<h3 id=\"p-a-b\">A b</h3>"), "{html}");
        let expected = "<p><a href=\"stale-term.html\"><code>stale-term</code></a> <a href=\"stale-term.html#a-b\">a</a> \
                        <a href=\"#p-a-b\">b</a> <a href=\"https://e.x/?a&amp;b\">c</a>\nd e <code>stale-term</code></p>";
        assert!(html.contains(expected), "{html}");
    }

    #[test]
    fn control_characters_and_direction_marks_are_inert() {
        let html = fragment(
            "a\u{202e}b `c\u{1b}[2J`\n\n```rust\nlet a = \"\u{2066}\";\n```\n",
            &Setting::default(),
        );
        assert!(!html.contains(['\u{202e}', '\u{1b}', '\u{2066}']), "{html}");
        assert!(html.contains("a\\u{202e}b"), "{html}");
    }
}
