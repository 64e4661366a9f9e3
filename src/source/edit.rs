//! An edit of a text, and where places of the old text are in the new one.

use std::collections::BTreeMap;

use super::{FileId, Place, Span};

/// The part of a text that was replaced by another: what is before it has stayed where it was, and what is
/// behind it has moved as one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Edit {
    start: u32,
    old_end: u32,
    new_end: u32,
}

impl Edit {
    /// The one after which nothing is where it was.
    pub const EVERYTHING: Edit = Edit { start: 0, old_end: u32::MAX, new_end: u32::MAX };

    /// The one that puts something else in the place of a part, up to `new_end`.
    pub fn of(part: Span, new_end: u32) -> Self {
        Edit { start: part.start, old_end: part.end, new_end }
    }

    /// The smallest edit that makes one text of the other.
    pub fn between(old: &str, new: &str) -> Self {
        let (old, new) = (old.as_bytes(), new.as_bytes());
        let same = |(a, b): &(&u8, &u8)| a == b;
        let start = old.iter().zip(new).take_while(same).count();
        let ends = old[start..].iter().rev().zip(new[start..].iter().rev());
        let behind = ends.take_while(same).count();
        Edit {
            start: start as u32,
            old_end: (old.len() - behind) as u32,
            new_end: (new.len() - behind) as u32,
        }
    }

    fn behind(self, at: u32) -> u32 {
        (at - self.old_end).saturating_add(self.new_end)
    }
}

/// Where a span of the old text is in the new one after edits that are in order; none, if one of its ends was
/// replaced.
fn span_after(edits: &[Edit], span: Span) -> Option<Span> {
    // What is put in between two things belongs to neither.
    let before = edits.partition_point(|edit| edit.old_end <= span.start);
    let is_kept = edits.get(before).is_none_or(|next| span.start <= next.start);
    let behind = edits[..before].last().map_or(span.start, |edit| edit.behind(span.start));
    let start = is_kept.then_some(behind)?;
    let before = edits.partition_point(|edit| edit.start < span.end);
    let end = match edits[..before].last() {
        None => span.end,
        Some(edit) => (edit.old_end <= span.end).then(|| edit.behind(span.end))?,
    };
    (start <= end).then_some(Span { start, end })
}

/// The edits of several files.
#[derive(Clone, Debug, Default)]
pub struct Edits(BTreeMap<FileId, Vec<Edit>>);

impl Edits {
    /// Adds the edits of a file that has none yet, in their order.
    pub fn add(&mut self, file: FileId, edits: Vec<Edit>) {
        self.0.insert(file, edits);
    }

    /// Where a place is afterwards; none, if one of its ends was replaced.
    pub fn place(&self, place: Place) -> Option<Place> {
        match self.0.get(&place.file) {
            Some(edits) => Some(Place { span: span_after(edits, place.span)?, ..place }),
            None => Some(place),
        }
    }

    /// Where a span of a file is afterwards.
    pub fn span(&self, file: FileId, span: Span) -> Option<Span> {
        self.place(Place { file, span }).map(|place| place.span)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moved(old: &str, new: &str, what: &str) -> Option<String> {
        let start = old.find(what).expect("the old text has it") as u32;
        let span = Span { start, end: start + what.len() as u32 };
        let span = span_after(&[Edit::between(old, new)], span)?;
        Some(new[span.start as usize..span.end as usize].to_owned())
    }

    #[test]
    fn what_is_not_edited_is_found_again() {
        let old = "fn a() { x } fn b() { y }";
        let new = ["fn a() { x, z } fn b() { y }", "fn c() {} fn b() { y }", "/*é*/fn b() { y }"];
        for new in new {
            assert_eq!(moved(old, new, "fn b() { y }").as_deref(), Some("fn b() { y }"), "{new}");
        }
    }

    #[test]
    fn what_is_around_an_edit_has_its_new_text() {
        let (old, new) = ("{ a; b; }", "{ a; c; b; }");
        assert_eq!(moved(old, new, old).as_deref(), Some(new));
    }

    #[test]
    fn neighbours_of_what_is_put_in_between_stay_as_they_are() {
        let (old, new) = ("ab", "a-b");
        assert_eq!(moved(old, new, "a").as_deref(), Some("a"));
        assert_eq!(moved(old, new, "b").as_deref(), Some("b"));
    }

    #[test]
    fn what_is_cut_is_nowhere() {
        assert_eq!(moved("a + b", "a b", "+"), None);
        assert_eq!(moved("a + b", "a - b", "+").as_deref(), Some("-"));
    }
}
