//! `[[logs.formats]]`: formats of log lines that `raft-lint logs` does not know.
//!
//! Takes the tables as they are written; gives formats that are ready to match, or the first error with its line. What a
//! pattern means and which expressions are allowed is said in [`crate::logs::format::custom`].

use std::collections::BTreeSet;

use serde::Deserialize;
use toml::Spanned;

use super::file::{Text, quoted};
use crate::error::Error;
use crate::logs::format::custom::{self, Custom, CustomPattern, MAX_PATTERNS, Part, Written};

/// `[logs]`.
#[derive(Deserialize, Debug, Default)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(super) struct Logs {
    formats: Vec<Spanned<Format>>,
}

/// One of `[[logs.formats]]`.
#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Format {
    name: Spanned<String>,
    patterns: Vec<Spanned<Pattern>>,
}

/// One of `patterns`.
#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Pattern {
    kind: Spanned<String>,
    side: Option<Spanned<String>>,
    regex: Spanned<String>,
    literal: Option<Spanned<String>>,
    example: Option<Spanned<String>>,
}

/// The formats of a file.
pub(super) fn formats(text: &Text<'_>, logs: &Logs) -> Result<Vec<Custom>, Error> {
    let mut names: BTreeSet<&str> =
        crate::logs::format::ALL.iter().map(|format| format.id).collect();
    let mut patterns = 0;
    let mut all = Vec::new();
    for format in &logs.formats {
        let format = format.get_ref();
        let name = format.name.get_ref();
        if name.trim().is_empty() {
            return Err(text.error(
                format.name.span(),
                "a format of `[[logs.formats]]` has an empty name",
                "name it",
            ));
        }
        if !names.insert(name) {
            let message = format!("there are two formats `{}`", quoted(name));
            return Err(text.error(
                format.name.span(),
                &message,
                "give one of them another name; `raft-lint logs --list-formats` lists all",
            ));
        }
        let Some(first) = format.patterns.first() else {
            let message = format!("the format `{}` has no patterns", quoted(name));
            return Err(text.error(
                format.name.span(),
                &message,
                "add `patterns = [{ kind = \"rejected\", regex = '…' }]`",
            ));
        };
        patterns += format.patterns.len();
        if patterns > MAX_PATTERNS {
            let message = format!("the formats have more than {MAX_PATTERNS} patterns");
            return Err(text.error(
                first.span(),
                &message,
                "keep those that a diagnosis needs: rejections, snapshots, elections",
            ));
        }
        let patterns: Result<Vec<_>, _> =
            format.patterns.iter().map(|written| pattern(text, written)).collect();
        all.push(Custom { name: name.clone(), patterns: patterns? });
    }
    Ok(all)
}

fn pattern(text: &Text<'_>, spanned: &Spanned<Pattern>) -> Result<CustomPattern, Error> {
    let pattern = spanned.get_ref();
    let of = |part: &Option<Spanned<String>>| part.as_ref().map_or(spanned.span(), Spanned::span);
    let word = |part: &'_ Option<Spanned<String>>| part.as_ref().map(|word| word.get_ref().clone());
    let (side, literal, example) =
        (word(&pattern.side), word(&pattern.literal), word(&pattern.example));
    let written = Written {
        kind: pattern.kind.get_ref(),
        side: side.as_deref(),
        regex: pattern.regex.get_ref(),
        literal: literal.as_deref(),
        example: example.as_deref(),
    };
    custom::read(&written).map_err(|(part, error)| {
        let span = match part {
            Part::Kind => pattern.kind.span(),
            Part::Side => of(&pattern.side),
            Part::Regex => pattern.regex.span(),
            Part::Literal => of(&pattern.literal),
            Part::Example => of(&pattern.example),
        };
        text.error(span, &error.text, error.hint)
    })
}
