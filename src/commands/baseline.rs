//! `raft-lint baseline`: writes the findings that are open, so that later checks report only others.
//!
//! Takes paths; writes the baseline. An existing one is changed only if that was asked for: `--prune`
//! takes out what is fixed, `--overwrite` puts everything that is open into it.

use std::io::Write;
use std::path::Path;

use super::checked::checked;
use super::{Exit, Printed, check, settings};
use crate::baseline::{self, Baseline};
use crate::cli::{BaselineArgs, Color};
use crate::error::Error;
use crate::report::{Detail, text};

/// Writes the baseline.
pub(super) fn run(args: &BaselineArgs) -> Result<Printed, Error> {
    let path = args.output.as_deref().unwrap_or(Path::new(baseline::FILE));
    let old = args.prune.then(|| Baseline::read(path)).transpose()?;
    if !args.prune && !args.overwrite && path.symlink_metadata().is_ok() {
        return Err(Error::new(
            format!("there is a baseline already: `{}`", path.display()),
            "`--prune` takes out of it what is fixed; `--overwrite` writes it anew, with everything \
             that is open now",
        ));
    }
    let (input, levels) = settings::of_baseline(args)?;
    let checked = checked(&input, &levels, None, &|_| {}, &|_| None)?;
    let (outcome, sources) = (&checked.outcome, &checked.sources);
    if check::is_broken(outcome) || args.prune && !outcome.problems.is_empty() {
        let (_, mut err) = super::buffers(Color::Auto);
        text::problems(outcome, Detail::Normal, &mut err).map_err(super::in_memory)?;
        let _ = std::io::stderr().write_all(err.as_slice());
        return Err(Error::new(
            format!("`{}` was not written: not everything could be checked", path.display()),
            "what stands in a file that was not checked may seem fixed: mend these files first",
        ));
    }
    let (mut out, mut err) = super::buffers(Color::Auto);
    text::problems(outcome, Detail::Normal, &mut err).map_err(super::in_memory)?;
    let shown = path.display().to_string();
    let said = match old {
        Some(old) => {
            let (new, dropped) = old.pruned(&checked.present, outcome);
            super::write(path, new.text().as_bytes(), false)?;
            format!(
                "{} taken out of `{shown}`, {} left",
                text::findings_counted(dropped),
                new.len()
            )
        }
        None => {
            let new = Baseline::of(&checked.findings, outcome, sources);
            super::write(path, new.text().as_bytes(), false)?;
            let count = text::findings_counted(new.len());
            format!(
                "{count} in `{shown}`: `raft-lint check --baseline {shown}` reports only others"
            )
        }
    };
    writeln!(out, "{}", crate::report::escape::line(&said)).map_err(super::in_memory)?;
    input.end(&mut err)?;
    Ok(Printed::new(Exit::Clean, out, err))
}
