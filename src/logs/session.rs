//! From events to the whole result, while they come.
//!
//! Takes events in order of time; gives what is diagnosed until now, or at the end everything. Memory is bounded by the
//! bounds of [`super::episode`] and [`super::collected`].

use std::collections::{BTreeMap, BTreeSet};

use super::advice;
use super::collected::Collected;
use super::condition::Condition;
use super::diagnosed::{Diagnosed, Diagnosis, FileRead, Read};
use super::diagnosis::{self, Context};
use super::episode::{Episodes, MAX_GROUPS, MAX_OPEN};
use super::event::{Event, EventKind};
use super::format::recognise::Recogniser;
use super::input::LogFile;
use super::labels;
use super::merge::{Clock, Merge};
use super::names::{Name, Names};
use super::reading::{Counted, Reading};
use super::walk::Walk;

/// What is known until now.
#[derive(Debug)]
pub struct Session {
    /// How many events were added.
    pub added: u64,
    formats: Vec<String>,
    episodes: Episodes,
    collected: Collected,
    ended: Vec<Walk>,
    /// The groups of which lines tell about followers.
    groups: BTreeSet<Option<Name>>,
    /// The group of the line before.
    group: Option<Option<Name>>,
    /// The formats of which a rejection was seen.
    shown: Vec<bool>,
}

impl Session {
    /// Nothing is known; the ids of all formats.
    pub fn new(formats: Vec<String>) -> Self {
        let shown = vec![false; formats.len()];
        Session {
            added: 0,
            formats,
            episodes: Episodes::default(),
            collected: Collected::default(),
            ended: Vec::new(),
            groups: BTreeSet::new(),
            group: None,
            shown,
        }
    }

    /// Adds an event.
    pub fn add(&mut self, event: &Event, names: &Names) {
        self.added += 1;
        if matches!(event.kind, EventKind::Rejected | EventKind::NextIndexMoved)
            && let Some(shown) = self.shown.get_mut(usize::from(event.format))
        {
            *shown = true;
        }
        if !matches!(event.kind, EventKind::LeaderElected | EventKind::ElectionStarted)
            && self.group != Some(event.group)
            && self.groups.len() < MAX_GROUPS
        {
            self.group = Some(event.group);
            self.groups.insert(event.group);
        }
        self.episodes.add(event, names, &mut self.ended);
        if !self.ended.is_empty() {
            let context = Context { names, formats: &self.formats };
            for walk in self.ended.drain(..) {
                self.collected.add(diagnosis::of_walk(walk, &context));
            }
        }
    }

    /// What is diagnosed until now, the worst first.
    pub fn now(&self, names: &Names) -> (Vec<Diagnosis>, BTreeMap<Condition, u64>) {
        let context = Context { names, formats: &self.formats };
        let mut collected = self.collected.clone();
        for walk in self.episodes.open(names) {
            collected.add(diagnosis::of_walk(walk, &context));
        }
        let mut groups: Vec<_> = self.episodes.elections.iter().collect();
        groups.sort_by_key(|(group, _)| **group);
        for (group, elections) in groups {
            match diagnosis::of_elections(*group, elections, &context) {
                Some(diagnosis) => collected.add(diagnosis),
                None if !self.groups.contains(group) => {
                    collected.add(diagnosis::of_quiet_group(*group, elections, &context));
                }
                None => {}
            }
        }
        collected.sorted()
    }

    /// The logs have ended.
    pub fn end(
        self,
        names: &Names,
        files: Vec<FileRead>,
        counted: Counted,
        clocks: &[Clock],
    ) -> Diagnosed {
        let (mut diagnoses, left_out) = self.now(names);
        let shown: Vec<&str> = files.iter().map(|file| file.name.as_str()).collect();
        let mut notes = self.notes(&shown, clocks);
        if names.is_full() {
            notes.push(
                "there are more nodes than can be told apart: the rest are called `(others)`"
                    .to_owned(),
            );
        }
        let recognised: u64 = counted.formats.iter().sum();
        if diagnoses.is_empty() && recognised > 0 {
            let main = counted.formats.iter().enumerate().max_by_key(|(_, lines)| **lines);
            let format = main.and_then(|(at, _)| self.formats.get(at)).cloned().unwrap_or_default();
            diagnoses.push(diagnosis::of_nothing(format));
        }
        notes.extend(self.silence(&counted));
        let by_format = self.formats.iter().cloned().zip(counted.formats);
        let read = Read {
            files,
            formats: by_format.filter(|(_, lines)| *lines > 0).collect(),
            unrecognised: counted.unrecognised,
            unrecognised_count: counted.unrecognised_count,
        };
        for (condition, count) in &left_out {
            notes.push(format!(
                "{} more {} not listed: {}",
                super::amount::count(*count),
                if *count == 1 { "is" } else { "are" },
                condition.title()
            ));
        }
        let left_out = left_out.into_iter().collect();
        Diagnosed { diagnoses, left_out, read, notes, code: Vec::new() }
    }

    /// Where bounds were reached, and clocks can't be trusted.
    fn notes(&self, files: &[&str], clocks: &[Clock]) -> Vec<String> {
        let mut notes = Vec::new();
        if self.episodes.ended_early > 0 {
            notes.push(format!(
                "more than {MAX_OPEN} walks were open at a time: {} were judged before their end",
                self.episodes.ended_early
            ));
        }
        if self.episodes.unfollowed > 0 || self.groups.len() >= MAX_GROUPS {
            notes.push(format!(
                "there are more than {MAX_GROUPS} groups: not all of their elections were followed"
            ));
        }
        for (file, clock) in files.iter().zip(clocks) {
            if clock.is_backwards() {
                notes.push(format!(
                    "`{file}` tells the newest line first: turn it round (`tac FILE | raft-lint logs -`), its walks are read backwards"
                ));
            } else if clock.jumps_back > 0 {
                notes.push(format!(
                    "the clock of `{file}` goes back {} by more than a second: its times are uncertain",
                    super::amount::counted(clock.jumps_back, "time")
                ));
            }
        }
        let dated = clocks.iter().filter(|clock| clock.dated > 0).count();
        let undated = clocks.iter().filter(|clock| clock.undated > 0).count();
        let timeless =
            clocks.iter().filter(|clock| clock.dated + clock.undated == 0 && clock.timeless > 0);
        if dated > 0 && undated > 0 {
            notes.push("some files have dates and others only times: lines of the two can't be put in order".to_owned());
        }
        if clocks.len() > 1 && timeless.count() > 0 {
            notes.push(
                "lines of some files have no time that can be read: these files come one after the other, as they were named"
                    .to_owned(),
            );
        }
        notes
    }

    /// Silence is not health: at which level each system would show more.
    fn silence(&self, counted: &Counted) -> Vec<String> {
        let silent = self.formats.iter().zip(&self.shown).zip(&counted.formats);
        silent
            .filter(|((_, shown), lines)| !**shown && **lines > 0)
            .map(|((format, _), _)| advice::visibility(format).to_owned())
            .filter(|text| !text.is_empty())
            .collect()
    }
}

/// Reads files to their end.
pub fn run(files: Vec<LogFile>, recogniser: &Recogniser, formats: Vec<String>) -> Diagnosed {
    let mut session = Session::new(formats);
    let mut names = Names::default();
    let labels = labels::named(&files, &mut names);
    let readings = files.into_iter().zip(labels).zip(0..);
    let readings =
        readings.map(|((file, label), number)| Reading::new(file, number, label, recogniser));
    let mut merge = Merge::new(readings, &mut names);
    while let Some(event) = merge.next_event(&mut names) {
        session.add(event, &names);
    }
    let mut read = Vec::new();
    let mut counted = Counted::default();
    let mut clocks = Vec::new();
    for (reading, clock) in merge.into_sources() {
        let (file, of_file) = reading.end();
        read.push(file);
        counted.add(of_file);
        clocks.push(clock);
    }
    session.end(&names, read, counted, &clocks)
}
