//! Tells the program which sources it is made of, so that its cache has nothing of another build.
//!
//! Takes the sources and the locked versions of what they use; gives a number in `RAFT_LINT_SOURCES`.

#![forbid(unsafe_code)]

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

fn main() -> std::io::Result<()> {
    let mut files = vec![PathBuf::from("build.rs"), PathBuf::from("Cargo.toml")];
    // A package that is used by another one has none.
    files.extend(Some(PathBuf::from("Cargo.lock")).filter(|path| path.exists()));
    add(Path::new("src"), &mut files)?;
    files.sort();
    let mut hasher = DefaultHasher::new();
    for file in &files {
        // The same on every system.
        file.iter().for_each(|part| part.to_string_lossy().hash(&mut hasher));
        std::fs::read(file)?.hash(&mut hasher);
    }
    println!("cargo::rustc-env=RAFT_LINT_SOURCES={:016x}", hasher.finish());
    for path in ["build.rs", "Cargo.toml", "Cargo.lock", "src"] {
        if Path::new(path).exists() {
            println!("cargo::rerun-if-changed={path}");
        }
    }
    Ok(())
}

/// The files below a directory.
fn add(directory: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(directory)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            add(&entry.path(), files)?;
        } else if !entry.file_name().to_string_lossy().starts_with('.') {
            // Editors leave links and copies that begin with a dot.
            files.push(entry.path());
        }
    }
    Ok(())
}
