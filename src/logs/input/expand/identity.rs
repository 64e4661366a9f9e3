//! Which file a path means, whatever the path: the same behind links of both kinds.

use std::fs::Metadata;
use std::path::{Path, PathBuf};

/// A file, however it is named.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(in crate::logs::input) enum Identity {
    StandardInput,
    /// Device and number of the file.
    Number(u64, u64),
    /// Where there are no such numbers, or no file yet: the path without links.
    Path(PathBuf),
}

impl Identity {
    /// Of an existing path.
    #[cfg(unix)]
    pub(in crate::logs::input) fn of(_path: &Path, metadata: &Metadata) -> Identity {
        use std::os::unix::fs::MetadataExt;
        Identity::Number(metadata.dev(), metadata.ino())
    }

    /// Of an existing path.
    #[cfg(not(unix))]
    pub(in crate::logs::input) fn of(path: &Path, _metadata: &Metadata) -> Identity {
        Identity::Path(path.canonicalize().unwrap_or_else(|_| path.to_owned()))
    }
}
