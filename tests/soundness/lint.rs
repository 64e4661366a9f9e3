//! One program under the lint, with edits that are made in memory and taken back.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use raft_lint::levels::Levels;
use raft_lint::outcome::{Obligation, Outcome, Status};
use raft_lint::pipeline::Options;
use raft_lint::source::{FileId, Place, Span};
use raft_lint::workspace::{Analysed, Workspace};

/// Replacements in the text of one file: they stand in order and do not overlap.
pub(crate) type Replacements = Vec<(Range<usize>, String)>;

/// An edit of a program.
#[derive(Clone, Default, Debug)]
pub(crate) struct Edits(pub(crate) BTreeMap<FileId, Replacements>);

impl Edits {
    /// The text of a file afterwards.
    fn text(&self, file: FileId, old: &str) -> String {
        let mut new = String::with_capacity(old.len());
        let mut at = 0;
        for (range, text) in &self.0[&file] {
            new.push_str(&old[at..range.start]);
            new.push_str(text);
            at = range.end;
        }
        new + &old[at..]
    }

    /// Where a place is afterwards. What is replaced at its beginning or end belongs to it.
    pub(crate) fn place(&self, place: Place) -> Place {
        let Some(replacements) = self.0.get(&place.file) else { return place };
        // What is put in between two things belongs to neither.
        let moved = |offset: u32, is_end: bool| {
            let at = offset as usize;
            let before = |(range, _): &&(Range<usize>, String)| {
                range.end <= at && !(is_end && range.start == at)
            };
            let before = replacements.iter().filter(before);
            let shift: isize =
                before.map(|(range, text)| text.len() as isize - range.len() as isize).sum();
            (offset as isize + shift) as u32
        };
        let Span { start, end } = place.span;
        Place { file: place.file, span: Span { start: moved(start, false), end: moved(end, true) } }
    }
}

/// What the lint says of an obligation.
#[derive(Clone, Copy, PartialEq, Eq, Debug, PartialOrd, Ord)]
pub(crate) enum Said {
    Violated,
    Undecided,
    Proved,
    /// There is no such obligation.
    Nothing,
}

impl Said {
    pub(crate) fn of(status: &Status) -> Said {
        match status {
            Status::Proved { .. } => Said::Proved,
            Status::Violated { .. } => Said::Violated,
            Status::Undecided => Said::Undecided,
        }
    }
}

/// All obligations, those included that another finding explains.
pub(crate) fn obligations(outcome: &Outcome) -> impl Iterator<Item = &Obligation> {
    outcome.obligations.iter().chain(&outcome.moot)
}

/// The obligation of a rule at a place.
pub(crate) fn at<'o>(outcome: &'o Outcome, rule: &str, place: Place) -> Option<&'o Obligation> {
    obligations(outcome).find(|o| o.rule.id == rule && o.place == place)
}

/// What is said of each obligation.
pub(crate) struct Seen(BTreeMap<(&'static str, Place), Said>);

impl Seen {
    pub(crate) fn of(outcome: &Outcome) -> Seen {
        let one = |o: &Obligation| ((o.rule.id, o.place), Said::of(&o.status));
        Seen(obligations(outcome).map(one).collect())
    }

    /// What is said after an edit of an obligation of the program `before`.
    pub(crate) fn said(
        &self,
        before: &Seen,
        rule: &'static str,
        place: Place,
        edits: &Edits,
    ) -> Said {
        if let Some(said) = self.0.get(&(rule, edits.place(place))) {
            return *said;
        }
        // It may be reported elsewhere now: at the call of a helper, or in it.
        let known = before.0.keys().filter(|(of, _)| *of == rule);
        let known: BTreeSet<Place> = known.map(|(_, place)| edits.place(*place)).collect();
        let new = self.0.iter().filter(|((of, at), _)| *of == rule && !known.contains(at));
        new.map(|(_, said)| *said).min().unwrap_or(Said::Nothing)
    }
}

/// A program that is open.
pub(crate) struct Lint {
    workspace: Workspace,
    /// What is said of it as it is on disk.
    pub(crate) base: Arc<Analysed>,
    edited: BTreeSet<FileId>,
}

impl Lint {
    pub(crate) fn open(path: &Path) -> Result<Lint, String> {
        let options = Options {
            paths: vec![path.to_path_buf()],
            threads: 1,
            prefilter: true,
            ..Options::default()
        };
        let mut workspace =
            Workspace::open(options, Levels::default()).map_err(|error| error.to_string())?;
        let base = workspace.analyse().map_err(|error| error.to_string())?;
        Ok(Lint { workspace, base, edited: BTreeSet::new() })
    }

    pub(crate) fn text(&self, file: FileId) -> &Arc<str> {
        &self.base.sources.file(file).text
    }

    pub(crate) fn snippet(&self, place: Place) -> &str {
        self.base.sources.snippet(place)
    }

    /// `src/log.rs:12`
    pub(crate) fn shown(&self, place: Place) -> String {
        let name = &self.base.sources.file(place.file).name;
        let name = name.rsplit_once('/').map_or(&**name, |(_, name)| name);
        format!("{name}:{}", self.base.sources.line(place))
    }

    /// What is said of the program with an edit; nothing, if it is no Rust afterwards.
    pub(crate) fn with(&mut self, edits: &Edits) -> Result<Option<Arc<Analysed>>, String> {
        let texts = edits.0.keys().map(|&file| (file, edits.text(file, self.text(file)).into()));
        let texts = texts.collect();
        self.with_texts(&texts)
    }

    /// As [`Lint::with`], for whole texts.
    pub(crate) fn with_texts(
        &mut self,
        texts: &BTreeMap<FileId, Arc<str>>,
    ) -> Result<Option<Arc<Analysed>>, String> {
        let base = Arc::clone(&self.base);
        let path = |file: FileId| -> PathBuf { base.sources.file(file).path.clone() };
        for file in std::mem::take(&mut self.edited) {
            if !texts.contains_key(&file) {
                self.workspace.set_text(&path(file), Arc::clone(&base.sources.file(file).text));
            }
        }
        for (&file, text) in texts {
            self.workspace.set_text(&path(file), Arc::clone(text));
            self.edited.insert(file);
        }
        let analysed = self.workspace.analyse().map_err(|error| error.to_string())?;
        Ok(analysed.outdated.is_empty().then_some(analysed))
    }
}

/// The texts of an edited program, as far as they differ, for going on with.
pub(crate) fn edited(
    texts: &BTreeMap<FileId, Arc<str>>,
    edits: &Edits,
    base: &Analysed,
) -> BTreeMap<FileId, Arc<str>> {
    let mut all = texts.clone();
    for &file in edits.0.keys() {
        let old = texts.get(&file).unwrap_or(&base.sources.file(file).text);
        all.insert(file, edits.text(file, old).into());
    }
    all
}
