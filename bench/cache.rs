//! Whether a cache of lowered files would pay.
//!
//! `cargo bench --bench cache -- DIR` prints, on two threads, how long it takes to read the files, to hash
//! them, to parse and lower them, and to copy what lowering gives, and how long the whole check takes. A
//! cache has to hash every file and to build what lowering gives out of its bytes, which is no less than to
//! copy it: what it could save is no more than the one less the other two. Each time is the median of five.

#![forbid(unsafe_code)]
#![allow(clippy::print_stdout)] // it is a program of its own

use std::hint::black_box;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use raft_lint::discover::files::Disk;
use raft_lint::discover::{self, Discovered, Exclude, prefilter};
use raft_lint::ir::FileIr;
use raft_lint::lower::{self, STACK_BYTES};
use raft_lint::names::Names;
use raft_lint::pipeline::{self, Options};
use raft_lint::source::FileId;
use rayon::prelude::*;
use sha2::{Digest, Sha256};

const THREADS: usize = 2;
const ROUNDS: usize = 5;

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
    let lower = || lower::lower(&found.sources, &wanted, Names::default(), None);
    let (files, ..) = lower();
    let bytes: usize = wanted.iter().map(|file| found.sources.file(*file).text.len()).sum();
    println!("{} files are parsed, {:.1} MB; {THREADS} threads", wanted.len(), bytes as f64 / 1e6);
    let [read, hash, lowered, copied, whole] = [
        time(&|| drop(black_box(read()))),
        time(&|| hash(&found)),
        time(&|| drop(black_box(lower()))),
        time(&|| copy(&files)),
        time(&|| drop(black_box(pipeline::run(options)))),
    ];
    let milliseconds = |time: Duration| time.as_secs_f64() * 1e3;
    let saved = milliseconds(lowered) - milliseconds(copied) - milliseconds(hash);
    let share = 100.0 * saved.max(0.0) / milliseconds(whole);
    println!("to find and read all files    {:8.1} ms", milliseconds(read));
    println!("to hash them (SHA-256)        {:8.1} ms", milliseconds(hash));
    println!("to parse and lower            {:8.1} ms", milliseconds(lowered));
    println!("to copy what that gives       {:8.1} ms", milliseconds(copied));
    println!("the whole check               {:8.1} ms", milliseconds(whole));
    println!("a cache saves at most         {saved:8.1} ms, {share:.0} % of the check");
    Ok(())
}

/// The files that a check parses.
fn wanted(found: &Discovered) -> Vec<FileId> {
    let kept = prefilter::kept(found, &std::collections::BTreeSet::new());
    let files = (0..).map(FileId).zip(&found.packages);
    files.filter(|(_, package)| kept[package.0 as usize]).map(|(file, _)| file).collect()
}

fn hash(found: &Discovered) {
    found.sources.files.par_iter().for_each(|file| {
        black_box(Sha256::digest(file.text.as_bytes()));
    });
}

fn copy(files: &[Option<Arc<FileIr>>]) {
    let copies: Vec<Option<FileIr>> =
        files.par_iter().map(|file| file.as_deref().cloned()).collect();
    drop(black_box(copies));
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
