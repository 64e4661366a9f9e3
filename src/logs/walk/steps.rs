//! How the probed index moves from probe to probe.

/// How the probed index moved.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Steps {
    /// Down by one.
    pub one: u64,
    /// Down by more.
    pub larger: u64,
    /// Not at all.
    pub same: u64,
    /// Up, without a success before.
    pub up: u64,
    /// Back up to where the walk began, from further down.
    pub restarts: u64,
    /// Probes of the same index until now, one after the other.
    pub row: u64,
    /// All steps down together.
    pub down: u64,
    /// The largest step down.
    pub largest: u64,
}

impl Steps {
    /// A probe at `place` after one at `before`, on a walk that began at `begun` and has come down to `lowest`. Tells whether
    /// the index is another one.
    pub(super) fn note(
        &mut self,
        before: Option<u64>,
        place: u64,
        begun: u64,
        lowest: u64,
    ) -> bool {
        let Some(before) = before else {
            self.row = 1;
            return true;
        };
        if place == before {
            self.same += 1;
            self.row += 1;
            return false;
        }
        self.row = 1;
        match before.checked_sub(place) {
            Some(step) => {
                if step == 1 {
                    self.one += 1;
                } else {
                    self.larger += 1;
                }
                self.down = self.down.saturating_add(step);
                self.largest = self.largest.max(step);
            }
            None => {
                self.up += 1;
                // Within a tenth of the way is where it began: the log has grown since.
                let top = begun.saturating_sub((begun - begun.min(lowest)) / 10);
                self.restarts += u64::from(before < top && place >= top);
            }
        }
        true
    }

    /// Steps of any kind.
    pub fn all(&self) -> u64 {
        self.one + self.larger + self.same + self.up
    }

    /// The usual step down: one, if that is what most are; else the mean without a first jump over what the follower lacks.
    pub fn usual(&self) -> Option<f64> {
        let steps = self.one + self.larger;
        if steps == 0 {
            return None;
        }
        if self.one * 2 >= steps {
            return Some(1.0);
        }
        Some(without_outlier(self.down as f64, self.largest as f64, steps))
    }
}

/// A mean, without the largest value if that is far from all others.
pub(super) fn without_outlier(sum: f64, largest: f64, count: u64) -> f64 {
    const FAR: f64 = 10.0;
    let count = count as f64;
    let rest = (sum - largest) / (count - 1.0);
    if count >= 3.0 && rest > 0.0 && largest > FAR * rest { rest } else { sum / count }
}

#[cfg(test)]
mod tests {
    use super::Steps;

    fn walked(places: &[u64]) -> Steps {
        let mut steps = Steps::default();
        let (mut before, mut lowest) = (None, u64::MAX);
        for &place in places {
            steps.note(before, place, places[0], lowest.min(places[0]));
            (before, lowest) = (Some(place), lowest.min(place));
        }
        steps
    }

    #[test]
    fn a_restart_has_a_descent_before_it() {
        assert_eq!(walked(&[5000, 5001, 5002]).restarts, 0);
        assert_eq!(walked(&[100, 90, 80, 100, 90, 80, 100]).restarts, 2);
    }

    #[test]
    fn a_jump_over_what_is_missing_is_not_the_usual_step() {
        assert_eq!(walked(&[400_000, 1000, 999, 998, 997]).usual(), Some(1.0));
        assert_eq!(walked(&[400_000, 1000, 950, 900, 850]).usual(), Some(50.0));
        assert_eq!(walked(&[7, 7]).usual(), None);
    }
}
