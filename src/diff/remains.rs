//! What has become of an effect whose obligation is gone: deleted, or still there and not recognised.
//!
//! Takes an obligation of the older version that nothing of the newer one matches; gives the place at
//! which its effect still stands. Code that the lint no longer understands must not pass for code that
//! is gone.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::ops::Range;

use super::functions::Found;
use super::site::{Comparison, FunctionId, Site, Version, bytes};
use super::words::Exhausted;
use crate::outcome::Obligation;
use crate::protocol::Effect;
use crate::source::{FileId, Place, Span};
use crate::tokens;

/// How much a function must have in common with the older one to be the same, in percent.
const SAME_PERCENT: usize = 50;
/// The same for one that only got another name.
const UNCHANGED_PERCENT: usize = 85;
/// A shorter effect says nothing by its text.
const MIN_WORDS: usize = 3;
/// What it costs to keep a run of words.
const KEPT: usize = 32;

/// The functions and obligations of both versions, and what was found out of them.
pub(super) struct Remains<'r, 'v> {
    comparison: &'r Comparison<'v>,
    now: Asked,
    then: Asked,
    /// Whether each newer file is the same as in the older version, slot by slot.
    unchanged: Vec<bool>,
    /// Names of functions that the older version has.
    old_names: BTreeSet<&'v str>,
    /// The newer functions by name.
    named: BTreeMap<&'v str, Vec<FunctionId>>,
    /// Newer functions with names that the older version lacks.
    new: Vec<FunctionId>,
    candidates: RefCell<BTreeMap<FunctionId, Vec<FunctionId>>>,
    found: RefCell<BTreeMap<Question<'r>, Option<Place>>>,
    gone: RefCell<BTreeMap<Place, bool>>,
    new_runs: Runs<'r>,
    old_runs: Runs<'r>,
}

/// A rule, an older function, and the words of an effect in it.
type Question<'r> = (&'static str, FunctionId, &'r [u32]);

/// Words that follow each other in a function, by their count.
type Runs<'r> = RefCell<BTreeMap<(FunctionId, usize), HashSet<&'r [u32]>>>;

impl<'r, 'v> Remains<'r, 'v> {
    pub(super) fn new(comparison: &'r Comparison<'v>) -> Self {
        let Comparison { now, then, .. } = comparison;
        let old_functions = then.files().flat_map(|file| then.functions(file));
        let old_names: BTreeSet<&str> = old_functions.map(|f| then.name(f)).collect();
        let named = by_name(now);
        let old_texts: BTreeMap<&[u8], &str> =
            then.files().map(|file| (then.path(file), then.whole_text(file))).collect();
        let same = |file| old_texts.get(now.path(file)) == Some(&now.whole_text(file));
        let new = named.iter().filter(|(name, _)| !old_names.contains(*name));
        Remains {
            comparison,
            now: Asked::of(now),
            then: Asked::of(then),
            unchanged: now.files().map(same).collect(),
            new: new.flat_map(|(_, functions)| functions.iter().copied()).collect(),
            old_names,
            named,
            candidates: RefCell::default(),
            found: RefCell::default(),
            gone: RefCell::default(),
            new_runs: RefCell::default(),
            old_runs: RefCell::default(),
        }
    }

    /// Where the effect of an older obligation still stands. It is the same for all with the same text
    /// in a function.
    pub(super) fn of(&self, old: &Site<'r>) -> Result<Option<Place>, Exhausted> {
        let Some(function) = old.around else { return Ok(None) };
        let key = (old.obligation.rule.id, function, old.effect);
        if let Some(known) = self.found.borrow().get(&key) {
            return Ok(*known);
        }
        let found = if depends_on_handler(old.obligation.effect) {
            self.renamed_function(old, function)?
        } else {
            self.effect(old, function)?
        };
        self.found.borrow_mut().insert(key, found);
        Ok(found)
    }

    fn effect(&self, old: &Site<'_>, function: FunctionId) -> Result<Option<Place>, Exhausted> {
        if old.effect.len() < MIN_WORDS {
            return Ok(None); // may stand anywhere
        }
        let Comparison { now, then, .. } = self.comparison;
        let rule = old.obligation.rule.id;
        let length = old.effect.len();
        let same = |found: &Found<'_, '_>| found.ids() == old.effect;
        let before = self.uncovered(then, &self.then, function, rule, length, same)?.len();
        for candidate in self.candidates(old, function)? {
            let left = self.uncovered(now, &self.now, candidate, rule, length, same)?;
            if left.len() > before {
                return Ok(left.into_iter().next());
            }
            if let Some(place) = self.renamed(old, function, candidate)? {
                return Ok(Some(place));
            }
        }
        Ok(None)
    }

    /// A function with another name and the same body, in which the rule asks for nothing.
    fn renamed_function(
        &self,
        old: &Site<'_>,
        function: FunctionId,
    ) -> Result<Option<Place>, Exhausted> {
        let now = &self.comparison.now;
        for candidate in self.candidates(old, function)? {
            let is_new = !self.old_names.contains(now.name(candidate));
            if is_new && self.comparison.likeness(candidate, function)? >= UNCHANGED_PERCENT {
                let name = now.function(candidate).name.clone();
                let asked = self.now.functions.contains(&(old.obligation.rule.id, candidate));
                return Ok((!asked).then(|| place(candidate.file, &name)));
            }
        }
        Ok(None)
    }

    /// The functions that may be the one around an older obligation: those with its name; if there are
    /// none, new ones that look like it. In a file that is as it was nothing else can have come.
    fn candidates(
        &self,
        old: &Site<'_>,
        function: FunctionId,
    ) -> Result<Vec<FunctionId>, Exhausted> {
        if let Some(known) = self.candidates.borrow().get(&function) {
            return Ok(known.clone());
        }
        let Comparison { now, .. } = self.comparison;
        let named = self.named.get(old.function).map_or(&[][..], Vec::as_slice);
        let is_possible =
            |f: &&FunctionId| !self.unchanged[f.file.0 as usize] || now.path(f.file) == old.file;
        let mut chosen = Vec::new();
        for list in [named, &self.new] {
            for &candidate in list.iter().filter(is_possible) {
                if self.comparison.likeness(candidate, function)? >= SAME_PERCENT {
                    chosen.push(candidate);
                }
            }
            if !chosen.is_empty() {
                break;
            }
        }
        chosen.sort();
        self.candidates.borrow_mut().insert(function, chosen.clone());
        Ok(chosen)
    }

    /// The places in a function with fitting words that no obligation of the rule is at.
    fn uncovered<'t>(
        &self,
        version: &'t Version<'v>,
        asked: &Asked,
        function: FunctionId,
        rule: &'static str,
        length: usize,
        fits: impl Fn(&Found<'_, 'v>) -> bool,
    ) -> Result<Vec<Place>, Exhausted> {
        let text = version.text(function.file);
        let found = text.find(version.function(function), length, &self.comparison.work, fits)?;
        let places = found.into_iter().map(|range| place(function.file, &range));
        Ok(places.filter(|place| !asked.covers(rule, *place)).collect())
    }

    /// Whether such words stand in a function.
    fn holds(
        &self,
        version: &'r Version<'v>,
        runs: &Runs<'r>,
        function: FunctionId,
        words: &[u32],
    ) -> Result<bool, Exhausted> {
        let mut runs = runs.borrow_mut();
        if let Some(known) = runs.get(&(function, words.len())) {
            return Ok(known.contains(words));
        }
        let all = version.text(function.file).ids(&version.function(function).span);
        let length = words.len().max(1);
        self.comparison.work.spend(all.len().saturating_mul(length + KEPT))?;
        let here: HashSet<&[u32]> = all.windows(length).collect();
        let holds = here.contains(words);
        runs.insert((function, words.len()), here);
        Ok(holds)
    }

    /// The effect under other names: what stands in the newer function only, and has the same form.
    fn renamed(
        &self,
        old: &Site<'_>,
        function: FunctionId,
        candidate: FunctionId,
    ) -> Result<Option<Place>, Exhausted> {
        let Comparison { now, then, .. } = self.comparison;
        let words = then.text(function.file).words(&bytes(old.obligation.place));
        let rule = old.obligation.rule.id;
        let fits = |found: &Found<'_, '_>| has_same_form(&words, found);
        let left = self.uncovered(now, &self.now, candidate, rule, words.len(), fits)?;
        let mut seen = BTreeSet::new();
        for place in left {
            let found = now.text(place.file).ids(&bytes(place));
            if found == old.effect || !seen.insert(found) {
                continue;
            }
            if !self.holds(then, &self.old_runs, function, found)? {
                return Ok(Some(place));
            }
        }
        Ok(None)
    }

    /// Those of some older places whose text is in no function of the same name any more: what was taken
    /// away. All of them, if nothing was.
    pub(super) fn taken_away(&self, places: &[Place]) -> Vec<Place> {
        // Where the answer costs too much, the place is shown.
        let is_gone = |place: &&Place| {
            let known = self.gone.borrow().get(*place).copied();
            let is_gone = known.unwrap_or_else(|| self.is_gone(**place).unwrap_or(true));
            self.gone.borrow_mut().insert(**place, is_gone);
            is_gone
        };
        let gone: Vec<Place> = places.iter().filter(is_gone).copied().collect();
        if gone.is_empty() { places.to_vec() } else { gone }
    }

    fn is_gone(&self, place: Place) -> Result<bool, Exhausted> {
        let Comparison { now, then, .. } = self.comparison;
        let Some(function) = then.around(place) else { return Ok(false) };
        let words = then.text(place.file).ids(&bytes(place));
        for &named in self.named.get(then.name(function)).into_iter().flatten() {
            if self.holds(now, &self.new_runs, named, words)? {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

fn by_name<'v>(version: &Version<'v>) -> BTreeMap<&'v str, Vec<FunctionId>> {
    let mut named: BTreeMap<&str, Vec<FunctionId>> = BTreeMap::new();
    for function in version.files().flat_map(|file| version.functions(file)) {
        named.entry(version.name(function)).or_default().push(function);
    }
    named
}

/// Where the rules ask for something.
struct Asked {
    /// The spans in each file, by their starts; each with the furthest end up to it.
    spans: BTreeMap<(&'static str, FileId), Vec<(u32, u32)>>,
    functions: BTreeSet<(&'static str, FunctionId)>,
}

impl Asked {
    fn of(version: &Version<'_>) -> Self {
        let all = || version.outcome.obligations.iter().chain(&version.outcome.moot);
        let mut spans: BTreeMap<_, Vec<(u32, u32)>> = BTreeMap::new();
        for Obligation { rule, place, .. } in all() {
            let here = spans.entry((rule.id, place.file)).or_default();
            here.push((place.span.start, place.span.end));
        }
        for here in spans.values_mut() {
            here.sort_unstable();
            let mut furthest = 0;
            for (_, end) in here {
                furthest = furthest.max(*end);
                *end = furthest;
            }
        }
        let functions = all().filter_map(|o| Some((o.rule.id, version.around(o.place)?)));
        Asked { spans, functions: functions.collect() }
    }

    /// Whether the rule asks for something at a place that overlaps with this one.
    fn covers(&self, rule: &'static str, place: Place) -> bool {
        let here = self.spans.get(&(rule, place.file)).map_or(&[][..], Vec::as_slice);
        let before = here.partition_point(|(start, _)| *start < place.span.end);
        before > 0 && here[before - 1].1 > place.span.start
    }
}

fn place(file: FileId, range: &Range<usize>) -> Place {
    Place { file, span: Span { start: range.start as u32, end: range.end as u32 } }
}

/// Whether an effect is more than what its text does: it depends on the code around the place, and may
/// rightly be gone while the text stays.
pub(super) fn depends_on_handler(effect: Effect) -> bool {
    matches!(effect, Effect::HandlingEnd | Effect::OfficeEnd | Effect::Reply | Effect::UnstableRead)
}

/// Whether two pieces differ in some names only, and share at least half of them.
fn has_same_form(words: &[&str], found: &Found<'_, '_>) -> bool {
    let (mut names, mut same) = (0, 0);
    for (index, a) in words.iter().enumerate() {
        let b = found.word(index);
        let both = tokens::is_name(a) && tokens::is_name(b);
        if *a != b && (!both || *a == "self" || b == "self") {
            return false;
        }
        if both && *a != "self" {
            names += 1;
            same += usize::from(*a == b);
        }
    }
    same < names && 2 * same >= names
}
