//! One question of the leader, "do you have this entry?", and its refusal, put together from the lines of both sides.

use super::event::{Event, Side, Timestamp};

/// The lines of the two sides about one probe are written within this time.
const JOINED_NANOSECONDS: i64 = 2_000_000_000;

/// Whether two lines were written at about the same time, as far as they tell.
pub fn are_near(one: Option<Timestamp>, other: Option<Timestamp>) -> bool {
    let apart = one.zip(other);
    let apart = apart.map(|(one, other)| one.nanoseconds.saturating_sub(other.nanoseconds));
    apart.is_none_or(|apart| apart.saturating_abs() <= JOINED_NANOSECONDS)
}

/// A refused AppendEntries request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Probe {
    /// When the first line about it was written.
    pub time: Option<Timestamp>,
    /// prevLogIndex.
    pub index: Option<u64>,
    /// prevLogTerm.
    pub prev_log_term: Option<u64>,
    /// The term of the follower's entry there; 0 where it has none.
    pub follower_term: Option<u64>,
    /// The last index that the follower named.
    pub follower_index: Option<u64>,
    /// The index that the follower suggests.
    pub hint_index: Option<u64>,
    /// The term that the follower suggests.
    pub hint_term: Option<u64>,
    /// nextIndex afterwards.
    pub next_index: Option<u64>,
    /// What was known to match, or to be committed on the follower, when it was asked.
    pub floor: Option<u64>,
    /// The pattern of the leader's line, if it has written one.
    leader_line: Option<u16>,
    /// The pattern of the follower's line.
    follower_line: Option<u16>,
}

/// What a refusal says of the two logs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Refusal {
    /// Both have an entry there, of different terms.
    Conflict,
    /// The follower has no entry there.
    Short,
    /// Both have the same entry: it should not have been refused.
    Equal,
    /// The lines do not say.
    Unknown,
}

impl Probe {
    /// What one line says.
    pub fn of(event: &Event) -> Probe {
        let mut probe = Probe { time: event.time, ..Probe::default() };
        probe.add(event);
        probe
    }

    /// Adds what a further line says of the same probe.
    pub fn add(&mut self, event: &Event) {
        fn fill<T: Copy>(field: &mut Option<T>, said: Option<T>) {
            *field = field.or(said);
        }
        fill(&mut self.time, event.time);
        fill(&mut self.index, event.index);
        fill(&mut self.prev_log_term, event.prev_log_term);
        fill(&mut self.follower_term, event.follower_entry_term);
        fill(&mut self.follower_index, event.follower_index);
        fill(&mut self.hint_index, event.hint_index);
        fill(&mut self.hint_term, event.hint_term);
        fill(&mut self.next_index, event.next_index);
        let line = match event.side {
            Side::Leader => &mut self.leader_line,
            Side::Follower => &mut self.follower_line,
        };
        fill(line, Some(event.pattern));
    }

    /// Whether a line speaks of this probe, and not of the next one: the other side's line about the same index, or another
    /// line of the same side, as some systems write several about one answer.
    pub fn is_meant_by(&self, event: &Event) -> bool {
        let same_index = match (self.index, event.index) {
            (Some(own), Some(said)) => own == said,
            // A line without an index joins one that the other side has written.
            _ => self.side_is_open(event.side),
        };
        same_index && !self.has_line(event)
    }

    /// Whether this side has not spoken yet.
    pub fn side_is_open(&self, side: Side) -> bool {
        match side {
            Side::Leader => self.leader_line.is_none(),
            Side::Follower => self.follower_line.is_none(),
        }
    }

    fn has_line(&self, event: &Event) -> bool {
        let line = match event.side {
            Side::Leader => self.leader_line,
            Side::Follower => self.follower_line,
        };
        line == Some(event.pattern)
    }

    /// The index that is probed; where no line tells it, what is nearest to it.
    pub fn place(&self) -> Option<u64> {
        self.index.or(self.next_index).or(self.hint_index)
    }

    /// What the refusal says.
    pub fn refusal(&self) -> Refusal {
        if self.follower_term == Some(0) {
            return Refusal::Short;
        }
        if let (Some(own), Some(index)) = (self.follower_index, self.index)
            && own < index
        {
            return Refusal::Short;
        }
        match (self.prev_log_term, self.follower_term) {
            (Some(leader), Some(follower)) if leader != follower => Refusal::Conflict,
            (Some(_), Some(_)) => Refusal::Equal,
            _ => Refusal::Unknown,
        }
    }
}
