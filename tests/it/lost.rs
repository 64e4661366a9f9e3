//! Lost proofs: levels, silences, and how each format tells of them.

use clap::ValueEnum;
use raft_lint::cli::CheckFormat;

use crate::diff::{GUARD, NO_GUARD, follower, story};
use crate::repository::Repository;
use crate::tree::{FINDING, clean, count};

/// A comment silences a lost proof at its effect; one that is taken away makes its finding new.
#[test]
fn silences_are_looked_at_in_both_versions() {
    let repository = story();
    repository.replace("src/lib.rs", GUARD, NO_GUARD);
    let red = repository.news("main").1;
    let places = count(&red, "findings") + count(&red["findings"][0], "related");
    assert!(places > 1, "{red:#}");
    let item = "impl RaftLog {";
    let silenced = format!("// raft-lint: allow(append-prev-check) for this test\n{item}");
    repository.replace("src/lib.rs", item, &silenced);
    let (code, report) = repository.news("main");
    assert_eq!(code, Some(0), "{report:#}");
    assert_eq!(report["silenced"][0]["silence"]["kind"], "comment", "{report:#}");
    repository.commit();
    repository.replace("src/lib.rs", &silenced, item);
    let (code, report) = repository.news("HEAD");
    assert_eq!(code, Some(1), "nothing is wrong that was not wrong before, but nobody saw it");
    assert_eq!(count(&report, "findings"), 1, "{report:#}");
}

#[test]
fn lost_proofs_have_a_level_and_can_be_accepted() {
    let repository = story();
    repository.replace("src/lib.rs", "handle_append_entries", "receive");
    repository.replace("src/lib.rs", "AppendMsg", "Thing");
    repository.replace("src/lib.rs", "maybe_append", "take");
    let lost = |arguments: &[&str]| {
        let ended = repository.tree.run(&[&["--diff", "main"], arguments].concat());
        (ended.code, ended.out.contains("[lost-proof]"))
    };
    assert_eq!(lost(&[]), (Some(1), true));
    assert_eq!(lost(&["--fail-on", "error"]), (Some(1), true), "as serious as what was proved");
    assert_eq!(lost(&["--fail-on", "error", "--warn", "lost-proof"]), (Some(0), true));
    assert_eq!(lost(&["--allow", "lost-proof"]), (Some(0), false));
    let comment = "// raft-lint: allow(lost-proof) the new transport answers for it\n";
    let text = std::fs::read_to_string(repository.path().join("src/lib.rs")).expect("it is there");
    repository.write("src/lib.rs", &text.replace("\nimpl", &format!("\n{comment}impl")));
    let (code, report) = repository.news("main");
    assert_eq!(code, Some(0), "{report:#}");
    assert!(count(&report, "silenced") > 0, "{report:#}");
    let plain = repository.tree.run(&["check"]);
    assert_eq!(plain.code, Some(0), "without `--diff` nothing is said of it: {}", plain.out);
}

/// In every format a lost proof is told with the old line.
#[test]
fn every_format_tells_what_is_lost() {
    let repository = story();
    repository.replace("src/lib.rs", GUARD, NO_GUARD);
    for format in CheckFormat::value_variants() {
        let name = format.to_possible_value().expect("it has a name").get_name().to_owned();
        let ended = repository.tree.run(&["--diff", "main", "--format", &name]);
        assert_eq!(ended.code, Some(1), "{name}: {}", ended.err);
        let told = ended.out.contains("proved at") || ended.out.contains("lost since");
        assert!(told, "{name}: {}", ended.out);
        let counted =
            ended.out.contains("1 proof lost since") || ended.err.contains("1 proof lost");
        let json = ended.out.contains("\"lost\": 1");
        assert!(counted || json || name == "sarif", "{name}: {}{}", ended.out, ended.err);
    }
}

/// A follower with its guard, and something else to look at.
fn two_files() -> Repository {
    Repository::with(&[("src/raft.rs", &follower()), ("src/vote.rs", &clean())])
}

/// Asserts that the proofs of the follower are lost because its file is not looked at.
fn assert_unseen(repository: &Repository, how: &str) {
    let red = repository.diff("main");
    assert_eq!(red.code, Some(1), "{how}: {}{}", red.out, red.err);
    for part in [
        "error[lost-proof]",
        "src/raft.rs:1:1",
        "this file is not looked at any more",
        "`append-prev-check`",
        "src/raft.rs@main:",
        "0 proofs lost",
    ] {
        let told = red.out.contains(part);
        assert_eq!(told, part != "0 proofs lost", "{how}: {part}: {}", red.out);
    }
    let (_, report) = repository.news("main");
    assert_eq!((count(&report, "findings"), &report["summary"]["lost"]), (1, &1.into()), "{how}");
    assert_eq!(report["findings"][0]["file"], "src/raft.rs", "{how}: {report:#}");
}

/// Whatever keeps a file with proofs from being looked at, it is told.
#[test]
fn a_file_that_is_not_looked_at_any_more_is_a_lost_proof() {
    let hide: &[(&str, &str, &str)] = &[
        ("ignored", ".gitignore", "raft.rs\n"),
        ("excluded", "raft-lint.toml", "exclude = [\"src/raft.rs\"]\n"),
        (
            "excluded in the manifest",
            "Cargo.toml",
            "[package]\nname = \"node\"\n[package.metadata.raft-lint]\nexclude = [\"src/raft.rs\"]\n",
        ),
        ("other paths", "raft-lint.toml", "paths = [\"src/vote.rs\"]\n"),
        ("no text", "src/raft.rs", ""),
    ];
    for (how, file, text) in hide {
        let repository = two_files();
        repository.replace("src/raft.rs", GUARD, NO_GUARD);
        repository.write(file, text);
        if text.is_empty() {
            repository.tree.write("src/raft.rs", b"fn f() {} // \xff");
        }
        assert_unseen(&repository, how);
    }
}

#[cfg(unix)]
#[test]
fn a_file_that_became_a_link_is_a_lost_proof() {
    let repository = two_files();
    let path = repository.path().join("src/raft.rs");
    std::fs::rename(&path, repository.path().join("src/raft.txt")).expect("it can be renamed");
    std::os::unix::fs::symlink("raft.txt", &path).expect("a link can be made");
    assert_unseen(&repository, "a link");
}

/// What the revision left out, too, is not lost.
#[test]
fn the_revision_is_judged_with_its_own_configuration() {
    let repository = two_files();
    repository.write("raft-lint.toml", "exclude = [\"src/raft.rs\"]\n");
    repository.commit();
    repository.replace("src/raft.rs", GUARD, NO_GUARD);
    let same = repository.diff("main");
    assert_eq!(same.code, Some(0), "{}", same.out);
    assert!(!same.out.contains("gone"), "{}", same.out);
    let named = ["--config", "raft-lint.toml", "--diff", "main"];
    assert_eq!(repository.tree.run(&named).code, Some(0));
    repository.write("raft-lint.toml", "");
    assert_eq!(repository.diff("main").code, Some(1), "what is looked at now is new");
    repository.write("raft-lint.toml", "paths = [\"src/vote.rs\"]\n");
    repository.commit();
    assert_eq!(repository.diff("main").code, Some(0));
    // What the command line leaves out is left out in both.
    repository.write("raft-lint.toml", "");
    repository.commit();
    let left_out = ["--exclude", "src/raft.rs", "--diff", "main~2"];
    assert_eq!(repository.tree.run(&left_out).code, Some(0));
}

/// A configuration whose words made the lint understand the code.
#[test]
fn words_that_are_taken_back_lose_proofs() {
    let repository = story();
    let text = follower().replace("handle_append_entries", "receive").replace("AppendMsg", "Thing");
    repository.write("src/lib.rs", &text.replace("maybe_append", "take"));
    repository.write("raft-lint.toml", "[handlers]\nappend_entries = [\"receive\"]\n");
    repository.commit();
    let before = repository.news("main").1;
    assert!(before["summary"]["proved"].as_u64() > Some(5), "{:#}", before["summary"]);
    repository.write("raft-lint.toml", "");
    let red = repository.diff("main");
    assert_eq!(red.code, Some(1), "{}", red.out);
    assert!(red.out.contains("still here, and not recognised any more"), "{}", red.out);
}

/// An unseen file has a place in every format.
#[test]
fn every_format_shows_the_unseen_file() {
    let repository = two_files();
    repository.write(".gitignore", "raft.rs\n");
    for format in CheckFormat::value_variants() {
        let name = format.to_possible_value().expect("it has a name").get_name().to_owned();
        let ended = repository.tree.run(&["--diff", "main", "--format", &name]);
        assert_eq!(ended.code, Some(1), "{name}: {}", ended.err);
        assert!(ended.out.contains("src/raft.rs"), "{name}: {}", ended.out);
    }
    let sarif = repository.tree.run(&["--diff", "main", "--format", "sarif"]).json();
    let place = &sarif["runs"][0]["results"][0]["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "src/raft.rs");
    assert_eq!(place["region"]["startLine"], 1);
}

#[test]
fn what_is_gone_with_its_code_is_told() {
    let repository = two_files();
    std::fs::remove_file(repository.path().join("src/raft.rs")).expect("the file is there");
    let ended = repository.diff("main");
    assert_eq!(ended.code, Some(0), "{}", ended.out);
    assert!(ended.out.contains("proofs gone with their code"), "{}", ended.out);
    assert!(repository.diff("HEAD").out.contains("gone"), "{}", ended.out);
}

/// Code that may be built for tests, too, is no test code.
#[test]
fn code_that_is_not_only_for_tests_is_compared() {
    let attribute = "#[cfg(any(test, feature = \"server\"))]\nimpl";
    let text = follower().replace("\nimpl", &format!("\n{attribute}"));
    let repository = Repository::with(&[("src/lib.rs", &text)]);
    repository.replace("src/lib.rs", "handle_append_entries", "receive");
    repository.replace("src/lib.rs", "AppendMsg", "Thing");
    repository.replace("src/lib.rs", "maybe_append", "take");
    let red = repository.diff("main");
    assert_eq!(red.code, Some(1), "{}", red.out);
    assert!(red.out.contains("still here, and not recognised any more"), "{}", red.out);
}

/// Many effects in one function, all of them changed, and many functions that are alike: pairs times
/// words would take minutes.
#[test]
fn the_comparison_ends_whatever_is_compared() {
    let (head, tail) = FINDING.split_once("    pub fn handle").expect("it has a handler");
    let many = |count: usize, name: &str, more: &str| {
        let handler = |i: usize| {
            let tail = tail.trim_end().trim_end_matches('}');
            format!("    pub fn {name}_{i}{}", tail.replacen("_request_vote", more, 1))
        };
        format!("{head}{}}}\n", (0..count).map(handler).collect::<String>())
    };
    let asking = |text: String| {
        text.replace("request.term < self.current_term || !free", "request.term < self.current_term || !free || (request.last_log_term, request.last_log_index) < (self.log.last().map_or(0, |e| e.0), self.log.len() as u64)")
    };
    let old = asking(many(1200, "handle", "_request_vote"));
    let repository = Repository::with(&[("src/lib.rs", &old)]);
    for (new, code) in [
        (many(1199, "on", "_request_vote"), 1),
        (asking(many(1199, "on", "_request_vote")), 0),
        (old.replace("request_vote", "thing").replace("VoteRe", "ThingRe").replace("vote", "x"), 1),
        (format!("{}{}", old.replace("handle", "other"), "fn a(){".repeat(50_000)), 1),
    ] {
        repository.write("src/lib.rs", &new);
        repository.write("src/other.rs", &clean().replace("Node", "Peer"));
        let ended = repository.diff("main");
        assert_eq!(ended.code, Some(code), "{}", ended.err);
    }
}
