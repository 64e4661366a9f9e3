//! Whether each voter is counted once, where the replies to a candidate's requests are handled.

use std::collections::BTreeSet;

use super::super::event::StepKind;
use super::asked::{self, is_sender};
use super::code::{Binding, Code};
use super::names;
use super::own::{Write, written};
use crate::ir::{ExprId, ExprKind, Literal, Name, Pat, PatId, StructDef, TypeRef};
use crate::program::FnId;
use crate::protocol::{Fact, Message};
use crate::roles::machine::Calling;
use crate::roles::messages;
use crate::source::Place;

/// A vote that is counted.
pub(super) struct Counted {
    pub(super) place: Place,
    pub(super) function: FnId,
    /// What holds there.
    pub(super) fact: Fact,
    /// Where that is seen.
    pub(super) seen: Place,
    /// The calls from the handler to it.
    pub(super) steps: Vec<(Place, StepKind)>,
}

/// How a tally takes a vote.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Number,
    Set,
    List,
}

/// How deep the calls of a handler are followed.
const MAX_DEPTH: usize = 3;
/// How many functions are looked into for one handler.
const MAX_FUNCTIONS: usize = 24;

/// The votes that are counted where a function, or what it hands the voter to, handles a reply that
/// says who has voted.
pub(super) fn of_function(code: &Code<'_>, function: FnId) -> Vec<Counted> {
    let handled = handled(code, function);
    if handled.is_empty() || awaits_answers(code, function) {
        return Vec::new();
    }
    let mut search = Search { code, way: Vec::new(), visited: Vec::new(), found: Vec::new() };
    search.look(function, handled);
    search.found
}

/// The look for counts from one handler on.
struct Search<'c, 'p> {
    code: &'c Code<'p>,
    /// The calls that led here.
    way: Vec<(FnId, ExprId, FnId)>,
    visited: Vec<FnId>,
    found: Vec<Counted>,
}

impl Search<'_, '_> {
    fn look(&mut self, function: FnId, among: impl IntoIterator<Item = ExprId>) {
        for at in among {
            self.count(function, at);
            self.follow(function, at);
        }
    }

    fn count(&mut self, function: FnId, at: ExprId) {
        let code = self.code;
        let name = match code.kind(function, at) {
            ExprKind::Path(path) if path.len() == 1 => path[0],
            ExprKind::Field(_, name) => *name,
            _ => return,
        };
        if !is_tally(code.text(name)) || is_observed(code, function, at) {
            return;
        }
        let Some((kind, whole)) = counts(code, function, at) else { return };
        let place = code.place(function, whole);
        let list = kind == Kind::List;
        let here = [(function, whole)];
        let around = self.way.iter().rev().map(|(caller, call, _)| (*caller, *call));
        let asked = here.into_iter().chain(around).find_map(|(function, at)| {
            Some(code.place(function, asked::before(code, function, at)?))
        });
        let once = kind == Kind::Set || list && is_kept_distinct(code, function, name);
        let (fact, seen) = match asked {
            _ if once => (Fact::VoterCountedOnce, place),
            Some(check) => (Fact::VoterCountedOnce, check),
            None if list => (Fact::VoterListedAgain, place),
            None => (Fact::VotesWithoutVoters, place),
        };
        let step = |(caller, call, target): &(FnId, ExprId, FnId)| {
            (code.place(*caller, *call), StepKind::Call(*target))
        };
        let steps = self.way.iter().map(step).collect();
        self.found.push(Counted { place, function, fact, seen, steps });
    }

    /// Goes into a function that is given the voter, or that the handler lets count one more.
    fn follow(&mut self, function: FnId, at: ExprId) {
        let code = self.code;
        if self.way.len() >= MAX_DEPTH || self.visited.len() >= MAX_FUNCTIONS {
            return;
        }
        let Some((target, args)) = asked::called(code, function, at) else { return };
        let handles = messages::entry_of(code.program, target)
            .is_some_and(|e| e.message == Message::VoteReply);
        let given = args.iter().any(|arg| asked::names_sender(code, function, *arg));
        let bare = args.is_empty() && self.way.is_empty() && !begins(code, target);
        if handles || self.visited.contains(&target) || !(given || bare) {
            return;
        }
        self.visited.push(target);
        self.way.push((function, at, target));
        self.look(target, (0..code.body(target).exprs.len() as u32).map(ExprId));
        self.way.pop();
    }
}

/// Whether a function begins something new, such as an election: it sets a vote, a term or a role.
fn begins(code: &Code<'_>, function: FnId) -> bool {
    let name = code.text(code.program.function(function).name);
    let named = ["elect", "campaign", "candida"].iter().any(|part| name.contains(part));
    named
        || code.body(function).exprs.iter().any(|e| match &e.kind {
            ExprKind::Assign(target, _) | ExprKind::AssignOp(_, target, _) => {
                match code.kind(function, *target) {
                    ExprKind::Field(_, name) => {
                        let text = code.text(*name).to_lowercase();
                        ["term", "voted_for", "role", "state"].iter().any(|t| text.contains(t))
                            || is_tally(&text) && matches!(e.kind, ExprKind::Assign(..))
                    }
                    _ => false,
                }
            }
            _ => false,
        })
}

fn is_tally(text: &str) -> bool {
    let lower = text.to_lowercase();
    let not = ["needed", "required", "given", "cast", "request", "pre_vote", "prevote"];
    lower.contains("vote")
        && !names::is_against(&lower)
        && !lower.contains("voter_")
        && !not.iter().any(|n| lower.contains(n))
        || lower.contains("granted") && lower != "granted"
}

/// Whether a place is a part of metrics and the like.
fn is_observed(code: &Code<'_>, function: FnId, mut place: ExprId) -> bool {
    let observes = |name: Name| code.program.calling(name).any(Calling::OBSERVES);
    let owner = code.program.function(function).owner.as_ref();
    let of_type =
        owner.is_some_and(|o| matches!(&o.self_ty, TypeRef::Path { name, .. } if observes(*name)));
    loop {
        place = match code.kind(function, place) {
            ExprKind::Field(_, name) if observes(*name) => return true,
            ExprKind::Field(base, _) => *base,
            ExprKind::Path(path) => return of_type || path.last().is_some_and(|n| observes(*n)),
            _ => return of_type,
        };
    }
}

/// Whether a use of a tally adds a vote to it, and the expression that does.
fn counts(code: &Code<'_>, function: FnId, at: ExprId) -> Option<(Kind, ExprId)> {
    let around = code.ancestors(function, at);
    if let Some(Write::Add(1)) = written(code, function, at) {
        let whole = around.iter().find(|e| {
            matches!(code.kind(function, **e), ExprKind::AssignOp(..) | ExprKind::Assign(..))
        });
        return Some((Kind::Number, *whole?));
    }
    let mut below = at;
    for &parent in &around {
        match code.kind(function, parent) {
            ExprKind::MethodCall { receiver, method, args } if *receiver == below => {
                match (code.text(*method), args.len()) {
                    ("insert", 2) if is_position(code, function, at, args[0]) => {
                        return Some((Kind::List, parent));
                    }
                    ("insert", 1 | 2) => return Some((Kind::Set, parent)),
                    ("push" | "push_back" | "push_front", 1) => return Some((Kind::List, parent)),
                    ("fetch_add", 1 | 2) => return Some((Kind::Number, parent)),
                    ("lock" | "unwrap" | "borrow_mut" | "get_mut" | "as_mut" | "write", _) => {}
                    _ => return None,
                }
            }
            ExprKind::Ref(_, _) | ExprKind::Unary(..) | ExprKind::Await(_) => {}
            _ => return None,
        }
        below = parent;
    }
    None
}

/// Whether a function takes repetitions out of a list: `retain` before, `dedup` after.
fn is_kept_distinct(code: &Code<'_>, function: FnId, list: Name) -> bool {
    code.body(function).exprs.iter().any(|e| match &e.kind {
        ExprKind::MethodCall { receiver, method, .. } => {
            let text = code.text(*method);
            (text == "retain" || text.starts_with("dedup"))
                && code.collection(function, *receiver) == Some(list)
        }
        _ => false,
    })
}

/// Whether what is inserted goes to a position of a list, and not under a key of a map.
fn is_position(code: &Code<'_>, function: FnId, tally: ExprId, first: ExprId) -> bool {
    let number = match code.kind(function, first) {
        ExprKind::Lit(Literal::Int(_)) => true,
        ExprKind::MethodCall { method, .. } => code.text(*method) == "len",
        _ => false,
    };
    number || is_declared_list(code, function, tally)
}

/// Whether a tally is declared as a list: the field of this name, or the local.
fn is_declared_list(code: &Code<'_>, function: FnId, tally: ExprId) -> bool {
    let (program, package) = (code.program, code.program.package(function));
    let list = |ty: &TypeRef| match program.peel(ty, package) {
        TypeRef::Path { name, .. } => matches!(code.text(name), "Vec" | "VecDeque"),
        _ => false,
    };
    let name = match code.kind(function, tally) {
        ExprKind::Field(_, name) => *name,
        ExprKind::Path(path) => match code.binding(function, path[0], tally) {
            Some(Binding::Param(at)) => {
                return program.function(function).params.get(at).is_some_and(|p| list(&p.ty));
            }
            Some(Binding::Init(init)) => return makes_list(code, function, init),
            _ => path[0],
        },
        _ => return false,
    };
    let slots = (0..program.file_count()).filter(|slot| program.package_of_slot(*slot) == package);
    let mut declared = slots
        .filter_map(|slot| program.file(slot))
        .flat_map(|f| f.structs.iter().chain(f.enums.iter().flat_map(|e| e.variants.iter())))
        .flat_map(|def| def.fields.iter())
        .filter(|field| field.name == name)
        .peekable();
    declared.peek().is_some() && declared.all(|field| list(&field.ty))
}

fn makes_list(code: &Code<'_>, function: FnId, init: ExprId) -> bool {
    match code.kind(function, init) {
        ExprKind::Array(_) => true,
        ExprKind::Call { callee, .. } => match code.kind(function, *callee) {
            ExprKind::Path(path) => match path[..] {
                [.., ty, _] => matches!(code.text(ty), "Vec" | "VecDeque"),
                _ => false,
            },
            _ => false,
        },
        _ => false,
    }
}

/// What of a function is in the handling of a vote reply that says who it is from.
fn handled(code: &Code<'_>, function: FnId) -> BTreeSet<ExprId> {
    let program = code.program;
    let package = program.package(function);
    let declared = program.function(function);
    let entry = messages::entry_of(program, function);
    if entry.is_some_and(|e| e.message == Message::VoteReply) {
        let named = declared.params.iter().any(|param| {
            let bound = declared.body.bindings([param.pat]);
            bound.iter().any(|n| is_sender(code.text(*n))) || has_sender(code, &param.ty, function)
        });
        let all = (0..declared.body.exprs.len() as u32).map(ExprId);
        return if named { all.collect() } else { BTreeSet::new() };
    }
    let mut handled = BTreeSet::new();
    for expr in &declared.body.exprs {
        let ExprKind::Match { arms, .. } = &expr.kind else { continue };
        for arm in arms {
            let Some((def, fields)) = reply_variant(code, function, arm.pat) else { continue };
            let named = fields.iter().any(|n| is_sender(code.text(*n)))
                || def.fields.iter().any(|f| {
                    is_sender(code.text(f.name))
                        || program.struct_def(type_name(&f.ty), package).is_some_and(|inner| {
                            inner.fields.iter().any(|f| is_sender(code.text(f.name)))
                        })
                });
            if named {
                handled.extend(code.below(function, arm.body));
            }
        }
    }
    handled
}

fn type_name(ty: &TypeRef) -> Name {
    match ty {
        TypeRef::Path { name, .. } => *name,
        _ => Name(0),
    }
}

/// The variant of a vote reply that a pattern takes apart, with the fields that it names.
fn reply_variant<'c>(
    code: &Code<'c>,
    function: FnId,
    pat: PatId,
) -> Option<(&'c StructDef, Vec<Name>)> {
    let (path, fields) = match code.body(function).pat(pat) {
        Pat::Struct { path, fields, .. } => (path, fields.iter().map(|f| f.0).collect()),
        Pat::TupleStruct { path, .. } => (path, Vec::new()),
        Pat::Bind { sub: Some(sub), .. } => return reply_variant(code, function, *sub),
        _ => return None,
    };
    let (&variant, qualifiers) = path.split_last()?;
    let package = code.program.package(function);
    let of = qualifiers.last().copied();
    let message = messages::by_variant(code.program, of, variant, package)?;
    let (_, def) = code.program.variant_def(of, variant, package)?;
    (message == Message::VoteReply).then_some((def, fields))
}

fn has_sender(code: &Code<'_>, ty: &TypeRef, function: FnId) -> bool {
    let package = code.program.package(function);
    let TypeRef::Path { name, .. } = code.program.peel(ty, package) else { return false };
    let def = code.program.struct_def(name, package);
    def.is_some_and(|def| def.fields.iter().any(|f| is_sender(code.text(f.name))))
}

/// Whether the answers come one for each request that is awaited: in this function, or in the one
/// that hands them to it.
fn awaits_answers(code: &Code<'_>, function: FnId) -> bool {
    let asks = |id: FnId| {
        code.body(id).exprs.iter().any(|e| match &e.kind {
            ExprKind::MethodCall { method, .. } => is_request(code.text(*method)),
            ExprKind::Call { callee, .. } => match code.kind(id, *callee) {
                ExprKind::Path(path) => path.last().is_some_and(|n| is_request(code.text(*n))),
                _ => false,
            },
            _ => false,
        })
    };
    let awaits = |id: FnId| {
        let kinds = code.body(id).exprs.iter();
        kinds.map(|e| &e.kind).any(|kind| match kind {
            ExprKind::Await(_) | ExprKind::Select { .. } => true,
            ExprKind::Call { callee, .. } => match code.kind(id, *callee) {
                ExprKind::Path(path) => path.last().is_some_and(|n| code.text(*n) == "spawn"),
                _ => false,
            },
            ExprKind::MethodCall { method, .. } => code.text(*method) == "spawn",
            _ => false,
        })
    };
    let both = |id: FnId| asks(id) && awaits(id);
    both(function) || code.program.callers(function).into_iter().any(both)
}

/// Whether a call asks for a vote.
fn is_request(text: &str) -> bool {
    let lower = text.to_lowercase();
    let asks =
        ["request_vote", "requestvote", "vote_request", "send_vote", "ask_vote", "ask_for_vote"];
    asks.iter().any(|a| lower.contains(a)) && !lower.contains("handle") && !lower.contains("repl")
}
