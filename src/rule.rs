//! What a rule is: data, read by [`crate::judge`].

use crate::protocol::{Effect, Fact, Message};

/// How serious a finding is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, PartialOrd, Ord)]
pub enum Level {
    /// Worth knowing; fails no run that was not asked to.
    Advice,
    /// A weakness.
    Warning,
    /// A safety property is lost.
    Error,
}

impl Level {
    /// Every level, the most serious first.
    pub const ALL: [Level; 3] = [Level::Error, Level::Warning, Level::Advice];

    /// The word on the command line and in a configuration.
    pub fn word(self) -> &'static str {
        match self {
            Level::Advice => "advice",
            Level::Warning => "warn",
            Level::Error => "error",
        }
    }

    /// The level with this word.
    pub fn find(word: &str) -> Option<Level> {
        Level::ALL.into_iter().find(|level| level.word() == word)
    }

    /// The name used in reports.
    pub fn id(self) -> &'static str {
        match self {
            Level::Advice => "advice",
            Level::Warning => "warning",
            Level::Error => "error",
        }
    }
}

/// What a rule protects; levels can be set for a whole group.
#[derive(Clone, Copy, PartialEq, Eq, Debug, PartialOrd, Ord)]
pub enum Group {
    /// Nothing that was committed or promised is lost.
    Safety,
    /// The cluster goes on.
    Liveness,
    /// The cluster can be run.
    Operations,
}

impl Group {
    /// Every group.
    pub const ALL: [Group; 3] = [Group::Safety, Group::Liveness, Group::Operations];

    /// The name used on the command line and in reports.
    pub fn id(self) -> &'static str {
        match self {
            Group::Safety => "safety",
            Group::Liveness => "liveness",
            Group::Operations => "operations",
        }
    }
}

/// What of a package's state makes a rule's effects expected: where they are not seen, a note says
/// so.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Expected {
    /// A vote beside a term.
    OfVoters,
    /// The followers' progress beside a commit index.
    OfLeaders,
    /// Nothing: an implementation may rightly be without.
    Never,
}

/// What a finding is about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Scope {
    /// Each place is a decision of its own.
    Place,
    /// One missing check of a handler leaves all its effects unguarded: the first of them speaks for
    /// the others.
    Handler,
    /// A wrong comparison in a handler: as [`Scope::Handler`], and shown where the comparison stands,
    /// which may be far from the effect.
    Comparison,
}

/// One kind of effect with the evidence that it needs. A rule may ask for several things at one
/// effect: each is a requirement of its own.
#[derive(Debug)]
pub struct Requirement {
    /// The protected operation.
    pub effect: Effect,
    /// At least one of these must hold on every path.
    pub any_of: &'static [Fact],
    /// Those of `any_of` that count only where they hold on *every* path to the effect.
    pub exclusive: &'static [Fact],
}

/// A more exact message for a path on which something *like* the evidence was found.
#[derive(Debug)]
pub struct NearMiss {
    /// The fact that holds on the path although it is no evidence.
    pub fact: Fact,
    /// Instead of [`Rule::level`], where this form loses less.
    pub level: Option<Level>,
    /// The message used instead of [`Rule::message`].
    pub message: &'static str,
    /// The label where the fact became true, if the way has no label there.
    pub seen: &'static str,
    /// The witness' last step, instead of [`Rule::missing`].
    pub missing: &'static str,
}

/// A rule of the catalogue.
#[derive(Debug)]
pub struct Rule {
    /// Kebab-case name; the file has the same in snake case.
    pub id: &'static str,
    /// Level of its findings.
    pub level: Level,
    /// What it protects.
    pub group: Group,
    /// First version that had it.
    pub since: &'static str,
    /// One line for `raft-lint rules`.
    pub summary: &'static str,
    /// The handlers in which the effect is an obligation; empty: wherever it happens.
    pub within: &'static [Message],
    /// The effects and what they need.
    pub requires: &'static [Requirement],
    /// What one finding is about.
    pub scope: Scope,
    /// The state that lets its effects be expected.
    pub expected: Expected,
    /// Rules whose finding in the same handler is the root cause of a finding of this one: then this
    /// one stays quiet.
    pub yields_to: &'static [&'static str],
    /// What a finding says: lower case, no full stop.
    pub message: &'static str,
    /// More exact messages, the first that fits is taken.
    pub near_misses: &'static [NearMiss],
    /// The witness' last step: what was never asked.
    pub missing: &'static str,
    /// The safety property lost, with the paper's section.
    pub note: &'static str,
    /// The missing check. The holes of [`crate::protocol::Quantity`], such as `{prev_index}`, take the
    /// code's own names.
    pub help: &'static str,
    /// The documentation page.
    pub page: &'static str,
}
