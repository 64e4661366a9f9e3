//! What names say about saving: which functions write to where it stays, and what they write.

use super::verbs::{is_compaction, is_mutator};
use super::vocabulary::Words;
use crate::ir::Name;
use crate::program::Program;

/// Parts of the state that has to outlive a crash.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Parts(pub u8);

#[allow(missing_docs)]
impl Parts {
    pub const NONE: Parts = Parts(0);
    pub const TERM: Parts = Parts(1);
    pub const VOTE: Parts = Parts(2);
    pub const LOG: Parts = Parts(4);
    pub const HARD: Parts = Parts(3);
    pub const ALL: Parts = Parts(7);

    pub fn with(self, other: Parts) -> Parts {
        Parts(self.0 | other.0)
    }
    pub fn any(self, other: Parts) -> bool {
        self.0 & other.0 != 0
    }
}

/// A function or declared method that saves.
pub(super) const SAVES: u8 = 1;
/// A method of files.
pub(super) const FILE: u8 = 2;
/// A method of databases, and of much else.
pub(super) const DATABASE: u8 = 4;
/// A function of a module or type for files.
pub(super) const FUNCTION: u8 = 8;
/// A function or declared method that saves the term or the vote.
pub(super) const HARD: u8 = 16;

/// What a name stands for if it saves these parts.
pub(super) fn mark_of(parts: Parts) -> u8 {
    SAVES | if parts.any(Parts::HARD) { HARD } else { 0 }
}

/// What a name may stand for.
pub(super) fn mark(text: &str) -> u8 {
    let function = matches!(text, "write" | "rename" | "create" | "serialize_into");
    (u8::from(is_file_method(text)) * FILE)
        | (u8::from(is_database_method(text)) * DATABASE)
        | (u8::from(function) * FUNCTION)
}

/// Whether a name says that something is written to where it stays.
pub fn says_save(text: &str) -> bool {
    const WORDS: &[&str] =
        &["persist", "save", "flush", "sync", "fsync", "checkpoint", "write", "dump"];
    let mut words = text.split('_');
    words.clone().next() == Some("store") && text != "store"
        || words.any(|w| WORDS.contains(&w)) && !is_no_save(text)
}

/// `handle_client_write`, `on_persist`: these answer, they don't write.
fn is_no_save(text: &str) -> bool {
    const OTHERS: &[&str] = &[
        "on", "handle", "client", "lock", "blocking", "can", "is", "should", "needs", "need",
        "after",
    ];
    text.split('_').any(|w| OTHERS.contains(&w))
}

/// What a name says that is saved.
pub fn parts_of(program: &Program, name: Name) -> Parts {
    let (words, text) = (program.words(name), program.text(name));
    let mut parts = Parts::NONE;
    if words.any(Words::TERM) {
        parts = parts.with(Parts::TERM);
    }
    if words.any(Words::VOTE) {
        let alone = words.any(Words::FOR);
        parts = parts.with(if alone { Parts::VOTE } else { Parts::HARD });
    }
    if words.any(Words::BALLOT) || text.contains("hard") || text.contains("meta") {
        parts = parts.with(Parts::HARD);
    }
    // Only a log is cut.
    let cut = text.starts_with("truncate") || text.starts_with("delete_");
    if cut || words.any(Words::LOG.with(Words::ENTRY).with(Words::ENTRIES).with(Words::APPEND)) {
        parts = parts.with(Parts::LOG);
    }
    if parts != Parts::NONE {
        return parts;
    }
    let other = Words::SNAPSHOT
        .with(Words::APPLIED)
        .with(Words::COMMIT)
        .with(Words::MISC)
        .with(Words::TIME)
        .with(Words::INDEX)
        .with(Words::ID);
    let elsewhere = words.any(other)
        || ["config", "peers", "member", "machine", "stdout", "socket", "lines"]
            .iter()
            .any(|w| text.contains(w));
    if elsewhere { Parts::NONE } else { Parts::ALL }
}

/// Whether a method of a storage trait writes.
pub(super) fn changes(program: &Program, name: Name) -> bool {
    let (text, words) = (program.text(name), program.words(name));
    let front = is_compaction(words, text) || text.starts_with("purge");
    let reads = ["get", "read", "load", "fetch", "last", "first", "is_", "has_", "len", "iter"]
        .iter()
        .any(|p| text.starts_with(p));
    // To wipe everything is no part of the protocol.
    let wipes = matches!(text, "delete" | "clear" | "reset" | "destroy" | "remove" | "purge");
    !reads && !front && !wipes && (says_save(text) || is_mutator(text, words))
}

/// Methods of files and databases that are never anything else.
pub fn is_file_method(text: &str) -> bool {
    matches!(
        text,
        "write_all"
            | "write_all_at"
            | "sync_all"
            | "sync_data"
            | "put_cf"
            | "put_opt"
            | "write_opt"
            | "apply_batch"
            | "flush_async"
            | "insert_cf"
    )
}

/// Methods of many types; on a database they write.
pub(super) fn is_database_method(text: &str) -> bool {
    matches!(text, "put" | "insert" | "set" | "write" | "delete" | "remove" | "execute" | "flush")
}

/// `fs::write(..)`, `File::create(..)`.
pub fn is_file_function(qualifier: &str, text: &str) -> bool {
    matches!(
        (qualifier, text),
        ("fs", "write" | "rename") | ("File", "create") | (_, "serialize_into")
    )
}

/// Names that too many functions have.
pub(super) fn is_common(text: &str) -> bool {
    matches!(text, "new" | "open" | "create" | "run" | "start" | "get" | "send" | "main" | "fmt")
}
