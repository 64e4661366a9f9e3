//! Which guard is necessary for what, and within which bounds that shows.

use crate::bounds::{
    Bounds, CALM, CRASH, FIVE, FIVE_SNAPSHOT, FOUR, LATE, LATE_TWICE, READS, SIX_TERMS, SNAPSHOT,
    SNAPSHOT_LATE, SNAPSHOT_TWICE,
};
use crate::guard::Guard;

/// The properties by their names, as [`crate::safety::Lost::name`] gives them.
const ELECTION: &str = "Election Safety";
const LOGS: &str = "Log Matching";
const LEADER: &str = "Leader Completeness";
const MACHINE: &str = "State Machine Safety";
/// Two that the paper demands of the variables, and that none of its five properties hangs on.
const COMMIT: &str = "commitIndex never goes back";
const ONCE: &str = "each entry is applied once";

/// One of section 8, for clients.
const READ: &str = "reads see what was committed before";

/// The guards that are necessary: without one, and with all others, a property is lost. Here are the
/// property and the number of steps that it takes; if it is one of the paper's Figure 3, only those
/// five are looked at.
pub(crate) const NECESSARY: &[(Guard, &Bounds, &str, usize)] = &[
    (Guard::AppendPrevCheck, &CALM, LOGS, 11),
    (Guard::CommitCurrentTerm, &CALM, LEADER, 14),
    (Guard::VoteLogFreshness, &CALM, LEADER, 6),
    (Guard::AppendConflictOnlyTruncate, &LATE, LEADER, 8),
    (Guard::CommitClamp, &CALM, MACHINE, 8),
    (Guard::CommitClampOwnLast, &CALM, MACHINE, 8),
    (Guard::CommitMonotonic, &CALM, COMMIT, 7),
    (Guard::VoteFreshnessIndexOnly, &CALM, LEADER, 10),
    (Guard::VoteFreshnessTermOnly, &CALM, LEADER, 8),
    (Guard::VoteFreshnessEither, &CALM, LEADER, 8),
    (Guard::VoteOnce, &CALM, ELECTION, 4),
    (Guard::StaleTermAppend, &CALM, LEADER, 10),
    (Guard::StepDownRole, &CALM, ELECTION, 4),
    (Guard::StepDownTerm, &CALM, ELECTION, 4),
    (Guard::ApplyCommitted, &CALM, MACHINE, 6),
    (Guard::ApplyOnce, &CALM, ONCE, 6),
    (Guard::QuorumMajority, &FOUR, ELECTION, 4),
    (Guard::StaleReplyVoteTerm, &LATE, ELECTION, 6),
    (Guard::StaleReplyAppend, &SIX_TERMS, LEADER, 24),
    (Guard::PersistVote, &CRASH, ELECTION, 5),
    (Guard::PersistTerm, &CRASH, ELECTION, 5),
    (Guard::PersistLog, &CRASH, LEADER, 7),
    (Guard::SnapshotNotBackwards, &SNAPSHOT_TWICE, LEADER, 14),
    (Guard::SnapshotKeepSuffix, &SNAPSHOT_LATE, LEADER, 12),
    (Guard::SnapshotDropConflict, &FIVE_SNAPSHOT, LOGS, 14),
    (Guard::TermMonotonicVote, &CALM, ELECTION, 5),
    (Guard::TermMonotonicTerm, &LATE, ELECTION, 7),
    (Guard::MatchLeaderEnd, &CALM, LEADER, 6),
    (Guard::MatchFollowerEnd, &CALM, LEADER, 9),
    (Guard::ReadConfirm, &READS, READ, 10),
    (Guard::ReadOwnTerm, &READS, READ, 7),
    (Guard::VotesDistinct, &FIVE, ELECTION, 6),
];

/// The guards without which nothing is lost within the bounds, and why that is no accident.
pub(crate) const NOT_NECESSARY: &[(Guard, &[&Bounds], &str)] = &[
    (
        Guard::VoteFreshnessBoth,
        &[&CALM],
        "it refuses more than the paper does: only votes are lost",
    ),
    (Guard::VoteFreshnessStrict, &[&CALM], "as above: servers with equal logs elect nobody"),
    (
        Guard::StaleTermVote,
        &[&CALM, &LATE],
        "the answer carries the voter's higher term, so it is no vote for the candidate",
    ),
    (
        Guard::StaleTermSnapshot,
        &[&SNAPSHOT, &SNAPSHOT_LATE],
        "a snapshot holds committed entries only, whoever sends it",
    ),
    (Guard::StepDownVote, &[&CALM, &LATE], "a vote that is kept too long is a vote not given"),
    (
        Guard::StaleReplyVoteRole,
        &[&LATE_TWICE],
        "of the term whose votes it counts, a majority makes a leader at any time",
    ),
    (
        Guard::MatchNeverLower,
        &[&LATE],
        "too low a matchIndex sends entries again, and delays the commit",
    ),
    (
        Guard::NextAboveMatch,
        &[&CALM, &LATE],
        "entries that a follower has are sent again, and it finds that it has them",
    ),
    (
        Guard::TruncateCommitted,
        &[&CALM, &LATE, &SNAPSHOT_LATE],
        "the other guards see to it that a committed entry never conflicts",
    ),
];

/// The necessary guards without which none of the paper's five properties is lost.
pub(crate) const OUTSIDE_FIGURE_3: &[(Guard, &Bounds)] = &[
    (Guard::CommitMonotonic, &LATE),
    (Guard::ApplyOnce, &CALM),
    (Guard::ReadConfirm, &READS),
    (Guard::ReadOwnTerm, &READS),
];
