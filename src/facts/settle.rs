//! From entries to settled events: where a function alone does not show the evidence, its callers
//! are asked, up to a bound.

use rustc_hash::{FxHashMap, FxHashSet};

use super::eval::{Engine, Frame};
use super::event::Event;
use super::value::Value;
use super::world::World;
use crate::ir::{ExprKind, Pat};
use crate::program::{FnId, Program};
use crate::protocol::{Effect, Message};
use crate::roles::messages;
use crate::roles::symbols::Origin;
use crate::roles::vocabulary::Words;
use crate::source::Place;

/// How far up callers are asked.
const MAX_CLIMB: usize = 4;
/// Expressions evaluated before an entry that has shown no effect is given up.
const FIRST_LOOK: u64 = 25_000;
/// The same for an entry that has at least taken a message apart.
const SECOND_LOOK: u64 = 150_000;
/// Expressions evaluated in one run before the rest is given up; far more than any Raft needs.
const RUN_FUEL: u64 = 8_000_000;
/// Functions with more callers than this are not followed upwards.
const MAX_CALLERS: usize = 12;

/// All that was found.
#[derive(Default)]
pub struct Analysis {
    /// Effects as reached, settled.
    pub events: Vec<Event>,
    /// Entries: where, which message, in which function.
    pub handlers: Vec<(Place, Message, FnId)>,
    /// Entries whose evaluation ran out of its bound.
    pub exhausted: Vec<FnId>,
}

/// What one function showed.
struct Shown {
    events: Vec<Event>,
    handlers: Vec<(Place, Message, FnId)>,
    exhausted: bool,
}

/// Evaluates all entries of the program. `satisfied` tells whether an event has its evidence.
pub fn analyse(program: &Program, satisfied: &dyn Fn(&Event) -> bool) -> Analysis {
    let mut settler = Settler {
        program,
        satisfied,
        shown: FxHashMap::default(),
        fuel: RUN_FUEL,
        clean: FxHashSet::default(),
    };
    let mut analysis = Analysis::default();
    settler.find_clean();
    for id in program.ids() {
        if !is_start(program, id) {
            continue;
        }
        let events = settler.settle(id, 0, &mut Vec::new());
        analysis.events.extend(events);
        if let Some(shown) = settler.shown.get(&id) {
            analysis.handlers.extend(shown.handlers.iter().copied());
            if shown.exhausted {
                analysis.exhausted.push(id);
            }
        }
    }
    analysis.events.retain(|e| e.decided);
    let clean = |event: &Event, id: FnId| settler.clean_alone(event, id, satisfied);
    analysis.events.retain(|e| satisfied(e) || !e.stack.iter().skip(1).any(|f| clean(e, *f)));
    analysis.handlers.sort();
    analysis.handlers.dedup();
    analysis
}

struct Settler<'p, 's> {
    program: &'p Program,
    satisfied: &'s dyn Fn(&Event) -> bool,
    shown: FxHashMap<FnId, Shown>,
    /// Expressions that may still be evaluated.
    fuel: u64,
    /// Request entries that prove everything alone.
    clean: FxHashSet<FnId>,
}

impl Settler<'_, '_> {
    /// Evaluates the request entries first: what one of them proves alone holds for every caller.
    fn find_clean(&mut self) {
        let program = self.program;
        let entries = program.ids().filter(|id| is_request_entry(program, *id));
        let mut clean = FxHashSet::default();
        for id in entries {
            let satisfied = self.satisfied;
            let shown = self.show(id);
            let proves = shown.events.iter().any(|e| is_follower_effect(e.effect));
            let all = shown.events.iter().all(|e| e.decided && satisfied(e));
            if proves && all && !shown.exhausted {
                clean.insert(id);
            }
        }
        self.clean = clean;
    }

    fn show(&mut self, id: FnId) -> &Shown {
        let (program, fuel, clean) = (self.program, &mut self.fuel, &self.clean);
        self.shown.entry(id).or_insert_with(|| {
            let (mut shown, mut used) = evaluate(program, id, (*fuel).min(FIRST_LOOK), clean);
            // Only what has shown an effect is worth the whole way, a message some more.
            let second = match (shown.events.is_empty(), shown.handlers.is_empty()) {
                (false, _) => u64::MAX,
                (true, false) => SECOND_LOOK,
                (true, true) => 0,
            };
            if shown.exhausted && second > 0 {
                let (whole, more) = evaluate(program, id, second.min(*fuel), clean);
                (shown, used) = (whole, used + more);
            }
            *fuel = fuel.saturating_sub(u64::from(used));
            shown
        })
    }

    /// The events of a function, with those that lack evidence replaced by what its callers show.
    fn settle(&mut self, id: FnId, climbed: usize, visiting: &mut Vec<FnId>) -> Vec<Event> {
        let events = self.show(id).events.clone();
        let open = |e: &Event, s: &Self| !e.decided || !(s.satisfied)(e);
        if climbed >= MAX_CLIMB || visiting.contains(&id) || !events.iter().any(|e| open(e, self)) {
            return events;
        }
        let callers = self.program.callers(id);
        if callers.is_empty() || callers.len() > MAX_CALLERS {
            return events;
        }
        visiting.push(id);
        let mut above: Vec<Event> = Vec::new();
        for caller in callers {
            let settled = self.settle(caller, climbed + 1, visiting);
            above.extend(settled.into_iter().filter(|e| e.stack.contains(&id)));
        }
        visiting.pop();
        let mut result = Vec::new();
        for event in events {
            let seen = |e: &&Event| {
                e.effect == event.effect
                    && e.innermost == event.innermost
                    && e.stack.ends_with(&event.stack)
            };
            if !open(&event, self) || !above.iter().any(|e| seen(&e)) {
                result.push(event);
                continue;
            }
            for higher in above.iter().filter(seen) {
                let mut higher = higher.clone();
                // The report stays where the decision is missing: in the function asked first.
                if event.decided {
                    higher.place = event.place;
                    higher.function = event.function;
                }
                result.push(higher);
            }
        }
        result
    }

    /// Whether an entry on the way shows no violation of this site by itself: then it shows none
    /// with more known about its arguments either.
    fn clean_alone(&self, event: &Event, id: FnId, satisfied: &dyn Fn(&Event) -> bool) -> bool {
        let judged_alone = match event.effect {
            Effect::LeaderCommit => false,
            _ => event.handler == Some(id),
        };
        let Some(shown) = self.shown.get(&id).filter(|s| judged_alone && !s.exhausted) else {
            return false;
        };
        let same = |e: &&Event| e.effect == event.effect && e.innermost == event.innermost;
        shown.events.iter().filter(same).all(|e| e.decided && satisfied(e))
    }
}

/// Whether an analysis starts here: an RPC entry, a function that takes messages apart, or one
/// that moves the commit index.
fn is_start(program: &Program, id: FnId) -> bool {
    let function = program.function(id);
    if function.root.is_none() {
        return false;
    }
    is_request_entry(program, id) || takes_apart(program, id) || moves_commit(program, id)
}

fn is_request_entry(program: &Program, id: FnId) -> bool {
    let entry = messages::entry_of(program, id).map(|e| e.message);
    matches!(entry, Some(Message::AppendEntries | Message::RequestVote | Message::Heartbeat))
}

fn is_follower_effect(effect: Effect) -> bool {
    effect != Effect::LeaderCommit
}

/// Whether a body matches on a request variant.
fn takes_apart(program: &Program, id: FnId) -> bool {
    let package = program.package(id);
    program.function(id).body.pats.iter().any(|pat| {
        let path = match pat {
            Pat::TupleStruct { path, .. } | Pat::Struct { path, .. } | Pat::Path { path, .. } => {
                path
            }
            _ => return false,
        };
        let Some((&variant, qualifiers)) = path.split_last() else { return false };
        let words = program.words(variant);
        if !words.any(
            Words::APPEND
                .with(Words::VOTE)
                .with(Words::CANDIDATE)
                .with(Words::LOG)
                .with(Words::REQUEST),
        ) {
            return false;
        }
        let of = qualifiers.last().copied();
        let message = messages::by_variant(program, of, variant, package).or_else(|| {
            // A generated message type, not in the source: `MessageType::MsgAppend`.
            let known = program.variant_def(of, variant, package).is_some();
            let named = words.any(Words::REQUEST) && !qualifiers.is_empty();
            (!known && named).then(|| messages::by_words(words)).flatten()
        });
        matches!(message, Some(Message::AppendEntries | Message::RequestVote))
    })
}

/// Whether a body writes the commit index.
fn moves_commit(program: &Program, id: FnId) -> bool {
    let body = &program.function(id).body;
    let commit = |w: Words| w.any(Words::COMMIT) && !w.any(Words::TIME);
    let names_commit = |mut expr| loop {
        match &body.expr(expr).kind {
            ExprKind::Field(_, name) if commit(program.words(*name)) => return true,
            ExprKind::Field(base, _) => expr = *base,
            ExprKind::Unary(_, inner) => expr = *inner,
            ExprKind::MethodCall { receiver, method, .. } => {
                if commit(program.words(*method)) {
                    return true;
                }
                expr = *receiver;
            }
            ExprKind::Path(path) => return path.last().is_some_and(|n| commit(program.words(*n))),
            _ => return false,
        }
    };
    body.exprs.iter().any(|e| match &e.kind {
        ExprKind::Assign(target, _) | ExprKind::AssignOp(_, target, _) => names_commit(*target),
        ExprKind::MethodCall { receiver, method, args } if !args.is_empty() => {
            let words = program.words(*method);
            let setter = words.any(Words::COMMIT) && words.any(Words::SET);
            setter
                || names_commit(*receiver)
                    && matches!(
                        program.text(*method),
                        "store"
                            | "fetch_max"
                            | "swap"
                            | "send"
                            | "send_replace"
                            | "set"
                            | "replace"
                            | "fetch_add"
                            | "publish"
                    )
        }
        _ => false,
    })
}

/// Evaluates one function from its parameters on; tells how many expressions that took.
fn evaluate(program: &Program, id: FnId, left: u64, clean: &FxHashSet<FnId>) -> (Shown, u32) {
    let package = program.package(id);
    let function = program.function(id);
    let mut engine = Engine::new(program, package, left, clean);
    let before = engine.fuel;
    let entry = messages::entry_of(program, id);
    engine.frames.push(Frame {
        function: id,
        serial: 0,
        locals: 0,
        call: None,
        self_value: None,
        arguments: Vec::new(),
        is_closure: false,
        returns: Vec::new(),
        loops: Vec::new(),
    });
    let mut world = World { locals: vec![Engine::new_locals()], ..World::default() };
    let self_value = function.owner.as_ref().map(|owner| {
        Value::Sym(engine.symbols.intern_typed(Origin::SelfValue, Some(owner.self_ty.clone())))
    });
    engine.frame_mut().self_value = self_value;
    if let Some(entry) = entry {
        engine.enter_message(&mut world, entry.message, Some(program.place(id)));
    }
    let mut worlds = vec![world];
    for (i, param) in function.params.iter().enumerate() {
        let value = parameter(&mut engine, i, param, entry.is_some_and(|e| e.scalar));
        let mut next = Vec::new();
        for w in worlds {
            next.extend(engine.match_pat(w, &value, param.pat).matched);
        }
        worlds = next;
    }
    let root = function.root.expect("only functions with a body are evaluated");
    let mut outs = engine.eval_all(worlds, root);
    outs.append(&mut engine.frame_mut().returns);
    let end = program.place(id);
    engine.entry_returns(&outs, end);
    let used = before - engine.fuel;
    let shown =
        Shown { events: engine.events, handlers: engine.handlers, exhausted: engine.exhausted };
    (shown, used)
}

/// The symbol of an entry's parameter.
fn parameter(
    engine: &mut Engine<'_>,
    position: usize,
    param: &crate::ir::Param,
    scalar_entry: bool,
) -> Value {
    let program = engine.symbols.program;
    let package = engine.symbols.package;
    let function = engine.function();
    let ty = program.declared(&param.ty, function, package);
    let name = match function.body.pat(param.pat) {
        Pat::Bind { name, .. } => Some(*name),
        _ => program.names.find(&position.to_string()).or(Some(function.name)),
    };
    let Some(name) = name else { return Value::Sym(engine.symbols.fresh()) };
    let message = messages::by_type(program, &param.ty, package).is_some()
        || messages::is_envelope(program, &param.ty, package);
    let words = program.words(name);
    let request_name = words.any(
        Words::PREV
            .with(Words::TERM)
            .with(Words::LEADER)
            .with(Words::CANDIDATE)
            .with(Words::ENTRIES)
            .with(Words::LAST)
            .with(Words::INDEX)
            .with(Words::COMMIT),
    ) || words.any(Words::ID)
        || program.text(name) == "from";
    let request = message || (scalar_entry && request_name);
    let ty = match ty {
        crate::ir::TypeRef::Unknown => None,
        known => Some(known),
    };
    let origin = Origin::Param(name, request);
    let sym = engine.symbols.intern_typed(origin, ty);
    Value::Sym(sym)
}
