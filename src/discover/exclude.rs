//! Excludes: what the user does not want to be looked at.
//!
//! Takes patterns in the syntax of `.gitignore` and the directory that they are relative to; tells
//! whether a path is left out. What is named itself is looked at all the same, as with `.gitignore`.

use std::path::Path;

use ignore::gitignore::{Gitignore, GitignoreBuilder};

/// Patterns of the command line, of the configuration, or of both.
#[derive(Clone, Debug, Default)]
pub struct Exclude {
    matchers: Vec<Gitignore>,
}

impl Exclude {
    /// Adds patterns that are relative to a directory without links and dots; `!` takes back what
    /// an earlier one of them leaves out.
    ///
    /// # Errors
    ///
    /// What can't be used, and why: a pattern by its index, or, without one, all of them together.
    pub fn add(&mut self, base: &Path, patterns: &[&str]) -> Result<(), (Option<usize>, String)> {
        if patterns.is_empty() {
            return Ok(());
        }
        let mut builder = GitignoreBuilder::new(base);
        for (index, pattern) in patterns.iter().enumerate() {
            if pattern.trim().is_empty() {
                return Err((Some(index), "it is empty".to_owned()));
            }
            if pattern.starts_with('#') {
                return Err((
                    Some(index),
                    "it is a comment; a name with `#` starts with `\\#`".to_owned(),
                ));
            }
            builder.add_line(None, pattern).map_err(|error| (Some(index), reason(error)))?;
        }
        let matcher = builder.build().map_err(|error| (None, reason(error)))?;
        self.matchers.push(matcher);
        Ok(())
    }

    /// Adds what another one leaves out.
    pub fn extend(&mut self, other: &Exclude) {
        self.matchers.extend(other.matchers.iter().cloned());
    }

    /// Whether a path without links and dots is left out.
    pub(super) fn matches(&self, path: &Path, is_dir: bool) -> bool {
        self.matchers.iter().any(|matcher| matcher.matched(path, is_dir).is_ignore())
    }
}

/// Why, without the pattern, which may be long.
fn reason(error: ignore::Error) -> String {
    match error {
        ignore::Error::Glob { err, .. } => err,
        error => error.to_string(),
    }
}
