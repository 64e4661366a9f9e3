//! From bytes, as they come, to blocks of whole lines.
//!
//! Takes any reader; gives the part of its own buffer that holds whole lines. Memory is the buffer, whatever the length
//! of the lines: of one that is longer than [`LINE_LIMIT`] the beginning is given and the rest passed over. How the bytes
//! come, in which pieces, changes the blocks but never their lines.

use std::io::{self, ErrorKind, Read};
use std::ops::Range;
use std::time::Duration;

use memchr::{memchr, memchr_iter, memrchr};

use crate::logs::diagnosed::FileRead;

/// Of a longer line so many bytes are given.
pub const LINE_LIMIT: usize = 1 << 16;
/// How long to wait where a reader has nothing yet and does not wait itself.
const NOTHING_YET: Duration = Duration::from_millis(20);

/// Whole lines of one file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Block<'b> {
    /// Each line ends with `\n`, which may be missing at the block's end: there the line was cut, or the file ends.
    pub bytes: &'b [u8],
    /// The one-based number of the first of them.
    pub first_line: u64,
}

/// How many lines these bytes are; the last one needs no `\n`.
pub fn lines_in(bytes: &[u8]) -> u64 {
    let ends = memchr_iter(b'\n', bytes).count() as u64;
    ends + u64::from(bytes.last().is_some_and(|&last| last != b'\n'))
}

/// The buffer, and where the reading is in it.
#[derive(Debug)]
pub(super) struct Splitter {
    buffer: Vec<u8>,
    /// What was read and not yet given. It starts with a line, unless `passing`.
    start: usize,
    end: usize,
    /// Up to here no `\n` is left to find.
    searched: usize,
    /// What comes belongs to a line whose beginning was given.
    passing: bool,
    /// The number of the line before the next block.
    line: u64,
    /// Bytes that were read.
    bytes: u64,
    /// Lines that were given.
    lines: u64,
    /// Lines of which the beginning was given.
    cut_lines: u64,
}

impl Splitter {
    /// With a buffer of so many bytes; it holds at least two of the longest lines.
    pub(super) fn new(capacity: usize) -> Splitter {
        Splitter {
            buffer: vec![0; capacity.max(2 * LINE_LIMIT)],
            start: 0,
            end: 0,
            searched: 0,
            passing: false,
            line: 0,
            bytes: 0,
            lines: 0,
            cut_lines: 0,
        }
    }

    /// Reads once; 0 bytes mean that there are no more now.
    pub(super) fn fill(&mut self, reader: &mut dyn Read) -> io::Result<usize> {
        self.buffer.copy_within(self.start..self.end, 0);
        self.end -= self.start;
        self.searched = self.searched.saturating_sub(self.start);
        self.start = 0;
        let count = read_some(reader, &mut self.buffer[self.end..])?;
        self.end += count;
        self.bytes += count as u64;
        Ok(count)
    }

    /// Where the whole lines that are there end, if there are any: they are to be [given](Splitter::give) then.
    pub(super) fn ready(&mut self) -> Option<usize> {
        if self.passing && !self.pass() {
            return None;
        }
        let from = self.searched.max(self.start);
        let whole =
            memrchr(b'\n', &self.buffer[from..self.end]).map_or(self.start, |at| from + at + 1);
        self.searched = self.end;
        let long = self.long_line(whole);
        if self.end - long > LINE_LIMIT {
            let to = long + LINE_LIMIT;
            self.passing = true;
            self.searched = to;
            self.cut_lines += 1;
            return Some(to);
        }
        (whole > self.start).then_some(whole)
    }

    /// The last line, where it has no end.
    pub(super) fn last(&mut self) -> Option<Block<'_>> {
        let to = self.end;
        let is_line = !self.passing && to > self.start;
        is_line.then(|| self.give(to))
    }

    /// What was read until now.
    pub(super) fn read(&self, name: &str, stopped: Option<String>) -> FileRead {
        FileRead {
            name: name.to_owned(),
            bytes: self.bytes,
            lines: self.lines,
            recognised: 0,
            cut_lines: self.cut_lines,
            stopped,
        }
    }

    /// What comes next is another file: its lines count from 1.
    pub(super) fn restart(&mut self) {
        (self.start, self.end, self.searched, self.passing, self.line) = (0, 0, 0, false, 0);
    }

    /// Where the first line starts that is longer than the limit or not yet whole. `whole` is the end of the last
    /// whole one. From a line's start, the last `\n` within the limit proves all lines before it short: one look for
    /// many lines.
    fn long_line(&self, whole: usize) -> usize {
        let mut at = self.start;
        while at < whole {
            let limit = self.end.min(at + LINE_LIMIT + 1);
            match memrchr(b'\n', &self.buffer[at..limit]) {
                Some(found) => at += found + 1,
                None => break,
            }
        }
        at
    }

    /// Passes over the rest of a cut line; tells whether its end was there.
    fn pass(&mut self) -> bool {
        let found = memchr(b'\n', &self.buffer[self.start..self.end]);
        self.start = found.map_or(self.end, |at| self.start + at + 1);
        self.searched = self.start;
        self.passing = found.is_none();
        !self.passing
    }

    /// The lines up to there; those that were given before are gone.
    pub(super) fn give(&mut self, to: usize) -> Block<'_> {
        let given: Range<usize> = self.start..to;
        self.start = to;
        let bytes = &self.buffer[given];
        let first_line = self.line + 1;
        let lines = lines_in(bytes);
        self.line += lines;
        self.lines += lines;
        Block { bytes, first_line }
    }
}

/// One read that was not interrupted.
pub(super) fn read_some(reader: &mut dyn Read, buffer: &mut [u8]) -> io::Result<usize> {
    loop {
        match reader.read(buffer) {
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) if error.kind() == ErrorKind::WouldBlock => std::thread::sleep(NOTHING_YET),
            read => return read,
        }
    }
}
