//! The walk: which Rust files lie below a root.
//!
//! Takes a root; gives relative paths. `ignore` matches `.gitignore` patterns: those of the tree, and
//! above it those up to the repository's root, but no machine-wide ones, so that a tree is judged the
//! same everywhere. Links are never followed.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use ignore::gitignore::{Gitignore, GitignoreBuilder};

use super::files::{Files, Kind};
use super::{Exclude, Root};
use crate::outcome::{Problem, ProblemKind};

/// A longer `.gitignore` is cut off: its patterns become one automaton, whose size is a cost.
const MAX_IGNORE_BYTES: u64 = 256 << 10;
/// What lies deeper could not be opened on any disk; a tree in a repository has no such bound.
const MAX_PATH_BYTES: usize = 4096;
/// A tree in a repository can hold itself many times over: more names are not looked at.
const MAX_ENTRIES: usize = 1_000_000;

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
pub(super) fn walk(files: &dyn Files, root: &Root, exclude: &Exclude) -> Walked {
    if let Some(file) = &root.file {
        return Walked { files: vec![file.clone()], ..Walked::default() }; // named: no question asked
    }
    let mut walk = Walk {
        files,
        root,
        exclude,
        ignored: Ignored::above(files, &root.canonical),
        walked: Walked::default(),
        seen: 0,
    };
    walk.run();
    walk.walked
}

struct Walk<'w> {
    files: &'w dyn Files,
    root: &'w Root,
    exclude: &'w Exclude,
    ignored: Ignored,
    walked: Walked,
    seen: usize,
}

impl Walk<'_> {
    /// Depth first: a directory's patterns are known until the walk leaves it.
    fn run(&mut self) {
        let mut open = vec![(0, PathBuf::new())];
        while let Some((depth, relative)) = open.pop() {
            self.ignored.leave(depth);
            let path = self.root.canonical.join(&relative);
            if path.as_os_str().len() > MAX_PATH_BYTES {
                self.problem(&relative, "the name is too long".to_owned());
                continue;
            }
            let entries = match self.files.entries(&path) {
                Ok(entries) => entries,
                Err(why) => {
                    self.problem(&relative, why);
                    continue;
                }
            };
            self.seen += entries.len();
            if self.seen > MAX_ENTRIES {
                let text = format!(
                    "the tree has more than {MAX_ENTRIES} names: the rest was not looked at"
                );
                self.problem(&relative, text);
                return;
            }
            let has_own = entries.iter().any(|(name, k)| name == ".gitignore" && *k == Kind::File);
            if has_own {
                self.ignored.enter(self.files, depth, &path);
            }
            let mut below = Vec::new();
            for (name, kind) in entries {
                self.entry(&path, &relative, &name, kind, &mut below);
            }
            below.sort();
            open.extend(below.into_iter().rev().map(|directory| (depth + 1, directory)));
        }
    }

    fn entry(
        &mut self,
        path: &Path,
        relative: &Path,
        name: &OsStr,
        kind: Kind,
        below: &mut Vec<PathBuf>,
    ) {
        let full = path.join(name);
        let wanted = match kind {
            Kind::Directory => !self.is_skipped_dir(path, name),
            Kind::File => is_wanted_file(name),
            Kind::Other => false,
        };
        let is_dir = kind == Kind::Directory;
        if !wanted || self.ignored.matches(&full, is_dir) {
            return;
        }
        if self.exclude.matches(&full, is_dir) {
            self.walked.excluded += 1;
            return;
        }
        match kind {
            Kind::Directory => below.push(relative.join(name)),
            _ => self.walked.files.push(relative.join(name)),
        }
    }

    fn problem(&mut self, relative: &Path, text: String) {
        let file = self.root.shown(relative);
        self.walked.problems.push(Problem {
            kind: ProblemKind::Unreadable,
            file,
            line: None,
            text,
        });
    }

    /// Hidden directories, test code, and Cargo's build directory.
    fn is_skipped_dir(&self, parent: &Path, name: &OsStr) -> bool {
        match &*name.to_string_lossy() {
            "tests" | "benches" => true,
            "target" => self.is_build_dir(parent, name),
            name => name.starts_with('.'),
        }
    }

    /// `target` may also be a module: it is Cargo's only beside a `Cargo.toml` or with Cargo's tag.
    fn is_build_dir(&self, parent: &Path, name: &OsStr) -> bool {
        let is_file = |path: PathBuf| self.files.is_file(&path);
        is_file(parent.join("Cargo.toml")) || is_file(parent.join(name).join("CACHEDIR.TAG"))
    }
}

/// Rust files that are not test code.
fn is_wanted_file(name: &OsStr) -> bool {
    let path = Path::new(name);
    if path.extension().is_none_or(|e| e != "rs") {
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
    fn above(files: &dyn Files, root: &Path) -> Self {
        let mut matchers = Vec::new();
        let above: Vec<&Path> = root.ancestors().skip(1).collect();
        let inside = !files.is_repository(root);
        let repository = above.iter().position(|dir| files.is_repository(dir));
        if let Some(last) = repository.filter(|_| inside) {
            let dirs = above.iter().take(last + 1).rev();
            matchers.extend(dirs.filter_map(|dir| Some((None, load(files, dir)?))));
        }
        Ignored { matchers }
    }

    /// Drops the matchers of directories that an entry at this depth is not in.
    fn leave(&mut self, depth: usize) {
        while self.matchers.last().is_some_and(|(at, _)| at.is_some_and(|at| at >= depth)) {
            self.matchers.pop();
        }
    }

    fn enter(&mut self, files: &dyn Files, depth: usize, directory: &Path) {
        if let Some(matcher) = load(files, directory) {
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
fn load(files: &dyn Files, directory: &Path) -> Option<Gitignore> {
    let path = directory.join(".gitignore");
    if files.kind(&path)? != Kind::File {
        return None;
    }
    let (bytes, _) = files.read(&path, MAX_IGNORE_BYTES).ok()?;
    let mut builder = GitignoreBuilder::new(directory);
    for line in String::from_utf8_lossy(&bytes).lines() {
        let _ = builder.add_line(None, line); // git skips patterns that it can't read, too
    }
    builder.build().ok()
}
