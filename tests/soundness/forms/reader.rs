//! Walks over a text and notes what stands where.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use syn::parse::{ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{BinOp, Expr, Pat, Stmt, Token, UnOp};

use super::{Form, Match, Returns};

/// Methods of the library that tell true or false.
const TELLING: &[&str] = &[
    "all",
    "any",
    "contains",
    "contains_key",
    "ends_with",
    "eq",
    "ge",
    "gt",
    "insert",
    "is_empty",
    "is_eq",
    "is_err",
    "is_err_and",
    "is_ge",
    "is_gt",
    "is_le",
    "is_lt",
    "is_ne",
    "is_none",
    "is_none_or",
    "is_ok",
    "is_ok_and",
    "is_some",
    "is_some_and",
    "is_subset",
    "is_superset",
    "le",
    "lt",
    "ne",
    "starts_with",
];
/// Methods whose closure tells true or false.
const ASKING: &[&str] = &[
    "all",
    "any",
    "filter",
    "find",
    "is_err_and",
    "is_none_or",
    "is_ok_and",
    "is_some_and",
    "map_or",
    "position",
    "retain",
    "rposition",
    "skip_while",
    "take_while",
    "take_if",
];

/// Reads the forms of a text.
pub(super) struct Reader<'r> {
    returns: &'r Returns,
    pub(super) conditions: BTreeSet<(usize, usize)>,
    pub(super) forms: BTreeMap<(usize, usize), Vec<Form>>,
    pub(super) functions: Vec<(String, Range<usize>)>,
}

impl<'r> Reader<'r> {
    pub(super) fn new(returns: &'r Returns) -> Self {
        Reader {
            returns,
            conditions: BTreeSet::new(),
            forms: BTreeMap::new(),
            functions: Vec::new(),
        }
    }

    fn add(&mut self, range: Range<usize>, form: Form) {
        self.forms.entry((range.start, range.end)).or_default().push(form);
    }

    /// This has to be true or false.
    fn condition(&mut self, expr: &Expr) {
        match expr {
            Expr::Let(_) => {}
            Expr::Paren(paren) => self.condition(&paren.expr),
            Expr::Block(block) => {
                if let Some(Stmt::Expr(last, None)) = block.block.stmts.last() {
                    self.condition(last);
                }
            }
            _ => {
                let range = expr.span().byte_range();
                self.conditions.insert((range.start, range.end));
            }
        }
    }

    fn macro_call(&mut self, mac: &syn::Macro) {
        let name = mac.path.segments.last().map(|s| s.ident.to_string()).unwrap_or_default();
        if name == "matches" {
            let _ = matched.parse2(mac.tokens.clone()).map(|(value, pattern, guard)| {
                self.visit_expr(&value);
                let asked = (value.span().byte_range(), self.form(&value));
                self.arm(&pattern, guard.as_ref(), asked, None);
            });
            return;
        }
        let parser = Punctuated::<Expr, Token![,]>::parse_terminated;
        let Ok(arguments) = parser.parse2(mac.tokens.clone()) else { return };
        if let Some(first) = arguments.first()
            && (name.ends_with("assert") || name.contains("ensure"))
        {
            self.condition(first);
        }
        for argument in &arguments {
            self.visit_expr(argument);
        }
    }

    fn arm(
        &mut self,
        pattern: &Pat,
        guard: Option<&Expr>,
        scrutinee: (Range<usize>, Form),
        last: Option<Range<usize>>,
    ) {
        let range = pattern.span().byte_range();
        let form = Match {
            pattern: range.clone(),
            other: guard.map(|guard| guard.span().byte_range()),
            wrapper: wrapper(pattern),
            binds: binds(pattern),
            whole: None,
            scrutinee: Some((scrutinee.0, Box::new(scrutinee.1))),
            last,
        };
        self.add(range, Form::Arm(form));
        if let Pat::Tuple(tuple) = pattern {
            for part in &tuple.elems {
                let (pattern, binds) = (part.span().byte_range(), binds(part));
                self.add(pattern.clone(), Form::Arm(Match { pattern, binds, ..Match::default() }));
            }
        }
        if let Some(guard) = guard {
            self.condition(guard);
            self.visit_expr(guard);
        }
    }

    fn matched(&mut self, pattern: &Pat, value: &Expr, whole: Option<Range<usize>>) {
        let (pattern_range, value_range) = (pattern.span().byte_range(), value.span().byte_range());
        let form = Form::Let(Match {
            pattern: pattern_range.clone(),
            other: Some(value_range.clone()),
            wrapper: wrapper(pattern),
            binds: binds(pattern),
            whole: whole.clone(),
            ..Match::default()
        });
        for range in [Some(pattern_range), Some(value_range), whole].into_iter().flatten() {
            self.add(range, form.clone());
        }
    }

    fn form(&self, expr: &Expr) -> Form {
        let range = |expr: &Expr| expr.span().byte_range();
        let returned = |name: &str| self.returns.get(name).cloned().flatten();
        match expr {
            Expr::Binary(binary) if tells(&binary.op) => Form::Condition,
            Expr::Paren(paren) => self.form(&paren.expr),
            Expr::Unary(unary) if matches!(unary.op, UnOp::Not(_)) => Form::Condition,
            Expr::Macro(mac) if mac.mac.path.is_ident("matches") => Form::Condition,
            Expr::MethodCall(call) => {
                let name = call.method.to_string();
                match name.as_str() {
                    "cmp" => Form::Order,
                    "min" | "max" if call.args.len() == 1 => {
                        Form::Bound(vec![range(&call.receiver), range(&call.args[0])])
                    }
                    "clamp" if call.args.len() == 2 => Form::Bound(vec![
                        range(&call.receiver),
                        range(&call.args[0]),
                        range(&call.args[1]),
                    ]),
                    "filter" => Form::Filter(range(&call.receiver)),
                    name if TELLING.contains(&name) => Form::Condition,
                    "map_or" if call.args.first().is_some_and(is_bool) => Form::Condition,
                    name => returned(name).unwrap_or(Form::Other),
                }
            }
            Expr::Call(call) => {
                let Expr::Path(path) = &*call.func else { return Form::Other };
                let name =
                    path.path.segments.last().map(|s| s.ident.to_string()).unwrap_or_default();
                match name.as_str() {
                    "min" | "max" => Form::Bound(call.args.iter().map(range).collect()),
                    name => returned(name).unwrap_or(Form::Other),
                }
            }
            _ => Form::Other,
        }
    }
}

impl<'a> Visit<'a> for Reader<'_> {
    fn visit_expr(&mut self, expr: &'a Expr) {
        self.add(expr.span().byte_range(), self.form(expr));
        match expr {
            Expr::If(branch) => self.condition(&branch.cond),
            Expr::While(repeated) => self.condition(&repeated.cond),
            Expr::Binary(binary) => {
                let others: &[&str] = match binary.op {
                    BinOp::And(_) | BinOp::Or(_) => {
                        self.condition(&binary.left);
                        self.condition(&binary.right);
                        &[]
                    }
                    BinOp::Gt(_) => &[">=", "<"],
                    BinOp::Ge(_) => &[">", "<="],
                    BinOp::Lt(_) => &["<=", ">"],
                    BinOp::Le(_) => &["<", ">="],
                    BinOp::AddAssign(_) => &["-="],
                    _ => &[],
                };
                if !others.is_empty() {
                    self.add(binary.op.span().byte_range(), Form::Operator(others));
                }
            }
            Expr::Unary(unary) if matches!(unary.op, UnOp::Not(_)) => self.condition(&unary.expr),
            Expr::Let(matched) => {
                let whole = expr.span().byte_range();
                self.matched(&matched.pat, &matched.expr, Some(whole));
            }
            Expr::MethodCall(call) if ASKING.contains(&call.method.to_string().as_str()) => {
                if let Some(Expr::Closure(closure)) = call.args.last() {
                    self.condition(&closure.body);
                }
            }
            Expr::Match(matched) => {
                let asked = (matched.expr.span().byte_range(), self.form(&matched.expr));
                let plain = |arm: &syn::Arm| match &arm.pat {
                    Pat::Guard(_) => None,
                    pattern => (!binds(pattern)).then(|| pattern.span().byte_range()),
                };
                let last = matched.arms.last().and_then(plain);
                for arm in &matched.arms {
                    let (pattern, guard) = match &arm.pat {
                        Pat::Guard(guarded) => (&*guarded.pat, Some(&*guarded.guard)),
                        pattern => (pattern, None),
                    };
                    self.arm(pattern, guard, asked.clone(), last.clone());
                }
            }
            Expr::Assign(assign) => self.add(assign.right.span().byte_range(), Form::Value),
            Expr::Lit(lit) => {
                if let syn::Lit::Int(int) = &lit.lit
                    && let Ok(number) = int.base10_parse()
                {
                    self.add(lit.span().byte_range(), Form::Literal(number));
                }
            }
            Expr::Macro(mac) => self.macro_call(&mac.mac),
            _ => {}
        }
        visit::visit_expr(self, expr);
    }

    fn visit_item_fn(&mut self, function: &'a syn::ItemFn) {
        self.functions.push((function.sig.ident.to_string(), function.span().byte_range()));
        visit::visit_item_fn(self, function);
    }

    fn visit_impl_item_fn(&mut self, function: &'a syn::ImplItemFn) {
        self.functions.push((function.sig.ident.to_string(), function.span().byte_range()));
        visit::visit_impl_item_fn(self, function);
    }

    fn visit_trait_item_fn(&mut self, function: &'a syn::TraitItemFn) {
        self.functions.push((function.sig.ident.to_string(), function.span().byte_range()));
        visit::visit_trait_item_fn(self, function);
    }

    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        let range = stmt.span().byte_range();
        match stmt {
            Stmt::Expr(expr, end) if end.is_some() || matches!(expr, Expr::Assign(_)) => {
                for core in cores(expr) {
                    self.add(core.span().byte_range(), Form::Statement(range.clone()));
                }
            }
            Stmt::Local(local) => {
                if let Some(init) = &local.init {
                    if init.diverge.is_some() {
                        self.matched(&local.pat, &init.expr, None);
                    }
                    if matches!(local.pat, Pat::Wild(_)) {
                        for core in cores(&init.expr) {
                            self.add(core.span().byte_range(), Form::Statement(range.clone()));
                        }
                    }
                }
            }
            Stmt::Macro(mac) => {
                let whole = mac.mac.span().byte_range();
                self.add(whole, Form::Statement(range));
                self.macro_call(&mac.mac);
            }
            Stmt::Expr(..) | Stmt::Item(_) => {}
        }
        visit::visit_stmt(self, stmt);
    }
}

/// A statement's expression, and what it only hands on: `f()` in `f().await?`.
fn cores(expr: &Expr) -> Vec<&Expr> {
    let mut all = Vec::new();
    let mut at = expr;
    loop {
        // What has a body of its own is more than itself.
        if matches!(at, Expr::If(_) | Expr::Match(_) | Expr::Block(_) | Expr::Return(_)) {
            return all;
        }
        all.push(at);
        at = match at {
            Expr::Try(tried) => &tried.expr,
            Expr::Await(awaited) => &awaited.base,
            Expr::Assign(assign) => {
                all.push(&assign.right);
                return all;
            }
            _ => return all,
        };
    }
}

type Matched = (Expr, Pat, Option<Expr>);

/// What stands in `matches!`.
fn matched(input: ParseStream<'_>) -> syn::Result<Matched> {
    let value: Expr = input.parse()?;
    input.parse::<Token![,]>()?;
    let pattern = Pat::parse_multi_with_leading_vert(input)?;
    let guard = match input.parse::<Option<Token![if]>>()? {
        Some(_) => Some(input.parse()?),
        None => None,
    };
    input.parse::<Option<Token![,]>>()?;
    Ok((value, pattern, guard))
}

fn tells(op: &BinOp) -> bool {
    use BinOp::{And, Eq, Ge, Gt, Le, Lt, Ne, Or};
    matches!(op, And(_) | Or(_) | Eq(_) | Ne(_) | Lt(_) | Le(_) | Gt(_) | Ge(_))
}

fn is_bool(expr: &Expr) -> bool {
    matches!(expr, Expr::Lit(lit) if matches!(lit.lit, syn::Lit::Bool(_)))
}

fn wrapper(pattern: &Pat) -> Option<String> {
    let Pat::TupleStruct(tuple) = pattern else { return None };
    let name = tuple.path.segments.last()?.ident.to_string();
    (tuple.elems.len() == 1 && ["Some", "Ok"].contains(&name.as_str())).then_some(name)
}

/// Whether a pattern gives something a name.
fn binds(pattern: &Pat) -> bool {
    struct Names(bool);
    impl Visit<'_> for Names {
        fn visit_pat_ident(&mut self, ident: &syn::PatIdent) {
            // A constant or a variant is no new name.
            self.0 |= ident.ident.to_string().starts_with(|c: char| c.is_lowercase() || c == '_');
        }
    }
    let mut names = Names(false);
    names.visit_pat(pattern);
    names.0
}
