//! Which configuration a run has: the nearest one at or above the checked paths.
//!
//! Takes paths; gives the text of at most one file. The search ends at the root of the repository,
//! and no link leads out of it: what is found may come from a stranger.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::{NAME, inside};
use crate::discover::files::{self, Disk, Files, Kind};
use crate::discover::repository;
use crate::discover::revision::Revision;
use crate::error::Error;

/// A longer file is refused.
const MAX_BYTES: u64 = 1 << 20;

/// The manifest that may hold a configuration.
const MANIFEST: &str = "Cargo.toml";

/// What a manifest with a configuration has in it.
const MARK: &[u8] = b"raft-lint";

/// A file that was found.
#[derive(Debug)]
pub(super) struct Found {
    /// As opened, and as shown.
    pub(super) path: PathBuf,
    /// The directory that it was found in, without links and dots.
    pub(super) dir: PathBuf,
    /// The directory out of which nothing may lead, without links and dots.
    pub(super) root: PathBuf,
    pub(super) text: String,
    /// Whether it is from a revision: the paths in it need not exist any more.
    pub(super) is_old: bool,
}

/// What a revision has where a configuration may be.
pub(super) enum At {
    Nothing,
    /// A link, or anything else of which the revision does not tell the text.
    Link,
    Found(Found),
}

impl Found {
    /// Whether it is a `Cargo.toml`.
    pub(super) fn is_manifest(&self) -> bool {
        self.path.file_name().is_some_and(|name| name == MANIFEST)
    }
}

/// The file that the user named.
pub(super) fn named(path: &Path) -> Result<Found, Error> {
    let shown = path.display();
    let full = path.canonicalize().map_err(|error| {
        Error::new(format!("can't open `{shown}`: {error}"), "give an existing file to `--config`")
    })?;
    let dir = full.parent().unwrap_or(&full).to_path_buf();
    let root = root_above(&dir);
    let text = read(&full, &shown.to_string())?;
    Ok(Found { path: path.to_path_buf(), dir, root, text, is_old: false })
}

/// A text that stands nowhere.
pub(super) fn in_memory(name: &str, text: &str) -> Found {
    let here = Path::new(".").canonicalize().unwrap_or_default();
    let (dir, root) = (here.clone(), here);
    Found { path: PathBuf::from(name), dir, root, text: text.to_owned(), is_old: true }
}

/// The one configuration of all these paths. `is_used` tells whether a manifest has one.
pub(super) fn nearest(paths: &[PathBuf], is_used: IsUsed<'_>) -> Result<Option<Found>, Error> {
    let mut first: Option<(&PathBuf, Option<Found>)> = None;
    for path in paths {
        let Some(start) = start(path) else { continue }; // discovery tells why
        let found = above(&start, is_used)?;
        let Some((other, known)) = &first else {
            first = Some((path, found));
            continue;
        };
        let name = |found: &Option<Found>| found.as_ref().map(|f| f.path.clone());
        if name(known) != name(&found) {
            let says = |found: &Option<Found>| {
                found.as_ref().map_or("none".to_owned(), |f| format!("`{}`", f.path.display()))
            };
            return Err(Error::new(
                format!(
                    "the paths have different configurations: {} for `{}`, {} for `{}`",
                    says(known),
                    other.display(),
                    says(&found),
                    path.display(),
                ),
                "check them one after the other, or say which one counts with `--config FILE` or \
                 `--no-config`",
            ));
        }
    }
    Ok(first.and_then(|(_, found)| found))
}

/// The directory that the search starts in.
fn start(path: &Path) -> Option<PathBuf> {
    if path.as_os_str() == "-" {
        return Path::new(".").canonicalize().ok();
    }
    let full = path.canonicalize().ok()?;
    if full.is_dir() { Some(full) } else { full.parent().map(Path::to_path_buf) }
}

/// The root of the repository; without one the current directory, if the start is in it, or the
/// start.
fn root_above(start: &Path) -> PathBuf {
    let repository = repository::root(start);
    let here = Path::new(".").canonicalize().ok();
    let here = here.filter(|here| start.starts_with(here));
    repository.map(Path::to_path_buf).or(here).unwrap_or_else(|| start.to_path_buf())
}

fn above(start: &Path, is_used: IsUsed<'_>) -> Result<Option<Found>, Error> {
    let root = root_above(start);
    for dir in start.ancestors().take_while(|dir| dir.starts_with(&root)) {
        let own = own_file(dir, &root)?;
        let manifest = match manifest(dir, &root)? {
            Some(found) if is_used(&found)? => Some(found),
            _ => None,
        };
        if let (Some(own), Some(manifest)) = (&own, &manifest) {
            return Err(Error::new(
                format!(
                    "there are two configurations, `{}` and the metadata in `{}`",
                    own.path.display(),
                    manifest.path.display()
                ),
                "keep one of them",
            ));
        }
        let found = own.or(manifest);
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}

/// The `raft-lint.toml` of a directory.
fn own_file(dir: &Path, root: &Path) -> Result<Option<Found>, Error> {
    let path = dir.join(NAME);
    let name = from_here(&path);
    let shown = name.display();
    let cannot = |why: String| {
        let hint = "replace it by a regular file, or use none with `--no-config`";
        Err(Error::new(format!("can't use the configuration `{shown}`: {why}"), hint))
    };
    match fs::symlink_metadata(&path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return cannot(error.to_string()),
        Ok(metadata) if metadata.is_symlink() => match path.canonicalize() {
            Ok(target) if inside::holds(root, &target) => {}
            Ok(_) => return cannot("it is a link that leads out of the repository".to_owned()),
            Err(error) => return cannot(format!("it is a link that leads nowhere: {error}")),
        },
        Ok(_) => {}
    }
    let text = read(&path, &shown.to_string())?;
    let (dir, root) = (dir.to_path_buf(), root.to_path_buf());
    Ok(Some(Found { path: name, dir, root, text, is_old: false }))
}

/// The `Cargo.toml` of a directory, if it can be read and speaks of this lint: any other is cargo's
/// business.
fn manifest(dir: &Path, root: &Path) -> Result<Option<Found>, Error> {
    let path = dir.join(MANIFEST);
    let inside = path.canonicalize().is_ok_and(|target| inside::holds(root, &target));
    if !inside || !path.is_file() || !speaks_of_us(&path) {
        return Ok(None);
    }
    let name = from_here(&path);
    let text = read(&path, &name.display().to_string())?;
    let (dir, root) = (dir.to_path_buf(), root.to_path_buf());
    Ok(Some(Found { path: name, dir, root, text, is_old: false }))
}

fn speaks_of_us(path: &Path) -> bool {
    let read = Disk.read(path, MAX_BYTES);
    read.is_ok_and(|(bytes, _)| bytes.windows(MARK.len()).any(|window| window == MARK))
}

/// Reads a configuration.
fn read(path: &Path, shown: &str) -> Result<String, Error> {
    let hint = "a configuration is a short TOML file: docs/configuration.md";
    let cannot = |why: String| Error::new(format!("can't read `{shown}`: {why}"), hint);
    let bytes = files::whole(path, MAX_BYTES).map_err(cannot)?;
    String::from_utf8(bytes).map_err(|error| {
        let valid = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = valid.iter().filter(|&&b| b == b'\n').count() + 1;
        cannot(format!("line {line} is not UTF-8"))
    })
}

/// What a revision has at a path without links and dots.
pub(super) fn at(revision: &Revision, path: &Path) -> At {
    match revision.kind(path) {
        None | Some(Kind::Directory) => return At::Nothing,
        Some(Kind::Other) => return At::Link,
        Some(Kind::File) => {}
    }
    let text = revision.read(path, MAX_BYTES).ok().filter(|(_, whole)| *whole);
    let text = text.and_then(|(bytes, _)| String::from_utf8(bytes).ok());
    let (Some(text), Some(dir)) = (text, path.parent()) else { return At::Nothing };
    let (dir, root) = (dir.to_path_buf(), revision.root().to_path_buf());
    At::Found(Found { path: from_here(path), dir, root, text, is_old: true })
}

/// The nearest configuration of all these paths at a revision. `is_used` tells whether a manifest has
/// one.
pub(super) fn nearest_at(
    revision: &Revision,
    paths: &[PathBuf],
    is_used: &dyn Fn(&Found) -> bool,
) -> At {
    let Some(start) = paths.iter().find_map(|path| start(path)) else { return At::Nothing };
    for dir in start.ancestors().take_while(|dir| dir.starts_with(revision.root())) {
        let own = at(revision, &dir.join(NAME));
        if !matches!(own, At::Nothing) {
            return own;
        }
        match at(revision, &dir.join(MANIFEST)) {
            At::Found(found) if is_used(&found) => return At::Found(found),
            _ => {}
        }
    }
    At::Nothing
}

/// Tells whether a manifest has a configuration.
type IsUsed<'u> = &'u dyn Fn(&Found) -> Result<bool, Error>;

/// The configuration that stands in this very directory.
pub(super) fn present(dir: &Path, is_used: IsUsed<'_>) -> Option<PathBuf> {
    let own = dir.join(NAME);
    match own.symlink_metadata() {
        Ok(_) => Some(from_here(&own)),
        Err(_) => present_manifest(dir, is_used),
    }
}

/// The manifest with a configuration that stands in this very directory; what is wrong in it does not
/// matter.
pub(super) fn present_manifest(dir: &Path, is_used: IsUsed<'_>) -> Option<PathBuf> {
    let manifest = manifest(dir, &root_above(dir)).ok()??;
    is_used(&manifest).unwrap_or(true).then_some(manifest.path)
}

/// A full path as seen from the current directory, if they have more than the file system's root in
/// common.
pub(super) fn from_here(path: &Path) -> PathBuf {
    let Ok(here) = Path::new(".").canonicalize() else { return path.to_path_buf() };
    let shared = here.ancestors().enumerate().find(|(_, dir)| path.starts_with(dir));
    let Some((up, shared)) = shared.filter(|(_, dir)| dir.parent().is_some()) else {
        return path.to_path_buf();
    };
    let below = path.strip_prefix(shared).unwrap_or(path);
    std::iter::repeat_n(Path::new(".."), up).chain([below]).collect()
}
