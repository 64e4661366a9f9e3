//! The commands: one file each, and the only place that knows exit codes and standard streams.
//!
//! Takes the process' arguments; gives its exit code. Each command returns what it would print,
//! and it is printed here, at once.

mod baseline;
mod check;
mod checked;
mod completions;
mod explain;
mod init;
mod kept;
mod logs;
mod lsp;
mod man;
mod map;
mod pager;
mod progress;
mod reports;
mod rules;
mod settings;
mod site;
mod stats;
mod targets;

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs::OpenOptions;
use std::io::{ErrorKind, IsTerminal, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Mutex, PoisonError};

use clap::Parser;
use codespan_reporting::term::termcolor::Buffer;

use crate::cli::{Cli, Color, Command};
use crate::error::Error;
use crate::report::escape;
use crate::source::beginning;

/// How a run ended. The numbers mean the same for every command and format.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Exit {
    /// Nothing to report.
    Clean = 0,
    /// A rule is violated.
    Findings = 1,
    /// The job could not be done, or not completely.
    Failed = 2,
}

/// What a command prints, and how the run ended.
struct Printed {
    exit: Exit,
    out: Buffer,
    err: Buffer,
    files: Vec<(PathBuf, Buffer)>,
    /// What is added to the end of files that others write to, too.
    appended: Vec<(PathBuf, Buffer)>,
    /// The command that shows what is printed, where it is too long for the screen.
    pager: Option<Vec<String>>,
}

impl Printed {
    /// Without files.
    fn new(exit: Exit, out: Buffer, err: Buffer) -> Self {
        Printed { exit, out, err, files: Vec::new(), appended: Vec::new(), pager: None }
    }
}

/// Parses the arguments (the program's name first), runs the command, prints, and tells how the
/// process has to end.
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let exit = match Cli::try_parse_from(arguments) {
        Ok(cli) => guarded(|| run(&cli)),
        Err(usage) => {
            let failed = usage.print().is_err() || usage.use_stderr(); // `--help` is no failure
            if failed { Exit::Failed } else { Exit::Clean }
        }
    };
    ExitCode::from(exit as u8)
}

/// So many characters of a panic's message are printed: it may hold what was checked.
const MAX_PANIC: usize = 500;
/// And of so many different ones.
const MAX_PANICS: usize = 20;

/// A panic is a bug of ours: the message is escaped, and the run has failed. One that is caught and comes
/// again when less is looked at is told once.
fn guarded(work: impl FnOnce() -> Exit) -> Exit {
    let told = Mutex::new(BTreeSet::new());
    std::panic::set_hook(Box::new(move |panic| {
        let text = panic.to_string();
        let text = escape::line(&beginning(&text, MAX_PANIC)).into_owned();
        let mut told = told.lock().unwrap_or_else(PoisonError::into_inner);
        if told.len() < MAX_PANICS && told.insert(text.clone()) {
            let _ = writeln!(std::io::stderr(), "internal error: {text}");
        }
    }));
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| {
        let _ = writeln!(
            std::io::stderr(),
            "error: raft-lint failed on this input\nhelp: please report it with the message above"
        );
        Exit::Failed
    })
}

fn run(cli: &Cli) -> Exit {
    let printed = match &cli.command {
        None => check::run(&cli.check),
        Some(Command::Check(args)) => check::run(args),
        Some(Command::Baseline(args)) => baseline::run(args),
        Some(Command::Map(args)) => map::run(args),
        Some(Command::Logs(args)) => logs::run(args),
        Some(Command::Rules(args)) => rules::run(args),
        Some(Command::Explain(args)) => explain::run(args),
        Some(Command::Init(args)) => init::run(args),
        Some(Command::Lsp(args)) => lsp::run(args),
        Some(Command::Completions(args)) => completions::run(args),
        Some(Command::Man(args)) => man::run(args),
    };
    match printed {
        Ok(printed) => print(&printed),
        Err(error) => failed(&error),
    }
}

/// Messages first, so that the report's last line is the last that is seen.
fn print(printed: &Printed) -> Exit {
    let messages = std::io::stderr().write_all(printed.err.as_slice());
    if printed.pager.as_ref().is_some_and(|pager| pager::shown(pager, printed.out.as_slice())) {
        return printed.exit;
    }
    let report = match printed.out.as_slice() {
        [] => Ok(()), // somebody may be writing there who never ends
        text => {
            let mut out = std::io::stdout().lock();
            out.write_all(text).and_then(|()| out.flush())
        }
    };
    let written = match report.and(messages) {
        // `raft-lint | head` has seen enough.
        Err(error) if error.kind() != ErrorKind::BrokenPipe => failed(&Error::new(
            format!("can't write the report: {error}"),
            "check where it goes to",
        )),
        _ => printed.exit,
    };
    let files = printed.files.iter().map(|(path, text)| write(path, text.as_slice(), false));
    let appended = printed.appended.iter().map(|(path, text)| write(path, text.as_slice(), true));
    files.chain(appended).filter_map(Result::err).fold(written, |_, error| failed(&error))
}

/// Writes a file, or adds to its end.
fn write(path: &Path, bytes: &[u8], append: bool) -> Result<(), Error> {
    refuse_link(path)?;
    let mut options = OpenOptions::new();
    options.create(true).write(true).append(append).truncate(!append);
    options.open(path).and_then(|mut file| file.write_all(bytes)).map_err(|error| {
        let hint = "give a file in a directory that exists and may be written to";
        Error::new(format!("can't write `{}`: {error}", path.display()), hint)
    })
}

/// What a stranger's link leads to is not written; a device, such as `/dev/stdout`, is none of theirs.
fn refuse_link(path: &Path) -> Result<(), Error> {
    let is_link = path.symlink_metadata().is_ok_and(|metadata| metadata.is_symlink());
    let is_file = path.metadata().map_or(true, |metadata| metadata.is_file());
    if is_link && is_file && !path.starts_with("/dev") {
        return Err(Error::new(
            format!("`{}` is a link: what it leads to is not written", path.display()),
            "give the file itself",
        ));
    }
    Ok(())
}

/// Tells why the job could not be done.
fn failed(error: &Error) -> Exit {
    let _ = std::io::stderr().write_all(message(error).as_bytes());
    Exit::Failed
}

/// An error as it is printed.
fn message(error: &Error) -> String {
    format!("error: {}\nhelp: {}\n", escape::line(&error.text), escape::line(&error.hint))
}

/// Empty buffers for a stream that is a terminal or not.
fn buffers(color: Color) -> (Buffer, Buffer) {
    let allowed = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
        && std::env::var_os("TERM").is_none_or(|term| term != "dumb");
    let buffer = |terminal: bool| match color {
        Color::Always => Buffer::ansi(),
        Color::Auto if terminal && allowed => Buffer::ansi(),
        _ => Buffer::no_color(),
    };
    (buffer(std::io::stdout().is_terminal()), buffer(std::io::stderr().is_terminal()))
}

/// An empty buffer for a file: colours only where they are asked for.
fn file_buffer(color: Color) -> Buffer {
    if color == Color::Always { Buffer::ansi() } else { Buffer::no_color() }
}

/// Writing into memory fails only when there is none left.
fn in_memory(error: impl std::fmt::Display) -> Error {
    Error::new(format!("can't render the report: {error}"), "please report it")
}
