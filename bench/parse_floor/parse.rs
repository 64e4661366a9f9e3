//! Merely reading and parsing every file of a tree, with the threads, stacks and allocator of raft-lint.
//!
//! Takes the files; gives what syn got to see, and how long that took.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

pub(super) const THREADS: usize = 2;
/// As big as the stacks on which raft-lint parses.
pub(super) const STACK_BYTES: usize = 256 << 20;
/// Nesting that no stack can be promised for; raft-lint refuses it, too.
const MAX_DEPTH: usize = 500;

// With the system's allocator parsing takes longer, and the comparison would flatter.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Every `.rs` file; hidden directories and Cargo's build directory are not part of a tree.
pub(super) fn rust_files(tree: &Path) -> Vec<PathBuf> {
    let wanted = |entry: &walkdir::DirEntry| {
        let name = entry.file_name().to_string_lossy();
        entry.depth() == 0 || !(name.starts_with('.') || name == "target" && is_build_dir(entry))
    };
    let walk = walkdir::WalkDir::new(tree).sort_by_file_name().into_iter().filter_entry(wanted);
    let files = walk.flatten().filter(|entry| entry.file_type().is_file());
    let paths = files.map(walkdir::DirEntry::into_path);
    paths.filter(|path| path.extension().is_some_and(|e| e == "rs")).collect()
}

fn is_build_dir(entry: &walkdir::DirEntry) -> bool {
    entry.path().with_file_name("Cargo.toml").is_file()
        || entry.path().join("CACHEDIR.TAG").exists()
}

/// What syn got to see.
#[derive(Clone, Copy, Default)]
pub(super) struct Parsed {
    pub(super) files: usize,
    pub(super) bytes: usize,
    pub(super) refused: usize,
}

/// Reads and parses every file on two big stacks. Files that syn refuses count with their time.
pub(super) fn parse_all(files: &[PathBuf]) -> (Duration, Parsed) {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut own = Parsed::default();
        while let Some(path) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
            own.files += 1;
            let Ok(text) = std::fs::read_to_string(path) else {
                own.refused += 1;
                continue;
            };
            own.bytes += text.len();
            let parsed = is_shallow(&text) && syn::parse_file(&text).is_ok();
            own.refused += usize::from(!parsed);
            // Positions are 32 bits wide and add up per thread.
            proc_macro2::extra::invalidate_current_thread_spans();
        }
        own
    };
    let started = Instant::now();
    let parts: Vec<Parsed> = std::thread::scope(|scope| {
        let spawn = |_| {
            let builder = std::thread::Builder::new().stack_size(STACK_BYTES);
            builder.spawn_scoped(scope, work).expect("there is memory for two stacks")
        };
        let threads: Vec<_> = (0..THREADS).map(spawn).collect();
        threads.into_iter().map(|thread| thread.join().expect("syn does not panic")).collect()
    });
    let time = started.elapsed();
    let sum = |field: fn(&Parsed) -> usize| parts.iter().map(field).sum();
    let parsed =
        Parsed { files: sum(|p| p.files), bytes: sum(|p| p.bytes), refused: sum(|p| p.refused) };
    (time, parsed)
}

/// Brackets in strings count, too: it is only about not to die.
fn is_shallow(text: &str) -> bool {
    let mut depth = 0_usize;
    for byte in text.bytes() {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > MAX_DEPTH {
            return false;
        }
    }
    true
}
