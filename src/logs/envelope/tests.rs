//! Lines of each system in each envelope.

use std::borrow::Cow;

use serde_json::json;

use super::open;
use crate::logs::event::{Event, Timestamp};
use crate::logs::format::recognise::tests::said;
use crate::logs::format::recognise::{Recognised, Recogniser};
use crate::logs::names::Names;

/// 2026-03-04T10:11:12Z.
const THEN: i64 = 1_772_619_072_000_000_000;

/// Lines as the systems write them, without a time of their own.
const LINES: [&str; 15] = [
    "DEBUG: 3 received MsgAppResp(rejected, hint: (index 800, term 21)) from 5 for index 900",
    "DEBUG: 3 decreased progress of 5 to [StateProbe match=2 next=801 inactive]",
    "5 [logterm: 0, index: 900] rejected MsgApp [logterm: 22, index: 900] from 3",
    "INFO: found conflict at index 801 [existing term: 21, conflicting term: 22]",
    "INFO 8e9e05c52164694d [commit: 800, lastindex: 800, lastterm: 22] restored snapshot [index: 800, term: 22]",
    "DEBG received msgAppend rejection, index: 900, from: 5, reject_hint_term: 21, reject_hint_index: 800, raft_id: 3",
    "[DEBUG] [raft.rs:1800] [\"decreased progress of 5\"] [progress=\"Progress { matched: 0, next_idx: 801, state: Probe }\"] \
     [raft_id=3] [region_id=8]",
    "DEBUG main{session=T22-N3:committed/None target=5}: openraft::replication: send_progress request_id=7 target=5 \
     curr_matching=None result={time:Instant { tv_sec: 1 }, result:Conflict:T22-N3-900}",
    "DEBUG openraft::replication: notify_progress: target=5, curr_matching=None, result=(Conflict:T22-N3.900), inflight_id=8",
    "DEBUG RaftCore{id=5 cluster=c}: openraft::engine::handler::following_handler: prev_log_id mismatch, local: T21-N2.900",
    "[WARN]  consul.raft: appendEntries rejected, sending older logs: peer=\"{Voter n5 10.0.0.5:8300}\" next=801",
    "[WARN]  raft: previous log term mis-match: ours=21 remote=22",
    "TRACE main{id=3 target=5 cluster=c}:send_append_entries: async_raft::replication: append entries failed, handling \
     conflict opt conflict=ConflictOpt { term: 21, index: 800 } res.term=22",
    "declined append: peer 5, prev next log idx 901, resp next 901, new next log idx 900",
    "raft: AppendEntries -> D failure (mismatch at idx=900 term=22 vs follower idx=900 term=21)",
];

/// What a line says in its envelope.
fn event(
    recogniser: &Recogniser,
    line: &[u8],
) -> Option<(String, Option<Timestamp>, Option<String>)> {
    let candidate = recogniser.candidates(line).next()?;
    let opened = open(&line[candidate.start..candidate.end]);
    let (mut names, mut event) = (Names::default(), Event::default());
    let found = recogniser.recognise(
        &opened.text,
        candidate.hint.after(opened.cut),
        &mut names,
        &mut event,
    );
    (found == Recognised::Event)
        .then(|| (said(&event, &names), opened.time, opened.writer.map(Cow::into_owned)))
}

/// A line in each envelope, with the name of the node that the envelope has.
fn wrapped(line: &str) -> Vec<(String, &'static str)> {
    let escaped = json!({ "msg": line }).to_string().replace('>', "\\u003e");
    let bytes: Vec<u8> = line.bytes().collect();
    let docker =
        json!({ "log": format!("{line}\n"), "stream": "stderr", "time": "2026-03-04T10:11:12Z" });
    let coloured = line.replace("raft: ", "raft\u{1b}[0m: ").replace('=', "\u{1b}[2m=\u{1b}[0m");
    vec![
        (format!("2026-03-04T10:11:12Z {line}\r"), ""),
        (format!("raft2026/03/04 10:11:12 {line}"), ""),
        (format!("[2026/03/04 12:11:12.000 +02:00] {line}"), ""),
        (format!("\u{1b}[2m2026-03-04T10:11:12Z\u{1b}[0m {coloured}\u{1b}[0m"), ""),
        (format!("2026-03-04T10:11:12+0000 host-1 etcd[812]: {line}"), "host-1"),
        (format!("<12>1 2026-03-04T10:11:12Z host-1 etcd 812 - [a@1 b=\"c\\]\"] {line}"), "host-1"),
        (format!("2026-03-04T10:11:12.000000000Z stdout F {line}"), ""),
        (format!("raft-1  | 2026-03-04T10:11:12Z {line}"), "raft-1"),
        (format!("[pod/raft-0/raft] 2026-03-04T10:11:12Z {line}"), "raft-0"),
        (format!("time=2026-03-04T10:11:12Z {line}"), ""),
        (docker.to_string(), ""),
        (format!("raft-1 | {docker}"), "raft-1"),
        (escaped.replacen('{', "{\"ts\":1772619072.0,\"level\":\"debug\",\"caller\":\"a.go:7\",", 1), ""),
        (json!({ "MESSAGE": line, "_HOSTNAME": "host-1", "__REALTIME_TIMESTAMP": "1772619072000000" }).to_string(), "host-1"),
        (json!({ "MESSAGE": bytes, "_HOSTNAME": "host-1", "__REALTIME_TIMESTAMP": "1772619072000000" }).to_string(), "host-1"),
        (json!({ "@timestamp": "2026-03-04T10:11:12Z", "message": line, "host": { "name": "host-1" } }).to_string(), "host-1"),
        (json!({ "textPayload": line, "timestamp": "2026-03-04T10:11:12Z", "severity": "DEBUG" }).to_string(), ""),
        (json!({ "jsonPayload": { "message": line }, "timestamp": "2026-03-04T10:11:12Z" }).to_string(), ""),
        (json!({ "line": line, "timestamp": "2026-03-04T10:11:12Z", "labels": { "pod": "raft-0" } }).to_string(), "raft-0"),
    ]
}

#[test]
fn each_line_says_the_same_in_each_envelope() {
    let recogniser = Recogniser::new(&[]);
    for line in LINES {
        let (plain, ..) = event(&recogniser, line.as_bytes()).unwrap_or_else(|| panic!("{line}"));
        for (wrapped, writer) in wrapped(line) {
            let (said, time, by) =
                event(&recogniser, wrapped.as_bytes()).unwrap_or_else(|| panic!("{wrapped}"));
            assert_eq!(said, plain, "{wrapped}");
            let then = Some(Timestamp { nanoseconds: THEN, dated: true });
            assert_eq!((time, by.unwrap_or_default().as_str()), (then, writer), "{wrapped}");
        }
    }
}

#[test]
fn loggers_that_write_json_say_the_same_as_in_text() {
    let recogniser = Recogniser::new(&[]);
    for (text, json) in [
        (
            "[WARN]  raft: appendEntries rejected, sending older logs: peer=\"{Voter n4 10.0.0.4:8300}\" next=400050",
            json!({ "@level": "warn", "@message": "appendEntries rejected, sending older logs", "@module": "raft",
                "@timestamp": "2026-03-04T10:11:12.000000Z", "next": 400_050,
                "peer": { "Suffrage": 0, "ID": "n4", "Address": "10.0.0.4:8300" } }).to_string()
                .replace(r#"{"Address":"10.0.0.4:8300","ID":"n4","Suffrage":0}"#, r#"{"Suffrage":0,"ID":"n4","Address":"a"}"#),
        ),
        (
            "[ERROR] raft: failed to get log: index=399999 error=\"log not found\"",
            json!({ "@message": "failed to get log", "@module": "raft", "index": 399_999, "error": "log not found" }).to_string(),
        ),
        (
            "main{id=1 target=4 cluster=c}:send: async_raft::replication: append entries failed, handling conflict opt \
             conflict=ConflictOpt { term: 11, index: 50 } res.term=12",
            json!({ "timestamp": "2026-03-04T10:11:12Z", "level": "TRACE", "target": "async_raft::replication",
                "fields": { "message": "append entries failed, handling conflict opt conflict=ConflictOpt { term: 11, index: 50 }",
                    "res.term": 12 },
                "span": { "name": "send" }, "spans": [{ "id": 1, "target": 4, "cluster": "c", "name": "main" }, { "name": "send" }] })
                .to_string(),
        ),
        (
            "received msgAppend rejection, index: 900, from: 5, reject_hint_term: 21, reject_hint_index: 800, raft_id: 3",
            json!({ "msg": "received msgAppend rejection", "level": "DEBG", "ts": "2026-03-04T10:11:12.000Z", "index": 900,
                "from": 5, "reject_hint_term": 21, "reject_hint_index": 800, "raft_id": 3 }).to_string(),
        ),
    ] {
        let of = |line: &str| event(&recogniser, line.as_bytes()).map(|(said, ..)| said);
        assert!(of(text).is_some(), "{text}");
        assert_eq!(of(&json), of(text), "{json}");
    }
}

#[test]
fn times_without_a_date_or_a_year_are_told() {
    let day = 86_400_000_000_000;
    for (line, nanoseconds, dated) in [
        ("15:42:08 text", (15 * 3600 + 42 * 60 + 8) * 1_000_000_000, false),
        ("Jan 02 00:00:00 host unit[7]: text", day, false),
        ("2026-03-04T10:11:12Z stderr P 15:42:08 text", THEN, true),
        ("Jan 02 00:00:00 host unit[7]: 2026-03-04 10:11:12 text", THEN, true),
        ("Jan 02 00:00:00 host unit[7]: 00:00:01 text", 1_000_000_000, false),
    ] {
        let opened = open(line.as_bytes());
        assert_eq!(opened.time, Some(Timestamp { nanoseconds, dated }), "{line}");
        assert_eq!(opened.text, "text", "{line}");
    }
}

#[test]
fn what_is_no_envelope_stays() {
    for line in [
        "text",
        "raft: a | b",
        "a|b",
        "[pod/x] y",
        "[pod/a b/c] y",
        "<x> y",
        "<1234> y",
        "{",
        "{}",
        "{\"a\":1}",
        "{x",
        "host unit: text",
        "Marvellous text",
        "time=soon text",
        "D",
        "D |x",
    ] {
        assert_eq!(open(line.as_bytes()).text, line, "{line}");
    }
    for (line, text, writer) in [
        ("D | raft: text", "raft: text", None),
        ("Jan 02 03:04:05 host kernel: text", "text", Some("host")),
        ("Jan 02 03:04:05.678 DEBG a1: text", "DEBG a1: text", None),
        ("<11>Jan  2 03:04:05 host raft[1]: text", "text", Some("host")),
        (
            "time=\"2026-03-04T10:11:12Z\" level=warning msg=\"text\"",
            "level=warning msg=\"text\"",
            None,
        ),
        ("", "", None),
        ("   ", "", None),
    ] {
        let opened = open(line.as_bytes());
        assert_eq!((&*opened.text, opened.writer.as_deref()), (text, writer), "{line}");
    }
}

#[test]
fn a_clock_that_was_never_set_tells_no_time() {
    for line in [
        "1970-01-01T00:00:00Z text",
        "1970-01-01T00:00:00+02:00 text",
        "0001-01-01T00:00:00Z text",
        "10000-01-01T00:00:00Z text",
        r#"{"time":"1970-01-01T00:00:00Z","msg":"text"}"#,
        r#"{"ts":0,"msg":"text"}"#,
        r#"{"ts":-1,"msg":"text"}"#,
        r#"{"ts":99999999999999999999,"msg":"text"}"#,
    ] {
        let opened = open(line.as_bytes());
        assert_eq!(opened.time, None, "{line}");
        assert!(opened.text.ends_with("text"), "{line}");
    }
}

#[test]
fn where_the_text_starts_in_the_line_is_told_if_it_is_a_part_of_it() {
    for (line, cut) in [
        ("raft2026/03/04 10:11:12 text \r", Some(24)),
        ("text", Some(0)),
        (r#"{"msg":"text"}"#, None),
        (r#"{"msg":"2026-03-04T10:11:12Z text"}"#, None),
        ("raft2026/03/04 10:11:12 \u{1b}[1mtext", None),
    ] {
        let opened = open(line.as_bytes());
        assert_eq!((&*opened.text, opened.cut), ("text", cut), "{line}");
    }
}

#[test]
fn hostile_lines_are_opened_in_little_time() {
    let nested = (0..50).fold("text".to_owned(), |line, _| {
        if line.len() > 100_000 { line } else { json!({ "log": line }).to_string() }
    });
    assert!(open(nested.as_bytes()).text.contains("text"));
    for unit in [
        "{\"log\":",
        "[pod/",
        "<1>",
        "\u{1b}[",
        "2026-03-04T10:11:12Z ",
        "a | ",
        "{\"a\":[",
        "\\",
        "\"",
        "[\\]",
    ] {
        let line = unit.repeat(100_000);
        open(line.as_bytes());
        open(format!("<1>1 2026-03-04T10:11:12Z a b c d {line}").as_bytes());
        open(format!("{{\"msg\":\"{line}").as_bytes());
    }
    let signs = b"{}[]<>\"\\:,| 0123-/TZ.\x1b\0\xc3\xa4pod=m";
    let mut state = 7_u64;
    for length in 0..2_000 {
        let bytes: Vec<u8> = (0..length % 60)
            .map(|_| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                signs[(state >> 33) as usize % signs.len()]
            })
            .collect();
        open(&bytes);
    }
}
