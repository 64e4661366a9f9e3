//! Words as numbers, how much two pieces of text have in common, and how much it may cost to find out.
//!
//! Takes words; gives numbers that are the same for the same word in both versions. What is compared
//! comes from a stranger: everything that costs more than one look at each word is paid out of [`Work`].

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

/// The numbers of words.
#[derive(Default)]
pub(super) struct Lexicon<'v> {
    ids: RefCell<HashMap<&'v str, u32>>,
}

impl<'v> Lexicon<'v> {
    /// The number of a word.
    pub(super) fn id(&self, word: &'v str) -> u32 {
        let mut ids = self.ids.borrow_mut();
        let next = ids.len() as u32;
        *ids.entry(word).or_insert(next)
    }
}

/// The words of a piece in the order of their numbers, each as often as it occurs.
pub(super) struct Bag(Vec<u32>);

impl Bag {
    pub(super) fn new(mut words: Vec<u32>) -> Self {
        words.sort_unstable();
        Bag(words)
    }

    /// How many words are in it.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }
}

/// Shorter pieces have too much in common with everything.
const MIN_WORDS: usize = 16;

/// How much two bags have in common, in percent. A piece that was taken out of another one is like it.
pub(super) fn likeness(Bag(a): &Bag, Bag(b): &Bag) -> usize {
    let (mut i, mut j, mut shared) = (0, 0, 0);
    while i < a.len() && j < b.len() {
        let (x, y) = (a[i], b[j]);
        shared += usize::from(x == y);
        i += usize::from(x <= y);
        j += usize::from(y <= x);
    }
    let smaller = a.len().min(b.len());
    let whole = 200 * shared / (a.len() + b.len()).max(1);
    let part = if smaller >= MIN_WORDS { 80 * shared / smaller } else { 0 };
    whole.max(part)
}

/// Steps for one comparison of two versions: about half a second.
const MAX_STEPS: usize = 1 << 28;

/// The steps that are left.
pub(super) struct Work {
    left: Cell<usize>,
    exhausted: Cell<bool>,
}

/// There is not enough work left for an answer.
#[derive(Debug)]
pub(super) struct Exhausted;

impl Work {
    pub(super) fn new() -> Self {
        Work { left: Cell::new(MAX_STEPS), exhausted: Cell::new(false) }
    }

    /// Takes so many steps.
    pub(super) fn spend(&self, steps: usize) -> Result<(), Exhausted> {
        match self.left.get().checked_sub(steps) {
            Some(left) => {
                self.left.set(left);
                Ok(())
            }
            None => {
                self.exhausted.set(true);
                Err(Exhausted)
            }
        }
    }

    /// Whether there was a question without an answer.
    pub(super) fn is_exhausted(&self) -> bool {
        self.exhausted.get()
    }
}
