//! The claims of the lint: each place of evidence that a proof names is taken out, and the effect has
//! to become a finding.
//!
//! What guards an effect is not always what a proof names: where the evidence is the form of the effect
//! itself (`term += 1`), its value is taken out, or a check around it.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::sync::Arc;

use raft_lint::outcome::{Obligation, Status};
use raft_lint::protocol::Fact;
use raft_lint::source::{FileId, Place};
use raft_lint::workspace::Analysed;

use crate::corpus::Program;
use crate::forms::{self, Forms, Returns};
use crate::lint::{Edits, Lint, Replacements, Said, Seen, at, edited, obligations};
use crate::removal::{self, Removal};

/// What became of a claim.
#[derive(Clone, Copy, PartialEq, Eq, Debug, PartialOrd, Ord)]
pub(crate) enum Verdict {
    /// Without it the effect is a finding.
    Killed,
    /// It is the effect itself, and with another value or a weaker comparison it is a finding.
    Within,
    /// It is the effect itself or a name, and without some check around it is a finding.
    Around,
    /// Without it the lint does not decide.
    Undecided,
    /// Without it there is no such effect any more.
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

impl Verdict {
    pub(crate) const ALL: [Verdict; 9] = [
        Verdict::Killed,
        Verdict::Within,
        Verdict::Around,
        Verdict::Redundant,
        Verdict::Beside,
        Verdict::Gone,
        Verdict::Undecided,
        Verdict::NotMutated,
        Verdict::Survived,
    ];

    pub(crate) fn title(self) -> &'static str {
        match self {
            Verdict::Killed => "killed",
            Verdict::Within => "killed in the effect",
            Verdict::Around => "killed around it",
            Verdict::Undecided => "undecided",
            Verdict::Gone => "effect gone",
            Verdict::Redundant => "redundant",
            Verdict::Beside => "beside",
            Verdict::Survived => "survived",
            Verdict::NotMutated => "not mutated",
        }
    }
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

/// Removals and what is said after each.
type Tried = Vec<(String, Said)>;

/// Takes out each claim of a program.
pub(crate) fn of(program: &Program) -> Result<Claims, String> {
    let lint = Lint::open(&program.path)?;
    let mut returns = Returns::new();
    for file in &lint.base.sources.files {
        forms::returns(&file.text, &mut returns);
    }
    let before = Seen::of(&lint.base.outcome);
    let mut trial = Trial { lint, before, returns, forms: BTreeMap::new(), known: HashMap::new() };
    let base = Arc::clone(&trial.lint.base);
    let mut claims = Claims::default();
    for obligation in &base.outcome.obligations {
        let Status::Proved { evidence } = &obligation.status else { continue };
        if evidence.is_empty() {
            *claims.without.entry(obligation.rule.id).or_default() += 1;
        }
        let mut tried = Vec::new();
        for piece in evidence {
            let is_result = piece.facts.contains(&Fact::WriteResultUsed);
            tried.push(trial.judge(piece.place, obligation, is_result)?);
        }
        let kills = |v: Verdict| matches!(v, Verdict::Killed | Verdict::Within | Verdict::Around);
        let killers = evidence.iter().zip(&tried).filter(|(_, (v, _))| kills(*v));
        let needed: Vec<Place> = killers.map(|(piece, _)| piece.place).collect();
        for (piece, (mut verdict, mut tried)) in evidence.iter().zip(tried) {
            if verdict == Verdict::Survived {
                verdict = trial.without_more(piece.place, obligation, &needed, &mut tried)?;
            }
            let facts: Vec<String> = piece.facts.iter().map(|f| format!("{f:?}")).collect();
            claims.all.push(Claim {
                program: program.name.clone(),
                rule: obligation.rule.id,
                effect: trial.lint.shown(obligation.place),
                evidence: trial.lint.shown(piece.place),
                snippet: removal::short(trial.lint.snippet(piece.place)),
                facts: facts.join(", "),
                verdict,
                tried: tried.iter().map(|(text, said)| format!("{text}: {said:?}")).collect(),
            });
        }
    }
    Ok(claims)
}

/// A program on trial.
struct Trial {
    lint: Lint,
    before: Seen,
    returns: Returns,
    forms: BTreeMap<FileId, Option<Arc<Forms>>>,
    /// What is said after an edit.
    known: HashMap<(FileId, Replacements), Option<Arc<Seen>>>,
}

impl Trial {
    fn forms(&mut self, file: FileId) -> Option<Arc<Forms>> {
        let text = Arc::clone(self.lint.text(file));
        let new = || Forms::of(&text, &self.returns).map(Arc::new);
        self.forms.entry(file).or_insert_with(new).clone()
    }

    /// Takes out a piece of evidence, as directly as can be.
    fn judge(
        &mut self,
        place: Place,
        obligation: &Obligation,
        is_result: bool,
    ) -> Result<(Verdict, Tried), String> {
        let Some(forms) = self.forms(place.file) else { return Ok((Verdict::NotMutated, vec![])) };
        let text = Arc::clone(self.lint.text(place.file));
        let effect = effect_in(place.file, obligation.place);
        let (here, effect) = (range(place), effect.as_ref());
        let mut tried = Tried::new();
        let is_effect = place.contains(obligation.place);
        if !is_effect {
            for group in removal::direct(&text, &forms, &here, effect) {
                self.try_all(place.file, &group, obligation, &mut tried)?;
                if has(&tried, Said::Violated) {
                    return Ok((Verdict::Killed, tried));
                }
                if has(&tried, Said::Proved) || has(&tried, Said::Undecided) {
                    break;
                }
            }
        }
        if !has(&tried, Said::Proved) && !has(&tried, Said::Undecided) {
            for group in removal::within(&text, &forms, &here, effect, is_result) {
                self.try_all(place.file, &group, obligation, &mut tried)?;
                if has(&tried, Said::Violated) {
                    return Ok((Verdict::Within, tried));
                }
            }
            if self.dies_around(obligation, &mut tried)? {
                return Ok((Verdict::Around, tried));
            }
        }
        let verdict = match () {
            () if tried.is_empty() => Verdict::NotMutated,
            () if has(&tried, Said::Proved) => Verdict::Survived,
            () if has(&tried, Said::Undecided) => Verdict::Undecided,
            () => Verdict::Gone,
        };
        Ok((verdict, tried))
    }

    /// Whether the effect becomes a finding without some check in its function or its handler.
    fn dies_around(&mut self, obligation: &Obligation, tried: &mut Tried) -> Result<bool, String> {
        for (file, functions) in self.functions_of(obligation) {
            let Some(forms) = self.forms(file) else { continue };
            let text = Arc::clone(self.lint.text(file));
            let functions = forms.with_called(&text, functions);
            let effect = effect_in(file, obligation.place);
            for group in removal::around(&text, &forms, &functions, effect.as_ref()) {
                let mut here = Tried::new();
                self.try_all(file, &group, obligation, &mut here)?;
                if let Some(killed) = here.into_iter().find(|(_, said)| *said == Said::Violated) {
                    tried.push(killed);
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    /// The function that an obligation is in, and its handlers, by file.
    fn functions_of(&mut self, obligation: &Obligation) -> BTreeMap<FileId, Vec<Range<usize>>> {
        let base = Arc::clone(&self.lint.base);
        let handlers = base.outcome.handlers_of(obligation).into_iter();
        let handlers = handlers.map(|number| base.outcome.handlers[number].place);
        let mut places: BTreeMap<FileId, Vec<Range<usize>>> = BTreeMap::new();
        for place in [obligation.place].into_iter().chain(handlers) {
            let Some(forms) = self.forms(place.file) else { continue };
            let functions = places.entry(place.file).or_default();
            if let Some(function) = forms.function_around(&range(place))
                && !functions.contains(&function)
            {
                functions.push(function);
            }
        }
        places
    }

    /// What is said of an obligation after each removal.
    fn try_all(
        &mut self,
        file: FileId,
        removals: &[Removal],
        obligation: &Obligation,
        tried: &mut Tried,
    ) -> Result<(), String> {
        for removal in removals {
            let edits = Edits(BTreeMap::from([(file, removal.edits.clone())]));
            let key = (file, removal.edits.clone());
            if !self.known.contains_key(&key) {
                let analysed = self.lint.with(&edits)?;
                let seen = analysed.map(|analysed| Arc::new(Seen::of(&analysed.outcome)));
                self.known.insert(key.clone(), seen);
            }
            let Some(seen) = &self.known[&key] else { continue };
            let said = seen.said(&self.before, obligation.rule.id, obligation.place, &edits);
            if removal.is_decisive || said != Said::Proved {
                tried.push((removal.text.clone(), said));
            }
        }
        Ok(())
    }

    /// What becomes of the obligation if ever more of its evidence is taken out, beginning with this
    /// one; but for what is `needed` anyway.
    fn without_more(
        &mut self,
        first: Place,
        obligation: &Obligation,
        needed: &[Place],
        log: &mut Tried,
    ) -> Result<Verdict, String> {
        let base = Arc::clone(&self.lint.base);
        let mut texts = BTreeMap::new();
        let (mut wanted, mut needed) = (vec![first], needed.to_vec());
        let mut at_place = obligation.place;
        let rule = obligation.rule.id;
        let known = obligations(&base.outcome).filter(|o| o.rule.id == rule);
        let mut known: Vec<Place> = known.map(|o| o.place).collect();
        let mut done: Vec<Place> = Vec::new();
        let (mut is_gone, mut is_own, mut is_second) = (false, false, false);
        for _ in 0..MAX_ROUNDS {
            let Some(place) = wanted.iter().copied().find(|place| !done.contains(place)) else {
                break;
            };
            done.push(place);
            let text: Arc<str> =
                texts.get(&place.file).unwrap_or(&base.sources.file(place.file).text).clone();
            let Some(forms) = Forms::of(&text, &self.returns) else { break };
            let effect = effect_in(place.file, at_place);
            let (here, effect) = (range(place), effect.as_ref());
            let removals = if place.contains(at_place) {
                let within = removal::within(&text, &forms, &here, effect, false).concat();
                let function: Vec<_> = forms.function_around(&here).into_iter().collect();
                let functions = forms.with_called(&text, function);
                [within, removal::around(&text, &forms, &functions, effect).concat()].concat()
            } else {
                let direct = removal::direct(&text, &forms, &here, effect);
                direct.into_iter().next().unwrap_or_default()
            };
            let (mut next, mut seen) = (None, Tried::new());
            for removal in removals {
                let edits = Edits(BTreeMap::from([(place.file, removal.edits.clone())]));
                let new = edited(&texts, &edits, &base);
                let Some(analysed) = self.lint.with_texts(&new)? else { continue };
                let found = found_at(&analysed, rule, edits.place(at_place), || {
                    known.iter().map(|place| edits.place(*place)).collect()
                });
                let status = found.map(|o| &o.status);
                let said = status.map_or(Said::Nothing, Said::of);
                seen.push((format!("and {}", removal.text), said));
                if !removal.is_decisive && said != Said::Violated {
                    continue;
                }
                match status {
                    Some(Status::Violated { .. }) => {
                        log.extend(seen.pop());
                        return Ok(Verdict::Redundant);
                    }
                    Some(Status::Proved { evidence }) if next.is_none() => {
                        let places = evidence.iter().map(|piece| piece.place);
                        let place = found.map_or(at_place, |o| o.place);
                        next = Some((new, edits, places.collect::<Vec<_>>(), place));
                    }
                    _ => {}
                }
            }
            is_gone |= !seen.is_empty() && seen.iter().all(|(_, said)| *said == Said::Nothing);
            if place != first {
                log.extend(seen);
            }
            let Some((new, edits, places, place)) = next else { continue };
            texts = new;
            at_place = place;
            is_own = !places.is_empty() && places.iter().all(|place| place.contains(at_place));
            for place in needed.iter_mut().chain(&mut done).chain(&mut known) {
                *place = edits.place(*place);
            }
            // The effect's own form is looked at once more, without what was taken out of it.
            if !is_second {
                done.retain(|place| !place.contains(at_place));
            }
            is_second = true;
            wanted = places;
            wanted.retain(|place| !needed.contains(place));
        }
        Ok(match () {
            () if !needed.is_empty() || is_own && !first.contains(obligation.place) => {
                Verdict::Beside
            }
            () if is_gone => Verdict::Gone,
            () => Verdict::Survived,
        })
    }
}

/// The obligation of a rule at a place; or one at a place that was not `known`, where it is reported now.
fn found_at<'a>(
    analysed: &'a Analysed,
    rule: &str,
    place: Place,
    known: impl Fn() -> Vec<Place>,
) -> Option<&'a Obligation> {
    at(&analysed.outcome, rule, place).or_else(|| {
        let known = known();
        let is_new = |o: &&Obligation| o.rule.id == rule && !known.contains(&o.place);
        obligations(&analysed.outcome).filter(is_new).min_by_key(|o| Said::of(&o.status))
    })
}

fn has(tried: &Tried, wanted: Said) -> bool {
    tried.iter().any(|(_, said)| *said == wanted)
}

/// Where the effect is, if it is in this file.
fn effect_in(file: FileId, effect: Place) -> Option<Range<usize>> {
    (effect.file == file).then(|| range(effect))
}

fn range(place: Place) -> Range<usize> {
    place.span.start as usize..place.span.end as usize
}
