//! Arguments of `logs`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::target::{Target, formats, target};
use super::{ColorArgs, ReadArgs};

/// Arguments of `logs`.
#[derive(Args, Debug)]
pub struct LogsArgs {
    /// Log files, directories and globs, plain or as gzip or zstd, of one node or of several; or `-` for
    /// standard input [default: standard input, where it is no terminal]
    #[arg(value_name = "PATHS")]
    pub paths: Vec<PathBuf>,
    /// Go on reading what is appended, and tell each diagnosis when it changes; Ctrl-C ends it with the
    /// whole report
    #[arg(long, conflicts_with_all = ["format", "output", "list_formats"])]
    pub follow: bool,
    /// The report's form, and the file it goes to instead of standard output; several may be asked
    /// for [default: text]
    #[arg(long, value_name = "FORMAT[=FILE]", value_parser = target::<LogsFormat>,
          long_help = formats::<LogsFormat>())]
    pub format: Vec<Target<LogsFormat>>,
    /// The file that the report goes to
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// The lowest severity of a diagnosis that gives exit code 1 [default: note]
    #[arg(long, value_enum, value_name = "SEVERITY")]
    pub fail_on: Option<LogsFailOn>,
    /// The Raft implementation that wrote the lines: a diagnosis names the places of its code that it
    /// points to
    #[arg(long, value_name = "PATH")]
    pub source: Option<PathBuf>,
    /// List the formats of lines that are known, and at which log level each system shows them
    #[arg(long, conflicts_with_all = ["paths", "output", "source"])]
    pub list_formats: bool,
    /// Which configuration is used: it may hold formats of one's own.
    #[command(flatten)]
    pub config: ReadArgs,
    /// Print the conditions only, a line each
    #[arg(short, long, conflicts_with = "verbose")]
    pub quiet: bool,
    /// Say what was read, by file and by format, and show lines that look like rejections and match no format
    #[arg(short, long)]
    pub verbose: bool,
    /// Colours.
    #[command(flatten)]
    pub color: ColorArgs,
}

/// The lowest severity that gives exit code 1.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum LogsFailOn {
    /// What does not end by itself, or endangers data
    Error,
    /// Also what may end by itself
    Warning,
    /// Every diagnosis that is not healthy
    Note,
}

/// The forms of `logs`' reports.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum LogsFormat {
    /// For people, with a small picture
    Text,
    /// For programs: `docs/logs-json.md`
    Json,
    /// HTML: one page with a plot for each follower
    Html,
}
