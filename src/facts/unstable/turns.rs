//! What the turns of a loop leave behind: whether it depends on their order.

use super::flow;
use super::order::{is_returned, is_sorted, returned_list};
use super::tree::{Parent, Tree, children};
use super::types;
use crate::ir::{BinaryOp, ExprId, ExprKind, Literal, Name, PatId, Stmt, TypeRef, UnaryOp};

/// How deep a place or a way up is looked at.
const MAX_STEPS: usize = 16;
/// How many expressions a way up to the turn's body leads through.
const MAX_WAY: usize = 1_000;

/// What is done for each element of an unordered collection.
pub(super) struct Turn<'t, 'p> {
    tree: &'t Tree<'p>,
    body: ExprId,
    /// The names that are new in each turn.
    own: Vec<Name>,
    is_root: bool,
    /// A `return` in it leaves the function.
    returns: bool,
}

impl<'t, 'p> Turn<'t, 'p> {
    /// A loop's body with the pattern of an element.
    pub(super) fn of(tree: &'t Tree<'p>, pats: &[PatId], body: ExprId, is_root: bool) -> Self {
        let mut own = tree.body.bindings(pats.iter().copied());
        for (at, expr) in tree.exprs() {
            if !tree.within(at, body) {
                continue;
            }
            match &expr.kind {
                ExprKind::Block { stmts, .. } => {
                    for stmt in stmts {
                        if let Stmt::Let { pat, .. } = stmt {
                            own.extend(tree.body.bindings([*pat]));
                        }
                    }
                }
                ExprKind::Let(pat, _) | ExprKind::For { pat, .. } => {
                    own.extend(tree.body.bindings([*pat]));
                }
                ExprKind::Match { arms, .. } => {
                    own.extend(tree.body.bindings(arms.iter().map(|arm| arm.pat)));
                }
                ExprKind::Closure { params, .. } => {
                    own.extend(tree.body.bindings(params.iter().copied()));
                }
                _ => {}
            }
        }
        Turn { tree, body, own, is_root, returns: true }
    }

    /// The body of a closure: a `return` only ends the turn.
    pub(super) fn without_returns(self) -> Self {
        Turn { returns: false, ..self }
    }

    /// Whether an expression has something of the element in it.
    fn is_of_element(&self, expr: ExprId) -> bool {
        self.mentions(expr, &|kind| match kind {
            ExprKind::Path(path) => path.len() == 1 && self.own.contains(&path[0]),
            _ => false,
        })
    }

    fn mentions(&self, expr: ExprId, test: &dyn Fn(&ExprKind) -> bool) -> bool {
        let tree = self.tree;
        test(tree.kind(expr)) || children(tree.kind(expr)).iter().any(|e| self.mentions(*e, test))
    }

    /// The local at which a place begins.
    fn root(&self, mut place: ExprId) -> Option<Name> {
        for _ in 0..MAX_STEPS {
            place = match self.tree.kind(place) {
                ExprKind::Path(path) => return path.first().copied(),
                ExprKind::Field(base, _) | ExprKind::Index(base, _) => *base,
                ExprKind::Unary(UnaryOp::Deref, inner)
                | ExprKind::Ref(inner, _)
                | ExprKind::Try(inner)
                | ExprKind::Await(inner) => *inner,
                ExprKind::MethodCall { receiver, .. } => *receiver,
                _ => return None,
            };
        }
        None
    }

    /// Whether a place lasts from turn to turn, and is one for all of them.
    fn lasts(&self, place: ExprId) -> bool {
        let by_key = self.mentions(place, &|kind| matches!(kind, ExprKind::Index(..)))
            && self.is_of_element(place);
        let own = self.root(place).is_none_or(|root| self.own.contains(&root));
        !own && !by_key && !flow::is_named_beside(self.tree, place)
    }

    /// The conditions within the turn under which an expression is reached.
    fn conditions(&self, mut expr: ExprId) -> Vec<ExprId> {
        let mut found = Vec::new();
        // What a macro stands for has one place for all of its parts: no way up may go round in it.
        for _ in 0..MAX_WAY {
            if expr == self.body {
                break;
            }
            let Some(Parent::Expr(parent)) = self.tree.parent(expr) else {
                // A statement: the block around it is found by its place.
                let Some(block) = self.block_of(expr) else { break };
                expr = block;
                continue;
            };
            match self.tree.kind(parent) {
                ExprKind::If { cond, .. } if *cond != expr => found.push(*cond),
                ExprKind::Match { scrutinee, arms } if *scrutinee != expr => {
                    found.extend(arms.iter().filter(|a| a.body == expr).filter_map(|a| a.guard));
                }
                _ => {}
            }
            expr = parent;
        }
        found
    }

    /// The block that an expression is a statement of.
    fn block_of(&self, statement: ExprId) -> Option<ExprId> {
        let tree = self.tree;
        let blocks = tree.exprs().filter(|(at, expr)| {
            matches!(expr.kind, ExprKind::Block { .. })
                && *at != statement
                && tree.within(statement, *at)
                && tree.within(*at, self.body)
        });
        blocks.map(|(at, _)| at).min_by_key(|at| {
            let span = tree.body.expr(*at).span;
            span.end - span.start
        })
    }

    /// Whether a way out of the loop follows in the block that an expression is a statement of.
    fn ends_loop(&self, statement: ExprId) -> bool {
        let Some(block) = self.block_of(statement) else { return false };
        let after = self.tree.body.expr(statement).span.end;
        self.tree.exprs().any(|(at, expr)| {
            let leaves = match expr.kind {
                ExprKind::Break { .. } => true,
                ExprKind::Return(_) => self.returns,
                _ => false,
            };
            leaves && self.tree.within(at, block) && expr.span.start >= after
        })
    }
}

/// Whether the turns leave something behind that depends on their order: a list that is not sorted
/// afterwards, the last of the elements, the first that ends the loop, or numbers that are given out.
pub(super) fn matter(turn: &Turn<'_, '_>) -> bool {
    let tree = turn.tree;
    tree.exprs().filter(|(at, _)| tree.within(*at, turn.body)).any(|(at, expr)| match &expr.kind {
        ExprKind::MethodCall { receiver, method, args } => {
            let adds = matches!(
                tree.text(*method),
                "push" | "push_back" | "push_front" | "push_str" | "extend" | "extend_from_slice"
            );
            adds && appends(turn, *receiver) || args.iter().any(|arg| is_numbering(turn, *arg))
        }
        ExprKind::Assign(target, value) => {
            is_numbering(turn, *value) || is_one_of_all(turn, at, (*target, *value))
        }
        // `self.text += key`
        ExprKind::AssignOp(BinaryOp::Add, target, value) => {
            let text = match types::of(tree, *target) {
                Some(TypeRef::Path { name, .. }) => tree.text(name) == "String",
                _ => false,
            };
            text && turn.is_of_element(*value) && appends(turn, *target)
        }
        ExprKind::Return(Some(value)) => {
            let result = turn.is_root && turn.returns && !is_failure(tree, *value);
            result && turn.is_of_element(*value) && !is_one(turn, at)
        }
        _ => false,
    })
}

/// `Err(…)`: which of several errors it is, is no state.
fn is_failure(tree: &Tree<'_>, value: ExprId) -> bool {
    match tree.kind(value) {
        ExprKind::Call { callee, .. } => match tree.kind(*callee) {
            ExprKind::Path(path) => path.last().copied() == tree.program.known.err,
            _ => false,
        },
        _ => false,
    }
}

/// Whether a list keeps the order of the turns.
fn appends(turn: &Turn<'_, '_>, list: ExprId) -> bool {
    let tree = turn.tree;
    match tree.kind(list) {
        ExprKind::Path(path) => match **path {
            // What a turn makes for itself is no matter.
            [name] => !is_sorted(tree, name) && declared_outside(tree, name, turn.body),
            _ => false,
        },
        ExprKind::Field(_, name) => turn.lasts(list) && !is_sorted(tree, *name),
        _ => false,
    }
}

/// Whether a place gets a part of one element, so that the last turn decides, or the one that ends
/// the loop: not where it is kept if it is greater, or made of what it was.
fn is_one_of_all(turn: &Turn<'_, '_>, at: ExprId, (target, value): (ExprId, ExprId)) -> bool {
    let tree = turn.tree;
    if !turn.is_of_element(value) || !turn.lasts(target) || is_one(turn, at) {
        return false;
    }
    let compared = turn.conditions(at).into_iter().any(|cond| {
        turn.mentions(cond, &|kind| match kind {
            ExprKind::Binary(op, ..) => {
                matches!(op, BinaryOp::Lt | BinaryOp::Le | BinaryOp::Gt | BinaryOp::Ge)
            }
            ExprKind::MethodCall { method, .. } => {
                matches!(tree.text(*method), "cmp" | "partial_cmp" | "is_none_or" | "gt" | "lt")
            }
            _ => false,
        })
    });
    let made_of_itself = turn.mentions(value, &|kind| same_place(tree, kind, tree.kind(target)));
    if (compared || made_of_itself) && !turn.ends_loop(at) {
        return false;
    }
    match tree.kind(target) {
        ExprKind::Path(path) => match **path {
            [name] => {
                turn.is_root && {
                    let uses: Vec<ExprId> = tree.uses(name).collect();
                    let after = |e: &ExprId| !tree.within(*e, turn.body);
                    uses.into_iter().filter(after).any(|e| reaches_result(tree, e))
                }
            }
            _ => false,
        },
        _ => true,
    }
}

/// Whether a use of a local is what the function gives back, or goes into a place.
fn reaches_result(tree: &Tree<'_>, at: ExprId) -> bool {
    let stored = match tree.parent(at) {
        Some(Parent::Expr(parent)) => {
            matches!(tree.kind(parent), ExprKind::Assign(_, value) if *value == at)
        }
        _ => false,
    };
    (stored || is_returned(tree, at)) && flow::matters(tree, at)
}

/// Whether only one element can come here: it is looked up by an equality.
fn is_one(turn: &Turn<'_, '_>, at: ExprId) -> bool {
    turn.conditions(at).into_iter().any(|cond| is_look_up(turn.tree, cond))
}

/// Whether a condition, or a closure that is one, compares for equality.
pub(super) fn is_look_up(tree: &Tree<'_>, cond: ExprId) -> bool {
    match tree.kind(cond) {
        ExprKind::Binary(BinaryOp::Eq, ..) => true,
        ExprKind::MethodCall { method, .. } if tree.text(*method) == "eq" => true,
        kind => children(kind).iter().any(|e| is_look_up(tree, *e)),
    }
}

/// Whether an expression is a number that goes up with each turn.
fn is_numbering(turn: &Turn<'_, '_>, given: ExprId) -> bool {
    let tree = turn.tree;
    if !matches!(tree.kind(given), ExprKind::Field(..) | ExprKind::Path(_)) || !turn.lasts(given) {
        return false;
    }
    let number = tree.kind(given);
    tree.exprs().any(|(at, expr)| match &expr.kind {
        ExprKind::AssignOp(BinaryOp::Add, target, by) => {
            matches!(tree.kind(*by), ExprKind::Lit(Literal::Int(Some(1))))
                && tree.within(at, turn.body)
                && same_place(tree, tree.kind(*target), number)
        }
        _ => false,
    })
}

fn same_place(tree: &Tree<'_>, a: &ExprKind, b: &ExprKind) -> bool {
    match (a, b) {
        (ExprKind::Path(a), ExprKind::Path(b)) => a == b,
        (ExprKind::Field(x, a), ExprKind::Field(y, b)) => {
            a == b && same_place(tree, tree.kind(*x), tree.kind(*y))
        }
        (ExprKind::Unary(UnaryOp::Deref, a), b) => same_place(tree, tree.kind(*a), b),
        _ => false,
    }
}

/// Whether a local list, declared before the loop, is more than a list of keys to work through.
fn declared_outside(tree: &Tree<'_>, name: Name, body: ExprId) -> bool {
    let Some((ty, init)) = tree.declaration(name) else { return false };
    if init.is_some_and(|init| tree.within(init, body)) {
        return false;
    }
    let sequence = match ty {
        Some(TypeRef::Path { name, .. }) => {
            matches!(tree.text(*name), "Vec" | "VecDeque" | "String")
        }
        Some(_) => false,
        None => init.is_some_and(|init| makes_sequence(tree, init)),
    };
    sequence && {
        let uses: Vec<ExprId> = tree.uses(name).collect();
        uses.into_iter().any(|at| returned_list(tree, at) && !tree.within(at, body))
    }
}

fn makes_sequence(tree: &Tree<'_>, init: ExprId) -> bool {
    match tree.kind(init) {
        ExprKind::Call { callee, .. } => match tree.kind(*callee) {
            ExprKind::Path(path) => match **path {
                [ty, _] => matches!(tree.text(ty), "Vec" | "VecDeque" | "String"),
                _ => false,
            },
            _ => false,
        },
        ExprKind::Macro { name, .. } => tree.text(*name) == "vec",
        ExprKind::Array(_) => true,
        _ => false,
    }
}
