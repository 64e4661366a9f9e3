//! The prefilter: which packages can hold a Raft implementation at all.
//!
//! Takes the discovered files; tells which packages are worth parsing, by one Aho-Corasick pass
//! over their bytes that ends as soon as the answer is known. It may only skip packages in which no
//! handler and no effect could be recognised, and it keeps or skips a package as a whole, for a
//! type may stand in any of its files.
//!
//! What is necessary for a finding: every effect belongs to a message or to the commit index
//! (`MESSAGE`), and there is no Raft without terms (`TERM`), so that a package without both is
//! out. A package with protocol state of its own (`STATE`) keeps those that its `Cargo.toml`
//! names, and theirs, because its types and helpers may come from there.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU8, Ordering};

use aho_corasick::{AhoCorasick, MatchKind};
use rayon::prelude::*;

use super::Discovered;
use super::manifest::name_of;
use crate::ir::comment::MARK;
use crate::program::PackageId;

/// The term, under its names.
const TERM: u8 = 1;
/// A message of the protocol, or the commit index.
const MESSAGE: u8 = 2;
/// State that only an implementation keeps.
const STATE: u8 = 4;
const ALL: u8 = TERM | MESSAGE | STATE;

/// The words in small letters, longest first where one begins another; case does not matter.
const WORDS: &[(&str, u8)] = &[
    (MARK, TERM | MESSAGE), // who speaks to the lint wants to be heard
    ("voted_for", STATE | MESSAGE),
    ("votedfor", STATE | MESSAGE),
    ("vote_for", STATE | MESSAGE),
    ("vote", MESSAGE),
    ("voting", MESSAGE),
    ("candidate", MESSAGE),
    ("campaign", MESSAGE),
    ("append", MESSAGE),
    ("replicat", MESSAGE),
    ("commit", MESSAGE),
    ("heartbeat", MESSAGE),
    ("logrequest", MESSAGE),
    ("prev_log_id", STATE | MESSAGE | TERM),
    ("prev_log_term", STATE | MESSAGE | TERM),
    ("prevlogterm", STATE | MESSAGE | TERM),
    ("prev_term", STATE | MESSAGE | TERM),
    ("prevterm", STATE | MESSAGE | TERM),
    ("prev_log", STATE | MESSAGE),
    ("prevlog", STATE | MESSAGE),
    ("preceding", MESSAGE),
    ("preceeding", MESSAGE),
    ("previous", MESSAGE),
    ("match_index", STATE | MESSAGE),
    ("matchindex", STATE | MESSAGE),
    ("match_term", MESSAGE | TERM),
    ("entries", MESSAGE),
    ("state_machine", TERM | MESSAGE),
    ("statemachine", TERM | MESSAGE),
    ("log_id", TERM),
    ("logid", TERM),
    ("log_term", TERM),
    ("logterm", TERM),
    ("lastterm", TERM),
    ("cterm", TERM),
    ("llt", TERM),
    ("plt", TERM),
    ("term", TERM),
    ("unix_epoch", 0), // a time, and no term
    ("epoch", TERM),
];

/// Which packages may hold a Raft implementation, or what one is built from.
/// What the configuration says of names is found by its `own` words.
pub fn kept(found: &Discovered, own: &BTreeSet<&str>) -> Vec<bool> {
    let signs = scan(found, own);
    let mut kept: Vec<bool> = signs.iter().map(|s| s & TERM != 0 && s & MESSAGE != 0).collect();
    let owners = (0..kept.len()).filter(|&p| kept[p] && signs[p] & STATE != 0).collect();
    if kept.contains(&false) {
        keep_dependencies(found, owners, &mut kept);
    }
    kept
}

/// The signs found in each package.
fn scan(found: &Discovered, own: &BTreeSet<&str>) -> Vec<u8> {
    let files = || found.sources.files.par_iter().zip(&found.packages).with_max_len(1);
    let words = automaton();
    let all: Vec<AtomicU8> = found.package_dirs.iter().map(|_| AtomicU8::new(0)).collect();
    let add = |package: &PackageId, signs: &dyn Fn(u8) -> u8| {
        let known = &all[package.0 as usize];
        let before = known.load(Ordering::Relaxed);
        if before != ALL {
            known.fetch_or(signs(before), Ordering::Relaxed);
        }
    };
    files().for_each(|(file, package)| add(package, &|known| signs_of(&words, &file.text, known)));
    if !own.is_empty() {
        // Of more words than an automaton can hold nothing is left out.
        let own = AhoCorasick::new(own).ok();
        let holds = |text: &str| own.as_ref().is_none_or(|own| own.is_match(text));
        let spoken = |text: &str| if holds(text) { TERM | MESSAGE } else { 0 };
        files().for_each(|(file, package)| add(package, &|_| spoken(&file.text)));
    }
    all.into_iter().map(AtomicU8::into_inner).collect()
}

/// What finds the words.
fn automaton() -> AhoCorasick {
    AhoCorasick::builder()
        .match_kind(MatchKind::LeftmostFirst)
        .build(WORDS.iter().map(|(word, _)| word))
        .expect("invariant: a fixed list of words makes an automaton")
}

/// Adds the signs in a text to those already known; stops when there is nothing left to learn.
fn signs_of(words: &AhoCorasick, text: &str, known: u8) -> u8 {
    let mut signs = known;
    // An automaton to which case matters skips what can begin no word.
    for found in words.find_iter(&text.to_ascii_lowercase()) {
        let (word, sign) = WORDS[found.pattern().as_usize()];
        if signs & sign == sign {
            continue;
        }
        // `determine` has no term; for the other words it does no harm to see too many.
        let part = sign == TERM && !is_word(text.as_bytes(), found.start(), word.len());
        if word == MARK || !part && !in_comment(text, found.start()) {
            signs |= sign;
            if signs == ALL {
                break;
            }
        }
    }
    signs
}

/// Whether a match stands as a word of its own in an identifier, in any case style.
fn is_word(text: &[u8], start: usize, length: usize) -> bool {
    // Beyond ASCII there are hardly any but lower case letters in names.
    let is_lower = |b: u8| b.is_ascii_lowercase() || !b.is_ascii();
    let before = start.checked_sub(1).map(|i| text[i]);
    let starts = match before {
        Some(b) if is_lower(b) || b.is_ascii_digit() => text[start].is_ascii_uppercase(),
        Some(b) => !b.is_ascii_uppercase(),
        None => true,
    };
    let mut end = start + length;
    if text.get(end).is_some_and(|b| matches!(b, b's' | b'S')) {
        end += 1; // the plural
    }
    let ends = match text.get(end) {
        Some(b) if b.is_ascii_uppercase() => text[end - 1].is_ascii_lowercase(),
        Some(&b) => !is_lower(b),
        None => true,
    };
    starts && ends
}

/// Whether a place is in a `//` comment that has its line to itself. A line that might hold the
/// end of something else counts as code.
fn in_comment(text: &str, at: usize) -> bool {
    let bytes = text.as_bytes();
    let start = bytes[..at].iter().rposition(|&b| b == b'\n').map_or(0, |i| i + 1);
    let line = bytes[start..at].trim_ascii_start();
    line.starts_with(b"//") && !line.contains(&b'"') && !line.windows(2).any(|w| w == b"*/")
}

/// Keeps what the manifests of these packages name, and what is named there in turn.
fn keep_dependencies(found: &Discovered, owners: Vec<usize>, kept: &mut [bool]) {
    if owners.is_empty() {
        return;
    }
    let names: BTreeMap<&str, usize> = found
        .manifests
        .iter()
        .enumerate()
        .filter_map(|(package, text)| Some((name_of(text)?, package)))
        .collect();
    let mut asked = vec![false; kept.len()];
    let mut open = owners;
    while let Some(package) = open.pop() {
        if std::mem::replace(&mut asked[package], true) {
            continue;
        }
        kept[package] = true;
        open.extend(dependency_words(&found.manifests[package]).filter_map(|word| names.get(word)));
    }
}

/// The words of the sections in which a manifest lists what the code is built with.
fn dependency_words(manifest: &str) -> impl Iterator<Item = &str> {
    let mut inside = false;
    let listed = manifest.lines().filter(move |line| {
        let line = line.trim_start();
        if line.starts_with('[') {
            let other = line.contains("workspace") || line.contains("dev-dependencies");
            inside = line.contains("dependencies") && !other;
        }
        inside
    });
    listed.flat_map(|line| line.split(|c: char| !(c.is_alphanumeric() || c == '-' || c == '_')))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signs(text: &str) -> u8 {
        signs_of(&automaton(), text, 0)
    }

    #[test]
    fn terms_are_words() {
        for text in ["term", "currentTerm", "Term::ZERO", "LAST_TERM", "log_terms[0]", "prevterm"] {
            assert_eq!(signs(text) & TERM, TERM, "{text}");
        }
        for text in [
            "determine()",
            "terminal",
            "Intermediate",
            "midterms2x",
            "fällt",
            "exterminate",
            "UNIX_EPOCH",
        ] {
            assert_eq!(signs(text) & TERM, 0, "{text}");
        }
    }

    #[test]
    fn comments_are_no_code() {
        assert_eq!(signs("  /// long-term votes\n"), 0);
        assert_eq!(signs("x(); // term\n") & TERM, TERM);
        assert_eq!(signs("// \" term\n") & TERM, TERM);
        assert_eq!(signs("// */ let term = 1;\n") & TERM, TERM);
    }

    #[test]
    fn dependencies_have_names() {
        let text = "[package]\nname = \"a\"\n[dependencies]\nb = { path = \"../b\" }\n\
                    [workspace.dependencies]\nc = \"1\"\n[dependencies.d]\npath = \"x\"\n";
        let words: Vec<&str> = dependency_words(text).collect();
        assert!(words.contains(&"b") && words.contains(&"d"));
        assert!(!words.contains(&"a") && !words.contains(&"c"));
    }
}
