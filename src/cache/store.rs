//! The entries on disk, below a directory for each build: one file for each, or one for many that were
//! added by the same run ([`pack`]).
//!
//! Takes keys and bytes; reads and writes files. A file is written beside its place and moved there, so that
//! who reads it, at the same time, too, sees all of it or nothing. No link is followed below the directory,
//! and nothing but regular files is opened. It writes nothing outside of the directory.

use std::fs::{DirBuilder, Metadata, OpenOptions};
use std::io::{self, BufWriter, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::entry::{Key, build};
use super::pack::{self, Packs};
use super::sweep;
use crate::discover::files::open_unlinked;

/// What the names of files start with that are being written.
pub(super) const UNFINISHED: &str = "unfinished-";
/// The tag by which programs that make backups know a cache: <https://bford.info/cachedir/>.
const TAG: &str = "CACHEDIR.TAG";
const TAGGED: &str = "Signature: 8a477f597d28d172789f06886806bc55\n\
    # This is a cache of raft-lint. It can be removed at any time.\n";
/// Where the packs are, below the directory of the build: there are not many, and they have to be listed.
pub(super) const PACKS: &str = "packs";
/// Where what was found out about functions is.
pub(super) const FOUND: &str = "found";
/// What the names of packs start with.
pub(super) const PACK: &str = "pack-";
/// A run that adds fewer entries makes a file for each: so the packs stay few.
const MIN_PACKED: usize = 16;
/// A pack is written as soon as its entries have so many bytes.
const PACK_BYTES: usize = 4 << 20;
/// Entries of a pack are written together, up to so many bytes.
const WRITTEN_AT_ONCE: usize = 256 << 10;
/// No more packs are read, and none is added to so many.
const MAX_PACKS: usize = 200;
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
    /// Those that were there.
    packs: OnceLock<Packs>,
    /// What has still to be written.
    waiting: Mutex<Waiting>,
}

/// Entries, and how many bytes they have.
#[derive(Default)]
struct Waiting {
    entries: Vec<(Key, Vec<u8>)>,
    bytes: usize,
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
            packs: OnceLock::new(),
            waiting: Mutex::default(),
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

    /// The bytes of an entry in a pack; none if there is none, or if it is longer than `most`.
    pub(super) fn read_packed(&self, key: &Key, most: usize) -> Option<Vec<u8>> {
        self.packs().read(key, most)
    }

    /// The packs that were there when they were first asked for.
    fn packs(&self) -> &Packs {
        self.packs.get_or_init(|| {
            let mut packs = Packs::default();
            let Some(directory) = self.readable(PACKS) else { return packs };
            let names = std::fs::read_dir(&directory).into_iter().flatten().flatten();
            let paths = names.map(|name| name.path()).filter(|path| sweep::is_pack(path));
            for path in paths.take(MAX_PACKS) {
                if let Ok((file, metadata)) = open_unlinked(&path) {
                    let mark = is_due(&metadata).then_some(path);
                    packs.add(file, metadata.len(), mark);
                }
            }
            packs
        })
    }

    /// A directory below that of the build, if it can be used for reading.
    fn readable(&self, name: &str) -> Option<PathBuf> {
        let directory = self.entries.join(name);
        let is_usable = || !is_link(&directory) && refused(&directory).is_none();
        (self.is_readable() && is_usable()).then_some(directory)
    }

    /// The same, made if it is missing, for writing.
    fn writable(&self, name: &str) -> Option<PathBuf> {
        if !self.takes() || !*self.is_writable.get_or_init(|| self.make()) {
            return None;
        }
        let directory = self.entries.join(name);
        (private().create(&directory).is_ok() && !is_link(&directory)).then_some(directory)
    }

    /// The bytes of an entry in a file of its own; none if there is none, or something else, or if it is
    /// longer than `most`.
    pub(super) fn read(&self, key: &Key, most: usize) -> Option<Vec<u8>> {
        self.is_readable().then(|| read(&self.entries.join(key.name()), most)).flatten()
    }

    /// The same of what was found out about functions.
    pub(super) fn read_found(&self, key: &Key, most: usize) -> Option<Vec<u8>> {
        read(&self.readable(FOUND)?.join(key.name()), most)
    }

    /// Writes what was found out about functions, in the place of what stands there.
    pub(super) fn write_found(&self, key: &Key, bytes: &[u8]) {
        if let Some(directory) = self.writable(FOUND) {
            self.write(&directory.join(key.name()), &[bytes]);
        }
    }

    fn is_readable(&self) -> bool {
        *self.is_readable.get_or_init(|| self.is_ours())
    }

    /// Whether what is there already is no link, and nothing that everybody may write to.
    fn is_ours(&self) -> bool {
        let refused = refused(&self.directory).or_else(|| match is_link(&self.entries) {
            true => Some("a link stands in the place of its entries".to_owned()),
            false => refused(&self.entries),
        });
        self.complain(refused.as_ref());
        refused.is_none()
    }

    /// Takes an entry that is to be written; how many are there now that were not before.
    pub(super) fn add(&self, key: &Key, bytes: Vec<u8>) -> usize {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.bytes += bytes.len();
        waiting.entries.push((*key, bytes));
        if waiting.bytes < PACK_BYTES {
            return 0;
        }
        let full = std::mem::take(&mut *waiting);
        drop(waiting);
        self.write_all(full.entries)
    }

    /// Writes what is still to be written; how many entries are there now that were not before.
    pub(super) fn write_waiting(&self) -> usize {
        let rest =
            std::mem::take(&mut *self.waiting.lock().unwrap_or_else(PoisonError::into_inner));
        self.write_all(rest.entries)
    }

    fn write_all(&self, mut entries: Vec<(Key, Vec<u8>)>) -> usize {
        if entries.is_empty() || !self.takes() || !*self.is_writable.get_or_init(|| self.make()) {
            return 0;
        }
        if entries.len() < MIN_PACKED || self.packs().count() >= MAX_PACKS {
            let is_written = |(key, bytes): &&(Key, Vec<u8>)| {
                self.write(&self.entries.join(key.name()), &[bytes.as_slice()])
            };
            return entries.iter().filter(is_written).count();
        }
        // The same entries make the same pack, whichever thread was first.
        entries.sort_unstable();
        let Some((head, name)) = pack::head(&entries) else { return 0 };
        let mut parts = vec![head.as_slice()];
        parts.extend(entries.iter().map(|(_, bytes)| bytes.as_slice()));
        let is_written = self
            .writable(PACKS)
            .is_some_and(|packs| self.write(&packs.join(format!("{PACK}{name}")), &parts));
        if is_written { entries.len() } else { 0 }
    }

    /// Writes a file; whether it is there now.
    fn write(&self, place: &Path, parts: &[&[u8]]) -> bool {
        if !self.takes() {
            return false;
        }
        let number = self.written.fetch_add(1, Ordering::Relaxed);
        let unfinished = place.with_file_name(format!("{}-{number}", self.run));
        if let Err(error) = write_new(&unfinished, parts) {
            if error.kind() != ErrorKind::AlreadyExists {
                let _ = std::fs::remove_file(&unfinished);
            }
            // Whoever removes the directory meanwhile may do so.
            self.complain(Some(error).filter(|error| error.kind() != ErrorKind::NotFound));
            return false;
        }
        // What stands there instead of an entry stays, if it can't be replaced.
        let moved = std::fs::rename(&unfinished, place);
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

/// The bytes of a regular file that is not longer than `most`; it is marked as used.
fn read(path: &Path, most: usize) -> Option<Vec<u8>> {
    let (mut file, metadata) = open_unlinked(path).ok()?;
    let length = usize::try_from(metadata.len()).ok().filter(|length| *length <= most)?;
    let mut bytes = Vec::with_capacity(length + 1);
    (&mut file).take(most as u64).read_to_end(&mut bytes).ok()?;
    if is_due(&metadata) {
        mark_used(path);
    }
    Some(bytes)
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
    let builder = private();
    if !directory.exists() {
        builder.create(directory)?;
        for (name, text) in [(TAG, TAGGED), (".gitignore", "*\n"), (sweep::STAMP, "")] {
            let _ = write_new(&directory.join(name), &[text.as_bytes()]); // or another run does it just now
        }
    }
    builder.create(entries)
}

/// Makes directories for their user only.
fn private() -> DirBuilder {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
}

/// Writes a file that is not there yet.
fn write_new(path: &Path, parts: &[&[u8]]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = BufWriter::with_capacity(WRITTEN_AT_ONCE, options.open(path)?);
    parts.iter().try_for_each(|part| file.write_all(part))?;
    file.flush()
}

/// Whether it is long ago that a file was marked as used.
fn is_due(metadata: &Metadata) -> bool {
    let used = metadata.modified().ok().and_then(|used| used.elapsed().ok());
    used.is_some_and(|used| used > USED_AGAIN)
}

fn is_link(path: &Path) -> bool {
    path.symlink_metadata().is_ok_and(|metadata| metadata.is_symlink())
}

/// Marks a file as used now, so that it is not removed soon.
pub(super) fn mark_used(path: &Path) {
    let mut options = OpenOptions::new();
    options.write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(
        &mut options,
        libc::O_NOFOLLOW | libc::O_NONBLOCK | libc::O_NOCTTY,
    );
    let file = options.open(path);
    let _ = file.and_then(|file| file.set_modified(SystemTime::now())); // it may be read-only
}
