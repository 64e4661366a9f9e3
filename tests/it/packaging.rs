//! What surrounds the program: the action's steps, the pre-commit hooks, the GitLab job and the package.
//!
//! The services are not here. The steps of the action are run as the scripts that they are, with the
//! environment that the file gives them; pre-commit is run for real where `RAFT_LINT_PACKAGING=required`
//! says that it is installed.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use saphyr::{LoadableYamlNode, Yaml};

use crate::repository::{Repository, git};
use crate::support::{NO_CACHE, root};
use crate::tree::{Ended, FINDING, Tree, clean, ended};

fn text(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).expect("the file is there")
}

fn yaml(source: &str) -> Yaml<'_> {
    let mut documents = Yaml::load_from_str(source).expect("the file is YAML");
    assert_eq!(documents.len(), 1);
    documents.remove(0)
}

/// The value under a name; an error names what is missing.
fn at<'y>(node: &'y Yaml<'y>, name: &str) -> &'y Yaml<'y> {
    node.as_mapping_get(name).unwrap_or_else(|| panic!("there is no `{name}` in {node:?}"))
}

fn string<'y>(node: &'y Yaml<'y>) -> &'y str {
    node.as_str().unwrap_or_else(|| panic!("{node:?} is no text"))
}

/// The names and texts of a mapping.
fn pairs(node: &Yaml<'_>) -> Vec<(String, String)> {
    let mapping = node.as_mapping().expect("a mapping");
    mapping.iter().map(|(k, v)| (string(k).to_owned(), string(v).to_owned())).collect()
}

/// A directory with the program in `bin`, as a cache would bring it.
fn installed() -> tempfile::TempDir {
    let dir = tempfile::tempdir().expect("a temporary directory can be made");
    let bin = dir.path().join("raft-lint/bin");
    std::fs::create_dir_all(&bin).expect("a folder can be made");
    std::fs::copy(env!("CARGO_BIN_EXE_raft-lint"), bin.join("raft-lint")).expect("a copy");
    dir
}

/// One run of the action: its inputs, and what its steps gave.
struct Action {
    inputs: BTreeMap<String, String>,
    /// `exit-code` and `sarif-file` of the step that checks.
    outputs: BTreeMap<String, String>,
    summary: String,
    steps: Vec<(String, Ended)>,
}

impl Action {
    /// Runs all steps that are scripts inside a tree.
    fn run(tree: &Tree, given: &[(&str, &str)]) -> Action {
        let source = text("action.yml");
        let action = yaml(&source);
        let inputs = at(&action, "inputs").as_mapping().expect("inputs");
        let default = |value: &Yaml<'_>| string(at(value, "default")).to_owned();
        let mut inputs: BTreeMap<String, String> =
            inputs.iter().map(|(k, v)| (string(k).to_owned(), default(v))).collect();
        for (name, value) in given {
            assert!(inputs.insert((*name).to_owned(), (*value).to_owned()).is_some(), "{name}");
        }
        let temporary = installed();
        let mut run =
            Action { inputs, outputs: BTreeMap::new(), summary: String::new(), steps: Vec::new() };
        let steps = at(at(&action, "runs"), "steps").as_vec().expect("steps");
        for step in steps.iter().filter(|step| step.as_mapping_get("run").is_some()) {
            run.step(step, tree, temporary.path());
        }
        let summary = std::fs::read_to_string(temporary.path().join("summary"));
        run.summary = summary.unwrap_or_default();
        run
    }

    fn step(&mut self, step: &Yaml<'_>, tree: &Tree, temporary: &Path) {
        assert_eq!(string(at(step, "shell")), "bash");
        let script = string(at(step, "run"));
        assert!(!script.contains("${{"), "an expression in a script can be code: {script}");
        let dir = step.as_mapping_get("working-directory").map_or(".", string);
        let files = ["output", "path", "summary"].map(|name| temporary.join(name));
        let mut command = Command::new("bash");
        command.args(["-e", "-o", "pipefail", "-c", script]);
        command.current_dir(tree.path().join(self.filled(dir, temporary)));
        for (name, value) in pairs(at(step, "env")) {
            command.env(name, self.filled(&value, temporary));
        }
        command.env(NO_CACHE, "1");
        command.env("GITHUB_OUTPUT", &files[0]);
        command.env("GITHUB_PATH", &files[1]);
        command.env("GITHUB_STEP_SUMMARY", &files[2]);
        command.env("GITHUB_ACTIONS", "true");
        let added = std::fs::read_to_string(&files[1]).unwrap_or_default();
        let path = std::env::var_os("PATH").unwrap_or_default();
        let dirs = added.lines().map(PathBuf::from).chain(std::env::split_paths(&path));
        command.env("PATH", std::env::join_paths(dirs).expect("a path"));
        let ended = ended(&mut command);
        let written = std::fs::read_to_string(&files[0]).unwrap_or_default();
        let outputs = written.lines().filter_map(|line| line.split_once('='));
        self.outputs = outputs.map(|(k, v)| (k.to_owned(), v.to_owned())).collect();
        self.steps.push((string(at(step, "name")).to_owned(), ended));
    }

    /// A text with its expressions filled in, as far as the action uses them.
    fn filled(&self, text: &str, temporary: &Path) -> String {
        let mut filled = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${{") {
            let (expression, behind) = after.split_once("}}").expect("an expression ends");
            let expression = expression.trim();
            let value = if let Some(name) = expression.strip_prefix("inputs.") {
                self.inputs.get(name).unwrap_or_else(|| panic!("no input `{name}`")).clone()
            } else if let Some(name) = expression.strip_prefix("steps.check.outputs.") {
                self.outputs.get(name).cloned().unwrap_or_default()
            } else if let Some(name) = expression.strip_prefix("steps.version.outputs.") {
                self.outputs.get(name).cloned().unwrap_or_default()
            } else if expression == "github.action_path" {
                root().display().to_string()
            } else if expression == "runner.temp" {
                temporary.display().to_string()
            } else {
                panic!("`{expression}` is not known to this test")
            };
            filled = filled + before + &value;
            rest = behind;
        }
        filled + rest
    }

    fn code(&self) -> &str {
        self.outputs.get("exit-code").map_or("none", String::as_str)
    }

    fn last(&self) -> &Ended {
        &self.steps.last().expect("a step").1
    }

    fn check(&self) -> &Ended {
        let check = self.steps.iter().find(|(name, _)| name == "Check");
        &check.expect("a step that checks").1
    }
}

#[test]
fn the_action_ends_as_the_check_did() {
    let torn = "pub fn vote(term: u64) { ( }";
    for (program, expected) in [(clean(), "0"), (FINDING.to_owned(), "1"), (torn.to_owned(), "2")] {
        let tree = Tree::with(&[("src/lib.rs", &program)]);
        let action = Action::run(&tree, &[]);
        assert_eq!(action.code(), expected, "{}", action.check().err);
        assert_eq!(action.outputs.get("key").map(String::len), Some(64), "the sources have a name");
        assert_eq!(action.check().code, Some(0), "the step that checks never ends the job itself");
        assert_eq!(action.last().code.map(|code| code.to_string()).as_deref(), Some(expected));
        assert_eq!(
            action.check().out.contains("::error "),
            expected == "1",
            "{}",
            action.check().out
        );
        let sarif = action.outputs.get("sarif-file").expect("a report to upload");
        let sarif = std::fs::read_to_string(sarif).expect("the report is there");
        let sarif: serde_json::Value = serde_json::from_str(&sarif).expect("the report is JSON");
        let results = sarif["runs"][0]["results"].as_array().map_or(0, Vec::len);
        assert_eq!(results > 0, expected == "1", "{sarif:#}");
        assert!(action.summary.contains("raft-lint"), "{}", action.summary);
    }
}

#[test]
fn the_action_passes_its_inputs_on() {
    let tree = Tree::with(&[("a b/src/lib.rs", FINDING), ("c/src/lib.rs", &clean())]);
    let code = |given: &[(&str, &str)]| Action::run(&tree, given).code().to_owned();
    assert_eq!(code(&[("paths", "a b\n")]), "1");
    assert_eq!(code(&[("paths", "c")]), "0");
    assert_eq!(code(&[("paths", "c\n\na b")]), "1");
    assert_eq!(code(&[("working-directory", "c")]), "0");
    assert_eq!(code(&[("working-directory", "a b"), ("paths", "src/lib.rs")]), "1");
    assert_eq!(code(&[("arguments", "--allow\nsafety")]), "0");
    assert_eq!(code(&[("require", "append")]), "2");
    assert_eq!(code(&[("arguments", "--warn=safety"), ("fail-on", "error")]), "0");
    assert_eq!(code(&[("config", "missing.toml")]), "2");
    assert_eq!(code(&[("baseline", "missing.json")]), "2");
    assert_eq!(code(&[("diff", "HEAD")]), "2", "there is no repository");
    let none = Action::run(&tree, &[("sarif-file", "")]);
    assert_eq!((none.code(), none.outputs.get("sarif-file")), ("1", None));
}

#[test]
fn inputs_of_the_action_are_no_code() {
    let tree = Tree::with(&[("src/lib.rs", FINDING)]);
    for hostile in ["$(touch owned)", "`touch owned`", "; touch owned", "\" ; touch owned ; \""] {
        for input in ["paths", "require", "fail-on", "config", "baseline", "diff", "arguments"] {
            let action = Action::run(&tree, &[(input, hostile)]);
            assert_eq!(action.code(), "2", "{input} {hostile}: {}", action.check().err);
            assert!(!tree.path().join("owned").exists(), "{input} {hostile}");
        }
    }
}

#[test]
fn every_input_is_used_and_said() {
    let source = text("action.yml");
    let action = yaml(&source);
    let page = text("docs/ci.md");
    for (name, value) in at(&action, "inputs").as_mapping().expect("inputs") {
        let name = string(name);
        assert!(source.contains(&format!("inputs.{name} ")), "{name} is not used");
        assert!(string(at(value, "description")).len() > 10, "{name} is not described");
        assert!(page.contains(&format!("`{name}`")), "docs/ci.md says nothing of {name}");
    }
}

/// The job's command, with the built binary in place of the installed one: on a branch, and in a merge
/// request that changes nothing.
#[test]
fn the_gitlab_job_leaves_its_reports() {
    let source = text("packaging/gitlab-ci.yml");
    let job = yaml(&source);
    let job = at(&job, "raft-lint");
    let installs = at(job, "before_script").as_vec().expect("a list").iter().map(string);
    assert!(
        installs.collect::<String>().starts_with("(cd / && cargo install"),
        "not in the checkout"
    );
    let script = at(job, "script").as_vec().expect("a list").iter().map(string);
    let script = script.collect::<Vec<_>>().join("\n");
    let binary = format!("'{}'", env!("CARGO_BIN_EXE_raft-lint"));
    assert!(script.starts_with("/usr/local/bin/raft-lint check "), "{script}");
    let script = script.replace("/usr/local/bin/raft-lint", &binary);
    let repository = Repository::with(&[("src/lib.rs", FINDING)]);
    let run = |base: &str| {
        let mut command = Command::new("sh");
        command.args(["-e", "-c", &script]).current_dir(repository.path());
        command.env("RAFT_LINT_ARGUMENTS", "--threads 1 --warn liveness");
        command.env("CI_MERGE_REQUEST_DIFF_BASE_SHA", base).env(NO_CACHE, "1");
        ended(&mut command)
    };
    let branch = run("");
    assert_eq!(branch.code, Some(1), "{}", branch.err);
    assert!(branch.out.contains("vote-log-freshness"), "{}", branch.out);
    for (_, file) in pairs(at(at(job, "artifacts"), "reports")) {
        let report = std::fs::read_to_string(repository.path().join(&file));
        let report = report.expect("the report is there");
        assert!(report.contains("vote-log-freshness"), "{file}: {report}");
    }
    let request = run("main");
    assert_eq!(request.code, Some(0), "{}{}", request.out, request.err);
}

/// A repository with what the package has and the hooks, whatever this one is.
fn published() -> Tree {
    let tree = Tree::with(&[]);
    for entry in [
        "src",
        "rules",
        "bench",
        "tests/harness", // members of the workspace
        "Cargo.toml",
        "Cargo.lock",
        "README.md",
        ".pre-commit-hooks.yaml",
    ] {
        for file in walkdir::WalkDir::new(root().join(entry)).into_iter().flatten() {
            if file.file_type().is_file() {
                let name = file.path().strip_prefix(root()).expect("it lies below the root");
                let bytes = std::fs::read(file.path()).expect("it can be read");
                tree.write(&name.to_string_lossy(), &bytes);
            }
        }
    }
    git(tree.path(), &["init", "-q"]);
    git(tree.path(), &["add", "-A"]);
    git(tree.path(), &["commit", "-q", "-m", "published"]);
    tree
}

fn required() -> bool {
    std::env::var_os("RAFT_LINT_PACKAGING").is_some_and(|value| value == "required")
}

/// pre-commit in a repository that has a finding staged: with the hook that is built, and with the one
/// that is installed.
#[test]
fn pre_commit_runs_the_hooks() {
    let source = text(".pre-commit-hooks.yaml");
    let hooks = yaml(&source);
    let ids: Vec<&str> =
        hooks.as_vec().expect("a list").iter().map(|h| string(at(h, "id"))).collect();
    assert_eq!(ids, ["raft-lint", "raft-lint-system"]);
    if !required() {
        let text = "\npre-commit: NOT RUN, RAFT_LINT_PACKAGING=required asks for it\n";
        let _ = std::io::stderr().write_all(text.as_bytes());
        return;
    }
    let hooks = published();
    let revision = git(hooks.path(), &["rev-parse", "HEAD"]);
    let configuration = format!(
        "repos:\n- repo: '{}'\n  rev: {}\n  hooks:\n  - id: raft-lint\n  - id: raft-lint-system\n    alias: installed\n",
        hooks.path().display(),
        revision
    );
    let bin = installed();
    let path = std::env::var_os("PATH").unwrap_or_default();
    let dirs = [bin.path().join("raft-lint/bin")].into_iter().chain(std::env::split_paths(&path));
    let path = std::env::join_paths(dirs).expect("a path");
    let tree = Tree::with(&[("src/lib.rs", &clean()), (".pre-commit-config.yaml", &configuration)]);
    let run = |program: &str, arguments: &[&str]| {
        let mut command = Command::new(program);
        command.args(arguments).current_dir(tree.path()).env("PATH", &path);
        command.env("PRE_COMMIT_HOME", bin.path().join("pre-commit")).env(NO_CACHE, "1");
        // The hook is built to be tried, not to be fast.
        command.env("CARGO_PROFILE_RELEASE_LTO", "off");
        command.env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0");
        command.env("CARGO_PROFILE_RELEASE_DEBUG", "0");
        command.env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "256");
        ended(&mut command)
    };
    for arguments in [&["init", "--quiet"][..], &["add", "."]] {
        let git = run("git", arguments);
        assert_eq!(git.code, Some(0), "git {arguments:?}: {}", git.err);
    }
    for (program, expected) in [(clean(), Some(0)), (FINDING.to_owned(), Some(1))] {
        tree.write("src/lib.rs", program.as_bytes());
        for id in ["raft-lint", "installed"] {
            let hook = run("pre-commit", &["run", "--all-files", "--verbose", id]);
            assert_eq!(hook.code, expected, "{id}: {}{}", hook.out, hook.err);
            let told = hook.out.contains("vote-log-freshness");
            assert_eq!(told, expected == Some(1), "{id}: {}", hook.out);
            assert!(!hook.out.contains("no files to check"), "{id}: {}", hook.out);
        }
    }
}

/// What would be published: the program and its rules, and nothing that tests it.
#[test]
fn the_package_is_small() {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(["package", "--list", "--allow-dirty", "--offline"]).current_dir(root());
    let listed = ended(&mut command);
    assert_eq!(listed.code, Some(0), "{}", listed.err);
    let files: Vec<&str> = listed.out.lines().collect();
    assert!(files.contains(&"rules/append_prev_check.md") && files.contains(&"src/main.rs"));
    let known = [
        "build.rs",
        "src/",
        "rules/",
        "bench/",
        "Cargo.",
        "README.md",
        "LICENSE-",
        ".cargo_vcs_info.json",
    ];
    let other: Vec<_> = files.iter().filter(|f| !known.iter().any(|k| f.starts_with(k))).collect();
    assert!(other.is_empty(), "{other:?}");
    let size = |file: &&str| std::fs::metadata(root().join(file)).map_or(0, |m| m.len());
    let size: u64 = files.iter().map(size).sum();
    assert!(size < 4 << 20, "{size} bytes");
}
