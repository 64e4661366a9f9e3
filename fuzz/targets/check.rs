//! The whole check of one file and the reports about it.

#![no_main]

use libfuzzer_sys::fuzz_target;
use raft_lint_fuzz::{check, with_stack};

fuzz_target!(|bytes: &[u8]| with_stack(|| check(bytes)));
