//! The events of several files as one row, in order of time.
//!
//! Takes a source of events for each file; gives the events one after the other. Within a file the order stays that of its
//! lines, whatever their times; between files the earliest next line comes first, so that rotated files may be named in any
//! order. Only the next event of each file is held.

mod clock;

pub use self::clock::Clock;

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::event::Event;
use super::names::Names;

/// So many files are open before their turn.
const MAX_OPEN: usize = 64;

/// What gives the events of one file.
pub trait Source {
    /// Puts the next event there; `false` at the end.
    fn next(&mut self, names: &mut Names, event: &mut Event) -> bool;

    /// The event that was given last is not needed for a while: whoever can goes on from it later, and holds nothing until
    /// then.
    fn rest(&mut self, event: &Event);
}

/// The row.
#[derive(Debug)]
pub struct Merge<S> {
    sources: Vec<Head<S>>,
    /// Time of the next event, when its source had its turn last, and its position: the earliest, then the one that has waited
    /// longest, since many clocks tell seconds only.
    order: BinaryHeap<Reverse<(i64, u64, usize)>>,
    turns: u64,
    /// The source whose event was given last.
    given: Option<usize>,
}

#[derive(Debug)]
struct Head<S> {
    source: S,
    clock: Clock,
    next: Event,
}

impl<S: Source> Merge<S> {
    /// Reads up to the first event of each source.
    pub fn new(sources: impl IntoIterator<Item = S>, names: &mut Names) -> Self {
        let mut merge =
            Merge { sources: Vec::new(), order: BinaryHeap::new(), turns: 0, given: None };
        for source in sources {
            merge.sources.push(Head { source, clock: Clock::default(), next: Event::default() });
            let position = merge.sources.len() - 1;
            merge.advance(position, names);
            if position >= MAX_OPEN {
                let head = &mut merge.sources[position];
                head.source.rest(&head.next);
            }
        }
        merge
    }

    /// The next event of all.
    pub fn next_event(&mut self, names: &mut Names) -> Option<&Event> {
        if let Some(given) = self.given.take() {
            self.advance(given, names);
        }
        let Reverse((_, _, position)) = self.order.pop()?;
        self.given = Some(position);
        Some(&self.sources[position].next)
    }

    /// The sources, when they are done.
    pub fn into_sources(self) -> impl Iterator<Item = (S, Clock)> {
        self.sources.into_iter().map(|head| (head.source, head.clock))
    }

    fn advance(&mut self, position: usize, names: &mut Names) {
        let head = &mut self.sources[position];
        if head.source.next(names, &mut head.next) {
            let time = head.clock.set(&mut head.next);
            self.turns += 1;
            self.order.push(Reverse((time, self.turns, position)));
        }
    }
}
