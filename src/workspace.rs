//! A workspace that stays open: what an editor has, analysed again after each change.
//!
//! Takes options, levels and the texts of open files; gives the same outcome as a run from the beginning
//! would, and does only what a change asks for: files that have not changed are not read or parsed again, and
//! what functions have shown is kept where it would be shown again ([`crate::facts::Memory`]).
//!
//! While the text of a file can't be parsed, what its last good text said counts.

mod loaded;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use self::loaded::{Good, Loaded};
use crate::discover::edited::Edited;
use crate::error::Error;
use crate::finding::{self, Finding};
use crate::judge;
use crate::levels::Levels;
use crate::outcome::{Outcome, Problem};
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
    /// Files of which the present text can't be parsed, by absolute path: `sources` has their last good text.
    pub outdated: BTreeMap<PathBuf, Problem>,
}

/// A workspace that stays open.
pub struct Workspace {
    options: Options,
    levels: Levels,
    files: Edited,
    pool: rayon::ThreadPool,
    loaded: Option<Loaded>,
    /// Files that may have changed since they were read.
    changed: BTreeSet<PathBuf>,
    /// Files that were edited and are none of the workspace's, left out or elsewhere: whether they were on
    /// disk.
    foreign: BTreeMap<PathBuf, bool>,
    /// Whether all files have to be looked for again.
    is_outdated: bool,
}

impl Workspace {
    /// A workspace of which nothing has been read yet.
    ///
    /// # Errors
    ///
    /// If there is not enough memory for the threads.
    pub fn open(options: Options, levels: Levels) -> Result<Self, Error> {
        let pool = pipeline::pool(&options)?;
        Ok(Workspace {
            options,
            levels,
            files: Edited::default(),
            pool,
            loaded: None,
            changed: BTreeSet::new(),
            foreign: BTreeMap::new(),
            is_outdated: false,
        })
    }

    /// From now on this is what a file holds. The path is absolute.
    pub fn set_text(&mut self, path: &Path, text: Arc<str>) {
        let path = canonical(path);
        self.files.set(path.clone(), text);
        self.changed.insert(path);
    }

    /// From now on a file holds what is on disk.
    pub fn close_text(&mut self, path: &Path) {
        let path = canonical(path);
        self.files.forget(&path);
        self.changed.insert(path);
    }

    /// A file has been written to disk: it is read again, unless it is open.
    pub fn reread_file(&mut self, path: &Path) {
        self.changed.insert(canonical(path));
    }

    /// Files on disk came or went, or manifests have changed: all are looked for and read again.
    pub fn reread(&mut self) {
        self.is_outdated = true;
        self.foreign.clear();
    }

    /// Analyses what the files hold now.
    ///
    /// # Errors
    ///
    /// If there is nothing to analyse.
    pub fn analyse(&mut self) -> Result<Arc<Analysed>, Error> {
        let mut changed = std::mem::take(&mut self.changed);
        changed.retain(|path| self.foreign.get(path) != Some(&path.exists()));
        let (files, options) = (&self.files, &self.options);
        // What is loaded is put back when all went well: after a panic everything is read again.
        let loaded = self.loaded.take();
        let is_outdated = std::mem::take(&mut self.is_outdated);
        let (loaded, (mut outcome, sources)) = self.pool.install(|| {
            let loaded = match loaded {
                None => Err(Good::default()),
                Some(loaded) if is_outdated => Err(loaded.good()),
                Some(loaded) => loaded.update(files, &changed, options),
            };
            let mut loaded = match loaded {
                Ok(loaded) => loaded,
                Err(good) => Loaded::read(files, options, &good)?,
            };
            let run = loaded.decide(options);
            Ok((loaded, run))
        })?;
        let outdated = loaded.outdated.clone();
        let foreign = changed.into_iter().filter(|path| loaded.leaves_out(&self.files, path));
        self.foreign.extend(foreign.map(|path| {
            let is_there = path.exists();
            (path, is_there)
        }));
        self.loaded = Some(loaded);
        self.levels.apply(&mut outcome);
        judge::settle(&mut outcome);
        let findings = finding::of(&outcome);
        Ok(Arc::new(Analysed { outcome, sources, findings, outdated }))
    }
}

/// A path without links and dots, as the walk knows it; one that does not exist yet keeps its name.
pub(crate) fn canonical(path: &Path) -> PathBuf {
    let whole = path.canonicalize().ok();
    let of_parent = || Some(path.parent()?.canonicalize().ok()?.join(path.file_name()?));
    whole.or_else(of_parent).unwrap_or_else(|| path.to_path_buf())
}
