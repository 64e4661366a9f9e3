//! Diagnoses written by hand, one for each thing that a report has to show well.
//!
//! Takes nothing; gives values. Their texts are of the kind that the diagnosis writes.

use std::time::Duration;

use raft_lint::logs::condition::Condition;
use raft_lint::logs::diagnosed::{
    Caveat, Code, CodePlace, Confidence, Diagnosed, Diagnosis, Evidence, Figure, FileRead, Mark,
    Point, Read, Way,
};
use raft_lint::logs::event::Timestamp;

const SECOND: i64 = 1_000_000_000;
/// Midnight of the second of January 2026.
const MIDNIGHT: i64 = 20_455 * 86_400 * SECOND;

fn clock(seconds: i64) -> Timestamp {
    Timestamp { nanoseconds: seconds * SECOND, dated: false }
}

fn dated(milliseconds: i64) -> Timestamp {
    Timestamp { nanoseconds: MIDNIGHT + milliseconds * 1_000_000, dated: true }
}

fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

fn figure(id: &'static str, label: &'static str, number: f64, text: &str) -> Figure {
    Figure { id, label, number: Some(number), text: text.to_owned() }
}

fn file(name: &str, lines: u64, recognised: u64) -> FileRead {
    FileRead {
        name: name.to_owned(),
        bytes: lines * 120,
        lines,
        recognised,
        cut_lines: 0,
        stopped: None,
    }
}

fn nothing(condition: Condition) -> Diagnosis {
    Diagnosis {
        serial: 0,
        condition,
        severity: condition.severity(),
        confidence: Confidence::High,
        uncertain: Vec::new(),
        group: None,
        leader: None,
        leader_term: None,
        follower: None,
        format: String::new(),
        time: None,
        summary: String::new(),
        figures: Vec::new(),
        ways: Vec::new(),
        points: Vec::new(),
        evidence: Vec::new(),
        first: Vec::new(),
        never: Vec::new(),
        caveats: Vec::new(),
        rule: None,
    }
}

/// The six lines of the generic form.
pub(crate) fn generic() -> Diagnosed {
    Diagnosed {
        diagnoses: vec![divergence("D")],
        read: Read {
            files: vec![file("raft.log", 6, 6)],
            formats: vec![("generic".to_owned(), 6)],
            ..Read::default()
        },
        notes: Vec::new(),
        left_out: Vec::new(),
        code: vec![Code {
            path: "../store".to_owned(),
            rule: "next-index-backoff",
            places: vec![
                CodePlace {
                    file: "../store/src/leader.rs".to_owned(),
                    line: 214,
                    function: "Leader::handle_append_reply".to_owned(),
                    status: "violated",
                    text: "`next_index` goes back by one for each refusal: the walk takes a probe for each index"
                        .to_owned(),
                },
                CodePlace {
                    file: "../store/src/leader/pipeline.rs".to_owned(),
                    line: 78,
                    function: "Pipeline::refused".to_owned(),
                    status: "proved",
                    text: "`next_index` goes to the follower's hint".to_owned(),
                },
            ],
            silent: None,
        }],
    }
}

pub(crate) fn divergence(follower: &str) -> Diagnosis {
    let steps = [(8, 0, 400_100, 11), (9, 1, 400_050, 10), (10, 2, 400_000, 8)];
    let point = |&(second, number, index, term): &(i64, u64, u64, u64)| Point {
        time: Some(clock(56_520 + second)),
        number,
        index,
        prev_log_term: Some(12),
        follower_term: Some(term),
        mark: Mark::Rejected,
    };
    let evidence = |line: u64, second: i64, text: &str, shows: &str| Evidence {
        file: 0,
        line,
        time: Some(clock(56_520 + second)),
        text: text.replace(" D ", &format!(" {follower} ")),
        shows: shows.to_owned(),
    };
    let mut divergence = nothing(Condition::Divergence);
    divergence.leader = Some("A".to_owned());
    divergence.leader_term = Some(12);
    divergence.follower = Some(follower.to_owned());
    divergence.time = Some((clock(56_528), clock(56_531)));
    divergence.summary = "the two logs split at least 3 terms ago, and the leader walks back about 50 indexes for each \
                          refusal: the follower's terms 11, 10, 8 stand where the leader has term 12"
        .to_owned();
    divergence.figures = vec![
        figure("probes", "probes", 3.0, "3"),
        figure("index_span", "indexes walked", 100.0, "100 (400,100 down to 400,000)"),
        figure("terms_crossed", "follower's terms crossed", 3.0, "3 (11, 10, 8)"),
        figure("rate", "rate", 33.3, "33 indexes a second: 100 ÷ 3 s"),
    ];
    divergence.ways = vec![
        Way {
            id: "walk",
            label: "as now: 50 indexes for each probe".to_owned(),
            probes: Some(8000),
            time: Some(Duration::from_secs(12_000)),
            computed: "400,000 indexes ÷ 50 × 1.5 s, if nothing matches before index 0".to_owned(),
        },
        Way {
            id: "hint",
            label: "with a conflict hint: one probe for each term".to_owned(),
            probes: Some(8),
            time: Some(Duration::from_secs(12)),
            computed: "8 terms × 1.5 s".to_owned(),
        },
        Way {
            id: "snapshot",
            label: "InstallSnapshot".to_owned(),
            probes: Some(1),
            time: None,
            computed: "one transfer: the lines tell no size".to_owned(),
        },
    ];
    divergence.points = steps.iter().map(point).collect();
    divergence.evidence = vec![
        evidence(
            1,
            8,
            "raft: AppendEntries -> D failure (mismatch at idx=400100 term=12 vs follower idx=400100 term=11)",
            "first refusal: both have index 400,100, with terms 12 and 11",
        ),
        evidence(
            3,
            9,
            "raft: AppendEntries -> D failure (mismatch at idx=400050 term=12 vs follower idx=400050 term=10)",
            "the follower's term falls to 10",
        ),
        evidence(
            5,
            10,
            "raft: AppendEntries -> D failure (mismatch at idx=400000 term=12 vs follower idx=400000 term=8)",
            "the follower's term falls to 8",
        ),
        evidence(
            6,
            11,
            "raft: D has diverged extensively; consider InstallSnapshot",
            "the system says it itself",
        ),
    ];
    divergence.first = texts(&[
        "trigger a snapshot on the leader and let it install it on the follower: one transfer instead of up to 8,000 probes",
        "watch for the follower's match index to pass the snapshot's last index",
        "then give the follower's replies a conflict term and index, so that the next divergence takes a probe for each term",
    ]);
    divergence.never = texts(&[
        "delete the follower's data by hand while it counts as a voter",
        "raise the election timeouts: elections are not the cause",
    ]);
    divergence.caveats = vec![Caveat {
        system: "hashicorp/raft, all versions",
        text: "a snapshot that is installed on a follower with a divergent tail is installed again and again; \
               remove the follower, wipe it and add it again instead",
        source: "https://github.com/hashicorp/raft/issues/697",
    }];
    divergence.rule = Some("next-index-backoff");
    divergence
}

/// One follower after a walk of 4,000 steps of which only indexes are seen; the points are thinned, as they come.
pub(crate) fn hashicorp() -> Diagnosed {
    let at = |number: u64| dated(56_528_678 + number as i64 * 5);
    let mut walk = nothing(Condition::Divergence);
    walk.confidence = Confidence::Low;
    walk.uncertain = texts(&[
        "the leader's lines tell indexes only: the log of `n4` at level WARN has the terms of both sides",
    ]);
    walk.leader = Some("n1".to_owned());
    walk.follower = Some("n4".to_owned());
    walk.time = Some((at(0), at(4000)));
    walk.summary =
        "4,000 requests were refused one after the other, each one index lower than the one before"
            .to_owned();
    walk.figures = vec![
        figure("probes", "probes", 4000.0, "4,000"),
        figure("index_span", "indexes walked", 4000.0, "4,000 (400,100 down to 396,101)"),
        figure("rate", "rate", 200.0, "200 indexes a second"),
    ];
    let refused = (0..511).map(|n| n * 3999 / 510).map(|number| Point {
        time: Some(at(number)),
        number,
        index: 400_100 - number,
        prev_log_term: None,
        follower_term: None,
        mark: Mark::Rejected,
    });
    walk.points = refused.collect();
    walk.points.push(Point {
        time: Some(at(4000)),
        number: 4000,
        index: 398_000,
        prev_log_term: None,
        follower_term: None,
        mark: Mark::Snapshot,
    });
    walk.evidence = vec![Evidence {
        file: 0,
        line: 120,
        time: Some(at(0)),
        text: "raft: appendEntries rejected, sending older logs: peer=\"{Voter n4 10.0.0.4:8300}\" next=400101"
            .to_owned(),
        shows: "first refusal".to_owned(),
    }];
    walk.first = texts(&["read the follower's log beside this one"]);
    walk.rule = Some("next-index-backoff");
    Diagnosed {
        diagnoses: vec![walk],
        read: Read {
            files: vec![
                file("n1/consul.log", 1_204_331, 4002),
                FileRead {
                    stopped: Some("the gzip stream ends early".to_owned()),
                    cut_lines: 2,
                    ..file("n1/consul.log.1.gz", 99_000, 0)
                },
            ],
            formats: vec![("hashicorp/raft".to_owned(), 4002), ("etcd".to_owned(), 0)],
            unrecognised: vec![Evidence {
                file: 0,
                line: 77,
                time: Some(at(0)),
                text: "myraft: refused append at 12".to_owned(),
                shows: String::new(),
            }],
            unrecognised_count: 23,
        },
        notes: texts(&[
            "hashicorp/raft logs each refused request at level WARN: nothing was hidden from this file",
        ]),
        left_out: Vec::new(),
        code: Vec::new(),
    }
}

/// Leaders that alternate, a follower that is stuck, one that lags, and one whose snapshots go in a loop.
pub(crate) fn troubles() -> Diagnosed {
    let mut flapping = nothing(Condition::Flapping);
    flapping.confidence = Confidence::Medium;
    flapping.time = Some((dated(0), dated(7_980_000)));
    flapping.group = Some("region 7".to_owned());
    flapping.summary = "14 leaders in 2 h 13 min: `A` and `B` alternate, and no walk ends before the next election".to_owned();
    flapping.points = (0..40)
        .map(|n| Point {
            time: Some(dated(n * 199_500)),
            number: n as u64,
            index: 9000 - (n as u64 % 8) * 10,
            prev_log_term: Some(12 + n as u64 / 8),
            follower_term: Some(if n % 8 > 5 { 0 } else { 9 }),
            mark: if n % 8 == 7 { Mark::Truncated } else { Mark::Rejected },
        })
        .collect();
    let mut stuck = nothing(Condition::Stuck);
    stuck.leader = Some("B".to_owned());
    stuck.leader_term = Some(13);
    stuck.follower = Some("C".to_owned());
    stuck.summary = "index 77 was refused 9 times in a row".to_owned();
    stuck.points = (0..9)
        .map(|number| Point {
            time: None,
            number,
            index: 77,
            prev_log_term: Some(12),
            follower_term: Some(12),
            mark: Mark::Rejected,
        })
        .collect();
    let mut snapshots = nothing(Condition::SnapshotLoop);
    snapshots.leader = Some("B".to_owned());
    snapshots.follower = Some("D".to_owned());
    snapshots.time = Some((clock(86_390), clock(86_500)));
    snapshots.summary =
        "the snapshot at index 4,000 was sent 3 times, and refused after each".to_owned();
    let marks = [
        Mark::Rejected,
        Mark::Snapshot,
        Mark::Rejected,
        Mark::Snapshot,
        Mark::Truncated,
        Mark::Matched,
    ];
    snapshots.points = (0..)
        .zip(marks)
        .map(|(number, mark)| Point {
            time: Some(clock(86_390 + number as i64 * 22)),
            number,
            index: 4000 + number,
            prev_log_term: None,
            follower_term: Some(3),
            mark,
        })
        .collect();
    let mut lag = nothing(Condition::Lag);
    lag.follower = Some("E".to_owned());
    lag.leader = Some("B".to_owned());
    lag.summary = "the follower's log ends 200 entries before the leader's, and the terms agree: it catches up by itself".to_owned();
    Diagnosed {
        diagnoses: vec![snapshots, stuck, flapping, lag, healthy_of("F")],
        read: Read {
            files: vec![file("all.log", 900, 61)],
            formats: vec![("raft-rs".to_owned(), 61)],
            ..Read::default()
        },
        notes: Vec::new(),
        left_out: Vec::new(),
        code: Vec::new(),
    }
}

fn healthy_of(follower: &str) -> Diagnosis {
    let mut healthy = nothing(Condition::Healthy);
    healthy.leader = Some("A".to_owned());
    healthy.follower = Some(follower.to_owned());
    healthy.leader_term = Some(12);
    healthy.summary = "2 refusals for 2 terms: the logs match at index 400,000".to_owned();
    healthy
}

/// Nothing is wrong.
pub(crate) fn healthy() -> Diagnosed {
    Diagnosed {
        diagnoses: vec![healthy_of("B"), healthy_of("C")],
        read: Read {
            files: vec![file("etcd.log", 12_000, 4)],
            formats: vec![("etcd".to_owned(), 4)],
            ..Read::default()
        },
        notes: texts(&[
            "etcd logs refused requests at level DEBUG: at INFO a walk can't be seen, and silence is not health",
        ]),
        left_out: Vec::new(),
        code: Vec::new(),
    }
}

/// What a stranger may write into a log.
pub(crate) const EVIL: &[&str] = &[
    "</title></style><script>alert(1)</script>",
    "\u{1b}[2J\u{202e}evil",
    "##[error]x ##vso[task.complete]",
    "a` <b onclick='owned=1'> \" & `",
    "error[divergence]: fake\r\nerror: fake",
    "日本語のノード",
];

/// Each name and text is hostile.
pub(crate) fn hostile() -> Diagnosed {
    let name = |n: usize| EVIL[n % EVIL.len()].to_owned();
    let mut diagnoses: Vec<Diagnosis> = Vec::new();
    for n in 0..EVIL.len() {
        let mut one = divergence(&name(n));
        one.leader = Some(name(n + 1));
        one.group = Some(name(n + 2));
        one.summary = name(n + 3);
        one.uncertain = vec![name(n)];
        one.first[0] = name(n + 1);
        one.figures[0].text = name(n + 4);
        one.ways[0].label = name(n + 5);
        one.evidence[0].text = EVIL.join(" ");
        diagnoses.push(one);
    }
    let mut all = generic();
    all.diagnoses = diagnoses;
    all.notes = texts(EVIL);
    all.read.files[0].name = name(0);
    all.read.files[0].stopped = Some(name(1));
    all.read.formats = vec![(name(0), 6)];
    all.read.unrecognised = all.diagnoses[0].evidence.clone();
    all.read.unrecognised_count = 9;
    if let Some(code) = all.code.first_mut() {
        code.path = name(0);
        code.places[0].file = name(2);
        code.places[0].function = name(3);
        code.places[0].text = name(4);
        code.silent = Some(name(1));
    }
    all
}

/// Many followers with the same trouble.
pub(crate) fn many(count: usize) -> Diagnosed {
    let mut all = generic();
    all.code = Vec::new();
    all.diagnoses = (0..count).map(|n| divergence(&format!("node-{n}"))).collect();
    all.diagnoses.extend((0..20).map(|n| healthy_of(&format!("calm-{n}"))));
    all
}
