//! What a project says of its own names: `role(…)` and `handler(…)`, in comments or in the
//! configuration.
//!
//! Takes the lowered files; gives each name that was spoken of a meaning, wherever it is used, so that
//! no later stage has to know of it, and tells which functions are handlers. What is said of nothing
//! is a fault. It decides nothing about code.

mod index;
mod rename;
mod vocabulary;

use rustc_hash::FxHashMap;

use self::index::Index;
use self::rename::{Fields, Functions, Variants};
pub use self::vocabulary::{Spoken, Vocabulary};
use crate::ir::comment::{Comment, Directive, TargetKind};
use crate::ir::{Body, ExprId, ExprKind, FileIr, Name, Pat, Stmt};
use crate::levels::nearest;
use crate::names::Names;
use crate::protocol::{MEANINGS, Meaning, Message};
use crate::source::{FileId, Place, Span};

/// What came of it.
#[derive(Default, Debug)]
pub struct Said {
    /// Functions that are handlers, by the place of their name.
    pub(super) handlers: FxHashMap<Place, Message>,
    /// Fields that are spelled like others of another meaning: by the type that owns them.
    pub(super) of_types: FxHashMap<Name, Vec<(Name, Name)>>,
    /// What is wrong with a comment.
    pub faults: Vec<(Place, String)>,
    /// What of the configuration was found nowhere: line and name.
    pub unused: Vec<(u32, String)>,
}

/// Everything that is said, by what it is said of.
#[derive(Default)]
struct Collected {
    fields: Fields,
    functions: Functions,
    variants: Variants,
}

/// Gives the names their meanings.
pub fn apply(files: &mut [Option<FileIr>], names: &mut Names, vocabulary: &Vocabulary) -> Said {
    let mut said = Said::default();
    let mut collected = Collected::default();
    for (slot, ir) in files.iter_mut().enumerate() {
        let Some(ir) = ir.as_mut().filter(|ir| !ir.comments.is_empty()) else { continue };
        let file = FileId(slot as u32);
        let comments = std::mem::take(&mut ir.comments);
        for comment in &comments {
            if let Err(why) = collect(comment, file, ir, names, &mut collected, &mut said) {
                said.faults.push((Place { file, span: comment.span }, why));
            }
        }
        ir.comments = comments;
    }
    let speaks = files.iter().flatten().any(|ir| !ir.comments.is_empty());
    if !speaks && vocabulary.is_empty() {
        return said;
    }
    let index = Index::new(files);
    collected.add_vocabulary(&index, names, vocabulary, &mut said);
    collected.variants.rename(files, &index, names);
    collected.functions.rename(files, &index, names, &mut said);
    collected.fields.rename(files, &index, names, &mut said);
    said
}

/// What one comment says; what is said of a single binding is done at once.
fn collect(
    comment: &Comment,
    file: FileId,
    ir: &mut FileIr,
    names: &mut Names,
    collected: &mut Collected,
    said: &mut Said,
) -> Result<(), String> {
    let place = Place { file, span: comment.span };
    let target = comment.target.map(|target| target.kind);
    match &comment.directive {
        Directive::Role(id) => {
            let meaning = meaning(id)?;
            match target {
                Some(TargetKind::Field { owner, field }) => {
                    collected.fields.add(owner, field, meaning);
                    Ok(())
                }
                Some(TargetKind::Function(name)) => {
                    collected.functions.add(Place { file, span: name }, meaning, Some(place));
                    Ok(())
                }
                Some(TargetKind::Let(pattern) | TargetKind::Parameter(pattern)) => {
                    binding(ir, names, pattern, meaning)
                }
                Some(_) => Err("nothing here has a value: a role is given to a field, a `let`, a \
                                parameter or a function"
                    .to_owned()),
                None => Err(nothing("a field, a `let`, a parameter or a function")),
            }
        }
        Directive::Handler(id) => {
            let message = message(id)?;
            match target {
                Some(TargetKind::Function(name)) => {
                    said.handlers.insert(Place { file, span: name }, message);
                    Ok(())
                }
                Some(TargetKind::Variant { of, variant }) => {
                    collected.variants.add(Some(of), variant, message);
                    Ok(())
                }
                Some(TargetKind::Arm(pattern)) => {
                    let (of, variant) = matched(ir, pattern).ok_or(
                        "the pattern of this arm names no variant that a message could be",
                    )?;
                    collected.variants.add(of, variant, message);
                    Ok(())
                }
                Some(_) => {
                    Err("nothing here receives a message: a handler is a function, an arm of \
                                a `match` or a variant"
                        .to_owned())
                }
                None => Err(nothing("a function, an arm of a `match` or a variant")),
            }
        }
        Directive::Malformed(why) => Err(why.clone()),
        Directive::Allow { .. } if target.is_none() => Err(nothing("an item or a statement")),
        Directive::Allow { .. } => Ok(()),
    }
}

fn nothing(expected: &str) -> String {
    format!("the comment stands on nothing: put it on the line before {expected}, or behind it")
}

/// The meaning of this id.
pub fn meaning(id: &str) -> Result<&'static Meaning, String> {
    Meaning::find(id).ok_or_else(|| unknown("role", id, MEANINGS.iter().map(|m| m.id)))
}

/// The message of this id.
pub fn message(id: &str) -> Result<Message, String> {
    let ids = || Message::ALL.into_iter().map(Message::id);
    Message::find(id).ok_or_else(|| unknown("message", id, ids()))
}

fn unknown<'k>(what: &str, id: &str, known: impl Iterator<Item = &'k str> + Clone) -> String {
    let hint = match nearest(id, known.clone()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => {
            let known: Vec<String> = known.map(|k| format!("`{k}`")).collect();
            format!("known are {}", known.join(", "))
        }
    };
    format!("there is no {what} `{id}`: {hint}")
}

/// The variant that the pattern of an arm names, with its enum as written.
fn matched(ir: &FileIr, pattern: Span) -> Option<(Option<Name>, Name)> {
    let pats = ir.functions.iter().flat_map(|function| &function.body.pats);
    let mut named = pats.filter_map(Pat::named).filter(|(_, span)| pattern.contains(*span));
    // The outermost one stands first, or is the longest.
    let first = named.next()?;
    let (path, _) = named.fold(first, |best, other| {
        let wider = other.1.contains(best.1);
        if wider { other } else { best }
    });
    let (&variant, qualifiers) = path.split_last()?;
    Some((qualifiers.last().copied(), variant))
}

/// Gives the one name that a pattern binds its meaning, as far as it is visible.
fn binding(
    ir: &mut FileIr,
    names: &mut Names,
    pattern: Span,
    meaning: &'static Meaning,
) -> Result<(), String> {
    let bound = |body: &Body| -> Vec<(Name, Span)> {
        let binds = body.pats.iter().filter_map(|pat| match pat {
            Pat::Bind { name, span, .. } => Some((*name, *span)),
            _ => None,
        });
        binds.filter(|(_, span)| pattern.contains(*span)).collect()
    };
    let mut functions = ir.functions.iter_mut().filter(|f| !bound(&f.body).is_empty());
    let Some(function) = functions.next() else {
        return Err("no name is bound here, or the function is not analysed".to_owned());
    };
    let found = bound(&function.body);
    let [(name, at)] = found[..] else {
        return Err(
            "more than one name is bound here: bind the one that has the role by itself".to_owned()
        );
    };
    let whole = function.root.map_or(pattern, |root| function.body.expr(root).span);
    let visible = scope(&function.body, at).unwrap_or(whole);
    let hidden = hidden(&function.body, name, at, visible, whole);
    let new = names.mean(name, meaning.name, Some(meaning));
    for pat in &mut function.body.pats {
        if let Pat::Bind { name: n, span, .. } = pat
            && *n == name
            && *span == at
        {
            *n = new;
        }
    }
    for expr in &mut function.body.exprs {
        let seen = visible.contains(expr.span) && expr.span.start >= at.end;
        if let ExprKind::Path(path) = &mut expr.kind
            && path[..] == [name]
            && seen
            && !hidden.iter().any(|span| span.contains(expr.span))
        {
            path[0] = new;
        }
    }
    Ok(())
}

/// The innermost block with a `let` that binds at this place.
fn scope(body: &Body, at: Span) -> Option<Span> {
    let binds = |stmt: &Stmt| match stmt {
        Stmt::Let { pat, init, .. } => {
            let start = init.map_or(at.end, |init| body.expr(init).span.start);
            at.end <= start && binds_at(body, *pat, at)
        }
        Stmt::Expr(_) => false,
    };
    body.exprs.iter().find_map(|expr| match &expr.kind {
        ExprKind::Block { stmts, .. } if stmts.iter().any(binds) => Some(expr.span),
        _ => None,
    })
}

fn binds_at(body: &Body, pat: crate::ir::PatId, at: Span) -> bool {
    let mut open = vec![pat];
    while let Some(pat) = open.pop() {
        match body.pat(pat) {
            Pat::Bind { span, sub, .. } => {
                if *span == at {
                    return true;
                }
                open.extend(sub);
            }
            Pat::Tuple { elems, .. }
            | Pat::TupleStruct { elems, .. }
            | Pat::Slice { elems, .. }
            | Pat::Or(elems) => open.extend(elems.iter()),
            Pat::Struct { fields, .. } => open.extend(fields.iter().map(|(_, p)| *p)),
            Pat::Wild | Pat::Path { .. } | Pat::Lit(_) | Pat::Opaque => {}
        }
    }
    false
}

/// Where another binding of the same name hides it: from there to the end of what is around that.
fn hidden(body: &Body, name: Name, at: Span, visible: Span, whole: Span) -> Vec<Span> {
    let others = body.pats.iter().filter_map(|pat| match pat {
        Pat::Bind { name: n, span, .. } if *n == name && span.start > at.start => Some(*span),
        _ => None,
    });
    let others = others.filter(|span| visible.contains(*span));
    others
        .map(|other| {
            let around = (0..body.exprs.len() as u32).map(ExprId).map(|id| body.expr(id));
            let around = around.filter(|e| {
                let holds = matches!(
                    e.kind,
                    ExprKind::Block { .. }
                        | ExprKind::Match { .. }
                        | ExprKind::Closure { .. }
                        | ExprKind::If { .. }
                        | ExprKind::For { .. }
                        | ExprKind::While { .. }
                );
                holds && e.span.contains(other)
            });
            let end = around.map(|e| e.span).min_by_key(|s| s.end - s.start).unwrap_or(whole).end;
            Span { start: other.end, end }
        })
        .collect()
}
