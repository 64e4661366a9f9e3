//! The pages as a site of plain files.
//!
//! Takes nothing; gives each file with its name: an index, and one page for each rule, for each other thing
//! that there can be findings about, and for what logs show. All links are relative, and the same version gives the same bytes.

use super::document::{Document, article, html, level, told_by};
use super::html::{text, words};
use super::{About, Page, all};
use crate::rule::Group;

/// The file that tells that a directory holds such a site.
pub const MARKER: &str = ".raft-lint-site";
/// What stands in it.
pub const MARKED: &str =
    "`raft-lint rules --format html` wrote the pages in this directory, and may write them anew.\n";

const FILTER: &str = include_str!("filter.js");

/// A file of the site.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct File {
    /// Its name in the directory.
    pub name: String,
    /// What stands in it.
    pub text: String,
}

/// The pages by group, with the group's title and what is in it.
struct Part {
    id: &'static str,
    about: &'static str,
    pages: Vec<Page>,
}

/// Every file, the index first.
pub fn files() -> Vec<File> {
    let parts = parts();
    let pages: Vec<&Page> = parts.iter().flat_map(|part| &part.pages).collect();
    let mut files = vec![File { name: "index.html".to_owned(), text: index(&parts) }];
    for (i, page) in pages.iter().enumerate() {
        let before = i.checked_sub(1).map(|i| pages[i]);
        let after = pages.get(i + 1).copied();
        files.push(File { name: name(page.id), text: of_page(page, before, after) });
    }
    files
}

/// The file of a page.
fn name(id: &str) -> String {
    format!("{id}.html")
}

fn parts() -> Vec<Part> {
    let that = |wanted: &dyn Fn(&Page) -> bool| all().filter(wanted).collect();
    let about = |group| match group {
        Group::Safety => "Nothing that was committed or promised is lost.",
        Group::Liveness => "The cluster goes on.",
        Group::Operations => "The cluster can be run.",
    };
    let groups = Group::ALL.into_iter().map(|group| Part {
        id: group.id(),
        about: about(group),
        pages: that(&|page| page.group() == Some(group)),
    });
    let others = Part {
        id: "about the check itself",
        about: "Comments to the lint, and proofs that a change loses.",
        pages: that(&|page| matches!(page.about, About::Finding { .. })),
    };
    let logs = Part {
        id: "what logs show",
        about: "What `raft-lint logs` says of a leader and a follower, the worst first.",
        pages: that(&|page| page.about == About::Condition),
    };
    groups.chain([others, logs]).filter(|part| !part.pages.is_empty()).collect()
}

fn index(parts: &[Part]) -> String {
    let mut main = "<h1>The rules of raft-lint</h1>\n".to_owned();
    main += "<p>What raft-lint proves of a Raft implementation in Rust. Each page shows how it goes wrong without \
             the check, a rejected and an accepted program, what counts as evidence, and the known limits.</p>\n";
    main += "<div id=\"search\" class=\"search\" role=\"search\" hidden=\"\">\n\
             <label for=\"words\">Filter the rules</label>\n\
             <input id=\"words\" type=\"search\" autocomplete=\"off\" spellcheck=\"false\" />\n\
             <span id=\"count\" role=\"status\"></span>\n</div>\n";
    for (number, part) in (1..).zip(parts) {
        main += &format!("<section class=\"group\" aria-labelledby=\"group-{number}\">\n");
        main += &format!("<h2 id=\"group-{number}\">{}</h2>\n", text(part.id));
        main += &format!("<p class=\"about\">{}</p>\n<ul class=\"rules\">\n", words(part.about));
        for page in &part.pages {
            let (file, id) = (text(&name(page.id)), text(page.id));
            main += &format!("<li class=\"rule\"><a href=\"{file}\"><code>{id}</code></a> ");
            let level = page.level().map(level).unwrap_or_default();
            main += &format!("{level}\n<p>{}</p></li>\n", words(page.summary));
        }
        main += "</ul>\n</section>\n";
    }
    html(&Document {
        title: "The rules of raft-lint",
        description: "What raft-lint proves of a Raft implementation in Rust",
        header: "",
        main: &main,
        footer: &format!("<p>raft-lint {}</p>\n", env!("CARGO_PKG_VERSION")),
        script: Some(FILTER),
    })
}

fn of_page(page: &Page, before: Option<&Page>, after: Option<&Page>) -> String {
    let known = |id: &str| all().any(|page| page.id == id).then(|| name(id));
    let header =
        "<nav aria-label=\"Site\"><a href=\"index.html\">All rules of raft-lint</a></nav>\n";
    let main = article(page, &known) + &beside(before, after);
    html(&Document {
        title: &format!("{} · raft-lint", page.id),
        description: page.summary,
        header,
        main: &main,
        footer: &told_by(page.id),
        script: None,
    })
}

/// The way to the pages before and behind.
fn beside(before: Option<&Page>, after: Option<&Page>) -> String {
    let mut html = "<nav class=\"beside\" aria-label=\"Previous and next\">\n".to_owned();
    for (page, rel, word, class) in
        [(before, "prev", "Previous", "previous"), (after, "next", "Next", "next")]
    {
        if let Some(page) = page {
            let (file, id) = (text(&name(page.id)), text(page.id));
            html += &format!(
                "<a class=\"{class}\" rel=\"{rel}\" href=\"{file}\">{word}: <code>{id}</code></a>\n"
            );
        }
    }
    html + "</nav>\n"
}
