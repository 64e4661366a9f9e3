//! `raft-lint logs`: known truth in, diagnosis out.

mod hostile;
mod recorded;
mod world;

use std::io::Write as _;
use std::path::Path;
use std::process::{Output, Stdio};

use serde_json::Value;

use self::world::{Numbers, Situation};
use crate::logs_command::DIVERGED;
use crate::support::raft_lint;
use crate::tree::Tree;

fn logs(directory: &Path, arguments: &[&str]) -> Output {
    let mut command = raft_lint();
    command.arg("logs").args(arguments).arg("--no-config").current_dir(directory);
    command.output().expect("the binary runs")
}

fn json(directory: &Path, arguments: &[&str]) -> (Value, Output) {
    let output = logs(directory, &[arguments, &["--format", "json"]].concat());
    let value = serde_json::from_slice(&output.stdout);
    (
        value
            .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr))),
        output,
    )
}

fn from_stdin(text: &[u8], arguments: &[&str]) -> Output {
    let mut command = raft_lint();
    command.arg("logs").args(arguments).args(["--no-config", "-"]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the binary starts");
    let mut input = child.stdin.take().expect("it is piped");
    let written = text.to_vec();
    let writer = std::thread::spawn(move || drop(input.write_all(&written)));
    let output = child.wait_with_output().expect("it ends");
    writer.join().expect("the writer does not panic");
    output
}

fn figure(diagnosis: &Value, id: &str) -> f64 {
    let figures = diagnosis["figures"].as_array().expect("figures are a list");
    let found = figures.iter().find(|figure| figure["id"] == id);
    found.and_then(|figure| figure["number"].as_f64()).unwrap_or(f64::NAN)
}

#[test]
fn the_six_lines_are_a_divergence_of_three_terms() {
    let output = from_stdin(DIVERGED.as_bytes(), &["--format", "json"]);
    let report: Value = serde_json::from_slice(&output.stdout).expect("it is JSON");
    assert_eq!(output.status.code(), Some(1));
    let diagnosis = &report["diagnoses"][0];
    assert_eq!(report["diagnoses"].as_array().map(Vec::len), Some(1));
    assert_eq!(diagnosis["condition"], "divergence");
    assert_eq!(diagnosis["confidence"], "high");
    assert_eq!(diagnosis["follower"], "D");
    assert_eq!(figure(diagnosis, "terms_crossed"), 3.0);
    assert_eq!(figure(diagnosis, "probes"), 3.0);
    assert_eq!(figure(diagnosis, "index_span"), 100.0);
    assert_eq!(figure(diagnosis, "step"), 50.0);
    assert_eq!(figure(diagnosis, "interval"), 1.5);
    // 400 000 indexes ÷ 50 × 1.5 s
    let way = |id: &str| {
        let ways = diagnosis["ways"].as_array().expect("ways are a list");
        ways.iter().find(|way| way["id"] == id).cloned().expect("there is this way")
    };
    assert_eq!(way("walk")["probes"], 8000);
    assert_eq!(way("walk")["seconds"], 12000.0);
    assert_eq!(way("hint")["probes"], 8);
    assert_eq!(way("snapshot")["probes"], 1);
    let text = from_stdin(DIVERGED.as_bytes(), &[]);
    let text = String::from_utf8_lossy(&text.stdout);
    for word in ["InstallSnapshot", "decrementing", "11, 10, 8", "3 h 20 min", "next-index-backoff"]
    {
        assert!(text.contains(word), "`{word}` is missing in:\n{text}");
    }
}

/// Puts lines into what collects logs.
fn shipped(lines: &[(u64, String)], numbers: &mut Numbers) -> Vec<String> {
    let way = numbers.below(6);
    let one = |(time, text): &(u64, String)| {
        let time = world::time(*time);
        let escaped = text.replace('\\', "\\\\").replace('"', "\\\"");
        match way {
            0 => format!("{time} DEBUG raft: {text}"),
            1 => format!("{time} stdout F DEBUG: {text}"),
            2 => format!(
                "{{\"log\":\"DEBUG: {escaped}\\n\",\"stream\":\"stderr\",\"time\":\"{time}\"}}"
            ),
            3 => format!(
                "{{\"level\":\"debug\",\"ts\":\"{time}\",\"logger\":\"raft\",\"msg\":\"{escaped}\"}}"
            ),
            4 => format!("store-1  | {time} {text}"),
            _ => format!("{{\"MESSAGE\":\"{escaped}\",\"_HOSTNAME\":\"h\",\"ts\":\"{time}\"}}"),
        }
    };
    lines.iter().map(one).collect()
}

/// What else stands in logs, and what goes wrong with them.
fn disturbed(lines: &[String], numbers: &mut Numbers) -> Vec<u8> {
    const NOISE: [&[u8]; 6] = [
        b"2026-01-02T03:04:05Z INFO http: GET /v1/keys status=200",
        b"\xfe\xfa\x00 no text at all \xc3",
        b"",
        b"{\"level\":\"info\",\"msg\":\"half a line",
        b"thread 'main' panicked at src/main.rs:1: rejected",
        b"2026-01-02T03:04:06Z DEBUG raft: append rejected for reasons of its own",
    ];
    let end: &[u8] = if numbers.one_in(3) { b"\r\n" } else { b"\n" };
    let mut bytes = Vec::new();
    for line in lines {
        while numbers.one_in(3) {
            bytes.extend_from_slice(NOISE[numbers.below(NOISE.len() as u64) as usize]);
            bytes.extend_from_slice(end);
        }
        bytes.extend_from_slice(line.as_bytes());
        bytes.extend_from_slice(end);
    }
    bytes
}

/// What is wrong with a diagnosis, if anything is.
fn compared(situation: &Situation, report: &Value, code: Option<i32>) -> Option<String> {
    let diagnosis = &report["diagnoses"][0];
    let said = diagnosis["condition"].as_str().unwrap_or("nothing");
    if said != situation.truth {
        return Some(format!("said {said}: {}", diagnosis["summary"]));
    }
    if code != Some(1) {
        return Some(format!("exit {code:?}"));
    }
    if situation.truth == "flapping" {
        return None;
    }
    let follower = diagnosis["follower"].as_str().unwrap_or_default();
    if follower.trim_start_matches('n') != situation.follower.to_string() {
        return Some(format!("follower {follower:?}"));
    }
    let probes = figure(diagnosis, "probes");
    if situation.refusals > 0 && probes != situation.refusals as f64 {
        return Some(format!("{probes} probes"));
    }
    let crossed = figure(diagnosis, "terms_crossed");
    if situation.truth == "divergence" && crossed != situation.terms_crossed as f64 {
        return Some(format!("{crossed} terms crossed"));
    }
    None
}

#[test]
fn known_situations_are_told_apart() {
    let mut numbers = Numbers(20_261_129);
    let mut wrong = Vec::new();
    for round in 0..240 {
        let situation = world::any(&mut numbers);
        let lines = match world::generic(&situation) {
            Some(lines) if numbers.one_in(3) => lines,
            _ => world::etcd(&situation),
        };
        let text = disturbed(&shipped(&lines, &mut numbers), &mut numbers);
        let output = from_stdin(&text, &["--format", "json"]);
        let report = serde_json::from_slice(&output.stdout).unwrap_or(Value::Null);
        if let Some(why) = compared(&situation, &report, output.status.code()) {
            let text = String::from_utf8_lossy(&text).chars().take(600).collect::<String>();
            wrong.push(format!(
                "round {round}: {situation:.0?}: {why}\n{text}\n{}",
                String::from_utf8_lossy(&output.stderr)
            ));
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong[..wrong.len().min(5)].join("\n"));
}

#[test]
fn a_cluster_that_works_is_no_trouble() {
    let mut numbers = Numbers(11);
    let mut wrong = Vec::new();
    for round in 0..80 {
        let lines = shipped(&world::normal(&mut numbers), &mut numbers);
        let text = disturbed(&lines, &mut numbers);
        let output = from_stdin(&text, &["--format", "json"]);
        let report: Value = serde_json::from_slice(&output.stdout).expect("it is JSON");
        let diagnoses = report["diagnoses"].as_array().expect("a list");
        let bad = diagnoses
            .iter()
            .find(|one| !["ok", "note"].contains(&one["severity"].as_str().unwrap_or_default()));
        if let Some(bad) = bad {
            wrong.push(format!(
                "round {round}: {}: {}\n{}",
                bad["condition"],
                bad["summary"],
                lines.join("\n")
            ));
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong[..wrong.len().min(4)].join("\n"));
}

#[test]
fn clocks_that_differ_do_not_change_what_is_joined() {
    let mut wrong = Vec::new();
    for (shift, round) in [0, 5, 50, 400].into_iter().zip(1..) {
        for sign in [false, true] {
            let mut numbers = Numbers(round);
            let situation = std::iter::repeat_with(|| world::any(&mut numbers))
                .find(|one| one.truth == "divergence" && one.refusals > 30)
                .expect("there is one in the end");
            let leader = format!("{} ", situation.leader);
            let (mut own, mut other) = (String::new(), String::new());
            for (time, line) in world::etcd(&situation) {
                let is_own = line.starts_with(&leader);
                let time = world::time(1000 + time + if is_own == sign { shift } else { 0 });
                let text = if is_own { &mut own } else { &mut other };
                *text += &format!("{time} DEBUG raft: {line}\n");
            }
            let tree = Tree::with(&[("a.log", own.as_str()), ("b.log", other.as_str())]);
            let (report, output) = json(tree.path(), &["."]);
            if let Some(why) = compared(&situation, &report, output.status.code()) {
                wrong.push(format!("{shift} ms {sign}: {why}: {situation:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn files_of_several_nodes_and_rotated_ones_give_the_same_in_any_order() {
    let mut numbers = Numbers(7);
    let mut wrong = Vec::new();
    for round in 0..40 {
        let situation = world::any(&mut numbers);
        let lines = world::etcd(&situation);
        let leader = |line: &str| line.starts_with(&format!("{} ", situation.leader));
        let tree = Tree::with(&[]);
        let parts = numbers.between(1, 4) as usize;
        for (node, is_leader) in [("leader", true), ("follower", false)] {
            let own: Vec<(u64, String)> =
                lines.iter().filter(|(_, line)| leader(line) == is_leader).cloned().collect();
            let size = own.len().div_ceil(parts).max(1);
            for (part, chunk) in own.chunks(size).enumerate() {
                let age = parts - part;
                let text: String = chunk
                    .iter()
                    .map(|(time, text)| format!("{} DEBUG raft: {text}\n", world::time(*time)))
                    .collect();
                tree.write(&format!("{node}.log.{age}"), text.as_bytes());
            }
        }
        let mut names: Vec<String> = std::fs::read_dir(tree.path())
            .expect("the tree is there")
            .flatten()
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        let by = round % names.len().max(1);
        names.rotate_left(by);
        if round % 2 == 0 {
            names.reverse();
        }
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let (report, output) = json(tree.path(), &names);
        if let Some(why) = compared(&situation, &report, output.status.code()) {
            wrong.push(format!("round {round}: {situation:.0?}: {why}"));
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong[..wrong.len().min(5)].join("\n"));
}
