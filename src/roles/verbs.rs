//! What a method does, judged by its verb: the one table of them.

use super::vocabulary::Words;

/// Methods that remove from a log.
pub fn is_removal(text: &str) -> bool {
    const PREFIXES: &[&str] = &[
        "truncate",
        "delete",
        "remove",
        "roll_back",
        "rollback",
        "cancel",
        "drain",
        "split_off",
        "pop",
        "clear",
        "drop",
        "erase",
        "cut",
        "discard",
        "trim",
        "reset",
        "retain",
        "purge",
    ];
    begins_with_one(text, PREFIXES)
}

/// The same as asking for each, but most are told by their first letter.
fn begins_with_one(text: &str, prefixes: &[&str]) -> bool {
    let first = text.as_bytes().first();
    prefixes.iter().any(|p| p.as_bytes().first() == first && text.starts_with(p))
}

/// Methods that add to a log or overwrite part of it.
pub fn is_addition(text: &str) -> bool {
    const PREFIXES: &[&str] = &[
        "push",
        "append",
        "extend",
        "splice",
        "insert",
        "overwrite",
        "write",
        "store_",
        "replace",
        "put",
        "add_",
        "set_entry",
        "set_entries",
        "save_",
        "replicate_to",
        "merge",
        "rewrite",
        "update_log",
        "try_append",
        "maybe_append",
        "do_append",
        "force_append",
        "import",
        "resize",
        "swap_remove",
    ];
    begins_with_one(text, PREFIXES) || text == "add" || text == "put"
}

/// Methods that put entries into a log in the place of all that follows.
pub fn is_exchange(text: &str) -> bool {
    ["splice", "replace", "overwrite", "rewrite"].iter().any(|p| text.starts_with(p))
        || text.contains("truncat")
}

/// Compaction from the front is another rule's business.
pub fn is_compaction(words: Words, text: &str) -> bool {
    words.any(Words::SNAPSHOT)
        || text.contains("prefix")
        || text.contains("compact")
        || text.contains("front")
        || text.contains("gc")
}

/// Adaptors of iterators that look for something.
pub const SEARCHES: &[&str] = &[
    "position",
    "rposition",
    "find",
    "find_map",
    "filter",
    "filter_map",
    "take_while",
    "map_while",
    "skip_while",
    "partition_point",
];

/// Whether a method may change what it is called on.
pub fn is_mutator(text: &str, words: Words) -> bool {
    is_removal(text) || is_addition(text) || words.any(Words::SET.with(Words::APPEND))
}

/// Whether a method of an atomic, a cell or a watch channel puts a new value into it.
pub fn writes_cell(text: &str) -> bool {
    matches!(
        text,
        "store"
            | "fetch_max"
            | "swap"
            | "send"
            | "send_replace"
            | "set"
            | "replace"
            | "fetch_add"
            | "try_update"
            | "update"
            | "advance_to"
            | "compare_exchange"
            | "publish"
    )
}
