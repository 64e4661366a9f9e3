//! Comments to the lint: each line of the input becomes one, at the places of a program that a comment can
//! stand at.

#![no_main]

use libfuzzer_sys::fuzz_target;
use raft_lint_fuzz::{check, with_stack};

/// `@` is a place for a comment of its own line or behind code.
const PROGRAM: &str = include_str!("comments.rs.in");

fuzz_target!(|text: &str| {
    let mut lines = text.lines();
    let mut program = String::with_capacity(PROGRAM.len() + text.len());
    for part in PROGRAM.split_inclusive('@') {
        let (code, is_place) = match part.strip_suffix('@') {
            Some(code) => (code, true),
            None => (part, false),
        };
        program.push_str(code);
        if let Some(line) = lines.next().filter(|_| is_place) {
            // What is not a comment yet is what a user would have written behind the mark.
            let mark = if line.starts_with('/') { "" } else { "// raft-lint: " };
            program.push_str(mark);
            program.push_str(line);
        }
    }
    with_stack(|| check(program.as_bytes()));
});
