//! Where reports go: several in one run, files, and what can't be meant.

use crate::tree::{FINDING, Tree};

fn tree() -> Tree {
    Tree::with(&[("lib.rs", FINDING)])
}

#[test]
fn several_reports_come_from_one_run() {
    let tree = tree();
    let alone = |format: &str| tree.run(&["--format", format]).out;
    let (json, sarif, concise) = (alone("json"), alone("sarif"), alone("concise"));
    let ended =
        tree.run(&["--format", "json=a.json", "--format", "concise", "--format=sarif=b=c.sarif"]);
    assert_eq!(ended.code, Some(1), "{}", ended.err);
    assert_eq!(ended.out, concise);
    let read = |name: &str| std::fs::read_to_string(tree.path().join(name)).unwrap_or_default();
    assert_eq!((read("a.json"), read("b=c.sarif")), (json, sarif));
    assert_eq!(ended.err, "", "standard output has the counts");
}

#[test]
fn a_report_in_a_file_leaves_the_counts_on_the_screen() {
    let tree = tree();
    for arguments in [&["--output", "text.txt"][..], &["--format", "text=text.txt", "--color=auto"]]
    {
        let ended = tree.run(arguments);
        assert_eq!((ended.code, ended.out.as_str()), (Some(1), ""), "{}", ended.err);
        assert!(ended.err.starts_with("1 file in 1 package: 1 handler, "), "{}", ended.err);
        let text = std::fs::read_to_string(tree.path().join("text.txt")).unwrap_or_default();
        assert!(
            text.starts_with("error[vote-log-freshness]") && !text.contains('\u{1b}'),
            "{text}"
        );
    }
    // The first report without a file of its own is meant.
    let ended = tree.run(&["--format", "json=j", "--format", "concise", "--output", "c"]);
    assert_eq!((ended.code, ended.out.as_str()), (Some(1), ""), "{}", ended.err);
    let concise = std::fs::read_to_string(tree.path().join("c")).unwrap_or_default();
    assert!(concise.starts_with("lib.rs:"), "{concise}");
}

#[test]
fn a_report_replaces_what_was_there() {
    let tree = Tree::with(&[("lib.rs", FINDING), ("out", &"old ".repeat(10_000))]);
    tree.run(&["--format", "concise=out"]);
    let text = std::fs::read_to_string(tree.path().join("out")).unwrap_or_default();
    assert_eq!(text, tree.run(&["--format", "concise"]).out);
}

#[test]
fn what_can_not_be_meant_is_an_error_before_the_run() {
    let tree = tree();
    for (arguments, text, hint) in [
        (
            &["--format", "json", "--format", "sarif"][..],
            "two reports would be written to standard output",
            "give a report its own file: `--format sarif=FILE`",
        ),
        (
            &["--format", "json=x", "--format", "sarif=./x"],
            "two reports would be written to `./x`",
            "its own file",
        ),
        (
            &["--format", "json=x", "--output", "x", "--format", "text"],
            "two reports would be written to `x`",
            "its own file",
        ),
        (
            &["--format", "json=x", "--output", "y"],
            "`--output y` has no report to take",
            "leave out `--output`",
        ),
    ] {
        let ended = tree.run(arguments);
        assert_eq!((ended.code, ended.out.as_str()), (Some(2), ""), "{arguments:?}");
        assert!(ended.err.contains(text) && ended.err.contains(hint), "{}", ended.err);
        assert!(
            ended.err.starts_with("error: ") && ended.err.contains("\nhelp: "),
            "{}",
            ended.err
        );
        assert!(!tree.path().join("x").exists(), "{arguments:?}: nothing is written");
    }
    for (format, text) in [
        ("xml", "there is no such format; known are `text`, `concise`, `json`, `sarif`"),
        ("json=", "there is no file name behind `=`"),
    ] {
        let ended = tree.run(&["--format", format]);
        assert_eq!(ended.code, Some(2));
        assert!(ended.err.contains(text), "{}", ended.err);
    }
}

#[test]
fn a_file_that_can_not_be_written_fails_the_run() {
    let tree = tree();
    std::fs::create_dir(tree.path().join("folder")).expect("a folder can be made");
    for file in ["missing/out.json", "folder"] {
        let ended = tree.run(&["--format", &format!("json={file}"), "--format", "concise"]);
        assert_eq!(ended.code, Some(2), "{file}");
        assert!(ended.err.contains(&format!("can't write `{file}`")), "{}", ended.err);
        assert!(ended.out.starts_with("lib.rs:"), "the other report comes all the same");
    }
}

#[cfg(unix)]
#[test]
fn a_link_is_not_written_through() {
    let tree = Tree::with(&[("lib.rs", FINDING), ("victim.txt", "kept")]);
    std::os::unix::fs::symlink("victim.txt", tree.path().join("out.sarif")).expect("a link");
    std::os::unix::fs::symlink("nowhere.txt", tree.path().join("new.sarif")).expect("a link");
    for file in ["out.sarif", "new.sarif"] {
        let ended = tree.run(&["--format", &format!("sarif={file}")]);
        assert_eq!(ended.code, Some(2), "{}", ended.out);
        assert!(ended.err.contains("is a link"), "{}", ended.err);
    }
    let victim = std::fs::read_to_string(tree.path().join("victim.txt")).expect("it is there");
    assert_eq!(victim, "kept");
    assert!(!tree.path().join("nowhere.txt").exists());
    let device = tree.run(&["--format", "concise=/dev/stdout"]);
    assert_eq!(device.code, Some(1), "{}", device.err);
    assert!(device.out.contains("vote-log-freshness"), "{}", device.out);
}

#[test]
fn no_report_is_a_rust_file() {
    let tree = tree();
    for arguments in [&["--format", "sarif=lib.rs"][..], &["--output", "lib.rs"]] {
        let ended = tree.run(arguments);
        assert_eq!(ended.code, Some(2), "{}", ended.out);
        assert!(ended.err.contains("is the name of a Rust file"), "{}", ended.err);
    }
    let kept = std::fs::read_to_string(tree.path().join("lib.rs")).expect("it is there");
    assert_eq!(kept, FINDING);
}
