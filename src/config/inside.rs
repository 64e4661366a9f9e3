//! Paths of a configuration: none leads out of the repository.
//!
//! Takes what is written and where; gives the path, or why it can't be used. A stranger may have
//! written the file, so neither `..` nor a link may reach what the user did not mean to be read or
//! written, and neither may a name reach what belongs to git.

use std::ffi::OsStr;
use std::path::{Component, Path, PathBuf};

/// The path below `root`, relative to `dir`; both are without links and dots. What it names need not
/// exist.
///
/// # Errors
///
/// Why it can't be used.
pub(super) fn resolve(root: &Path, dir: &Path, written: &str) -> Result<PathBuf, &'static str> {
    if written.is_empty() {
        return Err("is empty");
    }
    if written.contains('\0') {
        return Err("is no path");
    }
    let mut full = dir.to_path_buf();
    for component in Path::new(written).components() {
        match component {
            Component::Prefix(_) | Component::RootDir => return Err("is not relative"),
            Component::CurDir => {}
            Component::ParentDir => {
                full.pop();
            }
            Component::Normal(name) => {
                if is_of_git(name) {
                    return Err("belongs to git");
                }
                full.push(name);
                leads_out(root, &full)?;
            }
        }
        if !full.starts_with(root) {
            return Err("leads out of the repository");
        }
    }
    Ok(full)
}

/// Whether a link stands at this path that leads out of the root or nowhere.
fn leads_out(root: &Path, path: &Path) -> Result<(), &'static str> {
    if !std::fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_symlink()) {
        return Ok(());
    }
    match path.canonicalize() {
        Ok(target) if holds(root, &target) => Ok(()),
        Ok(_) => Err("is a link that leads out of the repository"),
        Err(_) => Err("is a link that leads nowhere"),
    }
}

/// Whether a path without links and dots is in the repository and not git's own.
pub(super) fn holds(root: &Path, target: &Path) -> bool {
    target.strip_prefix(root).is_ok_and(|below| !below.iter().any(is_of_git))
}

/// `.git`, also as file systems may read it that ignore case, dots at the end, or long names.
fn is_of_git(name: &OsStr) -> bool {
    let name = name.to_string_lossy().to_ascii_lowercase();
    let name = name.split(':').next().unwrap_or("").trim_end_matches(['.', ' ']);
    name == ".git" || name == "git~1"
}
