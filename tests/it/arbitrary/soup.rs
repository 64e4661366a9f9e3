//! Token soup: programs that look like a Raft to whoever does not read them.
//!
//! Half of it keeps to the grammar, so that it comes through the parser and to the stages behind; the rest
//! is any tokens.

use std::fmt::Write as _;

use fastrand::Rng;

const FIELDS: &[&str] = &[
    "term",
    "current_term",
    "voted_for",
    "log",
    "commit_index",
    "last_applied",
    "next_index",
    "match_index",
    "prev_log_index",
    "prev_log_term",
    "entries",
    "leader_commit",
    "candidate_id",
    "last_log_index",
    "last_log_term",
    "votes",
    "peers",
    "state",
    "role",
    "snapshot",
    "x",
    "success",
    "vote_granted",
    "reject",
];
const TYPES: &[&str] = &[
    "u64",
    "Option<u64>",
    "Vec<Entry>",
    "Entry",
    "Request",
    "Reply",
    "Node",
    "HashMap<u64, u64>",
    "Role",
    "&mut Node",
    "Box<dyn Fn(u64) -> bool>",
    "bool",
    "Result<Reply, Error>",
    "impl Iterator<Item = u64>",
    "Self",
    "()",
];
const FUNCTIONS: &[&str] = &[
    "handle_append_entries",
    "handle_request_vote",
    "append_entries_reply",
    "handle_vote_reply",
    "maybe_commit",
    "apply",
    "become_follower",
    "become_leader",
    "install_snapshot",
    "step",
    "tick",
    "save_hard_state",
    "truncate",
    "helper",
    "quorum",
    "send",
];
const METHODS: &[&str] = &[
    "get",
    "push",
    "truncate",
    "splice",
    "last",
    "len",
    "iter",
    "map",
    "filter",
    "unwrap",
    "min",
    "max",
    "insert",
    "clone",
    "map_or",
    "is_none_or",
    "and_then",
    "count",
    "sort",
    "drain",
    "extend",
    "into_iter",
    "zip",
    "fold",
    "await_it",
];
const OPERATORS: &[&str] = &[
    "+", "-", "*", "/", "%", "==", "!=", "<", ">", "<=", ">=", "&&", "||", "&", "|", "<<", "..",
    "..=", "=",
];
const TOKENS: &[&str] = &[
    "fn",
    "impl",
    "struct",
    "enum",
    "match",
    "if",
    "else",
    "let",
    "return",
    "self",
    "Self",
    "&",
    "&mut",
    "*",
    "->",
    "=>",
    "(",
    ")",
    "{",
    "}",
    "[",
    "]",
    "<",
    ">",
    ",",
    ";",
    ":",
    "::",
    ".",
    "..",
    "?",
    "!",
    "#",
    "'a",
    "'x'",
    "\"\"",
    "r#\"\"#",
    "0",
    "1.0",
    "0x",
    "|",
    "||",
    "async",
    "await",
    "dyn",
    "mut",
    "ref",
    "pub",
    "use",
    "mod",
    "where",
    "for",
    "in",
    "loop",
    "break",
    "continue",
    "unsafe",
    "const",
    "static",
    "trait",
    "type",
    "macro_rules!",
    "$",
    "@",
    "_",
    "=",
    "+=",
    "//",
    "/*",
    "*/",
    "// raft-lint: allow(all) x\n",
    "#[cfg(test)]",
    "b'\\''",
    "'\\u{41}'",
    "\n",
];

fn one<'t>(rng: &mut Rng, from: &[&'t str]) -> &'t str {
    rng.choice(from).copied().unwrap_or_default()
}

/// A program.
pub(super) fn program(rng: &mut Rng) -> String {
    let mut text = String::new();
    for name in ["Node", "Request", "Reply", "Entry"] {
        let _ = write!(text, "pub struct {name} {{ ");
        for _ in 0..rng.usize(1..10) {
            let (field, ty) = (one(rng, FIELDS), one(rng, TYPES));
            let _ = write!(text, "pub {field}: {ty}, ");
        }
        text += "}\n";
    }
    text += "pub enum Role { Follower, Candidate, Leader { votes: u64 } }\nimpl Node {\n";
    for _ in 0..rng.usize(1..7) {
        function(rng, &mut text);
    }
    text += "}\n";
    match rng.u8(..4) {
        0 => soup(rng, &mut text),
        1 => {
            // Somewhere in the middle.
            let mut at = rng.usize(..text.len());
            while !text.is_char_boundary(at) {
                at -= 1;
            }
            let mut inside = String::new();
            soup(rng, &mut inside);
            text.insert_str(at, &inside);
        }
        _ => {}
    }
    text
}

fn soup(rng: &mut Rng, text: &mut String) {
    for _ in 0..rng.usize(1..60) {
        let from = *rng.choice(&[TOKENS, TOKENS, FIELDS, FUNCTIONS, OPERATORS]).unwrap_or(&TOKENS);
        *text += one(rng, from);
        if rng.u8(..5) > 0 {
            text.push(' ');
        }
    }
}

fn function(rng: &mut Rng, text: &mut String) {
    let (name, parameter) =
        (one(rng, FUNCTIONS), one(rng, &["Request", "Reply", "&Request", "u64"]));
    let (result, is_async) = (one(rng, TYPES), one(rng, &["", "", "async "]));
    let _ = writeln!(
        text,
        "pub {is_async}fn {name}(&mut self, request: {parameter}, term: u64) -> {result} {{"
    );
    block(rng, text, 4);
    *text += "}\n";
}

fn block(rng: &mut Rng, text: &mut String, depth: usize) {
    for _ in 0..rng.usize(1..5) {
        statement(rng, text, depth);
    }
    if rng.bool() {
        expression(rng, text, depth);
    }
    text.push('\n');
}

fn statement(rng: &mut Rng, text: &mut String, depth: usize) {
    let deeper = depth.saturating_sub(1);
    let kind = if depth == 0 { rng.u8(..4) } else { rng.u8(..12) };
    match kind {
        0 | 1 => {
            let _ =
                write!(text, "self.{} {} ", one(rng, FIELDS), one(rng, &["=", "=", "+=", "-="]));
            expression(rng, text, deeper);
            *text += ";\n";
        }
        2 => {
            let _ = write!(
                text,
                "let {} = ",
                one(rng, &["x", "mut x", "term", "Some(x)", "(x, y)", "_", "Entry { term, .. }"])
            );
            expression(rng, text, deeper);
            *text += one(rng, &[";\n", ";\n", ";\n", " else { return };\n"]);
        }
        3 => {
            *text += "return ";
            expression(rng, text, deeper);
            *text += ";\n";
        }
        4..=6 => {
            *text += "if ";
            expression(rng, text, deeper);
            *text += " {\n";
            block(rng, text, deeper);
            *text += one(rng, &["}\n", "} else {\n", "} else if x {\n"]);
            if text.ends_with("{\n") {
                block(rng, text, deeper);
                *text += "}\n";
            }
        }
        7 => {
            *text += "for x in ";
            expression(rng, text, deeper);
            *text += " {\n";
            block(rng, text, deeper);
            *text += "}\n";
        }
        8 => {
            *text += one(rng, &["loop", "while x", "while let Some(x) = self.log.pop()"]);
            *text += " {\n";
            block(rng, text, deeper);
            *text += one(rng, &["break;\n", "continue;\n", ""]);
            *text += "}\n";
        }
        9 => {
            *text += "match ";
            expression(rng, text, deeper);
            *text += " {\n";
            for _ in 0..rng.usize(1..4) {
                let pattern = [
                    "Some(x)",
                    "None",
                    "Role::Leader { .. }",
                    "Ok(x)",
                    "Err(_)",
                    "0",
                    "x if x > term",
                    "1 | 2",
                ];
                let _ = write!(text, "{} => {{ ", one(rng, &pattern));
                block(rng, text, deeper);
                *text += "}\n";
            }
            *text += "_ => {}\n}\n";
        }
        10 => {
            *text += one(
                rng,
                &["assert!(", "ensure!(", "vec![", "info!(", "panic!(", "select! {", "check!("],
            );
            expression(rng, text, deeper);
            *text += one(rng, &[");\n", ");\n", "];\n", "}\n"]);
        }
        _ => {
            expression(rng, text, deeper);
            *text += ";\n";
        }
    }
}

fn expression(rng: &mut Rng, text: &mut String, depth: usize) {
    let deeper = depth.saturating_sub(1);
    match if depth == 0 { rng.u8(..4) } else { rng.u8(..13) } {
        0 => *text += one(rng, &["0", "1", "term", "x", "true", "None", "self", "request"]),
        1 => drop(write!(text, "self.{}", one(rng, FIELDS))),
        2 | 3 => drop(write!(text, "request.{}", one(rng, FIELDS))),
        4..=6 => {
            expression(rng, text, deeper);
            let _ = write!(text, " {} ", one(rng, OPERATORS));
            expression(rng, text, deeper);
        }
        7 | 8 => {
            expression(rng, text, deeper);
            let _ = write!(text, ".{}(", one(rng, METHODS));
            if rng.bool() {
                *text += one(rng, &["|x| ", "|(x, y)| ", "", "", "move || "]);
                expression(rng, text, deeper);
            }
            text.push(')');
            *text += one(rng, &["", "", "?", ".await", " as usize", "[0]", "[1..]"]);
        }
        9 => {
            let _ = write!(text, "self.{}(request, ", one(rng, FUNCTIONS));
            expression(rng, text, deeper);
            text.push(')');
        }
        10 => {
            *text += one(rng, &["!", "-", "*", "&", "&mut "]);
            expression(rng, text, deeper);
        }
        11 => {
            let _ = write!(
                text,
                "{} {{ {}: ",
                one(rng, &["Reply", "Entry", "Request"]),
                one(rng, FIELDS)
            );
            expression(rng, text, deeper);
            *text += one(rng, &[" }", ", ..self.x }", ", term }"]);
        }
        _ => {
            text.push('(');
            expression(rng, text, deeper);
            *text += one(rng, &[")", ")", ", 1)"]);
        }
    }
}
