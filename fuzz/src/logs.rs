//! One way through the log reader.

use std::io::Cursor;
use std::sync::LazyLock;

use codespan_reporting::term::termcolor::Buffer;
use raft_lint::logs::format::custom::Custom;
use raft_lint::logs::format::list;
use raft_lint::logs::format::recognise::Recogniser;
use raft_lint::logs::input::Blocks;
use raft_lint::logs::names::Names;
use raft_lint::logs::reading::{self, Counted};
use raft_lint::logs::report::{self, TextOptions};
use raft_lint::logs::session::Session;
use raft_lint::report::Detail;

use crate::assert_harmless;

/// What is made once: it takes longer than most logs.
static KNOWN: LazyLock<Recogniser> = LazyLock::new(|| Recogniser::new(&[]));

/// Reads a log and writes the reports about it.
pub fn read(bytes: &[u8], custom: &[Custom]) {
    let taught;
    let recogniser = match custom {
        [] => &*KNOWN,
        custom => {
            taught = Recogniser::new(custom);
            &taught
        }
    };
    let ids = list::list(custom).into_iter().map(|format| format.id).collect();
    let mut session = Session::new(ids);
    let mut names = Names::default();
    let mut counted = Counted::default();
    let mut blocks = Blocks::from_reader(Cursor::new(bytes.to_vec()));
    let mut events = Vec::new();
    while let Some(block) = blocks.next() {
        let of = (0, None);
        reading::events(recogniser, &block, of, &mut names, &mut counted, |e| events.push(e));
        for event in events.drain(..) {
            session.add(&event, &names);
        }
    }
    let diagnosed = session.end(&names, vec![blocks.read("a.log")], counted, &[]);
    let options = TextOptions { width: 100, detail: Detail::Verbose, ascii: false };
    let mut out = Buffer::no_color();
    report::text(&diagnosed, &options, &mut out).expect("memory takes what is written");
    report::problems(&diagnosed, &options, &mut out).expect("memory takes what is written");
    assert_harmless(&String::from_utf8_lossy(out.as_slice()));
    assert_harmless(&report::json(&diagnosed));
    assert_harmless(&report::html(&diagnosed));
}
