//! A text → an [`Event`].
//!
//! Takes blocks of lines, of which it gives the few that a pattern may match; and their texts, without envelope, of which it
//! makes events. It keeps nothing between two lines, so that threads can share it.

use aho_corasick::AhoCorasick;
use memchr::{memchr, memmem, memrchr};

use super::custom::Custom;
use super::field::Field;
use super::keys::{self, Key};
use super::search::Search;
use super::template::{Captured, Template};
use super::{ALL, Keys, Pattern};
use crate::logs::event::{Event, EventKind};
use crate::logs::names::Names;

/// A line says at most this often that it is of a pattern; further ones are not looked at.
const MAX_HITS: usize = 16;
/// Of a text so many bytes are kept as evidence.
const MAX_EVIDENCE: usize = 400;

/// What stands in lines of implementations that no format knows.
const SUSPICIOUS: [&str; 6] =
    ["ppendEntries", "ppend_entries", "prevLog", "prev_log", "inconsisten", "diverge"];
/// What journald writes before a message that is not text, such as a coloured one: its bytes as numbers, in which no other
/// literal can be found.
const BYTES: &str = "MESSAGE\":[";
/// With one of these a suspicious line looks like a rejection…
const TROUBLE: [&str; 9] = [
    "reject",
    "mismatch",
    "mis-match",
    "conflict",
    "inconsisten",
    "diverg",
    "fail",
    "declin",
    "denied",
];
/// …unless it speaks of the network.
const TRANSPORT: [&str; 7] =
    ["connection", "timeout", "timed out", "unreachable", "deadline", "dial ", "network"];

/// All formats, ready to match.
#[derive(Debug)]
pub struct Recogniser {
    search: Search,
    literals: Vec<Literal>,
    trouble: AhoCorasick,
    innocent: AhoCorasick,
}

/// What stands in the lines of some patterns.
#[derive(Debug)]
struct Literal {
    finder: memmem::Finder<'static>,
    /// Whether a line with it that matches nothing is suspicious.
    suspicious: bool,
    /// Each with the number of its pattern.
    matchers: Matchers,
}

type Matchers = Vec<(u16, Matcher)>;

#[derive(Debug)]
enum Matcher {
    Known(Box<Known>),
    Custom { format: u16, pattern: super::custom::CustomPattern },
}

/// A built-in pattern, ready to match.
#[derive(Debug)]
struct Known {
    format: u16,
    pattern: &'static Pattern,
    template: Template,
    before: Vec<(Key, Field)>,
    after: Vec<(Key, Field)>,
    needs: Key,
}

/// A line that a pattern may match.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Candidate {
    /// Where it starts in the block.
    pub start: usize,
    /// Where it ends, without the line feed.
    pub end: usize,
    /// What was found in it: makes recognising it faster.
    pub hint: Hint,
}

/// What was found in a line, for [`Recogniser::recognise`].
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Hint {
    literal: Option<u16>,
    /// Where in the line it starts, as far as that is known.
    at: Option<usize>,
}

impl Hint {
    /// The same for what is left of a line of which so many bytes were cut off in front; or of one that was changed.
    pub fn after(self, cut: Option<usize>) -> Self {
        let at = self.at.zip(cut).and_then(|(at, cut)| at.checked_sub(cut));
        Hint { at, ..self }
    }
}

/// What a text turned out to be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Recognised {
    /// The event says it.
    Event,
    /// It looks like a rejection of Raft, and no format knows it.
    Unrecognised,
    /// Nothing of Raft.
    Nothing,
}

impl Recogniser {
    /// All built-in formats and these; theirs are numbered from `ALL.len()` on.
    pub fn new(custom: &[Custom]) -> Self {
        let mut numbers = 0..;
        let mut all: Vec<(&str, bool, Matchers)> = Vec::new();
        let mut add = |literal, suspicious, matcher: Option<Matcher>| {
            let matcher = matcher.and_then(|matcher| Some((numbers.next()?, matcher)));
            let known = all.iter_mut().find(|(known, _, _)| *known == literal);
            match known {
                Some((_, of_known, matchers)) => {
                    *of_known |= suspicious;
                    matchers.extend(matcher);
                }
                None => all.push((literal, suspicious, matcher.into_iter().collect())),
            }
        };
        for (format, known) in (0..).zip(ALL) {
            for pattern in known.patterns {
                let matcher = Matcher::Known(Box::new(Known::new(format, pattern)));
                add(pattern.literal, is_rejection(pattern.kind), Some(matcher));
            }
        }
        for (format, custom) in (ALL.len() as u16..).zip(custom) {
            for pattern in &custom.patterns {
                let matcher = Matcher::Custom { format, pattern: pattern.clone() };
                add(&pattern.literal, is_rejection(pattern.kind), Some(matcher));
            }
        }
        for literal in SUSPICIOUS {
            add(literal, true, None);
        }
        add(BYTES, false, None);
        let search = Search::new(&all.iter().map(|(literal, _, _)| *literal).collect::<Vec<_>>());
        let literal = |(literal, suspicious, matchers): (&str, bool, Matchers)| {
            let finder = memmem::Finder::new(literal).into_owned();
            Literal { finder, suspicious, matchers }
        };
        let words = |words: &[&str]| {
            let built = AhoCorasick::builder().ascii_case_insensitive(true).build(words);
            built.expect("invariant: a few short words")
        };
        let harmless = ALL.iter().flat_map(|format| format.harmless);
        let innocent: Vec<&str> = TRANSPORT.iter().chain(harmless).copied().collect();
        Recogniser {
            search,
            literals: all.into_iter().map(literal).collect(),
            trouble: words(&TROUBLE),
            innocent: words(&innocent),
        }
    }

    /// The lines of a block that a pattern may match, in order.
    pub fn candidates<'b>(&'b self, block: &'b [u8]) -> impl Iterator<Item = Candidate> + 'b {
        let mut from = 0;
        std::iter::from_fn(move || {
            let hit = self.search.find(block, from)?;
            let start = memrchr(b'\n', &block[from..hit.inside]).map_or(from, |at| from + at + 1);
            let end = memchr(b'\n', &block[hit.inside..]).map_or(block.len(), |at| hit.inside + at);
            from = (end + 1).min(block.len());
            let (literal, at) = hit.first;
            let hint = Hint { literal: u16::try_from(literal).ok(), at: at.checked_sub(start) };
            Some(Candidate { start, end, hint })
        })
    }

    /// Makes an event of a text, or says that it is none. Of the event, the place (`file`, `line`), `time` and `writer`
    /// are the caller's and stay; all else is set anew if the answer is [`Recognised::Event`].
    pub fn recognise(
        &self,
        text: &str,
        hint: Hint,
        names: &mut Names,
        event: &mut Event,
    ) -> Recognised {
        if let Some(hinted) = hint.literal.and_then(|at| self.literals.get(usize::from(at))) {
            // Where it does not stand there after all, nothing matches, and all is searched as without a hint.
            let at = hint.at.or_else(|| hinted.finder.find(text.as_bytes()));
            if at.is_some_and(|at| hinted.matches(text, at, names, event)) {
                return Recognised::Event;
            }
        }
        let mut from = 0;
        let mut suspicious = false;
        for _ in 0..MAX_HITS {
            let Some(hit) = self.search.find(text.as_bytes(), from) else { break };
            for (literal, at) in self.search.standing(text.as_bytes(), hit) {
                let literal = &self.literals[literal];
                if literal.matches(text, at, names, event) {
                    return Recognised::Event;
                }
                suspicious |= literal.suspicious;
            }
            from = hit.inside + 1; // another literal may start within this one
        }
        if suspicious && self.trouble.is_match(text) && !self.innocent.is_match(text) {
            return Recognised::Unrecognised;
        }
        Recognised::Nothing
    }
}

/// Whether lines of such a pattern are about a rejection: one that differs a little should not get lost.
fn is_rejection(kind: EventKind) -> bool {
    use EventKind::{
        ConflictRemoved, DivergenceAdvised, NextIndexMoved, Rejected, SuffixTruncated,
    };
    matches!(
        kind,
        Rejected | NextIndexMoved | DivergenceAdvised | SuffixTruncated | ConflictRemoved
    )
}

impl Literal {
    /// Whether a pattern matches where the literal stands; the event is what it says.
    fn matches(&self, text: &str, at: usize, names: &mut Names, event: &mut Event) -> bool {
        let matching = self.matchers.iter().find(|(_, one)| one.matches(text, at, names, event));
        if let Some((number, _)) = matching {
            event.pattern = *number;
        }
        matching.is_some()
    }
}

impl Matcher {
    fn matches(&self, text: &str, at: usize, names: &mut Names, event: &mut Event) -> bool {
        match self {
            Matcher::Known(known) => known.matches(text, at, names, event),
            Matcher::Custom { format, pattern } => {
                let Some(found) = pattern.regex.captures(text) else { return false };
                begin(event, text, *format, pattern.kind, pattern.side);
                for &(group, field) in &pattern.groups {
                    if let Some(value) = found.get(group) {
                        field.set(value.as_str(), names, event);
                    }
                }
                true
            }
        }
    }
}

impl Known {
    fn new(format: u16, pattern: &'static Pattern) -> Self {
        let ready = |keys: Keys| keys.iter().map(|&(key, field)| (Key::new(key), field)).collect();
        Known {
            format,
            pattern,
            template: Template::read(pattern.text, pattern.literal)
                .expect("invariant: a test reads them all"),
            before: ready(pattern.before),
            after: ready(pattern.after),
            needs: Key::new(pattern.needs),
        }
    }

    fn matches(&self, text: &str, at: usize, names: &mut Names, event: &mut Event) -> bool {
        let mut captured = Captured::new();
        let Some(end) = self.template.matches(text, at, &mut captured) else { return false };
        let (head, tail) = (&text[..at], &text[end..]);
        if !self.pattern.needs.is_empty() && self.needs.find(tail.as_bytes()).is_none() {
            return false;
        }
        begin(event, text, self.format, self.pattern.kind, self.pattern.side);
        for &(field, number) in self.pattern.fixed {
            field.set_number(Some(number), event);
        }
        for (from, keys) in [(head, &self.before), (tail, &self.after)] {
            for (key, field) in keys {
                if let Some(value) = keys::value(from, key) {
                    set(*field, value, names, event);
                }
            }
        }
        for (field, value) in captured {
            field.set(value, names, event);
        }
        true
    }
}

/// An empty name is none.
fn set(field: Field, value: &str, names: &mut Names, event: &mut Event) {
    if !value.is_empty() {
        field.set(value, names, event);
    }
}

/// Empties an event but for what is the caller's.
fn begin(
    event: &mut Event,
    text: &str,
    format: u16,
    kind: EventKind,
    side: crate::logs::event::Side,
) {
    let mut evidence = std::mem::take(&mut event.text);
    evidence.clear();
    let mut cut = text.len().min(MAX_EVIDENCE);
    while !text.is_char_boundary(cut) {
        cut -= 1;
    }
    evidence.push_str(text[..cut].trim());
    *event = Event {
        kind,
        side,
        format,
        text: evidence,
        time: event.time,
        file: event.file,
        line: event.line,
        writer: event.writer,
        ..Event::default()
    };
}

#[cfg(test)]
pub(crate) mod tests;
