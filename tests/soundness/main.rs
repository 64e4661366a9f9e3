//! soundness (draft)
#![allow(clippy::print_stdout)]

mod claims;
mod corpus;
mod forms;
mod lint;
mod names;
mod removal;
mod renames;
#[path = "../it/registry/packages.rs"]
mod registry;
#[path = "../it/support.rs"]
#[allow(dead_code)] // what only the end-to-end tests need
mod support;

use std::collections::BTreeMap;

#[test]
fn survey() {
    let start = std::time::Instant::now();
    let programs = match std::env::var_os("TREE") {
        Some(path) => vec![corpus::Program { name: "tree".into(), path: path.into() }],
        None if std::env::var_os("PUBLISHED").is_some() => corpus::published().unwrap(),
        None => corpus::fixtures(support::Kind::Accept),
    };
    let results = corpus::in_parallel(&programs, |program| claims::of(program).unwrap());
    let mut table: BTreeMap<&str, BTreeMap<claims::Verdict, usize>> = BTreeMap::new();
    for claim in results.iter().flat_map(|r| &r.all) {
        *table.entry(claim.rule).or_default().entry(claim.verdict.clone()).or_default() += 1;
        if !matches!(claim.verdict, claims::Verdict::Killed) {
            println!("{:?} {} {} effect {} evidence {} `{}` [{}]\n    {}", claim.verdict, claim.program, claim.rule, claim.effect, claim.evidence, claim.snippet.chars().take(150).collect::<String>(), claim.facts, claim.tried.iter().take(9).cloned().collect::<Vec<_>>().join("\n    "));
        }
    }
    for (rule, row) in table { println!("{rule} {row:?}"); }
    println!("{:?}", start.elapsed());
}

#[test]
fn survey_renames() {
    let start = std::time::Instant::now();
    let mut programs = match std::env::var_os("TREE") {
        Some(path) => vec![corpus::Program { name: "tree".into(), path: path.into() }],
        None if std::env::var_os("PUBLISHED").is_some() => corpus::published().unwrap(),
        None => corpus::fixtures(support::Kind::Accept),
    };
    if std::env::var_os("TREE").is_none() { programs.extend(corpus::fixtures(support::Kind::Reject)); }
    let step = std::env::var("STEP").map_or(8, |s| s.parse().unwrap());
    let programs: Vec<_> = programs.into_iter().step_by(step).collect();
    let results = corpus::in_parallel(&programs, |program| renames::of(program).unwrap());
    let mut table: BTreeMap<names::Kind, BTreeMap<renames::Change, usize>> = BTreeMap::new();
    for r in results.iter().flatten() {
        *table.entry(r.kind).or_default().entry(r.change).or_default() += 1;
        if r.change != renames::Change::Nothing {
            println!("{:?} {} {} {:?} {}", r.change, r.name, r.program, r.kind, r.what.join(", "));
        }
    }
    for (rule, row) in table { println!("{rule:?} {row:?}"); }
    println!("{} programs {:?}", programs.len(), start.elapsed());
}
