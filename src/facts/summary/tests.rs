//! What is taken over for a call is what evaluating it gives: tried with every program of the fixtures.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use rayon::prelude::*;
use walkdir::WalkDir;

use crate::pipeline::{self, Options};

static ARE_OFF: AtomicBool = AtomicBool::new(false);

/// Whether every call is evaluated.
pub(super) fn are_off() -> bool {
    ARE_OFF.load(Ordering::Relaxed)
}

fn fixtures() -> Vec<(String, Vec<u8>)> {
    let all = WalkDir::new(Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures"));
    let files = all.into_iter().map(|entry| entry.expect("fixtures can be read").into_path());
    let programs = files.filter(|path| path.extension().is_some_and(|e| e == "rs"));
    let read = |path: PathBuf| {
        let text = std::fs::read(&path).expect("a fixture can be read");
        (path.display().to_string(), text)
    };
    programs.map(read).collect()
}

/// What is found out about each program, as it is written down for people who look for bugs.
fn found_out(programs: &[(String, Vec<u8>)]) -> Vec<String> {
    let run = |(_, text): &(String, Vec<u8>)| {
        let (outcome, _) = pipeline::run_text(text, &Options::default());
        format!("{:#?}\n{:#?}", outcome.handlers, outcome.obligations)
    };
    programs.par_iter().map(run).collect()
}

#[test]
fn what_is_taken_over_is_what_evaluating_gives() {
    let all = fixtures();
    assert!(all.len() > 400, "{} fixtures", all.len());
    let pool = pipeline::pool(&Options { threads: 2, ..Options::default() });
    let pool = pool.expect("threads can be made");
    let taken_over = pool.install(|| found_out(&all));
    ARE_OFF.store(true, Ordering::Relaxed);
    let evaluated = pool.install(|| found_out(&all));
    ARE_OFF.store(false, Ordering::Relaxed);
    let differ = all.iter().zip(taken_over.iter().zip(&evaluated)).filter(|(_, (a, b))| a != b);
    let names: Vec<&str> = differ.map(|((name, _), _)| name.as_str()).collect();
    assert!(names.is_empty(), "these come to something else: {names:#?}");
}
