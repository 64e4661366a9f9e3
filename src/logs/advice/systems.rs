//! What the response means in single systems, and what their logs show.

use crate::logs::condition::Condition;
use crate::logs::format::ALL;

/// What a step of the response means in a system.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Practice {
    /// What to do there.
    pub text: &'static str,
    /// Where its documentation says so.
    pub source: &'static str,
}

/// What the response means in the system of a format, in order; empty where nothing is known of it.
pub fn practice(condition: Condition, format: &str) -> Vec<Practice> {
    let steps: &[fn(&str) -> Option<Practice>] = match condition {
        Condition::Divergence => &[snapshot, replacement],
        Condition::Stuck => &[replacement],
        Condition::SnapshotLoop => &[retention, replacement],
        Condition::LostEntries => &[recovery],
        Condition::Compaction => &[retention],
        Condition::Flapping | Condition::Lag | Condition::Healthy => &[],
    };
    steps.iter().filter_map(|step| step(format)).collect()
}

/// How the leader is made to send a snapshot.
fn snapshot(format: &str) -> Option<Practice> {
    let (text, source) = match format {
        "openraft" => (
            "openraft: on the leader `raft.trigger().snapshot()`, then `raft.trigger().purge_log(upto)`: only what is in the \
             snapshot is purged, and a follower that needs an entry of it is sent the snapshot",
            "https://docs.rs/openraft/latest/openraft/raft/trigger/struct.Trigger.html",
        ),
        _ => return None,
    };
    Some(Practice { text, source })
}

/// What the documentation says of lost data.
fn recovery(format: &str) -> Option<Practice> {
    let (text, source) = match format {
        "etcd" => (
            "etcd: `etcdctl endpoint status --cluster` and `endpoint hashkv --cluster` compare the members; of one member: \
             replace it; of a majority: restore all from one snapshot (`etcdutl snapshot restore`)",
            "https://etcd.io/docs/v3.5/op-guide/data_corruption/",
        ),
        "openraft" => (
            "openraft: what happens after a loss is undefined: no setting makes an erased node safe in a cluster with an odd \
             number of voters",
            "https://docs.rs/openraft/latest/openraft/docs/faq/index.html",
        ),
        "hashicorp" => (
            "hashicorp/raft: `operator raft list-peers` shows the servers; `peers.json` is only for a majority that is lost for \
             good, and can lose what was committed",
            "https://developer.hashicorp.com/consul/tutorials/datacenter-operations/recovery-outage",
        ),
        _ => return None,
    };
    Some(Practice { text, source })
}

/// How a follower is replaced.
fn replacement(format: &str) -> Option<Practice> {
    let (text, source) = match format {
        "etcd" => (
            "etcd: stop the member and copy its data directory; `etcdctl member remove ID`, then `etcdctl member add NAME \
             --learner --peer-urls=…`, start it with an empty data directory and `--initial-cluster-state existing`, and \
             `etcdctl member promote ID` when it has caught up (remove first, then add; not in a cluster of two)",
            "https://etcd.io/docs/latest/op-guide/runtime-configuration",
        ),
        "raft-rs" => (
            "TiKV: move the replica to another store: `pd-ctl operator add transfer-peer REGION FROM TO`; PD gives the new \
             replica a new id. Other users of raft-rs: remove the peer and add a new one with a new id",
            "https://github.com/pingcap/docs/blob/master/pd-control.md",
        ),
        "openraft" => (
            "openraft: `change_membership` without the node, then wipe it, then `add_learner` with an id that no node had before",
            "https://docs.rs/openraft/latest/openraft/docs/faq/index.html",
        ),
        "hashicorp" => (
            "hashicorp/raft: stop the server and remove it (`operator raft remove-peer` of consul, nomad or vault); when `operator raft list-peers` lacks it, move its data directory aside, and let it join as a \
             new server with a new id",
            "https://developer.hashicorp.com/consul/tutorials/datacenter-operations/recovery-outage",
        ),
        _ => return None,
    };
    Some(Practice { text, source })
}

/// How long the leader keeps entries behind a snapshot.
fn retention(format: &str) -> Option<Practice> {
    let (text, source) = match format {
        "openraft" => (
            "openraft: `max_in_snapshot_log_to_keep` is what the leader keeps behind a snapshot (1000 entries by default)",
            "https://github.com/databendlabs/openraft/issues/1706",
        ),
        "hashicorp" => (
            "hashicorp/raft: `TrailingLogs` (Consul: `raft_trailing_logs`) is what the leader keeps behind a snapshot: at least \
             the entries written while one is sent and restored",
            "https://support.hashicorp.com/hc/en-us/articles/4406262941715-Follower-node-not-becoming-a-voter",
        ),
        _ => return None,
    };
    Some(Practice { text, source })
}

/// What the logs of a system show, in one sentence: what its format says, or that nothing is known of one of the user's own.
pub fn visibility(format: &str) -> &'static str {
    let unknown =
        "which level shows rejections is not known for this format: silence is not health";
    ALL.iter().find(|known| known.id == format).map_or(unknown, |known| known.visible)
}

#[cfg(test)]
mod tests {
    use super::{practice, visibility};
    use crate::logs::advice::FORMATS;
    use crate::logs::condition::Condition;

    #[test]
    fn each_format_has_a_sentence() {
        let other = visibility("unheard of");
        for format in FORMATS.iter().filter(|format| **format != "generic") {
            assert_ne!(visibility(format), other, "{format}");
        }
    }

    /// Nothing may be deleted of a node before the configuration has let it go.
    #[test]
    fn nothing_is_wiped_before_it_is_removed() {
        let mut found = 0;
        for condition in Condition::ALL {
            for practice in FORMATS.iter().flat_map(|format| practice(condition, format)) {
                assert!(practice.source.starts_with("https://"), "{practice:?}");
                let first =
                    |words: &[&str]| words.iter().filter_map(|word| practice.text.find(word)).min();
                let Some(gone) = first(&["wipe", "empty", "aside", "delete"]) else { continue };
                let removed = first(&["remove", "change_membership"]);
                assert!(removed.is_some_and(|removed| removed < gone), "{practice:?}");
                found += 1;
            }
        }
        assert!(found >= 3, "{found}");
    }
}
