//! The words of the protocol, shared by the engine and the rules. No logic.

/// What an RPC entry receives.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
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

/// An operation that the protocol protects.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub enum Effect {
    /// A follower adds to its log or overwrites part of it.
    LogWrite,
    /// A follower removes a suffix of its log.
    LogTruncate,
    /// A leader advances commitIndex from replica counts.
    LeaderCommit,
    /// A voter records its vote for a candidate.
    VoteRecord,
    /// A voter builds a granting reply.
    VoteReply,
}

impl Effect {
    /// The name used in reports.
    pub fn id(self) -> &'static str {
        match self {
            Effect::LogWrite => "log_write",
            Effect::LogTruncate => "log_truncate",
            Effect::LeaderCommit => "leader_commit",
            Effect::VoteRecord => "vote_record",
            Effect::VoteReply => "vote_reply",
        }
    }

    /// The name used in sentences.
    pub fn title(self) -> &'static str {
        match self {
            Effect::LogWrite => "write to the follower's log",
            Effect::LogTruncate => "truncation of the follower's log",
            Effect::LeaderCommit => "advance of the leader's commit index",
            Effect::VoteRecord => "recorded vote",
            Effect::VoteReply => "granting reply",
        }
    }
}

/// A value of the protocol that a help text names.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub enum Quantity {
    /// prevLogIndex of the request.
    PrevIndex,
    /// prevLogTerm of the request.
    PrevTerm,
    /// The candidate's last log term and index.
    CandidateLast,
    /// The term and index of the voter's last entry.
    OwnLast,
    /// The node's current term.
    CurrentTerm,
    /// The node's log.
    Log,
    /// What commitIndex is advanced to.
    NewCommit,
}

impl Quantity {
    /// Every quantity.
    pub const ALL: [Quantity; 7] = [
        Quantity::PrevIndex,
        Quantity::PrevTerm,
        Quantity::CandidateLast,
        Quantity::OwnLast,
        Quantity::CurrentTerm,
        Quantity::Log,
        Quantity::NewCommit,
    ];

    /// The hole in a help text that it fills.
    pub fn hole(self) -> &'static str {
        match self {
            Quantity::PrevIndex => "{prev_index}",
            Quantity::PrevTerm => "{prev_term}",
            Quantity::CandidateLast => "{cand_last}",
            Quantity::OwnLast => "{own_last}",
            Quantity::CurrentTerm => "{current_term}",
            Quantity::Log => "{log}",
            Quantity::NewCommit => "{new_commit}",
        }
    }

    /// What it is called where the checked code has no name for it.
    pub fn title(self) -> &'static str {
        match self {
            Quantity::PrevIndex => "prevLogIndex",
            Quantity::PrevTerm => "prevLogTerm",
            Quantity::CandidateLast => "the pair of the candidate's last log term and index",
            Quantity::OwnLast => "the term and index of the voter's last entry",
            Quantity::CurrentTerm => "the current term",
            Quantity::Log => "the log",
            Quantity::NewCommit => "the new commitIndex",
        }
    }
}

/// A relation between protocol values that holds at a point of the code.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub enum Fact {
    /// The term of the local entry at prevLogIndex equals prevLogTerm.
    PrevTermMatches,
    /// prevLogTerm equals the term of a local entry whose index is not (yet) known to be
    /// prevLogIndex; with [`Fact::PrevIndexIsLocal`] it becomes [`Fact::PrevTermMatches`].
    PrevTermMatchesElsewhere,
    /// The term of the local entry at prevLogIndex differs from prevLogTerm.
    PrevTermDiffers,
    /// prevLogTerm differs from the term of a local entry whose index is not (yet) known to be
    /// prevLogIndex.
    PrevTermDiffersElsewhere,
    /// What is removed is the very entry at prevLogIndex that was found to differ.
    ConflictAtPrevRemoved,
    /// prevLogIndex is zero (or none): nothing precedes the entries.
    PrevIsOrigin,
    /// prevLogIndex lies at or below the snapshot or commit index, where both logs agree already.
    PrevIsCommitted,
    /// An entry of the request is a snapshot: it takes the log's place up to its index.
    EntryIsSnapshot,
    /// prevLogIndex equals the index of some local entry, such as the last one.
    PrevIndexIsLocal,
    /// prevLogIndex has been compared with the extent of the local log.
    PrevIndexCompared,
    /// prevLogIndex lies within the local log.
    PrevIndexInLog,
    /// The request carries no entries.
    NoEntries,
    /// The request carries entries.
    SomeEntries,
    /// The term of a local entry equals the current term.
    EntryTermIsCurrent,
    /// The term of the entry that a reply acknowledges equals the current term.
    AckedEntryTermIsCurrent,
    /// The index lies at or above the first one of the leader's own term.
    IndexInOwnTerm,
    /// The leader has just appended the entry that it commits, in its current term.
    OwnEntryAppended,
    /// The quorum has nothing to commit: the value taken from the counts is none.
    NothingToCommit,
    /// The candidate's last log term or index is at least the voter's own.
    CandidateLogFresh,
    /// The candidate's log has been found older than the voter's own.
    CandidateLogStale,
    /// votedFor already names this candidate.
    VotedForCandidate,
    /// The request's term has been compared with the current term.
    TermCompared,
    /// The current term has been compared with the request's *prevLogTerm*-like field, or a
    /// message term with a log term: the wrong pair.
    WrongTermCompared,
    /// A candidate's log value has been compared with something other than the voter's last log.
    WrongLogCompared,
}

impl Fact {
    /// Whether a fact can matter while this message is handled: a vote never depends on
    /// prevLogTerm, a follower's append never on the leader's commit rule. While nothing is known
    /// to be handled everything may matter.
    pub fn concerns(self, handling: Option<Message>) -> bool {
        let commit = matches!(
            self,
            Fact::EntryTermIsCurrent
                | Fact::AckedEntryTermIsCurrent
                | Fact::IndexInOwnTerm
                | Fact::OwnEntryAppended
                | Fact::NothingToCommit
        );
        let vote = matches!(
            self,
            Fact::CandidateLogFresh
                | Fact::CandidateLogStale
                | Fact::VotedForCandidate
                | Fact::WrongLogCompared
        );
        let term = matches!(self, Fact::TermCompared | Fact::WrongTermCompared);
        match handling {
            None => true,
            Some(Message::RequestVote) => vote || term,
            Some(Message::AppendReply | Message::VoteReply) => commit || term,
            Some(Message::AppendEntries | Message::Heartbeat | Message::InstallSnapshot) => {
                !commit && !vote
            }
        }
    }

    /// Whether a fact only explains a finding and never proves anything. Hints do not keep ways
    /// apart.
    pub fn is_hint(self) -> bool {
        matches!(
            self,
            Fact::PrevIndexCompared
                | Fact::PrevTermDiffersElsewhere
                | Fact::TermCompared
                | Fact::WrongTermCompared
                | Fact::WrongLogCompared
        )
    }
}
