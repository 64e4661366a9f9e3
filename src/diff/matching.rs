//! Which obligation of one version is which of the other.
//!
//! Takes the obligations of both; gives for each of the newer ones the older one, if there was one.
//! Two mistakes are possible: a lost proof would be hidden if what lost it were taken for something that
//! never had one, and what was only moved would be called new. So what is certain comes first, and
//! where two answers are equally likely, the one is taken that tells of a loss.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::site::Site;

/// How much functions with different names must have in common to be the same one.
const RENAMED: usize = 50;
/// The same where the effect's text is another one, too.
const REWRITTEN: usize = 60;
/// More pairs than this are matched by their order.
const MAX_PAIRS: usize = 1 << 20;

/// For each site of `now` the index of its site in `then`.
pub(super) fn matching(now: &[Site<'_>], then: &[Site<'_>]) -> Vec<Option<usize>> {
    let mut matching =
        Matching { now, then, found: vec![None; now.len()], taken: vec![false; then.len()] };
    let kind = |s: &Site<'_>| s.obligation.effect.id().to_owned();
    let function = |s: &Site<'_>| vec![s.package.to_owned(), s.obligation.function.clone()];
    let with = |mut key: Vec<String>, more: &str| {
        key.push(more.to_owned());
        key
    };
    // Moved lines, another format.
    matching.pass(true, |s| with(with(function(s), s.file), &s.effect), |_, _| true);
    // Where a function lost a proof of a rule and has something unproved instead, these are the same.
    let lost = |a: &Site<'_>, b: &Site<'_>| b.is_proved() && !a.is_proved();
    matching.pass(false, |s| with(function(s), s.file), lost);
    // Another file.
    matching.pass(false, |s| with(function(s), &s.effect), |_, _| true);
    // Another package; a renamed type.
    matching.pass(false, |s| vec![s.obligation.function.clone(), s.effect.clone()], |_, _| true);
    matching.pass(false, |s| vec![s.function.to_owned(), s.effect.clone()], |_, _| true);
    // A renamed function, or one that was taken out of another.
    matching.pass(false, |s| vec![kind(s), s.effect.clone()], |a, b| a.likeness(b) >= RENAMED);
    // A renamed field, a rewritten effect.
    matching.pass(true, |s| with(function(s), &kind(s)), |_, _| true);
    matching.pass(false, |s| vec![s.function.to_owned(), kind(s)], |_, _| true);
    // All of that at once.
    matching.pass(false, |s| vec![kind(s)], |a, b| a.likeness(b) >= REWRITTEN);
    matching.found
}

struct Matching<'m, 'v> {
    now: &'m [Site<'v>],
    then: &'m [Site<'v>],
    found: Vec<Option<usize>>,
    taken: Vec<bool>,
}

/// Sites with the same key.
#[derive(Default)]
struct Group {
    news: Vec<usize>,
    olds: Vec<usize>,
}

impl Matching<'_, '_> {
    /// Matches those that are still alone, have the same key, and are acceptable. `in_order`: as many on
    /// both sides are the same ones in the same order.
    fn pass(
        &mut self,
        in_order: bool,
        key: impl Fn(&Site<'_>) -> Vec<String>,
        accept: impl Fn(&Site<'_>, &Site<'_>) -> bool,
    ) {
        let mut groups: BTreeMap<(&str, Vec<String>), Group> = BTreeMap::new();
        let (now, then) = (self.now, self.then);
        for i in (0..now.len()).filter(|&i| self.found[i].is_none()) {
            let group = (now[i].obligation.rule.id, key(&now[i]));
            groups.entry(group).or_default().news.push(i);
        }
        for i in (0..then.len()).filter(|&i| !self.taken[i]) {
            let group = (then[i].obligation.rule.id, key(&then[i]));
            groups.entry(group).or_default().olds.push(i);
        }
        for Group { news, olds } in groups.into_values() {
            let by_order = in_order && news.len() == olds.len();
            if by_order || news.len() * olds.len() > MAX_PAIRS {
                news.into_iter().zip(olds).for_each(|(new, old)| self.take(new, old));
            } else {
                self.nearest(&news, &olds, &accept);
            }
        }
    }

    fn nearest(
        &mut self,
        news: &[usize],
        olds: &[usize],
        accept: &impl Fn(&Site<'_>, &Site<'_>) -> bool,
    ) {
        let mut pairs = Vec::new();
        for &new in news {
            for &old in olds {
                let (a, b) = (&self.now[new], &self.then[old]);
                if accept(a, b) {
                    let hidden = a.is_proved() || !b.is_proved();
                    pairs.push((Reverse(a.nearness(b)), hidden, new, old));
                }
            }
        }
        pairs.sort_unstable();
        for (.., new, old) in pairs {
            if self.found[new].is_none() && !self.taken[old] {
                self.take(new, old);
            }
        }
    }

    fn take(&mut self, new: usize, old: usize) {
        self.found[new] = Some(old);
        self.taken[old] = true;
    }
}
