//! The `cargo raft-lint` program: cargo puts the subcommand's name in front of the arguments, and
//! without it they are those of `raft-lint`.

use std::process::ExitCode;

fn main() -> ExitCode {
    let mut arguments: Vec<_> = std::env::args_os().collect();
    if arguments.get(1).is_some_and(|argument| argument == "raft-lint") {
        arguments.remove(1);
    }
    raft_lint::commands::main(arguments)
}
