//! Function bodies: blocks, statements and expressions.
//!
//! Spans are put together from those of the children and of single tokens: asking syn for the span
//! of a whole expression prints it first, which is quadratic.

use syn::{BinOp, Expr as SynExpr, Item, Lit, Member, Stmt as SynStmt, UnOp};

use super::Lowering;
use super::release::is_statement_left_out;
use super::ty::type_ref;
use crate::ir::{
    Arm, BinaryOp, Body, Borrow, Expr, ExprId, ExprKind, Literal, Name, Pat, PatId, Stmt, UnaryOp,
};
use crate::source::Span;

/// Lowers one function; items nested in its blocks are handed back.
pub(super) struct BodyLowering<'l, 'n, 'f, 's> {
    pub(super) file: &'f mut Lowering<'l, 'n>,
    body: Body,
    nested: Vec<&'s Item>,
}

impl<'l, 'n, 'f, 's> BodyLowering<'l, 'n, 'f, 's> {
    pub(super) fn new(file: &'f mut Lowering<'l, 'n>) -> Self {
        BodyLowering { file, body: Body::default(), nested: Vec::new() }
    }

    pub(super) fn finish(self) -> (Body, Vec<&'s Item>) {
        (self.body, self.nested)
    }

    /// Lowers something parsed from macro tokens, which lives shorter than the file.
    pub(super) fn with_short_lived<'t, R>(
        &mut self,
        lower: impl FnOnce(&mut BodyLowering<'l, 'n, '_, 't>) -> R,
    ) -> R {
        let mut inner = BodyLowering {
            file: &mut *self.file,
            body: std::mem::take(&mut self.body),
            nested: Vec::new(),
        };
        let result = lower(&mut inner);
        self.body = inner.body;
        result
    }

    pub(super) fn push(&mut self, kind: ExprKind, span: Span) -> ExprId {
        self.body.exprs.push(Expr { kind, span });
        ExprId(self.body.exprs.len() as u32 - 1)
    }

    pub(super) fn push_pat(&mut self, pat: Pat) -> PatId {
        self.body.pats.push(pat);
        PatId(self.body.pats.len() as u32 - 1)
    }

    pub(super) fn intern(&mut self, text: &str) -> Name {
        self.file.names.intern(text)
    }

    pub(super) fn span(&self, span: proc_macro2::Span) -> Span {
        self.file.span(span)
    }

    pub(super) fn span_of(&self, id: ExprId) -> Span {
        self.body.expr(id).span
    }

    pub(super) fn path(&mut self, path: &syn::Path) -> Box<[Name]> {
        path.segments.iter().map(|s| self.file.name(&s.ident)).collect()
    }

    pub(super) fn path_span(&self, path: &syn::Path) -> Span {
        let mut idents = path.segments.iter().map(|s| self.span(s.ident.span()));
        let first = idents.next().unwrap_or_default();
        idents.next_back().map_or(first, |last| first.to(last))
    }

    /// A block as an expression.
    pub(super) fn block(
        &mut self,
        block: &'s syn::Block,
        label: Option<Name>,
        span: proc_macro2::Span,
    ) -> ExprId {
        let span = self.span(span);
        self.stmts(&block.stmts, label, span)
    }

    pub(super) fn stmts(
        &mut self,
        stmts: &'s [SynStmt],
        label: Option<Name>,
        span: Span,
    ) -> ExprId {
        let mut lowered = Vec::with_capacity(stmts.len());
        let mut tail = None;
        let mut kept = stmts.iter().filter(|stmt| !is_statement_left_out(stmt)).peekable();
        while let Some(stmt) = kept.next() {
            let last = kept.peek().is_none();
            match stmt {
                SynStmt::Local(local) => lowered.push(self.local(local)),
                SynStmt::Item(item) => self.nested.push(item),
                SynStmt::Expr(expr, None) if last => tail = Some(self.expr(expr)),
                SynStmt::Expr(expr, _) => lowered.push(Stmt::Expr(self.expr(expr))),
                SynStmt::Macro(stmt) => {
                    let id = self.macro_call(&stmt.mac);
                    if last && stmt.semi_token.is_none() {
                        tail = Some(id);
                    } else {
                        lowered.push(Stmt::Expr(id));
                    }
                }
            }
        }
        self.push(ExprKind::Block { label, stmts: lowered.into(), tail }, span)
    }

    fn local(&mut self, local: &'s syn::Local) -> Stmt {
        let ty = match &local.pat {
            syn::Pat::Type(typed) => Some(type_ref(self.file, &typed.ty)),
            _ => None,
        };
        let init = local.init.as_ref().map(|init| self.expr(&init.expr));
        let diverge = local.init.as_ref().and_then(|init| init.diverge.as_ref());
        let otherwise = diverge.map(|(_, block)| self.expr(block));
        Stmt::Let { pat: self.pat(&local.pat), ty, init, otherwise }
    }

    fn exprs(&mut self, exprs: impl Iterator<Item = &'s SynExpr>) -> Box<[ExprId]> {
        exprs.map(|e| self.expr(e)).collect()
    }

    fn opt(&mut self, expr: Option<&'s SynExpr>) -> Option<ExprId> {
        expr.map(|e| self.expr(e))
    }

    fn label(&mut self, label: Option<&syn::Label>) -> Option<Name> {
        label.map(|l| self.file.name(&l.name.ident))
    }

    /// Lowers an expression.
    pub(super) fn expr(&mut self, expr: &'s SynExpr) -> ExprId {
        match expr {
            SynExpr::Paren(e) => self.expr(&e.expr),
            SynExpr::Group(e) => self.expr(&e.expr),
            SynExpr::Lit(e) => self.literal_expr(e),
            SynExpr::Path(e) => {
                let (path, span) = (self.path(&e.path), self.path_span(&e.path));
                self.push(ExprKind::Path(path), span)
            }
            SynExpr::Macro(e) => self.macro_call(&e.mac),
            SynExpr::Field(e) => {
                let base = self.expr(&e.base);
                let (name, end) = self.member(&e.member);
                let span = self.span_of(base).to(end);
                self.push(ExprKind::Field(base, name), span)
            }
            SynExpr::Index(e) => {
                let (base, index) = (self.expr(&e.expr), self.expr(&e.index));
                let span = self.span_of(base).to(self.span(e.bracket_token.span.close()));
                self.push(ExprKind::Index(base, index), span)
            }
            SynExpr::Call(e) => {
                let callee = self.expr(&e.func);
                let args = self.exprs(e.args.iter());
                let span = self.span_of(callee).to(self.span(e.paren_token.span.close()));
                self.push(ExprKind::Call { callee, args }, span)
            }
            SynExpr::MethodCall(e) => {
                let receiver = self.expr(&e.receiver);
                let method = self.file.name(&e.method);
                let args = self.exprs(e.args.iter());
                // In a chain over several lines the step says what is done, not where it begins.
                let (before, name) = (self.span_of(receiver), self.span(e.method.span()));
                let own_line = self.file.breaks_line(before.end, name.start);
                let start = if own_line { name } else { before };
                let span = start.to(self.span(e.paren_token.span.close()));
                self.push(ExprKind::MethodCall { receiver, method, args }, span)
            }
            SynExpr::Unary(e) => self.unary(e),
            SynExpr::Reference(e) => {
                self.reference(&e.expr, e.and_token.span, e.mutability.is_some())
            }
            SynExpr::RawAddr(e) => {
                let is_mutable = matches!(e.mutability, syn::PointerMutability::Mut(_));
                self.reference(&e.expr, e.and_token.span, is_mutable)
            }
            SynExpr::Binary(e) => self.binary(e),
            SynExpr::Assign(e) => {
                let (left, right) = (self.expr(&e.left), self.expr(&e.right));
                let span = self.span_of(left).to(self.span_of(right));
                self.push(ExprKind::Assign(left, right), span)
            }
            SynExpr::Cast(e) => {
                let inner = self.expr(&e.expr);
                let span = self.span_of(inner);
                self.push(ExprKind::Cast(inner), span)
            }
            SynExpr::Try(e) => {
                let inner = self.expr(&e.expr);
                let span = self.span_of(inner).to(self.span(e.question_token.span));
                self.push(ExprKind::Try(inner), span)
            }
            SynExpr::Await(e) => {
                let inner = self.expr(&e.base);
                let span = self.span_of(inner).to(self.span(e.await_token.span));
                self.push(ExprKind::Await(inner), span)
            }
            SynExpr::Tuple(e) => {
                let elems = self.exprs(e.elems.iter());
                let span = self.span(e.paren_token.span.join());
                self.push(ExprKind::Tuple(elems), span)
            }
            SynExpr::Array(e) => {
                let elems = self.exprs(e.elems.iter());
                let span = self.span(e.bracket_token.span.join());
                self.push(ExprKind::Array(elems), span)
            }
            SynExpr::Repeat(e) => {
                let elem = self.expr(&e.expr);
                let span = self.span(e.bracket_token.span.join());
                self.push(ExprKind::Array(Box::new([elem])), span)
            }
            SynExpr::Struct(e) => self.struct_literal(e),
            SynExpr::Range(e) => {
                let (start, end) = (self.opt(e.start.as_deref()), self.opt(e.end.as_deref()));
                let span = match (start, end) {
                    (Some(a), Some(b)) => self.span_of(a).to(self.span_of(b)),
                    (Some(a), None) | (None, Some(a)) => self.span_of(a),
                    (None, None) => Span::default(),
                };
                self.push(ExprKind::Range(start, end), span)
            }
            SynExpr::Closure(e) => {
                let params = e.inputs.iter().map(|p| self.pat(p)).collect();
                let body = self.expr(&e.body);
                let span = self.span(e.inputs_begin.span).to(self.span_of(body));
                self.push(ExprKind::Closure { params, body }, span)
            }
            _ => self.control(expr),
        }
    }

    /// Expressions that steer control flow, and the rest.
    fn control(&mut self, expr: &'s SynExpr) -> ExprId {
        match expr {
            SynExpr::Block(e) => {
                let label = self.label(e.label.as_ref());
                self.block(&e.block, label, e.block.brace_token.span.join())
            }
            SynExpr::Unsafe(e) => self.block(&e.block, None, e.block.brace_token.span.join()),
            SynExpr::Const(e) => self.block(&e.block, None, e.block.brace_token.span.join()),
            SynExpr::TryBlock(e) => self.block(&e.block, None, e.block.brace_token.span.join()),
            SynExpr::Async(e) => {
                let body = self.block(&e.block, None, e.block.brace_token.span.join());
                let span = self.span_of(body);
                self.push(ExprKind::Async(body), span)
            }
            SynExpr::Let(e) => {
                let value = self.expr(&e.expr);
                let pat = self.pat(&e.pat);
                let span = self.span(e.let_token.span).to(self.span_of(value));
                self.push(ExprKind::Let(pat, value), span)
            }
            SynExpr::If(e) => {
                let cond = self.expr(&e.cond);
                let then = self.block(&e.then_branch, None, e.then_branch.brace_token.span.join());
                let otherwise = e.else_branch.as_ref().map(|(_, e)| self.expr(e));
                let end = self.span_of(otherwise.unwrap_or(then));
                let span = self.span(e.if_token.span).to(end);
                self.push(ExprKind::If { cond, then, otherwise }, span)
            }
            SynExpr::Match(e) => {
                let scrutinee = self.expr(&e.expr);
                let mut arms = Vec::with_capacity(e.arms.len());
                for arm in &e.arms {
                    let (pat, guard) = self.guarded_pat(&arm.pat);
                    arms.push(Arm { pat, guard, body: self.expr(&arm.body) });
                }
                let span = self.span(e.match_token.span).to(self.span(e.brace_token.span.close()));
                self.push(ExprKind::Match { scrutinee, arms: arms.into() }, span)
            }
            SynExpr::Loop(e) => {
                let label = self.label(e.label.as_ref());
                let body = self.block(&e.body, None, e.body.brace_token.span.join());
                let span = self.span(e.loop_token.span).to(self.span_of(body));
                self.push(ExprKind::Loop { label, body }, span)
            }
            SynExpr::While(e) => {
                let label = self.label(e.label.as_ref());
                let cond = self.expr(&e.cond);
                let body = self.block(&e.body, None, e.body.brace_token.span.join());
                let span = self.span(e.while_token.span).to(self.span_of(body));
                self.push(ExprKind::While { label, cond, body }, span)
            }
            SynExpr::ForLoop(e) => {
                let label = self.label(e.label.as_ref());
                let iter = self.expr(&e.expr);
                let pat = self.pat(&e.pat);
                let body = self.block(&e.body, None, e.body.brace_token.span.join());
                let span = self.span(e.for_token.span).to(self.span_of(body));
                self.push(ExprKind::For { label, pat, iter, body }, span)
            }
            SynExpr::Break(e) => {
                let label = e.label.as_ref().map(|l| self.file.name(&l.ident));
                let value = self.opt(e.expr.as_deref());
                let span = self.span(e.break_token.span);
                self.push(ExprKind::Break { label, value }, span)
            }
            SynExpr::Continue(e) => {
                let label = e.label.as_ref().map(|l| self.file.name(&l.ident));
                let span = self.span(e.continue_token.span);
                self.push(ExprKind::Continue { label }, span)
            }
            SynExpr::Return(e) => {
                let value = self.opt(e.expr.as_deref());
                let start = self.span(e.return_token.span);
                let span = value.map_or(start, |v| start.to(self.span_of(v)));
                self.push(ExprKind::Return(value), span)
            }
            _ => self.push(ExprKind::Opaque, Span::default()),
        }
    }

    fn reference(
        &mut self,
        place: &'s SynExpr,
        token: proc_macro2::Span,
        is_mutable: bool,
    ) -> ExprId {
        let place = self.expr(place);
        let span = self.span(token).to(self.span_of(place));
        let borrow = if is_mutable { Borrow::Mutable } else { Borrow::Shared };
        self.push(ExprKind::Ref(place, borrow), span)
    }

    fn unary(&mut self, e: &'s syn::ExprUnary) -> ExprId {
        let (op, token) = match &e.op {
            UnOp::Not(t) => (UnaryOp::Not, t.span),
            UnOp::Neg(t) => (UnaryOp::Neg, t.span),
            UnOp::Deref(t) => (UnaryOp::Deref, t.span),
            _ => return self.expr(&e.expr),
        };
        let inner = self.expr(&e.expr);
        let span = self.span(token).to(self.span_of(inner));
        self.push(ExprKind::Unary(op, inner), span)
    }

    fn binary(&mut self, e: &'s syn::ExprBinary) -> ExprId {
        let (left, right) = (self.expr(&e.left), self.expr(&e.right));
        let span = self.span_of(left).to(self.span_of(right));
        let kind = match e.op {
            BinOp::And(_) => ExprKind::Binary(BinaryOp::And, left, right),
            BinOp::Or(_) => ExprKind::Binary(BinaryOp::Or, left, right),
            BinOp::Eq(_) => ExprKind::Binary(BinaryOp::Eq, left, right),
            BinOp::Ne(_) => ExprKind::Binary(BinaryOp::Ne, left, right),
            BinOp::Lt(_) => ExprKind::Binary(BinaryOp::Lt, left, right),
            BinOp::Le(_) => ExprKind::Binary(BinaryOp::Le, left, right),
            BinOp::Gt(_) => ExprKind::Binary(BinaryOp::Gt, left, right),
            BinOp::Ge(_) => ExprKind::Binary(BinaryOp::Ge, left, right),
            BinOp::Add(_) => ExprKind::Binary(BinaryOp::Add, left, right),
            BinOp::Sub(_) => ExprKind::Binary(BinaryOp::Sub, left, right),
            // `ok &= x` on booleans is a conjunction, `ok |= x` a disjunction.
            BinOp::BitAndAssign(_) => ExprKind::AssignOp(BinaryOp::And, left, right),
            BinOp::BitOrAssign(_) => ExprKind::AssignOp(BinaryOp::Or, left, right),
            BinOp::AddAssign(_) => ExprKind::AssignOp(BinaryOp::Add, left, right),
            BinOp::SubAssign(_) => ExprKind::AssignOp(BinaryOp::Sub, left, right),
            BinOp::MulAssign(_) => ExprKind::AssignOp(BinaryOp::Mul, left, right),
            BinOp::DivAssign(_) => ExprKind::AssignOp(BinaryOp::Div, left, right),
            BinOp::RemAssign(_) => ExprKind::AssignOp(BinaryOp::Rem, left, right),
            BinOp::ShrAssign(_) => ExprKind::AssignOp(BinaryOp::Shr, left, right),
            BinOp::BitXorAssign(_) | BinOp::ShlAssign(_) => {
                ExprKind::AssignOp(BinaryOp::Arith, left, right)
            }
            BinOp::Mul(_) => ExprKind::Binary(BinaryOp::Mul, left, right),
            BinOp::Div(_) => ExprKind::Binary(BinaryOp::Div, left, right),
            BinOp::Rem(_) => ExprKind::Binary(BinaryOp::Rem, left, right),
            BinOp::Shr(_) => ExprKind::Binary(BinaryOp::Shr, left, right),
            BinOp::BitAnd(_) => ExprKind::Binary(BinaryOp::And, left, right),
            BinOp::BitOr(_) => ExprKind::Binary(BinaryOp::Or, left, right),
            _ => ExprKind::Binary(BinaryOp::Arith, left, right),
        };
        self.push(kind, span)
    }

    fn struct_literal(&mut self, e: &'s syn::ExprStruct) -> ExprId {
        let path = self.path(&e.path);
        let fields = e
            .fields
            .iter()
            .map(|f| {
                let (name, _) = self.member(&f.member);
                (name, self.expr(&f.expr))
            })
            .collect();
        let rest = self.opt(e.rest.as_deref());
        let span = self.path_span(&e.path).to(self.span(e.brace_token.span.close()));
        self.push(ExprKind::Struct { path, fields, rest }, span)
    }

    fn member(&mut self, member: &Member) -> (Name, Span) {
        match member {
            Member::Named(ident) => (self.file.name(ident), self.span(ident.span())),
            Member::Unnamed(index) => {
                (self.intern(&index.index.to_string()), self.span(index.span))
            }
        }
    }

    /// A literal.
    pub(super) fn literal_expr(&mut self, e: &syn::ExprLit) -> ExprId {
        let lit = match &e.lit {
            Lit::Bool(b) => Literal::Bool(b.value),
            Lit::Int(i) => Literal::Int(i.base10_parse().ok()),
            _ => Literal::Other,
        };
        let span = self.span(e.lit.span());
        self.push(ExprKind::Lit(lit), span)
    }
}
