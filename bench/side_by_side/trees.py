"""Time, memory and findings of each program on one tree, and the bars.

Takes a tree and the programs; prints a row for each, and says whether every bar was met.
"""

from collections import Counter
from statistics import median

import measure
import tools

# Of the time of another program, or of the floor: what a cold run may take.
PRODUCT = (("ast-grep", 0.5), ("syn parses, no more", 0.7), ("semgrep", 1 / 25))
DENSE = (("syn parses, no more", 1.3),)
PEAK_MIB = 150


def compare(tree, every, options, product):
    """Prints the rows and the bars; whether all were met."""
    print(f"{tree.name}: {'a product with a Raft in it' if product else 'mostly a Raft'}")
    times, peaks, found = measured(tree, every, options)
    print(f"  {'program':<20} {'wall':>9} {'CPU':>9} {'peak':>10}  {'places found':<12}")
    for tool in every:
        wall, cpu = times[tool.name]
        count = len(found[tool.name]) if tool.places else "–"
        print(f"  {tool.name:<20} {wall:>7.3f} s {cpu:>7.3f} s {measure.mebibytes(peaks[tool.name])}  {count!s:>12}")
    list_places(tree, every, found, options.places)
    met = bars(times, peaks, PRODUCT if product else DENSE)
    print()
    return met


def measured(tree, every, options):
    """Median times, peaks and places, by name. The programs take turns, after a round that warms the system's cache."""
    found, peaks = {}, {}
    walls, cpus = {tool.name: [] for tool in every}, {tool.name: [] for tool in every}

    def note(tool, run):
        walls[tool.name].append(run.seconds)
        cpus[tool.name].append(run.cpu_seconds)
        if tool.places:
            found[tool.name] = sorted(set(tool.places(run.output)))

    for tool in every:
        if not tool.slow:
            peaks[tool.name] = tool.run([tree], watch=True).peak_kib
    for at in range(options.rounds):
        for tool in every:
            if not tool.slow:
                note(tool, tool.run([tree]))
            elif at < options.semgrep_rounds:
                # Watched and measured at once, since it takes so long.
                run = tool.run([tree], watch=True)
                peaks[tool.name] = max(run.peak_kib, peaks.get(tool.name, 0))
                note(tool, run)
    times = {tool.name: (median(walls[tool.name]), median(cpus[tool.name])) for tool in every}
    return times, peaks, found


def list_places(tree, every, found, most):
    """Where each program says that a rule is broken."""
    for tool in every:
        if not tool.places or tool.name == "raft-lint, warm":
            continue
        counts = Counter(place.rule for place in found[tool.name])
        for rule in tools.RULES:
            places = [place for place in found[tool.name] if place.rule == rule]
            if not places:
                continue
            texts = [f"{place.file.removeprefix(str(tree)).lstrip('/')}:{place.line}" for place in places[:most]]
            more = f" and {counts[rule] - most} more" if counts[rule] > most else ""
            print(f"    {tool.name.split(',')[0]}, {rule}: {', '.join(texts)}{more}")


def bars(times, peaks, wanted):
    """Prints each bar with what was measured."""
    met = True
    cold = times["raft-lint, cold"][0]
    for name, most in wanted:
        if name not in times:
            print(f"  cold / {name}: NOT RUN")
            continue
        ratio, of_cpu = (ours / theirs for ours, theirs in zip(times["raft-lint, cold"], times[name]))
        met &= ratio <= most
        # Processor time says more where other programs run beside these.
        print(f"  cold / {name}: {ratio:.3f} (of CPU time {of_cpu:.3f}), bar {most:.3g}: {'met' if ratio <= most else 'NOT MET'}")
    for name in ("raft-lint, cold", "raft-lint, warm"):
        mib = peaks[name] / 1024
        met &= mib <= PEAK_MIB
        print(f"  {name}, peak: {mib:.1f} MiB, bar {PEAK_MIB}: {'met' if mib <= PEAK_MIB else 'NOT MET'}")
    print(f"  warm / cold: {times['raft-lint, warm'][0] / cold:.3f}")
    return met
