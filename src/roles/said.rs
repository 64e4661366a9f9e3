//! Roles that the project itself gives: they count more than any name or origin.

use super::classify::{strip_local, tags_of, word_tags};
use super::symbols::{Origin, Role, Symbols, Tags};
use crate::protocol::{Meaning, Side};

/// Role and tags of an origin whose name was spoken of; `None` where nothing was said, or where what
/// it is a part of decides.
pub(super) fn said(symbols: &Symbols<'_>, origin: &Origin) -> Option<(Role, Tags)> {
    let (name, base) = match origin {
        Origin::Field(base, name) | Origin::Payload(base, _, name) | Origin::Named(base, name) => {
            (name, Some(base))
        }
        Origin::Method(name, args) | Origin::Call(name, args) => (name, args.first()),
        Origin::Param(name, _) => (name, None),
        _ => return None,
    };
    let meaning = symbols.program.names.meaning(*name)?;
    let role = role_of(meaning)?;
    let base = base.map(|base| symbols.tags(*base)).unwrap_or_default();
    let owned = match meaning.side {
        Side::Message => strip_local(base).with(Tags::REQUEST),
        Side::Node | Side::Owner => base.without(Tags::REQUEST).with(Tags::LOCAL),
    };
    Some((role, owned.with(tags_of(role)).with(word_tags(symbols.program.words(*name)))))
}

/// The role of a meaning that does not depend on what has it.
fn role_of(meaning: &Meaning) -> Option<Role> {
    Some(match meaning.id {
        "term" => Role::ReqTerm,
        "prev_log_index" => Role::PrevIndex,
        "prev_log_term" => Role::PrevTerm,
        "prev_log_id" => Role::PrevLogId,
        "entries" => Role::ReqEntries,
        "leader_commit" => Role::LeaderCommit,
        "candidate_id" => Role::Candidate,
        "last_log_index" => Role::CandidateLastIndex,
        "last_log_term" => Role::CandidateLastTerm,
        "last_log_id" => Role::CandidateLastLogId,
        "current_term" => Role::CurrentTerm,
        "voted_for" => Role::VotedFor,
        "log" => Role::Log,
        "own_last_log_index" => Role::OwnLastIndex,
        "own_last_log_term" => Role::OwnLastTerm,
        "commit_index" => Role::CommitIndex,
        "last_applied" => Role::LastApplied,
        "next_index" => Role::NextIndex,
        "match_index" => Role::MatchIndex,
        "snapshot_index" => Role::SnapshotIndex,
        "snapshot_term" => Role::SnapshotTerm,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::role_of;
    use crate::protocol::{MEANINGS, Side};

    #[test]
    fn what_belongs_to_one_side_has_a_role() {
        for meaning in MEANINGS {
            assert_eq!(role_of(meaning).is_some(), meaning.side != Side::Owner, "{}", meaning.id);
        }
    }
}
