//! Where the cache is, and what is written there.

use std::path::Path;

use super::{check, command, counts, entries, tree};
use crate::support::{NO_CACHE, raft_lint};
use crate::tree::{Ended, Tree, ended};

/// A check with these variables.
fn with(tree: &Tree, variables: &[(&str, &Path)], arguments: &[&str]) -> Ended {
    let mut command = raft_lint();
    command.env_remove(NO_CACHE).envs(variables.iter().copied());
    ended(command.current_dir(tree.path()).args(["check", "--stats"]).args(arguments))
}

fn names(directory: &Path) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(directory) else { return Vec::new() };
    let name = |entry: std::fs::DirEntry| entry.file_name().to_string_lossy().into_owned();
    let mut names: Vec<String> = entries.flatten().map(name).collect();
    names.sort();
    names
}

#[cfg(target_os = "linux")]
#[test]
fn it_is_where_the_system_wants_it() {
    use std::os::unix::fs::PermissionsExt as _;
    let (tree, home) = (tree(), Tree::with(&[]));
    let at_home = with(&tree, &[("HOME", home.path()), ("XDG_CACHE_HOME", Path::new(""))], &[]);
    assert_eq!(counts(&at_home), (0, 2));
    assert_eq!(names(&home.path().join(".cache")), ["raft-lint"]);
    let other = Tree::with(&[]);
    let variables = [("HOME", home.path()), ("XDG_CACHE_HOME", other.path())];
    assert_eq!(counts(&with(&tree, &variables, &[])), (0, 2));
    let cache = other.path().join("raft-lint");
    let found = names(&cache);
    let build = |name: &&String| name.len() == 16 && name.bytes().all(|b| b.is_ascii_hexdigit());
    assert_eq!(found.iter().filter(build).count(), 1, "{found:?}");
    let others: Vec<&String> = found.iter().filter(|name| !build(name)).collect();
    assert_eq!(others, [".gitignore", "CACHEDIR.TAG", "swept"]);
    let tag = std::fs::read_to_string(cache.join("CACHEDIR.TAG")).expect("there is a tag");
    assert!(tag.starts_with("Signature: 8a477f597d28d172789f06886806bc55"), "{tag}");
    let mode = |path: &Path| path.metadata().expect("it is there").permissions().mode() & 0o777;
    assert_eq!(mode(&cache), 0o700);
    let entries = entries(&cache);
    assert_eq!(entries.len(), 2);
    assert!(entries.iter().all(|path| mode(path) == 0o600));
}

#[test]
fn it_can_be_switched_off() {
    let (tree, home) = (tree(), Tree::with(&[]));
    let cache = home.path().join("cache");
    let place = [("RAFT_LINT_CACHE_DIR", cache.as_path())];
    let off = [place[0], (NO_CACHE, Path::new("1"))];
    let unused =
        |ended: Ended| !ended.err.contains("from the cache") && names(home.path()).is_empty();
    assert!(unused(with(&tree, &place, &["--no-cache"])));
    assert!(unused(with(&tree, &off, &[])));
    assert!(unused(with(&tree, &place, &["rules"])), "what does not analyse keeps nothing");
    let on = [place[0], (NO_CACHE, Path::new("0"))];
    assert_eq!(counts(&with(&tree, &on, &[])), (0, 2));
    // What the command line says counts more.
    assert_eq!(counts(&with(&tree, &off, &["--cache-dir", &cache.to_string_lossy()])), (2, 0));
    let both = with(&tree, &place, &["--no-cache", "--cache-dir", "x"]);
    assert!(both.err.contains("cannot be used with"), "{}", both.err);
}

#[test]
fn it_is_never_in_what_is_checked() {
    let tree = tree();
    tree.write(".git/HEAD", b"ref: refs/heads/main\n");
    let name = tree.path().file_name().expect("a tree has a name").to_string_lossy();
    let around = format!("../not-there/../{name}/cache");
    for directory in [".cache", "src/../x/cache", "target", &around] {
        let inside = ended(command(tree.path(), Path::new(directory)).arg("src"));
        assert_eq!(inside.code, Some(2), "{directory}: {}", inside.err);
        assert!(inside.err.contains("is in what is checked"), "{}", inside.err);
        assert!(inside.err.contains("give a directory outside"), "{}", inside.err);
    }
    let relative = with(&tree, &[("RAFT_LINT_CACHE_DIR", Path::new("../cache"))], &[]);
    assert_eq!(relative.code, Some(2), "{}", relative.err);
    assert!(relative.err.contains("which is relative"), "{}", relative.err);
    // Where it would be by itself there is none.
    let own = tree.path().join("own");
    let variables = [("HOME", own.as_path()), ("XDG_CACHE_HOME", &own), ("LOCALAPPDATA", &own)];
    let usual = with(&tree, &variables, &[]);
    assert_eq!(usual.code, Some(1), "{}", usual.err);
    assert!(!usual.err.contains("cache") && !own.exists(), "{}", usual.err);
}

/// A directory that holds something else stays what it is.
#[test]
fn a_directory_of_others_is_no_cache_as_a_whole() {
    let (tree, home) = (tree(), Tree::with(&[("thesis.tex", "text")]));
    assert_eq!(counts(&check(&tree, home.path())), (0, 2));
    let found = names(home.path());
    assert!(found.iter().all(|name| name != "CACHEDIR.TAG" && name != ".gitignore"), "{found:?}");
    assert_eq!(std::fs::read(home.path().join("thesis.tex")).ok().as_deref(), Some(&b"text"[..]));
}

/// Where a run can't keep anything, it does its job, and who named the directory is told.
#[test]
fn a_directory_of_no_use_costs_nothing() {
    let (tree, home) = (tree(), Tree::with(&[("file", "no directory")]));
    for directory in ["file", "file/below"] {
        let ended = ended(command(tree.path(), &home.path().join(directory)).arg("."));
        assert_eq!(ended.code, Some(1), "{}", ended.err);
        assert_eq!(ended.err.matches("note: the cache").count(), 1, "{}", ended.err);
        assert!(ended.out.contains("vote-log-freshness"), "{}", ended.out);
    }
    let file = home.path().join("file");
    let variables = [("HOME", file.as_path()), ("XDG_CACHE_HOME", &file), ("LOCALAPPDATA", &file)];
    let usual = with(&tree, &variables, &[]);
    assert!(usual.code == Some(1) && !usual.err.contains("note: the cache"), "{}", usual.err);
}

#[test]
fn standard_input_is_not_kept() {
    let home = Tree::with(&[("lib.rs", &super::long(crate::tree::FINDING))]);
    let cache = home.path().join("cache");
    let file = std::fs::File::open(home.path().join("lib.rs")).expect("it is there");
    let outside = Tree::with(&[]);
    let ended = ended(command(outside.path(), &cache).arg("-").stdin(file));
    assert_eq!(ended.code, Some(1), "{}", ended.err);
    assert!(!cache.exists());
}
