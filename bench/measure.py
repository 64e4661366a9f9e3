"""What one run of a command costs: time, processor time and memory.

Takes a command; gives its `Run`. Python's standard library only. A run that takes longer than it
may is ended, with all the processes that it started, and says so.
"""

import os
import resource
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass


@dataclass
class Run:
    """A command that has ended."""

    code: int
    # From the start to the end.
    seconds: float
    # User and system time of the process and of all that it waited for.
    cpu_seconds: float
    # The most memory that the process had, or all of its tree together where `watch` looked; 0 if that is not known.
    peak_kib: int
    # Whether it was ended because it took too long.
    ended: bool
    output: bytes
    errors: bytes


def run(command, *, watch=False, limit=None, stdout=None, cwd=None, environment=None):
    """Runs a command to its end. `stdout` is a file for its output, which is in `output` otherwise."""
    outputs = []
    with open(os.devnull, "rb") as nothing:
        started = time.perf_counter()
        process = subprocess.Popen(
            [str(part) for part in command],
            stdin=nothing,
            stdout=stdout or subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=cwd,
            env=environment,
            start_new_session=True,
        )
    watcher = Watcher(process.pid) if watch else None
    readers = [
        threading.Thread(target=lambda stream, at: outputs.append((at, stream.read())), args=(stream, at))
        for at, stream in (("out", process.stdout), ("err", process.stderr))
        if stream
    ]
    for reader in readers:
        reader.start()
    late = threading.Event()
    timer = threading.Timer(limit, lambda: (late.set(), end(process.pid))) if limit else None
    if timer:
        timer.start()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if timer:
        timer.cancel()
    if watcher:
        watcher.stop()
    for reader in readers:
        reader.join()
    texts = dict(outputs)
    # Linux counts in KiB, macOS in bytes.
    peak = usage.ru_maxrss if sys.platform == "linux" else usage.ru_maxrss // 1024
    if watcher:
        # Of a run that was over before the first look only a bound is known, and no good one.
        peak = watcher.peak_kib or (peak if sys.platform != "linux" else 0)
    return Run(
        code=process.returncode,
        seconds=seconds,
        cpu_seconds=usage.ru_utime + usage.ru_stime,
        peak_kib=peak,
        ended=late.is_set(),
        output=texts.get("out") or b"",
        errors=texts.get("err") or b"",
    )


def end(pid):
    """Ends a process and all that it started."""
    try:
        os.killpg(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


class Watcher:
    """Looks at a process and its descendants again and again, and keeps the most that they had.

    What `wait4` says is no less than what this program itself has, and of several processes only the
    biggest; so small programs and those that fork are watched. It needs /proc, and finds nothing
    elsewhere.
    """

    # Of a process that lives for long nothing is missed by looking less often.
    OFTEN = 0.002
    SELDOM = 0.05
    AT_FIRST = 1.0

    def __init__(self, pid):
        self.pid = pid
        self.peak_kib = 0
        self.done = threading.Event()
        self.thread = threading.Thread(target=self.look, daemon=True)
        self.thread.start()

    def stop(self):
        self.done.set()
        self.thread.join()

    def look(self):
        started = time.monotonic()
        while not self.done.is_set():
            pids = descendants(self.pid)
            # The kernel keeps a process's own peak; what several have in common counts once.
            if len(pids) == 1:
                now = kib_of(f"/proc/{self.pid}/status", "VmHWM:")
            else:
                now = sum(kib_of(f"/proc/{pid}/smaps_rollup", "Pss:") for pid in pids)
            self.peak_kib = max(self.peak_kib, now)
            young = time.monotonic() - started < self.AT_FIRST
            self.done.wait(self.OFTEN if young else self.SELDOM)


def descendants(pid):
    """The process and all below it that are alive."""
    found = [pid]
    for parent in found:
        try:
            for thread in os.listdir(f"/proc/{parent}/task"):
                with open(f"/proc/{parent}/task/{thread}/children", encoding="ascii") as children:
                    found.extend(int(child) for child in children.read().split())
        except OSError:
            continue
    return found


def kib_of(path, name):
    """The value of a line of a file of /proc, or 0."""
    try:
        with open(path, encoding="ascii", errors="replace") as lines:
            for line in lines:
                if line.startswith(name):
                    return int(line.split()[1])
    except (OSError, ValueError):
        pass
    return 0


def mebibytes(kib):
    """Memory for a column of 10."""
    return f"{kib / 1024:>6.1f} MiB" if kib else f"{'?':>10}"


def machine():
    """What this was measured on, in words."""
    return f"{len(os.sched_getaffinity(0)) if hasattr(os, 'sched_getaffinity') else os.cpu_count()} cores"


def no_core_files():
    """A crash is a result here, and leaves no file."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
