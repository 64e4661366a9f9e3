//! nextIndex after a rejection: whether the leader goes back by one, or knows better.

use super::eval::Engine;
use super::value::Value;
use super::world::{Assumption, World};
use crate::ir::{BinaryOp, ExprKind, Name};
use crate::program::PackageId;
use crate::protocol::{Effect, Fact, Message};
use crate::roles::symbols::{Origin, Role, Sym, Tags};
use crate::roles::vocabulary::Words;
use crate::source::Place;

/// How deep a value is looked into.
const MAX_DEPTH: u32 = 8;

impl Engine<'_> {
    /// A new nextIndex is recorded as a back-off if it is one.
    pub(super) fn backed_off(&mut self, world: &World, value: &Value, at: Place) {
        if world.handling != Some(Message::AppendReply) && world.awaited.is_none() {
            return;
        }
        let Some(world) = self.handling_reply(world, Message::AppendReply, None) else { return };
        let rejected = self.rejected(&world);
        let parts: Vec<Sym> =
            value.alternatives().iter().map(|part| self.symbol(&part.clone())).collect();
        let floors: Vec<_> = parts.iter().map(|s| self.floor_evidence(&world, *s, at)).collect();
        // Of one alternative alone it does not follow how low the value gets.
        let all_decided = floors.iter().all(Option::is_some);
        for (sym, floor) in parts.into_iter().zip(floors) {
            if self.never_lowers(sym) {
                continue;
            }
            let lowered = self.is_one_less(sym, MAX_DEPTH) && rejected != Some(false);
            let better = || {
                self.is_hinted(sym, MAX_DEPTH)
                    || self.jumps(sym, MAX_DEPTH)
                    || self.is_echo(sym, MAX_DEPTH)
            };
            let refused =
                || rejected == Some(true) || rejected.is_none() && self.of_refusal(sym, MAX_DEPTH);
            if lowered || refused() && better() {
                if floor.is_some_and(|(fact, _)| all_decided || fact.is_hint()) {
                    self.record(&world, Effect::NextFloor, at, &[sym], true);
                }
                self.record(&world, Effect::NextBackOff, at, &[sym], true);
            }
        }
    }

    /// What makes a back-off better than by one.
    pub(super) fn back_off_evidence(
        &self,
        world: &World,
        value: Sym,
        at: Place,
    ) -> Option<(Fact, Place)> {
        let echo = self.is_echo(value, MAX_DEPTH);
        let hint = |sym: Sym| self.speaks_of_conflict(sym) && !self.is_echo(sym, MAX_DEPTH);
        let asked = |&(assumption, holds): &(Assumption, bool)| match assumption {
            Assumption::Present(sym) => {
                self.symbols.tags(sym).only_request()
                    && self.is_hinted(sym, MAX_DEPTH)
                    && !self.is_echo(sym, MAX_DEPTH)
            }
            // Where it is so, it may be no more than the refusal itself.
            Assumption::Truthy(sym) => !holds && hint(sym),
            Assumption::Rel(_, a, b) => hint(a) || hint(b),
            Assumption::Is(..) => false,
        };
        let hinted = !echo && self.is_hinted(value, MAX_DEPTH);
        if hinted || world.assumptions.iter().any(asked) {
            return Some((Fact::NextFromHint, at));
        }
        if !echo && !self.is_one_less(value, MAX_DEPTH) {
            return Some((Fact::NextJumps, at));
        }
        match self.snapshot_sent() {
            Some(sent) => Some((Fact::SnapshotFallback, sent)),
            None => echo.then_some((Fact::NextEchoed, at)),
        }
    }

    fn speaks_of_conflict(&self, sym: Sym) -> bool {
        let Some(name) = self.symbols.name(sym) else { return false };
        let text = self.symbols.program.text(name);
        let hint = text.contains("conflict") || text.contains("hint") || text.contains("mismatch");
        hint && self.symbols.tags(sym).any(Tags::REQUEST)
    }

    /// Whether a variant of a reply says that the entries were not taken.
    fn refuses(&self, variant: Name) -> bool {
        let program = self.symbols.program;
        let refuses = ["Conflict", "Mismatch", "Inconsisten", "Fail", "NotMatch", "Retry"];
        program.words(variant).any(Words::REJECT)
            || refuses.iter().any(|r| program.text(variant).contains(r))
    }

    /// Whether the reply was a rejection on this way, as far as that was asked.
    pub(super) fn rejected(&self, world: &World) -> Option<bool> {
        let of_reply = |sym: Sym| self.symbols.tags(sym).any(Tags::REQUEST);
        world.assumptions.iter().rev().find_map(|&(assumption, holds)| match assumption {
            Assumption::Truthy(sym) if of_reply(sym) => {
                let words = self.words_of(sym);
                if words.any(Words::REJECT) || self.speaks_of_conflict(sym) {
                    return Some(holds);
                }
                words.any(Words::SUCCESS).then_some(!holds)
            }
            Assumption::Is(sym, variant) if of_reply(sym) => {
                if self.refuses(variant) {
                    return Some(holds);
                }
                let words = self.symbols.program.words(variant);
                let accepts = words.any(Words::SUCCESS) && !words.any(Words::REPLY);
                accepts.then_some(!holds)
            }
            Assumption::Rel(BinaryOp::Eq, a, b) | Assumption::Rel(BinaryOp::Lt, a, b) => {
                let zero = [a, b].iter().any(|s| self.symbols.role(*s) == Role::Zero);
                let refusal = [a, b].iter().any(|s| self.words_of(*s).any(Words::REJECT));
                let equal = matches!(assumption, Assumption::Rel(BinaryOp::Eq, ..));
                (zero && refusal).then_some(holds != equal)
            }
            Assumption::Present(sym) if self.speaks_of_conflict(sym) && holds => Some(true),
            _ => None,
        })
    }

    /// Whether a value is made of what only a refusal has, wherever that was looked at.
    fn of_refusal(&self, sym: Sym, fuel: u32) -> bool {
        let Some(less) = fuel.checked_sub(1) else { return false };
        if self.speaks_of_conflict(sym) {
            return true;
        }
        let part = |sym: &Sym| self.of_refusal(*sym, less);
        match &self.symbols.get(self.plain(sym)).origin {
            Origin::Method(_, args) | Origin::Call(_, args) | Origin::Composite(args) => {
                args.iter().any(part)
            }
            Origin::Binary(_, a, b) => part(a) || part(b),
            Origin::Field(base, _) => part(base),
            Origin::Payload(_, variant, _) => {
                self.symbols.tags(sym).only_request() && self.refuses(*variant)
            }
            _ => false,
        }
    }

    /// The old nextIndex less one, in whatever wrapping.
    fn is_one_less(&self, sym: Sym, fuel: u32) -> bool {
        let Some(less) = fuel.checked_sub(1) else { return false };
        let program = self.symbols.program;
        let one = |sym: Sym| matches!(self.symbols.get(sym).origin, Origin::Int(1));
        match &self.symbols.get(sym).origin {
            Origin::Binary(BinaryOp::Sub, a, b) => one(*b) && self.is_next(*a, less),
            Origin::Method(name, args) => match (program.text(*name), &**args) {
                ("saturating_sub" | "checked_sub" | "wrapping_sub" | "sub", [a, b]) => {
                    one(*b) && self.is_next(*a, less)
                }
                ("max" | "min" | "unwrap_or" | "clamp", [a, rest @ ..]) => {
                    let hinted = || rest.iter().any(|s| self.is_hinted(*s, less));
                    let any = std::iter::once(a).chain(rest).any(|s| self.is_one_less(*s, less));
                    any && !hinted()
                }
                (text, [a]) if text.contains("prev") || text.starts_with("dec") => {
                    self.is_next(*a, less)
                }
                _ => false,
            },
            Origin::Named(inner, _) | Origin::Inner(inner) | Origin::Stored(_, inner) => {
                self.is_one_less(*inner, less)
            }
            Origin::Composite(parts) => {
                let constant = |s: Sym| matches!(self.symbols.get(s).origin, Origin::Int(_));
                parts.iter().any(|p| self.is_one_less(*p, less))
                    && parts.iter().all(|p| {
                        constant(*p) || self.is_next(*p, less) || self.is_one_less(*p, less)
                    })
            }
            _ => false,
        }
    }

    /// Whether a value is the nextIndex that was there before.
    fn is_next(&self, sym: Sym, fuel: u32) -> bool {
        let Some(less) = fuel.checked_sub(1) else { return false };
        let words = self.words_of(sym);
        if self.progress_of(sym) == Some(Role::NextIndex)
            || words.any(Words::NEXT) && words.any(Words::INDEX.with(Words::LENGTH))
        {
            return true;
        }
        match &self.symbols.get(sym).origin {
            Origin::Named(inner, _) | Origin::Inner(inner) | Origin::Stored(_, inner) => {
                self.is_next(*inner, less)
            }
            Origin::Field(base, name) => {
                let text = self.symbols.program.text(*name);
                text.starts_with(|c: char| c.is_ascii_digit()) && self.is_next(*base, less)
            }
            Origin::Binary(_, a, b) => {
                let constant = matches!(self.symbols.get(*b).origin, Origin::Int(_));
                constant && self.is_next(*a, less)
            }
            Origin::Composite(parts) => parts.iter().any(|p| self.is_next(*p, less)),
            _ => false,
        }
    }

    /// Whether a value is made of what the follower said about its log.
    fn is_hinted(&self, sym: Sym, fuel: u32) -> bool {
        let Some(less) = fuel.checked_sub(1) else { return false };
        // Which follower's entry of the table it is says nothing about that follower's log.
        if self.progress_of(sym).is_some() {
            return false;
        }
        let data = self.symbols.get(sym);
        let part = |sym: &Sym| self.is_hinted(*sym, less);
        match &data.origin {
            Origin::Field(..) | Origin::Payload(..) if data.tags.only_request() => {
                let words = self.words_of(sym);
                let other = Words::SUCCESS.with(Words::ID).with(Words::REJECT).with(Words::NODE);
                let index = words.any(Words::INDEX.with(Words::LENGTH).with(Words::LOG));
                data.role != Role::ReqTerm && (index || !words.any(other))
            }
            Origin::Index(base, index) => part(base) || part(index),
            Origin::Method(_, args) | Origin::Call(_, args) | Origin::Composite(args) => {
                args.iter().any(part)
            }
            Origin::Binary(_, a, b) => part(a) || part(b),
            Origin::Field(base, _)
            | Origin::Payload(base, ..)
            | Origin::Named(base, _)
            | Origin::Inner(base)
            | Origin::Elem(base) => part(base),
            Origin::Stored(_, value) => part(value),
            _ => false,
        }
    }

    /// The old nextIndex less something that is not one: half of it, a chunk.
    fn jumps(&self, sym: Sym, fuel: u32) -> bool {
        let Some(less) = fuel.checked_sub(1) else { return false };
        match &self.symbols.get(sym).origin {
            Origin::Binary(BinaryOp::Sub, a, b) => {
                self.is_next(*a, less) && !matches!(self.symbols.get(*b).origin, Origin::Int(1))
            }
            Origin::Binary(BinaryOp::Div | BinaryOp::Shr, a, _) => {
                self.is_next(*a, less) || self.jumps(*a, less)
            }
            Origin::Binary(BinaryOp::Add, a, b) => self.jumps(*a, less) || self.jumps(*b, less),
            Origin::Method(name, args) => {
                let text = self.symbols.program.text(*name);
                match &**args {
                    [a, b] if text.ends_with("_sub") => {
                        let one = matches!(self.symbols.get(*b).origin, Origin::Int(1));
                        self.is_next(*a, less) && !one
                    }
                    args => args.iter().any(|a| self.jumps(*a, less)),
                }
            }
            Origin::Named(inner, _) | Origin::Inner(inner) | Origin::Stored(_, inner) => {
                self.jumps(*inner, less)
            }
            _ => false,
        }
    }

    /// Where the package sends a snapshot to a follower, if it does.
    fn snapshot_sent(&self) -> Option<Place> {
        let package = self.symbols.package;
        if let Some(known) = self.snapshots.borrow().get(&package) {
            return *known;
        }
        let sent = self.snapshot_sent_by(package);
        self.snapshots.borrow_mut().insert(package, sent);
        sent
    }

    fn snapshot_sent_by(&self, package: PackageId) -> Option<Place> {
        let program = self.symbols.program;
        let sends = |words: Words| {
            words.any(Words::SNAPSHOT)
                && words.any(Words::INSTALL.with(Words::SEND).with(Words::REQUEST))
                && !words.any(Words::REPLY.with(Words::HANDLE))
        };
        program.ids_of(package).find_map(|id| {
            let function = program.function(id);
            let sent = function.body.exprs.iter().find(|e| match &e.kind {
                ExprKind::MethodCall { method, .. } => sends(program.words(*method)),
                ExprKind::Struct { path, .. } => {
                    path.last().is_some_and(|n| sends(program.words(*n)))
                }
                ExprKind::Call { callee, .. } => match &function.body.expr(*callee).kind {
                    ExprKind::Path(path) => path.last().is_some_and(|n| sends(program.words(*n))),
                    _ => false,
                },
                _ => false,
            })?;
            Some(Place { file: function.file, span: sent.span })
        })
    }
}
