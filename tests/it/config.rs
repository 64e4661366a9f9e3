//! The configuration: where it is found, what it sets, and what is said about a wrong one.

use crate::support::raft_lint;
use crate::tree::{Ended, FINDING, OTHER, Tree, clean, count, ended};

/// A repository with a finding and this configuration.
fn configured(toml: &str) -> Tree {
    Tree::with(&[(".git/HEAD", ""), ("raft-lint.toml", toml), ("src/lib.rs", FINDING)])
}

/// The levels of the findings of `vote-log-freshness`, and how the run ended.
fn level(tree: &Tree, arguments: &[&str]) -> (String, Option<i32>) {
    let ended = tree.run(&[&["--format", "json"], arguments].concat());
    let report = ended.json();
    let findings = report["findings"].as_array().cloned().unwrap_or_default();
    let of_rule = findings.iter().filter(|f| f["rule"] == "vote-log-freshness");
    let levels: Vec<&str> = of_rule.filter_map(|f| f["level"].as_str()).collect();
    (levels.join(" "), ended.code)
}

/// The first line of the messages is an error with these words.
fn refused(ended: &Ended, words: &[&str]) {
    assert_eq!(ended.code, Some(2), "{}{}", ended.out, ended.err);
    assert_eq!(ended.out, "");
    assert!(ended.err.starts_with("error: ") && ended.err.contains("\nhelp: "), "{}", ended.err);
    for word in words {
        assert!(ended.err.contains(word), "no {word:?} in {}", ended.err);
    }
}

#[test]
fn levels_are_those_of_the_command_line_over_those_of_the_file() {
    for (toml, arguments, expected) in [
        ("", &[][..], "error"),
        ("vote-log-freshness = \"warn\"", &[], "warning"),
        ("vote_log_freshness = \"advice\"", &[], "advice"),
        ("safety = \"warn\"", &[], "warning"),
        ("safety = \"allow\"", &[], ""),
        ("safety = \"allow\"\nvote-log-freshness = \"warn\"", &[], "warning"),
        ("liveness = \"warn\"", &[], "error"),
        ("vote-log-freshness = \"warn\"", &["--deny", "vote-log-freshness"], "error"),
        ("vote-log-freshness = \"warn\"", &["--deny", "safety"], "error"),
        ("vote-log-freshness = \"error\"", &["--allow", "safety"], ""),
        ("vote-log-freshness = \"warn\"", &["--no-config"], "error"),
    ] {
        let tree = configured(&format!("[levels]\n{toml}\n"));
        assert_eq!(level(&tree, arguments).0, expected, "{toml} {arguments:?}");
    }
}

#[test]
fn fail_on_and_exit_zero_decide_what_fails() {
    let one = "[levels]\nsafety = \"allow\"\nvote-log-freshness = ";
    for (toml, arguments, code) in [
        ("\"warn\"", &[][..], 1),
        ("\"warn\"", &["--fail-on", "error"], 0),
        ("\"error\"", &["--fail-on", "error"], 1),
        ("\"advice\"", &[], 0),
        ("\"advice\"", &["--fail-on", "advice"], 1),
        ("\"error\"", &["--exit-zero"], 0),
    ] {
        let tree = configured(&format!("{one}{toml}\n"));
        assert_eq!(tree.run(arguments).code, Some(code), "{toml} {arguments:?}");
    }
    let tree = configured(&format!("fail-on = \"error\"\n{one}\"warn\"\n"));
    assert_eq!(tree.run(&[]).code, Some(0));
    assert_eq!(tree.run(&["--fail-on", "warn"]).code, Some(1), "the command line counts more");
    let torn = Tree::with(&[("lib.rs", "pub fn vote(term: u64) { ( }")]);
    assert_eq!(torn.run(&["--exit-zero"]).code, Some(2), "a job that could not be done");
}

#[test]
fn the_closing_line_says_what_the_file_takes_back() {
    let closing = |tree: &Tree, arguments: &[&str]| {
        let out = tree.run(arguments).out;
        out.lines().last().unwrap_or("").to_owned()
    };
    let tree = configured(
        "[levels]\nvote-once = \"allow\"\nstale-term = \"allow\"\nstep-down = \"warn\"\n",
    );
    let text = closing(&tree, &[]);
    assert!(text.contains(", 2 rules off and 1 lowered by raft-lint.toml ("), "{text}");
    let text = closing(&tree, &["--deny", "vote-once", "--warn", "step-down"]);
    assert!(text.contains(", 1 rule off by raft-lint.toml ("), "{text}");
    let text = closing(&configured("fail-on = \"error\"\n"), &[]);
    assert!(text.contains(", only errors failing by raft-lint.toml ("), "{text}");
    let text = closing(&configured("[levels]\nvotes-distinct = \"error\"\n"), &[]);
    assert!(!text.contains("raft-lint.toml"), "nothing is taken back: {text}");
    let chosen = configured("paths = [\"src\"]\n");
    let text = closing(&chosen, &[]);
    assert!(text.contains(", 1 path chosen by raft-lint.toml ("), "{text}");
    assert!(!closing(&chosen, &["src"]).contains("raft-lint.toml"));
    assert_eq!(chosen.run(&["--format", "json"]).json()["configuration"]["paths"], 1);
    let report = tree.run(&["--format", "json"]).json();
    assert_eq!(report["configuration"]["file"], "raft-lint.toml");
    assert_eq!(report["configuration"]["rules_off"], 2);
    assert_eq!(report["configuration"]["rules_lowered"], 1);
    assert_eq!(report["configuration"]["errors_only"], false);
    assert!(tree.run(&["--no-config", "--format", "json"]).json()["configuration"].is_null());
    let map = tree.run(&["map", "--format", "json"]).json();
    assert_eq!(map["configuration"]["rules_off"], 2);
}

#[test]
fn paths_and_excludes_choose_what_is_looked_at() {
    let tree = Tree::with(&[
        (".git/HEAD", ""),
        ("raft-lint.toml", "paths = [\"a\", \"b\"]\nexclude = [\"generated/\", \"/b/old.rs\"]\n"),
        ("a/src/lib.rs", FINDING),
        ("a/generated/lib.rs", FINDING),
        ("b/lib.rs", OTHER),
        ("b/old.rs", FINDING),
        ("c/lib.rs", FINDING),
    ]);
    let files = |ended: &Ended| {
        let report = ended.json();
        let findings = report["findings"].as_array().cloned().unwrap_or_default();
        let mut files: Vec<String> = findings.iter().map(|f| f["file"].to_string()).collect();
        files.dedup();
        (
            files.join(" "),
            report["summary"]["files"].as_u64(),
            report["summary"]["excluded"].as_u64(),
        )
    };
    let all = files(&tree.run(&["--format", "json"]));
    assert_eq!(all, ("\"a/src/lib.rs\"".to_owned(), Some(2), Some(2)));
    assert!(tree.run(&[]).out.contains(", 2 paths excluded, 2 paths chosen by raft-lint.toml ("));
    let below = ended(tree.command().current_dir(tree.path().join("c")).args(["--format", "json"]));
    assert_eq!(files(&below), ("\"../a/src/lib.rs\"".to_owned(), Some(2), Some(2)));
    let given = files(&tree.run(&["--format", "json", "c"]));
    assert_eq!(given, ("\"lib.rs\"".to_owned(), Some(1), Some(0)));
    let named = files(&tree.run(&["--format", "json", "b/old.rs"]));
    assert_eq!(named.0, "\"b/old.rs\"", "what is named itself is checked");
    let more = files(&tree.run(&["--format", "json", "--exclude", "a/src"]));
    assert_eq!(more, (String::new(), Some(1), Some(3)));
    let map = tree.run(&["map", "--format", "json"]);
    assert_eq!(map.json()["summary"]["files"], 2);
    refused(&tree.run(&["--exclude", "{a", "a"]), &["can't use the pattern `{a`", ".gitignore"]);
    refused(&tree.run(&["--exclude", "*.rs", "c"]), &["no Rust files", "`exclude`"]);
}

#[test]
fn a_path_of_the_file_is_a_path() {
    for path in ["-", "./-", "."] {
        let toml = format!("paths = [\"{path}\"]\n");
        let tree = Tree::with(&[("raft-lint.toml", toml.as_str()), ("-/src/lib.rs", FINDING)]);
        assert_eq!(level(&tree, &[]), ("error".to_owned(), Some(1)), "{path}");
    }
}

#[test]
fn the_nearest_configuration_counts() {
    let warn = "[levels]\nsafety = \"warn\"\n";
    let advice = "[levels]\nsafety = \"advice\"\n";
    let tree = Tree::with(&[
        (".git/HEAD", ""),
        ("raft-lint.toml", warn),
        ("a/src/lib.rs", FINDING),
        ("b/raft-lint.toml", advice),
        ("b/src/lib.rs", FINDING),
    ]);
    let below = |dir: &str, arguments: &[&str]| {
        let mut command = tree.command();
        ended(command.current_dir(tree.path().join(dir)).args(arguments)).out
    };
    assert_eq!(level(&tree, &["a"]).0, "warning");
    assert_eq!(level(&tree, &["a/src/lib.rs"]).0, "warning");
    assert_eq!(level(&tree, &["b"]).0, "advice", "a nearer one takes the place of one further up");
    assert_eq!(level(&tree, &["b", "--config", "raft-lint.toml"]).0, "warning");
    assert!(below("a/src", &["-v"]).contains("warning[vote-log-freshness]"));
    assert!(below("b/src", &[]).contains("help[vote-log-freshness]"));
    let both = tree.run(&["a", "b"]);
    refused(&both, &["different configurations", "`raft-lint.toml` for `a`", "`b/raft-lint.toml`"]);
    assert_eq!(level(&tree, &["a", "b", "--config", "b/raft-lint.toml"]).0, "advice advice");
    let outside =
        Tree::with(&[("raft-lint.toml", advice), ("in/.git/HEAD", ""), ("in/lib.rs", FINDING)]);
    assert_eq!(level(&outside, &["in"]).0, "error", "the search ends at the repository's root");
    let without = Tree::with(&[("raft-lint.toml", warn), ("in/lib.rs", FINDING)]);
    assert_eq!(level(&without, &["in"]).0, "warning", "or at the current directory");
    let other = ended(raft_lint().args(["--format", "json"]).arg(without.path().join("in")));
    assert_eq!(other.json()["configuration"], serde_json::Value::Null);
}

#[test]
fn a_configuration_below_is_not_passed_over_in_silence() {
    let tree = Tree::with(&[
        (".git/HEAD", ""),
        ("Cargo.toml", "[workspace]\n"),
        ("a/Cargo.toml", "[package.metadata.raft-lint.levels]\nsafety = \"allow\"\n"),
        ("a/src/lib.rs", FINDING),
        ("b/Cargo.toml", "[package]\nname = \"raft-lint-user\"\n"),
        ("b/raft-lint.toml", "[levels]\nsafety = \"allow\"\n"),
        ("b/src/lib.rs", FINDING),
    ]);
    let ended = tree.run(&[]);
    assert_eq!(ended.code, Some(1));
    for name in ["a/Cargo.toml", "b/raft-lint.toml"] {
        assert!(ended.out.contains(&format!("note: `{name}` is not used")), "{}", ended.out);
    }
    assert!(!ended.out.contains("b/Cargo.toml"), "{}", ended.out);
    assert!(!tree.run(&["--no-config"]).out.contains("is not used"));
}

#[test]
fn a_manifest_can_hold_it() {
    for of in ["package", "workspace"] {
        let manifest = format!("[{of}.metadata.raft-lint.levels]\nsafety = \"warn\"\n");
        let tree =
            Tree::with(&[(".git/HEAD", ""), ("Cargo.toml", &manifest), ("src/lib.rs", FINDING)]);
        assert_eq!(level(&tree, &[]).0, "warning", "{of}");
        assert_eq!(level(&tree, &["src", "--config", "Cargo.toml"]).0, "warning", "{of}");
        tree.write("raft-lint.toml", b"");
        refused(
            &tree.run(&[]),
            &["two configurations", "`raft-lint.toml`", "`Cargo.toml`", "keep one"],
        );
    }
    let wrong = "[package.metadata.other]\nx = 1\n[package.metadata.raft-lint]\nlevel = 1\n";
    let tree = Tree::with(&[(".git/HEAD", ""), ("Cargo.toml", wrong), ("src/lib.rs", FINDING)]);
    refused(&tree.run(&[]), &["Cargo.toml:4: there is no key `level`", "did you mean `levels`?"]);
    let both = "[package.metadata.raft-lint]\n[workspace.metadata.raft-lint]\n";
    tree.write("Cargo.toml", both.as_bytes());
    refused(&tree.run(&[]), &["Cargo.toml:2: there are two configurations"]);
    tree.write("Cargo.toml", b"[package]\nname = \"raft-lint\"\n");
    assert_eq!(level(&tree, &[]).0, "error", "any other manifest is cargo's business");
    refused(&tree.run(&["--config", "Cargo.toml"]), &["has no configuration"]);
    tree.write("Cargo.toml", b"[package\n");
    assert_eq!(level(&tree, &[]).0, "error", "a damaged one, too");
}

#[test]
fn what_is_wrong_is_said_with_its_line_and_what_was_meant() {
    for (toml, words) in [
        ("levls = {}", &[":1: there is no key `levls`", "did you mean `levels`?"][..]),
        ("\n\nzzzzzzzzzzzz = 1", &[":3: there is no key", "known are `levels`, `paths`"]),
        (
            "[levels]\nvote-log-freshnes = \"warn\"",
            &[":2: there is no rule or group", "`vote-log-freshness`?"],
        ),
        ("[levels]\nSaftey = \"warn\"", &[":2: ", "did you mean `safety`?"]),
        ("[levels]\nqqq = \"warn\"", &[":2: ", "`raft-lint rules` lists them all"]),
        ("[levels]\nsafety = \"deny\"", &[":2: there is no level `deny`", "`allow`"]),
        (
            "[levels]\nvote-once = \"warn\"\nvote_once = \"allow\"",
            &[":3: `vote_once` has two levels"],
        ),
        ("[levels]\nsafety = 3", &[":2: invalid type: integer `3`, expected a string"]),
        ("levels = \"warn\"", &[":1: invalid type: string"]),
        ("paths = \"src\"", &[":1: invalid type: string \"src\", expected a sequence"]),
        ("paths = []", &[":1: `paths` is empty"]),
        ("paths = [\"src\",\n  \"nothing\"]", &[":2: `nothing` in `paths` does not exist"]),
        ("exclude = [\"ok\",\n\"{a\"]", &[":2: can't use the pattern `{a`"]),
        ("exclude = [\"\"]", &["can't use the pattern ``: it is empty"]),
        ("exclude = [\"#x\"]", &["it is a comment"]),
        ("require = [\"append\",\n\"comit\"]", &[":2: ", "`comit`", "did you mean `commit`?"]),
        ("fail-on = \"warning\"", &[":1: there is no level `warning` to fail on"]),
        ("fail_on = \"warn\"", &[":1: there is no key `fail_on`", "did you mean `fail-on`?"]),
        ("baseline = 1", &[":1: invalid type: integer `1`, expected a string"]),
        ("[roles]\nx = \"y\"", &[":2: invalid type: string \"y\""]),
        ("[roles]\nx = []", &[":2: `x` in `[roles]` has no names"]),
        ("[handlers]\nx = [\"a\",\n\" \"]", &[":3: `x` in `[handlers]` has an empty name"]),
        ("[handlers]\nx = [1]", &[":2: invalid type: integer"]),
        ("[levels\n", &[":1: "]),
        ("a = 1\na = 2", &[":2: duplicate key"]),
    ] {
        let ended = configured(toml).run(&[]);
        refused(&ended, words);
        assert!(ended.err.starts_with("error: raft-lint.toml:"), "{}", ended.err);
        assert_eq!(ended.err.lines().count(), 2, "{}", ended.err);
    }
    let tree = configured("");
    refused(&tree.run(&["--config", "missing.toml"]), &["can't open `missing.toml`", "`--config`"]);
    refused(&tree.run(&["--config", "src"]), &["can't read `src`: it is not a regular file"]);
    assert_eq!(tree.run(&["--config", "raft-lint.toml", "--no-config"]).code, Some(2));
}

#[test]
fn a_valid_file_with_every_key_is_accepted() {
    let tree = configured(
        "paths = [\"src\"]\nexclude = [\"old/\", \"!old/kept.rs\"]\nrequire = [\"vote\"]\nfail-on = \"advice\"\n\
         baseline = \"known.json\"\n[levels]\nsafety = \"warn\"\n[roles]\nlast_log_term = [\"VoteRequest.last_log_term\"]\n\
         [handlers]\nrequest_vote = [\"Node::handle_request_vote\"]\n",
    );
    tree.write("known.json", br#"{"version": 1, "findings": [], "undecided": []}"#);
    let ended = tree.run(&[]);
    assert_eq!(ended.code, Some(1), "{}", ended.err);
    assert!(ended.err.is_empty(), "{}", ended.err);
    let tree = Tree::with(&[
        ("raft-lint.toml", "\u{feff}[levels]\r\nsafety = \"warn\"\r\n"),
        ("lib.rs", FINDING),
    ]);
    assert_eq!(level(&tree, &[]).0, "warning", "marks and line ends of other systems");
    let clean = Tree::with(&[("raft-lint.toml", ""), ("lib.rs", &clean())]);
    let ended = clean.run(&["--format", "json"]);
    assert_eq!((ended.code, count(&ended.json(), "findings")), (Some(0), 0));
}

#[test]
fn a_baseline_can_be_configured() {
    let tree = configured("baseline = \"known.json\"\n");
    let missing = tree.run(&[]);
    assert_eq!(missing.code, Some(2), "{}", missing.out);
    assert!(missing.err.contains("can't read the baseline `known.json`"), "{}", missing.err);
    assert_eq!(tree.run(&["baseline", "--output", "known.json"]).code, Some(0));
    let known = tree.run(&[]);
    assert_eq!(known.code, Some(0), "{}", known.out);
    assert!(known.out.contains("1 finding silenced (1 by the baseline)"), "{}", known.out);
    tree.write("empty.json", br#"{"version": 1, "findings": [], "undecided": []}"#);
    assert_eq!(
        tree.run(&["--baseline", "empty.json"]).code,
        Some(1),
        "the command line counts more"
    );
}
