//! `raft-lint logs`: what a running cluster says.
//!
//! Takes log files; prints what they show of replication. Exit code 0 says that what was read is healthy, 1 that a condition
//! was diagnosed (`--fail-on` says from which severity on), 2 that a file could not be read to its end, or that no line was
//! of a known format: then nothing was found out, and that is no health.

mod code;
mod follow;

use std::io::{IsTerminal, Write};
use std::path::PathBuf;

use codespan_reporting::term::termcolor::Buffer;

use super::{Exit, Printed, settings, targets};
use crate::cli::{LogsArgs, LogsFailOn, LogsFormat, Target};
use crate::error::Error;
use crate::logs::amount::counted;
use crate::logs::condition::Severity;
use crate::logs::diagnosed::Diagnosed;
use crate::logs::format::custom::Custom;
use crate::logs::format::list;
use crate::logs::format::recognise::Recogniser;
use crate::logs::input::{Absent, Expanded, expand};
use crate::logs::report::{self, TextOptions};
use crate::logs::session;
use crate::report::{Detail, escape};

/// As wide as a report is where nothing says how wide to make it.
const WIDTH: usize = 100;

/// Reads.
pub(super) fn run(args: &LogsArgs) -> Result<Printed, Error> {
    let targets = targets::of(&args.format, args.output.as_deref(), LogsFormat::Text)?;
    let custom = custom(args)?;
    if args.list_formats {
        return listed(&targets, &custom);
    }
    let recogniser = Recogniser::new(&custom);
    let absent = if args.follow { Absent::IsAwaited } else { Absent::IsAnError };
    let found = expand(&paths(args)?, absent)?;
    if args.follow {
        return follow::run(args, found, &recogniser, ids(&custom));
    }
    let Expanded { files, notes } = found;
    let mut diagnosed = session::run(files, &recogniser, ids(&custom));
    diagnosed.notes.extend(notes);
    add_code(args, &mut diagnosed)?;
    finished(args, &targets, &diagnosed)
}

/// What is read where nothing is named: standard input, if somebody writes there.
fn paths(args: &LogsArgs) -> Result<Vec<PathBuf>, Error> {
    if !args.paths.is_empty() {
        return Ok(args.paths.clone());
    }
    if std::io::stdin().is_terminal() {
        return Err(Error::new(
            "there is nothing to read",
            "name log files, directories or globs, or pipe lines in: `journalctl -u etcd | raft-lint logs`",
        ));
    }
    Ok(vec![PathBuf::from("-")])
}

/// The ids of all formats, as events number them.
fn ids(custom: &[Custom]) -> Vec<String> {
    list::list(custom).into_iter().map(|format| format.id).collect()
}

/// The formats of the configuration.
fn custom(args: &LogsArgs) -> Result<Vec<Custom>, Error> {
    let configuration = settings::read(&args.config, &[])?;
    Ok(configuration.map(|configuration| configuration.formats).unwrap_or_default())
}

fn listed(targets: &[Target<LogsFormat>], custom: &[Custom]) -> Result<Printed, Error> {
    let formats = list::list(custom);
    let mut printed = Printed::new(Exit::Clean, Buffer::no_color(), Buffer::no_color());
    for target in targets {
        let text = match target.format {
            LogsFormat::Text => list::text(&formats)
                .lines()
                .map(|line| format!("{}\n", escape::line(line)))
                .collect(),
            LogsFormat::Json => report::formats(&formats),
            LogsFormat::Html => {
                return Err(Error::new(
                    "the list of formats has no form as a page",
                    "use `--format text` or `--format json`",
                ));
            }
        };
        let mut plain = Buffer::no_color();
        plain.write_all(text.as_bytes()).map_err(super::in_memory)?;
        put(plain, target, &mut printed);
    }
    Ok(printed)
}

/// What the code says of the rules that the diagnoses point to.
fn add_code(args: &LogsArgs, diagnosed: &mut Diagnosed) -> Result<(), Error> {
    let Some(source) = &args.source else { return Ok(()) };
    let mut rules = Vec::new();
    for rule in diagnosed.diagnoses.iter().filter_map(|diagnosis| diagnosis.rule) {
        if !rules.contains(&rule) {
            rules.push(rule);
        }
    }
    if rules.is_empty() {
        diagnosed
            .notes
            .push("no diagnosis points to a rule: the code was not looked at".to_owned());
    }
    diagnosed.code = code::of(source, &rules, &diagnosed.diagnoses)?;
    Ok(())
}

/// Renders the reports.
fn finished(
    args: &LogsArgs,
    targets: &[Target<LogsFormat>],
    diagnosed: &Diagnosed,
) -> Result<Printed, Error> {
    let color = args.color.color;
    let (out, err) = super::buffers(color);
    let options = options(args);
    let mut printed = Printed::new(exit(args, diagnosed), out, err);
    report::problems(diagnosed, &options, &mut printed.err).map_err(super::in_memory)?;
    for target in targets {
        let mut text = match &target.file {
            Some(_) => super::file_buffer(color),
            None => super::buffers(color).0,
        };
        match target.format {
            LogsFormat::Text => {
                report::text(diagnosed, &options, &mut text).map_err(super::in_memory)?;
            }
            LogsFormat::Json => {
                text.write_all(report::json(diagnosed).as_bytes()).map_err(super::in_memory)?;
            }
            LogsFormat::Html => {
                text.write_all(report::html(diagnosed).as_bytes()).map_err(super::in_memory)?;
            }
        }
        put(text, target, &mut printed);
    }
    if let Some(error) = nothing(diagnosed) {
        printed.err.write_all(super::message(&error).as_bytes()).map_err(super::in_memory)?;
    }
    Ok(printed)
}

/// A report goes to its file, or is printed.
fn put(text: Buffer, target: &Target<LogsFormat>, printed: &mut Printed) {
    match &target.file {
        Some(file) => printed.files.push((file.clone(), text)),
        None => printed.out = text,
    }
}

/// How text is written here.
fn options(args: &LogsArgs) -> TextOptions {
    let detail = match (args.quiet, args.verbose) {
        (true, _) => Detail::Quiet,
        (_, true) => Detail::Verbose,
        _ => Detail::Normal,
    };
    let variable = |name: &str| std::env::var(name).ok();
    TextOptions { width: super::explain::columns(WIDTH), detail, ascii: report::is_ascii(variable) }
}

fn exit(args: &LogsArgs, diagnosed: &Diagnosed) -> Exit {
    let least = match args.fail_on {
        Some(LogsFailOn::Error) => Severity::Error,
        Some(LogsFailOn::Warning) => Severity::Warning,
        Some(LogsFailOn::Note) | None => Severity::Note,
    };
    // What is only counted is no worse than what is kept.
    let ill = diagnosed.diagnoses.iter().any(|one| one.severity >= least);
    let stopped = diagnosed.read.files.iter().any(|file| file.stopped.is_some());
    match ill {
        true => Exit::Findings,
        false if stopped || nothing(diagnosed).is_some() => Exit::Failed,
        false => Exit::Clean,
    }
}

/// Why nothing was found out, if nothing was.
fn nothing(diagnosed: &Diagnosed) -> Option<Error> {
    let read = &diagnosed.read;
    if !read.formats.is_empty() {
        return None;
    }
    let lines = read.files.iter().map(|file| file.lines).sum();
    let hint = match read.unrecognised_count {
        0 => "most systems log nothing of replication at their default level: `raft-lint logs --list-formats` says which level \
              shows what, and a raft-lint.toml can teach other formats (docs/logs.md)"
            .to_owned(),
        count => format!(
            "{} like a rejection: `-v` shows them, and a raft-lint.toml can teach their format (docs/logs.md)",
            match count {
                1 => "1 line looks".to_owned(),
                _ => format!("{} look", counted(count, "line")),
            }
        ),
    };
    let text = format!(
        "no line of a known format among {}: nothing was found out",
        counted(lines, "line")
    );
    Some(Error::new(text, hint))
}
