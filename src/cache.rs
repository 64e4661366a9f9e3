//! The cache: what parsing and lowering a file gave, and what following the paths of functions showed, kept for
//! the next run.
//!
//! Takes a file's text; gives its [`FileIr`] if this build of raft-lint has lowered the same text before, and
//! keeps what it is given. Lowering a file depends on its text and on nothing else, so an entry is named by
//! the hash of the text. What is not just as it was written is no entry: it is lowered anew, and the entry
//! replaced. What functions showed is kept as bytes that only [`crate::pipeline`] knows the meaning of. Nothing
//! here fails a run: without a directory that can be used, there is no cache. docs/cache.md says what users have
//! to know.

pub mod entry;
mod pack;
pub mod place;
mod store;
pub mod sweep;
#[cfg(test)]
mod tests;

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use self::entry::Key;
use self::store::Store;
use crate::ir::FileIr;
use crate::ir::portable::Text;
use crate::names::NameCache;
use crate::source::{FileId, SourceFile};

/// No more bytes are kept of what was found out about the functions of a run.
const MAX_FOUND: usize = 64 << 20;

/// A directory with entries.
pub struct Cache {
    store: Store,
    found: AtomicUsize,
    kept: AtomicUsize,
}

impl Cache {
    /// A cache in a directory, which is made as soon as there is something to keep.
    pub fn new(directory: PathBuf) -> Self {
        let store = Store::new(directory);
        Cache { store, found: AtomicUsize::new(0), kept: AtomicUsize::new(0) }
    }

    /// What lowering this file gave.
    pub fn find(
        &self,
        key: &Key,
        file: FileId,
        source: &SourceFile,
        names: &mut NameCache<'_>,
    ) -> Option<FileIr> {
        let ir = self.find_version(key, file, Text::Whole(Arc::clone(&source.text)), names)?;
        self.found.fetch_add(1, Ordering::Relaxed);
        Some(ir)
    }

    /// What lowering this file gave when it had this text, which need not be there any more.
    pub fn find_version(
        &self,
        key: &Key,
        file: FileId,
        text: Text,
        names: &mut NameCache<'_>,
    ) -> Option<FileIr> {
        let most = entry::most(text.length());
        // A bug in reading it costs the entry.
        let mut read = |bytes: Vec<u8>| {
            let read = || entry::read(&bytes, key, file, text.clone(), names);
            catch_unwind(AssertUnwindSafe(read)).ok().flatten()
        };
        // One that is damaged in a pack is replaced by one outside.
        let packed = self.store.read_packed(key, most).and_then(&mut read);
        packed.or_else(|| self.store.read(key, most).and_then(read))
    }

    /// What was found out about functions by the last run that kept it under this key.
    pub fn find_found(&self, key: &Key) -> Option<Vec<u8>> {
        let bytes = self.store.read_found(key, MAX_FOUND)?;
        entry::read_found(&bytes, key).map(<[u8]>::to_vec)
    }

    /// Keeps what was found out, in the place of what the last run did.
    pub fn keep_found(&self, key: &Key, content: &[u8]) {
        let bytes = entry::write_found(content, key);
        if bytes.len() <= MAX_FOUND {
            self.store.write_found(key, &bytes);
        }
    }

    /// Keeps what lowering a file gave, with the names that were noted for it.
    pub fn keep(&self, key: &Key, source: &SourceFile, ir: &FileIr, names: &mut NameCache<'_>) {
        let used = names.noted().filter(|_| self.store.takes());
        // A bug in writing it costs the entry, too.
        let write = |used| catch_unwind(AssertUnwindSafe(|| entry::write(ir, key, used))).ok();
        let bytes = used.and_then(write).flatten();
        let bytes = bytes.filter(|bytes| bytes.len() <= entry::most(source.text.len()));
        if let Some(bytes) = bytes {
            self.kept.fetch_add(self.store.add(key, bytes), Ordering::Relaxed);
        }
    }

    /// Writes what is kept: until then it may only be in memory.
    pub fn write(&self) {
        self.kept.fetch_add(self.store.write_waiting(), Ordering::Relaxed);
    }

    /// Removes what nobody needs any more, if that was not done today.
    pub fn tend(&self) {
        if self.store.takes() {
            sweep::daily(self.store.directory());
        }
    }

    /// How many files were found, and how many were kept.
    pub fn counts(&self) -> (usize, usize) {
        (self.found.load(Ordering::Relaxed), self.kept.load(Ordering::Relaxed))
    }

    /// Why nothing more is kept, if something is wrong with the directory.
    pub fn complaint(&self) -> Option<String> {
        self.store.complaint()
    }

    /// The directory.
    pub fn directory(&self) -> &Path {
        self.store.directory()
    }
}

impl fmt::Debug for Cache {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_tuple("Cache").field(&self.directory()).finish()
    }
}
