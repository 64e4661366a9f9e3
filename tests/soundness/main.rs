//! How sound the proofs are: what they claim is taken out of the programs, and names that they may have
//! believed are taken away.
//!
//! `cargo test --test soundness` tries all fixtures, and compares the tables with those that
//! `docs/soundness.md` keeps (`UPDATE=1` rewrites them); what survives has to be listed with a reason in
//! `tests/soundness/known.json`. `cargo test --test soundness -- --include-ignored` prints the same for
//! the published crates of `tests/registry`, and `SOUNDNESS_TREE=DIR` for another tree.
//! Nothing is written to the programs, compiled or run.

#![forbid(unsafe_code)]

mod claims;
mod corpus;
mod forms;
mod kept;
mod lint;
mod names;
#[path = "../it/registry/packages.rs"]
mod registry;
mod removal;
mod renames;
#[path = "../it/support.rs"]
#[allow(dead_code)] // the end-to-end tests need more of it
mod support;
mod tables;

use std::io::Write as _;
use std::path::PathBuf;

use claims::Claims;
use corpus::Program;
use kept::Known;
use renames::Renamed;
use support::Kind;

/// Takes out the claims of all programs.
fn claims_of(programs: &[Program]) -> Vec<Claims> {
    assert!(!programs.is_empty(), "nothing was checked");
    let all = corpus::in_parallel(programs, |program| {
        claims::of(program).unwrap_or_else(|error| panic!("{}: {error}", program.name))
    });
    if let Some(path) = std::env::var_os("SOUNDNESS_LOG") {
        kept::log_claims(&path, &all);
    }
    all
}

/// Takes away the names of all programs.
fn renames_of(programs: &[Program]) -> Vec<Renamed> {
    let all = corpus::in_parallel(programs, |program| {
        renames::of(program).unwrap_or_else(|error| panic!("{}: {error}", program.name))
    });
    let all: Vec<Renamed> = all.into_iter().flatten().collect();
    if let Some(path) = std::env::var_os("SOUNDNESS_LOG") {
        kept::log_renames(&path, &all);
    }
    all
}

/// Standard error itself: what `eprintln!` writes is only shown when a test fails.
fn print(text: &str) {
    let _ = std::io::stderr().write_all(format!("\n{text}\n").as_bytes());
}

#[test]
fn the_page_lists_what_survives() {
    kept::compare("what survives", &Known::read().table());
}

#[test]
fn claims_of_the_fixtures_are_needed() {
    let all = claims_of(&corpus::fixtures(Kind::Accept));
    kept::compare("claims of the fixtures", &tables::claims(&all));
    Known::read().meet_survivors(&all);
}

#[test]
fn names_in_the_fixtures_prove_nothing() {
    let [accepted, rejected] = [Kind::Accept, Kind::Reject].map(corpus::fixtures);
    let accepted = renames_of(&accepted);
    kept::compare("names of the accepted fixtures", &tables::renames(accepted.iter()));
    let rejected = renames_of(&rejected);
    kept::compare("names of the rejected fixtures", &tables::renames(rejected.iter()));
    let both = || accepted.iter().chain(&rejected);
    kept::compare("names without which something is lost", &tables::silent(both()));
    Known::read().meet_renames(both());
}

#[test]
#[ignore = "takes long: the published crates are large"]
fn published_crates() {
    let programs = match corpus::published() {
        Ok(programs) => programs,
        Err(why) => return print(&format!("soundness of the published crates: NOT RUN: {why}")),
    };
    let all = corpus::in_parallel(&programs, print_tables);
    let (claims, renamed): (Vec<Vec<Claims>>, Vec<Vec<Renamed>>) = all.into_iter().unzip();
    let claims: Vec<Claims> = claims.into_iter().flatten().collect();
    print(&format!("all together\n\n{}", tables::claims(&claims)));
    print(&tables::renames(renamed.iter().flatten()));
}

/// Prints what becomes of the claims of a program, if it has any, what survives, and what its names do.
fn print_tables(program: &Program) -> (Vec<Claims>, Vec<Renamed>) {
    let program = std::slice::from_ref(program);
    let claims = claims_of(program);
    if claims.iter().all(|claims| claims.all.is_empty()) {
        return (claims, Vec::new());
    }
    let renamed = if program[0].is_small() { renames_of(program) } else { Vec::new() };
    print(&format!(
        "{}\n\n{}\n{}\n{}\n{}",
        program[0].name,
        tables::claims(&claims),
        kept::survivors(&claims),
        tables::renames(renamed.iter()),
        tables::silent(renamed.iter()),
    ));
    (claims, renamed)
}

/// `SOUNDNESS_TREE=DIR` prints the tables of another tree, and `SOUNDNESS_LOG=FILE` adds what was tried.
#[test]
fn a_given_tree() {
    let Some(path) = std::env::var_os("SOUNDNESS_TREE").map(PathBuf::from) else { return };
    let path = path.canonicalize().expect("SOUNDNESS_TREE is a directory");
    let program = Program { name: path.display().to_string(), path };
    print_tables(&program);
}
