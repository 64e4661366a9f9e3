//! What a project teaches the lint with `role(…)` and `handler(…)`.

use serde_json::Value;

use crate::tree::{Ended, FINDING, Tree};

/// The findings of a report: rule and line.
pub(crate) fn found(report: &Value, list: &str) -> Vec<(String, u64)> {
    let findings = report[list].as_array().into_iter().flatten();
    findings.filter_map(|f| Some((f["rule"].as_str()?.to_owned(), f["line"].as_u64()?))).collect()
}

pub(crate) fn run(text: &str) -> (Ended, Value) {
    let tree = Tree::with(&[("lib.rs", text)]);
    (tree.run(&[]), tree.json())
}

/// The same voter in words that nobody knows.
const FOREIGN: &str = "\
pub struct Ping {
    pub t: u64, // T
    pub who: u64, // WHO
    pub li: u64, // LI
    pub lt: u64, // LT
}

pub struct Pong {
    // PT
    pub t: u64,
    // OK
    pub ok: bool,
}

pub struct Thing {
    pub ct: u64, // CT
    pub vf: Option<u64>, // VF
    pub items: Vec<(u64, String)>, // LOG
}

impl Thing {
    // PING
    pub fn on_ping(&mut self, ping: Ping) -> Pong {
        if ping.t > self.ct {
            self.ct = ping.t;
            self.vf = None;
        }
        let free = self.vf.is_none_or(|id| id == ping.who);
        if ping.t < self.ct || !free {
            return Pong { t: self.ct, ok: false };
        }
        self.vf = Some(ping.who);
        Pong { t: self.ct, ok: true }
    }
}
";

const SAID: &[(&str, &str)] = &[
    ("// T\n", "role(term)"),
    ("// WHO\n", "role(candidate_id)"),
    ("// LI\n", "role(last_log_index)"),
    ("// LT\n", "role(last_log_term)"),
    ("// PT\n", "role(term)"),
    ("// OK\n", "role(vote_granted)"),
    ("// CT\n", "role(current_term)"),
    ("// VF\n", "role(voted_for)"),
    ("// LOG\n", "role(log)"),
    ("// PING\n", "handler(request_vote)"),
];

fn taught(program: &str) -> String {
    SAID.iter().fold(program.to_owned(), |text, (mark, said)| {
        assert!(text.contains(mark), "{mark}");
        text.replace(mark, &format!("// raft-lint: {said}\n"))
    })
}

fn asking(program: &str) -> String {
    let asks = "        let own = (self.items.last().map_or(0, |e| e.0), self.items.len() as u64);
        let fresh = (ping.lt, ping.li) >= own;
        if ping.t < self.ct || !free || !fresh {";
    program.replace("        if ping.t < self.ct || !free {", asks)
}

#[test]
fn a_project_can_teach_its_words() {
    let (ended, _) = run(FOREIGN);
    assert!(ended.out.contains("nothing was analysed"), "{}", ended.out);
    let (ended, report) = run(&taught(FOREIGN));
    assert_eq!(ended.code, Some(1), "{}", ended.out);
    assert_eq!(found(&report, "findings").len(), 1, "{report:#}");
    assert_eq!(found(&report, "findings")[0].0, "vote-log-freshness");
    assert!(ended.out.contains("`(ping.lt, ping.li)`"), "the code's own names: {}", ended.out);
    assert!(ended.out.contains("`vf` and `ct` of `Thing`"), "the code's own names: {}", ended.out);
    let (ended, report) = run(&taught(&asking(FOREIGN)));
    assert_eq!(ended.code, Some(0), "{}", ended.out);
    let proved = |rule: &str| {
        let all = report["obligations"].as_array().into_iter().flatten();
        all.filter(|o| o["rule"] == rule && o["status"] == "proved").count()
    };
    assert!(proved("vote-log-freshness") > 0 && proved("vote-once") > 0, "{report:#}");
}

/// Another type has a field of the same name and another meaning.
#[test]
fn a_name_may_mean_something_else_elsewhere() {
    let other = "pub struct Clock { pub t: u64, pub lt: u64, pub vf: u64 }\n\
                 impl Clock { pub fn tick(&mut self) { self.t += 1; self.vf = self.lt; } }\n";
    let (ended, report) = run(&format!("{}{other}", taught(FOREIGN)));
    assert_eq!(found(&report, "findings").len(), 1, "{}", ended.out);
    let (ended, _) = run(&format!("{}{other}", taught(&asking(FOREIGN))));
    assert_eq!(ended.code, Some(0), "{}", ended.out);
}

#[test]
fn roles_of_bindings_parameters_and_functions() {
    let decoded = |said: &str, own: &str| {
        let asks = format!(
            "        let bytes = decode(&request);
        // raft-lint: role({said})
        let x = bytes[3];
        let own = (self.log.last().map_or(0, |e| e.0), self.log.len() as u64);
        let fresh = (x, request.last_log_index) >= {own};
        if request.term < self.current_term || !free || !fresh {{"
        );
        let program =
            FINDING.replace("        if request.term < self.current_term || !free {", &asks);
        format!("{program}fn decode(_: &VoteRequest) -> Vec<u64> {{ foreign::decode() }}\n")
    };
    assert_eq!(
        run(&decoded("last_log_term", "own")).0.code,
        Some(0),
        "{}",
        run(&decoded("last_log_term", "own")).0.out
    );
    assert_eq!(
        run(&decoded("term", "own")).0.code,
        Some(1),
        "the request's own term is no evidence"
    );
    let helper = |said: &str| {
        let asks = "        let own = (self.log.last().map_or(0, |e| e.0), self.log.len() as u64);
        let fresh = (zz(&request), request.last_log_index) >= own;
        if request.term < self.current_term || !free || !fresh {";
        let program =
            FINDING.replace("        if request.term < self.current_term || !free {", asks);
        format!("{program}// {said}\nfn zz(_: &VoteRequest) -> u64 {{\n    foreign::zz()\n}}\n")
    };
    assert_eq!(run(&helper("nothing")).0.code, Some(1), "nobody knows what `zz` is");
    let (ended, _) = run(&helper("raft-lint: role(last_log_term)"));
    assert_eq!(ended.code, Some(0), "{}", ended.out);
    let double = helper("raft-lint: role(last_log_term)")
        + "impl VoteReply {\n    fn zz(&self) -> u64 {\n        self.term\n    }\n}\n";
    assert_eq!(run(&double).0.code, Some(0), "another function of the name is another function");
}

#[test]
fn a_variant_or_an_arm_can_be_a_handler() {
    let program = |variant: &str, arm: &str| {
        let text = taught(FOREIGN).replace("    // raft-lint: handler(request_vote)\n", "");
        format!(
            "{text}
pub enum Wire {{
    {variant}
    P7(Ping),
    Other(u64),
}}
impl Thing {{
    pub fn dispatch(&mut self, wire: Wire) -> Option<Pong> {{
        match wire {{
            {arm}
            Wire::P7(ping) => Some(self.on_ping(ping)),
            Wire::Other(_) => None,
        }}
    }}
}}\n"
        )
    };
    let said = "// raft-lint: handler(request_vote)";
    for (text, handlers) in [(program(said, ""), 1), (program("", said), 1), (program("", ""), 1)] {
        let (_, report) = run(&text);
        let votes = report["handlers"].as_array().into_iter().flatten();
        let votes = votes.filter(|h| h["role"] == "request_vote").count();
        assert!(votes >= handlers, "{report:#}");
        assert_eq!(
            found(&report, "findings").first().map(|f| f.0.as_str()),
            Some("vote-log-freshness")
        );
    }
}

/// The same words in the configuration instead of comments.
fn configured(program: &str, words: &str) -> Tree {
    Tree::with(&[("src/lib.rs", program), ("raft-lint.toml", words)])
}

const WORDS: &str = "\
[roles]
term = [\"Ping.t\", \"Pong.t\"]
candidate_id = [\"who\"]
last_log_index = [\"Ping.li\"]
last_log_term = [\"Ping.lt\"]
vote_granted = [\"ok\"]
current_term = [\"Thing.ct\"]
voted_for = [\"Thing.vf\"]
log = [\"Thing.items\"]

[handlers]
request_vote = [\"Thing::on_ping\"]
";

#[test]
fn the_configuration_teaches_the_same() {
    let other = "pub struct Clock { pub t: u64, pub lt: u64, pub vf: u64 }\n";
    for program in [FOREIGN.to_owned(), format!("{FOREIGN}{other}")] {
        let ended = configured(&program, WORDS).run(&[]);
        assert_eq!(ended.code, Some(1), "{}{}", ended.out, ended.err);
        assert!(ended.out.contains("`(ping.lt, ping.li)`"), "{}", ended.out);
        let ended = configured(&asking(&program), WORDS).run(&[]);
        assert_eq!(ended.code, Some(0), "{}{}", ended.out, ended.err);
        let map = configured(&program, WORDS).run(&["map", "--format", "json"]).json();
        assert_eq!(map["handlers"][0]["role"], "request_vote", "{map:#}");
    }
}

#[test]
fn words_of_the_configuration_that_say_nothing_are_errors() {
    for (words, said) in [
        (
            "[roles]\nvoted_fro = [\"vf\"]",
            "raft-lint.toml:2: there is no role `voted_fro`: did you mean `voted_for`?",
        ),
        ("[handlers]\nvote = [\"f\"]", "raft-lint.toml:2: there is no message `vote`"),
        (
            "[roles]\nvoted_for = [\"vf\",\n\"nowhere\"]",
            "raft-lint.toml:3: no field, function or variant is called `nowhere`",
        ),
        (
            "[roles]\nvoted_for = [\"Ping.vf\"]",
            "raft-lint.toml:2: no field, function or variant is called `Ping.vf`",
        ),
        ("[handlers]\nrequest_vote = [\"Pong::on_ping\"]", "is called `Pong::on_ping`"),
    ] {
        let tree = configured(&taught(FOREIGN), words);
        let ended = tree.run(&[]);
        assert_eq!(ended.code, Some(2), "{words}: {}", ended.out);
        assert!(ended.err.contains(said), "{words}: {}", ended.err);
        assert!(ended.err.contains("help: "), "{words}: {}", ended.err);
    }
    // Of a part of the project not everything can be said.
    let tree = configured(FOREIGN, "[roles]\nvoted_for = [\"Thing.vf\", \"nowhere\"]");
    let ended = tree.run(&["src"]);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    assert!(
        ended.out.contains("no field, function or variant is called `nowhere`"),
        "{}",
        ended.out
    );
}

/// What is taught can hide as much as a silence: the closing line counts it.
#[test]
fn what_is_taught_is_counted() {
    let (ended, report) = run(&taught(FOREIGN));
    assert!(ended.out.contains(", 10 names given a meaning"), "{}", ended.out);
    assert_eq!(report["summary"]["taught"], 10);
    let ended = configured(FOREIGN, WORDS).run(&[]);
    assert!(ended.out.contains(", 10 names given a meaning"), "{}", ended.out);
}
