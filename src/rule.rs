//! What a rule is: data, read by [`crate::judge`].

use crate::protocol::{Effect, Fact, Message};

/// How serious a finding is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, PartialOrd, Ord)]
pub enum Level {
    /// Worth knowing; never fails a run.
    Advice,
    /// A weakness.
    Warning,
    /// A safety property is lost.
    Error,
}

impl Level {
    /// The name used in reports.
    pub fn id(self) -> &'static str {
        match self {
            Level::Advice => "advice",
            Level::Warning => "warning",
            Level::Error => "error",
        }
    }
}

/// One kind of effect with the evidence that it needs.
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
    /// First version that had it.
    pub since: &'static str,
    /// One line for `raft-lint rules`.
    pub summary: &'static str,
    /// The handlers in which the effect is an obligation; empty: wherever it happens.
    pub within: &'static [Message],
    /// The effects and what they need.
    pub requires: &'static [Requirement],
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
