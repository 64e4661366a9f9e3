//! `--source`: what the code says about the rules that diagnoses point to.
//!
//! Takes a path and rules; gives each place that a rule is about, and what that means for a cluster.

use std::path::{Path, PathBuf};

use crate::commands::settings;
use crate::error::Error;
use crate::judge;
use crate::logs::diagnosed::{Code, CodePlace};
use crate::outcome::{Obligation, Outcome, Status};
use crate::pipeline::{self, Options};
use crate::source::{Place, Sources};

/// The places, for each of the rules.
pub(super) fn of(path: &Path, rules: &[&'static str]) -> Result<Vec<Code>, Error> {
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
    Ok(rules.iter().map(|rule| about(rule, &outcome, &sources, &shown)).collect())
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

fn place(obligation: &Obligation, sources: &Sources) -> CodePlace {
    let (at, function, text): (&Place, &String, String) = match &obligation.status {
        Status::Proved { .. } => {
            (&obligation.place, &obligation.function, format!("asks: {}", obligation.rule.summary))
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
