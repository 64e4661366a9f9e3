//! The binary under watch: how long it takes, how much memory, and whether it ends by itself.

use std::time::{Duration, Instant};

use crate::tree::{Ended, Tree, ended};

/// How a run ended, and what it took.
pub(super) struct Watched {
    pub(super) ended: Ended,
    pub(super) time: Duration,
    /// The peak of the resident memory in MiB, where the system tells it.
    pub(super) peak: Option<u64>,
}

/// Seconds that a megabyte may take, and what a run takes beside that where a machine has much else to do.
const SECONDS_PER_MEGABYTE: f64 = 2.0;
const SECONDS: f64 = 8.0;

/// Peak memory that a run may take, and for each MiB of input, in MiB.
const PEAK: u64 = 200;
const PEAK_PER_MEBIBYTE: u64 = 200;

/// Checks a tree.
pub(super) fn check(tree: &Tree) -> Watched {
    let mut command = tree.command();
    command.args(["--stats", "--format", "json"]);
    let started = Instant::now();
    let ended = ended(&mut command);
    let time = started.elapsed();
    let peak = ended.err.lines().find_map(|line| line.strip_prefix("peak memory"));
    let peak = peak.and_then(|peak| peak.trim().strip_suffix(" MiB")?.trim().parse().ok());
    Watched { ended, time, peak }
}

/// Checks one file; gives what is wrong with how that ended.
pub(super) fn wrong(text: &[u8]) -> Vec<String> {
    let tree = Tree::with(&[]);
    tree.write("lib.rs", text);
    let Watched { ended, time, peak } = check(&tree);
    let mut wrong = Vec::new();
    if !matches!(ended.code, Some(0..=2)) {
        wrong.push(format!("ended with {:?}: {}", ended.code, ended.err));
    }
    if ended.err.contains("internal error") || ended.out.contains("\"internal\"") {
        wrong.push(ended.err.clone());
    }
    let megabytes = text.len() as f64 / 1e6;
    if time.as_secs_f64() > SECONDS + SECONDS_PER_MEGABYTE * megabytes {
        wrong.push(format!("takes {time:?} for {megabytes:.1} MB"));
    }
    let most = PEAK + ((PEAK_PER_MEBIBYTE * text.len() as u64) >> 20);
    if let Some(peak) = peak.filter(|peak| *peak > most) {
        wrong.push(format!("takes {peak} MiB for {megabytes:.1} MB"));
    }
    wrong
}

/// The kind of the only problem that checking one file tells of.
pub(super) fn problem(text: &[u8]) -> Option<String> {
    let tree = Tree::with(&[]);
    tree.write("lib.rs", text);
    let report = check(&tree).ended.json();
    report["problems"][0]["kind"].as_str().map(str::to_owned)
}
