//! A follower that is right, but for what its body does before it writes.

use crate::tree::{Ended, Tree};

/// A follower that writes only if its body, which may call `helpers`, does not return before.
pub(crate) fn follower(body: &str, helpers: &str) -> Ended {
    let text = format!(
        "
#[derive(Clone)]
pub struct Entry {{
    pub term: u64,
}}

pub struct AppendEntries {{
    pub term: u64,
    pub prev_log_index: u64,
    pub prev_log_term: u64,
    pub entries: Vec<Entry>,
}}

#[derive(Default)]
pub struct Switch {{
    pub is_on: bool,
    pub turns: u64,
}}

pub struct Node {{
    pub current_term: u64,
    pub voted_for: Option<u64>,
    pub log: Vec<Entry>,
    pub last_log_index: u64,
    pub last_log_term: u64,
    pub switch: Switch,
    pub flags: Vec<bool>,
}}

impl Node {{
    fn matches(&self, request: &AppendEntries) -> bool {{
        let at = request.prev_log_index as usize;
        at == 0 || self.log.get(at - 1).map(|entry| entry.term) == Some(request.prev_log_term)
    }}

{helpers}

    pub fn handle_append_entries(&mut self, request: AppendEntries) -> bool {{
        if request.term < self.current_term {{
            return false;
        }}
        if request.term > self.current_term {{
            self.current_term = request.term;
            self.voted_for = None;
        }}
{body}
        let mut at = request.prev_log_index as usize;
        for entry in &request.entries {{
            if self.log.get(at).map(|known| known.term) != Some(entry.term) {{
                self.log.truncate(at);
                self.log.push(entry.clone());
            }}
            at += 1;
        }}
        true
    }}
}}
"
    );
    let tree = Tree::with(&[("src/lib.rs", text.as_str())]);
    tree.run(&["--no-config"])
}

#[track_caller]
pub(crate) fn is_found(ended: &Ended) {
    assert_eq!(ended.code, Some(1), "{}{}", ended.out, ended.err);
    assert!(ended.out.contains("[append-prev-check]"), "{}", ended.out);
}

#[track_caller]
pub(crate) fn is_proved(ended: &Ended) {
    assert_eq!(ended.code, Some(0), "nothing is undecided: {}{}", ended.out, ended.err);
    assert!(!ended.out.contains("[append-prev-check]"), "{}", ended.out);
}
