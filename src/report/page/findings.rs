//! The findings: each leads to its obligation; one that is about no obligation is told here, with its code.
//!
//! Takes a report; gives a list of what counts, the worst first, and one of what does not.

use std::collections::BTreeSet;

use super::listing::Listing;
use super::{Page, address, markup, obligation, rules};
use crate::finding::Finding;
use crate::report::{Report, counted};

/// Both lists.
pub(super) fn all(page: &Page<'_>) -> String {
    let report = page.report;
    let known: BTreeSet<&str> =
        report.outcome.obligations.iter().map(|o| o.fingerprint.as_str()).collect();
    let item = |(number, finding): (usize, &Finding)| {
        one(page, finding, number, known.contains(finding.fingerprint.as_str()))
    };
    let open: String = report.worst_first().into_iter().enumerate().map(item).collect();
    let mut html = match open.is_empty() {
        true => format!("<p>{}.</p>", nothing(report)),
        false => format!("<ol class=\"findings\">{open}</ol>"),
    };
    let count = report.silenced().count();
    if count > 0 {
        let first = report.open().count();
        let items: String =
            report.silenced().enumerate().map(|(i, finding)| item((first + i, finding))).collect();
        html += &format!(
            "<details class=\"silenced-list\"><summary>{} silenced</summary><ol class=\"findings\">{items}</ol></details>",
            counted(count, "finding")
        );
    }
    html
}

/// What there is where nothing is found: that may be for want of an answer.
fn nothing(report: &Report<'_>) -> String {
    match (report.outcome.undecided(), report.complete) {
        (0, true) => "No findings".to_owned(),
        (0, false) => "Nothing was found, but not everything was decided".to_owned(),
        (undecided, _) => format!("Nothing was found, but {undecided} undecided"),
    }
}

fn one(page: &Page<'_>, finding: &Finding, number: usize, has_obligation: bool) -> String {
    let sources = page.report.sources;
    let level = finding.level.id();
    let mut html = format!(
        "<li class=\"finding {level}\"><p class=\"headline\"><b class=\"level {level}\">{level}</b> {} {}</p><p>{}</p>",
        rules::link(finding.subject.id, finding.subject.id),
        markup::place(finding.place, sources),
        markup::words(&finding.headline()),
    );
    if let Some(silence) = &finding.silence {
        html += &obligation::silenced(silence, sources);
    }
    if has_obligation {
        html += &format!(
            "<p><a href=\"#{}\">Show the path in the code</a></p></li>",
            address(&finding.fingerprint)
        );
        return html;
    }
    if !finding.note.is_empty() && !finding.lost_proof {
        html += &format!("<p><b>Why:</b> {}</p>", markup::words(&finding.note));
    }
    if !finding.help.is_empty() {
        html += &format!("<p><b>Help:</b> {}</p>", markup::words(&finding.help));
    }
    let label = format!("Code of the finding about {}", finding.subject.id);
    let mut listing = Listing::new(format!("f{number}"), label, sources, &page.functions);
    listing.mark(finding.place, "effect violated");
    listing.remark(
        finding.place,
        format!("<span class=\"kind violated\">{}</span>", markup::words(&finding.label)),
    );
    html + &listing.html() + "</li>"
}
