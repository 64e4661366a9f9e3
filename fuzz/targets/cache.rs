//! An entry of the cache, whatever its bytes are: a text, `\0`, and what somebody says that lowering gave.

#![no_main]

use libfuzzer_sys::fuzz_target;
use raft_lint::ir::portable::{self, Text};
use raft_lint::names::{NameCache, Names, SharedNames};
use raft_lint::source::FileId;
use raft_lint_fuzz::with_stack;

fuzz_target!(|bytes: &[u8]| {
    let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(0);
    let (text, content) = bytes.split_at(end);
    let Ok(text) = std::str::from_utf8(text) else { return };
    let text = Text::Whole(text.into());
    with_stack(|| {
        let names = SharedNames::of(Names::default());
        let mut names = NameCache::new(&names);
        names.note();
        let content = content.strip_prefix(b"\0").unwrap_or(content);
        let Some(ir) = portable::read(content, FileId(0), text.clone(), &mut names) else { return };
        let used = names.noted().expect("names are noted");
        let again = portable::write(&ir, used, Vec::new()).expect("what was read can be written");
        let same = portable::read(&again, FileId(0), text.clone(), &mut names).expect("and read again");
        assert_eq!(format!("{ir:?}"), format!("{same:?}"));
    });
});
