//! Packed logs: whole, in several pieces, cut off, damaged.

use std::io::Cursor;

use raft_lint::logs::diagnosed::FileRead;
use raft_lint::logs::input::Blocks;
use zlib_rs::{Deflate, DeflateFlush, Status};

use crate::logs_blocks::{Seeded, lines};

/// One gzip member.
pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = vec![0; bytes.len() + bytes.len() / 8 + 1000];
    let mut deflate = Deflate::new(6, true, 15 + 16);
    let status = deflate.compress(bytes, &mut packed, DeflateFlush::Finish);
    assert_eq!(status, Ok(Status::StreamEnd));
    packed.truncate(deflate.total_out() as usize);
    packed
}

/// One zstd frame with a checksum.
pub(crate) fn zstd(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = zstd::Encoder::new(Vec::new(), 3).expect("the level exists");
    encoder.include_checksum(true).expect("checksums exist");
    std::io::Write::write_all(&mut encoder, bytes).expect("memory takes all");
    encoder.finish().expect("memory takes all")
}

/// Lines that do not pack too well.
fn log(count: u64) -> Vec<u8> {
    let mut random = Seeded(7);
    let line = |number| {
        format!(
            "{number} raft: mismatch at idx={} term={}\n",
            random.below(1 << 40),
            random.below(99)
        )
    };
    (0..count).map(line).collect::<String>().into_bytes()
}

fn read(packed: &[u8]) -> (Vec<u8>, FileRead) {
    let (lines, read) = lines(Blocks::from_reader(Cursor::new(packed.to_vec())));
    (lines.into_iter().flat_map(|(_, line)| line).collect(), read)
}

/// All is read, without a complaint.
fn is_whole(packed: &[u8], text: &[u8]) {
    let (found, read) = read(packed);
    assert!(found == text, "{} bytes instead of {}", found.len(), text.len());
    assert_eq!(read.stopped, None);
}

/// At least so much of the text is read, nothing else, and the end is said to be missing.
fn is_stopped(packed: &[u8], text: &[u8], least: usize, why: &str) {
    let (found, read) = read(packed);
    assert!(text.starts_with(&found), "something else was read");
    assert!(found.len() >= least, "{} bytes, not {least}", found.len());
    let stopped = read.stopped.expect("it says that it stopped");
    assert!(stopped.contains(why), "{stopped}");
}

#[test]
fn archives_are_known_by_their_bytes() {
    let text = log(30_000);
    is_whole(&gzip(&text), &text);
    is_whole(&zstd(&text), &text);
    is_whole(&gzip(b""), b"");
    is_whole(&zstd(b""), b"");
}

#[test]
fn all_parts_of_an_archive_are_read() {
    let text = log(9000);
    let (a, b) = text.split_at(100_001);
    is_whole(&[gzip(a), gzip(b""), gzip(b)].concat(), &text);
    is_whole(&[gzip(a), gzip(b), vec![0; 513]].concat(), &text);
    let skipped = b"\x53\x2a\x4d\x18\x05\0\0\0hello".to_vec();
    is_whole(&[zstd(a), zstd(b""), skipped.clone(), zstd(b)].concat(), &text);
    is_whole(&[skipped, zstd(&text)].concat(), &text);
}

#[test]
fn a_truncated_archive_gives_what_it_holds() {
    let text = log(60_000);
    for packed in [gzip(&text), zstd(&text)] {
        for part in [2, 3, 10, 50, 90, 99] {
            let cut = packed.len() * part / 100;
            // All but the block that was cut, which is at most 128 KiB.
            let least = (text.len() * part / 100).saturating_sub(300_000);
            is_stopped(&packed[..cut], &text, least, "ends too early");
        }
        is_stopped(&packed[..packed.len() - 1], &text, text.len(), "ends too early");
    }
    let short = log(40);
    is_stopped(&gzip(&short)[..11], &short, 0, "ends too early");
    is_stopped(&zstd(&short)[..5], &short, 0, "ends too early");
}

#[test]
fn a_cut_gzip_loses_nothing_that_was_written() {
    let text = log(1000);
    let mut packed = vec![0; text.len() * 2];
    let mut deflate = Deflate::new(6, true, 15 + 16);
    let status = deflate.compress(&text, &mut packed, DeflateFlush::SyncFlush);
    assert_eq!(status, Ok(Status::Ok));
    packed.truncate(deflate.total_out() as usize);
    is_stopped(&packed, &text, text.len(), "ends too early");
}

#[test]
fn a_damaged_archive_gives_what_comes_before() {
    let text = log(60_000);
    let mut packed = gzip(&text);
    let at = packed.len() / 2;
    packed[at..at + 64].fill(0xff);
    let (found, read_of) = read(&packed);
    let same = found.iter().zip(&text).take_while(|(a, b)| a == b).count();
    assert!(same > text.len() / 3, "{same} of {}", text.len());
    assert!(read_of.stopped.is_some());
    let mut packed = zstd(&text);
    let at = packed.len() / 2;
    packed[at..at + 64].fill(0xff);
    let (found, read_of) = read(&packed);
    let same = found.iter().zip(&text).take_while(|(a, b)| a == b).count();
    assert!(same > text.len() / 3, "{same} of {}", text.len());
    assert!(read_of.stopped.is_some());
}

#[test]
fn a_wrong_checksum_is_said() {
    let text = log(1000);
    let mut packed = gzip(&text);
    let at = packed.len() - 8;
    packed[at] ^= 1;
    is_stopped(&packed, &text, text.len(), "damaged");
    let mut packed = zstd(&text);
    let at = packed.len() - 1;
    packed[at] ^= 1;
    is_stopped(&packed, &text, 0, "damaged");
}

#[test]
fn what_follows_an_archive_is_not_passed_over() {
    let text = log(1000);
    for packed in [gzip(&text), zstd(&text)] {
        is_stopped(
            &[packed.clone(), b"garbage and more".to_vec()].concat(),
            &text,
            text.len(),
            "is no ",
        );
        is_stopped(&[packed, b"\x1f".to_vec()].concat(), &text, text.len(), "");
    }
}

#[test]
fn what_is_packed_twice_or_holds_no_lines_is_said() {
    is_stopped(&gzip(&zstd(b"a\n")), b"", 0, "packed twice");
    let tar = [vec![b'a'; 257], b"ustar\0".to_vec(), vec![0; 300]].concat();
    is_stopped(&gzip(&tar), b"", 0, "tar archive");
    is_stopped(&zstd(b"\xff\xfea\0\n\0"), b"", 0, "iconv");
}

#[test]
fn a_window_that_takes_too_much_memory_is_refused() {
    let mut encoder = zstd::Encoder::new(Vec::new(), 1).expect("the level exists");
    encoder.window_log(28).expect("the window exists");
    std::io::Write::write_all(&mut encoder, b"a line\n").expect("memory takes all");
    is_stopped(&encoder.finish().expect("memory takes all"), b"", 0, "more than 128 MiB");
}

#[test]
fn a_bomb_takes_time_and_no_memory() {
    let bomb = gzip(&vec![b'x'; 64 << 20]);
    assert!(bomb.len() < 1 << 17);
    let (found, read) = read(&bomb);
    assert_eq!((found.len(), read.lines, read.cut_lines, read.bytes), (1 << 16, 1, 1, 64 << 20));
}
