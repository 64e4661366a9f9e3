//! Logs as they grow, are rotated, cut and removed.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use raft_lint::logs::input::{Follow, LogFile, Place};

use crate::logs_packed::gzip;

/// A directory, and what following its files has given.
struct Followed {
    directory: tempfile::TempDir,
    follow: Follow,
    /// File, line number, text.
    lines: Vec<(usize, u64, String)>,
}

impl Followed {
    fn new(names: &[&str], prepare: impl FnOnce(&Path)) -> Followed {
        let directory = tempfile::tempdir().expect("a temporary directory can be made");
        prepare(directory.path());
        let place = |name: &str| match name {
            "pipe" => Place::Pipe(directory.path().join(name)),
            _ => Place::Path(directory.path().join(name)),
        };
        let file = |name: &&str| LogFile { name: (*name).to_owned(), place: place(name) };
        let follow = Follow::new(&names.iter().map(file).collect::<Vec<_>>());
        Followed { directory, follow, lines: Vec::new() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    fn append(&self, name: &str, text: &str) {
        let file = OpenOptions::new().append(true).create(true).open(self.path(name));
        file.and_then(|mut file| file.write_all(text.as_bytes())).expect("it can be written");
    }

    /// What one round of looks gives: the new lines, and the notes.
    fn look(&mut self) -> (Vec<String>, String) {
        let before = self.lines.len();
        let lines = &mut self.lines;
        self.follow.poll(|file, block| {
            let text = String::from_utf8_lossy(block.bytes).into_owned();
            lines.extend(
                (block.first_line..)
                    .zip(text.split_inclusive('\n'))
                    .map(|(n, line)| (file, n, line.to_owned())),
            );
        });
        let new = self.lines[before..].iter().map(|(_, _, line)| line.clone()).collect();
        (new, self.follow.take_notes().join("\n"))
    }

    /// Looks until so many lines have come.
    fn wait(&mut self, count: usize) {
        let started = Instant::now();
        while self.lines.len() < count && started.elapsed() < Duration::from_secs(20) {
            self.look();
            std::thread::sleep(Duration::from_millis(5));
        }
        assert_eq!(self.lines.len(), count, "{:?}", self.lines);
    }
}

#[test]
fn lines_come_when_they_are_whole() {
    let mut logs = Followed::new(&["a", "b"], |path| {
        fs::write(path.join("a"), "one\r\ntw").expect("it can be written")
    });
    fs::write(logs.path("b"), "").expect("it can be written");
    assert_eq!(logs.look().0, ["one\r\n"]);
    assert_eq!(logs.look().0, [""; 0]);
    logs.append("a", "o\nthree");
    logs.append("b", "other\n");
    assert_eq!(logs.look().0, ["two\n", "other\n"]);
    logs.append("a", "\n");
    assert_eq!(logs.look(), (vec!["three\n".to_owned()], String::new()));
    let numbers: Vec<_> = logs.lines.iter().map(|(file, number, _)| (*file, *number)).collect();
    assert_eq!(numbers, [(0, 1), (0, 2), (1, 1), (0, 3)]);
    logs.append("a", "no end");
    assert_eq!(logs.look().0, [""; 0]);
    let mut last = Vec::new();
    logs.follow.finish(|file, block| last.push((file, block.first_line, block.bytes.to_vec())));
    assert_eq!(last, [(0, 4, b"no end".to_vec())]);
    let read = logs.follow.read();
    assert_eq!((read[0].lines, read[0].bytes, read[1].lines), (4, 21, 1));
}

#[test]
fn a_file_that_comes_later_is_awaited() {
    let mut logs = Followed::new(&["later"], |_| {});
    let (lines, notes) = logs.look();
    assert!(lines.is_empty() && notes.contains("`later` does not exist yet"), "{notes}");
    assert_eq!(logs.look(), (vec![], String::new()), "that is said once");
    logs.append("later", "one\n");
    assert_eq!(logs.look(), (vec!["one\n".to_owned()], String::new()));
    assert!(!logs.follow.is_over());
}

#[test]
fn a_cut_file_is_read_anew() {
    let mut logs = Followed::new(&["a"], |path| {
        fs::write(path.join("a"), "one\ntwo\npart").expect("it can be written")
    });
    assert_eq!(logs.look().0, ["one\n", "two\n"]);
    fs::write(logs.path("a"), "new\n").expect("it can be written");
    let (lines, notes) = logs.look();
    assert_eq!(lines, ["part", "new\n"], "what had no end is given, since none will come");
    assert!(notes.contains("was cut"), "{notes}");
    assert_eq!(logs.lines.last(), Some(&(0, 1, "new\n".to_owned())), "lines count anew");
    fs::write(logs.path("a"), "").expect("it can be written");
    logs.look();
    logs.append("a", "again\n");
    assert_eq!(logs.look().0, ["again\n"]);
}

#[cfg(unix)]
#[test]
fn a_rotated_file_is_finished_before_the_new_one_begins() {
    let mut logs = Followed::new(&["a"], |path| {
        fs::write(path.join("a"), "one\n").expect("it can be written")
    });
    assert_eq!(logs.look().0, ["one\n"]);
    fs::rename(logs.path("a"), logs.path("a.1")).expect("it can be renamed");
    let (lines, notes) = logs.look();
    assert!(lines.is_empty() && notes.contains("was removed"), "{notes}");
    logs.append("a.1", "still the old one\n");
    assert_eq!(logs.look().0, ["still the old one\n"]);
    // The new one is there, and the writer does not know of it yet.
    logs.append("a", "");
    assert_eq!(logs.look().0, [""; 0]);
    logs.append("a.1", "the last of the old one\n");
    logs.append("a", "the first of the new one\n");
    let (lines, notes) = logs.look();
    assert_eq!(lines, ["the last of the old one\n", "the first of the new one\n"]);
    assert!(notes.contains("was replaced"), "{notes}");
    assert_eq!(logs.lines.last().map(|line| line.1), Some(1));
}

#[cfg(unix)]
#[test]
fn many_rotations_lose_no_line() {
    let mut logs = Followed::new(&["a"], |_| {});
    let mut written = Vec::new();
    for round in 0..40 {
        for line in 0..round % 7 {
            let text = format!("{round} {line}\n");
            logs.append("a", &text);
            written.push(text);
            if line % 3 == 0 {
                logs.look();
            }
        }
        logs.look();
        if logs.path("a").exists() && round % 2 == 0 {
            fs::rename(logs.path("a"), logs.path(&format!("a.{round}")))
                .expect("it can be renamed");
        } else if round % 5 == 0 {
            let _ = fs::remove_file(logs.path("a"));
        }
    }
    logs.wait(written.len());
    let lines: Vec<String> = logs.lines.iter().map(|(_, _, line)| line.clone()).collect();
    assert_eq!(lines, written);
}

#[test]
fn what_cant_be_followed_is_said() {
    let utf_16: Vec<u8> = "raft: a line\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let mut logs = Followed::new(&["a.gz", "b"], |path| {
        fs::write(path.join("a.gz"), gzip(b"one\n")).expect("it can be written");
        fs::write(path.join("b"), utf_16).expect("it can be written");
    });
    assert!(logs.look().0.is_empty());
    assert!(logs.follow.is_over());
    let stopped: Vec<String> =
        logs.follow.read().into_iter().filter_map(|read| read.stopped).collect();
    assert!(stopped[0].contains("is packed") && stopped[1].contains("iconv"), "{stopped:?}");
}

#[test]
fn a_long_line_is_cut_while_it_grows() {
    let mut logs = Followed::new(&["a"], |_| {});
    for _ in 0..30 {
        logs.append("a", &"x".repeat(10_000));
        logs.look();
    }
    logs.append("a", "\nnext\n");
    logs.look();
    let lengths: Vec<_> =
        logs.lines.iter().map(|(_, number, line)| (*number, line.len())).collect();
    assert_eq!(lengths, [(1, 1 << 16), (2, 5)]);
    assert_eq!(logs.follow.read()[0].cut_lines, 1);
}

#[cfg(unix)]
#[test]
fn a_pipe_is_followed_as_it_comes() {
    let mut logs = Followed::new(&["pipe"], |path| {
        let made = Command::new("mkfifo").arg(path.join("pipe")).status();
        assert!(made.is_ok_and(|status| status.success()), "mkfifo makes a pipe");
    });
    assert!(logs.look().0.is_empty(), "nobody waits for the writer");
    let mut writer =
        OpenOptions::new().write(true).open(logs.path("pipe")).expect("somebody reads it");
    writer.write_all(b"one\ntwo\npart").expect("the pipe has room");
    logs.wait(2);
    writer.write_all(b" done\nlast").expect("the pipe has room");
    logs.wait(3);
    drop(writer);
    logs.wait(4);
    assert_eq!(logs.lines.last(), Some(&(0, 4, "last".to_owned())));
    while !logs.follow.is_over() {
        logs.look();
    }
    assert_eq!(logs.follow.read()[0].stopped, None);
}
