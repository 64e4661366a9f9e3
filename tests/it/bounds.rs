//! Past a bound nothing is said that was not looked at: each bound has a program just inside of it that is
//! decided, and one past it that is not decided and says which bound that was.

use crate::tree::{Ended, Tree};

/// A follower whose log is written by a helper, with a guard that stands elsewhere.
const HEAD: &str = "\
#[derive(Clone)]
pub struct Entry {
    pub term: u64,
}

pub struct AppendEntries {
    pub term: u64,
    pub leader_id: u64,
    pub prev_log_index: u64,
    pub prev_log_term: u64,
    pub entries: Vec<Entry>,
    pub leader_commit: u64,
}

pub struct AppendReply {
    pub term: u64,
    pub success: bool,
}

pub struct Node {
    pub current_term: u64,
    pub voted_for: Option<u64>,
    pub log: Vec<Entry>,
    pub commit_index: u64,
    pub seen: u64,
}
";

/// What every node has.
const METHODS: &str = "
    fn term_at(&self, index: u64) -> Option<u64> {
        if index == 0 {
            return Some(0);
        }
        self.log.get(index as usize - 1).map(|entry| entry.term)
    }

    fn store(&mut self, request: &AppendEntries) {
        let mut index = request.prev_log_index;
        for entry in &request.entries {
            index += 1;
            if self.term_at(index) == Some(entry.term) {
                continue;
            }
            if index <= self.commit_index {
                return;
            }
            self.log.truncate(index as usize - 1);
            self.log.push(entry.clone());
        }
    }
";

const GUARD: &str = "self.term_at(request.prev_log_index) != Some(request.prev_log_term)";

/// A handler of a request of some type that goes on with `body` where `guard` does not hold.
fn handler(name: &str, request: &str, guard: &str, body: &str) -> String {
    format!(
        "    pub fn {name}(&mut self, request: {request}) -> AppendReply {{
        if request.term < self.current_term || {guard} {{
            return AppendReply {{ term: self.current_term, success: false }};
        }}
        if request.term > self.current_term {{
            self.current_term = request.term;
            self.voted_for = None;
        }}
        {body}
        AppendReply {{ term: self.current_term, success: true }}
    }}\n"
    )
}

fn guarded(body: &str) -> String {
    handler("handle_append_entries", "AppendEntries", GUARD, body)
}

/// A node with these methods beside the usual ones, and items beside it.
fn node(methods: &str, items: &str) -> Ended {
    check(&format!("{HEAD}impl Node {{{METHODS}{methods}}}\n{items}"))
}

fn check(text: &str) -> Ended {
    let tree = Tree::with(&[("src/lib.rs", text)]);
    tree.run(&["--no-config", "--allow", "liveness", "--allow", "operations"])
}

/// Everything is proved.
fn decided(ended: &Ended) {
    assert_eq!(ended.code, Some(0), "{}{}", ended.out, ended.err);
    assert!(!ended.out.contains("undecided"), "{}", ended.out);
}

/// Nothing is violated, and the reason is told why something is not decided.
fn undecided(ended: &Ended, reason: &str) {
    assert_eq!(ended.code, Some(2), "{}{}", ended.out, ended.err);
    let rule = "`append-prev-check` could not be decided";
    let told = ended.out.lines().any(|line| line.contains(rule) && line.contains(reason));
    assert!(told && ended.out.contains(" 0 violated, "), "{}", ended.out);
}

/// `count` calls between the handler and the effect.
fn calls(count: usize) -> Ended {
    let step = |i: usize| {
        let next = if i + 1 == count { "store".to_owned() } else { format!("step{}", i + 1) };
        format!(
            "    fn step{i}(&mut self, request: &AppendEntries) {{\n        self.seen += {i};\n        self.{next}(request);\n    }}\n"
        )
    };
    let steps: String = (0..count).map(step).collect();
    node(&format!("{}{steps}", guarded("self.step0(&request);")), "")
}

#[test]
fn calls_in_each_other() {
    decided(&calls(11));
    undecided(&calls(20), "calls are nested deeper than 14 where `Node::store` is called");
}

/// The question that is the guard, `count` calls away.
fn questions(count: usize) -> Ended {
    let ask = |i: usize| {
        let next = match i + 1 == count {
            true => {
                "self.term_at(request.prev_log_index) == Some(request.prev_log_term)".to_owned()
            }
            false => format!("self.agrees{}(request)", i + 1),
        };
        format!(
            "    fn agrees{i}(&self, request: &AppendEntries) -> bool {{\n        if self.seen == {i} {{\n            return false;\n        }}\n        {next}\n    }}\n"
        )
    };
    let asks: String = (0..count).map(ask).collect();
    let guard = "!self.agrees0(&request)";
    let handler = handler("handle_append_entries", "AppendEntries", guard, "self.store(&request);");
    node(&format!("{handler}{asks}"), "")
}

#[test]
fn questions_in_each_other() {
    decided(&questions(10));
    undecided(&questions(20), "calls are nested deeper than 14 where `Node::agrees13` is called");
}

#[test]
fn a_circle_of_calls_behind_the_guard() {
    let round = "    fn round(&mut self, request: &AppendEntries, left: u64) {
        if left == 0 {
            return self.store(request);
        }
        self.round(request, left - 1);
    }\n";
    decided(&node(&format!("{}{round}", guarded("self.round(&request, request.leader_id);")), ""));
    let fixed = node(&format!("{}{round}", guarded("self.round(&request, 9);")), "");
    undecided(&fixed, "`Node::round` calls itself");
    let help =
        "help: write `Node::round` as a loop, or ask for the evidence in `Node::store` itself";
    assert!(fixed.out.contains(help), "{}", fixed.out);
    let why = "not everything could be decided, so that the exit code is 2: ";
    assert!(fixed.err.contains(why), "{}", fixed.err);
}

#[test]
fn a_circle_of_questions() {
    let agrees = "    fn agrees(&self, request: &AppendEntries, left: u64) -> bool {
        if left == 0 {
            return self.term_at(request.prev_log_index) == Some(request.prev_log_term);
        }
        self.agrees(request, left - 1)
    }\n";
    let guard = "!self.agrees(&request, 9)";
    let handler = handler("handle_append_entries", "AppendEntries", guard, "self.store(&request);");
    undecided(&node(&format!("{handler}{agrees}"), ""), "`Node::agrees` calls itself");
}

/// A node of which each role steps by itself, and again once it is a follower of the new term.
const ROLES: &str = "\
pub struct Entry {
    pub term: u64,
}

pub enum Message {
    Append { prev_log_index: u64, prev_log_term: u64, entries: Vec<Entry> },
    Heartbeat { leader_commit: u64 },
}

pub struct Envelope {
    pub from: u64,
    pub term: u64,
    pub message: Message,
}

pub struct Follower {
    pub current_term: u64,
    pub voted_for: Option<u64>,
    pub log: Vec<Entry>,
}

pub struct Leader {
    pub follower: Follower,
}

pub enum Node {
    Follower(Follower),
    Leader(Leader),
}

impl Node {
    pub fn step(self, envelope: Envelope) -> Result<Node, String> {
        match self {
            Node::Follower(node) => node.step(envelope),
            Node::Leader(node) => node.step(envelope),
        }
    }
}

impl Leader {
    fn step(self, envelope: Envelope) -> Result<Node, String> {
        if envelope.term > self.follower.current_term {
            return self.follower.follow(envelope.term)?.step(envelope);
        }
        Ok(Node::Leader(self))
    }
}

impl Follower {
    fn follow(mut self, term: u64) -> Result<Follower, String> {
        self.current_term = term;
        self.voted_for = None;
        Ok(self)
    }

    fn term_at(&self, index: u64) -> Option<u64> {
        if index == 0 {
            return Some(0);
        }
        self.log.get(index as usize - 1).map(|entry| entry.term)
    }

    fn step(mut self, envelope: Envelope) -> Result<Node, String> {
        if envelope.term < self.current_term {
            return Ok(Node::Follower(self));
        }
        if envelope.term > self.current_term {
            return self.follow(envelope.term)?.step(envelope);
        }
        match envelope.message {
            Message::Append { prev_log_index, prev_log_term, entries } => {
                if GUARD {
                    return Ok(Node::Follower(self));
                }
                self.log.extend(entries);
            }
            Message::Heartbeat { .. } => {}
        }
        Ok(Node::Follower(self))
    }
}
";

#[test]
fn a_handler_that_starts_anew_in_the_new_term_keeps_no_evidence_away() {
    let step = |guard: &str| check(&ROLES.replace("GUARD", guard));
    decided(&step("self.term_at(prev_log_index) != Some(prev_log_term)"));
    let ended = step("prev_log_index == 7");
    assert_eq!(ended.code, Some(1), "{}{}", ended.out, ended.err);
    assert!(ended.out.contains("error[append-prev-check]"), "{}", ended.out);
    assert!(!ended.out.contains("could not be decided"), "{}", ended.out);
}

#[test]
fn a_caller_that_was_not_followed_to_its_end_proves_nothing() {
    let sum = vec!["request.leader_id"; 200].join(" + ");
    let both = |lines: usize| {
        let lines = format!("        self.seen = {sum};\n").repeat(lines);
        let other = "handle_append_entries_at_once";
        let body = format!("{lines}        self.store(&request);");
        let other = handler(other, "AppendEntries", "request.leader_id == 0", &body);
        node(&format!("{}{other}", guarded("self.store(&request);")), "")
    };
    assert_eq!(both(10).code, Some(1), "{}", both(10).out);
    undecided(&both(1_500), "`Node::handle_append_entries_at_once` stopped at its bound");
}

#[test]
fn a_function_that_is_taken_as_a_value() {
    let taken = |how: &str| {
        let other = "handle_append_entries_at_once";
        let other = handler(other, "AppendEntries", "request.leader_id == 0", how);
        node(&format!("{}{other}", guarded("self.store(&request);")), "pub type Alias = Node;\n")
    };
    for how in [
        "self.write_by(Alias::store, &request);",
        "let write: fn(&mut Node, &AppendEntries) = Node::store;\n        write(self, &request);",
        "self.write_by(Self::store, &request);",
    ] {
        undecided(&taken(how), "takes a function on the way as a value");
    }
    let held = |item: &str| node(&guarded("self.store(&request);"), item);
    for item in [
        "type Step = fn(&mut Node, &AppendEntries);\nstatic STEPS: [Step; 1] = [Node::store];\n",
        "impl Node {\n    const STEP: Step = Self::store;\n}\ntype Step = fn(&mut Node, &AppendEntries);\n",
        "struct Step(fn(&mut Node, &AppendEntries));\nconst STEP: &Step = &Step(Node::store);\n",
    ] {
        undecided(&held(item), "takes a function on the way as a value");
    }
    decided(&held("struct Size(usize);\nconst SIZE: Size = Size(std::mem::size_of::<Node>());\n"));
    decided(&node(
        &guarded("self.store(&request);"),
        "fn other() -> u64 {\n    let store = 1;\n    store\n}",
    ));
}

#[test]
fn what_a_circle_of_calls_does_not_ask_is_missed_all_the_same() {
    let round = "    fn round(&mut self, request: &AppendEntries, left: u64) {
        self.seen += left;
        self.round(request, left - 1);
    }\n";
    let handler = handler(
        "handle_append_entries",
        "AppendEntries",
        "request.leader_id == 0",
        "self.round(&request, 9);\n        self.store(&request);",
    );
    let ended = node(&format!("{handler}{round}"), "");
    assert_eq!(ended.code, Some(1), "{}", ended.out);
    assert!(ended.out.contains("error[append-prev-check]"), "{}", ended.out);
}

/// Closures that run each other, with the effect in the innermost one.
fn closures(count: usize) -> Ended {
    let opened: String = (0..count).map(|i| format!("let mut f{i} = |a{i}: u64| {{\n")).collect();
    let closed: String = (0..count).rev().map(|i| format!("}};\nf{i}({i});\n")).collect();
    node(&guarded(&format!("{opened}self.store(&request);\n{closed}")), "")
}

#[test]
fn closures_in_each_other() {
    decided(&closures(8));
    undecided(&closures(12), "closures are nested deeper than 8 in `Node::handle_append_entries`");
}

/// Handlers that all write through one helper.
fn callers(count: usize) -> Ended {
    let one = |i: usize| {
        let name = format!("handle_append_entries_{i}");
        handler(&name, "AppendEntries", GUARD, "self.store(&request);")
    };
    node(&(0..count).map(one).collect::<String>(), "")
}

#[test]
fn callers_of_one_function() {
    decided(&callers(32));
    undecided(&callers(33), "`Node::store` has more than 32 callers");
}

#[test]
fn methods_of_one_name_on_types_of_their_own() {
    let one = |i: usize| {
        let text = format!("{HEAD}impl Node {{{METHODS}{}}}\n", guarded("self.store(&request);"));
        let node = text.split_once("pub struct Node").expect("there is a node").1;
        let node = node.replacen("impl Node", &format!("impl Node{i}"), 1);
        format!("pub struct Node{i}{node}")
    };
    let messages = HEAD.split_once("pub struct Node").expect("there is a node").0;
    decided(&check(&format!("{messages}{}", (0..40).map(one).collect::<String>())));
}

#[test]
fn functions_of_one_name_in_modules_of_a_file() {
    let part = |i: usize| {
        let next = match i == 8 {
            true => "node.store(request);".to_owned(),
            false => format!("super::part{}::apply(node, request);", i + 1),
        };
        format!(
            "pub mod part{i} {{\n    pub fn apply(node: &mut super::Node, request: &super::AppendEntries) {{\n        {next}\n    }}\n}}\n"
        )
    };
    let parts: String = (0..9).map(part).collect();
    decided(&node(&guarded("part0::apply(self, &request);"), &parts));
}

#[test]
fn a_type_behind_many_names() {
    let names: String =
        (0..200).map(|i| format!("pub type Alias{} = Alias{i};\n", i + 1)).collect();
    let items = format!("pub type Alias0 = AppendEntries;\n{names}");
    let handler = handler("handle_append_entries", "Alias200", GUARD, "self.store(&request);");
    decided(&node(&handler, &items));
}

#[test]
fn work_in_one_function() {
    let sum = vec!["request.leader_id"; 200].join(" + ");
    let long = |lines: usize| {
        let lines = format!("        self.seen = {sum};\n").repeat(lines);
        node(&guarded(&format!("{lines}        self.store(&request);")), "")
    };
    decided(&long(10));
    undecided(&long(1_500), "the analysis of `Node::handle_append_entries` stopped at its bound");
}

#[test]
fn the_default_body_of_a_method_does_not_speak_for_the_others() {
    let program = |default: &str| {
        format!(
            "pub struct AppendEntries {{ pub term: u64, pub leader_id: u64, pub prev_log_index: u64 }}\n\
             pub struct AppendReply {{ pub term: u64, pub success: bool }}\n\
             pub trait Storage {{ fn term(&self) -> u64; fn set_term(&mut self, _term: u64) {default} }}\n\
             pub struct Node<S> {{ pub current_term: u64, pub voted_for: Option<u64>, pub storage: S }}\n\
             impl<S: Storage> Node<S> {{\n\
             pub fn handle_append_entries(&mut self, request: AppendEntries) -> AppendReply {{\n\
             self.storage.set_term(request.term);\n\
             AppendReply {{ term: self.storage.term(), success: false }} }} }}\n"
        )
    };
    for default in [";", "{}", "{ loop {} }"] {
        let ended = Tree::with(&[("lib.rs", &program(default))]).run(&["--format", "concise"]);
        assert!(ended.out.contains("stale-term"), "{default}: {}", ended.out);
    }
}

/// The question that is the guard, before so many others in one condition.
fn one_of_many(others: usize) -> Ended {
    let mut guard =
        "self.term_at(request.prev_log_index) != Some(request.prev_log_term)".to_owned();
    for i in 0..others {
        guard += &format!(" || self.seen == {i}");
    }
    node(&handler("handle_append_entries", "AppendEntries", &guard, "self.store(&request);"), "")
}

#[test]
fn parts_of_a_condition() {
    decided(&one_of_many(20));
    let reason = "a condition in `Node::handle_append_entries` has more parts than are looked into";
    undecided(&one_of_many(80), reason);
}
