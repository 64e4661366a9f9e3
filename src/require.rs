//! What a run has to recognise: `--require append,vote,commit,apply`.
//!
//! Takes words and an outcome; gives what was not recognised, in words. "No finding" is worth nothing
//! in a repository in which the lint has gone blind, and here it is told what it must see. It looks
//! at what was recognised, not at what is wrong, so no level and no silence changes its answer.

use crate::error::Error;
use crate::outcome::{Note, Outcome};
use crate::protocol::{Effect, Message};
use crate::spelling::nearest;

/// Something that has to be recognised in at least one of the checked packages.
#[derive(Clone, Copy, PartialEq, Eq, Debug, PartialOrd, Ord)]
pub enum Need {
    /// An AppendEntries handler, and a change of the follower's log.
    Append,
    /// A RequestVote handler, and a vote.
    Vote,
    /// An advance of the commit index, the leader's or a follower's.
    Commit,
    /// Entries that reach the state machine.
    Apply,
}

impl Need {
    /// Every need.
    pub const ALL: [Need; 4] = [Need::Append, Need::Vote, Need::Commit, Need::Apply];

    /// The word of the command line and the configuration.
    pub fn id(self) -> &'static str {
        match self {
            Need::Append => "append",
            Need::Vote => "vote",
            Need::Commit => "commit",
            Need::Apply => "apply",
        }
    }

    /// What has to be recognised.
    pub fn summary(self) -> &'static str {
        match self {
            Need::Append => {
                "an AppendEntries handler, and a write or truncation of the follower's log"
            }
            Need::Vote => "a RequestVote handler, and a recorded vote or a granting reply",
            Need::Commit => "an advance of the leader's or of a follower's commit index",
            Need::Apply => "the application of an entry to the state machine",
        }
    }

    /// Reads a word.
    ///
    /// # Errors
    ///
    /// If there is no such word.
    pub fn read(word: &str) -> Result<Need, Error> {
        if let Some(need) = Need::ALL.into_iter().find(|need| need.id() == word) {
            return Ok(need);
        }
        let all = Need::ALL.map(|need| format!("`{}`", need.id())).join(", ");
        let hint = match nearest(word, Need::ALL.into_iter().map(Need::id)) {
            Some(known) => format!("did you mean `{known}`? known are {all}"),
            None => format!("known are {all}"),
        };
        Err(Error::new(format!("nothing that can be required is called `{word}`"), hint))
    }

    /// The handler that belongs to it, where it has one.
    fn message(self) -> Option<Message> {
        match self {
            Need::Append => Some(Message::AppendEntries),
            Need::Vote => Some(Message::RequestVote),
            Need::Commit | Need::Apply => None,
        }
    }

    /// The effects of which one is enough.
    fn effects(self) -> &'static [Effect] {
        match self {
            Need::Append => &[Effect::LogWrite, Effect::LogTruncate],
            Need::Vote => &[Effect::VoteRecord, Effect::VoteReply],
            Need::Commit => &[Effect::LeaderCommit, Effect::FollowerCommit],
            Need::Apply => &[Effect::Apply],
        }
    }

    /// What of it was not recognised; nothing if it was.
    pub fn missing(self, outcome: &Outcome) -> Option<String> {
        let here = |message| outcome.handlers.iter().any(|h| h.message == message);
        let handler = self.message().filter(|&message| !here(message));
        if let Some(message) = handler {
            return Some(format!("no {} handler was recognised", message.title()));
        }
        let effects = self.effects();
        if outcome.obligations.iter().any(|o| effects.contains(&o.effect)) {
            return None;
        }
        let titles: Vec<&str> = effects.iter().map(|effect| effect.title()).collect();
        Some(format!("no {} was recognised", titles.join(" or ")))
    }
}

/// A note for each need that is not met. Asks the outcome as it is before levels are applied, which
/// leave out obligations.
pub fn unmet(needs: &[Need], outcome: &Outcome) -> Vec<Note> {
    let looked = looked_in(outcome);
    let note = |need: &Need| {
        let missing = need.missing(outcome)?;
        let text = format!("`{}` is required, but {missing}, {looked}", need.id());
        Some(Note::failure(None, text))
    };
    needs.iter().filter_map(note).collect()
}

/// The error for needs that are not met.
pub fn error(unmet: &[Note]) -> Option<Error> {
    let texts: Vec<&str> = unmet.iter().map(|note| note.text.as_str()).collect();
    let hint = "`raft-lint map` shows what was recognised; check the paths that hold it, name its \
                functions in `[handlers]` and its values in `[roles]` of raft-lint.toml, or do not \
                require it";
    (!texts.is_empty()).then(|| Error::new(texts.join("; "), hint))
}

/// More packages than this are only counted.
const MAX_NAMED: usize = 5;

/// `in 2 packages (`a`, `b`), 12 of 40 files parsed`
fn looked_in(outcome: &Outcome) -> String {
    let named: Vec<String> =
        outcome.package_dirs.iter().take(MAX_NAMED).map(|dir| format!("`{dir}`")).collect();
    let more = if outcome.package_dirs.len() > MAX_NAMED { ", …" } else { "" };
    let (parsed, files) = (outcome.parsed, outcome.files);
    let packages = match named.len() {
        1 => format!("package {}", named[0]),
        _ => format!("{} packages ({}{more})", outcome.package_dirs.len(), named.join(", ")),
    };
    format!("looked for in {packages}, {parsed} of {files} files parsed")
}
