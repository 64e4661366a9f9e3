//! Recognition notes: what a package should have and nothing was seen of.
//!
//! Takes the program, the analysis and the outcome so far; gives notes. "No finding" has to mean
//! "proved" and not "not understood", so a package that keeps Raft's state is expected to have the
//! handlers and the effects that go with it. It finds no violations.

use std::collections::BTreeMap;

use crate::finding::{Note, Outcome, Problem};
use crate::ir::StructDef;
use crate::program::{FnId, Program};
use crate::protocol::{Effect, Message};
use crate::roles::vocabulary::Words;
use crate::rule::Rule;
use crate::rules;
use crate::source::Sources;

/// What the state that a package keeps makes us expect.
#[derive(Clone, Default)]
struct State {
    /// A struct with a vote and a term: `voted_for` and `current_term` of `Node`.
    voter: Option<[String; 3]>,
    /// A struct with a commit index and the followers' progress.
    leader: Option<[String; 3]>,
}

/// Completes the outcome with the notes of a run, and with the functions whose analysis stopped at
/// its bound: in a package that keeps Raft's state they keep a run from being clean.
pub fn recognise(program: &Program, exhausted: &[FnId], sources: &Sources, outcome: &mut Outcome) {
    let mut notes = Vec::new();
    let overall = |text: &str| Note { package: None, text: text.to_owned() };
    if outcome.parsed == 0 {
        if !outcome.lost_files() {
            notes.push(overall("no Raft vocabulary in any package: nothing was analysed"));
        }
    } else if outcome.handlers.is_empty() && outcome.obligations.is_empty() {
        notes.push(overall("no Raft handler and no protected effect was recognised"));
    }
    let states = states(program, outcome);
    for (&package, state) in &states {
        notes.extend(missing(outcome, package, state));
        notes.extend(unseen_files(outcome, package, sources));
    }
    for &id in exhausted {
        let place = program.place(id);
        let package = outcome.package_of(place);
        let mut obligations = outcome.obligations.iter();
        if !states.contains_key(&package)
            && !obligations.any(|o| outcome.package_of(o.place) == package)
        {
            continue; // a `commit` of another kind
        }
        let function = program.qualified_name(id);
        let at = format!("{}:{}", sources.file(place.file).name, sources.line(place));
        let text = format!(
            "the analysis of `{function}` ({at}) stopped at its bound: what it does is not decided"
        );
        notes.push(Note { package: Some(outcome.package_dirs[package].clone()), text });
        if states.contains_key(&package) {
            outcome.exhausted.push(function);
        }
    }
    outcome.notes = notes;
}

/// The packages that keep Raft's state, with the names of its fields.
fn states(program: &Program, outcome: &Outcome) -> BTreeMap<usize, State> {
    let mut states: BTreeMap<usize, State> = BTreeMap::new();
    for slot in 0..program.file_count() {
        let Some(file) = program.file(slot) else { continue };
        for def in &file.structs {
            let voter = pair(program, def, is_vote, is_current_term)
                .filter(|names| names[0] != "vote" || is_node(program, def));
            let leader = pair(program, def, is_commit_index, is_progress);
            if voter.is_some() || leader.is_some() {
                let state = states.entry(outcome.packages_of_files[slot]).or_default();
                state.voter = state.voter.take().or(voter);
                state.leader = state.leader.take().or(leader);
            }
        }
    }
    states
}

/// The names of two fields of these kinds, and of their struct, unless it is a message.
fn pair(
    program: &Program,
    def: &StructDef,
    first: fn(Words, &str) -> bool,
    second: fn(Words, &str) -> bool,
) -> Option<[String; 3]> {
    if program.words(def.name).any(Words::REQUEST.with(Words::REPLY)) {
        return None;
    }
    let field = |test: fn(Words, &str) -> bool| {
        let names = def.fields.iter().map(|f| f.name);
        names.map(|n| (program.words(n), program.text(n))).find(|(w, t)| test(*w, t))
    };
    let ((_, a), (_, b)) = (field(first)?, field(second)?);
    Some([a, b, program.text(def.name)].map(str::to_owned))
}

fn is_vote(words: Words, text: &str) -> bool {
    words.all(Words::VOTE.with(Words::FOR)) || text == "vote"
}

/// A bare `vote` stands in every copy of a hard state, too.
fn is_node(program: &Program, def: &StructDef) -> bool {
    let mut fields = def.fields.iter().map(|f| program.words(f.name));
    fields.any(|w| w.any(Words::LOG.with(Words::LEADER).with(Words::TIME).with(Words::QUORUM)))
}

/// A term; or log ids, which hold terms, where the vote does, too.
fn is_current_term(words: Words, text: &str) -> bool {
    words.all(Words::TERM.with(Words::CURRENT))
        || text == "term"
        || words.all(Words::LOG.with(Words::ID))
}

fn is_commit_index(words: Words, _: &str) -> bool {
    words.all(Words::COMMIT.with(Words::INDEX)) || words.all(Words::COMMIT.with(Words::LENGTH))
}

fn is_progress(words: Words, _: &str) -> bool {
    words.any(Words::MATCH) && words.any(Words::INDEX.with(Words::LENGTH))
}

/// The rules that had nothing to decide in a package although its state asks for it.
fn missing(outcome: &Outcome, package: usize, state: &State) -> Vec<Note> {
    let dir = &outcome.package_dirs[package];
    let mut notes = Vec::new();
    for rule in rules::ALL {
        let Some([a, b, owner]) = expected(rule, state) else { continue };
        let decided = outcome
            .obligations
            .iter()
            .any(|o| o.rule.id == rule.id && outcome.package_of(o.place) == package);
        if decided {
            continue;
        }
        let what = unseen(outcome, package, rule);
        let text = format!(
            "package `{dir}` keeps Raft state (`{a}` and `{b}` of `{owner}`), but {what}: \
             `{}` decided nothing",
            rule.id
        );
        notes.push(Note { package: Some(dir.clone()), text });
    }
    notes
}

/// What stands in a file that was not analysed was not seen, either.
fn unseen_files(outcome: &Outcome, package: usize, sources: &Sources) -> Option<Note> {
    let here = |problem: &&Problem| {
        let mut files = sources.files.iter().zip(&outcome.packages_of_files);
        files.any(|(file, &of)| of == package && file.name == problem.file)
    };
    let skipped: Vec<_> =
        outcome.problems.iter().filter(here).map(|p| format!("`{}`", p.file)).collect();
    let dir = &outcome.package_dirs[package];
    let text = format!(
        "package `{dir}` keeps Raft state, and what {} holds was not seen",
        skipped.join(", ")
    );
    (!skipped.is_empty()).then(|| Note { package: Some(dir.clone()), text })
}

/// The state that makes a rule's effects expected.
fn expected<'s>(rule: &Rule, state: &'s State) -> Option<&'s [String; 3]> {
    let has = |effect: &Effect| rule.requires.iter().any(|r| r.effect == *effect);
    let leading = has(&Effect::LeaderCommit);
    if leading { state.leader.as_ref() } else { state.voter.as_ref() }
}

/// What of a rule was not seen: the handler, or in the handler the effect.
fn unseen(outcome: &Outcome, package: usize, rule: &Rule) -> String {
    let here = |m: Message| {
        let mut handlers = outcome.handlers.iter();
        handlers.any(|h| h.message == m && outcome.package_of(h.place) == package)
    };
    match rule.within.first() {
        Some(first) if !rule.within.iter().any(|&m| here(m)) => {
            format!("no {} handler was recognised", first.title())
        }
        _ => {
            let effects = rule.requires.iter().map(|r| r.effect.title()).collect::<Vec<_>>();
            format!("no {} was recognised", effects.join(" or "))
        }
    }
}
