//! The files of a workspace as they were read and lowered, and what becomes of that when some of them
//! change.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::discover::files::{Files, Kind};
use crate::discover::{self, Discovered, prefilter};
use crate::error::Error;
use crate::facts::Memory;
use crate::ir::FileIr;
use crate::lower;
use crate::names::Names;
use crate::outcome::Problem;
use crate::pipeline::{self, Lowered, Options, Run};
use crate::source::{Edit, Edits, FileId, SourceFile};

/// Texts that could be parsed, by absolute path.
pub(super) type Good = BTreeMap<PathBuf, Arc<SourceFile>>;

/// The files, as read and lowered, and what was found out about their functions.
pub(super) struct Loaded {
    found: Discovered,
    slots: BTreeMap<PathBuf, FileId>,
    /// Which packages have Raft vocabulary.
    kept: Vec<bool>,
    lowered: Vec<Option<Arc<FileIr>>>,
    problems: BTreeMap<FileId, Problem>,
    /// Of all that was lowered so far: their numbers stay.
    names: Names,
    /// Files of which the last good text counts.
    pub(super) outdated: BTreeMap<PathBuf, Problem>,
    memory: Memory,
}

impl Loaded {
    /// Finds, reads and lowers all files. Of those that can't be parsed the last `good` text counts.
    ///
    /// # Errors
    ///
    /// If there is nothing to read.
    pub(super) fn read(files: &dyn Files, options: &Options, good: &Good) -> Result<Self, Error> {
        let mut found = discover::discover(files, options.paths(), &options.exclude)?;
        let outdated = go_back(&mut found, good);
        let kept = prefilter::kept(&found, &options.vocabulary.signs());
        let wanted = pipeline::wanted(&found, &kept, options);
        let paths = found.sources.files.iter().map(|file| file.path.clone());
        let slots = paths.zip((0..).map(FileId)).collect();
        let (lowered, names, problems) =
            lower::lower(&found.sources, &wanted, Names::default(), None);
        let problems = by_file(problems, &wanted, &found);
        let memory = Memory::default();
        Ok(Loaded { found, slots, kept, lowered, problems, names, outdated, memory })
    }

    /// Whether a file is there, could be read, and is none of the workspace's.
    pub(super) fn leaves_out(&self, files: &dyn Files, path: &Path) -> bool {
        let file = || SourceFile::new(String::new(), path.to_path_buf(), "".into());
        !self.slots.contains_key(path)
            && is_new(files, path)
            && discover::again(files, &file()).is_ok()
    }

    /// The texts that could be parsed.
    pub(super) fn good(&self) -> Good {
        let all = self.found.sources.files.iter().zip(&self.lowered);
        let good = all.filter(|(_, lowered)| lowered.is_some());
        good.map(|(file, _)| (file.path.clone(), Arc::clone(file))).collect()
    }

    /// The same after some files may have changed; the last good texts, if that needs another look at
    /// all files.
    pub(super) fn update(
        mut self,
        files: &dyn Files,
        changed: &BTreeSet<PathBuf>,
        options: &Options,
    ) -> Result<Self, Good> {
        let Some(newer) = self.newer(files, changed) else { return Err(self.good()) };
        if newer.is_empty() {
            return Ok(self);
        }
        let mut swapped = newer;
        self.swap(&mut swapped);
        if prefilter::kept(&self.found, &options.vocabulary.signs()) != self.kept {
            self.swap(&mut swapped);
            return Err(self.good());
        }
        self.lower(&swapped, options);
        Ok(self)
    }

    /// The files that have another text now; none, if files came or went.
    fn newer(
        &mut self,
        files: &dyn Files,
        changed: &BTreeSet<PathBuf>,
    ) -> Option<BTreeMap<FileId, Arc<SourceFile>>> {
        let mut newer = BTreeMap::new();
        for path in changed {
            let Some(&slot) = self.slots.get(path) else {
                if is_new(files, path) {
                    return None;
                }
                continue;
            };
            self.outdated.remove(path);
            let file = &self.found.sources.files[slot.0 as usize];
            let new = discover::again(files, file).ok()?;
            if new.text != file.text {
                newer.insert(slot, Arc::new(new));
            }
        }
        Some(newer)
    }

    /// Puts these files in the place of those that are there, and the other way round.
    fn swap(&mut self, files: &mut BTreeMap<FileId, Arc<SourceFile>>) {
        for (slot, file) in files {
            std::mem::swap(file, &mut self.found.sources.files[slot.0 as usize]);
        }
    }

    /// Lowers the files that have another text than before.
    fn lower(&mut self, older: &BTreeMap<FileId, Arc<SourceFile>>, options: &Options) {
        let mut wanted = pipeline::wanted(&self.found, &self.kept, options);
        wanted.retain(|slot| older.contains_key(slot));
        let names = std::mem::take(&mut self.names);
        let (mut lowered, names, problems) =
            lower::lower(&self.found.sources, &wanted, names, None);
        self.names = names;
        let mut problems = by_file(problems, &wanted, &self.found);
        let mut edits = Edits::default();
        for slot in wanted {
            let index = slot.0 as usize;
            let file = &mut self.found.sources.files[index];
            match (lowered[index].take(), problems.remove(&slot)) {
                (None, Some(problem)) if self.lowered[index].is_some() => {
                    self.outdated.insert(file.path.clone(), problem);
                    file.clone_from(&older[&slot]);
                }
                (new, problem) => {
                    edits.add(slot, vec![Edit::between(&older[&slot].text, &file.text)]);
                    self.lowered[index] = new;
                    self.problems.remove(&slot);
                    self.problems.extend(problem.map(|problem| (slot, problem)));
                }
            }
        }
        self.memory.edit(edits);
    }

    /// Decides what follows from the files as they are.
    pub(super) fn decide(&mut self, options: &Options) -> Run {
        let mut problems: Vec<Problem> = self.problems.values().cloned().collect();
        problems.sort_by(|a, b| a.file.cmp(&b.file));
        let lowered = Lowered {
            files: self.lowered.clone(),
            names: std::mem::take(&mut self.names),
            problems,
        };
        let memory = Some(&mut self.memory);
        let run =
            pipeline::decide(self.found.clone(), &self.kept, lowered, options, &|_| {}, memory);
        self.names = self.memory.names();
        run
    }
}

/// Puts the last good text in the place of each that can't be parsed; tells why it can't.
fn go_back(found: &mut Discovered, good: &Good) -> BTreeMap<PathBuf, Problem> {
    let is_other = |file: &SourceFile| good.get(&file.path).is_some_and(|g| g.text != file.text);
    let slots = (0..).map(FileId).zip(&found.sources.files);
    let others: Vec<FileId> = slots.filter(|(_, f)| is_other(f)).map(|(slot, _)| slot).collect();
    let (lowered, _, problems) = lower::lower(&found.sources, &others, Names::default(), None);
    let problems = by_file(problems, &others, found).into_iter();
    let mut outdated = BTreeMap::new();
    for (slot, problem) in problems.filter(|(slot, _)| lowered[slot.0 as usize].is_none()) {
        let file = &mut found.sources.files[slot.0 as usize];
        outdated.insert(file.path.clone(), problem);
        *file = Arc::clone(&good[&file.path]);
    }
    outdated
}

/// Whether there is a Rust file that was not there before.
fn is_new(files: &dyn Files, path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "rs")
        && files.kind(path) == Some(Kind::File)
}

/// The problems of these files.
fn by_file(
    problems: Vec<Problem>,
    files: &[FileId],
    found: &Discovered,
) -> BTreeMap<FileId, Problem> {
    let named = |name: &str| files.iter().copied().find(|id| found.sources.file(*id).name == name);
    let pairs = problems.into_iter().filter_map(|problem| Some((named(&problem.file)?, problem)));
    pairs.collect()
}
