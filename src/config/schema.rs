//! The JSON schema of the configuration, for editors.
//!
//! Takes the types of [`super::file`]; the test holds `docs/raft-lint.schema.json` to them, and
//! writes it with `UPDATE=1`.

use std::path::Path;

use schemars::{Schema, SchemaGenerator, json_schema};
use serde_json::{Map, Value, json};

use super::file::{File, KEYS};
use crate::logs::format::list::KINDS;
use crate::protocol::{MEANINGS, Message};
use crate::require::Need;
use crate::rule::Group;
use crate::{rules, subjects};

/// `[levels]`: each rule with its summary, each group.
pub(super) fn levels(_: &mut SchemaGenerator) -> Schema {
    let level = |text: &str| json!({ "description": text, "type": "string", "enum": ["error", "warn", "advice", "allow"] });
    let groups = Group::ALL.map(|group| (group.id(), format!("All rules of {}", group.id())));
    let groups = groups.iter().map(|(id, text)| ((*id).to_owned(), level(text)));
    let rules = rules::ALL.iter().map(|rule| (rule.id.to_owned(), level(rule.summary)));
    let others = subjects::all().map(|subject| (subject.id.to_owned(), level(subject.summary)));
    let properties: Map<String, Value> = groups.chain(rules).chain(others).collect();
    json_schema!({ "type": "object", "properties": properties, "additionalProperties": false })
}

/// `[roles]`: each role with its meaning.
pub(super) fn roles(_: &mut SchemaGenerator) -> Schema {
    names(MEANINGS.iter().map(|meaning| (meaning.id, meaning.summary)))
}

/// `[handlers]`: each message.
pub(super) fn handlers(_: &mut SchemaGenerator) -> Schema {
    names(Message::ALL.into_iter().map(|message| (message.id(), message.title())))
}

/// A table of lists of names.
fn names(keys: impl Iterator<Item = (&'static str, &'static str)>) -> Schema {
    let list = |text: &str| json!({ "description": text, "type": "array", "items": { "type": "string", "minLength": 1 }, "minItems": 1 });
    let properties: Map<String, Value> =
        keys.map(|(id, text)| (id.to_owned(), list(text))).collect();
    json_schema!({ "type": "object", "properties": properties, "additionalProperties": false })
}

/// `[logs]`: formats, each with its patterns.
pub(super) fn logs(_: &mut SchemaGenerator) -> Schema {
    let kinds = KINDS.map(|(id, _, _)| id);
    let text = |text: &str| json!({ "description": text, "type": "string", "minLength": 1 });
    let pattern = json!({
        "type": "object",
        "properties": {
            "kind": { "description": "What the line says.", "type": "string", "enum": kinds },
            "side": { "description": "Who writes it; the leader if nothing is said.", "type": "string", "enum": ["leader", "follower"] },
            "regex": text("A regular expression whose named groups are taken out of the line."),
            "literal": text("A text that all its lines have; taken out of the expression if nothing is said."),
            "example": text("A line that it matches: checked, and shown by `raft-lint logs --list-formats`."),
        },
        "required": ["kind", "regex"],
        "additionalProperties": false,
    });
    let format = json!({
        "type": "object",
        "properties": {
            "name": text("How reports call the format."),
            "patterns": { "description": "One for each kind of line.", "type": "array", "items": pattern, "minItems": 1 },
        },
        "required": ["name", "patterns"],
        "additionalProperties": false,
    });
    let formats = json!({ "description": "Formats of log lines that are not built in.", "type": "array", "items": format });
    json_schema!({ "type": "object", "properties": { "formats": formats }, "additionalProperties": false })
}

/// `require`.
pub(super) fn require(_: &mut SchemaGenerator) -> Schema {
    let words = Need::ALL.map(Need::id);
    json_schema!({ "type": "array", "items": { "type": "string", "enum": words } })
}

/// `fail-on`.
pub(super) fn fail_on(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "enum": ["error", "warn", "advice"] })
}

/// The schema without defaults: what is left out has none that could be written, TOML has no null.
fn schema() -> Schema {
    let mut schema = schemars::schema_for!(File);
    let properties = schema.get_mut("properties").and_then(Value::as_object_mut);
    for property in
        properties.into_iter().flat_map(Map::values_mut).filter_map(Value::as_object_mut)
    {
        property.remove("default");
    }
    schema
}

#[test]
fn the_schema_is_current() {
    let schema = schema();
    let text = serde_json::to_string_pretty(&schema).expect("a schema serialises") + "\n";
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/raft-lint.schema.json");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &text).expect("the schema can be written");
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
    assert!(written == text, "UPDATE=1 cargo test writes docs/raft-lint.schema.json anew");
}

#[test]
fn the_schema_has_each_key() {
    let schema = schema();
    let properties = schema.get("properties").and_then(Value::as_object);
    let mut known: Vec<&str> =
        properties.into_iter().flat_map(Map::keys).map(String::as_str).collect();
    let mut keys = KEYS.to_vec();
    known.sort_unstable();
    keys.sort_unstable();
    assert_eq!(known, keys, "KEYS names the fields of `File`");
}

/// An editor that knows the schema accepts what a run accepts.
#[test]
fn the_schema_accepts_what_loads() {
    let schema = serde_json::to_value(schema()).expect("a schema serialises");
    let validator = jsonschema::validator_for(&schema).expect("it is a schema");
    for (text, accepted) in [
        ("", true),
        ("require = [\"append\"]\nfail-on = \"warn\"\n[levels]\nsafety = \"allow\"", true),
        ("[levels]\nunused-silence = \"advice\"\nlost-proof = \"error\"", true),
        ("[roles]\nvoted_for = [\"Node.vf\"]\n[handlers]\nheartbeat = [\"ping\"]", true),
        (
            "[[logs.formats]]\nname = \"a\"\n[[logs.formats.patterns]]\nkind = \"caught-up\"\nregex = \"joined (?P<follower>n)\"",
            true,
        ),
        (
            "[[logs.formats]]\nname = \"a\"\n[[logs.formats.patterns]]\nkind = \"caught\"\nregex = \"joined (?P<follower>n)\"",
            false,
        ),
        ("[[logs.formats]]\nname = \"a\"", false),
        ("[roles]\nvoted = [\"vf\"]", false),
        ("[handlers]\nheartbeat = []", false),
        ("[levels]\nsafety = \"off\"", false),
        ("require = [\"appends\"]", false),
        ("unknown = 1", false),
    ] {
        let value: Value = toml::from_str(text).expect("it is TOML");
        assert_eq!(validator.is_valid(&value), accepted, "{text}");
    }
}
