//! What keeps the cache small: what was not used for long is removed, and the oldest where there is too much.
//!
//! Takes a directory and a time; removes files that have names of entries, and directories that have names
//! of builds, once they are empty. Everything else there stays as it is. It looks once a day.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::store::{FOUND, PACK, PACKS, UNFINISHED};

/// The file that says when it was looked at last.
pub const STAMP: &str = "swept";

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// How much may stay.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// What was not used for longer is removed.
    pub unused: Duration,
    /// All entries together have no more bytes; if they have, the oldest go until it is three quarters.
    pub bytes: u64,
    /// And they are in no more files than these.
    pub entries: usize,
}

/// The limits of a user's cache; docs/budgets.md says so.
pub const LIMITS: Limits =
    Limits { unused: Duration::from_secs(14 * 24 * 60 * 60), bytes: 512 << 20, entries: 100_000 };

/// No more names than these are looked at in one day.
const MAX_NAMES: usize = 1_000_000;

/// An entry, a pack, or a file that was never finished.
struct Old {
    age: Duration,
    bytes: u64,
    path: PathBuf,
}

/// Removes what is too old or too much, if this was not done today.
pub(super) fn daily(directory: &Path) {
    let stamp = directory.join(STAMP);
    let now = SystemTime::now();
    let Ok(metadata) = stamp.symlink_metadata() else {
        // A directory that has nothing of ours is no business of ours.
        if directory.join(name_of_build(super::entry::build())).is_dir() {
            let _ = fs::File::create_new(&stamp);
        }
        return;
    };
    let is_due = metadata.is_file() && metadata.modified().is_ok_and(|at| age(at, now) >= DAY);
    let mark = || fs::File::options().write(true).open(&stamp)?.set_modified(now);
    // Whoever marks it first does it; where it can't be marked it would be done each time.
    if is_due && mark().is_ok() {
        sweep(directory, now, LIMITS);
    }
}

/// Removes what is too old or too much.
pub fn sweep(directory: &Path, now: SystemTime, limits: Limits) {
    let builds = names(directory).filter(|path| is_build(path));
    let builds: Vec<PathBuf> = builds.collect();
    let mut left: Vec<Old> = Vec::new();
    let inner = builds.iter().flat_map(|build| [build.join(PACKS), build.join(FOUND)]);
    let inner: Vec<PathBuf> = inner.filter(|path| is_directory(path)).collect();
    let directories = inner.iter().chain(&builds);
    for path in directories.flat_map(|directory| names(directory)).take(MAX_NAMES) {
        let Some(limit) = limit(&path, limits) else { continue };
        let Ok(metadata) = path.symlink_metadata() else { continue };
        let Ok(modified) = metadata.modified() else { continue };
        let old = Old { age: age(modified, now), bytes: metadata.len(), path };
        if metadata.is_file() && old.age > limit {
            let _ = fs::remove_file(&old.path);
        } else if metadata.is_file() {
            left.push(old);
        }
    }
    remove_excess(left, limits);
    for directory in inner.iter().chain(&builds) {
        let _ = fs::remove_dir(directory); // it stays unless it is empty
    }
}

/// Removes the oldest until what is left is well below the limits.
fn remove_excess(mut left: Vec<Old>, limits: Limits) {
    let mut bytes: u64 = left.iter().map(|old| old.bytes).sum();
    if bytes <= limits.bytes && left.len() <= limits.entries {
        return;
    }
    left.sort_by(|a, b| a.age.cmp(&b.age).then_with(|| a.path.cmp(&b.path)));
    while bytes > limits.bytes * 3 / 4 || left.len() > limits.entries * 3 / 4 {
        let Some(oldest) = left.pop() else { return };
        bytes -= oldest.bytes;
        let _ = fs::remove_file(&oldest.path);
    }
}

/// How long it is ago; a time in the future is now.
fn age(at: SystemTime, now: SystemTime) -> Duration {
    now.duration_since(at).unwrap_or_default()
}

fn names(directory: &Path) -> impl Iterator<Item = PathBuf> + use<> {
    fs::read_dir(directory).into_iter().flatten().flatten().map(|entry| entry.path())
}

/// How old a file may get, if it is one of ours.
fn limit(path: &Path, limits: Limits) -> Option<Duration> {
    let name = path.file_name()?.to_str()?;
    if name.starts_with(UNFINISHED) {
        return Some(DAY.min(limits.unused));
    }
    (is_number(name, 64) || is_pack(path)).then_some(limits.unused)
}

/// Whether a path has the name of a pack.
pub(super) fn is_pack(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str());
    name.and_then(|name| name.strip_prefix(PACK)).is_some_and(|hash| is_number(hash, 64))
}

/// The name of the directory of a build.
pub(super) fn name_of_build(build: u64) -> String {
    format!("{build:016x}")
}

/// Whether a path is the directory of a build, and no link.
fn is_build(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str());
    name.is_some_and(|name| is_number(name, 16)) && is_directory(path)
}

/// Whether a directory is there, and no link.
fn is_directory(path: &Path) -> bool {
    path.symlink_metadata().is_ok_and(|metadata| metadata.is_dir())
}

fn is_number(name: &str, digits: usize) -> bool {
    name.len() == digits && name.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}
