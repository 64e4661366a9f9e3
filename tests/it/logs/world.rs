//! A leader and a follower whose logs are known, and what each of them writes while one looks for the other's end.
//!
//! Takes numbers that look random; gives a situation with its truth, and renders it as the lines of a system. What is true is
//! read from the two logs, never from the tool.

use std::fmt::Write;

/// Numbers that look random and are the same each time.
pub(super) struct Numbers(pub(super) u64);

impl Numbers {
    pub(super) fn below(&mut self, bound: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound.max(1)
    }

    pub(super) fn between(&mut self, low: u64, high: u64) -> u64 {
        low + self.below(high - low + 1)
    }

    pub(super) fn one_in(&mut self, number: u64) -> bool {
        self.below(number) == 0
    }
}

/// What happens, each at a time in milliseconds.
#[derive(Clone, Debug)]
pub(super) enum Said {
    /// The follower refuses `index`; its own term there is 0 where it has no entry, and `last` is its last index.
    Refused { index: u64, leader_term: u64, follower_term: u64, last: u64 },
    /// The leader sends a snapshot.
    Snapshot { index: u64, term: u64, first: u64 },
    /// The follower has installed it.
    Restored { index: u64, term: u64 },
    /// Another node leads.
    Elected { node: u64, term: u64 },
}

/// A situation.
#[derive(Clone, Debug)]
pub(super) struct Situation {
    /// The id of the condition that it is.
    pub(super) truth: &'static str,
    /// The follower.
    pub(super) follower: u64,
    /// The leader.
    pub(super) leader: u64,
    /// How many terms of the follower were asked for.
    pub(super) terms_crossed: usize,
    /// How many refusals are written.
    pub(super) refusals: usize,
    /// What happens, in order.
    pub(super) said: Vec<(u64, Said)>,
}

/// Two logs: the term of the entry at each index, from index 1 on.
struct Logs {
    leader: Vec<u64>,
    follower: Vec<u64>,
}

impl Logs {
    fn term(log: &[u64], index: u64) -> u64 {
        index.checked_sub(1).and_then(|at| log.get(at as usize)).copied().unwrap_or(0)
    }

    fn refused(&self, index: u64) -> Said {
        Said::Refused {
            index,
            leader_term: Logs::term(&self.leader, index),
            follower_term: Logs::term(&self.follower, index),
            last: self.follower.len() as u64,
        }
    }

    fn matches(&self, index: u64) -> bool {
        index == 0 || Logs::term(&self.leader, index) == Logs::term(&self.follower, index)
    }
}

/// So many entries of each of the terms.
fn run(log: &mut Vec<u64>, terms: &[u64], each: u64, numbers: &mut Numbers) {
    for &term in terms {
        log.extend(std::iter::repeat_n(term, numbers.between(1, each) as usize));
    }
}

/// A follower with a tail of `tails` terms that the leader lacks.
fn diverged(numbers: &mut Numbers, tails: u64) -> Logs {
    let mut common = Vec::new();
    run(&mut common, &[1, 2], 60, numbers);
    let (mut leader, mut follower) = (common.clone(), common);
    let terms: Vec<u64> = (0..tails).map(|i| 3 + 2 * i).collect();
    run(&mut follower, &terms, 30, numbers);
    let last = 4 + 2 * tails;
    let length = follower.len() + numbers.between(1, 20) as usize;
    leader.resize(length, last);
    Logs { leader, follower }
}

/// The walk of a leader that takes one entry less each time, from the follower's end on or from its own.
fn walk(logs: &Logs, from: u64, time: &mut u64, pace: u64) -> Vec<(u64, Said)> {
    let mut said = Vec::new();
    let mut index = from;
    while !logs.matches(index) {
        said.push((*time, logs.refused(index)));
        *time += pace;
        index -= 1;
    }
    said
}

fn situation(truth: &'static str, numbers: &mut Numbers, said: Vec<(u64, Said)>) -> Situation {
    let mut terms: Vec<u64> = said
        .iter()
        .filter_map(|(_, said)| match said {
            Said::Refused { follower_term, leader_term, .. }
                if *follower_term > 0 && follower_term != leader_term =>
            {
                Some(*follower_term)
            }
            _ => None,
        })
        .collect();
    terms.dedup();
    let refusals = said.iter().filter(|(_, said)| matches!(said, Said::Refused { .. })).count();
    let leader = numbers.between(1, 3);
    let follower = leader + numbers.between(1, 3);
    Situation { truth, follower, leader, terms_crossed: terms.len(), refusals, said }
}

/// One of all the situations.
pub(super) fn any(numbers: &mut Numbers) -> Situation {
    let pace = numbers.between(1, 900);
    let mut time = 0;
    match numbers.below(7) {
        0 | 1 => {
            let tails = numbers.between(2, 6);
            let logs = diverged(numbers, tails);
            let mut said = walk(&logs, logs.follower.len() as u64, &mut time, pace);
            if numbers.one_in(2) {
                // What the lines of a sampled log still show: at least one of each term.
                let keep = numbers.between(2, 9);
                let mut last = 0;
                let mut position = 0;
                said.retain(|(_, said)| {
                    let Said::Refused { follower_term, .. } = said else { return true };
                    let new = *follower_term != last;
                    last = *follower_term;
                    position += 1;
                    new || position % keep == 0
                });
            }
            situation("divergence", numbers, said)
        }
        2 => {
            let mut logs = diverged(numbers, 1);
            logs.follower.truncate(100.min(logs.follower.len()));
            let common = logs.follower.iter().take_while(|term| **term <= 2).count();
            logs.follower.truncate(common);
            let from = common as u64 + numbers.between(9, 40);
            logs.leader.resize(from as usize, 9);
            let said = walk(&logs, from, &mut time, pace);
            situation("lag", numbers, said)
        }
        3 => {
            let logs = diverged(numbers, 2);
            let index = logs.follower.len() as u64;
            let times = numbers.between(6, 40);
            let pace = pace + 250; // requests that were under way together are refused together, too
            let said = (0..times).map(|i| (i * pace, logs.refused(index))).collect();
            situation("stuck", numbers, said)
        }
        4 => {
            let index = numbers.between(200, 9000);
            let snapshot = Said::Snapshot { index, term: 7, first: index + 1 };
            let said = vec![(0, snapshot), (pace, Said::Restored { index, term: 7 })];
            situation("compaction", numbers, said)
        }
        5 => {
            let mut said = Vec::new();
            for round in 0..numbers.between(2, 9) {
                let index = 500 + round;
                said.push((time, Said::Snapshot { index, term: 7, first: 400 }));
                said.push((time + pace, Said::Restored { index, term: 7 }));
                let refused =
                    Said::Refused { index, leader_term: 7, follower_term: 5, last: index + 30 };
                said.push((time + 2 * pace, refused));
                time += 3 * pace;
            }
            said.push((time, Said::Snapshot { index: 600, term: 7, first: 400 }));
            situation("snapshot-loop", numbers, said)
        }
        _ => {
            let mut said = Vec::new();
            for change in 0..numbers.between(4, 12) {
                let node = 1 + change % 2;
                said.push((change * pace, Said::Elected { node, term: 10 + 2 * change }));
            }
            situation("flapping", numbers, said)
        }
    }
}

/// A cluster that works: lines that only look like trouble.
pub(super) fn normal(numbers: &mut Numbers) -> Vec<(u64, String)> {
    let hour = 3_600_000;
    let rejected = |index: u64, term: u64, own: u64| {
        [
            format!(
                "4 [logterm: {own}, index: {index}] rejected MsgApp [logterm: {term}, index: {index}] from 1"
            ),
            format!(
                "1 received MsgAppResp(rejected, hint: (index {}, term {own})) from 4 for index {index}",
                index - 1
            ),
        ]
    };
    let mut lines = Vec::new();
    match numbers.below(4) {
        // Requests that were under way together are refused together.
        0 => {
            for index in 5000..5000 + numbers.between(2, 40) {
                lines.extend(rejected(index, 7, 0).map(|line| (index - 5000, line)));
            }
            lines.push((
                90,
                "1 decreased progress of 4 to [StateProbe match=4990 next=4991]".to_owned(),
            ));
        }
        // A snapshot in each hour.
        1 => {
            for i in 0..numbers.between(3, 20) {
                let index = 1000 * (i + 1);
                lines.push((i * hour, format!("4 [commit: {index}, lastindex: {index}, lastterm: 7] restored snapshot [index: {index}, term: 7]")));
            }
        }
        // Each node is restarted in turn.
        2 => {
            for i in 0..numbers.between(3, 9) {
                let time = i * 4 * 60_000;
                lines.push((time, format!("{} became leader at term {}", i + 1, 10 + i)));
            }
        }
        // One entry of a deposed leader is replaced, after each of a few elections in a month.
        _ => {
            for i in 0..numbers.between(1, 12) {
                let (time, index, term) = (i * 24 * hour, 100 * (i + 1), 5 + i);
                lines.push((time, format!("1 became leader at term {term}")));
                lines.extend(rejected(index, term, term - 1).map(|line| (time + 20, line)));
                lines.push((time + 30, format!("found conflict at index {index} [existing term: {}, conflicting term: {term}]", term - 1)));
            }
        }
    }
    lines
}

/// `2026-01-02T03:04:05.678Z`, so many milliseconds after that.
pub(super) fn time(milliseconds: u64) -> String {
    let all = (3 * 3600 + 4 * 60) * 1000 + 5_678 + milliseconds;
    let (seconds, rest) = (all / 1000, all % 1000);
    let (day, hour, minute) = (2 + seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60);
    format!("2026-01-{day:02}T{hour:02}:{minute:02}:{:02}.{rest:03}Z", seconds % 60)
}

/// The lines of etcd's raft: the leader's and the follower's, with their times.
pub(super) fn etcd(situation: &Situation) -> Vec<(u64, String)> {
    let (leader, follower) = (situation.leader, situation.follower);
    let mut lines = Vec::new();
    for (time, said) in &situation.said {
        let mut push = |after: u64, text: String| lines.push((time + after, text));
        match said {
            Said::Refused { index, leader_term, follower_term, last } => {
                push(
                    0,
                    format!(
                        "{follower} [logterm: {follower_term}, index: {index}] rejected MsgApp [logterm: {leader_term}, index: {index}] from {leader}"
                    ),
                );
                let hint = index.min(last);
                push(
                    0,
                    format!(
                        "{leader} received MsgAppResp(rejected, hint: (index {hint}, term {follower_term})) from {follower} for index {index}"
                    ),
                );
            }
            Said::Snapshot { index, term, first } => push(
                0,
                format!(
                    "{leader} [firstindex: {first}, commit: {index}] sent snapshot[index: {index}, term: {term}] to {follower} [StateProbe match=0 next={}]",
                    first - 1
                ),
            ),
            Said::Restored { index, term } => push(
                0,
                format!(
                    "{follower} [commit: {index}, lastindex: {index}, lastterm: {term}] restored snapshot [index: {index}, term: {term}]"
                ),
            ),
            Said::Elected { node, term } => push(0, format!("{node} became leader at term {term}")),
        }
    }
    lines
}

/// The lines of the form that names everything; it has none about snapshots and elections.
pub(super) fn generic(situation: &Situation) -> Option<Vec<(u64, String)>> {
    let follower = situation.follower;
    let mut lines = Vec::new();
    for (time, said) in &situation.said {
        let Said::Refused { index, leader_term, follower_term, last } = said else { return None };
        let own = if *follower_term == 0 { *last } else { *index };
        let own_term = if *follower_term == 0 { 2 } else { *follower_term };
        let mut line = String::new();
        write!(line, "raft: AppendEntries -> n{follower} failure (mismatch at idx={index} term={leader_term} ").ok()?;
        write!(line, "vs follower idx={own} term={own_term})").ok()?;
        lines.push((*time, line));
    }
    Some(lines)
}
