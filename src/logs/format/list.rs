//! `raft-lint logs --list-formats`: all formats, for people and programs.

use serde::Serialize;

use super::custom::Custom;
use super::{ALL, Format};
use crate::logs::event::{EventKind, Side};

/// Each kind of event with its word and what it means.
pub const KINDS: [(&str, EventKind, &str); 18] = [
    ("rejected", EventKind::Rejected, "an AppendEntries request was refused"),
    ("next-index-moved", EventKind::NextIndexMoved, "the leader moved nextIndex"),
    (
        "divergence-advised",
        EventKind::DivergenceAdvised,
        "the system says that the follower has diverged",
    ),
    ("suffix-truncated", EventKind::SuffixTruncated, "the follower removed a conflicting suffix"),
    (
        "conflict-removed",
        EventKind::ConflictRemoved,
        "the follower removed its entries from the refused index on",
    ),
    (
        "snapshot-needed",
        EventKind::SnapshotNeeded,
        "the leader lacks the entry that the follower needs",
    ),
    ("snapshot-sent", EventKind::SnapshotSent, "a snapshot was sent"),
    ("snapshot-restored", EventKind::SnapshotRestored, "the follower installed a snapshot"),
    ("snapshot-ignored", EventKind::SnapshotIgnored, "the follower did not need the snapshot"),
    ("snapshot-failed", EventKind::SnapshotFailed, "a snapshot was refused or failed"),
    ("stale-rejection", EventKind::StaleRejection, "the leader dropped an old rejection"),
    ("log-reverted", EventKind::LogReverted, "a follower lacks entries that it acknowledged"),
    ("committed-conflict", EventKind::CommittedConflict, "committed entries differ"),
    ("storage-failed", EventKind::StorageFailed, "a node could not write or read its log"),
    ("send-failed", EventKind::SendFailed, "a request did not reach its peer"),
    ("caught-up", EventKind::CaughtUp, "a probe succeeded"),
    ("leader-elected", EventKind::LeaderElected, "a node became leader"),
    ("election-started", EventKind::ElectionStarted, "a node does not lead any more, or wants to"),
];

/// The word of a kind.
pub fn kind_id(kind: EventKind) -> &'static str {
    KINDS.iter().find(|(_, known, _)| *known == kind).map_or("", |(id, _, _)| id)
}

/// The word of a side.
pub fn side_id(side: Side) -> &'static str {
    match side {
        Side::Leader => "leader",
        Side::Follower => "follower",
    }
}

/// A format, for programs.
#[derive(Serialize, Debug)]
pub struct Listed {
    /// Its word; of a user's format its name.
    pub id: String,
    /// The system.
    pub system: String,
    /// What it is about.
    pub title: String,
    /// At which level the lines show.
    pub visible: String,
    /// Where the texts were read.
    pub source: String,
    /// Whether it comes from the configuration.
    pub custom: bool,
    /// One for each kind of line.
    pub patterns: Vec<ListedPattern>,
}

/// One kind of line, for programs.
#[derive(Serialize, Debug)]
pub struct ListedPattern {
    /// Its word, unique in the format.
    pub id: String,
    /// The word of what happened.
    pub kind: &'static str,
    /// Who says so: `leader` or `follower`.
    pub side: &'static str,
    /// A line, where there is one.
    pub example: Option<String>,
}

/// All formats, the built-in ones first: a position is what [`crate::logs::event::Event::format`] names.
pub fn list(custom: &[Custom]) -> Vec<Listed> {
    let known = |format: &&Format| Listed {
        id: format.id.to_owned(),
        system: format.system.to_owned(),
        title: format.title.to_owned(),
        visible: format.visible.to_owned(),
        source: format.source.to_owned(),
        custom: false,
        patterns: format
            .patterns
            .iter()
            .map(|pattern| ListedPattern {
                id: pattern.id.to_owned(),
                kind: kind_id(pattern.kind),
                side: side_id(pattern.side),
                example: Some(pattern.example.to_owned()),
            })
            .collect(),
    };
    let own = |custom: &Custom| Listed {
        id: custom.name.clone(),
        system: "of the configuration".to_owned(),
        title: String::new(),
        visible: String::new(),
        source: String::new(),
        custom: true,
        patterns: (1..)
            .zip(&custom.patterns)
            .map(|(number, pattern)| ListedPattern {
                id: number.to_string(),
                kind: kind_id(pattern.kind),
                side: side_id(pattern.side),
                example: pattern.example.clone(),
            })
            .collect(),
    };
    ALL.iter().map(known).chain(custom.iter().map(own)).collect()
}

/// The list as a person reads it. Names and examples of the configuration are a stranger's: the caller escapes the text.
pub fn text(formats: &[Listed]) -> String {
    let mut out = String::new();
    for format in formats {
        out.push_str(&format!("{} — {}\n", format.id, format.system));
        for (label, value) in
            [("lines of", &format.title), ("levels", &format.visible), ("source", &format.source)]
        {
            if !value.is_empty() {
                out.push_str(&format!("  {label}: {value}\n"));
            }
        }
        for pattern in &format.patterns {
            out.push_str(&format!("  {} ({})\n", pattern.kind, pattern.side));
            if let Some(example) = &pattern.example {
                out.push_str(&format!("    {example}\n"));
            }
        }
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{KINDS, kind_id, list, text};

    #[test]
    fn the_list_has_each_format_with_its_levels_and_lines() {
        let formats = list(&[]);
        let shown = text(&formats);
        for format in &formats {
            assert!(shown.contains(&format.visible) && !format.visible.is_empty(), "{}", format.id);
            assert!(format.patterns.iter().all(|pattern| !pattern.kind.is_empty()));
        }
        assert!(shown.starts_with("etcd — etcd-io/raft (Go)\n"), "{shown}");
        assert!(KINDS.iter().all(|&(id, kind, _)| kind_id(kind) == id));
        let json = serde_json::to_value(&formats).expect("it serialises");
        assert_eq!(json[0]["patterns"][0]["kind"], "rejected");
    }
}
