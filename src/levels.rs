//! Levels as the user wants them: `--deny`, `--warn` and `--allow` for rules and groups.
//!
//! Takes names; gives the level of each finding, or none where it is to be left out. A name that is
//! neither a rule nor a group is an error that tells the nearest known one.

use crate::error::Error;
use crate::outcome::{Obligation, Outcome};
use crate::rule::{Group, Level, Rule};
use crate::rules;

/// What was asked for; a later wish of the same kind counts.
#[derive(Default)]
pub struct Levels {
    of_rules: Vec<(&'static str, Option<Level>)>,
    of_groups: Vec<(Group, Option<Level>)>,
}

impl Levels {
    /// Reads the three lists: `allow` counts more than `warn`, and that more than `deny`.
    ///
    /// # Errors
    ///
    /// If a name is neither a rule nor a group.
    pub fn new(deny: &[String], warn: &[String], allow: &[String]) -> Result<Self, Error> {
        let mut levels = Levels::default();
        let wishes = [(deny, Some(Level::Error)), (warn, Some(Level::Warning)), (allow, None)];
        for (names, level) in wishes {
            for name in names {
                levels.set(name, level)?;
            }
        }
        Ok(levels)
    }

    fn set(&mut self, name: &str, level: Option<Level>) -> Result<(), Error> {
        let id = name.to_lowercase().replace('_', "-");
        if let Some(group) = Group::ALL.into_iter().find(|group| group.id() == id) {
            self.of_groups.push((group, level));
        } else if let Some(rule) = rules::find(&id) {
            self.of_rules.push((rule.id, level));
        } else {
            let known = rules::ALL.iter().map(|rule| rule.id);
            let known = known.chain(Group::ALL.into_iter().map(Group::id));
            return Err(unknown("rule or group", &id, known));
        }
        Ok(())
    }

    /// The level of a finding of this rule that has `own` by itself; none if it is left out.
    fn of(&self, rule: &Rule, own: Level) -> Option<Level> {
        let named = self.of_rules.iter().rev().find(|(id, _)| *id == rule.id).map(|(_, l)| *l);
        let group = || self.of_groups.iter().rev().find(|(g, _)| *g == rule.group).map(|(_, l)| *l);
        named.or_else(group).unwrap_or(Some(own))
    }

    /// Sets the levels of all findings, and drops what is left out.
    pub fn apply(&self, outcome: &mut Outcome) {
        let wanted = |o: &mut Obligation| match self.of(o.rule, o.level) {
            Some(level) => {
                o.level = level;
                true
            }
            None => false,
        };
        outcome.obligations.retain_mut(wanted);
        outcome.moot.retain_mut(wanted);
    }
}

/// The error for a name that is not known, with the nearest one that is.
pub fn unknown<'n>(what: &str, name: &str, known: impl Iterator<Item = &'n str>) -> Error {
    let far = |known: &&str| strsim::levenshtein(name, known);
    let nearest = known.min_by_key(far).filter(|known| far(known) <= known.len() / 2);
    let hint = match nearest {
        Some(known) => format!("did you mean `{known}`? `raft-lint rules` lists them all"),
        None => "`raft-lint rules` lists them all".to_owned(),
    };
    Error::new(format!("there is no {what} `{name}`"), hint)
}
