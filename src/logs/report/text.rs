//! The text report: each diagnosis with its picture, its arithmetic, its evidence, and what to do.
//!
//! Takes what was diagnosed; writes for people at a terminal. The worst are told in full, the others in a line, so that a
//! cluster of a thousand followers can still be read.

mod diagnosis;
mod end;
mod evidence;

use std::io;

use codespan_reporting::term::termcolor::{Color, WriteColor};

use self::diagnosis::Telling;
use super::sheet::{Sheet, bold, colored, dimmed};
use super::{Piece, headline, when};
use crate::logs::amount;
use crate::logs::condition::{Condition, Severity};
use crate::logs::diagnosed::{Diagnosed, Diagnosis};
use crate::logs::report;
use crate::pages::terminal::wrap::Line;
use crate::report::Detail;

/// So many diagnoses are told in full.
const MAX_FULL: usize = 10;
/// So many further ones are told in a line each.
const MAX_BRIEF: usize = 40;
/// So many healthy followers are told of.
const MAX_HEALTHY: usize = 10;

/// How the report is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TextOptions {
    /// How many columns there are.
    pub width: usize,
    /// How much is said.
    pub detail: Detail,
    /// Whether only ASCII can be shown.
    pub ascii: bool,
}

impl Default for TextOptions {
    fn default() -> Self {
        TextOptions { width: 100, detail: Detail::Normal, ascii: false }
    }
}

/// Whether a terminal with these variables shows only ASCII. Where nothing is said of it, it shows all.
pub fn is_ascii(variable: impl Fn(&str) -> Option<String>) -> bool {
    let is_dumb = variable("TERM").is_some_and(|term| term == "dumb");
    let mut locales = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().filter_map(variable);
    let locale = locales.find(|locale| !locale.is_empty()).map(|locale| locale.to_lowercase());
    let is_other = |locale: String| !locale.contains("utf-8") && !locale.contains("utf8");
    is_dumb || locale.is_some_and(is_other)
}

/// The report.
pub fn text(
    diagnosed: &Diagnosed,
    options: &TextOptions,
    out: &mut dyn WriteColor,
) -> io::Result<()> {
    let mut sheet = Sheet::new(options.width, options.ascii);
    if options.detail == Detail::Quiet {
        for diagnosis in &diagnosed.diagnoses {
            head(diagnosis, &mut sheet);
        }
        return sheet.write(out);
    }
    diagnoses(diagnosed, options, &mut sheet);
    end::all(diagnosed, options, &mut sheet);
    sheet.write(out)
}

/// The diagnoses alone, for whoever tells them one after the other.
pub fn one(
    diagnosed: &Diagnosed,
    options: &TextOptions,
    out: &mut dyn WriteColor,
) -> io::Result<()> {
    let mut sheet = Sheet::new(options.width, options.ascii);
    if options.detail == Detail::Quiet {
        return text(diagnosed, options, out);
    }
    diagnoses(diagnosed, options, &mut sheet);
    sheet.write(out)
}

/// Files that were read in part only, for standard error.
pub fn problems(
    diagnosed: &Diagnosed,
    options: &TextOptions,
    err: &mut dyn WriteColor,
) -> io::Result<()> {
    let mut sheet = Sheet::new(options.width, options.ascii);
    end::problems(&diagnosed.read, options, &mut sheet);
    sheet.write(err)
}

fn diagnoses(diagnosed: &Diagnosed, options: &TextOptions, sheet: &mut Sheet) {
    let is_healthy = |diagnosis: &&Diagnosis| diagnosis.condition == Condition::Healthy;
    let (healthy, ill): (Vec<&Diagnosis>, Vec<&Diagnosis>) =
        diagnosed.diagnoses.iter().partition(is_healthy);
    let mut told: Vec<&Diagnosis> = Vec::new();
    for diagnosis in ill.iter().take(MAX_FULL) {
        sheet.blank();
        head(diagnosis, sheet);
        let telling = Telling { diagnosis, before: &told, diagnosed, options };
        telling.all(sheet);
        told.push(diagnosis);
    }
    let brief = &ill[ill.len().min(MAX_FULL)..];
    if !brief.is_empty() {
        sheet.blank();
    }
    for diagnosis in brief.iter().take(MAX_BRIEF) {
        head(diagnosis, sheet);
    }
    let left_out = report::left_out(diagnosed, |condition| condition != Condition::Healthy);
    more(MAX_FULL + MAX_BRIEF, ill.len(), left_out, sheet);
    let left_out = report::left_out(diagnosed, |condition| condition == Condition::Healthy);
    if options.detail == Detail::Verbose {
        for diagnosis in healthy.iter().take(MAX_HEALTHY) {
            sheet.blank();
            head(diagnosis, sheet);
            Telling { diagnosis, before: &told, diagnosed, options }.all(sheet);
        }
        return more(MAX_HEALTHY, healthy.len(), left_out, sheet);
    }
    if !healthy.is_empty() {
        sheet.blank();
    }
    for diagnosis in healthy.iter().take(MAX_HEALTHY) {
        head(diagnosis, sheet);
        if !diagnosis.summary.is_empty() {
            let words = sheet.words(&diagnosis.summary);
            sheet.paragraph(&[words]);
        }
        if let Some(uncertain) = diagnosis.uncertain.first() {
            let words = sheet.span(dimmed(), &format!("not surer: {uncertain}"));
            sheet.paragraph(&[words]);
        }
    }
    more(MAX_HEALTHY, healthy.len(), left_out, sheet);
}

/// Says how many more there are than were told.
fn more(told: usize, known: usize, left_out: u64, sheet: &mut Sheet) {
    if let Some((more, holds)) = report::more(told, known, left_out) {
        let text = format!("… and {} more; `--format json` {holds}", amount::count(more));
        let words = sheet.words(&text);
        sheet.whole(vec![words]);
    }
}

/// ``error[divergence]: follower `D` has diverged from leader `A` (term 12)``
fn head(diagnosis: &Diagnosis, sheet: &mut Sheet) {
    let severity = diagnosis.severity;
    let color = match severity {
        Severity::Error => Color::Red,
        Severity::Warning => Color::Yellow,
        Severity::Note | Severity::Ok => Color::Green,
    };
    let code = format!("{}[{}]", severity.id(), diagnosis.condition.id());
    let mut line: Line = vec![sheet.span(colored(color), &code), sheet.span(bold(), ": ")];
    for piece in headline(diagnosis) {
        line.push(match piece {
            Piece::Words(words) => sheet.span(bold(), words),
            Piece::Number(number) => sheet.span(bold(), &number.to_string()),
            Piece::Name(name) => sheet.span(bold(), &format!("`{name}`")),
        });
    }
    sheet.whole(line);
}

/// When it was and how sure it is, in a line.
fn facts(diagnosis: &Diagnosis) -> String {
    let sure = format!("{} confidence", diagnosis.confidence.id());
    match when(diagnosis) {
        Some(when) => format!("{when}, {sure}"),
        None => sure,
    }
}

#[cfg(test)]
mod tests {
    use super::is_ascii;

    fn with(variables: &[(&str, &str)]) -> bool {
        let value = |name: &str| variables.iter().find(|(known, _)| *known == name);
        is_ascii(|name| value(name).map(|(_, value)| (*value).to_owned()))
    }

    #[test]
    fn what_a_terminal_shows_is_said_by_its_variables() {
        assert!(!with(&[]));
        assert!(!with(&[("LANG", "de_DE.UTF-8")]) && !with(&[("LC_ALL", "C.utf8"), ("LANG", "C")]));
        assert!(with(&[("LANG", "C")]) && with(&[("LANG", "de_DE.ISO-8859-1")]));
        assert!(with(&[("LC_ALL", "POSIX"), ("LANG", "de_DE.UTF-8")]));
        assert!(!with(&[("LC_ALL", ""), ("LANG", "de_DE.UTF-8")]));
        assert!(with(&[("TERM", "dumb"), ("LANG", "de_DE.UTF-8")]));
    }
}
