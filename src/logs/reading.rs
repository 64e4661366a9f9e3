//! The events of one file.
//!
//! Takes blocks of lines; gives the events of the few lines that a format knows. Only these lines are copied and looked at;
//! all others are passed over by the block.

use super::diagnosed::{Evidence, FileRead};
use super::envelope;
use super::event::Event;
use super::format::recognise::{Hint, Recognised, Recogniser};
use super::input::{Block, Blocks, LogFile, Place, lines_in};
use super::merge::Source;
use super::names::{Name, Names};

/// So many lines that look like rejections and match nothing are kept.
const MAX_UNRECOGNISED: usize = 20;

/// A file that is read.
pub struct Reading<'r> {
    file: LogFile,
    /// Its position among all.
    number: u32,
    /// The node that writes it, as far as the file's name tells.
    label: Option<Name>,
    recogniser: &'r Recogniser,
    blocks: Option<Blocks>,
    /// The lines of the block that may be events, one behind the other.
    lines: Vec<u8>,
    found: Vec<Found>,
    at: usize,
    /// Lines up to this one were read before the file was closed for a while.
    passed: u64,
    counted: Counted,
    read: FileRead,
}

/// What was counted in one or several files.
#[derive(Clone, Debug, Default)]
pub struct Counted {
    /// Events by format.
    pub formats: Vec<u64>,
    /// Lines that look like a rejection and match no format: the first few.
    pub unrecognised: Vec<Evidence>,
    /// How many there were.
    pub unrecognised_count: u64,
}

struct Found {
    end: usize,
    line: u64,
    hint: Hint,
}

impl<'r> Reading<'r> {
    /// Opens nothing yet.
    pub fn new(
        file: LogFile,
        number: u32,
        label: Option<Name>,
        recogniser: &'r Recogniser,
    ) -> Self {
        Reading {
            file,
            number,
            label,
            recogniser,
            blocks: None,
            lines: Vec::new(),
            found: Vec::new(),
            at: 0,
            passed: 0,
            counted: Counted::default(),
            read: FileRead::default(),
        }
    }

    /// What was read of the file, and counted in it.
    pub fn end(self) -> (FileRead, Counted) {
        let recognised = self.counted.formats.iter().sum();
        (FileRead { recognised, ..self.read }, self.counted)
    }

    /// Takes the candidates out of the next block.
    fn fill(&mut self) -> bool {
        self.at = 0;
        self.lines.clear();
        self.found.clear();
        let blocks = self.blocks.get_or_insert_with(|| Blocks::of(&self.file));
        while let Some(block) = blocks.next() {
            take(self.recogniser, &block, &mut self.lines, &mut self.found);
            if !self.found.is_empty() {
                return true;
            }
        }
        self.read = blocks.read(&self.file.name);
        false
    }
}

/// Copies the lines of a block that may be events.
fn take(recogniser: &Recogniser, block: &Block<'_>, lines: &mut Vec<u8>, found: &mut Vec<Found>) {
    // The number of the line that starts at `counted`.
    let (mut line, mut counted) = (block.first_line, 0);
    for candidate in recogniser.candidates(block.bytes) {
        if counted < candidate.start {
            line += lines_in(&block.bytes[counted..candidate.start]);
        }
        lines.extend_from_slice(&block.bytes[candidate.start..candidate.end]);
        found.push(Found { end: lines.len(), line, hint: candidate.hint });
        line += 1;
        counted = candidate.end + 1;
    }
}

/// Makes an event of a line, and counts it; the event's file and line are set.
fn recognised(
    recogniser: &Recogniser,
    line: &[u8],
    hint: Hint,
    label: Option<Name>,
    names: &mut Names,
    event: &mut Event,
    counted: &mut Counted,
) -> bool {
    let opened = envelope::open(line);
    event.time = opened.time;
    // Several nodes of one machine have the same host: a file of its own tells more.
    event.writer = label.or_else(|| opened.writer.as_deref().map(|name| names.of(name)));
    match recogniser.recognise(&opened.text, hint.after(opened.cut), names, event) {
        Recognised::Event => {
            counted.recognised(event.format);
            return true;
        }
        Recognised::Unrecognised => counted.unrecognised(event, &opened.text),
        Recognised::Nothing => {}
    }
    false
}

/// The events of a block of lines, for whoever reads files that grow.
pub fn events(
    recogniser: &Recogniser,
    block: &Block<'_>,
    (file, label): (u32, Option<Name>),
    names: &mut Names,
    counted: &mut Counted,
    mut on_event: impl FnMut(Event),
) {
    let (mut lines, mut found, mut start) = (Vec::new(), Vec::new(), 0);
    take(recogniser, block, &mut lines, &mut found);
    for Found { end, line, hint } in found {
        let mut event = Event { file, line, ..Event::default() };
        if recognised(recogniser, &lines[start..end], hint, label, names, &mut event, counted) {
            on_event(event);
        }
        start = end;
    }
}

impl Source for Reading<'_> {
    fn next(&mut self, names: &mut Names, event: &mut Event) -> bool {
        loop {
            let Some(found) = self.found.get(self.at) else {
                if !self.fill() {
                    self.blocks = None;
                    return false;
                }
                continue;
            };
            let start = self.at.checked_sub(1).map_or(0, |before| self.found[before].end);
            let line = &self.lines[start..found.end];
            self.at += 1;
            if found.line <= self.passed {
                continue;
            }
            event.file = self.number;
            event.line = found.line;
            let hint = found.hint;
            if recognised(self.recogniser, line, hint, self.label, names, event, &mut self.counted)
            {
                return true;
            }
        }
    }

    fn rest(&mut self, event: &Event) {
        if matches!(&self.file.place, Place::Path(_)) {
            self.blocks = None;
            self.lines = Vec::new();
            self.found = Vec::new();
            self.at = 0;
            self.passed = event.line;
        }
    }
}

impl Counted {
    fn recognised(&mut self, format: u16) {
        let format = usize::from(format);
        if self.formats.len() <= format {
            self.formats.resize(format + 1, 0);
        }
        self.formats[format] += 1;
    }

    fn unrecognised(&mut self, event: &Event, text: &str) {
        self.unrecognised_count += 1;
        if self.unrecognised.len() < MAX_UNRECOGNISED {
            self.unrecognised.push(Evidence {
                file: event.file,
                line: event.line,
                time: event.time,
                text: crate::source::beginning(text.trim(), 400).into_owned(),
                shows: "looks like a rejection, and matches no format".to_owned(),
            });
        }
    }

    /// Adds what was counted elsewhere.
    pub fn add(&mut self, other: Counted) {
        if self.formats.len() < other.formats.len() {
            self.formats.resize(other.formats.len(), 0);
        }
        for (own, other) in self.formats.iter_mut().zip(other.formats) {
            *own += other;
        }
        self.unrecognised_count += other.unrecognised_count;
        self.unrecognised.extend(other.unrecognised);
        self.unrecognised.truncate(MAX_UNRECOGNISED);
    }
}
