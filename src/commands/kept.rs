//! The cache of a run: where it is, and what there is to say of it.
//!
//! Takes the arguments; gives a cache. What it kept changes no report; only who named a directory that is of
//! no use is told.

use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::Arc;

use codespan_reporting::term::termcolor::Buffer;

use crate::cache::{Cache, place};
use crate::cli::CacheArgs;
use crate::error::Error;
use crate::report::escape;

/// The cache of a run.
pub(super) struct Kept {
    pub(super) cache: Arc<Cache>,
    /// Whether the user named its directory.
    is_named: bool,
}

/// The cache for a check of these paths, unless there is to be none. What comes on standard input changes too
/// often to be kept.
pub(super) fn kept(args: &CacheArgs, paths: &[PathBuf]) -> Result<Option<Kept>, Error> {
    if args.no_cache || paths.iter().any(|path| path.as_os_str() == "-") {
        return Ok(None);
    }
    let place = place::of(args.cache_dir.as_deref(), paths)?;
    Ok(place.map(|place| Kept {
        cache: Arc::new(Cache::new(place.directory)),
        is_named: place.is_named,
    }))
}

impl Kept {
    /// Cleans up, and says what is wrong with a directory that the user named.
    pub(super) fn end(&self, out: &mut Buffer) -> io::Result<()> {
        self.cache.tend();
        let Some(why) = self.cache.complaint().filter(|_| self.is_named) else { return Ok(()) };
        let directory = self.cache.directory().display().to_string();
        let (directory, why) = (escape::line(&directory), escape::line(&why));
        writeln!(out, "note: the cache `{directory}` can't be used, so each run begins anew: {why}")
    }
}
