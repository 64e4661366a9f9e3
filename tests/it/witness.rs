//! What the labels along a witness say about the text that they stand under, and what the help
//! calls the values of the protocol.

use crate::support::verdict;
use crate::tree::Tree;

/// A follower that never looks at prevLogTerm; the questions go to where the hole is.
const FOLLOWER: &str = "
pub enum Kind { A, B }
pub struct AppendEntries {
    pub term: u64, pub leader: u64, pub kind: Kind, pub flag: bool, pub other: bool,
    pub hint: Option<u64>, pub prev_log_index: usize, pub prev_log_term: u64, pub entries: Vec<Entry>,
}
pub struct Entry { pub term: u64 }
pub struct Node { pub term: u64, pub leader: u64, pub log: Vec<Entry> }
impl Node {
    pub fn append_entries(&mut self, args: AppendEntries) -> Option<()> {
        {questions}
        self.log.truncate(args.prev_log_index);
        Some(())
    }
}
";

/// Questions, the text that has to be labelled, and the label.
const CASES: &[(&str, &[(&str, &str)])] = &[
    ("if args.flag { return None; }", &[("args.flag", FAILS)]),
    ("if !args.flag { return None; }", &[("args.flag", HOLDS)]),
    ("if !args.is_stale() { return None; }", &[("args.is_stale()", HOLDS)]),
    ("if args.flag == false { return None; }", &[("args.flag == false", FAILS)]),
    (
        "if !(args.flag && args.other) { return None; }",
        &[("args.flag", HOLDS), ("args.other", HOLDS)],
    ),
    (
        "if args.flag || !args.other { return None; }",
        &[("args.flag", FAILS), ("args.other", HOLDS)],
    ),
    ("if args.term != self.term { return None; }", &[("args.term != self.term", FAILS)]),
    ("if args.kind != Kind::A { return None; }", &[("args.kind != Kind::A", FAILS)]),
    ("if !(args.kind != Kind::A) { return None; }", &[("args.kind != Kind::A", HOLDS)]),
    (
        "if (args.term, args.leader) != (self.term, self.leader) { return None; }",
        &[("(args.term, args.leader) != (self.term, self.leader)", FAILS)],
    ),
    (
        "if (args.term, args.leader) < (self.term, self.leader) { return None; }",
        &[("(args.term, args.leader) < (self.term, self.leader)", FAILS)],
    ),
    ("if args.hint.is_some() { return None; }", &[("args.hint.is_some()", FAILS)]),
    ("if args.hint.is_none() { return None; }", &[("args.hint.is_none()", FAILS)]),
    ("if !matches!(args.kind, Kind::A) { return None; }", &[("Kind::A", MATCHES)]),
    ("if matches!(args.kind, Kind::A) { return None; }", &[("Kind::A", MISSES)]),
    ("let Some(_hint) = args.hint else { return None };", &[("Some", MATCHES)]),
    ("args.hint?;", &[("args.hint?", "goes on where `?` does not return")]),
    (
        "match args.kind { Kind::A if args.term < self.term => return None, _ => {} }",
        &[("Kind::A", MISSES)],
    ),
    (
        "match args.kind { Kind::B => return None, Kind::A if args.term < self.term => return None, _ => {} }",
        &[("Kind::B", MISSES), ("Kind::A", MISSES)],
    ),
    ("if args.flag { self.leader = args.leader; }", &[]),
    (
        "match args.flag { false => return None, true => {} }",
        &[("false", MISSES), ("true", MATCHES)],
    ),
];

const HOLDS: &str = "goes on where this holds";
const FAILS: &str = "goes on where this does not hold";
const MATCHES: &str = "goes on where this matches";
const MISSES: &str = "goes on where this does not match";

#[test]
fn labels_are_true_of_their_text() {
    let failures: Vec<(String, Vec<String>)> = CASES
        .iter()
        .map(|(questions, expected)| {
            let told = told(questions);
            let expected: Vec<String> = expected.iter().map(|(t, l)| format!("{t}: {l}")).collect();
            let wrong = (told != expected).then(|| format!("expected {expected:?}, got {told:?}"));
            ((*questions).to_owned(), wrong.into_iter().collect())
        })
        .collect();
    verdict("labels", CASES.len(), &failures);
}

/// The labels on the questions of this follower, with the text that they start at, as far as it is
/// expected.
fn told(questions: &str) -> Vec<String> {
    let text = FOLLOWER.replace("{questions}", questions);
    let report = Tree::with(&[("Cargo.toml", ""), ("src/lib.rs", &text)]).json();
    let mut findings = report["findings"].as_array().into_iter().flatten();
    let finding = findings.find(|f| f["rule"] == "append-prev-check");
    let related = finding.and_then(|f| f["related"].as_array().cloned()).unwrap_or_default();
    let label = |step: &serde_json::Value| {
        let number = |name: &str| step[name].as_u64().unwrap_or(1) as usize - 1;
        let line: Vec<char> = text.lines().nth(number("line")).unwrap_or("").chars().collect();
        let rest: String = line.iter().skip(number("column")).collect();
        let label = step["text"].as_str().unwrap_or("?");
        let texts = CASES.iter().filter(|(q, _)| *q == questions).flat_map(|(_, e)| e.iter());
        let mut texts: Vec<&str> = texts.map(|(t, _)| *t).collect();
        texts.retain(|t| rest.starts_with(t));
        format!("{}: {label}", texts.first().unwrap_or(&rest.as_str()))
    };
    let all: Vec<String> = related.iter().map(label).collect();
    // Without the entry and the effect.
    all.get(1..all.len().saturating_sub(1)).unwrap_or_default().to_vec()
}

/// Replacements in [`FOLLOWER`], and what the help has to say.
const NAMES: &[(&[(&str, &str)], &str)] = &[
    // prevLogTerm is never read: the message's definition tells its name.
    (
        &[],
        "`self.log` has an entry at `args.prev_log_index` whose term equals `args.prev_log_term`",
    ),
    (
        &[
            (
                "args: AppendEntries)",
                "AppendEntries { prev_log_index: at, entries, .. }: AppendEntries)",
            ),
            ("args.prev_log_index", "at"),
        ],
        "`self.log` has an entry at `at` whose term equals `prev_log_term` of `AppendEntries`",
    ),
    (
        &[
            ("{questions}", "let (log, prev) = (&mut self.log, args.prev_log_index);"),
            ("self.log.truncate(args.prev_log_index)", "log.truncate(prev)"),
        ],
        "`log` has an entry at `args.prev_log_index` whose term equals `args.prev_log_term`",
    ),
    (
        &[
            ("prev_log_index: usize, pub prev_log_term: u64", "prev_log_id: LogId"),
            (
                "pub struct Entry",
                "pub struct LogId { pub term: u64, pub index: usize } pub struct Entry",
            ),
            ("args.prev_log_index", "args.prev_log_id.index"),
        ],
        "`self.log` has an entry at `args.prev_log_id.index` whose term equals the term of `args.prev_log_id`",
    ),
    // An index and a term of two different things are no pair.
    (
        &[
            ("pub prev_log_index: usize,", ""),
            ("args: AppendEntries)", "args: AppendEntries, place: AppendEntriesArgs)"),
            ("args.prev_log_index", "place.prev_log_index"),
            (
                "pub struct Entry",
                "pub struct AppendEntriesArgs { pub prev_log_index: usize } pub struct Entry",
            ),
        ],
        "`self.log` has an entry at prevLogIndex whose term equals prevLogTerm;",
    ),
    // Entries that wait to be written are not the log.
    (
        &[
            ("log: Vec<Entry> }", "log: Vec<Entry>, pub append_log_entries: Option<Vec<Entry>> }"),
            (
                "self.log.truncate(args.prev_log_index)",
                "if let Some(waiting) = &mut self.append_log_entries { waiting.extend(args.entries); }",
            ),
        ],
        "`self.log` has an entry at `args.prev_log_index` whose term equals `args.prev_log_term`",
    ),
];

#[test]
fn the_help_speaks_in_the_names_of_the_code() {
    let failures: Vec<(String, Vec<String>)> = NAMES
        .iter()
        .map(|(changes, expected)| {
            let change = |text: String, (from, to): &(&str, &str)| text.replace(from, to);
            let text = changes.iter().fold(FOLLOWER.to_owned(), change).replace("{questions}", "");
            let report = Tree::with(&[("Cargo.toml", ""), ("src/lib.rs", &text)]).json();
            let mut findings = report["findings"].as_array().into_iter().flatten();
            let finding = findings.find(|f| f["rule"] == "append-prev-check");
            let help = finding.and_then(|f| f["help"].as_str()).unwrap_or("no finding").to_owned();
            let wrong =
                (!help.contains(expected)).then(|| format!("expected {expected}, got {help}"));
            ((*expected).to_owned(), wrong.into_iter().collect())
        })
        .collect();
    verdict("help texts", NAMES.len(), &failures);
}
