//! What has become of an effect whose obligation is gone: deleted, or still there and not recognised.
//!
//! Takes an obligation of the older version that nothing of the newer one matches; gives the place at
//! which its effect still stands. Code that the lint no longer understands must not pass for code that
//! is gone.

use std::collections::BTreeSet;
use std::ops::Range;

use super::functions::{Function, likeness};
use super::site::{Site, Version, bytes};
use crate::protocol::Effect;
use crate::source::{FileId, Place, Span};
use crate::tokens;

/// How much a function must have in common with the older one to be the same.
const SAME: usize = 50;
/// The same for one that only got another name.
const UNCHANGED: usize = 85;
/// A shorter effect says nothing by its text.
const MIN_WORDS: usize = 3;

/// The functions of both versions by name.
pub(super) struct Remains<'r, 'v> {
    now: &'r Version<'v>,
    then: &'r Version<'v>,
    /// Names of functions that the older version has.
    old_names: BTreeSet<&'v str>,
}

impl<'r, 'v> Remains<'r, 'v> {
    pub(super) fn new(now: &'r Version<'v>, then: &'r Version<'v>) -> Self {
        let mut old_names = BTreeSet::new();
        for file in then.files_with("fn") {
            let text = then.text(file);
            old_names.extend(text.functions.iter().map(|f| text.name(f)));
        }
        Remains { now, then, old_names }
    }

    /// Where the effect of an older obligation still stands.
    pub(super) fn of(&self, old: &Site<'_>) -> Option<Place> {
        if depends_on_handler(old.obligation.effect) {
            return self.renamed_function(old);
        }
        let text = self.then.text(old.obligation.place.file);
        let range = bytes(old.obligation.place);
        let function = text.around(&range)?;
        let words = text.words(&range);
        if words.len() < MIN_WORDS {
            return None; // may stand anywhere
        }
        let same = |found: &[&str]| found == words;
        let before =
            self.uncovered(self.then, old.obligation.place.file, function, words.len(), old, same);
        for (file, candidate) in self.candidates(old) {
            let now = self.uncovered(self.now, file, candidate, words.len(), old, same);
            if now.len() > before.len() {
                return now.into_iter().next();
            }
            if let Some(place) = self.renamed(old, &words, function, file, candidate) {
                return Some(place);
            }
        }
        None
    }

    /// A function with another name and the same body, in which the rule asks for nothing.
    fn renamed_function(&self, old: &Site<'_>) -> Option<Place> {
        let (file, function) = self.candidates(old).into_iter().find(|(file, function)| {
            let text = self.now.text(*file);
            let is_new = !self.old_names.contains(text.name(function));
            is_new && likeness(&text.bag(function), old.body()) >= UNCHANGED
        })?;
        let text = self.now.text(file);
        let asked = self.now.outcome.obligations.iter().chain(&self.now.outcome.moot).any(|o| {
            let inside = text.around(&bytes(o.place)).is_some_and(|f| f.span == function.span);
            o.rule.id == old.obligation.rule.id && o.place.file == file && inside
        });
        let name = function.name.clone();
        let span = Span { start: name.start as u32, end: name.end as u32 };
        (!asked).then_some(Place { file, span })
    }

    /// The functions that may be the one around an older obligation: those with its name; if there are
    /// none, new ones that look like it.
    fn candidates(&self, old: &Site<'_>) -> Vec<(FileId, &Function)> {
        let all = self.now.files_with("fn").map(|file| (file, self.now.text(file)));
        let all = all.flat_map(|(file, text)| text.functions.iter().map(move |f| (file, text, f)));
        let like = all.filter(|(_, text, f)| {
            let name = text.name(f);
            let may_be = name == old.function || !self.old_names.contains(name);
            may_be && likeness(&text.bag(f), old.body()) >= SAME
        });
        let (named, new): (Vec<_>, Vec<_>) =
            like.partition(|(_, text, f)| text.name(f) == old.function);
        let chosen = if named.is_empty() { new } else { named };
        chosen.into_iter().map(|(file, _, f)| (file, f)).collect()
    }

    /// The places in a function with fitting words that no obligation of the rule is at.
    fn uncovered(
        &self,
        version: &Version<'_>,
        file: FileId,
        function: &Function,
        length: usize,
        old: &Site<'_>,
        fits: impl Fn(&[&str]) -> bool,
    ) -> Vec<Place> {
        let text = version.text(file);
        let covered = |range: &Range<usize>| {
            let outcome = version.outcome;
            outcome.obligations.iter().chain(&outcome.moot).any(|o| {
                let at = bytes(o.place);
                let overlap = at.start < range.end && range.start < at.end;
                o.rule.id == old.obligation.rule.id && o.place.file == file && overlap
            })
        };
        let found = text.find(function, length, fits).into_iter().filter(|range| !covered(range));
        let place = |range: Range<usize>| Place {
            file,
            span: Span { start: range.start as u32, end: range.end as u32 },
        };
        found.map(place).collect()
    }

    /// The effect under other names: what stands in the newer function only, and has the same form.
    fn renamed(
        &self,
        old: &Site<'_>,
        words: &[&str],
        function: &Function,
        file: FileId,
        candidate: &Function,
    ) -> Option<Place> {
        let before = self.then.text(old.obligation.place.file);
        let fits = |found: &[&str]| has_same_form(words, found);
        let now = self.uncovered(self.now, file, candidate, words.len(), old, fits);
        now.into_iter().find(|place| {
            let found = self.now.text(place.file).words(&bytes(*place));
            let stood = !before.find(function, words.len(), |other| other == found).is_empty();
            !stood && found != words
        })
    }
}

/// Whether an effect is more than what its text does: it depends on the code around the place, and may
/// rightly be gone while the text stays.
pub(super) fn depends_on_handler(effect: Effect) -> bool {
    matches!(effect, Effect::HandlingEnd | Effect::OfficeEnd | Effect::Reply | Effect::UnstableRead)
}

/// Whether two pieces differ in some names only, and share at least half of them.
fn has_same_form(a: &[&str], b: &[&str]) -> bool {
    let (mut names, mut same) = (0, 0);
    for (a, b) in a.iter().zip(b) {
        let both = tokens::is_name(a) && tokens::is_name(b);
        if a != b && (!both || *a == "self" || *b == "self") {
            return false;
        }
        if both && *a != "self" {
            names += 1;
            same += usize::from(a == b);
        }
    }
    a.len() == b.len() && same < names && 2 * same >= names
}

/// Those of some places whose text is in no function of the same name any more: what was taken away.
/// All of them, if nothing was.
pub(super) fn taken_away(places: &[Place], now: &Version<'_>, then: &Version<'_>) -> Vec<Place> {
    let is_gone = |place: &&Place| {
        let text = then.text(place.file);
        let range = bytes(**place);
        let Some(function) = text.around(&range) else { return false };
        let (name, words) = (text.name(function), text.words(&range));
        let stands = |file: FileId| {
            let text = now.text(file);
            let mut named = text.functions.iter().filter(|f| text.name(f) == name);
            named.any(|f| !text.find(f, words.len(), |found| found == words).is_empty())
        };
        !now.files_with(name).any(stands)
    };
    let gone: Vec<Place> = places.iter().filter(is_gone).copied().collect();
    if gone.is_empty() { places.to_vec() } else { gone }
}
