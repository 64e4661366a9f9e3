//! The `raft-lint` program: its arguments go to [`raft_lint::commands`], its exit code comes from
//! there.

use std::process::ExitCode;

fn main() -> ExitCode {
    raft_lint::commands::main(std::env::args_os())
}
