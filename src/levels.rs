//! Levels as the user wants them: for rules and groups, on the command line and in a configuration.
//!
//! Takes names; gives the level of each finding, or none where it is to be left out. A name that is
//! neither a rule nor a group is an error that tells the nearest known one.

use crate::error::Error;
use crate::finding::Finding;
use crate::outcome::{Obligation, Outcome};
use crate::rule::{Group, Level, Rule};
use crate::subjects::LOST_PROOF;
use crate::{rules, spelling, subjects};

/// What was asked for, the command line before the configuration: the first that says something of a
/// rule counts.
#[derive(Clone, Debug, Default)]
pub struct Levels {
    layers: Vec<Layer>,
}

/// What one source asks for; a later wish of the same kind counts.
#[derive(Clone, Debug, Default)]
pub struct Layer {
    of_rules: Vec<(&'static str, Option<Level>)>,
    of_groups: Vec<(Group, Option<Level>)>,
}

impl Layer {
    /// Reads the three lists: `allow` counts more than `warn`, and that more than `deny`.
    ///
    /// # Errors
    ///
    /// If a name is neither a rule nor a group.
    pub fn new(deny: &[String], warn: &[String], allow: &[String]) -> Result<Self, Error> {
        let mut layer = Layer::default();
        let wishes = [(deny, Some(Level::Error)), (warn, Some(Level::Warning)), (allow, None)];
        for (names, level) in wishes {
            for name in names {
                layer.set(name, level)?;
            }
        }
        Ok(layer)
    }

    /// Sets the level of a rule or group, none to leave it out; tells whether it had none before.
    ///
    /// # Errors
    ///
    /// If the name is neither a rule nor a group.
    pub fn set(&mut self, name: &str, level: Option<Level>) -> Result<bool, Error> {
        let id = name.to_lowercase().replace('_', "-");
        if let Some(group) = Group::ALL.into_iter().find(|group| group.id() == id) {
            let is_new = self.of_groups.iter().all(|(of, _)| *of != group);
            self.of_groups.push((group, level));
            Ok(is_new)
        } else if let Some(known) = ids().find(|known| *known == id) {
            let is_new = self.of_rules.iter().all(|(of, _)| *of != known);
            self.of_rules.push((known, level));
            Ok(is_new)
        } else {
            Err(unknown("rule or group", &id, names()))
        }
    }

    /// What it says of a rule: nothing, or the level, which is none for what is left out.
    pub fn says(&self, rule: &Rule) -> Option<Option<Level>> {
        let named = self.says_of(rule.id);
        let group = || self.of_groups.iter().rev().find(|(g, _)| *g == rule.group).map(|(_, l)| *l);
        named.or_else(group)
    }

    /// The same of what has no group.
    fn says_of(&self, id: &str) -> Option<Option<Level>> {
        self.of_rules.iter().rev().find(|(of, _)| *of == id).map(|(_, level)| *level)
    }
}

impl Levels {
    /// From the sources, what counts more first.
    pub fn of(layers: Vec<Layer>) -> Self {
        Levels { layers }
    }

    /// The level of a finding of this rule that has `own` by itself; none if it is left out.
    fn level(&self, rule: &Rule, own: Level) -> Option<Level> {
        self.layers.iter().find_map(|layer| layer.says(rule)).unwrap_or(Some(own))
    }

    /// The same for what was lost since a revision, which is found last.
    pub fn apply_to_lost(&self, findings: &mut Vec<Finding>) {
        findings.retain_mut(|finding| finding.subject != LOST_PROOF || self.set(finding));
    }

    /// Sets the level of a finding that is about no rule; false if it is to be left out.
    fn set(&self, finding: &mut Finding) -> bool {
        let said = self.layers.iter().find_map(|layer| layer.says_of(finding.subject.id));
        match said.unwrap_or(Some(finding.level)) {
            Some(level) => finding.level = level,
            None => return false,
        }
        true
    }

    /// Sets the levels of all findings, and drops what is left out.
    pub fn apply(&self, outcome: &mut Outcome) {
        let wanted = |o: &mut Obligation| match self.level(o.rule, o.level) {
            Some(level) => {
                o.level = level;
                true
            }
            None => false,
        };
        outcome.obligations.retain_mut(wanted);
        outcome.faults.retain_mut(|fault| self.set(fault));
    }
}

/// Every rule, and what else there can be findings about.
pub fn ids() -> impl Iterator<Item = &'static str> {
    rules::ALL.iter().map(|rule| rule.id).chain(subjects::all().map(|subject| subject.id))
}

/// Every name that a level can be given to.
pub fn names() -> impl Iterator<Item = &'static str> {
    ids().chain(Group::ALL.into_iter().map(Group::id))
}

/// The error for a name that is not known, with the nearest one that is.
pub fn unknown<'n>(what: &str, name: &str, known: impl Iterator<Item = &'n str>) -> Error {
    let hint = match spelling::nearest(name, known) {
        Some(known) => format!("did you mean `{known}`? `raft-lint rules` lists them all"),
        None => "`raft-lint rules` lists them all".to_owned(),
    };
    Error::new(format!("there is no {what} `{name}`"), hint)
}
