//! The missing check, where it can be written from the code's own words.
//!
//! Takes a finding; gives a refusal of lower terms that is made of a comparison and a refusal that the same
//! function has already, so that it has the right types. Whether it is offered is decided by analysing
//! the changed text: the finding has to be gone, and nothing new may be found.

use gen_lsp_types::{CodeAction, CodeActionKind};

use super::super::diagnostics;
use super::super::place::View;
use super::super::scratch::Scratch;
use super::{Insertion, action, attach};
use crate::finding::Finding;
use crate::ir::comment::TargetKind;
use crate::rules;

/// The rule whose check can be written.
const RULE: &str = "stale-term";

/// A check, and the text with it.
pub(in crate::lsp) struct Candidate {
    pub(in crate::lsp) action: CodeAction,
    pub(in crate::lsp) text: String,
    /// The finding that it is for.
    pub(in crate::lsp) fingerprint: String,
}

pub(super) fn of(view: View<'_>, finding: &Finding, scratch: &Scratch) -> Option<Candidate> {
    let file = finding.place.file;
    let is_it = rules::find(finding.subject.id).is_some_and(|rule| rule.id == RULE);
    let entry = finding.witness.first().filter(|step| is_it && step.place.file == file)?;
    // `answer with X and return`
    let current = finding.help.split('`').nth(1).filter(|name| is_path(name))?;
    let text = &view.sources().file(file).text;
    let name = entry.place.span.start as usize;
    let start = text[..name].rfind('\n').map_or(0, |at| at + 1);
    let (probe, found) = attach::tried(scratch, text, start, "// raft-lint: role(term)")?;
    let target = found.target.filter(|target| matches!(target.kind, TargetKind::Function(_)))?;
    let body = text.get(name..target.span.end as usize - probe.text.len())?;
    let mut at = name;
    let lines: Vec<(usize, &str)> = body
        .split_inclusive('\n')
        .map(|line| {
            at += line.len();
            (at - line.len(), line)
        })
        .skip(1)
        .collect();
    let (at, line, term) = lines
        .iter()
        .find_map(|&(at, line)| Some((at, line, higher_term(line.trim(), current)?)))?;
    let base = term.split('.').next().unwrap_or(term);
    let refusal = lines.iter().find_map(|(_, line)| refusal(line.trim(), base))?;
    let indent = &line[..line.len() - line.trim_start().len()];
    let end = if line.ends_with("\r\n") { "\r\n" } else { "\n" };
    let step = if indent.contains('\t') { "\t" } else { "    " };
    let check = format!(
        "{indent}if {term} < {current} {{{end}{indent}{step}return {refusal};{end}{indent}}}{end}"
    );
    let mut changed = text.to_string();
    changed.insert_str(at, &check);
    let title = format!("refuse a lower term first: `if {term} < {current}`");
    let insertion = Insertion { at, text: check };
    let mut action = action(view, file, title, CodeActionKind::QuickFix, &[insertion]);
    action.diagnostics = Some(vec![diagnostics::of_finding(view, finding)]);
    Some(Candidate { action, text: changed, fingerprint: finding.fingerprint.clone() })
}

/// The message's term in `if TERM > CURRENT {`.
fn higher_term<'l>(line: &'l str, current: &str) -> Option<&'l str> {
    let condition = line.strip_prefix("if ")?.strip_suffix('{')?.trim_end();
    let (term, other) = condition.split_once(" > ").or_else(|| condition.split_once(" != "))?;
    (other == current && term != current && is_path(term)).then_some(term)
}

/// The value in `return VALUE;` that says no, and needs nothing but what every line of the function has.
fn refusal<'l>(line: &'l str, base: &str) -> Option<&'l str> {
    let value = line.split("//").next()?.trim_end();
    let value = value.strip_prefix("return ")?.strip_suffix(';')?;
    let part = |c: char| c.is_alphanumeric() || c == '_';
    let mut says_no = false;
    for (at, word) in value
        .split(|c| !part(c))
        .filter(|word| !word.is_empty())
        .map(|word| (word.as_ptr() as usize - value.as_ptr() as usize, word))
    {
        let (before, after) = (&value[..at], value[at + word.len()..].trim_start());
        let is_field = before.ends_with('.') && !after.starts_with('(');
        let is_label = after.starts_with(':') && !after.starts_with("::");
        let is_type = word.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit());
        match word {
            "true" => return None,
            "false" => says_no = true,
            _ if is_field || is_label || is_type || word == "self" || word == base => {}
            _ => return None,
        }
    }
    let is_plain = !value.contains(['"', '\'', '?', '!', '|']);
    (says_no && is_plain).then_some(value)
}

/// `a.b.c`
fn is_path(text: &str) -> bool {
    let is_name = |name: &str| {
        name.starts_with(|c: char| c.is_alphabetic() || c == '_')
            && name.chars().all(|c| c.is_alphanumeric() || c == '_')
    };
    text.split('.').all(is_name)
}

#[cfg(test)]
mod tests {
    use super::{higher_term, refusal};

    #[test]
    fn refusals_need_nothing_of_their_lines() {
        for value in ["false", "Reply { term: self.term, ok: false }", "Ok((req.term, false))"] {
            assert_eq!(refusal(&format!("return {value}; // no"), "req"), Some(value));
        }
        for value in ["true", "None", "own", "Reply { ok: false, own }", "self.refuse(false)", "a?"]
        {
            assert_eq!(refusal(&format!("return {value};"), "req"), None, "{value}");
        }
    }

    #[test]
    fn comparisons_are_of_plain_values() {
        assert_eq!(higher_term("if req.term > self.term {", "self.term"), Some("req.term"));
        for line in ["if a() > self.term {", "if self.term > req.term {", "if a > self.term && b {"]
        {
            assert_eq!(higher_term(line, "self.term"), None, "{line}");
        }
    }
}
