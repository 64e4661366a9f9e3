//! Macro calls: those whose tokens are expressions, statements or `pat = fut => body` arms are
//! parsed from their tokens; the others stay opaque. Only a project's own checks are expanded
//! (`expand.rs`).

use proc_macro2::{TokenStream, TokenTree};
use syn::parse::{ParseStream, Parser};
use syn::{Expr as SynExpr, Macro, Token, punctuated::Punctuated};

use super::body::BodyLowering;
use crate::ir::{Arm, BinaryOp, ExprId, ExprKind, Literal};

/// What a macro means, judged by the last segment of its path.
enum Meaning {
    /// Goes on only if the first argument holds.
    Assert,
    /// Goes on only if the first two arguments compare so.
    AssertCompare(BinaryOp),
    /// Never goes on.
    Diverge,
    /// Formats or logs: no meaning to the protocol.
    Silent,
    /// `matches!(value, pattern)`.
    Matches,
    /// `vec![…]`.
    Vec,
    /// `select! { … }`.
    Select,
    /// `try!(e)`.
    Try,
    /// Unknown: evaluates its arguments, and is worth its first one.
    Other,
}

fn meaning(name: &str) -> Meaning {
    match name {
        "assert" | "ensure" | "verify" | "assert_or" => Meaning::Assert,
        "assert_eq" => Meaning::AssertCompare(BinaryOp::Eq),
        "assert_ne" => Meaning::AssertCompare(BinaryOp::Ne),
        "assert_le" => Meaning::AssertCompare(BinaryOp::Le),
        "assert_lt" => Meaning::AssertCompare(BinaryOp::Lt),
        "assert_ge" => Meaning::AssertCompare(BinaryOp::Ge),
        "assert_gt" => Meaning::AssertCompare(BinaryOp::Gt),
        // Not compiled into release builds, so not evidence.
        "debug_assert" | "debug_assert_eq" | "debug_assert_ne" => Meaning::Silent,
        "panic" | "unreachable" | "todo" | "unimplemented" | "bail" | "fatal" | "abort" => {
            Meaning::Diverge
        }
        "matches" => Meaning::Matches,
        "vec" | "smallvec" => Meaning::Vec,
        "select" | "select_biased" => Meaning::Select,
        "try" => Meaning::Try,
        "println" | "eprintln" | "print" | "eprint" | "format" | "write" | "writeln" | "log"
        | "trace" | "debug" | "info" | "warn" | "error" | "event" | "span" | "concat"
        | "stringify" | "crit" | "slog_trace" | "slog_debug" | "slog_info" | "slog_warn" => {
            Meaning::Silent
        }
        _ if name.contains("assert") && (name.contains("debug") || name.contains("dbg")) => {
            Meaning::Silent
        }
        // `scoped_assert!`, `track_assert!`, `assert_true!`: a project's own assertion.
        _ if name.ends_with("assert") || name.starts_with("ensure") => Meaning::Assert,
        _ => Meaning::Other,
    }
}

impl<'s> BodyLowering<'_, '_, '_, 's> {
    /// Lowers a macro call.
    pub(super) fn macro_call(&mut self, mac: &Macro) -> ExprId {
        let Some(last) = mac.path.segments.last() else {
            return self.push(ExprKind::Opaque, crate::source::Span::default());
        };
        let text = last.ident.to_string();
        let close = match &mac.delimiter {
            syn::MacroDelimiter::Paren(p) => p.span.close(),
            syn::MacroDelimiter::Brace(b) => b.span.close(),
            syn::MacroDelimiter::Bracket(b) => b.span.close(),
        };
        let span = self.path_span(&mac.path).to(self.span(close));
        let meaning = match self.file.own_macros.is_for_debug_builds(&text) {
            true => Meaning::Silent,
            false => meaning(&text),
        };
        let kind = match meaning {
            Meaning::Silent => ExprKind::Opaque,
            Meaning::Diverge => ExprKind::Diverge,
            Meaning::Assert => match self.arguments(&mac.tokens).first() {
                Some(&cond) => ExprKind::Assert { cond },
                None => ExprKind::Opaque,
            },
            Meaning::AssertCompare(op) => match *self.arguments(&mac.tokens) {
                [a, b, ..] => {
                    let cond = self.push(ExprKind::Binary(op, a, b), span);
                    ExprKind::Assert { cond }
                }
                _ => ExprKind::Opaque,
            },
            Meaning::Vec => ExprKind::Array(self.arguments(&mac.tokens)),
            Meaning::Try => match self.arguments(&mac.tokens).first() {
                Some(&inner) => ExprKind::Try(inner),
                None => ExprKind::Opaque,
            },
            Meaning::Matches => self.matches_macro(&mac.tokens, span),
            Meaning::Select => self.select_macro(&mac.tokens),
            Meaning::Other => match self.expansion(&text, &mac.tokens) {
                Some(block) => block,
                None if self.file.own_macros.always_leaves(&text) => ExprKind::Diverge,
                None => {
                    let name = self.intern(&text);
                    ExprKind::Macro { name, args: self.arguments(&mac.tokens) }
                }
            },
        };
        self.push(kind, span)
    }

    /// The comma- or semicolon-separated expressions of a token stream; empty if it is not that.
    fn arguments(&mut self, tokens: &TokenStream) -> Box<[ExprId]> {
        let parser = Punctuated::<SynExpr, Token![,]>::parse_terminated;
        if let Ok(list) = parser.parse2(tokens.clone()) {
            return list.iter().map(|e| self.owned_expr(e)).collect();
        }
        // `vec![x; n]`, `assert!(cond, "format {x}", x = y)`: as many as parse.
        let leading = |input: ParseStream<'_>| {
            let mut list = Vec::new();
            while !input.is_empty() {
                match input.parse::<SynExpr>() {
                    Ok(expr) => list.push(expr),
                    Err(_) => break,
                }
                if input.parse::<Token![,]>().is_err() && input.parse::<Token![;]>().is_err() {
                    break;
                }
            }
            input.parse::<TokenStream>()?;
            Ok(list)
        };
        let list = leading.parse2(tokens.clone()).unwrap_or_default();
        list.iter().map(|e| self.owned_expr(e)).collect()
    }

    /// Lowers an expression that was parsed here and does not outlive this call. Items nested in
    /// it are not looked at.
    pub(super) fn owned_expr(&mut self, expr: &SynExpr) -> ExprId {
        self.with_short_lived(|lowering| lowering.expr(expr))
    }

    fn matches_macro(&mut self, tokens: &TokenStream, span: crate::source::Span) -> ExprKind {
        let parser = |input: ParseStream<'_>| {
            let value: SynExpr = input.parse()?;
            input.parse::<Token![,]>()?;
            let pat = syn::Pat::parse_multi_with_leading_vert(input)?;
            let guard = match input.parse::<Option<Token![if]>>()? {
                Some(_) => Some(input.parse::<SynExpr>()?),
                None => None,
            };
            input.parse::<Option<Token![,]>>()?;
            Ok((value, pat, guard))
        };
        let Ok((value, pat, guard)) = parser.parse2(tokens.clone()) else {
            return ExprKind::Opaque;
        };
        self.with_short_lived(|lowering| {
            let scrutinee = lowering.expr(&value);
            let pat = lowering.pat(&pat);
            let guard = guard.as_ref().map(|g| lowering.expr(g));
            let yes = lowering.push(ExprKind::Lit(Literal::Bool(true)), span);
            let no = lowering.push(ExprKind::Lit(Literal::Bool(false)), span);
            let wild = lowering.push_pat(crate::ir::Pat::Wild);
            let arms = [Arm { pat, guard, body: yes }, Arm { pat: wild, guard: None, body: no }];
            ExprKind::Match { scrutinee, arms: Box::new(arms) }
        })
    }

    fn select_macro(&mut self, tokens: &TokenStream) -> ExprKind {
        let Ok(arms) = select_arms.parse2(tokens.clone()) else {
            return ExprKind::Opaque;
        };
        let mut scrutinees = Vec::with_capacity(arms.len());
        let mut lowered = Vec::with_capacity(arms.len());
        for arm in &arms {
            self.with_short_lived(|lowering| {
                scrutinees.push(match &arm.future {
                    Some(future) => lowering.expr(future),
                    None => lowering.push(ExprKind::Opaque, crate::source::Span::default()),
                });
                let pat = match &arm.pat {
                    Some(pat) => lowering.pat(pat),
                    None => lowering.push_pat(crate::ir::Pat::Wild),
                };
                let guard = arm.guard.as_ref().map(|g| lowering.expr(g));
                lowered.push(Arm { pat, guard, body: lowering.expr(&arm.body) });
            });
        }
        ExprKind::Select { scrutinees: scrutinees.into(), arms: lowered.into() }
    }
}

/// `pat = future, if guard => body` of tokio's and futures' `select!`; `else => body` and
/// `default => body` have neither pattern nor future.
struct SelectArm {
    pat: Option<syn::Pat>,
    future: Option<SynExpr>,
    guard: Option<SynExpr>,
    body: SynExpr,
}

fn select_arms(input: ParseStream<'_>) -> syn::Result<Vec<SelectArm>> {
    let mut arms = Vec::new();
    if input.peek(syn::Ident) && input.peek2(Token![;]) {
        input.parse::<syn::Ident>()?; // `biased;`
        input.parse::<Token![;]>()?;
    }
    while !input.is_empty() {
        let bare = input.peek(Token![else]) || (input.peek(syn::Ident) && input.peek2(Token![=>]));
        let (pat, future) = if bare {
            input.parse::<TokenTree>()?;
            (None, None)
        } else {
            let pat = syn::Pat::parse_multi_with_leading_vert(input)?;
            input.parse::<Token![=]>()?;
            (Some(pat), Some(input.parse::<SynExpr>()?))
        };
        let guard = if input.peek(Token![,]) && input.peek2(Token![if]) {
            input.parse::<Token![,]>()?;
            input.parse::<Token![if]>()?;
            Some(input.parse::<SynExpr>()?)
        } else {
            None
        };
        input.parse::<Token![=>]>()?;
        let body: SynExpr = if input.peek(syn::token::Brace) {
            SynExpr::Block(syn::ExprBlock { attrs: Vec::new(), label: None, block: input.parse()? })
        } else {
            input.parse()?
        };
        input.parse::<Option<Token![,]>>()?;
        arms.push(SelectArm { pat, future, guard, body });
    }
    Ok(arms)
}

/// The file's own `macro_rules`, those inside of functions included.
pub(super) fn own_macros(items: &[syn::Item], visit: &mut dyn FnMut(&syn::ItemMacro)) {
    fn walk(items: &[syn::Item], visit: &mut dyn FnMut(&syn::ItemMacro)) {
        for item in items {
            match item {
                syn::Item::Macro(mac) if mac.mac.path.is_ident("macro_rules") => visit(mac),
                syn::Item::Mod(module) => {
                    if let Some((_, items)) = &module.content {
                        walk(items, visit);
                    }
                }
                syn::Item::Fn(function) => nested(&function.block, visit),
                syn::Item::Impl(block) => {
                    for item in &block.items {
                        if let syn::ImplItem::Fn(function) = item {
                            nested(&function.block, visit);
                        }
                    }
                }
                _ => {}
            }
        }
    }
    fn nested(block: &syn::Block, visit: &mut dyn FnMut(&syn::ItemMacro)) {
        for stmt in &block.stmts {
            if let syn::Stmt::Item(item) = stmt {
                walk(std::slice::from_ref(item), visit);
            }
        }
    }
    walk(items, visit);
}

/// Whether rules only assert something, and that in debug builds: by `debug_assert!`, or under
/// `debug_assertions`.
pub(super) fn is_for_debug_builds(rules: &TokenStream) -> bool {
    let (mut debug, mut open) = (false, vec![rules.clone()]);
    while let Some(tokens) = open.pop() {
        for token in tokens {
            match token {
                TokenTree::Ident(ident) => {
                    let text = ident.to_string();
                    if matches!(&*text, "return" | "bail" | "ensure") {
                        return false;
                    }
                    debug |= text.starts_with("debug_assert");
                }
                TokenTree::Group(group) => open.push(group.stream()),
                _ => {}
            }
        }
    }
    debug
}

/// Whether every rule `(…) => { … }` has a `return` or a panic outside of inner groups: it always
/// leaves the function.
pub(super) fn always_leaves(rules: &TokenStream) -> bool {
    let groups: Vec<_> = rules
        .clone()
        .into_iter()
        .filter_map(|t| match t {
            TokenTree::Group(g) => Some(g.stream()),
            _ => None,
        })
        .collect();
    let bodies: Vec<_> = groups.iter().skip(1).step_by(2).collect();
    !bodies.is_empty()
        && bodies.iter().all(|body| {
            let mut conditional = false;
            (*body).clone().into_iter().any(|t| match t {
                TokenTree::Ident(i) => {
                    conditional |= i == "if" || i == "match";
                    (i == "return" || i == "panic" || i == "bail") && !conditional
                }
                TokenTree::Group(g) => always_leaves_block(&g.stream()),
                _ => false,
            })
        })
}

fn always_leaves_block(body: &TokenStream) -> bool {
    matches!(body.clone().into_iter().next(), Some(TokenTree::Ident(i)) if i == "return")
}
