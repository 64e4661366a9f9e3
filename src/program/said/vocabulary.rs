//! What the configuration says of names.

use std::collections::BTreeSet;

use super::index::{Index, Named};
use super::{Collected, Said};
use crate::ir::Name;
use crate::names::Names;
use crate::protocol::{Meaning, Message};

/// A name in the configuration: `name`, `Type.name` or `Type::name`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Spoken<T> {
    /// As written, for messages.
    pub text: String,
    /// The type in front, if one is named.
    pub owner: Option<String>,
    /// The name itself.
    pub name: String,
    /// What is said of it.
    pub said: T,
    /// The one-based line that says so.
    pub line: u32,
}

impl<T> Spoken<T> {
    /// Takes `name`, `Type.name` or `Type::name` apart.
    pub fn new(text: &str, said: T, line: u32) -> Self {
        let parts = text.rsplit_once('.').or_else(|| text.rsplit_once("::"));
        let last = |path: &str| path.rsplit("::").next().unwrap_or(path).trim().to_owned();
        let (owner, name) = match parts {
            Some((owner, name)) => (Some(last(owner)), name.trim()),
            None => (None, text.trim()),
        };
        Spoken { text: text.to_owned(), owner, name: name.to_owned(), said, line }
    }

    /// The name, and the type in front of it; `None` where the code has no such identifier.
    fn find(&self, names: &Names) -> Option<(Name, Option<Name>)> {
        let name = names.find(&self.name)?;
        match &self.owner {
            Some(owner) => Some((name, Some(names.find(owner)?))),
            None => Some((name, None)),
        }
    }
}

/// What the configuration says of names.
#[derive(Clone, Default, Debug)]
pub struct Vocabulary {
    /// Fields and functions with their meanings.
    pub roles: Vec<Spoken<&'static Meaning>>,
    /// Functions and variants with the messages that they handle or carry.
    pub handlers: Vec<Spoken<Message>>,
}

impl Vocabulary {
    /// An identifier for each name that it speaks of, without which the name is not in a text.
    pub fn signs(&self) -> BTreeSet<&str> {
        let roles = self.roles.iter().map(|s| (&s.owner, &s.name));
        let handlers = self.handlers.iter().map(|s| (&s.owner, &s.name));
        let signs = roles.chain(handlers).map(|(owner, name)| owner.as_ref().unwrap_or(name));
        signs.map(String::as_str).filter(|sign| !sign.is_empty()).collect()
    }

    /// Whether it says nothing.
    pub fn is_empty(&self) -> bool {
        self.roles.is_empty() && self.handlers.is_empty()
    }
}

impl Collected {
    /// Adds what the configuration says; what is said of nothing, or against something else, is kept for
    /// a message.
    pub(super) fn add_vocabulary(
        &mut self,
        index: &Index,
        names: &Names,
        vocabulary: &Vocabulary,
        said: &mut Said,
    ) {
        let mut wrong = Vec::new();
        let mut told = |line: u32, text: &str, added: Result<bool, String>| match added {
            Ok(true) => said.names += 1,
            Ok(false) => {
                wrong.push((line, format!("no field, function or variant is called `{text}`")))
            }
            Err(why) => wrong.push((line, format!("`{text}`: {why}"))),
        };
        for spoken in &vocabulary.roles {
            told(spoken.line, &shown(&spoken.text), self.add_role(index, names, spoken));
        }
        for spoken in &vocabulary.handlers {
            told(spoken.line, &shown(&spoken.text), self.add_handler(index, names, spoken));
        }
        // A name is told of once, where it stands first.
        wrong.sort();
        let mut seen = BTreeSet::new();
        wrong.retain(|(_, text)| seen.insert(text.clone()));
        said.unused = wrong;
    }

    fn add_role(
        &mut self,
        index: &Index,
        names: &Names,
        spoken: &Spoken<&'static Meaning>,
    ) -> Result<bool, String> {
        let Some((name, owner)) = spoken.find(names) else { return Ok(false) };
        let mut found = false;
        let owners = index.owners(name).keys();
        for of in owners.filter(|of| owner.is_none_or(|owner| owner == of.1)) {
            self.fields.add(*of, name, spoken.said, false)?;
            found = true;
        }
        for function in functions(index, name, owner).filter(|function| function.returns) {
            self.add_function(function.at, spoken.said)?;
            found = true;
        }
        Ok(found)
    }

    fn add_handler(
        &mut self,
        index: &Index,
        names: &Names,
        spoken: &Spoken<Message>,
    ) -> Result<bool, String> {
        let Some((name, owner)) = spoken.find(names) else { return Ok(false) };
        let mut found = false;
        for function in functions(index, name, owner).filter(|function| function.receives) {
            self.add_handler_at(function.at, spoken.said)?;
            found = true;
        }
        for (package, of) in index.enums(name) {
            if owner.is_none_or(|owner| owner == *of) {
                self.variants.add(*package, Some(*of), name, spoken.said, index)?;
                found = true;
            }
        }
        Ok(found)
    }
}

/// A longer name is cut where it is told of.
const MAX_NAME: usize = 100;

fn shown(text: &str) -> String {
    text.chars().take(MAX_NAME).collect()
}

/// The functions of a name; those of a type, if one is named.
fn functions(index: &Index, name: Name, owner: Option<Name>) -> impl Iterator<Item = &Named> {
    let of_owner = move |function: &&Named| owner.is_none() || function.owner == owner;
    index.functions(name).iter().filter(of_owner)
}
