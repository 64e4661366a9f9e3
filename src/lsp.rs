//! The language server: an editor's conversation, and the analysis beside it.
//!
//! Takes messages; gives answers and diagnostics. The loop that reads messages never waits for the
//! analysis, which works on a thread of its own and may even fail: what it says belongs to versions of
//! documents, and is told only while those are the ones that the editor has. Nothing is written to disk,
//! nothing of the checked code is run, and whatever comes from it is escaped.

mod actions;
mod client;
mod convert;
mod diagnostics;
mod documents;
mod folders;
mod hover;
mod inlay;
mod markup;
mod messages;
mod place;
mod queries;
mod scratch;
mod server;
mod symbols;
pub mod transport;
mod worker;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::error::Error;
use crate::finding::Finding;
use crate::workspace::Analysed;

pub use server::{Ended, serve};

/// What was found out about a folder.
#[derive(Clone, Debug, Default)]
pub struct Analysis {
    /// The outcome and the files.
    pub found: Arc<Analysed>,
    /// What is wrong, with what is silenced by comments or known from a baseline.
    pub findings: Vec<Finding>,
    /// What is wrong in other files, such as the configuration.
    pub remarks: Vec<Remark>,
}

/// Something that is wrong in a file that is no source file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Remark {
    /// The file.
    pub path: PathBuf,
    /// One-based line.
    pub line: u32,
    /// What.
    pub text: String,
}

/// What analyses a folder.
pub trait Analyser {
    /// From now on this is what a file holds.
    fn set_text(&mut self, path: &Path, text: Arc<str>);

    /// From now on a file holds what is on disk.
    fn close_text(&mut self, path: &Path);

    /// A file on disk was written.
    fn reread_file(&mut self, path: &Path);

    /// Files on disk came or went, or any may have changed.
    fn reread(&mut self);

    /// Analyses what the files hold now.
    ///
    /// # Errors
    ///
    /// If there is nothing to analyse.
    fn analyse(&mut self) -> Result<Analysis, Error>;
}

/// Opens a folder with the settings that it has now; fails if they are wrong.
pub type Open = Box<dyn FnMut(&Path) -> Result<Box<dyn Analyser>, Error> + Send>;
