//! The stages in their order, from paths to an [`Outcome`].
//!
//! Takes [`Options`], and a revision to compare with if there is one; gives what was found out and the
//! sources it was found in. It decides nothing
//! and prints nothing.

use std::path::PathBuf;
use std::sync::LazyLock;

use crate::discover::files::{Disk, Files};
use crate::discover::revision::Revision;
use crate::discover::{self, prefilter};
use crate::error::Error;
use crate::facts::{self, Analysis, Demands};
use crate::lower::STACK_BYTES;
use crate::outcome::{Handler, Obligation, Outcome};
use crate::program::{PackageId, Program};
use crate::roles::state;
use crate::source::{FileId, Sources};
use crate::{judge, lower, recognise, rules};

/// What to analyse, and how.
#[derive(Clone, Debug)]
pub struct Options {
    /// Directories and Rust files; none: the current directory.
    pub paths: Vec<PathBuf>,
    /// How many threads read, parse and evaluate.
    pub threads: usize,
    /// Whether packages without Raft vocabulary are left out unparsed.
    pub prefilter: bool,
}

impl Options {
    /// The paths, or the current directory.
    fn paths(&self) -> &[PathBuf] {
        static HERE: LazyLock<[PathBuf; 1]> = LazyLock::new(|| [PathBuf::from(".")]);
        if self.paths.is_empty() { &*HERE } else { &self.paths }
    }
}

/// What was found out, and in which files.
pub type Run = (Outcome, Sources);

/// Runs all stages on the files on disk.
///
/// # Errors
///
/// If the paths make no sense, or there is not enough memory for the threads.
pub fn run(options: &Options) -> Result<Run, Error> {
    pool(options)?.install(|| stages(&Disk, options))
}

/// Runs all stages twice: on the files on disk, and on those of a revision under the same paths.
///
/// # Errors
///
/// As [`run`], and if there is no such revision or it can't be read.
pub fn run_both(options: &Options, revision: &str) -> Result<(Run, Run), Error> {
    let revision = Revision::open(revision, options.paths())?;
    pool(options)?.install(|| {
        let now = stages(&Disk, options)?;
        let then = stages(&revision, options)?;
        revision.complete()?;
        Ok((now, then))
    })
}

/// A pool of threads with big stacks, because parsing and evaluation recurse as deeply as the checked
/// code is nested.
fn pool(options: &Options) -> Result<rayon::ThreadPool, Error> {
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(options.threads)
        .stack_size(STACK_BYTES)
        .thread_name(|i| format!("raft-lint-{i}"));
    pool.build().map_err(|error| {
        Error::new(
            format!(
                "no {} threads with stacks of {} MiB: {error}",
                options.threads,
                STACK_BYTES >> 20
            ),
            "ask for fewer with `--threads`, or raise the memory limit",
        )
    })
}

fn stages(files: &dyn Files, options: &Options) -> Result<Run, Error> {
    let mut found = discover::discover(files, options.paths())?;
    let kept = prefilter::kept(&found);
    let is_kept = |package: &PackageId| kept[package.0 as usize];
    let files = (0..).map(FileId).zip(&found.packages);
    let files = files.filter(|(_, package)| !options.prefilter || is_kept(package));
    let wanted: Vec<FileId> = files.map(|(file, _)| file).collect();
    let (files, names, problems) = lower::lower(&found.sources, &wanted);
    found.problems.extend(problems);
    let parsed = files.iter().flatten().count();
    let program = Program::new(files, names, found.packages.clone(), found.modules);
    let states = state::of_packages(&program);
    let demands = Demands {
        asked: &|effect, handling| judge::asked(rules::ALL, effect, handling),
        satisfied: &|event| judge::satisfied(rules::ALL, event),
        safe: &|event| judge::safe(rules::ALL, event),
        lacks_evidence: &|event| judge::lacks_evidence(rules::ALL, event),
    };
    let analysis = facts::analyse(&program, &states, &demands);
    let packages = &found.named_packages;
    let (obligations, moot) =
        judge::judge(rules::ALL, &analysis.events, &program, &found.sources, packages);
    let mut outcome = Outcome {
        handlers: handlers(&program, &analysis, is_kept),
        obligations,
        moot,
        notes: Vec::new(),
        problems: found.problems,
        files: found.files,
        parsed,
        packages: found.package_dirs.len(),
        package_dirs: found.package_dirs,
        named_packages: found.named_packages,
        absent: found.absent,
        packages_of_files: found.packages.iter().map(|p| p.0 as usize).collect(),
        exhausted: Vec::new(),
    };
    let order = |o: &Obligation| (o.place, o.rule.id, o.effect);
    outcome.obligations.sort_by(|a, b| order(a).cmp(&order(b)));
    recognise::recognise(&program, &states, &analysis.exhausted, &found.sources, &mut outcome);
    Ok((outcome, found.sources))
}

/// The handlers, but not those of packages without Raft vocabulary: what is called `append` or
/// `heartbeat` there is something else. Effects are never left out.
fn handlers(
    program: &Program,
    analysis: &Analysis,
    is_kept: impl Fn(&PackageId) -> bool,
) -> Vec<Handler> {
    let mut handlers: Vec<Handler> = analysis
        .handlers
        .iter()
        .filter(|(place, ..)| is_kept(&program.package_of_file(place.file)))
        .map(|&(place, message, id)| {
            let function = program.qualified_name(id);
            Handler { place, message, function }
        })
        .collect();
    handlers.sort();
    handlers.dedup();
    handlers
}
