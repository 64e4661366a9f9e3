//! What has changed since the revision that was compared with: lost and gained proofs, old beside new.
//!
//! Takes a report; gives both lists, or nothing if there was no comparison.

use std::collections::BTreeMap;

use super::listing::Listing;
use super::{Page, address, markup, rules};
use crate::finding::Finding;
use crate::known::Gained;
use crate::outcome::{Obligation, Status};
use crate::report::counted;
use crate::source::Place;

/// Both lists.
pub(super) fn all(page: &Page<'_>) -> Option<String> {
    let report = page.report;
    let revision = report.known.revision.as_deref()?;
    let lost: Vec<&Finding> = report.findings.iter().filter(|f| f.lost_proof).collect();
    let gained = report.known.gained.iter().filter_map(|g| Some((g, obligation(page, g)?)));
    let mut by_place: BTreeMap<_, Vec<&Obligation>> = BTreeMap::new();
    for (gained, obligation) in gained {
        by_place.entry((obligation.place, gained.before)).or_default().push(obligation);
    }
    let mut html = format!(
        "<p>{} lost, {} gained since {}.{}</p>",
        counted(lost.len(), "proof"),
        by_place.values().map(Vec::len).sum::<usize>(),
        markup::code(revision),
        match report.known.gone {
            0 => String::new(),
            gone =>
                format!(" {} gone together with the code that needed them.", counted(gone, "proof")),
        }
    );
    let is_quiet = lost.is_empty() && by_place.is_empty();
    for (number, finding) in lost.into_iter().enumerate() {
        html += &loss(page, finding, number, revision);
    }
    for (number, ((_, before), obligations)) in by_place.into_iter().enumerate() {
        html += &gain(page, before, &obligations, number, revision);
    }
    if is_quiet {
        html += "<p>No proof was lost, and none was gained.</p>";
    }
    Some(html)
}

fn obligation<'r>(page: &Page<'r>, gained: &Gained) -> Option<&'r Obligation> {
    let mut obligations = page.report.outcome.obligations.iter();
    obligations.find(|o| o.fingerprint == gained.fingerprint)
}

/// A lost proof: where the evidence stood, and the code as it is.
fn loss(page: &Page<'_>, finding: &Finding, number: usize, revision: &str) -> String {
    let sources = page.report.sources;
    let label = |what: &str| format!("{what}: {}", finding.subject.id);
    let mut then = Listing::new(format!("a{number}"), label("Before"), sources, &page.functions);
    for place in &finding.lost_evidence {
        then.mark(*place, "evidence");
        then.remark(
            *place,
            "<span class=\"kind evidence\">the evidence stood here</span>".to_owned(),
        );
    }
    let mut now = Listing::new(format!("b{number}"), label("Now"), sources, &page.functions);
    let way = finding.witness.iter().map(|step| (step.place, step.text.as_str()));
    let way: Vec<_> = way.filter(|(place, _)| *place != finding.place).collect();
    for (place, text) in way {
        now.mark(place, "way");
        now.remark(place, format!("<span class=\"kind\">{}</span>", markup::words(text)));
    }
    now.mark(finding.place, "effect violated");
    now.remark(
        finding.place,
        format!("<span class=\"kind violated\">✗ {}</span>", markup::words(&finding.label)),
    );
    let known =
        page.report.outcome.obligations.iter().any(|o| o.fingerprint == finding.fingerprint);
    let link = match known {
        true => {
            format!(" <a href=\"#{}\">Show the path in the code</a>", address(&finding.fingerprint))
        }
        false => String::new(),
    };
    let before = match finding.lost_evidence.is_empty() {
        true => "<p>The evidence that stood here is still there, or had no place of its own.</p>"
            .to_owned(),
        false => then.html(),
    };
    let silenced = if finding.is_open() { "" } else { " (silenced)" };
    format!(
        "<section class=\"change lost\"><h3><span class=\"status violated\"><span aria-hidden=\"true\">✗</span> lost{silenced}</span> {} {}</h3>\
         <p>{}{link}</p><div class=\"versions\"><div><h4>At {}</h4>{before}</div><div><h4>Now</h4>{}</div></div></section>",
        rules::link(finding.subject.id, finding.subject.id),
        markup::place(finding.place, sources),
        markup::words(&finding.message),
        markup::code(revision),
        now.html()
    )
}

/// Gained proofs of an effect: as it was, and what proves it now.
fn gain(
    page: &Page<'_>,
    before: Option<(Place, &str)>,
    obligations: &[&Obligation],
    number: usize,
    revision: &str,
) -> String {
    let sources = page.report.sources;
    let place = obligations[0].place;
    let rules: Vec<&str> = obligations.iter().map(|obligation| obligation.rule.id).collect();
    let rule = rules.join(", ");
    let mut now =
        Listing::new(format!("d{number}"), format!("Now: {rule}"), sources, &page.functions);
    for obligation in obligations {
        let Status::Proved { evidence } = &obligation.status else { continue };
        for evidence in evidence {
            now.mark(evidence.place, "evidence");
            let facts = evidence.facts.iter().map(|fact| markup::words(fact.statement()));
            let facts = facts.collect::<Vec<_>>().join(" ");
            let kind = "<span class=\"kind evidence\">evidence</span>";
            now.remark(evidence.place, format!("{kind} {facts}"));
        }
        now.remark(
            place,
            format!("<span class=\"kind proved\">✓ proved: {}</span>", obligation.rule.id),
        );
    }
    now.mark(place, "effect proved");
    let links = obligations.iter().map(|obligation| {
        let address = address(&obligation.fingerprint);
        format!("<a href=\"#{address}\">Show the proof of {} in the code</a>", obligation.rule.id)
    });
    let links = links.collect::<Vec<_>>().join(" · ");
    let is_open = if before.is_some() { " open" } else { "" };
    let before = match before {
        None => "<p>This effect did not exist, or was not recognised.</p>".to_owned(),
        Some((place, status)) => {
            let label = format!("Before: {rule}");
            let mut then = Listing::new(format!("c{number}"), label, sources, &page.functions);
            let class = if status == "violated" { "effect violated" } else { "effect undecided" };
            then.mark(place, class);
            then.remark(place, format!("<span class=\"kind\">{status}</span>"));
            then.html()
        }
    };
    format!(
        "<details class=\"change gained\"{is_open}><summary><span class=\"status proved\"><span aria-hidden=\"true\">✓</span> gained</span> \
         {rule} {}</summary><p>{links}</p>\
         <div class=\"versions\"><div><h4>At {}</h4>{before}</div><div><h4>Now</h4>{}</div></div></details>",
        markup::place(place, sources),
        markup::code(revision),
        now.html()
    )
}
