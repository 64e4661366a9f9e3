//! Texts for people: Markdown where the client shows it, plain otherwise.
//!
//! Takes words, code and links; gives one text in which nothing of the checked code is markup.

use gen_lsp_types::{MarkupContent, MarkupKind};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use crate::report::escape;
use crate::report::markdown::{code, prose};

/// What would end a link, or act in it, in the client's own spelling of a URI.
const UNSAFE: &AsciiSet =
    &CONTROLS.add(b' ').add(b'(').add(b')').add(b'<').add(b'>').add(b'\\').add(b'"').add(b'`');

fn destination(uri: &str) -> String {
    utf8_percent_encode(uri, UNSAFE).to_string()
}

/// A text that grows.
pub(super) struct Markup {
    is_markdown: bool,
    text: String,
}

impl Markup {
    pub(super) fn new(is_markdown: bool) -> Self {
        Markup { is_markdown, text: String::new() }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// A line between two sections, if there was one before.
    pub(super) fn section(&mut self) -> &mut Self {
        if !self.text.is_empty() {
            self.text += if self.is_markdown { "\n\n---\n\n" } else { "\n\n" };
        }
        self
    }

    /// Words of ours that stand out.
    pub(super) fn strong(&mut self, words: &str) -> &mut Self {
        self.text += &if self.is_markdown { format!("**{words}**") } else { words.to_owned() };
        self
    }

    /// Words with code in backticks.
    pub(super) fn prose(&mut self, words: &str) -> &mut Self {
        self.text +=
            &if self.is_markdown { prose(words) } else { escape::line(words).into_owned() };
        self
    }

    /// Code, whatever is in it.
    pub(super) fn code(&mut self, text: &str) -> &mut Self {
        let plain = || format!("`{}`", escape::line(text));
        self.text += &if self.is_markdown { code(text) } else { plain() };
        self
    }

    /// A place that can be gone to.
    pub(super) fn link(&mut self, shown: &str, uri: &str) -> &mut Self {
        let plain = || escape::line(shown).into_owned();
        let linked = || format!("[{}]({})", code(shown), destination(uri));
        self.text += &if self.is_markdown { linked() } else { plain() };
        self
    }

    pub(super) fn paragraph(&mut self) -> &mut Self {
        self.text += "\n\n";
        self
    }

    pub(super) fn item(&mut self) -> &mut Self {
        self.text += "\n- ";
        self
    }

    /// A page of ours, which is Markdown.
    pub(super) fn page(&mut self, page: &str) -> &mut Self {
        self.text += page;
        self
    }

    pub(super) fn content(self) -> MarkupContent {
        let kind = if self.is_markdown { MarkupKind::Markdown } else { MarkupKind::PlainText };
        MarkupContent { kind, value: self.text.trim_end().to_owned() }
    }
}
