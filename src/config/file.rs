//! The configuration as it is written: its keys, their types, and where each value stands.
//!
//! Takes a TOML text; gives the table with its spans, or the error with its line. The doc comments
//! of [`File`] are the descriptions in `docs/raft-lint.schema.json`, which a test writes. It gives no
//! value a meaning.

use std::collections::BTreeMap;
use std::ops::Range;

use serde::Deserialize;
use toml::Spanned;
use toml::de::{DeTable, DeValue, ValueDeserializer};

use crate::error::Error;
use crate::spelling::nearest;

/// Configuration of raft-lint. Paths and patterns are relative to this file.
#[derive(Deserialize, Debug, Default)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(title = "raft-lint.toml"))]
pub(super) struct File {
    /// The levels of rules and groups; what is said of a rule counts more than what is said of its
    /// group, and the command line more than this file.
    #[cfg_attr(test, schemars(schema_with = "super::schema::levels"))]
    pub(super) levels: BTreeMap<Spanned<String>, Spanned<String>>,
    /// What is checked when no path is given: directories and Rust files inside of the repository.
    #[cfg_attr(test, schemars(with = "Vec<String>"))]
    pub(super) paths: Option<Spanned<Vec<Spanned<String>>>>,
    /// What is left out, in the syntax of `.gitignore`.
    #[cfg_attr(test, schemars(with = "Vec<String>"))]
    pub(super) exclude: Vec<Spanned<String>>,
    /// Fail with exit code 2 where this is not recognised.
    #[cfg_attr(test, schemars(schema_with = "super::schema::require"))]
    pub(super) require: Vec<Spanned<String>>,
    /// The lowest level of findings that fails a run; `warn` if nothing is said.
    #[cfg_attr(test, schemars(schema_with = "super::schema::fail_on"))]
    pub(super) fail_on: Option<Spanned<String>>,
    /// The file with the findings that were known before, inside of the repository.
    #[cfg_attr(test, schemars(with = "String"))]
    pub(super) baseline: Option<Spanned<String>>,
    /// Names of values that the vocabulary misses, by role: `prev_log_term = ["name", "Type.field"]`.
    #[cfg_attr(test, schemars(schema_with = "super::schema::roles"))]
    pub(super) roles: BTreeMap<Spanned<String>, Spanned<Vec<Spanned<String>>>>,
    /// Functions that handle a message, by message: `append_entries = ["Type::function"]`.
    #[cfg_attr(test, schemars(schema_with = "super::schema::handlers"))]
    pub(super) handlers: BTreeMap<Spanned<String>, Spanned<Vec<Spanned<String>>>>,
    /// What `raft-lint logs` reads beside the formats that it knows.
    #[cfg_attr(test, schemars(schema_with = "super::schema::logs"))]
    pub(super) logs: super::logs::Logs,
}

/// The keys of [`File`].
pub(super) const KEYS: [&str; 9] =
    ["levels", "paths", "exclude", "require", "fail-on", "baseline", "roles", "handlers", "logs"];

/// Texts from the file are cut to this many characters in messages.
const MAX_QUOTE: usize = 80;

/// What the parser says is cut to this many: it may hold such a text, and says more.
const MAX_MESSAGE: usize = 3 * MAX_QUOTE;

/// A text with its shown name, to tell where something is wrong.
pub(super) struct Text<'t> {
    /// The file's shown name.
    pub(super) name: &'t str,
    /// What is in it.
    text: &'t str,
    /// Where its lines end: a stranger's file may ask for many.
    line_ends: Vec<usize>,
}

impl<'t> Text<'t> {
    /// Takes a text and finds its lines.
    pub(super) fn new(name: &'t str, text: &'t str) -> Self {
        let line_ends = text.match_indices('\n').map(|(at, _)| at).collect();
        Text { name, text, line_ends }
    }

    /// One-based line of a byte offset.
    pub(super) fn line(&self, offset: usize) -> u32 {
        self.line_ends.partition_point(|&end| end < offset) as u32 + 1
    }

    /// An error that starts with file and line.
    pub(super) fn error(&self, span: Range<usize>, text: &str, hint: impl Into<String>) -> Error {
        Error::new(format!("{}:{}: {text}", self.name, self.line(span.start)), hint)
    }

    fn of_toml(&self, error: &toml::de::Error) -> Error {
        let message = error.message().replace('\n', ", ");
        let message = cut(&message, MAX_MESSAGE);
        let hint = "the file has to be TOML with the keys of docs/configuration.md; `raft-lint init \
                    --print` shows a commented one";
        self.error(error.span().unwrap_or_default(), message, hint)
    }

    /// The whole text as the table of the configuration.
    pub(super) fn whole(&self) -> Result<File, Error> {
        let table = DeTable::parse(self.text).map_err(|error| self.of_toml(&error))?;
        let span = table.span();
        self.file(Spanned::new(span, DeValue::Table(table.into_inner())))
    }

    /// The configuration in the metadata of a `Cargo.toml`, if it has one.
    pub(super) fn of_manifest(&self) -> Result<Option<File>, Error> {
        let table = DeTable::parse(self.text).map_err(|error| self.of_toml(&error))?;
        let mut table = table.into_inner();
        let mut of = |owner| child(child(table.remove(owner)?, "metadata")?, "raft-lint");
        let (package, workspace) = (of("package"), of("workspace"));
        if let (Some(_), Some(second)) = (&package, &workspace) {
            return Err(self.error(
                second.span(),
                "there are two configurations, in the metadata of the package and of the workspace",
                "keep one of them",
            ));
        }
        package.or(workspace).map(|table| self.file(table)).transpose()
    }

    /// Keys are looked at first: an unknown one gets the nearest that is known.
    fn file(&self, table: Spanned<DeValue<'_>>) -> Result<File, Error> {
        let keys = table.get_ref().as_table().into_iter().flat_map(|table| table.keys());
        let unknown = keys.filter(|key| !KEYS.contains(&key.get_ref().as_ref()));
        if let Some(key) = unknown.min_by_key(|key| key.span().start) {
            let name = key.get_ref();
            let all = KEYS.map(|key| format!("`{key}`")).join(", ");
            let known = format!("known are {all}");
            let hint = match nearest(name, KEYS.into_iter()) {
                Some(near) => format!("did you mean `{near}`? {known}"),
                None => known,
            };
            return Err(self.error(
                key.span(),
                &format!("there is no key `{}`", quoted(name)),
                hint,
            ));
        }
        File::deserialize(ValueDeserializer::from(table)).map_err(|error| self.of_toml(&error))
    }
}

/// A value of a table.
fn child<'t>(table: Spanned<DeValue<'t>>, key: &str) -> Option<Spanned<DeValue<'t>>> {
    match table.into_inner() {
        DeValue::Table(mut table) => table.remove(key),
        _ => None,
    }
}

/// A text as messages quote it.
pub(super) fn quoted(text: &str) -> &str {
    cut(text, MAX_QUOTE)
}

fn cut(text: &str, most: usize) -> &str {
    text.char_indices().nth(most).map_or(text, |(end, _)| &text[..end])
}
