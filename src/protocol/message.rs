//! The messages of the protocol.

use serde::{Deserialize, Serialize};

/// What an RPC entry receives.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Message {
    /// AppendEntries request (paper, Figure 2).
    AppendEntries,
    /// AppendEntries without entries, where it is a message of its own.
    Heartbeat,
    /// RequestVote or pre-vote request.
    RequestVote,
    /// InstallSnapshot request.
    InstallSnapshot,
    /// Answer to AppendEntries.
    AppendReply,
    /// Answer to RequestVote.
    VoteReply,
}

impl Message {
    /// The name used in reports.
    pub fn id(self) -> &'static str {
        match self {
            Message::AppendEntries => "append_entries",
            Message::Heartbeat => "heartbeat",
            Message::RequestVote => "request_vote",
            Message::InstallSnapshot => "install_snapshot",
            Message::AppendReply => "append_reply",
            Message::VoteReply => "vote_reply",
        }
    }

    /// The name that the paper uses.
    pub fn title(self) -> &'static str {
        match self {
            Message::AppendEntries => "AppendEntries",
            Message::Heartbeat => "heartbeat",
            Message::RequestVote => "RequestVote",
            Message::InstallSnapshot => "InstallSnapshot",
            Message::AppendReply => "AppendEntries reply",
            Message::VoteReply => "RequestVote reply",
        }
    }
}
