//! What functions have shown is kept: a later run says the same, and evaluates only what it has to.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use raft_lint::cache::Cache;
use raft_lint::facts::Evaluations;
use raft_lint::finding;
use raft_lint::pipeline::{self, Options};
use raft_lint::report::{Report, json};

use super::{check, command, flipped, pair, without};
use crate::diff::{GUARD, NO_GUARD, follower};
use crate::repository::Repository;
use crate::support::{in_parallel, root, verdict};
use crate::tree::{Ended, FINDING, Tree, clean, ended};
use crate::workspace::{Numbers, all_files, edited};

/// How many evaluations there were, and how many of them were kept.
fn evaluations(ended: &Ended) -> (usize, usize) {
    pair(ended, "evaluations")
}

/// What was found out about functions, in a cache: the files, sorted.
fn found(cache: &Path) -> Vec<PathBuf> {
    let all = walkdir::WalkDir::new(cache).sort_by_file_name().into_iter();
    let all = all.map(|entry| entry.expect("the cache can be read").into_path());
    all.filter(|path| path.parent().is_some_and(|parent| parent.ends_with("found"))).collect()
}

/// A run on a directory, with a cache or without one: the report, and what was evaluated.
fn run(directory: &Path, cache: Option<&Path>) -> (String, Evaluations) {
    let options = Options {
        paths: vec![directory.to_path_buf()],
        threads: 1,
        prefilter: true,
        cache: cache.map(|cache| Arc::new(Cache::new(cache.to_path_buf()))),
        ..Options::default()
    };
    let (outcome, sources) = pipeline::run(&options).expect("there is something to analyse");
    let report = json::render(&Report::new(&outcome, &sources, finding::of(&outcome)));
    (report, outcome.evaluations)
}

/// Edits the files of a directory, several between two runs; gives what went wrong, and how many evaluations
/// were made and kept.
fn edit_and_compare(directory: &Path, edits: usize) -> (Vec<String>, Evaluations) {
    let (tree, home) = (Tree::with(&[]), Tree::with(&[]));
    let cache = home.path().join("cache");
    for path in all_files(directory) {
        let name = path.strip_prefix(directory).expect("a file below the directory");
        let text = std::fs::read(&path).expect("a fixture is readable");
        tree.write(&name.to_string_lossy(), &text);
    }
    let (files, mut numbers) = (all_files(tree.path()), Numbers(11));
    let mut sum = Evaluations::default();
    let mut wrong = Vec::new();
    for step in 0..edits {
        let mut before: Vec<(&Path, String)> = Vec::new();
        for _ in 0..numbers.below(4) {
            let path = &files[numbers.below(files.len())];
            let text = std::fs::read_to_string(path).expect("it was written");
            std::fs::write(path, edited(&text, &mut numbers)).expect("it can be written");
            before.push((path, text));
        }
        let ((got, evaluated), (expected, _)) =
            (run(tree.path(), Some(&cache)), run(tree.path(), None));
        sum.made += evaluated.made;
        sum.kept += evaluated.kept;
        if got != expected {
            let line = got.lines().zip(expected.lines()).find(|(a, b)| a != b);
            wrong.push(format!("step {step}: {line:?}"));
            break;
        }
        // It goes on from what can be parsed, as an author does in the end.
        if got.contains("\"unparsed\"") {
            for (path, text) in before.iter().rev() {
                std::fs::write(path, text).expect("it can be written");
            }
        }
    }
    (wrong, sum)
}

#[test]
fn each_edit_is_judged_as_without_a_cache() {
    let rules = raft_lint::rules::ALL.iter();
    let of_rule = |id: &str| root().join("fixtures").join(id.replace('-', "_"));
    let directories: Vec<PathBuf> = rules
        .flat_map(|rule| ["accept", "reject"].map(|kind| of_rule(rule.id).join(kind)))
        .collect();
    let results = in_parallel(&directories, |directory| edit_and_compare(directory, 8));
    let sum = |of: fn(&Evaluations) -> usize| results.iter().map(|(_, sum)| of(sum)).sum::<usize>();
    let (made, kept) = (sum(|sum| sum.made), sum(|sum| sum.kept));
    assert!(made > 1000 && kept > 1000, "{made} evaluations were made, {kept} kept");
    let named = directories.iter().map(|directory| directory.display().to_string());
    let failures: Vec<_> = named.zip(results.into_iter().map(|(wrong, _)| wrong)).collect();
    verdict("edited directories with a cache", directories.len(), &failures);
}

/// `EDITED_TREE=DIR EDITS=N` edits a copy of another tree.
#[test]
fn each_edit_of_a_given_tree_is_judged_as_without_a_cache() {
    let Some(tree) = std::env::var_os("EDITED_TREE") else { return };
    let edits = std::env::var("EDITS").ok().and_then(|edits| edits.parse().ok()).unwrap_or(20);
    let (wrong, sum) = edit_and_compare(Path::new(&tree), edits);
    verdict("an edited tree with a cache", edits, &[(tree.display().to_string(), wrong)]);
    assert!(sum.kept > 0, "{sum:?}");
}

/// Two files with a handler each that have nothing to do with each other.
fn two() -> Tree {
    Tree::with(&[
        ("Cargo.toml", "[package]\nname = \"node\"\n"),
        ("src/lib.rs", FINDING),
        ("src/other.rs", &clean().replace("Node", "Peer").replace("handle_", "on_")),
    ])
}

#[test]
fn only_what_has_changed_is_evaluated_again() {
    let (tree, home) = (two(), Tree::with(&[]));
    let cache = home.path().join("cache");
    let all = evaluations(&check(&tree, &cache)).0;
    assert!(all >= 2, "{all}");
    assert_eq!(evaluations(&check(&tree, &cache)), (all, all));
    let again = |text: String, kept: usize, what: &str| {
        tree.write("src/other.rs", text.as_bytes());
        let ended = check(&tree, &cache);
        assert_eq!(ended.out, without(&tree), "{what}");
        assert_eq!(evaluations(&ended), (all, kept), "{what}");
        assert_eq!(evaluations(&check(&tree, &cache)), (all, all), "{what}, and then nothing");
    };
    let text = clean().replace("Node", "Peer").replace("handle_", "on_");
    let pushed = format!("// A comment.\n\n{text}");
    again(pushed.clone(), all, "a comment moves all");
    let twice = format!("{pushed}\n// Another.\n");
    again(twice.clone(), all, "a comment at the end");
    let head = "-> VoteReply {\n";
    let asked = twice.replace(head, &format!("{head}        let noted = 1;\n"));
    assert_ne!(asked, twice);
    again(asked, all - 1, "a function");
    // A file that comes changes what names may mean.
    tree.write("src/third.rs", b"pub struct Third { term: u64 }\n");
    let ended = check(&tree, &cache);
    assert_eq!((evaluations(&ended), ended.out), ((all, 0), without(&tree)));
}

/// What the project says of its names is part of what was found out.
#[test]
fn another_configuration_is_another_run() {
    let (tree, home) = (two(), Tree::with(&[]));
    let cache = home.path().join("cache");
    let (all, _) = evaluations(&check(&tree, &cache));
    let role = "[roles]\ncommit_index = [\"Node.current_term\"]\n";
    tree.write("raft-lint.toml", role.as_bytes());
    let said = check(&tree, &cache);
    assert_eq!(
        (said.out.as_str(), evaluations(&said).1),
        (without(&tree).as_str(), 0),
        "{}",
        said.err
    );
    let again = check(&tree, &cache);
    assert_eq!(again.out, said.out);
    let (now, kept) = evaluations(&again);
    assert_eq!(now, kept);
    std::fs::remove_file(tree.path().join("raft-lint.toml")).expect("it is there");
    assert_eq!(evaluations(&check(&tree, &cache)), (all, all), "the first is there still");
}

/// Both versions of a check for what is new have the same files: one helps the other.
#[test]
fn versions_help_each_other() {
    let home = Tree::with(&[]);
    let cache = home.path().join("cache");
    let repository = Repository::with(&[("src/lib.rs", &follower()), ("src/other.rs", &clean())]);
    repository.replace("src/lib.rs", GUARD, NO_GUARD);
    let run = |options: &[&str]| {
        let mut command = command(repository.path(), &cache);
        ended(command.args(["--format", "json", "--stats", "--diff", "HEAD"]).args(options))
    };
    let (first, second) = (run(&[]), run(&[]));
    assert_eq!(first.code, Some(1), "{}", first.err);
    let bare = ended(repository.tree.command().args(["--format", "json", "--diff", "HEAD"]));
    assert!(first.out == bare.out && second.out == bare.out, "{}\n{}", first.out, bare.out);
    let (all, kept) = evaluations(&second);
    assert!(0 < kept && kept < all, "{}", second.err);
}

#[test]
fn what_is_damaged_or_of_others_is_nothing() {
    let (tree, home) = (two(), Tree::with(&[]));
    let cache = home.path().join("cache");
    let (all, _) = evaluations(&check(&tree, &cache));
    let report = without(&tree);
    let [path] = &found(&cache)[..] else { panic!("{:?}", found(&cache)) };
    let good = std::fs::read(path).expect("it can be read");
    let mut damaged: Vec<Vec<u8>> =
        (0..good.len()).step_by(good.len() / 20).map(|at| flipped(&good, at)).collect();
    damaged.extend([Vec::new(), good[..40].to_vec(), good[..good.len() - 1].to_vec()]);
    damaged.extend([[&good[..], b"!"].concat(), vec![0; 1 << 20]]);
    for bytes in damaged {
        std::fs::write(path, &bytes).expect("it can be damaged");
        let ended = check(&tree, &cache);
        assert_eq!((ended.out.as_str(), evaluations(&ended)), (report.as_str(), (all, 0)));
        assert_eq!(evaluations(&check(&tree, &cache)), (all, all), "it is replaced");
    }
    // Of the older texts nothing is there any more.
    for entry in super::entries(&cache) {
        std::fs::remove_file(entry).expect("it is there");
    }
    tree.write("src/lib.rs", FINDING.replace("self.", "self .").as_bytes());
    let ended = check(&tree, &cache);
    assert_eq!((evaluations(&ended), ended.out), ((all, 0), without(&tree)));
}

#[cfg(unix)]
#[test]
fn what_stands_in_its_place_is_not_opened() {
    use std::os::unix::fs::symlink;

    let (tree, home) = (two(), Tree::with(&[("outside/x", "")]));
    let cache = home.path().join("cache");
    let (all, _) = evaluations(&check(&tree, &cache));
    let report = without(&tree);
    let path = found(&cache)[0].clone();
    let again = |what: &str| {
        let ended = check(&tree, &cache);
        assert_eq!(
            (ended.out.as_str(), evaluations(&ended)),
            (report.as_str(), (all, 0)),
            "{what}"
        );
    };
    let remove = |path: &Path| std::fs::remove_file(path).expect("it is there");
    remove(&path);
    super::hostile::make_pipe(&path);
    again("a pipe");
    remove(&path);
    symlink(home.path().join("outside/x"), &path).expect("a link can be made");
    again("a link");
    let directory = path.parent().expect("a directory").to_owned();
    std::fs::remove_dir_all(&directory).expect("it is there");
    symlink(home.path().join("outside"), &directory).expect("a link can be made");
    again("a link to a directory");
    again("it stays");
    assert_eq!(std::fs::read_dir(home.path().join("outside")).expect("it is there").count(), 1);
}
