//! Code that applies entries and reads what is not the same on every server: a scan over the calls
//! that such code makes, without an evaluation of its ways.

mod flow;
mod order;
mod reads;
mod tree;
mod turns;
mod types;

use std::collections::BTreeSet;

use rayon::prelude::*;

use self::tree::Tree;
use super::event::{Event, StepKind};
use super::settle::Demands;
use crate::ir::{ExprId, ExprKind, Function, TypeRef};
use crate::program::{FnId, Program, Receiver};
use crate::protocol::{Effect, Fact};
use crate::roles::machine::{self, Calling};
use crate::roles::state::States;
use crate::roles::vocabulary::Words;
use crate::source::Place;

/// Calls are followed this deep, and into so many functions.
const MAX_DEPTH: usize = 6;
const MAX_FUNCTIONS: usize = 64;

/// The events of all functions that apply entries.
pub(super) fn scan(program: &Program, states: &States, demands: &Demands<'_>) -> Vec<Event> {
    if !(demands.asked)(Effect::UnstableRead, None) {
        return Vec::new();
    }
    let roots: Vec<FnId> = program.ids().filter(|id| applies(program, states, *id)).collect();
    let found: Vec<Vec<Event>> = roots.par_iter().map(|root| of_root(program, *root)).collect();
    let mut reported = BTreeSet::new();
    let mut events = Vec::new();
    // What several of them reach is reported once.
    for event in found.into_iter().flatten() {
        if reported.insert(event.place) {
            events.push(event);
        }
    }
    events
}

/// Whether a function is that of a state machine by which it applies an entry.
fn applies(program: &Program, states: &States, id: FnId) -> bool {
    let function = program.function(id);
    let Some(owner) = function.owner.as_ref().filter(|_| function.root.is_some()) else {
        return false;
    };
    if !function.has_self || function.params.is_empty() {
        return false;
    }
    let text = program.text(function.name);
    let applies = program.calling(function.name).any(Calling::APPLIES);
    let of_trait =
        owner.trait_name.is_some_and(|name| machine::is_state_machine(program.text(name)));
    let self_name = match &owner.self_ty {
        TypeRef::Path { name, .. } => Some(*name),
        _ => None,
    };
    if self_name.is_some_and(|name| machine::only_passes_on(program.text(name))) {
        return false;
    }
    let of_type = self_name.is_some_and(|name| machine::is_state_machine(program.text(name)));
    let other_verb = matches!(text, "execute" | "command" | "mutate" | "transition");
    if of_trait || of_type {
        return applies || of_trait && other_verb;
    }
    let data = self_name.is_some_and(|name| {
        program.calling(name).any(Calling::DATA) || program.words(name).any(Words::STORE)
    });
    let entry = |ty: &TypeRef| match program.peel(ty, program.package(id)) {
        TypeRef::Path { name, .. } => {
            program.words(name).any(Words::ENTRY.with(Words::PAYLOAD).with(Words::ENTRIES))
        }
        _ => false,
    };
    let keeps_state = states.contains_key(&program.package(id));
    keeps_state && data && applies && function.params.iter().any(|p| entry(&p.ty))
}

/// The events of one function that applies entries.
fn of_root(program: &Program, root: FnId) -> Vec<Event> {
    let mut walk = Walk { program, visited: Vec::new(), events: Vec::new(), root };
    let start = vec![(program.place(root), StepKind::Entry(root))];
    walk.function(root, &start);
    if walk.events.is_empty() {
        let at = program.place(root);
        walk.events.push(event(program, root, root, at, Fact::NothingUnstable, start));
    }
    walk.events
}

fn event(
    program: &Program,
    root: FnId,
    function: FnId,
    at: Place,
    fact: Fact,
    steps: Vec<(Place, StepKind)>,
) -> Event {
    let found = if fact == Fact::NothingUnstable { program.place(root) } else { at };
    Event {
        facts: vec![(fact, found)],
        stack: vec![root, function],
        steps,
        ..Event::found(Effect::UnstableRead, at, function)
    }
}

struct Walk<'p> {
    program: &'p Program,
    visited: Vec<FnId>,
    events: Vec<Event>,
    root: FnId,
}

impl Walk<'_> {
    fn function(&mut self, id: FnId, steps: &[(Place, StepKind)]) {
        if self.visited.contains(&id) || self.visited.len() >= MAX_FUNCTIONS {
            return;
        }
        self.visited.push(id);
        let program = self.program;
        let function = program.function(id);
        let tree = Tree::of(program, id);
        for (read, fact) in reads::of(&tree, id == self.root) {
            let at = place(function, read);
            let found = event(program, self.root, id, at, fact, steps.to_vec());
            self.events.push(found);
        }
        if steps.len() > MAX_DEPTH {
            return;
        }
        for (call, target) in calls(&tree) {
            let mut steps = steps.to_vec();
            steps.push((place(function, call), StepKind::Call(target)));
            self.function(target, &steps);
        }
    }
}

fn place(function: &Function, expr: ExprId) -> Place {
    Place { file: function.file, span: function.body.expr(expr).span }
}

/// The bodies that a function calls, where what is called is known for sure.
fn calls(tree: &Tree<'_>) -> Vec<(ExprId, FnId)> {
    let program = tree.program;
    let mut found = Vec::new();
    for (at, expr) in tree.exprs() {
        let targets = match &expr.kind {
            ExprKind::Call { callee, args } => match &tree.body.expr(*callee).kind {
                ExprKind::Path(path) => {
                    program.resolve_path(path, args.len(), tree.function, tree.package)
                }
                _ => continue,
            },
            ExprKind::MethodCall { receiver, method, args } => {
                let Some(ty) = types::of(tree, *receiver) else { continue };
                let receiver = Receiver::Typed(&ty);
                program.resolve_method(receiver, *method, args.len(), tree.function, tree.package)
            }
            _ => continue,
        };
        // One of several implementations proves nothing.
        if let [target] = *targets
            && !reads::is_beside(program, target)
        {
            found.push((at, target));
        }
    }
    found
}
