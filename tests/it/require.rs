//! `--require`: a run fails where the lint did not recognise what it must.

use crate::support::{raft_lint, root};
use crate::tree::{Ended, FINDING, OTHER, Tree, clean, ended};

/// What a program of the fixtures gives.
fn of(fixture: &str, words: &str) -> Ended {
    let path = root().join("fixtures").join(fixture);
    ended(raft_lint().args(["--allow", "safety", "--require", words]).arg(path))
}

#[test]
fn each_word_is_met_by_what_it_asks_for() {
    for (word, met, missed) in [
        ("append", "append_prev_check/accept", "vote_once/accept"),
        ("vote", "vote_once/accept", "next_index_backoff/accept"),
        ("commit", "commit_current_term/accept", "vote_once/accept"),
        ("apply", "apply_committed/accept", "vote_once/accept"),
    ] {
        let found = of(met, word);
        assert_ne!(found.code, Some(2), "{word} in {met}: {}", found.err);
        assert_eq!(found.err, "", "{word} in {met}");
        let ended = of(missed, word);
        let text = format!("error: `{word}` is required, but no ");
        assert_eq!(ended.code, Some(2), "{word} in {missed}: {}{}", ended.out, ended.err);
        assert!(ended.err.starts_with(&text), "{}", ended.err);
        assert!(
            ended.err.contains("looked for in ") && ended.err.contains("files parsed"),
            "{}",
            ended.err
        );
        assert!(ended.err.contains("\nhelp: `raft-lint map`"), "{}", ended.err);
    }
}

#[test]
fn handler_and_effect_are_told_apart() {
    let tree = Tree::with(&[("lib.rs", FINDING)]);
    let ended = tree.run(&["--require", "append,vote", "--require", "commit"]);
    assert_eq!(ended.code, Some(2));
    assert!(
        ended.err.contains("`append` is required, but no AppendEntries handler"),
        "{}",
        ended.err
    );
    assert!(ended.err.contains("`commit` is required, but no advance of"), "{}", ended.err);
    assert!(!ended.err.contains("`vote`"), "{}", ended.err);
    assert!(ended.out.contains("error[vote-log-freshness]"), "the findings are told all the same");
    let ends = FINDING.find("        if request.term > self").expect("it is there");
    let silent = format!(
        "{}        VoteReply {{ term: 0, vote_granted: false }}\n    }}\n}}\n",
        &FINDING[..ends]
    );
    let ended = Tree::with(&[("lib.rs", &silent)]).run(&["--require", "vote"]);
    assert_eq!(ended.code, Some(2));
    assert!(
        ended.err.contains("but no recorded vote or granting reply was recognised"),
        "{}",
        ended.err
    );
}

#[test]
fn nothing_hides_what_was_not_recognised() {
    let tree = Tree::with(&[("lib.rs", FINDING)]);
    let hiding = ["--exit-zero", "--quiet", "--allow", "safety", "--fail-on", "error"];
    let ended = tree.run(&[&["--require", "append"], &hiding[..]].concat());
    assert_eq!(ended.code, Some(2));
    assert!(ended.err.contains("`append` is required"), "{}", ended.err);
    let text = tree.run(&["--require", "append"]).out;
    assert!(text.contains("note: `append` is required, but no AppendEntries handler"), "{text}");
    let json = tree.run(&["--require", "append", "--format", "json"]).json();
    let notes = json["notes"].to_string();
    assert!(notes.contains("`append` is required"), "{notes}");
    for files in
        [&[("lib.rs", OTHER)][..], &[("torn.rs", "fn vote(term: u64) {"), ("lib.rs", &clean())]]
    {
        let ended = Tree::with(files).run(&["--require", "append"]);
        assert_eq!(ended.code, Some(2), "{}", ended.err);
        assert!(ended.err.contains("`append` is required"), "{}", ended.err);
    }
}

#[test]
fn levels_and_findings_do_not_unmake_it() {
    let tree = Tree::with(&[("lib.rs", FINDING)]);
    assert_eq!(tree.run(&["--require", "vote", "--allow", "safety"]).code, Some(0));
    assert_eq!(
        tree.run(&["--require", "vote"]).code,
        Some(1),
        "a violated obligation is recognised"
    );
}

#[test]
fn one_of_several_packages_is_enough() {
    let tree = Tree::with(&[
        ("a/Cargo.toml", "[package]\nname = \"a\"\n"),
        ("a/src/lib.rs", &clean()),
        ("b/Cargo.toml", "[package]\nname = \"b\"\n"),
        ("b/src/lib.rs", OTHER),
    ]);
    assert_eq!(tree.run(&["--require", "vote"]).err, "");
    let ended = tree.run(&["--require", "vote", "b"]);
    assert!(ended.err.contains("looked for in package `.`, 0 of 1 files parsed"), "{}", ended.err);
    let ended = tree.run(&["--require", "append"]);
    assert!(ended.err.contains("2 packages (`a`, `b`), 1 of 2 files parsed"), "{}", ended.err);
}

#[test]
fn the_configuration_asks_and_the_command_line_asks_for_more() {
    let tree = Tree::with(&[("raft-lint.toml", "require = [\"append\"]\n"), ("lib.rs", FINDING)]);
    let ended = tree.run(&["--require", "apply"]);
    assert!(ended.err.contains("`append` is") && ended.err.contains("`apply` is"), "{}", ended.err);
    assert_eq!(tree.run(&["--no-config"]).code, Some(1));
}

#[test]
fn unknown_words_are_errors() {
    let tree = Tree::with(&[("lib.rs", FINDING)]);
    for (word, hint) in [
        ("appends", "did you mean `append`?"),
        ("votes,commit", "did you mean `vote`?"),
        ("vote,", "known are `append`, `vote`, `commit`, `apply`"),
        ("everything", "known are `append`, `vote`, `commit`, `apply`"),
    ] {
        let ended = tree.run(&["--require", word]);
        assert_eq!((ended.code, ended.out.as_str()), (Some(2), ""), "{word}: {}", ended.err);
        assert!(ended.err.contains(hint), "{word}: {}", ended.err);
    }
}

/// Where the reports are looked at, a requirement that is not met is told as what fails the job.
#[test]
fn an_unmet_requirement_is_an_error_of_its_format() {
    let tree = Tree::with(&[("lib.rs", &clean())]);
    let run = |format: &str| tree.run(&["--require", "append", "--format", format]);
    let github = run("github");
    assert_eq!(github.code, Some(2), "{}", github.err);
    assert!(github.out.lines().any(|line| line.starts_with("::error")), "{}", github.out);
    let junit = run("junit");
    assert!(junit.out.contains("<error"), "{}", junit.out);
    let sarif = run("sarif").json();
    let invocation = &sarif["runs"][0]["invocations"][0];
    assert_eq!(invocation["toolExecutionNotifications"][0]["level"], "error", "{sarif:#}");
    assert_eq!(invocation["executionSuccessful"], false, "{sarif:#}");
}
