//! What becomes of the `Result` of a write.

use super::writes::{Fate, Kind, Scan};
use crate::ir::{Arm, ExprId, ExprKind, Name, Pat, PatId, Stmt, TypeRef};
use crate::roles::saving::Parts;
use crate::source::Place;

/// What becomes of a failure.
pub(super) enum Outcome {
    Used,
    Ignored,
    Logged(Place),
    NotAwaited,
}

impl Scan<'_> {
    /// What becomes of a write's outcome.
    pub(super) fn outcome(&self, call: ExprId, kind: Kind) -> Outcome {
        let body = self.body();
        let mut awaited = kind == Kind::Result;
        let mut from = call;
        for _ in 0..24 {
            let to = match self.fates[from.0 as usize] {
                Fate::Used => return Outcome::Used,
                Fate::Dropped if awaited && kind == Kind::Plain => return Outcome::Used,
                Fate::Dropped if awaited => return Outcome::Ignored,
                Fate::Dropped => return Outcome::NotAwaited,
                Fate::To(to) => to,
            };
            match &body.expr(to).kind {
                ExprKind::Await(_) => awaited = true,
                ExprKind::MethodCall { method, args, .. } => {
                    if let Some(outcome) = self.combined(*method, args) {
                        return outcome;
                    }
                }
                ExprKind::Call { callee, .. } => match &body.expr(*callee).kind {
                    ExprKind::Path(path) => {
                        match path.last().map_or("", |name| self.program.text(*name)) {
                            "drop" => return Outcome::Ignored,
                            "block_on" => awaited = true,
                            _ => return Outcome::Used,
                        }
                    }
                    _ => return Outcome::Used,
                },
                ExprKind::Let(pat, _) => return self.by_pattern(to, *pat),
                ExprKind::If { cond, then, otherwise } if *cond == from => {
                    return self.by_branches(to, from, *then, *otherwise);
                }
                ExprKind::Match { scrutinee, arms } if *scrutinee == from => {
                    return self.by_arms(to, arms);
                }
                ExprKind::If { .. }
                | ExprKind::Match { .. }
                | ExprKind::Block { .. }
                | ExprKind::Ref(_, _)
                | ExprKind::Cast(_)
                | ExprKind::Unary(..) => {}
                _ => return Outcome::Used,
            }
            from = to;
        }
        Outcome::Used
    }

    /// What a method makes of a `Result`; nothing where another one comes out of it.
    fn combined(&self, method: Name, args: &[ExprId]) -> Option<Outcome> {
        match self.program.text(method) {
            "ok" | "map_err" | "inspect_err" | "inspect" | "map" | "and_then" | "context"
            | "with_context" | "wrap_err" | "err_into" | "or_else" | "tap_err" | "is_ok"
            | "is_err" | "err" | "boxed" | "log_err" => None,
            "unwrap_or_default" | "unwrap_or" => Some(Outcome::Ignored),
            "unwrap_or_else" => {
                let harmless = args.iter().all(|a| match &self.body().expr(*a).kind {
                    ExprKind::Closure { body, .. } => self.only_reports(*body),
                    _ => false,
                });
                Some(match args.first() {
                    Some(at) if harmless => Outcome::Logged(self.place(*at)),
                    _ => Outcome::Used,
                })
            }
            _ => Some(Outcome::Used),
        }
    }

    /// `if let Err(e) = write() { … }`
    fn by_pattern(&self, condition: ExprId, pat: PatId) -> Outcome {
        let Fate::To(parent) = self.fates[condition.0 as usize] else { return Outcome::Used };
        let ExprKind::If { cond, then, otherwise } = &self.body().expr(parent).kind else {
            return Outcome::Used;
        };
        if *cond != condition || !self.is_failure(pat) {
            return Outcome::Used;
        }
        self.by_branches(parent, condition, *then, *otherwise)
    }

    fn is_failure(&self, pat: PatId) -> bool {
        match self.body().pat(pat) {
            Pat::TupleStruct { path, .. } => path.last().copied() == self.program.known.err,
            _ => false,
        }
    }

    /// A branch on a failure: it is ignored if neither branch does more than report.
    fn by_branches(
        &self,
        whole: ExprId,
        cond: ExprId,
        then: ExprId,
        otherwise: Option<ExprId>,
    ) -> Outcome {
        let quiet = |branch: ExprId| self.only_reports(branch);
        // `if write().is_ok() { … }` has something to do on success only.
        let asks_failure = match &self.body().expr(cond).kind {
            ExprKind::MethodCall { method, .. } => self.program.text(*method) == "is_err",
            ExprKind::Let(..) => true,
            _ => false,
        };
        let gives_nothing = self.is_statement(whole);
        if asks_failure && gives_nothing && quiet(then) && otherwise.is_none_or(quiet) {
            Outcome::Logged(self.place(then))
        } else {
            Outcome::Used
        }
    }

    fn by_arms(&self, whole: ExprId, arms: &[Arm]) -> Outcome {
        let failed = arms.iter().find(|arm| self.is_failure(arm.pat));
        match failed.filter(|_| self.is_statement(whole)) {
            Some(failed) if arms.iter().all(|arm| self.only_reports(arm.body)) => {
                Outcome::Logged(self.place(failed.body))
            }
            _ => Outcome::Used,
        }
    }

    /// Whether nothing is made of an expression's value.
    fn is_statement(&self, mut expr: ExprId) -> bool {
        for _ in 0..24 {
            if self.function.root == Some(expr) {
                return self.returns_nothing();
            }
            match self.fates[expr.0 as usize] {
                Fate::Dropped => return true,
                Fate::Used => return false,
                Fate::To(to) => match &self.body().expr(to).kind {
                    ExprKind::Block { .. } | ExprKind::If { .. } | ExprKind::Match { .. } => {
                        expr = to;
                    }
                    _ => return false,
                },
            }
        }
        false
    }

    fn returns_nothing(&self) -> bool {
        matches!(&self.function.ret, TypeRef::Tuple(parts) if parts.is_empty())
    }

    /// Whether code only tells a person: macros of the log, prints, nothing.
    fn only_reports(&self, expr: ExprId) -> bool {
        let body = self.body();
        let mut open = vec![expr];
        for _ in 0..64 {
            let Some(expr) = open.pop() else { return true };
            match &body.expr(expr).kind {
                ExprKind::Block { stmts, tail, .. } => {
                    open.extend(tail);
                    for stmt in stmts {
                        match stmt {
                            Stmt::Expr(e) => open.push(*e),
                            Stmt::Let { .. } => return false,
                        }
                    }
                }
                ExprKind::Macro { name, .. } => {
                    let text = self.program.text(*name);
                    let reports = ["error", "warn", "info", "debug", "trace", "print", "log"];
                    if !reports.iter().any(|r| text.contains(r)) {
                        return false;
                    }
                }
                ExprKind::Tuple(parts) if parts.is_empty() => {}
                // The macros of the log are opaque.
                ExprKind::Lit(_) | ExprKind::Path(_) | ExprKind::Opaque => {}
                ExprKind::Return(None) if self.gives_nothing() => {}
                _ => return false,
            }
        }
        false
    }

    /// Whether this function saves and its caller is told nothing.
    fn gives_nothing(&self) -> bool {
        self.returns_nothing() && self.storage.saved_by(self.id) != Parts::NONE
    }
}
