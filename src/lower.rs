//! Parse and lower: the only stage that sees syn.
//!
//! Takes the files of the packages that survived the prefilter, parses each with syn, lowers it to
//! [`FileIr`] and drops the syntax tree at once (syn's types are not `Send`). Files are spread over
//! threads with big stacks; every file has its own fault boundary, and the result does not depend
//! on the number of threads. It never fails: what could not be lowered is a [`Problem`].

mod body;
mod comments;
mod constant;
mod depth;
mod expand;
mod item;
mod macros;
mod pattern;
mod release;
mod scan;
mod segments;
mod survey;
mod ty;
mod unread;

use std::any::TypeId;
use std::cmp::Reverse;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use rayon::prelude::*;

use crate::cache::Cache;
use crate::cache::entry::Key;
use crate::ir::FileIr;
use crate::names::{NameCache, Names, SharedNames};
use crate::outcome::{Problem, ProblemKind};
use crate::source::{FileId, SourceFile, Sources};

/// Stack of a worker; deep but legal nesting needs more than the default.
pub const STACK_BYTES: usize = 256 << 20;

/// Lowers the wanted files, on the threads of the pool that calls it: their stacks have to have
/// [`STACK_BYTES`]. `names` are those that are known already; a `cache` knows files from earlier runs. The
/// slot of an unwanted or unparsed file is `None`.
pub fn lower(
    sources: &Sources,
    wanted: &[FileId],
    names: Names,
    cache: Option<&Cache>,
) -> (Vec<Option<Arc<FileIr>>>, Names, Vec<Problem>) {
    let names = SharedNames::of(names);
    // The longest first, so that no thread is left with one at the end.
    let mut ordered = wanted.to_vec();
    ordered.sort_by_key(|&file| (Reverse(sources.file(file).text.len()), file));
    let results: Vec<_> = ordered
        .par_iter()
        .with_max_len(1)
        .map_init(
            || NameCache::new(&names),
            |names, &file| kept_or_lowered(sources, file, names, cache),
        )
        .collect();
    if let Some(cache) = cache {
        cache.write();
    }
    let mut slots: Vec<Option<Arc<FileIr>>> = Vec::new();
    slots.resize_with(sources.files.len(), || None);
    let mut problems = Vec::new();
    for (file, result) in ordered.iter().zip(results) {
        match result {
            Ok(ir) => slots[file.0 as usize] = Some(Arc::new(ir)),
            Err(problem) => problems.push(problem),
        }
    }
    problems.sort_by(|a, b| a.file.cmp(&b.file));
    (slots, names.freeze(), problems)
}

/// Which parser is linked in: a number that is another one for each of its versions.
pub fn parser() -> TypeId {
    TypeId::of::<(syn::File, proc_macro2::TokenStream)>()
}

/// What the cache has of a file; or what lowering gives, for the cache, too. A file that can't be lowered is
/// tried anew each time.
fn kept_or_lowered(
    sources: &Sources,
    file: FileId,
    names: &mut NameCache<'_>,
    cache: Option<&Cache>,
) -> Result<FileIr, Problem> {
    let source = sources.file(file);
    let Some(cache) = cache else { return lower_file(sources, file, names) };
    let key = Key::of_source(source);
    if let Some(ir) = cache.find(&key, file, source, names) {
        return Ok(ir);
    }
    names.note();
    let ir = lower_file(sources, file, names)?;
    cache.keep(&key, source, &ir, names);
    Ok(ir)
}

/// What lowering a file gives, whatever the cache has.
pub(crate) fn lower_file(
    sources: &Sources,
    file: FileId,
    names: &mut NameCache<'_>,
) -> Result<FileIr, Problem> {
    let source = sources.file(file);
    let problem = |kind, line, text| Problem { kind, file: source.name.clone(), line, text };
    let text = source.text.strip_prefix('\u{feff}').unwrap_or(&source.text);
    // Spans count from the start of what is parsed.
    let offset = (source.text.len() - text.len()) as u32;
    let mut lower = || {
        let has_mark = comments::has_mark(text);
        let surveyed = survey::survey(text, has_mark);
        let text = &surveyed.map_err(|why| problem(ProblemKind::TooDeep, None, why))?;
        let parsed = syn::parse_file(text).map_err(|error| {
            let line = error.span().start().line as u32;
            problem(ProblemKind::Unparsed, Some(line.max(1)), error.to_string())
        })?;
        let mut lowering = Lowering {
            names,
            file,
            source,
            offset,
            is_ascii: text.is_ascii(),
            ir: FileIr::default(),
            module: None,
            own_macros: expand::OwnMacros::of(&parsed.items),
            ident: String::new(),
        };
        lowering.items(&parsed.items);
        if has_mark {
            let comments = comments::of(text, offset, || segments::of(&mut lowering, &parsed));
            lowering.ir.comments = comments;
        }
        Ok(lowering.ir)
    };
    let outcome = catch_unwind(AssertUnwindSafe(&mut lower));
    // Positions are 32 bits wide and add up over a thread's life otherwise.
    proc_macro2::extra::invalidate_current_thread_spans();
    outcome.unwrap_or_else(|_| {
        let text = "it could not be parsed and lowered".to_owned();
        Err(problem(ProblemKind::Internal, None, text))
    })
}

/// The state of lowering one file.
struct Lowering<'l, 'n> {
    names: &'l mut NameCache<'n>,
    file: FileId,
    source: &'l SourceFile,
    /// Length of a byte order mark that was cut off.
    offset: u32,
    is_ascii: bool,
    ir: FileIr,
    /// The innermost module around what is lowered.
    module: Option<crate::ir::Name>,
    /// The file's own macros.
    own_macros: expand::OwnMacros,
    /// The identifier that is looked up: one buffer for all of them.
    ident: String,
}
