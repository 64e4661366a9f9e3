//! A whole HTML document around a page.
//!
//! Takes what stands in it; gives one file that loads nothing: its style and its script are part of it, and
//! its policy allows these two by their hash and nothing else. It is well-formed as XML, too.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use super::html::{Setting, fragment, text, words};
use super::{Page, Section};
use crate::rule::Level;

/// What a file of ours can be told by.
pub const GENERATOR: &str = "<meta name=\"generator\" content=\"raft-lint ";

const STYLE: &str = concat!(include_str!("palette.css"), "\n", include_str!("style.css"));

/// What stands in a document.
pub(crate) struct Document<'d> {
    pub(crate) title: &'d str,
    /// One line for who looks for it.
    pub(crate) description: &'d str,
    /// What stands before and behind the main part.
    pub(crate) header: &'d str,
    pub(crate) main: &'d str,
    pub(crate) footer: &'d str,
    pub(crate) script: Option<&'d str>,
}

/// One page by itself.
pub fn of_page(page: &Page) -> String {
    html(&Document {
        title: page.id,
        description: page.summary,
        header: "",
        main: &article(page, &|_| None),
        footer: &told_by(page.id),
        script: None,
    })
}

/// Where else the page is found.
pub(super) fn told_by(id: &str) -> String {
    let version = env!("CARGO_PKG_VERSION");
    format!("<p>raft-lint {version} · <code>raft-lint explain {}</code></p>\n", text(id))
}

/// The page with its title, what is known of the rule, and a list of its sections.
pub(super) fn article(page: &Page, address: &dyn Fn(&str) -> Option<String>) -> String {
    let others = |id: &str| if id == page.id { None } else { address(id) };
    let setting = Setting { title: 1, anchors: Some(""), address: &others };
    let mut html = format!("<article>\n<h1>{}</h1>\n", text(page.id));
    html += &format!("<p class=\"summary\">{}</p>\n", words(page.summary));
    let facts = page.facts();
    let facts =
        page.level().map(level).into_iter().chain(facts.iter().map(|fact| text(fact).to_string()));
    html += &format!("<p class=\"facts\">{}</p>\n", facts.collect::<Vec<_>>().join(" · "));
    if !page.note.is_empty() {
        // A rule's note says what is lost; that of a comment gives a reason.
        let without = if page.group().is_some() { "<strong>Without it:</strong> " } else { "" };
        html += &format!("<p class=\"note\">{without}{}</p>\n", words(page.note));
    }
    html += &contents(&page.sections());
    html += &fragment(page.body(), &setting);
    html + "</article>\n"
}

/// A level, told by its word and not by its colour alone.
pub(super) fn level(level: Level) -> String {
    format!("<span class=\"level {0}\">{0}</span>", level.id())
}

fn contents(sections: &[Section<'_>]) -> String {
    if sections.is_empty() {
        return String::new();
    }
    let mut html = "<nav class=\"contents\" aria-label=\"On this page\">\n<ul>\n".to_owned();
    for section in sections {
        let (anchor, title) = (text(&section.anchor), text(&section.title));
        html += &format!("<li><a href=\"#{anchor}\">{title}</a></li>\n");
    }
    html + "</ul>\n</nav>\n"
}

/// The document. Its policy stands before everything that it is about.
pub(super) fn html(document: &Document<'_>) -> String {
    styled(document, "")
}

/// A document with a style of its own behind that of all.
pub(crate) fn styled(document: &Document<'_>, style: &str) -> String {
    let style = unix(&format!("{STYLE}{style}"));
    let script = document.script.map(unix);
    let mut html =
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\" />\n".to_owned();
    let policy = policy(&style, script.as_deref());
    html += &format!("<meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\" />\n");
    html += "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\" />\n";
    html += "<meta name=\"referrer\" content=\"no-referrer\" />\n";
    html += &format!("{GENERATOR}{}\" />\n", env!("CARGO_PKG_VERSION"));
    html += &format!("<meta name=\"description\" content=\"{}\" />\n", text(document.description));
    html += &format!("<title>{}</title>\n", text(document.title));
    // Without an icon of its own a browser would ask the server for one.
    html += "<link rel=\"icon\" href=\"data:,\" />\n";
    html += &format!("<style>{style}</style>\n</head>\n<body>\n");
    html += "<a class=\"skip\" href=\"#main\">Skip to the content</a>\n";
    if !document.header.is_empty() {
        html += &format!("<header>\n{}</header>\n", document.header);
    }
    html += &format!("<main id=\"main\" tabindex=\"-1\">\n{}</main>\n", document.main);
    html += &format!("<footer>\n{}</footer>\n", document.footer);
    if let Some(script) = script {
        html += &format!("<script>{script}</script>\n");
    }
    html + "</body>\n</html>\n"
}

/// Browsers read line ends as one character before they look at the hash.
fn unix(text: &str) -> String {
    text.replace("\r\n", "\n")
}

/// Nothing is loaded and nothing is sent; the style and the script are those with these hashes.
pub fn policy(style: &str, script: Option<&str>) -> String {
    let script = script.map_or("'none'".to_owned(), hash);
    format!(
        "default-src 'none'; style-src {}; script-src {script}; img-src data:; base-uri 'none'; form-action 'none'",
        hash(style)
    )
}

/// How a policy names the content of a `style` or `script` element, whatever line ends it was compiled in with.
fn hash(content: &str) -> String {
    format!("'sha256-{}'", STANDARD.encode(Sha256::digest(unix(content).as_bytes())))
}

#[cfg(test)]
mod tests {
    use super::policy;

    #[test]
    fn line_ends_of_a_checkout_change_no_hash() {
        assert_eq!(policy("a {\r\n}\r\n", Some("b\r\n")), policy("a {\n}\n", Some("b\n")));
    }
}
