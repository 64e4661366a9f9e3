//! Source files and places in them: byte spans inside, one-based lines and columns outside.

mod edit;
pub use edit::{Edit, Edits};

use std::borrow::Cow;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use memchr::memchr_iter;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Index of a file in [`Sources`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub struct FileId(pub u32);

/// A half-open byte range in a file that is known from the context.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord, Default)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// The smallest span around both.
    pub fn to(self, other: Span) -> Span {
        Span { start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// Whether another span lies in this one, or is the same.
    pub fn contains(self, inner: Span) -> bool {
        self.start <= inner.start && inner.end <= self.end
    }
}

/// A span with its file.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Place {
    /// The file.
    pub file: FileId,
    /// Where in it.
    pub span: Span,
}

impl Place {
    /// Whether another place lies in this one, or is the same.
    pub fn contains(self, inner: Place) -> bool {
        self.file == inner.file && self.span.contains(inner.span)
    }
}

/// More characters of a line are not quoted in a sentence.
const MAX_SHORT: usize = 160;

/// The first characters of a text, and an ellipsis if there are more.
pub fn beginning(text: &str, most: usize) -> Cow<'_, str> {
    match text.char_indices().nth(most) {
        Some((end, _)) => Cow::Owned(format!("{}…", &text[..end])),
        None => Cow::Borrowed(text),
    }
}

/// One source file.
#[derive(Clone, Debug)]
pub struct SourceFile {
    /// As shown to people, with `/`: relative to the given directory, or as given.
    pub name: String,
    /// As opened.
    pub path: PathBuf,
    /// The text; empty when the file was not kept.
    pub text: Arc<str>,
    /// The revision that the text is from, if not from the disk.
    pub revision: Option<String>,
    /// Found when first asked for: nobody asks for those of a file that is not parsed.
    line_starts: OnceLock<Vec<u32>>,
    /// Found when first asked for, too.
    sha256: OnceLock<[u8; 32]>,
}

impl SourceFile {
    /// A file that is not of a revision.
    pub fn new(name: String, path: PathBuf, text: Arc<str>) -> Self {
        let (line_starts, sha256) = (OnceLock::new(), OnceLock::new());
        SourceFile { name, path, text, revision: None, line_starts, sha256 }
    }

    /// The SHA-256 of the text.
    pub fn sha256(&self) -> &[u8; 32] {
        self.sha256.get_or_init(|| Sha256::digest(self.text.as_bytes()).into())
    }

    fn line_starts(&self) -> &[u32] {
        self.line_starts.get_or_init(|| {
            let newlines = memchr_iter(b'\n', self.text.as_bytes());
            std::iter::once(0).chain(newlines.map(|i| i as u32 + 1)).collect()
        })
    }

    /// The name as reports show it: `src/log.rs`, or `src/log.rs@main` for a file of a revision.
    pub fn shown(&self) -> Cow<'_, str> {
        match &self.revision {
            Some(revision) => Cow::Owned(format!("{}@{revision}", self.name)),
            None => Cow::Borrowed(&self.name),
        }
    }

    /// One-based line of a byte offset.
    pub fn line(&self, offset: u32) -> u32 {
        self.line_starts().partition_point(|&start| start <= offset) as u32
    }

    /// One-based column of a byte offset, in characters.
    pub fn column(&self, offset: u32) -> u32 {
        let start = self.line_start(self.line(offset)) as usize;
        let end = (offset as usize).min(self.text.len());
        self.text.get(start..end).map_or(1, |s| s.chars().count() as u32 + 1)
    }

    /// Byte offset at which a one-based line starts.
    pub fn line_start(&self, line: u32) -> u32 {
        self.line_starts()
            .get(line.saturating_sub(1) as usize)
            .copied()
            .unwrap_or(self.text.len() as u32)
    }

    /// The text of a one-based line without its line end.
    pub fn line_text(&self, line: u32) -> &str {
        let range = self.line_start(line) as usize..self.line_start(line + 1) as usize;
        self.text.get(range).unwrap_or("").trim_end_matches(['\n', '\r'])
    }

    /// The text of a one-based line without the white space around it; of a very long one the beginning.
    pub fn short_line(&self, line: u32) -> Cow<'_, str> {
        beginning(self.line_text(line).trim(), MAX_SHORT)
    }

    /// How many lines there are.
    pub fn line_count(&self) -> u32 {
        self.line_starts().len() as u32
    }

    /// The text of a span.
    pub fn snippet(&self, span: Span) -> &str {
        self.text.get(span.start as usize..span.end as usize).unwrap_or("")
    }
}

/// How the names of files under one of the given paths continue: as shown, and in their repository.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Base {
    /// What shown names start with; empty or with a slash at its end.
    pub shown: String,
    /// What the same names start with seen from the repository's root.
    pub in_repository: String,
}

/// All files of a run; a [`FileId`] is an index.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    /// The files, in the order of discovery.
    pub files: Vec<Arc<SourceFile>>,
    /// Where the given paths are in their repositories.
    pub bases: Vec<Base>,
}

impl Sources {
    /// The file behind an id.
    pub fn file(&self, id: FileId) -> &SourceFile {
        &self.files[id.0 as usize]
    }

    /// A shown name as it is seen from the root of its repository.
    pub fn in_repository(&self, shown: &str) -> String {
        let bases = self.bases.iter().filter(|base| shown.starts_with(&base.shown));
        match bases.max_by_key(|base| base.shown.len()) {
            Some(base) => format!("{}{}", base.in_repository, &shown[base.shown.len()..]),
            None => shown.to_owned(),
        }
    }

    /// One-based first line of a place.
    pub fn line(&self, place: Place) -> u32 {
        self.file(place.file).line(place.span.start)
    }

    /// The text of a place.
    pub fn snippet(&self, place: Place) -> &str {
        self.file(place.file).snippet(place.span)
    }
}
