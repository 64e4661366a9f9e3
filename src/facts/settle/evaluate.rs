//! What functions show, each evaluated once: as starts, for themselves, or as callers, for what they add to
//! another's evidence. Batches are evaluated in parallel; what was shown before, and holds still, is not
//! evaluated again.

use std::collections::BTreeSet;
use std::sync::Arc;

use rayon::prelude::*;

use super::Settler;
use crate::facts::budget::{Budget, Share, Spending};
use crate::facts::show::{Bounds, Shown, show};
use crate::ir::read::{Read, recorded};
use crate::program::FnId;

/// Functions evaluated at once.
const BATCH: usize = 1024;

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
            let spending = Spending::of(batch.len(), self.budgets.left());
            let results: Vec<(Arc<Shown>, Origin)> = batch
                .par_iter()
                .with_max_len(1)
                .enumerate()
                .map(|(position, &id)| self.evaluate(id, starts, spending.share(position)))
                .collect();
            for (position, (&id, (shown, origin))) in batch.iter().zip(results).enumerate() {
                self.take(id, starts, shown, origin, spending.share(position));
            }
        }
    }

    /// Takes the result of an evaluation, unless those before it had spent what it was to have.
    fn take(
        &mut self,
        id: FnId,
        starts: bool,
        shown: Arc<Shown>,
        origin: Origin,
        share: Share<'_>,
    ) {
        let is_gone = share.is_gone();
        let shown = if is_gone { Arc::new(Shown::nothing()) } else { shown };
        self.budgets.spend(shown.used);
        match origin {
            Origin::Kept => self.evaluations.kept += 1,
            Origin::Made(recorded) => {
                self.evaluations.made += 1;
                let recorded = recorded.filter(|_| !is_gone);
                if let (Some(memory), Some((budget, read))) = (&mut self.memory, recorded) {
                    memory.keep((id, !starts), budget, read, &shown);
                }
            }
        }
        match self.shown.contains_key(&id) {
            true => self.whole.insert(id, shown),
            false => self.shown.insert(id, shown),
        };
    }

    /// What a function shows, by an evaluation or as it was kept.
    fn evaluate(&self, id: FnId, starts: bool, share: Share<'_>) -> (Arc<Shown>, Origin) {
        let (program, clean) = (self.program, &self.clean);
        let is_start = starts || self.shown.contains_key(&id);
        let budget = self.budgets.of(program, id, is_start);
        let made = || {
            let bounds = Bounds { budget, share, whole: !starts };
            let shown = show(program, id, bounds, clean, self.demands, &self.storage);
            share.spend(shown.used);
            Arc::new(shown)
        };
        let Some(memory) = &self.memory else { return (made(), Origin::Made(None)) };
        let is_clean = |id| clean.contains(&id);
        if let Some(kept) = memory.get((id, !starts), budget, is_clean) {
            share.spend(kept.used);
            return (Arc::clone(kept), Origin::Kept);
        }
        if memory.is_full() {
            return (made(), Origin::Made(None));
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
