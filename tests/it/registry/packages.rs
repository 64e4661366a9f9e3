//! The published crates of `tests/registry/manifest`: cargo obtains them, nothing of them is compiled.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Deserialize;

use crate::support;

/// The sources are the same on every platform, so one is enough: fewer crates to fetch.
const PLATFORM: &str = "x86_64-unknown-linux-gnu";

/// The source directory of each package of the manifest, by name and version.
pub(crate) fn packages() -> Result<BTreeMap<String, PathBuf>, String> {
    let dir = tempfile::tempdir().map_err(|error| error.to_string())?;
    let pinned = support::root().join("tests/registry/manifest");
    fs::create_dir(dir.path().join("src")).map_err(|error| error.to_string())?;
    for file in ["Cargo.toml", "Cargo.lock", "src/lib.rs"] {
        fs::copy(pinned.join(file), dir.path().join(file)).map_err(|e| format!("{file}: {e}"))?;
    }
    // What is in the cache already needs no network.
    let metadata = metadata(dir.path()).or_else(|_| {
        cargo(dir.path(), &["fetch", "--locked", "--target", PLATFORM])?;
        metadata(dir.path())
    })?;
    let metadata: Metadata =
        serde_json::from_slice(&metadata).map_err(|error| format!("cargo metadata: {error}"))?;
    let dir = |manifest: PathBuf| manifest.parent().map(Path::to_path_buf);
    // The manifest itself has no source, and is gone in a moment.
    let package = |p: Package| {
        p.source?;
        Some((format!("{} {}", p.name, p.version), dir(p.manifest_path)?))
    };
    Ok(metadata.packages.into_iter().filter_map(package).collect())
}

/// The part of `cargo metadata` that is needed.
#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    version: String,
    manifest_path: PathBuf,
    /// The registry that it comes from.
    source: Option<String>,
}

fn metadata(dir: &Path) -> Result<Vec<u8>, String> {
    let form = ["--format-version", "1", "--filter-platform", PLATFORM];
    cargo(dir, &[&["metadata", "--locked", "--offline"], &form[..]].concat())
}

fn cargo(dir: &Path, arguments: &[&str]) -> Result<Vec<u8>, String> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(arguments)
        .current_dir(dir)
        .env("CARGO_NET_RETRY", "1")
        .env("CARGO_HTTP_TIMEOUT", "20")
        .output()
        .map_err(|error| format!("can't start cargo: {error}"))?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    let last = text.lines().rev().map(str::trim).find(|line| !line.is_empty());
    let error = text.lines().find(|line| line.starts_with("error")).unwrap_or("no reason given");
    Err(format!("`cargo {}`: {error} ({})", arguments[0], last.unwrap_or_default()))
}
