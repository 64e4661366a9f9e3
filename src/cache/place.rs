//! Where the cache is: what the user names, or where the system wants caches to be.
//!
//! Takes what the command line says, the environment and the checked paths; gives a directory. It is never in
//! what is checked: whoever writes the code could write entries, too. It touches nothing.

use std::ffi::OsString;
use std::path::{Component, Path, PathBuf};

use etcetera::BaseStrategy;

use crate::discover::repository;
use crate::error::Error;

/// Names the directory, where the command line does not.
pub const DIRECTORY: &str = "RAFT_LINT_CACHE_DIR";
/// Switches the cache off, where the command line names no directory.
pub const OFF: &str = "RAFT_LINT_NO_CACHE";

/// Where the cache is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Place {
    /// The directory: absolute.
    pub directory: PathBuf,
    /// Whether the user named it, and has to know if it is of no use.
    pub is_named: bool,
}

/// The place of the cache for a check of these paths; none if there is to be no cache.
///
/// # Errors
///
/// If the directory that the user names can't be meant.
pub fn of(named: Option<&Path>, paths: &[PathBuf]) -> Result<Option<Place>, Error> {
    let variable = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
    let is_off = || variable(OFF).is_some_and(|value| value != "0" && value != "false");
    let place = match named {
        Some(directory) => Place { directory: absolute(directory)?, is_named: true },
        None if is_off() => return Ok(None),
        None => match variable(DIRECTORY) {
            Some(directory) => Place { directory: of_variable(directory)?, is_named: true },
            None => match usual() {
                Some(directory) => Place { directory, is_named: false },
                None => return Ok(None),
            },
        },
    };
    if !paths.iter().any(|path| is_inside(&place.directory, path)) {
        return Ok(Some(place));
    }
    if !place.is_named {
        return Ok(None);
    }
    Err(Error::new(
        format!("the cache `{}` is in what is checked", place.directory.display()),
        "give a directory outside of the repository: whoever changes the code could change what is \
         kept of it, too; or use `--no-cache`",
    ))
}

fn absolute(directory: &Path) -> Result<PathBuf, Error> {
    std::path::absolute(directory).map_err(|error| {
        let text = format!("can't use the cache `{}`: {error}", directory.display());
        Error::new(text, "give a directory, or use `--no-cache`")
    })
}

/// A variable counts in every directory that a program is started in, and a relative path would be another
/// one in each.
fn of_variable(directory: OsString) -> Result<PathBuf, Error> {
    let directory = PathBuf::from(directory);
    if directory.is_absolute() {
        return Ok(directory);
    }
    let text = format!("`{DIRECTORY}` is `{}`, which is relative", directory.display());
    Err(Error::new(text, "give an absolute path, or use `--cache-dir`"))
}

/// Where the system wants it: below `XDG_CACHE_HOME` or `~/.cache`, `~/Library/Caches`, `%LOCALAPPDATA%`.
fn usual() -> Option<PathBuf> {
    let caches = etcetera::base_strategy::choose_native_strategy().ok()?.cache_dir();
    let own = caches.join("raft-lint");
    let own = if cfg!(windows) { own.join("cache") } else { own };
    own.is_absolute().then_some(own)
}

/// Whether a directory is in the repository of a path, or below it.
fn is_inside(directory: &Path, path: &Path) -> bool {
    let Ok(path) = path.canonicalize() else { return false };
    as_far_as_there(directory).starts_with(repository::root(&path).unwrap_or(&path))
}

/// A path without links and dots. Behind what is not there yet nothing can be a link.
fn as_far_as_there(path: &Path) -> PathBuf {
    let known = path.ancestors().find_map(|above| Some((above, above.canonicalize().ok()?)));
    let Some((above, mut known)) = known else { return path.to_owned() };
    for part in path.strip_prefix(above).unwrap_or(Path::new("")).components() {
        match part {
            Component::ParentDir => {
                known.pop();
            }
            Component::Normal(name) => known.push(name),
            _ => {}
        }
    }
    known
}
