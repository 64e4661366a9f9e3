//! A stranger's configuration: whatever stands in it, nothing outside of the repository is read or
//! written, the run ends, and what is said about it is harmless.

use std::time::{Duration, Instant};

use crate::tree::{Ended, FINDING, Tree};

/// A run in a repository with this configuration, beside a file that is none of its business.
fn run(toml: &[u8]) -> Ended {
    let tree =
        Tree::with(&[("secret.rs", FINDING), ("repo/.git/config", ""), ("repo/lib.rs", FINDING)]);
    tree.write("repo/raft-lint.toml", toml);
    let started = Instant::now();
    let output = tree.command().current_dir(tree.path().join("repo")).output();
    assert!(started.elapsed() < Duration::from_secs(20), "{:?}", started.elapsed());
    let output = output.expect("the binary starts");
    Ended {
        code: output.status.code(),
        out: String::from_utf8(output.stdout).expect("output is UTF-8"),
        err: String::from_utf8(output.stderr).expect("messages are UTF-8"),
    }
}

/// An error of two lines without anything that acts on a terminal or a log.
fn inert(ended: &Ended, word: &str) {
    assert_eq!((ended.code, ended.out.as_str()), (Some(2), ""), "{}", ended.err);
    assert!(ended.err.contains(word), "no {word:?} in {}", ended.err);
    assert!(ended.err.starts_with("error: ") && ended.err.lines().count() == 2, "{}", ended.err);
    assert!(ended.err.len() < 2000, "{} bytes are said", ended.err.len());
    let acts = |c: char| c.is_control() && c != '\n' || ('\u{200b}'..='\u{206f}').contains(&c);
    assert!(!ended.err.contains(acts), "{:?}", ended.err);
}

#[test]
fn texts_are_shown_and_do_nothing() {
    let hostile = r"\u001b[2J\u001b]8;;http://x\u0007\n::error file=a::b\u202e\r%0A";
    for toml in [
        format!("\"{hostile}\" = 1"),
        format!("[levels]\n\"{hostile}\" = \"warn\""),
        format!("[levels]\nsafety = \"{hostile}\""),
        format!("paths = [\"{hostile}\"]"),
        format!("baseline = \"../{hostile}\""),
        format!("exclude = [\"{{{hostile}\"]"),
        format!("require = [\"{hostile}\"]"),
        format!("fail-on = \"{hostile}\""),
        format!("levels = \"{hostile}\""),
        format!("[roles]\n\"{hostile}\" = []"),
        format!("[handlers]\n\"{hostile}\" = [\"\"]"),
    ] {
        let ended = run(toml.as_bytes());
        inert(&ended, "raft-lint.toml:");
        assert!(ended.err.contains(r"\u{1b}[2J"), "the text is shown: {}", ended.err);
    }
}

#[test]
fn a_file_name_does_nothing() {
    let name = "\u{1b}[2J\n::error::x.toml";
    let tree = Tree::with(&[("lib.rs", FINDING)]);
    if std::fs::write(tree.path().join(name), "[levels]\nsafety = \"allow\"\n").is_err() {
        return; // a file system that knows no such names
    }
    let ended = tree.run(&["-v", "--config", name]);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    for text in [ended.out, ended.err] {
        assert!(!text.contains('\u{1b}') && !text.contains("\n::error"), "{text:?}");
        assert!(text.contains(r"\u{1b}[2J\u{a}::error::x.toml"), "{text:?}");
    }
}

#[test]
fn what_is_too_much_is_refused() {
    let long = |c: &str| c.repeat(10 << 20);
    inert(&run(long("#").as_bytes()), "longer than 1 MiB");
    inert(&run(long("x = 1\n").as_bytes()), "longer than 1 MiB");
    let key = "k".repeat(500_000);
    inert(&run(format!("{key} = 1").as_bytes()), "there is no key `kkk");
    inert(&run(format!("[levels]\n{key} = \"warn\"").as_bytes()), "no rule or group `kkk");
    let deep =
        |open: &str, close: &str| format!("x = {}{}", open.repeat(100_000), close.repeat(100_000));
    inert(&run(deep("[", "]").as_bytes()), "raft-lint.toml:1: ");
    inert(&run(deep("{a=", "}").as_bytes()), "raft-lint.toml:1: ");
    inert(&run(format!("[a{}]", ".a".repeat(100_000)).as_bytes()), "raft-lint.toml:1: ");
    inert(&run(b"[levels]\n# \xff\xfe\n"), "line 2 is not UTF-8");
    inert(&run(&[0; 100]), "raft-lint.toml:1: ");
    let many: Vec<String> = (0..40_000).map(|n| format!("\"**/a*{n}*b*/**/c?\"")).collect();
    let many = format!("exclude = [{}]", many.join(","));
    inert(&run(many.as_bytes()), "can't use the patterns of `exclude` together");
    let torn = format!("exclude = [\"{}{{\"]", "a".repeat(500_000));
    inert(&run(torn.as_bytes()), "`: unclosed alternate group");
    let wrong = format!("levels = \"{}\"", "a".repeat(500_000));
    inert(&run(wrong.as_bytes()), "invalid type: string \"aaa");
    let names = format!("[roles]\nprev_log_term = [{}]", "\n\"a\",".repeat(200_000));
    let ended = run(names.as_bytes());
    assert_eq!(ended.code, Some(2));
    assert!(ended.err.contains("is called `a`"), "{}", ended.err);
    assert!(ended.out.len() < 4000, "{}", ended.out);
    let paths = format!("paths = [{}]", "\".\",".repeat(200_000));
    assert_eq!(run(paths.as_bytes()).code, Some(1));
    let wide = format!("exclude = [\"{}\"]", "{a,b}".repeat(50_000));
    assert_eq!(run(wide.as_bytes()).code, Some(1));
}

#[test]
fn no_path_leads_out_of_the_repository() {
    let absolute = if cfg!(windows) { "C:/secret.rs" } else { "/secret.rs" };
    for path in [
        "../secret.rs",
        "..",
        "a/../../secret.rs",
        "./../repo/../secret.rs",
        absolute,
        ".git/config",
        ".GIT/x",
        ".git./x",
        "GIT~1/x",
        "",
    ] {
        for toml in [format!("paths = [\"{path}\"]"), format!("baseline = \"{path}\"")] {
            let ended = run(toml.as_bytes());
            inert(&ended, "inside of the repository");
            assert!(!ended.err.contains("does not exist"), "{}", ended.err);
        }
    }
}

#[cfg(unix)]
#[test]
fn no_link_leads_out_of_the_repository() {
    use std::os::unix::fs::symlink;
    let tree = Tree::with(&[
        ("secret/lib.rs", FINDING),
        ("secret/raft-lint.toml", "[levels]\nsafety = \"allow\"\n"),
        ("repo/.git/config", "[core]\n"),
        ("repo/lib.rs", FINDING),
        ("repo/real.toml", "[levels]\nsafety = \"warn\"\n"),
    ]);
    let repo = tree.path().join("repo");
    let at = |to: &str| {
        let file = repo.join("raft-lint.toml");
        let _ = std::fs::remove_file(&file);
        symlink(to, &file).expect("a link can be made");
        crate::tree::ended(tree.command().current_dir(&repo))
    };
    inert(&at("../secret/raft-lint.toml"), "a link that leads out of the repository");
    inert(&at(".git/config"), "a link that leads out of the repository");
    inert(&at("raft-lint.toml"), "a link that leads nowhere");
    inert(&at("missing"), "a link that leads nowhere");
    inert(&at("/dev/zero"), "a link that leads out of the repository");
    let inside = at("real.toml");
    assert!(inside.out.contains("warning[vote-log-freshness]"), "{}{}", inside.out, inside.err);

    let _ = std::fs::remove_file(repo.join("raft-lint.toml"));
    symlink("../secret", repo.join("out")).expect("a link can be made");
    symlink(".git", repo.join("git")).expect("a link can be made");
    for path in ["out", "out/lib.rs", "git/config", "git/hooks/new"] {
        for key in ["paths = [", "baseline = "] {
            let end = if key.ends_with('[') { "]" } else { "" };
            tree.write("repo/raft-lint.toml", format!("{key}\"{path}\"{end}\n").as_bytes());
            inert(
                &crate::tree::ended(tree.command().current_dir(&repo)),
                "inside of the repository",
            );
        }
    }
    std::fs::remove_file(repo.join("raft-lint.toml")).expect("it can be removed");
    symlink("../secret/Cargo.toml", repo.join("Cargo.toml")).expect("a link can be made");
    tree.write("secret/Cargo.toml", b"[package.metadata.raft-lint.levels]\nsafety = \"allow\"\n");
    let ended = crate::tree::ended(tree.command().current_dir(&repo));
    assert_eq!(ended.code, Some(1), "a manifest out of the repository configures nothing");
}
