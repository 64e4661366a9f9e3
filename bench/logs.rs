//! How fast and in how much memory `raft-lint logs` reads, beside tools that only look for a word.
//!
//! `cargo bench --bench logs -- [MEGABYTES]` writes logs of that size (1024, if nothing is said) into the directory for
//! temporary files, and prints for each, in one run: megabytes a second of `raft-lint logs`, of `grep -c` and of `rg -c` for
//! a word that stands in its rejections, and the peak memory of `raft-lint logs` on a tenth of the log and on the whole.
//! Each time is the median of five, taken in turn, after one round to warm the cache. User and system time count, so a second
//! thread gains nothing.

#![forbid(unsafe_code)]
#![allow(clippy::print_stdout, clippy::print_stderr)] // it is a program of its own

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::Instant;

const ROUNDS: usize = 5;
/// Tells this program to be the process whose memory is measured.
const MEASURED: &str = "--measured-logs";
/// What stands in each rejection, and is looked for by the others.
const WORD: &str = "rejected MsgApp";

/// A kind of log.
struct Kind {
    name: &'static str,
    about: &'static str,
    /// Writes line `number`.
    line: fn(&mut dyn Write, u64) -> io::Result<()>,
}

const KINDS: [Kind; 3] = [
    Kind { name: "service", about: "one line in 50 is a rejection, text", line: service },
    Kind { name: "json", about: "one line in 10 is a rejection, zap's JSON", line: json },
    Kind { name: "dense", about: "each line is a rejection, text", line: dense },
];

fn main() -> ExitCode {
    let arguments: Vec<OsString> =
        std::env::args_os().skip(1).filter(|argument| argument != "--bench").collect();
    if arguments.first().is_some_and(|argument| argument == MEASURED) {
        return measured(&arguments[1..]);
    }
    let megabytes = arguments.first().and_then(|text| text.to_str()?.parse().ok()).unwrap_or(1024);
    let directory = std::env::temp_dir().join(format!("raft-lint-logs-{}", std::process::id()));
    let result = std::fs::create_dir(&directory).and_then(|()| compare(&directory, megabytes));
    let removed = std::fs::remove_dir_all(&directory);
    match result.and(removed) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("could not be measured: {error}");
            ExitCode::FAILURE
        }
    }
}

fn compare(directory: &Path, megabytes: u64) -> io::Result<()> {
    println!("MB of user and system time a second, median of {ROUNDS}; {megabytes} MB each");
    for kind in KINDS {
        let whole = directory.join(kind.name).with_extension("log");
        let tenth = directory.join(kind.name).with_extension("tenth.log");
        write(&whole, megabytes, kind.line)?;
        write(&tenth, megabytes / 10, kind.line)?;
        let size = std::fs::metadata(&whole)?.len() as f64 / 1e6;
        let tools: [(&str, Vec<OsString>); 3] = [
            (
                env!("CARGO_BIN_EXE_raft-lint"),
                arguments(&["logs", "--no-config", "--format", "json"], &whole),
            ),
            ("grep", arguments(&["-c", WORD], &whole)),
            ("rg", arguments(&["-j1", "-c", WORD], &whole)),
        ];
        let mut times = [const { Vec::new() }; 3];
        for round in 0..=ROUNDS {
            for ((tool, arguments), times) in tools.iter().zip(&mut times) {
                let time = seconds(tool, arguments, &directory.join("output"))?;
                if round > 0 {
                    times.push(time);
                }
            }
        }
        let rates = times.map(|times| median(times).map(|time| (size / time.0, size / time.1)));
        println!("{} ({}):", kind.name, kind.about);
        for (tool, rate) in ["raft-lint logs", "grep -c", "rg -c"].iter().zip(rates) {
            match rate {
                Some((cpu, wall)) => println!(
                    "  {tool:<15} {cpu:8.0} MB/s of processor time, {wall:8.0} MB/s by the clock"
                ),
                None => println!("  {tool:<15} not installed"),
            }
        }
        let peaks = [&tenth, &whole].map(|log| peak_kib(log));
        if let [Some(tenth), Some(whole)] = peaks {
            println!(
                "  peak memory     {:8.1} MiB on a tenth of it, {:.1} MiB on the whole",
                tenth as f64 / 1024.0,
                whole as f64 / 1024.0
            );
        }
        std::fs::remove_file(&whole)?;
        std::fs::remove_file(&tenth)?;
    }
    Ok(())
}

fn arguments(options: &[&str], log: &Path) -> Vec<OsString> {
    options.iter().map(OsString::from).chain([log.into()]).collect()
}

fn write(
    path: &PathBuf,
    megabytes: u64,
    line: fn(&mut dyn Write, u64) -> io::Result<()>,
) -> io::Result<()> {
    let mut out = Counted { out: BufWriter::new(File::create(path)?), bytes: 0 };
    let mut number = 0;
    while out.bytes < megabytes * 1_000_000 {
        line(&mut out, number)?;
        number += 1;
    }
    out.out.flush()
}

struct Counted {
    out: BufWriter<File>,
    bytes: u64,
}

impl Write for Counted {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.bytes += bytes.len() as u64;
        self.out.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// `03:04:05.678901`, a millisecond further with each line.
fn time(number: u64) -> String {
    let (seconds, milliseconds) = (number / 1000, number % 1000);
    let (hours, minutes) = (seconds / 3600 % 24, seconds / 60 % 60);
    format!("{hours:02}:{minutes:02}:{:02}.{milliseconds:03}901", seconds % 60)
}

/// A rejection on a long way down through old terms.
fn rejection(number: u64) -> String {
    let index = 400_000_000 - number % 400_000_000;
    let term = 11 - number % 400_000_000 / 50_000_000;
    format!(
        "4 [logterm: {term}, index: {index}] rejected MsgApp [logterm: 12, index: {index}] from 1"
    )
}

fn service(out: &mut dyn Write, number: u64) -> io::Result<()> {
    let time = time(number);
    if number.is_multiple_of(50) {
        return writeln!(out, "2026/01/02 {time} DEBUG: raft: {}", rejection(number / 50));
    }
    let (user, took) = (number.wrapping_mul(2_654_435_761) % 1_000_003, number % 977);
    writeln!(
        out,
        "2026/01/02 {time} INFO: http: GET /v1/accounts/{user}/orders?page=2 status=200 bytes={} took={took}ms request=7f{user:06x}{took:04x} \
         agent=\"client/2.1 (linux)\"",
        user % 9000
    )
}

fn json(out: &mut dyn Write, number: u64) -> io::Result<()> {
    let time = time(number);
    let message = if number.is_multiple_of(10) {
        rejection(number / 10)
    } else {
        format!(
            "applied request {} in {} µs",
            number.wrapping_mul(2_654_435_761) % 1_000_003,
            number % 977
        )
    };
    writeln!(
        out,
        "{{\"level\":\"debug\",\"ts\":\"2026-01-02T{time}Z\",\"logger\":\"raft\",\"caller\":\"etcdserver/zap_raft.go:77\",\"msg\":\"{message}\"}}"
    )
}

fn dense(out: &mut dyn Write, number: u64) -> io::Result<()> {
    writeln!(out, "raft2026/01/02 {} DEBUG: {}", time(number), rejection(number))
}

/// Processor time and the clock's time of a run; nothing if there is no such tool. What it says goes to a file: GNU grep
/// stops at the first match where its output is `/dev/null`.
fn seconds(tool: &str, arguments: &[OsString], output: &Path) -> io::Result<Option<(f64, f64)>> {
    let mut command = Command::new("sh");
    command.arg("-c").arg("\"$@\"; times >&2").arg("sh").arg(tool).args(arguments);
    let started = Instant::now();
    let output = command.stdout(File::create(output)?).stderr(Stdio::piped()).output()?;
    let clock = started.elapsed().as_secs_f64();
    let said = String::from_utf8_lossy(&output.stderr);
    if said.contains("not found") {
        return Ok(None);
    }
    // The second line of `times` is that of the children: `0m1.234s 0m0.120s`.
    let children = said.lines().last().unwrap_or_default();
    let spent = children.split_whitespace().filter_map(|part| {
        let (minutes, seconds) = part.strip_suffix('s')?.split_once('m')?;
        Some(minutes.parse::<f64>().ok()? * 60.0 + seconds.parse::<f64>().ok()?)
    });
    Ok(Some((spent.sum::<f64>().max(0.001), clock)))
}

fn median(times: Vec<Option<(f64, f64)>>) -> Option<(f64, f64)> {
    let mut times = times.into_iter().collect::<Option<Vec<_>>>()?;
    times.sort_by(|a, b| a.0.total_cmp(&b.0));
    times.get(times.len() / 2).copied()
}

/// Starts this program again as the process that is measured.
fn peak_kib(log: &Path) -> Option<u64> {
    let mut command = Command::new(std::env::current_exe().ok()?);
    let output = command.arg(MEASURED).arg(log).stdout(Stdio::null()).output().ok()?;
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    text.lines().rev().find_map(|line| line.strip_prefix("peak ")?.parse().ok())
}

/// Runs what `raft-lint logs` runs, and says what the most memory was.
fn measured(log: &[OsString]) -> ExitCode {
    let fixed = ["raft-lint", "logs", "--no-config", "--format", "json"];
    let exit =
        raft_lint::commands::main(fixed.iter().map(OsString::from).chain(log.iter().cloned()));
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    if let Some(kib) = peak.and_then(|rest| rest.split_whitespace().next()) {
        eprintln!("peak {kib}");
    }
    exit
}
