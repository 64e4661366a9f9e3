//! What a reply promises is in storage before the reply leaves.

use crate::protocol::{Effect, Fact, Message};
use crate::rule::{Expected, Group, Level, NearMiss, Requirement, Rule, Scope};

/// A server that forgets its term or its vote in a crash votes twice; one that forgets entries breaks
/// the majority that they were committed by.
pub(super) static RULE: Rule = Rule {
    id: "persist-before-reply",
    level: Level::Error,
    group: Group::Safety,
    since: "0.1.0",
    summary: "a changed term, vote or log is saved before the reply that depends on it leaves",
    within: &[
        Message::RequestVote,
        Message::AppendEntries,
        Message::Heartbeat,
        Message::InstallSnapshot,
    ],
    requires: &[Requirement { effect: Effect::Reply, any_of: &[Fact::StateSaved], exclusive: &[] }],
    scope: Scope::Handler,
    expected: Expected::Never,
    yields_to: &[],
    message: "the reply leaves before this change of the term, the vote or the log is saved",
    near_misses: &[NearMiss {
        fact: Fact::ReplySent,
        level: None,
        message: "the reply is sent before this change of the term, the vote or the log is saved",
        seen: "the reply leaves here",
        missing: "changes the state here, and the reply leaves before it is saved",
    }],
    missing: "changes the state here, and the reply leaves before it is saved",
    note: "Election Safety is lost after a crash: the server forgets its term, its vote or entries that it has answered for, and votes twice or breaks the majority of a committed entry (Raft paper, section 5.1 and Figure 2, persistent state)",
    help: "between this change and the reply, save what has changed; this program has code for it that this path does not run",
    page: include_str!("persist_before_reply.md"),
};
