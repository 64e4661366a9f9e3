//! `raft-lint logs --follow`: what is told while files grow, and how it ends.

use std::fs::OpenOptions;
use std::io::{Read as _, Write as _};
use std::process::{Child, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::logs_command::DIVERGED;
use crate::tree::Tree;

/// Nobody waits longer for what has to come.
const LONGEST: Duration = Duration::from_secs(30);

/// A run that goes on, and what it has printed.
struct Live {
    tree: Tree,
    child: Child,
    out: Arc<Mutex<String>>,
    reader: Option<JoinHandle<()>>,
}

impl Live {
    fn start(text: &str) -> Live {
        let tree = Tree::with(&[("raft.log", text)]);
        let mut command = tree.command();
        command.args(["logs", "--no-config", "--follow", "raft.log"]);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().expect("the binary starts");
        let mut from = child.stdout.take().expect("it is piped");
        let out = Arc::new(Mutex::new(String::new()));
        let to = Arc::clone(&out);
        let reader = std::thread::spawn(move || {
            let mut bytes = [0; 4096];
            let mut all = Vec::new();
            while let Ok(count) = from.read(&mut bytes) {
                if count == 0 {
                    break;
                }
                all.extend_from_slice(&bytes[..count]);
                *to.lock().expect("nobody panics") = String::from_utf8_lossy(&all).into_owned();
            }
        });
        Live { tree, child, out, reader: Some(reader) }
    }

    fn append(&self, text: &str) {
        let file = OpenOptions::new().append(true).open(self.tree.path().join("raft.log"));
        file.and_then(|mut file| file.write_all(text.as_bytes())).expect("it can be written");
    }

    fn said(&self) -> String {
        self.out.lock().expect("nobody panics").clone()
    }

    /// Waits until something is said.
    fn wait(&self, words: &str) {
        let started = Instant::now();
        while !self.said().contains(words) {
            assert!(started.elapsed() < LONGEST, "no {words:?} in: {}", self.said());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Ctrl-C: the exit code, and all that was printed.
    #[cfg(unix)]
    fn interrupt(mut self) -> (Option<i32>, String) {
        let id = self.child.id().to_string();
        let sent = std::process::Command::new("kill").args(["-INT", &id]).status();
        assert!(sent.is_ok_and(|status| status.success()), "the signal can be sent");
        let started = Instant::now();
        let code = loop {
            match self.child.try_wait().expect("it can be waited for") {
                Some(status) => break status.code(),
                None => assert!(started.elapsed() < LONGEST, "it does not end"),
            }
            std::thread::sleep(Duration::from_millis(20));
        };
        let reader = self.reader.take().expect("it is joined once");
        reader.join().expect("the reader does not panic");
        (code, self.said())
    }
}

impl Drop for Live {
    /// A test that fails leaves nothing running.
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[cfg(unix)]
#[test]
fn what_grows_is_told_once_and_the_end_is_the_whole_report() {
    let lines: Vec<&str> = DIVERGED.lines().collect();
    let live = Live::start(&format!("{}\n", lines[..2].join("\n")));
    for line in &lines[2..] {
        live.append(&format!("{line}\n"));
    }
    live.wait("error[divergence]");
    // Several looks at the files, of which none shows anything new.
    std::thread::sleep(Duration::from_millis(1200));
    let told = live.said();
    assert_eq!(told.matches("error[divergence]").count(), 1, "{told}");
    assert!(told.contains("  do, in this order"), "it is told in full: {told}");
    live.append(&DIVERGED.replace(" D ", " F ").replace("raft: D", "raft: F"));
    live.wait("follower `F` has diverged");
    let told = live.said();
    assert_eq!(told.matches("follower `D` has diverged").count(), 1, "{told}");
    let (code, all) = live.interrupt();
    assert_eq!(code, Some(1));
    let whole = &all[told.len()..];
    for follower in ["D", "F"] {
        let headline = format!("error[divergence]: follower `{follower}` has diverged");
        assert_eq!(whole.matches(&headline).count(), 1, "{whole}");
    }
    let closing = whole.lines().last().unwrap_or_default();
    assert!(closing.starts_with("1 file, 12 lines, "), "{closing}");
    assert!(closing.contains("12 lines recognised (generic 12): 2 divergence"), "{closing}");
}

#[cfg(unix)]
#[test]
fn where_nothing_was_found_out_the_end_says_so() {
    let live = Live::start("");
    std::thread::sleep(Duration::from_millis(500));
    let (code, all) = live.interrupt();
    assert_eq!(code, Some(2), "{all}");
}
