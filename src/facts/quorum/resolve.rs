//! From expressions to numbers: locals, parameters, fields and helper functions are looked through.

use std::rc::Rc;

use super::code::{Binding, Code, UseKind};
use super::number::{Atom, Number, Source};
use super::own::{self, Own};
use crate::ir::{BinaryOp, ExprId, ExprKind, Literal, Name, TypeRef, UnaryOp};
use crate::program::{FnId, Receiver};

/// How many steps an expression is followed.
const MAX_STEPS: u32 = 24;
/// How many expressions are looked at for one number.
const MAX_WORK: u32 = 1_000;
/// Functions with more callers than this keep their parameters.
const MAX_CALLERS: usize = 3;

/// A function, and what its parameters stand for if a call of it is looked into.
#[derive(Clone)]
pub(super) struct Scope {
    pub(super) function: FnId,
    /// The scope of the call, and its arguments.
    pub(super) call: Option<Rc<(Scope, Vec<ExprId>)>>,
}

impl Scope {
    pub(super) fn of(function: FnId) -> Scope {
        Scope { function, call: None }
    }
}

/// Methods that give what they are called on, for numbers and for collections.
pub(super) fn is_transparent(method: &str) -> bool {
    matches!(
        method,
        "unwrap"
            | "expect"
            | "clone"
            | "cloned"
            | "copied"
            | "into"
            | "try_into"
            | "to_owned"
            | "unwrap_or_default"
            | "unwrap_or"
            | "ok"
            | "as_ref"
            | "as_mut"
            | "borrow"
            | "borrow_mut"
            | "lock"
            | "read"
            | "write"
            | "get_mut"
            | "deref"
            | "as_slice"
            | "load"
            | "await"
            | "as_deref"
            | "as_deref_mut"
            | "iter"
            | "iter_mut"
            | "into_iter"
            | "keys"
            | "values"
            | "values_mut"
            | "to_vec"
            | "enumerate"
            | "by_ref"
            | "into_inner"
    )
}

impl Code<'_> {
    /// The number that an expression is.
    pub(super) fn number(&self, scope: &Scope, expr: ExprId) -> Number {
        self.left.set(MAX_WORK);
        self.number_within(scope, expr, MAX_STEPS)
    }

    pub(super) fn number_within(&self, scope: &Scope, expr: ExprId, fuel: u32) -> Number {
        let left = self.left.get().checked_sub(1);
        let (Some(fuel), Some(left)) = (fuel.checked_sub(1), left) else {
            return Number::Unknown;
        };
        self.left.set(left);
        let number = |e: ExprId| self.number_within(scope, e, fuel);
        match self.kind(scope.function, expr) {
            ExprKind::Lit(Literal::Int(Some(i))) => {
                i64::try_from(*i).map_or(Number::Unknown, Number::Int)
            }
            ExprKind::Cast(e)
            | ExprKind::Ref(e, _)
            | ExprKind::Unary(UnaryOp::Deref, e)
            | ExprKind::Try(e)
            | ExprKind::Await(e) => number(*e),
            ExprKind::Binary(op, a, b) if is_arithmetic(*op) => {
                Number::op(*op, number(*a), number(*b))
            }
            ExprKind::Block { tail: Some(tail), .. } => number(*tail),
            ExprKind::If { cond, then, otherwise: Some(otherwise) } => {
                let (then, otherwise) = (number(*then), number(*otherwise));
                match self.kind(scope.function, *cond) {
                    ExprKind::Binary(op, a, b) if !is_arithmetic(*op) => {
                        let (a, b) = (number(*a), number(*b));
                        match a.atoms().is_some() && b.atoms().is_some() {
                            true => Number::If(*op, Rc::new([a, b, then, otherwise])),
                            false => either(then, otherwise),
                        }
                    }
                    _ => either(then, otherwise),
                }
            }
            ExprKind::Path(path) if path.len() == 1 => self.local(scope, path[0], expr, fuel),
            ExprKind::Field(_, name) => self.field(scope, *name, fuel),
            ExprKind::MethodCall { receiver, method, args } => {
                self.method(scope, expr, (*receiver, *method, args), fuel)
            }
            ExprKind::Call { callee, args } => self.call(scope, expr, *callee, args, fuel),
            _ => Number::Unknown,
        }
    }

    fn local(&self, scope: &Scope, name: Name, expr: ExprId, fuel: u32) -> Number {
        let function = scope.function;
        let named = |number: Number| Number::Named(Rc::new(number), name, None);
        match self.binding(function, name, expr) {
            Some(Binding::Init(init)) => {
                if let Some(counter) = self.counter(scope, name, init) {
                    return counter;
                }
                named(self.or_value(self.number_within(scope, init, fuel), name, Own::Unknown))
            }
            Some(Binding::Part(value, at)) => match self.kind(function, value) {
                ExprKind::Tuple(parts) if at < parts.len() => {
                    let counter = self.counter(scope, name, parts[at]);
                    counter.unwrap_or_else(|| named(self.number_within(scope, parts[at], fuel)))
                }
                _ => self.atom(name, Source::Value, Own::Unknown),
            },
            Some(Binding::Alias(value)) => match self.collection(function, value) {
                Some(field) => self.field(scope, field, fuel),
                None => self.atom(name, Source::Value, Own::Unknown),
            },
            Some(Binding::Field(field)) => self.field(scope, field, fuel),
            Some(Binding::Param(at)) => named(self.parameter(scope, name, at, fuel)),
            Some(Binding::Opaque) | None => self.atom(name, Source::Value, Own::Unknown),
        }
    }

    /// A parameter: the argument of the call that is looked into, or of the only call there is.
    fn parameter(&self, scope: &Scope, name: Name, at: usize, fuel: u32) -> Number {
        if let Some(call) = &scope.call {
            return match call.1.get(at) {
                Some(&argument) => self.number_within(&call.0, argument, fuel),
                None => Number::Unknown,
            };
        }
        let calls = self.calls_of(scope.function);
        let mut own: Option<Own> = None;
        if let [(caller, args)] = &calls[..]
            && let Some(&argument) = args.get(at)
        {
            let number = self.number_within(&Scope::of(*caller), argument, fuel);
            if number.atoms().is_some_and(|atoms| !atoms.is_empty()) {
                return number;
            }
        }
        for (caller, args) in &calls {
            let Some(&argument) = args.get(at) else { continue };
            let number = self.number_within(&Scope::of(*caller), argument, fuel.min(6));
            let atoms = number.atoms().unwrap_or_default();
            let here = match &atoms[..] {
                [atom] if number.adds_self(atom) => Own::Yes,
                [atom] => self.own_of(&Scope::of(*caller), atom),
                _ => Own::Unknown,
            };
            own = Some(if own.is_none_or(|own| own == here) { here } else { Own::Unknown });
        }
        let own = own.filter(|own| !matches!(own, Own::As(_))).unwrap_or(Own::Unknown);
        self.atom(name, Source::Value, own)
    }

    /// The calls of a function, with their arguments; none if there are too many.
    pub(super) fn calls_of(&self, function: FnId) -> Vec<(FnId, Vec<ExprId>)> {
        let callers = self.program.callers(function);
        let mut calls = Vec::new();
        if callers.len() > MAX_CALLERS {
            return calls;
        }
        let called = self.program.function(function);
        let (name, arity) = (called.name, called.params.len());
        for caller in callers {
            for expr in &self.body(caller).exprs {
                match &expr.kind {
                    ExprKind::MethodCall { method, args, .. }
                        if *method == name && args.len() == arity =>
                    {
                        calls.push((caller, args.to_vec()));
                    }
                    ExprKind::Call { callee, args } if args.len() >= arity => {
                        let ExprKind::Path(path) = self.kind(caller, *callee) else { continue };
                        if path.last() == Some(&name) {
                            calls.push((caller, args[args.len() - arity..].to_vec()));
                        }
                    }
                    _ => {}
                }
            }
        }
        calls
    }

    /// A variable that is counted up, from its first value on; `start` is where it is set.
    fn counter(&self, scope: &Scope, name: Name, init: ExprId) -> Option<Number> {
        let first = match self.kind(scope.function, init) {
            ExprKind::Lit(Literal::Int(Some(i))) => i64::try_from(*i).ok()?,
            _ => return None,
        };
        let steps = own::steps(self, scope.function, name, init);
        let step = steps.first()?.step;
        if steps.iter().any(|s| s.step != step && s.step != 1) {
            return None;
        }
        let own = own::of_counter(self, scope.function, first, &steps);
        let atom = self.atom(name, Source::Counter, own);
        Some(match step {
            1 => atom,
            _ => Number::op(BinaryOp::Mul, Number::Int(step), atom),
        })
    }

    /// A field: what is stored in it, if that is one thing, or a counter.
    fn field(&self, scope: &Scope, name: Name, fuel: u32) -> Number {
        let package = self.program.package(scope.function);
        let (mut counted, mut sets_one) = (false, false);
        let mut stored: Vec<(FnId, ExprId)> = Vec::new();
        for used in self.uses_in(package, name) {
            let value = match used.kind {
                UseKind::Init(value) => Some(value),
                UseKind::Other => None,
                UseKind::Value => match own::written(self, used.function, used.expr) {
                    Some(own::Write::Set(value)) => Some(value),
                    Some(own::Write::Add(_)) => {
                        counted = true;
                        None
                    }
                    None => None,
                },
            };
            let Some(value) = value else { continue };
            match self.kind(used.function, value) {
                ExprKind::Lit(Literal::Int(Some(i))) => sets_one |= *i >= 1,
                ExprKind::Path(path)
                    if path[..] == [name]
                        && !matches!(
                            self.binding(used.function, name, value),
                            Some(Binding::Init(_))
                        ) => {}
                _ => stored.push((used.function, value)),
            }
        }
        if counted {
            let own = if sets_one { Own::Yes } else { Own::Unknown };
            return self.atom(name, Source::Counter, own);
        }
        match &stored[..] {
            [(function, value)] if fuel > 0 => {
                let number = self.number_within(&Scope::of(*function), *value, fuel.min(8));
                Number::Named(Rc::new(self.or_value(number, name, Own::Unknown)), name, None)
            }
            _ => self.atom(name, Source::Value, Own::Unknown),
        }
    }

    fn or_value(&self, number: Number, name: Name, own: Own) -> Number {
        match number.atoms() {
            Some(_) => number,
            None => self.atom(name, Source::Value, own),
        }
    }

    pub(super) fn atom(&self, name: Name, source: Source, own: Own) -> Number {
        Number::Atom(Rc::new(Atom { name, source, own }))
    }

    fn method(
        &self,
        scope: &Scope,
        expr: ExprId,
        (receiver, method, args): (ExprId, Name, &[ExprId]),
        fuel: u32,
    ) -> Number {
        let function = scope.function;
        let number = |e: ExprId| self.number_within(scope, e, fuel);
        let two = |make: fn(Rc<Number>, Rc<Number>) -> Number| match args {
            [b] => make(Rc::new(number(receiver)), Rc::new(number(*b))),
            _ => Number::Unknown,
        };
        let op = |op: BinaryOp| match args {
            [b] => Number::op(op, number(receiver), number(*b)),
            _ => Number::Unknown,
        };
        match self.text(method) {
            "checked_add" | "saturating_add" | "wrapping_add" | "add" => op(BinaryOp::Add),
            "checked_sub" | "saturating_sub" | "wrapping_sub" | "sub" => op(BinaryOp::Sub),
            "checked_mul" | "saturating_mul" | "wrapping_mul" => op(BinaryOp::Mul),
            "checked_div" | "div_euclid" | "wrapping_div" => op(BinaryOp::Div),
            "div_ceil" | "div_ceiling" => two(Number::DivCeil),
            "min" if args.len() == 1 => two(Number::Min),
            "max" if args.len() == 1 => two(Number::Max),
            "len" | "count" if args.is_empty() => self.length(scope, receiver),
            "fold" if args.len() == 2 => match self.collection(function, receiver) {
                Some(name) => {
                    let own = self.own_of_chain(scope, receiver);
                    let counted = self.atom(name, Source::Filtered, own);
                    match number(args[0]) {
                        Number::Int(0) => counted,
                        Number::Int(i) => Number::op(BinaryOp::Add, counted, Number::Int(i)),
                        _ => Number::Unknown,
                    }
                }
                None => Number::Unknown,
            },
            "sum" => match self.collection(function, receiver) {
                Some(name) => {
                    let own = self.own_of_chain(scope, receiver);
                    self.atom(name, Source::Filtered, own)
                }
                None => Number::Unknown,
            },
            text => {
                let typed = self.receiver_type(function, receiver);
                let known = typed.as_ref().map_or(Receiver::Unknown, Receiver::Typed);
                let owner = self.program.function(function);
                let package = self.program.package(function);
                let found = self.program.resolve_method(known, method, args.len(), owner, package);
                match &found[..] {
                    [target] => self.inlined(scope, expr, *target, args, fuel),
                    _ if is_transparent(text) => number(receiver),
                    _ => self.atom(method, Source::Value, Own::Unknown),
                }
            }
        }
    }

    /// The type of `self`, where a method is called on it.
    fn receiver_type(&self, function: FnId, receiver: ExprId) -> Option<TypeRef> {
        let ExprKind::Path(path) = self.kind(function, receiver) else { return None };
        let of_self = self.program.known.is_self(path);
        let owner = self.program.function(function).owner.as_ref();
        owner.filter(|_| of_self).map(|owner| owner.self_ty.clone())
    }

    /// A collection's length, or how many of its elements pass a filter.
    fn length(&self, scope: &Scope, receiver: ExprId) -> Number {
        let function = scope.function;
        let filtered = self.below(function, receiver).iter().any(|e| {
            let ExprKind::MethodCall { method, .. } = self.kind(function, *e) else { return false };
            matches!(self.text(*method), "filter" | "filter_map" | "take_while" | "flat_map")
        });
        let Some(name) = self.collection(function, receiver) else { return Number::Unknown };
        let own = self.own_of_chain(scope, receiver);
        let source = if filtered { Source::Filtered } else { Source::Length };
        self.atom(name, source, own)
    }

    fn call(
        &self,
        scope: &Scope,
        expr: ExprId,
        callee: ExprId,
        args: &[ExprId],
        fuel: u32,
    ) -> Number {
        let ExprKind::Path(path) = self.kind(scope.function, callee) else {
            return Number::Unknown;
        };
        let Some(&last) = path.last() else { return Number::Unknown };
        let number = |e: ExprId| Rc::new(self.number_within(scope, e, fuel));
        match (self.text(last), args) {
            ("div_ceil", [a, b]) => return Number::DivCeil(number(*a), number(*b)),
            ("min", [a, b]) => return Number::Min(number(*a), number(*b)),
            ("max", [a, b]) => return Number::Max(number(*a), number(*b)),
            ("from" | "Some" | "Ok", [a]) => return self.number_within(scope, *a, fuel),
            _ => {}
        }
        let owner = self.program.function(scope.function);
        let package = self.program.package(scope.function);
        match &self.program.resolve_path(path, args.len(), owner, package)[..] {
            [target] => self.inlined(scope, expr, *target, args, fuel),
            _ => self.atom(last, Source::Value, Own::Unknown),
        }
    }

    /// What a function without branches back returns, for these arguments.
    fn inlined(
        &self,
        scope: &Scope,
        call: ExprId,
        target: FnId,
        args: &[ExprId],
        fuel: u32,
    ) -> Number {
        let function = self.program.function(target);
        let name = function.name;
        let returns = function.body.exprs.iter().any(|e| matches!(e.kind, ExprKind::Return(_)));
        let Some(root) = function.root.filter(|_| !returns) else {
            return self.atom(name, Source::Value, Own::Unknown);
        };
        // `Type::method(&self, n)` has the receiver among its arguments.
        let skip = args.len().saturating_sub(function.params.len());
        let call_scope = Rc::new((scope.clone(), args[skip..].to_vec()));
        let inside = Scope { function: target, call: Some(call_scope) };
        let number = self.or_value(self.number_within(&inside, root, fuel), name, Own::Unknown);
        Number::Named(Rc::new(number), name, Some((target, self.place(scope.function, call))))
    }
}

pub(super) fn is_arithmetic(op: BinaryOp) -> bool {
    use BinaryOp::{Add, Div, Mul, Rem, Shr, Sub};
    matches!(op, Add | Sub | Mul | Div | Rem | Shr)
}

/// The alternative that is computed, if the other is a constant.
fn either(a: Number, b: Number) -> Number {
    match (&a, &b) {
        (Number::Int(_), _) => b,
        (_, Number::Int(_)) => a,
        _ => Number::Unknown,
    }
}
