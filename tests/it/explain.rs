//! `raft-lint explain`: each page in each form, and what is said where there is none.

use codespan_reporting::term::termcolor::Buffer;
use pulldown_cmark::{Event, Options, Parser};
use raft_lint::logs::condition::Condition;
use raft_lint::pages::{self, Page, html, terminal};
use roxmltree::{Document, ParsingOptions};

use crate::support::{self, raft_lint};
use crate::tree::{Ended, ended};

fn explain(id: &str, arguments: &[&str], columns: &str) -> Ended {
    ended(raft_lint().args(["explain", id]).args(arguments).env("COLUMNS", columns))
}

/// What is wrong with each page, all at once.
fn each(what: &str, wrong: impl Fn(&Page) -> Vec<String>) {
    let failures: Vec<_> = pages::all().map(|page| (page.id.to_owned(), wrong(&page))).collect();
    assert_eq!(failures.len(), raft_lint::levels::ids().count() + Condition::ALL.len());
    support::verdict(what, failures.len(), &failures);
}

/// The lines of code on a page.
fn code(page: &Page) -> Vec<&str> {
    let mut inside = false;
    let lines = page.markdown.lines().filter(|line| {
        let fence = line.starts_with("```");
        inside ^= fence;
        inside && !fence
    });
    lines.map(str::trim).collect()
}

#[test]
fn elsewhere_than_on_a_terminal_a_page_is_as_it_was_written() {
    each("Markdown", |page| {
        let plain = explain(page.id, &[], "40");
        let asked = explain(page.id, &["--format", "markdown", "--color", "always"], "40");
        let mut wrong = Vec::new();
        if plain.code != Some(0) || plain.out != page.markdown || !plain.err.is_empty() {
            wrong.push(format!("without a format: {:?} {}", plain.code, plain.err));
        }
        if asked.out != page.markdown {
            wrong.push("with `--format markdown` it is another".to_owned());
        }
        wrong
    });
}

#[test]
fn prose_is_not_wider_than_asked_for_and_no_mark_is_left() {
    each("text", |page| {
        let mut wrong = Vec::new();
        for columns in ["24", "40", "80", "120"] {
            let text = explain(page.id, &["--format", "text"], columns).out;
            let most: usize = columns.parse().expect("a number");
            let code = code(page);
            let prose = text.lines().filter(|line| line.is_empty() || !code.contains(&line.trim()));
            let prose: Vec<&str> = prose.collect();
            for line in &prose {
                if line.chars().count() > most {
                    wrong.push(format!("wider than {columns}: {line}"));
                }
                if line.starts_with('#') || line.trim_end() != *line {
                    wrong.push(format!("a heading's mark, or a space at the end: {line:?}"));
                }
            }
            for mark in ["**", "```"] {
                if prose.join("\n").contains(mark) {
                    wrong.push(format!("{columns}: {mark:?}"));
                }
            }
            if text.contains("\n\n\n") {
                wrong.push(format!("{columns}: two blank lines"));
            }
            if let Some(c) = text.chars().find(|c| c.is_control() && *c != '\n') {
                wrong.push(format!("{columns}: {c:?}"));
            }
        }
        let narrow = explain(page.id, &["--format", "text"], "80").out;
        if narrow != ended(raft_lint().args(["explain", page.id, "--format", "text"])).out {
            wrong.push("without a terminal and `COLUMNS` it is not 80 wide".to_owned());
        }
        wrong
    });
}

/// Without white space, backticks, lines and the marks of list items.
fn letters(text: &str) -> String {
    let line = |line: &str| {
        let line = line.trim();
        let (mark, rest) = line.split_once(' ').unwrap_or(("", line));
        let number = mark.strip_suffix('.').is_some_and(|n| n.parse::<u32>().is_ok());
        if number || mark == "-" { rest.to_owned() } else { line.to_owned() }
    };
    let text: String = text.lines().map(line).collect();
    text.chars().filter(|c| !c.is_whitespace() && !matches!(c, '`' | '─')).collect()
}

fn first_difference(expected: &str, found: &str) -> String {
    let same = expected.chars().zip(found.chars()).take_while(|(a, b)| a == b).count();
    let from = |text: &str| text.chars().skip(same.saturating_sub(20)).take(60).collect::<String>();
    format!("expected {:?}, found {:?}", from(expected), from(found))
}

#[test]
fn nothing_of_a_page_is_lost() {
    each("text", |page| {
        let events = Parser::new_ext(page.markdown, Options::ENABLE_TABLES);
        let told = events.filter_map(|event| match event {
            Event::Text(text) | Event::Code(text) => Some(text.to_string()),
            _ => None,
        });
        let told: String = told.skip(1).collect();
        let told = letters(&told.replace('\n', " "));
        let mut wrong = Vec::new();
        // The cells of a table stay in order only where none is wrapped.
        let narrow = (!page.markdown.contains("\n|")).then_some("60");
        let mut head = String::new();
        for columns in narrow.into_iter().chain(["1000"]) {
            let text = explain(page.id, &["--format", "text"], columns).out;
            let (before, body) = text.split_once("\n\n").unwrap_or_default();
            let body = letters(body);
            if told != body {
                wrong.push(format!("{columns}: {}", first_difference(&told, &body)));
            }
            head = before.to_owned();
        }
        let level = page.level().map_or("what logs show", |level| level.id());
        let facts = [page.id, page.summary, level, page.since().unwrap_or("")];
        wrong.extend(
            facts
                .iter()
                .filter(|f| !letters(&head).contains(&letters(f)))
                .map(|f| format!("the head does not say `{f}`: {head}")),
        );
        wrong
    });
}

#[test]
fn colours_are_those_that_were_asked_for() {
    each("colours", |page| {
        let always = ["--format", "text", "--color", "always"];
        let coloured = explain(page.id, &always, "1000").out;
        let mut wrong = Vec::new();
        let mut rest = coloured.split('\u{1b}');
        let mut plain = rest.next().unwrap_or("").to_owned();
        for part in rest {
            let sets = part.strip_prefix('[').and_then(|part| part.split_once('m'));
            match sets
                .filter(|(numbers, _)| numbers.bytes().all(|b| b.is_ascii_digit() || b == b';'))
            {
                Some((_, text)) => plain += text,
                None => wrong.push(format!("no colour: {part:?}")),
            }
        }
        let text = explain(page.id, &["--format", "text"], "1000").out;
        if letters(&plain) != letters(&text) || coloured == text {
            wrong.push(first_difference(&letters(&text), &letters(&plain)));
        }
        if plain.contains('`') && !page.markdown.contains("```rust") {
            wrong.push("backticks beside colours".to_owned());
        }
        wrong
    });
}

#[test]
fn json_is_one_object() {
    const FIELDS: [&str; 11] = [
        "version", "id", "summary", "about", "level", "group", "since", "note", "help", "markdown",
        "sections",
    ];
    let page =
        std::fs::read_to_string(support::root().join("docs/explain.md")).expect("it is there");
    for field in FIELDS {
        assert!(page.contains(&format!("| `{field}` |")), "docs/explain.md lacks `{field}`");
    }
    each("JSON", |page| {
        let json = explain(page.id, &["--format", "json"], "80").json();
        let object = json.as_object().expect("an object");
        let mut wrong = Vec::new();
        let keys: Vec<&str> = object.keys().map(String::as_str).collect();
        if keys.len() != FIELDS.len() || !FIELDS.iter().all(|field| keys.contains(field)) {
            wrong.push(format!("fields: {keys:?}"));
        }
        let of_rule = page.group().is_some();
        let about = json["about"].as_str().unwrap_or("");
        if (about == "rule") != of_rule || (about == "condition") != json["level"].is_null() {
            wrong.push(format!("about {about:?} with level {}", json["level"]));
        }
        for field in ["group", "since"] {
            if object[field].is_string() != of_rule {
                wrong.push(format!("`{field}` is {}", object[field]));
            }
        }
        if json["version"] != 1 || json["id"] != page.id || json["markdown"] != page.markdown {
            wrong.push("version, id or page".to_owned());
        }
        if json["help"].as_str().is_some_and(|help| help.contains(['{', '}'])) {
            wrong.push(format!("a hole that nothing fills: {}", json["help"]));
        }
        let headings = page.markdown.lines().filter_map(|line| line.strip_prefix("## "));
        let headings: Vec<&str> = headings.collect();
        let sections = json["sections"].as_array().expect("a list");
        let titles: Vec<&str> = sections.iter().filter_map(|s| s["title"].as_str()).collect();
        if titles != headings {
            wrong.push(format!("sections {titles:?} and not {headings:?}"));
        }
        for (section, title) in sections.iter().zip(&titles) {
            let expected = support::section(page.markdown, title).map(str::trim);
            if section["markdown"].as_str() != expected {
                wrong.push(format!("section {title}"));
            }
        }
        wrong
    });
}

#[test]
fn html_is_one_document() {
    each("HTML", |page| {
        let html = explain(page.id, &["--format", "html"], "80").out;
        let options = ParsingOptions { allow_dtd: true, ..ParsingOptions::default() };
        let document = match Document::parse_with_options(&html, options) {
            Ok(document) => document,
            Err(error) => return vec![format!("not well-formed: {error}")],
        };
        let mut wrong = Vec::new();
        let links = document.descendants().filter_map(|node| node.attribute("href"));
        let links = links.filter(|link| !link.starts_with("https://"));
        for link in links.filter(|link| *link != "data:,") {
            let anchor = link.strip_prefix('#');
            let mut ids = document.descendants().filter_map(|node| node.attribute("id"));
            if anchor.is_none_or(|anchor| !ids.any(|id| id == anchor)) {
                wrong.push(format!("a link that leads nowhere: {link}"));
            }
        }
        for told in [page.id, page.summary] {
            if !document.descendants().any(|node| node.text() == Some(told)) {
                wrong.push(format!("does not say `{told}`"));
            }
        }
        wrong
    });
}

#[test]
fn names_are_read_as_they_are_meant() {
    for name in ["append_prev_check", "Append-Prev-Check", "append-prev-check"] {
        assert_eq!(explain(name, &["--format", "json"], "80").json()["id"], "append-prev-check");
    }
    for format in ["text", "json", "html", "markdown"] {
        let unknown = explain("vote-onse", &["--format", format], "80");
        assert_eq!((unknown.code, unknown.out.as_str()), (Some(2), ""), "{format}");
        assert!(unknown.err.contains("did you mean `vote-once`?"), "{format}: {}", unknown.err);
    }
    let hostile = explain("\u{1b}[2J\u{202e}", &[], "80");
    assert_eq!(hostile.code, Some(2));
    assert!(!hostile.err.contains(['\u{1b}', '\u{202e}']), "{:?}", hostile.err);
}

#[test]
fn without_a_rule_there_is_a_list() {
    let none = ended(raft_lint().arg("explain"));
    assert_eq!((none.code, none.out.as_str()), (Some(2), ""));
    assert!(none.err.starts_with("error: there is no rule to explain\nhelp: "), "{}", none.err);
    for page in pages::all() {
        let line =
            |line: &str| line.trim_start().starts_with(page.id) && line.ends_with(page.summary);
        assert!(none.err.lines().any(line), "{} is not listed", page.id);
    }
}

/// Pieces of Markdown that mean something to each other.
const PIECES: &[&str] = &[
    "word ",
    "**",
    "*",
    "`",
    "``",
    "[",
    "](",
    ")",
    "![",
    "https://e.x/?a=1&b",
    "<b>",
    "</div>",
    "<script>",
    "<!-- ",
    "&nbsp;",
    "&#1;",
    "\n",
    "\n\n",
    "  \n",
    "\\\n",
    "# ",
    "### ",
    "- ",
    "1. ",
    "    ",
    "> ",
    "```",
    "```rust\n",
    "| a | b |\n|---|---|\n",
    "| c |",
    "---\n",
    "stale-term",
    "stale_term.md",
    "#",
    "\t",
    "\u{1b}",
    "\u{202e}",
    "日本",
    "\"",
    "'",
    "<https://e.x>",
];

/// The pages are ours, but nothing that could stand on one breaks what it is shown in.
#[test]
fn whatever_is_written_stays_a_page() {
    let mut state = 1_u64;
    let mut next = |below: usize| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    let address = |id: &str| (id == "stale-term").then(|| "stale-term.html".to_owned());
    let setting = html::Setting { title: 3, anchors: Some("a-"), address: &address };
    for _ in 0..5_000 {
        let pieces = next(24) + 1;
        let text: String = (0..pieces).map(|_| PIECES[next(PIECES.len())]).collect();
        let html = format!("<div>{}</div>", html::fragment(&text, &setting));
        let document = Document::parse(&html);
        let document = document.unwrap_or_else(|error| panic!("{text:?}: {error}\n{html}"));
        let tags = document.descendants().filter(|node| node.is_element());
        let foreign =
            tags.map(|node| node.tag_name().name()).find(|t| ["b", "script", "img"].contains(t));
        assert_eq!(foreign, None, "{text:?}: {html}");
        for columns in [20, 60] {
            let mut buffer = Buffer::no_color();
            terminal::markdown(&text, columns, &mut buffer).expect("writing into memory");
            let shown = String::from_utf8(buffer.into_inner()).expect("UTF-8");
            let acts = |c: char| c.is_control() && c != '\n' || c == '\u{202e}';
            assert!(!shown.contains(acts) && !html.contains(acts), "{text:?}: {shown:?} {html:?}");
        }
    }
}
