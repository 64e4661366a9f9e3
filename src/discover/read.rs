//! Reading: from found files to texts, in parallel.
//!
//! Takes the found files; gives a source file or the reason why not, slot by slot. It reads at
//! most [`MAX_BYTES`] of a file, whatever its size is said to be.

use std::io::Read;
use std::path::Path;

use rayon::prelude::*;

use super::Found;
use super::files::{Disk, Files, Kind};
use crate::outcome::{Problem, ProblemKind};
use crate::source::SourceFile;

/// Longer files are not read: nobody writes them, and positions are 32 bits wide.
const MAX_BYTES: u64 = 16 << 20;

/// Reads all files, on the threads of the pool that calls it.
pub(super) fn read(files: &dyn Files, found: &[Found]) -> Vec<Result<SourceFile, Problem>> {
    found.par_iter().map(|found| read_file(files, &found.name, &found.path)).collect()
}

/// Reads one file.
pub(super) fn read_file(files: &dyn Files, name: &str, path: &Path) -> Result<SourceFile, Problem> {
    let unreadable = |text: String| problem(name, ProblemKind::Unreadable, text);
    let (bytes, whole) = files.read(path, MAX_BYTES).map_err(unreadable)?;
    let mut file = source(bytes, whole, name, path)?;
    file.revision = files.revision().map(str::to_owned);
    Ok(file)
}

/// What stands on disk where a revision has a file; empty if that can't be told.
pub(super) fn unseen(file: &SourceFile) -> SourceFile {
    let is_plain = Disk.kind(&file.path) == Some(Kind::File);
    let read = is_plain.then(|| Disk.read(&file.path, MAX_BYTES)).and_then(Result::ok);
    let read = read.and_then(|(bytes, whole)| source(bytes, whole, &file.name, &file.path).ok());
    read.unwrap_or_else(|| SourceFile::new(file.name.clone(), file.path.clone(), "".into()))
}

/// The file in a stream, of which no more is read than a file may have.
pub(super) fn read_stream(from: impl Read, name: &str) -> Result<SourceFile, Problem> {
    let mut bytes = Vec::new();
    let read = from.take(MAX_BYTES + 1).read_to_end(&mut bytes);
    read.map_err(|e| problem(name, ProblemKind::Unreadable, e.to_string()))?;
    let whole = bytes.len() as u64 <= MAX_BYTES;
    source(bytes, whole, name, Path::new(name))
}

/// The file of these bytes, which are all of it or not.
fn source(bytes: Vec<u8>, whole: bool, name: &str, path: &Path) -> Result<SourceFile, Problem> {
    let unreadable = |text: String| problem(name, ProblemKind::Unreadable, text);
    if !whole {
        let text = format!("longer than {} MiB", MAX_BYTES >> 20);
        return Err(problem(name, ProblemKind::TooLarge, text));
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let line = error.as_bytes()[..error.utf8_error().valid_up_to()].iter();
        let line = line.filter(|&&b| b == b'\n').count() as u32 + 1;
        Problem { line: Some(line), ..unreadable("not UTF-8".to_owned()) }
    })?;
    Ok(SourceFile::new(name.to_owned(), path.to_path_buf(), text.into()))
}

fn problem(name: &str, kind: ProblemKind, text: String) -> Problem {
    Problem { kind, file: name.to_owned(), line: None, text }
}
