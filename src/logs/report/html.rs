//! The page: one HTML file with everything in it, for who was not there.
//!
//! Takes what was diagnosed; gives the file. It loads nothing and has no script: its policy allows the one style and
//! nothing else. What comes from the logs is escaped where it is put between tags, and nowhere put otherwise.

mod diagnosis;
mod end;

use self::diagnosis::Telling;
use super::{Piece, headline};
use crate::logs::amount;
use crate::logs::condition::{Condition, Severity};
use crate::logs::diagnosed::{Diagnosed, Diagnosis};
use crate::pages::document::{Document, styled};
use crate::pages::html::{code, name, sentence, text};

const STYLE: &str = include_str!("logs.css");

/// So many diagnoses are told in full, with a plot each.
const MAX_FULL: usize = 200;
/// So many stand in the list of all.
const MAX_LISTED: usize = 2_000;
/// So many points of all plots can be pointed at.
const MAX_POINTS: usize = 20_000;
/// So many of one plot at least.
const MIN_POINTS: usize = 64;

/// The page as text.
pub fn html(diagnosed: &Diagnosed) -> String {
    let counted = super::conditions(diagnosed);
    let title = format!("raft-lint logs: {counted}");
    let version = env!("CARGO_PKG_VERSION");
    styled(
        &Document {
            title: &title,
            description: "What the log lines of a Raft cluster say about replication",
            header: "",
            main: &main(diagnosed, &counted),
            footer: &format!(
                "<p>raft-lint {version} · <code>raft-lint logs --format html</code></p>\n"
            ),
            script: None,
        },
        STYLE,
    )
}

fn main(diagnosed: &Diagnosed, counted: &str) -> String {
    let mut html = "<h1>What the logs say</h1>\n".to_owned();
    html += &format!("<p class=\"summary\">{}</p>\n", text(counted));
    html += &format!("<p class=\"facts\">{}</p>\n", text(&super::read(&diagnosed.read)));
    html += &end::notes(diagnosed);
    html += &contents(diagnosed);
    let told: Vec<&Diagnosis> = full(diagnosed).collect();
    let most = (MAX_POINTS / told.len().max(1)).max(MIN_POINTS);
    for number in 0..told.len() {
        html += &Telling { diagnosed, told: &told, number, most_points: most }.all();
    }
    html + &end::code(diagnosed) + &end::read(diagnosed)
}

/// Those that have a section: nothing is to be said of who is healthy, unless nobody is ill.
fn full(diagnosed: &Diagnosed) -> impl Iterator<Item = &Diagnosis> {
    let all_healthy = super::worst(diagnosed) == Severity::Ok;
    let is_told = move |one: &&Diagnosis| all_healthy || one.condition != Condition::Healthy;
    diagnosed.diagnoses.iter().filter(is_told).take(MAX_FULL)
}

/// The list of all diagnoses, with links to those that have a section.
fn contents(diagnosed: &Diagnosed) -> String {
    if diagnosed.diagnoses.is_empty() {
        return String::new();
    }
    let told: Vec<&Diagnosis> = full(diagnosed).collect();
    let mut html = "<h2 id=\"all\">Diagnoses</h2>\n".to_owned();
    html += &table_open("Diagnoses", "", &["What", "Headline", "Time", "Confidence"]);
    for diagnosis in diagnosed.diagnoses.iter().take(MAX_LISTED) {
        let number = told.iter().position(|one| std::ptr::eq(*one, diagnosis));
        let line = headline_html(diagnosis);
        let line = match number {
            Some(number) => format!("<a href=\"#d{}\">{line}</a>", number + 1),
            None => line,
        };
        html += &format!(
            "<tr><td class=\"what\">{}</td><td class=\"headline\">{line}</td><td>{}</td><td>{}</td></tr>\n",
            level(diagnosis),
            text(&super::when(diagnosis).unwrap_or_default()),
            confidence(diagnosis)
        );
    }
    html += "</tbody></table></div>\n";
    let left_out = super::left_out(diagnosed, |_| true);
    if let Some((more, holds)) = super::more(MAX_LISTED, diagnosed.diagnoses.len(), left_out) {
        let more = amount::count(more);
        html += &format!("<p>… and {more} more; <code>--format json</code> {holds}.</p>\n");
    }
    html
}

/// How sure it is; of who is healthy, which has no section, also why it is not surer.
fn confidence(diagnosis: &Diagnosis) -> String {
    let id = diagnosis.confidence.id();
    match diagnosis.uncertain.first() {
        Some(why) if diagnosis.condition == Condition::Healthy => {
            format!("{id}: {}", sentence(why))
        }
        _ => id.to_owned(),
    }
}

/// A severity with its condition, told by words and not by colour alone.
fn level(diagnosis: &Diagnosis) -> String {
    let severity = diagnosis.severity.id();
    let id = diagnosis.condition.id();
    format!("<span class=\"level {severity}\">{severity}</span> <code>{id}</code>")
}

fn headline_html(diagnosis: &Diagnosis) -> String {
    let piece = |piece: Piece<'_>| match piece {
        Piece::Words(words) => text(words),
        Piece::Number(number) => number.to_string(),
        Piece::Name(name) => code(name),
    };
    headline(diagnosis).into_iter().map(piece).collect()
}

/// The beginning of a table that can be scrolled by keyboard.
fn table_open(label: &str, class: &str, head: &[&str]) -> String {
    let mut html = format!(
        "<div class=\"table {class}\" tabindex=\"0\" role=\"group\" aria-label=\"{}\"><table><thead><tr>",
        text(label)
    );
    for title in head {
        html += &format!("<th scope=\"col\">{}</th>", text(title));
    }
    html + "</tr></thead><tbody>\n"
}

/// A list of sentences.
fn list(tag: &str, class: &str, items: &[String]) -> String {
    let items: String = items.iter().map(|item| format!("<li>{}</li>\n", sentence(item))).collect();
    format!("<{tag} class=\"{class}\">\n{items}</{tag}>\n")
}

/// A place in a file, which may be broken where its parts end.
fn place(shown: &str) -> String {
    format!("<span class=\"place\">{}</span>", name(shown).replace('/', "/<wbr />"))
}
