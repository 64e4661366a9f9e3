//! The thread that analyses.
//!
//! Takes changes; gives rounds: what was found out, for which versions of the documents. Changes that
//! come while it works, or shortly after each other, are analysed together. A panic ends a round and
//! nothing else.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender};

use super::documents::Version;
use super::{Analyser, Analysis, Open};
use crate::error::Error;

/// Changes that come within this time after the first are analysed together.
const TOGETHER: Duration = Duration::from_millis(10);

/// Something that changes what is found.
pub(super) enum Change {
    /// A document was opened or edited.
    Text { path: PathBuf, text: Arc<str>, version: Version },
    /// A document was closed.
    Closed(PathBuf),
    /// A file on disk was written.
    File(PathBuf),
    /// Files on disk came or went, or nobody knows which have changed.
    Disk,
    /// The configuration changed.
    Settings,
    /// These folders are open, and no others.
    Folders(Vec<PathBuf>),
    /// Nothing changes, but a text is tried.
    Trial { number: u64, trial: Trial },
}

/// A change, and how many there were with it.
pub(super) struct Job {
    pub(super) generation: u64,
    pub(super) change: Change,
}

/// A text of a document that is only looked at.
#[derive(Clone)]
pub(super) struct Trial {
    pub(super) path: PathBuf,
    /// The version that it is made from.
    pub(super) version: Version,
    pub(super) text: Arc<str>,
    /// The finding that it should be rid of.
    pub(super) fingerprint: String,
}

/// What the worker says.
pub(super) enum Said {
    Round(Round),
    /// Whether the text of the trial with this number is rid of its finding, and nothing else is found.
    Tried {
        number: u64,
        is_better: bool,
    },
}

/// What was found out, after so many changes.
pub(super) struct Round {
    pub(super) generation: u64,
    pub(super) folders: Vec<FolderRound>,
}

/// What was found out about a folder.
pub(super) struct FolderRound {
    pub(super) root: PathBuf,
    /// The last analysis that came to an end.
    pub(super) found: Option<Arc<Found>>,
    /// Why there is none for the last changes.
    pub(super) trouble: Option<Trouble>,
}

/// An analysis, and the versions of the documents that it is about.
pub(super) struct Found {
    pub(super) analysis: Analysis,
    pub(super) versions: BTreeMap<PathBuf, Version>,
}

/// Why nothing was found out.
#[derive(Clone, Debug)]
pub(super) enum Trouble {
    /// The configuration is wrong; the last good one is used.
    Settings(Error),
    /// There is nothing to analyse.
    Refused(Error),
    /// A bug of ours.
    Crashed(String),
}

/// Works until nobody sends changes or takes what is said.
pub(super) fn run(jobs: &Receiver<Job>, said: &Sender<Said>, open: Open) {
    let mut worker = Worker {
        open,
        texts: BTreeMap::new(),
        folders: Vec::new(),
        generation: 0,
        trials: Vec::new(),
    };
    while let Ok(first) = jobs.recv() {
        let is_change = !matches!(first.change, Change::Trial { .. });
        worker.apply(first);
        if is_change {
            let end = Instant::now() + TOGETHER;
            while let Ok(job) = jobs.recv_deadline(end) {
                worker.apply(job);
            }
        }
        // What came in the meantime would make this round's result obsolete.
        while let Ok(job) = jobs.try_recv() {
            worker.apply(job);
        }
        if said.send(Said::Round(worker.round())).is_err() {
            return;
        }
        for (number, trial) in std::mem::take(&mut worker.trials) {
            let is_better = worker.tried(&trial);
            if said.send(Said::Tried { number, is_better }).is_err() {
                return;
            }
        }
    }
}

struct Worker {
    open: Open,
    texts: BTreeMap<PathBuf, Text>,
    folders: Vec<Folder>,
    generation: u64,
    trials: Vec<(u64, Trial)>,
}

/// A document.
struct Text {
    version: Version,
    text: Arc<str>,
}

struct Folder {
    root: PathBuf,
    analyser: Option<Box<dyn Analyser>>,
    is_changed: bool,
    /// What is wrong with the configuration.
    wrong: Option<Error>,
    found: Option<Arc<Found>>,
}

impl Worker {
    fn apply(&mut self, job: Job) {
        self.generation = job.generation;
        match job.change {
            Change::Text { path, text, version } => self.text(path, text, version),
            Change::Closed(path) => {
                self.texts.remove(&path);
                self.each(Some(&path), |analyser| analyser.close_text(&path));
            }
            Change::File(path) => {
                self.each(Some(&path), |analyser| analyser.reread_file(&path));
            }
            Change::Disk => self.each(None, |analyser| analyser.reread()),
            Change::Settings => {
                for folder in &mut self.folders {
                    folder.reopen(&mut self.open, &self.texts);
                }
            }
            Change::Folders(roots) => self.folders(roots),
            Change::Trial { number, trial } => self.trials.push((number, trial)),
        }
    }

    fn text(&mut self, path: PathBuf, text: Arc<str>, version: Version) {
        self.texts.insert(path.clone(), Text { version, text: Arc::clone(&text) });
        self.each(Some(&path), |analyser| analyser.set_text(&path, Arc::clone(&text)));
    }

    /// Does something to the analysers of the folders that a path is in, or of all.
    fn each(&mut self, path: Option<&Path>, act: impl Fn(&mut dyn Analyser)) {
        for folder in &mut self.folders {
            if path.is_some_and(|path| !path.starts_with(&folder.root)) {
                continue;
            }
            folder.is_changed = true;
            if let Some(analyser) = &mut folder.analyser {
                let done = guarded(|| act(analyser.as_mut()));
                if done.is_err() {
                    folder.analyser = None; // is opened anew
                }
            }
        }
    }

    fn folders(&mut self, roots: Vec<PathBuf>) {
        self.folders.retain(|folder| roots.contains(&folder.root));
        for root in roots {
            if self.folders.iter().all(|folder| folder.root != root) {
                let mut folder =
                    Folder { root, analyser: None, is_changed: true, wrong: None, found: None };
                folder.reopen(&mut self.open, &self.texts);
                self.folders.push(folder);
            }
        }
    }

    /// Whether a text has what was found but for one finding.
    fn tried(&mut self, trial: &Trial) -> bool {
        let Some(text) = self.texts.get(&trial.path) else { return false };
        if text.version != trial.version {
            return false;
        }
        let back = Arc::clone(&text.text);
        let around = self.folders.iter_mut().filter(|f| trial.path.starts_with(&f.root));
        let folder = around.max_by_key(|folder| folder.root.components().count());
        folder.is_some_and(|folder| folder.tried(trial, back))
    }

    fn round(&mut self) -> Round {
        let (open, texts) = (&mut self.open, &self.texts);
        let folders = self.folders.iter_mut().map(|folder| folder.round(open, texts)).collect();
        Round { generation: self.generation, folders }
    }
}

impl Folder {
    /// Opens it with the settings that it has now, or goes on with the last good ones.
    fn reopen(&mut self, open: &mut Open, texts: &BTreeMap<PathBuf, Text>) {
        self.is_changed = true;
        let opened = guarded(|| {
            let mut analyser = open(&self.root)?;
            for (path, text) in texts.iter().filter(|(path, _)| path.starts_with(&self.root)) {
                analyser.set_text(path, Arc::clone(&text.text));
            }
            Ok(analyser)
        });
        match opened {
            Ok(Ok(analyser)) => (self.analyser, self.wrong) = (Some(analyser), None),
            Ok(Err(error)) => self.wrong = Some(error),
            Err(_) => self.analyser = None,
        }
    }

    fn tried(&mut self, trial: &Trial, back: Arc<str>) -> bool {
        let (Some(analyser), Some(found)) = (&mut self.analyser, &self.found) else { return false };
        let tried = guarded(|| {
            analyser.set_text(&trial.path, Arc::clone(&trial.text));
            let analysis = analyser.analyse();
            analyser.set_text(&trial.path, back);
            analysis
        });
        let Ok(tried) = tried else {
            (self.analyser, self.is_changed) = (None, true);
            return false;
        };
        let open = |analysis: &Analysis| -> Vec<String> {
            let open = analysis.findings.iter().filter(|finding| finding.is_open());
            open.map(|finding| finding.fingerprint.clone()).collect()
        };
        let known = open(&found.analysis);
        tried.is_ok_and(|tried| {
            let left = open(&tried);
            !left.contains(&trial.fingerprint) && left.iter().all(|one| known.contains(one))
        })
    }

    fn round(&mut self, open: &mut Open, texts: &BTreeMap<PathBuf, Text>) -> FolderRound {
        let trouble = if std::mem::take(&mut self.is_changed) {
            self.analyse(open, texts).err()
        } else {
            None
        };
        let trouble = trouble.or_else(|| self.wrong.clone().map(Trouble::Settings));
        FolderRound { root: self.root.clone(), found: self.found.clone(), trouble }
    }

    fn analyse(&mut self, open: &mut Open, texts: &BTreeMap<PathBuf, Text>) -> Result<(), Trouble> {
        if self.analyser.is_none() && self.wrong.is_none() {
            self.reopen(open, texts);
            self.is_changed = false;
        }
        let Some(analyser) = &mut self.analyser else {
            let crashed = || Trouble::Crashed("a folder could not be opened".to_owned());
            return if self.wrong.is_none() { Err(crashed()) } else { Ok(()) };
        };
        let analysis = match guarded(|| analyser.analyse()) {
            Ok(Ok(analysis)) => analysis,
            Ok(Err(error)) => return Err(Trouble::Refused(error)),
            Err(message) => {
                self.analyser = None; // nothing that it holds can be relied on
                return Err(Trouble::Crashed(message));
            }
        };
        let here = texts.iter().filter(|(path, _)| path.starts_with(&self.root));
        let versions = here.map(|(path, text)| (path.clone(), text.version)).collect();
        self.found = Some(Arc::new(Found { analysis, versions }));
        Ok(())
    }
}

/// The message of a panic, if there is one.
pub(super) fn guarded<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|payload| {
        let text = payload.downcast_ref::<String>().cloned();
        let text = text.or_else(|| payload.downcast_ref::<&str>().map(|text| (*text).to_owned()));
        text.unwrap_or_else(|| "without a message".to_owned())
    })
}
