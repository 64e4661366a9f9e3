//! Which function a place stands in, for those who ask of many places.
//!
//! Takes the program's functions; gives the innermost body around a place. Who asks is behind the analysis: no
//! result that is kept for the next time may depend on it.

use std::cmp::Reverse;

use super::{FnId, Program};
use crate::source::{FileId, Place, Span};

/// A body with the one around it.
struct Around {
    file: FileId,
    span: Span,
    function: FnId,
    outer: Option<usize>,
}

/// All bodies, by their starts; outer ones first.
#[derive(Default)]
pub(super) struct Bodies(Vec<Around>);

impl Bodies {
    pub(super) fn of(program: &Program) -> Self {
        let body = |function: FnId| {
            let Place { file, .. } = program.place(function);
            let item = program.function(function);
            let span = item.body.unread().expr(item.root?).span;
            Some(Around { file, span, function, outer: None })
        };
        let mut all: Vec<Around> = program.ids().filter_map(body).collect();
        all.sort_by_key(|a| (a.file, a.span.start, Reverse(a.span.end), Reverse(a.function)));
        let mut open: Vec<usize> = Vec::new();
        for i in 0..all.len() {
            let (file, span) = (all[i].file, all[i].span);
            let is_around = |o: &usize| all[*o].file == file && all[*o].span.contains(span);
            while open.last().is_some_and(|o| !is_around(o)) {
                open.pop();
            }
            all[i].outer = open.last().copied();
            open.push(i);
        }
        Bodies(all)
    }

    fn around(&self, place: Place) -> Option<FnId> {
        let behind =
            self.0.partition_point(|a| (a.file, a.span.start) <= (place.file, place.span.start));
        let mut candidate = behind.checked_sub(1);
        while let Some(around) = candidate.map(|i| &self.0[i]) {
            if around.file == place.file && around.span.contains(place.span) {
                return Some(around.function);
            }
            candidate = around.outer;
        }
        None
    }
}

impl Program {
    /// The innermost function that a place stands in; as [`Program::function_around`], for many places.
    pub fn body_around(&self, place: Place) -> Option<FnId> {
        self.bodies.get_or_init(|| Bodies::of(self)).around(place)
    }
}
