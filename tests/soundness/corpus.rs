//! The programs that are tried: fixtures, and published crates.

use std::path::PathBuf;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::registry;
use crate::support::{self, Kind};

/// A program.
#[derive(Clone)]
pub(crate) struct Program {
    /// `append_prev_check/accept/case`, or `raft 0.7.0`.
    pub(crate) name: String,
    /// Absolute.
    pub(crate) path: PathBuf,
}

/// A program of more bytes has too many names to take away one by one.
const MAX_BYTES: u64 = 500_000;

impl Program {
    /// Whether its names can be taken away one by one in reasonable time.
    pub(crate) fn is_small(&self) -> bool {
        let files = walkdir::WalkDir::new(&self.path).into_iter().flatten();
        let rust = files.filter(|file| file.path().extension().is_some_and(|e| e == "rs"));
        rust.filter_map(|file| Some(file.metadata().ok()?.len())).sum::<u64>() <= MAX_BYTES
    }
}

/// The fixtures of a kind.
pub(crate) fn fixtures(kind: Kind) -> Vec<Program> {
    let all = support::fixtures().into_iter().filter(|fixture| fixture.kind == kind);
    let program =
        |f: support::Fixture| Program { name: f.name(), path: support::root().join(&f.path) };
    all.map(program).collect()
}

/// The published crates of `tests/registry`, or why they could not be obtained.
pub(crate) fn published() -> Result<Vec<Program>, String> {
    let packages = registry::packages()?;
    Ok(packages.into_iter().map(|(name, path)| Program { name, path }).collect())
}

/// Does the work for each program on all processors; results come in the order of the programs.
///
/// A thread of rayon's takes up the next program while it waits for a workspace's own threads, one on
/// top of the other; these do not.
pub(crate) fn in_parallel<R: Send + Sync>(
    programs: &[Program],
    work: impl Fn(&Program) -> R + Sync,
) -> Vec<R> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let next = AtomicUsize::new(0);
    let results: Vec<OnceLock<R>> = programs.iter().map(|_| OnceLock::new()).collect();
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    let Some(program) = programs.get(number) else { return };
                    let _ = results[number].set(work(program));
                }
            });
        }
    });
    results.into_iter().map(|cell| cell.into_inner().expect("each was worked on")).collect()
}
