//! An obligation of one version with what is needed to find it again in the other.

use std::cell::OnceCell;
use std::ops::Range;

use super::functions::{Bag, Text, likeness};
use crate::outcome::{Obligation, Outcome, Status};
use crate::source::{FileId, Place, Sources};
use crate::tokens;

/// How many words around an effect tell it from others with the same text.
const CONTEXT: usize = 24;

/// The texts of one version.
pub(super) struct Version<'v> {
    pub(super) outcome: &'v Outcome,
    pub(super) sources: &'v Sources,
    /// Slot by slot; read when first asked for.
    texts: Vec<OnceCell<Text<'v>>>,
}

impl<'v> Version<'v> {
    pub(super) fn new(outcome: &'v Outcome, sources: &'v Sources) -> Self {
        let texts = sources.files.iter().map(|_| OnceCell::new()).collect();
        Version { outcome, sources, texts }
    }

    pub(super) fn text(&self, file: FileId) -> &Text<'v> {
        let slot = file.0 as usize;
        self.texts[slot].get_or_init(|| Text::new(&self.sources.files[slot].text))
    }

    /// The files that have a word in them.
    pub(super) fn files_with(&self, word: &str) -> impl Iterator<Item = FileId> {
        let files = (0..).map(FileId).zip(&self.sources.files);
        files.filter(move |(_, file)| file.text.contains(word)).map(|(id, _)| id)
    }

    /// All obligations, with those that another finding explains.
    pub(super) fn sites(&self) -> Vec<Site<'v>> {
        let own = self.outcome.obligations.iter().map(|o| Site::new(self, o, false));
        own.chain(self.outcome.moot.iter().map(|o| Site::new(self, o, true))).collect()
    }
}

/// An obligation.
pub(super) struct Site<'v> {
    pub(super) obligation: &'v Obligation,
    /// Whether another rule's finding explains it.
    pub(super) is_moot: bool,
    pub(super) package: &'v str,
    /// The file's name.
    pub(super) file: &'v str,
    /// The effect without layout.
    pub(super) effect: String,
    /// The function's name without its type.
    pub(super) function: &'v str,
    body: Bag<'v>,
    context: Bag<'v>,
}

impl<'v> Site<'v> {
    fn new(version: &Version<'v>, obligation: &'v Obligation, is_moot: bool) -> Self {
        let place = obligation.place;
        let text = version.text(place.file);
        let range = bytes(place);
        let package = &version.outcome.named_packages[version.outcome.package_of(place)].name;
        Site {
            obligation,
            is_moot,
            package,
            file: &version.sources.file(place.file).name,
            effect: tokens::normalised(version.sources.snippet(place)),
            function: last_name(&obligation.function),
            body: text.around(&range).map(|f| text.bag(f)).unwrap_or_default(),
            context: text.context(&range, CONTEXT),
        }
    }

    pub(super) fn is_proved(&self) -> bool {
        matches!(self.obligation.status, Status::Proved { .. })
    }

    pub(super) fn is_violated(&self) -> bool {
        matches!(self.obligation.status, Status::Violated { .. })
    }

    /// How much the functions of two sites have in common: 0 to 100.
    pub(super) fn likeness(&self, other: &Site<'_>) -> usize {
        likeness(&self.body, &other.body)
    }

    /// The same of what is near, too.
    pub(super) fn nearness(&self, other: &Site<'_>) -> usize {
        2 * likeness(&self.context, &other.context) + self.likeness(other)
    }

    pub(super) fn body(&self) -> &Bag<'v> {
        &self.body
    }
}

/// `f` of `Type::f`.
pub(super) fn last_name(function: &str) -> &str {
    function.rsplit("::").next().unwrap_or(function)
}

pub(super) fn bytes(place: Place) -> Range<usize> {
    place.span.start as usize..place.span.end as usize
}
