//! Which obligation of one version is which of the other.
//!
//! Takes the obligations of both; gives for each of the newer ones the older one, if there was one.
//! Two mistakes are possible: a lost proof would be hidden if what lost it were taken for something that
//! never had one, and what was only moved would be called new. So what is certain comes first, and
//! where two answers are equally likely, the one is taken that tells of a loss.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::site::{Comparison, Site};
use super::words::Exhausted;

/// How much functions with different names must have in common to be the same one, in percent.
const RENAMED_PERCENT: usize = 50;
/// The same where the effect's text is another one, too.
const REWRITTEN_PERCENT: usize = 60;
/// More pairs than this are not looked at one by one.
const MAX_PAIRS: usize = 1 << 20;

/// Which pairs with the same key are acceptable.
#[derive(Clone, Copy)]
enum Accept {
    /// All; as many on both sides are the same ones in the same order.
    InOrder,
    /// All.
    Any,
    /// Those that lose a proof.
    Lost,
    /// Those whose functions have so much in common, in percent.
    Alike(usize),
}

/// What both sites of a pair have.
#[derive(PartialEq, Eq, PartialOrd, Ord, Default)]
struct Key<'s> {
    package: &'s str,
    /// With its type or without.
    function: &'s str,
    file: &'s [u8],
    kind: &'s str,
    effect: &'s [u32],
    /// The text of the function without its name, as a number.
    body: Option<u32>,
}

/// For each site of `now` the index of its site in `then`.
pub(super) fn matching(
    comparison: &Comparison<'_>,
    now: &[Site<'_>],
    then: &[Site<'_>],
) -> Vec<Option<usize>> {
    let (found, taken) = (vec![None; now.len()], vec![false; then.len()]);
    let mut matching = Matching { comparison, now, then, found, taken };
    // Moved lines, another format.
    matching.pass(Accept::InOrder, |s| Key { file: s.file, effect: s.effect, ..of_function(s) });
    // Where a function lost a proof of a rule and has something unproved instead, these are the same.
    matching.pass(Accept::Lost, |s| Key { file: s.file, ..of_function(s) });
    // Another file.
    matching.pass(Accept::Any, |s| Key { effect: s.effect, ..of_function(s) });
    // Another package; a renamed type.
    matching.pass(Accept::Any, |s| Key {
        function: &s.obligation.function,
        effect: s.effect,
        ..Key::default()
    });
    matching.pass(Accept::Any, |s| Key {
        function: s.function,
        effect: s.effect,
        ..Key::default()
    });
    // A renamed function with the same text.
    matching.pass(Accept::Any, |s| Key { effect: s.effect, body: s.body, ..of_kind(s) });
    // A renamed function, or one that was taken out of another.
    matching.pass(Accept::Alike(RENAMED_PERCENT), |s| Key { effect: s.effect, ..of_kind(s) });
    // A renamed field, a rewritten effect.
    matching.pass(Accept::InOrder, |s| Key { kind: s.obligation.effect.id(), ..of_function(s) });
    matching.pass(Accept::Any, |s| Key { function: s.function, ..of_kind(s) });
    // All of that at once.
    matching.pass(Accept::Alike(REWRITTEN_PERCENT), of_kind);
    matching.found
}

fn of_function<'s>(site: &'s Site<'_>) -> Key<'s> {
    Key { package: site.package, function: &site.obligation.function, ..Key::default() }
}

fn of_kind<'s>(site: &'s Site<'_>) -> Key<'s> {
    Key { kind: site.obligation.effect.id(), ..Key::default() }
}

struct Matching<'m, 'v> {
    comparison: &'m Comparison<'v>,
    now: &'m [Site<'m>],
    then: &'m [Site<'m>],
    found: Vec<Option<usize>>,
    taken: Vec<bool>,
}

/// Sites with the same key.
#[derive(Default)]
struct Group {
    news: Vec<usize>,
    olds: Vec<usize>,
}

impl<'m> Matching<'m, '_> {
    /// Matches those that are still alone, have the same key, and are acceptable.
    fn pass(&mut self, accept: Accept, key: impl Fn(&'m Site<'m>) -> Key<'m>) {
        let mut groups: BTreeMap<(&str, Key<'_>), Group> = BTreeMap::new();
        let (now, then) = (self.now, self.then);
        let lost_only = matches!(accept, Accept::Lost);
        let wanted = |site: &Site<'_>, is_old: bool| !lost_only || site.is_proved() == is_old;
        for (i, site) in now.iter().enumerate() {
            if self.found[i].is_none() && wanted(site, false) {
                groups.entry((site.obligation.rule.id, key(site))).or_default().news.push(i);
            }
        }
        for (i, site) in then.iter().enumerate() {
            if !self.taken[i] && wanted(site, true) {
                groups.entry((site.obligation.rule.id, key(site))).or_default().olds.push(i);
            }
        }
        for Group { news, olds } in groups.into_values() {
            let is_alike = matches!(accept, Accept::Alike(_));
            let in_order = matches!(accept, Accept::InOrder) && news.len() == olds.len();
            if in_order || !is_alike && (news.len(), olds.len()) == (1, 1) {
                news.into_iter().zip(olds).for_each(|(new, old)| self.take(new, old));
            } else if let Ok(pairs) = self.pairs(&news, &olds, accept) {
                self.nearest(pairs);
            } else if !is_alike {
                self.by_order(news, olds);
            }
        }
    }

    /// All acceptable pairs, the nearest first.
    fn pairs(
        &self,
        news: &[usize],
        olds: &[usize],
        accept: Accept,
    ) -> Result<Vec<Pair>, Exhausted> {
        let count = news.len().saturating_mul(olds.len());
        if count > MAX_PAIRS {
            self.comparison.work.spend(usize::MAX)?;
        }
        let mut pairs = Vec::new();
        for &new in news {
            for &old in olds {
                let (a, b) = (&self.now[new], &self.then[old]);
                if let Accept::Alike(least) = accept
                    && self.comparison.likeness_around(a, b)? < least
                {
                    continue;
                }
                let near = self.comparison.nearness(a, b)?;
                pairs.push((Reverse(near), a.is_proved() || !b.is_proved(), new, old));
            }
        }
        pairs.sort_unstable();
        Ok(pairs)
    }

    fn nearest(&mut self, pairs: Vec<Pair>) {
        for (.., new, old) in pairs {
            if self.found[new].is_none() && !self.taken[old] {
                self.take(new, old);
            }
        }
    }

    /// Without a look at each pair: as many losses as there can be.
    fn by_order(&mut self, mut news: Vec<usize>, mut olds: Vec<usize>) {
        news.sort_by_key(|&new| self.now[new].is_proved());
        olds.sort_by_key(|&old| !self.then[old].is_proved());
        news.into_iter().zip(olds).for_each(|(new, old)| self.take(new, old));
    }

    fn take(&mut self, new: usize, old: usize) {
        self.found[new] = Some(old);
        self.taken[old] = true;
    }
}

/// How near, whether no loss is told, and the indices of both.
type Pair = (Reverse<usize>, bool, usize, usize);
