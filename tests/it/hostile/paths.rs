//! Names, links, pipes and devices of a hostile tree.

use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

use crate::tree::{FINDING, OTHER, Tree, count, ended};

// Other systems refuse names that are no UTF-8.
#[cfg(target_os = "linux")]
#[test]
fn file_names_are_harmless() {
    use super::{EVIL, is_harmless};
    let tree = Tree::with(&[(&format!("{EVIL}\n.rs"), FINDING)]);
    let torn: std::ffi::OsString =
        std::os::unix::ffi::OsStringExt::from_vec(b"caf\xe9.rs".to_vec());
    std::fs::write(tree.path().join(torn), FINDING).expect("any bytes make a file name");
    for arguments in [&[][..], &["map"], &["--format", "json"]] {
        let ended = tree.run(arguments);
        assert!(is_harmless(&ended.out), "{arguments:?}: {:?}", ended.out);
    }
    let report = tree.json();
    assert_eq!(report["summary"]["parsed"], 2, "{report:#}");
    assert!(report["findings"].to_string().contains("caf\u{fffd}.rs"), "{report:#}");
}

#[test]
fn links_are_not_followed() {
    let outside = Tree::with(&[("lib.rs", FINDING)]);
    let tree = Tree::with(&[("src/lib.rs", OTHER)]);
    let link = |to: &std::path::Path, name: &str| {
        symlink(to, tree.path().join(name)).expect("a link can be made");
    };
    link(outside.path(), "out");
    link(&outside.path().join("lib.rs"), "out.rs");
    link(tree.path(), "src/loop");
    link(std::path::Path::new("nowhere.rs"), "src/dangling.rs");
    link(std::path::Path::new("/dev/zero"), "src/zero.rs");
    let report = tree.json();
    assert_eq!(report["summary"]["files"], 1, "{report:#}");
    assert_eq!((count(&report, "findings"), count(&report, "problems")), (0, 0), "{report:#}");
    assert_eq!(tree.run(&["out"]).code, Some(1), "a link that is named is meant");
}

#[test]
fn pipes_are_not_opened() {
    let tree = Tree::with(&[("lib.rs", FINDING)]);
    for name in ["pipe.rs", ".gitignore", "Cargo.toml"] {
        let made = Command::new("mkfifo").arg(tree.path().join(name)).status();
        assert!(made.expect("mkfifo runs").success());
    }
    let report = tree.json();
    assert_eq!(report["summary"]["files"], 1, "{report:#}");
    let named = tree.run(&["pipe.rs"]);
    assert_eq!(named.code, Some(2));
    assert!(named.err.contains("neither a directory nor a Rust file"), "{}", named.err);
}

/// Runs in a thread, and fails where it does not end.
fn within_a_minute<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    let (said, heard) = std::sync::mpsc::channel();
    std::thread::spawn(move || said.send(work()));
    heard.recv_timeout(std::time::Duration::from_secs(60)).expect("the run ends")
}

fn link(to: &Path, tree: &Tree, name: &str) {
    symlink(to, tree.path().join(name)).expect("a link can be made");
}

/// What links lead to in a circle or out is reached by none of them; what is named is meant.
#[test]
fn no_circle_of_links_is_walked() {
    let outside = Tree::with(&[("lib.rs", FINDING), ("deep/lib.rs", FINDING)]);
    let tree = Tree::with(&[("a/lib.rs", OTHER), ("b/lib.rs", OTHER)]);
    link(Path::new("../b"), &tree, "a/to_b");
    link(Path::new("../a"), &tree, "b/to_a");
    link(Path::new("self"), &tree, "self");
    link(Path::new("."), &tree, "here");
    link(&outside.path().join("deep"), &tree, "a/deep");
    link(Path::new("/"), &tree, "b/root");
    link(Path::new("/proc/self/root"), &tree, "b/proc");
    let tree = within_a_minute(move || {
        let report = tree.json();
        assert_eq!(report["summary"]["files"], 2, "{report:#}");
        assert_eq!((count(&report, "findings"), count(&report, "problems")), (0, 0), "{report:#}");
        tree
    });
    // A path through a link of a directory is one that was named.
    assert_eq!(tree.run(&["a/deep"]).code, Some(1));
    assert_eq!(tree.run(&["a/deep/lib.rs"]).code, Some(1));
    let looped = tree.run(&["self"]);
    assert_eq!((looped.code, looped.out.as_str()), (Some(2), ""), "{}", looped.err);
    assert!(looped.err.starts_with("error: can't open `self`"), "{}", looped.err);
    // The same files through another name are the same files.
    let twice = tree.run(&["a", "here/a", "b/to_a", "--format", "json"]).json();
    assert_eq!(twice["summary"]["files"], 1, "{twice:#}");
}

/// Deeper than a path can be named: what can't be opened is told, the rest is checked.
#[test]
fn paths_of_more_than_4096_bytes_are_told() {
    let tree = Tree::with(&[("lib.rs", FINDING)]);
    let name = "d".repeat(200);
    // No path names it: half of it is moved to the end of the other half.
    let half = |first: &str| {
        let mut path = tree.path().join(first);
        for _ in 0..12 {
            path.push(&name);
            std::fs::create_dir_all(&path).expect("a directory can be made");
            std::fs::write(path.join("lib.rs"), "fn vote(term: u64) {}").expect("a file, too");
        }
        path
    };
    let (end, _) = (half("first"), half("second"));
    std::fs::rename(tree.path().join("second"), end.join("second")).expect("it can be moved");
    let (code, report) = {
        let ended = tree.run(&["--format", "json"]);
        (ended.code, ended.json())
    };
    assert_eq!(code, Some(1), "{report:#}");
    assert!(count(&report, "findings") > 0, "{report:#}");
    let problems = report["problems"].to_string();
    assert!(problems.contains("too long"), "{problems}");
    assert!(report["summary"]["parsed"].as_u64().is_some_and(|parsed| parsed > 15), "{report:#}");
    let named = tree.run(&[&"n".repeat(5_000)]);
    assert_eq!(named.code, Some(2));
    assert!(named.err.starts_with("error: can't open"), "{}", named.err);
    std::fs::rename(end.join("second"), tree.path().join("second")).expect("it can be moved back");
}

/// Sockets and devices in the place of whatever is read.
#[test]
fn sockets_and_devices_are_not_opened() {
    use std::os::unix::net::UnixListener;
    let tree = Tree::with(&[("lib.rs", FINDING)]);
    let names = ["a.rs", ".gitignore", "Cargo.toml"];
    let sockets: Vec<_> =
        names.iter().map(|name| UnixListener::bind(tree.path().join(name))).collect();
    assert!(sockets.iter().all(Result::is_ok), "{sockets:?}");
    let report = tree.json();
    assert_eq!((&report["summary"]["files"], count(&report, "problems")), (&1.into(), 0));
    for socket in sockets.iter().flatten() {
        socket.set_nonblocking(true).expect("a socket can be asked");
        assert!(socket.accept().is_err(), "somebody has called");
    }
    let configured = UnixListener::bind(tree.path().join("raft-lint.toml"));
    assert!(configured.is_ok());
    let refused = tree.run(&[]);
    assert_eq!(refused.code, Some(2));
    assert!(refused.err.contains("raft-lint.toml"), "{}", refused.err);
    for device in ["/dev/zero", "/dev/stdin", "/dev/tty", "/dev/full"] {
        let named = tree.run(&["--no-config", device]);
        assert_eq!(named.code, Some(2), "{device}");
        for option in ["--config", "--baseline"] {
            let named =
                tree.run(&["--no-config", option, device][usize::from(option == "--config")..]);
            assert_eq!((named.code, named.out.as_str()), (Some(2), ""), "{option} {device}");
        }
    }
}

/// The same for pipes, which would make whoever opens them wait.
#[test]
fn a_pipe_makes_nobody_wait() {
    for (name, arguments) in [
        ("raft-lint.toml", &[][..]),
        ("named.toml", &["--config", "named.toml"]),
        ("known.json", &["--no-config", "--baseline", "known.json"]),
    ] {
        let tree = Tree::with(&[("lib.rs", FINDING)]);
        let made = Command::new("mkfifo").arg(tree.path().join(name)).status();
        assert!(made.is_ok_and(|status| status.success()), "mkfifo makes a pipe");
        let ended = within_a_minute(move || tree.run(arguments));
        assert_eq!((ended.code, ended.out.as_str()), (Some(2), ""), "{name}: {}", ended.err);
        assert!(ended.err.contains(name), "{}", ended.err);
        assert!(ended.err.contains("not a regular file"), "{}", ended.err);
    }
}

/// Looks that are right until the file is opened: the opened file is looked at, too.
#[test]
fn only_regular_files_are_opened() {
    use raft_lint::discover::files::open_regular;
    let tree = Tree::with(&[("lib.rs", FINDING)]);
    let at = |name: &str| tree.path().join(name);
    assert_eq!(
        open_regular(&at("lib.rs")).map(|(_, metadata)| metadata.len()).ok(),
        Some(FINDING.len() as u64)
    );
    let made = Command::new("mkfifo").arg(at("pipe")).status();
    assert!(made.is_ok_and(|status| status.success()), "mkfifo makes a pipe");
    let (lib, pipe, name) = (at("lib.rs"), at("pipe"), at("name"));
    within_a_minute(move || {
        for path in [&pipe, Path::new("/dev/zero"), Path::new("/dev"), Path::new("/dev/absent")] {
            assert!(open_regular(path).is_err(), "{}", path.display());
        }
        // The name means the file and the pipe in turn, as fast as it can be.
        let turns = name.clone();
        let turning = std::thread::spawn(move || {
            for _ in 0..2_000 {
                for to in [&lib, &pipe] {
                    let next = turns.with_extension("next");
                    let _ = std::fs::hard_link(to, &next);
                    let _ = std::fs::rename(&next, &turns);
                    let _ = std::fs::remove_file(&next); // both may be the same file
                }
            }
        });
        while !turning.is_finished() {
            if let Ok((file, metadata)) = open_regular(&name) {
                let is_file = file.metadata().is_ok_and(|metadata| metadata.is_file());
                assert!(is_file && metadata.len() == FINDING.len() as u64);
            }
        }
    });
}

/// Files that may not be read, for a user who may not: the run tells it, and is not clean.
#[test]
fn what_may_not_be_read_is_told() {
    use std::os::unix::fs::PermissionsExt;
    let tree = Tree::with(&[
        ("lib.rs", FINDING),
        ("secret.rs", OTHER),
        ("closed/lib.rs", FINDING),
        ("config/lib.rs", FINDING),
        ("config/raft-lint.toml", ""),
    ]);
    let mode = |name: &str, mode: u32| {
        let path = tree.path().join(name);
        std::fs::set_permissions(path, PermissionsExt::from_mode(mode)).expect("it is ours");
    };
    mode("", 0o755);
    for name in ["secret.rs", "closed", "config/raft-lint.toml"] {
        mode(name, 0);
    }
    let run = |arguments: &[&str]| {
        let mut command = tree.command();
        // For whoever may read everything: as somebody who may not.
        if std::fs::File::open(tree.path().join("secret.rs")).is_ok() {
            let program = command.get_program().to_owned();
            command = Command::new("setpriv");
            command.args(["--reuid", "65534", "--clear-groups", "--inh-caps=-all"]);
            command.arg(program).current_dir(tree.path());
        }
        ended(command.args(arguments))
    };
    let version = run(&["--version"]);
    if version.code != Some(0) {
        let text = format!("unreadable files: NOT RUN: nobody else can be: {}\n", version.err);
        let _ = std::io::Write::write_all(&mut std::io::stderr(), text.as_bytes());
        mode("closed", 0o755);
        return;
    }
    let report = run(&["--format", "json", "--exclude", "config"]);
    assert_eq!(report.code, Some(1), "{}", report.err);
    let problems = report.json()["problems"].to_string();
    for name in ["secret.rs", "closed"] {
        assert!(problems.contains(name), "{name} is not in {problems}");
    }
    assert!(problems.contains("unreadable"), "{problems}");
    let named = run(&["secret.rs"]);
    assert_eq!(named.code, Some(2), "{}{}", named.out, named.err);
    assert!(named.err.contains("secret.rs"), "{}", named.err);
    let configured = run(&["config"]);
    assert_eq!((configured.code, configured.out.as_str()), (Some(2), ""), "{}", configured.err);
    assert!(configured.err.contains("raft-lint.toml"), "{}", configured.err);
    mode("closed", 0o755);
}
