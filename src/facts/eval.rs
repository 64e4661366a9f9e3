//! The abstract evaluation: walks a function's control flow with a set of worlds.

use std::cell::RefCell;
use std::rc::Rc;

use rustc_hash::{FxHashMap, FxHashSet};
use smallvec::{SmallVec, smallvec};

use super::bound::Bound;
use super::budget::{Budget, Share};
use super::callees::MethodCalled;
use super::derive;
use super::events::Events;
use super::join::merge;
use super::naming::NamedFields;
use super::settle::Demands;
use super::stack::Stack;
use super::summary::Summaries;
use super::value::Value;
use super::world::World;
use crate::ir::{Body, ExprId, ExprKind, Function, Literal, Name};
use crate::program::{FnId, PackageId, Program};
use crate::protocol::Message;
use crate::roles::storage::Storage;
use crate::roles::symbols::{Origin, Sym, Symbols};
use crate::source::Place;

/// What an evaluation gives: one value per world.
pub(super) type Outs = SmallVec<[(World, Value); 1]>;

/// The same for a list of expressions.
pub(super) type Lists = SmallVec<[(World, Vec<Value>); 1]>;

/// A loop that is being evaluated.
pub(super) struct LoopFrame {
    pub(super) label: Option<Name>,
    /// A labelled block: only left by its label.
    pub(super) block: bool,
    pub(super) breaks: Outs,
    pub(super) continues: Vec<World>,
}

/// A function or closure that is being evaluated.
pub(super) struct Frame {
    pub(super) function: FnId,
    pub(super) serial: u32,
    /// Index of its locals in a world.
    pub(super) locals: usize,
    /// Where it was called.
    pub(super) call: Option<Place>,
    pub(super) self_value: Option<Value>,
    /// Symbols that came in as arguments.
    pub(super) arguments: Vec<Sym>,
    pub(super) is_closure: bool,
    pub(super) returns: Outs,
    pub(super) loops: Vec<LoopFrame>,
}

/// Calls nested deeper than this are not entered.
pub(super) const MAX_DEPTH: usize = 14;

/// After so many expressions it is looked up what is left.
const LOOKED_UP: u32 = 4096;

/// The evaluation of one entry.
pub(super) struct Engine<'p> {
    /// Handlers that prove all their obligations alone; they are not entered again.
    clean: &'p FxHashSet<FnId>,
    /// Of which functions that was asked, and the answers.
    pub(super) asked_clean: FxHashMap<FnId, bool>,
    pub(super) symbols: Symbols<'p>,
    pub(super) frames: Stack,
    pub(super) events: Events,
    /// Messages that were seen being handled: where, which, in which function.
    pub(super) handlers: Vec<(Place, Message, FnId)>,
    /// Expressions evaluated so far, and how many may be with what has been shown so far.
    pub(super) used: u32,
    bound: u32,
    budget: Budget,
    share: Share<'p>,
    /// What saves the state.
    pub(super) storage: &'p Storage,
    pub(super) serial: u32,
    /// What has been seen of the application of entries.
    pub(super) applying: super::apply::Applying,
    /// The names that only closures bind, by function.
    pub(super) closure_names: RefCell<FxHashMap<FnId, FxHashSet<Name>>>,
    /// The roles of fields, for names.
    pub(super) named_fields: RefCell<NamedFields>,
    /// How many borrows are being followed, in each other.
    pub(super) following: u32,
    /// The locals of a function that stand for places.
    pub(super) references: RefCell<FxHashMap<FnId, FxHashSet<Name>>>,
    /// Functions that ask for a leader or a follower, or do not.
    pub(super) roles_apart: RefCell<FxHashMap<FnId, bool>>,
    /// Functions that give a value and assign nothing, or do not, as a package sees their types.
    pub(super) only_computing: RefCell<FxHashMap<(FnId, PackageId), bool>>,
    /// The bodies that a method call may run.
    pub(super) method_bodies: FxHashMap<MethodCalled, Rc<[FnId]>>,
    /// Operations that neither bind nor change anything, or do.
    pub(super) plain: RefCell<FxHashMap<(FnId, ExprId), bool>>,
    /// Types of replies that the node's own threads make of what they received.
    pub(super) reports: RefCell<FxHashMap<Name, bool>>,
    /// Where a package sends a snapshot to a follower.
    pub(super) snapshots: RefCell<FxHashMap<PackageId, Option<Place>>>,
    /// Parts of a refusal that the follower fills with the request's prevLogIndex, or does not.
    pub(super) echoes: RefCell<FxHashMap<(Name, Name), bool>>,
    /// What is asked of the effects.
    pub(super) demands: &'p Demands<'p>,
    /// Messages whose term was adopted on some way, and where they were recognised.
    pub(super) terms_adopted: Vec<(Option<Message>, Option<FnId>)>,
    /// A bound was hit: the result is incomplete.
    pub(super) exhausted: bool,
    /// Functions that were not entered somewhere, because of a bound.
    pub(super) unentered: FxHashMap<FnId, Bound>,
    /// Some closure was not entered because of one.
    pub(super) closures_unentered: bool,
    /// Arms of the function in which it starts that are left alone.
    pub(super) aside: FxHashSet<ExprId>,
    /// Some of them have been.
    pub(super) left_aside: bool,
    /// What calls came to.
    pub(super) summaries: Summaries,
}

impl<'p> Engine<'p> {
    /// An evaluation that has not begun.
    pub(super) fn new(
        program: &'p Program,
        package: PackageId,
        (budget, share): (Budget, Share<'p>),
        clean: &'p FxHashSet<FnId>,
        demands: &'p Demands<'p>,
        storage: &'p Storage,
    ) -> Self {
        Engine {
            clean,
            asked_clean: FxHashMap::default(),
            symbols: Symbols::new(program, package),
            frames: Stack::default(),
            events: Events::default(),
            handlers: Vec::new(),
            used: 0,
            bound: budget.first.min(LOOKED_UP),
            budget,
            share,
            storage,
            serial: 0,
            applying: Default::default(),
            closure_names: RefCell::default(),
            references: RefCell::default(),
            named_fields: RefCell::default(),
            following: 0,
            roles_apart: RefCell::default(),
            only_computing: RefCell::default(),
            method_bodies: FxHashMap::default(),
            plain: RefCell::default(),
            snapshots: RefCell::default(),
            echoes: RefCell::default(),
            reports: RefCell::default(),
            demands,
            terms_adopted: Vec::new(),
            exhausted: false,
            unentered: FxHashMap::default(),
            closures_unentered: false,
            aside: FxHashSet::default(),
            left_aside: false,
            summaries: Summaries::default(),
        }
    }

    /// Whether a function is a handler that proves all its obligations alone.
    pub(super) fn is_clean(&mut self, id: FnId) -> bool {
        *self.asked_clean.entry(id).or_insert_with(|| self.clean.contains(&id))
    }

    /// No more of this entry is looked at.
    pub(super) fn give_up(&mut self) {
        self.exhausted = true;
        self.bound = 0;
        self.budget = Budget { first: 0, message: 0, effect: 0 };
    }

    /// Whether what has been shown since the bound was set is worth more, and there is more.
    fn may_go_on(&mut self) -> bool {
        let most = self.budget.with(self.events.effects(), !self.handlers.is_empty());
        self.share.spend(self.used);
        let may = self.used < most && !self.share.is_gone();
        self.bound = if may { most.min(self.used.saturating_add(LOOKED_UP)) } else { 0 };
        may
    }

    pub(super) fn frame(&self) -> &Frame {
        self.frames.top().expect("an evaluation has a frame")
    }

    pub(super) fn frame_mut(&mut self) -> &mut Frame {
        self.frames.top_mut().expect("an evaluation has a frame")
    }

    pub(super) fn function(&self) -> &'p Function {
        self.symbols.program.function(self.frame().function)
    }

    pub(super) fn body(&self) -> &'p Body {
        &self.function().body
    }

    pub(super) fn place_of(&self, expr: ExprId) -> Place {
        self.at(self.body().expr(expr).span)
    }

    /// Evaluates an expression in every world.
    pub(super) fn eval_all(&mut self, worlds: Vec<World>, expr: ExprId) -> Outs {
        let mut outs = Outs::new();
        for world in worlds {
            outs.extend(self.eval(world, expr));
        }
        merge(outs, &mut self.symbols)
    }

    /// Evaluates expressions one after the other.
    pub(super) fn eval_list(&mut self, world: World, list: &[ExprId]) -> Lists {
        let mut outs: Lists = smallvec![(world, Vec::with_capacity(list.len()))];
        for &expr in list {
            let mut next = Lists::new();
            for (w, mut values) in outs {
                let mut results = self.eval(w, expr);
                let last = results.pop();
                for (w, value) in results {
                    let mut values = values.clone();
                    values.push(value);
                    next.push((w, values));
                }
                if let Some((w, value)) = last {
                    values.push(value);
                    next.push((w, values));
                }
            }
            outs = next;
        }
        outs
    }

    /// Evaluates an expression.
    pub(super) fn eval(&mut self, world: World, expr: ExprId) -> Outs {
        let mut outs = self.eval_kind(world, expr);
        for (_, value) in &mut outs {
            if !value.is_small() {
                *value = Value::Sym(self.symbols.fresh());
            }
        }
        outs
    }

    /// The value, unless it is too big to be kept.
    pub(super) fn bounded(&mut self, value: Value) -> Value {
        if value.is_small() { value } else { Value::Sym(self.symbols.fresh()) }
    }

    fn eval_kind(&mut self, world: World, expr: ExprId) -> Outs {
        if self.used >= self.bound && !self.may_go_on() {
            self.exhausted = true;
            return Outs::new();
        }
        self.used += 1;
        let body = self.body();
        match &body.expr(expr).kind {
            ExprKind::Lit(lit) => {
                let value = match lit {
                    Literal::Bool(b) => Value::bool(*b),
                    Literal::Int(Some(n)) => Value::Sym(self.symbols.intern(Origin::Int(*n))),
                    _ => Value::Sym(self.symbols.fresh()),
                };
                smallvec![(world, value)]
            }
            ExprKind::Path(path) => {
                let value = self.read_path(&world, path);
                smallvec![(world, value)]
            }
            ExprKind::Field(base, name) => {
                let name = *name;
                self.map(world, *base, |engine, w, value| engine.read_field(w, &value, name))
            }
            ExprKind::Index(base, index) => {
                let outs = self.eval_list(world, &[*base, *index]);
                let read = |(w, values): (World, Vec<Value>)| {
                    let (base, index) = (self.symbol(&values[0]), self.symbol(&values[1]));
                    let key = self.symbols.intern(Origin::Index(base, index));
                    let value = self.load(&w, &Value::Sym(key));
                    (w, value)
                };
                outs.into_iter().map(read).collect()
            }
            ExprKind::Unary(op, inner) => self.unary(world, *op, *inner),
            ExprKind::Ref(inner, borrow) => self.reference(world, *inner, *borrow),
            ExprKind::Binary(op, a, b) => self.binary(world, *op, *a, *b, expr),
            ExprKind::Cast(inner) => self.eval(world, *inner),
            ExprKind::Await(inner) => self.awaits(world, *inner),
            ExprKind::Async(inner) => self.async_block(world, *inner),
            ExprKind::Tuple(elems) => {
                let outs = self.eval_list(world, elems);
                let tuple = |(mut w, mut values): (World, Vec<Value>)| {
                    self.put_away(&mut w, &mut values);
                    match values.is_empty() {
                        true => (w, Value::Unit),
                        false => (w, Value::Tuple(values.into())),
                    }
                };
                outs.into_iter().map(tuple).collect()
            }
            ExprKind::Array(elems) => self.array(world, elems, expr),
            ExprKind::Range(start, end) => {
                let ends: Vec<ExprId> = [*start, *end].into_iter().flatten().collect();
                let outs = self.eval_list(world, &ends);
                let from_front = start.is_none() && end.is_some();
                let range = |(w, values): (World, Vec<Value>)| {
                    let zero = from_front.then(|| self.symbols.intern(Origin::Int(0)));
                    let mut parts: Vec<Sym> = zero.into_iter().collect();
                    parts.extend(values.iter().map(|v| self.symbol(v)));
                    parts.push(self.symbols.intern(Origin::Int(1)));
                    (w, Value::Sym(self.symbols.composite(parts)))
                };
                outs.into_iter().map(range).collect()
            }
            ExprKind::Struct { path, fields, rest } => {
                self.struct_literal(world, path, fields, *rest, expr)
            }
            ExprKind::Closure { .. } => {
                let frame = self.frame();
                let closure = super::value::Closure {
                    function: frame.function,
                    expr,
                    locals: frame.locals,
                    serial: frame.serial,
                };
                smallvec![(world, Value::Closure(Rc::new(closure)))]
            }
            ExprKind::Call { callee, args } => self.call(world, *callee, args, expr),
            ExprKind::MethodCall { receiver, method, args } => {
                self.method_call(world, *receiver, *method, args, expr)
            }
            ExprKind::Macro { args, .. } => {
                let outs = self.eval_list(world, args);
                let first = |(mut w, mut values): (World, Vec<Value>)| {
                    self.put_away(&mut w, &mut values);
                    let value = values.into_iter().next();
                    (w, value.unwrap_or_else(|| Value::Sym(self.symbols.fresh())))
                };
                outs.into_iter().map(first).collect()
            }
            ExprKind::Opaque => {
                let value = Value::Sym(self.symbols.fresh());
                smallvec![(world, value)]
            }
            _ => self.control(world, expr),
        }
    }

    /// `[a, b]`, `vec![a, b]`
    fn array(&mut self, world: World, elems: &[ExprId], expr: ExprId) -> Outs {
        let outs = self.eval_list(world, elems);
        let collect = |(mut w, values): (World, Vec<Value>)| {
            self.listed(&mut w, &values, expr);
            self.lend(&mut w, &values);
            let mut parts: Vec<Sym> = values.iter().map(|v| self.symbol(v)).collect();
            parts.push(self.symbols.fresh());
            (w, Value::Sym(self.symbols.composite(parts)))
        };
        outs.into_iter().map(collect).collect()
    }

    /// Evaluates an operand and maps each of its values.
    pub(super) fn map(
        &mut self,
        world: World,
        operand: ExprId,
        mut f: impl FnMut(&mut Self, &World, Value) -> Value,
    ) -> Outs {
        let outs = self.eval(world, operand);
        outs.into_iter()
            .map(|(w, value)| {
                let value = f(self, &w, value);
                (w, value)
            })
            .collect()
    }

    fn struct_literal(
        &mut self,
        world: World,
        path: &[Name],
        fields: &'p [(Name, ExprId)],
        rest: Option<ExprId>,
        expr: ExprId,
    ) -> Outs {
        let mut list: Vec<ExprId> = fields.iter().map(|(_, e)| *e).collect();
        list.extend(rest);
        let place = self.place_of(expr);
        let name = path.last().copied();
        let mut outs = Outs::new();
        for (mut w, mut values) in self.eval_list(world, &list) {
            self.put_away(&mut w, &mut values);
            let base = rest.and_then(|_| values.pop());
            let mut named: Vec<(Name, Value)> =
                fields.iter().map(|(n, _)| *n).zip(values).collect();
            if let Some(Value::Struct(_, inherited, _)) = base {
                for (n, v) in inherited.iter() {
                    if !named.iter().any(|(known, _)| known == n) {
                        named.push((*n, v.clone()));
                    }
                }
            }
            self.vote_in_struct(&mut w, name, &named, place);
            self.reply_built(&w, name, &named, place);
            let value = Value::Struct(name, Rc::new(named), place);
            self.fields_handed_out(&w, &value);
            outs.push((w, value));
        }
        outs
    }

    /// The locals of a new frame.
    pub(super) fn new_locals() -> super::world::Locals {
        Rc::new(FxHashMap::default())
    }

    /// The role of a value while the world's message is handled.
    pub(super) fn role(&self, world: &World, sym: Sym) -> crate::roles::symbols::Role {
        derive::role_in(&self.symbols, sym, world.handling)
    }
}
