//! What there can be findings about beside the rules of the catalogue: comments to the lint, and proofs
//! that are lost. Ids, levels, texts and pages.

use crate::finding::Subject;
use crate::rule::Level;

/// A subject with what its findings say.
#[derive(Debug)]
pub struct Other {
    /// The subject.
    pub subject: Subject,
    /// What is said beside the place.
    pub label: &'static str,
    /// Why it matters.
    pub note: &'static str,
    /// What to do.
    pub help: &'static str,
}

/// A comment can't be read, stands on nothing, or says something that has no meaning there.
pub static WITHOUT_EFFECT: Other = Other {
    subject: Subject {
        id: "comment-without-effect",
        summary: "a comment to the lint can be read, and what it says has something that it is said of",
        page: include_str!("subjects/comment_without_effect.md"),
        level: Level::Error,
    },
    label: "nothing is changed by this",
    note: "whoever wrote it counts on it: the lint would be understood to know more than it does",
    help: "write `// raft-lint: allow(rule) reason`, `role(name)` or `handler(message)` on the line \
           before what it is about; `raft-lint explain comment-without-effect` shows all forms",
};

/// A silence names a rule that does not exist.
pub static OF_UNKNOWN_RULE: Other = Other {
    subject: Subject {
        id: "silence-of-unknown-rule",
        summary: "a silence names a rule that exists",
        page: include_str!("subjects/silence_of_unknown_rule.md"),
        level: Level::Error,
    },
    label: "silences nothing",
    note: "a finding that seems to be silenced would come back, or was never there",
    help: "name a rule as `raft-lint rules` lists it",
};

/// A silence gives no reason.
pub static WITHOUT_REASON: Other = Other {
    subject: Subject {
        id: "silence-without-reason",
        summary: "a silence says why",
        page: include_str!("subjects/silence_without_reason.md"),
        level: Level::Warning,
    },
    label: "a reason belongs behind the bracket",
    note: "the next reader has to know why the missing check is none, or when it comes back",
    help: "write why: `// raft-lint: allow(rule) the storage engine checks the term`",
};

/// A silence silences nothing.
pub static UNUSED: Other = Other {
    subject: Subject {
        id: "unused-silence",
        summary: "a silence silences something",
        page: include_str!("subjects/unused_silence.md"),
        level: Level::Warning,
    },
    label: "can be removed",
    note: "a silence that outlives its cause hides the next finding that is made here",
    help: "remove the comment, or the rule from its list",
};

/// A proof is lost where no rule has a finding. Its findings are as serious as the rules whose proofs
/// are lost, and have texts of their own.
pub const LOST_PROOF: Subject = Subject {
    id: "lost-proof",
    summary: "what was proved at the revision that was compared with is not proved any more",
    page: include_str!("subjects/lost_proof.md"),
    level: Level::Error,
};

/// What can be wrong with a comment.
pub static OF_COMMENTS: [&Other; 4] = [&WITHOUT_EFFECT, &OF_UNKNOWN_RULE, &WITHOUT_REASON, &UNUSED];

/// Everything of the kind.
pub fn all() -> impl Iterator<Item = Subject> {
    OF_COMMENTS.iter().map(|other| other.subject).chain([LOST_PROOF])
}

/// The one with this id.
pub fn find(id: &str) -> Option<Subject> {
    all().find(|subject| subject.id == id)
}
