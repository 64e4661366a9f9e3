//! The state machine: what it is called, and how an entry is handed to it.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use super::vocabulary::Words;

/// What a name says about the application of entries; decided once for each name of a program.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Calling(u16);

#[allow(missing_docs)] // each is a function of this module
impl Calling {
    pub const MACHINE: Calling = Calling(1);
    pub const DATA: Calling = Calling(1 << 1);
    pub const APPLIES: Calling = Calling(1 << 2);
    pub const LEADS: Calling = Calling(1 << 3);
    pub const ORDER: Calling = Calling(1 << 4);
    pub const SENDS: Calling = Calling(1 << 5);
    pub const ASKS: Calling = Calling(1 << 6);
    pub const CHANGES: Calling = Calling(1 << 7);
    pub const REBUILDS: Calling = Calling(1 << 8);
    pub const OBSERVES: Calling = Calling(1 << 9);
    // What it says about the node's role: see [`super::office`].
    pub const FOLLOWS: Calling = Calling(1 << 10);
    pub const STEPS_DOWN: Calling = Calling(1 << 11);
    pub const TURNS: Calling = Calling(1 << 12);
    pub const RULES: Calling = Calling(1 << 13);

    /// What a name says.
    pub fn of(text: &str, words: Words) -> Calling {
        let name = Spelled::of(text);
        let all = [
            (Calling::MACHINE, is_machine(&name)),
            (Calling::DATA, is_data(&name)),
            (Calling::APPLIES, applies(&name, words)),
            (Calling::LEADS, leads_to_machine(&name, words)),
            (Calling::ORDER, is_order_to_apply(text, words)),
            (Calling::SENDS, sends(text)),
            (Calling::ASKS, only_asks(text, words)),
            (Calling::CHANGES, changes_map(text)),
            (Calling::REBUILDS, name.has_any(REBUILDS)),
            (Calling::OBSERVES, name.has_any(OBSERVES)),
        ];
        let of_role = super::office::calling(&name.flat);
        let said = all.into_iter().chain(of_role).filter(|(_, holds)| *holds);
        said.fold(Calling::default(), |sum, (one, _)| Calling(sum.0 | one.0))
    }

    /// Both together.
    pub const fn with(self, other: Calling) -> Calling {
        Calling(self.0 | other.0)
    }

    /// Whether it says any of these.
    pub const fn any(self, other: Calling) -> bool {
        self.0 & other.0 != 0
    }
}

/// Words for a state machine.
const MACHINES: &[&str] = &["fsm", "machine", "sm"];

/// Words for a map that a state machine may keep its data in.
const DATA: &[&str] = &["kv", "kvstore", "db", "kvs", "database"];

/// Words for what runs the channel to a state machine, and is none.
const RUNS: &[&str] = &["handle", "handles", "task", "tasks", "join"];

/// Words for what is handed over.
const DELIVERS: &[&str] = &["deliver", "delivered"];

/// Words for code that rebuilds a state machine which has applied the entries before.
const REBUILDS: &[&str] = &[
    "restore", "recover", "recovery", "replay", "load", "init", "new", "open", "rebuild", "boot",
    "reload", "resume",
];

/// Words for observations for people, which are not the state that is decided by.
const OBSERVES: &[&str] = &[
    "metric",
    "metrics",
    "stat",
    "stats",
    "statistics",
    "telemetry",
    "monitor",
    "monitoring",
    "gauge",
    "gauges",
    "histogram",
    "histograms",
    "prometheus",
];

/// A name, as it is asked for many words.
struct Spelled<'t> {
    text: &'t str,
    /// In small letters, without what separates its words.
    flat: String,
    /// Whether any of the words may be in it: in most names none is.
    may_speak: bool,
}

impl<'t> Spelled<'t> {
    fn of(text: &'t str) -> Self {
        static ALL: LazyLock<AhoCorasick> = LazyLock::new(|| {
            let words = [MACHINES, DATA, RUNS, DELIVERS, REBUILDS, OBSERVES].concat();
            let all = AhoCorasick::builder().ascii_case_insensitive(true).build(words);
            all.expect("invariant: a fixed list of words makes an automaton")
        });
        Spelled { text, flat: flattened(text), may_speak: ALL.is_match(text) }
    }

    /// Whether it has a word of one of the lists above.
    fn has_any(&self, list: &[&str]) -> bool {
        self.may_speak && list.iter().any(|word| has_word(self.text, word))
    }
}

/// Whether a name is that of a state machine.
fn is_machine(name: &Spelled<'_>) -> bool {
    let Spelled { flat, .. } = name;
    flat.contains("statemachine") || flat.contains("applier") || name.has_any(MACHINES)
}

/// Whether a name is that of a map which a state machine may keep its data in.
fn is_data(name: &Spelled<'_>) -> bool {
    name.has_any(DATA) || is_machine(name)
}

/// Whether a name has a state machine in it.
pub fn is_state_machine(text: &str) -> bool {
    flattened(text).contains("statemachine")
}

/// Whether what is called so stands between Raft and a state machine, and is none itself.
pub fn only_passes_on(text: &str) -> bool {
    const WORDS: &[&str] = &[
        "handler",
        "worker",
        "manager",
        "proxy",
        "handle",
        "client",
        "task",
        "actor",
        "service",
        "queue",
        "mock",
        "caller",
        "adapter",
        "observer",
        "monitor",
        "instrumented",
        "metrics",
    ];
    WORDS.iter().any(|word| has_word(text, word))
}

/// Whether calling something of this name applies what it is given: `apply`, `apply_entry`,
/// `replicate_to_state_machine`. What applies a snapshot, a membership or an option does not.
fn applies(name: &Spelled<'_>, words: Words) -> bool {
    const OTHERS: &[&str] = &[
        "config",
        "conf",
        "member",
        "term",
        "vote",
        "opt",
        "default",
        "filter",
        "style",
        "patch",
        "role",
        "env",
        "migration",
        "hard",
        "limit",
        "progress",
        "state",
        "args",
        "batch_size",
        "timeout",
        "jitter",
        "index",
        "should",
        "can_",
        "is_",
        "wait",
        "could",
        "has_",
        "need",
        "result",
        "_res",
        "complete",
        "done",
        "finish",
        "ack",
        "pre_apply",
        "post_apply",
    ];
    if name.flat.contains("tostatemachine") {
        return true;
    }
    let other = || OTHERS.iter().any(|other| name.text.contains(other));
    let beside = Words::SNAPSHOT.with(Words::LAST).with(Words::TIME).with(Words::REPLY);
    has_word(name.text, "apply") && !other() && !words.any(beside)
}

/// Whether a channel of this name leads to the state machine.
fn leads_to_machine(name: &Spelled<'_>, words: Words) -> bool {
    if name.has_any(RUNS) {
        return false;
    }
    words.any(Words::APPLIED)
        || is_machine(name)
        || words.any(Words::COMMIT) && words.any(Words::SEND)
        || name.has_any(DELIVERS)
}

/// Whether a message of this name carries what is to be applied.
pub fn is_order_to_apply(text: &str, words: Words) -> bool {
    let lower = text.to_ascii_lowercase();
    let applies = lower.starts_with("apply") || lower.starts_with("committed");
    applies && !words.any(Words::SNAPSHOT.with(Words::INDEX).with(Words::TERM).with(Words::REPLY))
}

/// Whether a method puts something into a channel.
pub fn sends(text: &str) -> bool {
    matches!(
        text,
        "send"
            | "try_send"
            | "unbounded_send"
            | "blocking_send"
            | "start_send"
            | "send_async"
            | "feed"
            | "push"
            | "push_back"
            | "extend"
            | "send_timeout"
            | "do_send"
    )
}

/// Whether a method of a state machine only asks it, or has nothing to do with entries.
pub fn only_asks(text: &str, words: Words) -> bool {
    const PREFIXES: &[&str] = &[
        "get",
        "query",
        "read",
        "snapshot",
        "restore",
        "install",
        "load",
        "is_",
        "has_",
        "last",
        "applied",
        "register",
        "contains",
        "save",
        "begin",
        "recover",
        "from",
        "with_",
        "new",
        "clone",
        "lock",
        "await",
        "wait",
        "sync",
        "flush",
        "set_",
        "update_",
        "stop",
        "start",
        "serialize",
        "subscribe",
        "lookup",
        "peek",
        "should",
        "can_",
        "verify",
        "validate",
        "purge",
        "compact",
        "pending",
        "notify",
        "respond",
        "reset",
    ];
    PREFIXES.iter().any(|prefix| text.starts_with(prefix)) && text != "set"
        || words.any(Words::SNAPSHOT)
}

/// Whether a method changes a map.
pub fn changes_map(text: &str) -> bool {
    matches!(text, "insert" | "put" | "set" | "remove" | "delete" | "append")
}

/// Whether a name has a word.
pub fn has_word(text: &str, word: &str) -> bool {
    let mut start = 0;
    let bytes = text.as_bytes();
    while let Some(found) = find_ignoring_case(&bytes[start..], word.as_bytes()) {
        let (from, to) = (start + found, start + found + word.len());
        let begins = from == 0
            || !bytes[from - 1].is_ascii_alphanumeric()
            || bytes[from].is_ascii_uppercase() && bytes[from - 1].is_ascii_lowercase();
        let ends = to == bytes.len()
            || !bytes[to].is_ascii_alphanumeric()
            || bytes[to].is_ascii_uppercase();
        if begins && ends {
            return true;
        }
        start = from + 1;
    }
    false
}

fn find_ignoring_case(text: &[u8], word: &[u8]) -> Option<usize> {
    let first = *word.first()?;
    let last = text.len().checked_sub(word.len())?;
    (0..=last).find(|&at| {
        text[at].to_ascii_lowercase() == first
            && text[at..at + word.len()].eq_ignore_ascii_case(word)
    })
}

fn flattened(text: &str) -> String {
    text.chars().filter(|c| *c != '_').map(|c| c.to_ascii_lowercase()).collect()
}

#[cfg(test)]
mod tests {
    use super::{Spelled, applies, has_word, is_machine};
    use crate::roles::vocabulary::Words;

    #[test]
    fn words_are_found_in_all_styles() {
        assert!(has_word("apply_entry", "apply"));
        assert!(has_word("ApplyMsg", "apply"));
        assert!(has_word("doApply", "apply"));
        assert!(!has_word("reapplying", "apply"));
        let is_machine = |text: &str| is_machine(&Spelled::of(text));
        assert!(is_machine("state_machine") && is_machine("StateMachine") && is_machine("fsm"));
        assert!(!is_machine("small"));
    }

    #[test]
    fn what_applies_something_else_is_no_application() {
        let is = |text: &str| applies(&Spelled::of(text), Words::of(text));
        assert!(is("apply") && is("apply_entries") && is("replicate_to_state_machine"));
        assert!(!is("apply_snapshot") && !is("apply_conf_change") && !is("last_applied"));
    }
}
