//! The situations. Each says in its comment what is true in it, and prints the nodes' state.

use std::io;
use std::path::Path;

use slog::Level;

use crate::cluster::{Cluster, Setup};
use crate::output::{self, Clock, Layout, Sink};

type Scenario = fn(&Path) -> io::Result<()>;

pub(crate) const ALL: &[(&str, Scenario)] = &[
    ("divergence", divergence),
    ("divergence-many-terms", divergence_many_terms),
    ("divergence-default-level", divergence_default_level),
    ("divergence-tikv", divergence_tikv),
    ("lag", lag),
    ("compaction", compaction),
    ("flapping", flapping),
    ("healthy", healthy),
];

/// A group whose nodes write a file each.
fn cluster(directory: &Path, size: u64, level: Level, clock: &Clock) -> io::Result<Cluster> {
    let loggers: io::Result<Vec<_>> = (1..=size)
        .map(|id| {
            let sink = Sink::create(&directory.join(format!("node-{id}.log")))?;
            Ok(output::logger(sink, level, Layout::Term, clock))
        })
        .collect();
    Ok(Cluster::new(&loggers?, &Setup { region: None, message_size: 4096 }, clock))
}

fn say(directory: &Path, what: &str, cluster: &mut Cluster, ids: &[u64]) {
    let name = directory.file_name().unwrap_or_default().display().to_string();
    for &id in ids {
        let state = cluster.state(id);
        eprintln!("{name}: {what}: {state}");
    }
}

/// Nodes 1 and 4 take turns as leader without hearing each other's entries: 4 in even terms, 1 in
/// odd ones. 1 shares its log with 2, while 4 keeps its own for itself, until 1 wins for good.
fn diverge(cluster: &mut Cluster, terms: usize, per_term: usize) {
    cluster.elect(1);
    cluster.propose(1, 5);
    cluster.tick(1);
    cluster.split_entries(&[&[1, 2], &[3], &[4], &[5]]);
    for _ in 0..terms {
        cluster.elect(4);
        cluster.propose(4, per_term);
        cluster.elect(1);
        cluster.propose(1, per_term);
    }
    cluster.propose(1, 2 * per_term);
}

/// Joins everybody again under node 1.
fn rejoin(cluster: &mut Cluster) {
    cluster.join_entries();
    for _ in 0..5 {
        cluster.tick(1);
    }
    cluster.propose(1, 3);
    cluster.tick(1);
}

/// Four ends up with three terms that nobody else has.
fn divergence(directory: &Path) -> io::Result<()> {
    let clock = Clock::default();
    let mut cluster = cluster(directory, 5, Level::Debug, &clock)?;
    diverge(&mut cluster, 3, 14);
    say(directory, "before", &mut cluster, &[1, 4]);
    rejoin(&mut cluster);
    say(directory, "after", &mut cluster, &[1, 4]);
    Ok(())
}

/// As above, with a dozen terms on each side: one probe for each.
fn divergence_many_terms(directory: &Path) -> io::Result<()> {
    let clock = Clock::default();
    let mut cluster = cluster(directory, 5, Level::Debug, &clock)?;
    diverge(&mut cluster, 12, 3);
    say(directory, "before", &mut cluster, &[1, 4]);
    rejoin(&mut cluster);
    say(directory, "after", &mut cluster, &[1, 4]);
    Ok(())
}

/// The first one again, as a production log has it: at info.
fn divergence_default_level(directory: &Path) -> io::Result<()> {
    let clock = Clock::default();
    let mut cluster = cluster(directory, 5, Level::Info, &clock)?;
    diverge(&mut cluster, 3, 14);
    say(directory, "before", &mut cluster, &[1, 4]);
    rejoin(&mut cluster);
    say(directory, "after", &mut cluster, &[1, 4]);
    Ok(())
}

/// Two regions in five processes, all in one file in TiKV's layout behind container names.
/// Region 2 diverges; region 7 only works.
fn divergence_tikv(directory: &Path) -> io::Result<()> {
    let clock = Clock::default();
    let sink = Sink::create(&directory.join("compose.log"))?;
    let loggers: Vec<_> = (1..=5)
        .map(|id| {
            let sink = sink.of_container(&format!("tikv{id}"));
            output::logger(sink, Level::Debug, Layout::Unified, &clock)
        })
        .collect();
    let mut diverging =
        Cluster::new(&loggers, &Setup { region: Some(2), message_size: 4096 }, &clock);
    let mut working =
        Cluster::new(&loggers[..3], &Setup { region: Some(7), message_size: 4096 }, &clock);
    working.elect(3);
    diverge(&mut diverging, 3, 1);
    say(directory, "before", &mut diverging, &[1, 4]);
    working.propose(3, 4);
    diverging.join_entries();
    for _ in 0..3 {
        diverging.tick(1);
        working.propose(3, 1);
    }
    say(directory, "after", &mut diverging, &[1, 4]);
    say(directory, "after", &mut working, &[1, 2, 3]);
    Ok(())
}

/// Node 3 is away while the leader goes on, and hears the rest when it is back.
fn lag(directory: &Path) -> io::Result<()> {
    let clock = Clock::default();
    let mut cluster = cluster(directory, 3, Level::Debug, &clock)?;
    cluster.elect(1);
    cluster.propose(1, 10);
    cluster.tick(1);
    cluster.cut_off(3);
    cluster.propose(1, 40);
    say(directory, "before", &mut cluster, &[1, 3]);
    cluster.reconnect(3);
    for _ in 0..5 {
        cluster.tick(1);
    }
    cluster.propose(1, 3);
    say(directory, "after", &mut cluster, &[1, 3]);
    Ok(())
}

/// Node 3 is away for so long that the leader has dropped what it needs.
fn compaction(directory: &Path) -> io::Result<()> {
    let clock = Clock::default();
    let mut cluster = cluster(directory, 3, Level::Debug, &clock)?;
    cluster.elect(1);
    cluster.propose(1, 10);
    cluster.tick(1);
    cluster.cut_off(3);
    cluster.propose(1, 40);
    cluster.unreachable(1, 3);
    let commit = cluster.commit(1);
    cluster.compact(1, commit - 10);
    say(directory, "before", &mut cluster, &[1, 3]);
    cluster.reconnect(3);
    for _ in 0..2 {
        cluster.tick(1);
    }
    cluster.snapshot_arrived(1, 3);
    for _ in 0..2 {
        cluster.tick(1);
    }
    cluster.propose(1, 3);
    say(directory, "after", &mut cluster, &[1, 3]);
    Ok(())
}

/// Nodes 1 and 2 take the leadership from each other twelve times; hardly anything is written.
fn flapping(directory: &Path) -> io::Result<()> {
    let clock = Clock::default();
    let mut cluster = cluster(directory, 3, Level::Debug, &clock)?;
    for _ in 0..6 {
        for leader in [1, 2] {
            cluster.elect(leader);
            cluster.propose(leader, 1);
            cluster.tick(leader);
        }
    }
    say(directory, "after", &mut cluster, &[1, 2, 3]);
    Ok(())
}

/// One leader, everybody there, at the most verbose level.
fn healthy(directory: &Path) -> io::Result<()> {
    let clock = Clock::default();
    let mut cluster = cluster(directory, 3, Level::Trace, &clock)?;
    cluster.elect(1);
    for _ in 0..8 {
        cluster.propose(1, 4);
        cluster.tick(1);
    }
    say(directory, "after", &mut cluster, &[1, 2, 3]);
    Ok(())
}
