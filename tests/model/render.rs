//! A schedule as a numbered list of messages between servers.

use std::fmt::Write as _;

use crate::bounds::Bounds;
use crate::guard::Guard;
use crate::log::{Log, Position};
use crate::order::Schedule;
use crate::raft::Raft;
use crate::safety::{Held, S};
use crate::search::{Action, Late};
use crate::state::{Body, Id, Message, Role, Server, State};

/// The page of a guard: what is off, the schedule, what is lost, and within which bounds.
pub(crate) fn page(
    raft: &Raft,
    guard: Guard,
    schedule: &Schedule,
    bounds: &Bounds,
    clean: usize,
) -> String {
    let mut page =
        format!("# {guard}\n\nOff: {}. Entries are written `index:term command`.\n\n", guard.off());
    for (number, (state, action)) in (1..).zip(schedule.states.iter().zip(&schedule.actions)) {
        let _ = writeln!(page, "{number}. {}", step(raft, state, action));
    }
    if let Some((last, lost)) = schedule.states.last().and_then(|last| Some((last, last.lost?))) {
        let _ = writeln!(page, "\nLost: {}. {}.", lost.name(), capital(&lost.evidence(last)));
    }
    let begins = if bounds.given.is_empty() { "does" } else { "begins like this" };
    let _ = writeln!(
        page,
        "\nBounds: {bounds}. With all guards on, none of the {clean} states that are reachable \
         within them loses a property; with this one off, no schedule that {begins} is shorter."
    );
    page
}

/// The page that lists all guards, from the lines about each.
pub(crate) fn index(necessary: &[String], not_necessary: &[String]) -> String {
    format!(
        "# Which guards are necessary\n\n\
         Written by `UPDATE=1 cargo test --test model`. States are those that are reachable with all \
         guards on, within the same bounds; in none of them anything is lost.\n\n\
         | without | what happens | lost | steps | states |\n|---|---|---|---|---|\n{}\n\
         Without one of these, nothing is lost within the bounds:\n\n\
         | without | what happens | why nothing is lost | searched |\n|---|---|---|---|\n{}",
        necessary.concat(),
        not_necessary.concat()
    )
}

/// The line about a guard that has a schedule.
pub(crate) fn necessary(guard: Guard, lost: &str, steps: usize, clean: usize) -> String {
    format!("| [{guard}]({guard}.md) | {} | {lost} | {steps} | {clean} |\n", guard.off())
}

/// The line about a guard that has none.
pub(crate) fn not_necessary(guard: Guard, why: &str, searched: &[&Bounds]) -> String {
    let bounds: Vec<String> = searched.iter().map(|bounds| bounds.to_string()).collect();
    format!("| {guard} | {} | {why} | {} |\n", guard.off(), bounds.join("; "))
}

/// One step: what is sent, and what the receiver, then the sender, makes of it.
fn step(raft: &Raft, state: &State, action: &Action) -> String {
    match *action {
        Action::Send { from, to, heartbeat, late } => {
            let request = raft.request(state, from, to, heartbeat);
            let mut text = format!("{} → {}: {}", S(from), S(to), said(&request));
            if late == Late::Request {
                text.push_str(" is delayed.");
            } else {
                text.push('.');
                text += &delivery(raft, state, &request, late);
            }
            text
        }
        Action::Arrive { message, late } => {
            let (from, to) = (S(message.from), S(message.to));
            let text = format!("{from} → {to}: the delayed {} arrives.", said(&message));
            text + &delivery(raft, state, &message, late)
        }
        Action::TimeOut(id) => {
            format!("{} times out and stands for term {}.", S(id), state.server(id).term + 1)
        }
        Action::Command(id) => command(raft, state, action, id),
        Action::Restart(id) => restart(raft, state, id),
        Action::Read(id) => format!("A client reads from {}, which answers.", S(id)),
        Action::Compact(id) => {
            let commit = state.server(id).commit;
            format!("{} takes a snapshot up to `{}`.", S(id), at(&state.server(id).log, commit))
        }
    }
}

fn command(raft: &Raft, state: &State, action: &Action, id: Id) -> String {
    let mut after = state.clone();
    crate::search::perform(raft, &mut after, action);
    let (old, new) = (state.server(id), after.server(id));
    let entry = new.log.tail(old.log.last().index);
    let text = format!("A client sends a command to {}, which appends `{entry}`.", S(id));
    text + &sentence(id, progress(old, new))
}

fn restart(raft: &Raft, state: &State, id: Id) -> String {
    let mut after = state.clone();
    raft.restart(&mut after, id);
    let (old, new) = (state.server(id), after.server(id));
    let mut lost = Vec::new();
    if new.term != old.term {
        lost.push(format!("has lost its term {}", old.term));
    }
    if let Some(voted) = old.voted.filter(|_| new.voted.is_none()) {
        lost.push(format!("has lost its vote for {}", S(voted)));
    }
    if new.log != old.log {
        lost.push(format!("has lost its log {}", held(&old.log)));
    }
    format!("{} crashes and starts again.{}", S(id), sentence(id, lost))
}

/// What follows from a message that is delivered, and from its answer if that is not late.
fn delivery(raft: &Raft, state: &State, message: &Message, late: Late) -> String {
    let mut after = state.clone();
    let answer = raft.receive(&mut after, message);
    let mut text = reception(state, &after, message, answer.as_ref());
    let Some(answer) = answer else { return text };
    if late == Late::Answer {
        text.push_str(" The answer is delayed.");
        return text;
    }
    let before = after.clone();
    raft.receive(&mut after, &answer);
    text += &reception(&before, &after, &answer, None);
    text
}

/// What a message has done to its receiver.
fn reception(before: &State, after: &State, message: &Message, answer: Option<&Message>) -> String {
    let id = message.to;
    let (old, new) = (before.server(id), after.server(id));
    let stale = message.term < old.term;
    let mut parts = Vec::new();
    let refuses =
        matches!(answer.map(|answer| answer.body), Some(Body::VoteReply(false) | Body::Refused(_)));
    if stale && refuses {
        parts.push(format!("is in term {} and refuses", old.term));
        return sentence(id, parts);
    }
    if new.term != old.term {
        let leaves = old.role != Role::Follower && new.role == Role::Follower;
        let role = match new.role {
            Role::Follower if leaves => " as a follower",
            Role::Leader if old.role == Role::Leader => " as a leader",
            _ => "",
        };
        parts.push(format!("moves to term {}{role}", new.term));
    } else if old.role != Role::Follower && new.role == Role::Follower {
        parts.push("becomes a follower".to_owned());
    }
    match (message.body, answer.map(|answer| answer.body)) {
        (Body::Vote(_), Some(Body::VoteReply(true))) => {
            parts.push(format!("votes for {}", S(message.from)));
        }
        (Body::Vote(_), _) if old.voted.is_some() && old.term == new.term => {
            parts.push("has voted already and refuses".to_owned());
        }
        (Body::Vote(_), _) => parts.push(format!("refuses, as its log is {}", held(&old.log))),
        (Body::Append(..), Some(Body::Refused(index))) => {
            parts.push(format!("refuses, as it holds {}", instead(&old.log, index)));
        }
        (Body::Append(..), None) => {
            parts.push("does nothing, or it would cut what it has committed".to_owned())
        }
        (Body::Append(..), _) if old.log == new.log => parts.push("accepts".to_owned()),
        (Body::Append(..), _) => {
            parts.push("accepts".to_owned());
            parts.push(format!("holds {}", held(&new.log)));
        }
        (Body::Snapshot(_), _) if old.log == new.log && old.commit == new.commit => {
            parts.push("has that already".to_owned());
        }
        (Body::Snapshot(_), _) => {
            parts.push("installs it".to_owned());
            parts.push(format!("holds {}", held(&new.log)));
        }
        _ => {}
    }
    parts.extend(progress(old, new));
    sentence(id, parts)
}

/// What a server has become, committed and applied.
fn progress(old: &Server, new: &Server) -> Vec<String> {
    let mut parts = Vec::new();
    if old.role != Role::Leader && new.role == Role::Leader {
        parts.push(format!("leads term {}", new.term));
    }
    if new.commit < old.commit {
        parts.push(format!("sets its commit index back from {} to {}", old.commit, new.commit));
    } else if new.commit > old.commit && new.role == Role::Leader {
        parts.push(format!("commits up to `{}`", at(&new.log, new.commit)));
    } else if new.commit > old.commit && new.applied <= old.applied {
        parts.push(format!("sets its commit index to {}", new.commit));
    }
    let applied: Vec<&str> = new
        .log
        .iter()
        .filter(|(index, _)| (old.applied + 1..=new.applied).contains(index))
        .map(|(_, entry)| entry.name())
        .collect();
    if !applied.is_empty() {
        parts.push(format!("applies `{}`", applied.join(", ")));
    }
    parts
}

/// What a message says.
fn said(message: &Message) -> String {
    let term = message.term;
    match message.body {
        Body::Vote(last) => format!("`RequestVote(term {term}, last {last})`"),
        Body::VoteReply(true) => format!("vote of term {term}"),
        Body::VoteReply(false) => format!("refusal of a vote in term {term}"),
        Body::Append(sent, commit) => format!(
            "`AppendEntries(term {term}, prev {}, entries {sent}, commit {commit})`",
            sent.base
        ),
        Body::Stored(index) => format!("success up to index {index} of term {term}"),
        Body::Refused(index) => format!("refusal at index {index} of term {term}"),
        Body::Snapshot(last) => format!("`InstallSnapshot(term {term}, last {last})`"),
    }
}

fn held(log: &Log) -> String {
    format!("{}", Held(log))
}

fn at(log: &Log, index: u8) -> Position {
    Position { term: log.term(index).unwrap_or_default(), index }
}

/// What a follower has where it should have the previous entry.
fn instead(log: &Log, index: u8) -> String {
    log.term(index).map_or_else(|| held(log), |term| format!("`{index}:{term}`"))
}

/// `S2 does this and does that.`, with a space before it.
fn sentence(id: Id, parts: Vec<String>) -> String {
    let Some((last, first)) = parts.split_last() else { return String::new() };
    let first = if first.is_empty() { String::new() } else { first.join(", ") + " and " };
    format!(" {} {first}{last}.", S(id))
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}
