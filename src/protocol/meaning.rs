//! The words with which a project says what its own names mean: `role(prev_log_term)` in a comment,
//! `[roles]` in the configuration.

use super::Message;

/// Whose value something is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Side {
    /// Part of a message.
    Message,
    /// State of the node.
    Node,
    /// That of what it is a part of: the term of an entry, which may be the log's or the request's.
    Owner,
}

/// A meaning that can be given to a name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Meaning {
    /// What stands in `role(…)`.
    pub id: &'static str,
    /// The name in the field's vocabulary that is as good.
    pub name: &'static str,
    /// Whose value it is.
    pub side: Side,
    /// For people.
    pub summary: &'static str,
}

const fn of(id: &'static str, name: &'static str, side: Side, summary: &'static str) -> Meaning {
    Meaning { id, name, side, summary }
}

/// Every meaning, requests first.
pub const MEANINGS: &[Meaning] = &[
    of("term", "term", Side::Message, "the term of a request or reply"),
    of("prev_log_index", "prev_log_index", Side::Message, "prevLogIndex"),
    of("prev_log_term", "prev_log_term", Side::Message, "prevLogTerm"),
    of("prev_log_id", "prev_log_id", Side::Message, "prevLogIndex and prevLogTerm as one value"),
    of("entries", "entries", Side::Message, "the entries of AppendEntries"),
    of("leader_commit", "leader_commit", Side::Message, "leaderCommit"),
    of("candidate_id", "candidate_id", Side::Message, "who asks for a vote"),
    of("last_log_index", "last_log_index", Side::Message, "the candidate's lastLogIndex"),
    of("last_log_term", "last_log_term", Side::Message, "the candidate's lastLogTerm"),
    of("last_log_id", "last_log_id", Side::Message, "both of these as one value"),
    of("success", "success", Side::Owner, "whether AppendEntries was accepted, in its reply"),
    of("vote_granted", "vote_granted", Side::Owner, "whether the vote was given, in its reply"),
    of("current_term", "current_term", Side::Node, "currentTerm"),
    of("voted_for", "voted_for", Side::Node, "votedFor"),
    of("log", "log", Side::Node, "the log"),
    of("entry_term", "term", Side::Owner, "the term of a log entry"),
    of("own_last_log_index", "last_log_index", Side::Node, "the index of the node's last entry"),
    of("own_last_log_term", "last_log_term", Side::Node, "the term of the node's last entry"),
    of("commit_index", "commit_index", Side::Node, "commitIndex"),
    of("last_applied", "last_applied", Side::Node, "lastApplied"),
    of("next_index", "next_index", Side::Node, "nextIndex"),
    of("match_index", "match_index", Side::Node, "matchIndex"),
    of("snapshot_index", "snapshot_index", Side::Node, "the last index that the snapshot includes"),
    of("snapshot_term", "snapshot_term", Side::Node, "the term of that entry"),
];

impl Meaning {
    /// The meaning with this id.
    pub fn find(id: &str) -> Option<&'static Meaning> {
        MEANINGS.iter().find(|meaning| meaning.id == id)
    }
}

impl Message {
    /// Every message.
    pub const ALL: [Message; 6] = [
        Message::AppendEntries,
        Message::Heartbeat,
        Message::RequestVote,
        Message::InstallSnapshot,
        Message::AppendReply,
        Message::VoteReply,
    ];

    /// The message that `handler(…)` names.
    pub fn find(id: &str) -> Option<Message> {
        Message::ALL.into_iter().find(|message| message.id() == id)
    }

    /// The name of a variant that carries it, in the field's vocabulary.
    pub fn variant_name(self) -> &'static str {
        match self {
            Message::AppendEntries => "append_entries_request",
            Message::Heartbeat => "heartbeat_request",
            Message::RequestVote => "request_vote_request",
            Message::InstallSnapshot => "install_snapshot_request",
            Message::AppendReply => "append_entries_reply_message",
            Message::VoteReply => "request_vote_reply_message",
        }
    }
}
