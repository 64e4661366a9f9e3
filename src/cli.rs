//! The command line: types only, no logic.
//!
//! Takes the arguments; gives what the user asked for. What follows from it is in
//! [`crate::commands`].

mod logs;
mod target;

pub use self::logs::{LogsArgs, LogsFailOn, LogsFormat};
pub use self::target::Target;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use self::target::{formats, target};

/// Proves that a Raft implementation asks the questions that keep its log safe, or shows the path
/// that does not.
#[derive(Parser, Debug)]
#[command(
    name = "raft-lint",
    version,
    args_conflicts_with_subcommands = true,
    after_help = "Without a command, `raft-lint [PATHS]…` checks. A path that is named like a \
                  command can be given as `./check`.\n\n\
                  Exit status: 0 clean, 1 findings, 2 the job could not be done."
)]
pub struct Cli {
    /// What to do; checking, if nothing is said.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// The arguments of a check without its name.
    #[command(flatten)]
    pub check: CheckArgs,
}

/// What to do.
#[derive(Subcommand, Debug)]
pub enum Command {
    /// Prove every obligation, or report the path that lacks the evidence
    Check(CheckArgs),
    /// Write the findings that are open, so that `check --baseline` reports only others
    Baseline(BaselineArgs),
    /// Show what was understood: handlers, obligations, evidence, and what is missing
    Map(MapArgs),
    /// Read what a running cluster logs: name what is wrong with its replication, and say what to do
    Logs(LogsArgs),
    /// List the rules, or write their pages as a site
    Rules(RulesArgs),
    /// Show the documentation page of a rule
    Explain(ExplainArgs),
    /// Write a commented raft-lint.toml that fits the repository
    Init(InitArgs),
    /// Serve an editor: the language server protocol on standard input and output
    Lsp(LspArgs),
    /// Print the completions for a shell
    Completions(CompletionsArgs),
    /// Print the manual page of raft-lint, or of one of its commands
    Man(ManArgs),
}

/// Arguments of `check`.
#[derive(Args, Debug)]
pub struct CheckArgs {
    /// What to analyse.
    #[command(flatten)]
    pub input: InputArgs,
    /// How serious it is.
    #[command(flatten)]
    pub levels: LevelArgs,
    /// When it fails.
    #[command(flatten)]
    pub failing: FailArgs,
    /// What counts as new.
    #[command(flatten)]
    pub new: NewArgs,
    /// How to print.
    #[command(flatten)]
    pub output: OutputArgs,
    /// How much to print.
    #[command(flatten)]
    pub detail: DetailArgs,
}

/// What counts as new.
#[derive(Args, Debug, Default)]
pub struct NewArgs {
    /// Findings that stand in this file do not count
    #[arg(long, value_name = "FILE")]
    pub baseline: Option<PathBuf>,
    /// Only what is new since this revision (git) counts: findings that it does not have, and what
    /// was proved there and is not proved any more
    #[arg(long, value_name = "REV")]
    pub diff: Option<String>,
}

/// Arguments of `baseline`.
#[derive(Args, Debug)]
pub struct BaselineArgs {
    /// What to analyse.
    #[command(flatten)]
    pub input: InputArgs,
    /// How serious it is.
    #[command(flatten)]
    pub levels: LevelArgs,
    /// The file [default: raft-lint.baseline.json]
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Take out of the file what is fixed; nothing is added
    #[arg(long)]
    pub prune: bool,
    /// Write the file anew if it exists
    #[arg(long, conflicts_with = "prune")]
    pub overwrite: bool,
}

/// Arguments of `map`.
#[derive(Args, Debug)]
pub struct MapArgs {
    /// What to analyse.
    #[command(flatten)]
    pub input: InputArgs,
    /// The map's form
    #[arg(long, value_enum, default_value_t = MapFormat::Text, value_name = "FORMAT")]
    pub format: MapFormat,
    /// The file that the map goes to
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Colours.
    #[command(flatten)]
    pub color: ColorArgs,
}

/// Arguments of `rules`.
#[derive(Args, Debug)]
pub struct RulesArgs {
    /// The output's form
    #[arg(long, value_enum, default_value_t = RulesFormat::Text, value_name = "FORMAT")]
    pub format: RulesFormat,
    /// The directory that the pages of `--format html` are written to; it is made if it does not exist
    #[arg(long, value_name = "DIR")]
    pub output: Option<PathBuf>,
    /// Colours.
    #[command(flatten)]
    pub color: ColorArgs,
}

/// The forms of the list of rules.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum RulesFormat {
    /// For people
    Text,
    /// For programs
    Json,
    /// Every page, and an index of them, to be published: see `--output`
    Html,
}

/// Arguments of `explain`.
#[derive(Args, Debug)]
pub struct ExplainArgs {
    /// The rule, as `raft-lint rules` lists it, what else a finding is about, or what `raft-lint logs` says
    #[arg(value_name = "RULE")]
    pub rule: Option<String>,
    /// The page's form [default: text on a terminal, and markdown elsewhere]
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub format: Option<ExplainFormat>,
    /// Print a long page at once, and not through `RAFT_LINT_PAGER`, `PAGER` or `less`
    #[arg(long)]
    pub no_pager: bool,
    /// Colours.
    #[command(flatten)]
    pub color: ColorArgs,
}

/// The forms of a page.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum ExplainFormat {
    /// For reading, as wide as the terminal, or as `COLUMNS` says
    Text,
    /// As it was written
    Markdown,
    /// For programs: `docs/explain.md`
    Json,
    /// One HTML document
    Html,
}

/// Arguments of `init`.
#[derive(Args, Debug)]
pub struct InitArgs {
    /// The directory that the file is written to, usually the repository's root
    #[arg(value_name = "PATH", default_value = ".")]
    pub path: PathBuf,
    /// Overwrite an existing raft-lint.toml
    #[arg(long)]
    pub force: bool,
    /// Print the file instead of writing it
    #[arg(long, conflicts_with = "force")]
    pub print: bool,
}

/// Arguments of `lsp`.
#[derive(Args, Debug)]
pub struct LspArgs {
    /// Some editors say so; there is nothing else
    #[arg(long, hide = true)]
    pub stdio: bool,
    /// How many threads read, parse and evaluate [default: one per processor]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub threads: Option<u16>,
}

/// Arguments of `completions`.
#[derive(Args, Debug)]
pub struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    pub shell: clap_complete::Shell,
}

/// Arguments of `man`.
#[derive(Args, Debug)]
pub struct ManArgs {
    /// The command whose page it is [default: raft-lint itself]
    pub command: Option<String>,
}

/// When `check` fails.
#[derive(Args, Debug, Default)]
pub struct FailArgs {
    /// Fail with exit code 2 where this was not recognised: append, vote, commit, apply
    #[arg(long, value_name = "WORD,..", value_delimiter = ',')]
    pub require: Vec<String>,
    /// The lowest level of findings that fails a run [default: warn]
    #[arg(long, value_enum, value_name = "LEVEL")]
    pub fail_on: Option<FailOn>,
    /// Findings do not change the exit code; a job that could not be done still gives 2
    #[arg(long)]
    pub exit_zero: bool,
}

/// The lowest level of findings that fails a run.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum FailOn {
    /// Errors only
    Error,
    /// Errors and warnings
    Warn,
    /// Every finding
    Advice,
}

/// How much `check` prints.
#[derive(Args, Debug, Default)]
pub struct DetailArgs {
    /// Print findings and errors only
    #[arg(short, long, conflicts_with = "verbose")]
    pub quiet: bool,
    /// Say which configuration was used, what was looked at and what was recognised
    #[arg(short, long)]
    pub verbose: bool,
    /// Say how long each stage took, and how much there was to do
    #[arg(long)]
    pub stats: bool,
}

/// Which configuration is used.
#[derive(Args, Debug, Default)]
pub struct ConfigArgs {
    /// The file.
    #[command(flatten)]
    pub read: ReadArgs,
    /// Leave out what matches, in the syntax of .gitignore
    #[arg(long, value_name = "GLOB")]
    pub exclude: Vec<String>,
}

/// Where a configuration is read.
#[derive(Args, Debug, Default)]
pub struct ReadArgs {
    /// Use this configuration [default: the nearest raft-lint.toml, or the raft-lint table in the
    /// metadata of the nearest Cargo.toml]
    #[arg(long, value_name = "FILE", conflicts_with = "no_config")]
    pub config: Option<PathBuf>,
    /// Use no configuration
    #[arg(long)]
    pub no_config: bool,
}

/// The levels of rules and groups. What is said of a rule counts more than what is said of its
/// group; `--allow` counts more than `--warn`, and that more than `--deny`.
#[derive(Args, Debug, Default)]
pub struct LevelArgs {
    /// Findings of this rule or group are errors
    #[arg(long, value_name = "RULE|GROUP")]
    pub deny: Vec<String>,
    /// Findings of this rule or group are warnings
    #[arg(long, value_name = "RULE|GROUP")]
    pub warn: Vec<String>,
    /// Findings of this rule or group are left out
    #[arg(long, value_name = "RULE|GROUP")]
    pub allow: Vec<String>,
}

/// What to analyse.
#[derive(Args, Debug)]
pub struct InputArgs {
    /// Directories and Rust files, or `-` for a Rust file on standard input [default: `paths` of
    /// the configuration, or the current directory]
    #[arg(value_name = "PATHS")]
    pub paths: Vec<PathBuf>,
    /// Which configuration is used.
    #[command(flatten)]
    pub config: ConfigArgs,
    /// How many threads read, parse and evaluate [default: one per processor]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub threads: Option<u16>,
    /// What is kept for the next run.
    #[command(flatten)]
    pub cache: CacheArgs,
    /// Parse packages without Raft vocabulary, too: for tests of the prefilter.
    #[arg(long, hide = true)]
    pub no_prefilter: bool,
}

/// What is kept for the next run.
#[derive(Args, Debug, Default)]
pub struct CacheArgs {
    /// Begin anew, and keep nothing for the next run [env: RAFT_LINT_NO_CACHE]
    #[arg(long, conflicts_with = "cache_dir")]
    pub no_cache: bool,
    /// Where the cache is [env: RAFT_LINT_CACHE_DIR; default: the user's cache directory]
    #[arg(long, value_name = "DIR")]
    pub cache_dir: Option<PathBuf>,
}

/// How `check` reports.
#[derive(Args, Debug, Default)]
pub struct OutputArgs {
    /// The report's form, and the file it goes to instead of standard output; several may be asked
    /// for [default: text]
    #[arg(long, value_name = "FORMAT[=FILE]", value_parser = target::<CheckFormat>,
          long_help = formats::<CheckFormat>())]
    pub format: Vec<Target<CheckFormat>>,
    /// The file that the report goes to
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Show silenced findings where the format has a place for them: as suppressions in SARIF
    #[arg(long)]
    pub include_suppressed: bool,
    /// Colours.
    #[command(flatten)]
    pub color: ColorArgs,
}

/// Colours.
#[derive(Args, Debug, Default)]
pub struct ColorArgs {
    /// Colours; `auto` asks the terminal and NO_COLOR
    #[arg(long, value_enum, default_value_t = Color::Auto, value_name = "WHEN")]
    pub color: Color,
}

/// The forms of `check`'s reports.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum CheckFormat {
    /// For people, with the code
    Text,
    /// For people and editors, one line for each finding
    Concise,
    /// For programs: `docs/json.md`
    Json,
    /// SARIF 2.1.0: code scanning, editors
    Sarif,
    /// GitHub: annotations, and the job's summary
    Github,
    /// GitLab: Code Quality
    Gitlab,
    /// reviewdog: `rdjson`
    Rdjson,
    /// JUnit XML: build servers
    Junit,
    /// Markdown: a comment on a pull request
    Markdown,
    /// HTML: one page with the map, the code and every path
    Html,
}

/// The forms of the map.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum MapFormat {
    /// For people
    Text,
    /// For programs: `docs/json.md`
    Json,
    /// For graphviz
    Dot,
    /// A mermaid flowchart
    Mermaid,
    /// One page for a browser, with the code
    Html,
}

/// When to use colours.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, ValueEnum)]
pub enum Color {
    /// On a terminal without NO_COLOR
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}
