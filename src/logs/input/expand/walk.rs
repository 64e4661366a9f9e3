//! The logs below a directory.
//!
//! Takes a directory; gives its regular files that are logs by their name or by what they hold, sorted, and what was left
//! out. Hidden files and what lies behind links are left out; pipes, sockets and devices are never opened.

use std::fs::Metadata;
use std::path::{Path, PathBuf};

use walkdir::{DirEntry, WalkDir};

use super::super::peeled;
use super::super::sniff::Content;
use super::{MAX_FILES, NAMED, shown};
use crate::discover::files::open_regular;

/// A name with one of these words between its dots, dashes and underscores is a log's.
const WORDS: &[&str] = &[
    "log", "logs", "out", "err", "stdout", "stderr", "txt", "json", "jsonl", "ndjson", "syslog",
    "messages",
];

/// What lies below a directory.
#[derive(Debug, Default)]
pub(super) struct Walked {
    pub(super) files: Vec<(PathBuf, Metadata)>,
    binary: LeftOut,
    links: LeftOut,
    special: LeftOut,
    unreadable: LeftOut,
    /// What is to be unpacked or converted, with advice.
    foreign: Vec<String>,
}

/// What was left out for one reason: a few names and a number.
#[derive(Debug, Default)]
struct LeftOut {
    first: Vec<String>,
    count: usize,
}

impl LeftOut {
    fn add(&mut self, path: &Path) {
        self.count += 1;
        if self.first.len() < NAMED {
            self.first.push(format!("`{}`", shown(path)));
        }
    }

    fn note(&self, directory: &str, why: &str) -> Option<String> {
        let further = match self.count.checked_sub(self.first.len())? {
            _ if self.count == 0 => return None,
            0 => String::new(),
            further => format!(" and {further} more"),
        };
        Some(format!("left out of `{directory}`, {why}: {}{further}", self.first.join(", ")))
    }
}

impl Walked {
    /// What was left out, in words.
    pub(super) fn notes(&self, directory: &str) -> Vec<String> {
        let reasons = [
            (&self.binary, "because they are no text"),
            (&self.links, "because they are links out of it (name them to have them read)"),
            (&self.special, "because they are no regular files"),
            (&self.unreadable, "because they can't be read"),
        ];
        let mut notes: Vec<String> =
            reasons.iter().filter_map(|(left_out, why)| left_out.note(directory, why)).collect();
        notes.extend(self.foreign.iter().cloned());
        notes
    }

    fn add(&mut self, root: &Path, entry: &DirEntry) {
        let path = entry.path();
        let kind = entry.file_type();
        if kind.is_dir() {
            return;
        }
        if kind.is_symlink() {
            // What a link within the directory means is found without it.
            let leads_out = path.canonicalize().map_or(true, |meant| !meant.starts_with(root));
            return if leads_out {
                self.links.add(path)
            };
        }
        if !kind.is_file() {
            return self.special.add(path);
        }
        let Ok((file, metadata)) = open_regular(path) else { return self.unreadable.add(path) };
        let Ok((content, _)) = peeled(Box::new(file)) else { return self.unreadable.add(path) };
        match content {
            Content::Foreign(what, advice) if self.foreign.len() < NAMED => {
                self.foreign
                    .push(format!("`{}` is {what}, which is not read: {advice}", shown(path)));
            }
            Content::Foreign(..) => self.binary.add(path),
            Content::Binary if !has_name_of_log(entry) => self.binary.add(path),
            _ => self.files.push((path.to_owned(), metadata)),
        }
    }
}

/// All logs below a directory.
pub(super) fn walk(directory: &Path) -> Walked {
    let mut walked = Walked::default();
    let root = directory.canonicalize().unwrap_or_else(|_| directory.to_owned());
    let entries = WalkDir::new(directory).sort_by_file_name().into_iter();
    for entry in entries.filter_entry(|entry| entry.depth() == 0 || !is_hidden(entry)) {
        match entry {
            Ok(entry) => walked.add(&root, &entry),
            Err(error) => walked.unreadable.add(error.path().unwrap_or(directory)),
        }
        if walked.files.len() > MAX_FILES {
            break;
        }
    }
    walked
}

/// Whether a shell would pass over it.
pub(super) fn is_hidden(entry: &DirEntry) -> bool {
    entry.file_name().as_encoded_bytes().starts_with(b".")
}

fn has_name_of_log(entry: &DirEntry) -> bool {
    let name = entry.file_name().to_string_lossy().to_lowercase();
    name.split(['.', '-', '_']).any(|part| WORDS.contains(&part))
}
