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

#[cfg(test)]
mod tests {
    use crate::lower::lower_file;
    use crate::names::{NameCache, Names, SharedNames};
    use crate::source::{FileId, SourceFile, Sources};

    /// How many functions of a text are lowered.
    fn lowered(text: &str) -> usize {
        let names = SharedNames::of(Names::default());
        let source = SourceFile::new("x.rs".to_owned(), "x.rs".into(), text.into());
        let sources = Sources { files: vec![source.into()], bases: Vec::new() };
        let ir = lower_file(&sources, FileId(0), &mut NameCache::new(&names));
        ir.expect("the text can be parsed").functions.len()
    }

    #[test]
    fn what_is_in_no_release_build_is_left_out() {
        for text in [
            "#[test] fn f() { g() }",
            "#[tokio::test(flavor = \"x\")] async fn f() { g() }",
            "#[cfg(test)] mod m { fn f() { g() } }",
            "#[cfg(test)] fn f() { g() }",
            "#[cfg(debug_assertions)] fn f() { g() }",
            "#[cfg(all(test, unix))] impl S { fn f() { g() } }",
            "impl S { #[cfg(test)] fn f() { g() } }",
            "trait T { #[cfg(test)] fn f() { g() } }",
            "#[cfg(test)] trait T { fn f() { g() } }",
        ] {
            assert_eq!(lowered(text), 0, "{text}");
            // A comment to the lint keeps the text as it is.
            assert_eq!(lowered(&format!("{text} // raft-lint: role(x)")), 0, "{text}");
        }
        for text in [
            "#[cfg(not(test))] fn f() { g() }",
            "#[cfg(any(test, unix))] fn f() { g() }",
            "trait T { #[inline] fn f() { g() } }",
        ] {
            assert_eq!(lowered(text), 1, "{text}");
        }
    }
}
