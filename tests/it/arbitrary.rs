//! Whatever the input is: no panic, no run without end, and the same bytes each time.
//!
//! Token soup of Rust with Raft's words, mutated and truncated fixtures, mutated comments, configurations
//! and logs. The seed is fixed, so that the test is the same everywhere; `RAFT_LINT_SEED=NUMBER` tries
//! another, and `RAFT_LINT_CASES=NUMBER` so many times as many inputs. A failure names the seed and keeps
//! the input. `fuzz/` goes on from here with feedback from the code.

mod mutated;
mod reading;
mod soup;

use std::fmt::Debug;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use fastrand::Rng;
use raft_lint::config;

use crate::support;
use crate::tree::FINDING;

/// One input may take so long, and one of a megabyte so much more.
const LONGEST: Duration = Duration::from_secs(10);
const LONGEST_OF_MEGABYTE: Duration = Duration::from_secs(2);

/// Random numbers for a test, and its seed.
fn numbers(name: &str) -> (Rng, u64) {
    let seed: u64 =
        std::env::var("RAFT_LINT_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(7);
    // Another sequence for each test.
    let own: u64 =
        name.bytes().fold(seed, |own, byte| own.wrapping_mul(31).wrapping_add(u64::from(byte)));
    (Rng::with_seed(own), seed)
}

/// Tries inputs: `make` makes one, `wrong` says what is wrong with what becomes of it.
fn each(
    name: &str,
    count: usize,
    mut make: impl FnMut(&mut Rng) -> Vec<u8>,
    wrong: impl Fn(&[u8]) -> Option<String>,
) {
    let times = std::env::var("RAFT_LINT_CASES").ok().and_then(|times| times.parse().ok());
    let (mut rng, seed) = numbers(name);
    for case in 0..count * times.unwrap_or(1) {
        let input = make(&mut rng);
        let started = Instant::now();
        let said = catch_unwind(AssertUnwindSafe(|| wrong(&input)));
        let most = LONGEST + LONGEST_OF_MEGABYTE.mul_f64(input.len() as f64 / 1e6);
        let slow = (started.elapsed() > most).then(|| format!("takes {:?}", started.elapsed()));
        let said = match said {
            Ok(said) => said.or(slow),
            Err(_) => Some("panics".to_owned()),
        };
        let Some(said) = said else { continue };
        let kept = kept(name, &input);
        panic!("{name}: RAFT_LINT_SEED={seed}, case {case}, kept as {}: {said}", kept.display());
    }
}

/// Keeps an input for whoever has to look at it.
fn kept(name: &str, input: &[u8]) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("failing-{name}"));
    let _ = std::fs::write(&path, input);
    path
}

/// The texts of all fixtures.
fn fixtures() -> Vec<String> {
    support::fixtures().into_iter().map(|fixture| fixture.text).collect()
}

fn same<T: PartialEq + Debug>(first: T, second: T, what: &str) -> Option<String> {
    (first != second).then(|| format!("{what} differ:\n{first:?}\n{second:?}"))
}

#[test]
fn token_soup_is_checked() {
    each("soup", 1_500, |rng| soup::program(rng).into_bytes(), reading::wrong_with_check);
}

#[test]
fn mutated_fixtures_are_checked() {
    let fixtures = fixtures();
    let mutant = |rng: &mut Rng| mutated::mutant(rng, &fixtures, mutated::Unit::Token);
    each("mutated", 1_500, mutant, reading::wrong_with_check);
}

#[test]
fn truncated_files_are_checked() {
    let fixtures = fixtures();
    let truncated = |rng: &mut Rng| {
        let text = rng.choice(&fixtures).map_or(&[][..], |text| text.as_bytes());
        let (start, end) = (rng.usize(..=text.len() / 8), rng.usize(..=text.len()));
        let start = if rng.bool() { 0 } else { start };
        text[start.min(end)..end].to_vec()
    };
    each("truncated", 800, truncated, reading::wrong_with_check);
}

/// The same tree gives the same report with one thread and with two, and again.
#[test]
fn reports_are_the_same_each_time() {
    let fixtures = fixtures();
    let (mut rng, seed) = numbers("same");
    for round in 0..8 {
        let mut texts: Vec<Vec<u8>> = Vec::new();
        for _ in 0..12 {
            texts.push(soup::program(&mut rng).into_bytes());
            texts.push(mutated::mutant(&mut rng, &fixtures, mutated::Unit::Token));
        }
        let wrong = reading::differs(&texts);
        assert_eq!(wrong, None, "RAFT_LINT_SEED={seed}, round {round}");
    }
}

#[test]
fn mutated_comments_are_read() {
    let comments = [
        "allow(vote-log-freshness) a test",
        "role(last_log_term)",
        "handler(request_vote)",
        "allow(safety, append-prev-check): because",
        "raft-lint: allow(all)",
        "a // raft-lint: role(term) // raft-lint: allow(x) y",
    ];
    let comments = comments.map(str::to_owned);
    let program = |rng: &mut Rng| {
        let mut text = Vec::new();
        for line in FINDING.lines() {
            let comment = mutated::mutant(rng, &comments, mutated::Unit::Byte);
            let comment = String::from_utf8_lossy(&comment).replace('\n', " ");
            match rng.u8(..6) {
                0 => text.extend(format!("{line} // raft-lint: {comment}\n").into_bytes()),
                1 => text.extend(format!("// raft-lint: {comment}\n{line}\n").into_bytes()),
                2 => text.extend(format!("/* raft-lint: {comment} */ {line}\n").into_bytes()),
                _ => text.extend(format!("{line}\n").into_bytes()),
            }
        }
        text
    };
    each("comments", 500, program, reading::wrong_with_check);
}

#[test]
fn mutated_configurations_are_read() {
    let pages = ["configuration.md", "logs.md"].map(|page| {
        std::fs::read_to_string(support::root().join("docs").join(page)).expect("a page is text")
    });
    let blocks = pages.iter().flat_map(|page| page.split("```toml\n").skip(1));
    let blocks: Vec<String> =
        blocks.filter_map(|block| Some(block.split_once("```")?.0.to_owned())).collect();
    assert!(blocks.len() > 1, "the documentation shows configurations");
    let mutant = |rng: &mut Rng| {
        let unit = if rng.bool() { mutated::Unit::Token } else { mutated::Unit::Byte };
        mutated::mutant(rng, &blocks, unit)
    };
    each("configuration", 3_000, mutant, |bytes| {
        let text = String::from_utf8_lossy(bytes);
        for name in ["raft-lint.toml", "Cargo.toml"] {
            let read = || config::of_text(name, &text).map(|read| format!("{read:?}"));
            match (read(), read()) {
                (Err(error), _) if !error.text.starts_with(name) || error.hint.is_empty() => {
                    return Some(format!("an error that helps nobody: {error}"));
                }
                (Err(error), _) if error.text.len() > 2_000 => {
                    return Some("says too much".to_owned());
                }
                (first, second) => {
                    let text = |read: Result<String, _>| {
                        read.unwrap_or_else(|error: raft_lint::error::Error| error.to_string())
                    };
                    let differs = same(text(first), text(second), "two readings");
                    if differs.is_some() {
                        return differs;
                    }
                }
            }
        }
        None
    });
}

#[test]
fn mutated_logs_are_read() {
    let logs = reading::logs();
    let mutant = |rng: &mut Rng| {
        let unit = if rng.bool() { mutated::Unit::Token } else { mutated::Unit::Byte };
        mutated::mutant(rng, &logs, unit)
    };
    each("logs", 700, mutant, reading::wrong_with_logs);
}
