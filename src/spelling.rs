//! Names that were probably meant to be others.

/// No name is longer, and the distance is costly.
const MAX_LENGTH: usize = 100;

/// The known name that another one was probably meant to be, if one is enough like it.
pub fn nearest<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let far = |known: &&str| strsim::levenshtein(name, known);
    let known = known.filter(|_| name.len() <= MAX_LENGTH);
    known.min_by_key(far).filter(|known| far(known) <= known.len() / 2)
}
