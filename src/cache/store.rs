//! The entries on disk: one file for each, below a directory for each build.
//!
//! Takes keys and bytes; reads and writes files. A file is written beside its place and moved there, so that
//! who reads it, at the same time, too, sees all of it or nothing. No link is followed below the directory,
//! and nothing but regular files is opened. It writes nothing outside of the directory.

use std::fs::{DirBuilder, File, Metadata, OpenOptions};
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::entry::{Key, build};
use super::sweep;

/// What the names of files start with that are being written.
pub(super) const UNFINISHED: &str = "unfinished-";
/// The tag by which programs that make backups know a cache: <https://bford.info/cachedir/>.
const TAG: &str = "CACHEDIR.TAG";
const TAGGED: &str = "Signature: 8a477f597d28d172789f06886806bc55\n\
    # This is a cache of raft-lint. It can be removed at any time.\n";
/// An entry is marked as used again after so long.
const USED_AGAIN: Duration = Duration::from_secs(24 * 60 * 60);

/// The entries of this build.
pub(super) struct Store {
    directory: PathBuf,
    /// Where those of this build are.
    entries: PathBuf,
    /// Whether the directories can be used for reading.
    is_readable: OnceLock<bool>,
    /// Whether there are directories to write to.
    is_writable: OnceLock<bool>,
    /// What is wrong.
    complaint: Mutex<Option<String>>,
    /// Makes the names of this run's files different from those of all others.
    run: String,
    written: AtomicUsize,
}

impl Store {
    pub(super) fn new(directory: PathBuf) -> Self {
        let entries = directory.join(sweep::name_of_build(build()));
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Store {
            directory,
            entries,
            is_readable: OnceLock::new(),
            is_writable: OnceLock::new(),
            complaint: Mutex::new(None),
            run: format!("{UNFINISHED}{}-{}", since.as_nanos(), std::process::id()),
            written: AtomicUsize::new(0),
        }
    }

    pub(super) fn directory(&self) -> &Path {
        &self.directory
    }

    pub(super) fn complaint(&self) -> Option<String> {
        self.complaint.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Whether something may still be written.
    pub(super) fn takes(&self) -> bool {
        self.complaint.lock().unwrap_or_else(PoisonError::into_inner).is_none()
    }

    /// The bytes of an entry; none if there is none, or something else, or if it is longer than `most`.
    pub(super) fn read(&self, key: &Key, most: usize) -> Option<Vec<u8>> {
        if !*self.is_readable.get_or_init(|| self.is_ours()) {
            return None;
        }
        let path = self.entries.join(key.name());
        let fits = |metadata: Metadata| {
            let length = usize::try_from(metadata.len()).ok()?;
            (metadata.is_file() && length <= most).then_some((metadata, length))
        };
        fits(path.symlink_metadata().ok()?)?;
        let mut file = open(OpenOptions::new().read(true), &path).ok()?;
        let (metadata, length) = fits(file.metadata().ok()?)?;
        let mut bytes = Vec::with_capacity(length + 1);
        (&mut file).take(most as u64).read_to_end(&mut bytes).ok()?;
        let used = metadata.modified().ok().and_then(|used| used.elapsed().ok());
        if used.is_some_and(|used| used > USED_AGAIN) {
            mark_used(&path);
        }
        Some(bytes)
    }

    /// Whether what is there already is no link, and nothing that everybody may write to.
    fn is_ours(&self) -> bool {
        let is_link = |metadata: Metadata| metadata.is_symlink();
        let refused = refused(&self.directory).or_else(|| {
            match self.entries.symlink_metadata().is_ok_and(is_link) {
                true => Some("a link stands in the place of its entries".to_owned()),
                false => refused(&self.entries),
            }
        });
        self.complain(refused.as_ref());
        refused.is_none()
    }

    /// Writes an entry; whether it is there now.
    pub(super) fn write(&self, key: &Key, bytes: &[u8]) -> bool {
        if !self.takes() || !*self.is_writable.get_or_init(|| self.make()) {
            return false;
        }
        let number = self.written.fetch_add(1, Ordering::Relaxed);
        let unfinished = self.entries.join(format!("{}-{number}", self.run));
        if let Err(error) = write_new(&unfinished, bytes) {
            if error.kind() != ErrorKind::AlreadyExists {
                let _ = std::fs::remove_file(&unfinished);
            }
            // Whoever removes the directory meanwhile may do so.
            self.complain(Some(error).filter(|error| error.kind() != ErrorKind::NotFound));
            return false;
        }
        // What stands there instead of an entry stays, if it can't be replaced.
        let moved = std::fs::rename(&unfinished, self.entries.join(key.name()));
        if moved.is_err() {
            let _ = std::fs::remove_file(&unfinished);
        }
        moved.is_ok()
    }

    /// Makes the directories; whether they are there now.
    fn make(&self) -> bool {
        let made = make(&self.directory, &self.entries);
        self.complain(made.as_ref().err());
        made.is_ok() && self.is_ours()
    }

    /// The first thing that is wrong is told.
    fn complain(&self, why: Option<impl ToString>) {
        let mut complaint = self.complaint.lock().unwrap_or_else(PoisonError::into_inner);
        *complaint = complaint.take().or_else(|| why.map(|why| why.to_string()));
    }
}

/// Why a directory is not used, if there is a reason.
fn refused(directory: &Path) -> Option<String> {
    let metadata = directory.metadata().ok()?;
    if !metadata.is_dir() {
        return Some("it is no directory".to_owned());
    }
    #[cfg(unix)]
    if std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o002 != 0 {
        return Some("everybody may write to it".to_owned());
    }
    None
}

/// Makes the directories that are missing. One that is made here is tagged as a cache, and ignored by git.
fn make(directory: &Path, entries: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    if !directory.exists() {
        builder.create(directory)?;
        for (name, text) in [(TAG, TAGGED), (".gitignore", "*\n"), (sweep::STAMP, "")] {
            let _ = write_new(&directory.join(name), text.as_bytes()); // or another run does it just now
        }
    }
    builder.create(entries)
}

/// Writes a file that is not there yet.
fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)?.write_all(bytes)
}

/// Opens a file; no link, and without waiting for the other end of a pipe.
fn open(options: &mut OpenOptions, path: &Path) -> io::Result<File> {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(
        options,
        libc::O_NOFOLLOW | libc::O_NONBLOCK | libc::O_NOCTTY,
    );
    options.open(path)
}

/// Marks a file as used now, so that it is not removed soon.
fn mark_used(path: &Path) {
    let file = open(OpenOptions::new().write(true), path);
    let _ = file.and_then(|file| file.set_modified(SystemTime::now())); // it may be read-only
}
