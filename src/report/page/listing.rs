//! Code with what is marked in it: the functions around all marked places, with gaps folded.
//!
//! Takes places with marks and remarks; gives HTML. A listing knows the address of each of its lines, so that
//! a step of a path leads to it.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::rc::Rc;

use super::{line, markup};
use crate::diff::functions::extents;
use crate::source::{FileId, Place, Sources};

/// So many lines around a marked one are shown.
const CONTEXT: u32 = 3;
/// A function of no more lines is shown as a whole.
const SMALL: u32 = 24;
/// Fewer lines are not worth a fold.
const MIN_GAP: u32 = 4;
/// More lines are left out and counted.
const MAX_GAP: u32 = 120;

/// Where the functions of files are; read when first asked for.
#[derive(Default)]
pub(super) struct Functions(RefCell<BTreeMap<FileId, Rc<Vec<Range<usize>>>>>);

impl Functions {
    /// The innermost function around a place.
    fn around(&self, place: Place, sources: &Sources) -> Option<Range<usize>> {
        let mut known = self.0.borrow_mut();
        let read = || Rc::new(extents(&sources.file(place.file).text));
        let all = Rc::clone(known.entry(place.file).or_insert_with(read));
        let (start, end) = (place.span.start as usize, place.span.end as usize);
        let around = all.iter().filter(|f| f.start <= start && end <= f.end);
        around.min_by_key(|f| f.len()).cloned()
    }
}

/// A part of a file that is marked.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Mark {
    /// In bytes.
    pub(super) start: u32,
    pub(super) end: u32,
    /// What it is, as classes.
    pub(super) class: &'static str,
}

/// What is marked in a file.
#[derive(Default)]
struct Marked {
    marks: Vec<Mark>,
    /// What stands below a line, as HTML.
    remarks: BTreeMap<u32, Vec<String>>,
    /// The lines that are led to.
    lines: BTreeSet<u32>,
    /// The places of all that.
    places: Vec<Place>,
}

/// Code of some files.
pub(super) struct Listing<'r> {
    id: String,
    label: String,
    sources: &'r Sources,
    functions: &'r Functions,
    order: Vec<FileId>,
    files: BTreeMap<FileId, Marked>,
}

impl<'r> Listing<'r> {
    /// Without code; `id` is there once in the page, `label` says what it is to those who listen.
    pub(super) fn new(
        id: String,
        label: String,
        sources: &'r Sources,
        functions: &'r Functions,
    ) -> Self {
        Listing { id, label, sources, functions, order: Vec::new(), files: BTreeMap::new() }
    }

    /// Shows a place, marked.
    pub(super) fn mark(&mut self, place: Place, class: &'static str) {
        let (start, end) = (place.span.start, place.span.end);
        self.file(place).marks.push(Mark { start, end, class });
    }

    /// Shows a place with something below its line.
    pub(super) fn remark(&mut self, place: Place, html: String) {
        let line = self.sources.line(place);
        let remarks = self.file(place).remarks.entry(line).or_default();
        if !remarks.contains(&html) {
            remarks.push(html);
        }
    }

    /// Shows a place; gives the address of its line.
    pub(super) fn address(&mut self, place: Place) -> String {
        let line = self.sources.line(place);
        self.file(place);
        format!("L{}-{}-{line}", self.id, place.file.0)
    }

    fn file(&mut self, place: Place) -> &mut Marked {
        if !self.files.contains_key(&place.file) {
            self.order.push(place.file);
        }
        let line = self.sources.line(place);
        let file = self.files.entry(place.file).or_default();
        if file.lines.insert(line) || !file.places.contains(&place) {
            file.places.push(place);
        }
        file
    }

    /// All of it, in a box that scrolls by itself.
    pub(super) fn html(&self) -> String {
        let mut html = format!(
            "<div class=\"code\" tabindex=\"0\" role=\"group\" aria-label=\"{}\">",
            markup::name(&self.label)
        );
        for file in &self.order {
            let shown = self.sources.file(*file).shown();
            html += &format!("<p class=\"file\">{}</p>", markup::code(&shown));
            for range in self.ranges(*file) {
                self.part(*file, range, &mut html);
            }
        }
        html + "</div>"
    }

    /// The lines of the functions around what is marked, without overlaps.
    fn ranges(&self, file: FileId) -> Vec<Range<u32>> {
        let source = self.sources.file(file);
        let mut ranges: Vec<Range<u32>> = Vec::new();
        for &place in &self.files[&file].places {
            let range = match self.functions.around(place, self.sources) {
                Some(function) => {
                    source.line(function.start as u32)..source.line(function.end as u32) + 1
                }
                None => {
                    let line = source.line(place.span.start);
                    let last = source.line_count();
                    line.saturating_sub(CONTEXT).max(1)..(line + CONTEXT).min(last) + 1
                }
            };
            ranges.push(range);
        }
        ranges.sort_by_key(|range| (range.start, range.end));
        let mut merged: Vec<Range<u32>> = Vec::new();
        for range in ranges {
            match merged.last_mut().filter(|last| range.start <= last.end) {
                Some(last) => last.end = last.end.max(range.end),
                None => merged.push(range),
            }
        }
        // What the listing is about is read first, wherever it stands in its file.
        let first = self.sources.line(self.files[&file].places[0]);
        if self.order.first() == Some(&file) {
            merged.sort_by_key(|range| (!range.contains(&first), range.start));
        }
        merged
    }

    /// A range of lines with folds.
    fn part(&self, file: FileId, range: Range<u32>, html: &mut String) {
        let marked = &self.files[&file];
        let source = self.sources.file(file);
        let lines = line::lines(source, range.clone(), &marked.marks);
        let near = |line: u32| {
            let around = line.saturating_sub(CONTEXT)..=line + CONTEXT;
            marked.lines.range(around).next().is_some()
        };
        let is_small = range.len() as u32 <= SMALL;
        let is_shown =
            |line: u32| is_small || line == range.start || line + 1 == range.end || near(line);
        let mut at = range.start;
        html.push_str("<div class=\"part\">");
        while at < range.end {
            let gap = (at..range.end).take_while(|line| !is_shown(*line)).count() as u32;
            let text = |line: u32| self.line(file, line, &lines[(line - range.start) as usize]);
            if gap >= MIN_GAP {
                let last = at + gap - 1;
                *html += &if gap <= MAX_GAP {
                    let inside: String = (at..=last).map(text).collect();
                    format!(
                        "<details class=\"gap\"><summary>{gap} lines, {at} to {last}</summary>{inside}</details>"
                    )
                } else {
                    format!("<p class=\"gap left\">{gap} lines left out, {at} to {last}</p>")
                };
                at += gap;
            } else {
                let upto = at + gap.max(1);
                html.extend((at..upto).map(text));
                at = upto;
            }
        }
        html.push_str("</div>");
    }

    fn line(&self, file: FileId, number: u32, code: &str) -> String {
        let marked = &self.files[&file];
        let is_target = marked.lines.contains(&number);
        let id = match is_target {
            true => format!(" id=\"L{}-{}-{number}\"", self.id, file.0),
            false => String::new(),
        };
        let target = if is_target { " target" } else { "" };
        let mut html = format!(
            "<div class=\"line{target}\"{id}><span class=\"number\">{number}</span><code>{code}</code></div>"
        );
        for remark in marked.remarks.get(&number).into_iter().flatten() {
            html += &format!("<div class=\"remark\">{remark}</div>");
        }
        html
    }
}
