//! The tables, as they are printed and kept in `docs/soundness.md`.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::claims::{Claims, Verdict};
use crate::names::Kind;
use crate::renames::{Change, Renamed};

/// What became of the claims, by rule.
pub(crate) fn claims(all: &[Claims]) -> String {
    let mut rows: BTreeMap<&str, BTreeMap<Verdict, usize>> = BTreeMap::new();
    let mut without: BTreeMap<&str, usize> = BTreeMap::new();
    for claim in all.iter().flat_map(|claims| &claims.all) {
        *rows.entry(claim.rule).or_default().entry(claim.verdict).or_default() += 1;
    }
    for (rule, count) in all.iter().flat_map(|claims| &claims.without) {
        *without.entry(rule).or_default() += count;
        rows.entry(rule).or_default();
    }
    let titles = Verdict::ALL.map(Verdict::title).join(" | ");
    let mut text = format!("| rule | claims | {titles} | proofs without a place |\n");
    let _ = writeln!(text, "|---|{}", "--:|".repeat(Verdict::ALL.len() + 2));
    let mut total: BTreeMap<Verdict, usize> = BTreeMap::new();
    for (rule, row) in &rows {
        for (verdict, count) in row {
            *total.entry(*verdict).or_default() += count;
        }
        let bare = without.get(rule).copied().unwrap_or(0);
        line(&mut text, &format!("`{rule}`"), row, &Verdict::ALL, Some(bare));
    }
    line(&mut text, "all", &total, &Verdict::ALL, Some(without.values().sum()));
    text
}

/// What renames did, by kind of name.
pub(crate) fn renames<'r>(all: impl Iterator<Item = &'r Renamed>) -> String {
    let mut rows: BTreeMap<Kind, BTreeMap<Change, usize>> = BTreeMap::new();
    let mut total: BTreeMap<Change, usize> = BTreeMap::new();
    for renamed in all {
        *rows.entry(renamed.kind).or_default().entry(renamed.change).or_default() += 1;
        *total.entry(renamed.change).or_default() += 1;
    }
    let titles = Change::ALL.map(Change::title).join(" | ");
    let mut text = format!("| kind of name | names | {titles} |\n");
    let _ = writeln!(text, "|---|{}", "--:|".repeat(Change::ALL.len() + 1));
    for (kind, row) in &rows {
        line(&mut text, kind.title(), row, &Change::ALL, None);
    }
    line(&mut text, "all", &total, &Change::ALL, None);
    text
}

/// The names without which something is lost and nothing is said, the most frequent first.
pub(crate) fn silent<'r>(all: impl Iterator<Item = &'r Renamed>) -> String {
    let mut counts: BTreeMap<&str, [usize; 2]> = BTreeMap::new();
    for renamed in all {
        match renamed.change {
            Change::ProofLost => counts.entry(&renamed.name).or_default()[0] += 1,
            Change::FindingLost => counts.entry(&renamed.name).or_default()[1] += 1,
            _ => {}
        }
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by_key(|(name, [proofs, findings])| (usize::MAX - proofs - findings, *name));
    let mut text =
        String::from("| name | programs with lost proofs | with lost findings |\n|---|--:|--:|\n");
    for (name, [proofs, findings]) in counts.iter().take(MAX_NAMES) {
        let _ = writeln!(text, "| `{name}` | {proofs} | {findings} |");
    }
    let rest = counts.iter().skip(MAX_NAMES).map(|(_, counts)| counts);
    let (proofs, findings) = rest.fold((0, 0), |(p, f), counts| (p + counts[0], f + counts[1]));
    if counts.len() > MAX_NAMES {
        let more = counts.len() - MAX_NAMES;
        let _ = writeln!(text, "| {more} others | {proofs} | {findings} |");
    }
    text
}

/// More names are only counted.
const MAX_NAMES: usize = 25;

fn line<K: Ord>(
    text: &mut String,
    title: &str,
    row: &BTreeMap<K, usize>,
    columns: &[K],
    last: Option<usize>,
) {
    let cell = |count: usize| if count == 0 { String::new() } else { count.to_string() };
    let cells: Vec<String> =
        columns.iter().map(|column| cell(row.get(column).copied().unwrap_or(0))).collect();
    let sum: usize = row.values().sum();
    let last = last.map(|count| format!(" {} |", cell(count))).unwrap_or_default();
    let _ = writeln!(text, "| {title} | {sum} | {} |{last}", cells.join(" | "));
}
