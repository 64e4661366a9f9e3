//! The field's vocabulary: which words a name is made of.
//!
//! Names are split at `_` and at case changes and each word becomes a bit, so `prevLogTerm`,
//! `prev_log_term` and `preceding_log_epoch` are the same to everything behind this module.

/// A set of words.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Words(u64);

macro_rules! words {
    ($($bit:ident = $($text:literal)|+;)*) => {
        words!(@consts 0; $($bit)*);
        fn word(text: &str) -> Words {
            match text {
                $($($text)|+ => Words::$bit,)*
                // Compound abbreviations.
                "clog" => Words::CANDIDATE.with(Words::LOG),
                "cterm" => Words::CANDIDATE.with(Words::TERM),
                "cid" => Words::CANDIDATE.with(Words::ID),
                "plt" | "prevterm" => Words::PREV.with(Words::TERM),
                "pli" | "previndex" | "previdx" => Words::PREV.with(Words::INDEX),
                "llt" | "lastterm" => Words::LAST.with(Words::TERM),
                "lli" | "lastindex" => Words::LAST.with(Words::INDEX),
                // Many votes are a candidate's tally, one is what a voter has given.
                "votes" => Words::VOTE.with(Words::TALLY),
                "votedfor" => Words::VOTE.with(Words::FOR),
                "commitindex" => Words::COMMIT.with(Words::INDEX),
                "logterm" => Words::LOG.with(Words::TERM),
                "logindex" => Words::LOG.with(Words::INDEX),
                _ => Words::OTHER,
            }
        }
    };
    (@consts $n:expr; $bit:ident $($rest:ident)*) => {
        impl Words {
            #[allow(missing_docs)]
            pub const $bit: Words = Words(1 << $n);
        }
        words!(@consts $n + 1; $($rest)*);
    };
    (@consts $n:expr;) => {};
}

words! {
    PREV = "prev" | "previous" | "preceding" | "preceeding" | "prior" | "base" | "prefix";
    TERM = "term" | "terms" | "epoch";
    INDEX = "index" | "idx" | "indexes" | "indices" | "ind" | "i" | "offset" | "slot" | "seq" | "lsn";
    POSITION = "position" | "pos" | "point" | "pointer" | "ptr" | "coordinate" | "watermark" | "cursor";
    LENGTH = "len" | "length" | "size" | "count";
    LOG = "log" | "logs" | "wal" | "journal" | "raftlog";
    ENTRY = "entry" | "ent" | "record" | "logentry";
    ENTRIES = "entries" | "ents" | "suffix" | "records" | "unstable" | "logentries";
    LAST = "last" | "latest" | "newest" | "tail" | "final";
    FIRST = "first" | "start" | "head" | "begin";
    COMMIT = "commit" | "committed" | "commits" | "commited";
    VOTE = "vote" | "voted" | "voting" | "prevote";
    FOR = "for";
    GRANT = "granted" | "grant" | "grants" | "granting";
    CANDIDATE = "candidate" | "cand" | "campaign";
    LEADER = "leader";
    MATCH = "match" | "matched" | "matching" | "matches" | "acked" | "acknowledged" | "replicated" | "acks";
    NEXT = "next" | "sent";
    QUORUM = "quorum" | "majority" | "median" | "threshold" | "qourum";
    SNAPSHOT = "snapshot" | "snap" | "included" | "compacted" | "purged" | "compaction" | "truncated";
    CURRENT = "current" | "cur" | "my" | "own" | "local" | "this" | "our";
    APPEND = "append" | "appended" | "replicate" | "appendentries";
    REQUEST = "request" | "req" | "args" | "call" | "rpc" | "msg" | "message";
    REPLY = "response" | "reply" | "resp" | "result" | "res" | "ack" | "answer" | "replied" | "results" | "responses" | "outcome";
    STORE = "storage" | "store" | "engine" | "db" | "persister" | "persistence" | "disk" | "backend" | "kv";
    APPLIED = "applied" | "apply" | "applies";
    STATE = "state" | "hard" | "meta" | "metadata" | "hardstate";
    ID = "id" | "ids";
    SUCCESS = "success" | "ok" | "accept" | "accepted" | "succeeded" | "agree" | "agreed" | "yes";
    REJECT = "reject" | "rejected" | "deny" | "denied" | "refuse" | "refused";
    HEARTBEAT = "heartbeat" | "heartbeats" | "hb" | "ping";
    INSTALL = "install" | "installing";
    SET = "set" | "update" | "advance" | "inc" | "increase" | "increment" | "to" | "save" | "persist" | "write" | "put" | "bump" | "raise" | "try" | "maybe";
    HANDLE = "handle" | "handler" | "on" | "process" | "recv" | "receive" | "received" | "step" | "do" | "svc" | "serve" | "service";
    SEND = "send" | "sender" | "tx" | "broadcast" | "channel" | "ch" | "chan" | "publish" | "notify" | "client" | "dispatch";
    NODE = "node" | "server" | "raft" | "peer" | "replica" | "consensus" | "follower" | "core" | "cluster";
    PAYLOAD = "data" | "payload" | "bytes" | "cmd" | "content" | "command" | "value" | "op" | "operation" | "body" | "key" | "event";
    TIME = "timeout" | "timer" | "deadline" | "elapsed" | "time" | "interval" | "timestamp" | "duration" | "tick" | "ticks";
    BALLOT = "ballot";
    TALLY = "tally" | "tallies";
    NOOP = "noop" | "lower" | "bound";
    CACHE = "cache" | "cached" | "pending" | "queue" | "buffer" | "buffered";
    MISC = "context" | "ctx" | "config" | "option" | "options" | "limit" | "max" | "min" | "num" | "path" | "file" | "dir" | "name" | "level" | "type" | "kind" | "flag" | "lock" | "since" | "metrics" | "stats" | "per" | "membership" | "configuration" | "configurations";
    WITH = "watch" | "cell" | "atomic";
}

impl Words {
    /// A word that is not in the vocabulary.
    pub const OTHER: Words = Words(1 << 63);

    /// The words of an identifier.
    pub fn of(text: &str) -> Words {
        let mut words = Words::default();
        let mut current = String::new();
        let mut previous_lower = false;
        let mut chars = text.chars().peekable();
        while let Some(c) = chars.next() {
            // `prevLog` splits before `L`, `RPCAppend` before `A`.
            let next_lower = chars.peek().is_some_and(|n| n.is_lowercase());
            let starts = c.is_uppercase() && (previous_lower || next_lower);
            if c == '_' || starts {
                words = words.with(flush(&mut current));
            }
            if c != '_' {
                current.extend(c.to_lowercase());
            }
            previous_lower = c.is_lowercase() || c.is_ascii_digit();
        }
        words.with(flush(&mut current))
    }

    /// Both sets together.
    pub const fn with(self, other: Words) -> Words {
        Words(self.0 | other.0)
    }

    /// This set less another one.
    pub const fn without(self, other: Words) -> Words {
        Words(self.0 & !other.0)
    }

    /// Whether all of `other` are present.
    pub const fn all(self, other: Words) -> bool {
        self.0 & other.0 == other.0
    }

    /// Whether any of `other` is present.
    pub const fn any(self, other: Words) -> bool {
        self.0 & other.0 != 0
    }

    /// Whether there is none.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }
}

fn flush(current: &mut String) -> Words {
    let found = if current.is_empty() { Words::default() } else { word(current) };
    current.clear();
    found
}

#[cfg(test)]
mod tests {
    use super::Words;

    #[test]
    fn case_styles_agree() {
        assert_eq!(Words::of("prev_log_term"), Words::of("prevLogTerm"));
        assert_eq!(Words::of("AppendEntries"), Words::of("append_entries"));
    }

    #[test]
    fn words_are_whole() {
        assert!(!Words::of("determine").any(Words::TERM));
        assert!(Words::of("msg_term").all(Words::TERM.with(Words::REQUEST)));
    }
}
