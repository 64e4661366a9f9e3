//! What the end-to-end tests share: the binary, the fixtures with their markers, rustc, threads.
//!
//! Takes paths below the repository's root; gives what the binary said about them. Nothing here
//! asserts: each test collects all its failures and prints them at once with [`verdict`].

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use raft_lint::rule::Level;
use rayon::prelude::*;
use serde_json::Value;

/// Variables that change what is printed, and are not the same everywhere.
const SCRUBBED: &[&str] = &[
    "NO_COLOR",
    "CLICOLOR",
    "CLICOLOR_FORCE",
    "COLUMNS",
    "TERM",
    "CI",
    "GITHUB_STEP_SUMMARY",
    "PAGER",
    "RAFT_LINT_PAGER",
    "LESS",
    "RAFT_LINT_CACHE_DIR",
];

/// Keeps tests out of the user's cache.
pub(crate) const NO_CACHE: &str = "RAFT_LINT_NO_CACHE";

/// The repository's root.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The binary with a stable environment, started in the repository's root.
pub(crate) fn raft_lint() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_raft-lint"));
    command.current_dir(root());
    for name in SCRUBBED {
        command.env_remove(name);
    }
    command.env(NO_CACHE, "1");
    command
}

/// What `check --format json` says about a path, or why it says nothing. Findings are no failure.
pub(crate) fn check(path: &Path) -> Result<Report, String> {
    let output = run(raft_lint().args(["check", "--format", "json"]).arg(path))?;
    let json = serde_json::from_slice(&output.stdout).map_err(|error| {
        format!("no JSON ({error}), exit {:?}: {}", output.status.code(), err(&output))
    })?;
    Ok(Report { json, complete: output.status.code() != Some(2) })
}

/// The text report of a path without its time, and without what rules other than `of` advise: that
/// says what a program could do better, and belongs into the report of none that is about a bug.
pub(crate) fn check_text(path: &Path, of: &str) -> Result<String, String> {
    let mut command = raft_lint();
    command.args(["check", "--color", "never"]);
    for rule in raft_lint::rules::ALL.iter().filter(|r| is_advice(r.id) && r.id != of) {
        command.args(["--allow", rule.id]);
    }
    let output = run(command.arg(path))?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    // Advice fails no run.
    let expected = if text.contains("error[") || text.contains("warning[") { 1 } else { 0 };
    if output.status.code() != Some(expected) || !text.contains('[') {
        let (code, errors) = (output.status.code(), err(&output));
        return Err(format!("exit {code:?} instead of {expected}: {errors}"));
    }
    without_time(&text).ok_or_else(|| format!("no time at the end of the closing line:\n{text}"))
}

/// Whether a rule's findings are advice.
pub(crate) fn is_advice(rule: &str) -> bool {
    raft_lint::rules::find(rule).is_some_and(|rule| rule.level == Level::Advice)
}

/// Drops ` (0.02 s)` from the end.
fn without_time(text: &str) -> Option<String> {
    let (before, time) = text.trim_end().rsplit_once(" (")?;
    let seconds = time.strip_suffix(" s)")?;
    seconds.parse::<f64>().ok()?;
    Some(format!("{before}\n"))
}

fn run(command: &mut Command) -> Result<Output, String> {
    command.output().map_err(|error| format!("can't start raft-lint: {error}"))
}

fn err(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).trim().to_owned()
}

/// A JSON report.
pub(crate) struct Report {
    json: Value,
    /// Whether the run says that it could do its whole job.
    pub(crate) complete: bool,
}

/// An obligation or a finding: its rule, and the lines that its effect covers.
pub(crate) struct Site {
    pub(crate) rule: String,
    pub(crate) status: String,
    pub(crate) file: String,
    pub(crate) line: usize,
    pub(crate) end_line: usize,
    pub(crate) text: String,
}

impl Report {
    /// The obligations; their text says what kind of effect it is.
    pub(crate) fn obligations(&self) -> Vec<Site> {
        let site = |o: &Value| {
            let effect = &o["effect"];
            let text = format!("{} in `{}`", string(&effect["kind"]), string(&effect["function"]));
            Site { status: string(&o["status"]), text, ..Site::of(effect, string(&o["rule"])) }
        };
        self.list("obligations").iter().map(site).collect()
    }

    /// The findings at their effects, wherever they are shown; their text is the message.
    pub(crate) fn findings(&self) -> Vec<Site> {
        let site = |f: &Value| {
            let same = |o: &&Value| o["fingerprint"] == f["fingerprint"];
            let effect = self.list("obligations").iter().find(same).map_or(f, |o| &o["effect"]);
            Site { text: string(&f["message"]), ..Site::of(effect, string(&f["rule"])) }
        };
        self.list("findings").iter().map(site).collect()
    }

    /// What was not recognised or not decided, in words.
    pub(crate) fn notes(&self) -> Vec<String> {
        self.list("notes").iter().map(|note| string(&note["text"])).collect()
    }

    /// Files that were not analysed, in words.
    pub(crate) fn problems(&self) -> Vec<String> {
        let text = |p: &Value| format!("{}: {}", string(&p["kind"]), string(&p["text"]));
        self.list("problems").iter().map(text).collect()
    }

    fn list(&self, name: &str) -> &[Value] {
        self.json[name].as_array().map_or(&[], Vec::as_slice)
    }
}

impl Site {
    fn of(place: &Value, rule: String) -> Site {
        let number = |value: &Value| value.as_u64().unwrap_or(0) as usize;
        let line = number(&place["line"]);
        Site {
            rule,
            status: "violated".to_owned(),
            file: string(&place["file"]),
            line,
            end_line: number(&place["end_line"]).max(line),
            text: String::new(),
        }
    }
}

fn string(value: &Value) -> String {
    value.as_str().unwrap_or("?").to_owned()
}

/// What a fixture promises.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    /// Each effect is proved.
    Accept,
    /// Each marked effect is a finding.
    Reject,
}

/// A marker at the end of a line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Mark {
    /// `//~ proved: RULE`
    Proved(String),
    /// `//~ violated: RULE`
    Violated(String),
    /// `//~ evidence`, `//~ evidence[a]`, `//~ evidence => TEXT`: its group and the replacement.
    Evidence(Option<char>, Option<String>),
}

/// A program of `fixtures/`.
pub(crate) struct Fixture {
    /// The rule that it was written for.
    pub(crate) rule: String,
    pub(crate) kind: Kind,
    /// Relative to the root.
    pub(crate) path: PathBuf,
    pub(crate) text: String,
    /// One-based line and marker.
    pub(crate) marks: Vec<(usize, Mark)>,
    /// Markers that can't be read.
    pub(crate) errors: Vec<String>,
}

impl Fixture {
    fn read(rule: &str, kind: Kind, path: PathBuf) -> Fixture {
        let text = std::fs::read_to_string(root().join(&path)).expect("a fixture is readable text");
        let mut fixture = Fixture {
            rule: rule.to_owned(),
            kind,
            path,
            text,
            marks: Vec::new(),
            errors: Vec::new(),
        };
        for (number, line) in fixture.text.lines().enumerate() {
            let Some((_, mark)) = line.split_once("//~") else { continue };
            match parse(mark.trim()) {
                Some(mark) => fixture.marks.push((number + 1, mark)),
                None => {
                    fixture.errors.push(format!("line {}: unknown marker `//~{mark}`", number + 1))
                }
            }
        }
        fixture
    }

    /// `append_prev_check/reject/case`, as the lists of failures name it.
    pub(crate) fn name(&self) -> String {
        let below = self.path.strip_prefix("fixtures").unwrap_or(&self.path);
        below.with_extension("").to_string_lossy().replace('\\', "/")
    }

    /// A line's code without its marker.
    pub(crate) fn line(&self, number: usize) -> &str {
        let line = self.text.lines().nth(number - 1).unwrap_or("");
        line.split_once("//~").map_or(line, |(code, _)| code).trim_end()
    }
}

fn parse(mark: &str) -> Option<Mark> {
    if let Some(rule) = mark.strip_prefix("proved: ") {
        return known(rule).map(Mark::Proved);
    }
    if let Some(rule) = mark.strip_prefix("violated: ") {
        return known(rule).map(Mark::Violated);
    }
    let mut rest = mark.strip_prefix("evidence")?;
    let mut group = None;
    if let Some(lettered) = rest.strip_prefix('[') {
        let (letter, after) = lettered.split_once(']')?;
        let mut letters = letter.chars();
        group = Some(letters.next().filter(char::is_ascii_lowercase)?);
        if letters.next().is_some() {
            return None;
        }
        rest = after;
    }
    match rest.trim() {
        "" => Some(Mark::Evidence(group, None)),
        rest => rest.strip_prefix("=> ").map(|text| Mark::Evidence(group, Some(text.to_owned()))),
    }
}

fn known(rule: &str) -> Option<String> {
    raft_lint::rules::find(rule.trim()).map(|rule| rule.id.to_owned())
}

/// Every fixture of every rule, sorted by path; with `FIXTURES=TEXT` in the environment those whose
/// name has the text in it.
pub(crate) fn fixtures() -> Vec<Fixture> {
    let wanted = std::env::var("FIXTURES").unwrap_or_default();
    let mut fixtures = Vec::new();
    for rule in raft_lint::rules::ALL {
        let dir = Path::new("fixtures").join(rule.id.replace('-', "_"));
        for (name, kind) in [("accept", Kind::Accept), ("reject", Kind::Reject)] {
            for file in files(&dir.join(name), "rs") {
                fixtures.push(Fixture::read(rule.id, kind, file));
            }
        }
    }
    fixtures.retain(|fixture| fixture.name().contains(&wanted));
    fixtures
}

/// The files of a directory with this extension, sorted, relative to the root.
pub(crate) fn files(dir: &Path, extension: &str) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(root().join(dir)) else { return Vec::new() };
    let names = entries.flatten().map(|entry| dir.join(entry.file_name()));
    let mut files: Vec<PathBuf> =
        names.filter(|path| path.extension().is_some_and(|e| e == extension)).collect();
    files.sort();
    files
}

/// The text under a heading of a Markdown page.
pub(crate) fn section<'p>(page: &'p str, heading: &str) -> Option<&'p str> {
    let (_, section) = page.split_once(&format!("\n## {heading}\n"))?;
    section.split("\n## ").next()
}

/// The ```` ```rust ```` block under a heading of a Markdown page.
pub(crate) fn block<'p>(page: &'p str, heading: &str) -> Option<&'p str> {
    let section = section(page, heading)?;
    let (_, code) = section.split_once("```rust\n")?;
    Some(code.split_once("```")?.0)
}

/// Compiles a file as a library; gives the compiler's complaint.
pub(crate) fn compile(file: &Path) -> Result<(), String> {
    let out = tempfile::tempdir().map_err(|error| error.to_string())?;
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc)
        .args(["--edition", "2024", "--crate-type", "lib", "--crate-name", "fixture"])
        .args(["--emit=metadata", "-A", "warnings", "--out-dir"])
        .arg(out.path())
        .arg(root().join(file))
        .output()
        .map_err(|error| format!("can't start rustc: {error}"))?;
    if output.status.success() { Ok(()) } else { Err(err(&output)) }
}

/// Does the work for each item on all processors; results come in the order of the items.
pub(crate) fn in_parallel<T: Sync, R: Send>(
    items: &[T],
    work: impl Fn(&T) -> R + Sync + Send,
) -> Vec<R> {
    items.par_iter().with_max_len(1).map(work).collect()
}

/// Fails with one list of everything that was wrong, by name.
pub(crate) fn verdict(what: &str, checked: usize, failures: &[(String, Vec<String>)]) {
    assert!(checked > 0, "{what}: nothing was checked");
    let failed: Vec<_> = failures.iter().filter(|(_, texts)| !texts.is_empty()).collect();
    if failed.is_empty() {
        return;
    }
    let mut list = format!("\n{what}: {} of {checked} fail\n", failed.len());
    for (name, texts) in failed {
        let _ = writeln!(list, "  {name}");
        for text in texts {
            let _ = writeln!(list, "    {}", text.replace('\n', "\n      "));
        }
    }
    panic!("{list}");
}
