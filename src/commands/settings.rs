//! Settings: what a run does, from the command line over the configuration over the defaults.
//!
//! Takes the arguments; reads the configuration, and gives one value for each setting. Nothing else
//! puts the three together.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use codespan_reporting::term::termcolor::Buffer;

use super::kept::{Kept, kept};
use crate::cli::{
    BaselineArgs, CacheArgs, CheckArgs, ConfigArgs, DetailArgs, FailArgs, FailOn, InputArgs,
    LevelArgs, NewArgs, OutputArgs, ReadArgs,
};
use crate::config::{self, Configuration, Older};
use crate::discover::Exclude;
use crate::discover::revision::Revision;
use crate::error::Error;
use crate::levels::{Layer, Levels};
use crate::outcome::{Note, Outcome};
use crate::pipeline::Options;
use crate::program::said::{self, Spoken, Vocabulary};
use crate::report::{Configured, Detail};
use crate::require::{self, Need};
use crate::rule::{Level, Rule};
use crate::rules;

/// What to look at, and the configuration that says so.
pub(super) struct Input {
    /// The pipeline's options.
    pub(super) options: Options,
    /// The configuration, if there is one.
    pub(super) configuration: Option<Configuration>,
    /// Whether the configuration was looked for, and neither named nor forbidden.
    looked_for: bool,
    /// How many paths the configuration chooses.
    chosen: usize,
    /// Whether all that the configuration is about is looked at: no path was given.
    whole: bool,
    /// The configuration that was named.
    named: Option<PathBuf>,
    /// What the command line alone leaves out.
    left_out: Exclude,
    /// What earlier runs have kept.
    pub(super) kept: Option<Kept>,
}

/// All settings of a check.
pub(super) struct Settings {
    /// What to look at.
    pub(super) input: Input,
    /// The levels of the findings.
    pub(super) levels: Levels,
    /// What has to be recognised; both the command line and the configuration can ask for it.
    pub(super) require: Vec<Need>,
    /// The lowest level of findings that fails the run.
    pub(super) fail_on: Level,
    /// Whether findings leave the exit code as it is.
    pub(super) exit_zero: bool,
    /// How much is said.
    pub(super) detail: Detail,
    /// The file with the findings that were known before.
    pub(super) baseline: Option<PathBuf>,
    /// What reports say of the configuration.
    pub(super) configured: Option<Configured>,
}

/// What to look at.
pub(super) fn of_input(args: &InputArgs) -> Result<Input, Error> {
    let wanted = &args.config;
    let looked_for = wanted.read.config.is_none() && !wanted.read.no_config;
    let configuration = read(&wanted.read, &args.paths)?;
    let mut exclude = configuration.as_ref().map(|c| c.exclude.clone()).unwrap_or_default();
    let mut left_out = Exclude::default();
    add_excludes(&mut left_out, &wanted.exclude)?;
    exclude.extend(&left_out);
    let mut paths = args.paths.clone();
    let mut chosen = 0;
    if let Some(configuration) = configuration.as_ref().filter(|_| paths.is_empty()) {
        paths.clone_from(&configuration.paths);
        chosen = paths.len();
    }
    let vocabulary = configuration.as_ref().map(vocabulary).transpose()?.unwrap_or_default();
    let options = Options {
        paths,
        threads: threads(args.threads),
        prefilter: !args.no_prefilter,
        exclude,
        vocabulary,
        cache: None,
    };
    let kept = kept(&args.cache, options.paths())?;
    let options = Options { cache: kept.as_ref().map(|kept| Arc::clone(&kept.cache)), ..options };
    let whole = args.paths.is_empty();
    let named = wanted.read.config.clone();
    Ok(Input { options, configuration, looked_for, chosen, whole, named, left_out, kept })
}

/// The configuration that is named, or the nearest to the paths, or to here.
pub(super) fn read(args: &ReadArgs, paths: &[PathBuf]) -> Result<Option<Configuration>, Error> {
    let here = [PathBuf::from(".")];
    match &args.config {
        Some(file) => config::named(file).map(Some),
        None if args.no_config => Ok(None),
        None => config::nearest_to(if paths.is_empty() { &here } else { paths }),
    }
}

/// What a configuration says of the project's names.
///
/// # Errors
///
/// If a role or message is not known.
fn vocabulary(file: &Configuration) -> Result<Vocabulary, Error> {
    let mut vocabulary = Vocabulary::default();
    let hint = "docs/comments.md lists them";
    for (id, assigned) in &file.roles {
        let meaning = said::meaning(id).map_err(|why| file.error(assigned.line, &why, hint))?;
        let names = assigned.names.iter();
        vocabulary.roles.extend(names.map(|(name, line)| Spoken::new(name, meaning, *line)));
    }
    for (id, assigned) in &file.handlers {
        let message = said::message(id).map_err(|why| file.error(assigned.line, &why, hint))?;
        let names = assigned.names.iter();
        vocabulary.handlers.extend(names.map(|(name, line)| Spoken::new(name, message, *line)));
    }
    Ok(vocabulary)
}

/// What a baseline is made of: what is looked at, and the levels.
pub(super) fn of_baseline(args: &BaselineArgs) -> Result<(Input, Levels), Error> {
    let input = of_input(&args.input)?;
    let LevelArgs { deny, warn, allow } = &args.levels;
    let mut layers = vec![Layer::new(deny, warn, allow)?];
    layers.extend(input.configuration.as_ref().map(|file| file.levels.clone()));
    Ok((input, Levels::of(layers)))
}

/// All settings of a directory that is open in an editor: those of a check that is started in it.
pub(super) fn of_root(root: &Path, threads: Option<u16>) -> Result<Settings, Error> {
    let args = CheckArgs {
        input: InputArgs {
            paths: vec![root.to_path_buf()],
            config: ConfigArgs::default(),
            threads,
            cache: CacheArgs { no_cache: true, cache_dir: None },
            no_prefilter: false,
        },
        levels: LevelArgs::default(),
        failing: FailArgs::default(),
        new: NewArgs::default(),
        output: OutputArgs::default(),
        detail: DetailArgs::default(),
    };
    let mut settings = of_check(&args)?;
    let chosen = settings.input.configuration.as_ref().map(|file| &file.paths);
    if let Some(paths) = chosen.filter(|paths| !paths.is_empty()).cloned() {
        settings.input.options.paths = paths;
    }
    Ok(settings)
}

/// All settings of a check.
pub(super) fn of_check(args: &CheckArgs) -> Result<Settings, Error> {
    let input = of_input(&args.input)?;
    let LevelArgs { deny, warn, allow } = &args.levels;
    let asked = Layer::new(deny, warn, allow)?;
    let FailArgs { require, fail_on, exit_zero } = &args.failing;
    let mut needs = require.iter().map(|word| Need::read(word)).collect::<Result<Vec<_>, _>>()?;
    let file = input.configuration.as_ref();
    needs.extend(file.into_iter().flat_map(|file| &file.require));
    needs.sort_unstable();
    needs.dedup();
    let fail_on = fail_on.map(|level| match level {
        FailOn::Error => Level::Error,
        FailOn::Warn => Level::Warning,
        FailOn::Advice => Level::Advice,
    });
    let configured = input.configured(&asked, fail_on.is_none());
    let mut layers = vec![asked];
    layers.extend(file.map(|file| file.levels.clone()));
    Ok(Settings {
        levels: Levels::of(layers),
        require: needs,
        fail_on: fail_on.or(file.and_then(|file| file.fail_on)).unwrap_or(Level::Warning),
        exit_zero: *exit_zero,
        detail: detail(&args.detail),
        baseline: args.new.baseline.clone().or_else(|| file.and_then(|file| file.baseline.clone())),
        configured,
        input,
    })
}

impl Input {
    /// What has to be done after a run, and said of what was kept.
    pub(super) fn end(&self, err: &mut Buffer) -> Result<(), Error> {
        self.kept.as_ref().map_or(Ok(()), |kept| kept.end(err)).map_err(super::in_memory)
    }

    /// The options for a revision: with its own configuration, so that a change of the configuration hides
    /// nothing that was looked at before. One that is of no use leaves nothing out.
    pub(super) fn at(&self, revision: &Revision) -> Options {
        let options = self.options.clone();
        let older = match &self.named {
            Some(file) => config::named_at(revision, file),
            None if self.looked_for => config::nearest_at(revision, options.paths()),
            None => Older::Same,
        };
        let older = match older {
            Older::Same => return options,
            Older::None => Configuration::default(),
            Older::Other(older) => *older,
        };
        let mut exclude = older.exclude.clone();
        exclude.extend(&self.left_out);
        let mut paths = options.paths;
        if self.whole {
            paths = older.paths.iter().filter(|path| path.exists()).cloned().collect();
        }
        let vocabulary = vocabulary(&older).unwrap_or_default();
        Options { paths, exclude, vocabulary, ..options }
    }

    /// What the configuration takes back, where the command line does not say otherwise: of rules
    /// what it has `asked` for, and on request which level fails the run.
    pub(super) fn configured(&self, asked: &Layer, decides_failing: bool) -> Option<Configured> {
        let file = self.configuration.as_ref()?;
        let open = || rules::ALL.iter().filter(|rule| asked.says(rule).is_none());
        let is_lower =
            |rule: &Rule| file.levels.says(rule).flatten().is_some_and(|level| level < rule.level);
        Some(Configured {
            name: file.name.clone(),
            off: open().filter(|rule| file.levels.says(rule) == Some(None)).count(),
            lowered: open().filter(|rule| is_lower(rule)).count(),
            paths: self.chosen,
            errors_only: decides_failing && file.fail_on == Some(Level::Error),
        })
    }

    /// Tells which names of the configuration the code does not have: where all that it is about was
    /// looked at that is an error, else a note.
    fn unused_words(&self, outcome: &mut Outcome) -> Option<Error> {
        let file = self.configuration.as_ref()?;
        let mut error = None;
        for (line, text) in outcome.unused_words.iter().take(MAX_TOLD) {
            let told = file.error(*line, text, "give the name as the code has it, or leave it out");
            outcome.notes.push(Note { package: None, text: told.text.clone(), fails: self.whole });
            error.get_or_insert(told);
        }
        error.filter(|_| self.whole)
    }
}

/// Of more names than these it is not told.
const MAX_TOLD: usize = 20;

impl Settings {
    /// Adds to an outcome, which no level has been applied to, what was required and not recognised,
    /// and which configurations are not used; gives the error for the first.
    pub(super) fn complete(&self, outcome: &mut Outcome) -> Option<Error> {
        let unmet = require::unmet(&self.require, outcome);
        let error = require::error(&unmet).or_else(|| self.input.unused_words(outcome));
        outcome.notes.extend(unmet);
        if self.input.looked_for {
            let used = self.input.configuration.as_ref();
            outcome.notes.extend(config::unused(&outcome.package_paths, used));
        }
        error
    }
}

/// How many threads are used: as many as there are processors, if nothing is said.
pub(super) fn threads(asked: Option<u16>) -> usize {
    let processors = || std::thread::available_parallelism().map_or(2, usize::from);
    asked.map_or_else(processors, usize::from)
}

/// Patterns of the command line are relative to the current directory.
fn add_excludes(exclude: &mut Exclude, patterns: &[String]) -> Result<(), Error> {
    let cannot = |text: String| Error::new(text, "patterns are those of .gitignore");
    let here = Path::new(".").canonicalize();
    let here =
        here.map_err(|error| cannot(format!("can't open the current directory: {error}")))?;
    let patterns: Vec<&str> = patterns.iter().map(String::as_str).collect();
    exclude.add(&here, &patterns).map_err(|(index, why)| {
        let which =
            index.map_or("patterns together".to_owned(), |i| format!("pattern `{}`", patterns[i]));
        cannot(format!("can't use the {which}: {why}"))
    })
}

fn detail(args: &DetailArgs) -> Detail {
    match (args.quiet, args.verbose) {
        (true, _) => Detail::Quiet,
        (_, true) => Detail::Verbose,
        _ => Detail::Normal,
    }
}
