//! The `raft-lint` program: its arguments go to [`raft_lint::commands`], its exit code comes from
//! there.

#![forbid(unsafe_code)]

use std::process::ExitCode;

/// Evaluation makes and drops many small lists; the system's allocator would take a quarter of it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    raft_lint::commands::main(std::env::args_os())
}
