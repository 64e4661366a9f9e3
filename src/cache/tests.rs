//! Entries that were written, damaged ones, and ones that somebody made up.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use sha2::{Digest, Sha256};

use super::entry::{self, Key};
use super::sweep::{self, Limits};
use crate::ir::portable::{self, Text};
use crate::ir::{FileIr, walk};
use crate::lower;
use crate::names::{NameCache, Names, SharedNames};
use crate::source::{FileId, SourceFile, Sources};

const TEXT: &str = "\
    // raft-lint: allow(vote-log-freshness) as a test\n\
    struct Vote<T: Clone> { term: u64, of: Vec<(T, [u8; 4])> }\n\
    enum State { Follower, Leader { next: u64 } }\n\
    type Log = Vec<Vote<u64>>;\n\
    impl Drop for State { fn drop(&mut self) { 'a: loop { break 'a } } }\n\
    async fn vote(State::Leader { next: n @ 1..=3 }: State, b: &dyn Fn(u64) -> u64) -> Option<u64> {\n\
    let Some(x) = f(n)? else { return None };\n\
    match x { -1 => assert!(x > 2, \"é\"), [y, .., 3] if y => {}, _ => x.y[0] = -z.await }\n\
    for i in 0..x { while i < 3 { continue } } let c = |p, _| p as u8 + 1;\n\
    select! { a = b => c, } V { term: 1, ..d }; tokio::spawn(async { x += 1 }) }\n";

/// A file that stands nowhere.
fn source(text: &str) -> SourceFile {
    SourceFile::new("x.rs".to_owned(), "x.rs".into(), text.into())
}

/// The entry of a text, and what lowering gave, as it looks with new names.
fn written(text: &str) -> (Vec<u8>, String) {
    let names = SharedNames::of(Names::default());
    let mut cache = NameCache::new(&names);
    cache.note();
    let sources = Sources { files: vec![source(text).into()], bases: Vec::new() };
    let ir = lower::lower_file(&sources, FileId(0), &mut cache).expect("the text can be parsed");
    let used = cache.noted().expect("names are noted");
    let bytes = entry::write(&ir, &Key::of(text), used).expect("it can be written");
    (bytes, format!("{ir:?}"))
}

/// What an entry says of a text, in names that are new or that have others before them.
fn read(bytes: &[u8], text: &str, before: &[&str]) -> Option<(FileIr, Vec<u8>)> {
    let names = SharedNames::of(Names::default());
    let mut cache = NameCache::new(&names);
    for name in before {
        cache.intern(name);
    }
    cache.note();
    let key = Key::of(text);
    let ir = entry::read(bytes, &key, FileId(0), Text::Whole(text.into()), &mut cache)?;
    let used = cache.noted().expect("names are noted");
    let again = entry::write(&ir, &key, used)?;
    Some((ir, again))
}

/// An entry with this content and the right hash, as only somebody makes it who wants to.
fn forged(content: &[u8], text: &str) -> Vec<u8> {
    sealed(entry::build(), content, text)
}

/// The same as by some build.
fn sealed(build: u64, content: &[u8], text: &str) -> Vec<u8> {
    let mark = b"raft-lint cache\n";
    let hash = Sha256::new().chain_update(build.to_le_bytes()).chain_update(mark);
    let hash = hash.chain_update(Sha256::digest(text)).chain_update(content).finalize();
    [mark, &hash[..], content].concat()
}

fn fixtures() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let files = walkdir::WalkDir::new(root).into_iter().map(|entry| entry.expect("readable"));
    let files = files.filter(|entry| entry.path().extension().is_some_and(|e| e == "rs"));
    files.map(walkdir::DirEntry::into_path).collect()
}

#[test]
fn what_is_written_is_read() {
    let mut texts = vec![TEXT.to_owned(), "\u{feff}fn f() { ü(\"ß\") }".to_owned(), String::new()];
    let fixtures = fixtures();
    texts.extend(fixtures.iter().map(|path| std::fs::read_to_string(path).expect("a text")));
    assert!(texts.len() > 300, "{}", texts.len());
    for text in &texts {
        let (bytes, before) = written(text);
        let (ir, again) = read(&bytes, text, &[]).expect("it is read");
        assert!(format!("{ir:?}") == before, "it has changed:\n{text}");
        assert!(again == bytes, "it is written otherwise:\n{text}");
        assert!(bytes.len() <= entry::most(text.len()), "{} bytes for:\n{text}", bytes.len());
        let (_, again) =
            read(&bytes, text, &["zero", "term", "vote", "other"]).expect("it is read");
        assert!(again == bytes, "it depends on the numbers of names:\n{text}");
    }
}

#[test]
fn what_is_damaged_or_of_another_file_is_nothing() {
    let (bytes, _) = written(TEXT);
    for at in 0..bytes.len() {
        let mut damaged = bytes.clone();
        damaged[at] ^= 1 << (at % 8);
        assert!(read(&damaged, TEXT, &[]).is_none(), "byte {at}");
        assert!(read(&bytes[..at], TEXT, &[]).is_none(), "{at} bytes");
    }
    assert!(read(&[&bytes[..], b"\0"].concat(), TEXT, &[]).is_none());
    assert!(
        read(&bytes, &TEXT.replace("term", "more"), &[]).is_none(),
        "another file of that length"
    );
    let content = &bytes[48..];
    assert!(read(&forged(content, TEXT), TEXT, &[]).is_some());
    assert!(read(&sealed(7, content, TEXT), TEXT, &[]).is_none());
    // What was found out about functions is another kind of thing, whatever it is named.
    let found = entry::write_found(content, &Key::of(TEXT));
    assert!(read(&found, TEXT, &[]).is_none());
    assert!(entry::read_found(&forged(content, TEXT), &Key::of(TEXT)).is_none());
    assert_eq!(entry::read_found(&found, &Key::of(TEXT)), Some(content));
}

/// Whoever can write entries can write false ones, but none that leads a run astray.
#[test]
fn what_is_made_up_has_the_shape_of_code() {
    let (bytes, _) = written(TEXT);
    let content = &bytes[48..];
    let mut read_all_the_same = 0;
    for at in 0..content.len() {
        for value in [0, 1, 2, 7, 30, 127, 128, 255, content[at] ^ 1, content[at].wrapping_add(1)] {
            let mut changed = content.to_vec();
            changed[at] = value;
            let Some((ir, _)) = read(&forged(&changed, TEXT), TEXT, &[]) else { continue };
            read_all_the_same += 1;
            assert_shape(&ir);
        }
    }
    assert!(read_all_the_same > 1000, "{read_all_the_same}");
}

/// Every reference leads to something before it, and to nothing twice.
fn assert_shape(ir: &FileIr) {
    for (item, function) in ir.functions.iter().enumerate() {
        let body = function.body.unread();
        assert_eq!(function.body.id().item as usize, item);
        let mut below = vec![0; body.exprs.len()];
        for (id, expr) in body.exprs.iter().enumerate() {
            let span = expr.span;
            assert!(TEXT.get(span.start as usize..span.end as usize).is_some());
            for child in walk::children(&expr.kind) {
                assert!((child.0 as usize) < id);
                below[child.0 as usize] += 1;
            }
        }
        assert!(below.iter().all(|count| *count <= 1));
        assert!(function.root.is_none_or(|root| (root.0 as usize) < body.exprs.len()));
        let bound = body.bindings(function.params.iter().map(|param| param.pat));
        assert!(bound.len() <= body.pats.len());
    }
}

#[test]
fn neither_depth_nor_lengths_are_believed() {
    let nothing = |content: &[u8]| {
        let names = SharedNames::of(Names::default());
        let mut cache = NameCache::new(&names);
        assert!(portable::read(content, FileId(0), Text::Whole(TEXT.into()), &mut cache).is_none());
    };
    let most = [0xff, 0xff, 0xff, 0xff, 0x0f];
    nothing(&most);
    // One name, no function, struct or enum, and an alias for a slice of a slice of …
    let alias = [1, 1, b'a', 0, 0, 0, 1, 0];
    nothing(&[&alias[..], &vec![2; 1 << 20]].concat());
    // Tuples in tuples, each with more parts than there are.
    nothing(&[&alias[..], &[&[1][..], &most].concat().repeat(1 << 16)].concat());
    for at in 3..8 {
        let mut lists = alias.to_vec();
        lists.splice(at..=at, most);
        nothing(&lists);
    }
}

/// A body deeper than any that is parsed: `!!!…x`.
#[test]
fn expressions_are_no_deeper_than_code() {
    let levels = |levels: u32| {
        let number = |value: u32| postcard::to_allocvec(&value).expect("a number");
        let path = [1, 1, 0, 0, 0].to_vec();
        let not = (0..levels).flat_map(|below| [&[6, 0][..], &number(below), &[0, 0]].concat());
        let exprs = [number(levels + 1), path, not.collect()].concat();
        let signature = [0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1];
        let function = [&signature[..], &number(levels), &[0], &exprs, &[0, 0]].concat();
        let content = [&[1, 1, b'f', 1][..], &function, &[0; 5]].concat();
        read(&forged(&content, TEXT), TEXT, &[]).is_some()
    };
    assert!(levels(20_000));
    assert!(!levels(21_000));
}

fn touched(path: &Path, days: u64, bytes: usize) {
    std::fs::create_dir_all(path.parent().expect("a directory")).expect("a directory can be made");
    std::fs::write(path, vec![0; bytes]).expect("a file can be written");
    let at = SystemTime::now() - Duration::from_secs(days * 24 * 60 * 60);
    let file = std::fs::File::options().write(true).open(path).expect("it is there");
    file.set_modified(at).expect("its time can be set");
}

/// A directory of a cache with entries by build and digit, days and bytes.
fn cache(entries: &[(&str, char, u64, usize)]) -> tempfile::TempDir {
    let directory = tempfile::tempdir().expect("a directory can be made");
    for (build, digit, days, bytes) in entries {
        let name = digit.to_string().repeat(64);
        touched(&directory.path().join(build).join(name), *days, *bytes);
    }
    directory
}

/// The first letters of what is left.
fn left(directory: &Path) -> String {
    let files = walkdir::WalkDir::new(directory).sort_by_file_name().into_iter().flatten();
    let files = files.filter(|entry| entry.file_type().is_file());
    files.map(|entry| entry.file_name().to_string_lossy().chars().next().unwrap_or('?')).collect()
}

const BUILD: &str = "0123456789abcdef";
const OTHER: &str = "fedcba9876543210";

#[test]
fn what_is_old_is_removed() {
    let directory = cache(&[(BUILD, 'a', 1, 10), (BUILD, 'b', 20, 10), (OTHER, 'c', 20, 10)]);
    let path = directory.path();
    let unfinished = |name: &str, days| touched(&path.join(BUILD).join(name), days, 10);
    unfinished("unfinished-1-2-3", 2);
    unfinished("unfinished-1-2-4", 0);
    let pack = |name: String, days| touched(&path.join(BUILD).join("packs").join(name), days, 10);
    pack(format!("pack-{}", "e".repeat(64)), 20);
    pack(format!("pack-{}", "f".repeat(64)), 1);
    pack("pack-0".to_owned(), 20);
    let found = |digit: &str, days| {
        touched(&path.join(BUILD).join("found").join(digit.repeat(64)), days, 10);
    };
    found("7", 20);
    found("8", 1);
    // What is nobody's entry stays, however old it is.
    touched(&path.join(BUILD).join("notes"), 99, 10);
    touched(&path.join("x"), 99, 10);
    touched(&path.join("mine").join("d".repeat(64)), 99, 10);
    sweep::sweep(path, SystemTime::now(), sweep::LIMITS);
    assert_eq!(left(path), "a8nppudx");
    assert!(!path.join(BUILD).join("packs").join(format!("pack-{}", "e".repeat(64))).exists());
    assert!(!path.join(OTHER).exists(), "an empty directory goes, too");
}

#[test]
fn of_too_much_the_oldest_is_removed() {
    let entries =
        [(BUILD, 'a', 3, 100), (BUILD, 'b', 1, 100), (OTHER, 'c', 2, 100), (OTHER, 'd', 0, 100)];
    let swept = |limits: Limits| {
        let directory = cache(&entries);
        sweep::sweep(directory.path(), SystemTime::now(), limits);
        left(directory.path())
    };
    assert_eq!(swept(Limits { bytes: 400, ..sweep::LIMITS }), "abcd");
    assert_eq!(swept(Limits { bytes: 399, ..sweep::LIMITS }), "bd");
    assert_eq!(swept(Limits { entries: 3, ..sweep::LIMITS }), "bd");
    assert_eq!(swept(Limits { unused: Duration::ZERO, ..sweep::LIMITS }), "");
}

/// Once a day, and only where there is a cache.
#[test]
fn it_is_looked_at_once_a_day() {
    let build = format!("{:016x}", entry::build());
    let directory = cache(&[(&build, 'a', 20, 10)]);
    let path = directory.path();
    sweep::daily(path);
    assert_eq!(left(path), "as", "the first time it is only noted");
    sweep::daily(path);
    assert_eq!(left(path), "as");
    touched(&path.join(sweep::STAMP), 2, 0);
    sweep::daily(path);
    assert_eq!(left(path), "s");
    let other = tempfile::tempdir().expect("a directory can be made");
    sweep::daily(other.path());
    assert_eq!(left(other.path()), "");
}
