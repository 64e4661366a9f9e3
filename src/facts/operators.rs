//! Operators: negation, references, comparisons, arithmetic, and the two that decide whether their
//! right side is evaluated.

use super::eval::{Engine, Outs};
use super::join::merge;
use super::value::Value;
use super::world::World;
use crate::ir::{BinaryOp, ExprId, ExprKind, TypeRef, UnaryOp};
use crate::roles::symbols::Origin;
use crate::roles::verbs;

impl Engine<'_> {
    pub(super) fn unary(&mut self, world: World, op: UnaryOp, inner: ExprId) -> Outs {
        let place = self.place_of(inner);
        let is_behind = op == UnaryOp::Deref && self.is_self_itself(inner);
        self.map(world, inner, |engine, world, value| match op {
            UnaryOp::Not => Value::Cond(engine.condition(&value, place).negate()),
            UnaryOp::Deref if is_behind => engine.behind(world, &value),
            UnaryOp::Deref => engine.load(world, &value),
            // A negative number is a sentinel.
            UnaryOp::Neg => Value::Sym(engine.symbols.intern(Origin::Int(0))),
        })
    }

    /// Whether an expression is `*self`: one more `*` asks for what the type derefs to.
    fn is_self_itself(&self, expr: ExprId) -> bool {
        let body = self.body();
        let ExprKind::Unary(UnaryOp::Deref, inner) = &body.expr(expr).kind else { return false };
        let known = &self.symbols.program.known;
        matches!(&body.expr(*inner).kind, ExprKind::Path(path) if known.is_self(path))
    }

    /// What a value derefs to, if its type says that.
    fn behind(&mut self, world: &World, value: &Value) -> Value {
        let value = self.load(world, value);
        let ty = self.value_type(&value);
        let target = match ty.as_deref() {
            Some(TypeRef::Path { name, args, .. }) => {
                self.symbols.program.deref_target(*name, args, self.symbols.package)
            }
            _ => None,
        };
        let Some(target) = target else { return value };
        let whole = self.symbol(&value);
        Value::Sym(self.symbols.intern_typed(Origin::Inner(whole), Some(target)))
    }

    pub(super) fn binary(
        &mut self,
        world: World,
        op: BinaryOp,
        a: ExprId,
        b: ExprId,
        expr: ExprId,
    ) -> Outs {
        let place = self.place_of(expr);
        match op {
            BinaryOp::And | BinaryOp::Or => self.short_circuit(world, op, a, b),
            _ => {
                let outs = self.eval_list(world, &[a, b]);
                let combine = |(w, values): (World, Vec<Value>)| {
                    let (left, right) = (self.load(&w, &values[0]), self.load(&w, &values[1]));
                    let value = match op {
                        BinaryOp::Add
                        | BinaryOp::Sub
                        | BinaryOp::Mul
                        | BinaryOp::Div
                        | BinaryOp::Rem
                        | BinaryOp::Shr
                        | BinaryOp::Arith => {
                            let (a, b) = (self.symbol(&left), self.symbol(&right));
                            Value::Sym(self.symbols.intern(Origin::Binary(op, a, b)))
                        }
                        _ => Value::Cond(self.said(op, &left, &right, place)),
                    };
                    (w, value)
                };
                outs.into_iter().map(combine).collect()
            }
        }
    }

    /// The right side is evaluated in the worlds in which the left one does not decide; without
    /// control flow in it, both stay one condition.
    fn short_circuit(&mut self, world: World, op: BinaryOp, a: ExprId, b: ExprId) -> Outs {
        let (of_left, of_right) = (self.place_of(a), self.place_of(b));
        let mut outs = Outs::new();
        for (mut w, left) in self.eval(world, a) {
            let left = self.load(&w, &left);
            let left = self.condition(&left, of_left);
            let go_on = op == BinaryOp::And;
            let mut right_outs = Outs::new();
            for inner in self.assume(w.clone(), &left, go_on) {
                right_outs.extend(self.eval(inner, b));
            }
            let right_outs = merge(right_outs, &mut self.symbols);
            match right_outs.as_slice() {
                // Bindings of `let` chains and effects inside need the world they happened in.
                [(inner, right)] if self.is_plain(a) && self.is_plain(b) => {
                    if inner.unasked.unread() > w.unasked.unread() {
                        w.unasked = inner.unasked.clone();
                    }
                    let right = self.condition(&right.clone(), of_right);
                    let cond = if go_on { left.and(right) } else { left.or(right) };
                    outs.push((w, Value::Cond(cond)));
                }
                _ => {
                    outs.extend(right_outs);
                    for w in self.assume(w, &left, !go_on) {
                        outs.push((w, Value::bool(!go_on)));
                    }
                }
            }
        }
        outs
    }

    /// Whether an expression neither binds nor changes anything.
    fn is_plain(&self, expr: ExprId) -> bool {
        let body = self.body();
        match &body.expr(expr).kind {
            ExprKind::Lit(_) | ExprKind::Path(_) => true,
            ExprKind::Field(e, _)
            | ExprKind::Unary(_, e)
            | ExprKind::Ref(e, _)
            | ExprKind::Cast(e) => self.is_plain(*e),
            ExprKind::Index(a, b) => self.is_plain(*a) && self.is_plain(*b),
            ExprKind::Binary(_, a, b) => {
                // Asked again at each operator of a chain.
                let key = (self.frame().function, expr);
                let known = self.plain.borrow().get(&key).copied();
                known.unwrap_or_else(|| {
                    let is_plain = self.is_plain(*a) && self.is_plain(*b);
                    self.plain.borrow_mut().insert(key, is_plain);
                    is_plain
                })
            }
            ExprKind::Tuple(list) => list.iter().all(|e| self.is_plain(*e)),
            ExprKind::MethodCall { receiver, args, method } => {
                let words = self.symbols.program.words(*method);
                !verbs::is_mutator(self.symbols.program.text(*method), words)
                    && self.is_plain(*receiver)
                    && args.iter().all(|e| self.is_plain(*e))
            }
            ExprKind::Call { callee, args } => {
                self.is_plain(*callee) && args.iter().all(|e| self.is_plain(*e))
            }
            ExprKind::Closure { body, .. } => self.is_plain(*body),
            _ => false,
        }
    }
}
