//! `--deny`, `--warn` and `--allow`: what counts, what is left out, and what is said about names that
//! are not known.

use crate::tree::{FINDING, Tree, count};

/// What the level of the one finding is, and how the run ended.
fn level(arguments: &[&str]) -> (String, Option<i32>) {
    let tree = Tree::with(&[("lib.rs", FINDING)]);
    let ended = tree.run(&[&["check", "--format", "json"], arguments].concat());
    let report = ended.json();
    let levels: Vec<&str> = report["findings"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|f| f["rule"] == "vote-log-freshness")
        .filter_map(|f| f["level"].as_str())
        .collect();
    (levels.join(" "), ended.code)
}

#[test]
fn levels_can_be_set_for_rules_and_groups() {
    for (arguments, expected) in [
        (&[][..], "error"),
        (&["--warn", "vote-log-freshness"], "warning"),
        (&["--warn", "vote_log_freshness"], "warning"),
        (&["--warn", "safety"], "warning"),
        (&["--warn", "liveness"], "error"),
        (&["--warn", "safety", "--deny", "vote-log-freshness"], "error"),
        (&["--deny", "safety", "--warn", "safety"], "warning"),
        (&["--allow", "safety", "--warn", "vote-log-freshness"], "warning"),
    ] {
        assert_eq!(level(arguments), (expected.to_owned(), Some(1)), "{arguments:?}");
    }
}

#[test]
fn what_is_allowed_is_left_out() {
    let tree = Tree::with(&[("lib.rs", FINDING)]);
    for name in ["vote-log-freshness", "safety"] {
        let ended = tree.run(&["--allow", name, "--format", "json"]);
        let report = ended.json();
        let rules = |list: &str| {
            let sites = report[list].as_array().cloned().unwrap_or_default();
            sites.iter().filter(|site| site["rule"] == "vote-log-freshness").count()
        };
        assert_eq!((rules("findings"), rules("obligations")), (0, 0), "--allow {name}");
    }
    let everything = ["--allow", "safety", "--allow", "liveness", "--allow", "operations"];
    let ended = tree.run(&[&everything[..], &["--format", "json"]].concat());
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    assert_eq!(count(&ended.json(), "obligations"), 0);
}

#[test]
fn unknown_names_are_errors() {
    let tree = Tree::with(&[("lib.rs", FINDING)]);
    for (name, hint) in [
        ("vote-log-freshnes", "did you mean `vote-log-freshness`?"),
        ("saftey", "did you mean `safety`?"),
        ("nonsense-of-another-kind-altogether", "`raft-lint rules` lists them all"),
    ] {
        for option in ["--deny", "--warn", "--allow"] {
            let ended = tree.run(&[option, name]);
            assert_eq!(ended.code, Some(2), "{option} {name}");
            assert!(ended.err.contains("there is no rule or group"), "{}", ended.err);
            assert!(ended.err.contains(hint), "{option} {name}: {}", ended.err);
        }
    }
}
