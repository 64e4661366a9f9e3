//! What is new since a revision: findings that it did not have, and proofs that it had.
//!
//! Takes the outcomes of both versions; gives a silence to what was known, the place of the lost
//! evidence to a finding that has lost a proof, and a finding of its own to a proof that is lost
//! without one. It judges no code.

mod functions;
mod matching;
mod remains;
mod site;

use std::collections::{BTreeMap, BTreeSet};

use self::matching::matching;
use self::remains::{Remains, taken_away};
use self::site::{Site, Version};
use crate::comments::Accepted;
use crate::finding::{Finding, Silence, Subject};
use crate::judge::identity::hash;
use crate::known::{self, Known};
use crate::outcome::{Note, Outcome, Status};
use crate::program::FnId;
use crate::rule::Level;
use crate::source::{FileId, Place, SourceFile, Sources};

/// A proof that is lost where no rule has a finding.
pub const LOST_PROOF: Subject = Subject {
    id: "lost-proof",
    summary: "what was proved at the revision that was compared with is not proved any more",
    page: include_str!("diff/lost-proof.md"),
    level: Level::Warning,
};

/// So many places are named in a sentence.
const MAX_NAMED: usize = 3;

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

/// Compares. `findings` are those of `outcome`; the older files that are shown are added to `sources`.
pub fn compare(
    findings: &mut Vec<Finding>,
    outcome: &mut Outcome,
    sources: &mut Sources,
    then: Then,
) -> Known {
    let Then { revision, outcome: old_outcome, sources: old_sources, findings: old_findings } =
        then;
    let revision = revision.as_str();
    let mut found = {
        let now = Version::new(outcome, sources);
        let then = Version::new(&old_outcome, &old_sources);
        differences(findings, &now, &then)
    };
    found.forget_others(findings, &old_findings, outcome);
    outcome.notes.extend(notes(&old_outcome, revision));
    let mut shown =
        Appended { old: old_sources.files.into_iter().map(Some).collect(), ids: BTreeMap::new() };
    for (finding, places) in findings.iter_mut().zip(&found.lost) {
        if let Some(places) = places {
            finding.lost_proof = true;
            finding.lost_evidence = places.iter().map(|p| shown.place(*p, sources)).collect();
            let said = evidence(&finding.lost_evidence, sources, revision);
            finding.note = format!("{}; proved at `{revision}`{said}", finding.note);
        } else if finding.is_open() && found.known.contains(&finding.fingerprint) {
            finding.silence = Some(Silence::Revision);
        }
    }
    for loss in std::mem::take(&mut found.alone) {
        let places: Vec<Place> = loss.evidence.iter().map(|p| shown.place(*p, sources)).collect();
        let said = evidence(&places, sources, revision);
        let mut finding = loss.finding(places, &said, revision);
        finding.silence = Accepted::of(&outcome.accepted, finding.place);
        findings.push(finding);
    }
    let (undecided, gone) = (found.undecided, found.gone);
    Known { revision: Some(revision.to_owned()), undecided, gone, fixed: 0 }
}

/// What is different, with places in both versions.
#[derive(Default)]
struct Differences {
    /// For each finding that has lost a proof the evidence, in the older version.
    lost: Vec<Option<Vec<Place>>>,
    /// The fingerprints of findings of which nothing is new.
    known: BTreeSet<String>,
    alone: Vec<Loss>,
    /// The identities of what was as undecided.
    undecided: BTreeSet<String>,
    gone: usize,
}

impl Differences {
    /// Findings that are about no obligation are known by their fingerprint alone.
    fn forget_others(&mut self, findings: &[Finding], old: &[Finding], outcome: &Outcome) {
        let obligations: BTreeSet<&str> =
            outcome.obligations.iter().map(|o| o.fingerprint.as_str()).collect();
        let old: BTreeSet<&str> = old.iter().map(|f| f.fingerprint.as_str()).collect();
        for finding in findings {
            let fingerprint = finding.fingerprint.as_str();
            if !obligations.contains(fingerprint) && !old.contains(fingerprint) {
                self.known.remove(fingerprint);
            }
        }
    }
}

/// Why a lost proof is not a finding of its rule.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Why {
    Undecided,
    Explained,
    Unrecognised,
}

/// Proofs of one handler that are lost without a finding of their rules.
struct Loss {
    why: Why,
    rules: BTreeMap<&'static str, Level>,
    /// In the newer version.
    place: Place,
    function: String,
    /// In the older version.
    evidence: Vec<Place>,
    fingerprint: String,
}

fn differences<'v>(findings: &[Finding], now: &Version<'v>, then: &Version<'v>) -> Differences {
    let (news, olds) = (now.sites(), then.sites());
    let matches = matching(&news, &olds);
    let mut found = Differences { lost: vec![None; findings.len()], ..Differences::default() };
    let mut alone: BTreeMap<(Why, FnId), Loss> = BTreeMap::new();
    let mut add = |why: Why, old: &Site<'_>, place: Place| {
        let loss = alone.entry((why, old.obligation.root)).or_insert_with(|| Loss {
            why,
            rules: BTreeMap::new(),
            place,
            function: old.obligation.function.clone(),
            evidence: Vec::new(),
            fingerprint: old.obligation.fingerprint.clone(),
        });
        loss.rules.insert(old.obligation.rule.id, old.obligation.level);
        loss.evidence.extend(evidence_of(old));
    };
    let mut unknown: BTreeSet<&str> = BTreeSet::new();
    for (new, old) in news.iter().zip(&matches) {
        let old = old.map(|index| &olds[index]);
        let lost = old.filter(|old| old.is_proved() && !new.is_proved());
        let place = new.obligation.place;
        match (&new.obligation.status, lost) {
            (Status::Violated { .. }, lost) => {
                let speaker = speaker(new, findings, now);
                match (speaker, lost) {
                    (Some(index), Some(old)) => {
                        found.lost[index].get_or_insert_default().extend(evidence_of(old));
                    }
                    (None, Some(old)) => add(Why::Explained, old, place),
                    (Some(index), None)
                        if !new.is_moot && !old.is_some_and(|old| was(old, new)) =>
                    {
                        unknown.insert(&findings[index].fingerprint);
                    }
                    _ => {}
                }
            }
            (Status::Undecided, Some(old)) => add(Why::Undecided, old, place),
            (Status::Undecided, None) => {
                let identity = old.map(|_| new.obligation.fingerprint.clone());
                found.undecided.extend(identity);
            }
            (Status::Proved { .. }, _) => {}
        }
    }
    let taken: BTreeSet<usize> = matches.iter().flatten().copied().collect();
    let left: Vec<&Site<'_>> = (0..olds.len())
        .filter(|i| !taken.contains(i))
        .map(|i| &olds[i])
        .filter(|s| s.is_proved())
        .collect();
    unmatched(&left, now, then, &mut add, &mut found.gone);
    found.undecided.extend(then.outcome.exhausted.iter().map(known::unfinished));
    found.known = findings.iter().map(|f| f.fingerprint.clone()).collect();
    found.known.retain(|fingerprint| !unknown.contains(fingerprint.as_str()));
    found.alone = alone.into_values().collect();
    let alone = found.alone.iter_mut().map(|loss| &mut loss.evidence);
    for places in found.lost.iter_mut().flatten().chain(alone) {
        places.sort();
        places.dedup();
        *places = taken_away(places, now, then);
    }
    found
}

/// Whether an obligation was violated before, no less seriously, and not silenced: who takes a comment
/// away wants to see what it silenced.
fn was(old: &Site<'_>, new: &Site<'_>) -> bool {
    let was_open = old.is_violated() && old.obligation.silence.is_none();
    was_open && old.obligation.level >= new.obligation.level
}

/// The proofs whose obligations are gone: with their effects, or because these are not recognised.
fn unmatched<'v>(
    left: &[&Site<'_>],
    now: &Version<'v>,
    then: &Version<'v>,
    add: &mut impl FnMut(Why, &Site<'_>, Place),
    gone: &mut usize,
) {
    if left.is_empty() {
        return;
    }
    let remains = Remains::new(now, then);
    let mut lost: BTreeMap<FnId, Place> = BTreeMap::new();
    let mut rest = Vec::new();
    for old in left {
        match remains.of(old) {
            Some(place) => {
                lost.entry(old.obligation.root).or_insert(place);
                add(Why::Unrecognised, old, place);
            }
            None => rest.push(old),
        }
    }
    for old in rest {
        // What depends on the handler as a whole is lost with it.
        match lost.get(&old.obligation.root) {
            Some(place) if remains::depends_on_handler(old.obligation.effect) => {
                add(Why::Unrecognised, old, *place);
            }
            _ => *gone += 1,
        }
    }
}

/// The finding that speaks for a violated obligation: its own, that of its cause, or the one of another
/// rule that explains it.
fn speaker(site: &Site<'_>, findings: &[Finding], now: &Version<'_>) -> Option<usize> {
    let obligation = site.obligation;
    let find = |fingerprint: &str| findings.iter().position(|f| f.fingerprint == fingerprint);
    if !site.is_moot {
        return find(obligation.part_of.as_ref().unwrap_or(&obligation.fingerprint));
    }
    let explains = now.outcome.obligations.iter().filter(|o| {
        let yields = obligation.rule.yields_to.contains(&o.rule.id);
        let violated = matches!(o.status, Status::Violated { .. });
        yields && violated && (o.root == obligation.root || o.place == obligation.place)
    });
    let mut found = explains.filter_map(|o| find(o.part_of.as_ref().unwrap_or(&o.fingerprint)));
    found.find(|&index| findings[index].is_open()) // a silence for another rule says nothing of this one
}

fn evidence_of<'s>(site: &'s Site<'_>) -> &'s [Place] {
    match &site.obligation.status {
        Status::Proved { evidence } => evidence,
        _ => &[],
    }
}

impl Loss {
    fn finding(self, lost_evidence: Vec<Place>, said: &str, revision: &str) -> Finding {
        let rules: Vec<String> = self.rules.keys().map(|id| format!("`{id}`")).collect();
        let rules = rules.join(", ");
        let level =
            self.rules.values().copied().max().unwrap_or(Level::Advice).min(LOST_PROOF.level);
        let (label, help) = match self.why {
            Why::Undecided => (
                "can't be decided any more",
                "make the check simpler, or bring back what was proved; `raft-lint map` shows what is \
                 undecided",
            ),
            Why::Explained => (
                "violated now; an older finding explains it",
                "bring back the evidence, and mend the older finding",
            ),
            Why::Unrecognised => (
                "still here, and not recognised any more",
                "call the handler and its fields by names of the field, so that the lint finds them; \
                 `raft-lint map` shows what it recognises",
            ),
        };
        Finding {
            subject: LOST_PROOF,
            level,
            message: format!("what was proved at `{revision}` is not proved any more: {rules}"),
            place: self.place,
            function: self.function,
            label: label.to_owned(),
            witness: Vec::new(),
            also: Vec::new(),
            note: format!(
                "a change that takes away a proof takes away what kept the log safe{said}"
            ),
            help: help.to_owned(),
            fingerprint: hash(&format!("{}|{}", LOST_PROOF.id, self.fingerprint)),
            silence: None,
            lost_proof: true,
            lost_evidence,
        }
    }
}

/// `: the evidence stood at src/log.rs:41 …`, with the old lines.
fn evidence(places: &[Place], sources: &Sources, revision: &str) -> String {
    let mut said: Vec<String> = Vec::new();
    for place in places {
        let file = sources.file(place.file);
        let line = file.line(place.span.start);
        let text = file.short_line(line);
        let text = format!("{}:{line} `{text}`", file.name);
        if !said.contains(&text) {
            said.push(text);
        }
    }
    let more = said.len().saturating_sub(MAX_NAMED);
    said.truncate(MAX_NAMED);
    match (said.is_empty(), more) {
        (true, _) => String::new(),
        (_, 0) => format!(": the evidence stood at {}", said.join(" and ")),
        _ => format!(
            ": the evidence stood at {} and {more} more places of `{revision}`",
            said.join(", ")
        ),
    }
}

/// Files of the older version that are shown.
struct Appended {
    old: Vec<Option<SourceFile>>,
    ids: BTreeMap<FileId, FileId>,
}

impl Appended {
    /// An older place as one in the sources, which get its file.
    fn place(&mut self, place: Place, sources: &mut Sources) -> Place {
        let id = *self.ids.entry(place.file).or_insert_with(|| {
            let file = self.old[place.file.0 as usize].take();
            sources.files.push(file.expect("invariant: a file is taken once"));
            FileId(sources.files.len() as u32 - 1)
        });
        Place { file: id, ..place }
    }
}

/// What could not be compared.
fn notes(then: &Outcome, revision: &str) -> Vec<Note> {
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
    absent.chain(problems).map(|text| Note::new(None, text)).collect()
}
