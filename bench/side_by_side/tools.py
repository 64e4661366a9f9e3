"""The programs that are compared: how each is started, and where it says that it found something.

Takes where they are; gives a list of `Tool`. Each asks the same three questions, and each runs on
the same number of threads.
"""

import atexit
import json
import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable

import measure

THREADS = 2
# The rules that all three programs ask.
RULES = ("append-prev-check", "commit-current-term", "vote-log-freshness")


@dataclass(frozen=True, order=True)
class Place:
    """Where a program says that one of the rules is broken."""

    rule: str
    file: str
    line: int
    end_line: int


@dataclass
class Tool:
    """A program, ready to be started on paths."""

    name: str
    command: Callable
    # Reads the places from what was printed; none for a program that does not look for any.
    places: Callable = None
    # Runs before each measured run.
    prepare: Callable = lambda: None
    environment: dict = field(default_factory=lambda: dict(os.environ))
    # Codes with which it has done its job.
    good: tuple = (0, 1)
    slow: bool = False
    version: tuple = ()

    def run(self, paths, watch=False):
        """A whole run, from start to end, or the end of this program with what went wrong."""
        self.prepare()
        run = measure.run(self.command(paths), watch=watch, environment=self.environment)
        if run.code not in self.good:
            raise SystemExit(f"{self.name} ended with {run.code}:\n{run.errors.decode(errors='replace')[-2000:]}")
        return run


def all_tools(root, environment, lint, floor, work):
    """All programs, in the order in which they run."""
    work.mkdir(parents=True, exist_ok=True)
    cold, warm = linters(lint)
    return [
        Tool("syn parses, no more", lambda paths: [floor, *paths], good=(0,)),
        cold,
        warm,
        ast_grep(root, environment),
        semgrep(root, environment, work),
    ]


def linters(lint):
    """raft-lint without and with what an earlier run has left behind."""
    check = [lint, "check", "--format", "json", "--no-config", "--threads", THREADS]
    # Not below this repository, whose own files are checked, too.
    caches = tempfile.mkdtemp(prefix="raft-lint-caches-")
    atexit.register(shutil.rmtree, caches, ignore_errors=True)
    environment = {name: value for name, value in os.environ.items() if name != "RAFT_LINT_NO_CACHE"}

    def empty():
        # A new one each time: what was removed just now makes some file systems slow.
        environment["RAFT_LINT_CACHE_DIR"] = tempfile.mkdtemp(dir=caches)

    # 2: something is not decided; the report is whole all the same, and a run without one can't be read.
    common = {
        "command": lambda paths: [*check, *paths],
        "places": of_raft_lint,
        "environment": environment,
        "good": (0, 1, 2),
    }
    # A cold run also fills the cache, as the first run on a machine does.
    cold = Tool("raft-lint, cold", **common, prepare=empty, version=(lint, "--version"))
    # The cold run before it has filled the cache.
    return cold, Tool("raft-lint, warm", **common)


def ast_grep(root, environment):
    """ast-grep with the rules of bench/ast-grep."""
    rules = "\n---\n".join(path.read_text(encoding="utf-8") for path in sorted((root / "bench/ast-grep").glob("*.yml")))
    program = environment / "bin/ast-grep"
    command = lambda paths: [program, "scan", "--inline-rules", rules, "--json=stream", "--threads", THREADS, *paths]
    return Tool("ast-grep", command, of_ast_grep, version=(program, "--version"))


def semgrep(root, environment, work):
    """semgrep with the rules of bench/semgrep and nothing from anywhere else."""
    binaries = environment / "bin"
    settings = {
        "PATH": f"{binaries}{os.pathsep}{os.environ.get('PATH', '')}",
        "SEMGREP_SEND_METRICS": "off",
        "SEMGREP_ENABLE_VERSION_CHECK": "0",
        "SEMGREP_SETTINGS_FILE": str(work / "semgrep-settings.yml"),
        "SEMGREP_LOG_FILE": str(work / "semgrep.log"),
    }
    options = ["--metrics=off", "--disable-version-check", "--no-git-ignore", "--json", "--quiet"]
    config = root / "bench/semgrep/rules.yml"
    command = lambda paths: [binaries / "semgrep", "scan", *options, "--config", config, "--jobs", THREADS, *paths]
    program = (binaries / "semgrep", "--version", "--metrics=off", "--disable-version-check")
    return Tool(
        "semgrep", command, of_semgrep, environment={**os.environ, **settings}, slow=True, version=program
    )


def of_raft_lint(output):
    """The violated obligations of the three rules: each place, and not one finding for several."""
    report = json.loads(output)
    for obligation in report["obligations"]:
        if obligation["status"] == "violated" and obligation["rule"] in RULES:
            effect = obligation["effect"]
            yield Place(obligation["rule"], effect["file"], effect["line"], effect["end_line"])


def of_ast_grep(output):
    """One object on each line; its lines count from 0."""
    for line in output.splitlines():
        found = json.loads(line)
        lines = found["range"]
        yield Place(found["ruleId"], found["file"], lines["start"]["line"] + 1, lines["end"]["line"] + 1)


def of_semgrep(output):
    """Its rules' names start with the directory."""
    for found in json.loads(output)["results"]:
        rule = found["check_id"].rsplit(".", 1)[-1]
        yield Place(rule, found["path"], found["start"]["line"], found["end"]["line"])


def versions(tools):
    """What is compared, by name and version."""
    texts = []
    for tool in tools:
        if tool.version:
            command = [str(part) for part in tool.version]
            printed = subprocess.run(command, capture_output=True, text=True, check=True, env=tool.environment).stdout
            name = Path(command[0]).name
            texts.append(f"{name} {printed.split()[-1]}")
    return ", ".join(texts)
