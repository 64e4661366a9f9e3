//! The walk: which Rust files lie below a root.
//!
//! Takes a root; gives relative paths, sorted. `walkdir` does the walking and `ignore` matches
//! `.gitignore` patterns: those of the tree, and above it those up to the repository's root, but
//! no machine-wide ones, so that a tree is judged the same everywhere. Links are never followed.

use std::io::Read;
use std::path::{Path, PathBuf};

use ignore::gitignore::{Gitignore, GitignoreBuilder};
use walkdir::{DirEntry, WalkDir};

use super::{Exclude, Root};
use crate::outcome::{Problem, ProblemKind};

/// A longer `.gitignore` is cut off: its patterns become one automaton, whose size is a cost.
const MAX_IGNORE_BYTES: u64 = 256 << 10;

/// What lies below a root.
#[derive(Default)]
pub(super) struct Walked {
    /// The Rust files, relative to it.
    pub(super) files: Vec<PathBuf>,
    /// What could not be looked at.
    pub(super) problems: Vec<Problem>,
    /// How many files and directories the user left out.
    pub(super) excluded: usize,
}

/// The Rust files below a root.
pub(super) fn walk(root: &Root, exclude: &Exclude) -> Walked {
    if let Some(file) = &root.file {
        return Walked { files: vec![file.clone()], ..Walked::default() }; // named: no question asked
    }
    let mut ignored = Ignored::above(&root.canonical);
    let mut files = Vec::new();
    let mut problems = Vec::new();
    let mut excluded = 0;
    let wanted = |entry: &DirEntry| {
        let relative = entry.path().strip_prefix(&root.dir).unwrap_or(entry.path());
        let is_dir = entry.file_type().is_dir();
        if entry.depth() > 0 {
            ignored.leave(entry.depth());
            let skip = if is_dir { is_skipped_dir(entry) } else { !is_wanted_file(entry) };
            let full = root.canonical.join(relative);
            if skip || ignored.matches(&full, is_dir) {
                return false;
            }
            if exclude.matches(&full, is_dir) {
                excluded += 1;
                return false;
            }
        }
        if is_dir {
            ignored.enter(entry.depth(), entry.path(), &root.canonical.join(relative));
        }
        true
    };
    let walk = WalkDir::new(&root.dir).follow_links(false).sort_by_file_name().into_iter();
    for entry in walk.filter_entry(wanted) {
        match entry {
            Ok(entry) if entry.file_type().is_file() => {
                let relative = entry.path().strip_prefix(&root.dir).unwrap_or(entry.path());
                files.push(relative.to_path_buf());
            }
            Ok(_) => {}
            Err(error) => problems.push(unreadable(root, &error)),
        }
    }
    Walked { files, problems, excluded }
}

fn unreadable(root: &Root, error: &walkdir::Error) -> Problem {
    let path = error.path().unwrap_or(&root.dir);
    let relative = path.strip_prefix(&root.dir).unwrap_or(path);
    let why = error.io_error().map_or_else(|| "can't be walked".to_owned(), ToString::to_string);
    Problem { kind: ProblemKind::Unreadable, file: root.shown(relative), line: None, text: why }
}

/// Hidden directories, test code, and Cargo's build directory.
fn is_skipped_dir(entry: &DirEntry) -> bool {
    let name = entry.file_name().to_string_lossy();
    match &*name {
        "tests" | "benches" => true,
        "target" => is_build_dir(entry.path()),
        name => name.starts_with('.'),
    }
}

/// `target` may also be a module: it is Cargo's only beside a `Cargo.toml` or with Cargo's tag.
fn is_build_dir(dir: &Path) -> bool {
    let beside = dir.parent().is_some_and(|parent| parent.join("Cargo.toml").is_file());
    beside || dir.join("CACHEDIR.TAG").is_file()
}

/// Rust files that are not test code. Links, pipes and devices are none.
fn is_wanted_file(entry: &DirEntry) -> bool {
    let path = Path::new(entry.file_name());
    if !entry.file_type().is_file() || path.extension().is_none_or(|e| e != "rs") {
        return false;
    }
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let test = matches!(&*stem, "test" | "tests");
    !(test || stem.ends_with("_test") || stem.ends_with("_tests") || stem.starts_with('.'))
}

/// The `.gitignore` files that apply where the walk is: the deeper one has the last word.
struct Ignored {
    /// The depth of each one's directory; `None` for those above the root.
    matchers: Vec<(Option<usize>, Gitignore)>,
}

impl Ignored {
    /// Those above a root, up to the root of its repository; without a repository none.
    fn above(root: &Path) -> Self {
        let mut matchers = Vec::new();
        let above: Vec<&Path> = root.ancestors().skip(1).collect();
        let inside = !root.join(".git").exists();
        let repository = above.iter().position(|dir| dir.join(".git").exists());
        if let Some(last) = repository.filter(|_| inside) {
            let dirs = above.iter().take(last + 1).rev();
            matchers.extend(dirs.filter_map(|dir| Some((None, load(dir, dir)?))));
        }
        Ignored { matchers }
    }

    /// Drops the matchers of directories that an entry at this depth is not in.
    fn leave(&mut self, depth: usize) {
        while self.matchers.last().is_some_and(|(at, _)| at.is_some_and(|at| at >= depth)) {
            self.matchers.pop();
        }
    }

    fn enter(&mut self, depth: usize, dir: &Path, canonical: &Path) {
        if let Some(matcher) = load(dir, canonical) {
            self.matchers.push((Some(depth), matcher));
        }
    }

    fn matches(&self, path: &Path, is_dir: bool) -> bool {
        let mut deepest_first = self.matchers.iter().rev();
        let decided = deepest_first.find_map(|(_, matcher)| {
            let found = matcher.matched(path, is_dir);
            (!found.is_none()).then(|| found.is_ignore())
        });
        decided.unwrap_or(false)
    }
}

/// The `.gitignore` of a directory, if it has one. Like git, links are not followed.
fn load(dir: &Path, canonical: &Path) -> Option<Gitignore> {
    let path = dir.join(".gitignore");
    if !std::fs::symlink_metadata(&path).ok()?.is_file() {
        return None;
    }
    let mut bytes = Vec::new();
    let file = std::fs::File::open(&path).ok()?;
    file.take(MAX_IGNORE_BYTES).read_to_end(&mut bytes).ok()?;
    let mut builder = GitignoreBuilder::new(canonical);
    for line in String::from_utf8_lossy(&bytes).lines() {
        let _ = builder.add_line(None, line); // git skips patterns that it can't read, too
    }
    builder.build().ok()
}
