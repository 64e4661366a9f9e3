//! A revision of a repository as a tree of files.
//!
//! Takes what git calls a revision; gives the files that it holds. They are read out of the object
//! database: nothing is checked out, no filter, hook or attribute is looked at, only the repository's
//! own configuration is read, and nothing is fetched. Links and submodules are skipped.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use gix::ObjectId;
use gix::bstr::BStr;
use gix::objs::tree::EntryKind;
use gix::revision::plumbing::Spec;

use rustc_hash::{FxHashMap, FxHashSet};

use super::Root;
use super::files::{Files, Kind};
use super::stdin;
use crate::error::Error;

/// Longer files are not unpacked at all.
const MAX_BLOB_BYTES: u64 = 64 << 20;
/// A tree can be made to be endless, of directories that are the same. So many names in directories that
/// were met before are listed: what has more is a copy of something large, or hostile.
const MAX_REPEATED: usize = 20_000;
const CACHE_BYTES: usize = 8 << 20;

/// A directory's names, with what they stand for.
type Listing = BTreeMap<OsString, (Kind, EntryKind, ObjectId)>;

/// The files of a revision.
pub struct Revision {
    /// As the user named it.
    name: String,
    /// The working tree's root, without links and dots.
    root: PathBuf,
    open: Mutex<Open>,
}

/// What is read from, and what was read before.
struct Open {
    repository: gix::Repository,
    listings: FxHashMap<PathBuf, Option<Arc<Listing>>>,
    /// The directories that were listed.
    met: FxHashSet<ObjectId>,
    /// How many names in directories that had been met were listed.
    repeated: usize,
    /// Why not everything could be read.
    broken: Option<Broken>,
}

/// Why a revision can't be read.
#[derive(Clone)]
enum Broken {
    /// An object is missing or damaged.
    Object(String),
    /// There are too many equal directories.
    Endless,
}

impl Revision {
    /// Finds a revision in the repository that these paths lie in.
    ///
    /// # Errors
    ///
    /// If there is no repository or no such revision, or a path lies outside of it.
    pub fn open(name: &str, paths: &[PathBuf]) -> Result<Revision, Error> {
        if paths.iter().any(|path| stdin::is_meant(path)) {
            return Err(Error::new(
                "standard input (`-`) has no revision to compare with",
                "give the path of the file, or leave out `--diff`",
            ));
        }
        let roots = paths.iter().map(|path| Ok((path, Root::of(path, true)?.canonical)));
        let roots: Vec<(&PathBuf, PathBuf)> = roots.collect::<Result<_, Error>>()?;
        let Some((first, directory)) = roots.first() else {
            return Err(Error::new("there is no path to compare", "give a directory"));
        };
        let repository = gix::discover_opts(
            directory,
            gix::discover::upwards::Options::default(),
            gix::open::Options::isolated(),
        );
        let mut repository = repository.map_err(|error| {
            Error::new(
                format!("`{}` is in no git repository: {error}", first.display()),
                "`--diff` compares with a revision of the repository that the paths are in; \
                 `--baseline` needs none",
            )
        })?;
        repository.object_cache_size(CACHE_BYTES);
        let root = working_tree(&repository, first)?;
        if let Some((path, _)) = roots.iter().find(|(_, path)| !path.starts_with(&root)) {
            return Err(Error::new(
                format!("`{}` is outside of the repository `{}`", path.display(), root.display()),
                "give paths of one repository, or check the others in a run of their own",
            ));
        }
        let tree = tree(&repository, name)?;
        let mut open = Open {
            repository,
            listings: FxHashMap::default(),
            met: FxHashSet::default(),
            repeated: 0,
            broken: None,
        };
        let listing = open.listing(tree).map_err(|why| unreadable(name, &why))?;
        open.listings.insert(PathBuf::new(), Some(Arc::new(listing)));
        Ok(Revision { name: name.to_owned(), root, open: Mutex::new(open) })
    }

    /// As the user named it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The working tree's root, without links and dots.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// An error if an object could not be read: then nothing can be said about the revision.
    ///
    /// # Errors
    ///
    /// Which object it was.
    pub fn complete(&self) -> Result<(), Error> {
        self.lock().broken.as_ref().map_or(Ok(()), |why| Err(unreadable(&self.name, why)))
    }

    fn lock(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn entry(&self, path: &Path) -> Option<(Kind, EntryKind, ObjectId)> {
        let relative = path.strip_prefix(&self.root).ok()?;
        let (parent, name) = (relative.parent()?, relative.file_name()?);
        self.lock().directory(parent)?.get(name).copied()
    }
}

impl Open {
    /// The listing of a directory, relative to the root; none if it is no directory.
    fn directory(&mut self, relative: &Path) -> Option<Arc<Listing>> {
        // Not by recursion: a path may be long.
        let mut below = Vec::new();
        let mut above = relative;
        let mut known = loop {
            match self.listings.get(above) {
                Some(listing) => break listing.clone(),
                None => below.push(above),
            }
            above = above.parent()?;
        };
        while let Some(directory) = below.pop() {
            let entry = directory.file_name().and_then(|name| known.as_ref()?.get(name).copied());
            known = match entry {
                Some((Kind::Directory, _, id)) => match self.listing(id) {
                    Ok(listing) => Some(Arc::new(listing)),
                    Err(why) => {
                        self.broken.get_or_insert(why);
                        None
                    }
                },
                _ => None,
            };
            self.listings.insert(directory.to_path_buf(), known.clone());
        }
        known
    }

    fn listing(&mut self, tree: ObjectId) -> Result<Listing, Broken> {
        let is_repeated = !self.met.insert(tree);
        let tree = self.repository.find_tree(tree);
        let tree = tree.map_err(|error| Broken::Object(error.to_string()))?;
        let mut listing = Listing::new();
        for entry in tree.iter() {
            let entry = entry.map_err(|error| Broken::Object(error.to_string()))?;
            self.repeated += usize::from(is_repeated);
            if self.repeated > MAX_REPEATED {
                return Err(Broken::Endless);
            }
            let kind = match entry.kind() {
                EntryKind::Tree => Kind::Directory,
                EntryKind::Blob | EntryKind::BlobExecutable => Kind::File,
                EntryKind::Link | EntryKind::Commit => Kind::Other,
            };
            if let Some(name) = name(entry.filename()) {
                listing.insert(name, (kind, entry.kind(), entry.object_id()));
            }
        }
        Ok(listing)
    }

    fn blob(&self, id: ObjectId, limit: u64) -> Result<(Vec<u8>, bool), String> {
        let header = self.repository.find_header(id).map_err(|error| error.to_string())?;
        if header.size() > limit.max(MAX_BLOB_BYTES) {
            return Ok((Vec::new(), false));
        }
        let mut object = self.repository.find_object(id).map_err(|error| error.to_string())?;
        let mut bytes = std::mem::take(&mut object.data);
        let whole = bytes.len() as u64 <= limit;
        bytes.truncate(limit as usize);
        Ok((bytes, whole))
    }
}

impl Files for Revision {
    fn revision(&self) -> Option<&str> {
        Some(&self.name)
    }

    fn kind(&self, path: &Path) -> Option<Kind> {
        if path == self.root {
            return Some(Kind::Directory);
        }
        self.entry(path).map(|(kind, ..)| kind)
    }

    /// A link counts: what it leads to does not matter to the only ones that ask.
    fn is_file(&self, path: &Path) -> bool {
        self.entry(path)
            .is_some_and(|(kind, entry, _)| kind == Kind::File || entry == EntryKind::Link)
    }

    fn is_repository(&self, directory: &Path) -> bool {
        directory == self.root
    }

    fn entries(&self, directory: &Path) -> Result<Vec<(OsString, Kind)>, String> {
        let relative = directory.strip_prefix(&self.root).map_err(|error| error.to_string())?;
        let listing = self.lock().directory(relative).ok_or("can't be read")?;
        Ok(listing.iter().map(|(name, (kind, ..))| (name.clone(), *kind)).collect())
    }

    fn read(&self, path: &Path, limit: u64) -> Result<(Vec<u8>, bool), String> {
        let Some((Kind::File, _, id)) = self.entry(path) else {
            return Err("not a regular file".to_owned());
        };
        let mut open = self.lock();
        let read = open.blob(id, limit);
        if let Err(why) = &read {
            open.broken.get_or_insert_with(|| Broken::Object(why.clone()));
        }
        read
    }
}

/// A name that a file on disk could have, too; others come only from who wants to deceive.
fn name(bytes: &BStr) -> Option<OsString> {
    let name = gix::path::from_bstr(bytes).ok()?;
    let mut parts = name.components();
    let plain = matches!(parts.next(), Some(std::path::Component::Normal(part)) if part == name.as_os_str());
    (plain && parts.next().is_none()).then(|| name.as_os_str().to_owned())
}

fn working_tree(repository: &gix::Repository, path: &Path) -> Result<PathBuf, Error> {
    let root = repository.workdir().and_then(|root| root.canonicalize().ok());
    root.ok_or_else(|| {
        Error::new(
            format!("`{}` is in a repository without a working tree", path.display()),
            "`--diff` compares the files on disk with a revision; run it in a checkout",
        )
    })
}

/// The tree of a revision; of `A...B` that of their merge base.
fn tree(repository: &gix::Repository, name: &str) -> Result<ObjectId, Error> {
    let unknown = |why: &str| unknown(repository, name, why);
    let parsed = repository.rev_parse(name).map_err(|_| unknown(""))?;
    let id = match parsed.detach() {
        Spec::Include(id) => id,
        Spec::Merge { theirs, ours } => {
            let base = repository.merge_base(theirs, ours);
            let base = base.map_err(|error| unknown(&format!(": {error}")))?;
            base.ok_or_else(|| unknown(": the two have no common ancestor"))?.detach()
        }
        _ => {
            return Err(Error::new(
                format!("`{name}` is a range and not one revision"),
                "give a commit, a branch or a tag, or `A...B` for the merge base of two",
            ));
        }
    };
    let object = repository.find_object(id).map_err(|error| unknown(&format!(": {error}")))?;
    let tree = object.peel_to_tree().map_err(|error| unknown(&format!(": {error}")))?;
    Ok(tree.id)
}

fn unknown(repository: &gix::Repository, name: &str, why: &str) -> Error {
    let hint = match repository.is_shallow() {
        Ok(true) => {
            "this is a shallow clone, which lacks most revisions: `git fetch --unshallow`, or \
             `fetch-depth: 0` for `actions/checkout`"
        }
        _ => {
            "give a commit, a branch or a tag that `git rev-parse` knows; a branch of a remote is \
             `origin/NAME`, and has to be fetched"
        }
    };
    Error::new(format!("there is no revision `{name}`{why}"), hint)
}

fn unreadable(name: &str, why: &Broken) -> Error {
    match why {
        Broken::Object(why) => Error::new(
            format!("the files of `{name}` can't be read: {why}"),
            "a partial clone lacks files: `git fetch --refetch --no-filter`; in another one, `git fsck` \
             tells what is wrong",
        ),
        Broken::Endless => Error::new(
            format!(
                "`{name}` has the same directories too often: more than {MAX_REPEATED} names in them"
            ),
            "give the paths of the Raft code: only what lies below them is looked at",
        ),
    }
}
