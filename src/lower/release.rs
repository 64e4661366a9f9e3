//! What is not in a release build: tests, and code for builds with debug assertions. It protects
//! nothing where the program runs.

use proc_macro2::{TokenStream, TokenTree};
use syn::{Attribute, Expr, Stmt};

/// Whether an item exists in test or debug builds only.
pub(super) fn is_left_out(attrs: &[Attribute]) -> bool {
    attrs.iter().any(|attr| {
        let last = attr.path().segments.last();
        if last.is_some_and(|s| s.ident == "test") {
            return true; // #[test], #[tokio::test], #[madsim::test]
        }
        match &attr.meta {
            syn::Meta::List(list) if list.path.is_ident("cfg") => is_off(&list.tokens),
            _ => false,
        }
    })
}

/// Whether a statement is there in test or debug builds only.
pub(super) fn is_statement_left_out(stmt: &Stmt) -> bool {
    match stmt {
        Stmt::Local(local) => is_left_out(&local.attrs),
        Stmt::Macro(mac) => is_left_out(&mac.attrs),
        Stmt::Expr(expr, _) => is_left_out(attributes(expr)),
        Stmt::Item(_) => false,
    }
}

/// `test`, `debug_assertions`, `all(test, …)`; not `not(test)` or `any(test, …)`.
fn is_off(condition: &TokenStream) -> bool {
    let off = |token: &TokenTree| match token {
        TokenTree::Ident(ident) => ident == "test" || ident == "debug_assertions",
        _ => false,
    };
    let mut tokens = condition.clone().into_iter();
    match (tokens.next(), tokens.next()) {
        (Some(TokenTree::Ident(ident)), Some(TokenTree::Group(group))) if ident == "all" => {
            group.stream().into_iter().any(|token| off(&token))
        }
        (Some(first), _) => off(&first),
        _ => false,
    }
}

/// The attributes of a statement's expression: they stand at its leftmost part.
fn attributes(mut expr: &Expr) -> &[Attribute] {
    loop {
        expr = match expr {
            Expr::Assign(e) => &e.left,
            Expr::Binary(e) => &e.left,
            Expr::Cast(e) => &e.expr,
            Expr::Async(e) => return &e.attrs,
            Expr::Await(e) => return &e.attrs,
            Expr::Block(e) => return &e.attrs,
            Expr::Break(e) => return &e.attrs,
            Expr::Call(e) => return &e.attrs,
            Expr::Continue(e) => return &e.attrs,
            Expr::Field(e) => return &e.attrs,
            Expr::ForLoop(e) => return &e.attrs,
            Expr::If(e) => return &e.attrs,
            Expr::Index(e) => return &e.attrs,
            Expr::Loop(e) => return &e.attrs,
            Expr::Macro(e) => return &e.attrs,
            Expr::Match(e) => return &e.attrs,
            Expr::MethodCall(e) => return &e.attrs,
            Expr::Path(e) => return &e.attrs,
            Expr::Return(e) => return &e.attrs,
            Expr::Try(e) => return &e.attrs,
            Expr::Unary(e) => return &e.attrs,
            Expr::Unsafe(e) => return &e.attrs,
            Expr::While(e) => return &e.attrs,
            _ => return &[],
        };
    }
}
