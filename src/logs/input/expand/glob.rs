//! Globs, for shells that leave them as they are, and in quotes.
//!
//! Takes a pattern; gives the files and directories that it matches, sorted. As in a shell: `*` and `?` stay within a
//! name and match no dot at its beginning, `**` goes through directories, and a link that matches counts as its file.

use std::fs::Metadata;
use std::path::{Component, Path, PathBuf};

use globset::{GlobBuilder, GlobMatcher};
use walkdir::WalkDir;

use super::walk::is_hidden;
use super::{MAX_FILES, shown};
use crate::error::Error;

/// What makes a path a pattern.
const SIGNS: &[char] = &['*', '?', '[', '{'];

/// Whether a path can be read as a pattern.
pub(super) fn is_glob(path: &Path) -> bool {
    path.to_str().is_some_and(|text| text.contains(SIGNS))
}

/// What the pattern matches.
///
/// # Errors
///
/// If it is no pattern, or matches nothing.
pub(super) fn matches(pattern: &Path) -> Result<Vec<(PathBuf, Metadata)>, Error> {
    let (base, rest) = divided(pattern);
    let text = shown(&rest);
    let matcher = compiled(&text).map_err(|error| {
        Error::new(
            format!("`{}` is neither a file nor a pattern: {error}", shown(pattern)),
            "in a pattern `*` and `?` stand for any characters of a name, `**` for any directories, `[ab]` and `{a,b}` \
             for one of them",
        )
    })?;
    let found = below(&base, &matcher, &text);
    if found.is_empty() {
        return Err(Error::new(
            format!("nothing matches `{}`", shown(pattern)),
            format!(
                "it was looked for below {}; `*` stays within a directory, `**` goes through them, and a hidden file \
                 is matched only by a pattern with its dot",
                match base.as_os_str().is_empty() {
                    true => "the current directory".to_owned(),
                    false => format!("`{}`", shown(&base)),
                },
            ),
        ));
    }
    Ok(found)
}

fn compiled(text: &str) -> Result<GlobMatcher, globset::Error> {
    let glob = GlobBuilder::new(text).literal_separator(true).build()?;
    Ok(glob.compile_matcher())
}

/// The directory where the search begins, which has no signs, and the pattern below it.
fn divided(pattern: &Path) -> (PathBuf, PathBuf) {
    let is_plain =
        |component: &Component<'_>| !component.as_os_str().to_string_lossy().contains(SIGNS);
    let base: PathBuf = pattern.components().take_while(is_plain).collect();
    let rest = pattern.components().skip_while(is_plain).collect();
    (base, rest)
}

fn below(base: &Path, matcher: &GlobMatcher, text: &str) -> Vec<(PathBuf, Metadata)> {
    let root = if base.as_os_str().is_empty() { Path::new(".") } else { base };
    let through_all = text.contains("**");
    let depth = if through_all { usize::MAX } else { text.split('/').count() };
    let hidden = text.split('/').any(|part| part.starts_with('.'));
    // Links to directories are followed only where the pattern says how deep it goes.
    let walk = WalkDir::new(root)
        .min_depth(1)
        .max_depth(depth)
        .follow_links(!through_all)
        .sort_by_file_name();
    let entries =
        walk.into_iter().filter_entry(|entry| hidden || entry.depth() == 0 || !is_hidden(entry));
    let mut found: Vec<(PathBuf, Metadata)> = Vec::new();
    let mut covered: Option<PathBuf> = None;
    for entry in entries.flatten() {
        let Ok(relative) = entry.path().strip_prefix(root) else { continue };
        let is_covered =
            covered.as_ref().is_some_and(|directory| entry.path().starts_with(directory));
        if is_covered || !matcher.is_match(relative) {
            continue;
        }
        let Ok(metadata) = std::fs::metadata(entry.path()) else { continue };
        // What a directory holds comes with it. That `**` matches directories, too, is not what it is written for.
        if metadata.is_dir() {
            if through_all {
                continue;
            }
            covered = Some(entry.path().to_owned());
        } else if !metadata.is_file() {
            continue;
        }
        found.push((base.join(relative), metadata));
        if found.len() > MAX_FILES {
            break;
        }
    }
    found
}
