//! What others put into the directory of the cache.

use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;
use std::process::Command;

use super::{check, command, counts, entries, tree, without};
use crate::tree::{Tree, ended};

pub(super) fn make_pipe(path: &Path) {
    let made = Command::new("mkfifo").arg(path).status();
    assert!(made.is_ok_and(|status| status.success()), "mkfifo makes a pipe");
}

#[test]
fn what_stands_in_the_place_of_an_entry_is_not_opened() {
    let (tree, home) = (tree(), Tree::with(&[]));
    let (cache, outside) = (home.path().join("cache"), home.path().join("outside"));
    check(&tree, &cache);
    let report = without(&tree);
    let first = entries(&cache)[0].clone();
    let good = std::fs::read(&first).expect("an entry can be read");
    std::fs::write(&outside, &good).expect("a file can be written");
    let again = |what: &str, expected: (usize, usize)| {
        let ended = check(&tree, &cache);
        assert_eq!(ended.out, report, "{what}");
        assert_eq!(counts(&ended), expected, "{what}: {}", ended.err);
    };
    std::fs::remove_file(&first).expect("it is there");
    make_pipe(&first);
    again("a pipe", (1, 1));
    std::fs::remove_file(&first).expect("it is there");
    symlink(&outside, &first).expect("a link can be made");
    again("a link", (1, 1));
    assert!(first.symlink_metadata().is_ok_and(|metadata| metadata.is_file()), "it is replaced");
    assert_eq!(std::fs::read(&outside).ok(), Some(good), "what the link led to is as it was");
    std::fs::remove_file(&first).expect("it is there");
    std::fs::create_dir_all(first.join("full")).expect("a directory can be made");
    again("a directory", (1, 0));
    again("it stays", (1, 0));
}

/// Nothing is written to where a link leads.
#[test]
fn no_link_leads_out() {
    let (tree, home) = (tree(), Tree::with(&[("outside/x", "")]));
    let cache = home.path().join("cache");
    check(&tree, &cache);
    let build = entries(&cache)[0].parent().expect("below a build").to_owned();
    std::fs::remove_dir_all(&build).expect("it is there");
    symlink(home.path().join("outside"), &build).expect("a link can be made");
    let ended = check(&tree, &cache);
    assert_eq!(ended.out, without(&tree));
    assert!(ended.err.contains("note: the cache"), "{}", ended.err);
    assert_eq!(std::fs::read_dir(home.path().join("outside")).expect("it is there").count(), 1);
}

#[test]
fn what_everybody_may_write_is_not_read() {
    let (tree, home) = (tree(), Tree::with(&[]));
    let cache = home.path().join("cache");
    check(&tree, &cache);
    let mode = std::fs::Permissions::from_mode(0o777);
    std::fs::set_permissions(&cache, mode).expect("it is ours");
    let ended = check(&tree, &cache);
    assert_eq!(counts(&ended), (0, 0));
    assert_eq!(ended.out, without(&tree));
    assert!(ended.err.contains("everybody may write to it"), "{}", ended.err);
}

/// As on a full disk: files can be made, and nothing be written to them.
#[test]
fn a_full_disk_costs_nothing() {
    let (tree, home) = (tree(), Tree::with(&[]));
    let cache = home.path().join("cache");
    let mut limited = Command::new("bash");
    limited.args(["-c", "trap '' XFSZ; ulimit -f 0; exec \"$@\"", "bash"]);
    let inner = command(tree.path(), &cache);
    limited.arg(inner.get_program()).args(inner.get_args()).args(["--format", "json"]);
    limited.current_dir(tree.path()).env_remove(crate::support::NO_CACHE);
    let ended = ended(&mut limited);
    assert_eq!(ended.out, without(&tree), "{}", ended.err);
    assert_eq!(ended.err.matches("note: the cache").count(), 1, "{}", ended.err);
    assert!(entries(&cache).is_empty(), "what is not whole is removed");
}
