//! Where the usual response is known to go wrong: bugs and limits of single systems, each with its public source.

use crate::logs::condition::Condition;
use crate::logs::diagnosed::Caveat;

/// Where the usual advice is known to go wrong in the system of a format.
pub fn caveats(condition: Condition, format: &str) -> Vec<Caveat> {
    let known = KNOWN.iter().filter(|known| known.conditions.contains(&condition));
    known.filter(|known| known.format == format).map(|known| known.caveat.clone()).collect()
}

/// A caveat with what it is said of.
struct Known {
    conditions: &'static [Condition],
    format: &'static str,
    caveat: Caveat,
}

const SNAPSHOT_697: &[Condition] = &[Condition::Divergence, Condition::SnapshotLoop];
const REPLACED: &[Condition] =
    &[Condition::LostEntries, Condition::SnapshotLoop, Condition::Stuck, Condition::Divergence];

static KNOWN: &[Known] = &[
    Known {
        conditions: SNAPSHOT_697,
        format: "hashicorp",
        caveat: Caveat {
            system: "hashicorp/raft, open in July 2026",
            text: "a snapshot does not always help: on a follower whose entry at the snapshot's last index has another term, that \
                   entry stays, every append is refused, and the snapshot is sent again without end. Log stores that report \
                   themselves monotonic drop the whole log and are not affected. Replace the server instead",
            source: "https://github.com/hashicorp/raft/issues/697",
        },
    },
    Known {
        conditions: &[Condition::SnapshotLoop, Condition::Compaction],
        format: "hashicorp",
        caveat: Caveat {
            system: "hashicorp/raft (Consul)",
            text: "where more entries are written while a snapshot is restored than the leader keeps behind one, each snapshot \
                   is followed by the next: seen with 23 GB and 10 000 trailing logs",
            source: "https://www.ibm.com/support/pages/node/7270935",
        },
    },
    Known {
        conditions: &[Condition::Flapping],
        format: "hashicorp",
        caveat: Caveat {
            system: "hashicorp/raft",
            text: "a server that was removed while it could not hear of it goes on asking for votes: stop its process",
            source: "https://github.com/hashicorp/raft/issues/524",
        },
    },
    Known {
        conditions: &[Condition::Divergence],
        format: "etcd",
        caveat: Caveat {
            system: "etcd-io/raft before the fast log rejection of February 2021",
            text: "a refusal names an index and no term, so that a diverged tail is walked entry by entry: update",
            source: "https://github.com/etcd-io/etcd/pull/11964",
        },
    },
    Known {
        conditions: REPLACED,
        format: "etcd",
        caveat: Caveat {
            system: "etcd",
            text: "add nobody before the old member is removed: that raises the majority, and a new member that does not start \
                   can cost the cluster",
            source: "https://etcd.io/docs/v3.5/faq/",
        },
    },
    Known {
        conditions: &[Condition::Stuck],
        format: "raft-rs",
        caveat: Caveat {
            system: "tikv/raft-rs with a storage of one's own",
            text: "a storage that appends conflicting entries without cutting its own first refuses for ever: look at its `append`",
            source: "https://github.com/tikv/raft-rs/issues/428",
        },
    },
    Known {
        conditions: REPLACED,
        format: "openraft",
        caveat: Caveat {
            system: "openraft",
            text: "an id is never used again, not after a removal either: an empty node under an old id may take an old \
                   configuration for the present one and elect itself",
            source: "https://docs.rs/crate/openraft/0.10.0-alpha.35/source/src/docs/faq/06-operations/09-reuse-node-id.md",
        },
    },
    Known {
        conditions: &[Condition::SnapshotLoop, Condition::Compaction],
        format: "openraft",
        caveat: Caveat {
            system: "openraft",
            text: "sending a snapshot does not keep the leader from purging the entries behind it: with large snapshots raise \
                   `max_in_snapshot_log_to_keep`",
            source: "https://github.com/databendlabs/openraft/issues/1706",
        },
    },
    Known {
        conditions: &[Condition::Divergence],
        format: "openraft",
        caveat: Caveat {
            system: "openraft before 0.7.6",
            text: "entries that differ from the ones in an installed snapshot could stay and be replicated: update first",
            source: "https://github.com/databendlabs/openraft/pull/753",
        },
    },
    Known {
        conditions: &[Condition::LostEntries],
        format: "openraft",
        caveat: Caveat {
            system: "openraft before pull request 1501 (November 2025)",
            text: "a late refusal of a heartbeat could look like a log that went back: see whether the entries are really gone",
            source: "https://github.com/databendlabs/openraft/issues/1500",
        },
    },
    Known {
        conditions: &[Condition::Stuck, Condition::Divergence],
        format: "async-raft",
        caveat: Caveat {
            system: "async-raft, fixed only in openraft",
            text: "with more than 50 conflicting entries the follower answers with its own last entry each time, and the probe \
                   never moves",
            source: "https://github.com/databendlabs/openraft/commit/6d53aa12",
        },
    },
    Known {
        conditions: &[Condition::Divergence],
        format: "nuraft",
        caveat: Caveat {
            system: "eBay NuRaft",
            text: "where terms differ the leader goes back one entry for each refusal: there is no conflict hint",
            source: "https://github.com/eBay/NuRaft/issues/181",
        },
    },
    Known {
        conditions: &[Condition::Divergence, Condition::Lag],
        format: "nuraft",
        caveat: Caveat {
            system: "ClickHouse Keeper before 26.4.1.1132",
            text: "after a snapshot a late reply could start a walk back of one entry each, for about 15 minutes: no divergence",
            source: "https://github.com/ClickHouse/ClickHouse/pull/103406",
        },
    },
    Known {
        conditions: &[Condition::SnapshotLoop],
        format: "nuraft",
        caveat: Caveat {
            system: "ClickHouse NuRaft with snapshot IO in the background, before June 2026",
            text: "each round chose a newer snapshot and began at its start: 43 attempts in 40 minutes",
            source: "https://github.com/ClickHouse/NuRaft/pull/118",
        },
    },
    Known {
        conditions: &[Condition::SnapshotLoop],
        format: "nuraft",
        caveat: Caveat {
            system: "ClickHouse NuRaft without pull request 121 (July 2026)",
            text: "an installation that takes longer than the time-out is done and is not believed: raise the time-out of the \
                   snapshot's round trip",
            source: "https://github.com/ClickHouse/NuRaft/pull/121",
        },
    },
    Known {
        conditions: SNAPSHOT_697,
        format: "generic",
        caveat: Caveat {
            system: "any implementation that keeps entries behind a snapshot",
            text: "one that does not drop a conflicting entry at the snapshot's last index is sent the same snapshot without end, \
                   as hashicorp/raft is: look at yours before you count on a snapshot",
            source: "https://github.com/hashicorp/raft/issues/697",
        },
    },
    Known {
        conditions: &[Condition::Healthy],
        format: "generic",
        caveat: Caveat {
            system: "YugabyteDB, open in July 2026",
            text: "a follower can stand still without one refusal: requests that only repeat what it has succeed, and no line \
                   shows it; compare the committed indexes of all nodes",
            source: "https://github.com/yugabyte/yugabyte-db/issues/32876",
        },
    },
];

#[cfg(test)]
mod tests {
    use super::{KNOWN, caveats};
    use crate::logs::advice::FORMATS;

    #[test]
    fn what_is_said_of_a_system_has_a_public_source() {
        for known in KNOWN {
            let caveat = &known.caveat;
            assert!(caveat.source.starts_with("https://"), "{caveat:?}");
            assert!(!caveat.text.contains("  ") && !caveat.text.ends_with('.'), "{caveat:?}");
            assert!(FORMATS.contains(&known.format), "{}", known.format);
            for condition in known.conditions {
                assert!(caveats(*condition, known.format).contains(caveat));
            }
        }
    }
}
