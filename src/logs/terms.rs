//! The terms that a walk crosses, as runs of equal ones, with a bound on how many are kept.

/// More runs than this are counted, not kept.
const MAX_RUNS: usize = 64;

/// Probes of one term, one after the other.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TermRun {
    /// The term.
    pub term: u64,
    /// How many probes.
    pub probes: u64,
}

/// The terms of one side along a walk.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Terms {
    /// The runs, in order of time.
    pub runs: Vec<TermRun>,
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
        let Some(run) = self.runs.last_mut() else {
            self.begin(term);
            return true;
        };
        if run.term == term {
            run.probes += 1;
            return false;
        }
        if term < run.term {
            self.falls += 1;
        } else {
            self.rises += 1;
        }
        self.begin(term);
        true
    }

    fn begin(&mut self, term: u64) {
        self.count += 1;
        let run = TermRun { term, probes: 1 };
        if self.runs.len() < MAX_RUNS {
            self.runs.push(run);
        } else if let Some(last) = self.runs.last_mut() {
            *last = run;
        }
    }

    /// The term of the last probe.
    pub fn last(&self) -> Option<u64> {
        self.runs.last().map(|run| run.term)
    }

    /// The terms in words: "11, 10, 8".
    pub fn listed(&self) -> String {
        const SHOWN: usize = 8;
        let terms: Vec<String> = self.runs.iter().map(|run| run.term.to_string()).collect();
        if terms.len() <= SHOWN {
            return terms.join(", ");
        }
        let (head, tail) = (&terms[..SHOWN / 2], &terms[terms.len() - SHOWN / 2..]);
        format!("{}, …, {}", head.join(", "), tail.join(", "))
    }
}
