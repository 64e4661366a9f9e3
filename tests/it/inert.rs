//! Hostile names and texts come out inert in every format: one list of what strangers write, one check
//! for each format by its own reader. A new format does not compile here until it has one.

use std::time::{Duration, Instant};

use clap::ValueEnum;
use pulldown_cmark::{Event, Options, Parser};
use raft_lint::cli::CheckFormat;
use serde_json::Value;

use crate::sarif::{invalid, schema};
use crate::tree::{Ended, FINDING, Tree, ended};

/// What strangers write.
pub(crate) const EVIL: &[&str] = &[
    "::error::owned",
    "::stop-commands::x",
    "##[group]owned",
    "##vso[task.complete]owned",
    "%0A::error::owned",
    "\u{1b}[2J\u{1b}]0;owned\u{7}",
    "\u{9b}31m",
    "\u{202e}owned\u{2066}\u{200b}",
    "\"'><script>alert(1)<",
    "]]><owned a='",
    "&lt;&#60;&owned;",
    "| a | b |",
    "`a`` b",
    "``` owned",
    "` <owned> @owned [owned](https:x) `` #1 ![x](y)",
    "@everyone #1 !2",
    "[owned](https:evil.example)",
    "![owned](x)",
    "www.evil.example",
    "*a* _b_ ~~c~~ <!-- d",
    "</details>",
    "\u{fffe}\u{ffff}\u{feff}",
    "{0} {{1}} %s $(owned) ${{ secrets.A }}",
    "a, b: c=d",
];

/// A finding whose lines are full of one text: in comments, strings and names of the path.
fn source(evil: &str) -> String {
    let text = evil.replace("*/", "").replace(['\r', '\n'], " ");
    let string = format!("{text:?}");
    FINDING
        .replace("self.voted_for = Some", &format!("/* {text} */ self.voted_for = Some"))
        .replace("return VoteReply", &format!("drop({string}); return VoteReply"))
        .replace("if request.term < self", &format!("if /* {text} */ request.term < self"))
        .replace("handle_request_vote", "handle_request_vote_ünïcode_日本")
}

/// A tree in which every text stands in a file, and in its name where the system takes it; with a
/// torn file of each kind, whose name and text go into problems.
pub(crate) fn hostile_tree() -> Tree {
    let tree = Tree::with(&[]);
    for (number, evil) in EVIL.iter().enumerate() {
        let name = evil.replace('/', "");
        let lines = format!("{name}\n{name}");
        tree.write(&format!("plain{number}.rs"), source(evil).as_bytes());
        // Other systems refuse some of these names.
        if cfg!(target_os = "linux") {
            tree.write(&format!("{name}.rs"), source(evil).as_bytes());
            tree.write(&format!("{lines}.rs"), source(evil).as_bytes());
            // A package, whose name goes into notes.
            tree.write(&format!("{name}/Cargo.toml"), b"");
            tree.write(&format!("{name}/lib.rs"), source(evil).as_bytes());
            tree.write(&format!("{name}/{name}.rs"), format!("fn vote(term {evil}").as_bytes());
        }
    }
    tree
}

/// No line acts on a terminal or a build server.
fn is_plain(format: &str, text: &str) {
    let acts = |c: char| {
        c != '\n' && c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
            || c == '\u{feff}'
    };
    for line in text.lines() {
        assert!(!line.contains(acts), "{format}: {line:?}");
        assert!(!line.contains("##[") && !line.contains("##vso["), "{format}: {line:?}");
    }
}

/// Only the commands that are meant start a line.
fn has_no_command(format: &str, text: &str) {
    let command = text.lines().find(|line| line.trim_start().starts_with("::"));
    assert_eq!(command, None, "{format}");
}

fn check(format: CheckFormat, name: &str, ended: &Ended, tree: &Tree) {
    is_plain(name, &ended.out);
    is_plain(name, &ended.err);
    has_no_command(name, &ended.err);
    if format != CheckFormat::Github {
        has_no_command(name, &ended.out);
    }
    let json = || -> Value { ended.json() };
    match format {
        CheckFormat::Text => {}
        CheckFormat::Concise => concise(&ended.out),
        CheckFormat::Json => names_are_files(json().pointer("/findings"), "/file", tree),
        CheckFormat::Sarif => {
            let wrong = invalid(&schema("sarif-schema-2.1.0.json"), &json());
            assert_eq!(wrong, Vec::<String>::new());
            sarif(&json());
        }
        CheckFormat::Github => github(&ended.out),
        CheckFormat::Gitlab => names_are_files(Some(&json()), "/location/path", tree),
        CheckFormat::Rdjson => {
            let wrong = invalid(&schema("rdjson-diagnostic-result.json"), &json());
            assert_eq!(wrong, Vec::<String>::new());
            names_are_files(json().pointer("/diagnostics"), "/location/path", tree);
        }
        CheckFormat::Junit => {
            let document = roxmltree::Document::parse(&ended.out).expect("it is XML");
            let known = [
                "testsuites",
                "testsuite",
                "testcase",
                "failure",
                "error",
                "skipped",
                "properties",
                "property",
                "system-out",
            ];
            for node in document.descendants().filter(roxmltree::Node::is_element) {
                assert!(known.contains(&node.tag_name().name()), "{node:?}");
            }
        }
        CheckFormat::Markdown => markdown(&ended.out),
        CheckFormat::Html => html(&ended.out),
    }
}

/// Machines get names that can be opened.
fn names_are_files(list: Option<&Value>, name: &str, tree: &Tree) {
    let list = list.and_then(Value::as_array).cloned().unwrap_or_default();
    assert!(list.len() > EVIL.len());
    for entry in list {
        let file = entry.pointer(name).and_then(Value::as_str).unwrap_or("?");
        assert!(tree.path().join(file).is_file(), "{file:?}");
    }
}

fn concise(out: &str) {
    let findings = out.lines().filter(|line| line.contains(": error[vote-log-freshness] ")).count();
    assert!(findings > EVIL.len(), "{findings}");
    for line in out.lines() {
        let first = line.chars().next().unwrap_or(' ');
        assert!(first.is_alphanumeric() || matches!(first, '.' | '_' | '/'), "{line:?}");
    }
}

/// Every plain text of a SARIF report that may hold links.
fn texts(value: &Value, look: &mut impl FnMut(&str)) {
    match value {
        Value::Object(fields) => fields.iter().for_each(|(name, value)| match value.as_str() {
            Some(text) if name == "text" => look(text),
            _ => texts(value, look),
        }),
        Value::Array(values) => values.iter().for_each(|value| texts(value, look)),
        _ => {}
    }
}

fn sarif(report: &Value) {
    let mut messages = 0;
    texts(report, &mut |text| {
        messages += 1;
        let links = text.match_indices("](").filter(|(at, _)| !text[..*at].ends_with('\\'));
        assert_eq!(links.count(), 0, "a link: {text}");
    });
    assert!(messages > EVIL.len());
    for result in report["runs"][0]["results"].as_array().into_iter().flatten() {
        let place = &result["locations"][0]["physicalLocation"]["artifactLocation"];
        let uri = place["uri"].as_str().unwrap_or("?");
        let safe = |c: char| c.is_ascii_alphanumeric() || "-._~/%".contains(c);
        assert!(uri.chars().all(safe), "{uri}");
    }
}

fn github(out: &str) {
    let (commands, others): (Vec<&str>, Vec<&str>) =
        out.lines().partition(|line| line.starts_with("::"));
    assert_eq!(others.len(), 1, "the closing line: {others:?}");
    for command in commands {
        let (head, _) = command[2..].split_once("::").expect("a command has a message");
        let (kind, properties) = head.split_once(' ').expect("a command has properties");
        assert!(["error", "warning", "notice"].contains(&kind), "{command}");
        for property in properties.split(',') {
            let (key, value) = property.split_once('=').expect("properties are pairs");
            let keys = ["file", "line", "endLine", "col", "endColumn", "title"];
            assert!(keys.contains(&key) && !value.contains(':'), "{command}");
        }
    }
}

/// Nothing of it is a link, an image, a table or HTML, but for our own fold; and what services look for
/// behind the markup stands in code, where they do not look.
fn markdown(out: &str) {
    let mut shown = 0;
    for event in Parser::new_ext(out, Options::all()) {
        match event {
            Event::Html(html) | Event::InlineHtml(html) => {
                let html = html.trim();
                let fold = html.starts_with("<details><summary>The path, ") || html == "</details>";
                assert!(fold && html.matches('<').count() <= 3, "{html}");
            }
            Event::Text(text) => {
                let linked = ["@", "#", "://", "www.", "owned](", "!["];
                let found = linked.iter().find(|mark| text.contains(**mark));
                assert!(found.is_none(), "{text:?}");
            }
            Event::Code(_) => shown += 1,
            Event::Start(tag) => {
                use pulldown_cmark::Tag::{
                    Emphasis, Heading, HtmlBlock, Item, List, Paragraph, Strong,
                };
                let known = matches!(
                    tag,
                    Emphasis | Heading { .. } | HtmlBlock | Item | List(_) | Paragraph | Strong
                );
                assert!(known, "{tag:?}");
            }
            Event::End(_) | Event::SoftBreak => {}
            other => panic!("{other:?}"),
        }
    }
    assert!(shown > EVIL.len());
}

/// Text between tags, and tags of ours; `page` looks at it in a browser.
fn html(out: &str) {
    let (before, body) = out.split_once("<body>").expect("there is a body");
    assert!(before.contains("default-src 'none'"), "{before}");
    let (body, script) = body.split_once("<script>").expect("there is a script");
    assert_eq!(script.matches("</script>").count(), 1);
    let mut tags = 0;
    for tag in body.split('<').skip(1) {
        let name: String =
            tag.trim_start_matches('/').chars().take_while(char::is_ascii_alphanumeric).collect();
        assert!(
            !["script", "img", "owned", "iframe", "base", "style"].contains(&name.as_str()),
            "{tag}"
        );
        let (inside, _) = tag.split_once('>').expect("a tag ends");
        assert!(!inside.contains(" on") && !inside.contains("style="), "{inside}");
        tags += 1;
    }
    assert!(tags > EVIL.len());
    assert!(body.contains("&lt;script&gt;alert(1)&lt;"), "what was written is seen");
}

#[test]
fn every_format_is_inert() {
    let tree = hostile_tree();
    for &format in CheckFormat::value_variants() {
        let value = format.to_possible_value().expect("formats are not hidden");
        let name = value.get_name();
        let ended = tree.run(&["--format", name]);
        assert_eq!(ended.code, Some(1), "{name}: {}", ended.err);
        check(format, name, &ended, &tree);
    }
}

#[test]
fn the_job_summary_is_inert() {
    let tree = hostile_tree();
    let mut command = tree.command();
    command.env("GITHUB_STEP_SUMMARY", "summary.md").args(["--format", "github"]);
    ended(&mut command);
    let summary = std::fs::read_to_string(tree.path().join("summary.md")).unwrap_or_default();
    is_plain("summary", &summary);
    markdown(&summary);
}

/// A line of 10 MB before the finding, and a name that nobody would write.
#[test]
fn huge_lines_stay_small_in_every_format() {
    let long = format!("/*{}*/ self.voted_for = Some", "x".repeat(10_000_000));
    let tree = Tree::with(&[("lib.rs", &FINDING.replace("self.voted_for = Some", &long))]);
    let before = Instant::now();
    for &format in CheckFormat::value_variants() {
        let value = format.to_possible_value().expect("formats are not hidden");
        let ended = tree.run(&["--format", value.get_name()]);
        assert_eq!(ended.code, Some(1), "{}", value.get_name());
        assert!(ended.out.len() < 500_000, "{}: {} bytes", value.get_name(), ended.out.len());
    }
    assert!(before.elapsed() < Duration::from_secs(60), "{:?}", before.elapsed());
    let name = format!("handle_request_vote_{}", "x".repeat(1_000_000));
    let tree = Tree::with(&[("lib.rs", &FINDING.replace("handle_request_vote", &name))]);
    for &format in CheckFormat::value_variants() {
        let value = format.to_possible_value().expect("formats are not hidden");
        let ended = tree.run(&["--format", value.get_name()]);
        assert_eq!(ended.code, Some(1), "{}", value.get_name());
        check_size(value.get_name(), &ended.out);
    }
}

/// A name is shown a few times, and in a comment only its start.
fn check_size(format: &str, out: &str) {
    let most = if format == "markdown" { 65_536 } else { 20_000_000 };
    assert!(out.len() < most, "{format}: {} bytes", out.len());
}
