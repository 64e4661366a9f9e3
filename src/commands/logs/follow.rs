//! `--follow`: reads what is appended, and tells each diagnosis when it changes.
//!
//! Prints as it goes, unlike all other commands. It ends when all that it reads from has ended, or with Ctrl-C; then comes
//! the whole report.

use std::io::{ErrorKind, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::{Printed, add_code, finished, options};
use crate::cli::{LogsArgs, LogsFormat, Target};
use crate::commands::{buffers, in_memory};
use crate::error::Error;
use crate::logs::diagnosed::Diagnosed;
use crate::logs::following::Following;
use crate::logs::format::recognise::Recogniser;
use crate::logs::input::Expanded;
use crate::logs::report;
use crate::report::escape;

/// Between two looks at the files, where the first has shown nothing.
const PAUSE: Duration = Duration::from_millis(200);

/// Follows.
pub(super) fn run(
    args: &LogsArgs,
    found: Expanded,
    recogniser: &Recogniser,
    formats: Vec<String>,
) -> Result<Printed, Error> {
    let interrupted = interruption()?;
    let names: Vec<String> = found.files.iter().map(|file| file.name.clone()).collect();
    let mut following = Following::new(&found.files, recogniser, formats);
    let mut notes = found.notes;
    while !interrupted.load(Ordering::Relaxed) {
        let any = following.look();
        notes.extend(following.take_notes());
        let goes_on = tell(args, &mut following, &names, &mut notes)?;
        if !goes_on || (!any && following.is_over()) {
            break;
        }
        if !any {
            std::thread::sleep(PAUSE);
        }
    }
    let mut diagnosed = following.end();
    add_code(args, &mut diagnosed)?;
    finished(args, &[Target { format: LogsFormat::Text, file: None }], &diagnosed)
}

/// Set by Ctrl-C.
fn interruption() -> Result<Arc<AtomicBool>, Error> {
    let flag = Arc::new(AtomicBool::new(false));
    let set = Arc::clone(&flag);
    ctrlc::set_handler(move || set.store(true, Ordering::Relaxed)).map_err(|error| {
        Error::new(format!("can't listen for Ctrl-C: {error}"), "read the files without `--follow`")
    })?;
    Ok(flag)
}

/// Prints what is new; `false` if nobody reads it any more.
fn tell(
    args: &LogsArgs,
    following: &mut Following<'_>,
    files: &[String],
    notes: &mut Vec<String>,
) -> Result<bool, Error> {
    let (mut out, mut err) = buffers(args.color.color);
    for note in notes.drain(..) {
        writeln!(err, "note: {}", escape::line(&note)).map_err(in_memory)?;
    }
    let options = options(args);
    for diagnosis in following.changed() {
        let diagnosed = Diagnosed::of_one(diagnosis, files);
        report::one(&diagnosed, &options, &mut out).map_err(in_memory)?;
    }
    let _ = std::io::stderr().write_all(err.as_slice());
    let mut stdout = std::io::stdout().lock();
    match stdout.write_all(out.as_slice()).and_then(|()| stdout.flush()) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(false),
        Err(error) => {
            Err(Error::new(format!("can't write the report: {error}"), "check where it goes to"))
        }
    }
}
