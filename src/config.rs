//! Configuration: `raft-lint.toml`, or the `raft-lint` table in the metadata of a `Cargo.toml`.
//!
//! Takes the paths of a run; gives what the nearest configuration says, checked as far as the file
//! alone allows. Everything in it may come from a stranger: it can choose what is checked inside of
//! the repository and how serious that is, and a run tells what it changed, but nothing outside of
//! the repository is read or written because of it.

mod file;
mod find;
mod inside;
mod logs;
#[cfg(test)]
mod schema;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::{Path, PathBuf};

use toml::Spanned;

use self::file::{File, Text, quoted};
use self::find::Found;
use crate::discover::Exclude;
use crate::discover::revision::Revision;
use crate::error::Error;
use crate::levels::{Layer, names};
use crate::logs::format::custom::Custom;
use crate::outcome::Note;
use crate::require::Need;
use crate::rule::Level;
use crate::spelling::nearest;

/// The file's name.
pub const NAME: &str = "raft-lint.toml";

/// What a configuration says.
#[derive(Clone, Debug, Default)]
pub struct Configuration {
    /// The file as shown.
    pub name: String,
    /// The levels of rules and groups.
    pub levels: Layer,
    /// What is checked when no path is given.
    pub paths: Vec<PathBuf>,
    /// What is left out.
    pub exclude: Exclude,
    /// What has to be recognised.
    pub require: Vec<Need>,
    /// The lowest level of findings that fails a run.
    pub fail_on: Option<Level>,
    /// The file with the findings that were known before.
    pub baseline: Option<PathBuf>,
    /// Names of values, by role.
    pub roles: BTreeMap<String, Assigned>,
    /// Names of functions, by message.
    pub handlers: BTreeMap<String, Assigned>,
    /// Formats of log lines that are not built in.
    pub formats: Vec<Custom>,
    /// Its directory, without links and dots.
    dir: PathBuf,
}

/// What is assigned to a role or a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assigned {
    /// The one-based line of the role or message.
    pub line: u32,
    /// The names, each with its one-based line.
    pub names: Vec<(String, u32)>,
}

impl Configuration {
    /// An error about a line of this file.
    pub fn error(&self, line: u32, text: &str, hint: impl Into<String>) -> Error {
        Error::new(format!("{}:{line}: {text}", self.name), hint)
    }
}

/// The configuration in a file that the user named.
///
/// # Errors
///
/// If it can't be read, or something in it is wrong.
pub fn named(path: &Path) -> Result<Configuration, Error> {
    let found = find::named(path)?;
    read(&found)?.ok_or_else(|| {
        Error::new(
            format!("`{}` has no configuration", path.display()),
            "write `[package.metadata.raft-lint]` or `[workspace.metadata.raft-lint]` into it",
        )
    })
}

/// The nearest configuration at or above the paths, up to the root of their repository.
///
/// # Errors
///
/// If the paths have different ones, or theirs can't be read or is wrong.
pub fn nearest_to(paths: &[PathBuf]) -> Result<Option<Configuration>, Error> {
    match find::nearest(paths, &is_used)? {
        Some(found) => read(&found),
        None => Ok(None),
    }
}

/// The configuration in a text, as if a file of this name stood in the current directory; of a
/// `Cargo.toml` the one in its metadata, if it has one. The paths in it need not exist.
///
/// # Errors
///
/// If something in it is wrong.
pub fn of_text(name: &str, text: &str) -> Result<Option<Configuration>, Error> {
    read(&find::in_memory(name, text))
}

/// The configuration that a revision has, compared with the one on disk.
#[derive(Debug)]
pub enum Older {
    /// The revision says nothing of it: it lies elsewhere, or behind a link.
    Same,
    /// There was none that could be used.
    None,
    /// This one.
    Other(Box<Configuration>),
}

/// What stood in a named file at a revision.
pub fn named_at(revision: &Revision, path: &Path) -> Older {
    let full = path.canonicalize().ok().filter(|full| full.starts_with(revision.root()));
    let found = full.map(|full| find::at(revision, &full));
    match found {
        None | Some(find::At::Link) => Older::Same,
        Some(find::At::Nothing) => Older::None,
        Some(find::At::Found(found)) => older(read(&found)),
    }
}

/// The nearest configuration at or above the paths at a revision.
pub fn nearest_at(revision: &Revision, paths: &[PathBuf]) -> Older {
    match find::nearest_at(revision, paths, &|found| is_used(found).unwrap_or(false)) {
        find::At::Link => Older::Same,
        find::At::Nothing => Older::None,
        find::At::Found(found) => older(read(&found)),
    }
}

fn older(read: Result<Option<Configuration>, Error>) -> Older {
    read.ok().flatten().map_or(Older::None, |older| Older::Other(Box::new(older)))
}

/// A note on each configuration in a package that is not the run's: there is only one in a run.
pub fn unused(packages: &[PathBuf], used: Option<&Configuration>) -> Vec<Note> {
    let here = |package: &PathBuf| {
        let dir = package.canonicalize().ok()?;
        if used.is_some_and(|used| dir == used.dir) {
            return None;
        }
        let text = format!(
            "`{}` is not used: a run has one configuration, the nearest at or above what is checked",
            find::present(&dir, &is_used)?.display()
        );
        Some(Note::new(None, text))
    };
    let mut notes: Vec<Note> = packages.iter().filter_map(here).collect();
    notes.sort_by(|a, b| a.text.cmp(&b.text));
    notes.dedup_by(|a, b| a.text == b.text);
    notes
}

/// The `Cargo.toml` of this very directory, if it holds a configuration.
pub fn in_manifest(dir: &Path) -> Option<PathBuf> {
    find::present_manifest(&dir.canonicalize().ok()?, &is_used)
}

/// Whether a file holds a configuration at all.
fn is_used(found: &Found) -> Result<bool, Error> {
    Ok(read(found)?.is_some())
}

fn read(found: &Found) -> Result<Option<Configuration>, Error> {
    let name = found.path.display().to_string();
    let text = Text::new(&name, &found.text);
    let file = if found.is_manifest() { text.of_manifest()? } else { Some(text.whole()?) };
    file.map(|file| Reading { text, found }.configuration(file)).transpose()
}

/// A file on its way to a configuration.
struct Reading<'r> {
    text: Text<'r>,
    found: &'r Found,
}

type Names = BTreeMap<Spanned<String>, Spanned<Vec<Spanned<String>>>>;

impl Reading<'_> {
    fn configuration(&self, file: File) -> Result<Configuration, Error> {
        Ok(Configuration {
            name: self.text.name.to_owned(),
            dir: self.found.dir.clone(),
            levels: self.levels(&file)?,
            paths: self.paths(&file)?,
            exclude: self.exclude(&file)?,
            require: self.require(&file)?,
            fail_on: file.fail_on.as_ref().map(|level| self.fail_on(level)).transpose()?,
            baseline: file.baseline.as_ref().map(|path| self.path("baseline", path)).transpose()?,
            roles: self.names("roles", &file.roles)?,
            handlers: self.names("handlers", &file.handlers)?,
            formats: logs::formats(&self.text, &file.logs)?,
        })
    }

    fn error(&self, span: Range<usize>, text: &str, hint: impl Into<String>) -> Error {
        self.text.error(span, text, hint)
    }

    fn levels(&self, file: &File) -> Result<Layer, Error> {
        let mut layer = Layer::default();
        let mut entries: Vec<_> = file.levels.iter().collect();
        entries.sort_by_key(|(name, _)| name.span().start);
        for (name, level) in entries {
            let word = level.get_ref();
            let wanted = Level::find(word);
            if wanted.is_none() && word != "allow" {
                let text = format!("there is no level `{}`", quoted(word));
                let hint = "give `error`, `warn`, `advice` or `allow`";
                return Err(self.error(level.span(), &text, hint));
            }
            let shown = quoted(name.get_ref());
            match layer.set(name.get_ref(), wanted) {
                Ok(true) => {}
                Ok(false) => {
                    let text = format!("`{shown}` has two levels");
                    return Err(self.error(name.span(), &text, "keep one of them"));
                }
                Err(_) => {
                    let text = format!("there is no rule or group `{shown}`");
                    let near = nearest(&shown.to_lowercase().replace('_', "-"), names());
                    let near = near.map(|known| format!("did you mean `{known}`? "));
                    let hint =
                        format!("{}`raft-lint rules` lists them all", near.unwrap_or_default());
                    return Err(self.error(name.span(), &text, hint));
                }
            }
        }
        Ok(layer)
    }

    fn paths(&self, file: &File) -> Result<Vec<PathBuf>, Error> {
        let Some(paths) = &file.paths else { return Ok(Vec::new()) };
        if paths.get_ref().is_empty() {
            let hint = "name a directory or a Rust file, or leave `paths` out";
            return Err(self.error(
                paths.span(),
                "`paths` is empty: nothing would be checked",
                hint,
            ));
        }
        let mut all = Vec::new();
        for path in paths.get_ref() {
            let resolved = self.path("paths", path)?;
            if !self.found.is_old && !resolved.exists() {
                let text = format!("`{}` in `paths` does not exist", quoted(path.get_ref()));
                let hint = "paths are relative to the file that names them";
                return Err(self.error(path.span(), &text, hint));
            }
            all.push(resolved);
        }
        let mut seen = BTreeSet::new();
        all.retain(|path| seen.insert(path.clone())); // each is walked
        Ok(all)
    }

    /// A path inside of the repository, as it is opened.
    fn path(&self, key: &str, written: &Spanned<String>) -> Result<PathBuf, Error> {
        let (root, dir) = (&self.found.root, &self.found.dir);
        match inside::resolve(root, dir, written.get_ref()) {
            Ok(full) => {
                let path = find::from_here(&full);
                // Alone, `-` would be standard input, and nothing no path at all.
                let alone = path.as_os_str().is_empty() || path.as_os_str() == "-";
                Ok(if alone { Path::new(".").join(path) } else { path })
            }
            Err(why) => {
                let text = format!("`{}` in `{key}` {why}", quoted(written.get_ref()));
                let hint =
                    "give a path inside of the repository, relative to the file that names it";
                Err(self.error(written.span(), &text, hint))
            }
        }
    }

    fn exclude(&self, file: &File) -> Result<Exclude, Error> {
        let mut exclude = Exclude::default();
        let patterns: Vec<&str> = file.exclude.iter().map(|p| p.get_ref().as_str()).collect();
        exclude.add(&self.found.dir, &patterns).map_err(|(index, why)| {
            let text = match index {
                Some(index) => {
                    format!("can't use the pattern `{}`: {why}", quoted(patterns[index]))
                }
                None => format!("can't use the patterns of `exclude` together: {why}"),
            };
            let span = file.exclude[index.unwrap_or_default()].span();
            self.error(span, &text, "patterns are those of .gitignore")
        })?;
        Ok(exclude)
    }

    fn require(&self, file: &File) -> Result<Vec<Need>, Error> {
        let read = |word: &Spanned<String>| {
            let need = Need::read(quoted(word.get_ref()));
            need.map_err(|error| self.error(word.span(), &error.text, error.hint))
        };
        file.require.iter().map(read).collect()
    }

    fn fail_on(&self, level: &Spanned<String>) -> Result<Level, Error> {
        Level::find(level.get_ref()).ok_or_else(|| {
            let text = format!("there is no level `{}` to fail on", quoted(level.get_ref()));
            self.error(level.span(), &text, "give `error`, `warn` or `advice`")
        })
    }

    fn names(&self, table: &str, names: &Names) -> Result<BTreeMap<String, Assigned>, Error> {
        let line = |span: Range<usize>| self.text.line(span.start);
        let mut all = BTreeMap::new();
        for (key, list) in names {
            if list.get_ref().is_empty() {
                let text = format!("`{}` in `[{table}]` has no names", quoted(key.get_ref()));
                return Err(self.error(list.span(), &text, "give names, or leave it out"));
            }
            if let Some(empty) = list.get_ref().iter().find(|name| name.get_ref().trim().is_empty())
            {
                let text = format!("`{}` in `[{table}]` has an empty name", quoted(key.get_ref()));
                return Err(self.error(empty.span(), &text, "give the name as the code has it"));
            }
            let names = list.get_ref().iter();
            let names = names.map(|name| (name.get_ref().clone(), line(name.span()))).collect();
            all.insert(key.get_ref().clone(), Assigned { line: line(key.span()), names });
        }
        Ok(all)
    }
}
