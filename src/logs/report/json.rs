//! The JSON report: all that was diagnosed, versioned.
//!
//! Takes what was diagnosed; gives one object. `docs/logs-json.md` describes each field. The same input gives the same
//! bytes: there is no time in it but that of the lines.

use serde::Serialize;

use super::{Piece, headline, pages};
use crate::logs::condition::Condition;
use crate::logs::diagnosed::{
    Caveat, Code, CodePlace, Diagnosed, Diagnosis, Evidence, Figure, FileRead, Point, Read, Way,
};
use crate::logs::event::Timestamp;
use crate::logs::format::list::Listed;
use crate::report::json::VERSION;
use crate::report::pretty;

#[derive(Serialize)]
struct ReportJson<'d> {
    version: u32,
    summary: SummaryJson,
    diagnoses: Vec<DiagnosisJson<'d>>,
    notes: &'d [String],
    code: Vec<CodeJson<'d>>,
    read: ReadJson<'d>,
}

#[derive(Serialize)]
struct SummaryJson {
    files: usize,
    lines: u64,
    bytes: u64,
    recognised: u64,
    unrecognised: u64,
    conditions: Vec<CountJson>,
}

#[derive(Serialize)]
struct CountJson {
    condition: &'static str,
    severity: &'static str,
    count: u64,
}

#[derive(Serialize)]
struct DiagnosisJson<'d> {
    condition: &'static str,
    severity: &'static str,
    confidence: &'static str,
    uncertain: &'d [String],
    group: Option<&'d str>,
    leader: Option<&'d str>,
    leader_term: Option<u64>,
    follower: Option<&'d str>,
    format: &'d str,
    start: Option<TimeJson>,
    end: Option<TimeJson>,
    headline: String,
    summary: &'d str,
    figures: Vec<FigureJson<'d>>,
    ways: Vec<WayJson<'d>>,
    points: Vec<PointJson>,
    evidence: Vec<EvidenceJson<'d>>,
    r#do: &'d [String],
    do_not: &'d [String],
    caveats: Vec<CaveatJson>,
    rule: Option<&'static str>,
    pages: Vec<&'static str>,
}

#[derive(Serialize)]
struct TimeJson {
    time: String,
    nanoseconds: i64,
}

#[derive(Serialize)]
struct FigureJson<'d> {
    id: &'static str,
    label: &'static str,
    number: Option<f64>,
    text: &'d str,
}

#[derive(Serialize)]
struct WayJson<'d> {
    id: &'static str,
    label: &'d str,
    probes: Option<u64>,
    seconds: Option<f64>,
    computed: &'d str,
}

#[derive(Serialize)]
struct PointJson {
    number: u64,
    at: Option<TimeJson>,
    index: u64,
    prev_log_term: Option<u64>,
    follower_term: Option<u64>,
    mark: &'static str,
}

#[derive(Serialize)]
struct EvidenceJson<'d> {
    file: &'d str,
    line: u64,
    at: Option<TimeJson>,
    text: &'d str,
    shows: &'d str,
}

#[derive(Serialize)]
struct CaveatJson {
    system: &'static str,
    text: &'static str,
    source: &'static str,
}

#[derive(Serialize)]
struct CodeJson<'d> {
    path: &'d str,
    rule: &'static str,
    places: Vec<CodePlaceJson<'d>>,
    silent: Option<&'d str>,
}

#[derive(Serialize)]
struct CodePlaceJson<'d> {
    file: &'d str,
    line: u32,
    function: &'d str,
    status: &'static str,
    text: &'d str,
}

#[derive(Serialize)]
struct ReadJson<'d> {
    files: Vec<FileJson<'d>>,
    formats: Vec<FormatJson<'d>>,
    unrecognised: Vec<EvidenceJson<'d>>,
}

#[derive(Serialize)]
struct FileJson<'d> {
    name: &'d str,
    bytes: u64,
    lines: u64,
    recognised: u64,
    cut_lines: u64,
    stopped: Option<&'d str>,
}

#[derive(Serialize)]
struct FormatJson<'d> {
    name: &'d str,
    lines: u64,
}

#[derive(Serialize)]
struct FormatsJson<'l> {
    version: u32,
    formats: &'l [Listed],
}

/// The list of formats as indented JSON.
pub fn formats(formats: &[Listed]) -> String {
    pretty::text(&FormatsJson { version: VERSION, formats })
}

/// The report as indented JSON.
pub fn json(diagnosed: &Diagnosed) -> String {
    let read = &diagnosed.read;
    pretty::text(&ReportJson {
        version: VERSION,
        summary: summary(diagnosed),
        diagnoses: diagnosed.diagnoses.iter().map(|one| diagnosis(one, read)).collect(),
        notes: &diagnosed.notes,
        code: diagnosed.code.iter().map(code).collect(),
        read: ReadJson {
            files: read.files.iter().map(file).collect(),
            formats: read
                .formats
                .iter()
                .map(|(name, lines)| FormatJson { name, lines: *lines })
                .collect(),
            unrecognised: read.unrecognised.iter().map(|line| evidence(line, read)).collect(),
        },
    })
}

fn summary(diagnosed: &Diagnosed) -> SummaryJson {
    let read = &diagnosed.read;
    let sum = |of: fn(&FileRead) -> u64| read.files.iter().map(of).fold(0, u64::saturating_add);
    let count = |condition: Condition| CountJson {
        condition: condition.id(),
        severity: condition.severity().id(),
        count: diagnosed.count(condition),
    };
    SummaryJson {
        files: read.files.len(),
        lines: sum(|file| file.lines),
        bytes: sum(|file| file.bytes),
        recognised: super::recognised(read),
        unrecognised: read.unrecognised_count,
        conditions: Condition::ALL.into_iter().map(count).collect(),
    }
}

fn diagnosis<'d>(diagnosis: &'d Diagnosis, read: &'d Read) -> DiagnosisJson<'d> {
    let figure = |figure: &'d Figure| FigureJson {
        id: figure.id,
        label: figure.label,
        number: figure.number,
        text: &figure.text,
    };
    let caveat = |caveat: &Caveat| CaveatJson {
        system: caveat.system,
        text: caveat.text,
        source: caveat.source,
    };
    DiagnosisJson {
        condition: diagnosis.condition.id(),
        severity: diagnosis.severity.id(),
        confidence: diagnosis.confidence.id(),
        uncertain: &diagnosis.uncertain,
        group: diagnosis.group.as_deref(),
        leader: diagnosis.leader.as_deref(),
        leader_term: diagnosis.leader_term,
        follower: diagnosis.follower.as_deref(),
        format: &diagnosis.format,
        start: diagnosis.time.map(|(first, _)| time(first)),
        end: diagnosis.time.map(|(_, last)| time(last)),
        headline: headline(diagnosis).into_iter().map(piece).collect(),
        summary: &diagnosis.summary,
        figures: diagnosis.figures.iter().map(figure).collect(),
        ways: diagnosis.ways.iter().map(way).collect(),
        points: diagnosis.points.iter().map(point).collect(),
        evidence: diagnosis.evidence.iter().map(|line| evidence(line, read)).collect(),
        r#do: &diagnosis.first,
        do_not: &diagnosis.never,
        caveats: diagnosis.caveats.iter().map(caveat).collect(),
        rule: diagnosis.rule,
        pages: pages(diagnosis),
    }
}

fn piece(piece: Piece<'_>) -> String {
    match piece {
        Piece::Words(words) => words.to_owned(),
        Piece::Number(number) => number.to_string(),
        Piece::Name(name) => format!("`{name}`"),
    }
}

fn time(time: Timestamp) -> TimeJson {
    TimeJson { time: time.exact(), nanoseconds: time.nanoseconds }
}

fn way(way: &Way) -> WayJson<'_> {
    WayJson {
        id: way.id,
        label: &way.label,
        probes: way.probes,
        seconds: way.time.map(|time| time.as_secs_f64()),
        computed: &way.computed,
    }
}

fn point(point: &Point) -> PointJson {
    PointJson {
        number: point.number,
        at: point.time.map(time),
        index: point.index,
        prev_log_term: point.prev_log_term,
        follower_term: point.follower_term,
        mark: point.mark.id(),
    }
}

fn evidence<'d>(evidence: &'d Evidence, read: &'d Read) -> EvidenceJson<'d> {
    EvidenceJson {
        file: read.files.get(evidence.file as usize).map_or("?", |file| &file.name),
        line: evidence.line,
        at: evidence.time.map(time),
        text: &evidence.text,
        shows: &evidence.shows,
    }
}

fn code(code: &Code) -> CodeJson<'_> {
    CodeJson {
        path: &code.path,
        rule: code.rule,
        places: code.places.iter().map(code_place).collect(),
        silent: code.silent.as_deref(),
    }
}

fn code_place(place: &CodePlace) -> CodePlaceJson<'_> {
    CodePlaceJson {
        file: &place.file,
        line: place.line,
        function: &place.function,
        status: place.status,
        text: &place.text,
    }
}

fn file(file: &FileRead) -> FileJson<'_> {
    FileJson {
        name: &file.name,
        bytes: file.bytes,
        lines: file.lines,
        recognised: file.recognised,
        cut_lines: file.cut_lines,
        stopped: file.stopped.as_deref(),
    }
}
