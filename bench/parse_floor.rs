//! How far a whole run is from the least that any such tool has to do: parse every file.
//!
//! `cargo bench --bench parse_floor -- DIR` (or `RAFT_LINT_BENCH_TREE=DIR cargo bench`) prints, in
//! one run and with the same number of threads, the time in which syn merely reads and parses every
//! `.rs` file of the tree, the time of `raft-lint check` on it, their ratio, and the peak memory of
//! the check. Each time is the median of five, taken in turn, after one round to warm the cache.

#![forbid(unsafe_code)]
#![allow(clippy::print_stdout, clippy::print_stderr)] // it is a program of its own

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

#[path = "parse_floor/parse.rs"]
mod parse;

use parse::{Parsed, THREADS, parse_all, rust_files};

const _: () = assert!(parse::STACK_BYTES == raft_lint::lower::STACK_BYTES, "the same stacks");

const ROUNDS: usize = 5;
/// Tells this program to be the process whose memory is measured.
const MEASURED: &str = "--measured-check";

fn main() -> ExitCode {
    let arguments: Vec<OsString> =
        std::env::args_os().skip(1).filter(|argument| argument != "--bench").collect();
    if arguments.first().is_some_and(|argument| argument == MEASURED) {
        return measured(&arguments[1..]);
    }
    let tree = arguments.first().cloned().or_else(|| std::env::var_os("RAFT_LINT_BENCH_TREE"));
    let Some(tree) = tree.map(PathBuf::from) else {
        println!("give a directory: cargo bench --bench parse_floor -- DIR");
        return ExitCode::SUCCESS;
    };
    let tree = match tree.canonicalize() {
        Ok(tree) => tree,
        Err(error) => {
            println!("can't open {}: {error}", tree.display());
            return ExitCode::FAILURE;
        }
    };
    compare(&tree)
}

fn compare(tree: &Path) -> ExitCode {
    let files = rust_files(tree);
    let mut floor = Vec::new();
    let mut lint = Vec::new();
    let mut everything = Vec::new();
    let mut parsed = Parsed::default();
    for round in 0..=ROUNDS {
        let (time, result) = parse_all(&files);
        let checks = check(tree, &[]).and_then(|a| Ok((a, check(tree, &["--no-prefilter"])?)));
        let (with, without) = match checks {
            Ok(times) => times,
            Err(error) => {
                println!("raft-lint could not do its job: {error}");
                return ExitCode::FAILURE;
            }
        };
        parsed = result;
        if round > 0 {
            floor.push(time);
            lint.push(with);
            everything.push(without);
        }
    }
    let (floor, lint, everything) = (median(floor), median(lint), median(everything));
    let ratio = |time: Duration| time.as_secs_f64() / floor.as_secs_f64();
    let Parsed { files, bytes, refused } = parsed;
    let megabytes = bytes as f64 / 1e6;
    println!("tree: {files} .rs files, {megabytes:.1} MB, {refused} of them not parsed by syn");
    println!("threads: {THREADS}; each time is the median of {ROUNDS}");
    println!("syn merely parses every file:     {:7.3} s", floor.as_secs_f64());
    println!(
        "raft-lint check:                  {:7.3} s, {:.2} x",
        lint.as_secs_f64(),
        ratio(lint)
    );
    let (time, times) = (everything.as_secs_f64(), ratio(everything));
    println!("raft-lint check --no-prefilter:   {time:7.3} s, {times:.2} x");
    match peak_kib(tree) {
        Some(kib) => println!("raft-lint check, peak memory:     {:7.1} MiB", kib as f64 / 1024.0),
        None => println!("raft-lint check, peak memory:     unknown on this system"),
    }
    ExitCode::SUCCESS
}

/// A whole run of the program, from its start to its end.
fn check(tree: &Path, options: &[&str]) -> Result<Duration, String> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_raft-lint"));
    command.args(["check", "--no-cache", "--format", "json", "--threads", &THREADS.to_string()]);
    command.args(options).arg(tree).stdout(Stdio::null()).stderr(Stdio::piped());
    let started = Instant::now();
    let output = command.output().map_err(|error| error.to_string())?;
    let time = started.elapsed();
    match output.status.code() {
        Some(0 | 1) => Ok(time),
        // Something is not decided.
        Some(2) if output.stderr.is_empty() => Ok(time),
        _ => Err(String::from_utf8_lossy(&output.stderr).into_owned()),
    }
}

/// Starts this program again as the process that is measured.
fn peak_kib(tree: &Path) -> Option<u64> {
    let mut command = Command::new(std::env::current_exe().ok()?);
    let output = command.arg(MEASURED).arg(tree).stdout(Stdio::null()).output().ok()?;
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    text.lines().rev().find_map(|line| line.strip_prefix("peak ")?.parse().ok())
}

/// Runs what `raft-lint check` runs, and says what the most memory was.
fn measured(tree: &[OsString]) -> ExitCode {
    let threads = THREADS.to_string();
    let fixed = ["raft-lint", "check", "--format", "json", "--threads", &threads];
    let arguments = fixed.iter().map(OsString::from).chain(tree.iter().cloned());
    let exit = raft_lint::commands::main(arguments);
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    if let Some(kib) = peak.and_then(|rest| rest.split_whitespace().next()) {
        eprintln!("peak {kib}");
    }
    exit
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}
