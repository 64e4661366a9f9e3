//! Whether what was applied is counted together with what is applied.

use super::eval::Engine;
use crate::ir::{Body, ExprId, ExprKind, Literal, Name};
use crate::program::{FnId, Program};
use crate::protocol::Fact;
use crate::roles::symbols::{Origin, Role, Sym};
use crate::roles::vocabulary::Words;
use crate::source::Place;

/// How deep the origin of a value is looked into.
const MAX_DEPTH: u32 = 10;
/// How many frames of the way are looked at.
const MAX_FRAMES: usize = 4;

impl Engine<'_> {
    /// Whether what was applied is counted together with what is applied.
    pub(super) fn cursor(&self, entry: Sym, at: Place) -> (Fact, Place) {
        let program = self.symbols.program;
        let index = self.index_of(entry);
        if let Some(counts) = self.counts_beside_commit() {
            return (Fact::AppliedAtCommit, counts);
        }
        if let Some(index) = index
            && let Some(jumps) = self.jumps_to_commit(index, at)
        {
            return (Fact::AppliedJumps, jumps);
        }
        let mut parts = Vec::new();
        self.parts_of(index.unwrap_or(entry), 6, &mut parts);
        for part in parts {
            let data = self.symbols.get(part);
            if data.role == Role::LastApplied
                && let Origin::Field(_, name) = data.origin
            {
                return match program.applied_moves(name) {
                    Some(moved) => (Fact::AppliedMoves, moved),
                    None => (Fact::AppliedStands, at),
                };
            }
        }
        (Fact::AppliedMoves, at)
    }

    /// The index by which an entry was picked.
    pub(super) fn index_of(&self, mut sym: Sym) -> Option<Sym> {
        for _ in 0..MAX_DEPTH {
            sym = match &self.symbols.get(sym).origin {
                Origin::Field(base, _)
                | Origin::Payload(base, ..)
                | Origin::Inner(base)
                | Origin::Named(base, _) => *base,
                Origin::Index(_, index) => return Some(*index),
                Origin::Method(_, args) => match **args {
                    [_, index] => return Some(index),
                    [base] => base,
                    // `find(|entry| entry.index == index)`
                    [elem, a, b] => {
                        let of_entry = |sym: Sym| self.shares(sym, elem);
                        return match (of_entry(a), of_entry(b)) {
                            (true, false) => Some(b),
                            (false, true) => Some(a),
                            _ => None,
                        };
                    }
                    _ => return None,
                },
                _ => return None,
            };
        }
        None
    }

    /// Where a function on the way sets what was applied to the commit index, though only one entry
    /// is applied: that at the commit index, or that behind what was applied.
    fn jumps_to_commit(&self, index: Sym, at: Place) -> Option<Place> {
        let program = self.symbols.program;
        let mut applied = at;
        for frame in self.frames.all().iter().rev().take(MAX_FRAMES) {
            if !frame.is_closure
                && let Some(jumps) = jumps_to_commit(program, frame.function)
            {
                let repeats = is_repeated(program, frame.function, applied);
                return (self.is_commit_as_it_was(index) || !repeats && self.is_behind(index))
                    .then_some(jumps);
            }
            applied = frame.call?;
        }
        None
    }

    /// Whether an index is the commit index, which has not moved on this way.
    fn is_commit_as_it_was(&self, mut index: Sym) -> bool {
        for _ in 0..MAX_DEPTH {
            let data = self.symbols.get(index);
            index = match data.origin {
                Origin::Field(..) => return data.role == Role::CommitIndex,
                Origin::Named(base, _) => base,
                Origin::Stored(place, value) if self.symbols.role(place) == Role::LastApplied => {
                    value
                }
                _ => return false,
            };
        }
        false
    }

    /// Whether an index is the one behind what was applied.
    fn is_behind(&self, mut index: Sym) -> bool {
        for _ in 0..MAX_DEPTH {
            let data = self.symbols.get(index);
            index = match data.origin {
                Origin::Field(..) => return data.role == Role::LastApplied,
                Origin::Named(base, _) => base,
                Origin::Binary(_, base, by)
                    if matches!(self.symbols.get(by).origin, Origin::Int(_)) =>
                {
                    base
                }
                _ => return false,
            };
        }
        false
    }

    /// Whether two values have something in common besides where all values come from.
    pub(super) fn shares(&self, a: Sym, b: Sym) -> bool {
        let mut of_a = Vec::new();
        self.parts_of(a, 6, &mut of_a);
        let mut of_b = Vec::new();
        self.parts_of(b, 6, &mut of_b);
        of_a.iter().any(|part| of_b.contains(part))
    }

    /// What a value is made of.
    pub(super) fn parts_of(&self, sym: Sym, fuel: u32, parts: &mut Vec<Sym>) {
        let Some(less) = fuel.checked_sub(1) else { return };
        if parts.len() >= 24 || parts.contains(&sym) {
            return;
        }
        let data = self.symbols.get(sym);
        let common = matches!(
            data.role,
            Role::CurrentTerm | Role::OwnLastIndex | Role::Log | Role::Request | Role::ReqTerm
        );
        if !common && !matches!(data.origin, Origin::SelfValue | Origin::Int(_) | Origin::Global(_))
        {
            parts.push(sym);
        }
        match &data.origin {
            Origin::Composite(list) | Origin::Method(_, list) | Origin::Call(_, list) => {
                list.iter().for_each(|p| self.parts_of(*p, less, parts));
            }
            Origin::Named(base, _) | Origin::Inner(base) | Origin::Elem(base) => {
                self.parts_of(*base, less, parts);
            }
            Origin::Index(base, index) | Origin::Binary(_, base, index) => {
                self.parts_of(*base, less, parts);
                self.parts_of(*index, less, parts);
            }
            Origin::Stored(_, value) => self.parts_of(*value, less, parts),
            _ => {}
        }
    }

    /// Where a function on the way adds one to what was applied, while it takes the entry at the
    /// commit index and does not move that.
    fn counts_beside_commit(&self) -> Option<Place> {
        let functions =
            self.frames.all().iter().rev().filter(|f| !f.is_closure).map(|f| f.function);
        functions.take(3).find_map(|id| counts_beside_commit(self.symbols.program, id))
    }
}

/// Where a function sets what was applied to the commit index, and does not move that.
fn jumps_to_commit(program: &Program, id: FnId) -> Option<Place> {
    let function = program.function(id);
    let body = &function.body;
    let mut jumps = None;
    for expr in &body.exprs {
        match &expr.kind {
            ExprKind::Assign(target, value) => {
                let plain = matches!(body.expr(*value).kind, ExprKind::Field(..));
                let (to, from) =
                    (tail_words(program, body, *target), tail_words(program, body, *value));
                if to.any(Words::COMMIT) {
                    return None;
                }
                if plain && to.any(Words::APPLIED) && from.any(Words::COMMIT) {
                    jumps = Some(Place { file: function.file, span: expr.span });
                }
            }
            ExprKind::AssignOp(_, target, _)
                if tail_words(program, body, *target).any(Words::COMMIT) =>
            {
                return None;
            }
            _ => {}
        }
    }
    jumps
}

/// Whether a place in a function is in a loop or a closure.
fn is_repeated(program: &Program, id: FnId, at: Place) -> bool {
    let repeats = |kind: &ExprKind| {
        matches!(
            kind,
            ExprKind::For { .. }
                | ExprKind::While { .. }
                | ExprKind::Loop { .. }
                | ExprKind::Closure { .. }
        )
    };
    program
        .function(id)
        .body
        .exprs
        .iter()
        .any(|expr| expr.span.contains(at.span) && repeats(&expr.kind))
}

fn counts_beside_commit(program: &Program, id: FnId) -> Option<Place> {
    let function = program.function(id);
    let body = &function.body;
    let place = |expr: ExprId| Place { file: function.file, span: body.expr(expr).span };
    let words = |expr: ExprId| tail_words(program, body, expr);
    let one = |by: ExprId| matches!(body.expr(by).kind, ExprKind::Lit(Literal::Int(Some(1))));
    let (mut counts, mut at_commit) = (None, false);
    let mut looked_up = |index: ExprId| {
        let plain = matches!(body.expr(index).kind, ExprKind::Field(..));
        let words = tail_words(program, body, index);
        at_commit |= plain && words.all(Words::COMMIT.with(Words::INDEX));
        words.any(Words::APPLIED)
    };
    for (position, expr) in (0..).map(ExprId).zip(&body.exprs) {
        match &expr.kind {
            ExprKind::AssignOp(_, target, by) => {
                if words(*target).any(Words::COMMIT) {
                    return None;
                }
                if words(*target).any(Words::APPLIED) && one(*by) {
                    counts = counts.or(Some(place(position)));
                }
            }
            ExprKind::Assign(target, _)
                if words(*target).any(Words::COMMIT.with(Words::APPLIED)) =>
            {
                return None;
            }
            ExprKind::Index(_, index) if looked_up(*index) => return None,
            ExprKind::MethodCall { receiver, method, args } => match (&**args, words(*receiver)) {
                ([], _) => {
                    let (text, words) = (program.text(*method), program.words(*method));
                    let counter = text.starts_with("inc") || text.starts_with("bump");
                    if counter && words.any(Words::APPLIED) {
                        counts = counts.or(Some(place(position)));
                    }
                }
                ([index], of) if of.any(Words::LOG.with(Words::ENTRIES)) && looked_up(*index) => {
                    return None;
                }
                _ => {}
            },
            _ => {}
        }
    }
    counts.filter(|_| at_commit)
}

/// The words of the field or local that a place ends in.
fn tail_words(program: &Program, body: &Body, mut expr: ExprId) -> Words {
    let words = |name: &Name| program.words(*name);
    for _ in 0..8 {
        expr = match &body.expr(expr).kind {
            ExprKind::Field(_, name) => return words(name),
            ExprKind::Path(path) => return path.last().map(words).unwrap_or_default(),
            ExprKind::Unary(_, inner) | ExprKind::Index(inner, _) => *inner,
            ExprKind::MethodCall { receiver, .. } => *receiver,
            _ => return Words::default(),
        };
    }
    Words::default()
}
