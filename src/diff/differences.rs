//! What is different: lost proofs, and findings of which nothing is new.
//!
//! Takes both versions and the findings of the newer one; gives places in both. It changes nothing.

use std::collections::{BTreeMap, BTreeSet};

use super::loss::{Loss, LossReason};
use super::matching::matching;
use super::remains::{Remains, depends_on_handler};
use super::site::{Bodies, Comparison, Site};
use super::words::Exhausted;
use crate::finding::Finding;
use crate::known::unfinished;
use crate::outcome::{Obligation, Outcome, Status};
use crate::program::FnId;
use crate::source::{FileId, Place, Span};

/// What is different, with places in both versions.
#[derive(Default)]
pub(super) struct Differences {
    /// For each finding that has lost a proof the evidence, in the older version.
    pub(super) lost: Vec<Option<Vec<Place>>>,
    /// The fingerprints of findings with something new.
    pub(super) new: BTreeSet<String>,
    /// Proofs that are lost without a finding of their rule.
    pub(super) alone: Vec<Loss>,
    /// Obligations that are proved and were not, with the older one where there was one.
    pub(super) gained: Vec<(String, Option<(Place, &'static str)>)>,
    /// The identities of what was as undecided.
    pub(super) undecided: BTreeSet<String>,
    /// How many proofs are gone with their code.
    pub(super) gone: usize,
    /// Whether there was too much to compare.
    pub(super) is_incomplete: bool,
}

/// Files that hold proofs in the older version, exist, and are not looked at in the newer one, by their
/// paths.
pub(super) type Unseen<'u> = BTreeMap<&'u [u8], FileId>;

/// Compares.
pub(super) fn differences(
    findings: &[Finding],
    comparison: &Comparison<'_>,
    unseen: &Unseen<'_>,
) -> Differences {
    let Comparison { now, then, .. } = comparison;
    let mut bodies = Bodies::new();
    let (news, olds) = (now.sites(&mut bodies), then.sites(&mut bodies));
    let matches = matching(comparison, &news, &olds);
    let speakers = Speakers::of(findings, now.outcome);
    let mut found = Differences { lost: vec![None; findings.len()], ..Differences::default() };
    let mut alone = Alone::default();
    for (new, old) in news.iter().zip(&matches) {
        let old = old.map(|index| &olds[index]);
        let speaker = new.is_violated().then(|| speakers.of_site(new)).flatten();
        found.matched(new, old, speaker, findings, &mut alone);
    }
    let taken: BTreeSet<usize> = matches.iter().flatten().copied().collect();
    let left = (0..olds.len()).filter(|i| !taken.contains(i)).map(|i| &olds[i]);
    let left: Vec<&Site<'_>> = left.filter(|site| site.is_proved()).collect();
    if left.is_empty() && alone.losses.is_empty() && found.lost.iter().all(Option::is_none) {
        return found.ended(comparison, alone);
    }
    let remains = Remains::new(comparison);
    found.gone = unmatched(&left, comparison, &remains, unseen, &mut alone);
    let lost = alone.losses.values_mut().map(|loss| &mut loss.evidence);
    for places in found.lost.iter_mut().flatten().chain(lost) {
        places.sort();
        places.dedup();
        *places = remains.taken_away(places);
    }
    found.ended(comparison, alone)
}

impl Differences {
    /// What a newer obligation, and the older one that it is, say of the finding that speaks for it.
    fn matched(
        &mut self,
        new: &Site<'_>,
        old: Option<&Site<'_>>,
        speaker: Option<usize>,
        findings: &[Finding],
        alone: &mut Alone,
    ) {
        let lost = old.filter(|old| old.is_proved());
        let place = new.obligation.place;
        match (&new.obligation.status, speaker, lost) {
            (Status::Violated { .. }, Some(index), Some(old)) => {
                self.lost[index].get_or_insert_default().extend(evidence_of(old));
            }
            (Status::Violated { .. }, None, Some(old)) => {
                alone.add(LossReason::Explained, old, place);
            }
            (Status::Violated { .. }, Some(index), None)
                if !new.is_moot && !old.is_some_and(|old| was(old, new)) =>
            {
                self.new.insert(findings[index].fingerprint.clone());
            }
            (Status::Undecided, _, Some(old)) => alone.add(LossReason::Undecided, old, place),
            (Status::Undecided, _, None) if old.is_some() => {
                self.undecided.insert(new.obligation.fingerprint.clone());
            }
            (Status::Proved { .. }, _, None) if !new.is_moot => {
                let before = old.map(|old| (old.obligation.place, old.obligation.status.id()));
                self.gained.push((new.obligation.fingerprint.clone(), before));
            }
            _ => {}
        }
    }

    fn ended(mut self, comparison: &Comparison<'_>, alone: Alone) -> Differences {
        self.undecided.extend(comparison.then.outcome.exhausted.iter().map(unfinished));
        self.alone = alone.losses.into_values().collect();
        self.is_incomplete = comparison.work.is_exhausted();
        self
    }
}

/// Losses without a finding: one for each reason and handler, or file.
#[derive(Default)]
struct Alone {
    losses: BTreeMap<(LossReason, Group), Loss>,
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Group {
    Handler(FnId),
    File(FileId),
}

impl Alone {
    fn add(&mut self, reason: LossReason, old: &Site<'_>, place: Place) {
        let obligation = old.obligation;
        let group = match reason {
            LossReason::Unseen | LossReason::TooMuch => Group::File(place.file),
            _ => Group::Handler(obligation.root),
        };
        let loss = self.losses.entry((reason, group)).or_insert_with(|| Loss {
            reason,
            rules: BTreeMap::new(),
            place,
            function: obligation.function.clone(),
            evidence: Vec::new(),
            fingerprint: obligation.fingerprint.clone(),
        });
        loss.rules.insert(obligation.rule.id, obligation.level);
        loss.evidence.extend(evidence_of(old));
    }
}

fn evidence_of(site: &Site<'_>) -> impl Iterator<Item = Place> {
    let evidence = match &site.obligation.status {
        Status::Proved { evidence } => evidence.as_slice(),
        _ => &[],
    };
    evidence.iter().map(|evidence| evidence.place)
}

/// Whether an obligation was violated before, no less seriously, and not silenced: who takes a comment
/// away wants to see what it silenced.
fn was(old: &Site<'_>, new: &Site<'_>) -> bool {
    let was_open = old.is_violated() && old.obligation.silence.is_none();
    was_open && old.obligation.level >= new.obligation.level
}

/// The proofs whose obligations are gone: because their effects are not recognised or not looked at, or
/// with their effects. So many are these.
fn unmatched<'v>(
    left: &[&Site<'v>],
    comparison: &'v Comparison<'_>,
    remains: &Remains<'v, '_>,
    unseen: &Unseen<'_>,
    alone: &mut Alone,
) -> usize {
    let now = &comparison.now;
    let start = |file: FileId| Place { file, span: Span::default() };
    let files: BTreeMap<&[u8], FileId> = now.files().map(|file| (now.path(file), file)).collect();
    let mut lost: BTreeMap<FnId, (LossReason, Place)> = BTreeMap::new();
    let mut rest = Vec::new();
    for old in left {
        if let Some(file) = unseen.get(old.file) {
            alone.add(LossReason::Unseen, old, start(*file));
            continue;
        }
        let stands = match remains.of(old) {
            Ok(place) => place.map(|place| (LossReason::Unrecognised, place)),
            Err(Exhausted) => files.get(old.file).map(|file| (LossReason::TooMuch, start(*file))),
        };
        match stands {
            Some((reason, place)) => {
                lost.entry(old.obligation.root).or_insert((reason, place));
                alone.add(reason, old, place);
            }
            None => rest.push(old),
        }
    }
    let mut gone = 0;
    for old in rest {
        // What depends on the handler as a whole is lost with it.
        match lost.get(&old.obligation.root) {
            Some((reason, place)) if depends_on_handler(old.obligation.effect) => {
                alone.add(*reason, old, *place);
            }
            _ => gone += 1,
        }
    }
    gone
}

/// Which finding speaks for which violated obligation.
struct Speakers<'o> {
    /// The findings by their fingerprints.
    findings: BTreeMap<&'o str, usize>,
    /// The first open finding of a rule in a handler, or at a place, with its obligation's index.
    in_handler: BTreeMap<(&'static str, FnId), (usize, usize)>,
    at_place: BTreeMap<(&'static str, Place), (usize, usize)>,
}

impl<'o> Speakers<'o> {
    fn of(findings: &'o [Finding], outcome: &'o Outcome) -> Self {
        let mut speakers = Speakers {
            findings: BTreeMap::new(),
            in_handler: BTreeMap::new(),
            at_place: BTreeMap::new(),
        };
        for (index, finding) in findings.iter().enumerate() {
            speakers.findings.entry(finding.fingerprint.as_str()).or_insert(index);
        }
        for (order, obligation) in outcome.obligations.iter().enumerate() {
            let is_violated = matches!(obligation.status, Status::Violated { .. });
            let finding = is_violated.then(|| speakers.find(obligation)).flatten();
            // A silence for another rule says nothing of this one.
            if let Some(finding) = finding.filter(|&index| findings[index].is_open()) {
                let (rule, found) = (obligation.rule.id, (order, finding));
                speakers.in_handler.entry((rule, obligation.root)).or_insert(found);
                speakers.at_place.entry((rule, obligation.place)).or_insert(found);
            }
        }
        speakers
    }

    fn find(&self, obligation: &Obligation) -> Option<usize> {
        let fingerprint = obligation.part_of.as_ref().unwrap_or(&obligation.fingerprint);
        self.findings.get(fingerprint.as_str()).copied()
    }

    /// The finding that speaks for a violated obligation: its own, that of its cause, or the one of
    /// another rule that explains it.
    fn of_site(&self, site: &Site<'_>) -> Option<usize> {
        let obligation = site.obligation;
        if !site.is_moot {
            return self.find(obligation);
        }
        let explaining = obligation.rule.yields_to.iter().flat_map(|&rule| {
            let in_handler = self.in_handler.get(&(rule, obligation.root));
            in_handler.into_iter().chain(self.at_place.get(&(rule, obligation.place)))
        });
        explaining.min().map(|(_, finding)| *finding)
    }
}
