//! The situations. Each says in its comment what is true in it, and prints the nodes' state.

use std::io;
use std::path::Path;

use tracing::Level;

use crate::cluster::{Cluster, Run};

type Scenario = fn(&Path) -> io::Result<()>;

pub(crate) const ALL: &[(&str, Scenario)] = &[
    ("divergence", |directory| divergence(directory, Level::DEBUG)),
    ("divergence-default-level", |directory| divergence(directory, Level::INFO)),
    ("lag", lag),
    ("compaction", compaction),
    ("flapping", flapping),
    ("healthy", healthy),
];

fn run(term: u64, leader: u64, last: u64) -> Run {
    Run { term, leader, last }
}

/// Node 3 comes back with a tail of three terms that the leader, node 1, lacks.
fn divergence(directory: &Path, level: Level) -> io::Result<()> {
    let mut cluster = Cluster::new(directory, level, Level::INFO)?;
    cluster.quieten_core();
    for id in [1, 2] {
        let theirs = [run(1, 1, 4), run(3, 1, 12), run(5, 1, 30), run(7, 1, 120)];
        cluster.prepare(id, &theirs);
    }
    cluster.prepare(3, &[run(1, 1, 4), run(2, 3, 12), run(4, 3, 30), run(6, 3, 110)]);
    cluster.start(2)?;
    cluster.start(1)?;
    cluster.elect(1);
    cluster.say("before", &[1, 3]);
    cluster.start(3)?;
    cluster.settle();
    cluster.heartbeat(1);
    cluster.write(1, 1);
    cluster.settle();
    cluster.say("after", &[1, 3]);
    cluster.stop();
    Ok(())
}

/// Node 3 was down while the others went on; what it has is right.
fn lag(directory: &Path) -> io::Result<()> {
    let mut cluster = Cluster::new(directory, Level::DEBUG, Level::INFO)?;
    cluster.quieten_core();
    for id in [1, 2] {
        cluster.prepare(id, &[run(1, 1, 4), run(2, 1, 60)]);
    }
    cluster.prepare(3, &[run(1, 1, 4)]);
    cluster.start(2)?;
    cluster.start(1)?;
    cluster.elect(1);
    cluster.say("before", &[1, 3]);
    cluster.start(3)?;
    cluster.settle();
    cluster.heartbeat(1);
    cluster.say("after", &[1, 3]);
    cluster.stop();
    Ok(())
}

/// Node 3 was down for so long that the leader has dropped what it needs.
fn compaction(directory: &Path) -> io::Result<()> {
    let mut cluster = Cluster::new(directory, Level::DEBUG, Level::INFO)?;
    cluster.quieten_core();
    for id in [1, 2] {
        cluster.prepare(id, &[run(1, 1, 4), run(2, 1, 60)]);
    }
    cluster.prepare(3, &[run(1, 1, 4)]);
    cluster.start(2)?;
    cluster.start(1)?;
    cluster.elect(1);
    cluster.compact(1, 50);
    cluster.say("before", &[1, 3]);
    cluster.start(3)?;
    cluster.settle();
    cluster.heartbeat(1);
    cluster.say("after", &[1, 3]);
    cluster.stop();
    Ok(())
}

/// Nodes 1 and 2 take the leadership from each other; hardly anything is written.
fn flapping(directory: &Path) -> io::Result<()> {
    let mut cluster = Cluster::new(directory, Level::INFO, Level::INFO)?;
    for id in [1, 2, 3] {
        cluster.prepare(id, &[run(1, 1, 4)]);
        cluster.start(id)?;
    }
    for _ in 0..4 {
        for leader in [1, 2] {
            cluster.elect(leader);
            cluster.heartbeat(leader);
        }
    }
    cluster.say("after", &[1, 2, 3]);
    cluster.stop();
    Ok(())
}

/// Three nodes at work.
fn healthy(directory: &Path) -> io::Result<()> {
    let mut cluster = Cluster::new(directory, Level::TRACE, Level::INFO)?;
    for id in [1, 2, 3] {
        cluster.prepare(id, &[run(1, 1, 4)]);
        cluster.start(id)?;
    }
    cluster.elect(1);
    cluster.write(1, 1);
    cluster.say("after", &[1, 2, 3]);
    cluster.stop();
    Ok(())
}
