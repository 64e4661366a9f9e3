//! The folders that are open, with what was last found out about each.
//!
//! Takes paths; gives the folder that they are in, and the names that the client knows files by.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::convert;
use super::documents::Documents;
use super::worker::Found;
use crate::workspace;

/// A folder.
pub(super) struct Folder {
    /// Without links and dots.
    pub(super) root: PathBuf,
    /// As the client names it.
    named: PathBuf,
    pub(super) found: Option<Arc<Found>>,
}

impl Folder {
    pub(super) fn new(named: PathBuf) -> Self {
        Folder { root: workspace::canonical(&named), named, found: None }
    }

    /// The URI of a file, as the client has it.
    pub(super) fn uri(&self, documents: &Documents, path: &Path) -> String {
        if let Some(document) = documents.at(path) {
            return document.uri.clone();
        }
        match path.strip_prefix(&self.root) {
            Ok(below) => convert::uri(&self.named.join(below)),
            Err(_) => convert::uri(path),
        }
    }
}

/// The innermost folder that a path is in.
pub(super) fn around<'f>(folders: &'f [Folder], path: &Path) -> Option<&'f Folder> {
    let around = folders.iter().filter(|folder| path.starts_with(&folder.root));
    around.max_by_key(|folder| folder.root.components().count())
}

/// What to look at for a file that belongs to no folder: its package, or the file alone. Its directory may
/// be somebody's home.
pub(super) fn of_file(path: &Path) -> PathBuf {
    let package = path.ancestors().skip(1).find(|dir| dir.join("Cargo.toml").is_file());
    package.unwrap_or(path).to_path_buf()
}
