//! What was edited between two versions of a file of which only the lowered code is there.
//!
//! Takes both; gives edits, as small as the places of functions and expressions say. They say where things
//! are, not that they are the same: whoever relies on that compares them ([`super::same`]).

use super::{FileIr, Function};
use crate::source::{Edit, Span};

/// Where something was, and where it is.
type Mark = (u32, u32);

/// What was edited, in order.
pub fn edits(old: &FileIr, new: &FileIr) -> Vec<Edit> {
    let (old, new) = (&old.functions[..], &new.functions[..]);
    let same = |(a, b): &(&Function, &Function)| a.name == b.name;
    let before = old.iter().zip(new).take_while(same).count();
    let behind = old[before..].iter().rev().zip(new[before..].iter().rev());
    let mut marks: Vec<Mark> = vec![(0, 0)];
    let pairs = old.iter().zip(new).take(before).chain(behind.take_while(same));
    pairs.for_each(|(a, b)| mark(a, b, &mut marks));
    marks.sort_unstable();
    marks.dedup();
    between(&marks)
}

/// The edits between marks that are in order; everything behind the last one may be another.
fn between(marks: &[Mark]) -> Vec<Edit> {
    let mut edits = Vec::new();
    for pair in marks.windows(2) {
        let [(start, was), (end, is)] = *pair else { continue };
        if is < was || start == end {
            return vec![Edit::EVERYTHING];
        }
        if i64::from(is) - i64::from(end) != i64::from(was) - i64::from(start) {
            edits.push(Edit::of(Span { start, end }, is));
        }
    }
    let last = marks.last().map_or(0, |(last, _)| *last);
    edits.push(Edit::of(Span { start: last, end: u32::MAX }, u32::MAX));
    edits
}

/// Marks what is in the same place in two versions of a function: seen from its beginning, up to where they
/// differ, and seen from its end.
fn mark(old: &Function, new: &Function, marks: &mut Vec<Mark>) {
    let (a, b) = (spans(old), spans(new));
    let shifted = |from: Span, to: Span, x: Span, y: Span| {
        let shift = i64::from(to.end) - i64::from(from.end);
        [(x.start, y.start), (x.end, y.end)].map(|(x, y)| i64::from(x) + shift == i64::from(y))
    };
    let both = |(x, y): (Span, Span)| [(x.start, y.start), (x.end, y.end)];
    let stays =
        |(x, y): &(&Span, &Span)| shifted(old.name_span, new.name_span, **x, **y) == [true, true];
    let before = a.iter().zip(&b).take_while(stays).count();
    marks.extend(both((old.name_span, new.name_span)));
    marks.extend(a.iter().zip(&b).take(before).flat_map(|(x, y)| both((*x, *y))));
    let (Some(last), Some(end)) = (a.last(), b.last()) else { return };
    for (x, y) in a[before..].iter().rev().zip(b[before..].iter().rev()) {
        let of_name = shifted(old.name_span, new.name_span, *x, *y);
        match (of_name, shifted(*last, *end, *x, *y)) {
            (_, [true, true]) | ([true, true], _) | ([true, _], [_, true]) => {
                marks.extend(both((*x, *y)));
            }
            _ => break,
        }
    }
}

/// Where the expressions of a function are that stand in its text; its body is the last.
fn spans(function: &Function) -> Vec<Span> {
    let exprs = &function.body.unread().exprs;
    let written = exprs.iter().map(|expr| expr.span).filter(|span| *span != Span::default());
    written.collect()
}
