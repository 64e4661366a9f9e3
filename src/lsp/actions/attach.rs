//! Where a comment has to stand.
//!
//! Takes a text and a place in it; gives where a comment is put in so that it stands on the statement,
//! arm, field or item around the place. Each position is tried with the rules that comments are read by.

use std::sync::Arc;

use super::super::scratch::Scratch;
use super::Insertion;
use crate::ir::comment::{Comment, Directive};
use crate::source::Span;

/// So many lines above a place are tried.
const MAX_TRIES: usize = 80;

/// The nearest line above a place on which a comment stands on something around it.
pub(super) fn before(
    scratch: &Scratch,
    text: &Arc<str>,
    place: Span,
    comment: &str,
) -> Option<Insertion> {
    let line = text.get(..place.start as usize)?.matches('\n').count();
    let starts: Vec<usize> = starts(text).take(line + 1).collect();
    starts.iter().rev().take(MAX_TRIES).find_map(|&start| {
        let (insertion, found) = tried(scratch, text, start, comment)?;
        let by = insertion.text.len() as u32;
        let moved = Span { start: place.start + by, end: place.end + by };
        found.target.is_some_and(|target| target.span.contains(moved)).then_some(insertion)
    })
}

/// A comment on a line of its own before the line that starts here, and how it is read.
pub(super) fn tried(
    scratch: &Scratch,
    text: &Arc<str>,
    start: usize,
    comment: &str,
) -> Option<(Insertion, Comment)> {
    let line = text[start..].split('\n').next().unwrap_or("");
    let code = line.trim_start();
    if code.trim_end().is_empty() {
        return None;
    }
    let indent = &line[..line.len() - code.len()];
    let end = if line.ends_with('\r') { "\r\n" } else { "\n" };
    let insertion = Insertion { at: start, text: format!("{indent}{comment}{end}") };
    let mut changed = String::with_capacity(text.len() + insertion.text.len());
    changed.push_str(&text[..start]);
    changed.push_str(&insertion.text);
    changed.push_str(&text[start..]);
    let file = scratch.read(&changed.into()).ok()?;
    let at = (start + indent.len()) as u32;
    let found = file.comments.iter().find(|c| c.span.start == at)?.clone();
    let is_read = !matches!(found.directive, Directive::Malformed(_));
    is_read.then_some((insertion, found))
}

/// Where each line starts.
fn starts(text: &str) -> impl Iterator<Item = usize> + '_ {
    std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1))
}
