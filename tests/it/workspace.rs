//! A workspace that stays open says after each edit what a run from the beginning would say.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use raft_lint::levels::Levels;
use raft_lint::pipeline::Options;
use raft_lint::report::{Report, json};
use raft_lint::workspace::{Analysed, Workspace};

use crate::support::{files, in_parallel, root, verdict};
use crate::tree::{FINDING, OTHER, Tree};

fn open(directory: &Path) -> Workspace {
    let paths = vec![directory.to_path_buf()];
    let options = Options { paths, threads: 1, prefilter: true, ..Options::default() };
    Workspace::open(options, Levels::default()).expect("a thread can be started")
}

fn shown(analysed: &Analysed) -> String {
    let findings = analysed.findings.clone();
    json::render(&Report::new(&analysed.outcome, &analysed.sources, findings))
}

/// Numbers that look random and are the same each time.
pub(crate) struct Numbers(pub(crate) u64);

impl Numbers {
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % bound.max(1)
    }
}

/// What an author does to a line, mostly without thinking of the rest.
pub(crate) fn edited(text: &str, numbers: &mut Numbers) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let at = numbers.below(lines.len());
    let swaps = [
        (" < ", " <= "),
        ("==", "!="),
        (" > ", " >= "),
        ("&&", "||"),
        (" + 1", ""),
        ("true", "false"),
        ("return", "let _ ="),
        ("self.", "self .  "),
        ("term", "epoch"),
        ("fn ", "fn x_"),
        ("u64", "u32"),
    ];
    match numbers.below(9) {
        0 => lines.insert(at, "    // raft-lint: allow(append-prev-check) it is a test".to_owned()),
        1 => lines.insert(at, "    let noted = 1;".to_owned()),
        2 => lines.insert(at, "fn helper(term: u64) -> bool { term > 0 }".to_owned()),
        3 => {
            lines.remove(at);
        }
        4 => lines.insert(at, format!("    // é {at}")),
        5 => {
            let line = lines[numbers.below(lines.len())].clone();
            lines.insert(at, line);
        }
        _ => {
            let (old, new) = swaps[numbers.below(swaps.len())];
            let having: Vec<usize> = (0..lines.len()).filter(|i| lines[*i].contains(old)).collect();
            if !having.is_empty() {
                let line = &mut lines[having[numbers.below(having.len())]];
                *line = line.replacen(old, new, 1);
            }
        }
    }
    lines.join("\n") + "\n"
}

/// The Rust files in a directory and below.
pub(crate) fn all_files(directory: &Path) -> Vec<PathBuf> {
    let mut found = files(directory, "rs");
    for entry in std::fs::read_dir(directory).into_iter().flatten().flatten() {
        let hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
        if !hidden && entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            found.extend(all_files(&entry.path()));
        }
    }
    found.sort();
    found
}

/// Edits the files of a directory again and again; gives what went wrong, and how many analyses could be
/// compared.
fn edit_and_compare(directory: &Path, edits: usize, seed: u64) -> (Vec<String>, usize) {
    let mut numbers = Numbers(seed);
    let directory = root().join(directory);
    let mut texts: Vec<(PathBuf, String)> = all_files(&directory)
        .into_iter()
        .map(|path| {
            let text = std::fs::read_to_string(&path).expect("a fixture is readable");
            (path, text)
        })
        .collect();
    let mut workspace = open(&directory);
    let mut wrong = Vec::new();
    let mut compared = 0;
    for step in 0..edits {
        let which = numbers.below(texts.len());
        let (path, text) = &mut texts[which];
        let before = text.clone();
        *text = edited(text, &mut numbers);
        workspace.set_text(path, Arc::from(text.as_str()));
        let analysed = workspace.analyse().expect("there is something to analyse");
        if !analysed.outdated.is_empty() {
            // It goes on from what can be parsed, as an author does in the end.
            *text = before;
            workspace.set_text(path, Arc::from(text.as_str()));
            continue;
        }
        let mut fresh = open(&directory);
        for (path, text) in &texts {
            fresh.set_text(path, Arc::from(text.as_str()));
        }
        let expected = shown(&fresh.analyse().expect("there is something to analyse"));
        compared += 1;
        let got = shown(&analysed);
        if got != expected {
            let name = texts[which].0.display();
            let line = got.lines().zip(expected.lines()).find(|(a, b)| a != b);
            wrong.push(format!("step {step}, after an edit of {name}: {line:?}"));
            break;
        }
    }
    (wrong, compared)
}

/// `EDITED_TREE=DIR EDITS=N` edits another tree, more often; nothing is written to it.
#[test]
fn each_edit_of_a_given_tree_is_judged_as_from_the_beginning() {
    let Some(tree) = std::env::var_os("EDITED_TREE") else { return };
    let number = |name: &str| std::env::var(name).ok()?.parse::<u64>().ok();
    let edits = number("EDITS").unwrap_or(100) as usize;
    let seed = number("SEED").unwrap_or(1);
    let (wrong, compared) = edit_and_compare(Path::new(&tree), edits, seed);
    verdict("an edited tree", compared, &[(tree.display().to_string(), wrong)]);
}

#[test]
fn each_edit_is_judged_as_from_the_beginning() {
    let directories: Vec<PathBuf> = raft_lint::rules::ALL
        .iter()
        .flat_map(|rule| {
            let of_rule = Path::new("fixtures").join(rule.id.replace('-', "_"));
            [of_rule.join("accept"), of_rule.join("reject")]
        })
        .collect();
    let results = in_parallel(&directories, |directory| edit_and_compare(directory, 25, 7));
    let compared: usize = results.iter().map(|(_, compared)| compared).sum();
    assert!(compared > 500, "only {compared} analyses were compared");
    let failures: Vec<_> = directories
        .iter()
        .zip(results)
        .map(|(directory, (wrong, _))| (directory.display().to_string(), wrong))
        .collect();
    verdict("edited workspaces", compared, &failures);
}

#[test]
fn a_file_that_comes_back_is_seen_again() {
    let tree = Tree::with(&[("src/lib.rs", FINDING)]);
    let path = tree.path().join("src/more.rs");
    let mut workspace = open(tree.path());
    let files = |workspace: &mut Workspace| {
        let analysed = workspace.analyse().expect("there is something to analyse");
        (analysed.outcome.files, analysed.outcome.problems.len())
    };
    assert_eq!(files(&mut workspace), (1, 0));
    for _ in 0..2 {
        workspace.set_text(&path, Arc::from(OTHER));
        assert_eq!(files(&mut workspace), (2, 0), "open and not saved");
        workspace.close_text(&path);
        assert_eq!(files(&mut workspace), (1, 0), "closed and not saved");
    }
    for (bytes, problems) in [(&b"\xff"[..], 1), (OTHER.as_bytes(), 0), (b"\xff", 1), (b"\xfe", 1)]
    {
        tree.write("src/more.rs", bytes);
        workspace.reread_file(&path);
        assert_eq!(files(&mut workspace), (2, problems), "{bytes:?}");
    }
    tree.write("src/more.rs", OTHER.as_bytes());
    workspace.reread_file(&path);
    assert_eq!(files(&mut workspace), (2, 0));
}

#[test]
fn what_cannot_be_parsed_counts_as_it_was_while_other_files_come_and_go() {
    let tree = Tree::with(&[("src/lib.rs", FINDING), ("src/other.rs", OTHER)]);
    let path = tree.path().join("src/lib.rs");
    let mut workspace = open(tree.path());
    let findings = |workspace: &mut Workspace| {
        let analysed = workspace.analyse().expect("there is something to analyse");
        (analysed.findings.len(), analysed.outdated.len())
    };
    assert_eq!(findings(&mut workspace), (1, 0));
    for broken in [format!("{FINDING}fn ("), "fn (".to_owned()] {
        workspace.set_text(&path, Arc::from(broken));
        assert_eq!(findings(&mut workspace), (1, 1));
        workspace.reread();
        assert_eq!(findings(&mut workspace), (1, 1), "all files are looked for again");
    }
    workspace.set_text(&tree.path().join("src/new.rs"), Arc::from(OTHER));
    assert_eq!(findings(&mut workspace), (1, 1), "a file came");
    workspace.set_text(&path, Arc::from(FINDING));
    assert_eq!(findings(&mut workspace), (1, 0));
    workspace.set_text(&path, Arc::from(OTHER));
    assert_eq!(findings(&mut workspace), (0, 0));
}
