//! Reading: from found files to texts, in parallel.
//!
//! Takes the found files; gives a source file or the reason why not, slot by slot. It reads at
//! most [`MAX_BYTES`] of a file, whatever its size is said to be.

use rayon::prelude::*;

use super::Found;
use super::files::Files;
use crate::outcome::{Problem, ProblemKind};
use crate::source::SourceFile;

/// Longer files are not read: nobody writes them, and positions are 32 bits wide.
const MAX_BYTES: u64 = 16 << 20;

/// Reads all files, on the threads of the pool that calls it.
pub(super) fn read(files: &dyn Files, found: &[Found]) -> Vec<Result<SourceFile, Problem>> {
    found.par_iter().map(|found| read_file(files, found)).collect()
}

fn read_file(files: &dyn Files, found: &Found) -> Result<SourceFile, Problem> {
    let problem = |kind, text: String| Problem { kind, file: found.name.clone(), line: None, text };
    let unreadable = |text: String| problem(ProblemKind::Unreadable, text);
    let (bytes, whole) = files.read(&found.path, MAX_BYTES).map_err(unreadable)?;
    if !whole {
        let text = format!("longer than {} MiB", MAX_BYTES >> 20);
        return Err(problem(ProblemKind::TooLarge, text));
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let line = error.as_bytes()[..error.utf8_error().valid_up_to()].iter();
        let line = line.filter(|&&b| b == b'\n').count() as u32 + 1;
        Problem { line: Some(line), ..unreadable("not UTF-8".to_owned()) }
    })?;
    let mut file = SourceFile::new(found.name.clone(), found.path.clone(), text.into());
    file.revision = files.revision().map(str::to_owned);
    Ok(file)
}
