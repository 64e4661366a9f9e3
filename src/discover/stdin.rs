//! Standard input: one Rust file, given as the path `-`; or one that is in memory.
//!
//! Takes the paths; gives the file as the only one of a package, bounded as all files are. It is no
//! part of a tree, so nothing beside it is read.

use std::io::Read;
use std::path::{Path, PathBuf};

use super::Discovered;
use super::read::read_stream;
use crate::error::Error;
use crate::outcome::Package;
use crate::program::PackageId;

/// The shown name of the file and of its package's directory.
const NAME: &str = "<stdin>";

/// Whether a path means standard input.
pub(super) fn is_meant(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// Reads the file.
///
/// # Errors
///
/// If there are other paths beside it.
pub(super) fn discover(paths: &[PathBuf]) -> Result<Discovered, Error> {
    if paths.len() > 1 {
        return Err(Error::new(
            "standard input (`-`) can't be checked together with other paths",
            "give `-` alone, or the paths alone",
        ));
    }
    Ok(of(std::io::stdin().lock()))
}

/// The file in a stream.
pub(super) fn of(stream: impl Read) -> Discovered {
    let mut found = Discovered {
        package_dirs: vec![NAME.to_owned()],
        package_paths: vec![PathBuf::from(NAME)],
        named_packages: vec![Package::default()],
        manifests: vec![String::new()],
        files: 1,
        ..Discovered::default()
    };
    match read_stream(stream, NAME) {
        Ok(source) => {
            found.sources.files.push(source.into());
            found.packages.push(PackageId(0));
            found.modules.push("stdin".to_owned());
        }
        Err(problem) => found.problems.push(problem),
    }
    found
}
