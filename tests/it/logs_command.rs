//! `raft-lint logs` as a command: where reports go, what options do, which exit code it has.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::browser::{self, chromium, or_not_run, script};
use crate::support::{self, raft_lint, root};
use crate::tree::{Ended, Tree, ended, list};

/// A follower that is three terms away.
pub(crate) const DIVERGED: &str = "\
15:42:08 raft: AppendEntries -> D failure (mismatch at idx=400100 term=12 vs follower idx=400100 term=11)
15:42:08 raft: AppendEntries -> D retry prevIdx=400050 (decremented)
15:42:09 raft: AppendEntries -> D failure (mismatch at idx=400050 term=12 vs follower idx=400050 term=10)
15:42:10 raft: AppendEntries -> D retry prevIdx=400000 (decremented)
15:42:11 raft: AppendEntries -> D failure (mismatch at idx=400000 term=12 vs follower idx=400000 term=8)
15:42:11 raft: D has diverged extensively; consider InstallSnapshot
";

/// A follower that is merely short.
const SHORT: &str = "\
15:42:08 raft: AppendEntries -> E failure (mismatch at idx=120 term=12 vs follower idx=100 term=0)
15:42:09 raft: AppendEntries -> E failure (mismatch at idx=110 term=12 vs follower idx=100 term=0)
";

/// A follower that is walked back one by one, through the tail of one term.
fn one_by_one() -> String {
    let line = |number: u64| {
        let (second, index) = (10 + number, 500 - number);
        format!(
            "15:42:{second} raft: AppendEntries -> D failure (mismatch at idx={index} term=12 vs follower idx={index} term=11)\n"
        )
    };
    (0..20).map(line).collect()
}

fn tree(text: &str) -> Tree {
    Tree::with(&[("raft.log", text)])
}

fn logs(tree: &Tree, arguments: &[&str]) -> Ended {
    ended(tree.command().args(["logs", "--no-config"]).args(arguments))
}

fn piped(mut command: Command, text: &str) -> Ended {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the binary starts");
    let mut input = child.stdin.take().expect("it is piped");
    input.write_all(text.as_bytes()).expect("it is read");
    drop(input);
    let output = child.wait_with_output().expect("it ends");
    Ended {
        code: output.status.code(),
        out: String::from_utf8(output.stdout).expect("output is UTF-8"),
        err: String::from_utf8(output.stderr).expect("messages are UTF-8"),
    }
}

#[test]
fn standard_input_is_read_with_and_without_its_name() {
    for arguments in [&["logs", "--no-config"][..], &["logs", "--no-config", "-"]] {
        let mut command = raft_lint();
        command.args(arguments);
        let ended = piped(command, DIVERGED);
        assert_eq!(ended.code, Some(1), "{}", ended.err);
        assert!(
            ended.out.starts_with("error[divergence]: follower `D` has diverged"),
            "{}",
            ended.out
        );
        assert!(ended.out.contains("<stdin>:1 "), "{}", ended.out);
        assert_eq!(ended.err, "");
    }
}

/// The shell's `<(command)` is the name of a pipe, and its end is the end of the log.
#[cfg(unix)]
#[test]
fn a_named_pipe_is_read_to_its_end() {
    let mut command = raft_lint();
    command.args(["logs", "--no-config", "/dev/stdin"]);
    let ended = piped(command, DIVERGED);
    assert_eq!(ended.code, Some(1), "{}", ended.err);
    assert!(ended.out.contains("/dev/stdin:1 "), "{}", ended.out);

    let tree = tree(DIVERGED);
    let made = Command::new("mkfifo").arg(tree.path().join("pipe")).status();
    assert!(made.is_ok_and(|status| status.success()), "mkfifo makes a pipe");
    let writing = std::thread::spawn({
        let pipe = tree.path().join("pipe");
        move || std::fs::write(pipe, DIVERGED)
    });
    let ended = logs(&tree, &["pipe"]);
    assert_eq!(ended.code, Some(1), "{}", ended.err);
    assert!(ended.out.contains("pipe:1 "), "{}", ended.out);
    assert!(writing.join().is_ok_and(|written| written.is_ok()));
}

/// A device may have no end.
#[cfg(unix)]
#[test]
fn devices_and_sockets_are_refused() {
    let tree = tree(DIVERGED);
    let socket = std::os::unix::net::UnixListener::bind(tree.path().join("socket"));
    assert!(socket.is_ok());
    std::os::unix::fs::symlink("/dev/zero", tree.path().join("link.log"))
        .expect("links can be made");
    for name in ["/dev/zero", "/dev/full", "link.log", "socket"] {
        for more in [&[][..], &["--follow"]] {
            let ended = logs(&tree, &[&[name][..], more].concat());
            assert_eq!((ended.code, ended.out.as_str()), (Some(2), ""), "{name}");
            let told = format!("error: `{name}` is a socket or a device, which is not read\n");
            assert!(ended.err.starts_with(&told), "{}", ended.err);
            assert!(ended.err.contains("help: give a log file"), "{}", ended.err);
        }
    }
    // A pattern means only files.
    let ended = logs(&tree, &["*.log"]);
    assert_eq!(ended.code, Some(1), "{}", ended.err);
}

/// What the README shows is what is printed.
#[test]
fn the_example_of_the_readme_is_true() {
    let readme = std::fs::read_to_string(root().join("README.md")).expect("the page is there");
    let readme = readme.replace("\r\n", "\n");
    let shown = format!("```text\n$ cat raft.log\n{DIVERGED}$ raft-lint logs raft.log\n");
    let (_, shown) = readme.split_once(&shown).expect("there is the example");
    let (shown, _) = shown.split_once("```").expect("it ends");
    let said = logs(&tree(DIVERGED), &["raft.log"]).out;
    assert!(shown.lines().count() > 10 && said.starts_with(shown), "{said}");
}

#[test]
fn several_reports_go_to_their_files() {
    let tree = tree(DIVERGED);
    let text = logs(&tree, &["raft.log"]).out;
    let arguments =
        ["raft.log", "--format", "json=a.json", "--format", "html=b.html", "--format", "text"];
    let ended = logs(&tree, &arguments);
    assert_eq!((ended.code, ended.out.as_str()), (Some(1), text.as_str()), "{}", ended.err);
    let read = |name: &str| std::fs::read_to_string(tree.path().join(name)).expect("it is written");
    let json: Value = serde_json::from_str(&read("a.json")).expect("it is JSON");
    assert_eq!(json["diagnoses"][0]["condition"], "divergence");
    assert!(read("b.html").starts_with("<!DOCTYPE html>"));
    let ended = logs(&tree, &["raft.log", "--output", "c.txt"]);
    assert_eq!((ended.code, ended.out.as_str()), (Some(1), ""), "{}", ended.err);
    assert_eq!(read("c.txt"), text);
}

#[test]
fn quiet_says_less_and_verbose_more() {
    let tree =
        tree(&format!("{DIVERGED}raft: append_entries was rejected by F, mismatch in the log\n"));
    let quiet = logs(&tree, &["raft.log", "--quiet"]).out;
    assert_eq!(quiet.lines().count(), 1, "{quiet}");
    let normal = logs(&tree, &["raft.log"]).out;
    let verbose = logs(&tree, &["raft.log", "--verbose"]).out;
    for told in ["files\n", "formats\n", "rejected by F"] {
        assert!(verbose.contains(told) && !normal.contains(told), "{told}: {verbose}");
    }
    assert!(normal.contains("1 line looks like a rejection and matches no format"), "{normal}");
}

#[test]
fn the_formats_are_listed() {
    let tree = Tree::with(&[("raft-lint.toml", OURS)]);
    let text = ended(tree.command().args(["logs", "--list-formats"]));
    let listed = ended(tree.command().args(["logs", "--list-formats", "--format", "json"]));
    assert_eq!((text.code, listed.code), (Some(0), Some(0)), "{}{}", text.err, listed.err);
    let listed = listed.json();
    for id in
        ["etcd", "raft-rs", "openraft", "hashicorp", "async-raft", "nuraft", "generic", "our-raft"]
    {
        assert!(text.out.contains(id) && listed.to_string().contains(&format!("\"{id}\"")), "{id}");
    }
    let page = ended(tree.command().args(["logs", "--list-formats", "--format", "html"]));
    assert_eq!(page.code, Some(2));
}

/// A format that only the configuration knows.
const OURS: &str = r#"
[[logs.formats]]
name = "our-raft"

[[logs.formats.patterns]]
kind = "rejected"
regex = 'nack from (?P<follower>\S+) at (?P<index>\d+) term (?P<prev_log_term>\d+), it has term (?P<follower_entry_term>\d+)'
example = "nack from n4 at 17 term 3, it has term 2"
"#;

#[test]
fn lines_of_a_taught_format_are_diagnosed() {
    let lines = "\
12:00:01 nack from n4 at 400100 term 12, it has term 11
12:00:02 nack from n4 at 400050 term 12, it has term 10
12:00:03 nack from n4 at 400000 term 12, it has term 8
";
    let tree = Tree::with(&[(".git/HEAD", ""), ("raft-lint.toml", OURS), ("logs/raft.log", lines)]);
    let ended = tree.run(&["logs", "logs/raft.log", "--format", "json"]);
    assert_eq!(ended.code, Some(1), "{}", ended.err);
    let report = ended.json();
    let diagnosis = &report["diagnoses"][0];
    assert_eq!(diagnosis["condition"], "divergence", "{report:#}");
    assert_eq!((&diagnosis["format"], &diagnosis["follower"]), (&json!("our-raft"), &json!("n4")));
    assert_eq!(report["summary"]["recognised"], 3);
    let unknown = logs(&tree, &["logs/raft.log"]);
    assert_eq!(
        unknown.code,
        Some(2),
        "without the configuration nothing is known: {}",
        unknown.out
    );
}

#[test]
fn the_code_is_shown_beside_what_points_to_it() {
    let tree = tree(&one_by_one());
    let with = |fixtures: &str| {
        let code = root().join("fixtures/next_index_backoff").join(fixtures);
        logs(&tree, &["raft.log", "--format", "json", "--source", &code.to_string_lossy()]).json()
    };
    let mut rejected = 0;
    for file in support::files(Path::new("fixtures/next_index_backoff/reject"), "rs") {
        let report =
            with(&format!("reject/{}", file.file_name().unwrap_or_default().to_string_lossy()));
        let places = list(&report["code"][0], "places");
        assert_eq!(report["code"][0]["rule"], "next-index-backoff", "{report:#}");
        assert!(places.iter().any(|place| place["status"] == "violated"), "{file:?}: {places:#?}");
        assert!(!places.iter().any(|place| place["text"].to_string().contains("contradict")));
        rejected += 1;
    }
    assert!(rejected > 5, "{rejected}");
    // Code that skips did not write lines of a walk one by one.
    let report = with("accept/conflict_index_in_reply.rs");
    let places = list(&report["code"][0], "places");
    assert!(!places.is_empty());
    for place in places {
        let text = place["text"].as_str().unwrap_or_default();
        assert!(
            text.contains("contradict") && text.contains("another program or version"),
            "{text}"
        );
    }
    let ended = logs(&tree, &["raft.log", "--source", "nowhere"]);
    assert_eq!(ended.code, Some(2));
    assert!(ended.err.contains("`nowhere` does not exist"), "{}", ended.err);
}

#[test]
fn from_which_severity_on_it_fails_can_be_chosen() {
    let codes = |text: &str| {
        let tree = tree(text);
        let code = |arguments: &[&str]| logs(&tree, &[&["raft.log"], arguments].concat()).code;
        let on = |severity: &str| code(&["--fail-on", severity]);
        [code(&[]), on("note"), on("warning"), on("error")].map(|code| code.unwrap_or(-1))
    };
    assert_eq!(codes(SHORT), [1, 1, 0, 0], "what ends by itself");
    assert_eq!(codes(DIVERGED), [1, 1, 1, 1]);
    assert_eq!(codes("nothing of Raft\n"), [2, 2, 2, 2], "nothing was found out");
    let wrong = logs(&tree(SHORT), &["raft.log", "--fail-on", "ok"]);
    assert_eq!(wrong.code, Some(2));
}

#[test]
fn what_is_wrong_is_said_with_what_to_do() {
    let tree = tree(DIVERGED);
    tree.write("empty/.keep", b"");
    for (arguments, text, hint) in [
        (&["nope.log"][..], "no such file: `nope.log`", "--follow"),
        (&["nope*.log"], "nothing matches `nope*.log`", "below the current directory;"),
        (&["empty/nope*.log"], "nothing matches `empty/nope*.log`", "below `empty`;"),
        (&["empty"], "no logs in the directory `empty`", "give the files themselves"),
        (
            &["raft.log", "--format", "text", "--format", "html"],
            "two reports would be written to standard output",
            "`--format html=FILE`",
        ),
        (&["raft.log", "--format", "json=a", "--output", "b"], "has no report to take", "--output"),
        (&["raft.log", "--format", "sarif"], "there is no such format", "`text`, `json`, `html`"),
        (&["raft.log", "--follow", "--format", "json"], "cannot be used with", "--follow"),
        (&["--list-formats", "raft.log"], "cannot be used with", "--list-formats"),
    ] {
        let ended = logs(&tree, arguments);
        assert_eq!((ended.code, ended.out.as_str()), (Some(2), ""), "{arguments:?}");
        assert!(ended.err.starts_with("error: "), "{}", ended.err);
        assert!(
            ended.err.contains(text) && ended.err.contains(hint),
            "{arguments:?}: {}",
            ended.err
        );
    }
}

/// Long lines and long paths: what is said stays readable, and nothing is lost but for the text report.
#[test]
fn evidence_is_short_in_the_text_and_whole_elsewhere() {
    let tail = "detail ".repeat(30);
    let text: String = DIVERGED.lines().map(|line| format!("{line} {tail}end\n")).collect();
    let directory = "a/directory/that/has/a/long/name/for/each/of/its/parts";
    let names = [format!("{directory}/node-1.log"), format!("{directory}/node-2.log")];
    let tree = Tree::with(&[(&names[0], &text), (&names[1], "nothing\n")]);
    let short = logs(&tree, &["a"]).out;
    assert!(short.contains(&format!("evidence, in `{directory}`\n")), "{short}");
    assert!(short.contains("    node-1.log:1  15:42:08  "), "{short}");
    let evidence = short.split("evidence, in").nth(1).and_then(|rest| rest.split("\n\n").next());
    let lines = evidence.unwrap_or_default().lines().count();
    assert!((4..20).contains(&lines), "{lines}: {short}");
    let whole =
        |text: &str| text.split_whitespace().filter(|word| *word == "detail").count() >= 3 * 30;
    assert!(!whole(&short));
    assert!(whole(&logs(&tree, &["a", "--verbose"]).out));
    assert!(whole(&logs(&tree, &["a", "--format", "json"]).out));
    assert!(whole(&logs(&tree, &["a", "--format", "html"]).out));
}

/// The page of what a real system logged is read by everybody, and loads nothing.
#[test]
fn the_page_of_a_recording_works_in_a_browser() {
    let found = chromium().and_then(|chromium| Ok((chromium, script("page.mjs")?)));
    let Some((chromium, mut command)) = or_not_run("browser", "RAFT_LINT_BROWSER", found) else {
        return;
    };
    let dir = tempfile::tempdir().expect("a temporary directory can be made");
    let mut pages: Vec<Value> = Vec::new();
    for recorded in ["hashicorp-raft/divergence", "openraft/divergence", "etcd/healthy"] {
        let file = dir.path().join(format!("{}.html", pages.len()));
        let target = format!("html={}", file.display());
        let logs = format!("fixtures/logs/{recorded}");
        let ended = ended(raft_lint().args(["logs", "--no-config", &logs, "--format", &target]));
        assert!(ended.code.is_some_and(|code| code < 2), "{}", ended.err);
        pages.push(json!({
            "name": recorded, "file": file, "kind": "document", "texts": ["What the logs say", "node-1.log"],
        }));
    }
    let list = dir.path().join("pages.json");
    std::fs::write(&list, json!(pages).to_string()).expect("a file can be written");
    let output = command.arg(&list).env("RAFT_LINT_CHROMIUM", chromium).output();
    let results = browser::json(&output.expect("node starts"));
    let failures: Vec<(String, Vec<String>)> = results
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, texts)| {
            let texts = texts.as_array().into_iter().flatten();
            (name.clone(), texts.map(|text| text.as_str().unwrap_or("?").to_owned()).collect())
        })
        .collect();
    assert_eq!(failures.len(), pages.len());
    support::verdict("pages of recordings", failures.len(), &failures);
}
