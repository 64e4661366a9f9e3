//! Files that grow, and what is diagnosed while they do.
//!
//! Takes the files; each look gives the diagnoses that are new or have changed. What several files say within one look is put in
//! order of time, as far as a bound on how much is held allows.

use std::collections::BTreeMap;

use super::condition::Condition;
use super::diagnosed::{Diagnosed, Diagnosis};
use super::event::Event;
use super::format::recognise::Recogniser;
use super::input::{Follow, LogFile};
use super::labels;
use super::merge::Clock;
use super::names::{Name, Names};
use super::reading::{Counted, events};
use super::session::Session;

/// So many events of one look are put in order together.
const MAX_HELD: usize = 10_000;

/// After so many it is forgotten who was told of.
const MAX_TOLD: usize = 10_000;

/// The state.
pub struct Following<'r> {
    recogniser: &'r Recogniser,
    follow: Follow,
    labels: Vec<Option<Name>>,
    names: Names,
    session: Session,
    counted: Counted,
    clocks: Vec<Clock>,
    held: Vec<(i64, Event)>,
    /// How many events were judged.
    judged: u64,
    /// The condition of each that was told last.
    told: BTreeMap<Told, Condition>,
}

/// What tells diagnoses apart: the number of the walk, or the group of an election.
type Told = (u64, Option<String>);

impl<'r> Following<'r> {
    /// Nothing is read yet.
    pub fn new(files: &[LogFile], recogniser: &'r Recogniser, formats: Vec<String>) -> Self {
        let mut names = Names::default();
        let labels = labels::named(files, &mut names);
        Following {
            recogniser,
            follow: Follow::new(files),
            labels,
            names,
            session: Session::new(formats),
            counted: Counted::default(),
            clocks: vec![Clock::default(); files.len()],
            held: Vec::new(),
            judged: 0,
            told: BTreeMap::new(),
        }
    }

    /// Looks once at every file; tells whether there was anything.
    pub fn look(&mut self) -> bool {
        self.take(false)
    }

    /// Whether nothing will ever come.
    pub fn is_over(&self) -> bool {
        self.follow.is_over()
    }

    /// What has happened to the files.
    pub fn take_notes(&mut self) -> Vec<String> {
        self.follow.take_notes()
    }

    /// The diagnoses that were not told yet, or as another condition; healthy ones are told only where they were ill.
    pub fn changed(&mut self) -> Vec<Diagnosis> {
        if self.session.added == self.judged {
            return Vec::new();
        }
        self.judged = self.session.added;
        if self.told.len() > MAX_TOLD {
            self.told.clear();
        }
        let (diagnoses, _) = self.session.now(&self.names);
        let is_new = |one: &Diagnosis| {
            let who = (one.serial, one.group.clone());
            let before = self.told.insert(who, one.condition);
            before.map_or(one.condition != Condition::Healthy, |before| before != one.condition)
        };
        diagnoses.into_iter().filter(is_new).collect()
    }

    /// The whole report.
    pub fn end(mut self) -> Diagnosed {
        self.take(true);
        let read = self.follow.read();
        self.session.end(&self.names, read, self.counted, &self.clocks)
    }

    fn take(&mut self, last: bool) -> bool {
        let Following { recogniser, follow, labels, names, session, counted, clocks, held, .. } =
            self;
        let on_block = |file: usize, block: super::input::Block<'_>| {
            let from = (u32::try_from(file).unwrap_or(u32::MAX), labels[file]);
            events(recogniser, &block, from, names, counted, |mut event| {
                let time = clocks[file].set(&mut event);
                held.push((time, event));
            });
            if held.len() >= MAX_HELD {
                flush(held, session, names);
            }
        };
        let any = if last {
            follow.finish(on_block);
            true
        } else {
            follow.poll(on_block)
        };
        flush(held, session, names);
        any
    }
}

fn flush(held: &mut Vec<(i64, Event)>, session: &mut Session, names: &Names) {
    held.sort_by_key(|(time, _)| *time); // stable: lines of one file stay in order
    for (_, event) in held.drain(..) {
        session.add(&event, names);
    }
}
