//! What a call came to is taken over where a later one would come to the same: a guard that is asked through
//! thousands of calls is followed, and two calls that may come to different things stay two.

use crate::follower::{follower, is_found, is_proved};
use crate::tree::{Ended, Tree, clean};

/// Where the first answer is no, nothing is compared; where the second one is, nothing is written.
const ASKED_TWICE: &str = "
        if self.asks() {
            if !self.matches(&request) {
                return false;
            }
        }
        if !self.asks() {
            return false;
        }
";

/// A question whose answer is kept by the node.
const KEPT: &str = "
    fn asks(&self) -> bool {
        let answer = self.switch.is_on;
        let kept = answer;
        kept
    }
";

#[test]
fn two_answers_of_which_nothing_is_known_are_two() {
    let tossed = "
    fn asks(&self) -> bool {
        let tossed = toss!();
        let answer = tossed;
        answer
    }
";
    is_found(&follower(ASKED_TWICE, tossed));
}

#[test]
fn the_same_question_has_the_same_answer() {
    is_proved(&follower(ASKED_TWICE, KEPT));
}

#[test]
fn an_answer_follows_what_was_stored_meanwhile() {
    let (first, second) = ASKED_TWICE.split_at(ASKED_TWICE.rfind("if").unwrap_or(0));
    is_found(&follower(&format!("{first}self.switch.is_on = true;\n        {second}"), KEPT));
    is_proved(&follower(&format!("{first}self.switch.turns = 1;\n        {second}"), KEPT));
}

#[test]
fn an_answer_follows_the_callers_locals() {
    let helper = "
    fn asks(switch: &mut Switch) -> bool {
        let answer = switch.is_on;
        let kept = answer;
        kept
    }
";
    let body = |between: &str| {
        format!(
            "
        let mut switch = Switch {{ is_on: false, turns: 0 }};
        if Self::asks(&mut switch) {{
            if !self.matches(&request) {{
                return false;
            }}
        }}
        {between}
        if !Self::asks(&mut switch) {{
            return false;
        }}
"
        )
    };
    is_found(&follower(&body("switch.is_on = true;"), helper));
    is_proved(&follower(&body("switch.turns = 1;"), helper));
}

/// Two values of which nothing is known, and code before the write that asks about them: of the FIRST, then of the
/// SECOND; CHECK compares.
fn of_two_values(code: &str, [first, second]: [&str; 2], helper: &str) -> Ended {
    let code = code.replace("FIRST", first).replace("SECOND", second);
    let code = code.replace("CHECK", "if !self.matches(&request) { return false; }");
    follower(&format!("        let (one, other) = (toss!(), toss!());\n{code}"), helper)
}

#[test]
fn an_answer_is_about_the_value_that_it_was_asked_of() {
    let says = "
    fn says(it: bool) -> bool {
        let answer = it;
        let kept = answer;
        kept
    }
";
    let code = "
        if Self::says(FIRST) { CHECK }
        if !Self::says(SECOND) { return false; }
";
    let asked = |first, second| of_two_values(code, [first, second], says);
    is_proved(&asked("one", "one"));
    is_proved(&asked("other", "other"));
    is_found(&asked("one", "other"));
    is_found(&asked("other", "one"));
}

#[test]
fn a_value_twice_is_not_two_values() {
    let same = "
    fn same(a: u64, b: u64) -> bool {
        let answer = a == b;
        let kept = answer;
        kept
    }
";
    let code = "
        if !Self::same(FIRST) { return false; }
        if Self::same(SECOND) { CHECK }
";
    let asked = |first, second| of_two_values(code, [first, second], same);
    is_proved(&asked("one, other", "one, other"));
    is_found(&asked("one, one", "one, other"));
    is_found(&asked("one, one", "other, one"));
}

#[test]
fn a_value_that_is_stored_is_not_any_other() {
    let is_kept = "
    fn is_kept(&self, it: u64) -> bool {
        let answer = self.switch.turns == it;
        let kept = answer;
        kept
    }
";
    let code = "
        self.switch.turns = one;
        if !self.is_kept(FIRST) { return false; }
        if self.is_kept(SECOND) { CHECK }
";
    let asked = |first, second| of_two_values(code, [first, second], is_kept);
    is_proved(&asked("one", "one"));
    is_proved(&asked("other", "other"));
    is_found(&asked("one", "other"));
}

#[test]
fn what_a_call_does_to_a_local_it_does_to_another_one() {
    let helpers = "
    fn turn_on(switch: &mut Switch) {
        let on = true;
        let turned = on;
        switch.is_on = turned;
    }

    fn turned() -> bool {
        let mut own = Switch { is_on: false, turns: 0 };
        Self::turn_on(&mut own);
        own.is_on
    }
";
    let code = "
        let mut left = Switch { is_on: false, turns: 0 };
        let mut right = Switch { is_on: false, turns: 0 };
        FIRST
        if SECOND { CHECK }
";
    let after = |turned, asked| of_two_values(code, [turned, asked], helpers);
    let both = "Self::turn_on(&mut left); Self::turn_on(&mut right);";
    is_proved(&after(both, "right.is_on"));
    is_proved(&after(both, "Self::turned()"));
    is_proved(&after("", "Self::turned() && Self::turned()"));
    is_found(&after("Self::turn_on(&mut left);", "right.is_on"));
    is_found(&after("Self::turn_on(&mut right);", "left.is_on"));
}

/// A question whose answer is evidence only where the index was compared before.
const ENDS_ALIKE: &str = "
    fn ends_alike(&self, request: &AppendEntries) -> bool {
        if self.last_log_term != request.prev_log_term {
            return false;
        }
        true
    }
";

/// Two ways to the write, which both ask whether the logs end alike; these compare the index before.
fn on_two_ways(first: bool, second: bool) -> Ended {
    let compared = |is_compared: bool| match is_compared {
        true => "if self.last_log_index != request.prev_log_index { return false; }",
        false => "",
    };
    let asked = "if !self.ends_alike(&request) { return false; }";
    let body = format!(
        "
        if self.switch.is_on {{
            {}
            {asked}
        }} else {{
            {}
            {asked}
        }}
",
        compared(first),
        compared(second)
    );
    follower(&body, ENDS_ALIKE)
}

#[test]
fn what_is_learned_with_what_was_known_is_learned_there_only() {
    is_proved(&on_two_ways(true, true));
    is_found(&on_two_ways(true, false));
    is_found(&on_two_ways(false, true));
    is_found(&on_two_ways(false, false));
}

#[test]
fn what_was_known_already_is_learned_where_it_was_not() {
    let body = "
        if self.switch.is_on {
            if !self.matches(&request) {
                return false;
            }
            if !self.agrees(&request) {
                return false;
            }
        } else if !self.agrees(&request) {
            return false;
        }
";
    let agrees = "
    fn agrees(&self, request: &AppendEntries) -> bool {
        if !self.matches(request) {
            return false;
        }
        true
    }
";
    is_proved(&follower(body, agrees));
}

/// A voter that adopts a later term, and before that does something as a follower and something else as another.
fn on_two_roles(as_follower: &str, as_another: &str) -> Ended {
    let settles = "
    fn settle(&mut self) {
        self.ticks = 0;
        if self.is_busy {
            self.role = Role::Follower;
        }
        self.ticks = 1;
    }

    pub fn handle_request_vote";
    let adopts = format!(
        "
            if self.role == Role::Follower {{
                {as_follower}
            }} else {{
                {as_another}
            }}
            self.current_term = request.term;"
    );
    let text = clean()
        .replacen("    pub fn handle_request_vote", settles, 1)
        .replacen("            self.current_term = request.term;", &adopts, 1)
        .replacen(
            "pub log:",
            "pub role: Role,\n    pub is_busy: bool,\n    pub ticks: u64,\n    pub log:",
            1,
        );
    let role = "#[derive(PartialEq)]\npub enum Role {\n    Follower,\n    Leader,\n}\n";
    Tree::with(&[("src/lib.rs", &format!("{role}{text}"))]).run(&["--no-config"])
}

#[test]
fn what_was_answered_of_the_role_is_no_answer_elsewhere() {
    let steps_down = "self.role = Role::Follower;";
    let ended = on_two_roles("self.settle();", steps_down);
    assert_eq!(ended.code, Some(0), "{}{}", ended.out, ended.err);
    for as_another in ["self.settle();", ""] {
        let ended = on_two_roles("self.settle();", as_another);
        assert!(ended.out.contains("[step-down]"), "{as_another}: {}", ended.out);
    }
}

#[test]
fn a_closure_within_a_call_is_a_part_of_it() {
    let asks = "
    fn asks(&self) -> bool {
        let mut found = false;
        let mut look = |turns: u64| found = turns == 3;
        look(self.switch.turns);
        found
    }
";
    is_found(&follower(&ASKED_TWICE.replace("!self.asks()", "self.asks()"), asks));
    is_found(&follower(ASKED_TWICE, &asks.replace("turns == 3", "toss!()")));
}

/// Questions that ask all of the next level's, down to one that compares: six levels of so many.
fn questions(wide: usize) -> String {
    let mut all = String::new();
    for level in 0..6 {
        for i in 0..wide {
            all += &format!("    fn ask{level}_{i}(&self, request: &AppendEntries) -> bool {{\n");
            for next in 0..wide {
                let next = format!("self.ask{}_{next}(request)", level + 1);
                all += &format!("        if !{next} {{\n            return false;\n        }}\n");
            }
            all += "        true\n    }\n";
        }
    }
    for i in 0..wide {
        all += &format!("    fn ask6_{i}(&self, request: &AppendEntries) -> bool {{\n");
        all += "        self.matches(request)\n    }\n";
    }
    all
}

#[test]
fn a_guard_is_followed_through_millions_of_calls() {
    let asked = "
        if !self.ask0_0(&request) {
            return false;
        }
";
    is_proved(&follower(asked, &questions(12)));
    is_found(&follower("        self.ask0_0(&request);\n", &questions(12)));
}
