//! Where a given path is in its repository: services that show findings know files by these names.
//!
//! Takes a directory without links and dots; gives what names below it start with, seen from the
//! root of the repository: the nearest directory at or above it that holds a `.git`. Outside of any
//! repository names are relative to the working directory, or to the given path if that is not
//! below it: never a machine's directories, and never `..`. It runs no git.

use std::path::Path;

use super::files::{Disk, Files};
use super::with_slashes;
use crate::source::Base;

/// The root of the repository that a directory is in.
pub fn root(directory: &Path) -> Option<&Path> {
    directory.ancestors().find(|above| Disk.is_repository(above))
}

/// What names under a directory start with, as shown and in the repository.
pub(super) fn base(shown: &str, directory: &Path) -> Base {
    let in_repository = match root(directory) {
        Some(root) => below(directory, root),
        None => {
            let here = std::env::current_dir().and_then(|here| here.canonicalize());
            here.ok().and_then(|here| below(directory, &here))
        }
    };
    Base { shown: shown.to_owned(), in_repository: in_repository.unwrap_or_default() }
}

/// `crates/node/` for a directory below another one, nothing for that one itself.
fn below(directory: &Path, root: &Path) -> Option<String> {
    let relative = with_slashes(directory.strip_prefix(root).ok()?);
    Some(if relative.is_empty() { relative } else { format!("{relative}/") })
}
