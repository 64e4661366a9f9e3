//! `raft-lint lsp`: the language server on standard input and output.
//!
//! Takes a client's messages; looks at its folders with the settings that a check there would have. Only
//! messages go to standard output.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::settings::{self, Settings};
use super::{Exit, Printed};
use crate::baseline::Baseline;
use crate::cli::LspArgs;
use crate::error::Error;
use crate::lsp::{Analyser, Analysis, Ended, Remark, serve, transport};
use crate::workspace::Workspace;

/// Serves until the client leaves. As the protocol asks, one that leaves without `shutdown` gets a 1.
pub(super) fn run(args: &LspArgs) -> Result<Printed, Error> {
    let broken = |error: std::io::Error| {
        Error::new(
            format!("the conversation broke off: {error}"),
            "`raft-lint lsp` is started by an editor: docs/editors.md",
        )
    };
    let (connection, threads) = transport::stdio().map_err(broken)?;
    let asked = args.threads;
    let ended = serve(&connection, Box::new(move |root| opened(root, asked)))?;
    drop(connection);
    threads.finish().map_err(broken)?;
    let exit = if ended == Ended::Properly { Exit::Clean } else { Exit::Findings };
    let (out, err) = super::buffers(crate::cli::Color::Never);
    Ok(Printed::new(exit, out, err))
}

fn opened(root: &Path, threads: Option<u16>) -> Result<Box<dyn Analyser>, Error> {
    let settings = settings::of_root(root, threads)?;
    let baseline = settings.baseline.as_deref().map(Baseline::read).transpose()?;
    let workspace = Workspace::open(settings.input.options.clone(), settings.levels.clone())?;
    Ok(Box::new(Folder { workspace, settings, baseline }))
}

/// A folder with its settings.
struct Folder {
    workspace: Workspace,
    settings: Settings,
    baseline: Option<Baseline>,
}

impl Analyser for Folder {
    fn set_text(&mut self, path: &Path, text: Arc<str>) {
        self.workspace.set_text(path, text);
    }

    fn close_text(&mut self, path: &Path) {
        self.workspace.close_text(path);
    }

    fn reread_file(&mut self, path: &Path) {
        self.workspace.reread_file(path);
    }

    fn reread(&mut self) {
        self.workspace.reread();
    }

    fn analyse(&mut self) -> Result<Analysis, Error> {
        let found = self.workspace.analyse()?;
        let mut findings = found.findings.clone();
        if let Some(baseline) = &self.baseline {
            baseline.silence(&mut findings, &found.outcome);
        }
        let file = self.settings.input.configuration.as_ref();
        let path = file.and_then(|file| PathBuf::from(&file.name).canonicalize().ok());
        let words = found.outcome.unused_words.iter();
        let remarks = path.map(|path| {
            let remark = |(line, text): &(u32, String)| Remark {
                path: path.clone(),
                line: *line,
                text: text.clone(),
            };
            words.map(remark).collect()
        });
        Ok(Analysis { found, findings, remarks: remarks.unwrap_or_default() })
    }
}
