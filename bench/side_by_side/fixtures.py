"""What each program finds in the programs of fixtures/, where every true place is marked.

Takes the programs; prints for each rule how many marked places each finds and misses, and how many
places it reports that are none.
"""

from collections import defaultdict

import tools


def compare(root, every):
    """Prints the table."""
    directories = [root / "fixtures" / rule.replace("-", "_") for rule in tools.RULES]
    marked = {rule: marks(root, rule) for rule in tools.RULES}
    asked = [tool for tool in every if tool.places and tool.name != "raft-lint, warm"]
    found = {tool.name: places(tool, directories, root) for tool in asked}
    print("what each finds in the fixtures of the three rules: places that are marked as wrong, and others")
    print(f"{'rule':<21} {'wrong':>5}  " + "  ".join(f"{tool.name.split(',')[0]:^25}" for tool in asked))
    print(f"{'':<27}  " + "  ".join(f"{'found':>7} {'missed':>8} {'false':>8}" for _ in asked))
    for rule in tools.RULES:
        row = [counted(marked[rule], found[tool.name][rule]) for tool in asked]
        print(f"{rule:<21} {len(marked[rule]):>5}  " + "  ".join(f"{a:>7} {b:>8} {c:>8}" for a, b, c in row))
    print()


def marks(root, rule):
    """The lines that say `//~ violated: RULE`."""
    marked = set()
    for path in (root / "fixtures" / rule.replace("-", "_")).glob("*/*.rs"):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if f"//~ violated: {rule}" in line:
                marked.add((path, number))
    return marked


def places(tool, directories, root):
    """What a program reports, by rule; of each rule only in its own fixtures, which speak of no other."""
    found = defaultdict(set)
    for rule, directory in zip(tools.RULES, directories):
        # Each program by itself, as the fixtures' own tests do it: their types have the same names.
        for path in sorted(directory.glob("*/*.rs")) if tool.name.startswith("raft-lint") else [directory]:
            for place in tool.places(tool.run([path]).output):
                if place.rule == rule:
                    file = path if path.is_file() else (root / place.file)
                    found[rule].add((file, place.line, place.end_line))
    return found


def counted(marked, found):
    """How many of the marked are found and missed, and how many of the found are none of them."""
    covers = lambda place, mark: place[0] == mark[0] and place[1] <= mark[1] <= place[2]
    true = sum(any(covers(place, mark) for place in found) for mark in marked)
    false = sum(not any(covers(place, mark) for mark in marked) for place in found)
    return true, len(marked) - true, false
