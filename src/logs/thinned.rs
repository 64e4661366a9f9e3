//! A row of any length, thinned to a bound: every second element goes whenever it is full. The first and the last stay.

/// The row.
#[derive(Clone, Debug)]
pub struct Thinned<T> {
    kept: Vec<T>,
    /// The last one that was added, if it is not kept.
    last: Option<T>,
    /// One in so many is kept.
    every: u64,
    seen: u64,
    most: usize,
}

impl<T: Clone> Thinned<T> {
    /// An empty row that keeps at most so many.
    pub fn new(most: usize) -> Self {
        Thinned { kept: Vec::new(), last: None, every: 1, seen: 0, most: most.max(2) }
    }

    /// Adds an element.
    pub fn add(&mut self, element: T) {
        if self.seen.is_multiple_of(self.every) {
            if self.kept.len() >= self.most {
                let mut position = 0;
                self.kept.retain(|_| {
                    position += 1;
                    position % 2 == 1
                });
                self.every *= 2;
            }
            if self.seen.is_multiple_of(self.every) {
                self.kept.push(element);
                self.last = None;
            } else {
                self.last = Some(element);
            }
        } else {
            self.last = Some(element);
        }
        self.seen += 1;
    }

    /// What is kept, in order.
    pub fn into_kept(self) -> Vec<T> {
        let mut kept = self.kept;
        kept.extend(self.last);
        kept
    }
}

#[cfg(test)]
mod tests {
    use super::Thinned;

    #[test]
    fn keeps_first_and_last_and_order_within_its_bound() {
        for count in [0_u64, 1, 2, 7, 8, 9, 1000, 4097] {
            let mut row = Thinned::new(8);
            (0..count).for_each(|number| row.add(number));
            let kept = row.into_kept();
            assert!(kept.len() <= 9, "{count}: {kept:?}");
            assert!(kept.is_sorted(), "{kept:?}");
            assert_eq!(kept.first().copied(), (count > 0).then_some(0));
            assert_eq!(kept.last().copied(), count.checked_sub(1));
        }
    }
}
