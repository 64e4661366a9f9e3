//! The guards of Raft that can be left out, one switch each.

use std::fmt;

/// Declares [`Guard`]: a switch, its rule, its half of the rule, what a server does when it is off.
macro_rules! guards {
    ($($guard:ident $rule:literal $half:literal $off:literal)*) => {
        /// A question that a Raft server asks, or one of the ways to ask it wrongly. A run of the
        /// model has all of them right, or all but one.
        ///
        /// A rule of the lint that asks for more than one thing has a switch for each: the first is
        /// what its page shows, and the others tell how much each half is worth.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub(crate) enum Guard {
            $(#[doc = concat!("Off: ", $off, ".")] $guard,)*
        }

        const GUARDS: &[(Guard, &str, &str, &str)] = &[$((Guard::$guard, $rule, $half, $off),)*];
    };
}

guards! {
    AppendPrevCheck "append-prev-check" ""
        "a follower does not ask of which term its entry at prevLogIndex is"
    CommitCurrentTerm "commit-current-term" ""
        "a leader commits entries of older terms by counting"
    VoteLogFreshness "vote-log-freshness" ""
        "a voter does not compare the logs"
    AppendConflictOnlyTruncate "append-conflict-only-truncate" ""
        "a follower cuts its log behind prevLogIndex, conflict or not"
    CommitClamp "commit-clamp" ""
        "a follower takes over leaderCommit as it is"
    CommitClampOwnLast "commit-clamp" "own-last"
        "a follower takes over leaderCommit up to the end of its own log"
    CommitMonotonic "commit-monotonic" ""
        "a follower sets its commit index also to what is less than it"
    VoteFreshnessIndexOnly "vote-freshness-order" ""
        "a voter compares the last indexes only"
    VoteFreshnessTermOnly "vote-freshness-order" "term-only"
        "a voter compares the last terms only"
    VoteFreshnessEither "vote-freshness-order" "either"
        "a voter asks that the term or the index is greater or equal"
    VoteFreshnessBoth "vote-freshness-order" "both"
        "a voter asks that the term and the index are both greater or equal"
    VoteFreshnessStrict "vote-freshness-order" "strict"
        "a voter refuses a log that equals its own"
    VoteOnce "vote-once" ""
        "a voter does not look at votedFor"
    StaleTermAppend "stale-term" ""
        "AppendEntries of a lower term is not refused"
    StaleTermVote "stale-term" "vote"
        "RequestVote of a lower term is not refused"
    StaleTermSnapshot "stale-term" "snapshot"
        "InstallSnapshot of a lower term is not refused"
    StepDownRole "step-down" ""
        "a server adopts a higher term and keeps its role"
    StepDownTerm "step-down" "term"
        "a server does not adopt a higher term"
    StepDownVote "step-down" "vote"
        "a server adopts a higher term and keeps its old vote"
    ApplyCommitted "apply-committed" ""
        "a server applies entries when it stores them"
    ApplyOnce "apply-committed" "once"
        "lastApplied is not moved"
    QuorumMajority "quorum-majority" ""
        "`>= n / 2` servers are taken for a majority"
    StaleReplyVoteTerm "stale-reply" ""
        "a candidate does not look at the term of a granted vote"
    StaleReplyVoteRole "stale-reply" "role"
        "a follower counts votes for its past candidacy"
    StaleReplyAppend "stale-reply" "append"
        "a leader does not look at the term of an AppendEntries reply"
    PersistVote "persist-before-reply" ""
        "a vote is answered before it is on disk, and lost in a crash"
    PersistTerm "persist-before-reply" "term"
        "a term is answered before it is on disk, and lost in a crash with its vote"
    PersistLog "persist-before-reply" "log"
        "entries are counted and acknowledged before they are on disk, and lost in a crash"
    SnapshotNotBackwards "snapshot-not-backwards" ""
        "a snapshot older than the commit index is installed"
    SnapshotKeepSuffix "snapshot-install" ""
        "a snapshot replaces the whole log, also what goes on from it"
    SnapshotDropConflict "snapshot-install" "conflict"
        "entries behind a snapshot stay although they do not go on from it"
    TermMonotonicVote "term-monotonic" ""
        "votedFor is cleared by AppendEntries of the current term, too"
    TermMonotonicTerm "term-monotonic" "term"
        "an answer of a lower term sets currentTerm back"
    MatchLeaderEnd "match-monotonic" ""
        "matchIndex becomes the leader's present last index when a follower accepts"
    MatchFollowerEnd "match-monotonic" "follower-end"
        "matchIndex becomes the last index of the follower's log"
    MatchNeverLower "match-monotonic" "lower"
        "an older answer moves matchIndex back"
    NextAboveMatch "next-index-backoff" ""
        "nextIndex falls to matchIndex and below, but not below the first index: by a refusal, or by an answer that is late"
    TruncateCommitted "truncate-committed" ""
        "a log may be cut below the commit index"
    ReadConfirm "read-index-guard" ""
        "a leader serves a read without asking a majority whether it still leads"
    ReadOwnTerm "read-index-guard" "own-term"
        "a leader serves a read before it has committed an entry of its own term"
    VotesDistinct "votes-distinct" ""
        "granted votes are counted, not the voters"
}

impl Guard {
    /// All of them.
    pub(crate) fn all() -> impl Iterator<Item = Guard> {
        GUARDS.iter().map(|row| row.0)
    }

    /// What a server does when the guard is off.
    pub(crate) fn off(self) -> &'static str {
        self.row().3
    }

    /// The rule, and the half of it if it has more than one: the stem of the schedule's file.
    pub(crate) fn stem(self) -> String {
        let (_, rule, half, _) = self.row();
        if half.is_empty() { (*rule).to_owned() } else { format!("{rule}.{half}") }
    }

    /// Stands at the place of the variant, since both are declared by one list.
    fn row(self) -> &'static (Guard, &'static str, &'static str, &'static str) {
        &GUARDS[self as usize]
    }
}

impl fmt::Display for Guard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.stem())
    }
}
