//! `raft-lint init`: a commented `raft-lint.toml` that fits the repository.
//!
//! Takes a directory; maps it, writes the file there, and says what was recognised. It overwrites
//! nothing unless it is told to, follows no link, and reads no configuration.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;

use super::{Exit, Printed, check, settings};
use crate::cli::{Color, InitArgs};
use crate::config;
use crate::discover::Exclude;
use crate::error::Error;
use crate::judge;
use crate::pipeline::{self, Options};
use crate::program::said::Vocabulary;
use crate::report::{Detail, escape, starter, text};

/// Writes the file.
pub(super) fn run(args: &InitArgs) -> Result<Printed, Error> {
    let here = args.path == Path::new(".");
    let file = if here { config::NAME.into() } else { args.path.join(config::NAME) };
    if !args.path.is_dir() {
        return Err(Error::new(
            format!("`{}` is not a directory", args.path.display()),
            "give the directory that raft-lint.toml is to be written to",
        ));
    }
    if !args.print {
        refuse(args, &file)?;
    }
    let options = Options {
        vocabulary: Vocabulary::default(),
        paths: vec![args.path.clone()],
        threads: settings::threads(None),
        prefilter: true,
        cache: None,
        exclude: Exclude::default(),
    };
    let (mut outcome, _) = pipeline::run(&options)?;
    judge::settle(&mut outcome);
    let (mut out, mut err) = super::buffers(Color::Never);
    text::problems(&outcome, Detail::Normal, &mut err).map_err(super::in_memory)?;
    let toml = starter::file(&outcome);
    let summary = starter::summary(&outcome);
    if args.print {
        out.write_all(toml.as_bytes()).map_err(super::in_memory)?;
        err.write_all(summary.as_bytes()).map_err(super::in_memory)?;
    } else {
        write(args, &file, &toml)?;
        let name = file.display().to_string();
        let text = format!("`{}` was written\n{summary}", escape::line(&name));
        out.write_all(text.as_bytes()).map_err(super::in_memory)?;
    }
    let exit = if check::is_broken(&outcome) { Exit::Failed } else { Exit::Clean };
    Ok(Printed::new(exit, out, err))
}

/// Refuses a place where the file would be wrong, before anything is done.
fn refuse(args: &InitArgs, file: &Path) -> Result<(), Error> {
    let exists = file.symlink_metadata().ok();
    if exists.as_ref().is_some_and(|_| !args.force) {
        return Err(Error::new(
            format!("`{}` exists already", file.display()),
            "overwrite it with `--force`, or compare it with what `raft-lint init --print` prints",
        ));
    }
    if exists.is_some_and(|metadata| !metadata.is_file()) {
        return Err(Error::new(
            format!("`{}` is not a regular file", file.display()),
            "remove it first",
        ));
    }
    match config::in_manifest(&args.path) {
        Some(manifest) => Err(Error::new(
            format!("`{}` holds a configuration already", manifest.display()),
            "move it to raft-lint.toml: a directory has only one",
        )),
        None => Ok(()),
    }
}

fn write(args: &InitArgs, file: &Path, toml: &str) -> Result<(), Error> {
    let mut options = OpenOptions::new();
    options.write(true);
    match args.force {
        true => options.create(true).truncate(true),
        false => options.create_new(true),
    };
    let written = options.open(file).and_then(|mut open| open.write_all(toml.as_bytes()));
    written.map_err(|error| {
        let hint = "give a directory that may be written to, or print the file with `--print`";
        Error::new(format!("can't write `{}`: {error}", file.display()), hint)
    })
}
