//! The command line: exit codes, errors that help, formats, and what is looked at.

use crate::support::{NO_CACHE, raft_lint, root};
use crate::tree::{FINDING, OTHER, Tree, clean, count, ended};

#[test]
fn exit_codes_tell_clean_findings_and_failure_apart() {
    let clean = Tree::with(&[("lib.rs", &clean())]).run(&[]);
    assert_eq!(clean.code, Some(0), "{}{}", clean.out, clean.err);
    let finding = Tree::with(&[("lib.rs", FINDING)]).run(&[]);
    assert_eq!(finding.code, Some(1), "{}{}", finding.out, finding.err);
    let failed = Tree::with(&[("lib.rs", "pub fn vote(term: u64) { ( }")]).run(&[]);
    assert_eq!(failed.code, Some(2), "{}{}", failed.out, failed.err);
}

#[test]
fn exit_codes_do_not_depend_on_the_format() {
    let tree = Tree::with(&[("lib.rs", FINDING)]);
    for arguments in [&["check"][..], &["--format", "json"], &["check", ".", "--format=json"]] {
        assert_eq!(tree.run(arguments).code, Some(1), "{arguments:?}");
    }
    assert_eq!(tree.run(&["map"]).code, Some(0), "a map judges nothing");
}

#[test]
fn check_is_the_default_command() {
    let tree = Tree::with(&[("src/lib.rs", FINDING)]);
    let json = |arguments: &[&str]| tree.run(arguments).out;
    assert_eq!(json(&["--format", "json"]), json(&["check", "--format", "json"]));
    assert_eq!(json(&["src", "--format", "json"]), json(&["check", "src", "--format", "json"]));
    let named = Tree::with(&[("map/lib.rs", FINDING)]);
    assert_eq!(named.run(&["./map"]).code, Some(1), "a path can be named like a command");
}

#[test]
fn cargo_passes_its_subcommand() {
    let tree = Tree::with(&[("lib.rs", FINDING)]);
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_cargo-raft-lint"));
    let as_cargo_runs_it = ended(command.current_dir(tree.path()).env(NO_CACHE, "1").args([
        "raft-lint",
        "--format",
        "json",
    ]));
    assert_eq!(as_cargo_runs_it.code, Some(1));
    assert_eq!(as_cargo_runs_it.out, tree.run(&["--format", "json"]).out);
}

#[test]
fn errors_say_what_to_do() {
    let tree = Tree::with(&[("readme.txt", "no Rust"), ("empty/notes.md", "none")]);
    for (arguments, text, hint) in [
        (&["missing"][..], "can't open `missing`", "existing directory or Rust file"),
        (&["readme.txt"], "neither a directory nor a Rust file", "ends in `.rs`"),
        (&["empty"], "no Rust files under `empty`", "give the directory of a crate"),
        (&[], "no Rust files under `.`", "give the directory of a crate"),
        (&["explain", "append_prev_chek"], "no page `append-prev-chek`", "`append-prev-check`?"),
        (&["explain", "zzz"], "no page `zzz`", "`raft-lint explain` lists them"),
    ] {
        let ended = tree.run(arguments);
        assert_eq!(ended.code, Some(2), "{arguments:?}: {}", ended.err);
        assert_eq!(ended.out, "", "{arguments:?}");
        assert!(
            ended.err.contains(text) && ended.err.contains(hint),
            "{arguments:?}: {}",
            ended.err
        );
        assert!(ended.err.contains("\nhelp: "), "{arguments:?}: {}", ended.err);
    }
    for wrong in [&["--format", "xml"][..], &["--threads", "0"], &["--colour"]] {
        assert_eq!(tree.run(wrong).code, Some(2), "{wrong:?}");
    }
}

#[test]
fn help_and_version_are_no_failure() {
    for argument in ["--help", "--version", "help"] {
        let ended = ended(raft_lint().arg(argument));
        assert_eq!(ended.code, Some(0), "{argument}: {}", ended.err);
        assert!(ended.out.contains("raft-lint"), "{argument}: {}", ended.out);
    }
    assert!(!ended(raft_lint().args(["check", "--help"])).out.contains("prefilter"));
}

#[test]
fn rules_are_listed_and_explained() {
    let text = ended(raft_lint().arg("rules")).out;
    let json = ended(raft_lint().args(["rules", "--format", "json"])).json();
    assert_eq!(json["version"], 1);
    assert_eq!(count(&json, "rules"), raft_lint::rules::ALL.len());
    for rule in raft_lint::rules::ALL {
        assert!(text.contains(rule.id) && text.contains(rule.summary), "{}", rule.id);
        let page = ended(raft_lint().args(["explain", rule.id]));
        assert_eq!((page.code, page.out.as_str()), (Some(0), rule.page), "{}", rule.id);
    }
}

#[test]
fn the_closing_line_counts() {
    let tree = Tree::with(&[("a.rs", FINDING), ("b.rs", OTHER)]);
    let out = tree.run(&[]).out;
    let closing = out.lines().last().unwrap_or("");
    let json = tree.json();
    let number = |name: &str| json["summary"][name].as_u64().unwrap_or(0);
    let (proved, violated) = (number("proved"), number("violated"));
    let start = format!(
        "2 files in 1 package: 1 handler, {proved} obligations proved, {violated} violated ("
    );
    assert!(proved > 0 && violated > 0, "{proved} {violated}");
    assert!(closing.starts_with(&start) && closing.ends_with(" s)"), "{closing}");
}

#[test]
fn colours_are_asked_for() {
    let tree = Tree::with(&[("lib.rs", FINDING)]);
    assert!(!tree.run(&[]).out.contains('\u{1b}'), "a pipe is no terminal");
    assert!(tree.run(&["--color", "always"]).out.contains('\u{1b}'));
    assert!(!tree.run(&["--color", "never"]).out.contains('\u{1b}'));
    let asked = ended(tree.command().env("NO_COLOR", "1").args(["--color", "always"]));
    assert!(asked.out.contains('\u{1b}'), "the flag is the more exact wish");
}

#[test]
fn the_map_shows_evidence_and_what_is_missing() {
    let proved = Tree::with(&[("lib.rs", &clean())]).run(&["map"]);
    assert!(
        proved.out.contains("request_vote     lib.rs:20  Node::handle_request_vote"),
        "{}",
        proved.out
    );
    assert!(proved.out.contains("proved    vote-log-freshness"), "{}", proved.out);
    assert!(
        proved.out.contains("(request.last_log_term, request.last_log_index) >= own"),
        "{}",
        proved.out
    );
    let missing = "no AppendEntries handler was recognised: `append-prev-check` decided nothing";
    assert!(
        proved.out.contains("not recognised\n") && proved.out.contains(missing),
        "{}",
        proved.out
    );
}

#[test]
fn silence_is_explained() {
    let other = Tree::with(&[("lib.rs", OTHER)]).run(&[]);
    assert_eq!(other.code, Some(0));
    assert!(other.out.contains("note: no Raft vocabulary in any package"), "{}", other.out);
    let blind = "pub struct Node { current_term: u64, voted_for: Option<u64> }";
    let blind = Tree::with(&[("lib.rs", blind)]).run(&[]);
    assert!(blind.out.contains("but no RequestVote handler was recognised"), "{}", blind.out);
}

#[test]
fn a_torn_file_beside_the_point_fails_nothing() {
    let tree = Tree::with(&[("lib.rs", OTHER)]);
    tree.write("torn.rs", b"// \xff\n");
    let ended = tree.run(&[]);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    assert!(ended.err.contains("torn.rs:1 was not checked (unreadable)"), "{}", ended.err);
    assert!(ended.out.contains("nothing was analysed"), "{}", ended.out);
    let tree = Tree::with(&[]);
    tree.write("torn.rs", b"// \xff\n");
    assert_eq!(tree.run(&[]).code, Some(2), "not one file could be read");
}

#[test]
fn what_was_not_seen_is_said() {
    let tree = Tree::with(&[("lib.rs", &clean()), ("torn.rs", "fn vote(term: u64) {")]);
    let ended = tree.run(&[]);
    assert_eq!(ended.code, Some(2), "{}", ended.err);
    assert!(ended.out.contains("what `torn.rs` holds was not seen"), "{}", ended.out);
    assert!(ended.out.contains(", 1 file skipped ("), "{}", ended.out);
}

#[test]
fn what_is_looked_at() {
    let tree = Tree::with(&[
        ("Cargo.toml", "[package]\nname = \"node\"\n"),
        (".gitignore", "/generated\n*_gen.rs\n!kept_gen.rs\n"),
        ("src/lib.rs", OTHER),
        ("src/target/mod.rs", OTHER),
        ("src/kept_gen.rs", OTHER),
        ("src/deep/.gitignore", "!again_gen.rs\n"),
        ("src/deep/again_gen.rs", OTHER),
        ("examples/demo.rs", OTHER),
        ("inner/Cargo.toml", "[package]\nname = \"inner\"\n"),
        ("inner/src/lib.rs", OTHER),
        ("generated/out.rs", FINDING),
        ("src/proto_gen.rs", FINDING),
        ("src/tests.rs", FINDING),
        ("src/vote_test.rs", FINDING),
        ("tests/it.rs", FINDING),
        ("benches/speed.rs", FINDING),
        ("target/debug/build.rs", FINDING),
        (".hidden/lib.rs", FINDING),
        ("notes.txt", "vote term"),
    ]);
    let report = tree.json();
    assert_eq!(report["summary"]["files"], 6, "{report:#}");
    assert_eq!(report["summary"]["packages"], 2, "{report:#}");
    assert_eq!(count(&report, "findings"), 0, "{report:#}");
    assert_eq!(tree.run(&["src/vote_test.rs"]).code, Some(1), "a file that is named is checked");
}

#[test]
fn names_are_relative_to_what_was_given() {
    let tree = Tree::with(&[("a/src/lib.rs", FINDING), ("b/src/lib.rs", FINDING)]);
    let files = |arguments: &[&str]| {
        let report = tree.run(arguments).json();
        let findings = report["findings"].as_array().cloned().unwrap_or_default();
        let mut files: Vec<_> = findings.iter().map(|f| f["file"].to_string()).collect();
        files.dedup();
        files.join(" ")
    };
    assert_eq!(files(&["--format", "json"]), r#""a/src/lib.rs" "b/src/lib.rs""#);
    assert_eq!(files(&["--format", "json", "a"]), r#""src/lib.rs""#);
    assert_eq!(files(&["--format", "json", "a/src/lib.rs"]), r#""a/src/lib.rs""#);
    assert_eq!(files(&["--format", "json", "./a/src/lib.rs"]), r#""a/src/lib.rs""#);
    assert_eq!(files(&["--format", "json", "b", "./a/"]), r#""a/src/lib.rs" "b/src/lib.rs""#);
    assert_eq!(
        files(&["--format", "json", ".", "a", "a/src/lib.rs"]),
        r#""a/src/lib.rs" "b/src/lib.rs""#
    );
}

#[test]
fn runs_agree_whatever_the_threads() {
    let run = |threads: &str| {
        ended(
            raft_lint()
                .args(["--format", "json", "--threads", threads])
                .arg(root().join("fixtures")),
        )
    };
    let (one, eight) = (run("1"), run("8"));
    assert!(one.out.len() > 1000, "{}", one.err);
    assert!(one.out == eight.out, "the output depends on the number of threads");
    assert!(eight.out == run("8").out, "the output differs from run to run");
}
