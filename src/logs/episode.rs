//! Events to walks: which lines speak of the same leader, follower and term.
//!
//! Takes events in order of time; gives each walk when it has ended: with a new term, after a success, after a long rest, or
//! with the logs. A line that lacks one of the two names is joined with the lines of the other side, where only one walk fits. At
//! most [`MAX_OPEN`] walks are open at a time; beyond that the ones that have been silent longest are ended early.

mod over;

use std::collections::VecDeque;

use rustc_hash::FxHashMap;

use self::over::is_over;
use super::elections::Elections;
use super::event::{Event, EventKind, Side};
use super::names::{Name, Names};
use super::nodes::Nodes;
use super::probe::are_near;
use super::walk::{Walk, Who};

/// So many walks are open at a time.
pub const MAX_OPEN: usize = 2048;
/// Elections of so many groups are followed.
pub const MAX_GROUPS: usize = 4096;
/// So many followers' lines wait for their leader's.
const MAX_WAITING: usize = 64;
/// Of so many writers it is looked whether they are nodes that are named later.
const MAX_UNNAMED: usize = 64;
/// So many walks of a group are looked at for a line without names.
const MAX_RECENT: usize = 4;

/// The walks that are open.
#[derive(Clone, Debug, Default)]
pub struct Episodes {
    open: FxHashMap<Who, Walk>,
    /// The leader that a follower was last seen with.
    leader_of: FxHashMap<(Option<Name>, Name), Who>,
    /// The walks of each group that leaders' lines were last about, the last one first.
    recent: FxHashMap<Option<Name>, Vec<Who>>,
    nodes: Nodes,
    /// Writers that walks are called by, because no line has named them.
    unnamed: Vec<Name>,
    /// Followers' lines of which it is not known yet whom they are about.
    waiting: VecDeque<Event>,
    /// A leader's line that names no follower: the next one of its writer does.
    nameless: Option<Box<Event>>,
    /// Elections by group.
    pub elections: FxHashMap<Option<Name>, Elections>,
    /// How many walks were ended early.
    pub ended_early: u64,
    /// How many events are about groups whose elections are not followed.
    pub unfollowed: u64,
    begun: u64,
    /// Whom a leader's line was about last.
    noted: Option<Who>,
    /// Writer, own name and other name of the line before: most lines name the same.
    learned: [Option<Name>; 3],
}

impl Episodes {
    /// Adds an event; walks that end with it go to `ended`.
    pub fn add(&mut self, event: &Event, names: &Names, ended: &mut Vec<Walk>) {
        self.learn(event);
        self.give_up_waiting(event, names, ended);
        if matches!(event.kind, EventKind::LeaderElected | EventKind::ElectionStarted) {
            self.add_election(event, names);
            return;
        }
        if event.side == Side::Leader && event.follower.is_none() {
            match event.kind {
                // Whom it could not reach is not said.
                EventKind::SendFailed => return,
                EventKind::SnapshotNeeded if self.nameless.is_none() => {
                    self.nameless = Some(Box::new(event.clone()));
                    return;
                }
                _ => {}
            }
        }
        if let Some(nameless) = self.nameless.take() {
            let is_same = nameless.group == event.group && nameless.writer == event.writer;
            let follower = event.follower.filter(|_| is_same && event.side == Side::Leader);
            match follower {
                Some(_) => self.add_named(&Event { follower, ..*nameless }, names, ended),
                None if event.side == Side::Leader => self.add_named(&nameless, names, ended),
                None => self.nameless = Some(nameless),
            }
        }
        self.add_named(event, names, ended);
    }

    /// The logs have ended: all walks, in the order in which they began.
    pub fn end(&mut self, names: &Names, ended: &mut Vec<Walk>) {
        if let Some(nameless) = self.nameless.take() {
            self.add_named(&nameless, names, ended);
        }
        while let Some(event) = self.waiting.pop_front() {
            self.add_stranger(&event, names, ended);
        }
        let mut rest: Vec<Walk> = self.open.drain().map(|(_, walk)| walk).collect();
        rest.sort_by_key(|walk| walk.serial);
        ended.append(&mut rest);
    }

    /// The walks that are open now, in the order in which they began.
    pub fn open(&self, names: &Names) -> Vec<Walk> {
        let mut walks = Vec::new();
        self.clone().end(names, &mut walks);
        walks
    }

    /// Adds an event that is about a follower, as far as that can be told.
    fn add_named(&mut self, event: &Event, names: &Names, ended: &mut Vec<Walk>) {
        let Some(who) = self.who(event, names) else {
            if self.waiting.len() >= MAX_WAITING
                && let Some(first) = self.waiting.pop_front()
            {
                self.add_stranger(&first, names, ended);
            }
            return self.waiting.push_back(event.clone());
        };
        self.add_to(who, event, names, ended);
        if event.side == Side::Leader && event.kind == EventKind::Rejected {
            self.join_waiting(who, names, ended);
        }
    }

    /// Lines whose leader's line does not come are those of a follower that is called as its file is.
    fn give_up_waiting(&mut self, event: &Event, names: &Names, ended: &mut Vec<Walk>) {
        while let Some(first) = self.waiting.front() {
            if are_near(first.time, event.time) {
                return;
            }
            if let Some(first) = self.waiting.pop_front() {
                self.add_stranger(&first, names, ended);
            }
        }
    }

    /// A follower's line alone.
    fn add_stranger(&mut self, event: &Event, names: &Names, ended: &mut Vec<Walk>) {
        let node = event.writer.and_then(|writer| self.nodes.of_writer(writer, names));
        let who = match node.and_then(|node| self.leader_of.get(&(event.group, node))) {
            Some(who) => *who,
            None => Who { group: event.group, leader: None, follower: node.or(event.writer) },
        };
        self.add_to(who, event, names, ended);
    }

    /// A leader's line was added: a follower's line that waits may be about the same probe, and then all of its writer are
    /// about this walk.
    fn join_waiting(&mut self, who: Who, names: &Names, ended: &mut Vec<Walk>) {
        if self.waiting.is_empty() {
            return;
        }
        let Some(walk) = self.open.get(&who) else { return };
        let fits = |one: &Event| {
            one.kind == EventKind::Rejected && one.group == who.group && walk.is_about_open(one)
        };
        let Some(at) = self.waiting.iter().position(fits) else { return };
        let writer = self.waiting[at].writer;
        if let Some((writer, follower)) = writer.zip(who.follower) {
            self.nodes.join(writer, follower);
        }
        let mut position = 0;
        let (joined, rest) = self.waiting.drain(..).partition(|one| {
            position += 1;
            one.group == who.group
                && one.writer == writer
                && (writer.is_some() || position == at + 1)
        });
        self.waiting = rest;
        let joined: VecDeque<Event> = joined;
        for event in &joined {
            self.add_to(who, event, names, ended);
        }
    }

    /// Adds an event to a walk, which may end and begin anew with it.
    fn add_to(&mut self, who: Who, event: &Event, names: &Names, ended: &mut Vec<Walk>) {
        let leader_term = event.leader_term.or_else(|| self.term_of(who));
        let mut floor = None;
        for adopted in [false, true] {
            if let Some(walk) = self.open.get_mut(&who) {
                if is_over(walk, event, leader_term) {
                    break;
                }
                walk.leader_term = walk.leader_term.or(leader_term);
                walk.add(event);
                return self.note_recent(who, event);
            }
            if adopted || !self.adopt(who, event, names) {
                break;
            }
        }
        if let Some(walk) = self.open.remove(&who) {
            // What matched under the same leader has to stay.
            floor = walk.matched.filter(|_| walk.leader_term == leader_term).max(walk.floor);
            ended.push(walk);
        }
        if self.open.len() >= MAX_OPEN {
            self.end_silent(ended);
        }
        self.begun += 1;
        let mut walk = Walk::new(self.begun, who, leader_term, event.format);
        walk.floor = floor.filter(|&floor| floor > 0);
        walk.add(event);
        self.open.insert(who, walk);
        self.note_unnamed(who, event);
        self.note_recent(who, event);
    }

    fn learn(&mut self, event: &Event) {
        let (own, other) = match event.side {
            Side::Leader => (event.leader, event.follower),
            Side::Follower => (event.follower, event.leader),
        };
        let names = [event.writer, own, other];
        if self.learned == names {
            return;
        }
        self.learned = names;
        if let Some(writer) = event.writer {
            self.nodes.see(writer);
        }
        if let Some(own) = own {
            self.nodes.learn(event.writer, own);
        }
        if let Some(other) = other {
            self.nodes.mention(other);
        }
    }

    fn add_election(&mut self, event: &Event, names: &Names) {
        let mut leader = event.leader;
        if event.side == Side::Leader && leader.is_none() {
            leader =
                event.writer.map(|writer| self.nodes.of_writer(writer, names).unwrap_or(writer));
        }
        if self.elections.len() < MAX_GROUPS || self.elections.contains_key(&event.group) {
            self.elections.entry(event.group).or_default().add(event, leader);
        } else {
            self.unfollowed += 1;
        }
    }

    /// The term that somebody leads, where lines have told.
    fn term_of(&self, who: Who) -> Option<u64> {
        if self.elections.is_empty() {
            return None;
        }
        let elections = self.elections.get(&who.group)?;
        let differs = elections.leader.zip(who.leader).is_some_and(|(a, b)| a != b);
        elections.term.filter(|_| !differs)
    }

    /// Whom a line is about; nobody, if a follower's line does not tell and several walks fit, or none.
    fn who(&mut self, event: &Event, names: &Names) -> Option<Who> {
        let group = event.group;
        let nodes = &mut self.nodes; // asked only where the line itself does not tell
        let mut node = || event.writer.and_then(|writer| nodes.of_writer(writer, names));
        if event.side == Side::Leader {
            let leader = event.leader.or_else(&mut node).or(event.writer);
            if event.follower.is_some() {
                return Some(Who { group, leader, follower: event.follower });
            }
            // Such a line stands behind one that names the follower.
            let recent = self.recent.get(&group).and_then(|recent| recent.first()).copied();
            return Some(recent.unwrap_or(Who { group, leader, follower: None }));
        }
        if event.leader.is_some() {
            return Some(Who {
                group,
                leader: event.leader,
                follower: event.follower.or_else(node).or(event.writer),
            });
        }
        match event.follower.or_else(node) {
            Some(follower) => {
                let own = Who { group, leader: None, follower: Some(follower) };
                Some(self.leader_of.get(&(group, follower)).copied().unwrap_or(own))
            }
            None => self.beside(event),
        }
    }

    /// The only walk whose leader has asked what a follower's line without names answers.
    fn beside(&mut self, event: &Event) -> Option<Who> {
        let mut fitting = None;
        for who in self.recent.get(&event.group)? {
            let Some(walk) = self.open.get(who) else { continue };
            let fits = event.kind == EventKind::Rejected
                && are_near(walk.times.last, event.time)
                && walk.is_about_open(event);
            if fits && fitting.replace(*who).is_some() {
                return None;
            }
        }
        if let Some((writer, follower)) = event.writer.zip(fitting.and_then(|who| who.follower)) {
            self.nodes.join(writer, follower);
        }
        fitting
    }

    /// A walk of which only the follower's lines were known gets its leader; tells whether there was one.
    fn adopt(&mut self, who: Who, event: &Event, names: &Names) -> bool {
        let is_told = event.side == Side::Leader || event.leader.is_some();
        let Some(follower) = who.follower.filter(|_| is_told) else { return false };
        let orphan = |follower| Who { group: who.group, leader: None, follower };
        let nodes = &mut self.nodes;
        let called = |writer: &Name| nodes.of_writer(*writer, names) == Some(follower);
        let called: Vec<Name> = self.unnamed.iter().copied().filter(called).collect();
        let candidates = std::iter::once(follower).chain(called).map(|name| orphan(Some(name)));
        for known in candidates {
            if known != who
                && let Some(mut walk) = self.open.remove(&known)
            {
                walk.who = who;
                self.open.insert(who, walk);
                return true;
            }
        }
        false
    }

    /// A follower whose name no line has told is called as its file is.
    fn note_unnamed(&mut self, who: Who, event: &Event) {
        let Some(writer) = event.writer.filter(|_| event.side == Side::Follower) else { return };
        let is_called = who.follower == Some(writer) && event.follower.is_none();
        if is_called && self.unnamed.len() < MAX_UNNAMED && !self.unnamed.contains(&writer) {
            self.unnamed.push(writer);
        }
    }

    fn note_recent(&mut self, who: Who, event: &Event) {
        let Some(follower) = who.follower else { return };
        if (event.side != Side::Leader && event.leader.is_none()) || self.noted == Some(who) {
            return;
        }
        self.noted = Some(who);
        if self.recent.len() >= MAX_GROUPS && !self.recent.contains_key(&who.group) {
            self.recent.clear();
        }
        let recent = self.recent.entry(who.group).or_default();
        if recent.first() == Some(&who) {
            return;
        }
        recent.retain(|known| *known != who);
        recent.insert(0, who);
        recent.truncate(MAX_RECENT);
        if self.leader_of.len() >= 2 * MAX_OPEN {
            self.leader_of.clear();
        }
        self.leader_of.insert((who.group, follower), who);
    }

    /// The half that has been silent longest is ended; walks that look like trouble stay longest.
    fn end_silent(&mut self, ended: &mut Vec<Walk>) {
        let mut by_time: Vec<_> = self
            .open
            .iter()
            .map(|(who, walk)| {
                (
                    walk.refusals.conflict > 0 || walk.steps.one > 0,
                    walk.times.last,
                    walk.serial,
                    *who,
                )
            })
            .collect();
        by_time.sort_unstable();
        for (.., who) in by_time.into_iter().take(MAX_OPEN / 2) {
            let mut walk = self.open.remove(&who);
            walk.iter_mut().for_each(|walk| walk.is_cut = true);
            ended.extend(walk);
            self.ended_early += 1;
        }
    }
}
