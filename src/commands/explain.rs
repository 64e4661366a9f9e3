//! `raft-lint explain RULE`: a rule's documentation page.
//!
//! Takes a rule's id; prints the page that is compiled in. An unknown id is an error that names
//! the nearest known one.

use std::io::Write;

use super::{Exit, Printed};
use crate::cli::{Color, ExplainArgs};
use crate::error::Error;
use crate::rules;

/// Prints the page.
pub(super) fn run(args: &ExplainArgs) -> Result<Printed, Error> {
    let id = args.rule.to_lowercase().replace('_', "-");
    let rule = rules::find(&id).ok_or_else(|| unknown(&id))?;
    let (mut out, err) = super::buffers(Color::Never);
    out.write_all(rule.page.as_bytes()).map_err(super::in_memory)?;
    Ok(Printed { exit: Exit::Clean, out, err })
}

fn unknown(id: &str) -> Error {
    let nearest = rules::ALL.iter().map(|rule| rule.id).min_by_key(|known| distance(id, known));
    let near = nearest.filter(|known| distance(id, known) <= known.len() / 2);
    let hint = match near {
        Some(known) => format!("did you mean `{known}`? `raft-lint rules` lists them all"),
        None => "`raft-lint rules` lists them all".to_owned(),
    };
    Error::new(format!("there is no rule `{id}`"), hint)
}

/// How many letters have to be changed, added or removed to get from one to the other.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().take(100).enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let changed = diagonal + usize::from(x != *y);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::distance;

    #[test]
    fn distances_count_edits() {
        assert_eq!(distance("append", "append"), 0);
        assert_eq!(distance("apend", "append"), 1);
        assert_eq!(distance("", "abc"), 3);
    }
}
