//! Records that somebody made up.

use std::sync::Arc;

use super::*;
use crate::discover;
use crate::finding;
use crate::pipeline::{self, Run};
use crate::report::{Report, json};

const TEXT: &str = "\
    pub struct VoteRequest { pub term: u64, pub candidate_id: u64, pub last_log_index: u64, pub last_log_term: u64 }\n\
    pub struct Node { pub current_term: u64, pub voted_for: Option<u64>, pub log: Vec<(u64, u64)> }\n\
    impl Node {\n\
    fn is_fresh(&self, request: &VoteRequest) -> bool { request.last_log_term >= self.log[0].0 }\n\
    pub fn handle_request_vote(&mut self, request: VoteRequest) -> bool {\n\
    if request.term < self.current_term || !self.is_fresh(&request) { return false; }\n\
    if self.voted_for.is_some() { return false; }\n\
    self.voted_for = Some(request.candidate_id); true }\n\
    pub fn step(&mut self, request: VoteRequest) { self.handle_request_vote(request); } }\n";

fn options(cache: &Arc<Cache>) -> Options {
    Options { cache: Some(Arc::clone(cache)), prefilter: true, ..Options::default() }
}

/// What is found out about a text with this cache.
fn run(text: &str, cache: &Arc<Cache>) -> Run {
    pipeline::run_text(text.as_bytes(), &options(cache))
}

/// The same where the cache says this of the text.
fn run_after(text: &str, found_out: &[u8], cache: &Arc<Cache>) -> Run {
    pipeline::run_text_after(text.as_bytes(), found_out, &options(cache))
}

fn report((outcome, sources): &Run) -> String {
    json::render(&Report::new(outcome, sources, finding::of(outcome)))
}

/// What a cache has of the text's functions.
fn kept(cache: &Arc<Cache>) -> Vec<u8> {
    let (found, options) = (discover::of_text(TEXT.as_bytes()), options(cache));
    let key = Earlier::of(cache, &found, &[FileId(0)], &options).key;
    cache.find_found(&key).expect("it is kept")
}

/// Whoever can write a record can write a false one, but none that leads a run astray, whether the text is as it
/// was or not.
#[test]
fn what_is_made_up_speaks_of_what_is_there() {
    let directory = tempfile::tempdir().expect("a directory can be made");
    let cache = Arc::new(Cache::new(directory.path().join("cache")));
    let first = run(TEXT, &cache);
    assert!(first.0.evaluations.made > 0 && first.0.count("proved") > 1, "{:#?}", first.0);
    let good = kept(&cache);
    let other = TEXT.replace("is_some() {", "is_some() /* é */ {");
    let mut read_all_the_same = 0;
    for at in (0..good.len()).step_by(3) {
        for value in [0, 1, 127, 255, good[at].wrapping_add(1)] {
            let mut changed = good.clone();
            changed[at] = value;
            for text in [TEXT, &other] {
                let run = run_after(text, &changed, &cache);
                read_all_the_same += usize::from(run.0.evaluations.kept > 0);
                assert!(run.0.problems.is_empty(), "{value} at {at}: {:?}", run.0.problems);
                assert!(report(&run).starts_with('{'));
            }
        }
    }
    assert!(read_all_the_same > 100, "{read_all_the_same}");
    let again = run_after(TEXT, &good, &cache);
    assert_eq!((again.0.evaluations.made, report(&again)), (0, report(&first)));
}

/// No length is believed.
#[test]
fn lengths_are_not_believed() {
    let directory = tempfile::tempdir().expect("a directory can be made");
    let cache = Arc::new(Cache::new(directory.path().join("cache")));
    let first = report(&run(TEXT, &cache));
    let good = kept(&cache);
    let most = [0xff, 0xff, 0xff, 0xff, 0x0f];
    for at in 0..good.len() {
        let mut longer = good.clone();
        longer.splice(at..=at, most);
        run_after(TEXT, &longer, &cache);
    }
    assert_eq!(report(&run_after(TEXT, &most, &cache)), first);
}
