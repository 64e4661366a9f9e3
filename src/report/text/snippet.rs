//! What codespan is shown of the sources: harmless text, and of very long lines only a part.
//!
//! Takes the sources; gives codespan's `Files`. Dangerous characters are replaced by as many `?`
//! as they have bytes, so every span still fits; a label never leaves its first line.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::ops::Range;

use codespan_reporting::files::{Error, Files};

use crate::report::escape;
use crate::source::{Place, Sources};

/// Longer lines are shown in part.
const MAX_LINE: usize = 240;
/// What is shown of a long line in front of its first label.
const BEFORE: usize = 60;

/// The sources with a harmless copy of each file that is shown.
pub(super) struct Shown<'s> {
    sources: &'s Sources,
    texts: Vec<OnceCell<Cow<'s, str>>>,
}

impl<'s> Shown<'s> {
    /// Nothing is copied yet.
    pub(super) fn new(sources: &'s Sources) -> Self {
        let texts = sources.files.iter().map(|_| OnceCell::new()).collect();
        Shown { sources, texts }
    }

    fn text(&self, file: usize) -> Option<&str> {
        let source = self.sources.files.get(file)?;
        Some(self.texts[file].get_or_init(|| escape::same_length(&source.text)))
    }
}

/// The view for one diagnostic.
pub(super) struct Snippet<'s> {
    shown: &'s Shown<'s>,
    /// What is shown of long lines: by file and line index.
    windows: BTreeMap<(usize, usize), Range<usize>>,
}

impl<'s> Snippet<'s> {
    /// A view without labels.
    pub(super) fn new(shown: &'s Shown<'s>) -> Self {
        Snippet { shown, windows: BTreeMap::new() }
    }

    /// File and byte range of a label. The first label on a long line decides what is shown of it.
    pub(super) fn range(&mut self, place: Place) -> (usize, Range<usize>) {
        let file = place.file.0 as usize;
        let text = self.shown.text(file).unwrap_or("");
        let start = floor(text, place.span.start as usize);
        let line = self.shown.sources.line(place) as usize - 1;
        let whole = self.whole_line(file, line);
        let end = floor(text, place.span.end as usize).min(content_end(text, &whole)).max(start);
        if whole.len() <= MAX_LINE {
            return (file, start..end);
        }
        let window = self.windows.entry((file, line)).or_insert_with(|| {
            let from = floor(text, start.saturating_sub(BEFORE).max(whole.start));
            from..floor(text, (from + MAX_LINE).min(content_end(text, &whole)))
        });
        let within = |at: usize| at.clamp(window.start, window.end);
        (file, within(start)..within(end))
    }

    fn whole_line(&self, file: usize, line: usize) -> Range<usize> {
        let source = &self.shown.sources.files[file];
        let line = line as u32 + 1;
        source.line_start(line) as usize..source.line_start(line + 1) as usize
    }
}

/// The nearest character boundary at or before a position.
fn floor(text: &str, at: usize) -> usize {
    let at = at.min(text.len());
    (0..=at).rev().find(|&i| text.is_char_boundary(i)).unwrap_or(0)
}

/// Where a line ends without its line feed.
fn content_end(text: &str, line: &Range<usize>) -> usize {
    line.start + text[line.clone()].trim_end().len()
}

impl<'a> Files<'a> for Snippet<'_> {
    type FileId = usize;
    type Name = Cow<'a, str>;
    type Source = &'a str;

    fn name(&'a self, file: usize) -> Result<Self::Name, Error> {
        let source = self.shown.sources.files.get(file).ok_or(Error::FileMissing)?;
        Ok(Cow::Owned(escape::line(&source.shown()).into_owned()))
    }

    fn source(&'a self, file: usize) -> Result<&'a str, Error> {
        self.shown.text(file).ok_or(Error::FileMissing)
    }

    fn line_index(&'a self, file: usize, byte: usize) -> Result<usize, Error> {
        let source = self.shown.sources.files.get(file).ok_or(Error::FileMissing)?;
        Ok(source.line(byte as u32) as usize - 1)
    }

    fn column_number(&'a self, file: usize, _line: usize, byte: usize) -> Result<usize, Error> {
        let source = self.shown.sources.files.get(file).ok_or(Error::FileMissing)?;
        Ok(source.column(byte as u32) as usize)
    }

    fn line_range(&'a self, file: usize, line: usize) -> Result<Range<usize>, Error> {
        let source = self.shown.sources.files.get(file).ok_or(Error::FileMissing)?;
        let max = source.line_count() as usize;
        if line >= max {
            return Err(Error::LineTooLarge { given: line, max });
        }
        let window = self.windows.get(&(file, line)).cloned();
        Ok(window.unwrap_or_else(|| self.whole_line(file, line)))
    }
}
