//! Where log lines go: a file per node, or one file for all, in one of two layouts.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use slog::{Drain, KV, Key, Level, LevelFilter, Logger, Never, OwnedKVList, Record, Serializer, o};

/// Milliseconds after the first line's time. Counted, so that a recording can be made again.
#[derive(Clone, Default)]
pub(crate) struct Clock(Arc<AtomicU64>);

impl Clock {
    pub(crate) fn advance(&self, milliseconds: u64) {
        self.0.fetch_add(milliseconds, Ordering::Relaxed);
    }

    /// Hour, minute, second, millisecond of the day; the day is always the same.
    fn time(&self) -> (u64, u64, u64, u64) {
        const START: u64 = ((15 * 60 + 42) * 60 + 8) * 1000;
        let now = START + self.0.load(Ordering::Relaxed);
        (now / 3_600_000, now / 60_000 % 60, now / 1000 % 60, now % 1000)
    }
}

/// How a line looks.
#[derive(Clone, Copy)]
pub(crate) enum Layout {
    /// slog-term's, which raft's `default-logger` feature uses, too.
    Term,
    /// The layout of TiKV's log files, with the names that TiKV gives its loggers.
    Unified,
}

/// A file that several loggers may write to, each line behind a prefix.
#[derive(Clone)]
pub(crate) struct Sink {
    file: Arc<Mutex<File>>,
    prefix: String,
}

impl Sink {
    pub(crate) fn create(path: &Path) -> io::Result<Sink> {
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        Ok(Sink { file: Arc::new(Mutex::new(File::create(path)?)), prefix: String::new() })
    }

    /// The same file, each line behind a container's name, as docker-compose prints it.
    pub(crate) fn of_container(&self, name: &str) -> Sink {
        Sink { file: Arc::clone(&self.file), prefix: format!("{name:<7}| ") }
    }
}

/// Hands whole lines to the file: one `write` of slog-term may be a part of a line.
struct Lines {
    sink: Sink,
    line: Vec<u8>,
}

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        for &byte in bytes {
            self.line.push(byte);
            if byte == b'\n' {
                let mut file = self.sink.file.lock().map_err(|_| io::Error::other("poisoned"))?;
                file.write_all(self.sink.prefix.as_bytes())?;
                file.write_all(&self.line)?;
                self.line.clear();
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A logger of a process, which each raft group adds its own names to.
pub(crate) fn logger(sink: Sink, level: Level, layout: Layout, clock: &Clock) -> Logger {
    match layout {
        Layout::Term => {
            let clock = clock.clone();
            let decorator = slog_term::PlainSyncDecorator::new(Lines { sink, line: Vec::new() });
            let drain = slog_term::FullFormat::new(decorator)
                .use_custom_timestamp(move |out: &mut dyn Write| {
                    let (hour, minute, second, milliseconds) = clock.time();
                    write!(out, "Jan 02 {hour:02}:{minute:02}:{second:02}.{milliseconds:03}")
                })
                .build();
            Logger::root(LevelFilter::new(drain.fuse(), level).fuse(), o!())
        }
        Layout::Unified => {
            let drain = Unified { sink, clock: clock.clone() };
            Logger::root(LevelFilter::new(drain, level).fuse(), o!())
        }
    }
}

/// `[date time zone] [LEVEL] [file:line] ["text"] [key=value] …`
struct Unified {
    sink: Sink,
    clock: Clock,
}

impl Drain for Unified {
    type Ok = ();
    type Err = Never;

    fn log(&self, record: &Record, values: &OwnedKVList) -> Result<(), Never> {
        let (hour, minute, second, milliseconds) = self.clock.time();
        let level = match record.level() {
            Level::Critical => "FATAL",
            Level::Error => "ERROR",
            Level::Warning => "WARN",
            Level::Info => "INFO",
            Level::Debug => "DEBUG",
            Level::Trace => "TRACE",
        };
        let file = record.file().rsplit('/').next().unwrap_or_default();
        let mut line = format!(
            "{}[2026/01/02 {hour:02}:{minute:02}:{second:02}.{milliseconds:03} +00:00] [{level}] [{file}:{}] [{}]",
            self.sink.prefix,
            record.line(),
            quoted(&record.msg().to_string()),
        );
        let mut pairs = Pairs(Vec::new());
        let serialized = record.kv().serialize(record, &mut pairs);
        let serialized = serialized.and_then(|()| values.serialize(record, &mut pairs));
        serialized.expect("pairs take every value");
        for (key, value) in pairs.0 {
            line.push_str(&format!(" [{}={}]", quoted(&key), quoted(&value)));
        }
        line.push('\n');
        let mut file = self.sink.file.lock().expect("no writer panics");
        file.write_all(line.as_bytes()).expect("the recording can be written");
        Ok(())
    }
}

struct Pairs(Vec<(String, String)>);

impl Serializer for Pairs {
    fn emit_arguments(&mut self, key: Key, value: &std::fmt::Arguments) -> slog::Result {
        self.0.push((key.to_string(), value.to_string()));
        Ok(())
    }
}

/// As JSON's strings are, where a bare word would be ambiguous.
fn quoted(text: &str) -> String {
    let is_plain = |c: char| !c.is_whitespace() && !c.is_control() && !"\"=[]".contains(c);
    if !text.is_empty() && text.chars().all(is_plain) {
        return text.to_owned();
    }
    let escaped = text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
    format!("\"{escaped}\"")
}
