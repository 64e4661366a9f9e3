//! A higher term is adopted, the node becomes follower, and the old term's vote is forgotten.

use crate::protocol::{Effect, Fact};
use crate::rule::{Expected, Group, Level, NearMiss, Requirement, Rule, Scope};

/// One leader for each term needs that every server which sees a higher term moves to it, and has a
/// vote of its own in it.
pub(super) static RULE: Rule = Rule {
    id: "step-down",
    level: Level::Error,
    group: Group::Safety,
    since: "0.1.0",
    summary: "a higher term in a message is adopted, the node becomes follower, and votedFor is cleared",
    within: &[],
    requires: &[
        Requirement {
            effect: Effect::HandlingEnd,
            any_of: &[Fact::TermNotHigher, Fact::LeftAlone],
            exclusive: &[],
        },
        Requirement { effect: Effect::OfficeEnd, any_of: &[Fact::BecomesFollower], exclusive: &[] },
        Requirement { effect: Effect::TermAdoption, any_of: &[Fact::OldVoteGone], exclusive: &[] },
    ],
    scope: Scope::Handler,
    expected: Expected::Never,
    yields_to: &[],
    message: "a message of a higher term is handled without adopting its term",
    near_misses: &[
        NearMiss {
            fact: Fact::KeepsRole,
            level: None,
            message: "a higher term is adopted and the role of the old term is kept",
            seen: "the higher term is adopted here",
            missing: "adopts the term; a leader or candidate is still one when the message has been handled",
        },
        NearMiss {
            fact: Fact::AdoptsTerm,
            level: Some(Level::Warning),
            message: "a higher term is adopted and the vote of the old term is kept",
            seen: "the higher term is adopted here",
            missing: "adopts the term; the old vote is still there when the message has been handled",
        },
    ],
    missing: "goes on in the old term",
    note: "Election Safety needs servers that leave an old term for good: one that stays in it goes on as its leader, or votes in it; one that keeps its old vote refuses the candidates of the new term (Raft paper, section 5.1)",
    help: "where the message's term is higher than {current_term}, adopt it, become follower and clear the vote, whatever the answer is",
    page: include_str!("step_down.md"),
};
