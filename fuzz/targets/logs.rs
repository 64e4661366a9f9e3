//! The log reader, from bytes to the reports.

#![no_main]

use libfuzzer_sys::fuzz_target;
use raft_lint_fuzz::logs::read;

fuzz_target!(|bytes: &[u8]| read(bytes, &[]));
