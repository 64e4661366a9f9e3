//! Other people's code: the files of every crate in cargo's cache of sources, with tests, examples and
//! whatever else the packages hold, none left out for want of Raft's words.
//!
//! Each file is checked by itself and timed, then each crate as a whole, and the binary is run on it. No panic, no
//! internal error, nothing slower than two seconds for each megabyte, and bounded memory. A plain test run
//! takes a part; `RAFT_LINT_SWEEP=all` takes everything and prints the figures:
//!
//! ```text
//! RAFT_LINT_SWEEP=all cargo test --test it sweep -- --nocapture
//! ```

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use raft_lint::lower::STACK_BYTES;
use raft_lint::outcome::{Outcome, ProblemKind};
use raft_lint::pipeline::{self, Options};

use crate::support::raft_lint;
use crate::tree::ended;

/// So many bytes are swept in a plain run.
const PART: u64 = 3_000_000;
/// Fewer crates are no sweep worth the name.
const ENOUGH: usize = 200;
/// What a file may take by itself, and for each megabyte.
const SECONDS: f64 = 2.0;
const SECONDS_PER_MEGABYTE: f64 = 2.0;
/// What the binary may take at its peak, for a crate of any size that there is, in MiB.
const PEAK: u64 = 700;
/// Of smaller files a time for each megabyte says nothing.
const MEASURED: usize = 20_000;

/// What came of a crate.
#[derive(Default)]
struct Swept {
    name: String,
    files: usize,
    bytes: u64,
    seconds: f64,
    /// Files that were not parsed, too deep, not UTF-8 and so on.
    problems: BTreeMap<&'static str, usize>,
    /// The slowest file in seconds for each megabyte.
    slowest: Option<(f64, PathBuf)>,
    /// The binary's exit code and its peak in MiB.
    code: Option<i32>,
    peak: u64,
    wrong: Vec<String>,
}

/// The sources of crates that cargo has unpacked.
fn crates() -> Vec<PathBuf> {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(std::env::home_dir()?.join(".cargo")));
    let Some(home) = home else { return Vec::new() };
    let entries = |dir: &Path| -> Vec<PathBuf> {
        let entries = std::fs::read_dir(dir).into_iter().flatten().flatten();
        entries.map(|entry| entry.path()).filter(|path| path.is_dir()).collect()
    };
    let mut crates: Vec<PathBuf> =
        entries(&home.join("registry/src")).iter().flat_map(|index| entries(index)).collect();
    crates.sort_by(|a, b| a.file_name().cmp(&b.file_name()));
    crates
}

/// All Rust files of a crate, with their lengths.
fn files(directory: &Path) -> Vec<(PathBuf, u64)> {
    let all = walkdir::WalkDir::new(directory).sort_by_file_name().into_iter().flatten();
    let files = all.filter(|entry| entry.file_type().is_file());
    let rust = files.filter(|entry| entry.path().extension().is_some_and(|e| e == "rs"));
    rust.filter_map(|entry| Some((entry.path().to_owned(), entry.metadata().ok()?.len()))).collect()
}

fn sweep(directory: &Path, pool: &rayon::ThreadPool) -> Swept {
    let name = directory.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let mut swept = Swept { name, ..Swept::default() };
    let files = files(directory);
    let started = Instant::now();
    let options = Options { prefilter: false, threads: 1, ..Options::default() };
    for (path, _) in &files {
        let Ok(text) = std::fs::read(path) else { continue };
        let started = Instant::now();
        let (outcome, _) = pool.install(|| pipeline::run_text(&text, &options));
        let seconds = started.elapsed().as_secs_f64();
        swept.files += 1;
        swept.bytes += text.len() as u64;
        swept.looked_at(&outcome, path);
        let megabytes = text.len() as f64 / 1e6;
        if seconds > SECONDS + SECONDS_PER_MEGABYTE * megabytes {
            swept.wrong.push(format!("{}: {seconds:.1} s for {megabytes:.2} MB", path.display()));
        }
        let speed = seconds / megabytes;
        let is_slowest = swept.slowest.as_ref().is_none_or(|(slowest, _)| speed > *slowest);
        if text.len() >= MEASURED && is_slowest {
            swept.slowest = Some((speed, path.clone()));
        }
    }
    swept.seconds = started.elapsed().as_secs_f64();
    // Together, as one package; named files are left out for no reason.
    let paths: Vec<PathBuf> = files.into_iter().map(|(path, _)| path).collect();
    if !paths.is_empty() {
        match pipeline::run(&Options { paths, ..options }) {
            Ok((outcome, _)) => swept.no_bug(&outcome, directory),
            Err(error) => swept.wrong.push(error.to_string()),
        }
    }
    let mut command = raft_lint();
    let ended =
        ended(command.args(["check", "--no-config", "--stats", "--format", "json"]).arg(directory));
    let peak = ended.err.lines().find_map(|line| line.strip_prefix("peak memory"));
    let peak = peak.and_then(|peak| peak.trim().strip_suffix("MiB")?.trim().parse().ok());
    (swept.code, swept.peak) = (ended.code, peak.unwrap_or(0));
    if !matches!(ended.code, Some(0..=2)) || ended.err.contains("internal error") {
        swept.wrong.push(format!("ends with {:?}: {}", ended.code, ended.err));
    }
    if swept.peak > PEAK {
        swept.wrong.push(format!("takes {} MiB", swept.peak));
    }
    swept
}

impl Swept {
    fn looked_at(&mut self, outcome: &Outcome, path: &Path) {
        self.no_bug(outcome, path);
        for problem in &outcome.problems {
            *self.problems.entry(problem.kind.id()).or_default() += 1;
        }
    }

    fn no_bug(&mut self, outcome: &Outcome, path: &Path) {
        let bugs = outcome.problems.iter().filter(|p| p.kind == ProblemKind::Internal);
        self.wrong.extend(bugs.map(|bug| format!("{}: {}", path.display(), bug.said())));
    }
}

#[test]
fn crates_of_other_people_are_survived() {
    let all = std::env::var_os("RAFT_LINT_SWEEP").is_some_and(|value| value == "all");
    let mut crates = crates();
    let found = crates.len();
    if !all {
        crates = part(crates);
    }
    if found < ENOUGH {
        say(&format!(
            "only {found} crates are in cargo's cache, not {ENOUGH}: a build of this repository fetches them"
        ));
        assert!(!all, "a whole sweep takes {ENOUGH} crates, and there are {found}");
    }
    let swept = swept(&crates);
    report(&swept);
    let wrong: Vec<String> =
        swept.iter().flat_map(|s| s.wrong.iter().map(|w| format!("{}: {w}", s.name))).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Sweeps crates on threads of their own: one that waits for rayon would begin with another crate, and measure both.
fn swept(crates: &[PathBuf]) -> Vec<Swept> {
    let next = AtomicUsize::new(0);
    let work = || {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(1).stack_size(STACK_BYTES);
        let pool = pool.build().expect("a thread can be made");
        let mut swept = Vec::new();
        while let Some(directory) = crates.get(next.fetch_add(1, Ordering::Relaxed)) {
            swept.push(sweep(directory, &pool));
        }
        swept
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let mut all: Vec<Swept> = std::thread::scope(|scope| {
        let working: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        working.into_iter().flat_map(|thread| thread.join().expect("a sweep ends")).collect()
    });
    all.sort_by(|a, b| a.name.cmp(&b.name));
    all
}

/// Crates from everywhere in the alphabet, up to so many bytes.
fn part(crates: Vec<PathBuf>) -> Vec<PathBuf> {
    let (mut bytes, mut taken) = (0, Vec::new());
    for step in [7, 3, 1] {
        for directory in crates.iter().step_by(step) {
            if !taken.contains(directory) && bytes < PART {
                let length: u64 = files(directory).iter().map(|(_, length)| length).sum();
                if bytes + length <= PART {
                    bytes += length;
                    taken.push(directory.clone());
                }
            }
        }
    }
    taken
}

/// Standard error itself: what `eprintln!` writes is only shown when a test fails.
fn say(text: &str) {
    let _ = std::io::stderr().write_all(format!("sweep: {text}\n").as_bytes());
}

fn report(swept: &[Swept]) {
    let (files, bytes): (usize, u64) =
        swept.iter().fold((0, 0), |(f, b), s| (f + s.files, b + s.bytes));
    let seconds: f64 = swept.iter().map(|s| s.seconds).sum();
    say(&format!(
        "{} crates, {files} files, {:.1} MB: {seconds:.1} s of one thread, {:.2} s for each MB",
        swept.len(),
        bytes as f64 / 1e6,
        seconds / (bytes as f64 / 1e6)
    ));
    let slowest =
        swept.iter().filter_map(|s| s.slowest.as_ref()).max_by(|a, b| a.0.total_cmp(&b.0));
    if let Some((speed, path)) = slowest {
        let name: PathBuf = path.iter().skip_while(|part| *part != "src").skip(2).collect();
        say(&format!(
            "slowest file of {MEASURED} bytes or more: {speed:.2} s for each MB, {}",
            name.display()
        ));
    }
    if let Some(most) = swept.iter().max_by_key(|s| s.peak) {
        say(&format!("most memory of the binary: {} MiB, {}", most.peak, most.name));
    }
    let mut codes: BTreeMap<Option<i32>, usize> = BTreeMap::new();
    let mut problems: BTreeMap<&str, usize> = BTreeMap::new();
    for one in swept {
        *codes.entry(one.code).or_default() += 1;
        for (kind, count) in &one.problems {
            *problems.entry(kind).or_default() += count;
        }
    }
    let codes: Vec<String> = codes
        .iter()
        .map(|(code, count)| {
            format!("{} for {count}", code.map_or("killed".to_owned(), |c| c.to_string()))
        })
        .collect();
    say(&format!("exit codes: {}", codes.join(", ")));
    say(&format!("files that were not read or parsed: {problems:?}"));
}
