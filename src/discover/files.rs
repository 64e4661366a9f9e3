//! Where files come from: the disk, or a revision of a repository.
//!
//! One walk and one reading serve both, so that two versions of a tree are judged by the same rules.
//! Paths are absolute, without links and dots. Nothing is written, and nothing but regular files is
//! opened.

use std::ffi::OsString;
use std::fs::{File, Metadata};
use std::io::Read;
use std::path::Path;

use walkdir::WalkDir;

/// What a name stands for; links are not followed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// A directory.
    Directory,
    /// A regular file.
    File,
    /// A link, a pipe, a device, a submodule.
    Other,
}

/// A tree of files.
pub trait Files: Sync {
    /// The name of the revision, if these are not the files on disk.
    fn revision(&self) -> Option<&str>;

    /// What a path stands for; none if there is nothing.
    fn kind(&self, path: &Path) -> Option<Kind>;

    /// Whether a path leads to a file, through links, too.
    fn is_file(&self, path: &Path) -> bool;

    /// Whether a directory is the root of a repository.
    fn is_repository(&self, directory: &Path) -> bool;

    /// What stands in a directory.
    ///
    /// # Errors
    ///
    /// Why it can't be told.
    fn entries(&self, directory: &Path) -> Result<Vec<(OsString, Kind)>, String>;

    /// The first bytes of a file, at most `limit`, and whether these are all.
    ///
    /// # Errors
    ///
    /// Why it can't be read.
    fn read(&self, path: &Path, limit: u64) -> Result<(Vec<u8>, bool), String>;
}

/// The files on disk.
#[derive(Clone, Copy, Debug)]
pub struct Disk;

impl Files for Disk {
    fn revision(&self) -> Option<&str> {
        None
    }

    fn kind(&self, path: &Path) -> Option<Kind> {
        std::fs::symlink_metadata(path).ok().map(|metadata| kind(metadata.file_type()))
    }

    fn is_file(&self, path: &Path) -> bool {
        path.is_file()
    }

    fn is_repository(&self, directory: &Path) -> bool {
        directory.join(".git").exists() // a directory, or a file in a worktree or a submodule
    }

    fn entries(&self, directory: &Path) -> Result<Vec<(OsString, Kind)>, String> {
        let below = WalkDir::new(directory).min_depth(1).max_depth(1).follow_links(false);
        let entry = |entry: walkdir::Result<walkdir::DirEntry>| {
            let entry = entry.map_err(|error| reason(&error))?;
            Ok((entry.file_name().to_owned(), kind(entry.file_type())))
        };
        below.into_iter().map(entry).collect()
    }

    fn read(&self, path: &Path, limit: u64) -> Result<(Vec<u8>, bool), String> {
        let text = |error: std::io::Error| error.to_string();
        let (file, metadata) = open_regular(path).map_err(text)?;
        let mut bytes = Vec::with_capacity(metadata.len().min(limit) as usize + 1);
        file.take(limit + 1).read_to_end(&mut bytes).map_err(text)?;
        let whole = bytes.len() as u64 <= limit;
        bytes.truncate(limit as usize);
        Ok((bytes, whole))
    }
}

/// Opens a regular file, to which links may lead. A pipe or a device that takes its place in between makes
/// nobody wait and is closed again unread.
///
/// # Errors
///
/// If it can't be opened, or is anything else.
pub fn open_regular(path: &Path) -> std::io::Result<(File, Metadata)> {
    open_known(path, std::fs::metadata(path)?, Links::Followed)
}

/// The same, but no link.
///
/// # Errors
///
/// As [`open_regular`].
pub fn open_unlinked(path: &Path) -> std::io::Result<(File, Metadata)> {
    open_known(path, path.symlink_metadata()?, Links::Refused)
}

/// Whether a link may stand in the place of a file.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Links {
    Followed,
    Refused,
}

/// Opens a file for reading of which this is known, if it is a regular one.
fn open_known(path: &Path, known: Metadata, links: Links) -> std::io::Result<(File, Metadata)> {
    let regular = |metadata: Metadata| match metadata.is_file() {
        true => Ok(metadata),
        false => Err(std::io::Error::other("it is not a regular file")),
    };
    regular(known)?;
    let mut options = File::options();
    options.read(true);
    #[cfg(unix)]
    {
        let mut flags = libc::O_NONBLOCK | libc::O_NOCTTY;
        if links == Links::Refused {
            flags |= libc::O_NOFOLLOW;
        }
        std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, flags);
    }
    #[cfg(not(unix))]
    let _ = links;
    let file = options.open(path)?;
    let metadata = regular(file.metadata()?)?;
    Ok((file, metadata))
}

/// The bytes of a regular file, to which links may lead.
///
/// # Errors
///
/// Why it can't be read, if there is none, it is anything else, or it is longer.
pub fn whole(path: &Path, limit: u64) -> Result<Vec<u8>, String> {
    match Disk.read(path, limit)? {
        (bytes, true) => Ok(bytes),
        _ => Err(format!("it is longer than {} MiB", limit >> 20)),
    }
}

/// Why, without the path: that is shown beside it, as the user knows it.
fn reason(error: &walkdir::Error) -> String {
    error.io_error().map_or_else(|| "can't be walked".to_owned(), ToString::to_string)
}

fn kind(file_type: std::fs::FileType) -> Kind {
    match file_type {
        t if t.is_dir() => Kind::Directory,
        t if t.is_file() => Kind::File,
        _ => Kind::Other,
    }
}
