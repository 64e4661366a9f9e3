//! The commented `raft-lint.toml` that `raft-lint init` writes, and what it says about it.
//!
//! Takes the outcome of a run over the repository; gives a file that loads as it is. Whatever comes
//! from the checked code stands in comments, escaped, so that no name can become a key.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::{escape, verbose};
use crate::finding::Subject;
use crate::outcome::Outcome;
use crate::protocol::Message;
use crate::require::Need;
use crate::rule::Group;
use crate::{rules, subjects};

/// More names than this are only counted.
const MAX_NAMED: usize = 3;

/// The messages in the order of the paper.
const MESSAGES: [Message; 6] = [
    Message::AppendEntries,
    Message::Heartbeat,
    Message::AppendReply,
    Message::RequestVote,
    Message::VoteReply,
    Message::InstallSnapshot,
];

/// The file.
pub fn file(outcome: &Outcome) -> String {
    let mut out = String::from(
        "# Configuration of raft-lint. Paths and patterns are relative to this file; what the command line\n\
         # says counts more. docs/configuration.md has every key.\n\n",
    );
    out += &looked_at(outcome);
    out += &required(outcome);
    out += "# The lowest level of findings that fails a run: \"error\", \"warn\" or \"advice\".\n\
            # fail-on = \"warn\"\n\n\
            # The file with the findings that were known before.\n\
            # baseline = \"raft-lint.baseline.json\"\n\n";
    out += &levels();
    out += &words(outcome);
    out
}

/// What was recognised and what is required, for the person who runs `init`.
pub fn summary(outcome: &Outcome) -> String {
    let mut out = String::new();
    let lines = (0..outcome.package_dirs.len()).filter_map(|p| verbose::package_line(outcome, p));
    for line in lines {
        let _ = writeln!(out, "{line}");
    }
    for need in Need::ALL {
        let said = match need.missing(outcome) {
            None => "required from now on".to_owned(),
            Some(missing) => format!("not required: {missing}"),
        };
        let _ = writeln!(out, "`{}` is {said}", need.id());
    }
    for note in &outcome.notes {
        let _ = writeln!(out, "note: {}", escape::line(&note.text));
    }
    out
}

fn looked_at(outcome: &Outcome) -> String {
    let handlers = outcome.handlers.iter().map(|handler| handler.place);
    let places = handlers.chain(outcome.obligations.iter().map(|obligation| obligation.place));
    let speaking: BTreeSet<usize> = places.map(|place| outcome.package_of(place)).collect();
    let dirs: Vec<String> = speaking.iter().map(|&p| string(&outcome.package_dirs[p])).collect();
    let mut out =
        String::from("# What is checked when no path is given; without it all packages.\n");
    let _ = match dirs.as_slice() {
        [] => writeln!(out, "# paths = [\"crates/raft\"]\n"),
        dirs => writeln!(
            out,
            "# Those in which Raft was recognised:\n# paths = [{}]\n",
            dirs.join(", ")
        ),
    };
    out + "# What is left out, in the syntax of .gitignore. Test code is left out anyway.\n\
           # exclude = [\"**/generated/\", \"examples/\"]\n\n"
}

fn required(outcome: &Outcome) -> String {
    let mut out =
        String::from("# A run fails with exit code 2 where one of these is not recognised:\n");
    let mut met = Vec::new();
    for need in Need::ALL {
        let missing = need.missing(outcome);
        let said = missing.as_deref().unwrap_or("recognised");
        let _ = writeln!(out, "#   {:<7} {} ({said})", need.id(), need.summary());
        if missing.is_none() {
            met.push(string(need.id()));
        }
    }
    let _ = match met.is_empty() {
        true => writeln!(out, "# require = [\"append\", \"vote\", \"commit\", \"apply\"]\n"),
        false => writeln!(out, "require = [{}]\n", met.join(", ")),
    };
    out
}

fn levels() -> String {
    let mut out = String::from(
        "# \"error\", \"warn\", \"advice\", or \"allow\" to turn it off. A rule counts more than its group.\n\
         [levels]\n",
    );
    for group in Group::ALL {
        let _ = writeln!(out, "# {} = \"error\"", group.id());
        for rule in rules::ALL.iter().filter(|rule| rule.group == group) {
            let _ = writeln!(out, "# {} = \"{}\" # {}", rule.id, rule.level.word(), rule.summary);
        }
    }
    for Subject { id, level, summary, .. } in subjects::all() {
        let _ = writeln!(out, "# {id} = \"{}\" # {summary}", level.word());
    }
    out + "\n"
}

fn words(outcome: &Outcome) -> String {
    let mut out = String::from("# Names of values that the vocabulary misses, by role.\n[roles]\n");
    out += "# prev_log_term = [\"name\", \"Type.field\"]\n\n\
            # Functions that handle a message and are not recognised as such.\n[handlers]\n";
    for message in MESSAGES {
        let names: BTreeSet<&str> = outcome
            .handlers
            .iter()
            .filter(|handler| handler.message == message)
            .map(|handler| handler.function.as_str())
            .collect();
        let shown: Vec<String> =
            names.iter().take(MAX_NAMED).map(|name| format!("`{}`", escape::line(name))).collect();
        let said = match names.len() {
            0 => "none recognised".to_owned(),
            count if count > MAX_NAMED => format!("recognised: {} and others", shown.join(", ")),
            _ => format!("recognised: {}", shown.join(", ")),
        };
        let _ = writeln!(out, "# {} = [\"Type::function\"] # {said}", message.id());
    }
    if !outcome.notes.is_empty() {
        out += "\n# Expected, and not recognised:\n";
    }
    for note in &outcome.notes {
        let _ = writeln!(out, "#   {}", escape::line(&note.text));
    }
    out
}

/// A TOML string.
fn string(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if escape::is_dangerous(c) => {
                let _ = write!(out, "\\U{:08X}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out + "\""
}
