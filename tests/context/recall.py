"""Recall of cross-file names: `python tests/context/recall.py DIR [DIR ...] [--budget CHARS] [--lines N]`.

Takes random lines, blanks each, asks for context at its place and counts how many of the identifiers that the line
needs, and that its own file does not have elsewhere but another file of the project has, stand in what is gathered.
Imports, comments and strings do not count. The last line is one JSON object. `in_windows` are the windows that come
beside signatures (without --budget: five of 20 lines), `alone` five windows of 20 lines chosen as if nothing else came.
"""

import argparse
import json
import random
import re
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from inhouse.context import Project
from inhouse.context.languages import dialect_of, parser

WORD = re.compile(r"[^\W\d]\w*")
IMPORTS = frozenset(
    {
        "import_statement", "import_from_statement", "import_declaration", "use_declaration", "preproc_include",
        "using_directive", "namespace_use_declaration",
    }
)  # fmt: skip
UNLIMITED = 10**6


def identifiers(path: str, text: str) -> dict[int, set[str]]:
    """The identifiers of each line (from 0) outside of imports."""
    language = dialect_of(Path(path), text)
    source = text.encode()
    found: dict[int, set[str]] = defaultdict(set)
    pending = [parser(language).parse(source).root_node] if language else []
    while pending:
        node = pending.pop()
        if node.type in IMPORTS:
            continue
        if node.child_count == 0 and "identifier" in node.type:
            found[node.start_point[0]].add(source[node.start_byte : node.end_byte].decode())
        pending.extend(node.children)
    return found


@dataclass(frozen=True, slots=True)
class Need:
    """A line that was blanked, the cursor behind its indentation, and the names of other files that it had."""

    path: str
    text: str
    offset: int
    names: frozenset[str]


def needs(project: Project, wanted_lines: int, seed: int = 1) -> Iterator[Need]:
    """Random lines that need a name which only other files have."""
    texts = {path: text for path in sorted(project.files()) if (text := project.text(path)) is not None}
    homes: dict[str, set[str]] = defaultdict(set)
    for path, text in texts.items():
        for word in set(WORD.findall(text)):
            homes[word].add(path)
    places = [(path, line) for path, text in texts.items() if text.count("\n") > 20 for line in range(text.count("\n"))]
    random.Random(seed).shuffle(places)
    named: dict[str, dict[int, set[str]]] = {}
    left = wanted_lines
    for path, line in places[: wanted_lines * 14]:
        if not left:
            break
        if path not in named:
            named[path] = identifiers(path, texts[path])
        lines = texts[path].split("\n")
        indent = len(lines[line]) - len(lines[line].lstrip())
        before = "\n".join((*lines[:line], lines[line][:indent]))
        rest = before + "\n" + "\n".join(lines[line + 1 :])
        own = set(WORD.findall(rest))
        names = {
            name for name in named[path].get(line, ()) if name not in own and homes[name] - {path} and len(name) > 1
        }
        if names:
            left -= 1
            yield Need(path, rest, len(before), frozenset(names))


def measure(project: Project, wanted_lines: int, budget: int, seed: int = 1) -> dict[str, int]:
    """Counts over these lines."""
    counts = {"lines": 0, "needed": 0, "found": 0, "in_windows": 0, "in_names": 0, "in_signatures": 0, "alone": 0}
    for need in needs(project, wanted_lines, seed):
        path, needed = project.root / need.path, need.names
        seen: dict[str, set[str]] = {"window": set(), "names": set(), "signature": set()}
        for chunk in project.gather(path, need.text, need.offset, budget):
            seen.setdefault(chunk.kind, set()).update(WORD.findall(chunk.text))
        alone = {word for chunk in project.windows(path, need.text, need.offset) for word in WORD.findall(chunk.text)}
        counts["lines"] += 1
        counts["needed"] += len(needed)
        counts["found"] += len(needed & set().union(*seen.values()))
        counts["in_windows"] += len(needed & seen["window"])
        counts["in_names"] += len(needed & seen["names"])
        counts["in_signatures"] += len(needed & seen["signature"])
        counts["alone"] += len(needed & alone)
    return counts


def main(arguments: Sequence[str] | None = None) -> None:
    """Measures each folder, then all together."""
    parser_ = argparse.ArgumentParser(description=__doc__)
    parser_.add_argument("folders", type=Path, nargs="+")
    parser_.add_argument("--budget", type=int, default=UNLIMITED, help="characters; 2500 are about 768 tokens")
    parser_.add_argument("--lines", type=int, default=200)
    options = parser_.parse_args(arguments)
    total: dict[str, int] = defaultdict(int)
    with tempfile.TemporaryDirectory() as cache:
        for folder in options.folders:
            project = Project(folder, Path(cache))
            project.refresh()
            counts = measure(project, options.lines, options.budget)
            project.close()
            for name, count in counts.items():
                total[name] += count
            print(f"{folder.name:30} {shares(counts)}")
    print(json.dumps(shares(total)))


def shares(counts: dict[str, int]) -> dict[str, float]:
    """Recall in all, by windows, by the list of names and by signatures; `alone`: by five windows with nothing else."""
    needed = max(1, counts["needed"])
    kinds = {
        name: round(counts[name] / needed, 3) for name in ("found", "in_windows", "in_names", "in_signatures", "alone")
    }
    return {"lines": counts["lines"], "needed": counts["needed"], **kinds}


if __name__ == "__main__":
    main()
