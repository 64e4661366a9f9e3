//! What the names of counts and sizes speak of.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

/// Parts of names for those that vote.
const MEMBERS: &[&str] = &[
    "peer",
    "node",
    "server",
    "member",
    "voter",
    "host",
    "cluster",
    "replica",
    "participant",
    "follower",
    "others",
    "endpoint",
    "consensus",
];

/// Parts of names for what is counted.
const COUNTED: &[&str] = &[
    "vote", "grant", "ack", "match", "replicat", "success", "confirm", "yes", "accept", "agree",
    "progress", "commit", "won", "quorum", "majority",
];

/// Parts of names for what is counted on the losing side, or is no answer at all.
const AGAINST: &[&str] = &[
    "reject", "denied", "deny", "against", "lost", "fail", "missing", "unreach", "pending", "dead",
    "error", "refus", "against", "nay", "timeout", "no_vote", "down", "retr", "bytes", "time",
];

/// Parts of names for what makes a majority.
const QUORUM: &[&str] = &["quorum", "qorum", "qourum", "majority"];

/// Parts of names for what has to be reached, or was.
const GOALS: &[&str] =
    &["needed", "required", "elected", "election", "enough", "half", "threshold", "won"];

/// Whether a name speaks of voters, votes or majorities; most names do not, and that is quickly seen.
pub(super) fn speaks(text: &str) -> bool {
    static ANY: LazyLock<AhoCorasick> = LazyLock::new(|| {
        let parts = [MEMBERS, COUNTED, QUORUM, GOALS].concat();
        let any = AhoCorasick::builder().ascii_case_insensitive(true).build(parts);
        any.expect("invariant: a fixed list of words makes an automaton")
    });
    // Beyond ASCII there are capital letters that it does not know.
    (!text.is_ascii() || ANY.is_match(text))
        && (is_membership(text) || is_counted(text) || is_goal(text))
}

/// Whether a name is one of those that vote.
pub(super) fn is_membership(text: &str) -> bool {
    let text = text.to_lowercase();
    let counted = ["granted", "votes", "voted", "acks", "acked", "matched", "success", "received"];
    MEMBERS.iter().any(|m| text.contains(m)) && !counted.iter().any(|c| text.contains(c))
}

/// Whether a name speaks of granted votes or of replicas that have something.
pub(super) fn is_counted(text: &str) -> bool {
    let text = text.to_lowercase();
    COUNTED.iter().any(|c| text.contains(c))
}

/// Whether a name speaks of those that did not agree.
pub(super) fn is_against(text: &str) -> bool {
    let text = text.to_lowercase();
    AGAINST.iter().any(|a| text.contains(a))
}

/// Whether a name speaks of what makes a majority.
pub(super) fn is_quorum(text: &str) -> bool {
    let text = text.to_lowercase();
    QUORUM.iter().any(|q| text.contains(q))
}

/// Whether a name speaks of what has to be reached, or of having reached it.
pub(super) fn is_goal(text: &str) -> bool {
    let text = text.to_lowercase();
    is_quorum(&text) || GOALS.iter().any(|q| text.contains(q))
}

/// Whether a name says that this server is not among them.
pub(super) fn leaves_self_out(text: &str) -> bool {
    let text = text.to_lowercase();
    text.starts_with("other") || text.contains("_other") || text.contains("remote")
}

/// Whether a name alone makes it likely that this server is among them: everything but peers,
/// followers and others.
pub(super) fn favours_self(text: &str) -> bool {
    let text = text.to_lowercase();
    is_membership(&text)
        && !text.contains("peer")
        && !text.contains("follower")
        && !text.contains("replica")
        && !leaves_self_out(&text)
}

/// Whether a name is that of a tally of votes.
pub(super) fn is_vote_tally(text: &str) -> bool {
    let text = text.to_lowercase();
    let tally = ["votes", "granted", "vote_count", "votecount", "grants"];
    tally.iter().any(|t| text.contains(t))
        && text != "vote_granted"
        && text != "granted"
        && !["needed", "required", "given", "cast"].iter().any(|t| text.contains(t))
}

/// Whether a call or a written variant makes this server the leader.
pub(super) fn is_win(text: &str) -> bool {
    let snake = text.to_lowercase();
    let verbs = ["become", "transition", "start", "into", "to_", "promote", "convert", "be_"];
    snake == "leader" || snake.contains("leader") && verbs.iter().any(|v| snake.contains(v))
}
