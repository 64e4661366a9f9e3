//! What to do about a condition: the words of the response.
//!
//! Takes a condition and a format's id; gives sentences for a terminal. All of it is data that was written by hand, and
//! every claim about a system has its public source beside it.
//!
//! What never stands here: a step that can lose what was committed. Data is deleted only of a node that the
//! configuration does not name any more, and a node comes back only as a new one, with an id that nobody had before.

mod known;
mod systems;

pub use known::caveats;
pub use systems::{Practice, practice, visibility};

use super::condition::Condition;

/// The formats of which something is known here, by their ids.
#[cfg(test)]
const FORMATS: [&str; 7] =
    ["etcd", "raft-rs", "openraft", "hashicorp", "async-raft", "nuraft", "generic"];

/// What to do, in order.
pub fn first(condition: Condition) -> &'static [&'static str] {
    match condition {
        Condition::LostEntries => &[
            "leave the leader running, and change nothing: no restart, no election, no change of the configuration; it may be \
             the only node that still has the entries",
            "a follower that went back behind what it had acknowledged: stop it, if the others are a majority of the voters \
             without it; a voter that has forgotten entries can help to elect a leader that lacks them",
            "committed entries that differ: either side may be the right one; stop the clients' writes, and keep both as they are",
            "copy the data directory of the stopped node as it is, and take the system's own backup from the others",
            "look for the cause: the kernel's log for errors of the disk or file system, a disk that was full, a volume restored \
             from an older image, a data directory that was emptied, fsync turned off, a power cut with a write cache that \
             is not protected",
            "compare committed indexes and checksums of the other nodes: the same disks, images and settings lose the same way",
            "then replace the node: remove it from the configuration, and add a new one with a new id and an empty disk; where \
             a majority lost data, recover from a backup as the system's documentation says",
            "last, the code: a reply must not leave before its entries are on disk",
        ],
        Condition::SnapshotLoop => &[
            "see what stands between two snapshots: a rejection at the snapshot's last index (the follower kept a conflicting \
             entry), a time-out (the acknowledgement comes too late), or a newer snapshot each time",
            "with time-outs: give the installation more time, and look at the follower's disk",
            "with newer snapshots: let the leader keep more entries behind a snapshot than are written while one is sent and \
             installed, or write less until the follower has caught up",
            "with a rejection: another snapshot does not help; update to a version that drops the conflicting log, or replace \
             the follower: remove it from the configuration, then add a new one with a new id and an empty disk",
            "before a removal, make sure that the other voters are a majority of what remains, and healthy",
        ],
        Condition::Stuck => &[
            "make sure that the leader is right: its committed index grows, and a majority of the voters follows it",
            "look at the follower's disk and storage errors: a write that fails, or does not overwrite, refuses for ever",
            "restart the follower once, with its data: that starts replication anew; if the same index is refused again, the \
             cause is in the code or in its storage",
            "if it stays: replace the follower: remove it from the configuration, then add a new one with a new id and an empty disk",
            "the lasting fix is in the code: the next probe has to lie below the refused one",
        ],
        Condition::Flapping => &[
            "find out why leaders fall: slow fsync on the leader's disk, pauses of the process, lost packets, one node that \
             cannot hear the others; the terms do not say it, the machines do",
            "look for a node that is no member any more and still asks for votes: stop it",
            "turn pre-vote on where the system has it: a node that was cut off does not raise the terms when it comes back",
            "only then judge replication: a walk that a new leader starts anew says nothing about the logs",
        ],
        Condition::Divergence => &[
            "make sure that the leader is right: its committed index grows, and a majority of the voters follows it",
            "unless the walk ends soon by itself, stop the probing with a snapshot: let the leader send one (InstallSnapshot) and go on behind it; where the system \
             can't be asked for that, replace the follower: remove it from the configuration, then add a new one with a new id \
             and an empty disk",
            "before a removal, make sure that the other voters are a majority of what remains, and healthy; keep a copy of the \
             follower's data",
            "the lasting fix is in the code: a conflict hint in the refusal, so that a probe skips a whole term (Raft, section 5.3)",
        ],
        Condition::Compaction => &[
            "let the snapshot through: this is how Raft brings such a follower back",
            "watch that it is installed once, and that the follower's index grows behind it",
            "if it comes again and again: let the leader keep more entries behind a snapshot than are written while one is \
             sent and installed",
            "find out why the follower was away for so long",
        ],
        Condition::Lag => &[
            "wait: the follower is short, and its entries do not differ",
            "if the walk is long, let the follower tell where its log ends: one refusal is then enough",
            "find out why it was away: restart, network, or a disk that is slower than the leader's",
        ],
        Condition::Healthy => &[
            "nothing has to be done about what these lines show",
            "if something is wrong all the same, read the lines of all nodes at the level that shows rejections",
        ],
    }
}

/// What not to do.
pub fn never(condition: Condition) -> &'static [&'static str] {
    const DELETE: &str = "do not delete data under a node that is a voter: what it acknowledged would be gone, and a majority could be \
         counted that does not hold it";
    const TIMEOUTS: &str = "do not raise election timeouts: refused entries have nothing to do with them, and the next \
                            failure of a leader takes longer";
    const QUORUM: &str = "do not remove or restart a second node meanwhile: with one follower out, the rest is just enough for a majority";
    const OLD_ID: &str = "do not bring an emptied node back under its old id: it has forgotten its vote and what it acknowledged";
    match condition {
        Condition::LostEntries => &[
            DELETE,
            "do not install a snapshot as a routine step: it overwrites what may be the last copy",
            "do not stop the leader, and do not force a new cluster from one node, before all copies are compared",
            OLD_ID,
        ],
        Condition::SnapshotLoop => &[
            DELETE,
            OLD_ID,
            "do not ask for snapshots more often: that makes a loop of newer snapshots faster",
            TIMEOUTS,
        ],
        Condition::Stuck => &[DELETE, OLD_ID, QUORUM, TIMEOUTS],
        Condition::Flapping => &[
            "do not raise election timeouts before the cause is known: a slow disk stays slow, and every outage gets longer",
            "do not replace nodes while no leader stays: a change of the configuration needs one",
            DELETE,
        ],
        Condition::Divergence => &[DELETE, OLD_ID, QUORUM, TIMEOUTS],
        Condition::Compaction => &[
            "do not restart the follower while it receives a snapshot: that starts the transfer anew",
            DELETE,
            TIMEOUTS,
        ],
        Condition::Lag => &[
            "do not restart the follower or its leader: that starts the walk anew",
            "do not force a snapshot: nothing differs, and sending all costs more than what is missing",
            DELETE,
            TIMEOUTS,
        ],
        Condition::Healthy => &[
            "do not take silence for health: at their default level most systems print no rejection",
        ],
    }
}

/// The rule of the lint that asks the code about it; none where the code is rarely the cause.
pub fn rule(condition: Condition) -> Option<&'static str> {
    match condition {
        Condition::LostEntries => Some("persist-before-reply"),
        Condition::SnapshotLoop | Condition::Compaction => Some("snapshot-not-backwards"),
        Condition::Stuck | Condition::Divergence | Condition::Lag => Some("next-index-backoff"),
        Condition::Flapping | Condition::Healthy => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{first, never, rule};
    use crate::logs::condition::Condition;
    use crate::rules;

    #[test]
    fn each_condition_has_a_response() {
        for condition in Condition::ALL {
            assert!(!first(condition).is_empty() && !never(condition).is_empty());
            for text in first(condition).iter().chain(never(condition)) {
                assert!(!text.contains("  ") && !text.ends_with('.'), "{text}");
                assert!(text.starts_with(char::is_lowercase), "{text}");
            }
            assert!(never(condition).iter().all(|text| text.starts_with("do not ")));
            assert!(rule(condition).is_none_or(|id| rules::find(id).is_some()), "{condition:?}");
        }
    }

    /// An emptied node that is still a voter is how acknowledged entries are lost: wherever a node comes back
    /// empty, it was removed before and has a new id.
    #[test]
    fn an_empty_node_is_a_new_one() {
        let steps = Condition::ALL.iter().flat_map(|condition| first(*condition));
        let empty: Vec<_> = steps.filter(|step| step.contains("empty disk")).collect();
        assert!(empty.len() >= 4);
        for step in empty {
            let removed = step.find("remove it from the configuration");
            assert!(removed < step.find("new one with a new id") && removed.is_some(), "{step}");
        }
    }
}
