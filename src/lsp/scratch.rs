//! A file read by itself: whether it can be parsed, and what its comments stand on.
//!
//! Takes a text; gives what lowering makes of it, on a thread with the stack that this needs.

use std::path::PathBuf;
use std::sync::Arc;

use crate::error::Error;
use crate::ir::FileIr;
use crate::lower;
use crate::names::Names;
use crate::outcome::Problem;
use crate::pipeline::{self, Options};
use crate::source::{FileId, SourceFile, Sources};

/// What reads one file at a time.
pub(super) struct Scratch {
    pool: rayon::ThreadPool,
}

impl Scratch {
    /// # Errors
    ///
    /// If there is no memory for a thread.
    pub(super) fn new() -> Result<Self, Error> {
        let pool = pipeline::pool(&Options { threads: 1, ..Options::default() })?;
        Ok(Scratch { pool })
    }

    /// What lowering makes of a text.
    ///
    /// # Errors
    ///
    /// Why it can't be parsed.
    pub(super) fn read(&self, text: &Arc<str>) -> Result<Arc<FileIr>, Problem> {
        let file = SourceFile::new(String::new(), PathBuf::new(), Arc::clone(text));
        let sources = Sources { files: vec![Arc::new(file)], bases: Vec::new() };
        let (mut files, _, mut problems) =
            self.pool.install(|| lower::lower(&sources, &[FileId(0)], Names::default(), None));
        match (files.pop().flatten(), problems.pop()) {
            (_, Some(problem)) => Err(problem),
            (file, None) => Ok(file.unwrap_or_default()),
        }
    }
}
