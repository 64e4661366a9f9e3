//! Edits as people make them: a comment, a changed comparison, a new function, a half-typed line.
//!
//! Takes what was found out about a tree; gives texts before and after, spread over its files. Which
//! there are depends on the tree only.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use raft_lint::source::{FileId, SourceFile};
use raft_lint::workspace::Analysed;

/// The kinds of edits.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Comment,
    InHandler,
    InHelper,
    NewFunction,
    HalfTyped,
    Elsewhere,
}

impl Kind {
    pub(crate) const ALL: [Kind; 6] = [
        Kind::Comment,
        Kind::InHandler,
        Kind::InHelper,
        Kind::NewFunction,
        Kind::HalfTyped,
        Kind::Elsewhere,
    ];

    pub(crate) fn title(self) -> &'static str {
        match self {
            Kind::Comment => "a comment at an effect",
            Kind::InHandler => "another comparison in a handler's file",
            Kind::InHelper => "another comparison in another file",
            Kind::NewFunction => "a new function beside a handler",
            Kind::HalfTyped => "a half-typed line beside a handler",
            Kind::Elsewhere => "a line in a file without Raft",
        }
    }
}

/// An edit.
pub(crate) struct Edit {
    pub(crate) kind: Kind,
    pub(crate) path: PathBuf,
    pub(crate) before: Arc<str>,
    pub(crate) after: Arc<str>,
}

/// About `count` edits of each kind, if the tree has places for them.
pub(crate) fn of(analysed: &Analysed, count: usize) -> Vec<Edit> {
    let outcome = &analysed.outcome;
    let handling: BTreeSet<FileId> = outcome.handlers.iter().map(|h| h.place.file).collect();
    let speaking: BTreeSet<usize> =
        handling.iter().map(|file| outcome.packages_of_files[file.0 as usize]).collect();
    let all = (0..analysed.sources.files.len() as u32).map(FileId);
    let speaks = |file: &FileId| speaking.contains(&outcome.packages_of_files[file.0 as usize]);
    let (with, without): (Vec<FileId>, Vec<FileId>) = all.partition(speaks);
    let others: Vec<FileId> = with.into_iter().filter(|file| !handling.contains(file)).collect();
    let handling: Vec<FileId> = handling.into_iter().collect();
    let mut edits = Vec::new();
    let mut add = |kind, places: Vec<(FileId, usize)>, change: &dyn Fn(&mut String, usize)| {
        for (file, at) in spread(&places, count) {
            let file = analysed.sources.file(file);
            let Some(before) = text(file) else { continue };
            let mut after = before.to_string();
            change(&mut after, at);
            edits.push(Edit { kind, path: file.path.clone(), before, after: after.into() });
        }
    };
    let effects = outcome.obligations.iter().map(|o| {
        let file = analysed.sources.file(o.place.file);
        (o.place.file, file.line_start(file.line(o.place.span.start)) as usize)
    });
    add(Kind::Comment, effects.collect(), &|text, at| text.insert_str(at, "// why\n"));
    let ends = |files: &[FileId]| files.iter().map(|file| (*file, 0)).collect::<Vec<_>>();
    let compared = |files: &[FileId]| {
        let of_file = |file: &FileId| {
            let text = text(analysed.sources.file(*file)).unwrap_or_default();
            comparisons(&text).into_iter().map(|at| (*file, at)).collect::<Vec<_>>()
        };
        files.iter().flat_map(of_file).collect::<Vec<_>>()
    };
    let other = |text: &mut String, at: usize| {
        let (old, new) = COMPARISONS
            [COMPARISONS.iter().position(|(old, _)| text[at..].starts_with(old)).unwrap_or(0)];
        text.replace_range(at..at + old.len(), new);
    };
    add(Kind::InHandler, compared(&handling), &other);
    add(Kind::InHelper, compared(&others), &other);
    let again = |files: &[FileId]| ends(files).into_iter().cycle().take(count).collect::<Vec<_>>();
    add(Kind::NewFunction, again(&handling), &|text, _| {
        text.push_str("\nfn just_added(a: u64, b: u64) -> bool {\n    a < b\n}\n");
    });
    add(Kind::HalfTyped, again(&handling), &|text, _| text.push_str("\nfn just_added(a: u64, b"));
    add(Kind::Elsewhere, again(&without), &|text, _| text.push_str("\n// a line more\n"));
    edits
}

/// The text of a file, from the disk if it was not kept.
pub(crate) fn text(file: &SourceFile) -> Option<Arc<str>> {
    if !file.text.is_empty() {
        return Some(Arc::clone(&file.text));
    }
    std::fs::read_to_string(&file.path).ok().map(Into::into)
}

/// Comparisons, and what each becomes.
const COMPARISONS: [(&str, &str); 4] =
    [(" == ", " != "), (" != ", " == "), (" <= ", " < "), (" >= ", " > ")];

/// Where comparisons stand, outside of comments.
fn comparisons(text: &str) -> Vec<usize> {
    let mut found = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let code = line.split_once("//").map_or(line, |(code, _)| code);
        for (old, _) in COMPARISONS {
            found.extend(code.find(old).map(|at| start + at));
        }
        start += line.len();
    }
    found.sort_unstable();
    found
}

/// At most `count` of them, evenly.
fn spread<T: Copy>(all: &[T], count: usize) -> Vec<T> {
    let count = count.min(all.len());
    (0..count).map(|i| all[i * all.len() / count]).collect()
}
