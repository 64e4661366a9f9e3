"""How time and memory of a check grow with what is checked.

    python3 bench/growth                      generated workspaces of 10 k to 10 M lines, and all shapes
    python3 bench/growth workspaces [LINES…] [KIND…]  only workspaces, of these sizes and kinds
    python3 bench/growth shapes [NAME…]       only programs that an analysis can drown in
    python3 bench/growth write NAME SIZE DIR  writes one of either kind, to look at

Options: --raft-lint PROGRAM (default: the release build, which is made first), --directory DIR for what is
generated (default: a new one among the temporary files), --limit SECONDS for one run, and `--` before options
for raft-lint. What is generated is removed again. Python's standard library only.
"""

import argparse
import math
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(HERE), str(HERE.parent)]
sys.dont_write_bytecode = True

import measure  # noqa: E402
import shapes  # noqa: E402
import workspaces  # noqa: E402

SIZES = (10_000, 100_000, 1_000_000, 10_000_000)
# What still counts as linear, as an exponent of the size.
LINEAR = 1.1
THREADS = 2
COUNTS = ("proved", "violated", "undecided", "unfinished", "unseen")


def main():
    options, passed = arguments()
    if options.what == "write":
        return write(*options.names)
    measure.no_core_files()
    program = options.raft_lint or built()
    work = Path(tempfile.mkdtemp(prefix="raft-lint-growth-", dir=options.directory))
    bounded = True
    try:
        print(f"raft-lint check with {THREADS} threads on {measure.machine()}, started once for each line\n")
        if options.what in ("all", "workspaces"):
            names = options.names if options.what == "workspaces" else []
            sizes = [int(name) for name in names if name.isdecimal()] or SIZES
            kinds = [name for name in names if not name.isdecimal()] or list(workspaces.SHAPES)
            bounded &= grow_workspaces(work, program, passed, options.limit, sizes, kinds)
        if options.what in ("all", "shapes"):
            names = options.names if options.what == "shapes" else []
            bounded &= grow_shapes(work, program, passed, options.limit, names or list(shapes.SHAPES))
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return 0 if bounded else 1


def arguments():
    """What the user asked for, and what is passed on."""
    given, passed = sys.argv[1:], []
    if "--" in given:
        at = given.index("--")
        given, passed = given[:at], given[at + 1 :]
    parser = argparse.ArgumentParser(
        prog="bench/growth", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", nargs="?", default="all", choices=("all", "workspaces", "shapes", "write"))
    parser.add_argument("names", nargs="*")
    parser.add_argument("--raft-lint")
    parser.add_argument("--directory")
    parser.add_argument("--limit", type=float, default=900)
    options = parser.parse_args(given)
    if options.what == "write" and len(options.names) != 3:
        parser.error("write needs a NAME, a SIZE and a DIR")
    known = {"shapes": shapes.SHAPES, "workspaces": workspaces.SHAPES}.get(options.what)
    unknown = [name for name in options.names if known and name not in known]
    if options.what == "workspaces":
        unknown = [name for name in unknown if not name.isdecimal()]
    if unknown:
        parser.error(f"no such name: {', '.join(unknown)}; there are {', '.join(known)}")
    return options, passed


def built():
    """The release build."""
    subprocess.run(["cargo", "build", "--release", "--locked", "--quiet"], cwd=ROOT, check=True)
    return ROOT / "target/release/raft-lint"


def write(name, size, directory):
    """Writes a workspace or a program for a look at it."""
    if name in workspaces.SHAPES:
        print(workspaces.write(Path(directory), int(size), name))
    elif name in shapes.SHAPES:
        write_shape(Path(directory), shapes.SHAPES[name].make(int(size)))
    else:
        raise SystemExit(f"no such name: {name}; there are {', '.join([*workspaces.SHAPES, *shapes.SHAPES])}")
    return 0


def write_shape(directory, text):
    """Writes a crate of one file."""
    workspaces.put(directory / "Cargo.toml", '[package]\nname = "shape"\nversion = "0.1.0"\nedition = "2024"\n')
    workspaces.put(directory / "src/lib.rs", text)


def check(program, passed, tree, report, limit):
    """Runs a check, and reads from the head of its report how it was decided."""
    command = [program, "check", "--format", "json", "--threads", THREADS, "--no-config", "--no-cache", *passed, tree]
    with open(report, "wb") as output:
        run = measure.run(command, watch=True, limit=limit, stdout=output)
    with open(report, encoding="utf-8", errors="replace") as text:
        head = text.read(4096)
    counts = {name: int(found[1]) for name in COUNTS if (found := re.search(rf'"{name}": (\d+)', head))}
    report.unlink()
    return run, counts


def ending(run):
    """How a run ended, if not as it should."""
    if run.ended:
        return "TOO LONG"
    if run.code in (0, 1):
        return ""
    if run.code == 2:
        return "exit 2: " + " ".join(run.errors.decode(errors="replace").split())[:80]
    return f"CRASHED: exit {run.code}"


def grow_workspaces(work, program, passed, limit, sizes, kinds):
    """Workspaces of each kind and size; says whether time and memory are linear."""
    linear = True
    for shape in kinds:
        share = workspaces.SHAPES[shape]
        rafts = {1: "every crate is full of Rafts", None: "one crate has a Raft"}.get(share, f"one crate in {share} has a Raft")
        print(f"{shape}: {rafts}")
        print(f"{'lines':>10} {'MB':>7} {'files':>6} {'time':>9} {'CPU':>9} {'µs/line':>8} {'peak':>10} {'KiB/kline':>10}  decided")
        points = []
        for size in sizes:
            tree = work / "workspace"
            need, free = size * 60, shutil.disk_usage(work).free
            if free < 2 * need:
                print(f"{size:>10} NOT RUN: needs {need >> 20} MiB on disk, and {free >> 20} MiB are free")
                continue
            written = workspaces.write(tree, size, shape)
            run, counts = check(program, passed, tree, work / "report.json", limit)
            shutil.rmtree(tree)
            points.append((written.lines, run.seconds, run.peak_kib, run.cpu_seconds))
            linear &= not run.ended and run.code in (0, 1)
            print(
                f"{written.lines:>10} {written.bytes / 1e6:>7.1f} {written.files:>6} {run.seconds:>7.2f} s"
                f" {run.cpu_seconds:>7.2f} s {run.seconds * 1e6 / written.lines:>8.2f} {measure.mebibytes(run.peak_kib)}"
                f" {run.peak_kib * 1000 / written.lines:>10.1f}  {decided(counts)} {ending(run)}",
                flush=True,
            )
        linear &= verdict("time", points, 1) & verdict("CPU time", points, 3) & verdict("memory", points, 2)
        print()
    return linear


def decided(counts):
    """How the obligations were decided, without what there is none of."""
    return ", ".join(f"{count} {name}" for name, count in counts.items() if count) or "nothing"


def verdict(what, points, at):
    """The slope of the last step and the exponent over all, from lines to cost."""
    points = [point for point in points if point[at]]
    if len(points) < 2:
        return True
    fitted = exponent([(point[0], point[at]) for point in points])
    (fewer, least), (more, most) = [(point[0], point[at]) for point in points[-2:]]
    slope = (most - least) / (more - fewer)
    per = f"{slope * 1e6:.2f} µs for each further line" if "time" in what else f"{slope * 1000:.1f} KiB for each further 1000 lines"
    # A start that costs the same for each size flattens the fit; a curve shows in its last step.
    last = exponent([(fewer, least), (more, most)])
    linear = max(fitted, last) <= LINEAR
    print(f"  {what}: exponent {fitted:.2f} (last step {last:.2f}), {per}: {'linear' if linear else 'NOT LINEAR'}")
    return linear


def exponent(points):
    """The slope of the logarithms, by least squares."""
    logs = [(math.log(x), math.log(max(y, 1e-9))) for x, y in points]
    mean_x = sum(x for x, _ in logs) / len(logs)
    mean_y = sum(y for _, y in logs) / len(logs)
    over = sum((x - mean_x) * (y - mean_y) for x, y in logs)
    return over / sum((x - mean_x) ** 2 for x, _ in logs)


def grow_shapes(work, program, passed, limit, names):
    """Programs of each shape; says which grow faster than their size."""
    print(f"{'shape':<25} {'size':>7} {'lines':>7} {'time':>9} {'peak':>10} {'time^':>6} {'mem^':>6}  decided")
    bounded = True
    for name in names:
        shape, before = shapes.SHAPES[name], None
        for size in shape.sizes:
            tree = work / "shape"
            text = shape.make(size)
            write_shape(tree, text)
            run, counts = check(program, passed, tree, work / "report.json", limit)
            shutil.rmtree(tree)
            # By bytes: in some shapes a line grows with the size.
            now = (len(text), run.seconds, run.peak_kib)
            powers = [f"{exponent([(before[0], before[at]), (now[0], now[at])]):.2f}" if before and before[at] and now[at] else "" for at in (1, 2)]
            before = now
            # Past a bound an answer may be missing; it may not be another one.
            wrong = counts.get("violated", 0) > 0 if shape.guarded else counts.get("violated") == counts.get("undecided") == 0
            bounded &= not run.ended and run.code in (0, 1, 2) and not wrong
            print(
                f"{name:<25} {size:>7} {text.count(chr(10)):>7} {run.seconds:>7.2f} s {measure.mebibytes(run.peak_kib)}"
                f" {powers[0]:>6} {powers[1]:>6}  {decided(counts)} {ending(run)}{' WRONG' if wrong else ''}",
                flush=True,
            )
            if run.ended:
                break
    print()
    return bounded


if __name__ == "__main__":
    sys.exit(main())
