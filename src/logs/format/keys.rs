//! Values that a line names: `key=value`, `key: value`, `[key=value]`, in any order.
//!
//! slog, hclog and tracing write what belongs to a message that way, and none promises an order.

use memchr::memmem;

use super::template::is_of_word;

/// A key, ready to be searched.
pub(super) type Key = memmem::Finder<'static>;

/// The value of the first such key in a text; without quotes, and without what Rust's `Debug` puts around it.
pub(super) fn value<'t>(text: &'t str, key: &Key) -> Option<&'t str> {
    let bytes = text.as_bytes();
    let mut from = 0;
    while let Some(found) = key.find(&bytes[from..]) {
        let at = from + found;
        from = at + key.needle().len();
        let starts = at == 0 || matches!(bytes[at - 1], b' ' | b'[' | b'{' | b',' | b'"');
        if let (true, Some(value)) = (starts, after_sign(&text[from..])) {
            return Some(word(value));
        }
    }
    None
}

/// What stands after the sign that makes a value of it; a key may be quoted.
fn after_sign(text: &str) -> Option<&str> {
    let text = text.strip_prefix('"').unwrap_or(text);
    text.strip_prefix('=').or_else(|| text.strip_prefix(": "))
}

/// The value's word: of `"…"`, `Ok(…)` and `Some(…)` what is inside, of `{Voter n4 10.0.0.4:8300}` the second.
fn word(text: &str) -> &str {
    let mut text = text.strip_prefix('"').unwrap_or(text);
    for around in ["Ok(", "Some("] {
        text = text.strip_prefix(around).unwrap_or(text);
    }
    if let Some(inner) = text.strip_prefix('{') {
        text = inner.split_once(' ').map_or(inner, |(_, second)| second);
    }
    let end = text.bytes().position(|byte| !is_of_word(byte)).unwrap_or(text.len());
    &text[..end]
}

#[cfg(test)]
mod tests {
    use super::{Key, value};

    #[test]
    fn keys_are_found_in_each_style() {
        let tikv = r#"] [from=4] ["existing term"=11] [progress="Progress { matched: 0, next_idx: 9, state: Probe }"]"#;
        let slog = ", logterm: Ok(11), index: 400100, xfrom: 2, from: 1, error: Err(Compacted)";
        let hclog = r#": peer="{Voter n4 10.0.0.4:8300}" next=400050 error="no route""#;
        for (text, key, expected) in [
            (tikv, "from", Some("4")),
            (tikv, "existing term", Some("11")),
            (tikv, "matched", Some("0")),
            (tikv, "next_idx", Some("9")),
            (tikv, "state", Some("Probe")),
            (slog, "logterm", Some("11")),
            (slog, "from", Some("1")),
            (slog, "error", Some("Err")),
            (slog, "raft_id", None),
            (hclog, "peer", Some("n4")),
            (hclog, "next", Some("400050")),
            ("peer=n4", "peer", Some("n4")),
            ("peer=", "peer", Some("")),
            ("peer", "peer", None),
        ] {
            assert_eq!(value(text, &Key::new(key)), expected, "{key} in {text}");
        }
    }
}
