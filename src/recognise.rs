//! Recognition notes: what a package should have and nothing was seen of.
//!
//! Takes the program, the analysis and the outcome so far; gives notes. "No finding" has to mean
//! "proved" and not "not understood", so a package that keeps Raft's state is expected to have the
//! handlers and the effects that go with it. It finds no violations.

use std::collections::BTreeSet;

use rustc_hash::FxHashSet;

use crate::outcome::{Missing, Note, Outcome, Problem, Unfinished};
use crate::program::{FnId, Program};
use crate::protocol::Message;
use crate::roles::state::{Pair, State, States};
use crate::rule::{Expected, Rule};
use crate::rules;
use crate::source::Sources;

/// Completes the outcome with the notes of a run, and with the functions whose analysis stopped at
/// its bound: in a package that keeps Raft's state they keep a run from being clean.
pub fn recognise(
    program: &Program,
    states: &States,
    exhausted: &[FnId],
    sources: &Sources,
    outcome: &mut Outcome,
) {
    let mut notes = Vec::new();
    let overall = |text: &str| Note::new(None, text.to_owned());
    if outcome.parsed == 0 {
        if !outcome.lost_files() {
            notes.push(overall("no Raft vocabulary in any package: nothing was analysed"));
        }
    } else if outcome.handlers.is_empty() && outcome.obligations.is_empty() {
        notes.push(overall("no Raft handler and no protected effect was recognised"));
    }
    let seen = Seen::of(outcome);
    for (package, state) in states {
        let missing = missing(program, &seen, package.0 as usize, state);
        notes.extend(missing.iter().map(|missing| note(missing, outcome)));
        outcome.missing.extend(missing);
    }
    for package in speaking(outcome, states) {
        let (unseen, note) = unseen_files(outcome, package, sources);
        outcome.unseen += unseen;
        notes.extend(note);
    }
    for &id in exhausted {
        let place = program.place(id);
        let package = outcome.package_of(place);
        let keeps_state = states.contains_key(&program.package(id));
        if !keeps_state && !seen.packages.contains(&package) {
            continue; // a `commit` of another kind
        }
        let function = program.qualified_name(id);
        let at = format!("{}:{}", sources.file(place.file).name, sources.line(place));
        let why = match keeps_state {
            true => "what it does is not decided",
            // An effect that was reached there is an obligation of its own, and undecided.
            false => "its package keeps no Raft state, so that nothing more is expected of it",
        };
        let text = format!("the analysis of `{function}` ({at}) stopped at its bound: {why}");
        let dir = Some(outcome.package_dirs[package].clone());
        notes.push(Note { package: dir, text, fails: keeps_state });
        if keeps_state {
            let file = sources.file(place.file).name.clone();
            let package = outcome.named_packages[package].name.clone();
            outcome.exhausted.push(Unfinished { package, file, function });
        }
    }
    outcome.notes = notes;
}

/// What was recognised, by package.
struct Seen {
    /// Packages with obligations.
    packages: FxHashSet<usize>,
    /// Rules that decided something.
    rules: FxHashSet<(usize, &'static str)>,
    /// Messages that are handled.
    messages: FxHashSet<(usize, Message)>,
}

impl Seen {
    fn of(outcome: &Outcome) -> Self {
        let obligations = || outcome.obligations.iter().map(|o| (outcome.package_of(o.place), o));
        let handlers = outcome.handlers.iter();
        Seen {
            packages: obligations().map(|(package, _)| package).collect(),
            rules: obligations().map(|(package, o)| (package, o.rule.id)).collect(),
            messages: handlers.map(|h| (outcome.package_of(h.place), h.message)).collect(),
        }
    }
}

/// The rules that had nothing to decide in a package although its state asks for it; those that miss
/// the same share a note.
fn missing(program: &Program, seen: &Seen, package: usize, state: &State) -> Vec<Missing> {
    let mut missed: Vec<(Pair, String, Vec<&'static Rule>)> = Vec::new();
    for &rule in rules::ALL {
        let Some(names) = expected(rule, state) else { continue };
        if seen.rules.contains(&(package, rule.id)) {
            continue;
        }
        let what = unseen(seen, package, rule);
        match missed.iter_mut().find(|(n, w, _)| *n == names && *w == what) {
            Some((_, _, rules)) => rules.push(rule),
            None => missed.push((names, what, vec![rule])),
        }
    }
    let missing = missed.into_iter().map(|(names, what, rules)| {
        let state = names.map(|name| program.spelled(name).to_owned());
        Missing { package, rules, what, state }
    });
    missing.collect()
}

/// The same in words.
fn note(missing: &Missing, outcome: &Outcome) -> Note {
    let dir = &outcome.package_dirs[missing.package];
    let [a, b, owner] = &missing.state;
    let rules: Vec<String> = missing.rules.iter().map(|rule| format!("`{}`", rule.id)).collect();
    let text = format!(
        "package `{dir}` keeps Raft state (`{a}` and `{b}` of `{owner}`), but {}: \
         {} decided nothing",
        missing.what,
        alternatives(&rules.iter().map(String::as_str).collect::<Vec<_>>(), "and")
    );
    Note::new(Some(dir.clone()), text)
}

/// The packages that keep Raft state, or in which something was recognised.
fn speaking(outcome: &Outcome, states: &States) -> BTreeSet<usize> {
    let places = outcome.handlers.iter().map(|h| h.place);
    let places = places.chain(outcome.obligations.iter().map(|o| o.place));
    let recognised = places.map(|place| outcome.package_of(place));
    states.keys().map(|package| package.0 as usize).chain(recognised).collect()
}

/// What stands in a file that was not analysed was not seen, either.
fn unseen_files(outcome: &Outcome, package: usize, sources: &Sources) -> (usize, Option<Note>) {
    let here = |problem: &&Problem| {
        let mut files = sources.files.iter().zip(&outcome.packages_of_files);
        files.any(|(file, &of)| of == package && file.name == problem.file)
    };
    let skipped: Vec<_> =
        outcome.problems.iter().filter(here).map(|p| format!("`{}`", p.file)).collect();
    let dir = &outcome.package_dirs[package];
    let text = format!(
        "package `{dir}` speaks of Raft, and what {} holds was not seen: nothing is decided of it \
         (`exclude` leaves it out)",
        skipped.join(", ")
    );
    let note = (!skipped.is_empty()).then(|| Note::failure(Some(dir.clone()), text));
    (skipped.len(), note)
}

/// The state that makes a rule's effects expected.
fn expected(rule: &Rule, state: &State) -> Option<Pair> {
    match rule.expected {
        Expected::OfVoters => state.voter,
        Expected::OfLeaders => state.leader,
        Expected::Never => None,
    }
}

/// What of a rule was not seen: the handler, or in the handler the effect.
fn unseen(seen: &Seen, package: usize, rule: &Rule) -> String {
    let here = |m: Message| seen.messages.contains(&(package, m));
    match rule.within.first() {
        Some(first) if !rule.within.iter().any(|&m| here(m)) => {
            format!("no {} handler was recognised", first.title())
        }
        _ => {
            let effects: Vec<&str> = rule.requires.iter().map(|r| r.effect.title()).collect();
            format!("no {} was recognised", alternatives(&effects, "or"))
        }
    }
}

/// Titles joined by "or" (or "and"); the words that all of them end with are said once.
fn alternatives(titles: &[&str], joined_by: &str) -> String {
    let Some((last, others)) = titles.split_last() else { return String::new() };
    let shared = last
        .match_indices(' ')
        .map(|(at, _)| &last[at..])
        .find(|end| others.iter().all(|title| title.ends_with(end)))
        .unwrap_or_default();
    let others: Vec<&str> =
        others.iter().map(|title| &title[..title.len() - shared.len()]).collect();
    match others.is_empty() {
        true => (*last).to_owned(),
        false => format!("{} {joined_by} {last}", others.join(", ")),
    }
}
