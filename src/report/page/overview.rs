//! What the run comes to, and what must not be passed over: undecided, not checked, not recognised.
//!
//! Takes a report; gives the head of the page.

use super::{Page, Title, address, markup, section};
use crate::report::map::graph::{Cluster, Standing, Subject};
use crate::report::place::seen;
use crate::report::remark::{Kind, Remark, remarks};
use crate::report::{counted, summary};
use crate::rule::Level;

/// What is said first.
pub(super) fn verdict(page: &Page<'_>, title: Title) -> String {
    let report = page.report;
    let (class, mark, text) = match title {
        _ if !report.complete => (
            "undecided",
            Standing::Undecided.mark(),
            format!(
                "Incomplete: not everything was decided, read or recognised as required; {}",
                summary::findings(report)
            ),
        ),
        Title::Map => ("plain", '·', "What was understood: a map judges nothing".to_owned()),
        Title::Check if report.open().any(|f| f.level > Level::Advice) => {
            ("violated", Standing::Violated.mark(), summary::findings(report))
        }
        Title::Check => ("proved", Standing::Proved.mark(), summary::findings(report)),
    };
    format!(
        "<p class=\"verdict {class}\"><span aria-hidden=\"true\">{mark}</span> {}</p><p class=\"counts\">{}</p>",
        markup::words(&text),
        markup::words(&summary::obligations(report)),
    )
}

/// Everything that is no finding.
pub(super) fn remarks_of(page: &Page<'_>) -> String {
    let all = remarks(page.report);
    if all.is_empty() {
        return "<p>Everything that was expected was recognised and decided.</p>".to_owned();
    }
    let mut html = String::new();
    for kind in Kind::ALL {
        let of_kind: Vec<&Remark<'_>> = all.iter().filter(|remark| remark.kind == kind).collect();
        if of_kind.is_empty() {
            continue;
        }
        let items: String = of_kind.iter().map(|remark| item(page, remark)).collect();
        let open = if of_kind.len() <= 12 { " open" } else { "" };
        html += &format!(
            "<details class=\"remarks {}\"{open}><summary>{}: {}</summary><ul>{items}</ul></details>",
            kind.id(),
            counted(of_kind.len(), "remark"),
            kind.summary(),
        );
    }
    html
}

fn item(page: &Page<'_>, remark: &Remark<'_>) -> String {
    let at = seen(page.report.sources, remark.at).map(|seen| {
        let line = seen.line.map(|line| format!(":{line}")).unwrap_or_default();
        format!("<span class=\"place\">{}{line}</span>: ", markup::name(seen.shown))
    });
    let link = remark
        .fingerprint
        .map(|fingerprint| format!(" <a href=\"#{}\">Show it</a>", address(fingerprint)));
    format!(
        "<li>{}{}{}</li>",
        at.unwrap_or_default(),
        markup::words(&remark.text),
        link.unwrap_or_default()
    )
}

/// The sections of the page, to go to.
pub(super) fn contents(page: &Page<'_>) -> String {
    let mut html = String::new();
    let mut last = None;
    for (number, package, cluster) in page.clusters() {
        if last != Some(package.dir) {
            html += if last.is_some() { "</ul>" } else { "" };
            html += &format!("<p>{}</p><ul>", markup::package(package));
            last = Some(package.dir);
        }
        html += &format!(
            "<li><a href=\"#{}\">{} {}</a></li>",
            number.id(),
            cluster_name(page, cluster, &markup::breakable(cluster.subject.name())),
            section::tallies(cluster.rows())
        );
    }
    html + if last.is_some() { "</ul>" } else { "" }
}

/// A handler's message and its name as it is shown; with its place where another one has the same. For
/// effects that no handler leads to, their file.
pub(super) fn cluster_name(page: &Page<'_>, cluster: &Cluster<'_>, shown: &str) -> String {
    match cluster.subject {
        Subject::Handler(message, name, _) => {
            let is_alone = page.namesakes.get(&(message, name)).is_none_or(|count| *count < 2);
            let place = cluster.leads.first().and_then(|lead| lead.place).filter(|_| !is_alone);
            let place =
                place.map(|place| format!(" {}", markup::place(place, page.report.sources)));
            format!("<b>{}</b> {shown}{}", message.title(), place.unwrap_or_default())
        }
        Subject::File(_) => shown.to_owned(),
    }
}
