"""Recall of library names: `python tests/context/library_recall.py DIR [DIR ...] [--budget CHARS] [--lines N]`.

As recall.py, but for names behind an imported library (`json.dumps`; by VIRTUAL_ENV, or the project's environment) that
the file does not have elsewhere: with the whole line taken out, and with `--dot` from behind the dot on. Each place is
asked for twice: what the first query lacks is read aside and there for the second, whose time counts. `without` has no
signatures of libraries, in the same budget. The last line is one JSON object.
"""

import argparse
import json
import random
import re
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median, quantiles

from recall import WORD, Need, identifiers

from inhouse.context import Project, gather
from inhouse.context.languages import dialect_of
from inhouse.context.outline import imports, parse

SETTLED_S = 60.0


CHAIN = re.compile(r"(?<![\w.\"'])(\w+(?:\.\w+)*)\.(\w+)")


def needs(project: Project, wanted_lines: int, dot: bool, seed: int = 1) -> Iterator[Need]:
    """Random lines with a name behind an imported library that no other line of the file has."""
    texts = {path: text for path in sorted(project.files()) if (text := project.text(path)) is not None}
    own = {path.partition(".")[0].partition("/")[0] for path in texts} | {project.root.name}
    places = [(path, line) for path, text in texts.items() for line in range(text.count("\n"))]
    random.Random(seed).shuffle(places)
    named: dict[str, dict[int, set[str]]] = {}
    brought: dict[str, set[str]] = {}
    for path, line in places:
        if not wanted_lines:
            break
        if path not in named:
            named[path], language = identifiers(path, texts[path]), dialect_of(Path(path), texts[path]) or ""
            every = imports(language, parse(language, texts[path].encode())) if language else ()
            brought[path] = {item.local for item in every if item.module.partition(".")[0] not in own | {""}}
        lines = texts[path].split("\n")
        for chain in CHAIN.finditer(lines[line]):
            there = named[path].get(line, set())
            if chain[1].partition(".")[0] not in brought[path] or not {chain[2], chain[1].partition(".")[0]} <= there:
                continue
            end = chain.start(2) if dot else len(lines[line]) - len(lines[line].lstrip())
            before = "\n".join((*lines[:line], lines[line][:end]))
            rest = before + "\n" + "\n".join(lines[line + 1 :])
            if chain[2] not in WORD.findall(rest):
                wanted_lines -= 1
                yield Need(path, rest, len(before), frozenset({chain[2]}))
                break


def measure(project: Project, need: Need, budget: int, share: float) -> tuple[Counter[str], float]:
    """Counts for one line, and how long the query took in milliseconds."""
    gather._BORROWED_SHARE = share  # pyright: ignore[reportPrivateUsage]
    path = project.root / need.path
    project.gather(path, need.text, need.offset, budget)
    project.settle(SETTLED_S)
    begun = time.perf_counter()
    chunks = project.gather(path, need.text, need.offset, budget)
    took = (time.perf_counter() - begun) * 1000
    seen: dict[bool, set[str]] = defaultdict(set)
    for chunk in chunks:
        seen[bool(chunk.source)].update(WORD.findall(chunk.text))
    counts: Counter[str] = Counter(needed=len(need.names))
    counts["found"] = len(need.names & (seen[True] | seen[False]))
    counts["in_libraries"] = len(need.names & seen[True])
    counts["library_characters"] = sum(len(chunk.text) for chunk in chunks if chunk.source)
    return counts, took


def main(arguments: Sequence[str] | None = None) -> None:
    """Measures each folder with and without, then all together."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--budget", type=int, default=6000, help="characters")
    parser.add_argument("--lines", type=int, default=60)
    parser.add_argument("--dot", action="store_true")
    parser.add_argument("--share", type=float, default=gather._BORROWED_SHARE)  # pyright: ignore[reportPrivateUsage]
    options = parser.parse_args(arguments)
    totals: dict[str, Counter[str]] = defaultdict(Counter)
    times: dict[str, list[float]] = defaultdict(list)
    with tempfile.TemporaryDirectory() as cache:
        for folder in options.folders:
            project = Project(folder, Path(cache))
            project.refresh()
            here: dict[str, Counter[str]] = defaultdict(Counter)
            for number, need in enumerate(needs(project, options.lines, options.dot)):
                arms = (("with", options.share), ("without", 0.0))
                for arm, room in arms[:: 1 if number % 2 else -1]:  # in turns: the second finds more in memory
                    counts, took = measure(project, need, options.budget, room)
                    here[arm] += counts
                    times[arm].append(took)
            for arm, counts in here.items():
                totals[arm] += counts
                print(f"{folder.name:20} {arm:8} {dict(counts)}")
            project.close()
    print(json.dumps({arm: {**totals[arm], **_times(times[arm])} for arm in totals}))


def _times(took: list[float]) -> dict[str, float]:
    return {"median_ms": round(median(took), 2), "p95_ms": round(quantiles(took, n=20)[-1], 2)}


if __name__ == "__main__":
    main()
