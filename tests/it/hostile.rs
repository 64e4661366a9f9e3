//! Hostile input: whatever stands in a tree, the run ends, says what it skipped, and checks the
//! rest.

mod editions;
mod nesting;
mod races;
mod shapes;
mod watched;

#[cfg(unix)]
mod paths;

use std::time::{Duration, Instant};

use crate::tree::{FINDING, Tree, clean, count};

/// Terms and messages, so that the prefilter keeps the package.
fn function(body: &str) -> String {
    format!(
        "pub struct Node {{ pub term: u64, pub commit_index: u64 }}\n\
             pub fn step(term: u64, node: &mut Node) {{ {body} }}\n"
    )
}

/// A tree with a file of this text, which may not keep the finding in the other from being found.
fn survives(name: &str, text: &[u8], skipped: Option<&str>) {
    let tree = Tree::with(&[("good.rs", FINDING)]);
    tree.write("bad.rs", text);
    let started = Instant::now();
    let ended = tree.run(&["--format", "json"]);
    assert!(started.elapsed() < Duration::from_secs(60), "{name} takes {:?}", started.elapsed());
    assert_eq!(ended.code, Some(1), "{name}: {}", ended.err);
    let report = ended.json();
    let problems = report["problems"].as_array().cloned().unwrap_or_default();
    let kinds: Vec<_> = problems.iter().filter_map(|p| p["kind"].as_str()).collect();
    assert_eq!(kinds, Vec::from_iter(skipped), "{name}: {report:#}");
    if let Some(kind) = skipped {
        assert!(ended.err.contains("bad.rs"), "{name}: {}", ended.err);
        assert!(ended.err.contains(kind), "{name}: {}", ended.err);
        let text = tree.run(&[]).out;
        assert!(text.contains(", 1 file skipped ("), "{name}: {text}");
    }
}

#[test]
fn files_that_do_not_parse_are_reported() {
    survives("unparsed", function("let = ;").as_bytes(), Some("unparsed"));
    survives("truncated", &FINDING.as_bytes()[..FINDING.len() - 40], Some("unparsed"));
    survives("not UTF-8", b"pub fn vote(term: u64) {}\n// \xff\xfe\n", Some("unreadable"));
    survives("binary", &[0, 1, 2, 255, 254, 0, 10, 13], Some("unreadable"));
}

#[test]
fn odd_but_legal_files_are_read() {
    survives("empty", b"", None);
    survives("comment", b"// term vote", None);
    survives("byte order mark", format!("\u{feff}{}", clean()).as_bytes(), None);
    survives("carriage returns", clean().replace('\n', "\r\n").as_bytes(), None);
    survives("shebang", format!("#!/usr/bin/env run\n{}", clean()).as_bytes(), None);
}

#[test]
fn places_do_not_depend_on_line_ends_and_marks() {
    let findings = |text: &str| {
        let report = Tree::with(&[("lib.rs", text)]).json();
        assert!(count(&report, "findings") > 0, "{report:#}");
        report["findings"].clone()
    };
    let plain = findings(FINDING);
    assert_eq!(findings(&FINDING.replace('\n', "\r\n")), plain);
    assert_eq!(findings(&format!("\u{feff}{FINDING}")), plain);
}

#[test]
fn deep_nesting_is_refused() {
    let n = 100_000;
    let nested = |open: &str, close: &str| {
        function(&format!("node.commit_index = {}term{};", open.repeat(n), close.repeat(n)))
    };
    for (open, close) in [
        ("(", ")"),
        ("{", "}"),
        ("[", "]"),
        ("!", ""),
        ("&", ""),
        ("-", ""),
        ("f(", ")"),
        ("vec![", "]"),
        ("|x| ", ""),
        ("return ", ""),
        ("term = ", ""),
        ("", "?"),
        ("", " as u64"),
        ("", ".max(term)"),
        ("1 + ", ""),
    ] {
        survives(&format!("{open}x{close}"), nested(open, close).as_bytes(), Some("too-deep"));
    }
    let types = format!("pub fn vote(term: {}u8{}) {{}}", "Vec<".repeat(n), ">".repeat(n));
    survives("types", types.as_bytes(), Some("too-deep"));
    let pattern = function(&format!("let {}x{} = term;", "Some(".repeat(n), ")".repeat(n)));
    survives("patterns", pattern.as_bytes(), Some("too-deep"));
    survives("never closed", "fn vote(term: u64) {".repeat(n).as_bytes(), Some("too-deep"));
}

#[test]
fn big_files_do_not_hang() {
    let sum = function(&format!("node.commit_index = {}1;", "node.term + ".repeat(440_000)));
    assert!(sum.len() > 5_000_000);
    survives("one expression of 5 MB", sum.as_bytes(), Some("too-deep"));
    survives("many statements", function(&"let x = term;".repeat(50_000)).as_bytes(), None);
    let chain = "if term == node.term { node.commit_index = term } else ".repeat(400);
    survives("a long else-if chain", function(&format!("{chain} {{}}")).as_bytes(), None);
    let text = function(&format!("let commit = \"{}\";", "a".repeat(17 << 20)));
    survives("17 MiB", text.as_bytes(), Some("too-large"));
}

/// What is scanned before the parse: the scanner may neither fall, nor be slow, nor be fooled into
/// not seeing the brackets that the parser would overflow at.
#[test]
fn odd_lexical_shapes_are_survived() {
    let n = 100_000;
    let with = |more: &str| format!("{}\n{more}", clean());
    survives("half a module", with("#[cfg(test)]\nmod\n").as_bytes(), Some("unparsed"));
    survives("many attributes", with(&"#[cfg(test)]".repeat(n)).as_bytes(), Some("too-deep"));
    survives(
        "open modules",
        with(&"#[cfg(test)] mod t {".repeat(400)).as_bytes(),
        Some("unparsed"),
    );
    let raw = format!("const S: &str = r{}\"{};", "#".repeat(n), "x".repeat(n));
    survives("raw string", with(&raw).as_bytes(), Some("too-deep"));
    let assignments = function(&format!("let mut x = (); x {};", "= {} ".repeat(n)));
    survives("assigned blocks", assignments.as_bytes(), Some("too-deep"));
    let deep = "(".repeat(n);
    survives("shebang", format!("#!/x\"\n{}{deep}", clean()).as_bytes(), Some("too-deep"));
    let space = with(&format!("const S: &str =\u{a0}r\"\\\"; fn f() {{ {deep}"));
    survives("white space beyond ASCII", space.as_bytes(), Some("too-deep"));
    let line = "node.commit_index = term;".repeat(8_000);
    survives("a long line", function(&format!("let é = 1; {line}")).as_bytes(), None);
    let ways = "if term == node.term { return }\n".repeat(4_000);
    survives("many ways out", function(&ways).as_bytes(), None);
}

/// A file's own macros are expanded where they return: not without end.
#[test]
fn expansions_stay_small() {
    let with = |rules: &str, body: &str| format!("{rules}\n{}", function(body));
    let rules = format!("macro_rules! m {{ ($a:expr) => {{ {} return; }} }}", "$a;".repeat(9_000));
    let call = format!("m!([{} 1]);", "1, ".repeat(9_000));
    let wide = with(&rules, &call.repeat(20));
    survives("a wide argument many times", wide.as_bytes(), None);
    let own = "macro_rules! m { ($a:expr) => { m!(m!($a)); return; } }";
    survives("a macro in itself", with(own, &"m!(term);".repeat(1_000)).as_bytes(), None);
    let deep = with(
        "macro_rules! m { ($a:expr) => { if $a { return; } } }",
        &format!("m!({}1{});", "(".repeat(100), ")".repeat(100)),
    );
    survives("a deep argument", deep.as_bytes(), None);
    let odd = "macro_rules! m { ($a:expr) => { if $b { return; $ } } }";
    survives(
        "a parameter that is none",
        with(odd, "m!(term); m!(); m!(1, 2); m!{}").as_bytes(),
        None,
    );
}

/// All parts of what a macro stands for have one place: nothing goes round in it.
#[test]
fn expansions_are_no_circles() {
    let program = "
        use std::collections::HashMap;
        pub trait StateMachine { fn apply(&mut self, command: &u64); }
        pub struct Sessions { pub open: HashMap<u64, u32>, pub last: Option<u64> }
        impl StateMachine for Sessions { fn apply(&mut self, command: &u64) { CALL } }\n";
    let assigned = "{ { self.last = Some(*client); }; { 1 }; }";
    for (rules, call) in [
        (
            "($s:expr, $c:ident, $a:expr) => { for ($c, t) in &mut $s.open { $a; } if false { return; } }",
            format!("m!(self, client, {assigned});"),
        ),
        (
            "($s:expr, $a:block) => { for (client, t) in &mut $s.open { $a; } if false { return; } }",
            format!("m!(self, {assigned});"),
        ),
        (
            "($a:expr) => { $a; return; }",
            format!("m!({{ for (client, t) in &mut self.open {assigned} }});"),
        ),
    ] {
        let text = format!("macro_rules! m {{ {rules} }}{}", program.replace("CALL", &call));
        survives(rules, text.as_bytes(), None);
    }
}

/// Each line doubles what the one before it stands for.
#[test]
fn types_in_a_circle_are_survived() {
    let program = "use std::ops::Deref;\n\
        pub struct VoteRequest { pub term: u64, pub candidate_id: u64 }\n\
        pub struct A { b: B }\npub struct B { a: Box<A> }\n\
        impl Deref for A { type Target = B; fn deref(&self) -> &B { &self.b } }\n\
        impl Deref for B { type Target = A; fn deref(&self) -> &A { &self.a } }\n\
        type C = D; type D = C;\n\
        impl A { pub fn handle_request_vote(&mut self, request: VoteRequest, c: C) -> bool {\n\
        if request.term < self.current_term || c.term > 1 { return false; }\n\
        self.voted_for = Some(request.candidate_id); true } }\n";
    survives("circles", program.as_bytes(), None);
}

#[test]
fn shared_parts_do_not_multiply() {
    let doubled = |line: &str, last: &str| {
        let line =
            |i: usize| line.replace("NEW", &format!("x{}", i + 1)).replace("OLD", &format!("x{i}"));
        let lines: String = (0..60).map(line).collect();
        FINDING.replace("self.voted_for = Some", &format!("{lines} {last}; self.voted_for = Some"))
    };
    for (name, first, line, last) in [
        ("tuples", "request.term", "let NEW = (OLD, OLD);", "if x60 == x59 { return }"),
        (
            "options",
            "Some(request)",
            "let NEW = (OLD.clone(), OLD);",
            "if x60.0 != x60.1 { return }",
        ),
        (
            "conditions",
            "request.term == 1",
            "let NEW = OLD && self.f() || OLD;",
            "if x60 { return }",
        ),
        (
            "choices",
            "request.term == 1",
            "let NEW = if OLD { OLD } else { !OLD };",
            "if x60 { return }",
        ),
        ("sums", "request.term", "let NEW = OLD + OLD;", "if x60 == x59 { return }"),
        ("iterators", "self.log.iter()", "let NEW = OLD.zip(OLD);", "for x in x60 { drop(x) }"),
        ("closures", "|x: u64| x", "let NEW = |x: u64| OLD(OLD(x));", "x60(1)"),
    ] {
        let text = doubled(line, last).replace("let x1 =", &format!("let x0 = {first}; let x1 ="));
        assert!(text.contains("x60"), "{name}: the finding has changed its form");
        survives(name, text.as_bytes(), None);
    }
}

#[test]
fn long_lines_are_shown_in_part() {
    let long = format!("/*{}*/ self.voted_for = Some", "x".repeat(5_000_000));
    let tree = Tree::with(&[("lib.rs", &FINDING.replace("self.voted_for = Some", &long))]);
    let ended = tree.run(&[]);
    assert_eq!(ended.code, Some(1));
    assert!(ended.out.len() < 20_000, "{} bytes", ended.out.len());
    assert!(ended.out.contains("self.voted_for = Some"), "{}", ended.out);
}

/// Clears the screen, rings, reverses the line's direction, hides text.
const EVIL: &str = "\u{1b}[2J\u{7}\u{8}\u{9b}31m\u{202e}\u{2066}\u{200b}";

fn is_harmless(text: &str) -> bool {
    let evil = |c: char| c != '\n' && c.is_control() || EVIL.contains(c) && !c.is_ascii();
    !text.contains(evil)
}

#[test]
fn nothing_that_is_printed_acts_on_the_terminal() {
    let text = FINDING
        .replace("self.voted_for = Some", &format!("/* {EVIL}\r */ self.voted_for = Some"))
        .replace("return VoteReply", &format!("/* {EVIL} */ return VoteReply"));
    let tree = Tree::with(&[("lib.rs", &text), ("bad.rs", &format!("term! vote {EVIL}"))]);
    for arguments in [&[][..], &["map"], &["--format", "json"], &["map", "--format", "json"]] {
        let ended = tree.run(arguments);
        assert!(is_harmless(&ended.out), "{arguments:?}: {:?}", ended.out);
        assert!(is_harmless(&ended.err), "{arguments:?}: {:?}", ended.err);
    }
    assert_eq!(count(&tree.json(), "problems"), 1);
    let missing = tree.run(&[EVIL]);
    assert!(missing.code == Some(2) && is_harmless(&missing.err), "{:?}", missing.err);
}
