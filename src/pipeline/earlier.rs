//! What an earlier run has found out about functions, for a run over the same files.
//!
//! Takes the cache and the files of a run; gives a memory of what functions have shown ([`Memory`]), and keeps
//! that of this run for the next. Which run was earlier is told by the names of its files, and what holds of it
//! still by their texts: those that have changed are compared as they were lowered then. Where the cache has not
//! all of that, there is no memory, and everything is evaluated.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Lowered, Options};
use crate::cache::Cache;
use crate::cache::entry::Key;
use crate::discover::Discovered;
use crate::facts::{Extent, Memory};
use crate::ir::portable::Text;
use crate::ir::{FileIr, moved};
use crate::names::{NameCache, SharedNames};
use crate::program::{Program, said};
use crate::source::{Edits, FileId};

/// What no more functions than these have shown is kept.
const MAX_KEPT: usize = 20_000;
/// If more files than these have changed, everything is evaluated.
const MAX_CHANGED: usize = 64;

/// The files of a run, and where the cache has what was found out about them.
pub(super) struct Earlier<'r> {
    cache: &'r Cache,
    found: &'r Discovered,
    /// In their order.
    files: &'r [FileId],
    options: &'r Options,
    key: Key,
}

/// A file as it was.
#[derive(Serialize, Deserialize)]
struct Version {
    text: Key,
    length: u32,
    is_lowered: bool,
}

impl<'r> Earlier<'r> {
    /// What the cache may have of these files.
    pub(super) fn of(
        cache: &'r Cache,
        found: &'r Discovered,
        files: &'r [FileId],
        options: &'r Options,
    ) -> Self {
        let vocabulary = format!("{:?}", options.vocabulary);
        let file = |file: &FileId| {
            let slot = file.0 as usize;
            let package = found.packages[slot].0;
            [
                found.sources.file(*file).name.clone(),
                found.modules[slot].clone(),
                package.to_string(),
            ]
        };
        let texts: Vec<String> = files.iter().flat_map(file).chain([vocabulary]).collect();
        let key = Key::of_all(texts.iter().map(String::as_str));
        Earlier { cache, found, files, options, key }
    }

    /// What holds of what was found out then. `lowered` gets further names.
    pub(super) fn memory(&self, lowered: &mut Lowered) -> Memory {
        let memory = || {
            let bytes = self.cache.find_found(&self.key)?;
            self.read(&bytes, lowered)
        };
        // A bug in reading it costs what is kept.
        let memory = catch_unwind(AssertUnwindSafe(memory)).ok().flatten();
        memory.unwrap_or_else(|| Memory::of_at_most(MAX_KEPT))
    }

    fn read(&self, bytes: &[u8], lowered: &mut Lowered) -> Option<Memory> {
        let (versions, bytes): (Vec<Version>, _) = postcard::take_from_bytes(bytes).ok()?;
        if versions.len() != self.files.len() {
            return None;
        }
        let pairs = || self.files.iter().copied().zip(&versions);
        let is_changed = |(file, version): &(FileId, &Version)| {
            version.text != Key::of_source(self.found.sources.file(*file))
        };
        let changed: Vec<(FileId, &Version)> = pairs().filter(is_changed).collect();
        if changed.len() > MAX_CHANGED {
            return None;
        }
        let mut older = lowered.files.clone();
        let names = SharedNames::of(std::mem::take(&mut lowered.names));
        for &(file, version) in &changed {
            let mut names = NameCache::new(&names);
            let text = Text::Gone(version.length);
            let ir = || self.cache.find_version(&version.text, file, text, &mut names);
            let ir = version.is_lowered.then(ir).flatten();
            older[file.0 as usize] = ir.map(Arc::new);
        }
        lowered.names = names.freeze();
        let as_lowered = |(file, version): (FileId, &Version)| {
            older[file.0 as usize].is_some() == version.is_lowered
        };
        if !pairs().all(as_lowered) {
            return None;
        }
        let edits = self.edits(&changed, &older, lowered);
        let Discovered { packages, modules, .. } = self.found;
        let vocabulary = &self.options.vocabulary;
        let said = said::apply(&mut older, packages, &mut lowered.names, vocabulary);
        let text = |(file, version): (FileId, &Version)| {
            let source = self.found.sources.file(file);
            match is_changed(&(file, version)) {
                true => (file, Text::Gone(version.length)),
                false => (file, Text::Whole(Arc::clone(&source.text))),
            }
        };
        let extent = Extent {
            functions: older.iter().flatten().map(|ir| ir.functions.len()).sum(),
            packages: self.found.package_dirs.len(),
        };
        let (memory, texts) = (Memory::of_at_most(MAX_KEPT), pairs().map(text).collect());
        let memory = memory.read(bytes, &mut lowered.names, texts, extent)?;
        if changed.is_empty() {
            return Some(memory.of_same());
        }
        let (packages, modules) = (packages.clone(), modules.clone());
        let program = Program::new(older, lowered.names.clone(), packages, modules, said);
        Some(memory.of_older(program, edits))
    }

    /// What has become of the places in the files that have changed.
    fn edits(
        &self,
        changed: &[(FileId, &Version)],
        older: &[Option<Arc<FileIr>>],
        lowered: &Lowered,
    ) -> Edits {
        let mut edits = Edits::default();
        for &(file, _) in changed {
            let slot = file.0 as usize;
            if let (Some(old), Some(new)) = (&older[slot], &lowered.files[slot]) {
                edits.add(file, moved::edits(old, new));
            }
        }
        edits
    }

    /// Which of the files could be lowered.
    pub(super) fn are_lowered(&self, lowered: &Lowered) -> Vec<bool> {
        self.files.iter().map(|file| lowered.files[file.0 as usize].is_some()).collect()
    }

    /// Keeps what was found out by this run, of files of which these could be lowered.
    pub(super) fn keep(&self, memory: &Memory, are_lowered: &[bool]) {
        if !memory.is_changed() {
            return;
        }
        let version = |(file, &is_lowered): (&FileId, &bool)| {
            let source = self.found.sources.file(*file);
            let length = source.text.len() as u32;
            Version { text: Key::of_source(source), length, is_lowered }
        };
        let versions: Vec<Version> = self.files.iter().zip(are_lowered).map(version).collect();
        // A bug in writing it costs what is kept, too.
        let content = || {
            let mut content = postcard::to_allocvec(&versions).ok()?;
            content.extend_from_slice(&memory.write(self.files)?);
            Some(content)
        };
        if let Some(content) = catch_unwind(AssertUnwindSafe(content)).ok().flatten() {
            self.put(&content);
        }
    }

    /// Puts this where the cache has what was found out.
    pub(super) fn put(&self, content: &[u8]) {
        self.cache.keep_found(&self.key, content);
    }
}

#[cfg(test)]
mod tests;
