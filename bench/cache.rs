//! What the cache of lowered files costs, and what it saves.
//!
//! `cargo bench --bench cache -- DIR` prints, on two threads, how long it takes to read the files, to hash
//! those that are parsed, to parse and lower them, the same where nothing is kept yet, and to take all of it
//! from the cache; and how long the whole check takes without a cache, and with one. Below is from which
//! length on a file is read from the cache faster than it is parsed. A text is hashed once, so only the first
//! line that asks for its hash has that time. Each time is the median of five. The
//! cache is in the temporary directory.

#![forbid(unsafe_code)]
#![allow(clippy::print_stdout)] // it is a program of its own

use std::cell::Cell;
use std::hint::black_box;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use raft_lint::cache::Cache;
use raft_lint::discover::files::Disk;
use raft_lint::discover::{self, Discovered, Exclude, prefilter};
use raft_lint::lower::{self, STACK_BYTES};
use raft_lint::names::Names;
use raft_lint::pipeline::{self, Options};
use raft_lint::source::FileId;
use rayon::prelude::*;
use sha2::{Digest, Sha256};
use tempfile::TempDir;

const THREADS: usize = 2;
const ROUNDS: usize = 5;
/// Where the classes of lengths end.
const LENGTHS: [usize; 8] = [500, 1_000, 1_500, 2_000, 4_000, 10_000, 40_000, usize::MAX];

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1).filter(|argument| argument != "--bench");
    let tree = arguments.next().or_else(|| std::env::var_os("RAFT_LINT_BENCH_TREE"));
    let Some(tree) = tree.map(PathBuf::from) else {
        println!("give a directory: cargo bench --bench cache -- DIR");
        return ExitCode::SUCCESS;
    };
    let options =
        Options { paths: vec![tree], threads: THREADS, prefilter: true, ..Options::default() };
    let builder = rayon::ThreadPoolBuilder::new().num_threads(THREADS).stack_size(STACK_BYTES);
    let pool = builder.build().expect("there is memory for two stacks");
    match pool.install(|| measure(&options)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("raft-lint could not do its job: {error}");
            ExitCode::FAILURE
        }
    }
}

fn measure(options: &Options) -> Result<(), raft_lint::error::Error> {
    let read = || discover::discover(&Disk, options.paths(), &Exclude::default());
    let found = read()?;
    let wanted = wanted(&found);
    let bytes: usize = wanted.iter().map(|file| found.sources.file(*file).text.len()).sum();
    println!("{} files are parsed, {:.1} MB; {THREADS} threads", wanted.len(), bytes as f64 / 1e6);
    let caches = Caches::new();
    let lower = |files: &[FileId], cache: Option<&Cache>| {
        drop(black_box(lower::lower(&found.sources, files, Names::default(), cache)));
    };
    let check = |cache: Option<Cache>| {
        let options = Options { cache: cache.map(Arc::new), ..options.clone() };
        drop(black_box(pipeline::run(&options)));
    };
    line("to find and read all files", &|| drop(black_box(read())));
    line("to hash those that are parsed", &|| hash(&found, &wanted));
    line("to parse and lower", &|| lower(&wanted, None));
    line("the same, and keep it", &|| lower(&wanted, Some(&caches.empty())));
    let full = caches.empty();
    lower(&wanted, Some(&full));
    line("to take it from the cache", &|| lower(&wanted, Some(&full)));
    line("the check without a cache", &|| check(None));
    line("the first check with one", &|| check(Some(caches.empty())));
    let place = full.directory().to_owned();
    line("every other", &|| check(Some(Cache::new(place.clone()))));
    println!("files of             parsed   from the cache, each");
    let mut from = 0;
    for to in LENGTHS {
        let length = |file: &&FileId| found.sources.file(**file).text.len();
        let files: Vec<FileId> =
            wanted.iter().filter(|file| (from..to).contains(&length(file))).copied().collect();
        let each = |time: Duration| time.as_secs_f64() * 1e6 / files.len().max(1) as f64;
        let parsed = each(time(&|| lower(&files, None)));
        let kept = each(time(&|| lower(&files, Some(&full))));
        println!("{from:>6} bytes and more {parsed:7.0} us {kept:7.0} us ({} files)", files.len());
        from = to;
    }
    Ok(())
}

/// Directories for caches, which are removed at the end: what was removed just now makes some file systems slow.
struct Caches {
    directory: TempDir,
    made: Cell<usize>,
}

impl Caches {
    fn new() -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory can be made");
        Caches { directory, made: Cell::new(0) }
    }

    /// One without entries.
    fn empty(&self) -> Cache {
        self.made.set(self.made.get() + 1);
        Cache::new(self.directory.path().join(self.made.get().to_string()))
    }
}

/// The files that a check parses.
fn wanted(found: &Discovered) -> Vec<FileId> {
    let kept = prefilter::kept(found, &std::collections::BTreeSet::new());
    let files = (0..).map(FileId).zip(&found.packages);
    files.filter(|(_, package)| kept[package.0 as usize]).map(|(file, _)| file).collect()
}

fn hash(found: &Discovered, files: &[FileId]) {
    files.par_iter().for_each(|file| {
        black_box(Sha256::digest(found.sources.file(*file).text.as_bytes()));
    });
}

fn line(what: &str, run: &dyn Fn()) {
    println!("{what:<30}{:8.1} ms", time(run).as_secs_f64() * 1e3);
}

fn time(run: &dyn Fn()) -> Duration {
    let mut times: Vec<Duration> = Vec::new();
    for _ in 0..=ROUNDS {
        let started = Instant::now();
        run();
        times.push(started.elapsed());
    }
    let times = &mut times[1..]; // the first warms up
    times.sort_unstable();
    times[ROUNDS / 2]
}
