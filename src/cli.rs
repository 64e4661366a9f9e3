//! The command line: types only, no logic.
//!
//! Takes the arguments; gives what the user asked for. What follows from it is in
//! [`crate::commands`].

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

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
    /// List the rules
    Rules(RulesArgs),
    /// Print the documentation page of a rule
    Explain(ExplainArgs),
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
    /// What counts as new.
    #[command(flatten)]
    pub new: NewArgs,
    /// How to print.
    #[command(flatten)]
    pub output: OutputArgs,
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
    /// How to print.
    #[command(flatten)]
    pub output: PrintArgs,
}

/// Arguments of `rules`.
#[derive(Args, Debug)]
pub struct RulesArgs {
    /// How to print.
    #[command(flatten)]
    pub output: PrintArgs,
}

/// Arguments of `explain`.
#[derive(Args, Debug)]
pub struct ExplainArgs {
    /// The rule, as `raft-lint rules` lists it
    pub rule: String,
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
    /// Directories and Rust files [default: the current directory]
    #[arg(value_name = "PATHS")]
    pub paths: Vec<PathBuf>,
    /// How many threads read, parse and evaluate [default: one per processor]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub threads: Option<u16>,
    /// Parse packages without Raft vocabulary, too: for tests of the prefilter.
    #[arg(long, hide = true)]
    pub no_prefilter: bool,
}

/// How `check` reports.
#[derive(Args, Debug)]
pub struct OutputArgs {
    /// The report's form, and the file it goes to instead of standard output; several may be asked
    /// for [default: text]
    #[arg(long, value_name = "FORMAT[=FILE]", value_parser = target)]
    pub format: Vec<Target>,
    /// The file that the report goes to
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Colours.
    #[command(flatten)]
    pub color: ColorArgs,
}

/// How `map` and `rules` print.
#[derive(Args, Debug)]
pub struct PrintArgs {
    /// The output's form
    #[arg(long, value_enum, default_value_t = Format::Text, value_name = "FORMAT")]
    pub format: Format,
    /// Colours.
    #[command(flatten)]
    pub color: ColorArgs,
}

/// Colours.
#[derive(Args, Debug)]
pub struct ColorArgs {
    /// Colours; `auto` asks the terminal and NO_COLOR
    #[arg(long, value_enum, default_value_t = Color::Auto, value_name = "WHEN")]
    pub color: Color,
}

/// One report of `check`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Target {
    /// Its form.
    pub format: CheckFormat,
    /// Where it goes; standard output, if nowhere else.
    pub file: Option<PathBuf>,
}

/// Reads `FORMAT[=FILE]`.
fn target(text: &str) -> Result<Target, String> {
    let (name, file) = match text.split_once('=') {
        Some((_, "")) => return Err("there is no file name behind `=`".to_owned()),
        Some((name, file)) => (name, Some(PathBuf::from(file))),
        None => (text, None),
    };
    let formats = CheckFormat::value_variants().iter();
    let named = |format: &&CheckFormat| {
        format.to_possible_value().is_some_and(|value| value.matches(name, false))
    };
    let Some(&format) = formats.clone().find(named) else {
        let known: Vec<String> = formats
            .filter_map(|f| Some(format!("`{}`", f.to_possible_value()?.get_name())))
            .collect();
        return Err(format!("there is no such format; known are {}", known.join(", ")));
    };
    Ok(Target { format, file })
}

/// The forms of `check`'s reports.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum CheckFormat {
    /// For people, with the code
    Text,
    /// For programs: `docs/json.md`
    Json,
}

/// The output's form.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Format {
    /// For people
    Text,
    /// For programs
    Json,
}

/// When to use colours.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Color {
    /// On a terminal without NO_COLOR
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}
