//! The document around the parts: head with the security policy, filters, and where each part goes.
//!
//! Takes the page; gives the whole text. A hole of the template is filled once, and what fills it is not looked
//! at again.

use std::collections::BTreeMap;

use super::{Page, Title, changes, files, findings, markup, matrix, overview, rules, section};
use crate::pages::document::policy;
use crate::report::map::graph::Standing;

const TEMPLATE: &str = include_str!("template.html");
const STYLE: &str = concat!(include_str!("../../pages/palette.css"), include_str!("page.css"));
const SCRIPT: &str = include_str!("page.js");

/// The whole page.
pub(super) fn render(page: &Page<'_>, title: Title) -> String {
    let mut html = String::with_capacity(TEMPLATE.len() + STYLE.len() + SCRIPT.len() + (1 << 18));
    let mut rest = TEMPLATE;
    while let Some((before, after)) = rest.split_once("{{") {
        let (hole, after) =
            after.split_once("}}").expect("invariant: holes of the template are closed");
        html += before;
        html += &filled(hole, page, title);
        rest = after;
    }
    html + rest
}

fn filled(hole: &str, page: &Page<'_>, title: Title) -> String {
    match hole {
        "policy" => policy(STYLE, Some(SCRIPT)),
        "style" => STYLE.to_owned(),
        "script" => SCRIPT.to_owned(),
        "title" => match title {
            Title::Check => "raft-lint: findings and proofs".to_owned(),
            Title::Map => "raft-lint: protocol map".to_owned(),
        },
        "verdict" => overview::verdict(page, title),
        "version" => env!("CARGO_PKG_VERSION").to_owned(),
        "contents" => overview::contents(page),
        "rules-to-choose" => chosen(page.rules().into_iter().map(|rule| (rule.to_owned(), rule.to_owned()))),
        "files-to-choose" => chosen(all_files(page).into_iter()),
        "statuses" => statuses(page),
        "changes" => changes::all(page).map_or(String::new(), |html| {
            format!("<section id=\"changes\" aria-labelledby=\"changes-title\"><h2 id=\"changes-title\">Lost and gained proofs</h2>{html}</section>")
        }),
        "changes-link" => match page.report.known.revision {
            Some(_) => "<li><a href=\"#changes\">Lost and gained proofs</a></li>".to_owned(),
            None => String::new(),
        },
        "findings" => findings::all(page),
        "remarks" => overview::remarks_of(page),
        "matrix" => matrix::all(page),
        "sections" => section::all(page),
        "rules" => rules::all(page),
        other => unreachable!("invariant: the template has no hole {other:?}"),
    }
}

fn chosen(options: impl Iterator<Item = (String, String)>) -> String {
    let option = |(value, name): (String, String)| {
        format!("<option value=\"{}\">{}</option>", markup::name(&value), markup::name(&name))
    };
    options.map(option).collect()
}

/// The files that obligations are about, by the numbers that the items have.
fn all_files(page: &Page<'_>) -> Vec<(String, String)> {
    let sources = page.report.sources;
    let mut all: BTreeMap<String, u32> = BTreeMap::new();
    for file in page.report.outcome.obligations.iter().flat_map(files) {
        all.insert(sources.file(file).name.clone(), file.0);
    }
    all.into_iter().map(|(name, number)| (number.to_string(), name)).collect()
}

/// A box for each standing that there is.
fn statuses(page: &Page<'_>) -> String {
    let standing = |wanted: Standing| {
        let rows = page.packages.iter().flat_map(|package| package.rows());
        rows.filter(|row| row.standing == wanted).count()
    };
    let boxes = Standing::ALL.into_iter().filter_map(|one| match standing(one) {
        0 => None,
        count => Some(format!(
            "<label><input type=\"checkbox\" name=\"status\" value=\"{}\" checked>{} ({count})</label>",
            one.id(),
            markup::status(one)
        )),
    });
    boxes.collect()
}
