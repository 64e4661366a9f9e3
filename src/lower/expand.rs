//! A project's own checks: `macro_rules` of one rule with a `return` in it (`check_term!(self, term)`)
//! are expanded where they are called, because they decide whether the handler goes on.

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use rustc_hash::{FxHashMap, FxHashSet};

use super::body::BodyLowering;
use super::macros::{always_leaves, is_for_debug_builds, own_macros};
use crate::ir::ExprKind;

/// Macros called by macros deeper than this are not expanded.
const MAX_DEPTH: u8 = 3;
/// Nor are more than this in one file.
const MAX_CALLS: u16 = 400;
/// Nor is what has more tokens or nests deeper than this.
const MAX_TOKENS: usize = 1000;
const MAX_NESTING: usize = 60;

/// A macro of one rule, whose parameters stand apart by commas.
pub(super) struct OwnMacro {
    /// Their names, and whether they are expressions.
    params: Vec<(String, bool)>,
    body: TokenStream,
}

/// A file's own macros: what is known of them, and how often they were expanded.
#[derive(Default)]
pub(super) struct OwnMacros {
    /// Those that can be expanded: they return from the function in which they are called.
    known: FxHashMap<String, OwnMacro>,
    /// Those that always leave the function.
    leaving: FxHashSet<String>,
    /// Those that do nothing in a release build.
    debug: FxHashSet<String>,
    depth: u8,
    calls: u16,
}

impl OwnMacros {
    /// Those of a file.
    pub(super) fn of(items: &[syn::Item]) -> Self {
        let mut macros = OwnMacros::default();
        own_macros(items, &mut |mac| {
            let (Some(ident), rules) = (&mac.ident, &mac.mac.tokens) else { return };
            if let Some(own) = OwnMacro::parse(rules) {
                macros.known.insert(ident.to_string(), own);
            }
            if always_leaves(rules) {
                macros.leaving.insert(ident.to_string());
            }
            if is_for_debug_builds(rules) {
                macros.debug.insert(ident.to_string());
            }
        });
        macros
    }

    /// Whether a macro of this name always leaves the function.
    pub(super) fn always_leaves(&self, name: &str) -> bool {
        self.leaving.contains(name)
    }

    /// Whether a macro of this name does nothing in a release build.
    pub(super) fn is_for_debug_builds(&self, name: &str) -> bool {
        self.debug.contains(name)
    }
}

impl OwnMacro {
    fn parse(rules: &TokenStream) -> Option<Self> {
        let mut tokens = rules.clone().into_iter();
        let TokenTree::Group(pattern) = tokens.next()? else { return None };
        let arrow = [tokens.next()?, tokens.next()?];
        let TokenTree::Group(body) = tokens.next()? else { return None };
        let more = tokens.any(|t| matches!(t, TokenTree::Group(_)));
        let is_arrow = arrow.iter().all(|t| matches!(t, TokenTree::Punct(_)));
        if more || !is_arrow || !returns(&body.stream()) {
            return None;
        }
        Some(OwnMacro { params: params(&pattern.stream())?, body: body.stream() })
    }

    /// The expansion of a call.
    fn expand(&self, call: &TokenStream) -> Option<TokenStream> {
        let mut args: Vec<TokenStream> = vec![TokenStream::new()];
        for token in call.clone() {
            match (&token, args.last_mut()) {
                (TokenTree::Punct(p), _) if p.as_char() == ',' => args.push(TokenStream::new()),
                (_, Some(last)) => last.extend([token]),
                _ => return None,
            }
        }
        args.pop_if(|last| last.is_empty());
        if args.len() != self.params.len() {
            return None;
        }
        let mut left = MAX_TOKENS;
        let args: Option<Vec<Arg>> = args.into_iter().map(|arg| Arg::of(arg, left)).collect();
        let expansion = substitute(&self.body, &self.params, &args?, &mut left)?;
        tokens_in(&expansion, MAX_NESTING)?;
        Some(expansion)
    }
}

/// What is written for a parameter.
struct Arg {
    tokens: TokenStream,
    size: usize,
}

impl Arg {
    /// `None` if it has more tokens than are `left`, or nests too deep.
    fn of(tokens: TokenStream, left: usize) -> Option<Self> {
        let size = tokens_in(&tokens, MAX_NESTING).filter(|size| *size <= left)?;
        Some(Arg { tokens, size })
    }
}

/// How many tokens there are; `None` if they nest deeper than `left`.
fn tokens_in(stream: &TokenStream, left: usize) -> Option<usize> {
    let mut count = 0;
    for token in stream.clone() {
        count += 1;
        if let TokenTree::Group(group) = token {
            count += tokens_in(&group.stream(), left.checked_sub(1)?)?;
        }
    }
    Some(count)
}

fn returns(body: &TokenStream) -> bool {
    body.clone().into_iter().any(|token| match token {
        TokenTree::Ident(ident) => ident == "return",
        TokenTree::Group(group) => returns(&group.stream()),
        _ => false,
    })
}

/// `$a:expr, $b:ident`; `None` for anything else.
fn params(pattern: &TokenStream) -> Option<Vec<(String, bool)>> {
    let mut params = Vec::new();
    let mut tokens = pattern.clone().into_iter();
    while let Some(dollar) = tokens.next() {
        let colon = |t: &TokenTree| matches!(t, TokenTree::Punct(p) if p.as_char() == ':');
        let TokenTree::Punct(p) = dollar else { return None };
        let TokenTree::Ident(name) = tokens.next()? else { return None };
        if p.as_char() != '$' || !colon(&tokens.next()?) {
            return None;
        }
        let TokenTree::Ident(kind) = tokens.next()? else { return None };
        params.push((name.to_string(), kind == "expr"));
        match tokens.next() {
            None => break,
            Some(TokenTree::Punct(p)) if p.as_char() == ',' => {}
            Some(_) => return None,
        }
    }
    Some(params)
}

/// The body with its parameters replaced; `None` if that gives more tokens than are `left`. They are
/// counted before they are made.
fn substitute(
    body: &TokenStream,
    params: &[(String, bool)],
    args: &[Arg],
    left: &mut usize,
) -> Option<TokenStream> {
    let mut out = TokenStream::new();
    let mut tokens = body.clone().into_iter();
    while let Some(token) = tokens.next() {
        *left = left.checked_sub(1)?;
        match token {
            TokenTree::Punct(p) if p.as_char() == '$' => {
                let TokenTree::Ident(name) = tokens.next()? else { return None };
                let at = params.iter().position(|(param, _)| name == param)?;
                *left = left.checked_sub(args[at].size)?;
                let arg = placed(&args[at].tokens, name.span());
                if params[at].1 && arg.clone().into_iter().nth(1).is_some() {
                    let mut group = Group::new(Delimiter::Parenthesis, arg);
                    group.set_span(name.span());
                    out.extend([TokenTree::Group(group)]);
                } else {
                    out.extend(arg);
                }
            }
            TokenTree::Group(group) => {
                let inner = substitute(&group.stream(), params, args, left)?;
                let mut copy = Group::new(group.delimiter(), inner);
                copy.set_span(group.span());
                out.extend([TokenTree::Group(copy)]);
            }
            other => out.extend([other]),
        }
    }
    Some(out)
}

/// The tokens as if they stood where the parameter does: what is shown is the macro's own text.
fn placed(tokens: &TokenStream, span: Span) -> TokenStream {
    let place = |token: TokenTree| match token {
        TokenTree::Group(group) => {
            let mut copy = Group::new(group.delimiter(), placed(&group.stream(), span));
            copy.set_span(span);
            TokenTree::Group(copy)
        }
        mut other => {
            other.set_span(span);
            other
        }
    };
    tokens.clone().into_iter().map(place).collect()
}

impl BodyLowering<'_, '_, '_, '_> {
    /// The block that a call of the file's own check stands for.
    pub(super) fn expansion(&mut self, name: &str, call: &TokenStream) -> Option<ExprKind> {
        let own = &mut self.file.own_macros;
        if own.depth >= MAX_DEPTH || own.calls >= MAX_CALLS {
            return None;
        }
        let tokens = own.known.get(name)?.expand(call)?;
        own.calls += 1;
        let mut braces = Group::new(Delimiter::Brace, tokens);
        braces.set_span(call.clone().into_iter().next()?.span());
        let block: syn::Block = syn::parse2(TokenTree::Group(braces).into()).ok()?;
        let block = syn::ExprBlock { attrs: Vec::new(), label: None, block };
        self.file.own_macros.depth += 1;
        let inner = self.owned_expr(&syn::Expr::Block(block));
        self.file.own_macros.depth -= 1;
        Some(ExprKind::Block { label: None, stmts: Box::new([]), tail: Some(inner) })
    }
}
