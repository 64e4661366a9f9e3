//! What is new since a revision: findings that it did not have, and proofs that it had.
//!
//! Takes the outcomes of both versions; gives a silence to what was known, the place of the lost
//! evidence to a finding that has lost a proof, and a finding of its own to a proof that is lost
//! without one. It judges no code.

mod differences;
pub(crate) mod functions;
mod loss;
mod matching;
mod remains;
mod site;
mod words;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use self::differences::{Unseen, differences};
use self::loss::evidence;
use self::site::Comparison;
use self::words::Lexicon;
use crate::finding::Accepted;
use crate::finding::{Finding, Silence};
use crate::known::{Gained, Known};
use crate::outcome::{Note, Outcome, Status};
use crate::source::{Base, FileId, Place, SourceFile, Sources};

/// The older version.
pub struct Then {
    /// Its name, as the user gave it.
    pub revision: String,
    /// What was found out there.
    pub outcome: Outcome,
    /// In which files.
    pub sources: Sources,
    /// What was wrong there.
    pub findings: Vec<Finding>,
}

impl Then {
    /// The files with proofs that a newer version does not have: deleted, moved, or not looked at.
    pub fn missing<'t>(&'t self, now: &Sources) -> Vec<&'t SourceFile> {
        let here: BTreeSet<&Path> = now.files.iter().map(|file| file.path.as_path()).collect();
        let all = self.outcome.obligations.iter().chain(&self.outcome.moot);
        let proved = all.filter(|o| matches!(o.status, Status::Proved { .. }));
        let files: BTreeSet<FileId> = proved.map(|o| o.place.file).collect();
        let files = files.into_iter().map(|id| self.sources.file(id));
        files.filter(|file| !here.contains(file.path.as_path())).collect()
    }
}

/// Compares. `findings` are those of `outcome`; files of the older version that are shown are added to
/// `sources`, and so is `unseen`: the files of [`Then::missing`] that exist.
pub fn compare(
    findings: &mut Vec<Finding>,
    outcome: &mut Outcome,
    sources: &mut Sources,
    then: Then,
    unseen: Vec<SourceFile>,
) -> Known {
    let Then { revision, outcome: old_outcome, sources: old_sources, findings: old_findings } =
        then;
    let revision = revision.as_str();
    let other_bases = old_sources.bases != sources.bases;
    for mut file in unseen {
        if other_bases {
            let name = old_sources.in_repository(&file.name);
            show_from_repository(&mut file, name, sources);
        }
        sources.files.push(file.into());
    }
    let found = {
        let lexicon = Lexicon::default();
        let (now, then) = ((&*outcome, &*sources), (&old_outcome, &old_sources));
        let comparison = Comparison::new(now, then, &lexicon);
        differences(findings, &comparison, &unseen_files(outcome, sources))
    };
    let known = without_obligation(findings, &old_findings, outcome);
    outcome.notes.extend(notes(&old_outcome, revision, found.is_incomplete));
    let mut shown = Appended::of(old_sources, other_bases);
    for ((finding, places), is_known) in findings.iter_mut().zip(&found.lost).zip(known) {
        if let Some(places) = places {
            finding.lost_proof = true;
            finding.lost_evidence = places.iter().map(|p| shown.place(*p, sources)).collect();
            let said = evidence(&finding.lost_evidence, sources, revision);
            finding.note = format!("{}; proved at `{revision}`{said}", finding.note);
        } else if finding.is_open() && is_known && !found.new.contains(&finding.fingerprint) {
            finding.silence = Some(Silence::Revision);
        }
    }
    for loss in found.alone {
        let places: Vec<Place> = loss.evidence.iter().map(|p| shown.place(*p, sources)).collect();
        let said = evidence(&places, sources, revision);
        let mut finding = loss.finding(places, &said, revision);
        finding.silence = Accepted::of(&outcome.accepted, finding.place);
        findings.push(finding);
    }
    let gained = found.gained.into_iter().map(|(fingerprint, before)| {
        let before = before.map(|(place, status)| (shown.place(place, sources), status));
        Gained { fingerprint, before }
    });
    Known {
        revision: Some(revision.to_owned()),
        undecided: found.undecided,
        gone: found.gone,
        gained: gained.collect(),
        fixed: 0,
    }
}

/// The files behind those that were looked at.
fn unseen_files<'s>(outcome: &Outcome, sources: &'s Sources) -> Unseen<'s> {
    let files = (0..).map(FileId).zip(&sources.files).skip(outcome.packages_of_files.len());
    files.map(|(id, file)| (file.path.as_os_str().as_encoded_bytes(), id)).collect()
}

/// For each finding whether it may be known: those that are about no obligation are by their
/// fingerprint alone.
fn without_obligation(findings: &[Finding], old: &[Finding], outcome: &Outcome) -> Vec<bool> {
    let obligations: BTreeSet<&str> =
        outcome.obligations.iter().map(|o| o.fingerprint.as_str()).collect();
    let old: BTreeSet<&str> = old.iter().map(|f| f.fingerprint.as_str()).collect();
    let fingerprints = findings.iter().map(|finding| finding.fingerprint.as_str());
    fingerprints.map(|f| obligations.contains(f) || old.contains(f)).collect()
}

/// Gives a file that lies below none of the newer version's paths the name that it has in the repository.
fn show_from_repository(file: &mut SourceFile, name: String, sources: &mut Sources) {
    sources.bases.push(Base { shown: name.clone(), in_repository: name.clone() });
    file.name = name;
}

/// Files of the older version that are shown.
struct Appended {
    old: Vec<Option<Arc<SourceFile>>>,
    ids: BTreeMap<FileId, FileId>,
    /// What the bases of the older version say of its files, if other paths were looked at there.
    in_repository: Option<Vec<String>>,
}

impl Appended {
    fn of(old: Sources, other_bases: bool) -> Self {
        let names = || old.files.iter().map(|file| old.in_repository(&file.name)).collect();
        let in_repository = other_bases.then(names);
        Appended {
            old: old.files.into_iter().map(Some).collect(),
            ids: BTreeMap::new(),
            in_repository,
        }
    }

    /// An older place as one in the sources, which get its file.
    fn place(&mut self, place: Place, sources: &mut Sources) -> Place {
        let slot = place.file.0 as usize;
        let id = *self.ids.entry(place.file).or_insert_with(|| {
            let mut file = self.old[slot].take().expect("invariant: a file is taken once");
            if let Some(names) = &mut self.in_repository {
                let name = std::mem::take(&mut names[slot]);
                show_from_repository(Arc::make_mut(&mut file), name, sources);
            }
            sources.files.push(file);
            FileId(sources.files.len() as u32 - 1)
        });
        Place { file: id, ..place }
    }
}

/// What could not be compared.
fn notes(then: &Outcome, revision: &str, is_incomplete: bool) -> Vec<Note> {
    let absent = then.absent.iter().map(|path| {
        format!("`{path}` does not exist at `{revision}`: everything in it counts as new")
    });
    let problems = then.problems.iter().map(|problem| {
        let (file, kind) = (&problem.file, problem.kind.id());
        format!(
            "`{file}` could not be checked at `{revision}` ({kind}): what is in it counts as new, and \
             what was proved in it is not known"
        )
    });
    let incomplete = is_incomplete.then(|| {
        format!(
            "too much has changed since `{revision}` to compare all of it: what was not found again \
             counts as new or lost"
        )
    });
    let texts = absent.chain(problems).chain(incomplete);
    texts.map(|text| Note::new(None, text)).collect()
}
