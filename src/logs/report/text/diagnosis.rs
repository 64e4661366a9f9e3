//! One diagnosis in full, below its headline.
//!
//! Takes the diagnosis and those that were told before it; adds its parts in the order in which a person on call needs
//! them: what it is, how it looks, what it costs, what shows it, what to do.

use codespan_reporting::term::termcolor::Color;

use super::{evidence, facts};
use crate::logs::amount;
use crate::logs::diagnosed::{Diagnosed, Diagnosis, Figure, Way};
use crate::logs::report::sheet::{Sheet, bold, dimmed, right};
use crate::logs::report::{self, picture};
use crate::pages::terminal::wrap::{Line, Span, Style};

use super::TextOptions;

/// A diagnosis, and what stands around it.
pub(super) struct Telling<'d> {
    pub(super) diagnosis: &'d Diagnosis,
    /// The ones that were told in full before.
    pub(super) before: &'d [&'d Diagnosis],
    pub(super) diagnosed: &'d Diagnosed,
    pub(super) options: &'d TextOptions,
}

impl Telling<'_> {
    pub(super) fn all(&self, sheet: &mut Sheet) {
        let diagnosis = self.diagnosis;
        let words = sheet.span(dimmed(), &facts(diagnosis));
        sheet.paragraph(&[words]);
        if !diagnosis.summary.is_empty() {
            let words = sheet.words(&diagnosis.summary);
            sheet.paragraph(&[words]);
        }
        list("what would make this surer", &diagnosis.uncertain, sheet);
        self.picture(sheet);
        self.figures(sheet);
        self.ways(sheet);
        self.evidence(sheet);
        self.advice(sheet);
        self.pages(sheet);
    }

    fn picture(&self, sheet: &mut Sheet) {
        let room = sheet.room().saturating_sub(2);
        let lines = picture::lines(&self.diagnosis.points, room, self.options.ascii);
        if !lines.is_empty() {
            let has_terms = self
                .diagnosis
                .points
                .iter()
                .any(|point| point.prev_log_term.is_some() || point.follower_term.is_some());
            let title = match has_terms {
                true => "probed index, and each log's term there",
                false => "probed index (the lines tell no terms)",
            };
            sheet.part(title);
            sheet.block(lines);
        }
    }

    fn figures(&self, sheet: &mut Sheet) {
        if self.diagnosis.figures.is_empty() {
            return;
        }
        sheet.part("counted");
        let row = |figure: &Figure| {
            vec![vec![sheet.words(figure.label)], vec![sheet.words(&figure.text)]]
        };
        let rows: Vec<Vec<Line>> = self.diagnosis.figures.iter().map(row).collect();
        sheet.rows(&rows);
    }

    fn ways(&self, sheet: &mut Sheet) {
        if self.diagnosis.ways.is_empty() {
            return;
        }
        sheet.part("ways to where the logs match, at most");
        let probes =
            self.diagnosis.ways.iter().map(|way| way.probes.map_or("?".to_owned(), amount::count));
        let probes = right(probes.collect());
        let row = |(way, probes): (&Way, String)| -> Vec<Line> {
            let time = way.time.map_or("?".to_owned(), amount::duration);
            vec![
                vec![sheet.words(&way.label)],
                vec![sheet.words(&probes)],
                vec![sheet.words(&time)],
                vec![sheet.span(dimmed(), &way.computed)],
            ]
        };
        let rows: Vec<Vec<Line>> = self.diagnosis.ways.iter().zip(probes).map(row).collect();
        sheet.table(&["way", "probes", "time", "computed"], rows);
    }

    fn evidence(&self, sheet: &mut Sheet) {
        if self.diagnosis.evidence.is_empty() {
            return;
        }
        evidence::add(
            "evidence",
            &self.diagnosis.evidence,
            &self.diagnosed.read,
            self.options,
            sheet,
        );
    }

    fn advice(&self, sheet: &mut Sheet) {
        let diagnosis = self.diagnosis;
        if let Some((_, same)) = report::same_advice(self.before, diagnosis) {
            let of = same.follower.as_deref().or(same.leader.as_deref());
            let text = match of {
                Some(name) => format!("what to do: as for `{name}` above"),
                None => format!("what to do: as for {} above", same.condition.title()),
            };
            sheet.blank();
            let words = sheet.words(&text);
            sheet.paragraph(&[words]);
        } else {
            let steps = report::new_steps(self.before, diagnosis);
            if !steps.is_empty() {
                sheet.part("do, in this order");
                for (number, step) in (1..).zip(&steps) {
                    let words = sheet.words(step);
                    sheet.item(&format!("{number}."), &[words]);
                }
            }
            list("do not", &diagnosis.never, sheet);
        }
        let caveats = report::new_caveats(self.before, diagnosis);
        if !caveats.is_empty() {
            sheet.part("known to go wrong");
            for caveat in caveats {
                let system = sheet.span(bold(), caveat.system);
                let words = sheet.words(&format!(": {} ", caveat.text));
                let source = sheet.span(dimmed(), &format!("({})", caveat.source));
                sheet.item("-", &[system, words, source]);
            }
        }
    }

    fn pages(&self, sheet: &mut Sheet) {
        sheet.blank();
        let mut spans = vec![Span::plain("more: ")];
        for (number, page) in report::pages(self.diagnosis).into_iter().enumerate() {
            spans.push(Span::plain(if number > 0 { ", " } else { "" }));
            spans.push(sheet.span(command(), &format!("`raft-lint explain {page}`")));
        }
        sheet.paragraph(&spans);
    }
}

/// A command to type.
fn command() -> Style {
    Style { color: Some(Color::Cyan), ..Style::default() }
}

fn list(title: &str, items: &[String], sheet: &mut Sheet) {
    if items.is_empty() {
        return;
    }
    sheet.part(title);
    for item in items {
        let words = sheet.words(item);
        sheet.item("-", &[words]);
    }
}
