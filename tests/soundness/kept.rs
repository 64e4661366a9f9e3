//! What is kept: the tables in `docs/soundness.md`, and the list of what survives with its reasons.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::sync::Mutex;

use serde::Deserialize;

use crate::claims::{Claim, Claims, Verdict};
use crate::renames::{Change, Renamed};
use crate::support;

/// The page with the tables.
const PAGE: &str = "docs/soundness.md";
/// The list of what survives.
const KNOWN: &str = "tests/soundness/known.json";

/// Compares a table with the one that the page keeps under this name; `UPDATE=1` rewrites that.
pub(crate) fn compare(name: &str, table: &str) {
    /// Tests rewrite the page one after the other.
    static PAGE_IS_FREE: Mutex<()> = Mutex::new(());
    let _free = PAGE_IS_FREE.lock();
    let path = support::root().join(PAGE);
    let page = fs::read_to_string(&path).expect("the page is a file of the project");
    let page = page.replace("\r\n", "\n");
    let (start, end) = (format!("<!-- {name} -->\n\n"), "\n<!-- end -->");
    let (before, rest) = page.split_once(&start).unwrap_or_else(|| panic!("{PAGE} lacks {start}"));
    let (kept, after) = rest.split_once(end).unwrap_or_else(|| panic!("{PAGE} lacks {end}"));
    if kept == table {
        return;
    }
    if std::env::var_os("UPDATE").is_some_and(|value| value == "1") {
        let page = format!("{before}{start}{table}{end}{after}");
        fs::write(path, page).expect("the page can be written");
        return;
    }
    panic!(
        "{PAGE} keeps another table of the {name} (`UPDATE=1` rewrites it); it is now:\n{table}"
    );
}

/// Why something survives.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Known {
    reasons: BTreeMap<String, String>,
    survivors: Vec<Survivor>,
    renames: Vec<Believed>,
}

/// A claim that survives.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Survivor {
    program: String,
    rule: String,
    evidence: String,
    reason: String,
}

/// A name without which a finding becomes a proof.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Believed {
    program: String,
    name: String,
    reason: String,
}

impl Known {
    pub(crate) fn read() -> Known {
        let text =
            fs::read(support::root().join(KNOWN)).expect("the list is a file of the project");
        let known: Known = serde_json::from_slice(&text).expect("the list has its form");
        let used = known.survivors.iter().map(|s| &s.reason);
        for reason in used.chain(known.renames.iter().map(|r| &r.reason)) {
            assert!(known.reasons.contains_key(reason), "{KNOWN} gives no reason `{reason}`");
        }
        known
    }

    /// The list as the page shows it, by reason.
    pub(crate) fn table(&self) -> String {
        let mut text = String::new();
        for (id, reason) in &self.reasons {
            let _ = writeln!(text, "**{id}**: {reason}\n");
            for Survivor { program, rule, evidence, .. } in
                self.survivors.iter().filter(|s| s.reason == *id)
            {
                let _ = writeln!(text, "- `{program}`, `{rule}`: ``{evidence}``");
            }
            for Believed { program, name, .. } in self.renames.iter().filter(|r| r.reason == *id) {
                let _ = writeln!(text, "- `{program}` without the name `{name}`");
            }
            text.push('\n');
        }
        text.truncate(text.trim_end().len());
        text + "\n"
    }

    /// What survives is in the list, and what is in the list survives.
    pub(crate) fn meet_survivors(&self, all: &[Claims]) {
        let survived = all.iter().flat_map(|claims| &claims.all);
        let survived = survived.filter(|claim| claim.verdict == Verdict::Survived);
        let listed: BTreeSet<[&str; 3]> =
            self.survivors.iter().map(|s| [&*s.program, &s.rule, &s.evidence]).collect();
        let mut wrong = String::new();
        let mut seen: BTreeSet<[&str; 3]> = BTreeSet::new();
        for claim in survived {
            let key = [&*claim.program, claim.rule, &claim.snippet];
            seen.insert(key);
            if !listed.contains(&key) {
                let _ = writeln!(wrong, "survives and is not in the list: {}", told(claim));
            }
        }
        for key in listed.difference(&seen) {
            let _ = writeln!(wrong, "is in the list and does not survive: {}", key.join(" "));
        }
        assert!(wrong.is_empty(), "{KNOWN}\n{wrong}");
    }

    /// The same for names without which a finding becomes a proof.
    pub(crate) fn meet_renames<'r>(&self, all: impl Iterator<Item = &'r Renamed>) {
        let listed: BTreeSet<[&str; 2]> =
            self.renames.iter().map(|r| [&*r.program, &r.name]).collect();
        let mut wrong = String::new();
        let mut seen: BTreeSet<[&str; 2]> = BTreeSet::new();
        for renamed in all.filter(|renamed| renamed.change == Change::Proved) {
            let key = [&*renamed.program, &*renamed.name];
            seen.insert(key);
            if !listed.contains(&key) {
                let what = renamed.what.join(", ");
                let _ = writeln!(
                    wrong,
                    "a finding is a proof without a name: {} ({what})",
                    key.join(" ")
                );
            }
        }
        for key in listed.difference(&seen) {
            let _ = writeln!(wrong, "is in the list, and its finding stays: {}", key.join(" "));
        }
        assert!(wrong.is_empty(), "{KNOWN}\n{wrong}");
    }
}

/// The claims that survive, each with what was tried.
pub(crate) fn survivors(all: &[Claims]) -> String {
    let survived = all.iter().flat_map(|claims| &claims.all);
    let survived = survived.filter(|claim| claim.verdict == Verdict::Survived);
    survived.map(|claim| format!("survived: {}\n", told(claim))).collect()
}

/// A claim with what was tried.
fn told(claim: &Claim) -> String {
    let Claim { program, rule, effect, evidence, snippet, facts, .. } = claim;
    let tried = claim.tried.join("\n    ");
    format!("{program}: {rule} at {effect} by {evidence} `{snippet}` [{facts}]\n    {tried}")
}

/// Adds to a file what was tried.
pub(crate) fn log_claims(path: &OsStr, all: &[Claims]) {
    let mut text = String::new();
    for claim in all.iter().flat_map(|claims| &claims.all) {
        let _ = writeln!(text, "{}: {}", claim.verdict.title(), told(claim));
    }
    append(path, &text);
}

/// Adds to a file what renames did.
pub(crate) fn log_renames(path: &OsStr, all: &[Renamed]) {
    let mut text = String::new();
    for Renamed { program, name, kind, change, what } in all {
        let (kind, change) = (kind.title(), change.title());
        let _ = writeln!(text, "{change}: {kind} `{name}` of {program}: {}", what.join(", "));
    }
    append(path, &text);
}

fn append(path: &OsStr, text: &str) {
    let file = fs::OpenOptions::new().create(true).append(true).open(path);
    let written = file.and_then(|mut file| file.write_all(text.as_bytes()));
    written.expect("SOUNDNESS_LOG can be written");
}
