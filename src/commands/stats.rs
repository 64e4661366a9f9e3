//! `--stats`: how long each stage took, and how much there was to do.
//!
//! Takes the beginnings of the stages and the outcome; writes lines for people, on standard error.

use std::io::{self, Write};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use codespan_reporting::term::termcolor::Buffer;

use super::kept::Kept;
use crate::facts::Evaluations;
use crate::outcome::Outcome;
use crate::pipeline::Stage;
use crate::source::Sources;

/// When each stage began.
#[derive(Default)]
pub(super) struct Clock {
    begun: Mutex<Vec<(Option<Stage>, Instant)>>,
}

impl Clock {
    /// A stage begins, and the one before it ends.
    pub(super) fn begin(&self, stage: Stage) {
        self.mark(Some(stage));
    }

    /// The last stage ends; what follows is the report.
    pub(super) fn end(&self) {
        self.mark(None);
    }

    fn mark(&self, stage: Option<Stage>) {
        let mut begun = self.begun.lock().expect("invariant: nothing panics with the lock");
        begun.push((stage, Instant::now()));
    }

    /// The stages with their times, the counts, and the peak of the memory where the system tells it.
    pub(super) fn render(
        &self,
        outcome: &Outcome,
        sources: &Sources,
        kept: Option<&Kept>,
        out: &mut Buffer,
    ) -> io::Result<()> {
        let begun = self.begun.lock().expect("invariant: nothing panics with the lock");
        let ends = begun.iter().skip(1).map(|(_, at)| *at).chain([Instant::now()]);
        let milliseconds = |time: Duration| time.as_secs_f64() * 1000.0;
        for ((stage, start), end) in begun.iter().zip(ends) {
            let title = stage.map_or("report", Stage::title);
            writeln!(out, "{title:<16} {:>9.1} ms", milliseconds(end - *start))?;
        }
        let lines: u64 = sources.files.iter().map(|file| u64::from(file.line_count())).sum();
        let (files, parsed) = (outcome.files, outcome.parsed);
        writeln!(out, "{:<16} {files:>9} ({parsed} parsed)", "files")?;
        if let Some((found, kept)) = kept.map(|kept| kept.cache.counts()) {
            writeln!(out, "{:<16} {found:>9} ({kept} added)", "from the cache")?;
        }
        writeln!(out, "{:<16} {lines:>9}", "lines")?;
        writeln!(out, "{:<16} {:>9}", "functions", outcome.functions)?;
        let Evaluations { made, kept } = outcome.evaluations;
        writeln!(out, "{:<16} {:>9} ({kept} kept)", "evaluations", made + kept)?;
        writeln!(out, "{:<16} {:>9}", "obligations", outcome.obligations.len())?;
        if let Some(kilobytes) = peak_memory() {
            writeln!(out, "{:<16} {:>9} MiB", "peak memory", kilobytes >> 10)?;
        }
        Ok(())
    }
}

/// The peak of the resident memory in kilobytes, as Linux tells it.
fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix("kB")?.trim().parse().ok()
}
