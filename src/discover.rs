//! Discovery: from paths to source files, grouped into packages.
//!
//! Takes files and directories as the user gave them; gives their Rust files with text, shown
//! name, package and module name, in an order that depends on the names alone. The files come from
//! the disk or from a revision of a repository ([`files::Files`]); it is the only stage that reads
//! them. It follows no symbolic link that it finds on the way, opens nothing but regular files, and
//! executes nothing. A file that can't be used is a [`Problem`]; an [`Error`] means that the paths
//! themselves make no sense.

pub mod edited;
mod exclude;
pub mod files;
mod manifest;
pub mod prefilter;
mod read;
pub mod repository;
pub mod revision;
mod stdin;
mod walk;

pub use exclude::Exclude;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use self::files::{Disk, Files, Kind};
use crate::error::Error;
use crate::outcome::{Package, Problem};
use crate::program::PackageId;
use crate::source::{SourceFile, Sources};

/// What was found. The vectors belong to the files of `sources`, slot by slot.
#[derive(Clone, Debug, Default)]
pub struct Discovered {
    /// The files that could be read.
    pub sources: Sources,
    /// The package of each file.
    pub packages: Vec<PackageId>,
    /// The shown directory of each package; the index is the [`PackageId`].
    pub package_dirs: Vec<String>,
    /// The same directories as they are opened.
    pub package_paths: Vec<PathBuf>,
    /// The name of each package, and whether all of it lies below a given path.
    pub named_packages: Vec<Package>,
    /// The text of each package's `Cargo.toml`; empty if it has none.
    pub manifests: Vec<String>,
    /// The last module name of each file: `follower` for `follower.rs` and `follower/mod.rs`.
    pub modules: Vec<String>,
    /// Files and directories that could not be read.
    pub problems: Vec<Problem>,
    /// How many Rust files there are, with those that could not be read.
    pub files: usize,
    /// How many files and directories [`Exclude`] left out.
    pub excluded: usize,
    /// Given paths, as shown, that do not exist in the revision.
    pub absent: Vec<String>,
}

/// A Rust file that was found, not yet read.
#[derive(Debug)]
struct Found {
    /// As opened: absolute.
    path: PathBuf,
    /// As shown.
    name: String,
    /// Its package's directory, as shown and as opened.
    package: (String, PathBuf),
    /// Whether it was found in a directory, and not named itself.
    below: bool,
    module: String,
}

impl Found {
    fn package(&self) -> (&str, &OsStr) {
        (&self.package.0, self.package.1.as_os_str())
    }
}

/// Finds and reads the Rust files under the paths; the path `-` is one on standard input.
///
/// # Errors
///
/// If a path does not exist on disk, or there is nothing to read there. A revision may lack a path.
pub fn discover(
    files: &dyn Files,
    paths: &[PathBuf],
    exclude: &Exclude,
) -> Result<Discovered, Error> {
    if paths.iter().any(|path| stdin::is_meant(path)) {
        return stdin::discover(paths);
    }
    let mut problems = Vec::new();
    let mut excluded = 0;
    let mut found = Vec::new();
    let mut seen = HashSet::new();
    let mut bases = Vec::new();
    let mut absent = Vec::new();
    for path in paths {
        let root = Root::of(path, paths.len() == 1)?;
        bases.push(repository::base(&root.prefix, &root.canonical));
        if files.revision().is_some() && !root.is_in(files) {
            absent.push(path.display().to_string());
            continue;
        }
        let walked = walk::walk(files, &root, exclude);
        problems.extend(walked.problems);
        excluded += walked.excluded;
        let mut packages = PackageFinder::new(files, &root);
        for file in walked.files {
            if seen.insert(root.canonical.join(&file)) {
                found.push(root.found(&file, &mut packages));
            }
        }
    }
    if found.is_empty() && problems.is_empty() && files.revision().is_none() {
        let shown = paths.iter().map(|p| format!("`{}`", p.display())).collect::<Vec<_>>();
        return Err(Error::new(
            format!("no Rust files under {}", shown.join(", ")),
            "give the directory of a crate or workspace; hidden, ignored (.gitignore), excluded \
             (`exclude`) and test files are left out unless a file is named itself",
        ));
    }
    found.sort_by(|a, b| a.name.cmp(&b.name).then_with(|| a.path.cmp(&b.path)));
    let mut discovered = Discovered { excluded, absent, ..collect(files, found, problems) };
    discovered.sources.bases = bases;
    Ok(discovered)
}

/// A file that stands nowhere, as if it came from standard input: the only one of its package.
pub fn of_text(text: &[u8]) -> Discovered {
    stdin::of(text)
}

/// A file as it is now.
///
/// # Errors
///
/// Why it can't be read any more.
pub fn again(files: &dyn Files, file: &SourceFile) -> Result<SourceFile, Problem> {
    read::read_file(files, &file.name, &file.path)
}

/// Those of some files of a revision that exist on disk, where nothing else has read them. Behind a link,
/// and of what is no source text, only the name is known.
pub fn unseen(files: &[&SourceFile]) -> Vec<SourceFile> {
    let here = files.iter().filter(|file| Disk.is_file(&file.path));
    here.map(|file| read::unseen(file)).collect()
}

fn collect(files: &dyn Files, found: Vec<Found>, mut problems: Vec<Problem>) -> Discovered {
    // Whether some of a package's files were found in a directory.
    let mut packages: BTreeMap<(&str, &OsStr), (u32, bool)> = BTreeMap::new();
    for file in &found {
        packages.entry(file.package()).or_default().1 |= file.below;
    }
    for ((id, _), number) in packages.values_mut().zip(0..) {
        *id = number;
    }
    let named = |(path, below): (&Path, bool)| {
        let named = manifest::package(files, path);
        Package { is_whole: named.is_whole && below, ..named }
    };
    let paths = || packages.iter().map(|((_, path), (_, below))| (Path::new(*path), *below));
    let mut result = Discovered {
        package_dirs: packages.keys().map(|(name, _)| (*name).to_owned()).collect(),
        package_paths: paths().map(|(path, _)| path.to_path_buf()).collect(),
        manifests: paths().map(|(path, _)| manifest::text(files, path)).collect(),
        named_packages: paths().map(named).collect(),
        files: found.len(),
        ..Discovered::default()
    };
    let read = read::read(files, &found);
    for (file, outcome) in found.iter().zip(read) {
        match outcome {
            Ok(source) => {
                result.sources.files.push(source.into());
                result.packages.push(PackageId(packages[&file.package()].0));
                result.modules.push(file.module.clone());
            }
            Err(problem) => problems.push(problem),
        }
    }
    problems.sort_by(|a, b| a.file.cmp(&b.file));
    result.problems = problems;
    result
}

/// One of the given paths.
struct Root {
    /// The directory below which names are relative, without links and dots.
    canonical: PathBuf,
    /// Put before every shown name.
    prefix: String,
    /// The file's name, if the path is a file.
    file: Option<PathBuf>,
}

impl Root {
    /// Names are relative to a directory if it is the only path, and start with the path otherwise:
    /// a file is shown as it was given.
    fn of(path: &Path, only: bool) -> Result<Root, Error> {
        let shown = path.display();
        let metadata = std::fs::metadata(path).map_err(|error| {
            Error::new(
                format!("can't open `{shown}`: {error}"),
                "give an existing directory or Rust file, or no path for the current directory; \
                 a command (check, map, rules, …) comes first",
            )
        })?;
        let is_rust = path.extension().is_some_and(|e| e == "rs");
        let usable = metadata.is_dir() || metadata.is_file() && is_rust;
        if !usable {
            return Err(Error::new(
                format!("`{shown}` is neither a directory nor a Rust file"),
                "give a directory, or a file whose name ends in `.rs`",
            ));
        }
        let (dir, file) = match (metadata.is_dir(), path.file_name()) {
            (false, Some(name)) => {
                let parent = path.parent().filter(|p| !p.as_os_str().is_empty());
                (parent.unwrap_or(Path::new(".")).to_path_buf(), Some(PathBuf::from(name)))
            }
            _ => (path.to_path_buf(), None),
        };
        let canonical = dir.canonicalize().map_err(|error| {
            Error::new(
                format!("can't open `{}`: {error}", dir.display()),
                "check that the directory exists and may be read",
            )
        })?;
        let relative = only && file.is_none();
        let prefix = if relative { String::new() } else { shown_prefix(&dir) };
        Ok(Root { canonical, prefix, file })
    }

    /// Whether there is such a directory or file; a revision may lack what is on disk.
    fn is_in(&self, files: &dyn Files) -> bool {
        match &self.file {
            Some(file) => files.is_file(&self.canonical.join(file)),
            None => files.kind(&self.canonical) == Some(Kind::Directory),
        }
    }

    fn found(&self, relative: &Path, packages: &mut PackageFinder<'_>) -> Found {
        let package = packages.of(relative.parent().unwrap_or(Path::new("")));
        Found {
            path: self.canonical.join(relative),
            name: self.shown(relative),
            package: (self.shown(&package), self.canonical.join(&package)),
            below: self.file.is_none(),
            module: self.module(relative),
        }
    }

    /// The name of a path below this root; the root itself is `.` or the path as given.
    fn shown(&self, relative: &Path) -> String {
        let name = format!("{}{}", self.prefix, with_slashes(relative));
        match name.trim_end_matches('/') {
            "" => ".".to_owned(),
            name => name.to_owned(),
        }
    }

    /// `follower` for `follower.rs` and `follower/mod.rs`; a crate root is named by its directory.
    fn module(&self, relative: &Path) -> String {
        let stem = relative.file_stem().unwrap_or_default();
        if !(stem == "mod" || stem == "lib" || stem == "main") {
            return stem.to_string_lossy().into_owned();
        }
        let full = self.canonical.join(relative);
        let dir = full.parent().and_then(Path::file_name).unwrap_or_default();
        dir.to_string_lossy().into_owned()
    }
}

/// `./src/` and `src` both become `src/`; `.` becomes nothing.
fn shown_prefix(dir: &Path) -> String {
    let mut name = with_slashes(dir);
    while let Some(rest) = name.strip_prefix("./") {
        name = rest.to_owned();
    }
    match name.trim_end_matches('/') {
        "." | "" => String::new(),
        name => format!("{name}/"),
    }
}

fn with_slashes(path: &Path) -> String {
    let name = path.to_string_lossy();
    match std::path::MAIN_SEPARATOR {
        '/' => name.into_owned(),
        separator => name.replace(separator, "/"),
    }
}

/// Finds the nearest `Cargo.toml` at or above a directory, not above the root.
struct PackageFinder<'r> {
    files: &'r dyn Files,
    root: &'r Root,
    known: HashMap<PathBuf, PathBuf>,
}

impl<'r> PackageFinder<'r> {
    fn new(files: &'r dyn Files, root: &'r Root) -> Self {
        PackageFinder { files, root, known: HashMap::new() }
    }

    /// The package's directory, relative to the root; the root's own if there is no `Cargo.toml`.
    fn of(&mut self, dir: &Path) -> PathBuf {
        if let Some(package) = self.known.get(dir) {
            return package.clone();
        }
        let own = self.files.is_file(&self.root.canonical.join(dir).join("Cargo.toml"));
        let package = match dir.parent() {
            Some(parent) if !own => self.of(parent),
            _ => dir.to_path_buf(),
        };
        self.known.insert(dir.to_path_buf(), package.clone());
        package
    }
}
