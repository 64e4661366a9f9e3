//! What is done with an input, and what may be wrong with what comes out.

use std::io::Cursor;
use std::sync::LazyLock;

use codespan_reporting::term::termcolor::Buffer;
use raft_lint::logs::format::list;
use raft_lint::logs::format::recognise::Recogniser;
use raft_lint::logs::input::Blocks;
use raft_lint::logs::names::Names;
use raft_lint::logs::reading::{self, Counted};
use raft_lint::logs::report as logs_report;
use raft_lint::logs::session::Session;
use raft_lint::lower::STACK_BYTES;
use raft_lint::outcome::{Outcome, ProblemKind};
use raft_lint::pipeline::{self, Options};
use raft_lint::report::{self, Detail, Report};
use raft_lint::source::Sources;
use raft_lint::{finding, judge};

use crate::support;
use crate::tree::Tree;

/// A thread with a stack as the program's own threads have it.
static POOL: LazyLock<rayon::ThreadPool> = LazyLock::new(|| {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(2).stack_size(STACK_BYTES);
    pool.build().expect("threads can be made")
});

/// The reports about an outcome.
fn reports(mut outcome: Outcome, sources: &Sources) -> Result<[String; 3], String> {
    if let Some(bug) = outcome.problems.iter().find(|p| p.kind == ProblemKind::Internal) {
        return Err(format!("internal error: {bug:?}"));
    }
    judge::settle(&mut outcome);
    let findings = finding::of(&outcome);
    let report = Report::new(&outcome, sources, findings);
    let mut text = Buffer::no_color();
    let written = report::text::findings(&report, &mut text)
        .map_err(|error| error.to_string())
        .and_then(|()| report::text::notes(&outcome, &mut text).map_err(|error| error.to_string()))
        .and_then(|()| {
            report::map::text::render(&outcome, sources, &mut text)
                .map_err(|error| error.to_string())
        });
    written?;
    let text = String::from_utf8_lossy(text.as_slice()).into_owned();
    Ok([report::json::render(&report), report::sarif::render(&report), text])
}

/// What is wrong with checking a text.
pub(super) fn wrong_with_check(text: &[u8]) -> Option<String> {
    let options = Options { prefilter: false, ..Options::default() };
    let (outcome, sources) = POOL.install(|| pipeline::run_text(text, &options));
    match reports(outcome, &sources) {
        Ok(reports) => reports.iter().find_map(|report| acting(report)),
        Err(why) => Some(why),
    }
}

/// A character that a terminal would act on.
fn acting(text: &str) -> Option<String> {
    let acts = |c: char| c.is_control() && c != '\n' || ('\u{202a}'..='\u{202e}').contains(&c);
    let at = text.find(acts)?;
    Some(format!("{:?} is printed", text[at..].chars().take(20).collect::<String>()))
}

/// How reports about a tree of these files differ from one run to the next, if they do.
pub(super) fn differs(files: &[Vec<u8>]) -> Option<String> {
    let tree = Tree::with(&[]);
    for (number, text) in files.iter().enumerate() {
        tree.write(&format!("file_{number}.rs"), text);
    }
    let run = |threads: usize| {
        let paths = vec![tree.path().to_owned()];
        let options = Options { paths, threads, prefilter: true, ..Options::default() };
        let (outcome, sources) = pipeline::run(&options).map_err(|error| error.to_string())?;
        reports(outcome, &sources)
    };
    let first = run(1);
    let others = [(1, "two runs"), (2, "one thread and two"), (2, "two threads and two again")];
    let differs = |(threads, what): (usize, &str)| super::same(&first, &run(threads), what);
    first.as_ref().err().cloned().or_else(|| others.into_iter().find_map(differs))
}

/// Parts of logs of each system.
pub(super) fn logs() -> Vec<String> {
    let all = walkdir::WalkDir::new(support::root().join("fixtures/logs")).sort_by_file_name();
    let files = all.into_iter().flatten().filter(|entry| entry.file_type().is_file());
    let mut parts = Vec::new();
    for file in files {
        let Ok(text) = std::fs::read_to_string(file.path()) else { continue }; // packed ones
        let lines: Vec<&str> = text.lines().collect();
        let middle = lines.len() / 2;
        for part in [&lines[..lines.len().min(40)], &lines[middle..lines.len().min(middle + 40)]] {
            parts.push(part.join("\n"));
        }
    }
    assert!(parts.len() > 20, "fixtures/logs has logs");
    parts
}

/// What is wrong with reading a log.
pub(super) fn wrong_with_logs(bytes: &[u8]) -> Option<String> {
    let first = read(bytes);
    let again = super::same(&first, &read(bytes), "two readings");
    again.or_else(|| first.iter().find_map(|report| acting(report)))
}

fn read(bytes: &[u8]) -> [String; 3] {
    static RECOGNISER: LazyLock<Recogniser> = LazyLock::new(|| Recogniser::new(&[]));
    let ids = list::list(&[]).into_iter().map(|format| format.id).collect();
    let (mut session, mut names) = (Session::new(ids), Names::default());
    let (mut counted, mut events) = (Counted::default(), Vec::new());
    let mut blocks = Blocks::from_reader(Cursor::new(bytes.to_vec()));
    while let Some(block) = blocks.next() {
        let on_event = |event| events.push(event);
        reading::events(&RECOGNISER, &block, (0, None), &mut names, &mut counted, on_event);
        for event in events.drain(..) {
            session.add(&event, &names);
        }
    }
    let diagnosed = session.end(&names, vec![blocks.read("a.log")], counted, &[]);
    let options = logs_report::TextOptions { width: 100, detail: Detail::Verbose, ascii: false };
    let mut text = Buffer::no_color();
    logs_report::text(&diagnosed, &options, &mut text).expect("memory takes what is written");
    let text = String::from_utf8_lossy(text.as_slice()).into_owned();
    [logs_report::json(&diagnosed), text, logs_report::html(&diagnosed)]
}
