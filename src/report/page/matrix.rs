//! The map at a glance: a row for each handler, a column for each rule.
//!
//! Takes the packages; gives tables whose cells lead to the obligations.

use std::collections::BTreeMap;

use super::overview::cluster_name;
use super::section::tallies;
use super::{Number, Page, address, markup, rules};
use crate::report::counted;
use crate::report::map::graph::{PackageMap, Row, Standing, Subject};
use crate::report::map::label::listed;

/// All packages.
pub(super) fn all(page: &Page<'_>) -> String {
    let mut html = String::new();
    for (number, package) in page.packages.iter().enumerate() {
        html += &format!("<h3>Package {}</h3>", markup::package(package));
        if !package.clusters.is_empty() {
            html += &table(page, number, package);
        }
        html += &unseen(page, package);
    }
    let silent = page.report.outcome.packages.saturating_sub(page.packages.len());
    if silent > 0 {
        html += &format!("<p>{} without anything recognised.</p>", counted(silent, "package"));
    }
    if html.is_empty() {
        html += "<p>Nothing was recognised.</p>";
    }
    html
}

fn table(page: &Page<'_>, number: usize, package: &PackageMap<'_>) -> String {
    let mut asked: Vec<&str> = package.rows().map(|row| row.obligation.rule.id).collect();
    asked.sort_unstable();
    asked.dedup();
    let heads = asked.iter().map(|rule| {
        format!("<th scope=\"col\" class=\"rule\"><span>{}</span></th>", rules::link(rule, rule))
    });
    let mut html = format!(
        "<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"Map of package {0}\"><table class=\"matrix\">\
         <caption class=\"unseen\">Obligations of package {0} by handler and rule</caption>\
         <thead><tr><th scope=\"col\">handler, or file</th>{1}</tr></thead><tbody>",
        markup::name(package.dir),
        heads.collect::<String>()
    );
    for (index, cluster) in package.clusters.iter().enumerate() {
        let kind = match cluster.subject {
            Subject::Handler(..) => "",
            Subject::File(_) => "<span class=\"grey\">no handler</span> ",
        };
        html += &format!(
            "<tr><th scope=\"row\"><a href=\"#{}\">{kind}{}</a></th>",
            Number(number, index).id(),
            cluster_name(page, cluster, &markup::code(cluster.subject.name()))
        );
        for rule in &asked {
            html += &cell(cluster.rows().filter(|row| row.obligation.rule.id == *rule).collect());
        }
        html += "</tr>";
    }
    let totals = asked.iter().map(|rule| {
        let of_rule = package.rows().filter(|r| r.obligation.rule.id == *rule);
        format!("<td>{}</td>", tallies(of_rule))
    });
    html += &format!(
        "</tbody><tfoot><tr><th scope=\"row\">all</th>{}</tr></tfoot></table></div>",
        totals.collect::<String>()
    );
    html
}

/// A number for each standing, which leads to the first obligation that stands so.
fn cell(rows: Vec<&Row<'_>>) -> String {
    let mut by_standing: BTreeMap<Standing, Vec<&Row<'_>>> = BTreeMap::new();
    for row in rows {
        by_standing.entry(row.standing).or_default().push(row);
    }
    let link = |(standing, rows): (&Standing, &Vec<&Row<'_>>)| {
        let first = address(&rows[0].obligation.fingerprint);
        format!("<a href=\"#{first}\">{}</a>", markup::tally(*standing, rows.len()))
    };
    format!("<td>{}</td>", by_standing.iter().rev().map(link).collect::<String>())
}

/// What was looked for, in grey, and handlers without an effect.
fn unseen(page: &Page<'_>, package: &PackageMap<'_>) -> String {
    let mut html = String::new();
    if !package.missing.is_empty() {
        let items = package.missing.iter().map(|missing| {
            let [a, b, owner] = &missing.state;
            let rules: Vec<String> =
                missing.rules.iter().map(|rule| rules::link(rule.id, rule.id)).collect();
            format!(
                "<li><b>{}</b>, although {} keeps {} and {}. Nothing was decided by {}.</li>",
                markup::words(&missing.what),
                markup::code(owner),
                markup::code(a),
                markup::code(b),
                rules.join(", ")
            )
        });
        html += &format!(
            "<div class=\"not-recognised\"><p>Looked for and not recognised:</p><ul>{}</ul></div>",
            items.collect::<String>()
        );
    }
    if !package.idle.is_empty() {
        let count = counted(package.idle.len(), "handler");
        let items = listed(&package.idle, page.report.sources);
        let items: String =
            items.iter().map(|line| format!("<li>{}</li>", markup::name(line))).collect();
        html += &format!(
            "<details class=\"idle\"><summary>{count} without a protected effect</summary><ul>{items}</ul></details>"
        );
    }
    html
}
