//! Formats of log lines that a configuration teaches: up to the first line `---` the configuration, behind
//! it the log.

#![no_main]

use libfuzzer_sys::fuzz_target;
use raft_lint::config;
use raft_lint_fuzz::logs::read;

fuzz_target!(|text: &str| {
    let (toml, log) = text.split_once("\n---\n").unwrap_or((text, ""));
    if let Ok(Some(configuration)) = config::of_text("raft-lint.toml", toml) {
        read(log.as_bytes(), &configuration.formats);
    }
});
