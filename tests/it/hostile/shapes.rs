//! Code of which there is much of one kind: what it takes grows with its size, or stops at a bound.

use super::watched::wrong;

const HEAD: &str = "\
pub struct VoteRequest { pub term: u64, pub candidate_id: u64 }
pub struct Node { pub current_term: u64, pub voted_for: Option<u64>, pub commit_index: u64 }
";

/// `count` times a line of the handler, with its number for `#`.
fn lines(count: usize, line: &str) -> String {
    (0..count).map(|i| line.replace('#', &i.to_string()) + "\n").collect()
}

/// A Raft whose handler does this first.
fn handler(body: &str) -> String {
    format!(
        "{HEAD}impl Node {{ pub fn handle_request_vote(&mut self, request: VoteRequest) -> bool {{\n{body}\
         self.voted_for = Some(request.candidate_id); true }} }}\n"
    )
}

fn survives(name: &str, text: &str) {
    assert_eq!(wrong(text.as_bytes()), [""; 0], "{name}");
}

#[test]
fn many_arms_that_write_state() {
    for (name, arm) in [
        ("behind guards", "# if self.current_term < # => { self.voted_for = Some(#); }"),
        ("without guards", "# => { self.voted_for = Some(#); }"),
        ("that return", "# => { self.voted_for = Some(#); return true; }"),
    ] {
        let arms = lines(20_000, arm);
        survives(name, &handler(&format!("match request.term {{ {arms} _ => {{}} }}")));
    }
}

/// Each way out holds the state and the locals as they were there.
#[test]
fn many_ways_out() {
    for (name, line) in [
        ("let else", "let Some(x#) = self.get(#) else { return false; };"),
        ("state and returns", "self.f# = #; if self.seen == # { return true; }"),
        ("state and `?`", "self.f# = self.get(#)?;"),
        (
            "loops",
            "while self.current_term < # { self.commit_index += 1; if self.seen { break; } }",
        ),
    ] {
        survives(name, &handler(&lines(6_000, line)));
    }
    for (name, line) in [
        ("breaks", "let x# = self.get(#); if x# == 3 { break; }"),
        ("continues", "let x# = self.get(#); if x# == 3 { continue; }"),
    ] {
        survives(name, &handler(&format!("loop {{ {} }}", lines(3_000, line))));
    }
    let arms = lines(3_000, "x# = self.get(#) => { self.g# = x#; }");
    let select = format!("tokio::select! {{ {arms} }}");
    survives("select", &handler(&(lines(3_000, "self.f# = #;") + &select)));
}

#[test]
fn many_comments() {
    let silence = "// raft-lint: allow(vote-once) because it is so\n";
    survives("on nothing", &format!("{HEAD}{}", silence.repeat(200_000)));
    let names: Vec<String> = (0..30).map(|i| format!("no-rule-{i}")).collect();
    let comment = format!("// raft-lint: allow({}) why\nfn go#(n: &Node) {{}}", names.join(","));
    survives("of rules that do not exist", &format!("{HEAD}{}", lines(5_000, &comment)));
}

#[test]
fn many_functions_of_one_name() {
    let go = "fn go(&self, n: &mut Node) { n.voted_for = None; self.x.go(n) }";
    let own = format!("pub struct S#; impl S# {{ {go} }}");
    survives("of types", &format!("{HEAD}{}", lines(15_000, &own)));
    let of_trait = format!("pub struct S#; impl T for S# {{ {go} }}");
    let all = lines(15_000, &of_trait);
    survives("of a trait", &format!("{HEAD}trait T {{ fn go(&self, n: &mut Node); }}\n{all}"));
    let called = "pub struct S#; impl S# { fn go(&mut self, n: &mut Node) { n.voted_for = None; } }\n\
                  pub fn handle_request_vote#(x: &mut S#, n: &mut Node, r: VoteRequest) { x.go(n); }";
    survives("with callers", &format!("{HEAD}{}", lines(8_000, called)));
}

/// Each is looked at by itself, not again with every one around it.
#[test]
fn constants_in_each_other() {
    let depth = 200;
    let elements = lines(800, &format!("let x# = [{}];", "A, ".repeat(900)));
    let open = "const A: fn() = { fn z() {} ".repeat(depth);
    let close = " g };".repeat(depth);
    survives("hold functions", &format!("{HEAD}{open}{elements}{close}"));
}
