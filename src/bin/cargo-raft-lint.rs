//! The `cargo raft-lint` program: cargo puts the subcommand's name in front of the arguments, and
//! without it they are those of `raft-lint`.

#![forbid(unsafe_code)]

use std::process::ExitCode;

/// Evaluation makes and drops many small lists; the system's allocator would take a quarter of it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let mut arguments: Vec<_> = std::env::args_os().collect();
    if arguments.get(1).is_some_and(|argument| argument == "raft-lint") {
        arguments.remove(1);
    }
    raft_lint::commands::main(arguments)
}
