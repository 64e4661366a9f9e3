//! An obligation of one version with what is needed to find it again in the other.

use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use super::functions::{Function, Text};
use super::words::{Bag, Exhausted, Lexicon, Work, likeness};
use crate::outcome::{Obligation, Outcome, Status};
use crate::source::{FileId, Place, Sources};

/// How many words around an effect tell it from others with the same text.
const CONTEXT: usize = 24;
/// What each look at a pair costs beside the words.
const PAIR: usize = 64;

/// Both versions.
pub(super) struct Comparison<'v> {
    pub(super) now: Version<'v>,
    pub(super) then: Version<'v>,
    pub(super) work: Work,
    alike: RefCell<HashMap<(FunctionId, FunctionId), usize>>,
}

impl<'v> Comparison<'v> {
    pub(super) fn new(
        now: (&'v Outcome, &'v Sources),
        then: (&'v Outcome, &'v Sources),
        lexicon: &'v Lexicon<'v>,
    ) -> Self {
        let version = |(outcome, sources): (&'v Outcome, &'v Sources)| {
            let texts = outcome.packages_of_files.iter().map(|_| OnceCell::new()).collect();
            Version { outcome, sources, texts, lexicon }
        };
        let (now, then) = (version(now), version(then));
        Comparison { now, then, work: Work::new(), alike: RefCell::default() }
    }

    /// How much a function of the newer and one of the older version have in common, in percent.
    pub(super) fn likeness(&self, new: FunctionId, old: FunctionId) -> Result<usize, Exhausted> {
        if let Some(known) = self.alike.borrow().get(&(new, old)) {
            return Ok(*known);
        }
        let (a, b) = (self.now.bag(new, &self.work)?, self.then.bag(old, &self.work)?);
        self.work.spend(PAIR + a.len() + b.len())?;
        let alike = likeness(a, b);
        self.alike.borrow_mut().insert((new, old), alike);
        Ok(alike)
    }

    /// The same of the functions around two sites.
    pub(super) fn likeness_around(
        &self,
        new: &Site<'_>,
        old: &Site<'_>,
    ) -> Result<usize, Exhausted> {
        match (new.around, old.around) {
            (Some(new), Some(old)) => self.likeness(new, old),
            _ => Ok(0),
        }
    }

    /// The same with what is near, which counts more.
    pub(super) fn nearness(&self, new: &Site<'_>, old: &Site<'_>) -> Result<usize, Exhausted> {
        let (a, b) = (new.context(&self.now), old.context(&self.then));
        self.work.spend(PAIR + a.len() + b.len())?;
        Ok(2 * likeness(a, b) + self.likeness_around(new, old)?)
    }
}

/// A function of a version.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct FunctionId {
    pub(super) file: FileId,
    index: usize,
}

/// The texts of one version.
pub(super) struct Version<'v> {
    pub(super) outcome: &'v Outcome,
    sources: &'v Sources,
    /// Slot by slot; read when first asked for.
    texts: Vec<OnceCell<Text<'v>>>,
    lexicon: &'v Lexicon<'v>,
}

impl<'v> Version<'v> {
    pub(super) fn text(&self, file: FileId) -> &Text<'v> {
        let slot = file.0 as usize;
        let text = || Text::new(&self.sources.files[slot].text, self.lexicon);
        self.texts[slot].get_or_init(text)
    }

    /// The files that were looked at.
    pub(super) fn files(&self) -> impl Iterator<Item = FileId> + use<> {
        (0..self.texts.len() as u32).map(FileId)
    }

    /// What a file is known by in both versions.
    pub(super) fn path(&self, file: FileId) -> &'v [u8] {
        self.sources.file(file).path.as_os_str().as_encoded_bytes()
    }

    pub(super) fn whole_text(&self, file: FileId) -> &'v str {
        &self.sources.file(file).text
    }

    /// All functions of a file.
    pub(super) fn functions(&self, file: FileId) -> impl Iterator<Item = FunctionId> + use<> {
        (0..self.text(file).functions.len()).map(move |index| FunctionId { file, index })
    }

    pub(super) fn function(&self, id: FunctionId) -> &Function {
        &self.text(id.file).functions[id.index]
    }

    pub(super) fn name(&self, id: FunctionId) -> &'v str {
        self.text(id.file).name(self.function(id))
    }

    /// The innermost function around a place.
    pub(super) fn around(&self, place: Place) -> Option<FunctionId> {
        let index = self.text(place.file).around(&bytes(place))?;
        Some(FunctionId { file: place.file, index })
    }

    fn bag(&self, id: FunctionId, work: &Work) -> Result<&Bag, Exhausted> {
        self.text(id.file).bag(id.index, work)
    }

    /// All obligations, with those that another finding explains.
    pub(super) fn sites<'s>(&'s self, bodies: &mut Bodies<'s>) -> Vec<Site<'s>> {
        let own = self.outcome.obligations.iter().map(|o| (o, false));
        let all = own.chain(self.outcome.moot.iter().map(|o| (o, true)));
        let mut known: BTreeMap<FunctionId, u32> = BTreeMap::new();
        let mut body = |function| {
            *known.entry(function).or_insert_with(|| {
                let next = bodies.len() as u32;
                *bodies.entry(self.unnamed(function)).or_insert(next)
            })
        };
        all.map(|(obligation, is_moot)| {
            let around = self.around(obligation.place);
            Site { body: around.map(&mut body), around, ..self.site(obligation, is_moot) }
        })
        .collect()
    }

    /// The words of a function behind its name.
    fn unnamed(&self, id: FunctionId) -> &[u32] {
        let function = self.function(id);
        self.text(id.file).ids(&(function.name.end..function.span.end))
    }

    fn site(&self, obligation: &'v Obligation, is_moot: bool) -> Site<'_> {
        let place = obligation.place;
        Site {
            obligation,
            is_moot,
            package: &self.outcome.named_packages[self.outcome.package_of(place)].name,
            file: self.path(place.file),
            effect: self.text(place.file).ids(&bytes(place)),
            function: last_name(&obligation.function),
            around: None,
            body: None,
            context: OnceCell::new(),
        }
    }
}

/// The numbers of the texts of functions, for both versions.
pub(super) type Bodies<'s> = HashMap<&'s [u32], u32>;

/// An obligation.
pub(super) struct Site<'v> {
    pub(super) obligation: &'v Obligation,
    /// Whether another rule's finding explains it.
    pub(super) is_moot: bool,
    pub(super) package: &'v str,
    /// The file's path.
    pub(super) file: &'v [u8],
    /// The words of the effect without layout.
    pub(super) effect: &'v [u32],
    /// The function's name without its type.
    pub(super) function: &'v str,
    /// The innermost function around it.
    pub(super) around: Option<FunctionId>,
    /// The text of that function without its name, as a number.
    pub(super) body: Option<u32>,
    context: OnceCell<Bag>,
}

impl Site<'_> {
    pub(super) fn is_proved(&self) -> bool {
        matches!(self.obligation.status, Status::Proved { .. })
    }

    pub(super) fn is_violated(&self) -> bool {
        matches!(self.obligation.status, Status::Violated { .. })
    }

    fn context(&self, version: &Version<'_>) -> &Bag {
        let place = self.obligation.place;
        self.context.get_or_init(|| version.text(place.file).context(&bytes(place), CONTEXT))
    }
}

/// `f` of `Type::f`.
pub(super) fn last_name(function: &str) -> &str {
    function.rsplit("::").next().unwrap_or(function)
}

pub(super) fn bytes(place: Place) -> Range<usize> {
    place.span.start as usize..place.span.end as usize
}
