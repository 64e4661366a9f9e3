//! The role that a node plays, follower, candidate or leader: what it is called, and where a struct
//! keeps it.

use super::machine::Calling;
use super::vocabulary::Words;
use crate::ir::{FieldDef, Name, StructDef, TypeRef};
use crate::program::{PackageId, Program};

/// What a name, flattened, says about roles: [`Calling::FOLLOWS`], [`Calling::RULES`], …
pub(super) fn calling(flat: &str) -> [(Calling, bool); 4] {
    let speaks = may_speak(flat.as_bytes());
    let has = |parts: &[&str]| speaks && parts.iter().any(|part| flat.contains(part));
    let of_id = flat.ends_with("id") || flat.ends_with("ids") || has(&["leadercommit"]);
    // What is done with the other servers changes nothing here.
    let others = has(&[
        "followers",
        "send",
        "progress",
        "replicat",
        "notify",
        "forward",
        "reply",
        "response",
        "message",
        "index",
        "candidates",
        "count",
    ]);
    let follows = has(&["follower", "following", "learner", "nonvoter"]) && !others;
    let steps_down = has(&[
        "stepdown",
        "stepsdown",
        "stepping",
        "steppeddown",
        "demote",
        "demotion",
        "resign",
        "retire",
        "depose",
        "abdicate",
        "relinquish",
        "higherterm",
        "newerterm",
        "newterm",
        "termchange",
        "updateterm",
        "termupdate",
        "stopleading",
        "stopleader",
        "loseleader",
    ]);
    let turns = has(&[
        "become",
        "transition",
        "changerole",
        "setrole",
        "updaterole",
        "switchrole",
        "torole",
        "rolechange",
        "changestate",
        "setstate",
        "switchstate",
        "statechange",
        "nextstate",
        "targetstate",
        "convert",
        "turninto",
        "switchto",
    ]);
    let rules = has(&["leader", "leading", "candidate", "primary"]) && !of_id;
    [
        (Calling::FOLLOWS, follows),
        (Calling::STEPS_DOWN, steps_down),
        (Calling::TURNS, turns),
        (Calling::RULES, rules),
    ]
}

/// Whether a name has the beginning of one of the words that tell of roles: most have not, and that is
/// quickly seen.
fn may_speak(flat: &[u8]) -> bool {
    flat.windows(4).any(|part| {
        matches!(
            part,
            b"foll"
                | b"lead"
                | b"cand"
                | b"prim"
                | b"lear"
                | b"nonv"
                | b"step"
                | b"demo"
                | b"resi"
                | b"reti"
                | b"depo"
                | b"abdi"
                | b"reli"
                | b"term"
                | b"stop"
                | b"lose"
                | b"beco"
                | b"tran"
                | b"role"
                | b"stat"
                | b"conv"
                | b"turn"
                | b"swit"
        )
    })
}

/// Whether a type is that of a role: an enum with a follower and a leader among its variants.
pub fn is_role(program: &Program, ty: &TypeRef, from: PackageId) -> bool {
    let TypeRef::Path { name, .. } = ty else { return false };
    if program.words(*name).any(Words::REQUEST.with(Words::REPLY)) {
        return false;
    }
    let said = |variant: &StructDef| program.calling(variant.name);
    program.enum_def(*name, from).is_some_and(|def| {
        def.variants.iter().any(|v| said(v).any(Calling::FOLLOWS))
            && def.variants.iter().any(|v| said(v).any(Calling::RULES))
    })
}

/// Whether a type is that of what only a leader has, such as `LeaderState`.
pub fn is_of_leader(program: &Program, ty: &TypeRef, from: PackageId) -> bool {
    let TypeRef::Path { name, .. } = ty else { return false };
    program.calling(*name).any(Calling::RULES) && program.struct_def(*name, from).is_some()
}

/// Whether a name is that of a flag: `is_leader`, `follower`.
pub fn is_flag(program: &Program, name: Name) -> bool {
    let text = program.text(name);
    let text = text.strip_prefix("is_").unwrap_or(text);
    matches!(text, "leader" | "follower" | "leading" | "following")
}

/// Whether a struct keeps the node's role, itself or in a part of it.
pub fn is_kept_in(program: &Program, def: &StructDef, from: PackageId, fuel: u32) -> bool {
    if program.calling(def.name).any(Calling::OBSERVES)
        || program.words(def.name).any(Words::REQUEST.with(Words::REPLY))
    {
        return false;
    }
    def.fields.iter().any(|field| {
        let ty = program.peel(&field.ty, from);
        is_place(program, field, &ty, from)
            || match (&ty, fuel.checked_sub(1)) {
                (TypeRef::Path { name, .. }, Some(less)) => program
                    .struct_def(*name, from)
                    .is_some_and(|inner| is_kept_in(program, inner, from, less)),
                _ => false,
            }
    })
}

fn is_place(program: &Program, field: &FieldDef, ty: &TypeRef, from: PackageId) -> bool {
    let TypeRef::Path { name, .. } = ty else { return false };
    let flag = matches!(program.text(*name), "bool" | "AtomicBool") && is_flag(program, field.name);
    let optional =
        matches!(&field.ty, TypeRef::Path { name, .. } if program.text(*name) == "Option");
    flag || is_role(program, ty, from) || optional && is_of_leader(program, ty, from)
}
