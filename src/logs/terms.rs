//! The terms that a walk crosses, as runs of equal ones, with a bound on how many are kept.

/// More runs than this are counted, not kept.
const MAX_RUNS: usize = 64;

/// The terms of one side along a walk.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Terms {
    /// The term of each run, in order of time.
    pub runs: Vec<u64>,
    /// How many runs there were; the last kept run stands for those that are not kept.
    pub count: u64,
    /// How often the next run's term was lower.
    pub falls: u64,
    /// How often it was higher.
    pub rises: u64,
    /// The highest of all.
    pub highest: Option<u64>,
}

impl Terms {
    /// Adds a probe; tells whether it begins a run.
    pub fn add(&mut self, term: u64) -> bool {
        self.highest = self.highest.max(Some(term));
        match self.last() {
            Some(last) if last == term => return false,
            Some(last) if term < last => self.falls += 1,
            Some(_) => self.rises += 1,
            None => {}
        }
        self.begin(term);
        true
    }

    fn begin(&mut self, term: u64) {
        self.count += 1;
        if self.runs.len() < MAX_RUNS {
            self.runs.push(term);
        } else if let Some(last) = self.runs.last_mut() {
            *last = term;
        }
    }

    /// The term of the last probe.
    pub fn last(&self) -> Option<u64> {
        self.runs.last().copied()
    }

    /// The terms in words: "11, 10, 8".
    pub fn listed(&self) -> String {
        const SHOWN: usize = 8;
        let terms: Vec<String> = self.runs.iter().map(ToString::to_string).collect();
        if terms.len() <= SHOWN {
            return terms.join(", ");
        }
        let (head, tail) = (&terms[..SHOWN / 2], &terms[terms.len() - SHOWN / 2..]);
        format!("{}, …, {}", head.join(", "), tail.join(", "))
    }
}
