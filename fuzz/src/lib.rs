//! What the fuzz targets share: threads with big stacks, and one way through the checker.
//!
//! Takes bytes; gives nothing: whatever is wrong is a panic, which ends a fuzzer even where the product
//! would catch it.

pub mod logs;

use std::sync::LazyLock;

use codespan_reporting::term::termcolor::Buffer;
use raft_lint::lower::STACK_BYTES;
use raft_lint::pipeline::{self, Options};
use raft_lint::report::{self, Report};
use raft_lint::{finding, judge};
use rayon::ThreadPool;

/// One thread, so that the same bytes take the same way.
static POOL: LazyLock<ThreadPool> = LazyLock::new(|| {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).stack_size(STACK_BYTES);
    pool.build().expect("a thread can be made")
});

/// Works on a thread with a big stack.
pub fn with_stack<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    POOL.install(work)
}

/// Checks a text as if it came on standard input, and writes the reports about it.
pub fn check(text: &[u8]) {
    let (mut outcome, sources) = pipeline::run_text(text, &Options::default());
    judge::settle(&mut outcome);
    let findings = finding::of(&outcome);
    let report = Report::new(&outcome, &sources, findings);
    let mut out = Buffer::no_color();
    report::text::findings(&report, &mut out).expect("memory takes what is written");
    report::text::notes(&outcome, &mut out).expect("memory takes what is written");
    report::map::text::render(&outcome, &sources, &mut out).expect("memory takes what is written");
    let printed = [report::json::render(&report), report::sarif::render(&report)];
    let shown = String::from_utf8_lossy(out.as_slice());
    for text in printed.iter().map(String::as_str).chain([&*shown]) {
        assert_harmless(text);
    }
}

/// Nothing that a terminal would act on.
pub fn assert_harmless(text: &str) {
    let acts = |c: char| c.is_control() && c != '\n' || ('\u{202a}'..='\u{202e}').contains(&c);
    assert!(!text.contains(acts), "a report has a character that acts on a terminal");
}
