//! A workspace that stays open: what an editor has, analysed again after each change.
//!
//! Takes options, levels and texts of open files; gives the same outcome as a run from the beginning
//! would. It holds what was found out before, and does no more than a change asks for.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::discover::edited::Edited;
use crate::error::Error;
use crate::finding::{self, Finding};
use crate::judge;
use crate::levels::Levels;
use crate::outcome::Outcome;
use crate::pipeline::{self, Options};
use crate::source::Sources;

/// What was found out about a workspace at one moment.
#[derive(Debug, Default)]
pub struct Analysed {
    /// What was found out.
    pub outcome: Outcome,
    /// In which files.
    pub sources: Sources,
    /// What is wrong, in the order of the places; with those that are silenced.
    pub findings: Vec<Finding>,
}

/// A workspace that stays open.
pub struct Workspace {
    options: Options,
    levels: Levels,
    files: Edited,
    pool: rayon::ThreadPool,
}

impl Workspace {
    /// A workspace of which nothing has been read yet.
    ///
    /// # Errors
    ///
    /// If there is not enough memory for the threads.
    pub fn open(options: Options, levels: Levels) -> Result<Self, Error> {
        let pool = pipeline::pool(&options)?;
        Ok(Workspace { options, levels, files: Edited::default(), pool })
    }

    /// From now on this is what a file holds. The path is absolute.
    pub fn set_text(&mut self, path: &Path, text: Arc<str>) {
        self.files.set(canonical(path), text);
    }

    /// From now on a file holds what is on disk.
    pub fn close_text(&mut self, path: &Path) {
        self.files.forget(&canonical(path));
    }

    /// Files on disk have changed, came or went: all are looked for and read again.
    pub fn reread(&mut self) {}

    /// Analyses what the files hold now.
    ///
    /// # Errors
    ///
    /// If there is nothing to analyse.
    pub fn analyse(&mut self) -> Result<Arc<Analysed>, Error> {
        let (mut outcome, sources) =
            self.pool.install(|| pipeline::stages(&self.files, &self.options, &|_| {}))?;
        self.levels.apply(&mut outcome);
        judge::settle(&mut outcome);
        let findings = finding::of(&outcome);
        Ok(Arc::new(Analysed { outcome, sources, findings }))
    }
}

/// A path without links and dots, as the walk knows it; one that does not exist yet keeps its name.
fn canonical(path: &Path) -> PathBuf {
    let whole = path.canonicalize().ok();
    let of_parent = || Some(path.parent()?.canonicalize().ok()?.join(path.file_name()?));
    whole.or_else(of_parent).unwrap_or_else(|| path.to_path_buf())
}
