//! The formats: how each system writes what Raft does, one file for each, and the stage that recognises their lines.
//!
//! | module | what |
//! |---|---|
//! | `etcd`, `raft_rs`, `openraft`, `hashicorp`, `async_raft`, `nuraft`, `generic` | tables; each teaches how a system logs |
//! | `template` | how a table says what a line looks like |
//! | `keys` | values that a line names, in any order |
//! | `field` | what a value becomes in an [`super::event::Event`] |
//! | `custom` | formats of the user, by regular expressions |
//! | `search` | finds the few lines among millions that a pattern may match |
//! | `recognise` | a text → an event |
//! | `list` | all formats, for people and programs |
//!
//! A table has no code, and a system is known nowhere but in its table.

mod async_raft;
pub mod custom;
mod etcd;
pub mod field;
mod generic;
mod hashicorp;
mod keys;
pub mod list;
mod nuraft;
mod openraft;
mod raft_rs;
pub mod recognise;
mod search;
mod template;

use self::field::Field;
use super::event::{EventKind, Side};

/// How one system logs.
#[derive(Debug)]
pub struct Format {
    /// A stable word for programs: `etcd`.
    pub id: &'static str,
    /// The system: `etcd-io/raft (Go)`.
    pub system: &'static str,
    /// What it is about, in a sentence.
    pub title: &'static str,
    /// At which level the lines show, and what the default level leaves out: a sentence, also of the advice.
    pub visible: &'static str,
    /// How the leader goes back after a refusal, as the present version does.
    pub back_off: BackOff,
    /// Texts of lines that look like a rejection and are none.
    pub harmless: &'static [&'static str],
    /// Where the texts were read: the public repository and its files.
    pub source: &'static str,
    /// One for each kind of line.
    pub patterns: &'static [Pattern],
}

/// How a leader looks for the place where the logs match.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BackOff {
    /// nextIndex goes down by one for each refusal.
    OneByOne,
    /// The follower names its last index: one step over what it lacks, then one by one.
    LastIndexHint,
    /// The follower names an index and its term there: one step for each term.
    TermHint,
    /// The middle of what is left: as many steps as the distance has binary digits.
    Bisection,
    /// Nothing is known.
    Unknown,
}

/// How the leaders of a format go back: a position among all formats; nothing is known of those of the user.
///
/// etcd before 3.5 sends no term. Its lines are read by patterns of the same format, and their events have a hint without a
/// term: where a walk has none, it is [`BackOff::LastIndexHint`].
pub fn back_off(format: u16) -> BackOff {
    ALL.get(usize::from(format)).map_or(BackOff::Unknown, |format| format.back_off)
}

/// One kind of line.
#[derive(Debug)]
pub struct Pattern {
    /// What it is, in words with dashes; unique within its format.
    pub id: &'static str,
    /// What happened.
    pub kind: EventKind,
    /// Who says so.
    pub side: Side,
    /// A piece of `text` that hardly any other line has; it has no character that JSON escapes.
    pub literal: &'static str,
    /// The line, as a template: see the module `template`.
    pub text: &'static str,
    /// Keys before the text: those of the spans that `tracing` prints.
    pub before: Keys,
    /// Keys after the text.
    pub after: Keys,
    /// This has to stand after the text; empty where nothing has to.
    pub needs: &'static str,
    /// What the text says without a number: that the follower has no entry there is a term of 0.
    pub fixed: &'static [(Field, u64)],
    /// A line as the system writes it.
    pub example: &'static str,
}

/// Keys with what their values become.
pub type Keys = &'static [(&'static str, Field)];

impl Pattern {
    /// A pattern with neither keys nor conditions; each has at least what is not given here.
    const PLAIN: Pattern = Pattern {
        id: "",
        kind: EventKind::Rejected,
        side: Side::Leader,
        literal: "",
        text: "",
        before: &[],
        after: &[],
        needs: "",
        fixed: &[],
        example: "",
    };
}

/// All of them.
pub const ALL: [&Format; 7] = [
    &etcd::FORMAT,
    &raft_rs::FORMAT,
    &openraft::FORMAT,
    &hashicorp::FORMAT,
    &async_raft::FORMAT,
    &nuraft::FORMAT,
    &generic::FORMAT,
];

/// The follower has no entry at the index.
const NO_ENTRY: &[(Field, u64)] = &[(Field::FollowerEntryTerm, 0)];

#[cfg(test)]
mod tests {
    use super::{ALL, BackOff, back_off};

    #[test]
    fn a_format_knows_how_its_leaders_go_back() {
        let all: Vec<_> = (0..).zip(ALL).map(|(at, format)| (format.id, back_off(at))).collect();
        assert_eq!(
            all,
            [
                ("etcd", BackOff::TermHint),
                ("raft-rs", BackOff::TermHint),
                ("openraft", BackOff::Bisection),
                ("hashicorp", BackOff::LastIndexHint),
                ("async-raft", BackOff::LastIndexHint),
                ("nuraft", BackOff::LastIndexHint),
                ("generic", BackOff::Unknown),
            ]
        );
        assert_eq!(back_off(ALL.len() as u16), BackOff::Unknown, "one of the user");
    }
}
