//! Lost proofs: levels, silences, and how each format tells of them.

use clap::ValueEnum;
use raft_lint::cli::CheckFormat;

use crate::diff::{GUARD, NO_GUARD, story};
use crate::tree::count;

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
    assert_eq!(lost(&["--fail-on", "error"]), (Some(0), true));
    assert_eq!(lost(&["--fail-on", "error", "--deny", "lost-proof"]), (Some(1), true));
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
