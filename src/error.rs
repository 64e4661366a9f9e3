//! Why a run could not be done, in words for the person who started it.
//!
//! Only the stages that touch the world (discovery, writing) fail; everything in between gives a
//! result and a list of problems.

use std::fmt;

/// What went wrong, and what to do about it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Error {
    /// What went wrong: lower case, no full stop.
    pub text: String,
    /// What to do.
    pub hint: String,
}

impl Error {
    /// Both texts.
    pub fn new(text: impl Into<String>, hint: impl Into<String>) -> Self {
        Error { text: text.into(), hint: hint.into() }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\nhelp: {}", self.text, self.hint)
    }
}

impl std::error::Error for Error {}
