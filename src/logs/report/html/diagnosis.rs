//! The section of one diagnosis: the same parts in the same order as in the text report, with a plot.
//!
//! Takes the diagnosis and those that are told before it; gives HTML.

use super::{headline_html, level, list, place, table_open};
use crate::logs::amount;
use crate::logs::diagnosed::{Caveat, Diagnosed, Diagnosis, Evidence};
use crate::logs::report::{self, plot};
use crate::pages::html::{code, sentence, text};

/// A diagnosis, and what stands around it.
pub(super) struct Telling<'d> {
    pub(super) diagnosed: &'d Diagnosed,
    /// All that have a section.
    pub(super) told: &'d [&'d Diagnosis],
    /// Which of them it is.
    pub(super) number: usize,
    /// So many points of its plot can be pointed at.
    pub(super) most_points: usize,
}

impl Telling<'_> {
    /// The whole section.
    pub(super) fn all(&self) -> String {
        let diagnosis = self.told[self.number];
        let id = self.id();
        let mut html = format!(
            "<section class=\"diagnosis\" id=\"{id}\" aria-labelledby=\"{id}-head\">\n<h2 id=\"{id}-head\">{} {}</h2>\n",
            level(diagnosis),
            headline_html(diagnosis)
        );
        let sure = format!("{} confidence", diagnosis.confidence.id());
        let facts =
            report::when(diagnosis).into_iter().chain([sure]).collect::<Vec<_>>().join(" · ");
        html += &format!("<p class=\"facts\">{}</p>\n", text(&facts));
        if !diagnosis.summary.is_empty() {
            html += &format!("<p>{}</p>\n", sentence(&diagnosis.summary));
        }
        html += &part("What would make this surer", "ul", "", &diagnosis.uncertain);
        html += &self.plot(diagnosis);
        html += &figures(diagnosis);
        html += &ways(diagnosis);
        html += &evidence(diagnosis, self.diagnosed);
        html += &self.advice(diagnosis);
        html += &pages(diagnosis);
        html + "</section>\n"
    }

    fn id(&self) -> String {
        format!("d{}", self.number + 1)
    }

    fn plot(&self, diagnosis: &Diagnosis) -> String {
        let id = format!("{}-plot", self.id());
        let Some(svg) = plot::svg(&diagnosis.points, &id, self.most_points) else {
            return String::new();
        };
        let has_terms =
            diagnosis.points.iter().any(|p| p.prev_log_term.is_some() || p.follower_term.is_some());
        let caption = match has_terms {
            true => {
                "Above: the index of each probe. Below: the term of the entry there in each log."
            }
            false => "The index of each probe. The lines tell no terms.",
        };
        format!(
            "<figure class=\"plot\"><div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"Plot {}\">\n{svg}</div>\
             <figcaption>{caption}</figcaption></figure>\n",
            self.number + 1
        )
    }

    fn advice(&self, diagnosis: &Diagnosis) -> String {
        let before = &self.told[..self.number];
        let mut html = String::new();
        if let Some((number, same)) = report::same_advice(before, diagnosis) {
            html += &format!(
                "<h3>Do</h3>\n<p>The same as <a href=\"#d{}\">for {}</a>.</p>\n",
                number + 1,
                headline_html(same)
            );
        } else {
            let steps = report::new_steps(before, diagnosis);
            html += &part("Do, in this order", "ol", "do", &steps);
            html += &part("Do not", "ul", "never", &diagnosis.never);
        }
        let caveats = report::new_caveats(before, diagnosis);
        if !caveats.is_empty() {
            let items: String = caveats.into_iter().map(caveat).collect();
            html += &format!("<h3>Known to go wrong</h3>\n<ul class=\"caveats\">\n{items}</ul>\n");
        }
        html
    }
}

fn part(title: &str, tag: &str, class: &str, items: &[String]) -> String {
    match items.is_empty() {
        true => String::new(),
        false => format!("<h3>{title}</h3>\n{}", list(tag, class, items)),
    }
}

fn caveat(caveat: &Caveat) -> String {
    let source = match caveat.source.starts_with("https://") {
        true => format!("<a href=\"{0}\">{0}</a>", text(caveat.source)),
        false => text(caveat.source),
    };
    format!(
        "<li><strong>{}</strong>: {} ({source})</li>\n",
        text(caveat.system),
        sentence(caveat.text)
    )
}

fn figures(diagnosis: &Diagnosis) -> String {
    if diagnosis.figures.is_empty() {
        return String::new();
    }
    let mut html = "<h3>Counted</h3>\n".to_owned();
    html += &table_open("Counted", "", &["What", "Value"]);
    for figure in &diagnosis.figures {
        html += &format!(
            "<tr><th scope=\"row\">{}</th><td>{}</td></tr>\n",
            text(figure.label),
            sentence(&figure.text)
        );
    }
    html + "</tbody></table></div>\n"
}

fn ways(diagnosis: &Diagnosis) -> String {
    if diagnosis.ways.is_empty() {
        return String::new();
    }
    let mut html = "<h3>Ways to where the logs match, at most</h3>\n".to_owned();
    html += &table_open("Ways", "", &["Way", "Probes", "Time", "Computed"]);
    for way in &diagnosis.ways {
        html += &format!(
            "<tr><th scope=\"row\">{}</th><td class=\"number\">{}</td><td class=\"time\">{}</td><td>{}</td></tr>\n",
            sentence(&way.label),
            way.probes.map_or("?".to_owned(), amount::count),
            way.time.map_or("?".to_owned(), amount::duration),
            sentence(&way.computed)
        );
    }
    html + "</tbody></table></div>\n"
}

fn evidence(diagnosis: &Diagnosis, diagnosed: &Diagnosed) -> String {
    if diagnosis.evidence.is_empty() {
        return String::new();
    }
    format!("<h3>Evidence</h3>\n{}", lines("Evidence", &diagnosis.evidence, diagnosed))
}

/// Lines of the logs: where, when, what they show, and what they say.
pub(super) fn lines(label: &str, lines: &[Evidence], diagnosed: &Diagnosed) -> String {
    let mut html = table_open(label, "evidence", &["Place", "Time", "Line"]);
    for line in lines {
        let time = line.time.map(|time| time.time_of_day()).unwrap_or_default();
        let shows = match line.shows.is_empty() {
            true => String::new(),
            false => sentence(&line.shows),
        };
        html += &format!(
            "<tr><td>{}</td><td class=\"time\">{time}</td><td>{shows}<span class=\"quoted\">{}</span></td></tr>\n",
            place(&report::place(&diagnosed.read, line)),
            text(&crate::source::beginning(&line.text, 4_000))
        );
    }
    html + "</tbody></table></div>\n"
}

fn pages(diagnosis: &Diagnosis) -> String {
    let pages = report::pages(diagnosis).into_iter();
    let pages: Vec<String> = pages.map(|page| code(&format!("raft-lint explain {page}"))).collect();
    format!("<p>More: {}</p>\n", pages.join(", "))
}
