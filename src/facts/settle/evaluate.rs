//! What functions show, each evaluated once: as starts, for themselves, or as callers, for what they add to
//! another's evidence. Batches are evaluated in parallel; what was shown before, and holds still, is not
//! evaluated again.

use std::collections::BTreeSet;
use std::sync::Arc;

use rayon::prelude::*;

use super::Settler;
use crate::facts::budget::Budget;
use crate::facts::show::{Shown, show};
use crate::ir::read::{Read, recorded};
use crate::program::FnId;

/// Functions evaluated at once: what is left of the run's budget is looked at in between, so that
/// the result does not depend on the number of threads.
const BATCH: usize = 64;

/// How many functions were evaluated.
#[derive(Clone, Copy, Default, Debug)]
pub struct Evaluations {
    /// In this analysis.
    pub made: usize,
    /// In an earlier one, of which the result holds still.
    pub kept: usize,
}

/// Where it is from what a function shows.
enum Origin {
    Kept,
    /// By what bounds it was evaluated, and what it depends on, if that is kept.
    Made(Option<(Budget, Read)>),
}

impl Settler<'_, '_> {
    /// Evaluates functions, in parallel, that have not been evaluated yet: as starts, for themselves,
    /// or as callers, for what they add to another's evidence.
    pub(super) fn show_all(&mut self, ids: &[FnId], starts: bool) {
        let missing = |id: &FnId| match self.shown.get(id) {
            None => true,
            Some(shown) => !starts && shown.left_aside && !self.whole.contains_key(id),
        };
        let new: Vec<FnId> = ids.iter().copied().filter(missing).collect();
        for batch in new.chunks(BATCH) {
            let results: Vec<(FnId, Arc<Shown>, Origin)> = batch
                .par_iter()
                .with_max_len(1)
                .map(|&id| {
                    let (shown, origin) = self.evaluate(id, starts);
                    (id, shown, origin)
                })
                .collect();
            for (id, shown, origin) in results {
                self.budgets.spend(shown.used);
                match origin {
                    Origin::Kept => self.evaluations.kept += 1,
                    Origin::Made(_) => self.evaluations.made += 1,
                }
                if let (Some(memory), Origin::Made(Some((budget, read)))) =
                    (&mut self.memory, origin)
                {
                    memory.keep((id, !starts), budget, read, &shown);
                }
                match self.shown.contains_key(&id) {
                    true => self.whole.insert(id, shown),
                    false => self.shown.insert(id, shown),
                };
            }
        }
    }

    /// What a function shows, by an evaluation or as it was kept.
    fn evaluate(&self, id: FnId, starts: bool) -> (Arc<Shown>, Origin) {
        let (program, clean) = (self.program, &self.clean);
        let is_start = starts || self.shown.contains_key(&id);
        let budget = self.budgets.of(program, id, is_start);
        let made = || {
            let bounds = (budget, !starts);
            Arc::new(show(program, id, bounds, clean, self.demands, &self.storage))
        };
        let Some(memory) = &self.memory else { return (made(), Origin::Made(None)) };
        let is_clean = |id| clean.contains(&id);
        if let Some(kept) = memory.get((id, !starts), budget, is_clean) {
            return (Arc::clone(kept), Origin::Kept);
        }
        let (shown, read) = recorded(made);
        (shown, Origin::Made(Some((budget, read))))
    }

    pub(super) fn show(&mut self, id: FnId) -> &Shown {
        self.show_all(&[id], true);
        &self.shown[&id]
    }

    /// The same with all of its arms.
    pub(super) fn show_whole(&mut self, id: FnId) -> &Shown {
        self.show_all(&[id], false);
        self.whole.get(&id).unwrap_or_else(|| &self.shown[&id])
    }

    /// The functions in which the evaluation failed.
    pub(super) fn failed(&self) -> Vec<FnId> {
        let all = self.shown.iter().chain(&self.whole);
        let failed: BTreeSet<FnId> = all.filter(|(_, s)| s.failed).map(|(id, _)| *id).collect();
        failed.into_iter().collect()
    }

    /// What a function shows with all of its arms, as far as it has been evaluated.
    pub(super) fn seen_whole(&self, id: FnId) -> Option<&Shown> {
        let whole = self.whole.get(&id);
        whole.or_else(|| self.shown.get(&id).filter(|s| !s.left_aside)).map(Arc::as_ref)
    }
}
