//! What was found out about a folder, as the client sees it: places as locations, files by their names.
//!
//! Takes places; gives what the protocol has for them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use gen_lsp_types::{Location, Position, Range};

use super::client::Client;
use super::convert::{Lines, columns};
use super::documents::Documents;
use super::folders::Folder;
use super::worker::Found;
use crate::finding::Finding;
use crate::outcome::{Outcome, Problem};
use crate::source::{FileId, Place, SourceFile, Sources};

/// What an answer is made from.
#[derive(Clone, Copy)]
pub(super) struct View<'v> {
    pub(super) client: &'v Client,
    pub(super) documents: &'v Documents,
    pub(super) folder: &'v Folder,
    pub(super) found: &'v Found,
}

impl<'v> View<'v> {
    pub(super) fn outcome(self) -> &'v Outcome {
        &self.found.analysis.found.outcome
    }

    pub(super) fn sources(self) -> &'v Sources {
        &self.found.analysis.found.sources
    }

    /// Documents that can't be parsed: an older text of them was analysed.
    pub(super) fn outdated(self) -> &'v BTreeMap<PathBuf, Problem> {
        &self.found.analysis.found.outdated
    }

    /// The findings that count.
    pub(super) fn open(self) -> impl Iterator<Item = &'v Finding> {
        self.found.analysis.findings.iter().filter(|finding| finding.is_open())
    }

    /// The file at a path.
    pub(super) fn file(self, path: &Path) -> Option<FileId> {
        let index = self.sources().files.iter().position(|file| file.path == path)?;
        u32::try_from(index).ok().map(FileId)
    }

    /// The file with a shown name.
    pub(super) fn named(self, name: &str) -> Option<&'v SourceFile> {
        self.sources().files.iter().map(Arc::as_ref).find(|file| file.name == name)
    }

    pub(super) fn lines(self, file: FileId) -> Lines<'v> {
        Lines::new(&self.sources().file(file).text, self.client.encoding)
    }

    pub(super) fn range(self, place: Place) -> Range {
        let file = self.sources().file(place.file);
        if file.text.contains('\r') {
            return self.lines(place.file).range(place.span);
        }
        // Lines end as the sources know it, so that nobody has to look for all of them again.
        let position = |offset: u32| {
            let line = file.line(offset);
            let start = file.line_start(line);
            let before = file.text.get(start as usize..offset as usize).unwrap_or("");
            Position { line: line - 1, character: columns(before, self.client.encoding) }
        };
        let end = place.span.end.max(place.span.start);
        Range { start: position(place.span.start), end: position(end) }
    }

    pub(super) fn uri(self, path: &Path) -> String {
        self.folder.uri(self.documents, path)
    }

    pub(super) fn location(self, place: Place) -> Location {
        let uri = self.uri(&self.sources().file(place.file).path);
        Location { uri: uri.into(), range: self.range(place) }
    }

    /// `src/log.rs:12`
    pub(super) fn shown(self, place: Place) -> String {
        let name = &self.sources().file(place.file).name;
        format!("{name}:{}", self.sources().line(place))
    }

    /// `file:///…/src/log.rs#L12`
    pub(super) fn link(self, place: Place) -> String {
        let uri = self.uri(&self.sources().file(place.file).path);
        format!("{uri}#L{}", self.sources().line(place))
    }
}
