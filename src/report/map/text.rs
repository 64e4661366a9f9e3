//! The map: per package what was recognised, what was proved and where, and what is missing.
//!
//! Takes the outcome and the sources; writes for a reviewer who wants to know what "clean" means
//! here. Source lines are quoted, trimmed and escaped.

use std::collections::BTreeSet;
use std::io;

use codespan_reporting::term::termcolor::{Color, ColorSpec, WriteColor};

use crate::finding::Silence;
use crate::outcome::{Obligation, Outcome, Status};
use crate::report::{counted, escape};
use crate::source::{Place, Sources, beginning};

/// Quoted source lines are cut to this many characters.
const MAX_QUOTE: usize = 100;

/// All packages in which something was recognised, then what was not.
pub fn render(outcome: &Outcome, sources: &Sources, out: &mut dyn WriteColor) -> io::Result<()> {
    let places = outcome.handlers.iter().map(|h| h.place);
    let places = places.chain(outcome.obligations.iter().map(|o| o.place));
    let speaking: BTreeSet<usize> = places.map(|p| outcome.package_of(p)).collect();
    for &package in &speaking {
        let map = Map { outcome, sources, package };
        map.package(out)?;
    }
    let silent = outcome.packages - speaking.len();
    if silent > 0 {
        writeln!(out, "{} without anything recognised", counted(silent, "package"))?;
    }
    for note in outcome.notes.iter().filter(|n| n.package.is_none()) {
        writeln!(out, "note: {}", escape::line(&note.text))?;
    }
    unrecognised(outcome, &speaking, out)
}

/// Notes on packages that are not on the map.
fn unrecognised(
    outcome: &Outcome,
    speaking: &BTreeSet<usize>,
    out: &mut dyn WriteColor,
) -> io::Result<()> {
    let shown = |dir: &str| speaking.iter().any(|&p| outcome.package_dirs[p] == dir);
    for note in &outcome.notes {
        if note.package.as_deref().is_some_and(|dir| !shown(dir)) {
            writeln!(out, "note: {}", escape::line(&note.text))?;
        }
    }
    Ok(())
}

/// One package's part.
struct Map<'a> {
    outcome: &'a Outcome,
    sources: &'a Sources,
    package: usize,
}

impl Map<'_> {
    fn package(&self, out: &mut dyn WriteColor) -> io::Result<()> {
        let dir = &self.outcome.package_dirs[self.package];
        heading(out, &format!("package {}", escape::line(dir)))?;
        self.handlers(out)?;
        self.obligations(out)?;
        let notes = self.outcome.notes.iter().filter(|n| n.package.as_ref() == Some(dir));
        let notes: Vec<&str> = notes.map(|n| n.text.as_str()).collect();
        if !notes.is_empty() {
            writeln!(out, "  not recognised")?;
        }
        for note in notes {
            writeln!(out, "    {}", escape::line(note))?;
        }
        writeln!(out)
    }

    fn has(&self, place: Place) -> bool {
        self.outcome.package_of(place) == self.package
    }

    fn handlers(&self, out: &mut dyn WriteColor) -> io::Result<()> {
        let handlers: Vec<_> = self.outcome.handlers.iter().filter(|h| self.has(h.place)).collect();
        writeln!(out, "  handlers{}", if handlers.is_empty() { ": none" } else { "" })?;
        let mut roles: Vec<_> = handlers.iter().map(|h| h.message).collect();
        roles.sort_unstable();
        roles.dedup();
        for role in roles {
            for handler in handlers.iter().filter(|h| h.message == role) {
                let function = escape::line(&handler.function);
                writeln!(out, "    {:<16} {}  {function}", role.id(), self.at(handler.place))?;
            }
        }
        Ok(())
    }

    fn obligations(&self, out: &mut dyn WriteColor) -> io::Result<()> {
        let obligations: Vec<&Obligation> =
            self.outcome.obligations.iter().filter(|o| self.has(o.place)).collect();
        writeln!(out, "  obligations{}", if obligations.is_empty() { ": none" } else { "" })?;
        for obligation in obligations {
            write!(out, "    ")?;
            status(out, &obligation.status)?;
            let function = escape::line(&obligation.function);
            let at = self.at(obligation.place);
            writeln!(out, " {}  {at}  {function}", obligation.rule.id)?;
            writeln!(
                out,
                "      {} {}",
                obligation.effect.id(),
                self.source_line(obligation.place)
            )?;
            match &obligation.status {
                Status::Proved { evidence } => {
                    for place in evidence.iter().map(|e| e.place) {
                        writeln!(out, "      by {}  {}", self.at(place), self.source_line(place))?;
                    }
                }
                Status::Violated { witness, message, .. } => {
                    for step in witness.iter().filter(|s| s.place != obligation.place) {
                        let text = escape::line(&step.text);
                        writeln!(out, "      at {}  {text}", self.at(step.place))?;
                    }
                    writeln!(out, "      {message}")?;
                    if let Some(Silence::Comment { reason, .. }) = &obligation.silence {
                        writeln!(out, "      silenced: {}", escape::line(reason))?;
                    }
                }
                Status::Undecided => {}
            }
        }
        Ok(())
    }

    fn at(&self, place: Place) -> String {
        let name = &self.sources.file(place.file).name;
        format!("{}:{}", escape::line(name), self.sources.line(place))
    }

    /// The source line, so that nobody has to look it up.
    fn source_line(&self, place: Place) -> String {
        let file = self.sources.file(place.file);
        let line = file.line_text(self.sources.line(place)).trim();
        format!("`{}`", escape::line(&beginning(line, MAX_QUOTE)))
    }
}

fn heading(out: &mut dyn WriteColor, text: &str) -> io::Result<()> {
    out.set_color(ColorSpec::new().set_bold(true))?;
    write!(out, "{text}")?;
    out.reset()?;
    writeln!(out)
}

fn status(out: &mut dyn WriteColor, status: &Status) -> io::Result<()> {
    let color = match status {
        Status::Proved { .. } => Color::Green,
        Status::Violated { .. } => Color::Red,
        Status::Undecided => Color::Yellow,
    };
    out.set_color(ColorSpec::new().set_fg(Some(color)))?;
    write!(out, "{:<9}", status.id())?;
    out.reset()
}
