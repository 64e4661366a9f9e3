//! `raft-lint rules --format html --output DIR`: the pages as a site.
//!
//! Takes a directory; writes the site into it. Nothing is deleted, and nothing is overwritten that an
//! earlier run did not write: all of that is looked at before the first file is written.

use std::ffi::OsString;
use std::fs;
use std::io::{Read, Write};
use std::path::Path;

use super::{Exit, Printed};
use crate::cli::Color;
use crate::error::Error;
use crate::pages::document::GENERATOR;
use crate::pages::site::{self, File, MARKED, MARKER};
use crate::report::{counted, escape};

/// What lies in a directory that is to be published before there is anything in it.
const OF_THE_HOST: &[&str] = &[".git", ".nojekyll", "CNAME"];
/// The generator's name is found in the first so many bytes of a page.
const HEAD: u64 = 4_096;

/// Writes the site.
pub(super) fn run(dir: &Path) -> Result<Printed, Error> {
    let files = site::files();
    refuse(dir)?;
    fs::create_dir_all(dir).map_err(|error| unwritable(dir, &error))?;
    files.iter().try_for_each(|file| refuse_foreign(dir, file))?;
    // First, so that a run that is stopped can be done again.
    super::write(&dir.join(MARKER), MARKED.as_bytes(), false)?;
    for file in &files {
        super::write(&dir.join(&file.name), file.text.as_bytes(), false)?;
    }
    let (mut out, err) = super::buffers(Color::Auto);
    let (count, index) = (counted(files.len(), "page"), dir.join("index.html"));
    let said = format!("{count} in `{}`: open `{}`", dir.display(), index.display());
    writeln!(out, "{}", escape::line(&said)).map_err(super::in_memory)?;
    Ok(Printed::new(Exit::Clean, out, err))
}

/// A directory with something in it has to be an earlier site.
fn refuse(dir: &Path) -> Result<(), Error> {
    let shown = dir.display();
    let Ok(metadata) = dir.symlink_metadata() else { return Ok(()) };
    if metadata.is_symlink() {
        return Err(Error::new(
            format!("`{shown}` is a link: what it leads to is not written"),
            "give the directory itself",
        ));
    }
    if !metadata.is_dir() {
        return Err(Error::new(
            format!("`{shown}` is no directory, and a site has several files"),
            "give a directory, or a name that does not exist yet",
        ));
    }
    if dir.join(MARKER).symlink_metadata().is_ok_and(|marker| marker.is_file()) {
        return Ok(());
    }
    let entries = fs::read_dir(dir).and_then(|entries| {
        entries.map(|entry| entry.map(|entry| entry.file_name())).collect::<Result<Vec<_>, _>>()
    });
    let entries = entries.map_err(|error| unwritable(dir, &error))?;
    let foreign = |entry: &&OsString| !OF_THE_HOST.iter().any(|name| entry.as_os_str() == *name);
    match entries.iter().filter(foreign).min() {
        None => Ok(()),
        Some(entry) => Err(Error::new(
            format!("`{shown}` holds other files, such as `{}`", entry.to_string_lossy()),
            format!(
                "give an empty or a new directory, or one that has a site of raft-lint already \
                 (with a file `{MARKER}`)"
            ),
        )),
    }
}

/// Another file with the name of a page stays what it is.
fn refuse_foreign(dir: &Path, file: &File) -> Result<(), Error> {
    let path = dir.join(&file.name);
    let Ok(metadata) = path.symlink_metadata() else { return Ok(()) };
    let mut head = Vec::new();
    if metadata.is_file() {
        let open = fs::File::open(&path).and_then(|open| open.take(HEAD).read_to_end(&mut head));
        open.map_err(|error| unwritable(&path, &error))?;
    }
    if String::from_utf8_lossy(&head).contains(GENERATOR) {
        return Ok(());
    }
    Err(Error::new(
        format!("`{}` was not written by raft-lint, and a page has this name", path.display()),
        "move it away, or give another directory",
    ))
}

fn unwritable(path: &Path, error: &std::io::Error) -> Error {
    let hint = "give a directory that can be made, or may be read and written to";
    Error::new(format!("can't write to `{}`: {error}", path.display()), hint)
}
