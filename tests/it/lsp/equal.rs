//! Whatever is edited: the diagnostics are the findings of a check of the same texts.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::client::{Client, modern, uri};
use crate::tree::{FINDING, OTHER, Tree, clean, list};

const EDITS: usize = 40;

/// The same numbers every time.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % bound
    }
}

/// An edit of one line of a text; some are none that compile, all can be parsed or not.
fn edited(text: &str, numbers: &mut Numbers) -> (Value, String) {
    let lines: Vec<&str> = text.split('\n').collect();
    let line = numbers.below(lines.len());
    let old = lines[line];
    let new = match numbers.below(7) {
        0 => format!("{old} // é😀 {}", numbers.below(100)),
        1 => format!("// raft-lint: allow(vote-log-freshness) by proxy\n{old}"),
        2 => String::new(),
        3 => old.replace('<', ">"),
        4 => old.replace("request.", "self."),
        5 => format!("{old}\n"),
        _ => FINDING.split('\n').nth(line).unwrap_or("").to_owned(),
    };
    let at = |character: usize| json!({ "line": line, "character": character });
    let change = json!([{ "range": { "start": at(0), "end": at(old.len()) }, "text": new }]);
    let mut lines: Vec<String> = lines.into_iter().map(str::to_owned).collect();
    lines[line] = new;
    (change, lines.join("\n"))
}

/// Rule, line and fingerprint of each finding in a file.
fn of_report(report: &Value, file: &str) -> BTreeSet<(String, u64, String)> {
    let here = list(report, "findings").iter().filter(|f| f["file"] == file);
    let text = |value: &Value| value.as_str().unwrap_or("?").to_owned();
    here.map(|f| (text(&f["rule"]), f["line"].as_u64().unwrap_or(0), text(&f["fingerprint"])))
        .collect()
}

fn of_client(diagnostics: &[Value]) -> BTreeSet<(String, u64, String)> {
    let text = |value: &Value| value.as_str().unwrap_or("?").to_owned();
    let one = |d: &Value| {
        let line = d["range"]["start"]["line"].as_u64().unwrap_or(0) + 1;
        (text(&d["code"]), line, text(&d["data"]["fingerprint"]))
    };
    diagnostics.iter().map(one).collect()
}

#[test]
fn diagnostics_are_the_findings_of_a_check() {
    for seed in [1, 2] {
        let start = if seed == 1 { FINDING.to_owned() } else { clean() };
        let tree = Tree::with(&[("src/lib.rs", &start), ("src/other.rs", OTHER)]);
        let file = uri(&tree.path().join("src/lib.rs"));
        let mut client = Client::open(tree.path(), &modern());
        let (mut text, mut numbers, mut compared) = (start, Numbers(seed), 0);
        client.opens(&file, 0, &text);
        for version in 1..=EDITS {
            let (change, after) = edited(&text, &mut numbers);
            let version = version as i32;
            client.changes(&file, version, change);
            let shown = client.diagnostics(&file, version);
            tree.write("src/lib.rs", after.as_bytes());
            let report = tree.json();
            text = after;
            if list(&report, "problems").is_empty() {
                let expected = of_report(&report, "src/lib.rs");
                assert_eq!(of_client(&shown), expected, "seed {seed}, edit {version}:\n{text}");
                compared += 1;
            } else {
                let message = shown[0]["message"].as_str().unwrap_or("");
                assert!(message.starts_with("not analysed: "), "seed {seed}, edit {version}");
                // Back to what can be parsed.
                text = clean();
                client.replaces(&file, version + 1000, &text);
            }
        }
        assert!(compared > EDITS / 4, "seed {seed}: only {compared} edits could be parsed");
        assert_eq!(client.leave(), Some(0));
    }
}
