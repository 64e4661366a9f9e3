//! Which packages keep Raft's state: a vote beside a term, or the followers' progress beside a
//! commit index.

use std::collections::BTreeMap;

use super::machine::Calling;
use super::vocabulary::Words;
use crate::ir::{Name, StructDef};
use crate::program::{PackageId, Program};

/// Two fields and their struct, such as `voted_for` and `current_term` of `Node`.
pub type Pair = [Name; 3];

/// The state that a package keeps.
#[derive(Clone, Copy, Debug, Default)]
pub struct State {
    /// A struct with a vote and a term.
    pub voter: Option<Pair>,
    /// A struct with a commit index and the followers' progress.
    pub leader: Option<Pair>,
}

/// The packages that keep Raft's state.
pub type States = BTreeMap<PackageId, State>;

/// Looks for the state in all packages.
pub fn of_packages(program: &Program) -> States {
    let mut states = States::new();
    for slot in 0..program.file_count() {
        let Some(file) = program.file(slot) else { continue };
        for def in &file.structs {
            let voter = pair(program, def, is_vote, is_current_term)
                .filter(|names| program.text(names[0]) != "vote" || is_node(program, def));
            let leader = pair(program, def, is_commit_index, is_progress);
            if voter.is_some() || leader.is_some() {
                let state = states.entry(program.package_of_slot(slot)).or_default();
                state.voter = state.voter.or(voter);
                state.leader = state.leader.or(leader);
            }
        }
    }
    states
}

/// The names of two fields of these kinds, and of their struct, unless it is a message or metrics.
fn pair(
    program: &Program,
    def: &StructDef,
    first: fn(Words, &str) -> bool,
    second: fn(Words, &str) -> bool,
) -> Option<Pair> {
    let field = |test: fn(Words, &str) -> bool| {
        let mut names = def.fields.iter().map(|f| f.name);
        names.find(|n| test(program.words(*n), program.text(*n)))
    };
    let found = [field(first)?, field(second)?, def.name];
    let observes = program.calling(def.name).any(Calling::OBSERVES);
    let is_message = program.words(def.name).any(Words::REQUEST.with(Words::REPLY));
    (!observes && !is_message).then_some(found)
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
