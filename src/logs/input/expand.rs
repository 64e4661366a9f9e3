//! From the arguments to the files that they mean.
//!
//! Takes paths, globs and `-`; gives each file once, those of a directory or glob sorted, and notes about what was left
//! out. A path that exists is a path, whatever characters it has. Nothing is opened but regular files, and of those only
//! the beginning is read. A pipe is meant where it is named itself; a socket or device never is.

mod glob;
mod identity;
mod walk;

use std::collections::HashMap;
use std::fs::Metadata;
use std::path::{Path, PathBuf};

pub(super) use self::identity::Identity;
use super::{LogFile, Place, why};
use crate::error::Error;

/// More files are refused.
const MAX_FILES: usize = 1 << 16;
/// So many files are named for one reason to leave them out.
const NAMED: usize = 3;
/// The shown name of standard input.
const STANDARD_INPUT: &str = "<stdin>";

/// What was found.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Expanded {
    /// The files, in the order of the arguments.
    pub files: Vec<LogFile>,
    /// What was left out, and why.
    pub notes: Vec<String>,
}

/// What a named file that does not exist means.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Absent {
    /// A mistake.
    IsAnError,
    /// It is about to come: `--follow`.
    IsAwaited,
}

/// The files that the arguments mean.
///
/// # Errors
///
/// If one of them means no file at all.
pub fn expand(arguments: &[PathBuf], absent: Absent) -> Result<Expanded, Error> {
    let mut found = Found::default();
    for argument in arguments {
        let shown = shown(argument);
        if argument.as_os_str() == "-" {
            found.add(STANDARD_INPUT.to_owned(), Place::StandardInput, Identity::StandardInput);
            continue;
        }
        match std::fs::metadata(argument) {
            Ok(metadata) if metadata.is_dir() => found.add_directory(argument)?,
            Ok(metadata) if metadata.is_file() => found.add_file(argument, &metadata),
            Ok(metadata) if is_pipe(&metadata) => {
                let identity = Identity::of(argument, &metadata);
                found.add(shown, Place::Pipe(argument.clone()), identity);
            }
            Ok(_) => return Err(no_file_or_pipe(&shown)),
            Err(_) if glob::is_glob(argument) => found.add_glob(argument)?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                if absent == Absent::IsAnError {
                    return Err(no_such_file(argument, &shown));
                }
                let identity = Identity::Path(argument.clone());
                found.add(shown, Place::Path(argument.clone()), identity);
            }
            Err(error) => {
                return Err(Error::new(
                    format!("can't open `{shown}`: {}", why(&error)),
                    "check that it may be read by you",
                ));
            }
        }
        if found.expanded.files.len() > MAX_FILES {
            return Err(Error::new(
                format!("these are more than {MAX_FILES} files"),
                "give fewer of them: a directory of one node, or a glob",
            ));
        }
    }
    if found.expanded.files.is_empty() {
        return Err(Error::new(
            "no logs are given",
            "give files, directories, globs, or `-` for standard input",
        ));
    }
    if found.again > NAMED {
        let note = format!("{} more files are given twice: they count once", found.again - NAMED);
        found.expanded.notes.push(note);
    }
    Ok(found.expanded)
}

/// Whether it has an end that its writer makes. What else is no file may have none.
#[cfg(unix)]
pub(super) fn is_pipe(metadata: &Metadata) -> bool {
    std::os::unix::fs::FileTypeExt::is_fifo(&metadata.file_type())
}

/// Whether it has an end that its writer makes. What else is no file may have none.
#[cfg(not(unix))]
pub(super) fn is_pipe(metadata: &Metadata) -> bool {
    !metadata.is_file() && !metadata.is_dir()
}

fn no_file_or_pipe(shown: &str) -> Error {
    Error::new(
        format!("`{shown}` is a socket or a device, which is not read"),
        "give a log file, a directory or a pipe, or `-` for standard input",
    )
}

fn is_link(path: &Path) -> bool {
    std::fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_symlink())
}

fn no_such_file(path: &Path, shown: &str) -> Error {
    if is_link(path) {
        return Error::new(
            format!("`{shown}` is a link to a file that does not exist"),
            "give the file itself",
        );
    }
    Error::new(
        format!("no such file: `{shown}`"),
        "give log files, directories, globs in quotes (`'logs/**/*.log'`), or `-` for standard input; \
         `--follow` waits for a file that does not exist yet",
    )
}

/// A path as people know it.
fn shown(path: &Path) -> String {
    let text = path.to_string_lossy();
    match std::path::MAIN_SEPARATOR {
        '/' => text.into_owned(),
        separator => text.replace(separator, "/"),
    }
}

/// What was found so far.
#[derive(Default)]
struct Found {
    expanded: Expanded,
    /// Each file with the name under which it came first.
    known: HashMap<Identity, String>,
    /// How often a file came again.
    again: usize,
}

impl Found {
    fn add(&mut self, name: String, place: Place, identity: Identity) {
        if let Some(first) = self.known.get(&identity) {
            self.again += 1;
            if self.again <= NAMED {
                self.expanded.notes.push(match *first == name {
                    true => format!("`{name}` is given twice: it counts once"),
                    false => format!("`{name}` is the same file as `{first}`: it counts once"),
                });
            }
            return;
        }
        self.known.insert(identity, name.clone());
        self.expanded.files.push(LogFile { name, place });
    }

    /// A regular file.
    fn add_file(&mut self, path: &Path, metadata: &Metadata) {
        self.add(shown(path), Place::Path(path.to_owned()), Identity::of(path, metadata));
    }

    /// All logs below a directory.
    fn add_directory(&mut self, directory: &Path) -> Result<(), Error> {
        let walked = walk::walk(directory);
        let shown = shown(directory);
        if walked.files.is_empty() {
            let left_out = walked.notes(&shown);
            let hint = "give the files themselves; hidden files are left out of a directory";
            let hint = match left_out.is_empty() {
                true => hint.to_owned(),
                false => format!("{hint}; {}", left_out.join("; ")),
            };
            return Err(Error::new(format!("no logs in the directory `{shown}`"), hint));
        }
        self.expanded.notes.extend(walked.notes(&shown));
        for (path, metadata) in &walked.files {
            self.add_file(path, metadata);
        }
        Ok(())
    }

    /// All files that a glob matches, and all logs below the directories that it matches.
    fn add_glob(&mut self, pattern: &Path) -> Result<(), Error> {
        let mut without_logs = Vec::new();
        let matched = glob::matches(pattern)?;
        for (path, metadata) in &matched {
            match metadata.is_dir() {
                true => without_logs.extend(self.add_directory(path).err()),
                false => self.add_file(path, metadata),
            }
        }
        // One node without logs is no reason to leave out the others.
        if without_logs.len() == matched.len() {
            return Err(without_logs.swap_remove(0));
        }
        self.expanded.notes.extend(without_logs.into_iter().map(|error| error.text).take(NAMED));
        Ok(())
    }
}
