//! Drives the registry's `raft` crate in memory into known situations and writes what it logs.
//! Takes the directory to write to; writes one directory per scenario, with one file per node.
//! Messages are handed over one by one and the clock is counted, so each run writes the same bytes.
//! Prints what the nodes hold at the end, which is the truth that `fixtures/logs/truth.json` states.

#![forbid(unsafe_code)]

mod cluster;
mod output;
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
