//! What is said of a name is said of nothing else, and said once.

use crate::taught::{found, run};
use crate::tree::{FINDING, Tree, count};

/// The voter that compares a foreign value with its own last entry, where the candidate's belongs.
fn comparing(value: &str) -> String {
    let asks = format!(
        "        let own = (self.log.last().map_or(0, |e| e.0), self.log.len() as u64);
        let fresh = ({value}, own.1) >= own;
        if request.term < self.current_term || !free || !fresh {{"
    );
    FINDING.replace("        if request.term < self.current_term || !free {", &asks)
}

/// Asserts that a voter that asks the wrong thing is still found.
fn assert_found(what: &str, text: &str) {
    let (ended, report) = run(text);
    let rules: Vec<String> = found(&report, "findings").into_iter().map(|f| f.0).collect();
    assert!(rules.iter().any(|r| r == "vote-log-freshness"), "{what}: {rules:?} {}", ended.out);
}

#[test]
fn what_is_spelled_alike_is_something_else() {
    let role = "// raft-lint: role(last_log_term)";
    let hits =
        "static HITS: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(0);\n";
    let load = "HITS.load(std::sync::atomic::Ordering::Relaxed)";
    let other = format!("pub struct Meta {{\n    {role}\n    pub x: u64,\n}}\n");
    for (what, program) in [
        (
            "a method of the standard library",
            format!(
                "{}{hits}pub struct Meta(u64);\nimpl Meta {{\n    {role}\n    fn load(&self) -> u64 {{\n        self.0\n    }}\n}}\n",
                comparing(load)
            ),
        ),
        (
            "a field of another type",
            format!("{}{other}pub struct Stats {{ pub x: u64 }}\n", comparing("stats(&request).x"))
                + "fn stats(_: &VoteRequest) -> Stats { foreign::stats() }\n",
        ),
        (
            "a binding behind the end of the scope",
            comparing("x").replace("        let own =", &format!("        let x = 7;\n        {{\n            {role}\n            let x = request.candidate_id;\n            drop(x);\n        }}\n        let own =")),
        ),
        (
            "a binding that hides it",
            comparing("x").replace("        let own =", &format!("        {role}\n        let x = 7;\n        drop(x);\n        let x = request.candidate_id;\n        let own =")),
        ),
        (
            "a parameter of a closure that hides it",
            comparing("[1].iter().map(|x| *x).sum::<u64>()").replace("        let own =", &format!("        {role}\n        let x = 7;\n        drop(x);\n        let own =")),
        ),
    ] {
        let bare: String =
            program.lines().filter(|l| !l.contains("raft-lint:")).map(|l| format!("{l}\n")).collect();
        assert_found(what, &bare);
        assert_found(what, &program);
    }
}

#[test]
fn a_type_of_the_same_name_in_another_package_is_another_type() {
    let meta = |role: &str| format!("pub struct Meta {{\n    pub x: u64, // {role}\n}}\n");
    let voter = format!(
        "{}{}fn meta(_: &VoteRequest) -> Meta {{ foreign::meta() }}\n",
        comparing("meta(&request).x"),
        meta("")
    );
    let manifest = |name: &str| format!("[package]\nname = \"{name}\"\n");
    let tree = Tree::with(&[
        ("a/Cargo.toml", &manifest("a")),
        ("a/src/lib.rs", &meta("raft-lint: role(last_log_term)")),
        ("b/Cargo.toml", &manifest("b")),
        ("b/src/lib.rs", &voter),
    ]);
    let report = tree.json();
    assert!(found(&report, "findings").iter().any(|f| f.0 == "vote-log-freshness"), "{report:#}");
}

#[test]
fn types_of_one_name_in_a_package_are_told_to_be_alike() {
    let two = "mod a {\n    pub struct Meta {\n        pub x: u64, // raft-lint: role(last_log_term)\n    }\n}\n\
               mod b {\n    pub struct Meta {\n        pub x: u64,\n    }\n}\n";
    let (ended, _) = run(&format!("{FINDING}{two}"));
    assert!(ended.out.contains("more than one type `Meta` with such a field"), "{}", ended.out);
    let both = two.replace(
        "pub x: u64,\n    }\n}\n",
        "pub x: u64, // raft-lint: role(last_log_term)\n    }\n}\n",
    );
    let (ended, _) = run(&format!("{FINDING}{both}"));
    assert!(!ended.out.contains("more than one type"), "{}", ended.out);
}

#[test]
fn variants_are_those_of_their_enum() {
    let enums = "pub enum Wire {\n    // raft-lint: handler(append_entries)\n    Put(u64),\n}\n\
                 pub enum Client {\n    Put(u64),\n    Get,\n}\n\
                 impl Client {\n    pub fn run(&self) -> u64 {\n        match self {\n            Self::Put(x) => *x,\n            \
                 Client::Get => 0,\n        }\n    }\n}\n";
    let (_, report) = run(&format!("{FINDING}{enums}"));
    let handlers = report["handlers"].as_array().cloned().unwrap_or_default();
    assert!(!handlers.iter().any(|h| h["role"] == "append_entries"), "{report:#}");
}

#[test]
fn variants_of_the_standard_library_are_no_messages() {
    for pattern in ["Some(_)", "None", "Ok(_)", "Option::Some(_)"] {
        let value = if pattern == "Ok(_)" { "Result<u8, u8>" } else { "Option<u8>" };
        let arms = format!(
            "pub fn zz(o: {value}) {{\n    match o {{\n        // raft-lint: handler(vote_reply)\n        {pattern} => {{}}\n        _ => {{}}\n    }}\n}}\n"
        );
        let (ended, report) = run(&format!("{FINDING}{arms}"));
        assert!(ended.out.contains("is no variant of an enum of this workspace"), "{}", ended.out);
        assert_eq!(count(&report, "findings"), 2, "{report:#}");
    }
}

#[test]
fn two_things_said_of_one_are_an_error() {
    let method =
        |said: &str| FINDING.replace("    pub fn handle", &format!("{said}\n    pub fn handle"));
    let field = |said: &str| {
        FINDING.replace(
            "    pub voted_for: Option<u64>",
            &format!("{said}\n    pub voted_for: Option<u64>"),
        )
    };
    for (text, what) in [
        (
            method(
                "    // raft-lint: handler(append_entries)\n    // raft-lint: handler(request_vote)",
            ),
            "two messages",
        ),
        (
            field("    // raft-lint: role(voted_for)\n    // raft-lint: role(current_term)"),
            "two roles",
        ),
        (
            field("    // raft-lint: role(voted_for) // raft-lint: role(current_term)"),
            "says one thing",
        ),
    ] {
        let (ended, _) = run(&text);
        assert_eq!(ended.code, Some(1), "{what}");
        assert!(ended.out.contains(what), "{what}: {}", ended.out);
        assert!(ended.out.contains("[comment-without-effect]"), "{what}: {}", ended.out);
    }
    for words in [
        "[roles]\ncurrent_term = [\"Node.current_term\"]\nterm = [\"current_term\"]\n",
        "[handlers]\nrequest_vote = [\"Node::handle_request_vote\"]\nappend_entries = [\"handle_request_vote\"]\n",
    ] {
        let tree = Tree::with(&[("lib.rs", FINDING), ("raft-lint.toml", words)]);
        let ended = tree.run(&[]);
        assert_eq!(ended.code, Some(2), "{words}: {}", ended.out);
        assert!(ended.err.contains("this has two "), "{words}: {}", ended.err);
    }
}

#[test]
fn what_gives_or_gets_nothing_has_no_role() {
    for (item, what) in [
        (
            "// raft-lint: handler(append_entries)\npub fn zz() {}\n",
            "this function receives nothing",
        ),
        ("// raft-lint: role(term)\npub fn zz(x: u64) {\n    drop(x);\n}\n", "returns nothing"),
    ] {
        let (ended, _) = run(&format!("{FINDING}{item}"));
        assert!(ended.out.contains(what), "{what}: {}", ended.out);
    }
}

/// The walk is over before anyone waits for it.
#[test]
fn many_roles_cost_no_more_than_their_number() {
    let one = "    // raft-lint: role(term)\n    let x = 1;\n";
    let text = format!("{FINDING}pub fn zz() {{\n{}}}\n", one.repeat(9000));
    let (ended, report) = run(&text);
    assert_eq!(ended.code, Some(1));
    assert_eq!(count(&report, "findings"), 1, "{}", ended.out);
}

/// A role takes nothing from a proof that holds without it.
#[test]
fn a_role_breaks_no_proof() {
    let asks = "        let tail = Tail { t: self.log.last().map_or(0, |e| e.0), i: self.log.len() as u64 };
        let fresh = request.last_log_term > tail.t
            || request.last_log_term == tail.t && request.last_log_index >= tail.i;
        if request.term < self.current_term || !free || !fresh {";
    let program = FINDING.replace("        if request.term < self.current_term || !free {", asks);
    for role in ["", "// raft-lint: role(own_last_log_term)"] {
        let tail =
            format!("pub struct Tail {{\n    {role}\n    pub t: u64,\n    pub i: u64,\n}}\n");
        let (ended, _) = run(&format!("{program}{tail}"));
        assert_eq!(ended.code, Some(0), "{role}: {}", ended.out);
    }
}

/// What takes nothing but itself receives nothing, and a comment says one thing.
#[test]
fn what_is_said_in_vain_is_told() {
    for (text, what) in [
        (
            "impl Node {\n    // raft-lint: handler(vote_reply)\n    fn zz(&self) -> u64 {\n        1\n    }\n}\n",
            "this function receives nothing",
        ),
        (
            "// raft-lint: role(term), role(current_term)\npub fn zz() -> u64 {\n    1\n}\n",
            "says one thing",
        ),
    ] {
        let (ended, _) = run(&format!("{FINDING}{text}"));
        assert!(ended.out.contains(what), "{what}: {}", ended.out);
    }
}

/// Fields and variant of a message that is a variant, each with its role.
#[test]
fn fields_of_a_variant_that_is_a_handler() {
    let text = |asks: &str| {
        format!(
            "pub enum Wire {{
    // raft-lint: handler(request_vote)
    P7 {{
        t: u64, // raft-lint: role(term)
        who: u64, // raft-lint: role(candidate_id)
        li: u64, // raft-lint: role(last_log_index)
        lt: u64, // raft-lint: role(last_log_term)
    }},
    Other,
}}
pub struct Node {{
    pub current_term: u64,
    pub voted_for: Option<u64>,
    pub log: Vec<(u64, String)>,
}}
impl Node {{
    pub fn dispatch(&mut self, wire: Wire) -> Option<bool> {{
        match wire {{
            Wire::P7 {{ t, who, li, lt }} => {{
                if t < self.current_term {{
                    return Some(false);
                }}
                if t > self.current_term {{
                    self.current_term = t;
                    self.voted_for = None;
                }}
                let own = (self.log.last().map_or(0, |e| e.0), self.log.len() as u64);
                if self.voted_for.is_some_and(|id| id != who) || {asks} {{
                    return Some(false);
                }}
                self.voted_for = Some(who);
                Some(true)
            }}
            Wire::Other => None,
        }}
    }}
}}
"
        )
    };
    let (ended, report) = run(&text("(lt, li) < own"));
    assert_eq!(ended.code, Some(0), "{}", ended.out);
    let decided = report["obligations"].as_array().into_iter().flatten();
    assert!(decided.filter(|o| o["rule"] == "vote-log-freshness").count() > 0, "{report:#}");
    assert_eq!(run(&text("li == 7 && own.1 == 7")).0.code, Some(1), "without a comparison");
}
