//! How much is said: `--quiet`, `--verbose`, `--stats`; standard input; completions and manual pages.

use std::io::Write;
use std::process::Stdio;

use clap::CommandFactory;

use crate::support::raft_lint;
use crate::tree::{Ended, FINDING, OTHER, Tree, clean, ended};

#[test]
fn quiet_says_findings_and_errors_only() {
    let tree = Tree::with(&[("lib.rs", FINDING)]);
    let all = tree.run(&[]);
    let quiet = tree.run(&["-q"]);
    assert_eq!(quiet.code, Some(1));
    assert!(quiet.out.contains("error[vote-log-freshness]"), "{}", quiet.out);
    for noise in ["note: package", "raft-lint explain", " violated ("] {
        assert!(all.out.contains(noise) && !quiet.out.contains(noise), "{noise}: {}", quiet.out);
    }
    assert_eq!(quiet.err, "");
    let concise = tree.run(&["-q", "--format", "concise"]).out;
    assert_eq!(concise.lines().count(), 1, "{concise}");
    let clean = Tree::with(&[("lib.rs", &clean())]).run(&["--quiet"]);
    assert_eq!((clean.code, clean.out.as_str(), clean.err.as_str()), (Some(0), "", ""));
    let into = tree.run(&["-q", "--output", "report.txt"]);
    assert_eq!((into.out.as_str(), into.err.as_str()), ("", ""));
    let torn =
        Tree::with(&[("lib.rs", &crate::tree::clean()), ("torn.rs", "fn vote(term: u64) {")]);
    assert!(torn.run(&["-q"]).err.contains("torn.rs:1 was not checked"), "a skipped file is told");
    assert_eq!(tree.run(&["-q", "-v"]).code, Some(2));
}

#[test]
fn a_quiet_run_says_why_it_failed() {
    let steps: String = (0..5000)
        .map(|i| format!("if self.f{i}(n) {{ n = self.g{i}(n); self.log.push((n, e())); }}\n"))
        .collect();
    let endless = format!(
        "{FINDING}\npub struct AppendEntriesRequest {{ pub term: u64, pub prev_log_index: u64 }}\n\
         impl Node {{ pub fn handle_append_entries(&mut self, request: AppendEntriesRequest) {{\n\
         let mut n = request.prev_log_index;\n{steps} }} }}\n"
    );
    let tree = Tree::with(&[("lib.rs", &endless)]);
    for arguments in [&["-q", "--exit-zero"][..], &["-q", "--allow", "safety"]] {
        let ended = tree.run(arguments);
        assert_eq!(ended.code, Some(2), "{}{}", ended.out, ended.err);
        assert!(
            ended.err.starts_with("error: not everything could be decided, so that the exit code is 2: 1 undecided\nhelp: "),
            "{}",
            ended.err
        );
    }
    let loud = tree.run(&["--exit-zero"]);
    assert!(loud.out.contains("stopped at its bound"), "{}", loud.out);
    assert!(loud.err.contains("so that the exit code is 2: 1 undecided\n"), "{}", loud.err);
}

#[test]
fn verbose_says_what_was_looked_at() {
    let tree = Tree::with(&[
        ("a/Cargo.toml", ""),
        ("a/src/lib.rs", FINDING),
        ("b/Cargo.toml", ""),
        ("b/src/lib.rs", OTHER),
    ]);
    let verbose = tree.run(&["-v", "--format", "json"]);
    assert_eq!(verbose.out, tree.run(&["--format", "json"]).out, "no format is disturbed");
    let lines: Vec<&str> = verbose.err.lines().collect();
    assert_eq!(lines[0], "configuration: none");
    assert_eq!(
        lines[1],
        "2 files in 2 packages found; 1 package with Raft vocabulary, 1 file parsed"
    );
    assert!(lines[2].starts_with("package `a`: 1 handler (request_vote), "), "{}", lines[2]);
    assert!(lines[2].ends_with(" violated"), "{}", lines[2]);
    assert_eq!(lines.len(), 3, "{}", verbose.err);
}

#[test]
fn verbose_names_every_skipped_file() {
    let names: Vec<String> = (10..40).map(|n| format!("torn{n}.rs")).collect();
    let files: Vec<(&str, &str)> =
        names.iter().map(|n| (n.as_str(), "fn vote(term: u64) {")).collect();
    let tree = Tree::with(&files);
    let told = |ended: &Ended| names.iter().filter(|n| ended.err.contains(n.as_str())).count();
    let some = tree.run(&[]);
    assert_eq!(told(&some), 20);
    assert!(some.err.contains("10 more files skipped, too: see `--verbose`"), "{}", some.err);
    let all = tree.run(&["--verbose"]);
    assert_eq!(told(&all), 30);
    assert!(!all.err.contains("skipped, too"), "{}", all.err);
}

#[test]
fn stats_count_and_time() {
    let tree = Tree::with(&[("lib.rs", FINDING), ("other.rs", OTHER)]);
    let ended = tree.run(&["--stats", "--format", "json"]);
    assert_eq!(ended.out, tree.run(&["--format", "json"]).out, "no format is disturbed");
    let row = |name: &str| {
        let line = ended.err.lines().find(|line| line.starts_with(name));
        line.unwrap_or_default()[name.len()..].trim().to_owned()
    };
    for stage in ["discover", "prefilter", "parse and lower", "program", "facts", "judge", "report"]
    {
        let time = row(stage);
        let number = time.strip_suffix(" ms").and_then(|time| time.parse::<f64>().ok());
        assert!(number.is_some_and(|ms| (0.0..60_000.0).contains(&ms)), "{stage}: {}", ended.err);
    }
    let obligations = crate::tree::count(&ended.json(), "obligations").to_string();
    let lines = (FINDING.lines().count() + OTHER.lines().count() + 2).to_string();
    assert_eq!(row("files"), "2 (2 parsed)");
    assert_eq!(row("lines"), lines);
    assert_eq!(row("functions"), "2");
    assert_eq!(row("obligations"), obligations);
    if cfg!(target_os = "linux") {
        assert!(row("peak memory").ends_with(" MiB"), "{}", ended.err);
    }
}

/// What is said about a text on standard input.
fn piped(tree: &Tree, arguments: &[&str], text: &[u8]) -> Ended {
    let mut command = tree.command();
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the binary starts");
    // It may refuse to read.
    let _ = child.stdin.take().expect("it is a pipe").write_all(text);
    let output = child.wait_with_output().expect("the binary ends");
    Ended {
        code: output.status.code(),
        out: String::from_utf8(output.stdout).expect("output is UTF-8"),
        err: String::from_utf8(output.stderr).expect("messages are UTF-8"),
    }
}

#[test]
fn a_file_can_come_from_standard_input() {
    let tree = Tree::with(&[("other.rs", OTHER)]);
    let ended = piped(&tree, &["-"], FINDING.as_bytes());
    assert_eq!(ended.code, Some(1), "{}", ended.err);
    assert!(ended.out.contains("┌─ <stdin>:"), "{}", ended.out);
    assert!(ended.out.contains("\n1 file in 1 package: 1 handler, "), "{}", ended.out);
    let json = piped(&tree, &["check", "--format", "json", "-"], clean().as_bytes());
    assert_eq!(json.code, Some(0), "{}", json.err);
    assert_eq!(json.json()["handlers"][0]["file"], "<stdin>");
    let map = piped(&tree, &["map", "-"], FINDING.as_bytes());
    assert!(map.out.contains("request_vote     <stdin>:20"), "{}", map.out);
}

#[test]
fn standard_input_is_bounded_and_alone() {
    let tree = Tree::with(&[("other.rs", OTHER)]);
    for (text, kind) in [
        (vec![b' '; 17 << 20], "too-large"),
        (b"// \xff".to_vec(), "unreadable"),
        (b"fn vote(term: u64) {".to_vec(), "unparsed"),
    ] {
        let ended = piped(&tree, &["-"], &text);
        assert_eq!(ended.code, Some(2), "{kind}: {}", ended.err);
        assert!(ended.err.contains("<stdin>") && ended.err.contains(kind), "{kind}: {}", ended.err);
    }
    let ended = piped(&tree, &["-", "other.rs"], b"");
    assert_eq!(ended.code, Some(2));
    assert!(ended.err.contains("together with other paths"), "{}", ended.err);
    assert_eq!(piped(&tree, &["-"], b"").code, Some(0), "nothing is nothing to do with Raft");
}

#[test]
fn completions_and_manual_pages_know_each_command() {
    let whole = raft_lint::cli::Cli::command();
    let names: Vec<&str> = whole.get_subcommands().map(clap::Command::get_name).collect();
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let ended = ended(raft_lint().args(["completions", shell]));
        assert_eq!((ended.code, ended.err.as_str()), (Some(0), ""), "{shell}");
        let missing: Vec<_> = names.iter().filter(|name| !ended.out.contains(**name)).collect();
        assert!(missing.is_empty() && ended.out.contains("fail-on"), "{shell}: {missing:?}");
    }
    let main = ended(raft_lint().arg("man"));
    assert_eq!(main.code, Some(0), "{}", main.err);
    assert!(main.out.contains(".TH raft-lint 1"), "{}", main.out);
    for name in names {
        let page = ended(raft_lint().args(["man", name]));
        assert_eq!(page.code, Some(0), "{name}: {}", page.err);
        assert!(page.out.contains(&format!(".TH raft-lint-{name} 1")), "{name}: {}", page.out);
        assert!(main.out.contains(&format!("raft\\-lint\\-{name}")), "{name}: {}", main.out);
    }
    let unknown = ended(raft_lint().args(["man", "chek"]));
    assert_eq!(unknown.code, Some(2));
    assert!(unknown.err.contains("did you mean `check`?"), "{}", unknown.err);
    assert_eq!(ended(raft_lint().args(["completions", "cmd"])).code, Some(2));
}
