//! Where reports go: `--format FORMAT[=FILE]`, several in one run, and `--output FILE`.
//!
//! Takes what the user asked for; gives one target for each report. At most one goes to standard
//! output, and no two to one file: whoever asks for that has mistaken something.

use std::path::{Component, Path, PathBuf};

use clap::ValueEnum;

use crate::cli::Target;
use crate::error::Error;

/// The reports of a run, in the order in which they were asked for.
///
/// # Errors
///
/// If two reports would go to the same place, or `--output` has no report to take.
pub(super) fn of<F: ValueEnum>(
    asked: &[Target<F>],
    output: Option<&Path>,
    default: F,
) -> Result<Vec<Target<F>>, Error> {
    let mut targets = asked.to_vec();
    if targets.is_empty() {
        targets.push(Target { format: default, file: None });
    }
    if let Some(file) = output {
        let mut without = targets.iter_mut().filter(|target| target.file.is_none());
        let Some(target) = without.next() else {
            return Err(Error::new(
                format!("`--output {}` has no report to take", file.display()),
                "every `--format` names a file of its own; leave out `--output`, or one of the files",
            ));
        };
        target.file = Some(file.to_owned());
    }
    let mut taken: Vec<Option<PathBuf>> = Vec::new();
    for target in &targets {
        let file = target.file.as_deref().map(plain);
        if taken.contains(&file) {
            let place = target
                .file
                .as_ref()
                .map_or("standard output".to_owned(), |f| format!("`{}`", f.display()));
            return Err(Error::new(
                format!("two reports would be written to {place}"),
                format!("give a report its own file: `--format {}=FILE`", name(&target.format)),
            ));
        }
        if let Some(file) = &file {
            refuse_rust(file)?;
        }
        taken.push(file);
    }
    Ok(targets)
}

/// As it is written on the command line.
fn name<F: ValueEnum>(format: &F) -> String {
    format.to_possible_value().map_or_else(String::new, |value| value.get_name().to_owned())
}

/// No report overwrites code.
pub(super) fn refuse_rust(file: &Path) -> Result<(), Error> {
    if file.extension().is_some_and(|e| e == "rs") {
        return Err(Error::new(
            format!("`{}` is the name of a Rust file, and no report is one", file.display()),
            "give the report another name",
        ));
    }
    Ok(())
}

/// The same file's name, however it is written: `./a` is `a`.
fn plain(file: &Path) -> PathBuf {
    file.components().filter(|part| *part != Component::CurDir).collect()
}
