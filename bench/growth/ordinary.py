"""Rust that has nothing to do with Raft: what most of a monorepo consists of.

Takes a source of chance; gives the text of a file. It parses, and names nothing of the field.
"""

NOUNS = (
    "account address basket channel customer delivery device discount driver fleet gauge invoice"
    " journey kitchen ledger machine market meter order parcel pixel planet price product quota"
    " recipe region route sensor shelf shipment spool stock supplier tariff ticket token vehicle"
    " warehouse weather widget window"
).split()
VERBS = "adjust balance collect combine convert count fold gather hash inspect load merge price rank scale sort split trim weigh".split()
FIELDS = "amount capacity colour cost depth height label limit margin name offset owner size speed weight width".split()

STRUCT = """\
/// One {noun}, as the {other} sees it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct {Type} {{
    pub {f0}: u64,
    pub {f1}: u32,
    pub {f2}: Option<String>,
    parts: Vec<{Type}Part>,
}}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct {Type}Part {{
    pub {f3}: u64,
    pub kind: {Type}Kind,
}}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum {Type}Kind {{
    #[default]
    Plain,
    Special {{ {f1}: u32 }},
    Paired(u16, u16),
}}

"""

IMPL = """\
impl {Type} {{
    /// Makes one with its {f1} and nothing else.
    pub fn new({f0}: u64, {f1}: u32) -> Self {{
        Self {{ {f0}, {f1}, {f2}: None, parts: Vec::with_capacity({number}) }}
    }}

    pub fn {verb}(&mut self, by: u64) -> Result<u64, {Type}Error> {{
        if by == 0 {{
            return Err({Type}Error::Nothing);
        }}
        let mut sum = self.{f0};
        for (at, part) in self.parts.iter_mut().enumerate() {{
            part.{f3} = part.{f3}.saturating_add(by * (at as u64 + 1));
            sum = match part.kind {{
                {Type}Kind::Plain => sum + part.{f3},
                {Type}Kind::Special {{ {f1} }} if {f1} > {number} => sum.wrapping_mul(u64::from({f1})),
                {Type}Kind::Special {{ .. }} => sum,
                {Type}Kind::Paired(low, high) => sum + u64::from(low.max(high)),
            }};
        }}
        self.{f0} = sum;
        Ok(sum)
    }}

    pub fn {other_verb}(&self, least: u64) -> Vec<&{Type}Part> {{
        let mut found: Vec<&{Type}Part> = self.parts.iter().filter(|part| part.{f3} >= least).collect();
        found.sort_by_key(|part| std::cmp::Reverse(part.{f3}));
        found.truncate({number});
        found
    }}

    fn label(&self) -> String {{
        let text = self.{f2}.as_deref().unwrap_or("{noun}");
        format!("{{text}}: {{}} of {{}}", self.{f0}, self.parts.len())
    }}
}}

"""

ERROR = """\
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum {Type}Error {{
    Nothing,
    TooMany {{ {f0}: u64 }},
}}

impl std::fmt::Display for {Type}Error {{
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {{
        match self {{
            Self::Nothing => write!(formatter, "there is no {noun}"),
            Self::TooMany {{ {f0} }} => write!(formatter, "{{{f0}}} is more than a {other} holds"),
        }}
    }}
}}

impl std::error::Error for {Type}Error {{}}

"""

FUNCTION = """\
// Keeps the {f1} of each {noun} below {number}.
pub fn {verb}_{noun}_{at}(items: &[{Type}], limits: &std::collections::HashMap<u64, u32>) -> u64 {{
    let mut total = 0;
    let mut rest: Vec<_> = items.to_vec();
    while let Some(item) = rest.pop() {{
        let Some(limit) = limits.get(&item.{f0}) else {{
            continue;
        }};
        let {f1} = if item.{f1} > *limit {{
            tracing::debug!(label = %item.label(), "over the limit");
            *limit
        }} else {{
            item.{f1}
        }};
        total += u64::from({f1}) * item.parts.iter().map(|part| part.{f3}).sum::<u64>();
    }}
    total
}}

"""

TEST = """\
#[cfg(test)]
mod tests {{
    use super::*;

    #[test]
    fn {verb}s_one_{noun}() {{
        let mut {noun} = {Type}::new({number}, 2);
        assert_eq!({noun}.{verb}(0), Err({Type}Error::Nothing));
        assert_eq!({noun}.{verb}(3), Ok({number}));
        assert!({noun}.{other_verb}(1).is_empty());
    }}
}}
"""


def file(chance, number):
    """A module of about 150 lines."""
    noun, other = chance.sample(NOUNS, 2)
    verb, other_verb = chance.sample(VERBS, 2)
    fields = chance.sample(FIELDS, 4)
    holes = {
        "noun": noun,
        "other": other,
        "Type": f"{noun.capitalize()}{other.capitalize()}{number}",
        "verb": verb,
        "other_verb": other_verb,
        "number": chance.randint(3, 900),
        **{f"f{at}": field for at, field in enumerate(fields)},
    }
    parts = [f"//! How a {noun} is kept beside its {other}.\n\n", STRUCT, IMPL, ERROR]
    functions = [FUNCTION.format(at=at, **holes) for at in range(chance.randint(2, 4))]
    return "".join(part.format(**holes) for part in parts) + "".join(functions) + TEST.format(**holes)
