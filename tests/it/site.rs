//! The site of the rules: its files, where its links lead, what it needs to be read by everybody, and what
//! it never overwrites.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use raft_lint::pages;
use roxmltree::{Document, Node, ParsingOptions};
use sha2::{Digest, Sha256};

use crate::support::{self, root};
use crate::tree::{Ended, Tree};

/// What no page of ours may have: what loads, sends or runs something.
const ACTIVE: &[&str] = &[
    "img", "iframe", "object", "embed", "form", "base", "audio", "video", "source", "svg", "math",
    "template",
];

fn write(tree: &Tree, dir: &str) -> Ended {
    tree.run(&["rules", "--format", "html", "--output", dir])
}

/// The files of a directory.
fn files(dir: &Path) -> BTreeMap<String, String> {
    let entries = fs::read_dir(dir).expect("the directory is there").flatten();
    let file = |path: &Path| fs::read_to_string(path).expect("a readable file");
    entries.map(|e| (e.file_name().to_string_lossy().into_owned(), file(&e.path()))).collect()
}

/// The pages of a new site.
fn site() -> BTreeMap<String, String> {
    let tree = Tree::with(&[]);
    let ended = write(&tree, "site");
    assert_eq!((ended.code, ended.err.as_str()), (Some(0), ""));
    let mut files = files(&tree.path().join("site"));
    assert!(files.remove(".raft-lint-site").is_some());
    files
}

fn parsed(html: &str) -> Document<'_> {
    let options = ParsingOptions { allow_dtd: true, ..ParsingOptions::default() };
    Document::parse_with_options(html, options).expect("well-formed")
}

fn named<'a, 'i>(document: &'a Document<'i>, name: &'static str) -> Vec<Node<'a, 'i>> {
    document.descendants().filter(|node| node.has_tag_name(name)).collect()
}

fn text(node: Node<'_, '_>) -> String {
    node.descendants().filter(Node::is_text).filter_map(|node| node.text()).collect()
}

/// What is wrong with each page.
fn each(what: &str, wrong: impl Fn(&str, &Document<'_>) -> Vec<String>) {
    let pages = site();
    let failures = pages.iter().map(|(name, html)| (name.clone(), wrong(name, &parsed(html))));
    support::verdict(what, pages.len(), &failures.collect::<Vec<_>>());
}

#[test]
fn there_is_an_index_and_a_page_for_each() {
    let tree = Tree::with(&[]);
    let ended = write(&tree, "a/site");
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    assert!(ended.out.contains("36 pages in `a/site`: open `a/site/index.html`"), "{}", ended.out);
    let first = files(&tree.path().join("a/site"));
    let expected = pages::all().map(|page| format!("{}.html", page.id));
    let expected = expected.chain(["index.html".to_owned(), ".raft-lint-site".to_owned()]);
    assert_eq!(first.keys().cloned().collect::<BTreeSet<_>>(), expected.collect());
    assert_eq!(write(&tree, "a/site").code, Some(0), "a site is written anew");
    assert_eq!(write(&tree, "b").code, Some(0));
    assert_eq!(first, files(&tree.path().join("a/site")));
    assert_eq!(first, files(&tree.path().join("b")), "the same bytes");
}

#[test]
fn every_link_leads_somewhere() {
    let pages = site();
    let documents: BTreeMap<&str, Document<'_>> =
        pages.iter().map(|(name, html)| (name.as_str(), parsed(html))).collect();
    let ids = |name: &str| -> Vec<String> {
        let nodes = documents.get(name).into_iter().flat_map(|document| document.descendants());
        nodes.filter_map(|node| node.attribute("id").map(str::to_owned)).collect()
    };
    let mut links = 0;
    for (name, document) in &documents {
        let own = ids(name);
        assert_eq!(own.iter().collect::<BTreeSet<_>>().len(), own.len(), "{name}: an id twice");
        for link in named(document, "a") {
            let link = link.attribute("href").expect("a link has an address");
            if link.starts_with("https://") {
                continue;
            }
            let (file, anchor) = link.split_once('#').map_or((link, None), |(f, a)| (f, Some(a)));
            let file = if file.is_empty() { name } else { file };
            assert!(documents.contains_key(file), "{name}: {link} is no file");
            assert!(anchor.is_none_or(|a| ids(file).iter().any(|id| id == a)), "{name}: {link}");
            links += 1;
        }
    }
    assert!(links > pages.len() * 3, "{links}");
}

#[test]
fn names_of_other_rules_are_links() {
    let pages = site();
    let page = parsed(&pages["truncate-committed.html"]);
    let mut found = 0;
    for code in named(&page, "code") {
        let id = text(code);
        let known = pages.contains_key(&format!("{id}.html"));
        let parent = code.parent().expect("it stands in something");
        let linked = parent.attribute("href") == Some(format!("{id}.html").as_str());
        let own = id == "truncate-committed";
        assert_eq!(linked, known && !own, "{id}");
        found += usize::from(linked);
    }
    assert!(found >= 2, "previous and next, at least");
}

#[test]
fn nothing_is_loaded_and_nothing_runs_but_what_the_policy_names() {
    each("policy", |name, document| {
        let mut wrong = Vec::new();
        let metas = named(document, "meta");
        let policy =
            metas.iter().find(|m| m.attribute("http-equiv") == Some("Content-Security-Policy"));
        let policy = policy.and_then(|meta| meta.attribute("content")).unwrap_or_default();
        for part in ["default-src 'none'", "base-uri 'none'", "form-action 'none'"] {
            if !policy.split("; ").any(|found| found == part) {
                wrong.push(format!("the policy lacks {part}: {policy}"));
            }
        }
        if policy.contains("unsafe") || policy.contains('*') || policy.contains("http") {
            wrong.push(format!("the policy is open: {policy}"));
        }
        let (styles, scripts) = (named(document, "style"), named(document, "script"));
        if (styles.len(), scripts.len()) != (1, usize::from(name == "index.html")) {
            wrong.push(format!("{} styles and {} scripts", styles.len(), scripts.len()));
        }
        for node in styles.into_iter().chain(scripts) {
            let hash = STANDARD.encode(Sha256::digest(text(node).as_bytes()));
            let kind = node.tag_name().name();
            let expected = format!("{kind}-src 'sha256-{hash}'");
            if !policy.split("; ").any(|part| part == expected) {
                wrong.push(format!("the policy does not name its {kind}"));
            }
            if text(node).contains("url(") || text(node).contains("@import") {
                wrong.push(format!("{kind} loads something"));
            }
        }
        for node in document.descendants().filter(Node::is_element) {
            let tag = node.tag_name().name();
            if ACTIVE.contains(&tag) || tag == "link" && node.attribute("href") != Some("data:,") {
                wrong.push(format!("<{tag}>"));
            }
            for attribute in node.attributes().filter(|a| {
                a.name().starts_with("on")
                    || ["style", "src", "srcset", "action"].contains(&a.name())
            }) {
                wrong.push(format!("<{tag} {}>", attribute.name()));
            }
        }
        wrong
    });
}

#[test]
fn pages_can_be_read_by_everybody() {
    each("reading", |_, document| {
        let mut wrong = Vec::new();
        if document.root_element().attribute("lang") != Some("en") {
            wrong.push("no language".to_owned());
        }
        for (name, count) in [("title", 1), ("main", 1), ("h1", 1), ("footer", 1)] {
            let found = named(document, name);
            if found.len() != count || found.iter().any(|node| text(*node).trim().is_empty()) {
                wrong.push(format!("{} times <{name}>", found.len()));
            }
        }
        let level =
            |node: &Node<'_, '_>| node.tag_name().name().strip_prefix('h')?.parse::<u8>().ok();
        let levels: Vec<u8> = document.descendants().filter_map(|node| level(&node)).collect();
        if levels.first() != Some(&1) || levels.windows(2).any(|pair| pair[1] > pair[0] + 1) {
            wrong.push(format!("headings {levels:?}"));
        }
        let skip = named(document, "a").first().and_then(|link| link.attribute("href"));
        if skip != Some("#main") {
            wrong.push(format!("the first link is {skip:?}"));
        }
        for node in named(document, "nav") {
            if node.attribute("aria-label").is_none() {
                wrong.push("a <nav> without a name".to_owned());
            }
        }
        for node in named(document, "input") {
            let mut labels = named(document, "label").into_iter();
            if !labels.any(|label| label.attribute("for") == node.attribute("id")) {
                wrong.push("an <input> without a label".to_owned());
            }
        }
        for node in named(document, "pre") {
            if node.attribute("tabindex") != Some("0") {
                wrong.push("code that can't be scrolled by keyboard".to_owned());
            }
        }
        let names = |n: &Node<'_, '_>| n.attribute("name") == Some("viewport");
        if !named(document, "meta").iter().any(names) {
            wrong.push("no viewport".to_owned());
        }
        wrong
    });
}

#[test]
fn the_index_lists_each_page_and_the_pages_lead_through() {
    let pages = site();
    let index = parsed(&pages["index.html"]);
    let mut order = Vec::new();
    for item in named(&index, "li") {
        let link = item.descendants().find(|node| node.has_tag_name("a")).expect("a link");
        let id = text(link);
        let page = pages::find(&id).expect("a page");
        let said = text(item);
        let level = page.level().map_or("", |level| level.id());
        assert!(said.contains(level) && said.contains(page.summary), "{said}");
        order.push(id);
    }
    assert_eq!(order.len(), pages::all().count());
    for (i, id) in order.iter().enumerate() {
        let document = parsed(&pages[&format!("{id}.html")]);
        let lead = |rel: &str| {
            let links = named(&document, "a").into_iter();
            let mut links = links.filter(|a| a.attribute("rel") == Some(rel));
            let address = links.next().and_then(|link| link.attribute("href"));
            address.and_then(|address| address.strip_suffix(".html")).map(str::to_owned)
        };
        assert_eq!(lead("prev"), i.checked_sub(1).map(|i| order[i].clone()), "{id}");
        assert_eq!(lead("next"), order.get(i + 1).cloned(), "{id}");
    }
}

#[test]
fn what_is_not_ours_stays() {
    let tree = Tree::with(&[("notes/a.txt", "mine"), ("file", "mine")]);
    for (dir, text) in [
        ("notes", "`notes` holds other files, such as `a.txt`"),
        ("file", "`file` is no directory"),
        ("file/below", "can't write to `file/below`"),
    ] {
        let ended = write(&tree, dir);
        assert_eq!((ended.code, ended.out.as_str()), (Some(2), ""), "{dir}");
        assert!(ended.err.contains(text) && ended.err.contains("\nhelp: "), "{dir}: {}", ended.err);
    }
    assert_eq!(files(&tree.path().join("notes")).len(), 1);

    assert_eq!(write(&tree, "site").code, Some(0));
    tree.write("site/mine.html", b"mine");
    tree.write("site/old-rule.html", b"old");
    assert_eq!(write(&tree, "site").code, Some(0), "other files stand beside a site");
    tree.write("site/vote-once.html", b"mine");
    tree.write("site/index.html", b"<meta name=\"generator\" content=\"raft-lint 0.0.1\" />");
    let ended = write(&tree, "site");
    assert_eq!(ended.code, Some(2));
    assert!(ended.err.contains("vote-once.html` was not written by raft-lint"), "{}", ended.err);
    let files = files(&tree.path().join("site"));
    assert_eq!((files["mine.html"].as_str(), files["old-rule.html"].as_str()), ("mine", "old"));
    assert_eq!(files["vote-once.html"], "mine");
    assert!(files["index.html"].ends_with("0.0.1\" />"), "nothing was written at all");
}

#[test]
fn a_directory_that_is_to_be_published_may_be_prepared() {
    let tree =
        Tree::with(&[("site/.git", "gitdir: x"), ("site/CNAME", "e.x"), ("site/.nojekyll", "")]);
    assert_eq!(write(&tree, "site").code, Some(0));
    assert_eq!(files(&tree.path().join("site"))["CNAME"], "e.x");
}

#[cfg(unix)]
#[test]
fn links_are_not_followed() {
    let tree = Tree::with(&[("elsewhere/a", "mine"), ("target", "mine")]);
    let link = |to: &str, from: &str| {
        std::os::unix::fs::symlink(tree.path().join(to), tree.path().join(from)).expect("a link");
    };
    link("elsewhere", "site");
    let ended = write(&tree, "site");
    assert_eq!(ended.code, Some(2));
    assert!(ended.err.contains("`site` is a link"), "{}", ended.err);
    for name in ["index.html", ".raft-lint-site"] {
        assert_eq!(write(&tree, name.trim_matches('.')).code, Some(0));
        let inside = format!("{}/{name}", name.trim_matches('.'));
        fs::remove_file(tree.path().join(&inside)).expect("a page");
        link("target", &inside);
        assert_eq!(write(&tree, name.trim_matches('.')).code, Some(2), "{name}");
    }
    assert_eq!(fs::read_to_string(tree.path().join("target")).ok().as_deref(), Some("mine"));
}

#[test]
fn formats_and_directories_belong_together() {
    let tree = Tree::with(&[]);
    for (arguments, text) in [
        (
            &["rules", "--format", "html"][..],
            "was given no directory\nhelp: name it: `raft-lint rules",
        ),
        (
            &["rules", "--output", "site"],
            "only `--format html` writes one\nhelp: add `--format html`",
        ),
        (&["rules", "--format", "json", "--output", "site"], "only `--format html` writes one"),
    ] {
        let ended = tree.run(arguments);
        assert_eq!((ended.code, ended.out.as_str()), (Some(2), ""), "{arguments:?}");
        assert!(ended.err.contains(text), "{arguments:?}: {}", ended.err);
    }
    assert!(!tree.path().join("site").exists());
}

/// The relative luminance of a colour, as the Web Content Accessibility Guidelines define it.
fn luminance(color: &str) -> f64 {
    let part = |at: usize| {
        let value = u8::from_str_radix(&color[at..at + 2], 16).expect("a colour is hexadecimal");
        let value = f64::from(value) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5)
}

#[test]
fn colours_are_readable() {
    let palette = fs::read_to_string(root().join("src/pages/palette.css")).expect("it is there");
    let themes: Vec<&str> = palette.split(":root {").skip(1).collect();
    assert_eq!(themes.len(), 3, "light, dark and print");
    let mut names = BTreeSet::new();
    for theme in themes {
        let lines = theme.split('}').next().unwrap_or("").lines();
        let color = |line: &'_ str| {
            let (name, color) = line.trim().strip_prefix("--")?.split_once(": ")?;
            Some((name.to_owned(), color.trim_end_matches(';').to_owned()))
        };
        let colors: BTreeMap<String, String> = lines.filter_map(color).collect();
        let is_ground = |name: &str| name == "surface" || name.ends_with("background");
        names.insert(colors.keys().cloned().collect::<Vec<_>>());
        for (name, color) in colors.iter().filter(|(name, _)| !is_ground(name) && *name != "border")
        {
            for (ground, behind) in colors.iter().filter(|(name, _)| is_ground(name)) {
                let (a, b) = (luminance(color), luminance(behind));
                let contrast = (a.max(b) + 0.05) / (a.min(b) + 0.05);
                assert!(contrast >= 4.5, "--{name} on --{ground}: {contrast:.2}");
            }
        }
    }
    assert_eq!(names.len(), 1, "each theme has the same names");
    let style = fs::read_to_string(root().join("src/pages/style.css")).expect("it is there");
    assert!(!style.contains(": #") && !style.contains("rgb"), "colours stand in the palette");
}
