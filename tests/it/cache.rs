//! The cache: it changes no report, and whatever is in its directory is harmless.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::{NO_CACHE, raft_lint, root};
use crate::tree::{Ended, FINDING, Tree, clean, ended};

mod found;
#[cfg(unix)]
mod hostile;
mod packs;
mod place;

/// With a comment that makes it long.
fn long(text: &str) -> String {
    format!("// {}\n{text}", "raft ".repeat(300))
}

/// Two files.
fn tree() -> Tree {
    Tree::with(&[
        ("Cargo.toml", "[package]\nname = \"node\"\n"),
        ("src/lib.rs", &long(FINDING)),
        ("src/other.rs", &long(&clean())),
    ])
}

/// The binary with a cache in this directory.
fn command(tree: &Path, cache: &Path) -> Command {
    let mut command = raft_lint();
    command.env_remove(NO_CACHE).current_dir(tree).arg("check").arg("--cache-dir").arg(cache);
    command
}

/// A JSON report, and what there is to say of the cache.
fn check(tree: &Tree, cache: &Path) -> Ended {
    ended(command(tree.path(), cache).args(["--format", "json", "--stats"]))
}

/// How many files were found in the cache, and how many were added.
fn counts(ended: &Ended) -> (usize, usize) {
    pair(ended, "from the cache")
}

/// The two numbers behind a title of the statistics.
fn pair(ended: &Ended, title: &str) -> (usize, usize) {
    let line = ended.err.lines().find_map(|line| line.strip_prefix(title));
    let line = line.unwrap_or_else(|| panic!("no line starts with {title:?}: {}", ended.err));
    let numbers = line.split(|c: char| !c.is_ascii_digit()).filter(|word| !word.is_empty());
    let numbers: Vec<usize> = numbers.map(|number| number.parse().expect("a number")).collect();
    (numbers[0], numbers[1])
}

/// The entries of files in a cache, and packs of them, sorted, and whatever else is there.
fn entries(cache: &Path) -> Vec<PathBuf> {
    let all = walkdir::WalkDir::new(cache).min_depth(2).sort_by_file_name().into_iter();
    let all = all.map(|entry| entry.expect("the cache can be read").into_path());
    let is_found = |path: &PathBuf| path.components().any(|part| part.as_os_str() == "found");
    all.filter(|path| !path.ends_with("packs") && !is_found(path)).collect()
}

/// Bytes of which one bit is another.
fn flipped(good: &[u8], at: usize) -> Vec<u8> {
    let mut bytes = good.to_vec();
    bytes[at] ^= 1 << (at % 8);
    bytes
}

/// What is printed without a cache.
fn without(tree: &Tree) -> String {
    let ended = tree.run(&["check", "--format", "json", "--no-cache"]);
    assert_eq!(ended.code, Some(1), "{}", ended.err);
    ended.out
}

#[test]
fn reports_are_the_same() {
    let home = Tree::with(&[]);
    let cache = home.path().join("cache");
    let run = |threads: &str, options: &[&str]| {
        let mut command = command(&root().join("fixtures"), &cache);
        command.args(["--format", "json", "--stats", "--threads", threads]).args(options);
        ended(&mut command)
    };
    let mut bare = raft_lint();
    bare.current_dir(root().join("fixtures")).args(["check", "--no-cache", "--format", "json"]);
    let bare = ended(&mut bare).out;
    let (cold, warm, many) = (run("2", &[]), run("1", &[]), run("16", &[]));
    assert!(bare.len() > 100_000, "{} bytes", bare.len());
    for other in [&cold, &warm, &many] {
        assert!(other.out == bare, "the reports differ: {}", other.err);
    }
    let (_, kept) = counts(&cold);
    assert!(kept > 100, "{kept}");
    // What has the same text is one entry.
    let found = |ended: &Ended| counts(ended).0;
    assert!(found(&warm) >= kept && found(&warm) == found(&many), "{} {}", warm.err, many.err);
    assert_eq!((counts(&warm).1, counts(&many).1), (0, 0), "nothing is written again");
}

#[test]
fn only_what_has_changed_is_parsed_again() {
    let (tree, home) = (tree(), Tree::with(&[]));
    let cache = home.path().join("cache");
    assert_eq!(counts(&check(&tree, &cache)), (0, 2));
    assert_eq!(counts(&check(&tree, &cache)), (2, 0));
    tree.write("src/other.rs", long(FINDING).replace("Node", "Peer").as_bytes());
    let changed = check(&tree, &cache);
    assert_eq!(counts(&changed), (1, 1));
    assert_eq!(changed.out, without(&tree));
    // A file may have any name: an entry belongs to a text.
    std::fs::rename(tree.path().join("src/lib.rs"), tree.path().join("src/moved.rs"))
        .expect("a file can be renamed");
    let moved = check(&tree, &cache);
    assert_eq!(counts(&moved), (2, 0));
    assert_eq!(moved.out, without(&tree));
    assert!(moved.out.contains("src/moved.rs"), "{}", moved.out);
}

#[test]
fn other_commands_use_it_too() {
    let (tree, home) = (tree(), Tree::with(&[]));
    let cache = home.path().join("cache");
    let run = |arguments: &[&str]| {
        let mut command = raft_lint();
        command.env_remove(NO_CACHE).env("RAFT_LINT_CACHE_DIR", &cache);
        ended(command.current_dir(tree.path()).args(arguments))
    };
    let cold = run(&["map"]);
    assert_eq!((cold.code, entries(&cache).len()), (Some(0), 2), "{}", cold.err);
    assert_eq!(cold.out, run(&["map"]).out);
    assert_eq!(cold.out, run(&["map", "--no-cache"]).out);
    assert_eq!(run(&["baseline"]).code, Some(0));
    assert_eq!(counts(&run(&["--stats"])), (2, 0), "a check without its name");
}

/// A file that can't be parsed is told each time.
#[test]
fn problems_are_not_kept() {
    let (tree, home) = (tree(), Tree::with(&[]));
    let cache = home.path().join("cache");
    tree.write("src/broken.rs", long("pub fn broken( {}\n").as_bytes());
    let (cold, warm) = (check(&tree, &cache), check(&tree, &cache));
    assert!(cold.out.contains("unparsed") && cold.out == warm.out, "{}", cold.out);
    assert_eq!((counts(&cold), counts(&warm)), ((0, 2), (2, 0)));
}

/// A damaged entry is none, and is replaced.
#[test]
fn damage_is_mended() {
    let (tree, home) = (tree(), Tree::with(&[]));
    let cache = home.path().join("cache");
    check(&tree, &cache);
    let report = without(&tree);
    let [first, second] = &entries(&cache)[..] else { panic!("two entries") };
    let read = |path: &Path| std::fs::read(path).expect("an entry can be read");
    let (good, other) = (read(first), read(second));
    let places = (0..good.len()).step_by(good.len() / 10);
    let mut damaged: Vec<Vec<u8>> = places.map(|at| flipped(&good, at)).collect();
    damaged.extend([Vec::new(), good[..20].to_vec(), good[..good.len() - 1].to_vec()]);
    damaged.extend([other, [&good[..], b"!"].concat(), vec![0; 1 << 20]]);
    for bytes in damaged {
        std::fs::write(first, &bytes).expect("an entry can be damaged");
        let ended = check(&tree, &cache);
        assert_eq!(ended.out, report);
        assert_eq!(counts(&ended), (1, 1), "{} bytes: {}", bytes.len(), ended.err);
        assert_eq!(read(first), good, "it is replaced");
    }
}

#[test]
fn runs_at_the_same_time_do_not_disturb_each_other() {
    let home = Tree::with(&[]);
    let cache = home.path().join("cache");
    let report = raft_lint()
        .current_dir(root().join("fixtures"))
        .args(["check", "--no-cache", "--format", "json", "vote_log_freshness"])
        .output()
        .expect("the binary starts")
        .stdout;
    for _ in 0..2 {
        let start = || {
            let mut command = command(&root().join("fixtures"), &cache);
            command.args(["--format", "json", "--threads", "2", "vote_log_freshness"]);
            command.stdout(std::process::Stdio::piped()).spawn().expect("the binary starts")
        };
        let running: Vec<_> = (0..6).map(|_| start()).collect();
        for child in running {
            let output = child.wait_with_output().expect("it ends");
            assert!(output.stdout == report, "{}", String::from_utf8_lossy(&output.stdout));
        }
    }
    let mut again = command(&root().join("fixtures"), &cache);
    let again = ended(again.args(["--format", "json", "--stats", "vote_log_freshness"]));
    let (found, kept) = counts(&again);
    assert!(found > 20 && kept == 0, "{}", again.err);
    let left = entries(&cache);
    let unfinished = left.iter().filter(|path| path.to_string_lossy().contains("unfinished"));
    assert_eq!(unfinished.count(), 0, "{left:?}");
}
