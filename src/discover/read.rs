//! Reading: from found files to texts, in parallel.
//!
//! Takes the found files; gives a source file or the reason why not, slot by slot. It reads at
//! most [`MAX_BYTES`] of a file, whatever its size is said to be.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use rayon::prelude::*;

use super::Found;
use crate::outcome::{Problem, ProblemKind};
use crate::source::SourceFile;

/// Longer files are not read: nobody writes them, and positions are 32 bits wide.
const MAX_BYTES: u64 = 16 << 20;

/// Reads all files, on the threads of the pool that calls it.
pub(super) fn read(found: &[Found]) -> Vec<Result<SourceFile, Problem>> {
    found.par_iter().map(read_file).collect()
}

fn read_file(found: &Found) -> Result<SourceFile, Problem> {
    let unreadable = |text: String| problem(&found.name, ProblemKind::Unreadable, text);
    // The walk has seen a regular file; opening a pipe that took its place would wait forever.
    let metadata = std::fs::metadata(&found.path).map_err(|e| unreadable(e.to_string()))?;
    if !metadata.is_file() {
        return Err(unreadable("not a regular file".to_owned()));
    }
    let file = File::open(&found.path).map_err(|e| unreadable(e.to_string()))?;
    read_text(file, metadata.len(), &found.name, &found.path)
}

/// Reads a text that is said to have so many bytes.
pub(super) fn read_text(
    from: impl Read,
    expected: u64,
    name: &str,
    path: &Path,
) -> Result<SourceFile, Problem> {
    let unreadable = |text: String| problem(name, ProblemKind::Unreadable, text);
    let mut bytes = Vec::with_capacity(expected.min(MAX_BYTES) as usize + 1);
    from.take(MAX_BYTES + 1).read_to_end(&mut bytes).map_err(|e| unreadable(e.to_string()))?;
    if bytes.len() as u64 > MAX_BYTES {
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
