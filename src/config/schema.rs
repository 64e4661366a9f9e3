//! The JSON schema of the configuration, for editors.
//!
//! Takes the types of [`super::file`]; the test holds `docs/raft-lint.schema.json` to them, and
//! writes it with `UPDATE=1`.

use std::path::Path;

use schemars::{Schema, SchemaGenerator, json_schema};
use serde_json::{Map, Value, json};

use super::file::{File, KEYS};
use crate::require::Need;
use crate::rule::Group;
use crate::rules;

/// `[levels]`: each rule with its summary, each group.
pub(super) fn levels(_: &mut SchemaGenerator) -> Schema {
    let level = |text: &str| json!({ "description": text, "type": "string", "enum": ["error", "warn", "advice", "allow"] });
    let groups = Group::ALL.map(|group| (group.id(), format!("All rules of {}", group.id())));
    let groups = groups.iter().map(|(id, text)| ((*id).to_owned(), level(text)));
    let rules = rules::ALL.iter().map(|rule| (rule.id.to_owned(), level(rule.summary)));
    let properties: Map<String, Value> = groups.chain(rules).collect();
    json_schema!({ "type": "object", "properties": properties, "additionalProperties": false })
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
