//! What becomes of the node's role when a higher term is adopted: follower, or what it was.
//!
//! Roles take many forms. What is not understood leaves the question undecided: then nothing is asked.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::eval::Engine;
use super::event::{Event, Site};
use super::reads;
use super::value::{Cond, Value};
use super::world::{Assumption, World};
use crate::ir::{BinaryOp, ExprKind, Name, TypeRef};
use crate::program::FnId;
use crate::protocol::{Effect, Fact};
use crate::roles::machine::Calling;
use crate::roles::office;
use crate::roles::symbols::{Origin, Sym, Symbols};
use crate::source::Place;

/// What a name says that makes a node a follower.
const FOLLOWER: Calling = Calling::FOLLOWS.with(Calling::STEPS_DOWN);

/// What is known of the role.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum Standing {
    /// It is what it was: it may be a leader's.
    #[default]
    Open,
    /// It may have been changed.
    Unclear,
    /// It is a follower's; where that was written, if it was.
    Follower(Option<Place>),
}

/// The role on a way, and what became of it since a higher term was adopted.
#[derive(Clone, PartialEq, Debug, Default)]
pub(super) struct Office {
    standing: Standing,
    /// The last adoption, on some way.
    adopted: Option<Rc<Site>>,
    /// An adoption that left the role what it was, on some way.
    kept: Option<Rc<Site>>,
    /// The same, where it may have been changed.
    unclear: bool,
    /// Where it became a follower's, on some way with an adoption.
    followed: Option<Place>,
}

impl Office {
    fn follow(&mut self, at: Place) {
        self.standing = Standing::Follower(Some(at));
        if self.adopted.is_some() {
            (self.kept, self.unclear, self.followed) = (None, false, Some(at));
        }
    }

    fn blur(&mut self) {
        if self.standing == Standing::Open {
            self.standing = Standing::Unclear;
        }
        self.unclear |= self.kept.take().is_some();
    }

    /// What a way that has come here says by what it has asked.
    fn told(&mut self, asked: Option<Standing>) {
        let Some(asked) = asked.filter(|a| *a != Standing::Open) else { return };
        if self.standing == Standing::Open {
            self.standing = asked;
        }
        self.unclear |= self.kept.take().is_some() && asked == Standing::Unclear;
    }

    fn join(&mut self, other: Office) {
        self.standing = match (self.standing, other.standing) {
            (Standing::Follower(at), Standing::Follower(_)) => Standing::Follower(at),
            (Standing::Unclear, _) | (_, Standing::Unclear) => Standing::Unclear,
            _ => Standing::Open,
        };
        self.adopted = self.adopted.take().or(other.adopted);
        self.kept = self.kept.take().or(other.kept);
        self.unclear |= other.unclear;
        self.followed = self.followed.or(other.followed);
    }
}

/// Two ways meet.
pub(super) fn join_offices(world: &mut World, other: &World, symbols: &Symbols<'_>) {
    if world.office.unread().is(other.office.unread()) {
        return;
    }
    let mut theirs = Office::clone(&other.office);
    theirs.told(asked(other, symbols));
    let told = asked(world, symbols);
    world.office.told(told);
    world.office.join(theirs);
}

/// What the questions that were answered on a way say about the role.
fn asked(world: &World, symbols: &Symbols<'_>) -> Option<Standing> {
    reads::part(reads::ANSWERS);
    match answers_on(world, symbols) {
        Answers { follows: true, .. } => Some(Standing::Follower(None)),
        Answers { rules: true, .. } => None,
        Answers { denied, .. } => denied.then_some(Standing::Unclear),
    }
}

/// What answers say about the role: in addition to them, further ones say the same on any way where these do.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Answers {
    /// It is a follower's; what was answered after that does not count.
    follows: bool,
    /// It is a leader's or a candidate's, or no follower's.
    rules: bool,
    /// It is not that of one of these.
    denied: bool,
}

/// All that has been answered on a way, without noting that.
pub(super) fn answers_on(world: &World, symbols: &Symbols<'_>) -> Answers {
    let program = symbols.program;
    let mut answers = Answers::default();
    for (assumption, holds) in world.assumptions.unread().iter() {
        let (said, holds) = match *assumption {
            Assumption::Is(sym, variant) if !symbols.tags(sym).only_request() => {
                (program.calling(variant), *holds)
            }
            Assumption::Truthy(sym) | Assumption::Present(sym) => {
                let named = symbols.name(sym);
                (named.map(|n| program.calling(n)).unwrap_or_default(), *holds)
            }
            Assumption::Rel(op @ (BinaryOp::Eq | BinaryOp::Ne), a, b) => {
                let global = |s: Sym| match symbols.get(s).origin {
                    Origin::Global(name) => Some(program.calling(name)),
                    _ => None,
                };
                let said = global(a).or_else(|| global(b)).unwrap_or_default();
                (said, *holds == (op == BinaryOp::Eq))
            }
            _ => continue,
        };
        let truthy = !matches!(assumption, Assumption::Present(_));
        if said.any(Calling::FOLLOWS) {
            match holds && truthy {
                true => return Answers { follows: true, ..Answers::default() },
                false => answers.rules |= truthy,
            }
        } else if said.any(Calling::RULES) {
            match holds && truthy {
                true => answers.rules = true,
                false => answers.denied = true,
            }
        }
    }
    answers
}

impl Engine<'_> {
    /// The message's term was adopted here, on some way.
    pub(super) fn office_adopts(&self, world: &mut World, site: &Rc<Site>) {
        let told = asked(world, &self.symbols);
        let office = &mut world.office;
        office.told(told);
        office.adopted = Some(Rc::clone(site));
        match office.standing {
            Standing::Open => office.kept = Some(Rc::clone(site)),
            Standing::Unclear => office.unclear = true,
            Standing::Follower(at) => office.followed = office.followed.or(at),
        }
    }

    /// A place is written: it may hold the role.
    pub(super) fn office_stored(
        &self,
        world: &mut World,
        name: Option<Name>,
        ty: Option<&TypeRef>,
        value: &Value,
        at: Place,
    ) {
        let program = self.symbols.program;
        let named = name.map(|n| program.calling(n)).unwrap_or_default();
        let of_role = ty.is_some_and(|ty| office::is_role(program, ty, self.symbols.package));
        let of_leader =
            || ty.is_some_and(|ty| office::is_of_leader(program, ty, self.symbols.package));
        if self.tells(value, FOLLOWER, 4) {
            match of_role {
                true => world.office.follow(at),
                false => world.office.blur(),
            }
            return;
        }
        if of_role {
            match self.tells(value, Calling::RULES, 1) {
                true => self.office_taken(world),
                false => world.office.blur(),
            }
            return;
        }
        let flag = name.is_some_and(|n| office::is_flag(program, n));
        match value {
            Value::Cond(Cond::Const(b)) if flag => {
                match named.any(Calling::RULES) != *b && (named.any(Calling::RULES) || *b) {
                    true => world.office.follow(at),
                    false => self.office_taken(world),
                }
            }
            Value::Cond(_) if named.any(Calling::STEPS_DOWN.with(Calling::RULES)) => {
                world.office.blur();
            }
            Value::Variant(none, _) if Some(*none) == program.known.none && of_leader() => {
                world.office.follow(at);
            }
            _ if flag || of_leader() || name.is_some_and(|n| is_role_name(program.text(n))) => {
                world.office.blur();
            }
            _ => {}
        }
    }

    /// A leader's or a candidate's role is taken, or kept.
    fn office_taken(&self, world: &mut World) {
        let office = &mut world.office;
        let again = matches!(office.standing, Standing::Follower(_));
        office.standing = Standing::Open;
        // Who has become follower may stand for election in a term of its own.
        if again && office.adopted.is_some() {
            office.unclear = true;
        }
    }

    /// Something is called: it may write the role, or take it.
    pub(super) fn office_called(
        &self,
        world: &mut World,
        path: &[Name],
        receiver: Option<&Value>,
        values: &[Value],
        at: Place,
    ) {
        let program = self.symbols.program;
        let Some(text) = path.last().map(|name| program.text(*name)) else { return };
        let (place, rest) = match receiver {
            Some(receiver) => (Some(receiver), values),
            None => (values.first(), values.get(1..).unwrap_or_default()),
        };
        let (owner, ty) = match place {
            Some(Value::Sym(sym)) => (self.symbols.name(*sym), self.symbols.ty(*sym)),
            _ => (None, None),
        };
        let of_role = ty.is_some_and(|ty| office::is_role(program, &ty, self.symbols.package));
        let writes = ["replace", "store", "set", "swap", "send", "send_replace"].contains(&text);
        if of_role && writes && rest.iter().any(|v| self.tells(v, FOLLOWER, 2)) {
            world.office.follow(at);
            return;
        }
        if of_role && writes && rest.iter().any(|v| self.tells(v, Calling::RULES, 1)) {
            self.office_taken(world);
            return;
        }
        let flag = owner.filter(|n| office::is_flag(program, *n));
        if let (Some(flag), Some(Value::Cond(Cond::Const(b)))) = (flag, rest.first())
            && writes
            && program.calling(flag).any(Calling::RULES) != *b
        {
            world.office.follow(at);
            return;
        }
        let owner = owner.map(|n| program.calling(n)).unwrap_or_default();
        let taken = matches!(text, "take" | "replace") && owner.any(Calling::RULES);
        if taken || of_role && (writes || text == "take") {
            world.office.blur();
        }
    }

    /// Unknown code is called: it may change the role, by its name or by what it gets.
    pub(super) fn office_hidden(&self, world: &mut World, path: &[Name], values: &[Value]) {
        let program = self.symbols.program;
        let any = FOLLOWER.with(Calling::TURNS);
        if path.iter().any(|name| program.calling(*name).any(any))
            || values.iter().any(|v| self.tells(v, FOLLOWER, 4))
        {
            world.office.blur();
        }
    }

    /// A body is not looked into.
    pub(super) fn office_blurs(world: &mut World) {
        world.office.blur();
    }

    /// A closure may have run, or not.
    pub(super) fn office_after(&self, before: &World, inside: &[World], after: &mut World) {
        let changes = |w: &World| !w.office.is(&before.office) && w.office.kept.is_none();
        if before.office.kept.is_some() && inside.iter().any(changes) {
            after.office.blur();
        }
    }

    /// Whether a value names a role, or a step down to one.
    fn tells(&self, value: &Value, what: Calling, fuel: u32) -> bool {
        let Some(less) = fuel.checked_sub(1) else { return false };
        let program = self.symbols.program;
        let says = |name: Name| program.calling(name).any(what);
        match value {
            Value::Variant(name, parts) => {
                says(*name) || parts.iter().any(|part| self.tells(part, what, less))
            }
            Value::Struct(name, fields, _) => {
                name.is_some_and(says)
                    || fields.iter().any(|(_, part)| self.tells(part, what, less))
            }
            Value::Tuple(parts) | Value::Choice(parts) => {
                parts.iter().any(|part| self.tells(part, what, less))
            }
            Value::Sym(sym) => match &self.symbols.get(*sym).origin {
                Origin::Global(name) | Origin::Call(name, _) => says(*name),
                _ => false,
            },
            _ => false,
        }
    }

    /// Another message is handled from here on, on a way that has had an answer to one of its own.
    pub(super) fn office_enters(&self, world: &mut World) {
        let answered = world.term.answered || world.awaited.is_some();
        if answered && world.office.adopted.is_some() {
            *world.office = Default::default();
        }
    }

    /// What has become of the role was looked at.
    pub(super) fn office_leaves(world: &mut World) {
        if world.office.adopted.is_some() {
            let standing = world.office.standing;
            *world.office = Office { standing, ..Office::default() }.into();
        }
    }

    /// The handling of a message ends on this way: what has become of the role.
    pub(super) fn office_ends(&mut self, world: &World, value: &Value) {
        let Some(adopted) = &world.office.adopted else { return };
        let mut end = world.clone();
        let told = asked(&end, &self.symbols);
        end.office.told(told);
        let office = end.office.clone();
        let site = office.kept.as_ref().unwrap_or(adopted);
        let err = self.symbols.program.known.err;
        if matches!(value, Value::Variant(name, _) if Some(*name) == err) {
            return;
        }
        let mut decided = true;
        let fact = match (&office.kept, office.followed) {
            (Some(_), _) if self.is_role_elsewhere(world, value) => Fact::RoleUnclear,
            (Some(_), _) => {
                decided = !self.is_role_asked_above();
                Fact::KeepsRole
            }
            _ if office.unclear => Fact::RoleUnclear,
            (None, Some(_)) => Fact::BecomesFollower,
            (None, None) => Fact::IsFollower,
        };
        end.learn(fact, office.followed.unwrap_or(site.place));
        let depth = self.frames.all().len() - 1;
        self.record_at(&end, Effect::OfficeEnd, site, depth, &[], decided);
    }

    /// Whether the code belongs to one role, hands the term or the role on, or keeps no role at all.
    fn is_role_elsewhere(&self, world: &World, value: &Value) -> bool {
        let program = self.symbols.program;
        if world.term.told || self.tells(value, FOLLOWER, 5) || !self.keeps_role() {
            return true;
        }
        let of_role = |ty: &TypeRef| match ty {
            TypeRef::Path { name, args, .. } => {
                let any = Calling::FOLLOWS.with(Calling::RULES);
                let said = |ty: &TypeRef| matches!(ty, TypeRef::Path { name, .. } if program.calling(*name).any(any));
                program.calling(*name).any(any) || args.iter().any(said)
            }
            _ => false,
        };
        let named = |f: FnId| {
            let function = program.function(f);
            let owner = function.owner.as_ref();
            program.calling(function.name).any(FOLLOWER)
                || owner.is_some_and(|o| of_role(&o.self_ty))
        };
        self.frames.all().iter().any(|f| named(f.function))
    }

    /// Whether a caller tells roles apart, or makes the node a follower.
    fn is_role_asked_above(&self) -> bool {
        let program = self.symbols.program;
        let Some(root) = self.frames.all().first() else { return false };
        let callers = program.callers(root.function);
        callers.into_iter().any(|c| self.tells_roles_apart(c) || self.makes_follower(c))
    }

    fn makes_follower(&self, id: FnId) -> bool {
        let program = self.symbols.program;
        let body = &program.function(id).body;
        body.exprs.iter().any(|e| match &e.kind {
            ExprKind::Path(path) => path.last().is_some_and(|n| program.calling(*n).any(FOLLOWER)),
            ExprKind::MethodCall { method, .. } => program.calling(*method).any(FOLLOWER),
            _ => false,
        })
    }

    /// Whether a struct in whose code the message is handled keeps the role.
    fn keeps_role(&self) -> bool {
        let program = self.symbols.program;
        let from = self.symbols.package;
        let keeps = |ty: &TypeRef| match program.peel(ty, from) {
            TypeRef::Path { name, .. } => program
                .struct_def(name, from)
                .is_some_and(|def| office::is_kept_in(program, def, from, 2)),
            _ => false,
        };
        self.frames.all().iter().any(|f| {
            let function = program.function(f.function);
            function.owner.as_ref().is_some_and(|o| keeps(&o.self_ty))
                || function.params.iter().any(|p| keeps(&p.ty))
        })
    }
}

/// Where some way leaves the role undecided, none is a proof.
pub(super) fn only_where_plain(events: &mut Vec<Event>) {
    let has = |e: &Event, fact: Fact| e.facts.iter().any(|(f, _)| *f == fact);
    let open = |e: &&Event| has(e, Fact::RoleUnclear) || has(e, Fact::KeepsRole) && !e.decided;
    let ends = events.iter().filter(|e| e.effect == Effect::OfficeEnd);
    let unclear: BTreeSet<Place> = ends.filter(open).map(|e| e.place).collect();
    let proof = |e: &Event| e.effect == Effect::OfficeEnd && has(e, Fact::BecomesFollower);
    events.retain(|e| !proof(e) || !unclear.contains(&e.place));
}

/// Whether a field of this name may hold the role, in whatever form.
fn is_role_name(text: &str) -> bool {
    matches!(text, "role" | "state" | "status" | "node_state" | "raft_state" | "server_state")
        || text.ends_with("_role")
}
