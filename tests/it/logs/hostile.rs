//! Whatever the bytes are: no crash, and a diagnosis that is right or says that it is unsure.

use std::time::{Duration, Instant};

use serde_json::Value;

use super::world::{self, Numbers};
use super::{figure, from_stdin, json, logs};
use crate::logs_command::DIVERGED;
use crate::tree::Tree;

/// The conditions that a report names.
fn conditions(report: &Value) -> Vec<&str> {
    let diagnoses = report["diagnoses"].as_array().map_or(&[][..], Vec::as_slice);
    diagnoses.iter().filter_map(|one| one["condition"].as_str()).collect()
}

fn report(text: &[u8]) -> (Value, Option<i32>) {
    let output = from_stdin(text, &["--format", "json"]);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(!errors.contains("internal error") && !errors.contains("panicked"), "{errors}");
    let report = serde_json::from_slice(&output.stdout).unwrap_or_else(|e| panic!("{e}: {errors}"));
    (report, output.status.code())
}

#[test]
fn a_log_that_is_cut_anywhere_is_read_as_far_as_it_goes() {
    for end in (0..DIVERGED.len()).step_by(7) {
        let (report, code) = report(&DIVERGED.as_bytes()[..end]);
        let lines = DIVERGED[..end].matches("failure").count();
        let whole = conditions(&report).contains(&"divergence");
        match code {
            Some(1) => assert!(whole && lines >= 2, "{end}: {report}"),
            Some(0) => assert!(!whole, "{end}"),
            Some(2) => assert!(lines <= 1 && conditions(&report).is_empty(), "{end}"),
            other => panic!("{end}: exit {other:?}"),
        }
    }
}

#[test]
fn a_line_of_a_hundred_megabytes_is_one_line() {
    let mut text = DIVERGED.as_bytes().to_vec();
    text.extend(std::iter::repeat_n(b'x', 100_000_000));
    text.push(b'\n');
    text.extend_from_slice(DIVERGED.as_bytes());
    let started = Instant::now();
    let (report, code) = report(&text);
    assert_eq!(code, Some(1));
    assert!(started.elapsed() < Duration::from_secs(60));
    assert_eq!(report["read"]["files"][0]["cut_lines"], 1);
    assert!(conditions(&report).iter().all(|one| *one != "healthy"), "{:?}", conditions(&report));
}

#[test]
fn other_line_ends_and_bytes_that_are_no_text_change_nothing() {
    let (expected, _) = report(DIVERGED.as_bytes());
    let forms: [Vec<u8>; 4] = [
        DIVERGED.replace('\n', "\r\n").into_bytes(),
        DIVERGED.trim_end().as_bytes().to_vec(),
        [b"\xef\xbb\xbf", DIVERGED.as_bytes()].concat(),
        DIVERGED.lines().flat_map(|line| [line.as_bytes(), b" \xff\x00\xfe\n"].concat()).collect(),
    ];
    for form in forms {
        let (report, code) = report(&form);
        assert_eq!(code, Some(1), "{:?}", String::from_utf8_lossy(&form));
        assert_eq!(report["diagnoses"][0]["condition"], expected["diagnoses"][0]["condition"]);
        assert_eq!(report["diagnoses"][0]["figures"], expected["diagnoses"][0]["figures"]);
    }
}

#[test]
fn a_clock_that_jumps_makes_times_uncertain_and_nothing_else() {
    let jumped = DIVERGED.replacen("15:42:10", "15:12:10", 1);
    let (report, code) = report(jumped.as_bytes());
    assert_eq!(code, Some(1));
    assert_eq!(report["diagnoses"][0]["condition"], "divergence");
    assert_eq!(figure(&report["diagnoses"][0], "terms_crossed"), 3.0);
    let uncertain = report["diagnoses"][0]["uncertain"].to_string();
    assert!(uncertain.contains("clock"), "{uncertain}");
}

#[test]
fn numbers_without_end_are_no_numbers() {
    let huge = DIVERGED
        .replace("400100", "99999999999999999999999999")
        .replace("12", "18446744073709551615");
    let (_, code) = report(huge.as_bytes());
    assert!(matches!(code, Some(0..=2)));
    let most = DIVERGED.replace("400100", "18446744073709551615").replace("400000", "0");
    let (_, code) = report(most.as_bytes());
    assert_eq!(code, Some(1));
}

#[test]
fn what_a_log_calls_its_nodes_does_not_reach_the_terminal() {
    let hostile = DIVERGED
        .replace("-> D ", "-> \x1b[31m\u{202e}D<script> ")
        .replace(": D has", ": \x1b[31m\u{202e}D<script> has");
    for format in ["text", "json", "html"] {
        let output = from_stdin(hostile.as_bytes(), &["--format", format]);
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(!text.contains('\x1b') && !text.contains('\u{202e}'), "{format}: {text}");
        assert!(format != "html" || !text.contains("D<script>"), "{text}");
    }
}

#[test]
fn random_bytes_of_logs_are_survived() {
    let mut numbers = Numbers(5);
    for _ in 0..60 {
        let situation = world::any(&mut numbers);
        let lines = world::etcd(&situation);
        let mut text: Vec<u8> = lines
            .iter()
            .flat_map(|(time, line)| format!("{} {line}\n", world::time(*time)).into_bytes())
            .collect();
        for _ in 0..numbers.between(1, 200) {
            let at = numbers.below(text.len() as u64) as usize;
            match numbers.below(3) {
                0 => text[at] = numbers.below(256) as u8,
                1 => drop(text.remove(at)),
                _ => text.insert(at, numbers.below(256) as u8),
            }
            if text.is_empty() {
                break;
            }
        }
        let (_, code) = report(&text);
        assert!(matches!(code, Some(0..=2)), "{code:?}");
    }
}

#[test]
fn nothing_that_was_understood_is_no_health() {
    let tree =
        Tree::with(&[("a.log", "INFO http: GET / 200\nINFO http: GET / 200\n"), ("b.log", "")]);
    let (report, output) = json(tree.path(), &["a.log", "b.log"]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(report["diagnoses"].as_array().map(Vec::len), Some(0));
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(errors.contains("no line of a known format among 2 lines"), "{errors}");
    let output = logs(tree.path(), &["missing.log"]);
    assert_eq!(output.status.code(), Some(2));
}
