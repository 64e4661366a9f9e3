//! Comments to the lint: what they silence, and what is said of those that do nothing.

use clap::ValueEnum;
use raft_lint::cli::CheckFormat;
use serde_json::Value;

use crate::taught::{found, run};
use crate::tree::{FINDING, Tree, clean, count};

const RECORD: &str = "        self.voted_for = Some(request.candidate_id);";

/// The program with this in place of the line that records the vote.
fn with(record: &str) -> String {
    assert!(FINDING.contains(RECORD));
    FINDING.replace(RECORD, record)
}

#[test]
fn a_silence_counts_for_what_it_stands_on() {
    let reason = "// raft-lint: allow(vote-log-freshness) the proxy has compared the logs";
    let program = |before: &str, after: &str| with(&format!("{before}{RECORD}{after}"));
    for (place, text) in [
        ("statement", program(&format!("        {reason}\n"), "")),
        ("behind", program("", &format!(" {reason}"))),
        ("blank and comment", program(&format!("        {reason}\n\n        // And so on.\n"), "")),
        ("behind another comment", program("", &format!(" // by proxy {reason}"))),
        ("method", FINDING.replace("    pub fn", &format!("    {reason}\n    pub fn"))),
        (
            "attribute",
            FINDING.replace("    pub fn", &format!("    {reason}\n    #[inline]\n    pub fn")),
        ),
        (
            "behind an attribute",
            FINDING.replace("    pub fn", &format!("    #[inline]\n    {reason}\n    pub fn")),
        ),
        (
            "doc",
            FINDING.replace("    pub fn", &format!("    /// Votes.\n    {reason}\n    pub fn")),
        ),
        ("head", FINDING.replace("-> VoteReply {", &format!("-> VoteReply {{ {reason}"))),
        ("impl", FINDING.replace("impl Node", &format!("{reason}\nimpl Node"))),
        ("end of impl", format!("{} {reason}\n", FINDING.trim_end())),
        ("line ends", program(&format!("        {reason}\n"), "").replace('\n', "\r\n")),
        ("byte order mark", format!("\u{feff}{}", program(&format!("        {reason}\n"), ""))),
        ("beyond ASCII", format!("// äöü 日本\n{}", program(&format!("        {reason}\n"), ""))),
        (
            "underscores",
            program(&format!("        {}\n", reason.replace("vote-log-f", "vote_log_f")), ""),
        ),
    ] {
        let (ended, report) = run(&text);
        assert_eq!(ended.code, Some(0), "{place}: {}", ended.out);
        assert!(
            ended.out.contains("0 violated, 1 finding silenced (1 by a comment)"),
            "{place}: {}",
            ended.out
        );
        assert_eq!(found(&report, "findings"), [], "{place}");
        let silenced = found(&report, "silenced");
        assert_eq!(silenced.len(), 1, "{place}: {report:#}");
        assert_eq!(silenced[0].0, "vote-log-freshness", "{place}");
        let silence = &report["silenced"][0]["silence"];
        assert_eq!(silence["kind"], "comment", "{place}");
        assert_eq!(silence["comment"]["reason"], "the proxy has compared the logs", "{place}");
        assert_eq!(
            (&report["summary"]["silenced"], &report["summary"]["violated"]),
            (&1.into(), &1.into())
        );
    }
}

#[test]
fn a_silence_counts_for_nothing_else() {
    let reason = "// raft-lint: allow(vote-log-freshness) not here";
    for (place, text) in [
        (
            "statement before",
            FINDING.replace("        let free", &format!("        {reason}\n        let free")),
        ),
        ("other item", FINDING.replace("pub struct Node", &format!("{reason}\npub struct Node"))),
        ("string", with(&format!("        let _ = \"\n{reason}\n\";\n{RECORD}"))),
        ("nested comment", with(&format!("        /* \n{reason}\n */\n{RECORD}"))),
        (
            "other rule",
            with(&format!(
                "        {}\n{RECORD}",
                reason.replace("vote-log-freshness", "vote-once")
            )),
        ),
    ] {
        let (ended, report) = run(&text);
        assert_eq!(ended.code, Some(1), "{place}: {}", ended.out);
        let findings = found(&report, "findings");
        assert!(
            findings.iter().any(|(rule, _)| rule == "vote-log-freshness"),
            "{place}: {findings:?}"
        );
        assert_eq!(found(&report, "silenced"), [], "{place}");
    }
}

/// One missing check leaves two changes unguarded: who silences the first has said nothing of the second.
#[test]
fn what_is_silenced_speaks_for_no_other_place() {
    let path = "fixtures/append_prev_check/reject/and_where_or_is_meant.rs";
    let text =
        std::fs::read_to_string(crate::support::root().join(path)).expect("the fixture is there");
    let before = run(&text).1;
    let first = before["findings"][0]["line"].as_u64().expect("a line") as usize;
    let others = before["findings"][0]["related"].as_array().cloned().unwrap_or_default();
    assert!(others.iter().any(|r| r["text"] == "left unguarded, too"), "{before:#}");
    let mut lines: Vec<&str> = text.lines().collect();
    lines.insert(first - 1, "// raft-lint: allow(append-prev-check) this one is harmless");
    let (ended, report) = run(&lines.join("\n"));
    assert_eq!(ended.code, Some(1), "{}", ended.out);
    assert_eq!((count(&report, "findings"), count(&report, "silenced")), (1, 1), "{report:#}");
    assert_ne!(report["findings"][0]["line"], report["silenced"][0]["line"]);
}

#[test]
fn what_is_wrong_with_a_comment_is_a_finding() {
    let text = |comment: &str| with(&format!("        {comment}\n{RECORD}"));
    for (comment, rule, message, silences) in [
        (
            "// raft-lint: allow(vote-log-freshness)",
            "silence-without-reason",
            "gives no reason",
            true,
        ),
        (
            "// raft-lint: allow(vote-log-freshness) –",
            "silence-without-reason",
            "gives no reason",
            true,
        ),
        (
            "// raft-lint: allow(vote-log-freshnes) why",
            "silence-of-unknown-rule",
            "did you mean `vote-log-freshness`?",
            false,
        ),
        ("// raft-lint: allow(vote-once) why", "unused-silence", "it is proved here", false),
        (
            "// raft-lint: allow(commit-clamp) why",
            "unused-silence",
            "nothing to decide here",
            false,
        ),
        ("// raft-lint: allow() why", "comment-without-effect", "names no rule", false),
        (
            "// raft-lint: allow(vote-log-freshness why",
            "comment-without-effect",
            "not closed",
            false,
        ),
        (
            "// raft-lint: alow(vote-log-freshness) why",
            "comment-without-effect",
            "did you mean `allow`?",
            false,
        ),
        ("// raft-lint: ignore", "comment-without-effect", "followed by no `(…)`", false),
        (
            "/* raft-lint: allow(vote-log-freshness) why */",
            "comment-without-effect",
            "only a line comment",
            false,
        ),
        (
            "// raft-lint: role(voted_fro)",
            "comment-without-effect",
            "did you mean `voted_for`?",
            false,
        ),
        ("// raft-lint: role(nonsense)", "comment-without-effect", "known are `term`", false),
        (
            "// raft-lint: role(voted_for)",
            "comment-without-effect",
            "nothing here has a value",
            false,
        ),
        (
            "// raft-lint: handler(request_vote)",
            "comment-without-effect",
            "nothing here receives",
            false,
        ),
        (
            "// raft-lint: handler(vote)",
            "comment-without-effect",
            "there is no message `vote`",
            false,
        ),
    ] {
        let (ended, report) = run(&text(comment));
        assert_eq!(ended.code, Some(1), "{comment}: {}", ended.out);
        let findings = report["findings"].as_array().cloned().unwrap_or_default();
        let of_comment: Vec<&Value> = findings.iter().filter(|f| f["rule"] == rule).collect();
        assert_eq!(of_comment.len(), 1, "{comment}: {report:#}");
        let said = of_comment[0]["message"].as_str().unwrap_or("");
        assert!(said.contains(message), "{comment}: {said}");
        assert!(ended.out.contains(&format!("[{rule}]")), "{comment}: {}", ended.out);
        assert!(
            ended.out.contains("1 comment without effect or reason"),
            "{comment}: {}",
            ended.out
        );
        let line = FINDING.lines().position(|l| l == RECORD).map(|at| at as u64 + 1);
        assert_eq!(of_comment[0]["line"].as_u64(), line, "{comment}");
        let open = findings.iter().any(|f| f["rule"] == "vote-log-freshness");
        assert_eq!(open, !silences, "{comment}: {report:#}");
        let page = Tree::with(&[]).run(&["explain", rule]);
        assert_eq!(page.code, Some(0), "{rule} has a page");
    }
}

#[test]
fn a_comment_that_stands_on_nothing_is_a_finding() {
    for (place, text) in [
        ("end of file", format!("{FINDING}// raft-lint: allow(vote-log-freshness) why\n")),
        (
            "end of body",
            FINDING.replace("    }\n}\n", "        // raft-lint: role(term)\n    }\n}\n"),
        ),
        (
            "inside a macro",
            format!(
                "{FINDING}pub fn f() {{ println!(\"{{}}\", // raft-lint: allow(vote-once) why\n 1); }}"
            ),
        ),
    ] {
        assert_ne!(text, FINDING);
        let (ended, report) = run(&text);
        assert_eq!(ended.code, Some(1), "{place}");
        let rules: Vec<String> =
            found(&report, "findings").into_iter().map(|(rule, _)| rule).collect();
        let expected =
            if place == "inside a macro" { "unused-silence" } else { "comment-without-effect" };
        assert!(rules.iter().any(|rule| rule == expected), "{place}: {rules:?}");
    }
}

#[test]
fn test_code_is_not_read() {
    let tests = "#[cfg(test)]\nmod tests {\n    // raft-lint: nonsense\n    fn f() {}\n}\n";
    let (ended, _) = run(&format!("{}{tests}", clean()));
    assert_eq!(ended.code, Some(0), "{}", ended.out);
}

#[test]
fn a_comment_is_heard_where_nothing_speaks_of_raft() {
    let (ended, report) =
        run("// raft-lint: allow(vote-once)\npub fn add(a: u64, b: u64) -> u64 { a + b }\n");
    assert_eq!(ended.code, Some(1), "{}", ended.out);
    assert_eq!(count(&report, "findings"), 2, "no reason, and nothing to silence: {report:#}");
}

/// `docs/comments.md` lists what the code has.
#[test]
fn the_page_lists_all_words() {
    use raft_lint::protocol::{MEANINGS, Message};
    let row = |cells: [&str; 2]| format!("| `{}` | {} |", cells[0], cells[1]);
    let roles: Vec<String> = MEANINGS.iter().map(|m| row([m.id, m.summary])).collect();
    let messages: Vec<String> = Message::ALL.iter().map(|m| format!("`{}`", m.id())).collect();
    let messages = format!("The messages: {}.", messages.join(", "));
    let subjects: Vec<String> = raft_lint::subjects::OF_COMMENTS
        .iter()
        .map(|s| {
            format!("| `{}` | {} | {} |", s.subject.id, s.subject.level.id(), s.subject.summary)
        })
        .collect();
    let page = std::fs::read_to_string(crate::support::root().join("docs/comments.md"));
    let page = page.expect("the page is there").replace("\r\n", "\n");
    let parts = [roles.join("\n"), messages, subjects.join("\n")];
    let missing: Vec<&String> = parts.iter().filter(|part| !page.contains(*part)).collect();
    assert!(missing.is_empty(), "docs/comments.md lacks {missing:#?}");
    let explained = raft_lint::subjects::find("comment-without-effect").expect("it is there").page;
    for id in MEANINGS.iter().map(|m| m.id).chain(Message::ALL.iter().map(|m| m.id())) {
        assert!(explained.contains(&format!("`{id}`")), "`explain` says nothing of {id}");
    }
}

/// Whatever the format, a silenced finding is not shown as one, and is not forgotten.
#[test]
fn every_format_counts_what_is_silenced() {
    let reason = "// raft-lint: allow(vote-log-freshness) the proxy has compared the logs";
    let tree = Tree::with(&[("lib.rs", &with(&format!("{RECORD} {reason}")))]);
    let formats = CheckFormat::value_variants().iter().filter_map(ValueEnum::to_possible_value);
    let names: Vec<String> = formats.map(|value| value.get_name().to_owned()).collect();
    assert!(names.len() > 8, "{names:?}");
    for name in &names {
        let ended = tree.run(&["--format", name]);
        assert_eq!(ended.code, Some(0), "{name}: {}", ended.out);
        let message = "without comparing the candidate's last log term";
        let shown = ended.out.contains(message);
        assert_eq!(shown, name == "json", "{name}: {}", ended.out);
        let counted = |text: &str| {
            let json = text.contains("\"silenced\": 1");
            json || text.contains("1 finding silenced") || text.contains("1 silenced")
        };
        assert!(counted(&ended.out) || counted(&ended.err), "{name}: {}{}", ended.out, ended.err);
    }
    let sarif = tree.run(&["--format", "sarif", "--include-suppressed"]).json();
    let suppression = &sarif["runs"][0]["results"][0]["suppressions"][0];
    assert_eq!(suppression["kind"], "inSource", "{sarif:#}");
    assert_eq!(suppression["justification"], "the proxy has compared the logs", "{sarif:#}");
}

/// A silence accepts what has the same cause at its place; a rule that is turned off explains nothing.
#[test]
fn what_a_finding_explains_is_told_without_it() {
    let rules = |arguments: &[&str], text: &str| {
        let tree = Tree::with(&[("lib.rs", text)]);
        let report = tree.run(&[&["--format", "json"], arguments].concat()).json();
        found(&report, "findings").into_iter().map(|f| f.0).collect::<Vec<_>>()
    };
    assert_eq!(rules(&[], FINDING), ["vote-log-freshness"]);
    assert_eq!(rules(&["--allow", "vote-log-freshness"], FINDING), ["vote-freshness-order"]);
    let silenced =
        with(&format!("{RECORD} // raft-lint: allow(vote-log-freshness) the proxy does"));
    assert!(rules(&[], &silenced).is_empty());
    // Another place of the handler has the same cause, and is not accepted.
    let twice = silenced.replace(
        "        if request.term < self.current_term || !free {",
        "        if request.candidate_id == 7 && free {
            self.voted_for = Some(request.candidate_id);
        }
        if request.term < self.current_term || !free {",
    );
    assert!(
        rules(&[], &twice).contains(&"vote-log-freshness".to_owned()),
        "{:?}",
        rules(&[], &twice)
    );
}

#[test]
fn each_comment_has_a_fingerprint_of_its_own() {
    let print = |comment: &str| {
        let report = run(&with(&format!("        {comment}\n{RECORD}"))).1;
        let findings = report["findings"].as_array().cloned().unwrap_or_default();
        let faults = findings.iter().filter(|f| f["rule"] != "vote-log-freshness");
        faults.map(|f| f["fingerprint"].to_string()).collect::<String>()
    };
    let comments = [
        "// raft-lint: allow(commit-clamp) why",
        "// raft-lint: allow(step-down) why",
        "// raft-lint: allow(step-down) another",
        "// raft-lint: role(nonsense)",
        "// raft-lint: role(other)",
    ];
    let prints: std::collections::BTreeSet<String> = comments.iter().map(|c| print(c)).collect();
    assert_eq!(prints.len(), comments.len(), "{prints:?}");
    assert_eq!(print(comments[0]), print("//   raft-lint:  allow(commit-clamp)  why"), "blanks");
}

#[test]
fn what_is_too_much_is_said() {
    let many = "// raft-lint: allow(vote-once) no\n".repeat(10_050);
    let (ended, report) = run(&format!("{many}{FINDING}"));
    assert_eq!(ended.code, Some(1));
    let told = report["findings"].as_array().into_iter().flatten();
    let told = told.filter(|f| f["message"].as_str().is_some_and(|m| m.contains("are not read")));
    assert_eq!(told.count(), 1);
    let names = "vote-onc,".repeat(200_000);
    let different: Vec<String> = (0..100).map(|n| format!("rule-{n}")).collect();
    for names in [names, different.join(",")] {
        let (ended, report) =
            run(&format!("{FINDING}// raft-lint: allow({names}) why\npub fn zz() {{}}\n"));
        assert!(count(&report, "findings") <= 3, "{}", ended.out.len());
    }
}

#[test]
fn a_mark_that_is_nearly_right_is_told_of() {
    for comment in [
        "// raft-lint role(voted_for)",
        "// raft_lint: allow(vote-log-freshness) why",
        "// raft-lint : allow(vote-log-freshness) why",
        "// Raft-Lint: allow(vote-log-freshness) why",
    ] {
        let (ended, _) = run(&with(&format!("        {comment}\n{RECORD}")));
        assert!(ended.out.contains("starts with `// raft-lint: `"), "{comment}: {}", ended.out);
    }
    let (ended, _) = run(&with(&format!("        // raft-lint is a lint (for Raft).\n{RECORD}")));
    assert!(!ended.out.contains("comment-without-effect"), "{}", ended.out);
}

/// A block's end in front of an `else` is not the end of the statement.
#[test]
fn an_else_is_not_silenced_by_what_stands_before_it() {
    let text = FINDING.replace(
        RECORD,
        &format!("        if free {{\n        }} // raft-lint: allow(vote-log-freshness) why\n        else {{\n            return VoteReply {{ term: 0, vote_granted: false }};\n        }}\n{RECORD}"),
    );
    let (ended, _) = run(&text);
    assert!(ended.out.contains("stands on nothing"), "{}", ended.out);
}
