"""Programs of shapes that an analysis can drown in, each at sizes that double.

`SHAPES` names them; a shape takes its size and gives the text of one crate's `lib.rs`. Each has a
Raft in it, with an effect at the far end of what is deep, wide or long, and says where its guard is.
"""

from dataclasses import dataclass
from typing import Callable

HEAD = """\
#[derive(Clone, Debug)]
pub struct Entry {
    pub term: u64,
    pub data: Vec<u8>,
}

#[derive(Clone, Debug)]
pub struct AppendEntries {
    pub term: u64,
    pub leader_id: u64,
    pub prev_log_index: u64,
    pub prev_log_term: u64,
    pub entries: Vec<Entry>,
    pub leader_commit: u64,
}

pub struct AppendReply {
    pub term: u64,
    pub success: bool,
}

#[derive(Default)]
pub struct Node {
    pub current_term: u64,
    pub voted_for: Option<u64>,
    pub log: Vec<Entry>,
    pub commit_index: u64,
    pub seen: u64,
}

impl Node {
    fn term_at(&self, index: u64) -> Option<u64> {
        if index == 0 {
            return Some(0);
        }
        self.log.get(index as usize - 1).map(|entry| entry.term)
    }

    fn refuse(&self) -> AppendReply {
        AppendReply { term: self.current_term, success: false }
    }

    fn accept(&self) -> AppendReply {
        AppendReply { term: self.current_term, success: true }
    }
"""

STORE = """\

    fn store(&mut self, request: &AppendEntries) {
        let mut index = request.prev_log_index;
        for entry in &request.entries {
            index += 1;
            if self.term_at(index) == Some(entry.term) {
                continue;
            }
            if index <= self.commit_index {
                return;
            }
            self.log.truncate(index as usize - 1);
            self.log.push(entry.clone());
        }
    }
"""

STALE = """\
        if request.term < self.current_term {
            return self.refuse();
        }
        if request.term > self.current_term {
            self.current_term = request.term;
            self.voted_for = None;
        }
"""

GUARD = """\
        if self.term_at(request.prev_log_index) != Some(request.prev_log_term) {
            return self.refuse();
        }
"""


def handler(body, guard=GUARD):
    """A handler of AppendEntries that ends with success."""
    return (
        "\n    pub fn handle_append_entries(&mut self, request: AppendEntries) -> AppendReply {\n"
        f"{STALE}{guard}{body}        self.accept()\n    }}\n"
    )


def program(methods, items=""):
    """The Raft with these methods, and items beside it. A helper that nobody calls would be an entry of its own."""
    store = STORE if "store(" in methods + items else ""
    return f"{HEAD}{store}{methods}}}\n{items}"


def calls_deep(n):
    methods = [
        f"\n    fn step{i}(&mut self, request: &AppendEntries) {{\n        self.seen += {i};\n"
        f"        self.step{i + 1}(request);\n    }}\n"
        for i in range(n)
    ]
    last = f"\n    fn step{n}(&mut self, request: &AppendEntries) {{\n        self.store(request);\n    }}\n"
    return program(handler("        self.step0(&request);\n") + "".join(methods) + last)


def calls_deep_unguarded(n):
    return calls_deep(n).replace(GUARD, "")


def guard_deep(n):
    methods = [
        f"\n    fn agrees{i}(&self, request: &AppendEntries) -> bool {{\n"
        f"        if self.seen == {i} {{\n            return false;\n        }}\n        self.agrees{i + 1}(request)\n    }}\n"
        for i in range(n)
    ]
    last = (
        f"\n    fn agrees{n}(&self, request: &AppendEntries) -> bool {{\n"
        "        self.term_at(request.prev_log_index) == Some(request.prev_log_term)\n    }\n"
    )
    guard = "        if !self.agrees0(&request) {\n            return self.refuse();\n        }\n"
    return program(handler("        self.store(&request);\n", guard) + "".join(methods) + last)


def recursion(n):
    """One circle over all functions."""
    methods = [
        f"\n    fn round{i}(&mut self, request: &AppendEntries, left: u64) {{\n        if left == 0 {{\n"
        f"            return self.store(request);\n        }}\n        self.round{(i + 1) % n}(request, left - 1);\n    }}\n"
        for i in range(n)
    ]
    return program(handler("        self.round0(&request, 9);\n") + "".join(methods))


def recursion_dense(n):
    """Each function calls five others, and all can reach all."""
    methods = []
    for i in range(n):
        calls = "".join(
            f"        if left % {k + 2} == 0 {{\n            self.round{(i * (k + 2) + k + 1) % n}(request, left - 1);\n        }}\n"
            for k in range(5)
        )
        methods.append(
            f"\n    fn round{i}(&mut self, request: &AppendEntries, left: u64) {{\n        if left == {i} {{\n"
            f"            return self.store(request);\n        }}\n{calls}    }}\n"
        )
    return program(handler("        self.round0(&request, 9);\n") + "".join(methods))


def recursion_guard(n):
    """The guard itself is a circle."""
    methods = [
        f"\n    fn agrees{i}(&self, request: &AppendEntries, left: u64) -> bool {{\n        if left == 0 {{\n"
        "            return self.term_at(request.prev_log_index) == Some(request.prev_log_term);\n"
        f"        }}\n        self.agrees{(i + 1) % n}(request, left - 1)\n    }}\n"
        for i in range(n)
    ]
    guard = "        if !self.agrees0(&request, 9) {\n            return self.refuse();\n        }\n"
    return program(handler("        self.store(&request);\n", guard) + "".join(methods))


def fan_out(n):
    """One function, and then five levels of n; each calls all of the next level."""
    width = [1, n, n, n, n, n]
    methods = []
    for level in range(6):
        below = width[level + 1] if level < 5 else 0
        calls = "".join(f"        self.level{level + 1}_{k}(request);\n" for k in range(below))
        calls = calls or "        self.store(request);\n"
        for i in range(width[level]):
            methods.append(f"\n    fn level{level}_{i}(&mut self, request: &AppendEntries) {{\n{calls}    }}\n")
    return program(handler("        self.level0_0(&request);\n") + "".join(methods))


def fan_out_of_guards(n):
    """Six levels of n questions; each asks all of the next level."""
    methods = []
    for level in range(6):
        for i in range(n):
            asks = " && ".join(f"self.ask{level + 1}_{k}(request)" for k in range(n)) if level < 5 else (
                "self.term_at(request.prev_log_index) == Some(request.prev_log_term)"
            )
            methods.append(f"\n    fn ask{level}_{i}(&self, request: &AppendEntries) -> bool {{\n        {asks}\n    }}\n")
    guard = "        if !self.ask0_0(&request) {\n            return self.refuse();\n        }\n"
    return program(handler("        self.store(&request);\n", guard) + "".join(methods))


def one_name_implementations(n):
    """A trait with n implementations, called through a trait object."""
    items = ["pub trait Storage {\n    fn write_entries(&mut self, entries: &[Entry]);\n}\n"]
    items += [
        f"pub struct Disk{i} {{\n    log: Vec<Entry>,\n}}\n\nimpl Storage for Disk{i} {{\n"
        "    fn write_entries(&mut self, entries: &[Entry]) {\n        self.log.extend_from_slice(entries);\n    }\n}\n"
        for i in range(n)
    ]
    body = "        self.disk.write_entries(&request.entries);\n"
    text = program(handler(body), "\n".join(items))
    return text.replace("#[derive(Default)]\n", "").replace("    pub seen: u64,\n", "    pub seen: u64,\n    pub disk: Box<dyn Storage>,\n")


def one_name_questions(n):
    """n types with a question of one name, asked of a value whose type nobody knows."""
    items = [
        f"pub struct Policy{i}(u64);\n\nimpl Policy{i} {{\n    pub fn agrees(&self, node: &Node, request: &AppendEntries) -> bool {{\n"
        f"        self.0 == {i} && node.term_at(request.prev_log_index) == Some(request.prev_log_term)\n    }}\n}}\n"
        for i in range(n)
    ]
    guard = (
        "        let policy = outside::policy();\n        if !policy.agrees(self, &request) {\n"
        "            return self.refuse();\n        }\n"
    )
    return program(handler("        self.store(&request);\n", guard), "\n".join(items))


def one_name_free_functions(n):
    """n modules with a function of one name, each of which calls the next one's."""
    items = [
        f"pub mod part{i} {{\n    pub fn apply(node: &mut super::Node, request: &super::AppendEntries) {{\n"
        + (f"        super::part{i + 1}::apply(node, request);\n" if i + 1 < n else "        node.store(request);\n")
        + "    }\n}\n"
        for i in range(n)
    ]
    return program(handler("        part0::apply(self, &request);\n"), "\n".join(items))


def long_straight(n):
    body = "".join(f"        self.seen = self.seen.wrapping_add({i});\n" for i in range(n))
    return program(handler(body + "        self.store(&request);\n"))


def long_variables(n):
    """Each line names the value of the line before."""
    body = "        let index0 = request.prev_log_index;\n"
    body += "".join(f"        let index{i + 1} = index{i};\n" for i in range(n))
    guard = f"        if self.term_at(index{n}) != Some(request.prev_log_term) {{\n            return self.refuse();\n        }}\n"
    return program(handler("        self.store(&request);\n", body + guard))


def long_sums(n):
    """Each line makes its value of two others."""
    body = "        let sum0 = request.prev_log_index;\n        let sum1 = request.term;\n"
    body += "".join(f"        let sum{i + 2} = sum{i + 1}.wrapping_add(sum{i});\n" for i in range(n))
    return program(handler(f"{body}        self.seen = sum{n};\n        self.store(&request);\n"))


def long_branches(n):
    body = "".join(f"        if request.leader_id == {i} {{\n            self.seen += {i};\n        }}\n" for i in range(n // 3))
    return program(handler(body + "        self.store(&request);\n"))


def long_refusals(n):
    body = "".join(f"        if request.leader_id == {i} {{\n            return self.refuse();\n        }}\n" for i in range(n // 3))
    return program(handler(body + "        self.store(&request);\n"))


def long_flags(n):
    """Bits whose combinations nobody can count, and one of them is the guard."""
    body = "        let mut agrees = self.term_at(request.prev_log_index) == Some(request.prev_log_term);\n"
    body += "".join(f"        if request.leader_id == {i} {{\n            agrees = agrees && self.seen > {i};\n        }}\n" for i in range(n // 3))
    guard = "        if !agrees {\n            return self.refuse();\n        }\n"
    return program(handler("        self.store(&request);\n", body + guard))


def long_effects(n):
    body = "        self.store(&request);\n" * n
    return program(handler(body))


def long_effects_unguarded(n):
    body = "        self.log.extend(request.entries.iter().cloned());\n" * n
    return program(handler(body, ""))


def long_comparisons(n):
    """The right question, asked n times and dropped; nobody acts on it."""
    body = "".join(
        f"        let same{i} = self.term_at(request.prev_log_index) == Some(request.prev_log_term);\n" for i in range(n)
    )
    return program(handler(body + "        self.store(&request);\n", ""))


def long_tries(n):
    """A `?` on each line."""
    methods = "".join(
        f"\n    fn try{i}(&mut self) -> Option<u64> {{\n        self.seen.checked_sub({i})\n    }}\n" for i in range(n)
    )
    body = "".join(f"        self.try{i}()?;\n" for i in range(n))
    text = handler(body + "        self.store(&request);\n").replace("-> AppendReply", "-> Option<AppendReply>")
    text = text.replace("return self.refuse()", "return Some(self.refuse())").replace("        self.accept()", "        Some(self.accept())")
    return program(text + methods)


def long_condition(n):
    terms = "".join(f"            || request.leader_id == {i}\n" for i in range(n))
    guard = (
        "        if self.term_at(request.prev_log_index) != Some(request.prev_log_term)\n"
        f"{terms}        {{\n            return self.refuse();\n        }}\n"
    )
    return program(handler("        self.store(&request);\n", guard))


def else_if_chain(n):
    chain = " else ".join(f"if request.leader_id == {i} {{\n            self.seen += {i};\n        }}" for i in range(n))
    return program(handler(f"        {chain} else {{\n            self.store(&request);\n        }}\n"))


def nested_ifs(n):
    """As deep as a program may be; beyond that a file is refused."""
    opened = "".join(f"if request.leader_id != {i} {{\n" for i in range(n))
    return program(handler(f"        {opened}self.store(&request);\n{'}' * n}\n"))


def nested_loops(n):
    opened = "".join(f"for i{i} in 0..request.leader_id {{\nself.seen += i{i};\n" for i in range(n))
    return program(handler(f"        {opened}self.store(&request);\n{'}' * n}\n"))


def nested_closures(n):
    opened = "".join(f"let mut f{i} = |a{i}: u64| {{\n" for i in range(n))
    closed = "".join(f"}};\nf{i}({i});\n" for i in reversed(range(n)))
    return program(handler(f"        {opened}self.store(&request);\n{closed}\n"))


def match_effects(n):
    """A `match` with an effect in each arm."""
    arms = "".join(f"            {i} => self.log.push(request.entries[{i}].clone()),\n" for i in range(n))
    return program(handler(f"        match request.leader_id {{\n{arms}            _ => {{}}\n        }}\n"))


def match_writes(n):
    """A `match` whose arms write the node's vote, each behind a guard of its own."""
    arms = "".join(
        f"            {i} if self.current_term < {i} => {{\n                self.voted_for = Some({i});\n            }}\n" for i in range(n)
    )
    return program(handler(f"        match request.leader_id {{\n{arms}            _ => {{}}\n        }}\n        self.store(&request);\n"))


def let_elses(n):
    """Ways out, each with one more local."""
    body = "".join(
        f"        let Some(term{i}) = self.term_at({i}) else {{\n            return self.refuse();\n        }};\n" for i in range(n)
    )
    return program(handler(body + "        self.store(&request);\n"))


def comments(n):
    """Comments to the lint that stand on nothing."""
    comment = "// raft-lint: allow(append-prev-check) there are many of these\n"
    return program(handler("        self.store(&request);\n"), comment * n)


def one_name_wrappers(n):
    """Methods of one name that each call it on something unknown: all may call all."""
    items = "".join(
        f"pub struct Wrapper{i};\nimpl Wrapper{i} {{\n    pub fn clear(&self, node: &mut Node) {{\n"
        "        node.voted_for = None;\n        self.inner.clear(node);\n    }\n}\n"
        for i in range(n)
    )
    return program(handler("        self.store(&request);\n"), items)


def match_messages(n):
    """A `match` over an enum of messages, one method for each."""
    variants = "".join(f"    Message{i}(AppendEntries),\n" for i in range(n))
    arms = "".join(f"            Message::Message{i}(request) => self.on_append_entries_{i}(request),\n" for i in range(n))
    methods = "".join(
        f"\n    fn on_append_entries_{i}(&mut self, request: AppendEntries) -> AppendReply {{\n{STALE}{GUARD}"
        "        self.store(&request);\n        self.accept()\n    }\n"
        for i in range(n)
    )
    step = f"\n    pub fn step(&mut self, message: Message) -> AppendReply {{\n        match message {{\n{arms}        }}\n    }}\n"
    return program(step + methods, f"\npub enum Message {{\n{variants}}}\n")


def handlers(n):
    """n Rafts, each with its own handler, log and guard."""
    text = program(handler("        self.store(&request);\n"))
    head, _, node = text.partition("#[derive(Default)]\npub struct Node")
    node = "#[derive(Default)]\npub struct Node" + node
    return head + "\n".join(node.replace("struct Node", f"struct Node{i}").replace("impl Node", f"impl Node{i}") for i in range(n))


def handlers_of_one(n):
    """n handlers of one Raft, all through one helper."""
    methods = "".join(
        handler("        self.store(&request);\n").replace("handle_append_entries", f"handle_append_entries_{i}") for i in range(n)
    )
    return program(methods)


def modules_reexport(n):
    """Modules that pass on all names of each other, in a circle."""
    items = "".join(f"pub mod part{i} {{\n    pub use super::part{(i + 1) % n}::*;\n    pub fn own{i}() {{}}\n}}\n" for i in range(n))
    return program(handler("        part0::own1();\n        self.store(&request);\n"), items)


def aliases(n):
    """A type behind n names."""
    items = "pub type Alias0 = AppendEntries;\n" + "".join(f"pub type Alias{i + 1} = Alias{i};\n" for i in range(n))
    text = handler("        self.store(&request);\n").replace("request: AppendEntries", f"request: Alias{n}")
    return program(text, items)


def wide_struct(n):
    """A node with n more fields, all written by the handler."""
    fields = "".join(f"    pub term_{i}: u64,\n" for i in range(n))
    body = "".join(f"        self.term_{i} = request.term;\n" for i in range(n))
    text = program(handler(body + "        self.store(&request);\n"))
    return text.replace("    pub seen: u64,\n", f"    pub seen: u64,\n{fields}")


def majorities(n):
    """A leader that counts its replicas in n places."""
    methods = "".join(
        f"\n    pub fn handle_append_reply_{i}(&mut self, reply: AppendReply, from: usize, index: u64) {{\n"
        "        if reply.term > self.current_term {\n            self.current_term = reply.term;\n"
        "            self.voted_for = None;\n            return;\n        }\n"
        "        if reply.term < self.current_term || !reply.success {\n            return;\n        }\n"
        "        self.match_index[from] = self.match_index[from].max(index);\n"
        "        let count = self.match_index.iter().filter(|m| **m >= index).count();\n"
        "        if count > self.match_index.len() / 2 && self.term_at(index) == Some(self.current_term) && index > self.commit_index {\n"
        "            self.commit_index = index;\n        }\n    }\n"
        for i in range(n)
    )
    text = program(methods)
    return text.replace("    pub seen: u64,\n", "    pub seen: u64,\n    pub match_index: Vec<u64>,\n")


@dataclass
class Shape:
    """A kind of program, and the sizes that are tried."""

    make: Callable[[int], str]
    sizes: tuple
    # Whether every effect in it has its guards.
    guarded: bool = True


SHAPES = {
    "calls-deep": Shape(calls_deep, (2500, 5000, 10000)),
    "calls-deep-unguarded": Shape(calls_deep_unguarded, (2500, 5000, 10000), guarded=False),
    "guard-deep": Shape(guard_deep, (2500, 5000, 10000)),
    "recursion": Shape(recursion, (250, 500, 1000)),
    "recursion-dense": Shape(recursion_dense, (250, 500, 1000)),
    "recursion-guard": Shape(recursion_guard, (250, 500, 1000)),
    "fan-out": Shape(fan_out, (25, 50, 100)),
    "fan-out-of-guards": Shape(fan_out_of_guards, (25, 50, 100)),
    "one-name-implementations": Shape(one_name_implementations, (2500, 5000, 10000)),
    "one-name-questions": Shape(one_name_questions, (2500, 5000, 10000)),
    "one-name-free-functions": Shape(one_name_free_functions, (2500, 5000, 10000)),
    "long-straight": Shape(long_straight, (25000, 50000, 100000)),
    "long-variables": Shape(long_variables, (25000, 50000, 100000)),
    "long-sums": Shape(long_sums, (25000, 50000, 100000)),
    "long-branches": Shape(long_branches, (25000, 50000, 100000)),
    "long-refusals": Shape(long_refusals, (25000, 50000, 100000)),
    "long-flags": Shape(long_flags, (25000, 50000, 100000)),
    "long-effects": Shape(long_effects, (2500, 5000, 10000)),
    "long-effects-unguarded": Shape(long_effects_unguarded, (2500, 5000, 10000), guarded=False),
    "long-comparisons": Shape(long_comparisons, (25000, 50000, 100000), guarded=False),
    "long-tries": Shape(long_tries, (2500, 5000, 10000)),
    "long-condition": Shape(long_condition, (1000, 2000, 4000)),
    "else-if-chain": Shape(else_if_chain, (100, 200, 400)),
    "nested-ifs": Shape(nested_ifs, (100, 200, 400)),
    "nested-loops": Shape(nested_loops, (100, 200, 400)),
    "nested-closures": Shape(nested_closures, (100, 200, 400)),
    "match-effects": Shape(match_effects, (2500, 5000, 10000)),
    "match-writes": Shape(match_writes, (5000, 10000, 20000)),
    "let-elses": Shape(let_elses, (2500, 5000, 10000)),
    "comments": Shape(comments, (50000, 100000, 200000)),
    "one-name-wrappers": Shape(one_name_wrappers, (2500, 5000, 10000)),
    "match-messages": Shape(match_messages, (250, 500, 1000)),
    "handlers": Shape(handlers, (250, 500, 1000)),
    "handlers-of-one": Shape(handlers_of_one, (250, 500, 1000)),
    "modules-reexport": Shape(modules_reexport, (250, 500, 1000)),
    "aliases": Shape(aliases, (2500, 5000, 10000)),
    "wide-struct": Shape(wide_struct, (2500, 5000, 10000)),
    "majorities": Shape(majorities, (250, 500, 1000)),
}
