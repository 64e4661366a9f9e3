//! Each pattern with its example, and lines that are none.

use super::{Hint, Known, Recognised, Recogniser};
use crate::logs::event::Event;
use crate::logs::format::custom::{Custom, Written, read};
use crate::logs::format::list::{kind_id, side_id};
use crate::logs::format::{ALL, Format, Pattern};
use crate::logs::names::Names;

mod examples;

/// What an event says, in words.
pub(crate) fn said(event: &Event, names: &Names) -> String {
    let mut text = format!("{} {}", kind_id(event.kind), side_id(event.side));
    let words = [("group", event.group), ("leader", event.leader), ("follower", event.follower)];
    for (label, name) in words {
        if let Some(name) = name {
            text += &format!(" {label}={}", names.text(name));
        }
    }
    let numbers = [
        ("index", event.index),
        ("prev_log_term", event.prev_log_term),
        ("follower_entry_term", event.follower_entry_term),
        ("follower_index", event.follower_index),
        ("hint_index", event.hint_index),
        ("hint_term", event.hint_term),
        ("next_index", event.next_index),
        ("match_index", event.match_index),
        ("leader_term", event.leader_term),
        ("snapshot_index", event.snapshot_index),
        ("snapshot_term", event.snapshot_term),
        ("snapshot_bytes", event.snapshot_bytes),
        ("first_index", event.first_index),
        ("commit_index", event.commit_index),
    ];
    for (label, number) in numbers {
        if let Some(number) = number {
            text += &format!(" {label}={number}");
        }
    }
    text
}

/// What a line says, or what it is instead.
fn of(recogniser: &Recogniser, line: &str) -> String {
    let mut names = Names::default();
    let mut event = Event::default();
    match recogniser.recognise(line, Hint::default(), &mut names, &mut event) {
        Recognised::Event => said(&event, &names),
        other => format!("{other:?}"),
    }
}

#[test]
fn each_pattern_says_what_its_example_says() {
    let recogniser = Recogniser::new(&[]);
    let all: Vec<(&str, &str, String)> = each_pattern()
        .map(|(format, pattern)| (format.id, pattern.id, of(&recogniser, pattern.example)))
        .collect();
    for ((format, pattern, said), expected) in all.iter().zip(examples::SAID) {
        assert_eq!((*format, *pattern, said.as_str()), expected);
    }
    assert_eq!(all.len(), examples::SAID.len());
}

fn each_pattern() -> impl Iterator<Item = (&'static Format, &'static Pattern)> {
    ALL.into_iter().flat_map(|format| format.patterns.iter().map(move |pattern| (format, pattern)))
}

/// Whether a pattern matches a line, wherever its literal stands.
fn matches(pattern: &'static Pattern, line: &str) -> bool {
    let known = Known::new(0, pattern);
    let (mut names, mut event) = (Names::default(), Event::default());
    let mut places = line.match_indices(pattern.literal);
    places.any(|(at, _)| known.matches(line, at, &mut names, &mut event))
}

#[test]
fn each_example_is_of_one_pattern_only() {
    for (format, pattern) in each_pattern() {
        let of: Vec<String> = each_pattern()
            .filter(|(_, other)| matches(other, pattern.example))
            .map(|(format, other)| format!("{} {}", format.id, other.id))
            .collect();
        assert_eq!(of, [format!("{} {}", format.id, pattern.id)], "{}", pattern.example);
    }
}

#[test]
fn literals_survive_json_and_are_long_enough() {
    for (format, pattern) in each_pattern() {
        let literal = pattern.literal;
        let name = format!("{} {}", format.id, pattern.id);
        assert!(literal.len() >= 6 && literal.len() <= pattern.text.len(), "{name}");
        assert!(
            !literal.contains(['"', '\\', '<', '>', '&', '=']),
            "{name}: colours and JSON take it apart"
        );
    }
    let mut ids: Vec<(&str, &str)> =
        each_pattern().map(|(format, pattern)| (format.id, pattern.id)).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), each_pattern().count(), "ids are unique");
}

#[test]
fn lines_that_differ_a_little_are_told_and_others_are_nothing() {
    let recogniser = Recogniser::new(&[]);
    for (line, expected) in [
        ("received MsgAppResp(rejected, hint: index 7) from 4 for index 9", "Unrecognised"),
        ("server: AppendEntries to n4 rejected at 17", "Unrecognised"),
        ("append_entries: log mismatch, prev=17", "Unrecognised"),
        ("rejecting: prevLogTerm 4 differs", "Unrecognised"),
        ("raft log inconsistency at 17 with n4", "Unrecognised"),
        ("n4 has diverged", "Unrecognised"),
        ("AppendEntries to n4 failed: connection refused", "Nothing"),
        ("handle_append_entries:update_vote: push front command: FailPendingReads", "Nothing"),
        ("append_entries: openraft::raft_state: no conflicting log id found", "Nothing"),
        ("AppendEntries to n4 ok", "Nothing"),
        ("restored snapshot [7] of volume v1", "Nothing"),
        ("request rejected: quota", "Nothing"),
        ("", "Nothing"),
        ("zz became leader at term 4", "Nothing"),
        ("xyz1 became leader at term 4", "Nothing"),
        ("a1 became leader at term 99999999999999999999999", "leader-elected leader leader=a1"),
        (
            "raft: AppendEntries -> D retry prevIdx=18446744073709551615 (x)",
            "next-index-moved leader follower=D",
        ),
    ] {
        assert_eq!(of(&recogniser, line), expected, "{line}");
    }
}

#[test]
fn any_cut_of_an_example_is_taken_without_harm() {
    let recogniser = Recogniser::new(&[]);
    let (mut names, mut event) = (Names::default(), Event::default());
    for (_, pattern) in each_pattern() {
        let line = pattern.example.replace("[logterm", "\u{e4}[logterm");
        for cut in (0..=line.len()).filter(|&cut| line.is_char_boundary(cut)) {
            recogniser.recognise(&line[..cut], Hint::default(), &mut names, &mut event);
            recogniser.recognise(&line[cut..], Hint::default(), &mut names, &mut event);
        }
    }
    let many = "decreased progress of MsgAppResp(rejected ".repeat(20_000);
    assert_ne!(
        recogniser.recognise(&many, Hint::default(), &mut names, &mut event),
        Recognised::Event
    );
}

#[test]
fn candidates_are_whole_lines() {
    let recogniser = Recogniser::new(&[]);
    let lines = [
        "nothing",
        "",
        "a1 became leader at term 4",
        "1 became leader at term 5 became leader at term",
        "x",
    ];
    for end in ["\n", ""] {
        let block = lines.join("\n") + end;
        let found: Vec<&str> = recogniser
            .candidates(block.as_bytes())
            .map(|candidate| &block[candidate.start..candidate.end])
            .collect();
        assert_eq!(found, &lines[2..4]);
    }
    assert_eq!(recogniser.candidates(b"").count(), 0);
    assert_eq!(recogniser.candidates(lines[2].as_bytes()).count(), 1, "a line without an end");
}

#[test]
fn an_event_is_set_anew_but_for_its_place() {
    let recogniser = Recogniser::new(&[]);
    let mut names = Names::default();
    let mut event = Event { line: 7, file: 2, writer: Some(names.of("host")), ..Event::default() };
    let mut take = |line: &str, event: &mut Event| {
        recogniser.recognise(line, Hint::default(), &mut names, event)
    };
    let long = format!("1 became leader at term 4 {}\u{e4}", "x".repeat(399 - 26));
    assert_eq!(take(&long, &mut event), Recognised::Event);
    assert_eq!(event.text.len(), 399, "cut at the border of a character: {}", event.text);
    assert_eq!(take("raft: D has diverged extensively", &mut event), Recognised::Event);
    assert_eq!((event.line, event.file, event.writer.is_some()), (7, 2, true));
    assert_eq!((event.leader_term, event.leader), (None, None));
    assert_eq!(event.text, "raft: D has diverged extensively");
}

#[test]
fn formats_of_the_user_come_last() {
    let written = Written {
        kind: "rejected",
        side: Some("leader"),
        regex: r"nack from (?P<follower>\S+) at (?P<index>\d+)(?: term (?P<follower_entry_term>\d+))?",
        literal: None,
        example: None,
    };
    let custom =
        Custom { name: "mine".to_owned(), patterns: vec![read(&written).expect("it is right")] };
    let recogniser = Recogniser::new(&[custom]);
    let mut names = Names::default();
    let mut event = Event::default();
    let line = "10:00:00 nack from n4 at 17 term 3";
    let candidate = recogniser.candidates(line.as_bytes()).next().expect("it is one");
    assert_eq!(
        recogniser.recognise(line, candidate.hint, &mut names, &mut event),
        Recognised::Event
    );
    assert_eq!(said(&event, &names), "rejected leader follower=n4 index=17 follower_entry_term=3");
    assert_eq!(usize::from(event.format), ALL.len());
    assert_eq!(of(&recogniser, "nack from n4"), "Nothing");
}
