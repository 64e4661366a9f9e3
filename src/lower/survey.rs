//! The one pass over a file's text before the parse.
//!
//! Takes the text; gives the text that is parsed, of the same length, or the reason why none is.

use std::borrow::Cow;

use super::depth::Depth;
use super::scan;
use super::unread::Unread;

/// What is parsed of a text: without what is never analysed ([`super::unread`]), and only if it is not too
/// deep ([`super::depth`]). More of it stays if something in it may be meant for the lint.
pub(super) fn survey(text: &str, has_mark: bool) -> Result<Cow<'_, str>, String> {
    let bytes = text.as_bytes();
    let (mut depth, mut unread) = (Depth::new(), Unread::new(text, has_mark));
    let mut i = scan::after_shebang(bytes);
    while i < bytes.len() {
        // Half of what is read, and nothing to either.
        if bytes[i].is_ascii_whitespace() {
            i += 1;
            continue;
        }
        if let Some(end) = unread.read(i) {
            i = end;
            continue;
        }
        let end = scan::skip(bytes, i).unwrap_or(i + 1);
        depth.read(bytes, i, end)?;
        i = end;
    }
    Ok(unread.blanked())
}
