//! The JSON report of `check` and `map`: one object, versioned, the same bytes for the same input.
//!
//! Takes the outcome and the sources; writes the text. `docs/json.md` describes each field, and a
//! snapshot test holds this file to it. Fields may be added; a change of meaning is a new version.

use std::borrow::Cow;
use std::io::{self, BufWriter, Write};

use serde::Serialize;

use super::{Configured, Report, pretty};
use crate::finding::{ALSO, Finding, Silence, Step};
use crate::outcome::{Evidence, Handler, Led, Missing, Obligation, Outcome, Status};
use crate::source::{Place, Sources};

/// The version of the format.
pub const VERSION: u32 = 1;

/// The whole report.
#[derive(Serialize)]
#[serde(bound = "Each<O>: Serialize, Each<F>: Serialize, Each<S>: Serialize")]
struct ReportJson<'a, O, F, S> {
    version: u32,
    configuration: Option<ConfigurationJson<'a>>,
    summary: Summary<'a>,
    handlers: Vec<HandlerJson<'a>>,
    obligations: Each<O>,
    findings: Each<F>,
    silenced: Each<S>,
    missing: Vec<MissingJson<'a>>,
    notes: Vec<Note<'a>>,
    problems: Vec<Problem<'a>>,
}

/// A list of which each element is made where it is written: there may be hundreds of thousands.
struct Each<I>(I);

impl<I: Iterator<Item: Serialize> + Clone> Serialize for Each<I> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.clone())
    }
}

#[derive(Serialize)]
struct ConfigurationJson<'a> {
    file: &'a str,
    rules_off: usize,
    rules_lowered: usize,
    errors_only: bool,
    paths: usize,
}

#[derive(Serialize)]
struct Summary<'a> {
    files: usize,
    excluded: usize,
    parsed: usize,
    packages: usize,
    handlers: usize,
    proved: usize,
    violated: usize,
    undecided: usize,
    unfinished: usize,
    unseen: usize,
    taught: usize,
    findings: usize,
    known_undecided: usize,
    revision: Option<&'a str>,
    silenced: usize,
    baselined: usize,
    known: usize,
    lost: usize,
    gone: usize,
    gained: usize,
    fixed: usize,
}

#[derive(Serialize)]
struct HandlerJson<'a> {
    role: &'static str,
    file: &'a str,
    line: u32,
    function: &'a str,
}

#[derive(Serialize)]
struct ObligationJson<'a> {
    rule: &'static str,
    status: &'static str,
    effect: Effect<'a>,
    handlers: Vec<usize>,
    evidence: Vec<EvidenceJson<'a>>,
    witness: Vec<WitnessStep<'a>>,
    fingerprint: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    part_of: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
}

#[derive(Serialize)]
struct Effect<'a> {
    kind: &'static str,
    file: &'a str,
    line: u32,
    end_line: u32,
    function: &'a str,
}

#[derive(Serialize)]
struct EvidenceJson<'a> {
    file: &'a str,
    line: u32,
    facts: Vec<&'static str>,
}

#[derive(Serialize)]
struct WitnessStep<'a> {
    file: &'a str,
    line: u32,
    text: &'a str,
}

#[derive(Serialize)]
struct FindingJson<'a> {
    rule: &'static str,
    level: &'static str,
    message: &'a str,
    file: &'a str,
    line: u32,
    column: u32,
    end_line: u32,
    end_column: u32,
    function: &'a str,
    fingerprint: &'a str,
    note: &'a str,
    help: &'a str,
    related: Vec<Related<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    lost_evidence: Option<Vec<LostEvidence<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    silence: Option<SilenceJson<'a>>,
}

#[derive(Serialize)]
struct LostEvidence<'a> {
    revision: Option<&'a str>,
    file: &'a str,
    line: u32,
    text: Cow<'a, str>,
}

#[derive(Serialize)]
struct SilenceJson<'a> {
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    comment: Option<SilencingComment<'a>>,
}

#[derive(Serialize)]
struct SilencingComment<'a> {
    file: &'a str,
    line: u32,
    reason: &'a str,
}

#[derive(Serialize)]
struct Related<'a> {
    file: &'a str,
    line: u32,
    column: u32,
    text: &'a str,
}

#[derive(Serialize)]
struct MissingJson<'a> {
    package: &'a str,
    text: &'a str,
    rules: Vec<&'static str>,
}

#[derive(Serialize)]
struct Note<'a> {
    package: Option<&'a str>,
    text: &'a str,
}

#[derive(Serialize)]
struct Problem<'a> {
    kind: &'static str,
    file: &'a str,
    line: Option<u32>,
    text: &'a str,
}

/// Writes the report, with a line feed at its end.
///
/// # Errors
///
/// Those of the writer.
pub fn write(report: &Report<'_>, out: &mut impl Write) -> io::Result<()> {
    let (outcome, sources) = (report.outcome, report.sources);
    let led = Led::of(outcome);
    let report = ReportJson {
        version: VERSION,
        configuration: report.configured.as_ref().map(configuration),
        summary: summary(report),
        handlers: handlers(outcome, sources),
        obligations: Each(outcome.obligations.iter().map(|o| obligation(o, &led, sources))),
        findings: Each(report.open().map(|f| finding(f, sources))),
        silenced: Each(report.silenced().map(|f| finding(f, sources))),
        missing: missing(outcome),
        notes: notes(outcome),
        problems: problems(outcome),
    };
    let mut out = BufWriter::new(out);
    pretty::write(&report, &mut out)?;
    out.flush()
}

/// The report as text.
pub fn render(report: &Report<'_>) -> String {
    pretty::in_memory(|out| write(report, out))
}

fn configuration(configured: &Configured) -> ConfigurationJson<'_> {
    ConfigurationJson {
        file: &configured.name,
        rules_off: configured.off,
        rules_lowered: configured.lowered,
        errors_only: configured.errors_only,
        paths: configured.paths,
    }
}

fn summary<'a>(report: &'a Report<'_>) -> Summary<'a> {
    let outcome = report.outcome;
    Summary {
        files: outcome.files,
        excluded: outcome.excluded,
        parsed: outcome.parsed,
        packages: outcome.packages,
        handlers: outcome.handlers.len(),
        proved: outcome.count("proved"),
        violated: outcome.count("violated"),
        undecided: outcome.count("undecided"),
        unfinished: outcome.exhausted.len(),
        unseen: outcome.unseen,
        taught: outcome.taught,
        findings: report.open().count(),
        known_undecided: report.known.count_undecided(outcome),
        revision: report.known.revision.as_deref(),
        silenced: report.silenced_by("comment"),
        baselined: report.silenced_by("baseline"),
        known: report.silenced_by("revision"),
        lost: report.lost(),
        gone: report.known.gone,
        gained: report.known.gained.len(),
        fixed: report.known.fixed,
    }
}

fn handlers<'a>(outcome: &'a Outcome, sources: &'a Sources) -> Vec<HandlerJson<'a>> {
    let json = |handler: &'a Handler| HandlerJson {
        role: handler.message.id(),
        file: &sources.file(handler.place.file).name,
        line: sources.line(handler.place),
        function: &handler.function,
    };
    outcome.handlers.iter().map(json).collect()
}

fn obligation<'a>(
    obligation: &'a Obligation,
    led: &Led,
    sources: &'a Sources,
) -> ObligationJson<'a> {
    let (evidence, witness) = match &obligation.status {
        Status::Proved { evidence: places } => (evidence(places, sources), Vec::new()),
        Status::Violated { witness, .. } => (Vec::new(), steps(witness, sources)),
        Status::Undecided => (Vec::new(), Vec::new()),
    };
    let file = sources.file(obligation.place.file);
    ObligationJson {
        rule: obligation.rule.id,
        status: obligation.status.id(),
        effect: Effect {
            kind: obligation.effect.id(),
            file: &file.name,
            line: file.line(obligation.place.span.start),
            end_line: file.line(obligation.place.span.end),
            function: &obligation.function,
        },
        handlers: led.handlers_of(obligation),
        evidence,
        witness,
        fingerprint: &obligation.fingerprint,
        part_of: obligation.part_of.as_deref(),
        reason: obligation.unanswered.as_ref().map(|why| why.reason.as_str()),
    }
}

fn evidence<'a>(evidence: &[Evidence], sources: &'a Sources) -> Vec<EvidenceJson<'a>> {
    let json = |evidence: &Evidence| EvidenceJson {
        file: sources.file(evidence.place.file).name.as_str(),
        line: sources.line(evidence.place),
        facts: evidence.facts.iter().map(|fact| fact.statement()).collect(),
    };
    evidence.iter().map(json).collect()
}

fn steps<'a>(steps: &'a [Step], sources: &'a Sources) -> Vec<WitnessStep<'a>> {
    let json = |step: &'a Step| WitnessStep {
        file: &sources.file(step.place.file).name,
        line: sources.line(step.place),
        text: &step.text,
    };
    steps.iter().map(json).collect()
}

fn finding<'a>(finding: &'a Finding, sources: &'a Sources) -> FindingJson<'a> {
    let file = sources.file(finding.place.file);
    let span = finding.place.span;
    let related = |place: Place, text: &'a str| {
        let file = sources.file(place.file);
        let start = place.span.start;
        Related { file: &file.name, line: file.line(start), column: file.column(start), text }
    };
    let way = finding.witness.iter().map(|step| related(step.place, &step.text));
    let others = finding.also.iter().map(|&place| related(place, ALSO));
    FindingJson {
        rule: finding.subject.id,
        level: finding.level.id(),
        message: &finding.message,
        file: &file.name,
        line: file.line(span.start),
        column: file.column(span.start),
        end_line: file.line(span.end),
        end_column: file.column(span.end),
        function: &finding.function,
        fingerprint: &finding.fingerprint,
        note: &finding.note,
        help: &finding.help,
        related: way.chain(others).collect(),
        lost_evidence: finding.lost_proof.then(|| lost_evidence(finding, sources)),
        silence: finding.silence.as_ref().map(|silence| SilenceJson {
            kind: silence.id(),
            comment: silencing_comment(silence, sources),
        }),
    }
}

fn lost_evidence<'a>(finding: &Finding, sources: &'a Sources) -> Vec<LostEvidence<'a>> {
    let json = |place: &Place| {
        let file = sources.file(place.file);
        let line = file.line(place.span.start);
        let text = file.short_line(line);
        LostEvidence { revision: file.revision.as_deref(), file: &file.name, line, text }
    };
    finding.lost_evidence.iter().map(json).collect()
}

fn silencing_comment<'a>(
    silence: &'a Silence,
    sources: &'a Sources,
) -> Option<SilencingComment<'a>> {
    let Silence::Comment { place, reason } = silence else { return None };
    let file = &sources.file(place.file).name;
    Some(SilencingComment { file, line: sources.line(*place), reason })
}

fn missing(outcome: &Outcome) -> Vec<MissingJson<'_>> {
    let json = |missing| {
        let Missing { package, rules, what, .. }: &Missing = missing;
        let rules = rules.iter().map(|rule| rule.id).collect();
        MissingJson { package: &outcome.package_dirs[*package], text: what, rules }
    };
    outcome.missing.iter().map(json).collect()
}

fn notes(outcome: &Outcome) -> Vec<Note<'_>> {
    outcome.notes.iter().map(|n| Note { package: n.package.as_deref(), text: &n.text }).collect()
}

fn problems(outcome: &Outcome) -> Vec<Problem<'_>> {
    let problems = outcome.problems.iter();
    problems
        .map(|p| Problem { kind: p.kind.id(), file: &p.file, line: p.line, text: &p.text })
        .collect()
}
