//! What one function shows by itself: its evaluation from the parameters on.

use std::panic::{AssertUnwindSafe, catch_unwind};

use rustc_hash::{FxHashMap, FxHashSet};
use serde::{Deserialize, Serialize};

use super::aside;
use super::bound::{Bound, Met};
use super::budget::{Budget, Share};
use super::eval::{Engine, Frame, Outs};
use super::event::Event;
use super::overlap::drop_shown_removals;
use super::settle::Demands;
use super::value::Value;
use super::world::World;
use crate::ir::{Param, Pat, TypeRef};
use crate::program::{FnId, PackageId, Program};
use crate::protocol::Message;
use crate::roles::messages;
use crate::roles::storage::Storage;
use crate::roles::symbols::Origin;
use crate::roles::vocabulary::Words;
use crate::source::Place;

/// What one function showed.
#[derive(Serialize, Deserialize)]
pub(super) struct Shown {
    pub(super) events: Vec<Event>,
    pub(super) handlers: Vec<(Place, Message, FnId)>,
    /// The evaluation stopped at its bound.
    pub(super) exhausted: bool,
    /// A bug of ours ended the evaluation: nothing is known of the function.
    pub(super) failed: bool,
    /// Functions that were not entered somewhere, because of a bound.
    pub(super) unentered: FxHashMap<FnId, Bound>,
    /// Some closure was not entered because of one.
    pub(super) closures_unentered: bool,
    /// How many expressions were evaluated.
    pub(super) used: u32,
    /// Arms that handle no message were left alone.
    pub(super) left_aside: bool,
    /// Of which functions it was asked whether they prove everything alone, and the answers.
    pub(super) asked_clean: FxHashMap<FnId, bool>,
}

impl Shown {
    /// Of a function in which the evaluation failed: what its callers ask of it stays open.
    fn failed() -> Self {
        Shown { failed: true, ..Shown::nothing() }
    }

    /// Of a function for whose evaluation nothing was left.
    pub(super) fn nothing() -> Self {
        Shown {
            events: Vec::new(),
            handlers: Vec::new(),
            exhausted: true,
            failed: false,
            unentered: FxHashMap::default(),
            closures_unentered: false,
            used: 0,
            left_aside: false,
            asked_clean: FxHashMap::default(),
        }
    }

    /// The bound that may have kept this evaluation, of its `own` function, from an effect further down, if there is one.
    pub(super) fn bound_before(&self, own: FnId, event: &Event) -> Option<Met> {
        let here = |bound| Met { bound, function: own };
        if self.exhausted {
            return Some(here(Bound::Work));
        }
        // A function on the way that calls itself comes round to where the way began: the way without
        // that round is one, too.
        let comes_round = event.stack.contains(&own);
        let unentered = event.stack.iter().find_map(|id| {
            let bound = *self.unentered.get(id)?;
            let counts = bound != Bound::Recursion || !comes_round;
            counts.then_some(Met { bound, function: *id })
        });
        unentered.or(self.closures_unentered.then(|| here(Bound::Closures)))
    }
}

/// How far an evaluation may go.
#[derive(Clone, Copy)]
pub(super) struct Bounds<'s> {
    pub(super) budget: Budget,
    pub(super) share: Share<'s>,
    /// All arms are looked at.
    pub(super) whole: bool,
}

/// Evaluates one function. A bug of ours that only it brings to light costs only what is known of it.
pub(super) fn show(
    program: &Program,
    id: FnId,
    bounds: Bounds<'_>,
    clean: &FxHashSet<FnId>,
    demands: &Demands<'_>,
    storage: &Storage,
) -> Shown {
    let evaluated = || {
        #[cfg(test)]
        tests::fail_where_asked(program, id);
        evaluate(program, id, bounds, clean, demands, storage)
    };
    catch_unwind(AssertUnwindSafe(evaluated)).unwrap_or_else(|_| Shown::failed())
}

/// Evaluates one function from its parameters on; not as a whole if it is only looked at for itself and
/// may leave arms alone.
fn evaluate(
    program: &Program,
    id: FnId,
    bounds: Bounds<'_>,
    clean: &FxHashSet<FnId>,
    demands: &Demands<'_>,
    storage: &Storage,
) -> Shown {
    let package = program.package(id);
    let function = program.function(id);
    let Bounds { budget, share, whole } = bounds;
    let mut engine = Engine::new(program, package, (budget, share), clean, demands, storage);
    if !whole {
        engine.aside = aside::arms(program, id);
    }
    let entry = messages::entry_of(program, id);
    engine.frames.push(Frame {
        function: id,
        serial: 0,
        locals: 0,
        call: None,
        self_value: None,
        arguments: Vec::new(),
        is_closure: false,
        returns: Outs::new(),
        loops: Vec::new(),
    });
    super::reads::forget();
    let mut world = World::default();
    world.locals.push(Engine::new_locals());
    let self_value = function.owner.as_ref().map(|owner| {
        Value::Sym(engine.symbols.intern_typed(Origin::SelfValue, Some(owner.self_ty.clone())))
    });
    engine.frame_mut().self_value = self_value;
    if let Some(entry) = entry {
        engine.enter_message(&mut world, entry.message, Some(program.place(id)));
    }
    let mut worlds = vec![world];
    for (i, param) in function.params.iter().enumerate() {
        let value = parameter(&mut engine, i, param, entry.as_ref());
        worlds = engine.matching(worlds, &value, param.pat);
    }
    let root = function.root.expect("only functions with a body are evaluated");
    let mut outs = engine.eval_all(worlds, root);
    outs.append(&mut engine.frame_mut().returns);
    let end = program.place(id);
    for (w, value) in &outs {
        engine.handling_ends(w, value);
    }
    engine.entry_returns(&outs, end);
    for (world, _) in &outs {
        engine.reply_leaves(world, None);
    }
    let mut events = engine.events.into_vec();
    drop_shown_removals(&mut events);
    engine.handlers.sort_unstable();
    engine.handlers.dedup();
    Shown {
        events,
        handlers: engine.handlers,
        exhausted: engine.exhausted,
        failed: false,
        unentered: engine.unentered,
        closures_unentered: engine.closures_unentered,
        used: engine.used,
        left_aside: engine.left_aside,
        asked_clean: engine.asked_clean,
    }
}

/// The symbol of an entry's parameter.
fn parameter(
    engine: &mut Engine<'_>,
    position: usize,
    param: &Param,
    entry: Option<&messages::Entry>,
) -> Value {
    let program = engine.symbols.program;
    let scalar_entry = entry.is_some_and(|e| e.scalar);
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
    // `handle_vote(term, request)`: the term of a message that has none itself.
    let other =
        Words::CURRENT.with(Words::LAST).with(Words::LOG).with(Words::PREV).with(Words::OTHER);
    let beside = entry.is_some_and(|e| !e.scalar)
        && words.any(Words::TERM)
        && !words.any(other.with(Words::VOTE))
        && function.params.iter().any(|p| lacks_term(program, &p.ty, package));
    let request = message || (scalar_entry && request_name) || beside;
    let ty = match ty {
        TypeRef::Unknown => None,
        known => Some(known),
    };
    let origin = Origin::Param(name, request);
    let sym = engine.symbols.intern_typed(origin, ty);
    // The project says that it is a handler: what comes in as one value is the message.
    let said = entry.filter(|e| !e.scalar && !message).filter(|_| is_said(engine));
    match said {
        Some(entry) if messages::is_whole(program, &param.ty, package) => {
            Value::Sym(engine.symbols.intern(Origin::Received(sym, entry.message)))
        }
        _ => Value::Sym(sym),
    }
}

/// Whether the project says what the analysed function handles.
fn is_said(engine: &Engine<'_>) -> bool {
    let function = engine.frames.all().first().map(|frame| frame.function);
    function.is_some_and(|id| engine.symbols.program.said_handler(id).is_some())
}

/// Whether a type is a message that says nothing of its term.
fn lacks_term(program: &Program, ty: &TypeRef, from: PackageId) -> bool {
    let TypeRef::Path { name, .. } = program.peel(ty, from) else { return false };
    messages::by_type(program, ty, from).is_some()
        && program.struct_def(name, from).is_some_and(|def| {
            let log = Words::PREV.with(Words::LAST).with(Words::LOG);
            let names = || def.fields.iter().map(|f| program.words(f.name));
            !names().any(|w| w.any(Words::TERM) && !w.any(log))
        })
}

#[cfg(test)]
mod tests {
    use crate::outcome::ProblemKind;
    use crate::pipeline::{self, Options};
    use crate::program::{FnId, Program};

    /// Stands for a bug of ours.
    pub(super) fn fail_where_asked(program: &Program, id: FnId) {
        let name = program.text(program.function(id).name);
        assert_ne!(name, "handle_request_vote_and_fail", "\u{1b}[2J");
    }

    const VOTER: &str = "
        pub struct VoteRequest { pub term: u64, pub candidate_id: u64, pub last_log_index: u64, pub last_log_term: u64 }
        pub struct VoteReply { pub term: u64, pub vote_granted: bool }
        pub struct Node { pub current_term: u64, pub voted_for: Option<u64>, pub log: Vec<(u64, String)> }
        impl Node {
            pub fn handle_request_vote(&mut self, request: VoteRequest) -> VoteReply {
                if request.term < self.current_term {
                    return VoteReply { term: self.current_term, vote_granted: false };
                }
                self.voted_for = Some(request.candidate_id);
                VoteReply { term: self.current_term, vote_granted: true }
            }
        }";

    #[test]
    fn a_bug_of_ours_costs_one_function() {
        let voter = VOTER.split_once("impl").map_or("", |(_, voter)| voter);
        let second = voter.replace("handle_request_vote", "handle_request_vote_and_fail");
        let text = format!("{VOTER}\nimpl {second}");
        let pool = pipeline::pool(&Options { threads: 1, ..Options::default() });
        let run = |text: &str| {
            let run = || pipeline::run_text(text.as_bytes(), &Options::default());
            pool.as_ref().expect("a thread can be made").install(run).0
        };
        let (alone, both) = (run(VOTER), run(&text));
        let open = |outcome: &crate::outcome::Outcome| outcome.count("violated");
        assert!(open(&alone) > 0 && alone.problems.is_empty(), "{alone:#?}");
        assert_eq!(open(&alone), open(&both), "the rest is decided all the same");
        assert_eq!(alone.count("proved"), both.count("proved"), "nothing is proved by a failure");
        let [problem] = &both.problems[..] else { panic!("{:#?}", both.problems) };
        assert_eq!(problem.kind, ProblemKind::Internal);
        assert_eq!(problem.file, "<stdin>");
        assert!(problem.text.contains("`Node::handle_request_vote_and_fail`"), "{problem:?}");
        assert!(both.undecided() > 0, "what it does is not decided");
    }
}
