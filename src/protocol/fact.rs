//! Facts: what evidence is made of.

use serde::{Deserialize, Serialize};

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
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum Fact {
            $($(#[doc = $doc])+ $name,)*
        }

        impl Fact {
            /// How many there are.
            pub const NUMBER: usize = [$(Fact::$name),*].len();

            /// What it says, as a sentence.
            pub fn statement(self) -> &'static str {
                match self {
                    $(Fact::$name => concat!($($doc),+).trim_ascii(),)*
                }
            }

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
    /// The message's term is higher than the current term, or was before it was adopted.
    TermRises: Any, Joins;
    /// The new value of the current term is not lower than the old one.
    TermNotLowered: Any, Joins;
    /// votedFor has got a new value with the new term.
    OldVoteGone: Any, Joins;
    /// A message is left alone on purpose: in a lease, from a stranger, or as a pre-vote.
    LeftAlone: Any, Joins;
    /// The node is a candidate: the only vote that it can have given in this term is its own.
    IsCandidate: Any, Joins;
    /// Nothing that has come in has a term.
    TermElsewhere: Any, Joins;
    /// With a higher term the node's role became that of a follower, or was one.
    BecomesFollower: Any, Joins;
    /// The role is a follower's already.
    IsFollower: Any, Joins;
    /// What becomes of the role is not plain.
    RoleUnclear: Any, Explains;
    /// The role stays what it was.
    KeepsRole: Any, Explains;
    /// A message's higher term has been adopted.
    AdoptsTerm: Any, Explains;
    /// votedFor is set to none.
    ClearsVote: Any, Explains;
    /// It is RequestVote that is handled.
    HandlesVote: Any, Explains;
    /// It is InstallSnapshot that is handled.
    HandlesSnapshot: Any, Explains;

    // The commit index and snapshots.
    /// The value that the commit index gets is no more than what the log is known to hold.
    CommitWithinLog: Any, Joins;
    /// The sender of a heartbeat limits its commit index to what the receiver has acknowledged.
    CommitCappedBySender: Any, Joins;
    /// An index up to which leaderCommit goes was found in the log.
    LeaderIndexHeld: Previous, Parts;
    /// The value that the commit index gets is not less than the one that it has.
    CommitNotLower: Any, Joins;
    /// The value that is written was compared with the commit index, in a way that lets it be less.
    CommitComparedLoosely: Any, Explains;
    /// Another value than the one that is written was compared with the commit index.
    OtherCommitCompared: Any, Explains;
    /// The snapshot's index is not less than what is committed, applied or in a snapshot already.
    SnapshotNotOlder: Any, Joins;
    /// The snapshot's index was found to be no greater than what is committed or applied already.
    SnapshotOlder: Any, Explains;

    // Majorities.
    /// Only a strict majority of the voters passes.
    StrictMajority: Any, Joins;
    /// Half of the voters pass, rounded down at the most.
    HalfPasses: Any, Explains;
    /// This server is in the count, and the size is that of the other servers.
    SelfLeftOut: Any, Explains;
    /// Less than half of the voters pass.
    LessThanHalfPasses: Any, Explains;
    /// The position in the sorted match indexes is one that too few servers have reached.
    MedianOffByOne: Any, Explains;
    /// What is counted is compared with nothing.
    TallyUnread: Any, Explains;
    /// A voter adds to the tally once: it is a set of voters, or it was asked whether this one is new.
    VoterCountedOnce: Any, Joins;
    /// Granting replies are counted, not the voters that they are from.
    VotesWithoutVoters: Any, Explains;
    /// A voter is added to a list that may have it already.
    VoterListedAgain: Any, Explains;

    // Entries for the state machine.
    /// The commit index has been compared with something.
    CommitAsked: Any, Joins;
    /// The commit index has got a new value.
    CommitMoved: Any, Joins;
    /// The entry that is applied lies at or below the commit index.
    EntryIsCommitted: Any, Joins;
    /// lastApplied moves with the entries that are applied.
    AppliedMoves: Any, Joins;
    /// What is applied is taken from the log without an end.
    AppliedToTheEnd: Any, Explains;
    /// The entry that is applied has just been added to the log.
    AppliedWhenAppended: Any, Explains;
    /// The index is one more than what was found to be at most the commit index.
    AppliedOneTooFar: Any, Explains;
    /// The entry at the commit index is applied while lastApplied counts up by one.
    AppliedAtCommit: Any, Explains;
    /// lastApplied jumps to the commit index while one entry is applied.
    AppliedJumps: Any, Explains;
    /// lastApplied never gets a new value.
    AppliedStands: Any, Explains;
    /// Code that applies an entry reads only what is the same on every server.
    NothingUnstable: Any, Joins;
    /// It reads a clock.
    ReadsClock: Any, Explains;
    /// It makes random numbers.
    ReadsRandom: Any, Explains;
    /// It reads what belongs to the process: its id, its thread, its environment.
    ReadsIdentity: Any, Explains;
    /// It goes over a hash map in the map's order.
    ReadsHashOrder: Any, Explains;

    // Storage.
    /// What was changed has been written to storage since.
    StateSaved: Any, Joins;
    /// The outcome of a write to storage is looked at.
    WriteResultUsed: Any, Joins;
    /// The future that would write is never awaited.
    WriteNotAwaited: Any, Explains;
    /// The failure of a write is only reported to the log.
    WriteErrorLogged: Any, Explains;

    // Replies and the leader's view of its followers.
    /// The reply answers a request of the current term.
    ReplyOfThisTerm: Any, Joins;
    /// A new matchIndex comes from what was sent or acknowledged.
    MatchFromExchange: Any, Joins;
    /// A new matchIndex is where the leader's log ends at present.
    MatchFromPresentEnd: Any, Explains;
    /// A new nextIndex comes from what the follower said, or the code asked for that.
    NextFromHint: Any, Joins;
    /// nextIndex is lowered by more than one.
    NextJumps: Any, Joins;
    /// A follower that lags too far behind gets a snapshot.
    SnapshotFallback: Any, Joins;
    /// A lowered nextIndex stays at or above the first index, or above matchIndex.
    NextBounded: Any, Joins;
    /// Nothing keeps nextIndex from falling below the first index.
    NextUnbounded: Any, Explains;
    /// Nothing does, and it falls by one with each rejection.
    NextStepsUnbounded: Any, Explains;
    /// A new nextIndex is the prevLogIndex of the request that was refused.
    NextEchoed: Any, Explains;

    // Granting votes.
    /// Whatever combination of terms and indexes is left, the candidate's log is at least as fresh as
    /// the voter's in the paper's order; or the vote was this candidate's before.
    GrantInOrder: Vote, Joins;
    /// The vote of the term was not given yet, or to this candidate; or it is no vote (a pre-vote).
    VoteUnspent: Vote, Joins;
    /// The vote is recorded in the same handling; or it was before, or it is no vote (a pre-vote).
    VoteRecorded: Vote, Joins;
    /// A stored vote was looked at that is not the one in which the vote is recorded.
    OtherVoteTested: Vote, Explains;
    /// The request's term is higher than the current one, and is not adopted.
    TermNotAdopted: Vote, Explains;
    /// An older log passes: only the last indexes are compared.
    IndexAloneCompared: Vote, Explains;
    /// An older log passes: only the last terms are compared.
    TermAloneCompared: Vote, Explains;
    /// An older log passes: a term or an index that is not lower is enough.
    EitherCompared: Vote, Explains;
    /// An older log passes: the indexes are compared before the terms.
    IndexFirstCompared: Vote, Explains;
    /// An older log passes, in some other form.
    OlderLogPasses: Vote, Explains;
    /// A shorter log with a later term is refused.
    ShorterLogRefused: Vote, Explains;
    /// A log that equals the voter's own is refused.
    EqualLogRefused: Vote, Explains;
    /// Some log that is as fresh as the voter's is refused.
    FreshLogRefused: Vote, Explains;

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
    /// A reply is sent, and what it depends on is not saved.
    ReplySent: Any, Explains;

    // The vote of a server that is elected.
    /// The grant of a vote depends on the node's role.
    RoleAsked: Vote, Joins;
    /// No server that leads grants a vote in the term that it leads.
    LeaderNeverVotes: Any, Joins;
    /// votedFor is set to none by an election that the node wins.
    ClearsAsLeader: Any, Explains;

    // What a follower acknowledges, and how matchIndex moves.
    /// The index that an accepting reply acknowledges is no more than what its request has checked.
    AckedAsChecked: Any, Joins;
    /// It is where the follower's own log ends.
    AckIsOwnEnd: Any, Explains;
    /// A new matchIndex was seen beside the old one, or is no answer that may come late.
    MatchNotLowered: Any, Joins;
    /// A new matchIndex is taken from an answer as it is, which may be less than the old one.
    MatchTakenAsIs: Any, Explains;
    /// What followed in the log has been removed on this way.
    TailGone: Previous, Joins;
    /// Code that is not known has got the request's entries: where the log ends is not known.
    TailUnknown: Previous, Explains;
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

    /// Whether nothing can be asked for where this holds: no evidence of these kinds can be seen here.
    pub fn hides(self, evidence: &[Fact]) -> bool {
        self == Fact::TermElsewhere && evidence.contains(&Fact::TermNotStale)
            || matches!(self, Fact::RoleUnclear | Fact::IsFollower)
                && evidence.contains(&Fact::BecomesFollower)
    }

    /// Whether a fact only explains a finding and never proves anything.
    pub fn is_hint(self) -> bool {
        self.used() == Use::Explains
    }
}
