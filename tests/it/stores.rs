//! What is stored, in whatever way, is what is read afterwards; and who read before still has the old value. Each
//! program asks for the guard only where something holds that does not, or that does.

use crate::follower::follower;

/// Functions that store through what they get.
const HELPERS: &str = "
    fn set(flag: &mut bool, to: bool) {
        *flag = to;
    }

    fn put(number: &mut u64, to: u64) {
        *number = to;
    }

    fn on_and_off(flag: &mut bool) {
        Self::set(flag, true);
        Self::set(flag, false);
    }

    fn same(flag: &mut bool) -> &mut bool {
        flag
    }

    fn first(was: bool, flag: &mut bool) -> bool {
        *flag = true;
        was
    }

    fn once(&mut self) -> bool {
        let was = self.switch.is_on;
        self.switch.is_on = true;
        was
    }

    fn is_on(&self) -> bool {
        self.switch.is_on
    }

    fn flag(&mut self) -> &mut bool {
        &mut self.switch.is_on
    }

    fn turn_off(&mut self) {
        self.switch.is_on = false;
    }
}

impl Switch {
    fn off(&mut self) {
        self.is_on = false;
    }

    fn on(&mut self) {
        self.is_on = true;
    }
}

pub struct Panel {
    pub switch: Switch,
}

pub trait Toggle {
    fn toggle(&mut self);
}

impl Toggle for Switch {
    fn toggle(&mut self) {
        self.is_on = !self.is_on;
    }
}

impl Node {
";

/// The guard is asked for after these steps, where the condition holds.
fn guarded(steps: &str, condition: &str) -> String {
    let guard = "if !self.matches(&request) {\n                return false;\n            }";
    format!("        {steps}\n        if {condition} {{\n            {guard}\n        }}")
}

/// Steps after which the condition does not hold, or may not.
#[track_caller]
fn does_not_hold(cases: &[(&str, &str)]) {
    for (steps, condition) in cases {
        let ended = follower(&guarded(steps, condition), HELPERS);
        assert!(ended.out.contains("[append-prev-check]"), "{steps} {condition}: {}", ended.out);
    }
}

/// Steps after which it does.
#[track_caller]
fn holds(cases: &[(&str, &str)]) {
    for (steps, condition) in cases {
        let ended = follower(&guarded(steps, condition), HELPERS);
        assert_eq!(ended.code, Some(0), "{steps} {condition}: {}{}", ended.out, ended.err);
    }
}

#[test]
fn who_read_a_field_before_keeps_the_old_value() {
    does_not_hold(&[
        ("let was = self.switch.is_on; self.switch.is_on = true;", "was"),
        ("let was = self.is_on(); self.switch.is_on = true;", "was"),
        ("let (was, _one) = (self.switch.is_on, 1); self.switch.is_on = true;", "was"),
        ("let mut on = self.switch.is_on; let was = on; on = true; self.switch.is_on = on;", "was"),
        (
            "let saved = Switch { is_on: self.switch.is_on, turns: 0 }; self.switch.is_on = true;",
            "saved.is_on",
        ),
        ("let was = self.switch.is_on; let mut set = || self.switch.is_on = true; set();", "was"),
        ("let before = self.switch.turns; self.switch.turns = 7;", "before == 7"),
        ("", "Self::first(self.switch.is_on, &mut self.switch.is_on)"),
        ("", "self.once()"),
    ]);
    holds(&[
        ("let was = self.switch.is_on; self.switch.is_on = true;", "self.switch.is_on"),
        ("let was = self.switch.is_on; self.switch.is_on = true; if !was { return false; }", "was"),
        (
            "self.switch.is_on = true; let was = self.switch.is_on; self.switch.is_on = false;",
            "was",
        ),
        ("self.switch.is_on = true;", "self.once()"),
        (
            "if self.switch.is_on { return false; } let was = self.switch.is_on; self.switch.is_on = true;",
            "!was",
        ),
    ]);
}

#[test]
fn an_element_that_is_stored_into_may_have_any_value() {
    does_not_hold(&[
        ("let was = self.flags[0]; self.flags[0] = true;", "was"),
        ("if self.flags[0] { return false; } self.flags[0] = true;", "!self.flags[0]"),
        (
            "self.flags[0] = true; let at = request.term as usize; self.flags[at] = false;",
            "self.flags[0]",
        ),
        ("self.flags[0] = true; self.flags.fill(false);", "self.flags[0]"),
        ("self.flags[0] = true; let first = &mut self.flags[0]; *first = false;", "self.flags[0]"),
    ]);
    holds(&[("let was = self.flags[0]; self.flags[0] = true; if !was { return false; }", "was")]);
}

#[test]
fn a_place_that_is_emptied_or_exchanged_has_another_value() {
    does_not_hold(&[
        ("let was = std::mem::replace(&mut self.switch.is_on, true);", "was"),
        ("let was = std::mem::take(&mut self.switch.is_on);", "was"),
        ("let mut was = true; std::mem::swap(&mut self.switch.is_on, &mut was);", "was"),
        ("let mut on = true; let was = std::mem::take(&mut on);", "on"),
        ("let mut some = Some(1); some.take();", "some.is_some()"),
        ("let mut none = None; none.replace(1);", "none.is_none()"),
        ("let mut none = None; none.get_or_insert(1);", "none.is_none()"),
        (
            "let mut some = Some(true); if let Some(on) = some.as_mut() { *on = false; }",
            "some == Some(true)",
        ),
    ]);
    holds(&[
        ("std::mem::replace(&mut self.switch.is_on, true);", "self.switch.is_on"),
        ("let mut on = true; let was = std::mem::take(&mut on);", "was"),
        ("let mut some = Some(1); some.take();", "some.is_none()"),
        ("let mut none = None; none.replace(1);", "none.is_some()"),
    ]);
}

#[test]
fn what_is_stored_through_a_borrow_is_in_its_place() {
    does_not_hold(&[
        ("let mut on = true; Self::set(&mut on, false);", "on"),
        ("Self::on_and_off(&mut self.switch.is_on);", "self.switch.is_on"),
        ("let mut on = true; *Self::same(&mut on) = false;", "on"),
        (
            "let mut term = request.prev_log_term; Self::put(&mut term, 0);",
            "term == request.prev_log_term",
        ),
        ("let mut turns = 5; Self::put(&mut turns, 6);", "turns == 5"),
        ("let mut turns = 5; Self::put(&mut turns, 6); let five = 5;", "five == 6"),
        ("let mut turns = 5; let to = &mut turns; *to = 6;", "turns == 5"),
        (
            "self.switch.is_on = true; Self::set(&mut self.switch.is_on, false);",
            "self.switch.is_on",
        ),
        (
            "self.switch.is_on = true; let on = &mut self.switch.is_on; *on = false;",
            "self.switch.is_on",
        ),
        ("self.switch.is_on = true; *self.flag() = false;", "self.switch.is_on"),
        (
            "self.switch.is_on = true; let Switch { is_on, .. } = &mut self.switch; *is_on = false;",
            "self.switch.is_on",
        ),
        ("let mut on = Box::new(true); *on = false;", "*on"),
        (
            "let on = std::sync::Mutex::new(true); *on.lock().unwrap() = false;",
            "*on.lock().unwrap()",
        ),
        ("let mut pair = (true, 1); pair.0 = false;", "pair.0"),
    ]);
    holds(&[
        ("let mut on = false; Self::set(&mut on, true);", "on"),
        ("let mut turns = 5; Self::put(&mut turns, 6);", "turns == 6"),
        (
            "self.switch.is_on = false; Self::set(&mut self.switch.is_on, true);",
            "self.switch.is_on",
        ),
        ("self.switch.is_on = false; *self.flag() = true;", "self.switch.is_on"),
        ("let mut pair = (false, 1); pair.0 = true;", "pair.0"),
    ]);
}

#[test]
fn what_is_stored_into_a_part_is_in_the_whole() {
    let panel = "let mut panel = Panel { switch: Switch { is_on: true, turns: 0 } };";
    let stored = format!("{panel} panel.switch.is_on = false;");
    let borrowed = format!("{panel} let switch = &mut panel.switch; switch.is_on = false;");
    let by_method = format!("{panel} panel.switch.off();");
    does_not_hold(&[&stored, &borrowed, &by_method].map(|s| (s.as_str(), "panel.switch.is_on")));
    let own = "self.switch = Switch { is_on: true, turns: 0 }; self.switch.is_on = false;";
    does_not_hold(&[(own, "self.switch.is_on")]);
}

#[test]
fn names_that_hide_what_they_borrow_come_to_an_end() {
    let panel = "let mut panel = Panel { switch: Switch::default() };";
    for hidden in [
        "let mut pair = (1, 2); let pair = &mut pair.0; *pair = 3;",
        "let panel = &mut panel.switch; panel.is_on = true;",
        "match &mut panel.switch { panel => panel.is_on = true }",
        "let mut fill = |panel: &mut Switch| panel.is_on = true; fill(&mut panel.switch);",
        "let other = &mut panel.switch; let panel = &mut other.is_on; *panel = true;",
    ] {
        does_not_hold(&[(format!("{panel} {hidden}").as_str(), "self.switch.is_on")]);
    }
}

#[test]
fn what_a_method_stores_is_in_its_receiver() {
    let new = "let mut switch = Switch { is_on: true, turns: 0 };";
    let off = |how: &str| format!("{new} {how}");
    let [by_method, by_field, by_trait, by_pointer, among_others] = [
        off("switch.off();"),
        off("Self::set(&mut switch.is_on, false);"),
        off("switch.toggle();"),
        off("{ let pointer: &mut dyn Toggle = &mut switch; pointer.toggle(); }"),
        off("for one in [&mut switch] { one.is_on = false; }"),
    ];
    let cases = [&by_method, &by_field, &by_trait, &by_pointer, &among_others];
    does_not_hold(&cases.map(|steps| (steps.as_str(), "switch.is_on")));
    does_not_hold(&[("self.switch.is_on = true; self.turn_off();", "self.switch.is_on")]);
    let on = off("switch.off(); switch.on();");
    holds(&[(on.as_str(), "switch.is_on")]);
}

#[test]
fn what_goes_to_code_that_is_not_here_may_have_any_value_afterwards() {
    does_not_hold(&[
        ("let mut on = true; elsewhere(&mut on);", "on"),
        ("let mut turns = 5; elsewhere(&mut turns);", "turns == 5"),
        ("self.switch.is_on = true; elsewhere(&mut self.switch.is_on);", "self.switch.is_on"),
        (
            "let mut switch = Switch::default(); switch.is_on = true; elsewhere(&mut switch);",
            "switch.is_on",
        ),
        ("let mut on = true; let all = vec![&mut on]; elsewhere(all);", "on"),
    ]);
    holds(&[("let on = true; elsewhere(&on);", "on")]);
}
