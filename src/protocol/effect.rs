//! Effects: the operations that the protocol protects.

use serde::{Deserialize, Serialize};

macro_rules! effects {
    ($($(#[doc = $doc:literal])+ $name:ident = $id:literal, $title:literal;)*) => {
        /// An operation that the protocol protects.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum Effect {
            $($(#[doc = $doc])+ $name,)*
        }

        impl Effect {
            /// Every effect.
            pub const ALL: &[Effect] = &[$(Effect::$name,)*];

            /// The name used in reports.
            pub fn id(self) -> &'static str {
                match self {
                    $(Effect::$name => $id,)*
                }
            }

            /// The name used in sentences.
            pub fn title(self) -> &'static str {
                match self {
                    $(Effect::$name => $title,)*
                }
            }
        }
    };
}

effects! {
    // The log.
    /// A follower adds to its log or overwrites part of it.
    LogWrite = "log_write", "write to the follower's log";
    /// A follower removes a suffix of its log.
    LogTruncate = "log_truncate", "truncation of the follower's log";
    /// A snapshot that was received takes the place of the log or of the state.
    SnapshotInstall = "snapshot_install", "installation of a snapshot";

    // The commit index.
    /// A leader advances commitIndex from replica counts.
    LeaderCommit = "leader_commit", "advance of the leader's commit index";
    /// A follower takes its commitIndex from leaderCommit.
    FollowerCommit = "follower_commit", "advance of the follower's commit index";
    /// commitIndex is given a new value, by whomever.
    CommitMove = "commit_move", "move of the commit index";

    // Terms and votes.
    /// A voter records its vote for a candidate.
    VoteRecord = "vote_record", "recorded vote";
    /// A voter builds a granting reply.
    VoteReply = "vote_reply", "granting reply";
    /// votedFor is set to none.
    VoteClear = "vote_clear", "clearing of votedFor";
    /// currentTerm is given a new value.
    TermChange = "term_change", "change of the current term";
    /// The handling of a message ends whose higher term was adopted: what has become of the role.
    OfficeEnd = "role_end", "role after the adoption of a higher term";
    /// A message's higher term becomes the current term.
    TermAdoption = "term_adoption", "adoption of a higher term";
    /// The handling of a message ends.
    HandlingEnd = "handling_end", "end of the handling of a message";

    // Replies and the leader's view of its followers.
    /// A granted vote is added to a candidate's tally.
    VoteCount = "vote_count", "counting of a vote";
    /// The same, where a reply of a voter that it names is handled.
    VoterCount = "voter_count", "counting of a voter's vote";
    /// matchIndex of a follower is given a new value.
    MatchMove = "match_move", "move of matchIndex";
    /// nextIndex of a follower is given a new value.
    NextMove = "next_move", "move of nextIndex";
    /// nextIndex is lowered after a rejection, seen from how low it may get.
    NextFloor = "next_floor", "lowering of nextIndex";
    /// nextIndex is lowered after a rejection.
    NextBackOff = "next_back_off", "back-off of nextIndex";
    /// Votes or replicas are compared with what makes a majority.
    MajorityTest = "majority_test", "test for a majority";

    // The state machine.
    /// An entry is handed to the state machine.
    Apply = "apply", "application of an entry";
    /// Code that applies entries reads what is not the same on every server.
    UnstableRead = "unstable_read", "code that applies entries";

    // Storage.
    /// A reply leaves that depends on the term, the vote or the log.
    Reply = "reply", "reply";
    /// Term, vote or log are written to storage.
    StateWrite = "state_write", "write of the term, the vote or the log to storage";

    // The follower's log: what is taken out of it.
    /// A follower takes entries off the end of its log, whether others take their place or not.
    SuffixRemoval = "suffix_removal", "removal of entries from the end of the follower's log";
    /// The same, seen from what is committed.
    RemovalStart = "removal_start", "start of a removal from the follower's log";

    // What a follower acknowledges.
    /// A follower builds a reply that accepts entries, and says up to which index.
    Acknowledge = "acknowledge", "acknowledgement of entries";
}
