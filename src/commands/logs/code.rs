//! `--source`: what the code says about the rules that diagnoses point to.
//!
//! Takes a path, rules and what was diagnosed; gives each place that a rule is about, and what that means for a cluster:
//! also that code and lines contradict each other, and may not belong together.

use std::path::{Path, PathBuf};

use crate::commands::settings;
use crate::error::Error;
use crate::judge;
use crate::logs::diagnosed::{Code, CodePlace, Diagnosis};
use crate::outcome::{Obligation, Outcome, Status};
use crate::pipeline::{self, Options};
use crate::source::{Place, Sources};

/// Below so many probes a step of one index tells nothing.
const FEW: f64 = 3.0;
/// One index for each probe, but for some.
const ONE_BY_ONE: f64 = 1.1;

/// The places, for each of the rules.
pub(super) fn of(
    path: &Path,
    rules: &[&'static str],
    diagnoses: &[Diagnosis],
) -> Result<Vec<Code>, Error> {
    if !path.exists() {
        return Err(Error::new(
            format!("`{}` does not exist", path.display()),
            "give the directory of the Raft implementation that wrote the lines",
        ));
    }
    let options = Options {
        paths: vec![PathBuf::from(path)],
        threads: settings::threads(None),
        prefilter: true,
        ..Options::default()
    };
    let (mut outcome, sources) = pipeline::run(&options)?;
    judge::settle(&mut outcome);
    let shown = path.display().to_string();
    let mut all: Vec<Code> =
        rules.iter().map(|rule| about(rule, &outcome, &sources, &shown)).collect();
    for code in &mut all {
        contradict(code, diagnoses);
    }
    Ok(all)
}

fn about(rule: &'static str, outcome: &Outcome, sources: &Sources, path: &str) -> Code {
    let obligations = outcome.obligations.iter().filter(|obligation| obligation.rule.id == rule);
    let places: Vec<CodePlace> = obligations.map(|one| place(one, sources)).collect();
    let silent = places.is_empty().then(|| {
        if outcome.handlers.is_empty() {
            "no Raft handler was recognised there: `raft-lint map` shows what was understood"
                .to_owned()
        } else {
            format!(
                "`{rule}` has nothing to prove there: `raft-lint map` shows what was understood"
            )
        }
    });
    Code { path: path.to_owned(), rule, places, silent }
}

/// Code that skips, and lines that show a walk one by one: they may be of two programs.
fn contradict(code: &mut Code, diagnoses: &[Diagnosis]) {
    let all_proved = code.places.iter().all(|place| place.status == "proved");
    let shown = diagnoses.iter().any(|one| one.rule == Some(code.rule) && is_one_by_one(one));
    if code.rule == "next-index-backoff" && all_proved && shown {
        for place in &mut code.places {
            place.text += "; the lines contradict that: they show a walk back one by one, so they may be of another \
                           program or version than this code";
        }
    }
}

fn is_one_by_one(diagnosis: &Diagnosis) -> bool {
    let figure = |id: &str| diagnosis.figures.iter().find(|one| one.id == id)?.number;
    let enough = figure("probes").is_some_and(|probes| probes >= FEW);
    enough && figure("step").is_some_and(|step| step > 0.0 && step <= ONE_BY_ONE)
}

fn place(obligation: &Obligation, sources: &Sources) -> CodePlace {
    let (at, function, text): (&Place, &String, String) = match &obligation.status {
        Status::Proved { .. } => {
            (&obligation.place, &obligation.function, obligation.rule.summary.to_owned())
        }
        Status::Violated { shown, around, message, .. } => (shown, around, (*message).to_owned()),
        Status::Undecided => {
            (&obligation.place, &obligation.function, "could not be decided".to_owned())
        }
    };
    CodePlace {
        file: sources.file(at.file).name.clone(),
        line: sources.line(*at),
        function: function.clone(),
        status: obligation.status.id(),
        text,
    }
}
