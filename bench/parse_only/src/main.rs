//! Merely reading and parsing every file of a tree, once, as a process of its own: what bench/side_by_side.py
//! holds against the other programs.
//!
//! `cargo run --release --package parse-only -- DIR` prints how many files and bytes there were. It is a package of
//! its own so that it is built in seconds.

#![forbid(unsafe_code)]
#![allow(clippy::print_stdout)] // it is a program of its own

use std::path::PathBuf;
use std::process::ExitCode;

#[path = "../../parse_floor/parse.rs"]
mod parse;

use parse::{Parsed, THREADS, parse_all, rust_files};

fn main() -> ExitCode {
    let tree = std::env::args_os().nth(1);
    let Some(tree) = tree.map(PathBuf::from) else {
        println!("give a directory");
        return ExitCode::FAILURE;
    };
    let (_, parsed) = parse_all(&rust_files(&tree));
    let Parsed { files, bytes, refused } = parsed;
    println!("{files} files, {bytes} bytes, {refused} refused, {THREADS} threads");
    if files > 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
