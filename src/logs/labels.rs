//! What a file's name says of the node that wrote it.
//!
//! `node-1.log`, `node-1.log.2.gz` and `node-1-2026-01-02.log` are one node's; of `a/raft.log` and `b/raft.log` the
//! directories tell them apart. A single file tells nothing: it may hold the lines of all.

use std::collections::BTreeSet;

use super::input::LogFile;
use super::names::{Name, Names};

/// Endings that rotation and packing add.
const ENDINGS: [&str; 9] = ["gz", "zst", "zstd", "log", "txt", "json", "jsonl", "out", "old"];

/// The node that each file's name tells of, in order.
pub fn named(files: &[LogFile], names: &mut Names) -> Vec<Option<Name>> {
    let shown: Vec<&str> = files.iter().map(|file| file.name.as_str()).collect();
    labels(&shown).into_iter().map(|label| label.map(|label| names.of(&label))).collect()
}

/// The label of each file, in order; none where all would have the same.
fn labels(names: &[&str]) -> Vec<Option<String>> {
    let parts: Vec<Vec<&str>> = names.iter().map(|name| words(name)).collect();
    let distinct: BTreeSet<&Vec<&str>> = parts.iter().collect();
    if distinct.len() < 2 {
        return vec![None; names.len()];
    }
    let shortest = parts.iter().map(Vec::len).min().unwrap_or(0);
    let same = |at: &dyn Fn(&Vec<&str>) -> Option<String>| {
        let first = at(&parts[0]);
        first.is_some() && parts.iter().all(|part| at(part) == first)
    };
    let owned = |part: Option<&&str>| part.map(ToString::to_string);
    let head = (0..shortest).take_while(|&i| same(&|part| owned(part.get(i)))).count();
    let most = shortest - head.min(shortest);
    let tail = (0..most).take_while(|&i| same(&|part| owned(part.get(part.len() - 1 - i)))).count();
    let label = |part: &Vec<&str>| {
        let label = part[head..part.len() - tail].join("/");
        (!label.is_empty()).then_some(label)
    };
    parts.iter().map(label).collect()
}

/// The parts of a path, the last one without what rotation adds.
fn words(name: &str) -> Vec<&str> {
    let mut words: Vec<&str> =
        name.split(['/', '\\']).filter(|word| !word.is_empty() && *word != ".").collect();
    if let Some(last) = words.last_mut() {
        *last = stem(last);
    }
    words
}

fn stem(name: &str) -> &str {
    let mut name = name;
    loop {
        let cut = match name.rsplit_once(['.', '-', '_']) {
            Some((before, ending)) if !before.is_empty() && is_added(name, before, ending) => {
                before
            }
            _ => return name,
        };
        name = cut;
    }
}

/// Whether an ending is none of the node's name: a kind of file, a rotation's number behind a dot, or a date.
fn is_added(name: &str, before: &str, ending: &str) -> bool {
    let is_dot = name.as_bytes().get(before.len()) == Some(&b'.');
    let digits = !ending.is_empty()
        && ending.bytes().all(|byte| byte.is_ascii_digit() || byte == b'T' || byte == b'Z');
    (is_dot && (ENDINGS.contains(&ending) || digits))
        || (digits && (ending.len() >= 4 || is_date(before)))
}

/// Whether a name ends like a date that was begun: `2026-01`.
fn is_date(before: &str) -> bool {
    let mut parts = before.rsplit(['-', '_', '.']);
    let last = parts.next().unwrap_or_default();
    let year = |part: Option<&str>| {
        part.is_some_and(|part| part.len() == 4 && part.bytes().all(|b| b.is_ascii_digit()))
    };
    year(Some(last))
        || (last.len() == 2 && last.bytes().all(|b| b.is_ascii_digit()) && year(parts.next()))
}

#[cfg(test)]
mod tests {
    use super::labels;

    fn of(names: &[&str]) -> Vec<String> {
        labels(names).into_iter().map(Option::unwrap_or_default).collect()
    }

    #[test]
    fn rotation_and_packing_are_no_part_of_a_name() {
        let names =
            ["x/node-1.log", "x/node-1.log.2.gz", "x/node-2-2026-01-02.log", "x/node-2.log.1"];
        assert_eq!(of(&names), ["node-1", "node-1", "node-2", "node-2"]);
    }

    #[test]
    fn directories_tell_nodes_apart() {
        assert_eq!(of(&["a/raft.log", "b/raft.log"]), ["a", "b"]);
        assert_eq!(of(&["logs/eu/n1/raft.log", "logs/us/n1/raft.log"]), ["eu", "us"]);
    }

    #[test]
    fn one_name_says_nothing() {
        assert_eq!(of(&["raft.log"]), [""]);
        assert_eq!(of(&["raft.log", "raft.log.1"]), ["", ""]);
        assert_eq!(of(&[]), Vec::<String>::new());
        assert_eq!(of(&["a", "a/b"]), ["", "b"]);
    }
}
