//! What a file is, by its first bytes.
//!
//! Takes the beginning of a file; gives what it holds, and for what can't be read the command that makes it readable. The
//! name of a file says nothing.

use std::io::{self, Read};

use super::split::read_some;

/// How a gzip member starts.
pub(super) const GZIP: [u8; 2] = [0x1f, 0x8b];
const ZSTD: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];
/// A zstd frame that is to be skipped: its first byte may be any of sixteen.
const ZSTD_SKIPPABLE: [u8; 3] = [0x2a, 0x4d, 0x18];
/// So many bytes tell all but a tar archive.
const ENOUGH: usize = 10;
/// So many are looked at.
const BEGINNING: usize = 1 << 10;
/// The mark at the beginning of UTF-8, which some editors write.
pub(super) const UTF8_MARK: &[u8] = b"\xef\xbb\xbf";

/// What a file holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Content {
    /// Lines.
    Text,
    /// No lines, as far as the beginning tells; read all the same where somebody names it.
    Binary,
    Gzip,
    Zstd,
    /// What is not read: what it is, and what to do.
    Foreign(&'static str, &'static str),
}

/// Formats that are not read.
const FOREIGN: &[(&[u8], Content)] = &[
    (b"\xff\xfe", UTF_16),
    (b"\xfe\xff", UTF_16),
    (
        b"LPKSHHRH",
        Content::Foreign("a journal", "read it with `journalctl --file FILE | raft-lint logs -`"),
    ),
    (b"\xfd7zXZ\0", Content::Foreign("xz data", "unpack it: `xz -dc FILE | raft-lint logs -`")),
    (
        b"\x04\x22\x4d\x18",
        Content::Foreign("lz4 data", "unpack it: `lz4 -dc FILE | raft-lint logs -`"),
    ),
    (
        b"PK\x03\x04",
        Content::Foreign("a zip archive", "unpack it: `unzip -p FILE | raft-lint logs -`"),
    ),
];
const UTF_16: Content =
    Content::Foreign("UTF-16", "convert it: `iconv -f UTF-16 -t UTF-8 FILE | raft-lint logs -`");
const TAR: Content = Content::Foreign("a tar archive", "unpack it and give the directory");
const BZIP2: Content =
    Content::Foreign("bzip2 data", "unpack it: `bzip2 -dc FILE | raft-lint logs -`");

/// What a file that starts so holds. One without bytes holds text.
pub(super) fn content(start: &[u8]) -> Content {
    if start.starts_with(&GZIP) {
        return Content::Gzip;
    }
    let skippable =
        start.first().is_some_and(|byte| byte >> 4 == 5) && start[1..].starts_with(&ZSTD_SKIPPABLE);
    if skippable || start.starts_with(&ZSTD) {
        return Content::Zstd;
    }
    if let Some((_, foreign)) = FOREIGN.iter().find(|(magic, _)| start.starts_with(magic)) {
        return *foreign;
    }
    if start.starts_with(b"BZh") && start.get(4..10) == Some(b"1AY&SY") {
        return BZIP2;
    }
    if start.get(257..262) == Some(b"ustar") {
        return TAR;
    }
    if is_utf_16(start) {
        return UTF_16;
    }
    if is_text(start) { Content::Text } else { Content::Binary }
}

/// Latin letters in UTF-16 without a mark: every other byte is 0, and no more.
fn is_utf_16(start: &[u8]) -> bool {
    let zeros = |from: usize| start.iter().skip(from).step_by(2).filter(|&&byte| byte == 0).count();
    let half = start.len() / 2;
    let (even, odd) = (zeros(0), zeros(1));
    half >= 8 && (even == 0 && odd == half || odd == 0 && even == start.len() - half)
}

/// No NUL, and few of the bytes that no line has.
fn is_text(start: &[u8]) -> bool {
    let odd = |byte: &&u8| **byte < 0x20 && !b"\t\n\r\x0b\x0c\x1b\x08\x07".contains(byte);
    !start.contains(&0) && start.iter().filter(odd).count() * 10 <= start.len()
}

/// A reader whose beginning is known, and still comes.
pub(super) struct Sniffed<R> {
    start: Vec<u8>,
    at: usize,
    /// Comes after the beginning.
    error: Option<io::Error>,
    rest: R,
}

impl<R: Read> Sniffed<R> {
    /// Reads until it is clear what comes. Waits for nothing once there is a whole line: a slow writer's first line is
    /// not held back.
    pub(super) fn new(mut rest: R) -> (Content, Sniffed<R>) {
        let mut start = vec![0; BEGINNING];
        let mut known = 0;
        let mut error = None;
        while known < ENOUGH && !start[..known].contains(&b'\n') {
            match read_some(&mut rest, &mut start[known..]) {
                Ok(0) => break,
                Ok(count) => known += count,
                Err(found) => {
                    error = Some(found);
                    break;
                }
            }
        }
        start.truncate(known);
        let content = content(&start);
        let at = if start.starts_with(UTF8_MARK) { UTF8_MARK.len() } else { 0 };
        (content, Sniffed { start, at, error, rest })
    }
}

impl<R: Read> Read for Sniffed<R> {
    fn read(&mut self, output: &mut [u8]) -> io::Result<usize> {
        if self.at < self.start.len() {
            let count = (&self.start[self.at..]).read(output)?;
            self.at += count;
            return Ok(count);
        }
        match self.error.take() {
            Some(error) => Err(error),
            None => self.rest.read(output),
        }
    }
}
