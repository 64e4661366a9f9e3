//! `raft-lint completions SHELL`: what a shell needs to complete a command line.
//!
//! Takes the shell; prints the script, made from the definition of the command line.

use clap::CommandFactory;

use super::{Exit, Printed};
use crate::cli::{Cli, Color, CompletionsArgs};
use crate::error::Error;

/// Prints the script.
pub(super) fn run(args: &CompletionsArgs) -> Result<Printed, Error> {
    let (mut out, err) = super::buffers(Color::Never);
    clap_complete::generate(args.shell, &mut Cli::command(), "raft-lint", &mut out);
    Ok(Printed::new(Exit::Clean, out, err))
}
