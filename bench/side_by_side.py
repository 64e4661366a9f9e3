#!/usr/bin/env python3
"""raft-lint beside merely parsing, ast-grep and semgrep: time, memory and what each finds, in one run.

    bench/side_by_side.py [--product TREE]… [TREE]…

A TREE is code that is mostly a Raft; after `--product` comes one in which Raft is a part of much else. For each the
bars that apply are printed with what was measured. Without a tree only the programs of fixtures/ are compared.

It makes a virtual environment below target/ with the two other programs (bench/requirements.txt), and the release
build of raft-lint and of the parsing floor. Python's standard library only; after that nothing uses the network.
"""

import argparse
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "bench"), str(ROOT / "bench/side_by_side")]
sys.dont_write_bytecode = True

import fixtures  # noqa: E402
import measure  # noqa: E402
import tools  # noqa: E402
import trees  # noqa: E402


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("trees", nargs="*", metavar="TREE", type=Path)
    parser.add_argument("--product", action="append", default=[], metavar="TREE", type=Path)
    parser.add_argument("--rounds", type=int, default=5, help="how often each program runs; the median is printed [5]")
    parser.add_argument("--semgrep-rounds", type=int, default=1, help="how often semgrep runs, which takes long; 0: not [1]")
    parser.add_argument("--places", type=int, default=8, help="how many places of each program and rule are listed [8]")
    parser.add_argument("--environment", type=Path, help="a virtual environment that has the two programs already")
    parser.add_argument("--no-build", action="store_true", help="take the builds that are there")
    options = parser.parse_args()
    missing = [str(tree) for tree in options.trees + options.product if not tree.is_dir()]
    if missing:
        parser.error(f"no such directory: {', '.join(missing)}")
    if options.rounds < 1:
        parser.error("--rounds is at least 1")
    installed = options.environment or environment()
    every = tools.all_tools(ROOT, installed, *builds(options.no_build), ROOT / "target/bench")
    if options.semgrep_rounds < 1:
        every = [tool for tool in every if not tool.slow]
    print(f"on {measure.machine()}, {tools.THREADS} threads for each program; {tools.versions(every)}\n")
    fixtures.compare(ROOT, every)
    met = True
    for tree in options.product:
        met &= trees.compare(tree.resolve(), every, options, product=True)
    for tree in options.trees:
        met &= trees.compare(tree.resolve(), every, options, product=False)
    return 0 if met else 1


def environment():
    """The virtual environment with the pinned programs, made if it is not there or holds others."""
    place, wanted = ROOT / "target/bench/python", ROOT / "bench/requirements.txt"
    stamp = place / "installed.txt"
    if not stamp.is_file() or stamp.read_bytes() != wanted.read_bytes():
        print("installing ast-grep and semgrep …", flush=True)
        subprocess.run([sys.executable, "-m", "venv", "--clear", place], check=True)
        pip = [place / "bin/python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "--requirement", wanted], check=True)
        stamp.write_bytes(wanted.read_bytes())
    return place


def builds(existing):
    """The two programs of ours: raft-lint and the floor."""
    if not existing:
        print("building …", flush=True)
        command = ["cargo", "build", "--release", "--locked", "--quiet", "--bin", "raft-lint", "--bin", "parse-only"]
        subprocess.run([*command, "--package", "raft-lint", "--package", "parse-only"], cwd=ROOT, check=True)
    programs = [ROOT / "target/release" / name for name in ("raft-lint", "parse-only")]
    missing = [program.name for program in programs if not program.is_file()]
    if missing:
        raise SystemExit(f"there is no release build of {', '.join(missing)}: run this without --no-build")
    return programs


if __name__ == "__main__":
    sys.exit(main())
