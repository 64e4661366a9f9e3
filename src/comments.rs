//! Comments to the lint, as the last stage sees them: silences, and what is wrong with a comment.
//!
//! Takes the program with its comments, and all obligations; marks those violations that a comment
//! with a rule's name silences, and gives a finding for each comment that does not do what it seems to.
//! A silence counts for what stands in the item or statement that it is written on, and for nothing
//! else.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use crate::finding::{Accepted, Finding, Silence};
use crate::ir::comment::{Comment, Directive};
use crate::judge::identity::{fingerprint, identity};
use crate::outcome::{Obligation, Package, Status};
use crate::program::Program;
use crate::rule::Rule;
use crate::rules;
use crate::source::{FileId, Place, Sources};
use crate::spelling::nearest;
use crate::subjects::{LOST_PROOF, OF_UNKNOWN_RULE, Other, UNUSED, WITHOUT_EFFECT, WITHOUT_REASON};

/// So many names of no rule are told of one comment, each by itself.
const MAX_UNKNOWN: usize = 3;

/// `allow(…)` of one rule.
struct Allow<'c> {
    file: FileId,
    comment: &'c Comment,
    rule: &'static Rule,
    reason: &'c str,
    used: bool,
}

impl Allow<'_> {
    fn covers(&self, place: Place) -> bool {
        let around = self.comment.target.map(|t| Place { file: self.file, span: t.span });
        around.is_some_and(|around| around.contains(place))
    }
}

/// What comments come to.
#[derive(Default)]
pub struct Commented {
    /// What is wrong with them.
    pub faults: Vec<Finding>,
    /// Lost proofs that are accepted.
    pub accepted: Vec<Accepted>,
}

/// Silences what comments silence; gives the findings about comments.
pub fn apply(
    program: &Program,
    sources: &Sources,
    packages: &[Package],
    obligations: &mut [Obligation],
) -> Commented {
    let mut faults: Vec<(Place, &Other, String)> = Vec::new();
    let mut allows = Vec::new();
    let mut accepted = Vec::new();
    for (file, comment) in program.comments() {
        let place = Place { file, span: comment.span };
        let Directive::Allow { rules, reason } = &comment.directive else { continue };
        // Without a target it is a fault, said by the stage that gives names their meaning.
        let Some(target) = comment.target else { continue };
        let mut unknown = 0;
        for name in rules {
            let id = name.to_lowercase().replace('_', "-");
            if id == LOST_PROOF.id {
                let around = Place { file, span: target.span };
                let silence = Silence::Comment { place, reason: reason.to_string() };
                accepted.push(Accepted { around, silence });
                continue;
            }
            match rules::find(&id) {
                Some(rule) => {
                    allows.push(Allow { file, comment, rule, reason, used: false });
                }
                None => {
                    unknown += 1;
                    if unknown <= MAX_UNKNOWN {
                        faults.push((place, &OF_UNKNOWN_RULE, unknown_rule(name)));
                    }
                }
            }
        }
        if unknown > MAX_UNKNOWN {
            let text = format!("there is none of {} more rules either", unknown - MAX_UNKNOWN);
            faults.push((place, &OF_UNKNOWN_RULE, text));
        }
        if reason.is_empty() {
            let text = "this silence gives no reason".to_owned();
            faults.push((place, &WITHOUT_REASON, text));
        }
    }
    silence_all(obligations, &mut allows);
    let proved = proved(obligations);
    for allow in allows.iter().filter(|allow| !allow.used) {
        let place = Place { file: allow.file, span: allow.comment.span };
        faults.push((place, &UNUSED, unused(allow, &proved)));
    }
    let said = program.said().faults.iter();
    faults.extend(said.map(|(place, why)| (*place, &WITHOUT_EFFECT, why.clone())));
    faults.sort_by(|a, b| (a.0, a.1.subject.id, &a.2).cmp(&(b.0, b.1.subject.id, &b.2)));
    let mut ordinals = BTreeMap::new();
    let place_in = |place: Place| &packages[program.package_of_file(place.file).0 as usize].name;
    let faults = faults.into_iter().map(|(place, other, text)| {
        let around = Around { program, sources, package: place_in(place) };
        around.finding(place, other, text, &mut ordinals)
    });
    Commented { faults: faults.collect(), accepted }
}

/// The innermost silence around each violation counts.
fn silence_all(obligations: &mut [Obligation], allows: &mut [Allow<'_>]) {
    let mut by_rule: FxHashMap<(FileId, &str), Vec<usize>> = FxHashMap::default();
    for (number, allow) in allows.iter().enumerate() {
        by_rule.entry((allow.file, allow.rule.id)).or_default().push(number);
    }
    for obligation in obligations {
        let Status::Violated { shown, .. } = &obligation.status else { continue };
        let places = [obligation.place, *shown];
        let of_rule = places.iter().filter_map(|at| by_rule.get(&(at.file, obligation.rule.id)));
        let fits = |number: &usize| places.iter().any(|place| allows[*number].covers(*place));
        let length = |number: &usize| {
            let target = allows[*number].comment.target;
            (target.map(|target| target.span.end - target.span.start), *number)
        };
        let innermost = of_rule.flatten().copied().filter(fits).min_by_key(length);
        let Some(allow) = innermost.map(|number| &mut allows[number]) else { continue };
        allow.used = true;
        obligation.silence = Some(Silence::Comment {
            place: Place { file: allow.file, span: allow.comment.span },
            reason: allow.reason.to_owned(),
        });
    }
}

/// Where what is proved of each rule, in the order of the places.
type Proved = FxHashMap<&'static str, Vec<Place>>;

fn proved(obligations: &[Obligation]) -> Proved {
    let mut proved = Proved::default();
    for obligation in obligations.iter().filter(|o| o.status.id() == "proved") {
        proved.entry(obligation.rule.id).or_default().push(obligation.place);
    }
    proved.values_mut().for_each(|places| places.sort_unstable());
    proved
}

/// Why a silence silences nothing.
fn unused(allow: &Allow<'_>, proved: &Proved) -> String {
    let places = proved.get(allow.rule.id).map_or(&[][..], Vec::as_slice);
    let start = allow.comment.target.map_or(0, |target| target.span.start);
    let first = places.partition_point(|p| (p.file, p.span.start) < (allow.file, start));
    let mut within = places[first..].iter().take_while(|p| {
        let end = allow.comment.target.map_or(0, |target| target.span.end);
        p.file == allow.file && p.span.start < end
    });
    let is_proved = within.any(|place| allow.covers(*place));
    let why = if is_proved { "it is proved here" } else { "it has nothing to decide here" };
    format!("`{}` is silenced, but {why}", allow.rule.id)
}

fn unknown_rule(name: &str) -> String {
    let hint = nearest(name, rules::ALL.iter().map(|rule| rule.id));
    let hint = hint.map_or_else(
        || "`raft-lint rules` lists them all".to_owned(),
        |near| format!("did you mean `{near}`?"),
    );
    format!("there is no rule `{name}`: {hint}")
}

/// Where a comment stands.
struct Around<'a> {
    program: &'a Program,
    sources: &'a Sources,
    package: &'a str,
}

impl Around<'_> {
    fn finding(
        &self,
        place: Place,
        other: &Other,
        message: String,
        ordinals: &mut BTreeMap<String, usize>,
    ) -> Finding {
        let function = self.program.body_around(place);
        let function = function.map(|id| self.program.qualified_name(id)).unwrap_or_default();
        // A comment has no words for the normal form.
        let said = self.sources.snippet(place).split_whitespace();
        let text = format!("{} {message}", said.collect::<Vec<_>>().join(" "));
        let identity = identity(other.subject.id, self.package, &function, &text);
        let ordinal = ordinals.entry(identity.clone()).or_default();
        let fingerprint = fingerprint(&identity, *ordinal);
        *ordinal += 1;
        Finding {
            subject: other.subject,
            level: other.subject.level,
            message,
            place,
            function,
            label: other.label.to_owned(),
            witness: Vec::new(),
            also: Vec::new(),
            note: other.note.to_owned(),
            help: other.help.to_owned(),
            fingerprint,
            silence: None,
            lost_proof: false,
            lost_evidence: Vec::new(),
        }
    }
}
