//! How long an editor waits after an edit: the time from a changed text to its findings.
//!
//! `cargo bench --bench editing -- DIR [ROUNDS]` (or `RAFT_LINT_BENCH_TREE=DIR cargo bench`) opens the tree as an
//! editor does, makes edits of several kinds in memory, and prints for each kind the least, median,
//! 95th percentile and greatest time, in the library and through the language server. Nothing is
//! written to the tree.

#![forbid(unsafe_code)]
#![allow(clippy::print_stdout)] // it is a program of its own

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use raft_lint::error::Error;
use raft_lint::levels::Levels;
use raft_lint::pipeline::Options;
use raft_lint::workspace::{Analysed, Workspace};

#[path = "editing/edits.rs"]
mod edits;
#[path = "editing/server.rs"]
mod server;

use edits::{Edit, Kind};

/// Each edit is made and taken back.
const ROUNDS: usize = 30;

fn main() -> ExitCode {
    let arguments: Vec<OsString> =
        std::env::args_os().skip(1).filter(|argument| argument != "--bench").collect();
    let tree = arguments.first().cloned().or_else(|| std::env::var_os("RAFT_LINT_BENCH_TREE"));
    let Some(tree) = tree.map(PathBuf::from) else {
        println!("give a directory: cargo bench --bench editing -- DIR [ROUNDS]");
        return ExitCode::SUCCESS;
    };
    let rounds = arguments.get(1).and_then(|text| text.to_str()?.parse().ok()).unwrap_or(ROUNDS);
    match measure(&tree, rounds) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn measure(tree: &Path, rounds: usize) -> Result<(), String> {
    let tree = tree.canonicalize().map_err(|e| format!("can't open {}: {e}", tree.display()))?;
    let started = Instant::now();
    let mut workspace = open(&tree)?;
    let first = analyse(&mut workspace)?;
    let time = started.elapsed();
    let outcome = &first.outcome;
    println!(
        "tree: {} files, {} lines; {} parsed, {} handlers, {} obligations, {} findings",
        outcome.files,
        lines(&first),
        outcome.parsed,
        outcome.handlers.len(),
        outcome.obligations.len(),
        first.findings.len()
    );
    println!("threads: {}; opening took {:.3} s", threads(), time.as_secs_f64());
    let edits = edits::of(&first, rounds);
    println!("\nin the library, milliseconds");
    table(&edits, |edit| in_library(&mut workspace, edit))?;
    drop(workspace);
    println!("\nfrom didChange to publishDiagnostics, milliseconds");
    let mut server = server::Server::open(&tree);
    table(&edits, |edit| server.times(edit))
}

/// Prints a line for each kind of edit.
fn table(
    edits: &[Edit],
    mut time: impl FnMut(&Edit) -> Result<[Duration; 2], String>,
) -> Result<(), String> {
    println!("{:<42} {:>5} {:>8} {:>8} {:>8} {:>8}", "", "edits", "min", "median", "p95", "max");
    for kind in Kind::ALL {
        let mut times = Vec::new();
        for edit in edits.iter().filter(|edit| edit.kind == kind) {
            times.extend(time(edit)?);
        }
        times.sort();
        let Some(last) = times.len().checked_sub(1) else {
            println!("{:<42} {:>5}", kind.title(), "none");
            continue;
        };
        let at = |share: f64| times[(last as f64 * share).round() as usize].as_secs_f64() * 1e3;
        let (min, median, p95, max) = (at(0.0), at(0.5), at(0.95), at(1.0));
        let (title, count) = (kind.title(), times.len());
        println!("{title:<42} {count:>5} {min:>8.1} {median:>8.1} {p95:>8.1} {max:>8.1}");
    }
    Ok(())
}

/// The time of an edit, and of taking it back.
fn in_library(workspace: &mut Workspace, edit: &Edit) -> Result<[Duration; 2], String> {
    let mut times = [Duration::ZERO; 2];
    for (text, time) in [&edit.after, &edit.before].into_iter().zip(&mut times) {
        let started = Instant::now();
        workspace.set_text(&edit.path, Arc::clone(text));
        analyse(workspace)?;
        *time = started.elapsed();
    }
    workspace.close_text(&edit.path);
    Ok(times)
}

fn open(tree: &Path) -> Result<Workspace, String> {
    opened(tree).map_err(|error| error.to_string())
}

fn opened(tree: &Path) -> Result<Workspace, Error> {
    let paths = vec![tree.to_path_buf()];
    let options = Options { paths, threads: threads(), prefilter: true, ..Options::default() };
    Workspace::open(options, Levels::default())
}

fn analyse(workspace: &mut Workspace) -> Result<Arc<Analysed>, String> {
    workspace.analyse().map_err(|error| error.to_string())
}

fn threads() -> usize {
    std::thread::available_parallelism().map_or(2, usize::from)
}

/// Of files that were not parsed the text is not kept.
fn lines(analysed: &Analysed) -> usize {
    let files = analysed.sources.files.iter();
    files.map(|file| edits::text(file).map_or(0, |text| text.lines().count())).sum()
}
