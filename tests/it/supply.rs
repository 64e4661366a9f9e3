//! What the program is made of: no unsafe code of its own, dependencies that deny.toml allows, and a
//! script that builds a release the same way everywhere.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::support::root;
use crate::tree::{Tree, ended};

/// What cargo says of the packages in this repository.
fn metadata() -> Value {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(["metadata", "--no-deps", "--format-version", "1", "--offline"]);
    let told = ended(command.current_dir(root()));
    assert_eq!(told.code, Some(0), "{}", told.err);
    told.json()
}

/// The list under a name.
fn list<'v>(value: &'v Value, name: &str) -> &'v [Value] {
    value[name].as_array().map_or(&[], Vec::as_slice)
}

#[test]
fn every_crate_forbids_unsafe_code() {
    let metadata = metadata();
    let targets = list(&metadata, "packages").iter().flat_map(|package| list(package, "targets"));
    let roots: Vec<&str> = targets.filter_map(|target| target["src_path"].as_str()).collect();
    assert!(roots.len() > 5, "{roots:?}");
    let allows = |path: &&&str| {
        let text = std::fs::read_to_string(path).expect("a crate's root is there");
        !text.lines().any(|line| line == "#![forbid(unsafe_code)]")
    };
    let without: Vec<_> = roots.iter().filter(allows).collect();
    assert!(without.is_empty(), "no `#![forbid(unsafe_code)]`: {without:?}");
    let manifest = std::fs::read_to_string(root().join("Cargo.toml")).expect("it is there");
    assert!(manifest.contains("\nunsafe_code = \"forbid\"\n"), "Cargo.toml forbids it, too");
}

/// A dependency that is published has no wildcard, and is none of git.
#[test]
fn dependencies_come_from_the_registry() {
    let metadata = metadata();
    let packages = list(&metadata, "packages");
    let published = packages.iter().find(|package| package["name"] == "raft-lint");
    let dependencies = list(published.expect("there is this package"), "dependencies");
    assert!(dependencies.len() > 10, "{}", dependencies.len());
    for dependency in dependencies {
        let source = dependency["source"].as_str().unwrap_or("a path");
        assert!(source.starts_with("registry+"), "{}: {source}", dependency["name"]);
        assert_ne!(dependency["req"], "*", "{}", dependency["name"]);
    }
}

/// The settings of packaging/release.sh without its builds.
#[cfg(unix)]
#[test]
fn a_release_is_built_with_stated_settings() {
    let script = root().join("packaging/release.sh");
    let outside = Tree::with(&[]);
    let mut command = Command::new("bash");
    command.arg(&script).arg("--print").current_dir(outside.path());
    command.env("RUSTFLAGS", "-C target-cpu=native");
    let told = ended(&mut command);
    assert_eq!(told.code, Some(0), "{}", told.err);
    for wanted in ["SOURCE_DATE_EPOCH=", "--remap-path-prefix=", "build --release --locked"] {
        assert!(told.out.contains(wanted), "{wanted} is missing in:\n{}", told.out);
    }
    assert!(!told.out.contains("native"), "flags of the caller change a release:\n{}", told.out);
    assert!(!Path::new(&outside.path().join("dist")).exists(), "--print writes nothing");
}

/// What the system was asked for during a check: SECURITY.md promises what is tested here.
#[cfg(target_os = "linux")]
#[test]
fn a_check_reads_its_tree_and_does_nothing_else() {
    use std::io::Write as _;

    const SYSTEM: &[&str] = &["/proc/", "/sys/", "/etc/ld.so", "/lib", "/usr/lib", "/dev/null"];
    // Long enough for the cache.
    let text = format!("{}{}", "// raft\n".repeat(200), crate::tree::FINDING);
    let tree = Tree::with(&[
        ("Cargo.toml", "[package]\nname = \"node\"\nbuild = \"build.rs\"\n"),
        ("build.rs", "fn main() { panic!(\"it was run\") }\n"),
        ("src/lib.rs", &text),
        (".cargo/config.toml", "[build]\nrustc-wrapper = \"never\"\n"),
    ]);
    let log = Tree::with(&[]);
    let calls = "trace=%network,execve,execveat,open,openat,openat2,creat,unlink,unlinkat,rename,renameat2,mkdir";
    let mut command = Command::new("strace");
    command.args(["-f", "-o"]).arg(log.path().join("calls")).args(["-e", calls]);
    command.arg(env!("CARGO_BIN_EXE_raft-lint")).args(["check", "--threads", "2"]);
    let cache = log.path().join("cache");
    command.arg(tree.path()).current_dir(log.path()).env("RAFT_LINT_CACHE_DIR", &cache);
    // Without strace, or where it may not look at other processes.
    let ran = command.output().ok().filter(|output| output.status.code() == Some(1));
    let Some(ran) = ran else {
        let required = std::env::var_os("RAFT_LINT_PACKAGING").is_some_and(|v| v == "required");
        assert!(!required, "strace is not installed, or can't trace");
        let _ = std::io::stderr().write_all(b"\nsystem calls of a check: NOT RUN, no strace\n");
        return;
    };
    assert!(String::from_utf8_lossy(&ran.stdout).contains("vote-log-freshness"));
    let calls = std::fs::read_to_string(log.path().join("calls")).expect("strace has written");
    let below = tree.path().canonicalize().expect("the tree is there");
    let (mut opened, mut kept) = (0, 0);
    let mut wrong = Vec::new();
    for call in calls.lines().filter(|line| line.contains('(') && !line.contains("ENOENT")) {
        let path = call.split('"').nth(1).unwrap_or("");
        let reads = call.contains(" open")
            && !["O_WRONLY", "O_RDWR", "O_CREAT"].iter().any(|flag| call.contains(flag));
        let is_start = call.contains("execve(") && path == env!("CARGO_BIN_EXE_raft-lint");
        let inside =
            Path::new(path).starts_with(tree.path()) || Path::new(path).starts_with(&below);
        opened += usize::from(inside);
        let keeps = Path::new(path).starts_with(&cache);
        kept += usize::from(keeps);
        if !is_start
            && !keeps
            && !(reads && (inside || SYSTEM.iter().any(|start| path.starts_with(start))))
        {
            wrong.push(call);
        }
    }
    assert!(opened > 1 && kept > 1, "the files were seen, and kept:\n{calls}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
