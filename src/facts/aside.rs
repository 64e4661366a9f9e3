//! Arms of a dispatcher that handle no message of Raft: a tick, a client's command, a query.
//!
//! A function that only hands messages on is looked at for what it knows where it does. What its other
//! arms call changes state in functions of its own, in which an analysis starts by itself; following
//! it from here shows nothing new, and a dispatcher reaches all of a node. Where a caller is asked
//! what it adds to a function's evidence, all arms are evaluated.

use rustc_hash::FxHashSet;

use super::start::{changes_state, hands_over, is_message, takes_apart};
use crate::ir::{Arm, Body, ExprId, ExprKind, Name, Pat, PatId};
use crate::program::{FnId, PackageId, Program};
use crate::roles::messages;
use crate::source::Span;

/// The bodies of the arms that can be left alone where the analysis starts in this function.
pub(super) fn arms(program: &Program, id: FnId) -> FxHashSet<ExprId> {
    let mut found = FxHashSet::default();
    if messages::entry_of(program, id).is_some()
        || !takes_apart(program, id)
        || changes_state(program, id)
        || hands_over(program, id)
    {
        return found;
    }
    let body = &program.function(id).body;
    let package = program.package(id);
    let matching = body.pats.iter().filter(|pat| is_message(program, pat, package));
    let mut messages: Vec<u32> = matching.filter_map(|pat| Some(pat.named()?.1.start)).collect();
    messages.sort_unstable();
    let dispatcher = Dispatcher { program, package, body, messages };
    for expr in &body.exprs {
        if let ExprKind::Match { arms, .. } = &expr.kind {
            dispatcher.collect(arms, &mut found);
        }
    }
    found
}

struct Dispatcher<'p> {
    program: &'p Program,
    package: PackageId,
    body: &'p Body,
    /// Where patterns that match messages begin, in order.
    messages: Vec<u32>,
}

impl Dispatcher<'_> {
    fn collect(&self, arms: &[Arm], found: &mut FxHashSet<ExprId>) {
        let kinds: FxHashSet<Name> =
            arms.iter().filter_map(|arm| self.kind_of_message(arm.pat)).collect();
        if kinds.is_empty() {
            return;
        }
        let aside = |arm: &&Arm| {
            self.is_aside(arm.pat, &kinds) && !self.has_message(self.body.expr(arm.body).span)
        };
        found.extend(arms.iter().filter(aside).map(|arm| arm.body));
    }

    /// The enum whose variant, a message, a pattern matches.
    fn kind_of_message(&self, pat: PatId) -> Option<Name> {
        match self.body.pat(pat) {
            Pat::Or(parts) => parts.iter().find_map(|part| self.kind_of_message(*part)),
            Pat::Tuple { elems, .. } => elems.iter().find_map(|part| self.kind_of_message(*part)),
            pat if is_message(self.program, pat, self.package) => {
                pat.named()?.0.iter().nth_back(1).copied()
            }
            _ => None,
        }
    }

    /// Whether a pattern matches a variant of the same enum that is no message and holds none.
    fn is_aside(&self, pat: PatId, kinds: &FxHashSet<Name>) -> bool {
        let pat = match self.body.pat(pat) {
            Pat::Or(parts) => return parts.iter().all(|part| self.is_aside(*part, kinds)),
            pat => pat,
        };
        let Some(([.., of, variant], _)) = pat.named() else { return false };
        if !kinds.contains(of) || is_message(self.program, pat, self.package) {
            return false;
        }
        match self.program.variant_def(Some(*of), *variant, self.package) {
            Some((_, def)) => def.fields.iter().all(|field| {
                !messages::is_envelope(self.program, &field.ty, self.package)
                    && messages::by_type(self.program, &field.ty, self.package).is_none()
            }),
            // Of a generated type only the name is known.
            None => matches!(pat, Pat::Path { .. }),
        }
    }

    /// Whether messages are taken apart within.
    fn has_message(&self, within: Span) -> bool {
        let after = self.messages.partition_point(|start| *start < within.start);
        self.messages.get(after).is_some_and(|start| *start < within.end)
    }
}
