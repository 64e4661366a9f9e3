//! Facts: what evidence is made of.

use super::Message;

/// What a fact is about: it is kept only while a message is handled for which that can matter.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Topic {
    /// What precedes the entries of an AppendEntries request, and the follower's log.
    Previous,
    /// What a leader commits.
    Commit,
    /// Whom a voter grants its vote.
    Vote,
    /// Terms of messages.
    Term,
    /// Any message.
    Any,
}

/// What a fact does where two ways meet of which only one has it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Use {
    /// The ways stay apart: the code may tell them apart later, by a value that both have.
    Parts,
    /// It is forgotten: it counts where it holds on all ways.
    Joins,
    /// As [`Use::Joins`]; and it never proves anything, it explains a finding.
    Explains,
}

macro_rules! facts {
    ($($(#[doc = $doc:literal])+ $name:ident: $topic:ident, $use:ident;)*) => {
        /// A relation between protocol values that holds at a point of the code.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
        pub enum Fact {
            $($(#[doc = $doc])+ $name,)*
        }

        impl Fact {
            fn topic(self) -> Topic {
                match self {
                    $(Fact::$name => Topic::$topic,)*
                }
            }

            fn used(self) -> Use {
                match self {
                    $(Fact::$name => Use::$use,)*
                }
            }
        }
    };
}

facts! {
    // What precedes the entries, what a leader commits, and whether a candidate's log is fresh.
    /// The term of the local entry at prevLogIndex equals prevLogTerm.
    PrevTermMatches: Previous, Parts;
    /// prevLogTerm equals the term of a local entry whose index is not (yet) known to be
    /// prevLogIndex; with [`Fact::PrevIndexIsLocal`] it becomes [`Fact::PrevTermMatches`].
    PrevTermMatchesElsewhere: Previous, Parts;
    /// The term of the local entry at prevLogIndex differs from prevLogTerm.
    PrevTermDiffers: Previous, Parts;
    /// prevLogTerm differs from the term of a local entry whose index is not (yet) known to be
    /// prevLogIndex.
    PrevTermDiffersElsewhere: Previous, Explains;
    /// What is removed is the very entry at prevLogIndex that was found to differ.
    ConflictAtPrevRemoved: Previous, Parts;
    /// prevLogIndex is zero (or none): nothing precedes the entries.
    PrevIsOrigin: Previous, Parts;
    /// prevLogIndex lies at or below the snapshot or commit index, where both logs agree already.
    PrevIsCommitted: Previous, Parts;
    /// An entry of the request is a snapshot: it takes the log's place up to its index.
    EntryIsSnapshot: Previous, Parts;
    /// prevLogIndex equals the index of some local entry, such as the last one.
    PrevIndexIsLocal: Previous, Parts;
    /// prevLogIndex has been compared with the extent of the local log.
    PrevIndexCompared: Previous, Explains;
    /// prevLogIndex lies within the local log.
    PrevIndexInLog: Previous, Parts;
    /// The request carries no entries.
    NoEntries: Previous, Parts;
    /// The request carries entries.
    SomeEntries: Previous, Parts;
    /// The term of a local entry equals the current term.
    EntryTermIsCurrent: Commit, Parts;
    /// The term of the entry that a reply acknowledges equals the current term.
    AckedEntryTermIsCurrent: Commit, Parts;
    /// The index lies at or above the first one of the leader's own term.
    IndexInOwnTerm: Commit, Parts;
    /// The leader has just appended the entry that it commits, in its current term.
    OwnEntryAppended: Commit, Parts;
    /// The quorum has nothing to commit: the value taken from the counts is none.
    NothingToCommit: Commit, Parts;
    /// The candidate's last log term or index is at least the voter's own.
    CandidateLogFresh: Vote, Parts;
    /// The candidate's log has been found older than the voter's own.
    CandidateLogStale: Vote, Parts;
    /// votedFor already names this candidate.
    VotedForCandidate: Vote, Parts;
    /// The request's term has been compared with the current term.
    TermCompared: Term, Explains;
    /// The current term has been compared with the request's *prevLogTerm*-like field, or a
    /// message term with a log term: the wrong pair.
    WrongTermCompared: Term, Explains;
    /// A candidate's log value has been compared with something other than the voter's last log.
    WrongLogCompared: Vote, Explains;

    // The message's term and the current term.
    /// The message's term is not lower than the current term.
    TermNotStale: Any, Joins;
    /// The message's term is not higher than the current term, or has been adopted.
    TermNotHigher: Any, Joins;

    // The follower's log: what is taken out of it.
    /// The term of a local entry differs from that of the request's entry for the same index.
    EntryConflicts: Previous, Joins;
    /// The log ends before what is removed: there is nothing to lose.
    NothingFollows: Previous, Joins;
    /// The entries that both have are equal, and the request has more: what it has more is new.
    RestIsNew: Previous, Joins;
    /// The entry at prevLogIndex is known to conflict with the request, and not known to match.
    PrevConflicts: Previous, Joins;
    /// The term of a local entry differs from the current term, which says nothing about a conflict.
    EntryTermIsNotCurrent: Previous, Explains;
    /// An index of the request lies above what is committed or applied.
    AboveCommitted: Previous, Joins;
}

impl Fact {
    /// Whether a fact can matter while this message is handled: a vote never depends on
    /// prevLogTerm, a follower's append never on the leader's commit rule. While nothing is known
    /// to be handled everything may matter.
    pub fn concerns(self, handling: Option<Message>) -> bool {
        let topic = self.topic();
        topic == Topic::Any
            || match handling {
                None => true,
                Some(Message::RequestVote) => matches!(topic, Topic::Vote | Topic::Term),
                Some(Message::AppendReply | Message::VoteReply) => {
                    matches!(topic, Topic::Commit | Topic::Term)
                }
                Some(Message::AppendEntries | Message::Heartbeat | Message::InstallSnapshot) => {
                    matches!(topic, Topic::Previous | Topic::Term)
                }
            }
    }

    /// Whether ways of which only one has the fact are kept apart.
    pub fn keeps_apart(self) -> bool {
        self.used() == Use::Parts
    }

    /// Whether a fact only explains a finding and never proves anything.
    pub fn is_hint(self) -> bool {
        self.used() == Use::Explains
    }
}
