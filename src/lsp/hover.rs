//! Hovers: what is known about the code below the pointer.
//!
//! Takes a file and an offset; gives what proves an effect, what a comparison proves, what a handler
//! handles, or the page of a rule.

use std::collections::BTreeMap;

use gen_lsp_types::Hover;

use super::markup::Markup;
use super::place::View;
use crate::finding::{Finding, Silence, Subject};
use crate::ir::comment::MARK;
use crate::outcome::{Evidence, Handler, Obligation, Status};
use crate::protocol::Message;
use crate::protocol::meaning::Meaning;
use crate::report::map::graph::{Standing, handlers_of};
use crate::source::{FileId, Place, beginning};
use crate::{rules, subjects};

/// More places than these are counted, not listed.
const MAX_PLACES: usize = 20;

/// What is known, if anything.
pub(super) fn of(view: View<'_>, file: FileId, offset: usize) -> Option<Hover> {
    let is_here = |place: Place| {
        let span = place.span.start as usize..=place.span.end as usize;
        place.file == file && span.contains(&offset)
    };
    let mut text = Markup::new(view.client.markdown);
    let mut range = None;
    for finding in view.open().filter(|finding| is_here(finding.place)) {
        self::finding(finding, text.section());
        range.get_or_insert(finding.place);
    }
    let outcome = view.outcome();
    for known in outcome.obligations.iter().filter(|o| is_here(o.place)) {
        let is_told = view.open().any(|finding| finding.fingerprint == known.fingerprint);
        if !(is_told && view.open().any(|finding| is_here(finding.place))) {
            obligation(view, known, text.section());
        }
        range.get_or_insert(known.place);
    }
    for (known, evidence) in evidence_at(view, is_here) {
        proves(view, known, evidence, text.section());
        range.get_or_insert(evidence.place);
    }
    for known in outcome.handlers.iter().filter(|handler| is_here(handler.place)) {
        handler(view, known, text.section());
        range.get_or_insert(known.place);
    }
    if text.is_empty() {
        comment(view, file, offset, &mut text);
    }
    let range = range.map(|place| view.range(place));
    (!text.is_empty()).then(|| Hover { contents: text.content().into(), range })
}

/// The proofs that rest on a place.
fn evidence_at<'v>(
    view: View<'v>,
    is_here: impl Fn(Place) -> bool,
) -> Vec<(&'v Obligation, &'v Evidence)> {
    let mut found = Vec::new();
    for obligation in &view.outcome().obligations {
        let Status::Proved { evidence } = &obligation.status else { continue };
        found.extend(evidence.iter().filter(|e| is_here(e.place)).map(|e| (obligation, e)));
    }
    found.truncate(MAX_PLACES);
    found
}

fn finding(finding: &Finding, text: &mut Markup) {
    text.strong(finding.level.id()).prose(" ").code(finding.subject.id).prose(": ");
    text.prose(&finding.headline());
    for (kind, told) in [("Lost:", &finding.note), ("Help:", &finding.help)] {
        if !told.is_empty() {
            text.paragraph().strong(kind).prose(" ").prose(told);
        }
    }
    text.section().page(finding.subject.page);
}

/// How an obligation came out, and why.
pub(super) fn obligation(view: View<'_>, obligation: &Obligation, text: &mut Markup) {
    text.strong(Standing::of(obligation).id())
        .prose(" ")
        .code(obligation.rule.id)
        .prose(": ")
        .prose(obligation.rule.summary);
    match &obligation.status {
        Status::Proved { evidence } if evidence.is_empty() => {
            text.paragraph().prose("the code around it lets nothing else happen");
        }
        Status::Proved { evidence } => {
            text.paragraph().prose("proved by");
            for proof in evidence.iter().take(MAX_PLACES) {
                text.item().link(&view.shown(proof.place), &view.link(proof.place));
                text.prose(" ").code(&code_at(view, proof.place));
                text.prose(if proof.facts.is_empty() { "" } else { ":" });
                for fact in &proof.facts {
                    text.prose(" ").prose(fact.statement());
                }
            }
            more(evidence.len(), text);
        }
        Status::Violated { message, .. } => {
            text.paragraph().prose(message);
            if let Some(Silence::Comment { reason, .. }) = &obligation.silence {
                text.paragraph().prose("silenced: ").code(reason);
            }
        }
        Status::Undecided => {
            let why = obligation.unanswered.as_ref().map_or("", |why| why.reason.as_str());
            text.paragraph().prose("not decided: ").prose(why);
        }
    }
}

/// What a place of evidence proves.
fn proves(view: View<'_>, obligation: &Obligation, evidence: &Evidence, text: &mut Markup) {
    text.strong("evidence").prose(" for ").code(obligation.rule.id).prose(" at ");
    text.link(&view.shown(obligation.place), &view.link(obligation.place));
    text.prose(" ").code(&code_at(view, obligation.place));
    for fact in &evidence.facts {
        text.item().prose(fact.statement());
    }
}

fn handler(view: View<'_>, handler: &Handler, text: &mut Markup) {
    text.strong(&format!("handles {}", handler.message.title()))
        .prose(": ")
        .code(&handler.function);
    let led = |o: &&Obligation| handlers_of(view.outcome(), o).any(|h| h == handler);
    let mut counts: BTreeMap<Standing, usize> = BTreeMap::new();
    for obligation in view.outcome().obligations.iter().filter(led) {
        *counts.entry(Standing::of(obligation)).or_default() += 1;
    }
    let count = |standing: Standing| counts.get(&standing).copied().unwrap_or(0);
    let (proved, violated) = (count(Standing::Proved), count(Standing::Violated));
    let undecided = count(Standing::Undecided);
    text.paragraph();
    text.prose(&format!(
        "obligations: {proved} proved, {violated} violated, {undecided} undecided"
    ));
    if let Some(silenced) = counts.get(&Standing::Silenced) {
        text.prose(&format!(", {silenced} silenced"));
    }
}

/// What is spoken of in a comment to the lint.
fn comment(view: View<'_>, file: FileId, offset: usize, text: &mut Markup) {
    let (start, line) = view.lines(file).line(view.lines(file).line_of(offset));
    let Some(at) = line.find(&format!("// {MARK}")) else { return };
    let within = offset.saturating_sub(start);
    if within < at {
        return;
    }
    let part = |c: char| !(c.is_alphanumeric() || matches!(c, '-' | '_'));
    let begin = line[..within].rfind(part).map_or(0, |at| at + 1);
    let end = line[within..].find(part).map_or(line.len(), |at| within + at);
    let (_, said) = line.split_at(at);
    let words = said.split(part).filter(|word| !word.is_empty());
    // The word below the pointer, or else the first that has a meaning.
    for word in std::iter::once(&line[begin..end]).chain(words) {
        if meaning(word, text) {
            return;
        }
    }
}

fn meaning(word: &str, text: &mut Markup) -> bool {
    let id = word.to_lowercase().replace('_', "-");
    let subject = rules::find(&id).map(Subject::of).or_else(|| subjects::find(&id));
    if let Some(subject) = subject {
        text.page(subject.page);
    } else if let Some(meaning) = Meaning::find(word) {
        text.code(meaning.id).prose(": ").prose(meaning.summary);
    } else if let Some(message) = Message::find(word) {
        text.code(message.id()).prose(": handles ").prose(message.title());
    }
    !text.is_empty()
}

/// The code at a place, in one short line.
fn code_at(view: View<'_>, place: Place) -> String {
    const MAX: usize = 100;
    let code = view.sources().snippet(place).split_whitespace().collect::<Vec<_>>().join(" ");
    beginning(&code, MAX).into_owned()
}

fn more(count: usize, text: &mut Markup) {
    if count > MAX_PLACES {
        text.item().prose(&format!("and {} more", count - MAX_PLACES));
    }
}
