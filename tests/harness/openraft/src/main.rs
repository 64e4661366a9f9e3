//! Drives the registry's `openraft` in memory into known situations and writes what it logs.
//! Takes the directory to write to; writes one directory per scenario, with one file per node.
//! Nodes start on prepared logs, as if earlier leaders had written them. Prints what the nodes hold
//! before and after, which is the truth that `fixtures/logs/truth.json` states.

#![forbid(unsafe_code)]

mod cluster;
mod network;
mod scenarios;

use std::path::Path;

fn main() -> std::io::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [directory] = &arguments[..] else {
        return Err(std::io::Error::other("give the directory to write to"));
    };
    let directory = Path::new(directory);
    for (name, scenario) in scenarios::ALL {
        scenario(&directory.join(name))?;
    }
    Ok(())
}
