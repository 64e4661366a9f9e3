//! A handler that has evidence for all that it does is not followed again where it is called: what simulates a
//! cluster would be followed up to its bound. One that lacks evidence is, for its callers may have it.

use crate::tree::{Ended, Tree};

const HEAD: &str = "\
use std::collections::HashMap;

#[derive(Clone)]
pub struct AppendReply {
    pub term: u64,
    pub success: bool,
    pub match_index: u64,
}

#[derive(Clone)]
pub enum Message {
    AppendReply(AppendReply),
}

pub struct Node {
    pub current_term: u64,
    pub voted_for: Option<u64>,
    pub is_leader: bool,
    pub seen: u64,
    pub match_index: HashMap<u64, u64>,
}
";

/// What a leader asks of a reply before it believes it.
const GUARD: &str = "
        if reply.term > self.current_term {
            self.current_term = reply.term;
            self.voted_for = None;
            self.is_leader = false;
            return;
        }
        if reply.term < self.current_term || !self.is_leader {
            return;
        }
";

/// A node that asks in its dispatcher and in its handler what is given; `simulate` sends it so many messages.
fn node(in_dispatcher: &str, in_handler: &str, messages: usize) -> Ended {
    let work = format!("        self.seen = {};\n", vec!["reply.match_index"; 200].join(" + "));
    let text = format!(
        "{HEAD}
impl Node {{
    fn step(&mut self, from: u64, message: Message) {{
        let Message::AppendReply(reply) = message;
        {in_dispatcher}
        self.on_reply(from, reply);
    }}

    fn on_reply(&mut self, from: u64, reply: AppendReply) {{
{work}{in_handler}
        if !reply.success {{
            return;
        }}
        let known = self.match_index.get(&from).copied().unwrap_or(0);
        self.match_index.insert(from, known.max(reply.match_index));
    }}

    pub fn simulate(&mut self, from: u64, message: Message) {{
        self.current_term += 1;
        self.voted_for = Some(0);
{}    }}
}}
",
        "        self.step(from, message.clone());\n".repeat(messages)
    );
    let tree = Tree::with(&[("src/lib.rs", text.as_str())]);
    tree.run(&["--no-config"])
}

#[test]
fn what_proves_everything_alone_costs_its_callers_nothing() {
    for messages in [1, 2_000] {
        let ended = node("", GUARD, messages);
        assert_eq!(ended.code, Some(0), "{}{}", ended.out, ended.err);
        assert!(ended.out.contains(" 0 violated ("), "nothing is undecided: {}", ended.out);
    }
}

#[test]
fn what_lacks_evidence_alone_is_followed_from_its_caller() {
    let ended = node(GUARD, "", 1);
    assert_eq!(ended.code, Some(0), "the dispatcher has asked: {}{}", ended.out, ended.err);
    let ended = node("", "", 1);
    assert_eq!(ended.code, Some(1), "{}{}", ended.out, ended.err);
    assert!(ended.out.contains("[stale-reply]"), "nobody has asked: {}", ended.out);
}
