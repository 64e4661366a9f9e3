//! The documents that are open in the editor.
//!
//! Takes what the editor says of them; gives their texts. A change that makes no sense changes nothing
//! and is told.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use gen_lsp_types::{TextDocumentContentChangeEvent, TextDocumentContentChangePartial};

use super::convert::{self, Encoding, Lines};
use crate::workspace::canonical;

/// A longer text is not looked at, as no longer file is.
pub(super) const MAX_BYTES: usize = 16 << 20;

/// Which text of a document: clients count anew when they open it again.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(super) struct Version {
    /// As the client counts.
    pub(super) number: i32,
    /// How many texts of whatever document came before.
    serial: u64,
}

/// A document.
pub(super) struct Document {
    /// As the client names it.
    pub(super) uri: String,
    pub(super) version: Version,
    pub(super) text: Arc<str>,
}

impl Document {
    /// Whether it is too long to be looked at. Its text is kept, because later changes are changes of that.
    pub(super) fn is_too_long(&self) -> bool {
        self.text.len() > MAX_BYTES
    }
}

/// All of them, by their path without links and dots.
#[derive(Default)]
pub(super) struct Documents {
    open: BTreeMap<PathBuf, Document>,
    texts: u64,
}

impl Documents {
    /// Opens one; gives its path, and what is odd about it.
    pub(super) fn open(&mut self, uri: &str, version: i32, text: String) -> Result<Opened, String> {
        let path = path(uri)?;
        let version = self.version(version);
        let document = Document { uri: uri.to_owned(), version, text: text.into() };
        let older = self.open.insert(path.clone(), document);
        Ok(Opened { path, was_open: older.is_some() })
    }

    /// Changes one; gives its path.
    pub(super) fn change(
        &mut self,
        uri: &str,
        version: i32,
        changes: &[TextDocumentContentChangeEvent],
        encoding: Encoding,
    ) -> Result<PathBuf, String> {
        let path = path(uri)?;
        let version = self.version(version);
        let document = self.open.get_mut(&path);
        let document = document.ok_or_else(|| format!("`{uri}` was changed and is not open"))?;
        let mut text = document.text.to_string();
        for change in changes {
            match change {
                TextDocumentContentChangeEvent::TextDocumentContentChangeWholeDocument(whole) => {
                    text.clone_from(&whole.text);
                }
                TextDocumentContentChangeEvent::TextDocumentContentChangePartial(part) => {
                    replace(&mut text, part, encoding)
                        .map_err(|why| format!("`{uri}` was not changed: {why}"))?;
                }
            }
        }
        document.text = text.into();
        document.version = version;
        Ok(path)
    }

    fn version(&mut self, number: i32) -> Version {
        self.texts += 1;
        Version { number, serial: self.texts }
    }

    /// Closes one; gives its path and how the client names it.
    pub(super) fn close(&mut self, uri: &str) -> Result<(PathBuf, String), String> {
        let path = path(uri)?;
        let closed = self.open.remove(&path);
        let closed = closed.ok_or_else(|| format!("`{uri}` was closed and is not open"))?;
        Ok((path, closed.uri))
    }

    pub(super) fn at(&self, path: &Path) -> Option<&Document> {
        self.open.get(path)
    }

    /// The open document that a URI names.
    pub(super) fn named(&self, uri: &str) -> Option<(&Path, &Document)> {
        let path = path(uri).ok()?;
        self.open.get_key_value(&path).map(|(path, document)| (path.as_path(), document))
    }
}

/// A document that was opened.
pub(super) struct Opened {
    pub(super) path: PathBuf,
    /// Whether it was open before, which no client should let happen.
    pub(super) was_open: bool,
}

fn replace(
    text: &mut String,
    part: &TextDocumentContentChangePartial,
    encoding: Encoding,
) -> Result<(), String> {
    let lines = Lines::new(text, encoding);
    let (start, end) = (lines.offset(part.range.start), lines.offset(part.range.end));
    if (part.range.start.line, part.range.start.character)
        > (part.range.end.line, part.range.end.character)
        || start > end
    {
        return Err("a range ends before it starts".to_owned());
    }
    text.replace_range(start..end, &part.text);
    Ok(())
}

/// The path without links and dots, as the walk knows it.
fn path(uri: &str) -> Result<PathBuf, String> {
    let path = convert::path(uri).ok_or_else(|| format!("`{uri}` is no file"))?;
    Ok(canonical(&path))
}
