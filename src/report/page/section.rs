//! A handler with what it leads to: its picture, its code, and its obligations beside the code.
//!
//! Takes a cluster of the map; gives a section of the page.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::listing::Listing;
use super::{Number, Page, address, markup, obligation, picture};
use crate::outcome::Status;
use crate::protocol::Fact;
use crate::report::counted;
use crate::report::map::graph::{Cluster, EffectNode, PackageMap, Row, Standing, Subject};
use crate::source::Place;

/// A bigger picture is folded at first.
const MAX_OPEN: usize = 40;

/// All sections of a package.
pub(super) fn all(page: &Page<'_>) -> String {
    let mut html = String::new();
    let mut last = None;
    for (number, package, cluster) in page.clusters() {
        if last != Some(package.dir) {
            html += &format!("<h2 class=\"package\">Package {}</h2>", markup::package(package));
            last = Some(package.dir);
        }
        html += &section(page, number, package, cluster);
    }
    html
}

fn section(
    page: &Page<'_>,
    number: Number,
    package: &PackageMap<'_>,
    cluster: &Cluster<'_>,
) -> String {
    let id = number.id();
    let sources = page.report.sources;
    let name = cluster.subject.name();
    let title = match cluster.subject {
        Subject::Handler(message, ..) => format!("{} {}", message.title(), markup::code(name)),
        Subject::File(_) => {
            format!("{} <small>{}</small>", markup::code(name), cluster.subject.title())
        }
    };
    let place = cluster.leads.first().and_then(|lead| lead.place);
    let at = place.map(|place| markup::place(place, sources)).unwrap_or_default();
    let mut html = format!(
        "<section class=\"handler\" id=\"{id}\" aria-labelledby=\"{id}-title\">\
         <h3 id=\"{id}-title\">{title} {at} {}</h3>",
        tallies(cluster.rows())
    );
    html += &reaches(number, package, cluster);
    if cluster.effects.is_empty() {
        return html + "</section>";
    }
    let mut listing = Listing::new(id.clone(), format!("Code of {name}"), sources, &page.functions);
    mark(page, package, cluster, &mut listing);
    // What is worst comes first.
    let mut rows: Vec<&Row<'_>> = cluster.rows().collect();
    rows.sort_by_key(|row| Reverse(row.standing));
    let items: String =
        rows.into_iter().map(|row| obligation::item(page, row, &mut listing)).collect();
    let nodes = cluster.effects.len() * 2;
    let is_open = nodes <= MAX_OPEN || worst(cluster) > Standing::Silenced;
    html += &format!(
        "<details class=\"picture\"{}><summary>Picture of the map</summary>{}</details>",
        if is_open { " open" } else { "" },
        picture::svg(page, &id, package, cluster, &mut listing)
    );
    html += &format!(
        "<div class=\"beside\">{}<div class=\"obligations\" role=\"group\" \
         aria-label=\"Obligations of {}\">{items}</div></div></section>",
        listing.html(),
        markup::name(name)
    );
    html
}

/// How many obligations stand how.
pub(super) fn tallies<'r>(rows: impl Iterator<Item = &'r Row<'r>>) -> String {
    let mut counts: BTreeMap<Standing, usize> = BTreeMap::new();
    for row in rows {
        *counts.entry(row.standing).or_default() += 1;
    }
    counts.iter().rev().map(|(standing, count)| markup::tally(*standing, *count)).collect()
}

/// The worst of a cluster.
pub(super) fn worst(cluster: &Cluster<'_>) -> Standing {
    cluster.effects.iter().map(EffectNode::standing).max().unwrap_or(Standing::Proved)
}

/// Effects that this handler leads to and that are shown elsewhere.
fn reaches(number: Number, package: &PackageMap<'_>, cluster: &Cluster<'_>) -> String {
    if cluster.reaches.is_empty() {
        return String::new();
    }
    let mut by_home: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (home, effect) in &cluster.reaches {
        by_home.entry(*home).or_default().push(*effect);
    }
    let links = by_home.iter().map(|(home, effects)| {
        let other = &package.clusters[*home];
        let count = counted(effects.len(), "effect");
        format!(
            "<a href=\"#{}\">{count} of {}</a>",
            Number(number.0, *home).id(),
            markup::code(other.subject.name())
        )
    });
    format!("<p class=\"reaches\">Leads to {}, too.</p>", links.collect::<Vec<_>>().join(", "))
}

/// Marks the handler's entry, the evidence and the effects, with what they are below their lines.
fn mark(
    page: &Page<'_>,
    package: &PackageMap<'_>,
    cluster: &Cluster<'_>,
    listing: &mut Listing<'_>,
) {
    for lead in &cluster.leads {
        if let (Some(place), Subject::Handler(message, ..)) = (lead.place, &cluster.subject) {
            listing.mark(place, "entry");
            listing.remark(
                place,
                format!("<span class=\"kind\">{} enters here</span>", message.title()),
            );
        }
    }
    let mut proves: BTreeMap<usize, Vec<&Row<'_>>> = BTreeMap::new();
    for effect in &cluster.effects {
        for row in &effect.rows {
            let class = match row.standing {
                Standing::Proved => "effect proved",
                Standing::Violated => "effect violated",
                Standing::Undecided => "effect undecided",
                Standing::Silenced => "effect silenced",
            };
            listing.mark(row.obligation.place, class);
            if let Status::Proved { evidence } = &row.obligation.status {
                evidence.iter().for_each(|evidence| listing.mark(evidence.place, "evidence"));
            }
            row.evidence.iter().for_each(|index| proves.entry(*index).or_default().push(row));
        }
        let rows: Vec<&Row<'_>> = effect.rows.iter().collect();
        let title = effect.title();
        listing.remark(
            effect.place,
            format!("<span class=\"kind\">effect: {title}</span> {}", chips(&rows)),
        );
    }
    for (index, rows) in proves {
        let place = package.evidence[index].place;
        let facts = facts(page, place, &rows);
        let html =
            format!("<span class=\"kind evidence\">evidence</span> {facts} {}", chips(&rows));
        listing.remark(place, html);
    }
}

/// What the line of a place says for some obligations.
fn facts(page: &Page<'_>, place: Place, rows: &[&Row<'_>]) -> String {
    let line = |place: Place| (place.file, page.report.sources.line(place));
    let mut facts: Vec<Fact> = Vec::new();
    for row in rows {
        if let Status::Proved { evidence } = &row.obligation.status {
            let here = evidence.iter().filter(|evidence| line(evidence.place) == line(place));
            facts.extend(here.flat_map(|evidence| &evidence.facts));
        }
    }
    facts.sort();
    facts.dedup();
    facts.iter().map(|fact| markup::words(fact.statement())).collect::<Vec<_>>().join(" ")
}

/// Links to obligations, a rule once; the worst of it.
fn chips(rows: &[&Row<'_>]) -> String {
    let mut by_rule: BTreeMap<&str, Vec<&Row<'_>>> = BTreeMap::new();
    for row in rows {
        by_rule.entry(row.obligation.rule.id).or_default().push(row);
    }
    let chip = |(rule, rows): (&str, Vec<&Row<'_>>)| {
        let worst =
            rows.iter().max_by_key(|row| row.standing).expect("invariant: a rule has a row");
        let times = if rows.len() > 1 { format!(" ×{}", rows.len()) } else { String::new() };
        let standing = worst.standing;
        format!(
            "<a class=\"chip {}\" href=\"#{}\"><span aria-hidden=\"true\">{}</span><span class=\"unseen\">{} </span>{rule}{times}</a>",
            standing.id(),
            address(&worst.obligation.fingerprint),
            standing.mark(),
            standing.id(),
        )
    };
    by_rule.into_iter().map(chip).collect::<Vec<_>>().join(" ")
}
