//! `check --diff REV`: what is new counts, what was known does not, and a proof that is lost is told with
//! the place where its evidence stood.

use serde_json::Value;

use crate::json::assert_documented;
use crate::repository::{Repository, git};
use crate::support::root;
use crate::tree::{FINDING, clean, count, ended};

/// A follower whose check of prevLogTerm stands two calls away from the changes of its log.
pub(crate) fn follower() -> String {
    let path = root().join("fixtures/append_prev_check/accept/predicate_three_calls_deep.rs");
    let text = std::fs::read_to_string(path).expect("the fixture is there");
    let lines = text.lines().map(|line| line.split("//~").next().unwrap_or(line).trim_end());
    lines.map(|line| format!("{line}\n")).collect()
}

pub(crate) const GUARD: &str = "self.term(index).map(|t| t == term).unwrap_or(false)";
pub(crate) const NO_GUARD: &str = "self.term(index).is_some()";

pub(crate) fn story() -> Repository {
    Repository::with(&[("src/lib.rs", &follower())])
}

fn findings(report: &Value) -> Vec<(String, String)> {
    let list = report["findings"].as_array().cloned().unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or("?").to_owned();
    list.iter().map(|f| (text(&f["rule"]), text(&f["message"]))).collect()
}

/// Asserts that nothing is new, lost or gone, although something was proved.
fn assert_nothing_new(repository: &Repository) {
    let (code, report) = repository.news("main");
    let summary = &report["summary"];
    assert_eq!(findings(&report), [], "{summary:#}");
    assert_eq!((code, &summary["lost"], &summary["gone"]), (Some(0), &0.into(), &0.into()));
    assert!(summary["proved"].as_u64() > Some(5), "{summary:#}");
}

#[test]
fn a_guard_that_is_dropped_two_calls_away_is_a_lost_proof() {
    let repository = story();
    assert_eq!(repository.tree.run(&["check"]).code, Some(0), "the first commit is clean");
    repository.replace(
        "src/lib.rs",
        "pub struct RaftLog {",
        "#[derive(Debug)]\npub struct RaftLog {",
    );
    repository.commit();
    assert_eq!(repository.diff("HEAD~1").code, Some(0), "the second commit changes no proof");

    let line =
        1 + follower().lines().position(|l| l.contains(GUARD)).expect("it has the guard") + 1;
    repository.replace("src/lib.rs", GUARD, NO_GUARD);
    repository.commit();
    let red = repository.diff("HEAD~1");
    assert_eq!(red.code, Some(1), "{}", red.out);
    for part in [
        "error[append-prev-check]".to_owned(),
        format!("src/lib.rs@HEAD~1:{line}:"),
        GUARD.to_owned(),
        "the evidence stood here".to_owned(),
        format!("proved at `HEAD~1`: the evidence stood at src/lib.rs:{line} `{GUARD}`"),
        "1 proof lost since `HEAD~1`".to_owned(),
    ] {
        assert!(red.out.contains(&part), "lacks {part:?}:\n{}", red.out);
    }
    let (_, report) = repository.news("HEAD~1");
    assert_documented(&report);
    let lost = &report["findings"][0]["lost_evidence"];
    assert_eq!(lost[0]["file"], "src/lib.rs");
    assert_eq!(lost[0]["revision"], "HEAD~1");
    assert_eq!((&lost[0]["line"], &lost[0]["text"]), (&line.into(), &GUARD.into()));
    assert_eq!(report["summary"]["lost"], 1);
    let merge_base = repository.diff("HEAD~1...HEAD");
    assert!(
        merge_base.out.contains(&format!("src/lib.rs@HEAD~1...HEAD:{line}:")),
        "{}",
        merge_base.out
    );
}

#[test]
fn what_is_only_moved_or_renamed_is_nothing_new() {
    let renames: &[(&str, &[(&str, &str)])] = &[
        ("a helper", &[("maybe_append", "append_if_it_follows")]),
        ("the handler", &[("handle_append_entries", "on_append_entries")]),
        ("types", &[("RaftLog", "Journal"), ("Raft ", "Follower ")]),
        (
            "a field",
            &[
                ("entries.truncate", "items.truncate"),
                ("self.entries", "self.items"),
                (
                    "    entries: Vec<Entry>,\n    /// Index and",
                    "    items: Vec<Entry>,\n    /// Index and",
                ),
            ],
        ),
        (
            "function and field",
            &[
                ("maybe_append", "append_what_follows"),
                ("self.entries", "self.log"),
                (
                    "    entries: Vec<Entry>,\n    /// Index and",
                    "    log: Vec<Entry>,\n    /// Index and",
                ),
            ],
        ),
        (
            "lines and layout",
            &[
                (
                    "truncate((conflict - self.offset - 1) as usize)",
                    "truncate(\n                (conflict - self.offset - 1) as usize,\n            )",
                ),
                ("use ", "\n\n\nuse "),
            ],
        ),
        (
            "a guard in a helper of its own",
            &[
                (
                    "        if !self.match_term(prev, prev_term) {\n            return None;\n        }",
                    "        self.follows(prev, prev_term)?;",
                ),
                (
                    "    fn find_conflict",
                    "    fn follows(&self, prev: u64, prev_term: u64) -> Option<()> {\n        self.match_term(prev, prev_term).then_some(())\n    }\n\n    fn find_conflict",
                ),
            ],
        ),
    ];
    for (what, replacements) in renames {
        let repository = story();
        for (from, to) in *replacements {
            let path = repository.path().join("src/lib.rs");
            let text = std::fs::read_to_string(path).expect("the file is there");
            if *from != "use " {
                assert!(text.contains(from), "{what}: no {from:?}");
            }
            repository.write("src/lib.rs", &text.replace(from, to));
        }
        let plain = ended(repository.tree.command().args(["--format", "json"])).json();
        assert_eq!(count(&plain, "findings"), 0, "{what} is still proved: {:#}", plain["findings"]);
        let (code, report) = repository.news("main");
        assert_eq!((code, findings(&report)), (Some(0), vec![]), "{what}");
        assert_eq!(report["summary"]["gone"], 0, "{what}");
    }
}

#[test]
fn a_move_to_another_file_is_nothing_new() {
    let repository = story();
    let text = follower();
    let (log, node) = text.split_once("pub struct Raft {").expect("the node has a struct");
    repository.write("src/log.rs", log);
    repository.write(
        "src/lib.rs",
        &format!("//! The node.\nmod log;\nuse log::*;\npub struct Raft {{{node}"),
    );
    assert_nothing_new(&repository);
    git(repository.path(), &["mv", "src/lib.rs", "src/main.rs"]);
    assert_nothing_new(&repository);
}

#[test]
fn the_old_file_is_named_if_the_guard_was_lost_on_the_way() {
    let repository = story();
    let text = follower().replace(GUARD, NO_GUARD).replace("maybe_append", "append_what_follows");
    let (log, node) = text.split_once("pub struct Raft {").expect("the node has a struct");
    repository.write("src/log.rs", log);
    repository.write(
        "src/lib.rs",
        &format!("//! The node.\nmod log;\nuse log::*;\npub struct Raft {{{node}"),
    );
    let red = repository.diff("main");
    assert_eq!(red.code, Some(1), "{}", red.out);
    assert!(red.out.contains("┌─ src/log.rs:"), "{}", red.out);
    assert!(red.out.contains("src/lib.rs@main:"), "{}", red.out);
}

#[test]
fn an_effect_that_is_gone_is_no_loss() {
    let repository = story();
    let effect = "            self.entries.truncate((conflict - self.offset - 1) as usize);\n";
    repository.replace("src/lib.rs", effect, "");
    let (code, report) = repository.news("main");
    assert_eq!((code, findings(&report)), (Some(0), vec![]));
    assert!(report["summary"]["gone"].as_u64() > Some(0), "{:#}", report["summary"]);

    let repository = Repository::with(&[("src/lib.rs", &follower()), ("src/vote.rs", &clean())]);
    std::fs::remove_file(repository.path().join("src/lib.rs")).expect("the file is there");
    let (code, report) = repository.news("main");
    assert_eq!((code, findings(&report)), (Some(0), vec![]), "deleted with its file");
}

#[test]
fn only_new_findings_count() {
    let repository = Repository::with(&[("src/a.rs", FINDING)]);
    let known = repository.diff("main");
    assert_eq!(known.code, Some(0), "{}", known.out);
    let counts =
        "0 violated, 0 proofs lost since `main`, 1 finding silenced (1 by the compared revision)";
    assert!(known.out.contains(counts), "{}", known.out);
    let (_, report) = repository.news("main");
    assert_eq!((count(&report, "findings"), count(&report, "silenced")), (0, 1));
    assert_eq!(report["silenced"][0]["silence"]["kind"], "revision");
    assert_documented(&report);
    assert_eq!(repository.tree.run(&["check"]).code, Some(1), "without `--diff` it counts");

    repository.write("src/b.rs", &FINDING.replace("Node", "Peer"));
    let new = repository.diff("main");
    assert_eq!(new.code, Some(1), "{}", new.out);
    assert!(new.out.contains("src/b.rs:") && !new.out.contains("src/a.rs:"), "{}", new.out);
}

/// The same effect was violated before, but less was lost.
#[test]
fn what_becomes_worse_is_new() {
    let path = root().join("fixtures/vote_freshness_order/reject/both_are_needed.rs");
    let text = std::fs::read_to_string(path).expect("the fixture is there");
    let repository = Repository::with(&[("src/lib.rs", &text)]);
    assert_eq!(repository.diff("main").code, Some(0));
    repository.replace("src/lib.rs", "&& args.last_log_id.index", "|| args.last_log_id.index");
    let worse = repository.diff("main");
    assert_eq!(worse.code, Some(1), "{}", worse.out);
    assert!(worse.out.contains("error[vote-freshness-order]"), "{}", worse.out);
}

/// The finding that is left looks like one that was known, but what was known is gone.
#[test]
fn what_is_known_does_not_hide_what_is_lost() {
    let repository =
        Repository::with(&[("src/a.rs", FINDING), ("src/b.rs", &clean().replace("Node", "Peer"))]);
    std::fs::remove_file(repository.path().join("src/a.rs")).expect("the file is there");
    repository.write("src/b.rs", &FINDING.replace("Node", "Peer"));
    let (code, report) = repository.news("main");
    assert_eq!(code, Some(1));
    let lost = &report["findings"][0]["lost_evidence"];
    assert_eq!(lost[0]["file"], "src/b.rs", "{report:#}");
    assert!(lost[1]["text"].as_str().is_some_and(|t| t.contains("let fresh")), "{lost:#}");
}

#[test]
fn a_handler_that_is_not_recognised_any_more_is_a_lost_proof() {
    let repository = story();
    repository.replace("src/lib.rs", "handle_append_entries", "receive");
    repository.replace("src/lib.rs", "AppendMsg", "Thing");
    repository.replace("src/lib.rs", "maybe_append", "take");
    let plain = repository.tree.run(&["check"]);
    assert!(!plain.out.contains("lost-proof"), "{}", plain.out);
    let red = repository.diff("main");
    assert_eq!(red.code, Some(1), "{}", red.out);
    assert!(
        red.out.contains("error[lost-proof]: what was proved at `main` is not proved any more"),
        "{}",
        red.out
    );
    assert!(red.out.contains("still here, and not recognised any more"), "{}", red.out);
    assert!(red.out.contains("`append-prev-check`"), "{}", red.out);
    let page = repository.tree.run(&["explain", "lost-proof"]);
    assert!(page.out.starts_with("# lost-proof"), "{}", page.err);
}

#[test]
fn a_file_that_cannot_be_parsed_any_more_is_a_lost_proof() {
    let repository = Repository::with(&[("src/lib.rs", &follower()), ("src/vote.rs", &clean())]);
    repository.write("src/lib.rs", &format!("{}\nfn broken(", follower()));
    let red = repository.diff("main");
    assert_eq!(red.code, Some(1), "{}", red.out);
    assert!(red.out.contains("error[lost-proof]"), "{}", red.out);
}

#[test]
fn a_very_long_line_is_quoted_in_part() {
    let repository = story();
    let long = format!("{GUARD} /* {} \u{1b}[2J ::error:: */", "x".repeat(100_000));
    repository.replace("src/lib.rs", GUARD, &long);
    repository.commit();
    repository.replace("src/lib.rs", &long, NO_GUARD);
    for arguments in [&["--diff", "main"][..], &["--diff", "main", "--format", "json"]] {
        let red = repository.tree.run(arguments);
        assert_eq!(red.code, Some(1), "{}", red.err);
        assert!(red.out.contains(GUARD) && red.out.len() < 50_000, "{} bytes", red.out.len());
        assert!(!red.out.contains('\u{1b}'));
    }
}

#[test]
fn allowed_rules_lose_nothing() {
    let repository = story();
    repository.replace("src/lib.rs", GUARD, NO_GUARD);
    let allowed = ["--diff", "main", "--allow", "safety"];
    let ended = repository.tree.run(&allowed);
    assert_eq!(ended.code, Some(0), "{}", ended.out);
}

#[test]
fn the_walk_is_the_same_in_both_versions() {
    let repository = Repository::with(&[
        (".gitignore", "generated/\n"),
        ("src/a.rs", &clean()),
        ("tests/a.rs", FINDING),
    ]);
    repository.write("generated/b.rs", &FINDING.replace("Node", "Made"));
    git(repository.path(), &["add", "-f", "generated"]);
    repository.commit();
    let (code, report) = repository.news("main");
    assert_eq!((code, &report["summary"]["files"]), (Some(0), &1.into()));
    assert_eq!((count(&report, "silenced"), &report["summary"]["gone"]), (0, &0.into()));
    // Not ignored any more: now it is new, for it was not looked at before.
    repository.write(".gitignore", "");
    assert_eq!(repository.news("main").0, Some(1));
}

#[test]
fn a_part_of_the_tree_and_a_subdirectory_are_compared_with_the_same_part() {
    let repository = Repository::with(&[
        ("src/a.rs", FINDING),
        ("src/b/c.rs", &FINDING.replace("Node", "Peer")),
    ]);
    repository.write("src/new.rs", &FINDING.replace("Node", "New"));
    for (path, code, known) in
        [("src", 1, 2), ("src/b", 0, 1), ("src/a.rs", 0, 1), ("src/new.rs", 1, 0)]
    {
        let ended = repository.tree.run(&[path, "--format", "json", "--diff", "main"]);
        let report = ended.json();
        assert_eq!(
            (ended.code, count(&report, "silenced")),
            (Some(code), known),
            "{path}: {report:#}"
        );
    }
    let new = repository.tree.run(&["src/new.rs", "--diff", "main"]);
    assert!(
        new.out.contains(
            "note: `src/new.rs` does not exist at `main`: everything in it counts as new"
        ),
        "{}",
        new.out
    );
    let below = ended(
        repository
            .tree
            .command()
            .current_dir(repository.path().join("src/b"))
            .args(["--diff", "main"]),
    );
    assert_eq!(below.code, Some(0), "{}", below.out);
    let both = repository.tree.run(&["src/a.rs", "src/b", "--diff", "main"]);
    assert_eq!(both.code, Some(0), "{}", both.out);
}

#[test]
fn a_linked_working_tree_is_a_repository() {
    let repository = story();
    let other = tempfile::tempdir().expect("a temporary directory can be made");
    let linked = other.path().join("linked");
    let name = linked.to_string_lossy().into_owned();
    git(repository.path(), &["worktree", "add", "-q", "-b", "side", &name]);
    let path = linked.join("src/lib.rs");
    let text = std::fs::read_to_string(&path).expect("the file is there").replace(GUARD, NO_GUARD);
    std::fs::write(&path, text).expect("it can be written");
    let red = ended(repository.tree.command().current_dir(&linked).args(["--diff", "main"]));
    assert_eq!(red.code, Some(1), "{}{}", red.out, red.err);
    assert!(red.out.contains("@main:"), "{}", red.out);
}

#[test]
fn nothing_is_ordered_by_chance() {
    let repository = story();
    repository.replace("src/lib.rs", GUARD, NO_GUARD);
    repository.write("src/vote.rs", FINDING);
    let run = |threads: &str| {
        let arguments = ["--format", "json", "--diff", "main", "--threads", threads];
        repository.tree.run(&arguments).out
    };
    assert_eq!(run("1"), run("8"));
}
