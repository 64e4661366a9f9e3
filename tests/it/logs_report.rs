//! The reports about logs: how they look, what they hold, and that nothing out of a log acts in them. What they are made
//! from is written by hand; the diagnosis has tests of its own.

mod samples;

use codespan_reporting::term::termcolor::Buffer;
use raft_lint::logs::diagnosed::Diagnosed;
use raft_lint::logs::report::{self, TextOptions};
use raft_lint::report::Detail;

use crate::support::root;

fn text(diagnosed: &Diagnosed, options: TextOptions) -> String {
    let mut buffer = Buffer::no_color();
    report::problems(diagnosed, &options, &mut buffer).expect("writing into memory");
    report::text(diagnosed, &options, &mut buffer).expect("writing into memory");
    String::from_utf8(buffer.into_inner()).expect("text is UTF-8")
}

/// Compares with a file of `tests/it/snapshots/logs`.
fn is_as_it_was(name: &str, now: &str) {
    let path = root().join("tests/it/snapshots/logs").join(name);
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, now).expect("the snapshot can be written");
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
    assert_eq!(now, expected, "{name}: run with UPDATE=1 if this is meant");
}

#[test]
fn the_texts_are_as_they_were() {
    let normal = TextOptions::default();
    is_as_it_was("generic.txt", &text(&samples::generic(), normal));
    is_as_it_was("hashicorp.txt", &text(&samples::hashicorp(), normal));
    is_as_it_was("troubles.txt", &text(&samples::troubles(), normal));
    is_as_it_was("healthy.txt", &text(&samples::healthy(), normal));
    let verbose = TextOptions { detail: Detail::Verbose, ..normal };
    is_as_it_was("verbose.txt", &text(&samples::hashicorp(), verbose));
    let narrow = TextOptions { width: 60, ascii: true, ..normal };
    is_as_it_was("narrow.txt", &text(&samples::troubles(), narrow));
}
