//! Diagnoses as they come, within a bound: the worst are kept, of the others it is counted how many there were.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::condition::Condition;
use super::diagnosed::Diagnosis;

/// So many diagnoses are kept.
const MAX_KEPT: usize = 1000;
/// And of one that is healthy, so many.
const MAX_HEALTHY: usize = 50;

/// What is kept.
#[derive(Clone, Debug, Default)]
pub struct Collected {
    kept: Vec<Diagnosis>,
    healthy: usize,
    /// What is not kept.
    pub left_out: BTreeMap<Condition, u64>,
}

impl Collected {
    /// Adds a diagnosis.
    pub fn add(&mut self, diagnosis: Diagnosis) {
        if diagnosis.condition == Condition::Healthy {
            if self.healthy >= MAX_HEALTHY {
                *self.left_out.entry(Condition::Healthy).or_default() += 1;
                return;
            }
            self.healthy += 1;
        }
        self.kept.push(diagnosis);
        if self.kept.len() >= 2 * MAX_KEPT {
            self.shorten();
        }
    }

    /// All that is kept, the worst first, and among equals in order of time.
    pub fn sorted(mut self) -> (Vec<Diagnosis>, BTreeMap<Condition, u64>) {
        self.shorten();
        (self.kept, self.left_out)
    }

    fn shorten(&mut self) {
        // A stable sort: without times, the order in which they came stays.
        let key = |one: &Diagnosis| {
            (Reverse(one.severity), one.condition, one.time.map(|(first, _)| first))
        };
        self.kept.sort_by_key(key);
        for dropped in self.kept.drain(MAX_KEPT.min(self.kept.len())..) {
            *self.left_out.entry(dropped.condition).or_default() += 1;
            self.healthy -= usize::from(dropped.condition == Condition::Healthy);
        }
    }
}
