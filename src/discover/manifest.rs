//! Manifests: what a package is called.
//!
//! Takes a package's directory; gives the text of its `Cargo.toml` and the name in it. The name is a
//! part of every fingerprint, so it must be the same from wherever a package is checked: if nothing
//! below the given path has a manifest, those above it are asked as cargo does, but only up to the root
//! of a repository.

use std::path::Path;

use super::files::Files;
use crate::outcome::Package;

/// More of a manifest is not looked at.
const MAX_MANIFEST_BYTES: u64 = 1 << 20;

/// The text of a directory's `Cargo.toml`; empty if there is none to be read.
pub(super) fn text(files: &dyn Files, directory: &Path) -> String {
    let path = directory.join("Cargo.toml");
    if !files.is_file(&path) {
        return String::new();
    }
    let (bytes, _) = files.read(&path, MAX_MANIFEST_BYTES).unwrap_or_default();
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The package that a directory belongs to, by the nearest manifest.
pub(super) fn package(files: &dyn Files, directory: &Path) -> Package {
    let has_manifest = |dir: &&Path| files.is_file(&dir.join("Cargo.toml"));
    let last = directory.ancestors().position(|dir| files.is_repository(dir));
    let mut near = directory.ancestors().take(last.map_or(usize::MAX, |last| last + 1));
    let nearest = near.find(has_manifest).unwrap_or(directory);
    let name = name_of(&text(files, nearest)).unwrap_or_default().to_owned();
    Package { name, is_whole: nearest == directory }
}

/// The first `name = "…"`: the package's, which cargo writes on top.
pub(super) fn name_of(manifest: &str) -> Option<&str> {
    let package = manifest.split_once("[package]")?.1;
    package.lines().find_map(|line| {
        let value = line.trim_start().strip_prefix("name")?.trim_start().strip_prefix('=')?;
        value.trim().split(['"', '\'']).nth(1)
    })
}

#[cfg(test)]
mod tests {
    use super::name_of;

    #[test]
    fn packages_have_names() {
        assert_eq!(name_of("[package]\nname = \"raft-log\"\n"), Some("raft-log"));
        assert_eq!(name_of("[workspace]\nmembers = []\n"), None);
    }
}
