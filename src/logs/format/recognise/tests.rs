//! Each pattern with its example, and lines that are none.

use super::{Hint, Recognised, Recogniser};
use crate::logs::event::{Event, Side};
use crate::logs::format::ALL;
use crate::logs::format::list::{kind_id, side_id};
use crate::logs::format::template::{Captured, Template};
use crate::logs::names::Names;

/// What an event says, in words.
pub(crate) fn said(event: &Event, names: &Names) -> String {
    let mut text = format!("{} {}", kind_id(event.kind), side_id(event.side));
    let words = [("group", event.group), ("leader", event.leader), ("follower", event.follower)];
    for (label, name) in words {
        if let Some(name) = name {
            text += &format!(" {label}={}", names.text(name));
        }
    }
    let numbers = [
        ("index", event.index),
        ("prev_log_term", event.prev_log_term),
        ("follower_entry_term", event.follower_entry_term),
        ("follower_index", event.follower_index),
        ("hint_index", event.hint_index),
        ("hint_term", event.hint_term),
        ("next_index", event.next_index),
        ("match_index", event.match_index),
        ("leader_term", event.leader_term),
        ("snapshot_index", event.snapshot_index),
        ("snapshot_term", event.snapshot_term),
        ("snapshot_bytes", event.snapshot_bytes),
        ("first_index", event.first_index),
        ("commit_index", event.commit_index),
    ];
    for (label, number) in numbers {
        if let Some(number) = number {
            text += &format!(" {label}={number}");
        }
    }
    text
}

/// What a line says, or what it is instead.
fn of(recogniser: &Recogniser, line: &str) -> String {
    let mut names = Names::default();
    let mut event = Event::default();
    match recogniser.recognise(line, Hint::default(), &mut names, &mut event) {
        Recognised::Event => said(&event, &names),
        other => format!("{other:?}"),
    }
}

#[test]
fn print_all() {
    let recogniser = Recogniser::new(&[]);
    for format in ALL {
        for pattern in format.patterns {
            println!("    (\"{}\", \"{}\", \"{}\"),", format.id, pattern.id, of(&recogniser, pattern.example));
        }
    }
}
