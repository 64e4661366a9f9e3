//! What stands in a text where, as far as it can be taken out: conditions, comparisons of three
//! outcomes, bounds, patterns, calls, statements.
//!
//! Takes the text of a file; gives for a range the forms in which it stands there.

mod reader;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use raft_lint::tokens;
use syn::visit::Visit;

use reader::Reader;

/// What a range is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Form {
    /// True or false.
    Condition,
    /// Less, equal or greater.
    Order,
    /// The greater or smaller of several.
    Bound(Vec<Range<usize>>),
    /// `value.filter(…)`: what is left without it.
    Filter(Range<usize>),
    /// `let PATTERN = VALUE`, that has to match.
    Let(Match),
    /// The pattern of an arm, with its guard.
    Arm(Match),
    /// A statement that does nothing else, and what its value is taken for.
    Statement(Range<usize>),
    /// A call that gives an `Option`.
    Presence,
    /// A call that gives a `Result`.
    Outcome,
    /// An operator, and others that could stand in its place.
    Operator(&'static [&'static str]),
    /// A whole number that stands there.
    Literal(u64),
    /// What is assigned.
    Value,
    /// Anything else.
    Other,
}

/// A pattern that has to match.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Match {
    pub(crate) pattern: Range<usize>,
    /// What is matched; the guard of an arm.
    pub(crate) other: Option<Range<usize>>,
    /// The constructor around a single pattern: `Some`, `Ok`.
    pub(crate) wrapper: Option<String>,
    pub(crate) binds: bool,
    /// `let PATTERN = VALUE`, where it is a condition.
    pub(crate) whole: Option<Range<usize>>,
    /// Of an arm: what its `match` asks, and the pattern of the last arm.
    pub(crate) scrutinee: Option<(Range<usize>, Box<Form>)>,
    pub(crate) last: Option<Range<usize>>,
}

/// What functions of these names return, if all of the name return the same.
pub(crate) type Returns = BTreeMap<String, Option<Form>>;

/// The forms of a text.
pub(crate) struct Forms {
    all: BTreeMap<(usize, usize), Vec<Form>>,
    functions: Vec<(String, Range<usize>)>,
}

impl Forms {
    pub(crate) fn of(text: &str, returns: &Returns) -> Option<Forms> {
        let file = syn::parse_file(text).ok()?;
        let mut reader = Reader::new(returns);
        reader.visit_file(&file);
        let Reader { conditions, forms: mut all, functions, .. } = reader;
        for range in conditions {
            let here = all.entry(range).or_default();
            if !here.contains(&Form::Condition) {
                here.insert(0, Form::Condition);
            }
        }
        Some(Forms { all, functions })
    }

    /// The function around.
    pub(crate) fn function_around(&self, range: &Range<usize>) -> Option<Range<usize>> {
        let around = |f: &&Range<usize>| f.start <= range.start && range.end <= f.end;
        self.functions.iter().map(|(_, f)| f).filter(around).min_by_key(|f| f.len()).cloned()
    }

    /// These functions, and those of the same file that they name, and what those name.
    pub(crate) fn with_called(&self, text: &str, some: Vec<Range<usize>>) -> Vec<Range<usize>> {
        let mut all = some;
        let mut at = 0;
        while at < all.len() {
            let body = all[at].clone();
            at += 1;
            let words: BTreeSet<&str> = tokens::spans(&text[body.clone()])
                .into_iter()
                .map(|span| &text[body.clone()][span])
                .collect();
            for (name, function) in &self.functions {
                if words.contains(name.as_str()) && !all.contains(function) {
                    all.push(function.clone());
                }
            }
        }
        all
    }

    /// What stands exactly there, the most telling first.
    pub(crate) fn at(&self, range: &Range<usize>) -> &[Form] {
        self.all.get(&(range.start, range.end)).map_or(&[], Vec::as_slice)
    }

    /// What stands inside, from left to right.
    pub(crate) fn inside(&self, range: &Range<usize>) -> Vec<(Range<usize>, &Form)> {
        let is_inside = |at: &(usize, usize)| {
            range.start <= at.0 && at.1 <= range.end && *at != (range.start, range.end)
        };
        let all = self.all.iter().filter(|(at, _)| is_inside(at));
        all.flat_map(|(at, forms)| forms.iter().map(|form| (at.0..at.1, form))).collect()
    }
}

/// What the functions of a text return.
pub(crate) fn returns(text: &str, all: &mut Returns) {
    struct Signatures<'r>(&'r mut Returns);
    impl Visit<'_> for Signatures<'_> {
        fn visit_signature(&mut self, signature: &syn::Signature) {
            let form = match &signature.output {
                syn::ReturnType::Default => None,
                syn::ReturnType::Type(_, ty) => returned(ty),
            };
            let known = self.0.entry(signature.ident.to_string()).or_insert_with(|| form.clone());
            if *known != form {
                *known = None;
            }
        }
    }
    if let Ok(file) = syn::parse_file(text) {
        Signatures(all).visit_file(&file);
    }
}

fn returned(ty: &syn::Type) -> Option<Form> {
    let syn::Type::Path(path) = ty else { return None };
    match path.path.segments.last()?.ident.to_string().as_str() {
        "bool" => Some(Form::Condition),
        "Ordering" => Some(Form::Order),
        "Option" => Some(Form::Presence),
        name if name.ends_with("Result") => Some(Form::Outcome),
        _ => None,
    }
}
