//! Refusals that say nothing new: what the leader takes from one is the prevLogIndex that it sent.

use std::cell::Cell;

use super::eval::Engine;
use crate::ir::{Body, ExprId, ExprKind, Function, Literal, Name, Pat, Stmt, TypeRef};
use crate::program::FnId;
use crate::protocol::Message;
use crate::roles::messages;
use crate::roles::symbols::{Origin, Role, Sym, Tags};
use crate::roles::vocabulary::Words;

/// How deep a value of the follower's code is looked into, calls included.
const MAX_DEPTH: u32 = 10;
/// How many expressions of it are looked at for one part of a reply.
const MAX_STEPS: u32 = 200;
/// How many parts of replies are looked up.
const MAX_PARTS: usize = 64;

/// What is left of both.
#[derive(Clone, Copy)]
struct Fuel<'a> {
    depth: u32,
    steps: &'a Cell<u32>,
}

impl Fuel<'_> {
    fn less(self) -> Option<Self> {
        self.steps.set(self.steps.get().checked_sub(1)?);
        Some(Fuel { depth: self.depth.checked_sub(1)?, steps: self.steps })
    }
}

/// What a part of a refusal is filled with.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Filled {
    /// The prevLogIndex of the request.
    Echo,
    /// A constant: it says nothing.
    Constant,
    /// Anything else, or what is not known.
    Other,
}

impl Engine<'_> {
    /// Whether a new nextIndex is no more than the prevLogIndex of the request that was refused.
    pub(super) fn is_echo(&self, sym: Sym, fuel: u32) -> bool {
        let Some(less) = fuel.checked_sub(1) else { return false };
        let sym = self.plain(sym);
        let data = self.symbols.get(sym);
        let number = |s: &Sym| matches!(self.symbols.get(*s).origin, Origin::Int(_));
        let neutral = |s: &Sym| number(s) || self.progress_of(*s).is_some();
        let made_of = |parts: &[Sym]| {
            let other =
                |s: &Sym| neutral(s) || self.is_echo(*s, less) || self.is_above_progress(*s);
            parts.iter().any(|s| self.is_echo(*s, less)) && parts.iter().all(other)
        };
        match &data.origin {
            Origin::Binary(_, a, b) => number(b) && self.is_echo(*a, less),
            Origin::Call(_, args) if args.len() == 1 => self.is_echo(args[0], less),
            Origin::Method(name, args) => match self.symbols.program.text(*name) {
                "max" | "min" | "clamp" | "saturating_sub" | "saturating_add" | "checked_sub"
                | "unwrap_or" | "into" | "from" => made_of(args),
                _ => args.len() == 1 && self.is_sent_prev(sym),
            },
            Origin::Composite(parts) => made_of(parts),
            Origin::Field(..) | Origin::Payload(..) => self.is_sent_prev(sym),
            _ => false,
        }
    }

    /// `matchIndex + 1` beside the echo.
    fn is_above_progress(&self, sym: Sym) -> bool {
        match &self.symbols.get(self.plain(sym)).origin {
            Origin::Binary(_, a, b) => {
                self.progress_of(*a).is_some()
                    && matches!(self.symbols.get(*b).origin, Origin::Int(_))
            }
            _ => false,
        }
    }

    /// Whether a value is the prevLogIndex of the leader's own request, or a part of the reply that
    /// the follower's code fills with it.
    fn is_sent_prev(&self, sym: Sym) -> bool {
        let data = self.symbols.get(sym);
        let words = self.words_of(sym);
        let names_prev = data.role == Role::PrevIndex || is_prev_index(words);
        let (base, part) = match &data.origin {
            Origin::Payload(_, variant, field) => return self.filled_with_prev(*field, *variant),
            Origin::Field(base, name) => (*base, *name),
            // A getter: `request.prev_log_index()`.
            Origin::Method(name, args) if args.len() == 1 => (args[0], *name),
            _ => return false,
        };
        let Some(ty) = self.symbols.ty(base) else { return false };
        let (program, package) = (self.symbols.program, self.symbols.package);
        let TypeRef::Path { name: owner, .. } = program.peel(&ty, package) else { return false };
        match messages::by_type(program, &ty, package) {
            Some(Message::AppendEntries | Message::Heartbeat) => names_prev,
            Some(Message::AppendReply) => self.filled_with_prev(part, owner),
            // The leader's own record of what it sent.
            None if !data.tags.any(Tags::REQUEST) => names_prev,
            _ => false,
        }
    }

    /// Whether the follower's code fills a part of a refusal with the request's prevLogIndex, and
    /// with nothing else.
    fn filled_with_prev(&self, field: Name, owner: Name) -> bool {
        let key = (owner, field);
        if let Some(known) = self.echoes.borrow().get(&key) {
            return *known;
        }
        if self.echoes.borrow().len() >= MAX_PARTS {
            return false;
        }
        let filled = self.looked_up_fillings(field, owner);
        self.echoes.borrow_mut().insert(key, filled);
        filled
    }

    fn looked_up_fillings(&self, field: Name, owner: Name) -> bool {
        let (program, package) = (self.symbols.program, self.symbols.package);
        let text = program.text(field);
        let position: Option<usize> = text.trim_start_matches('_').parse().ok();
        // A builder has a setter for a part, or for a part that is a whole variant.
        let set = match position {
            Some(_) => format!("set_{}", snake(program.text(owner))),
            None => format!("set_{text}"),
        };
        let steps = Cell::new(MAX_STEPS);
        let fuel = Fuel { depth: MAX_DEPTH, steps: &steps };
        let mut echoed = false;
        for id in program.ids_of(package) {
            let body = &program.function(id).body;
            for expr in &body.exprs {
                let value = match &expr.kind {
                    ExprKind::Struct { path, fields, rest } if path.last() == Some(&owner) => {
                        if self.says_success(body, fields) {
                            continue;
                        }
                        match fields.iter().find(|(name, _)| *name == field) {
                            Some((_, value)) => *value,
                            None if rest.is_some() => return false,
                            None => continue,
                        }
                    }
                    ExprKind::Call { callee, args } => match &body.expr(*callee).kind {
                        ExprKind::Path(path) if path.last() == Some(&owner) => {
                            match position.and_then(|at| args.get(at)) {
                                Some(value) => *value,
                                None => continue,
                            }
                        }
                        _ => continue,
                    },
                    ExprKind::MethodCall { method, args, .. }
                        if args.len() == 1 && program.text(*method) == set =>
                    {
                        args[0]
                    }
                    ExprKind::Assign(target, value) => match &body.expr(*target).kind {
                        ExprKind::Field(_, name) if *name == field => *value,
                        _ => continue,
                    },
                    _ => continue,
                };
                match self.filled(id, value, fuel) {
                    Filled::Echo => echoed = true,
                    Filled::Constant => {}
                    Filled::Other => return false,
                }
            }
        }
        echoed
    }

    /// Whether the reply that is built says that the entries were taken.
    fn says_success(&self, body: &Body, fields: &[(Name, ExprId)]) -> bool {
        fields.iter().any(|(name, value)| {
            let words = self.symbols.program.words(*name);
            match body.expr(*value).kind {
                ExprKind::Lit(Literal::Bool(said)) => {
                    said && words.any(Words::SUCCESS) || !said && words.any(Words::REJECT)
                }
                _ => false,
            }
        })
    }

    /// What an expression of a function is, followed through locals, and through parameters to what
    /// all callers pass.
    fn filled(&self, id: FnId, expr: ExprId, fuel: Fuel<'_>) -> Filled {
        let Some(less) = fuel.less() else { return Filled::Other };
        let program = self.symbols.program;
        let function = program.function(id);
        let body = &function.body;
        let by_name = |name: Name| match is_prev_index(program.words(name)) {
            true => Filled::Echo,
            false => Filled::Other,
        };
        match &body.expr(expr).kind {
            ExprKind::Lit(_) => Filled::Constant,
            ExprKind::Cast(inner) | ExprKind::Ref(inner, _) | ExprKind::Unary(_, inner) => {
                self.filled(id, *inner, less)
            }
            ExprKind::Binary(_, a, b) => match body.expr(*b).kind {
                ExprKind::Lit(_) => self.filled(id, *a, less),
                _ => Filled::Other,
            },
            ExprKind::Field(inner, name) => match (program.text(*name), by_name(*name)) {
                // The number in a newtype.
                ("0", _) => self.filled(id, *inner, less),
                (_, said) => said,
            },
            ExprKind::MethodCall { receiver, method, args } => {
                let number = |a: &ExprId| matches!(body.expr(*a).kind, ExprKind::Lit(_));
                match program.text(*method) {
                    "into" | "clone" | "as_u64" | "to_owned" | "saturating_sub" => {
                        if !args.iter().all(number) {
                            return Filled::Other;
                        }
                        self.filled(id, *receiver, less)
                    }
                    _ if args.is_empty() => by_name(*method),
                    _ => Filled::Other,
                }
            }
            // `Some(index)`, `LogIndex(index)`.
            ExprKind::Call { callee, args } if args.len() == 1 => match &body.expr(*callee).kind {
                ExprKind::Path(path)
                    if path.last().is_some_and(|n| {
                        let text = program.text(*n);
                        text == "from" || text.starts_with(char::is_uppercase)
                    }) =>
                {
                    self.filled(id, args[0], less)
                }
                _ => Filled::Other,
            },
            ExprKind::Path(path) => match **path {
                [name] if program.text(name) == "None" => Filled::Constant,
                [name] => match self.bound(id, function, name, less) {
                    Some(filled) => filled,
                    None => by_name(name),
                },
                _ => Filled::Other,
            },
            _ => Filled::Other,
        }
    }

    /// What a local or a parameter holds; nothing if a pattern took it out of something.
    fn bound(&self, id: FnId, function: &Function, name: Name, fuel: Fuel<'_>) -> Option<Filled> {
        let body = &function.body;
        let binds =
            |pat| matches!(body.pat(pat), Pat::Bind { name: n, sub: None, .. } if *n == name);
        let mut bound: Vec<Filled> = Vec::new();
        for expr in &body.exprs {
            match &expr.kind {
                ExprKind::Block { stmts, .. } => {
                    for stmt in stmts {
                        if let Stmt::Let { pat, init, .. } = stmt
                            && binds(*pat)
                        {
                            bound.push(
                                init.map_or(Filled::Other, |init| self.filled(id, init, fuel)),
                            );
                        }
                    }
                }
                // It changes: what it is then is not followed.
                ExprKind::Assign(target, _) | ExprKind::AssignOp(_, target, _) => {
                    if matches!(&body.expr(*target).kind, ExprKind::Path(path) if **path == [name])
                    {
                        return Some(Filled::Other);
                    }
                }
                _ => {}
            }
        }
        // One name for several values: it is what they all are.
        if let Some(first) = bound.first() {
            let same = bound.iter().all(|filled| filled == first);
            return Some(if same { *first } else { Filled::Other });
        }
        let at = function.params.iter().position(|p| binds(p.pat))?;
        self.passed(id, at, fuel)
    }

    /// What all callers of a function pass for a parameter.
    fn passed(&self, id: FnId, at: usize, fuel: Fuel<'_>) -> Option<Filled> {
        let program = self.symbols.program;
        let name = program.function(id).name;
        let mut all: Option<Filled> = None;
        for caller in program.callers(id) {
            let body = &program.function(caller).body;
            for expr in &body.exprs {
                let Some((_, args)) = body.called(expr).filter(|(called, _)| *called == name)
                else {
                    continue;
                };
                let passed = args.get(at).map_or(Filled::Other, |a| self.filled(caller, *a, fuel));
                match (all, passed) {
                    (_, Filled::Other) => return Some(Filled::Other),
                    (None | Some(Filled::Constant), filled) => all = Some(filled),
                    _ => {}
                }
            }
        }
        all
    }
}

/// `prev_log_index`
fn is_prev_index(words: Words) -> bool {
    words.all(Words::PREV.with(Words::INDEX)) && !words.any(Words::TERM)
}

/// `InconsistentPrev` as `inconsistent_prev`.
fn snake(text: &str) -> String {
    let mut snake = String::with_capacity(text.len() + 4);
    for c in text.chars() {
        if c.is_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.extend(c.to_lowercase());
    }
    snake
}
