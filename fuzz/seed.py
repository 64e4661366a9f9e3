#!/usr/bin/env python3
"""Fills `corpus/` from `fixtures/`, the documentation and `regressions/`. It can be run again at any time."""

import hashlib
import pathlib
import re
import subprocess
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
COUNTS = {}


def put(target, seed):
    """By content, so that a seed is there once."""
    directory = HERE / "corpus" / target
    directory.mkdir(parents=True, exist_ok=True)
    (directory / f"seed-{hashlib.sha256(seed).hexdigest()[:16]}").write_bytes(seed)
    COUNTS[target] = COUNTS.get(target, 0) + 1


def words(fence):
    """The fenced blocks of the documentation in a language."""
    for page in sorted([*ROOT.glob("docs/*.md"), ROOT / "README.md"]):
        yield from re.findall(rf"^```{fence}\n(.*?)^```$", page.read_text(), re.M | re.S)


for program in sorted(ROOT.glob("fixtures/**/*.rs")):
    put("lowering", program.read_bytes())
    put("check", program.read_bytes())

# The beginning, the middle and the end of a long log.
logs = [path.read_bytes() for path in sorted(ROOT.glob("fixtures/logs/**/*")) if path.is_file()]
for log in logs:
    for start in {0, len(log) // 2, max(0, len(log) - 8000)}:
        put("logs", log[start : start + 8000])

for block in words("toml"):
    put("configuration", block.encode())
    put("configuration", ("[workspace.metadata.raft-lint]\n" + block).encode())
    for log in logs[:3]:
        put("formats", block.encode() + b"\n---\n" + log[:4000])

said = {
    line.split("`")[0].strip()
    for page in sorted([*ROOT.glob("docs/*.md"), ROOT / "README.md"])
    for line in re.findall(r"raft-lint: (.*)", page.read_text())
}
for line in sorted(said):
    for count in (1, 9, 30):
        put("comments", (line + "\n").encode() * count)
put("comments", "\n".join(sorted(said)).encode())

# What raft-lint keeps of each fixture: the content of an entry is behind 48 bytes.
subprocess.run(["cargo", "build", "--quiet", "--bin", "raft-lint"], cwd=ROOT, check=True)
CHECK = [ROOT / "target/debug/raft-lint", "check", "--exit-zero", "--quiet", "--no-config", "--cache-dir"]
for program in sorted(ROOT.glob("fixtures/**/*.rs")):
    with tempfile.TemporaryDirectory() as cache:
        subprocess.run([*CHECK, cache, program], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for target, place in (("cache", "*/" + "[0-9a-f]" * 64), ("found", "*/found/*")):
            for entry in pathlib.Path(cache).glob(place):
                put(target, program.read_bytes() + b"\0" + entry.read_bytes()[48:])

for kept in sorted(HERE.glob("regressions/*/*")):
    put(kept.parent.name, kept.read_bytes())

for target, count in sorted(COUNTS.items()):
    print(f"{target}: {count} seeds")
