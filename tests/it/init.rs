//! `raft-lint init`: the file that it writes loads, fits, and takes no other's place.

use crate::support::root;
use crate::tree::{FINDING, OTHER, Tree, clean};

fn written(tree: &Tree) -> String {
    std::fs::read_to_string(tree.path().join("raft-lint.toml")).unwrap_or_default()
}

#[test]
fn what_is_written_loads_and_changes_only_what_is_required() {
    let fixture = root().join("fixtures/append_prev_check/accept");
    for (file, text) in
        [("lib.rs", FINDING.to_owned()), ("lib.rs", clean()), ("lib.rs", OTHER.to_owned())]
    {
        let tree = Tree::with(&[(".git/HEAD", ""), (file, &text)]);
        let before = tree.run(&[]).code;
        let ended = tree.run(&["init"]);
        assert_eq!(ended.code, Some(0), "{}", ended.err);
        assert!(ended.out.starts_with("`raft-lint.toml` was written\n"), "{}", ended.out);
        let after = tree.run(&["-v"]);
        assert_eq!(after.code, before, "{}", after.err);
        assert!(after.err.contains("configuration: raft-lint.toml\n"), "{}", after.err);
        assert!(!after.out.contains(" by raft-lint.toml"), "it takes nothing back: {}", after.out);
    }
    let tree = Tree::with(&[]);
    let source = std::fs::read_dir(fixture).expect("the fixtures are there").flatten().next();
    let text = std::fs::read(source.expect("there is one").path()).expect("it is readable");
    tree.write("lib.rs", &text);
    tree.run(&["init"]);
    assert!(written(&tree).contains("\nrequire = [\"append\""), "{}", written(&tree));
}

#[test]
fn every_proposal_in_it_loads() {
    let tree = Tree::with(&[(".git/HEAD", ""), ("lib.rs", FINDING)]);
    tree.run(&["baseline"]);
    tree.run(&["init"]);
    let is_setting = |line: &&str| {
        let named = line.contains("\"Type") || line.contains("\"name\"");
        line.starts_with("# ") && line.contains(" = ") && !line.contains(": ") && !named
    };
    let text = written(&tree);
    let open: Vec<&str> = text
        .lines()
        .map(|line| if is_setting(&line) { line.trim_start_matches("# ") } else { line })
        .collect();
    let levels = open.iter().filter(|line| line.contains(" = \"error\"")).count();
    assert!(levels > 15, "{text}");
    tree.write("raft-lint.toml", open.join("\n").as_bytes());
    let ended = tree.run(&["--allow", "safety"]);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    assert!(open.contains(&"paths = [\".\"]"), "{text}");
}

#[test]
fn it_says_what_was_recognised_and_what_was_not() {
    let tree = Tree::with(&[
        ("raft/Cargo.toml", ""),
        ("raft/src/lib.rs", FINDING),
        ("other/Cargo.toml", ""),
        ("other/lib.rs", OTHER),
    ]);
    let ended = tree.run(&["init"]);
    let text = written(&tree);
    for said in [
        "package `raft`: 1 handler (request_vote), ",
        "`vote` is required from now on",
        "`append` is not required: no AppendEntries handler was recognised",
        "note: package `raft` keeps Raft state",
    ] {
        assert!(ended.out.contains(said), "{said}: {}", ended.out);
    }
    for line in [
        "require = [\"vote\"]",
        "# paths = [\"raft\"]",
        "# request_vote = [\"Type::function\"] # recognised: `Node::handle_request_vote`",
        "# append_entries = [\"Type::function\"] # none recognised",
        "# safety = \"error\"",
    ] {
        assert!(text.lines().any(|l| l == line), "{line}: {text}");
    }
    assert!(
        text.contains("but no AppendEntries handler was recognised: `append-prev-check`"),
        "{text}"
    );
    for rule in raft_lint::rules::ALL {
        assert!(text.contains(&format!("# {} = ", rule.id)), "{}", rule.id);
        assert!(text.contains(rule.summary), "{}", rule.id);
    }
}

#[test]
fn nothing_is_overwritten_unasked() {
    let tree = Tree::with(&[("raft-lint.toml", "# mine\n"), ("lib.rs", FINDING)]);
    let ended = tree.run(&["init"]);
    assert_eq!((ended.code, ended.out.as_str()), (Some(2), ""));
    assert!(ended.err.contains("`raft-lint.toml` exists already"), "{}", ended.err);
    assert!(ended.err.contains("`--force`"), "{}", ended.err);
    assert_eq!(written(&tree), "# mine\n");
    let printed = tree.run(&["init", "--print"]);
    assert_eq!(printed.code, Some(0), "{}", printed.err);
    assert_eq!(written(&tree), "# mine\n");
    assert_eq!(tree.run(&["init", "--force"]).code, Some(0));
    assert_eq!(written(&tree), printed.out);
    for (arguments, word) in [
        (&["init", "lib.rs"][..], "is not a directory"),
        (&["init", "missing"], "`missing` is not a directory"),
        (&["init", "-"], "`-` is not a directory"),
    ] {
        let ended = tree.run(arguments);
        assert_eq!(ended.code, Some(2), "{}", ended.err);
        assert!(ended.err.contains(word), "{}", ended.err);
    }
    let manifest = "[package.metadata.raft-lint]\nfail-on = \"error\"\n";
    let tree = Tree::with(&[("Cargo.toml", manifest), ("src/lib.rs", FINDING)]);
    let ended = tree.run(&["init"]);
    assert_eq!(ended.code, Some(2));
    assert!(ended.err.contains("`Cargo.toml` holds a configuration already"), "{}", ended.err);
    assert_eq!(written(&tree), "");
}

#[cfg(unix)]
#[test]
fn it_writes_through_no_link() {
    let tree = Tree::with(&[("victim.txt", "kept"), ("repo/lib.rs", FINDING)]);
    let link = tree.path().join("repo/raft-lint.toml");
    std::os::unix::fs::symlink("../victim.txt", link).expect("a link can be made");
    for arguments in [&["init", "repo"][..], &["init", "repo", "--force"]] {
        assert_eq!(tree.run(arguments).code, Some(2), "{arguments:?}");
        let kept = std::fs::read_to_string(tree.path().join("victim.txt"));
        assert_eq!(kept.expect("it is there"), "kept", "{arguments:?}");
    }
}

#[cfg(unix)]
#[test]
fn names_from_the_code_set_nothing() {
    let dir = "x\"]\nfail-on = \"error\"\n\u{1b}[2J#\u{202e}";
    let manifest = format!("{dir}/Cargo.toml");
    let source = format!("{dir}/src/lib.rs");
    let tree = Tree::with(&[(".git/HEAD", ""), (&manifest, ""), (&source, FINDING)]);
    let ended = tree.run(&["init"]);
    let text = written(&tree);
    for said in [&text, &ended.out] {
        assert!(!said.contains(['\u{1b}', '\u{202e}']), "{said:?}");
        assert!(!said.contains("\nfail-on"), "{said}");
    }
    let after = tree.run(&["--format", "json"]);
    assert_eq!(after.json()["configuration"]["errors_only"], false, "{}", after.err);
    let open = text.replace("# paths = ", "paths = ");
    tree.write("raft-lint.toml", open.as_bytes());
    assert_eq!(tree.run(&[]).code, Some(1), "the proposed path is that of the package");
}
