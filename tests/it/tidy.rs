//! House rules that a compiler does not know: rules are data, layers stay apart, files stay small,
//! messages keep their style, and what is written twice stays in step.

use std::fs;
use std::path::{Path, PathBuf};

use raft_lint::protocol::Quantity;
use raft_lint::rule::Rule;
use raft_lint::rules;

use crate::support;

const MAX_LINES: usize = 450;

/// What a rule file may use.
const VOCABULARY: &[&str] = &["use crate::protocol::", "use crate::rule::"];

/// The parsing crates: only `src/lower` knows them.
const PARSER: &[&str] = &["syn", "proc_macro2", "quote"];

/// The safety properties by their names in the paper, with which a note may start.
const PROPERTIES: &[&str] = &[
    "Election Safety",
    "Leader Append-Only",
    "Leader Completeness",
    "Log Matching",
    "State Machine Safety",
];

fn read(path: &Path) -> String {
    fs::read_to_string(support::root().join(path)).unwrap_or_default()
}

/// Every file below a directory, relative to the root, sorted.
fn tree(dir: &str) -> Vec<PathBuf> {
    let walk = walkdir::WalkDir::new(support::root().join(dir)).sort_by_file_name();
    let files = walk.into_iter().flatten().filter(|entry| entry.file_type().is_file());
    let relative = |path: &Path| path.strip_prefix(support::root()).map(Path::to_path_buf);
    files.filter_map(|entry| relative(entry.path()).ok()).collect()
}

fn rust(dir: &str) -> Vec<PathBuf> {
    let is_rust = |path: &PathBuf| path.extension().is_some_and(|e| e == "rs");
    tree(dir).into_iter().filter(is_rust).collect()
}

/// The code of a line without its comment. A `//` in a string cuts too much, which does no harm.
fn code(line: &str) -> &str {
    line.split_once("//").map_or(line, |(code, _)| code)
}

fn has_word(text: &str, word: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(word).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + word.len()..].chars().next();
        !before.is_some_and(part) && !after.is_some_and(part)
    })
}

/// Fails with the list of what is wrong, by file.
fn verdict(what: &str, checked: &[PathBuf], wrong: impl Fn(&Path) -> Vec<String>) {
    let failures: Vec<(String, Vec<String>)> =
        checked.iter().map(|path| (path.display().to_string(), wrong(path))).collect();
    support::verdict(what, checked.len(), &failures);
}

#[test]
fn all_rules_are_listed() {
    let mut stems: Vec<String> = support::files(Path::new("rules"), "rs")
        .iter()
        .filter_map(|path| path.file_stem().map(|stem| stem.to_string_lossy().into_owned()))
        .filter(|stem| stem != "mod")
        .collect();
    let ids: Vec<String> = rules::ALL.iter().map(|rule| rule.id.replace('-', "_")).collect();
    assert!(ids.is_sorted(), "rules::ALL is sorted by id: {ids:?}");
    stems.sort();
    assert_eq!(stems, ids, "each rules/<id>.rs is in rules::ALL, and its id is its name");
    for stem in &stems {
        let page = Path::new("rules").join(format!("{stem}.md"));
        assert!(support::root().join(&page).is_file(), "{} is missing", page.display());
        for kind in ["accept", "reject"] {
            let dir = Path::new("fixtures").join(stem).join(kind);
            assert!(support::root().join(&dir).is_dir(), "{} is missing", dir.display());
        }
    }
    for rule in rules::ALL {
        let found = rules::find(rule.id).map(|found| found.id);
        assert_eq!(found, Some(rule.id));
        let page = read(&Path::new("rules").join(format!("{}.md", rule.id.replace('-', "_"))));
        assert_eq!(rule.page, page, "{} shows its own page", rule.id);
    }
}

#[test]
fn rules_are_data() {
    let mut files = support::files(Path::new("rules"), "rs");
    files.retain(|path| path.file_stem().is_some_and(|stem| stem != "mod"));
    verdict("rule files", &files, |path| {
        let text = read(path);
        let lines = (1..).zip(text.lines().map(code));
        let mut wrong = Vec::new();
        for (number, line) in lines {
            if has_word(line, "fn") {
                wrong.push(format!("line {number}: a rule has no code"));
            }
            let uses = line.trim_start().trim_start_matches("pub ").starts_with("use ");
            if uses && !VOCABULARY.iter().any(|allowed| line.starts_with(allowed)) {
                wrong.push(format!("line {number}: a rule knows only the words and its own form"));
            }
        }
        wrong
    });
}

#[test]
fn only_lower_knows_the_parser() {
    let lower = |path: &PathBuf| path.starts_with("src/lower") || path == Path::new("src/lower.rs");
    let mut files = rust("src");
    files.extend(rust("rules"));
    files.retain(|path| !lower(path));
    verdict("layers", &files, |path| {
        let text = read(path);
        let lines = (1..).zip(text.lines().map(code));
        let named = |(number, line): (usize, &str)| {
            let word = PARSER.iter().find(|word| has_word(line, word))?;
            Some(format!("line {number} names {word}"))
        };
        lines.filter_map(named).collect()
    });
}

#[test]
fn files_say_what_they_are_and_stay_small() {
    let mut files: Vec<PathBuf> = [
        "src",
        "rules",
        "tests/it",
        "tests/model",
        "tests/soundness",
        "bench",
        "fixtures",
        "fuzz/src",
        "fuzz/targets",
    ]
    .iter()
    .flat_map(|dir| rust(dir))
    .collect();
    files.retain(|path| !path.starts_with("fixtures/hostile"));
    verdict("files", &files, |path| {
        let text = read(path);
        let mut wrong = Vec::new();
        if !text.starts_with("//! ") {
            wrong.push("does not start with `//!`".to_owned());
        }
        if text.lines().count() > MAX_LINES {
            let count = text.lines().count();
            wrong.push(format!("has {count} lines, more than {MAX_LINES}"));
        }
        wrong
    });
}

#[test]
fn messages_keep_their_style() {
    let style = |rule: &&Rule| (rule.id.to_owned(), texts(rule));
    let failures: Vec<(String, Vec<String>)> = rules::ALL.iter().map(style).collect();
    support::verdict("messages", rules::ALL.len(), &failures);
}

/// What is wrong with a rule's texts.
fn texts(rule: &Rule) -> Vec<String> {
    let mut texts = vec![rule.summary, rule.message, rule.missing, rule.note, rule.help];
    texts.extend(rule.near_misses.iter().flat_map(|n| [n.message, n.seen, n.missing]));
    let mut wrong = Vec::new();
    for text in texts {
        let named = text == rule.note && PROPERTIES.iter().any(|name| text.starts_with(name));
        if !named && text.starts_with(|c: char| !c.is_lowercase() && c != '`') {
            wrong.push(format!("starts with a capital: {text:?}"));
        }
        if text.ends_with(['.', '!', ' ']) || text.contains("  ") || text.contains('\n') {
            wrong.push(format!("has a full stop or space at its end, or two spaces: {text:?}"));
        }
        let mut rest = text.to_owned();
        for hole in Quantity::ALL.map(Quantity::hole) {
            rest = rest.replace(hole, if text == rule.help { "" } else { hole });
        }
        if rest.contains(['{', '}']) {
            wrong.push(format!("has a hole that nothing fills: {text:?}"));
        }
    }
    wrong
}

#[test]
fn nothing_is_left_open_and_no_machine_is_named() {
    // Put together, so that this file does not name them itself.
    let words = [["TO", "DO"], ["FIX", "ME"], ["XX", "X"], ["todo", "!("], ["unimpl", "emented!("]];
    let paths = [["/ho", "me/"], ["/ro", "ot/"], ["/wo", "rk/"], ["/Us", "ers/"], ["/tm", "p/"]];
    let forbidden: Vec<String> = words.iter().chain(&paths).map(|parts| parts.concat()).collect();
    let mut files: Vec<PathBuf> =
        ["src", "rules", "tests", "bench", "fixtures", "docs", ".ci", "fuzz/targets"]
            .iter()
            .flat_map(|d| tree(d))
            .collect();
    files.extend(["README.md", "Cargo.toml"].map(PathBuf::from));
    // Its hashes are no words.
    files.retain(|path| !path.ends_with("package-lock.json"));
    verdict("words", &files, |path| {
        let text = read(path);
        let lines = (1..).zip(text.lines());
        let named = |(number, line): (usize, &str)| {
            let word = forbidden.iter().find(|word| line.contains(word.as_str()))?;
            Some(format!("line {number}: {word}"))
        };
        lines.filter_map(named).collect()
    });
}

#[test]
fn the_readme_states_the_oldest_compiler() {
    let manifest = read(Path::new("Cargo.toml"));
    let stated = manifest.lines().find_map(|line| line.strip_prefix("rust-version = \""));
    let version =
        stated.and_then(|rest| rest.strip_suffix('"')).expect("Cargo.toml has a rust-version");
    let readme = read(Path::new("README.md"));
    assert!(readme.contains(&format!("Rust {version}")), "README.md does not say Rust {version}");
}

#[test]
fn the_readme_shows_a_real_screen() {
    let path = Path::new("fixtures/append_prev_check/reject/splice_after_stale_term_check.rs");
    let screen = support::check_text(path, "append-prev-check").expect("the fixture is a finding");
    let readme = read(Path::new("README.md")).replace("\r\n", "\n");
    let missing: Vec<&str> = screen
        .lines()
        .filter(|line| !line.trim().is_empty() && !readme.contains(line.trim_end()))
        .collect();
    assert!(
        missing.is_empty(),
        "README.md lacks these lines of the screen:\n{}",
        missing.join("\n")
    );
}

#[test]
fn the_readme_has_two_commands_and_ci_runs_the_second() {
    let readme = read(Path::new("README.md"));
    let blocks: Vec<&str> =
        readme.split("```sh\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    let [run, test] = blocks[..] else { panic!("README.md has two commands, not {blocks:?}") };
    assert!(run.starts_with("cargo run --release -- check fixtures/"), "{run}");
    let ci = read(Path::new(".ci/run"));
    assert!(ci.contains(test.trim()), ".ci/run does not run `{}`", test.trim());
}
