//! The lines of a log, whatever its bytes are and in whichever pieces they come.

use std::io::{self, Read};
use std::time::{Duration, Instant};

use raft_lint::logs::diagnosed::FileRead;
use raft_lint::logs::input::{Blocks, LINE_LIMIT, lines_in};

/// Numbers that look random and are the same in each run.
pub(crate) struct Seeded(pub(crate) u64);

impl Seeded {
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound
    }
}

/// Gives its bytes in pieces of the sizes that a function tells.
struct Pieces<F>(Vec<u8>, usize, F);

impl<F: FnMut() -> usize> Read for Pieces<F> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let rest = &self.0[self.1..];
        let count = (self.2)().clamp(1, buffer.len()).min(rest.len());
        buffer[..count].copy_from_slice(&rest[..count]);
        self.1 += count;
        Ok(count)
    }
}

/// The lines of a reader with their numbers, and what was read.
pub(crate) fn lines(mut blocks: Blocks) -> (Vec<(u64, Vec<u8>)>, FileRead) {
    let mut lines = Vec::new();
    while let Some(block) = blocks.next() {
        assert!(!block.bytes.is_empty());
        let whole = block.bytes.split_inclusive(|&byte| byte == b'\n');
        assert_eq!(whole.clone().count() as u64, lines_in(block.bytes));
        lines.extend((block.first_line..).zip(whole.map(<[u8]>::to_vec)));
    }
    assert!(blocks.next().is_none(), "the end stays the end");
    (lines, blocks.read("a.log"))
}

/// What the lines must be: each cut to the limit.
fn expected(bytes: &[u8]) -> Vec<(u64, Vec<u8>)> {
    let cut = |line: &[u8]| {
        let length = line.len() - usize::from(line.ends_with(b"\n"));
        let kept = if length > LINE_LIMIT { LINE_LIMIT } else { line.len() };
        line[..kept].to_vec()
    };
    (1..).zip(bytes.split_inclusive(|&byte| byte == b'\n').map(cut)).collect()
}

fn read(bytes: &[u8]) -> (Vec<(u64, Vec<u8>)>, FileRead) {
    lines(Blocks::from_reader(io::Cursor::new(bytes.to_vec())))
}

#[test]
fn lines_are_what_stands_between_line_ends() {
    let cases: &[(&[u8], usize)] = &[
        (b"", 0),
        (b"\n", 1),
        (b"a", 1),
        (b"a\nb", 2),
        (b"a\r\nb\r\n", 2),
        (b"a\rb\n", 1),
        (b"line one\0\0\xff\xfe\n\0\n", 2),
        (b"\n\n\n", 3),
    ];
    for (bytes, count) in cases {
        let (lines, read) = read(bytes);
        assert_eq!(lines, expected(bytes), "{bytes:?}");
        assert_eq!((read.lines, read.bytes), (*count as u64, bytes.len() as u64), "{bytes:?}");
        assert_eq!(read.stopped, None);
    }
}

#[test]
fn the_mark_of_utf_8_is_no_part_of_the_first_line() {
    assert_eq!(read(b"\xef\xbb\xbfraft: a\nb\n").0, expected(b"raft: a\nb\n"));
}

#[test]
fn pieces_change_nothing() {
    let mut random = Seeded(0x5eed);
    for round in 0..24 {
        let mut bytes = Vec::new();
        for _ in 0..random.below(60) {
            let length = match random.below(12) {
                0 => LINE_LIMIT as u64 - 1 + random.below(4),
                1 => random.below(5 * LINE_LIMIT as u64),
                _ => random.below(300),
            };
            bytes.extend((0..length).map(|_| b"ab\r\0\xe2 {"[random.below(7) as usize]));
            bytes.push(b'\n');
        }
        if random.below(2) == 0 {
            bytes.extend(b"no end");
        }
        // A first byte that is no packing's.
        bytes.insert(0, b'x');
        let whole = expected(&bytes);
        let cut = whole
            .iter()
            .filter(|(number, line)| !line.ends_with(b"\n") && *number < whole.len() as u64);
        let cut = cut.count() as u64
            + u64::from(whole.last().is_some_and(|(_, line)| line.len() == LINE_LIMIT));
        let mut sizes = Seeded(round + 1);
        let largest = [1, 2, 100, 70_000, 1 << 20][round as usize % 5];
        let pieces = Pieces(bytes.clone(), 0, move || 1 + sizes.below(largest) as usize);
        let (found, read) = lines(Blocks::from_reader(pieces));
        assert!(found == whole, "round {round}: the lines differ");
        assert_eq!(
            (read.lines, read.bytes),
            (whole.len() as u64, bytes.len() as u64),
            "round {round}"
        );
        assert_eq!(read.cut_lines, cut, "round {round}");
    }
}

#[test]
fn a_line_of_a_hundred_megabytes_is_cut_and_its_neighbours_are_not() {
    let long = io::repeat(b'x').take(100_000_000);
    let started = Instant::now();
    let (lines, read) =
        lines(Blocks::from_reader(b"first\n"[..].chain(long).chain(&b"\nlast\n"[..])));
    assert_eq!(lines.len(), 3);
    assert_eq!(lines[0], (1, b"first\n".to_vec()));
    assert_eq!(lines[1], (2, vec![b'x'; LINE_LIMIT]));
    assert_eq!(lines[2], (3, b"last\n".to_vec()));
    assert_eq!((read.lines, read.cut_lines, read.bytes), (3, 1, 100_000_012));
    assert!(started.elapsed() < Duration::from_secs(20), "{:?}", started.elapsed());
}

#[test]
fn what_a_slow_writer_has_finished_is_given_at_once() {
    let (mut writer, reader) = {
        let (reader, writer) = io::pipe().expect("there are pipes");
        (writer, reader)
    };
    let mut blocks = Blocks::from_reader({
        io::Write::write_all(&mut writer, b"a\nb\nhal").expect("the pipe has room");
        reader
    });
    assert_eq!(blocks.next().map(|block| block.bytes.to_vec()), Some(b"a\nb\n".to_vec()));
    io::Write::write_all(&mut writer, b"f\n").expect("the pipe has room");
    assert_eq!(blocks.next().map(|block| block.bytes.to_vec()), Some(b"half\n".to_vec()));
    drop(writer);
    assert_eq!(blocks.next(), None);
}

#[test]
fn an_error_of_the_reader_is_said_and_what_came_before_it_counts() {
    struct Failing;
    impl Read for Failing {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("the disk is gone"))
        }
    }
    let (lines, read) = lines(Blocks::from_reader(b"whole\npart"[..].chain(Failing)));
    assert_eq!(lines, expected(b"whole\npart"));
    assert_eq!(read.stopped.as_deref(), Some("the disk is gone"));
}

#[test]
fn what_is_not_read_says_what_to_do() {
    let utf_16: Vec<u8> = "raft: a line\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let marked = [b"\xff\xfe".to_vec(), utf_16.clone()].concat();
    let cases: &[(&[u8], &str)] = &[
        (&utf_16, "iconv"),
        (&marked, "iconv"),
        (b"\xfd7zXZ\0\0\0\0\0\0", "xz -dc"),
        (b"BZh91AY&SY\0\0", "bzip2 -dc"),
        (b"PK\x03\x04\0\0\0\0\0\0", "unzip"),
        (b"LPKSHHRH\0\0\0\0", "journalctl"),
    ];
    for (bytes, advice) in cases {
        let (lines, read) = read(bytes);
        assert!(lines.is_empty());
        let stopped = read.stopped.expect("it says that it is not read");
        assert!(stopped.contains(advice), "{stopped}");
    }
}
