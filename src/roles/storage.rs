//! Storage: which functions write the term, the vote or the log to where a crash leaves them, and
//! which packages do that at all.
//!
//! Takes the program, looks at bodies only. A *save* is a call of a function whose name says so and
//! that reaches a file, a database or a storage trait; or of a storage trait's method itself.

use std::collections::BTreeSet;

use rustc_hash::{FxHashMap, FxHashSet};

use super::saving::{
    DATABASE, FILE, FUNCTION, HARD, Parts, SAVES, changes, is_common, is_database_method,
    is_file_function, is_file_method, mark, mark_of, parts_of, says_save,
};
use super::state::States;
use super::vocabulary::Words;
use crate::ir::{Body, ExprId, ExprKind, Function, Name, Owner, TypeRef};
use crate::program::{FnId, Moves, PackageId, Program};

/// How far from a file the function that is called may be.
const MAX_REACH: usize = 5;

/// What saves, in the whole program.
#[derive(Debug, Default)]
pub struct Storage {
    /// What a call of a function saves.
    savers: FxHashMap<FnId, Parts>,
    /// Methods that storage traits declare.
    declared: FxHashMap<Name, Parts>,
    /// What each name may stand for, so that bodies are looked through without reading texts.
    marks: Vec<u8>,
    /// Functions that get to a file, a database or a storage trait.
    reach: FxHashSet<FnId>,
    /// The packages that save the term or the vote.
    packages: BTreeSet<PackageId>,
    /// Those that save at least the log.
    with_log: BTreeSet<PackageId>,
}

impl Storage {
    /// Looks for what saves; for nothing in a program that keeps no Raft state.
    pub fn of(program: &Program, states: &States) -> Self {
        let mut storage = Storage::default();
        if states.is_empty() {
            return storage;
        }
        let names = (0..program.names.len() as u32).map(Name);
        storage.marks = names.map(|name| mark(program.text(name))).collect();
        let writes = |id: &FnId| storage.writes_itself(program, program.function(*id));
        let written: FxHashSet<FnId> = program.ids().filter(writes).collect();
        let traits = durable_traits(program, &reaching(program, written.clone(), 3));
        storage.declare(program, &traits);
        storage.spread(program, written);
        for id in program.ids() {
            let function = program.function(id);
            let owner = function.owner.as_ref();
            let of_trait = owner.and_then(|o| o.trait_name).is_some_and(|t| traits.contains(&t));
            let named = says_save(program.text(function.name)) && storage.reach.contains(&id);
            let parts = match (of_trait, named) {
                (true, _) if changes(program, function.name) => parts_of(program, function.name),
                (_, true) => parts_of(program, function.name),
                _ => Parts::NONE,
            };
            if parts != Parts::NONE && !owner.is_some_and(|o| is_machine(program, o)) {
                storage.savers.insert(id, parts);
                storage.marks[function.name.0 as usize] |= mark_of(parts);
            }
        }
        storage.packages = storage.that_persist(program, states, HARD);
        storage.with_log = storage.that_persist(program, states, SAVES);
        storage
    }

    /// Whether the same saves the same as in an older version of the program, whose names have the same
    /// numbers.
    pub fn is_same(&self, old: &Storage, moves: &Moves) -> bool {
        let Storage { savers, declared, marks, reach, packages, with_log } = old;
        let same = |(before, now): (FnId, FnId)| {
            savers.get(&before) == self.savers.get(&now)
                && reach.contains(&before) == self.reach.contains(&now)
        };
        (&self.declared, &self.packages, &self.with_log) == (declared, packages, with_log)
            && self.marks.starts_with(marks)
            && moves.pairs().all(same)
    }

    /// Whether a package saves its term or vote.
    pub fn is_used_by(&self, package: PackageId) -> bool {
        self.packages.contains(&package)
    }

    /// Whether a package saves its term, its vote or its log.
    pub fn saves_something(&self, package: PackageId) -> bool {
        self.with_log.contains(&package) || self.is_used_by(package)
    }

    /// Whether no package saves anything.
    pub fn is_empty(&self) -> bool {
        self.packages.is_empty() && self.with_log.is_empty()
    }

    /// Whether a function of this name may save something.
    pub fn may_save(&self, name: Name) -> bool {
        self.is_marked(name, SAVES | FILE)
    }

    /// Whether a method of this name may write to a file or a database of another crate.
    pub fn may_write(&self, name: Name) -> bool {
        self.is_marked(name, FILE | DATABASE)
    }

    /// Whether a path that ends in this name may save.
    pub fn may_call(&self, name: Name) -> bool {
        self.is_marked(name, SAVES | FUNCTION)
    }

    fn is_marked(&self, name: Name, marks: u8) -> bool {
        self.marks.get(name.0 as usize).is_some_and(|m| m & marks != 0)
    }

    /// What a call of this function saves.
    pub fn saved_by(&self, id: FnId) -> Parts {
        self.savers.get(&id).copied().unwrap_or_default()
    }

    /// What a storage trait's method of this name saves.
    pub fn declared_as(&self, name: Name) -> Parts {
        self.declared.get(&name).copied().unwrap_or_default()
    }

    fn declare(&mut self, program: &Program, traits: &FxHashSet<Name>) {
        for id in program.ids() {
            let function = program.function(id);
            let Some(owner) = function.owner.as_ref().filter(|o| o.is_trait) else { continue };
            if !owner.trait_name.is_some_and(|t| traits.contains(&t))
                || !changes(program, function.name)
            {
                continue;
            }
            let parts = parts_of(program, function.name);
            if parts != Parts::NONE {
                let known = self.declared.entry(function.name).or_default();
                *known = known.with(parts);
                self.marks[function.name.0 as usize] |= mark_of(parts);
            }
        }
    }

    /// Everything from which a write is reached in a few calls.
    fn spread(&mut self, program: &Program, written: FxHashSet<FnId>) {
        let asks = |id: &FnId| {
            let body = &program.function(*id).body;
            body.exprs.iter().any(|e| match &e.kind {
                ExprKind::MethodCall { method, .. } => self.is_marked(*method, SAVES),
                _ => false,
            })
        };
        let from = program.ids().filter(|id| written.contains(id) || asks(id)).collect();
        self.reach = reaching(program, from, MAX_REACH);
    }

    /// The packages with Raft state that contain a function which writes a term or a vote, or calls
    /// what has this mark.
    fn that_persist(&self, program: &Program, states: &States, mark: u8) -> BTreeSet<PackageId> {
        let mut packages = BTreeSet::new();
        for id in program.ids() {
            let package = program.package(id);
            if !states.contains_key(&package) || packages.contains(&package) {
                continue;
            }
            let function = program.function(id);
            let in_trait = function.owner.as_ref().is_some_and(|o| o.is_trait);
            let saves = self.declared_as(function.name).any(Parts::HARD) && in_trait
                || self.saved_by(id).any(Parts::HARD)
                || self.reach.contains(&id) && self.writes_here(program, function, mark);
            let node = states.get(&package).and_then(|s| s.voter).map(|pair| pair[2]);
            let of_node = self.saved_by(id).any(Parts::HARD) && is_method_of(function, node);
            if of_node || saves && speaks_of_hard_state(program, function) {
                packages.insert(package);
            }
        }
        packages
    }

    /// Whether a body itself writes, or calls what has this mark.
    fn writes_here(&self, program: &Program, function: &Function, mark: u8) -> bool {
        self.writes_itself(program, function)
            || function.body.exprs.iter().any(|e| match &e.kind {
                ExprKind::MethodCall { method, .. } => self.is_marked(*method, mark | FILE),
                _ => false,
            })
    }

    /// Whether a body writes to a file or to a database.
    fn writes_itself(&self, program: &Program, function: &Function) -> bool {
        let body = &function.body;
        body.exprs.iter().any(|e| match &e.kind {
            ExprKind::MethodCall { receiver, method, args } => {
                self.may_write(*method)
                    && writes_by(program, function, *receiver, *method, args.len())
            }
            ExprKind::Call { callee, .. } => match &body.expr(*callee).kind {
                ExprKind::Path(path) => match &**path {
                    [.., qualifier, name] if self.is_marked(*name, FUNCTION) => {
                        is_file_function(program.text(*qualifier), program.text(*name))
                    }
                    [name] if self.is_marked(*name, FUNCTION) => {
                        is_file_function("", program.text(*name))
                    }
                    _ => false,
                },
                _ => false,
            },
            _ => false,
        })
    }
}

/// All functions from which one of these is reached in a few calls, judged by names.
fn reaching(program: &Program, from: FxHashSet<FnId>, steps: usize) -> FxHashSet<FnId> {
    let mut reach: FxHashSet<FnId> = FxHashSet::default();
    let mut open: Vec<FnId> = from.into_iter().collect();
    for _ in 0..=steps {
        let mut next = Vec::new();
        for id in open {
            if reach.insert(id) && !is_common(program.text(program.function(id).name)) {
                next.extend(program.callers(id));
            }
        }
        open = next;
    }
    reach
}

/// Whether a method call writes to a file or a database of another crate.
pub fn writes_by(
    program: &Program,
    function: &Function,
    receiver: ExprId,
    method: Name,
    arity: usize,
) -> bool {
    let text = program.text(method);
    is_file_method(text) && !is_stream(program, &function.body, receiver)
        || is_database_method(text)
            && (arity > 0 || text == "flush")
            && is_database(program, function, receiver)
}

/// The name of the field or variable that an expression ends in.
pub fn last_name(body: &Body, mut expr: ExprId) -> Option<Name> {
    for _ in 0..8 {
        match &body.expr(expr).kind {
            ExprKind::Field(_, name) => return Some(*name),
            ExprKind::Path(path) => return path.last().copied(),
            ExprKind::MethodCall { receiver, .. } => expr = *receiver,
            ExprKind::Ref(inner, _)
            | ExprKind::Unary(_, inner)
            | ExprKind::Try(inner)
            | ExprKind::Await(inner)
            | ExprKind::Index(inner, _) => expr = *inner,
            ExprKind::Call { callee, args } if args.is_empty() => expr = *callee,
            _ => return None,
        }
    }
    None
}

/// Bytes that go to another process, or are only collected, are not saved.
pub fn is_stream(program: &Program, body: &Body, receiver: ExprId) -> bool {
    last_name(body, receiver).is_some_and(|name| {
        let text = program.text(name);
        // A batch is written later, as a whole.
        let streams =
            ["stream", "socket", "sock", "conn", "tcp", "stdout", "stderr", "out", "batch"];
        streams.iter().any(|s| text.contains(s))
    })
}

/// Whether a receiver is a database or a file of another crate.
fn is_database(program: &Program, function: &Function, receiver: ExprId) -> bool {
    let body = &function.body;
    let Some(name) = last_name(body, receiver) else { return false };
    let named = matches!(program.text(name), "db" | "tree" | "database" | "file" | "txn" | "sled");
    let Some(owner) = &function.owner else { return named };
    let package = program.package_of_file(function.file);
    let Some(ty) = program.field_type(&owner.self_ty, name, package) else { return named };
    match ty {
        TypeRef::Path { name: ty, .. } => {
            let text = program.text(ty);
            let foreign = !program.has_struct_named(ty) && program.enum_def(ty, package).is_none();
            foreign && matches!(text, "DB" | "Db" | "Tree" | "Database" | "File" | "Connection")
                || foreign && named && !text.starts_with("Hash") && !text.starts_with("BTree")
        }
        _ => false,
    }
}

/// The traits through which state is stored: named so, and written to a file by some
/// implementation, by none that is known, or meant to be by the name of a method.
fn durable_traits(program: &Program, written: &FxHashSet<FnId>) -> FxHashSet<Name> {
    let mut declared: FxHashMap<Name, bool> = FxHashMap::default();
    let mut implemented: FxHashMap<Name, bool> = FxHashMap::default();
    let mut known: FxHashMap<Name, bool> = FxHashMap::default();
    let mut stores =
        |name: &Name| *known.entry(*name).or_insert_with(|| is_storage_name(program, *name));
    for id in program.ids() {
        let function = program.function(id);
        let Some(owner) = &function.owner else { continue };
        let Some(name) = owner.trait_name.filter(&mut stores) else {
            continue;
        };
        if owner.is_trait {
            let text = program.text(function.name);
            let hard = parts_of(program, function.name).any(Parts::HARD);
            *declared.entry(name).or_default() |= says_save(text) && hard;
        } else {
            let writes = written.contains(&id);
            *implemented.entry(name).or_default() |= writes;
        }
    }
    declared
        .into_iter()
        .filter(|(name, meant)| *meant || implemented.get(name).copied().unwrap_or(true))
        .map(|(name, _)| name)
        .collect()
}

fn is_storage_name(program: &Program, name: Name) -> bool {
    let text = program.text(name).to_lowercase();
    let words = program.words(name);
    let machine = text.contains("machine") || words.any(Words::SNAPSHOT);
    let named = ["stor", "persist", "engine", "disk", "durable"].iter().any(|p| text.contains(p));
    (named || words.any(Words::LOG) || text == "io") && !machine
}

/// A state machine writes what was applied, which is not what replies depend on.
fn is_machine(program: &Program, owner: &Owner) -> bool {
    let machine = |name: Name| {
        let text = program.text(name).to_lowercase();
        text.contains("machine") || text.contains("snapshot") || text.contains("metrics")
    };
    let ty = match &owner.self_ty {
        TypeRef::Path { name, .. } => Some(*name),
        _ => None,
    };
    ty.into_iter().chain(owner.trait_name).any(machine)
}

/// Whether a function is a method of the struct that holds term and vote.
fn is_method_of(function: &Function, node: Option<Name>) -> bool {
    let owner = function.owner.as_ref().map(|o| &o.self_ty);
    matches!(owner, Some(TypeRef::Path { name, .. }) if Some(*name) == node)
}

/// Whether a function's name, its parameters or its body speak of a term or a vote.
fn speaks_of_hard_state(program: &Program, function: &Function) -> bool {
    let hard = |name: &Name| {
        let words = program.words(*name);
        words.any(Words::TERM.with(Words::VOTE).with(Words::BALLOT)) && !words.any(Words::TIME)
            || program.text(*name).contains("hard_state")
            || program.text(*name).contains("raft_state")
    };
    hard(&function.name)
        || function.body.exprs.iter().any(|e| match &e.kind {
            ExprKind::Field(_, name) => hard(name),
            ExprKind::Path(path) => path.iter().any(hard),
            ExprKind::Struct { fields, .. } => fields.iter().any(|(name, _)| hard(name)),
            ExprKind::MethodCall { method, .. } => hard(method),
            _ => false,
        })
}
