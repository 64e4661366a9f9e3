//! What can be wrong with a comment to the lint: ids, levels, texts and pages.

use crate::finding::Subject;
use crate::rule::Level;

/// The comment can't be read, stands on nothing, or says something that has no meaning there.
pub(super) const MISPLACED: Subject = Subject {
    id: "comment-without-effect",
    summary: "a comment to the lint can be read, and what it says has something that it is said of",
    page: include_str!("comment_without_effect.md"),
    level: Level::Error,
};

/// A silence names a rule that does not exist.
pub(super) const UNKNOWN_RULE: Subject = Subject {
    id: "silence-of-unknown-rule",
    summary: "a silence names a rule that exists",
    page: include_str!("silence_of_unknown_rule.md"),
    level: Level::Error,
};

/// A silence gives no reason.
pub(super) const NO_REASON: Subject = Subject {
    id: "silence-without-reason",
    summary: "a silence says why",
    page: include_str!("silence_without_reason.md"),
    level: Level::Warning,
};

/// A silence silences nothing.
pub(super) const UNUSED: Subject = Subject {
    id: "unused-silence",
    summary: "a silence silences something",
    page: include_str!("unused_silence.md"),
    level: Level::Warning,
};

/// Everything that can be wrong with a comment, by id.
pub const ALL: &[Subject] = &[MISPLACED, UNKNOWN_RULE, NO_REASON, UNUSED];

/// What is said beside the comment.
pub(super) fn label(subject: Subject) -> &'static str {
    match subject {
        MISPLACED => "nothing is changed by this",
        UNKNOWN_RULE => "silences nothing",
        NO_REASON => "a reason belongs behind the bracket",
        _ => "can be removed",
    }
}

/// Why it matters.
pub(super) fn note(subject: Subject) -> &'static str {
    match subject {
        MISPLACED => {
            "whoever wrote it counts on it: the lint would be understood to know more than it does"
        }
        UNKNOWN_RULE => "a finding that seems to be silenced would come back, or was never there",
        NO_REASON => {
            "the next reader has to know why the missing check is none, or when it comes back"
        }
        _ => "a silence that outlives its cause hides the next finding that is made here",
    }
}

/// What to do.
pub(super) fn help(subject: Subject) -> &'static str {
    match subject {
        MISPLACED => {
            "write `// raft-lint: allow(rule) reason`, `role(name)` or `handler(message)` on the line \
             before what it is about; `raft-lint explain comment-without-effect` shows all forms"
        }
        UNKNOWN_RULE => "name a rule as `raft-lint rules` lists it",
        NO_REASON => "write why: `// raft-lint: allow(rule) the storage engine checks the term`",
        _ => "remove the comment, or the rule from its list",
    }
}
