//! Comments to the lint: `// raft-lint: …`, as they are written and what they stand on.

use serde::{Deserialize, Serialize};

use super::Name;
use crate::source::Span;

/// What a comment to the lint starts with, behind its slashes.
pub const MARK: &str = "raft-lint:";

/// A comment to the lint.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Comment {
    /// The whole comment.
    pub span: Span,
    /// What it says.
    pub directive: Directive,
    /// What it stands on; nothing, if no item, statement, field, parameter or arm begins behind it.
    pub target: Option<Target>,
}

/// What a comment says. Names are as written: lowering knows neither rules nor roles.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Directive {
    /// `allow(rule, …) reason`
    Allow {
        /// The rules.
        rules: Box<[Box<str>]>,
        /// Why: empty if nothing is said.
        reason: Box<str>,
    },
    /// `role(prev_log_term)`
    Role(Box<str>),
    /// `handler(append_entries)`
    Handler(Box<str>),
    /// Something else, with what is wrong about it.
    Malformed(String),
}

/// What a comment stands on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    /// From its attributes to its end.
    pub span: Span,
    /// What it is.
    pub kind: TargetKind,
}

/// The kinds of things that a comment can stand on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TargetKind {
    /// A function or method, with the place of its name.
    Function(Span),
    /// A field of a struct or variant.
    Field {
        /// The struct or variant.
        owner: Name,
        /// The field.
        field: Name,
    },
    /// A variant of an enum.
    Variant {
        /// The enum.
        of: Name,
        /// The variant.
        variant: Name,
    },
    /// `let pattern = …;`, with the place of the pattern.
    Let(Span),
    /// A parameter, with the place of its pattern.
    Parameter(Span),
    /// An arm of a `match`, with the place of its pattern.
    Arm(Span),
    /// Another item or statement.
    Other,
}
