//! One obligation: how it stands, what proves it or the path that lacks the proof, step by step.
//!
//! Takes an obligation and the code beside it; gives an item that unfolds. Each step leads to its line.

use super::listing::Listing;
use super::{Page, address, files, markup, rules};
use crate::finding::{ALSO, Silence};
use crate::outcome::{Obligation, Status};
use crate::report::map::graph::{Row, Standing, handlers_of};
use crate::source::{Place, Sources};

/// The item.
pub(super) fn item(page: &Page<'_>, row: &Row<'_>, listing: &mut Listing<'_>) -> String {
    let obligation = row.obligation;
    let standing = row.standing;
    let sources = page.report.sources;
    let rule = obligation.rule.id;
    let id = address(&obligation.fingerprint);
    let files: Vec<String> = files(obligation).iter().map(|file| file.0.to_string()).collect();
    let open = if standing == Standing::Violated { " open" } else { "" };
    let mut html = format!(
        "<details class=\"obligation {0}\" data-rule=\"{rule}\" data-status=\"{0}\" data-files=\"{1}\"{open}>\
         <summary>{2} <span class=\"rule\">{rule}</span> <span class=\"effect\">{3}</span> {4}</summary>\
         <div class=\"body\" id=\"{id}\">",
        standing.id(),
        files.join(" "),
        markup::status(standing),
        obligation.effect.title(),
        markup::place(obligation.place, sources),
    );
    html += &told(page, obligation);
    html += &steps(obligation, standing, sources, listing);
    html += &reached(page, obligation);
    html += &format!(
        "<p class=\"tools\">{} <a class=\"link\" href=\"#{id}\">Link to this</a></p></div></details>",
        rules::link(rule, "Rule page")
    );
    html
}

/// What is said of it.
fn told(page: &Page<'_>, obligation: &Obligation) -> String {
    let mut html = String::new();
    match &obligation.status {
        Status::Proved { evidence } => {
            html += &format!("<p class=\"told\">{}</p>", summary(obligation));
            if evidence.is_empty() {
                html += "<p>No place is needed for the proof: it holds by what the effect itself is.</p>";
            }
        }
        Status::Violated { message, help, .. } => {
            html += &format!("<p class=\"message\">{}</p>", markup::words(message));
            html += &format!("<p><b>Lost:</b> {}</p>", markup::words(obligation.rule.note));
            html += &format!("<p><b>Help:</b> {}</p>", markup::words(help));
            if let Some(finding) = page.speaker(obligation).filter(|f| f.lost_proof) {
                html += &format!("<p class=\"lost\">{}</p>", markup::words(&finding.note));
            }
            if obligation.part_of.is_some() {
                let other = obligation.part_of.as_deref().map(address).unwrap_or_default();
                html += &format!(
                    "<p>One check would guard this and <a href=\"#{other}\">the effect that is told as the finding</a>.</p>"
                );
            }
        }
        Status::Undecided => {
            html += &format!("<p class=\"told\">{}</p>", summary(obligation));
            html += "<p>This is neither proved nor violated.";
            if let Some(why) = &obligation.unanswered {
                html += &format!(
                    " Before there was an answer: {}. What to do: {}.",
                    markup::words(&why.reason),
                    markup::words(&why.help)
                );
            }
            html += "</p>";
        }
    }
    if let Some(silence) = page.silence(obligation) {
        html += &silenced(silence, page.report.sources);
    }
    html
}

fn summary(obligation: &Obligation) -> String {
    format!("Asked: {}", markup::words(obligation.rule.summary))
}

/// Why it does not count.
pub(super) fn silenced(silence: &Silence, sources: &Sources) -> String {
    let why = match silence {
        Silence::Comment { place, reason } => {
            let at = markup::place(*place, sources);
            let reason = if reason.is_empty() { "no reason is given" } else { reason };
            format!("by a comment at {at}: {}", markup::words(reason))
        }
        Silence::Baseline => "it stands in the baseline".to_owned(),
        Silence::Revision => "the compared revision has it, too".to_owned(),
    };
    format!("<p class=\"silence\"><b>Silenced:</b> {why}</p>")
}

/// The path, or the places of the proof; the effect is the last.
fn steps(
    obligation: &Obligation,
    standing: Standing,
    sources: &Sources,
    listing: &mut Listing<'_>,
) -> String {
    let mut items = Vec::new();
    let mut step = |place: Place, text: &str, listing: &mut Listing<'_>| {
        let address = listing.address(place);
        items.push(format!(
            "<li><a class=\"step\" href=\"#{address}\">{} <span class=\"text\">{text}</span></a></li>",
            markup::place(place, sources)
        ));
    };
    let title = match &obligation.status {
        Status::Proved { evidence } => {
            for evidence in evidence {
                let facts = evidence.facts.iter().map(|fact| markup::words(fact.statement()));
                step(evidence.place, &facts.collect::<Vec<_>>().join(" "), listing);
            }
            step(obligation.place, &format!("the {}", obligation.effect.title()), listing);
            "Proved, on every path, by"
        }
        Status::Violated { witness, also, .. } => {
            for (number, found) in (1..).zip(witness) {
                let text = markup::words(&found.text);
                step(found.place, &text, listing);
                if standing == Standing::Violated {
                    listing.mark(found.place, "way");
                    let rule = obligation.rule.id;
                    let kind = format!("<span class=\"kind violated\">step {number}</span>");
                    listing.remark(found.place, format!("{kind} {text} <small>({rule})</small>"));
                }
            }
            for place in also {
                step(*place, ALSO, listing);
            }
            "The path that lacks it"
        }
        Status::Undecided => {
            step(obligation.place, &format!("the {}", obligation.effect.title()), listing);
            "What could not be decided"
        }
    };
    format!("<p class=\"steps-title\">{title}:</p><ol class=\"steps\">{}</ol>", items.concat())
}

/// The handlers that lead to it.
fn reached(page: &Page<'_>, obligation: &Obligation) -> String {
    let handlers: Vec<String> = handlers_of(page.report.outcome, obligation)
        .map(|h| format!("{} {}", h.message.title(), markup::code(&h.function)))
        .collect();
    let around = markup::code(&obligation.function);
    match handlers.is_empty() {
        true => format!("<p class=\"reached\">In {around}; no recognised handler leads here.</p>"),
        false => {
            format!("<p class=\"reached\">In {around}; reached from {}.</p>", handlers.join(", "))
        }
    }
}
