//! What takes a piece of evidence out of a text: mutants, each of which replaces it by something that
//! asks nothing.
//!
//! Which outcome lets the effect through is not known here, so there is a mutant for each.

use std::collections::HashSet;
use std::ops::Range;

use raft_lint::source::beginning;

use crate::forms::{Form, Forms, Match};
use crate::lint::Replacements;

/// What is put in the place of what.
#[derive(Clone, Debug)]
pub(crate) struct Removal {
    pub(crate) edits: Replacements,
    /// In words.
    pub(crate) text: String,
    /// Whether something is really gone then: another number or operator may be as good.
    pub(crate) is_decisive: bool,
}

/// The checks around that are tried at most.
const MAX_AROUND: usize = 60;

/// The ways of taking out what stands there, in groups: the more direct ones first. What would take the
/// `effect` out with it is none.
pub(crate) fn direct(
    text: &str,
    forms: &Forms,
    range: &Range<usize>,
    effect: Option<&Range<usize>>,
) -> Vec<Vec<Removal>> {
    let here = forms.at(range);
    let of_kind = |kind: &fn(&Form) -> bool| {
        let all = here.iter().filter(|form| kind(form)).flat_map(|form| of(text, form, range));
        all.collect::<Vec<_>>()
    };
    keep(DIRECT.iter().map(of_kind).collect(), effect)
}

/// What is in something that is an effect itself: its questions and bounds, its numbers and its value; or
/// the effect is a call, and `is_result` says that what it returns is the evidence.
pub(crate) fn within(
    text: &str,
    forms: &Forms,
    range: &Range<usize>,
    effect: Option<&Range<usize>>,
    is_result: bool,
) -> Vec<Vec<Removal>> {
    let inside = |kind: fn(&Form) -> bool| {
        let all = forms.inside(range).into_iter().filter(move |(_, form)| kind(form));
        all.flat_map(|(range, form)| of(text, form, &range)).collect::<Vec<_>>()
    };
    if is_result {
        return vec![vec![dropped(text, range)]];
    }
    let groups = vec![inside(asks), inside(counts), inside(|form| matches!(form, Form::Value))];
    keep(groups, effect)
}

/// The checks in some functions, their numbers, and their statements.
pub(crate) fn around(
    text: &str,
    forms: &Forms,
    functions: &[Range<usize>],
    effect: Option<&Range<usize>>,
) -> Vec<Vec<Removal>> {
    let group = |kind: fn(&Form) -> bool| {
        let inside = functions.iter().flat_map(|function| forms.inside(function));
        let all = inside.filter(|(_, form)| kind(form)).take(MAX_AROUND);
        all.flat_map(|(range, form)| of(text, form, &range)).collect()
    };
    let is_statement = |form: &Form| matches!(form, Form::Statement(_));
    keep(vec![group(asks), group(counts), group(is_statement)], effect)
}

/// Whether a form is the strictness of a comparison, or a number.
fn counts(form: &Form) -> bool {
    matches!(form, Form::Operator(_) | Form::Literal(_))
}

/// Whether a form is a question or a bound.
fn asks(form: &Form) -> bool {
    use Form::{Arm, Bound, Condition, Filter, Let, Order};
    matches!(form, Condition | Order | Bound(_) | Filter(_) | Arm(_) | Let(_))
}

/// What leaves the effect where it is.
fn keep(mut groups: Vec<Vec<Removal>>, effect: Option<&Range<usize>>) -> Vec<Vec<Removal>> {
    let hides = |effect: &Range<usize>, (range, _): &(Range<usize>, String)| {
        range.start <= effect.start && effect.end <= range.end
    };
    let keeps = |removal: &Removal| {
        !effect.is_some_and(|effect| removal.edits.iter().any(|edit| hides(effect, edit)))
    };
    let mut known = HashSet::new();
    for group in &mut groups {
        group.retain(|removal| keeps(removal) && known.insert(removal.edits.clone()));
    }
    groups.retain(|group| !group.is_empty());
    groups
}

/// Which form counts where something has several.
const DIRECT: &[fn(&Form) -> bool] = &[
    |form| matches!(form, Form::Condition),
    |form| matches!(form, Form::Order),
    |form| matches!(form, Form::Bound(_)),
    |form| matches!(form, Form::Filter(_)),
    |form| matches!(form, Form::Let(_)),
    |form| matches!(form, Form::Arm(_)),
    |form| matches!(form, Form::Statement(_)),
    |form| matches!(form, Form::Presence | Form::Outcome),
];

/// The same call, and nobody looks at what it says.
fn dropped(text: &str, range: &Range<usize>) -> Removal {
    let Range { start, end } = *range;
    let edits = vec![
        (start..start, "{ let _ = ".to_owned()),
        (end..end, "; Ok(Default::default()) }".to_owned()),
    ];
    let text = format!("`{}`, its result dropped", short(&text[range.clone()]));
    Removal { edits, text, is_decisive: true }
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
        Form::Presence => vec![with("Some(elsewhere())"), with("None")],
        Form::Outcome => vec![with("Ok(elsewhere())"), with("Err(elsewhere())")],
        Form::Operator(others) => others.iter().map(|other| another(with(other))).collect(),
        Form::Literal(0) => vec![another(with("1"))],
        Form::Literal(1) => vec![another(with("0"))],
        Form::Literal(number) => vec![another(with(&(number + 1).to_string()))],
        Form::Value => vec![with("elsewhere()")],
        Form::Other => Vec::new(),
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

/// What the arm is asked becomes a constant; or the arm takes everything, or nothing, and then the last
/// one takes the rest.
fn of_arm(text: &str, arm: &Match) -> Vec<Removal> {
    if let Some((asked, form)) = &arm.scrutinee {
        let all = match (&**form, &arm.wrapper) {
            (Form::Order | Form::Condition, _) => of(text, form, asked),
            (_, Some(wrapper)) => {
                let new = format!("{wrapper}(({}).unwrap_or_default())", &text[asked.clone()]);
                let absent = if wrapper == "Some" { "None" } else { "Err(Default::default())" };
                vec![replaced(text, asked.clone(), &new), replaced(text, asked.clone(), absent)]
            }
            _ => Vec::new(),
        };
        if !all.is_empty() {
            return all;
        }
    }
    let mut all = Vec::new();
    let guard = arm.other.clone().map(|guard| (guard, "true".to_owned()));
    if !arm.binds {
        let mut edits = vec![(arm.pattern.clone(), "_".to_owned())];
        edits.extend(guard);
        let text = format!("`{}` => `_`", short(&text[arm.pattern.clone()]));
        all.push(Removal { edits, text, is_decisive: true });
    }
    match (&arm.other, &arm.last) {
        (Some(guard), _) => all.push(replaced(text, guard.clone(), "false")),
        (None, Some(last)) if *last != arm.pattern => {
            let pattern = &text[arm.pattern.clone()];
            let mut never = replaced(text, arm.pattern.clone(), &format!("{pattern} if false"));
            never.edits.push((last.clone(), "_".to_owned()));
            all.push(never);
        }
        (None, _) => {}
    }
    all
}

fn replaced(text: &str, range: Range<usize>, new: &str) -> Removal {
    let text = format!("`{}` => `{}`", short(&text[range.clone()]), short(new));
    Removal { text, edits: vec![(range, new.to_owned())], is_decisive: true }
}

/// One that leaves something in place that may be as good.
fn another(removal: Removal) -> Removal {
    Removal { is_decisive: false, ..removal }
}

/// A text in one line, of a long one the beginning.
pub(crate) fn short(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    beginning(&line, 100).into_owned()
}
