//! What takes a piece of evidence out of a text: mutants, each of which replaces it by something that
//! asks nothing.
//!
//! Which outcome lets the effect through is not known here, so there is a mutant for each.

use std::ops::Range;

use crate::forms::{Form, Forms, Match};
use crate::lint::Replacements;

/// What is put in the place of what.
#[derive(Clone, Debug)]
pub(crate) struct Removal {
    pub(crate) edits: Replacements,
    /// In words.
    pub(crate) text: String,
}

/// Pieces inside of an evidence that are tried at most.
const MAX_INSIDE: usize = 16;

/// The ways of taking out what stands there, in groups: the more direct ones first. What would take the
/// `effect` out with it is none.
pub(crate) fn removals(
    text: &str,
    forms: &Forms,
    range: &Range<usize>,
    effect: Option<&Range<usize>>,
) -> Vec<Vec<Removal>> {
    let here = forms.at(range);
    let mut groups: Vec<Vec<Removal>> = Vec::new();
    for kind in ORDER {
        let all = here.iter().filter(|form| kind(form)).flat_map(|form| of(text, form, range));
        groups.push(all.collect());
    }
    groups.push(inside(text, forms, range));
    let keeps = |removal: &Removal| {
        let hides = |effect: &Range<usize>, (range, _): &(Range<usize>, String)| {
            range.start <= effect.start && effect.end <= range.end
        };
        !effect.is_some_and(|effect| removal.edits.iter().any(|edit| hides(effect, edit)))
    };
    for group in &mut groups {
        group.retain(keeps);
    }
    groups.retain(|group| !group.is_empty());
    groups
}

/// Which form counts where something has several.
const ORDER: &[fn(&Form) -> bool] = &[
    |form| matches!(form, Form::Condition),
    |form| matches!(form, Form::Order),
    |form| matches!(form, Form::Bound(_)),
    |form| matches!(form, Form::Filter(_)),
    |form| matches!(form, Form::Let(_)),
    |form| matches!(form, Form::Arm(_)),
    |form| matches!(form, Form::Statement(_)),
    |form| matches!(form, Form::Presence | Form::Outcome),
];

/// The questions and bounds inside of something that has no form of its own.
fn inside(text: &str, forms: &Forms, range: &Range<usize>) -> Vec<Removal> {
    let telling = |form: &Form| {
        matches!(
            form,
            Form::Condition | Form::Order | Form::Bound(_) | Form::Filter(_) | Form::Arm(_)
        )
    };
    let all = forms.inside(range).into_iter().filter(|(_, form)| telling(form));
    all.take(MAX_INSIDE).flat_map(|(range, form)| of(text, form, &range)).collect()
}

/// The ways of taking out a form.
fn of(text: &str, form: &Form, range: &Range<usize>) -> Vec<Removal> {
    let with = |new: &str| replaced(text, range.clone(), new);
    match form {
        Form::Condition => vec![with("true"), with("false")],
        Form::Order => {
            ["Less", "Equal", "Greater"].map(|o| with(&format!("std::cmp::Ordering::{o}"))).into()
        }
        Form::Bound(operands) => {
            operands.iter().map(|operand| with(&format!("({})", &text[operand.clone()]))).collect()
        }
        Form::Filter(rest) => vec![with(&text[rest.clone()])],
        Form::Let(matched) => of_let(text, matched),
        Form::Arm(arm) => of_arm(text, arm),
        Form::Statement(statement) => vec![replaced(text, statement.clone(), "{}")],
        Form::Presence => vec![with("Some(Default::default())"), with("None")],
        Form::Outcome => vec![with("Ok(Default::default())"), with("Err(Default::default())")],
        Form::Number | Form::Other => Vec::new(),
    }
}

fn of_let(text: &str, matched: &Match) -> Vec<Removal> {
    let mut all = Vec::new();
    match (&matched.whole, matched.binds) {
        (Some(whole), false) => {
            all.extend(["true", "false"].map(|new| replaced(text, whole.clone(), new)));
        }
        (Some(whole), true) => all.push(replaced(text, whole.clone(), "false")),
        (None, _) => {}
    }
    if let (Some(wrapper), Some(value)) = (&matched.wrapper, &matched.other)
        && matched.binds
    {
        let new = format!("{wrapper}(({}).unwrap_or_default())", &text[value.clone()]);
        all.push(replaced(text, value.clone(), &new));
    }
    all
}

/// An arm that takes everything, and one that takes nothing.
fn of_arm(text: &str, arm: &Match) -> Vec<Removal> {
    let mut all = Vec::new();
    let guard = arm.other.clone().map(|guard| (guard, "true".to_owned()));
    if !arm.binds {
        let mut edits = vec![(arm.pattern.clone(), "_".to_owned())];
        edits.extend(guard);
        all.push(Removal { edits, text: format!("`{}` => `_`", &text[arm.pattern.clone()]) });
    }
    all.push(match &arm.other {
        Some(guard) => replaced(text, guard.clone(), "false"),
        None => {
            let pattern = text[arm.pattern.clone()].to_owned();
            replaced(text, arm.pattern.clone(), &format!("{pattern} if false"))
        }
    });
    all
}

fn replaced(text: &str, range: Range<usize>, new: &str) -> Removal {
    let old = text[range.clone()].split_whitespace().collect::<Vec<_>>().join(" ");
    let short = |text: &str| text.chars().take(80).collect::<String>();
    Removal { text: format!("`{}` => `{}`", short(&old), short(new)), edits: vec![(range, new.to_owned())] }
}
