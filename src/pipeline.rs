//! The stages in their order, from paths to an [`Outcome`].
//!
//! Takes [`Options`], and a revision to compare with if there is one; gives what was found out and the
//! sources it was found in. It decides nothing and prints nothing.

mod earlier;
mod fault;

use std::path::PathBuf;
use std::sync::{Arc, LazyLock};

use self::earlier::Earlier;
use crate::cache::Cache;
use crate::discover::files::{Disk, Files};
use crate::discover::revision::Revision;
use crate::discover::{self, Discovered, Exclude, prefilter};
use crate::error::Error;
use crate::facts::{self, Analysis, Demands, Memory};
use crate::ir::FileIr;
use crate::lower::STACK_BYTES;
use crate::names::Names;
use crate::outcome::{Handler, Obligation, Outcome, Problem, ProblemKind};
use crate::program::said::{self, Vocabulary};
use crate::program::{FnId, PackageId, Program};
use crate::roles::state;
use crate::source::{FileId, Sources};
use crate::{comments, judge, lower, recognise, rules};

/// What to analyse, and how.
#[derive(Clone, Default, Debug)]
pub struct Options {
    /// Directories and Rust files; none: the current directory.
    pub paths: Vec<PathBuf>,
    /// How many threads read, parse and evaluate.
    pub threads: usize,
    /// Whether packages without Raft vocabulary are left out unparsed.
    pub prefilter: bool,
    /// What the configuration says of the project's names.
    pub vocabulary: Vocabulary,
    /// What is not looked at.
    pub exclude: Exclude,
    /// What earlier runs have kept; without one each run begins anew.
    pub cache: Option<Arc<Cache>>,
}

/// A stage, as people are told of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stage {
    /// Finding and reading files.
    Discover,
    /// Finding the packages that may hold a Raft implementation.
    Prefilter,
    /// Parsing and lowering.
    Parse,
    /// Resolving names.
    Program,
    /// Following paths.
    Facts,
    /// Deciding obligations.
    Judge,
}

impl Stage {
    /// Every stage, in order.
    pub const ALL: [Stage; 6] = [
        Stage::Discover,
        Stage::Prefilter,
        Stage::Parse,
        Stage::Program,
        Stage::Facts,
        Stage::Judge,
    ];

    /// The name used in messages.
    pub fn title(self) -> &'static str {
        match self {
            Stage::Discover => "discover",
            Stage::Prefilter => "prefilter",
            Stage::Parse => "parse and lower",
            Stage::Program => "program",
            Stage::Facts => "facts",
            Stage::Judge => "judge",
        }
    }
}

/// Is told when a stage begins.
pub type Watch<'w> = &'w (dyn Fn(Stage) + Sync);

impl Options {
    /// The paths, or the current directory.
    pub fn paths(&self) -> &[PathBuf] {
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
    run_watched(options, &|_| {})
}

/// As [`run`], and tells which stage begins.
///
/// # Errors
///
/// As [`run`].
pub fn run_watched(options: &Options, watch: Watch<'_>) -> Result<Run, Error> {
    pool(options)?.install(|| stages(&Disk, options, watch))
}

/// Runs all stages on one file that stands nowhere, on the threads of the pool that calls it: their
/// stacks have to have [`STACK_BYTES`]. For those who try many texts, and for tests.
pub fn run_text(text: &[u8], options: &Options) -> Run {
    analysed(discover::of_text(text), options, &|_| {})
}

/// As [`run_text`], where the cache of the options has this as what an earlier run found out about the text's
/// functions. For those who try what somebody may make up.
pub fn run_text_after(text: &[u8], found_out: &[u8], options: &Options) -> Run {
    let found = discover::of_text(text);
    if let Some(cache) = &options.cache {
        let files: Vec<FileId> = (0..found.sources.files.len() as u32).map(FileId).collect();
        Earlier::of(cache, &found, &files, options).put(found_out);
    }
    analysed(found, options, &|_| {})
}

/// Runs all stages twice: on the files on disk, and on those of a revision with the options that `older`
/// gives.
///
/// # Errors
///
/// As [`run`], and if there is no such revision or it can't be read.
pub fn run_both(
    options: &Options,
    revision: &str,
    older: &dyn Fn(&Revision) -> Options,
    watch: Watch<'_>,
) -> Result<(Run, Run), Error> {
    let revision = Revision::open(revision, options.paths())?;
    let older = older(&revision);
    pool(options)?.install(|| {
        let now = stages(&Disk, options, watch)?;
        let then = stages(&revision, &older, watch)?;
        revision.complete()?;
        Ok((now, then))
    })
}

/// A pool of threads with big stacks, because parsing and evaluation recurse as deeply as the checked
/// code is nested.
pub(crate) fn pool(options: &Options) -> Result<rayon::ThreadPool, Error> {
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

fn stages(files: &dyn Files, options: &Options, watch: Watch<'_>) -> Result<Run, Error> {
    watch(Stage::Discover);
    let found = discover::discover(files, options.paths(), &options.exclude)?;
    Ok(analysed(found, options, watch))
}

/// The stages behind discovery.
fn analysed(found: Discovered, options: &Options, watch: Watch<'_>) -> Run {
    watch(Stage::Prefilter);
    let kept = prefilter::kept(&found, &options.vocabulary.signs());
    let wanted = wanted(&found, &kept, options);
    fault::contained(&wanted, &found.packages, &|files, left_out| {
        watch(Stage::Parse);
        let (slots, names, mut problems) =
            lower::lower(&found.sources, files, Names::default(), options.cache.as_deref());
        problems.extend(left_out.iter().map(|&file| Problem {
            kind: ProblemKind::Internal,
            file: found.sources.file(file).name.clone(),
            line: None,
            text: "it could not be analysed".to_owned(),
        }));
        let mut lowered = Lowered { files: slots, names, problems };
        let Some(cache) = &options.cache else {
            return decide(found.clone(), &kept, lowered, options, watch, None);
        };
        let earlier = Earlier::of(cache, &found, files, options);
        let mut memory = earlier.memory(&mut lowered);
        let are_lowered = earlier.are_lowered(&lowered);
        let run = decide(found.clone(), &kept, lowered, options, watch, Some(&mut memory));
        earlier.keep(&memory, &are_lowered);
        rayon::spawn(move || drop(memory));
        run
    })
}

/// The files that are parsed.
pub(crate) fn wanted(found: &Discovered, kept: &[bool], options: &Options) -> Vec<FileId> {
    let files = (0..).map(FileId).zip(&found.packages);
    let is_wanted = |package: &PackageId| !options.prefilter || kept[package.0 as usize];
    files.filter(|(_, package)| is_wanted(package)).map(|(file, _)| file).collect()
}

/// What parsing and lowering gives.
#[derive(Default)]
pub(crate) struct Lowered {
    /// By file slot.
    pub(crate) files: Vec<Option<Arc<FileIr>>>,
    /// The names that they use.
    pub(crate) names: Names,
    /// Files that could not be lowered.
    pub(crate) problems: Vec<Problem>,
}

/// The stages behind parsing. `kept` tells which packages have Raft vocabulary; a `memory` keeps what holds
/// until the next time.
pub(crate) fn decide(
    mut found: Discovered,
    kept: &[bool],
    lowered: Lowered,
    options: &Options,
    watch: Watch<'_>,
    memory: Option<&mut Memory>,
) -> Run {
    let Lowered { mut files, mut names, problems } = lowered;
    let is_kept = |package: &PackageId| kept[package.0 as usize];
    found.problems.extend(problems);
    let parsed = files.iter().flatten().count();
    watch(Stage::Program);
    let said = said::apply(&mut files, &found.packages, &mut names, &options.vocabulary);
    let program = Program::new(files, names, found.packages.clone(), found.modules, said);
    let program = Arc::new(program);
    let states = state::of_packages(&program);
    let demands = Demands {
        asked: &|effect, handling| judge::asked(rules::ALL, effect, handling),
        satisfied: &|event| judge::satisfied(rules::ALL, event),
        safe: &|event| judge::safe(rules::ALL, event),
        lacks_evidence: &|event| judge::lacks_evidence(rules::ALL, event),
    };
    watch(Stage::Facts);
    let analysis = facts::analyse(&program, &states, &demands, memory);
    watch(Stage::Judge);
    #[cfg(test)]
    fault::tests::fail_where_asked(&program);
    let packages = &found.named_packages;
    let obligations =
        judge::judge(rules::ALL, &analysis.events, &program, &found.sources, packages);
    let mut outcome = Outcome {
        handlers: handlers(&program, &analysis, is_kept),
        obligations,
        moot: Vec::new(),
        faults: Vec::new(),
        unseen: 0,
        taught: program.said().names,
        accepted: Vec::new(),
        unused_words: program.said().unused.clone(),
        missing: Vec::new(),
        notes: Vec::new(),
        problems: found.problems,
        files: found.files,
        parsed,
        packages: found.package_dirs.len(),
        package_paths: found.package_paths,
        speaking: kept.iter().filter(|kept| **kept).count(),
        functions: program.ids().count(),
        evaluations: analysis.evaluations,
        excluded: found.excluded,
        package_dirs: found.package_dirs,
        named_packages: found.named_packages,
        absent: found.absent,
        packages_of_files: found.packages.iter().map(|p| p.0 as usize).collect(),
        exhausted: Vec::new(),
    };
    let order = |o: &Obligation| (o.place, o.rule.id, o.effect);
    outcome.obligations.sort_by(|a, b| order(a).cmp(&order(b)));
    let Outcome { named_packages, obligations, .. } = &mut outcome;
    let commented = comments::apply(&program, &found.sources, named_packages, obligations);
    (outcome.faults, outcome.accepted) = (commented.faults, commented.accepted);
    recognise::recognise(&program, &states, &analysis.exhausted, &found.sources, &mut outcome);
    outcome.problems.extend(failed(&program, &analysis.failed, &found.sources));
    // Nobody has to wait until it is taken apart.
    rayon::spawn(move || drop(program));
    (outcome, found.sources)
}

/// The functions of which nothing was found out, by a bug of ours: no run with one is clean.
fn failed(program: &Program, failed: &[FnId], sources: &Sources) -> Vec<Problem> {
    let problem = |&id: &FnId| {
        let place = program.place(id);
        let file = sources.file(place.file);
        Problem {
            kind: ProblemKind::Internal,
            file: file.name.clone(),
            line: Some(sources.line(place)),
            text: format!("`{}` could not be evaluated", program.qualified_name(id)),
        }
    };
    failed.iter().map(problem).collect()
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
            Handler { place, message, function, id }
        })
        .collect();
    handlers.sort();
    handlers.dedup();
    handlers
}
