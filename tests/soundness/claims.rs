//! The claims of the lint: each place of evidence that a proof names is taken out, and the effect has
//! to become a finding.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::sync::Arc;

use raft_lint::outcome::{Obligation, Status};
use raft_lint::source::{FileId, Place};
use raft_lint::workspace::Analysed;

use crate::corpus::Program;
use crate::forms::{self, Forms, Returns};
use crate::lint::{Edits, Lint, Replacements, Said, at, edited, said};
use crate::removal::{Removal, removals};

/// What became of a claim.
#[derive(Clone, PartialEq, Eq, Debug, PartialOrd, Ord)]
pub(crate) enum Verdict {
    /// Without it the effect is a finding.
    Killed,
    /// Without it the lint does not decide.
    Undecided,
    /// Without it the effect is not seen any more.
    Gone,
    /// Another piece of evidence is enough as well; without both the effect is a finding.
    Redundant,
    /// Another piece of evidence is needed whatever becomes of this one, and is enough.
    Beside,
    /// Whatever is taken out, the effect stays proved.
    Survived,
    /// It has no form that can be taken out.
    NotMutated,
}

/// A place of evidence that a proof names.
#[derive(Clone, Debug)]
pub(crate) struct Claim {
    pub(crate) program: String,
    pub(crate) rule: &'static str,
    /// `src/log.rs:12`
    pub(crate) effect: String,
    pub(crate) evidence: String,
    pub(crate) snippet: String,
    pub(crate) facts: String,
    pub(crate) verdict: Verdict,
    /// What was tried, and what was said then.
    pub(crate) tried: Vec<String>,
}

/// What a program's proofs claim.
#[derive(Default)]
pub(crate) struct Claims {
    pub(crate) all: Vec<Claim>,
    /// Proofs without any place, by rule.
    pub(crate) without: BTreeMap<&'static str, usize>,
}

/// The rounds in which further evidence is taken out.
const MAX_ROUNDS: usize = 12;

/// What is said of mutants of one place.
type Known = HashMap<Replacements, Option<Arc<Analysed>>>;

struct Harness {
    lint: Lint,
    returns: Returns,
    name: String,
}

/// Takes out each claim of a program.
pub(crate) fn of(program: &Program) -> Result<Claims, String> {
    let lint = Lint::open(&program.path)?;
    let mut returns = Returns::new();
    for file in &lint.base.sources.files {
        forms::returns(&file.text, &mut returns);
    }
    let mut harness = Harness { lint, returns, name: program.name.clone() };
    harness.run()
}

impl Harness {
    fn run(&mut self) -> Result<Claims, String> {
        let base = Arc::clone(&self.lint.base);
        let mut claims = Claims::default();
        let mut by_evidence: BTreeMap<Place, Vec<&Obligation>> = BTreeMap::new();
        for obligation in &base.outcome.obligations {
            let Status::Proved { evidence } = &obligation.status else { continue };
            if evidence.is_empty() {
                *claims.without.entry(obligation.rule.id).or_default() += 1;
            }
            for piece in evidence {
                by_evidence.entry(piece.place).or_default().push(obligation);
            }
        }
        let mut forms: BTreeMap<FileId, Option<Forms>> = BTreeMap::new();
        for (place, claiming) in by_evidence {
            let text = Arc::clone(self.lint.text(place.file));
            let forms = forms.entry(place.file).or_insert_with(|| Forms::of(&text, &self.returns));
            let mut known = Known::new();
            for obligation in claiming {
                let groups = groups(&text, forms.as_ref(), place, obligation.place);
                let tried = self.try_all(place, obligation, &groups, &mut known)?;
                claims.all.push(self.claim(place, obligation, tried));
            }
        }
        self.look_at_survivors(&mut claims, &base)?;
        Ok(claims)
    }

    /// What is said of an obligation after each removal of the first group after which anything is said.
    fn try_all(
        &mut self,
        place: Place,
        obligation: &Obligation,
        groups: &[Vec<Removal>],
        known: &mut Known,
    ) -> Result<Vec<(String, Said)>, String> {
        let mut tried = Vec::new();
        for group in groups {
            for removal in group {
                let edits = Edits(BTreeMap::from([(place.file, removal.edits.clone())]));
                let analysed = match known.get(&removal.edits) {
                    Some(analysed) => analysed.clone(),
                    None => {
                        let analysed = self.lint.with(&edits)?;
                        known.insert(removal.edits.clone(), analysed.clone());
                        analysed
                    }
                };
                let Some(analysed) = analysed else { continue };
                let said = said(&self.lint.base.outcome, &analysed, obligation, &edits);
                tried.push((removal.text.clone(), said));
            }
            if tried.iter().any(|(_, said)| *said != Said::Nothing) {
                break;
            }
        }
        Ok(tried)
    }

    fn claim(&self, place: Place, obligation: &Obligation, tried: Vec<(String, Said)>) -> Claim {
        let has = |wanted: Said| tried.iter().any(|(_, said)| *said == wanted);
        let verdict = match () {
            () if tried.is_empty() => Verdict::NotMutated,
            () if has(Said::Violated) => Verdict::Killed,
            () if has(Said::Proved) => Verdict::Survived,
            () if has(Said::Undecided) => Verdict::Undecided,
            () => Verdict::Gone,
        };
        let shown = |place: Place| {
            let (file, line) = self.lint.shown(place);
            format!("{file}:{line}")
        };
        let facts = match &obligation.status {
            Status::Proved { evidence } => {
                let here = evidence.iter().filter(|e| e.place == place);
                let facts = here.flat_map(|e| e.facts.iter().map(|fact| format!("{fact:?}")));
                facts.collect::<Vec<_>>().join(" ")
            }
            _ => String::new(),
        };
        let words = self.lint.snippet(place).split_whitespace();
        Claim {
            program: self.name.clone(),
            rule: obligation.rule.id,
            effect: shown(obligation.place),
            evidence: shown(place),
            snippet: words.collect::<Vec<_>>().join(" "),
            facts,
            verdict,
            tried: tried.into_iter().map(|(text, said)| format!("{text}: {said:?}")).collect(),
        }
    }

    fn look_at_survivors(&mut self, claims: &mut Claims, base: &Analysed) -> Result<(), String> {
        let mut number = 0;
        // In the order in which the claims were made.
        let mut order: Vec<(Place, &Obligation)> = Vec::new();
        for obligation in &base.outcome.obligations {
            if let Status::Proved { evidence } = &obligation.status {
                order.extend(evidence.iter().map(|piece| (piece.place, obligation)));
            }
        }
        order.sort_by_key(|(place, _)| *place);
        let killers: Vec<(Place, Place, &str)> = order
            .iter()
            .zip(&claims.all)
            .filter(|(_, claim)| claim.verdict == Verdict::Killed)
            .map(|((place, obligation), _)| (*place, obligation.place, obligation.rule.id))
            .collect();
        for (place, obligation) in order {
            let claim = &mut claims.all[number];
            number += 1;
            if claim.verdict != Verdict::Survived {
                continue;
            }
            let needed: Vec<Place> = killers
                .iter()
                .filter(|(_, at, rule)| *at == obligation.place && *rule == obligation.rule.id)
                .map(|(place, ..)| *place)
                .collect();
            let is_killed = self.without_more(place, obligation, &needed, &mut claim.tried)?;
            claim.verdict = match () {
                () if is_killed => Verdict::Redundant,
                () if !needed.is_empty() => Verdict::Beside,
                () => Verdict::Survived,
            };
        }
        Ok(())
    }

    /// Whether the obligation is violated if ever more of its evidence is taken out, beginning with
    /// this one; but for what is needed anyway.
    fn without_more(
        &mut self,
        first: Place,
        obligation: &Obligation,
        needed: &[Place],
        log: &mut Vec<String>,
    ) -> Result<bool, String> {
        let base = Arc::clone(&self.lint.base);
        let mut texts = BTreeMap::new();
        let (mut wanted, mut needed) = (vec![first], needed.to_vec());
        let mut at_place = obligation.place;
        let mut done: Vec<Place> = Vec::new();
        for _ in 0..MAX_ROUNDS {
            let Some(place) = wanted.iter().copied().find(|place| !done.contains(place)) else {
                return Ok(false);
            };
            done.push(place);
            let text: Arc<str> =
                texts.get(&place.file).unwrap_or(&base.sources.file(place.file).text).clone();
            let Some(forms) = Forms::of(&text, &self.returns) else { return Ok(false) };
            let mut next = None;
            let groups = groups(&text, Some(&forms), place, at_place);
            for removal in groups.first().into_iter().flatten() {
                let edits = Edits(BTreeMap::from([(place.file, removal.edits.clone())]));
                let new = edited(&texts, &edits, &base);
                let Some(analysed) = self.lint.with_texts(&new)? else { continue };
                let moved = edits.place(at_place);
                match at(&analysed.outcome, obligation.rule.id, moved).map(|o| &o.status) {
                    Some(Status::Violated { .. }) => {
                        log.push(format!("then {}: Violated", removal.text));
                        return Ok(true);
                    }
                    Some(Status::Proved { evidence }) if next.is_none() => {
                        let places = evidence.iter().map(|piece| piece.place).collect::<Vec<_>>();
                        next = Some((new, edits, places, removal.text.clone()));
                    }
                    _ => {}
                }
            }
            let Some((new, edits, places, said)) = next else { continue };
            log.push(format!("then {said}: Proved"));
            texts = new;
            at_place = edits.place(at_place);
            for place in needed.iter_mut().chain(&mut done) {
                *place = edits.place(*place);
            }
            wanted = places;
            wanted.retain(|place| !needed.contains(place));
        }
        Ok(false)
    }
}

fn groups(
    text: &str,
    forms: Option<&Forms>,
    place: Place,
    effect: Place,
) -> Vec<Vec<Removal>> {
    let effect = (effect.file == place.file).then(|| range(effect));
    forms.map_or_else(Vec::new, |forms| removals(text, forms, &range(place), effect.as_ref()))
}

fn range(place: Place) -> Range<usize> {
    place.span.start as usize..place.span.end as usize
}
