"""Workspaces of a wished size, made of crates with a Raft of their own and of others.

Takes a directory, a number of lines and a shape; gives what was written. The same arguments write
the same bytes. The Rafts are the accepted programs of fixtures/, with types and files of other names.
"""

import random
import re
from dataclasses import dataclass
from pathlib import Path

import ordinary

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
LINES_OF_A_CRATE = 1000
# The crates that have a Raft, as a share: each; one in ten; one and no more.
SHAPES = {"dense": 1, "tenth": 10, "single": None}
DECLARED = re.compile(r"^\s*(?:pub(?:\([^)]*\))? )?(?:struct|enum|trait|type|union) ([A-Z]\w+)", re.MULTILINE)
MARK = re.compile(r"\s*//~.*$", re.MULTILINE)


@dataclass
class Written:
    """What a workspace consists of."""

    lines: int = 0
    bytes: int = 0
    files: int = 0
    crates: int = 0
    rafts: int = 0


def material():
    """The accepted programs, without their markers."""
    programs = sorted(FIXTURES.glob("*/accept/*.rs"))
    if not programs:
        raise SystemExit(f"no accepted programs below {FIXTURES}")
    return [MARK.sub("", program.read_text(encoding="utf-8")) for program in programs]


def renamed(program, number):
    """The program with types that no other copy has."""
    names = sorted(set(DECLARED.findall(program)), key=len, reverse=True)
    if not names:
        return program
    # A type's words say what it is; one more in front of them changes nothing of that.
    pattern = re.compile(r"\b(" + "|".join(names) + r")\b")
    return pattern.sub(lambda match: f"{word(number)}{match.group(1)}", program)


def word(number):
    """A word of letters for a number: A, B, … Z, Ba, Bb, …"""
    letters = ""
    while number or not letters:
        number, letter = divmod(number, 26)
        letters = chr(ord("a") + letter) + letters
    return letters.capitalize()


def write(root, lines, shape):
    """Writes a workspace of about so many lines below `root`."""
    chance = random.Random(f"{shape} {lines}")
    programs = material()
    written = Written()
    share = SHAPES[shape]
    while written.lines < lines:
        has_raft = written.crates == 0 if share is None else written.crates % share == 0
        # A workspace smaller than a crate is a crate of that size.
        size = min(LINES_OF_A_CRATE, lines - written.lines)
        crate = Path(root) / f"crates/{written.crates // 500:03}/part{written.crates:05}"
        write_crate(crate, size, programs if has_raft else None, share == 1, chance, written)
        written.crates += 1
    put(Path(root) / "Cargo.toml", '[workspace]\nresolver = "2"\nmembers = ["crates/*/*"]\n')
    return written


def write_crate(crate, size, programs, all_rafts, chance, written):
    """A crate: its Raft or Rafts first, then other modules until it is big enough."""
    put(crate / "Cargo.toml", f'[package]\nname = "{crate.name}"\nversion = "0.1.0"\nedition = "2024"\n')
    end = written.lines + size
    modules = []
    while written.lines < end:
        number = written.files
        if programs and (all_rafts or not modules):
            text = renamed(programs[written.rafts % len(programs)], number)
            written.rafts += 1
        else:
            text = ordinary.file(chance, number)
        modules.append(f"module{len(modules)}")
        add(crate / f"src/{modules[-1]}.rs", text, written)
    add(crate / "src/lib.rs", "".join(f"pub mod {module};\n" for module in modules), written)


def add(path, text, written):
    """Writes a Rust file and counts it."""
    put(path, text)
    written.files += 1
    written.lines += text.count("\n")
    written.bytes += len(text.encode())


def put(path, text):
    """Writes a file, with its directory."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
