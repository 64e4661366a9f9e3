//! The drawn map: graphviz and mermaid take it, every obligation is on it, and names of strangers are no part
//! of it.

use std::collections::BTreeSet;
use std::path::PathBuf;

use serde_json::Value;
use tempfile::TempDir;

use crate::browser::{dot, json, or_not_run, script};
use crate::inert::hostile_tree;
use crate::support::{Kind, fixtures, raft_lint, root};
use crate::tree::{FINDING, OTHER, Tree, clean, ended, list};

/// A map in all its forms.
struct Drawn {
    name: String,
    json: Value,
    dot: String,
    mermaid: String,
}

fn drawn(name: &str, dir: &std::path::Path, paths: &[&str]) -> Drawn {
    let map = |format: &str| {
        let ended =
            ended(raft_lint().current_dir(dir).args(["map", "--format", format]).args(paths));
        assert_eq!(ended.code, Some(0), "{name}: {}", ended.err);
        ended
    };
    Drawn {
        name: name.to_owned(),
        json: map("json").json(),
        dot: map("dot").out,
        mermaid: map("mermaid").out,
    }
}

/// One rejected fixture of each rule, a tree with everything, and a hostile one.
fn maps() -> Vec<Drawn> {
    let mut maps = Vec::new();
    let mut rules = BTreeSet::new();
    for fixture in fixtures().into_iter().filter(|f| f.kind == Kind::Reject) {
        if rules.insert(fixture.rule.clone()) {
            let path = fixture.path.to_string_lossy().into_owned();
            maps.push(drawn(&fixture.name(), root(), &[&path]));
        }
    }
    let tree = Tree::with(&[("a/Cargo.toml", ""), ("a/lib.rs", FINDING), ("b/Cargo.toml", "")]);
    tree.write("b/lib.rs", clean().as_bytes());
    maps.push(drawn("two packages", tree.path(), &[]));
    maps.push(drawn("nothing", Tree::with(&[("lib.rs", OTHER)]).path(), &[]));
    maps.push(drawn("hostile", hostile_tree().path(), &[]));
    maps
}

/// Rules at lines: what rows of the map there are. Nodes gather lines, and rows stay apart.
fn obligations(map: &Drawn) -> usize {
    list(&map.json, "obligations").len()
}

#[test]
fn graphviz_takes_the_map() {
    let Some(_) = dot() else { return };
    let dir = TempDir::new().expect("a temporary directory can be made");
    for map in maps() {
        let file = dir.path().join("map.dot");
        std::fs::write(&file, &map.dot).expect("a file can be written");
        let run = |format: &str| ended(dot().expect("it was there").arg(format).arg(&file));
        let svg = run("-Tsvg");
        assert_eq!((svg.code, svg.err.as_str()), (Some(0), ""), "{}", map.name);
        let document = roxmltree::Document::parse_with_options(
            &svg.out,
            roxmltree::ParsingOptions { allow_dtd: true, ..Default::default() },
        );
        let document = document.unwrap_or_else(|error| panic!("{}: {error}", map.name));
        let known = ["svg", "g", "title", "polygon", "text", "path", "polyline"];
        for node in document.descendants().filter(roxmltree::Node::is_element) {
            assert!(known.contains(&node.tag_name().name()), "{}: {node:?}", map.name);
        }
        // Every node is one of ours, and every obligation has its row.
        for line in run("-Tplain").out.lines().filter_map(|line| line.strip_prefix("node ")) {
            assert!(is_ours(line.split(' ').next().unwrap_or("")), "{}: {line}", map.name);
        }
        assert_eq!(rows(&map.dot, " PORT="), obligations(&map), "{}", map.name);
    }
}

/// `l0_1_2`, `v0_1`, …
fn is_ours(id: &str) -> bool {
    let rest = id.strip_prefix(['l', 'v', 'e', 'm', 'i', 'w']).unwrap_or("?");
    rest.split('_').all(|number| number.parse::<usize>().is_ok())
}

fn rows(text: &str, mark: &str) -> usize {
    text.matches(mark).count()
}

#[test]
fn mermaid_takes_the_map() {
    let Some(mut command) = or_not_run("mermaid", "RAFT_LINT_GRAPHS", script("mermaid.mjs")) else {
        return;
    };
    let dir = TempDir::new().expect("a temporary directory can be made");
    let maps = maps();
    let file = |number: usize| -> PathBuf { dir.path().join(format!("{number}.mermaid")) };
    for (number, map) in maps.iter().enumerate() {
        std::fs::write(file(number), &map.mermaid).expect("a file can be written");
        command.arg(file(number));
    }
    let read = json(&command.output().expect("node starts"));
    assert_eq!(read.as_array().map(Vec::len), Some(maps.len()));
    for (map, read) in maps.iter().zip(read.as_array().into_iter().flatten()) {
        let name = &map.name;
        assert_eq!(read["error"], Value::Null, "{name}");
        let text = |value: &Value| value.as_str().unwrap_or("?").to_owned();
        let mut shown = 0;
        for node in list(read, "nodes") {
            assert!(is_ours(&text(&node["id"])), "{name}: {node}");
            assert_eq!(node["link"], Value::Null, "{name}: {node}");
            shown += [" proved ", " violated ", " undecided ", " silenced "]
                .iter()
                .map(|word| text(&node["text"]).matches(word).count())
                .sum::<usize>();
        }
        // A stranger's line may say `proved`, too.
        assert!(shown >= obligations(map), "{name}: {shown} of {} rows", obligations(map));
        for edge in list(read, "edges") {
            assert!(is_ours(&text(&edge[0])) && is_ours(&text(&edge[1])), "{name}: {edge}");
        }
        for group in list(read, "groups") {
            let id = text(&group["id"]);
            assert!(
                id.starts_with(['p', 'c']) && is_ours(&format!("l{}", &id[1..])),
                "{name}: {group}"
            );
        }
    }
}

#[test]
fn standings_do_not_depend_on_colour_and_what_is_missing_is_grey() {
    let tree = Tree::with(&[("lib.rs", FINDING), ("other.rs", &clean())]);
    let map = drawn("tree", tree.path(), &[]);
    for (format, text) in [("dot", &map.dot), ("mermaid", &map.mermaid)] {
        // Marks and words as each format writes them.
        let row = |mark: char, id: &str| {
            let escape = |c: char| match format {
                "dot" => format!("&#{};", u32::from(c)),
                _ => format!("#{};", u32::from(c)),
            };
            let rule = match format {
                "dot" => "vote-log-freshness".to_owned(),
                _ => "vote-log-freshness".replace('-', &escape('-')),
            };
            let mark = if format == "dot" { mark.to_string() } else { escape(mark) };
            format!("{mark} {id} {rule}")
        };
        assert!(text.contains(&row('✗', "violated")), "{format}: {text}");
        assert!(text.contains(&row('✓', "proved")), "{format}: {text}");
        assert!(text.contains("goes on where this does not hold"), "the witness: {text}");
        assert!(text.contains("no AppendEntries handler was recognised"), "{format}: {text}");
        assert!(text.contains("#b3202a") && text.contains("#14692c"), "{format}");
    }
    let missing = list(&map.json, "missing");
    assert!(
        missing.iter().any(|m| m["text"] == "no AppendEntries handler was recognised"),
        "{missing:?}"
    );
}

#[test]
fn a_map_goes_to_a_file() {
    let tree = Tree::with(&[("lib.rs", FINDING), ("old.svg", "kept")]);
    for format in ["text", "json", "dot", "mermaid", "html"] {
        let printed = tree.run(&["map", "--format", format]);
        let written = tree.run(&["map", "--format", format, "--output", "out"]);
        assert_eq!(
            (written.code, written.out.as_str()),
            (Some(0), ""),
            "{format}: {}",
            written.err
        );
        let text = std::fs::read_to_string(tree.path().join("out")).unwrap_or_default();
        assert!(text == printed.out && text.len() > 100, "{format}");
    }
    let refused = tree.run(&["map", "--output", "lib.rs"]);
    assert_eq!(refused.code, Some(2));
    assert!(refused.err.contains("is the name of a Rust file"), "{}", refused.err);
    #[cfg(unix)]
    {
        let link = tree.path().join("link.dot");
        std::os::unix::fs::symlink("old.svg", link).expect("a link");
        let refused = tree.run(&["map", "--format", "dot", "--output", "link.dot"]);
        assert_eq!(refused.code, Some(2), "{}", refused.out);
        assert!(refused.err.contains("is a link"), "{}", refused.err);
        let kept = std::fs::read_to_string(tree.path().join("old.svg")).unwrap_or_default();
        assert_eq!(kept, "kept");
    }
}

#[test]
fn a_chart_that_renderers_refuse_is_told() {
    let tree = Tree::with(&[("lib.rs", FINDING)]);
    let small = tree.run(&["map", "--format", "mermaid"]);
    assert_eq!(small.err, "");
    for number in 0..60 {
        tree.write(&format!("f{number}.rs"), FINDING.as_bytes());
    }
    let big = tree.run(&["map", "--format", "mermaid"]);
    assert_eq!(big.code, Some(0));
    assert!(big.err.contains("renderers of mermaid refuse more than 50000"), "{}", big.err);
}

/// One function handles two messages, and only one of them leads to an effect.
const TWO_MESSAGES: &str = "
pub enum Message { AppendEntries(AppendEntries), RequestVote(RequestVote) }
pub struct AppendEntries {
    pub term: u64, pub prev_log_index: u64, pub prev_log_term: u64, pub entries: Vec<u64>, pub leader_commit: u64,
}
pub struct RequestVote { pub term: u64, pub candidate_id: u64, pub last_log_index: u64, pub last_log_term: u64 }
pub struct Node { pub current_term: u64, pub voted_for: Option<u64>, pub commit_index: u64, pub log: Vec<u64> }
impl Node {
    pub fn receive(&mut self, message: Message) {
        match message {
            Message::AppendEntries(request) => {
                self.commit_index = request.leader_commit.min(self.log.len() as u64);
            }
            Message::RequestVote(request) => println!(\"{}\", request.candidate_id),
        }
    }
}
";

#[test]
fn no_handler_is_left_off_the_map() {
    let tree = Tree::with(&[("lib.rs", TWO_MESSAGES)]);
    let map = drawn("two messages", tree.path(), &[]);
    assert_eq!(list(&map.json, "handlers").len(), 2);
    for text in [&map.dot, &map.mermaid, &tree.run(&["map", "--format", "html"]).out] {
        assert!(text.contains("1 handler without a protected effect"), "{text}");
        assert!(text.contains("RequestVote"), "{text}");
    }
}

/// The JSON and the page name the same handlers of an effect, where no message is known to lead to it, too.
#[test]
fn the_handler_in_which_a_path_starts_is_told_everywhere() {
    let starts = |map: &Value| {
        let named = |o: &Value| o["handlers"].as_array().is_some_and(|all| !all.is_empty());
        list(map, "obligations").iter().filter(|o| named(o)).count()
    };
    for fixture in fixtures() {
        let path = fixture.path.to_string_lossy().into_owned();
        let map = ended(raft_lint().args(["map", "--format", "json", &path])).json();
        let page = ended(raft_lint().args(["map", "--format", "html", &path])).out;
        let said = page.matches("; reached from ").count();
        assert_eq!(starts(&map), said, "{path}");
    }
}
