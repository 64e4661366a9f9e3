//! `raft-lint baseline` and `check --baseline`: what was there when the lint was adopted does not count,
//! and nothing enters or leaves the file but by the command.

use serde_json::Value;

use crate::tree::{FINDING, Tree, clean, count, ended};

const FILE: &str = "raft-lint.baseline.json";

/// Two packages with a finding each, and with the same names in them.
fn workspace() -> Tree {
    Tree::with(&[
        ("Cargo.toml", "[workspace]\nmembers = [\"a\", \"b\"]\n"),
        ("a/Cargo.toml", "[package]\nname = \"node-a\"\n"),
        ("a/src/lib.rs", FINDING),
        ("b/Cargo.toml", "[package]\nname = \"node-b\"\n"),
        ("b/src/lib.rs", FINDING),
        (".git/HEAD", "ref: refs/heads/main\n"),
    ])
}

fn written(tree: &Tree) -> String {
    std::fs::read_to_string(tree.path().join(FILE)).expect("the baseline is there")
}

fn fingerprints(report: &Value, list: &str) -> Vec<String> {
    let list = report[list].as_array().cloned().unwrap_or_default();
    list.iter().map(|f| f["fingerprint"].as_str().unwrap_or("?").to_owned()).collect()
}

#[test]
fn what_stands_in_it_does_not_count() {
    let tree = workspace();
    let ended = tree.run(&["baseline"]);
    assert_eq!((ended.code, ended.err.as_str()), (Some(0), ""));
    assert_eq!(
        ended.out,
        format!(
            "2 findings in `{FILE}`: `raft-lint check --baseline {FILE}` reports only others\n"
        )
    );
    let baseline: Value = serde_json::from_str(&written(&tree)).expect("it is JSON");
    assert_eq!((&baseline["version"], count(&baseline, "findings")), (&1.into(), 2));
    assert_eq!(baseline["findings"][0]["file"], "a/src/lib.rs");
    assert_eq!(baseline["findings"][0]["function"], "Node::handle_request_vote");

    let known = tree.run(&["check", "--baseline", FILE]);
    assert_eq!(known.code, Some(0), "{}", known.out);
    assert!(
        known.out.contains("0 violated, 2 findings silenced (2 by the baseline)"),
        "{}",
        known.out
    );
    assert!(!known.out.contains("error["), "{}", known.out);

    tree.write("b/src/new.rs", FINDING.replace("Node", "Peer").as_bytes());
    let new = tree.run(&["check", "--baseline", FILE]);
    assert_eq!(new.code, Some(1), "{}", new.out);
    assert!(new.out.contains("b/src/new.rs:") && !new.out.contains("b/src/lib.rs:"), "{}", new.out);
}

#[test]
fn moved_lines_files_and_layout_do_not_matter() {
    let tree = workspace();
    tree.run(&["baseline"]);
    let body = FINDING.replace("(id == request", "(\n id == request").replace(
        "request_vote(&mut self, request: VoteRequest)",
        "request_vote(\n        &mut self,\n        request: VoteRequest,\n    )",
    );
    tree.write("a/src/vote/handler.rs", format!("//! Moved.\n\n\n{body}").as_bytes());
    tree.write("a/src/lib.rs", b"mod vote;\n");
    tree.write(
        "b/src/lib.rs",
        FINDING
            .replace(
                "self.voted_for = Some(request.candidate_id);",
                "self.voted_for = // why\n Some(\n request.candidate_id,\n );",
            )
            .as_bytes(),
    );
    let known = tree.run(&["check", "--baseline", FILE]);
    assert_eq!(known.code, Some(0), "{}", known.out);
    assert!(known.out.contains("2 findings silenced (2 by the baseline)"), "{}", known.out);
}

#[test]
fn a_package_has_the_same_identities_from_wherever_it_is_checked() {
    let tree = workspace();
    let all = fingerprints(&tree.json(), "obligations");
    let mut unique = all.clone();
    unique.sort();
    unique.dedup();
    assert_eq!(unique.len(), all.len(), "two packages with the same functions are told apart");
    let mut from = Vec::new();
    for (dir, path) in
        [("a", "."), ("a/src", "."), ("a", "src/lib.rs"), (".", "a"), ("b", "../a/src")]
    {
        let mut command = tree.command();
        command.current_dir(tree.path().join(dir)).args(["--format", "json", path]);
        from.push(fingerprints(&ended(&mut command).json(), "obligations"));
    }
    for list in &from {
        assert_eq!(*list, all[..all.len() / 2]);
    }
}

#[test]
fn fixed_findings_are_told_and_pruned_and_nothing_is_added() {
    let tree = workspace();
    tree.run(&["baseline"]);
    tree.write("a/src/lib.rs", clean().as_bytes());
    tree.write("b/src/new.rs", FINDING.replace("Node", "Peer").as_bytes());
    let note =
        "note: 1 finding of the baseline is fixed: `raft-lint baseline --prune` takes it out of it";
    let check = tree.run(&["check", "--baseline", FILE]);
    assert!(check.out.contains(note), "{}", check.out);
    // A part of a package can't tell what is fixed in the rest, and another package says nothing of it.
    for path in ["a/src/lib.rs", "a/src", "b"] {
        let part = tree.run(&["check", path, "--baseline", FILE]);
        assert!(!part.out.contains("fixed"), "{path}: {}", part.out);
    }
    let before = written(&tree);
    let pruned = tree.run(&["baseline", "--prune"]);
    assert_eq!(pruned.out, format!("1 finding taken out of `{FILE}`, 1 left\n"), "{}", pruned.err);
    let after = written(&tree);
    assert!(before.contains("node-a") && !after.contains("node-a"), "{after}");
    assert!(after.contains("node-b") && !after.contains("new.rs"), "{after}");
    assert_eq!(tree.run(&["check", "--baseline", FILE]).code, Some(1), "the new one still counts");
    tree.run(&["baseline", "--prune"]);
    assert_eq!(written(&tree), after, "there is nothing more to prune");
}

#[test]
fn a_rule_that_is_left_out_is_not_fixed() {
    let tree = workspace();
    tree.run(&["baseline"]);
    let allowed = tree.run(&["check", "--baseline", FILE, "--allow", "safety"]);
    assert!(!allowed.out.contains("fixed"), "{}", allowed.out);
}

#[test]
fn an_existing_baseline_is_not_written_over_by_chance() {
    let tree = workspace();
    tree.run(&["baseline"]);
    let before = written(&tree);
    tree.write("b/src/new.rs", FINDING.replace("Node", "Peer").as_bytes());
    let again = tree.run(&["baseline"]);
    assert_eq!((again.code, written(&tree)), (Some(2), before));
    assert!(
        again.err.contains("there is a baseline already") && again.err.contains("--overwrite"),
        "{}",
        again.err
    );
    assert_eq!(tree.run(&["baseline", "--overwrite"]).code, Some(0));
    assert!(written(&tree).contains("new.rs"));
    assert_eq!(tree.run(&["check", "--baseline", FILE]).code, Some(0));
}

#[test]
fn what_could_not_be_checked_is_not_pruned() {
    let tree = workspace();
    tree.run(&["baseline"]);
    let before = written(&tree);
    tree.write("a/src/lib.rs", b"fn vote(term: u64) {");
    let pruned = tree.run(&["baseline", "--prune"]);
    assert_eq!((pruned.code, written(&tree)), (Some(2), before));
    assert!(pruned.err.contains("was not written"), "{}", pruned.err);
    let check = tree.run(&["check", "--baseline", FILE]);
    assert!(!check.out.contains("fixed"), "{}", check.out);
}

/// One missing check before two effects is one finding: a third effect is new.
#[test]
fn a_finding_is_known_with_all_that_it_speaks_for() {
    let path =
        crate::support::root().join("fixtures/append_prev_check/reject/and_where_or_is_meant.rs");
    let text = std::fs::read_to_string(path).expect("the fixture is there");
    let tree = Tree::with(&[("lib.rs", &text)]);
    tree.run(&["baseline"]);
    assert_eq!(tree.run(&["check", "--baseline", FILE]).code, Some(0));
    let extend =
        text.lines().find(|l| l.contains(".extend") || l.contains(".push")).expect("it writes");
    let extend = extend.split("//").next().unwrap_or(extend);
    let more = text.replacen(extend, &format!("{extend}\n{extend}"), 1);
    tree.write("lib.rs", more.as_bytes());
    let new = tree.run(&["check", "--baseline", FILE]);
    assert_eq!(new.code, Some(1), "{}", new.out);
}

#[test]
fn a_damaged_baseline_is_an_error_that_says_what_to_do() {
    let tree = workspace();
    let missing = tree.run(&["check", "--baseline", "none.json"]);
    assert_eq!(missing.code, Some(2));
    assert!(missing.err.contains("can't read the baseline `none.json`"), "{}", missing.err);
    assert!(missing.err.contains("raft-lint baseline --output none.json"), "{}", missing.err);
    tree.run(&["baseline"]);
    let whole = written(&tree);
    let entry = whole.find("    {\n").expect("it has an entry");
    let end = whole.find("    },\n").expect("it has two") + 7;
    let doubled = format!("{}{}{}", &whole[..end], &whole[entry..end], &whole[end..]);
    for (text, error) in [
        ("", "is no baseline"),
        ("<<<<<<< HEAD\n", "is no baseline"),
        (&whole[..whole.len() / 2], "is no baseline"),
        (&whole.replace("\"version\": 1", "\"version\": 7"), "has version 7, and not 1"),
        (&whole.replace("\"rule\"", "\"rulé\u{1b}\""), "is no baseline"),
        (&doubled, "twice"),
    ] {
        tree.write(FILE, text.as_bytes());
        for arguments in [&["check", "--baseline", FILE][..], &["baseline", "--prune"]] {
            let ended = tree.run(arguments);
            assert_eq!((ended.code, ended.out.as_str()), (Some(2), ""), "{error}");
            assert!(ended.err.contains(error) && ended.err.contains("help: "), "{}", ended.err);
            assert!(!ended.err.contains('\u{1b}'), "{}", ended.err);
        }
    }
    assert_eq!(tree.run(&["baseline", "--prune", "--overwrite"]).code, Some(2));
}

#[test]
fn it_is_the_same_text_for_the_same_tree() {
    let tree = workspace();
    tree.run(&["baseline", "--threads", "1"]);
    let first = written(&tree);
    tree.run(&["baseline", "--overwrite", "--threads", "8"]);
    assert_eq!(first, written(&tree));
    assert!(first.ends_with("}\n") && first.lines().all(|line| line.len() < 200), "{first}");
}

/// A pipe would be waited for, and of a longer file the end would be missing.
#[cfg(unix)]
#[test]
fn a_baseline_is_a_regular_file_of_limited_length() {
    let tree = workspace();
    let pipe = std::process::Command::new("mkfifo").arg(tree.path().join("pipe.json")).status();
    assert!(pipe.is_ok_and(|status| status.success()), "a pipe can be made");
    let long = std::fs::File::create(tree.path().join("long.json")).expect("a file can be made");
    long.set_len((64 << 20) + 1).expect("it can be long");
    for (file, why) in [
        ("pipe.json", "it is not a regular file"),
        ("long.json", "it is longer than 64 MiB"),
        ("a", "it is not a regular file"),
    ] {
        let ended = tree.run(&["check", "--baseline", file]);
        assert_eq!(ended.code, Some(2), "{file}");
        let error = format!("error: can't read the baseline `{file}`: {why}");
        assert!(ended.err.contains(&error), "{}", ended.err);
    }
}

/// Where a formatter breaks a chain is no part of what a finding is.
#[test]
fn a_broken_chain_is_the_same_finding() {
    let path = "fixtures/append_prev_check/reject/splice_after_stale_term_check.rs";
    let text = std::fs::read_to_string(crate::support::root().join(path)).expect("it is there");
    let prints = |text: &str| {
        let report = Tree::with(&[("lib.rs", text)]).json();
        let findings = report["obligations"].as_array().cloned().unwrap_or_default();
        findings.iter().map(|o| o["fingerprint"].to_string()).collect::<Vec<_>>()
    };
    let effect = "self.log.splice(first.., new);";
    assert!(text.contains(effect));
    for broken in [
        "self.log\n                .splice(first.., new);",
        "self\n                .log\n                .splice(first.., new);",
        "self.log.splice(\n                first..,\n                new,\n            );",
    ] {
        assert_eq!(prints(&text.replace(effect, broken)), prints(&text), "{broken}");
    }
}
