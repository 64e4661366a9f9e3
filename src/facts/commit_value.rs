//! What is known of a value that the commit index gets: whether the log is known to hold it, and
//! whether it can be less than the commit index was.

use super::eval::Engine;
use super::order::Order;
use super::world::{Assumption, World};
use crate::ir::{BinaryOp, ExprKind};
use crate::protocol::Fact;
use crate::roles::symbols::{Origin, Role, Sym, Tags};
use crate::roles::verbs::is_addition;
use crate::roles::vocabulary::Words;

/// How deep a value's parts are looked into.
const MAX_DEPTH: u32 = 10;

/// What only the log or the request's entries can give.
const OF_LOG: Tags = Tags::LOG
    .with(Tags::LAST)
    .with(Tags::ENTRIES)
    .with(Tags::PREV_INDEX)
    .with(Tags::STORE)
    .with(Tags::SNAPSHOT);

impl Engine<'_> {
    /// Whether a value is the commit index as it is.
    pub(super) fn is_commit(&self, sym: Sym) -> bool {
        let data = self.symbols.get(sym);
        if data.role == Role::CommitIndex {
            return !matches!(data.origin, Origin::Binary(..));
        }
        match &data.origin {
            // `log.commit_index().0` of a pair.
            Origin::Field(base, name) => {
                let words = self.symbols.program.words(*name);
                !words.any(Words::TERM) && self.symbols.role(*base) == Role::CommitIndex
            }
            Origin::Inner(base) | Origin::Named(base, _) => self.is_commit(*base),
            // Its old value or a new one, or none yet.
            Origin::Composite(parts) => {
                let constant = |part: &Sym| {
                    matches!(self.symbols.get(*part).origin, Origin::Int(_) | Origin::Global(_))
                };
                parts.iter().any(|part| !constant(part))
                    && parts.iter().all(|part| constant(part) || self.is_commit(*part))
            }
            _ => false,
        }
    }

    /// `commit + 1`, and what comes after that.
    pub(super) fn steps_from_commit(&self, sym: Sym) -> bool {
        match &self.symbols.get(self.plain(sym)).origin {
            Origin::Binary(BinaryOp::Add, base, _) => {
                self.is_commit(*base) || self.steps_from_commit(*base)
            }
            _ => false,
        }
    }

    /// Whether a value can't be less than the commit index is.
    pub(super) fn not_below_commit(&self, world: &World, sym: Sym) -> bool {
        self.reaches_commit(world, sym, MAX_DEPTH)
    }

    fn reaches_commit(&self, world: &World, sym: Sym, fuel: u32) -> bool {
        if self.is_commit(sym) {
            return true;
        }
        let sym = self.plain(sym);
        let Some(less) = fuel.checked_sub(1) else { return false };
        // The log never ends before what is committed.
        let data = self.symbols.get(sym);
        let program = self.symbols.program;
        let none = matches!(data.origin, Origin::Global(name) if Some(name) == program.known.none);
        if self.is_commit(sym) || self.is_own_end(sym) || none {
            return true;
        }
        let by_parts = match &data.origin {
            Origin::Method(name, args) => match (program.text(*name), &**args) {
                ("min", [x, y]) => {
                    self.reaches_commit(world, *x, less) && self.reaches_commit(world, *y, less)
                }
                ("max", [x, y]) => {
                    self.reaches_commit(world, *x, less) || self.reaches_commit(world, *y, less)
                }
                ("clamp", [_, low, _]) => self.reaches_commit(world, *low, less),
                // What is found in a range or log that is walked from there on.
                (_, [base, rest @ ..]) => {
                    self.walks_from_commit(world, *base, less)
                        || rest.iter().any(|arg| self.starts_behind_commit(*arg))
                }
                _ => false,
            },
            Origin::Binary(BinaryOp::Add, base, _) => self.reaches_commit(world, *base, less),
            Origin::Elem(base) | Origin::Field(base, _) => {
                self.walks_from_commit(world, *base, less)
            }
            // Some of these, or a log id made of them.
            Origin::Composite(parts) => {
                let index = |part: &&Sym| {
                    let data = self.symbols.get(**part);
                    let term = matches!(
                        data.role,
                        Role::LocalEntryTerm
                            | Role::CurrentTerm
                            | Role::OwnLastTerm
                            | Role::ReqTerm
                    );
                    !term && !matches!(data.origin, Origin::Int(_))
                };
                let mut indexes = parts.iter().filter(index).peekable();
                indexes.peek().is_some()
                    && indexes.all(|part| self.reaches_commit(world, *part, less))
            }
            _ => false,
        };
        by_parts || self.asked_reaches_commit(world, sym, less)
    }

    fn asked_reaches_commit(&self, world: &World, sym: Sym, fuel: u32) -> bool {
        let same_snapshot = self.is_snapshot_index(world, sym);
        let speaks_of = |s: Sym| {
            let s = self.plain(s);
            s == sym || same_snapshot && self.is_snapshot_index(world, s)
        };
        // Walking down from the end, up to where the commit index is.
        let walks_down = match self.symbols.get(sym).origin {
            Origin::Elem(range) => match &self.symbols.get(range).origin {
                Origin::Method(name, _) => self.symbols.program.text(*name) == "rev",
                _ => false,
            },
            _ => false,
        };
        let above = |value: Sym, other: Sym, order: Order| {
            (order.within(Order::AT_LEAST) || walks_down && !order.meets(Order::EQUAL))
                && speaks_of(value)
                && (self.is_commit(other)
                    || self.plain(other) != sym && self.reaches_commit(world, other, fuel / 2))
        };
        world.assumptions.iter().any(|&(assumption, holds)| {
            let Some((x, y, order)) = super::relation::relation(assumption, holds) else {
                return false;
            };
            let exactly = |commit: Sym| {
                self.is_commit(commit) && self.order(world, sym, commit).within(Order::AT_LEAST)
            };
            above(x, y, order)
                || above(y, x, order.mirrored())
                || fuel == MAX_DEPTH - 1 && (exactly(x) || exactly(y))
        })
    }

    /// Whether the elements of a range, or what is found in it, lie behind the commit index.
    fn walks_from_commit(&self, world: &World, base: Sym, fuel: u32) -> bool {
        let Some(less) = fuel.checked_sub(1) else { return false };
        match &self.symbols.get(self.plain(base)).origin {
            Origin::Composite(parts) => match &**parts {
                // A range: its start, its end, and a mark.
                [start, .., mark] if self.is_one(*mark) => self.reaches_commit(world, *start, less),
                // One of several iterators.
                parts => parts.iter().all(|part| self.walks_from_commit(world, *part, less)),
            },
            Origin::Method(_, args) => {
                args.iter().any(|base| self.walks_from_commit(world, *base, less))
                    || args.iter().skip(1).any(|arg| self.starts_behind_commit(*arg))
            }
            Origin::Index(_, range) => self.walks_from_commit(world, *range, less),
            Origin::Elem(base) | Origin::Field(base, _) => {
                self.walks_from_commit(world, *base, less)
            }
            _ => false,
        }
    }

    /// `read_from(commit + 1)`.
    fn starts_behind_commit(&self, arg: Sym) -> bool {
        let one = |sym: Sym| self.steps_from_commit(sym);
        match &self.symbols.get(self.plain(arg)).origin {
            Origin::Composite(parts) => parts.iter().any(|p| one(*p)),
            _ => one(arg),
        }
    }

    fn is_one(&self, sym: Sym) -> bool {
        matches!(self.symbols.get(sym).origin, Origin::Int(1))
    }

    /// The index that the next entry of the node's own log gets.
    fn is_own_next(&self, sym: Sym, fuel: u32) -> bool {
        let data = self.symbols.get(self.plain(sym));
        let Some(less) = fuel.checked_sub(1) else { return false };
        match &data.origin {
            Origin::Field(..) => data.role == Role::NextIndex && data.tags.any(Tags::LOCAL),
            // It has grown on this way.
            Origin::Binary(BinaryOp::Add, base, _) => self.is_own_next(*base, less),
            Origin::Composite(parts) => parts.iter().all(|p| self.is_own_next(*p, less)),
            Origin::Method(name, args) if self.symbols.program.text(*name) == "max" => {
                args.iter().any(|a| self.is_own_next(*a, less))
            }
            _ => false,
        }
    }

    /// The end of the node's own log.
    pub(super) fn is_own_end(&self, sym: Sym) -> bool {
        let data = self.symbols.get(sym);
        match data.role {
            Role::OwnLastIndex | Role::OwnLastLogId => true,
            // `self.log[self.log.len() - 1].index`
            Role::LocalEntry => match &data.origin {
                Origin::Index(_, at) => self.is_own_end(*at),
                Origin::Field(base, _) | Origin::Inner(base) => self.is_own_end(*base),
                _ => false,
            },
            _ => match &data.origin {
                Origin::Field(base, _) | Origin::Inner(base) => self.is_own_end(*base),
                // `log.append(entry)` gives the index that the entry has got.
                Origin::Method(name, args) => {
                    let log = args.first().is_some_and(|a| self.symbols.role(*a) == Role::Log);
                    log && args.len() > 1 && is_addition(self.symbols.program.text(*name))
                }
                // Log ids, or the pair of a term and an index.
                Origin::Composite(parts) => {
                    let ends = |p: &Sym| {
                        self.is_own_end(*p)
                            || self.symbols.role(*p) == Role::OwnLastTerm
                            || matches!(
                                self.symbols.get(*p).origin,
                                Origin::Int(_) | Origin::Global(_)
                            )
                    };
                    parts.iter().any(|p| self.is_own_end(*p)) && parts.iter().all(ends)
                }
                // `next_log_index - 1`, of the node itself.
                Origin::Binary(BinaryOp::Sub, a, b)
                    if self.is_one(*b) && self.is_own_next(*a, 4) =>
                {
                    true
                }
                Origin::Binary(BinaryOp::Add | BinaryOp::Sub, a, b) => {
                    // With the offset of a snapshot.
                    let offset = |s: Sym| {
                        let data = self.symbols.get(s);
                        matches!(data.origin, Origin::Int(_))
                            || data.tags.any(Tags::SNAPSHOT.with(Tags::LOG))
                            || data.tags.any(Tags::LOCAL) && !data.tags.any(Tags::REQUEST)
                    };
                    self.is_own_end(*a) && offset(*b) || self.is_own_end(*b) && offset(*a)
                }
                _ => false,
            },
        }
    }

    /// Whether another value than the one that is written was found above the commit index.
    pub(super) fn other_compared(&self, world: &World, sym: Sym) -> bool {
        let written = self.plain(sym);
        world.assumptions.iter().any(|&(assumption, holds)| {
            let Some((x, y, order)) = super::relation::relation(assumption, holds) else {
                return false;
            };
            let above = |a: Sym, b: Sym, order: Order| {
                self.is_commit(b) && self.plain(a) != written && order.within(Order::AT_LEAST)
            };
            above(x, y, order) || above(y, x, order.mirrored())
        })
    }

    /// Whether the log is known to hold what a value points at.
    pub(super) fn within_log(&self, world: &World, sym: Sym) -> bool {
        self.held(world, sym, MAX_DEPTH)
    }

    fn held(&self, world: &World, sym: Sym, fuel: u32) -> bool {
        let Some(less) = fuel.checked_sub(1) else { return false };
        if self.is_commit(sym) {
            return true;
        }
        let sym = self.plain(sym);
        let data = self.symbols.get(sym);
        let program = self.symbols.program;
        let open = |s: Sym| {
            let tags = self.symbols.tags(s);
            tags.any(Tags::LEADER_COMMIT.with(Tags::UNKNOWN_PARAM)) || self.steps_from_commit(s)
        };
        if !open(sym) {
            return data.tags.any(OF_LOG);
        }
        let by_parts = match &data.origin {
            Origin::Method(name, args) => match (program.text(*name), &**args) {
                ("min", [x, y]) => self.limits(world, *x, less) || self.limits(world, *y, less),
                ("max", [x, y]) => {
                    let of = |s: Sym| !open(s) || self.held(world, s, less);
                    of(*x) && of(*y)
                }
                ("clamp", [_, _, high]) => self.limits(world, *high, less),
                (_, [base, ..]) => self.held(world, *base, less) && open(*base),
                _ => false,
            },
            Origin::Binary(BinaryOp::Sub, base, _) => self.held(world, *base, less),
            Origin::Binary(BinaryOp::Add, base, _) => self.next_is_held(world, *base, less),
            // One of these, a log id made of them, or what a range goes over.
            Origin::Composite(parts) => {
                parts.iter().filter(|p| open(**p)).all(|p| self.held(world, *p, less))
            }
            Origin::Elem(base) | Origin::Field(base, _) => {
                open(*base) && self.held(world, *base, less)
            }
            _ => false,
        };
        by_parts || self.looked_up(world, sym) || self.asked_within(world, sym, less)
    }

    /// Whether a value limits another one that it is the minimum with.
    fn limits(&self, world: &World, sym: Sym, fuel: u32) -> bool {
        let data = self.symbols.get(self.plain(sym));
        let leaders = data.tags.any(Tags::LEADER_COMMIT) || self.steps_from_commit(sym);
        if leaders {
            return self.held(world, sym, fuel);
        }
        !matches!(data.origin, Origin::Int(_) | Origin::Global(_)) && data.role != Role::ReqTerm
    }

    fn asked_within(&self, world: &World, sym: Sym, fuel: u32) -> bool {
        self.compared_with(world, sym).any(|(other, order)| {
            let tags = self.symbols.tags(other);
            order.within(Order::AT_MOST)
                && match tags.any(Tags::LEADER_COMMIT) {
                    true => self.plain(other) != sym && self.held(world, other, fuel / 2),
                    false => self.is_end(other),
                }
        })
    }

    /// Whether a value may be where the node's log ends, or what the request covers of it.
    pub(super) fn is_end(&self, sym: Sym) -> bool {
        let data = self.symbols.get(sym);
        let elsewhere = matches!(
            data.role,
            Role::CommitIndex
                | Role::LastApplied
                | Role::CurrentTerm
                | Role::VotedFor
                | Role::MatchIndex
                | Role::NextIndex
                | Role::Zero
        );
        let own = data.tags.any(Tags::LOCAL) && !data.tags.any(Tags::REQUEST);
        !elsewhere && !self.steps_from_commit(sym) && (data.tags.any(OF_LOG) || own)
    }

    /// `commit + 1`, where the commit index was found below the end, or the next entry found.
    fn next_is_held(&self, world: &World, base: Sym, fuel: u32) -> bool {
        let below = self.compared_with(world, base).any(|(other, order)| {
            let tags = self.symbols.tags(other);
            order.within(Order::LESS)
                && match tags.any(Tags::LEADER_COMMIT) {
                    true => self.held(world, other, fuel / 2),
                    false => self.is_end(other),
                }
        });
        let found = |&(assumption, holds): &(Assumption, bool)| match assumption {
            Assumption::Present(s) | Assumption::Truthy(s) => {
                let tags = self.symbols.tags(s);
                let before = tags.any(Tags::PREV_INDEX.with(Tags::ENTRIES));
                holds && !before && tags.any(Tags::LOCAL) && tags.any(Tags::LOG.with(Tags::STORE))
            }
            _ => false,
        };
        let looked_up = || world.has(Fact::LeaderIndexHeld) || world.assumptions.iter().any(found);
        below || self.is_commit(base) && looked_up()
    }

    /// Whether the log was asked for the entry at just this index, and had it.
    fn looked_up(&self, world: &World, sym: Sym) -> bool {
        world.assumptions.iter().any(|&(assumption, holds)| match assumption {
            Assumption::Present(s) | Assumption::Truthy(s) if holds && s != sym => {
                let local = self.symbols.tags(s).any(Tags::LOCAL);
                local && self.made_of(s, sym, MAX_DEPTH)
            }
            _ => false,
        })
    }

    fn made_of(&self, whole: Sym, part: Sym, fuel: u32) -> bool {
        let whole = self.plain(whole);
        if whole == part {
            return true;
        }
        let Some(less) = fuel.checked_sub(1) else { return false };
        match &self.symbols.get(whole).origin {
            Origin::Method(_, args) | Origin::Call(_, args) | Origin::Composite(args) => {
                args.iter().any(|a| self.made_of(*a, part, less))
            }
            Origin::Elem(base) | Origin::Field(base, _) => self.made_of(*base, part, less),
            Origin::Index(base, at) => {
                self.made_of(*base, part, less) || self.made_of(*at, part, less)
            }
            Origin::Binary(_, a, b) => self.made_of(*a, part, less) || self.made_of(*b, part, less),
            _ => false,
        }
    }

    /// Whether code that is not known made the value of leaderCommit and of something local: it may
    /// be a clamp.
    pub(super) fn is_opaque_mix(&self, sym: Sym) -> bool {
        let data = self.symbols.get(self.plain(sym));
        let known = |name| matches!(self.symbols.program.text(name), "min" | "max" | "clamp");
        match &data.origin {
            Origin::Method(name, args) => {
                let mixed =
                    args.len() > 1 && args.iter().any(|a| self.symbols.tags(*a).any(OF_LOG));
                mixed && !known(*name)
            }
            Origin::Call(_, args) => {
                args.len() > 1 && args.iter().any(|a| self.symbols.tags(*a).any(OF_LOG))
            }
            Origin::Inner(base) | Origin::Field(base, _) => self.is_opaque_mix(*base),
            _ => false,
        }
    }

    /// Whether heartbeats are built with a commit index that is limited to what the receiver has
    /// acknowledged.
    pub(super) fn sender_caps(&self) -> bool {
        let program = self.symbols.program;
        program.ids_of(self.symbols.package).any(|id| {
            let function = program.function(id);
            let body = &function.body;
            let builds = program.words(function.name).any(Words::HEARTBEAT)
                && !program.words(function.name).any(Words::HANDLE);
            builds
                && body.exprs.iter().any(|e| match &e.kind {
                    ExprKind::Call { callee, args } if args.len() == 2 => {
                        matches!(&body.expr(*callee).kind, ExprKind::Path(path)
                            if path.last().is_some_and(|n| program.text(*n) == "min"))
                    }
                    ExprKind::MethodCall { method, args, .. } => {
                        program.text(*method) == "min" && args.len() == 1
                    }
                    _ => false,
                })
        })
    }
}
