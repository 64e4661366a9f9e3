//! The progress line: what a long run is doing, on a terminal.
//!
//! Takes the stages as they begin; shows one line on standard error from the second second on, and
//! takes it away at the end. It shows nothing where nobody looks: no terminal, `--quiet`, CI, a
//! terminal that can't clear a line.

use std::io::{IsTerminal, Write};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::pipeline::Stage;
use crate::report::Detail;

/// Nothing is shown of a run that is shorter.
const PATIENCE: Duration = Duration::from_secs(1);

/// How often the line is drawn.
const BEAT: Duration = Duration::from_millis(200);

/// A line that may be shown; dropping it takes it away.
pub(super) struct Progress {
    shown: Option<(Sender<Stage>, JoinHandle<()>)>,
}

/// Starts a line, if it is wanted.
pub(super) fn start(detail: Detail) -> Progress {
    let variable = |name: &str| std::env::var(name).ok();
    let wanted = is_wanted(detail, std::io::stderr().is_terminal(), &variable);
    let (sender, stages) = channel();
    let drawing = move || draw(|| stages.recv_timeout(BEAT));
    let thread = wanted.then(|| std::thread::Builder::new().spawn(drawing).ok()).flatten();
    Progress { shown: thread.map(|thread| (sender, thread)) }
}

impl Progress {
    /// Says which stage begins.
    pub(super) fn show(&self, stage: Stage) {
        if let Some((sender, _)) = &self.shown {
            let _ = sender.send(stage); // a line that can't be drawn is none
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some((sender, thread)) = self.shown.take() {
            drop(sender);
            let _ = thread.join();
        }
    }
}

fn is_wanted(detail: Detail, terminal: bool, variable: &dyn Fn(&str) -> Option<String>) -> bool {
    let dumb = variable("TERM").is_none_or(|term| term.is_empty() || term == "dumb");
    let ci = variable("CI").is_some_and(|ci| !ci.is_empty() && ci != "false");
    terminal && detail != Detail::Quiet && !dumb && !ci
}

/// Draws the line until there are no more stages, then clears it.
fn draw(next: impl Fn() -> Result<Stage, RecvTimeoutError>) {
    let started = Instant::now();
    let mut stage = None;
    let mut drawn = false;
    let mut err = std::io::stderr();
    loop {
        match next() {
            Ok(begun) => stage = Some(begun),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => break,
        }
        let time = started.elapsed();
        if let Some(stage) = stage.filter(|_| time >= PATIENCE) {
            let _ = write!(err, "\r\u{1b}[Kraft-lint: {} ({} s)", stage.title(), time.as_secs());
            let _ = err.flush();
            drawn = true;
        }
    }
    if drawn {
        let _ = write!(err, "\r\u{1b}[K");
        let _ = err.flush();
    }
}

#[cfg(test)]
mod tests {
    use super::is_wanted;
    use crate::report::Detail;

    #[test]
    fn nothing_is_shown_where_nobody_looks() {
        let wanted = |detail, terminal, variables: &[(&str, &str)]| {
            let value = |name: &str| {
                let found = variables.iter().find(|(known, _)| *known == name);
                found.map(|(_, value)| (*value).to_owned())
            };
            is_wanted(detail, terminal, &value)
        };
        let term = ("TERM", "xterm");
        assert!(wanted(Detail::Normal, true, &[term]));
        assert!(wanted(Detail::Verbose, true, &[term, ("CI", "false")]));
        assert!(!wanted(Detail::Normal, false, &[term]));
        assert!(!wanted(Detail::Quiet, true, &[term]));
        assert!(!wanted(Detail::Normal, true, &[term, ("CI", "true")]));
        assert!(!wanted(Detail::Normal, true, &[("TERM", "dumb")]));
        assert!(!wanted(Detail::Normal, true, &[]));
    }
}
