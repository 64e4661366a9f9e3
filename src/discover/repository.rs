//! Where a given path is in its repository: services that show findings know files by these names.
//!
//! Takes a directory without links and dots; gives what names below it start with, seen from the
//! root of the repository: the nearest directory at or above it that holds a `.git`. Outside of any
//! repository names are relative to the working directory, or to the given path if that is not
//! below it: never a machine's directories, and never `..`. It runs no git.

use std::path::Path;

use super::with_slashes;
use crate::source::Base;

/// What names under a directory start with, as shown and in the repository.
pub(super) fn base(shown: &str, directory: &Path) -> Base {
    // A directory in a repository, a file in a worktree or a submodule.
    let root = directory.ancestors().find(|above| above.join(".git").exists());
    let in_repository = match root {
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
