//! Configurations: the whole text as a `raft-lint.toml` and as a `Cargo.toml`.

#![no_main]

use libfuzzer_sys::fuzz_target;
use raft_lint::config;

fuzz_target!(|text: &str| {
    for name in ["raft-lint.toml", "Cargo.toml"] {
        match config::of_text(name, text) {
            Ok(_) => {}
            Err(error) => {
                assert!(error.text.starts_with(name), "where is it wrong? {error}");
                assert!(!error.hint.is_empty(), "what is to be done? {error}");
                assert!(error.text.len() < 2_000, "{} bytes are said", error.text.len());
            }
        }
    }
});
