//! Positions and names as the protocol has them: lines and columns in the units that were agreed on, and
//! URIs of files.
//!
//! Takes and gives byte offsets and paths. What lies behind the end of a line or a text is its end.

use std::path::{Path, PathBuf};

use gen_lsp_types::{Position, Range};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use crate::source::Span;

/// The units that columns are counted in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Encoding {
    /// Bytes.
    Utf8,
    /// What a client that says nothing counts.
    Utf16,
}

/// Where the lines of a text start. A line ends with `\n`, `\r\n` or `\r`, as the protocol says.
pub(super) struct Lines<'t> {
    text: &'t str,
    starts: Vec<usize>,
    encoding: Encoding,
}

impl<'t> Lines<'t> {
    pub(super) fn new(text: &'t str, encoding: Encoding) -> Self {
        let bytes = text.as_bytes();
        let ends = bytes.iter().enumerate().filter(|&(at, byte)| {
            *byte == b'\n' || *byte == b'\r' && bytes.get(at + 1) != Some(&b'\n')
        });
        let starts = std::iter::once(0).chain(ends.map(|(at, _)| at + 1)).collect();
        Lines { text, starts, encoding }
    }

    /// The text of a line, without its end, and where it starts.
    pub(super) fn line(&self, line: usize) -> (usize, &'t str) {
        let start = self.starts.get(line).copied().unwrap_or(self.text.len());
        let end = self.starts.get(line + 1).copied().unwrap_or(self.text.len());
        (start, self.text.get(start..end).unwrap_or("").trim_end_matches(['\n', '\r']))
    }

    /// The line that an offset is in.
    pub(super) fn line_of(&self, offset: usize) -> usize {
        self.starts.partition_point(|start| *start <= offset).saturating_sub(1)
    }

    /// The byte offset of a position.
    pub(super) fn offset(&self, position: Position) -> usize {
        let (start, line) = self.line(position.line as usize);
        let column = position.character as usize;
        let within = match self.encoding {
            Encoding::Utf8 => {
                let mut within = column.min(line.len());
                while !line.is_char_boundary(within) {
                    within -= 1;
                }
                within
            }
            Encoding::Utf16 => {
                let mut units = 0;
                let passed = |c: &char| {
                    units += c.len_utf16();
                    units <= column
                };
                line.chars().take_while(passed).map(char::len_utf8).sum()
            }
        };
        start + within
    }

    /// The position of a byte offset.
    pub(super) fn position(&self, offset: usize) -> Position {
        let mut offset = offset.min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        let line = self.line_of(offset);
        let before = &self.text[self.starts[line]..offset];
        Position { line: line as u32, character: columns(before, self.encoding) }
    }

    /// The range of a span.
    pub(super) fn range(&self, span: Span) -> Range {
        let (start, end) = (span.start as usize, span.end.max(span.start) as usize);
        Range { start: self.position(start), end: self.position(end) }
    }
}

/// How many columns a text takes.
pub(super) fn columns(text: &str, encoding: Encoding) -> u32 {
    let columns: usize = match encoding {
        Encoding::Utf8 => text.len(),
        Encoding::Utf16 => text.chars().map(char::len_utf16).sum(),
    };
    columns as u32
}

/// What stands as it is in the path of a URI.
const PATH: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// The file that a URI names; nothing if it names something else.
pub(super) fn path(uri: &str) -> Option<PathBuf> {
    let rest = uri.get(..7).filter(|scheme| scheme.eq_ignore_ascii_case("file://"))?;
    let rest = &uri[rest.len()..];
    let path = rest.strip_prefix("localhost").unwrap_or(rest);
    let path = path.split(['?', '#']).next().unwrap_or(path);
    let decoded = percent_decode_str(path).decode_utf8().ok()?;
    if !decoded.starts_with('/') || decoded.contains('\0') {
        return None;
    }
    // `/C:/code` names a drive.
    let drive = cfg!(windows) && decoded.as_bytes().get(2) == Some(&b':');
    Some(PathBuf::from(if drive { &decoded[1..] } else { &decoded }))
}

/// The URI of a file.
pub(super) fn uri(path: &Path) -> String {
    let shown = path.to_string_lossy();
    let shown = if cfg!(windows) { shown.replace('\\', "/") } else { shown.into_owned() };
    let slash = if shown.starts_with('/') { "" } else { "/" };
    format!("file://{slash}{}", utf8_percent_encode(&shown, PATH))
}

#[cfg(test)]
mod tests {
    use gen_lsp_types::Position;

    use super::{Encoding, Lines, path, uri};

    const TEXT: &str = "a😀é\r\nb\rc\n";

    #[test]
    fn positions_count_what_was_agreed_on() {
        let lines = Lines::new(TEXT, Encoding::Utf16);
        let at = |line, character| lines.offset(Position { line, character });
        assert_eq!([at(0, 0), at(0, 1), at(0, 3), at(0, 4)], [0, 1, 5, 7]);
        assert_eq!(at(0, 2), 1, "within a surrogate pair is before it");
        assert_eq!([at(0, 99), at(1, 99), at(2, 1), at(9, 9)], [7, 10, 12, TEXT.len()]);
        let bytes = Lines::new(TEXT, Encoding::Utf8);
        assert_eq!(bytes.offset(Position { line: 0, character: 3 }), 1);
        for lines in [&lines, &bytes] {
            for (offset, _) in TEXT.char_indices().filter(|(_, c)| !matches!(c, '\r' | '\n')) {
                assert_eq!(lines.offset(lines.position(offset)), offset);
            }
            assert_eq!(lines.position(99), Position { line: 3, character: 0 });
        }
    }

    #[test]
    fn only_files_have_paths() {
        let name = "/a b/ä#?%.rs";
        assert_eq!(path(&uri(name.as_ref())).as_deref(), Some(name.as_ref()));
        for other in
            ["untitled:Untitled-1", "http://a/b", "file://host/share", "file:", "", "file:///%ff"]
        {
            assert_eq!(path(other), None, "{other}");
        }
        assert_eq!(path("FILE://localhost/a.rs").as_deref(), Some("/a.rs".as_ref()));
    }
}
