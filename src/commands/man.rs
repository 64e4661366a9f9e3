//! `raft-lint man [COMMAND]`: the manual pages.
//!
//! Takes the name of a command, or none; prints its page in roff, made from the definition of the
//! command line. An unknown name is an error that tells the nearest known one.

use clap::CommandFactory;
use clap_mangen::Man;

use super::{Exit, Printed};
use crate::cli::{Cli, Color, ManArgs};
use crate::error::Error;
use crate::spelling::nearest;

/// Prints the page.
pub(super) fn run(args: &ManArgs) -> Result<Printed, Error> {
    let whole = Cli::command();
    let page = match &args.command {
        None => whole,
        Some(name) => {
            let Some(command) = whole.find_subcommand(name) else {
                let all: Vec<&str> = whole.get_subcommands().map(clap::Command::get_name).collect();
                let known = format!("known are {}", all.join(", "));
                let hint = match nearest(name, all.into_iter()) {
                    Some(near) => format!("did you mean `{near}`? {known}"),
                    None => known,
                };
                return Err(Error::new(format!("there is no command `{name}`"), hint));
            };
            let name = format!("raft-lint-{name}");
            command.clone().name(name.clone()).bin_name(name.replacen("lint-", "lint ", 1))
        }
    };
    let (mut out, err) = super::buffers(Color::Never);
    Man::new(page).render(&mut out).map_err(super::in_memory)?;
    Ok(Printed::new(Exit::Clean, out, err))
}
