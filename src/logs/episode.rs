//! Events to walks: which lines speak of the same leader, follower and term.
//!
//! Takes events in order of time; gives each walk when it has ended: with a new term, after a success, after a long rest, or
//! with the logs. A line that lacks one of the two names is joined with the lines of the other side. At most
//! [`MAX_OPEN`] walks are open at a time; beyond that the ones that have been silent longest are ended early.

use rustc_hash::FxHashMap;

use super::elections::Elections;
use super::event::{Event, EventKind, Side};
use super::names::{Name, Names};
use super::nodes::Nodes;
use super::walk::{Walk, Who};

/// So many walks are open at a time.
pub const MAX_OPEN: usize = 4096;
/// Elections of so many groups are followed.
pub const MAX_GROUPS: usize = 4096;
/// Of so many writers it is looked whether they are nodes that are named later.
const MAX_UNNAMED: usize = 64;
/// A follower's line and its leader's are written within this time.
const JOINED_NANOSECONDS: i64 = 2_000_000_000;
/// Refusals that are further apart are not one walk.
const REST_NANOSECONDS: i64 = 15 * 60 * 1_000_000_000;

/// The walks that are open.
#[derive(Clone, Debug, Default)]
pub struct Episodes {
    open: FxHashMap<Who, Walk>,
    /// The leader that a follower was last seen with.
    leader_of: FxHashMap<(Option<Name>, Name), Who>,
    /// The walk of each group that a line was last about.
    latest: FxHashMap<Option<Name>, Who>,
    nodes: Nodes,
    /// Writers that walks are called by, because no line has named them.
    unnamed: Vec<Name>,
    /// A leader's line that names no follower: the next one of its writer does.
    nameless: Option<Box<Event>>,
    /// Elections by group.
    pub elections: FxHashMap<Option<Name>, Elections>,
    /// How many walks were ended early.
    pub ended_early: u64,
}

impl Episodes {
    /// Adds an event; walks that end with it go to `ended`.
    pub fn add(&mut self, event: &Event, names: &Names, ended: &mut Vec<Walk>) {
        self.learn(event);
        if matches!(event.kind, EventKind::LeaderElected | EventKind::ElectionStarted) {
            self.add_election(event, names);
            return;
        }
        if event.kind == EventKind::SnapshotNeeded
            && event.follower.is_none()
            && self.nameless.is_none()
        {
            self.nameless = Some(Box::new(event.clone()));
            return;
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

    /// Adds an event that is about a follower, as far as that can be told.
    fn add_named(&mut self, event: &Event, names: &Names, ended: &mut Vec<Walk>) {
        let who = self.who(event, names);
        self.adopt(who, names);
        if event.side == Side::Follower
            && event.follower.is_none()
            && let Some(writer) = event.writer
            && who.follower == Some(writer)
            && self.unnamed.len() < MAX_UNNAMED
            && !self.unnamed.contains(&writer)
        {
            self.unnamed.push(writer);
        }
        let leader_term = event.leader_term.or_else(|| self.term_of(who));
        if let Some(walk) = self.open.get_mut(&who) {
            if is_over(walk, event, leader_term) {
                ended.extend(self.open.remove(&who));
            } else {
                walk.leader_term = walk.leader_term.or(leader_term);
            }
        }
        if self.open.len() >= MAX_OPEN && !self.open.contains_key(&who) {
            self.end_silent(ended);
        }
        let new = || Walk::new(who, leader_term, event.format);
        self.open.entry(who).or_insert_with(new).add(event);
        self.note_latest(who);
    }

    /// The logs have ended: all walks, in the order in which they began.
    pub fn end(&mut self, names: &Names, ended: &mut Vec<Walk>) {
        if let Some(nameless) = self.nameless.take() {
            self.add_named(&nameless, names, ended);
        }
        let mut rest: Vec<Walk> = self.open.drain().map(|(_, walk)| walk).collect();
        rest.sort_by_key(|walk| {
            (walk.times.first, walk.who.group, walk.who.leader, walk.who.follower)
        });
        ended.append(&mut rest);
    }

    /// The walks that are open now, in the order in which they began.
    pub fn open(&self, names: &Names) -> Vec<Walk> {
        let mut walks = Vec::new();
        self.clone().end(names, &mut walks);
        walks
    }

    fn learn(&mut self, event: &Event) {
        let (own, other) = match event.side {
            Side::Leader => (event.leader, event.follower),
            Side::Follower => (event.follower, event.leader),
        };
        if let Some(own) = own {
            self.nodes.learn(event.writer, own);
        }
        if let Some(other) = other {
            self.nodes.mention(other);
        }
    }

    fn add_election(&mut self, event: &Event, names: &Names) {
        let writer = || event.writer.and_then(|writer| self.nodes.of_writer(writer, names));
        let own = || if event.side == Side::Leader { writer() } else { None };
        let leader = event.leader.or_else(own);
        if self.elections.len() < MAX_GROUPS || self.elections.contains_key(&event.group) {
            self.elections.entry(event.group).or_default().add(event, leader);
        }
    }

    /// The term that somebody leads, where lines have told.
    fn term_of(&self, who: Who) -> Option<u64> {
        let elections = self.elections.get(&who.group)?;
        let differs = elections.leader.zip(who.leader).is_some_and(|(a, b)| a != b);
        elections.term.filter(|_| !differs)
    }

    /// Whom a line is about.
    fn who(&self, event: &Event, names: &Names) -> Who {
        let group = event.group;
        let writer = event.writer.and_then(|writer| self.nodes.of_writer(writer, names));
        match event.side {
            Side::Leader => {
                let leader = event.leader.or(writer);
                match event.follower {
                    Some(_) => Who { group, leader, follower: event.follower },
                    // Such a line stands beside one that names the follower.
                    None => self.latest.get(&group).copied().unwrap_or(Who {
                        group,
                        leader,
                        follower: None,
                    }),
                }
            }
            Side::Follower => {
                let follower = event.follower.or(writer);
                let own = Who { group, leader: event.leader, follower };
                if event.leader.is_some() {
                    return own;
                }
                match follower {
                    Some(follower) => {
                        self.leader_of.get(&(group, follower)).copied().unwrap_or(own)
                    }
                    None => self.beside(event).unwrap_or(own),
                }
            }
        }
    }

    /// The walk whose open probe a follower's line without names is about.
    fn beside(&self, event: &Event) -> Option<Who> {
        let who = *self.latest.get(&event.group)?;
        let walk = self.open.get(&who)?;
        let near = match (walk.times.last, event.time) {
            (Some(last), Some(now)) => {
                now.nanoseconds.saturating_sub(last.nanoseconds).abs() <= JOINED_NANOSECONDS
            }
            _ => true,
        };
        near.then_some(who)
    }

    /// A walk of which only the follower's lines were known gets its leader.
    fn adopt(&mut self, who: Who, names: &Names) {
        if self.open.contains_key(&who) {
            return;
        }
        let orphan = Who { leader: None, ..who };
        let nameless = Who { leader: None, follower: None, ..who };
        let called = self.unnamed.iter().filter(|&&writer| {
            who.follower.is_some() && self.nodes.of_writer(writer, names) == who.follower
        });
        let called: Vec<Who> =
            called.map(|&writer| Who { follower: Some(writer), ..orphan }).collect();
        for known in [orphan, nameless].into_iter().chain(called) {
            if known != who
                && let Some(mut walk) = self.open.remove(&known)
            {
                walk.who = who;
                self.open.insert(who, walk);
                return;
            }
        }
    }

    fn note_latest(&mut self, who: Who) {
        if self.latest.len() >= MAX_GROUPS && !self.latest.contains_key(&who.group) {
            self.latest.clear();
        }
        self.latest.insert(who.group, who);
        if let Some(follower) = who.follower
            && who.leader.is_some()
        {
            if self.leader_of.len() >= 2 * MAX_OPEN {
                self.leader_of.clear();
            }
            self.leader_of.insert((who.group, follower), who);
        }
    }

    /// The half that has been silent longest is ended.
    fn end_silent(&mut self, ended: &mut Vec<Walk>) {
        let mut by_time: Vec<_> =
            self.open.iter().map(|(who, walk)| (walk.times.last, *who)).collect();
        by_time.sort_unstable();
        for (_, who) in by_time.into_iter().take(MAX_OPEN / 2) {
            ended.extend(self.open.remove(&who));
            self.ended_early += 1;
        }
    }
}

/// Whether an event belongs to a walk after this one.
fn is_over(walk: &Walk, event: &Event, leader_term: Option<u64>) -> bool {
    if walk.leader_term.zip(leader_term).is_some_and(|(known, now)| known != now) {
        return true;
    }
    if event.kind != EventKind::Rejected {
        return false;
    }
    if walk.is_about_open(event) {
        return false;
    }
    // A search from both sides matches below what it asks for next; a walk that has ended begins anew above.
    let above = event.index.or(event.next_index).is_some_and(|index| index >= walk.highest);
    let matched = walk.matched.is_some() && walk.snapshots.count() == 0 && above;
    matched || rises(walk, event) || has_rested(walk, event)
}

/// In one log terms do not fall as the index rises: a higher term at a lower index is another leader's log.
fn rises(walk: &Walk, event: &Event) -> bool {
    let Some(last) = walk.last_asked() else { return false };
    let higher = last.prev_log_term.zip(event.prev_log_term).is_some_and(|(last, now)| now > last);
    let lower = last.index.zip(event.index).is_some_and(|(last, now)| now <= last);
    higher && lower
}

fn has_rested(walk: &Walk, event: &Event) -> bool {
    let rest = walk.times.last.zip(event.time);
    rest.is_some_and(|(last, now)| {
        now.dated == last.dated
            && now.nanoseconds.saturating_sub(last.nanoseconds) > REST_NANOSECONDS
    })
}
