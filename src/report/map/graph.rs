//! The protocol map as data: handlers, the places where evidence becomes true, and the effects that need it.
//!
//! Takes the outcome and the sources; gives a graph for each package. Places are gathered by lines, so that
//! the map of a big implementation stays readable: several rules that ask at one effect are rows of one
//! node, and evidence that several effects share is one node. It draws nothing.

use std::collections::{BTreeMap, BTreeSet};

use crate::finding::{Silence, Step};
use crate::outcome::{Evidence, Handler, Missing, Obligation, Outcome, Status};
use crate::program::FnId;
use crate::protocol::{Effect, Message};
use crate::source::{FileId, Place, Sources};

/// How an obligation stands, for a reader.
#[derive(Clone, Copy, PartialEq, Eq, Debug, PartialOrd, Ord)]
pub enum Standing {
    /// The evidence holds on every path.
    Proved,
    /// A path lacks it, and that does not count.
    Silenced,
    /// A bound was reached before an answer.
    Undecided,
    /// A path lacks it.
    Violated,
}

impl Standing {
    /// Every standing, the worst first.
    pub const ALL: [Standing; 4] =
        [Standing::Violated, Standing::Undecided, Standing::Silenced, Standing::Proved];

    /// Where nothing but a comment silences.
    pub fn of(obligation: &Obligation) -> Standing {
        Standing::with(obligation, obligation.silence.as_ref())
    }

    /// With what silences the obligation's finding.
    pub fn with(obligation: &Obligation, silence: Option<&Silence>) -> Standing {
        match (&obligation.status, silence) {
            (Status::Proved { .. }, _) => Standing::Proved,
            (Status::Undecided, _) => Standing::Undecided,
            (Status::Violated { .. }, None) => Standing::Violated,
            (Status::Violated { .. }, Some(_)) => Standing::Silenced,
        }
    }

    /// The word for it.
    pub fn id(self) -> &'static str {
        match self {
            Standing::Proved => "proved",
            Standing::Silenced => "silenced",
            Standing::Undecided => "undecided",
            Standing::Violated => "violated",
        }
    }

    /// A mark that tells it apart without a colour.
    pub fn mark(self) -> char {
        match self {
            Standing::Proved => '✓',
            Standing::Silenced => '–',
            Standing::Undecided => '?',
            Standing::Violated => '✗',
        }
    }
}

/// The map of one package.
pub struct PackageMap<'o> {
    /// Its directory as shown.
    pub dir: &'o str,
    /// Its name; empty if no manifest says one.
    pub name: &'o str,
    /// Handlers with the effects that they lead to, then effects that no handler leads to.
    pub clusters: Vec<Cluster<'o>>,
    /// Where evidence becomes true, in the order of the places.
    pub evidence: Vec<EvidenceNode>,
    /// Handlers in which no effect was seen.
    pub idle: Vec<&'o Handler>,
    /// What was looked for and not recognised.
    pub missing: Vec<&'o Missing>,
}

/// What belongs together.
pub struct Cluster<'o> {
    /// What it is about.
    pub subject: Subject<'o>,
    /// The functions from which its effects hang.
    pub leads: Vec<Lead<'o>>,
    /// Its effects, in the order of the places.
    pub effects: Vec<EffectNode<'o>>,
    /// Effects of other clusters that are reached from this one, too: cluster and effect.
    pub reaches: Vec<(usize, usize)>,
}

/// What a cluster is about.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject<'o> {
    /// A handler: its message, its name and itself.
    Handler(Message, &'o str, FnId),
    /// What of a file is reached from no recognised handler.
    File(&'o str),
}

/// A function from which effects hang.
pub struct Lead<'o> {
    /// `Type::function`.
    pub function: &'o str,
    /// Where it starts, if that is known: of a handler.
    pub place: Option<Place>,
}

/// A line with evidence.
pub struct EvidenceNode {
    /// Where.
    pub place: Place,
    /// The first cluster that uses it.
    pub home: usize,
}

/// A line with effects.
pub struct EffectNode<'o> {
    /// Where.
    pub place: Place,
    /// The function around it.
    pub function: &'o str,
    /// What happens there.
    pub kinds: Vec<Effect>,
    /// The function of the cluster from which it hangs.
    pub lead: usize,
    /// What the rules ask of it.
    pub rows: Vec<Row<'o>>,
}

/// A rule at an effect.
pub struct Row<'o> {
    /// The obligation.
    pub obligation: &'o Obligation,
    /// How it stands.
    pub standing: Standing,
    /// What proves it, as indices of the package's evidence.
    pub evidence: Vec<usize>,
}

impl PackageMap<'_> {
    /// Its name and its directory.
    pub fn title(&self) -> String {
        match self.name.is_empty() || self.name == self.dir {
            true => self.dir.to_owned(),
            false => format!("{} ({})", self.name, self.dir),
        }
    }

    /// All that the rules ask of it.
    pub fn rows(&self) -> impl Iterator<Item = &Row<'_>> {
        self.clusters.iter().flat_map(Cluster::rows)
    }
}

impl Cluster<'_> {
    /// All that the rules ask of its effects.
    pub fn rows(&self) -> impl Iterator<Item = &Row<'_>> {
        self.effects.iter().flat_map(|effect| &effect.rows)
    }
}

impl<'o> Row<'o> {
    /// If it is violated: the steps of the path between the handler and the effect. Where another one speaks
    /// for it, the path is told there.
    pub fn way(&self, lead: Option<Place>) -> impl DoubleEndedIterator<Item = &'o Step> {
        let steps = match &self.obligation.status {
            Status::Violated { witness, .. } if self.obligation.part_of.is_none() => {
                witness.as_slice()
            }
            _ => &[],
        };
        let effect = self.obligation.place;
        steps.iter().filter(move |step| step.place != effect && Some(step.place) != lead)
    }
}

impl EffectNode<'_> {
    /// The worst of its rows.
    pub fn standing(&self) -> Standing {
        self.rows.iter().map(|row| row.standing).max().unwrap_or(Standing::Proved)
    }

    /// What happens there, in words.
    pub fn title(&self) -> String {
        self.kinds.iter().map(|kind| kind.title()).collect::<Vec<_>>().join(", ")
    }
}

impl<'o> Subject<'o> {
    fn of(handler: &'o Handler) -> Self {
        Subject::Handler(handler.message, &handler.function, handler.id)
    }

    /// `AppendEntries`, or what there is instead of a handler.
    pub fn title(&self) -> &str {
        match self {
            Subject::Handler(message, ..) => message.title(),
            Subject::File(_) => "reached from no recognised handler",
        }
    }

    /// The function, or the file.
    pub fn name(&self) -> &str {
        match self {
            Subject::Handler(_, name, _) | Subject::File(name) => name,
        }
    }
}

/// The packages in which something was recognised or looked for. `standing` says how an obligation stands.
pub fn packages<'o>(
    outcome: &'o Outcome,
    sources: &'o Sources,
    standing: &dyn Fn(&Obligation) -> Standing,
) -> Vec<PackageMap<'o>> {
    let places = outcome.handlers.iter().map(|h| h.place);
    let places = places.chain(outcome.obligations.iter().map(|o| o.place));
    let mut speaking: Vec<usize> = places.map(|p| outcome.package_of(p)).collect();
    speaking.extend(outcome.missing.iter().map(|missing| missing.package));
    speaking.sort_unstable();
    speaking.dedup();
    speaking
        .into_iter()
        .map(|package| Builder { outcome, sources, package }.map(standing))
        .collect()
}

/// What a line is known by.
type Line = (FileId, u32);

struct Builder<'o> {
    outcome: &'o Outcome,
    sources: &'o Sources,
    package: usize,
}

impl<'o> Builder<'o> {
    fn map(&self, standing: &dyn Fn(&Obligation) -> Standing) -> PackageMap<'o> {
        let outcome = self.outcome;
        let obligations = outcome.obligations.iter().filter(|o| self.has(o.place));
        let mut grouped: BTreeMap<Subject<'o>, Vec<&'o Obligation>> = BTreeMap::new();
        for obligation in obligations {
            for handler in handlers_of(outcome, obligation) {
                grouped.entry(Subject::of(handler)).or_default();
            }
            grouped.entry(self.subject(obligation)).or_default().push(obligation);
        }
        let subjects: Vec<Subject<'o>> = grouped.keys().cloned().collect();
        let mut evidence = self.evidence(&grouped);
        let found: BTreeMap<Line, usize> =
            evidence.iter().enumerate().map(|(i, node)| (self.line(node.place), i)).collect();
        let mut clusters: Vec<Cluster<'o>> = Vec::new();
        for (subject, obligations) in grouped {
            clusters.push(self.cluster(subject, &obligations, &found, standing));
        }
        self.reached(&subjects, &mut clusters);
        for (home, cluster) in clusters.iter().enumerate().rev() {
            for index in cluster.effects.iter().flat_map(|e| &e.rows).flat_map(|r| &r.evidence) {
                evidence[*index].home = home;
            }
        }
        let leading: BTreeSet<usize> =
            outcome.obligations.iter().flat_map(|o| outcome.handlers_of(o)).collect();
        let idle =
            outcome.handlers.iter().enumerate().filter(|(position, handler)| {
                self.has(handler.place) && !leading.contains(position)
            });
        PackageMap {
            dir: &outcome.package_dirs[self.package],
            name: &outcome.named_packages[self.package].name,
            idle: idle.map(|(_, handler)| handler).collect(),
            missing: outcome.missing.iter().filter(|m| m.package == self.package).collect(),
            clusters,
            evidence,
        }
    }

    fn has(&self, place: Place) -> bool {
        self.outcome.package_of(place) == self.package
    }

    fn line(&self, place: Place) -> Line {
        (place.file, self.sources.line(place))
    }

    /// The cluster of an obligation: of the handlers that lead to its effect the one whose own code it is,
    /// or that is in its file, or the first.
    fn subject(&self, obligation: &'o Obligation) -> Subject<'o> {
        let nearness = |h: &&Handler| {
            (h.function != obligation.function, h.place.file != obligation.place.file)
        };
        match handlers_of(self.outcome, obligation).min_by_key(nearness) {
            Some(handler) => Subject::of(handler),
            None => Subject::File(&self.sources.file(obligation.place.file).name),
        }
    }

    /// All lines with evidence, in order.
    fn evidence(&self, grouped: &BTreeMap<Subject<'o>, Vec<&'o Obligation>>) -> Vec<EvidenceNode> {
        let mut lines: BTreeMap<Line, EvidenceNode> = BTreeMap::new();
        for evidence in grouped.values().flatten().flat_map(|o| evidence_of(o)) {
            let new = EvidenceNode { place: evidence.place, home: 0 };
            lines.entry(self.line(evidence.place)).or_insert(new);
        }
        lines.into_values().collect()
    }

    fn cluster(
        &self,
        subject: Subject<'o>,
        obligations: &[&'o Obligation],
        found: &BTreeMap<Line, usize>,
        standing: &dyn Fn(&Obligation) -> Standing,
    ) -> Cluster<'o> {
        let mut leads: Vec<Lead<'o>> = Vec::new();
        if let Subject::Handler(message, function, id) = subject {
            let own = |h: &&Handler| h.message == message && h.id == id;
            let place = self.outcome.handlers.iter().find(own).map(|h| h.place);
            leads.push(Lead { function, place });
        }
        let mut effects: BTreeMap<Line, EffectNode<'o>> = BTreeMap::new();
        for &obligation in obligations {
            let function = obligation.function.as_str();
            let lead = match subject {
                Subject::Handler(..) => 0,
                Subject::File(_) => {
                    let known = leads.iter().position(|lead| lead.function == function);
                    known.unwrap_or_else(|| {
                        leads.push(Lead { function, place: None });
                        leads.len() - 1
                    })
                }
            };
            let place = obligation.place;
            let new = || EffectNode { place, function, kinds: Vec::new(), lead, rows: Vec::new() };
            let node = effects.entry(self.line(place)).or_insert_with(new);
            if !node.kinds.contains(&obligation.effect) {
                node.kinds.push(obligation.effect);
            }
            let mut evidence: Vec<usize> =
                evidence_of(obligation).iter().map(|e| found[&self.line(e.place)]).collect();
            evidence.dedup();
            node.rows.push(Row { obligation, standing: standing(obligation), evidence });
        }
        let effects = effects.into_values().collect();
        Cluster { subject, leads, effects, reaches: Vec::new() }
    }

    /// Effects that several handlers lead to stand in one cluster; the others name them.
    fn reached(&self, subjects: &[Subject<'o>], clusters: &mut [Cluster<'o>]) {
        let mut reaches: Vec<(usize, (usize, usize))> = Vec::new();
        for (home, cluster) in clusters.iter().enumerate() {
            for (index, effect) in cluster.effects.iter().enumerate() {
                let handlers =
                    effect.rows.iter().flat_map(|r| handlers_of(self.outcome, r.obligation));
                for handler in handlers {
                    let from = subjects.iter().position(|s| *s == Subject::of(handler));
                    reaches.extend(from.filter(|from| *from != home).map(|f| (f, (home, index))));
                }
            }
        }
        reaches.sort_unstable();
        reaches.dedup();
        for (from, to) in reaches {
            clusters[from].reaches.push(to);
        }
    }
}

/// The handlers that lead to an effect.
pub fn handlers_of<'o>(
    outcome: &'o Outcome,
    obligation: &Obligation,
) -> impl Iterator<Item = &'o Handler> {
    outcome.handlers_of(obligation).into_iter().map(|position| &outcome.handlers[position])
}

fn evidence_of(obligation: &Obligation) -> &[Evidence] {
    match &obligation.status {
        Status::Proved { evidence } => evidence,
        _ => &[],
    }
}
