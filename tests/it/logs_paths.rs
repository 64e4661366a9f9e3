//! Which files the arguments of `logs` mean.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use raft_lint::error::Error;
use raft_lint::logs::input::{Absent, Blocks, Expanded, LogFile, Place, expand};
use tempfile::TempDir;

use crate::logs_packed::{gzip, zstd};

/// A directory with files of one line.
fn directory(names: &[&str]) -> TempDir {
    let directory = tempfile::tempdir().expect("a temporary directory can be made");
    for name in names {
        write(directory.path(), name, b"raft: a line\n");
    }
    directory
}

fn write(directory: &Path, name: &str, bytes: &[u8]) {
    let path = directory.join(name);
    fs::create_dir_all(path.parent().expect("it has a directory")).expect("it can be made");
    fs::write(path, bytes).expect("it can be written");
}

fn expanded(directory: &Path, arguments: &[&str]) -> Result<Expanded, Error> {
    let within = |argument: &&str| {
        if *argument == "-" { PathBuf::from("-") } else { directory.join(argument) }
    };
    expand(&arguments.iter().map(within).collect::<Vec<_>>(), Absent::IsAnError)
}

/// The names of the files that were found, below the directory.
fn names(directory: &Path, expanded: &Expanded) -> Vec<String> {
    let prefix = format!("{}/", directory.display().to_string().replace('\\', "/"));
    let name = |file: &LogFile| {
        file.name.strip_prefix(&prefix).unwrap_or(&file.name).trim_start_matches("./").to_owned()
    };
    expanded.files.iter().map(name).collect()
}

/// What the arguments mean: names, and notes.
fn found(directory: &TempDir, arguments: &[&str]) -> (Vec<String>, String) {
    let expanded = expanded(directory.path(), arguments).expect("they mean files");
    (names(directory.path(), &expanded), expanded.notes.join("\n"))
}

fn error(directory: &TempDir, arguments: &[&str]) -> String {
    expanded(directory.path(), arguments).expect_err("they mean no files").to_string()
}

#[test]
fn files_come_in_the_order_of_the_arguments() {
    let logs = directory(&["b.log", "a.log"]);
    assert_eq!(
        found(&logs, &["b.log", "-", "a.log"]),
        (["b.log", "<stdin>", "a.log"].map(String::from).to_vec(), String::new())
    );
    let (names, notes) = found(&logs, &["-", "-"]);
    assert_eq!(names, ["<stdin>"]);
    assert!(notes.contains("given twice"), "{notes}");
}

#[test]
fn files_that_come_again_are_not_all_named() {
    let names: Vec<String> = (0..9).map(|number| format!("{number}.log")).collect();
    let logs = directory(&names.iter().map(String::as_str).collect::<Vec<_>>());
    let (found, notes) = found(&logs, &[".", "*.log"]);
    assert_eq!(found, names);
    assert_eq!(notes.lines().count(), 4, "{notes}");
    assert!(notes.contains("6 more files are given twice"), "{notes}");
}

#[test]
fn a_directory_gives_its_logs_sorted() {
    let logs = directory(&[
        "z.log",
        "n1/raft.log",
        "n1/raft.log.1",
        ".hidden.log",
        ".git/config",
        "plain",
    ]);
    write(logs.path(), "n1/raft.log.2.gz", &gzip(b"a\n"));
    write(logs.path(), "n1/raft.log.3.zst", &zstd(b"a\n"));
    write(logs.path(), "core", b"\x7fELF\0\0\0\0\0\0\0\0");
    write(logs.path(), "sparse.log", b"\0\0\0\0\0\0\0\0raft: a line\n");
    write(logs.path(), "old.log.xz", b"\xfd7zXZ\0\0\0\0\0");
    write(logs.path(), "empty.log", b"");
    let (names, notes) = found(&logs, &["."]);
    let expected = [
        "empty.log",
        "n1/raft.log",
        "n1/raft.log.1",
        "n1/raft.log.2.gz",
        "n1/raft.log.3.zst",
        "plain",
        "sparse.log",
        "z.log",
    ];
    assert_eq!(names, expected, "{notes}");
    assert!(notes.contains("core") && notes.contains("no text"), "{notes}");
    assert!(notes.contains("old.log.xz") && notes.contains("xz -dc"), "{notes}");
}

#[test]
fn globs_mean_what_they_mean_in_a_shell() {
    let logs = directory(&[
        "a.log",
        "b.log",
        "b.txt",
        ".c.log",
        "n1/a.log",
        "n1/deep/a.log",
        "n2/a.log.1",
        "[x].log",
    ]);
    let names = |pattern| found(&logs, &[pattern]).0;
    assert_eq!(names("?.log"), ["a.log", "b.log"]);
    assert_eq!(names("{a,b}.*"), ["a.log", "b.log", "b.txt"]);
    assert_eq!(names("n?/a.log*"), ["n1/a.log", "n2/a.log.1"]);
    assert_eq!(names("**/a.log"), ["a.log", "n1/a.log", "n1/deep/a.log"]);
    assert_eq!(names("n[12]"), ["n1/a.log", "n1/deep/a.log", "n2/a.log.1"]);
    assert_eq!(names(".?.log"), [".c.log"]);
    assert_eq!(names("[x].log"), ["[x].log"], "a path that exists is a path");
}

#[test]
fn nothing_found_says_what_to_do() {
    let logs = directory(&["sub/.hidden"]);
    write(logs.path(), "sub/core", b"\0\0\0\0");
    let text = error(&logs, &["absent.log"]);
    assert!(text.contains("no such file") && text.contains("--follow"), "{text}");
    let text = error(&logs, &["*.log"]);
    assert!(text.contains("nothing matches") && text.contains("below"), "{text}");
    let text = error(&logs, &["[.log"]);
    assert!(text.contains("neither a file nor a pattern"), "{text}");
    let text = error(&logs, &["sub"]);
    assert!(text.contains("no logs in the directory") && text.contains("core"), "{text}");
    let text = error(&logs, &["s*"]);
    assert!(text.contains("no logs in the directory"), "{text}");
    write(logs.path(), "sub2/a.log", b"raft: a line\n");
    let (names, notes) = found(&logs, &["s*"]);
    assert_eq!(names, ["sub2/a.log"]);
    assert!(notes.contains("no logs in the directory"), "{notes}");
    assert!(expand(&[], Absent::IsAnError).is_err());
}

#[test]
fn an_awaited_file_need_not_exist() {
    let logs = directory(&[]);
    let path = logs.path().join("later.log");
    let expanded = expand(std::slice::from_ref(&path), Absent::IsAwaited).expect("it is awaited");
    assert_eq!(expanded.files.len(), 1);
    assert_eq!(expanded.files[0].place, Place::Path(path));
}

#[test]
fn a_file_counts_once_and_says_why_it_cant_be_read() {
    let logs = directory(&["a.log"]);
    fs::hard_link(logs.path().join("a.log"), logs.path().join("b.log")).expect("links can be made");
    let (names, notes) = found(&logs, &["a.log", ".", "*.log"]);
    if cfg!(unix) {
        assert_eq!(names, ["a.log"]);
        assert!(notes.contains("is the same file as"), "{notes}");
    }
    let file = LogFile { name: "x".to_owned(), place: Place::Path(logs.path().join("gone.log")) };
    let mut blocks = Blocks::of(&file);
    assert_eq!(blocks.next(), None);
    let stopped = blocks.read("x").stopped.expect("it says that it can't be opened");
    assert!(stopped.contains("no such file") || stopped.contains("cannot find"), "{stopped}");
}

#[cfg(unix)]
#[test]
fn links_and_pipes_in_a_directory_are_left_alone() {
    use std::os::unix::fs::symlink;

    let outside = directory(&["secret.log"]);
    let logs = directory(&["a.log", "sub/b.log"]);
    let link = |target: &Path, name: &str| {
        symlink(target, logs.path().join(name)).expect("links can be made")
    };
    link(&outside.path().join("secret.log"), "out.log");
    link(outside.path(), "sub/out");
    link(logs.path(), "sub/loop");
    link(Path::new("self.log"), "self.log");
    link(Path::new("a.log"), "current.log");
    let made = Command::new("mkfifo").arg(logs.path().join("pipe.log")).status();
    assert!(made.is_ok_and(|status| status.success()), "mkfifo makes a pipe");
    let (names, notes) = found(&logs, &["."]);
    assert_eq!(names, ["a.log", "sub/b.log"], "{notes}");
    for name in ["out.log", "sub/out", "self.log", "pipe.log"] {
        assert!(notes.contains(name), "{name} is not in {notes}");
    }
    assert!(!notes.contains("current.log"), "{notes}");
    // A pattern was written by the user, as in a shell: what its links mean is read.
    assert_eq!(found(&logs, &["out*"]).0, ["out.log"]);
    assert_eq!(found(&logs, &["**/*.log"]).0, ["a.log", "out.log", "sub/b.log"]);
    let (names, notes) = found(&logs, &["a.log", "current.log"]);
    assert_eq!(names, ["a.log"]);
    assert!(notes.contains("is the same file as"), "{notes}");
    assert!(error(&logs, &["self.log"]).contains("self.log"));
}

#[cfg(unix)]
#[test]
fn a_named_pipe_is_a_stream() {
    let logs = directory(&[]);
    let path = logs.path().join("pipe");
    let made = Command::new("mkfifo").arg(&path).status();
    assert!(made.is_ok_and(|status| status.success()), "mkfifo makes a pipe");
    let expanded = expanded(logs.path(), &["pipe"]).expect("it is a file");
    let writer = std::thread::spawn(move || fs::write(path, "raft: a\nraft: b\n"));
    let mut blocks = Blocks::of(&expanded.files[0]);
    let mut bytes = Vec::new();
    while let Some(block) = blocks.next() {
        bytes.extend_from_slice(block.bytes);
    }
    assert_eq!(bytes, b"raft: a\nraft: b\n");
    assert!(writer.join().is_ok_and(|written| written.is_ok()));
}
