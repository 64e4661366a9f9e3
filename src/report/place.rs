//! Places as reports show them: file, lines and columns. The only place that knows how.
//!
//! Takes a place of a finding, or what a remark is about; gives names and one-based numbers. It reads no files.

use super::remark::At;
use crate::source::{Place, Sources};

/// A place outside of the lint.
pub(super) struct Spot<'s> {
    /// The file as people see it in text.
    pub(super) shown: &'s str,
    /// The file seen from the root of its repository.
    pub(super) file: String,
    /// First line.
    pub(super) line: u32,
    /// First column, in characters.
    pub(super) column: u32,
    /// First column, in bytes.
    pub(super) byte_column: u32,
    /// The line that `end_column` is in.
    pub(super) end_line: u32,
    /// One past the last column, in characters.
    pub(super) end_column: u32,
    /// One past the last column, in bytes.
    pub(super) end_byte_column: u32,
    /// The last line with something of the place in it.
    pub(super) last_line: u32,
}

/// A place's file, lines and columns.
pub(super) fn spot(sources: &Sources, place: Place) -> Spot<'_> {
    let file = sources.file(place.file);
    let (start, end) = (place.span.start, place.span.end.max(place.span.start));
    let (line, end_line) = (file.line(start), file.line(end));
    Spot {
        shown: &file.name,
        file: sources.in_repository(&file.name),
        line,
        column: file.column(start),
        byte_column: start - file.line_start(line) + 1,
        end_line,
        end_column: file.column(end),
        end_byte_column: end - file.line_start(end_line) + 1,
        last_line: file.line(end.saturating_sub(1).max(start)),
    }
}

/// Where a remark is about, if it is about a file.
pub(super) struct Seen<'s> {
    /// The file as people see it in text.
    pub(super) shown: &'s str,
    /// The file seen from the root of its repository.
    pub(super) file: String,
    /// The line, if there is one.
    pub(super) line: Option<u32>,
}

/// A remark's file and line.
pub(super) fn seen<'s>(sources: &'s Sources, at: At<'s>) -> Option<Seen<'s>> {
    let (shown, line) = match at {
        At::Place(place) => {
            let spot = spot(sources, place);
            (spot.shown, Some(spot.line))
        }
        At::File(file, line) => (file, line),
        At::Nowhere => return None,
    };
    Some(Seen { shown, file: sources.in_repository(shown), line })
}
