//! The files on disk as an editor has them: what is open and not saved counts more than what was saved.
//!
//! Takes texts by path; gives a tree of files. It writes nothing.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::files::{Disk, Files, Kind};

/// The files on disk, and the texts that are open in an editor.
#[derive(Clone, Debug, Default)]
pub struct Edited {
    /// By absolute path, without links and dots.
    texts: BTreeMap<PathBuf, Arc<str>>,
}

impl Edited {
    /// From now on this is what a file holds.
    pub fn set(&mut self, path: PathBuf, text: Arc<str>) {
        self.texts.insert(path, text);
    }

    /// From now on a file holds what is on disk.
    pub fn forget(&mut self, path: &Path) {
        self.texts.remove(path);
    }

    /// What the editor has of a file, if it is open there.
    pub fn text(&self, path: &Path) -> Option<&Arc<str>> {
        self.texts.get(path)
    }

    /// The open files directly in a directory.
    fn below(&self, directory: &Path) -> impl Iterator<Item = &Path> {
        let paths = self.texts.keys().map(PathBuf::as_path);
        paths.filter(move |path| path.parent() == Some(directory))
    }
}

impl Files for Edited {
    fn revision(&self) -> Option<&str> {
        None
    }

    fn kind(&self, path: &Path) -> Option<Kind> {
        if self.texts.contains_key(path) { Some(Kind::File) } else { Disk.kind(path) }
    }

    fn is_file(&self, path: &Path) -> bool {
        self.texts.contains_key(path) || Disk.is_file(path)
    }

    fn is_repository(&self, directory: &Path) -> bool {
        Disk.is_repository(directory)
    }

    fn entries(&self, directory: &Path) -> Result<Vec<(OsString, Kind)>, String> {
        let mut entries = Disk.entries(directory)?;
        for path in self.below(directory) {
            let Some(name) = path.file_name() else { continue };
            if !entries.iter().any(|(known, _)| known == name) {
                entries.push((name.to_owned(), Kind::File)); // not saved yet
            }
        }
        Ok(entries)
    }

    fn read(&self, path: &Path, limit: u64) -> Result<(Vec<u8>, bool), String> {
        let Some(text) = self.texts.get(path) else { return Disk.read(path, limit) };
        let whole = text.len() as u64 <= limit;
        let end = text.len().min(usize::try_from(limit).unwrap_or(usize::MAX));
        Ok((text.as_bytes()[..end].to_vec(), whole))
    }
}
