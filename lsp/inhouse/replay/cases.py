"""Test cases: cursors in real files with the text that truly follows. Cut from a project, or read from JSON lines.

Kinds are told apart by the text before the cursor alone, so that one rule serves all languages.
"""

from __future__ import annotations

import json
import random
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

_KINDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("member", re.compile(r"[\w)\]](?:\.|->|::)(?=[A-Za-z_])")),
    ("arguments", re.compile(r"\w\((?=[^)\s])")),
    ("right-hand side", re.compile(r"[^=!<>]=\s(?=\S)|\breturn\s(?=\S)")),
    ("import", re.compile(r"^\s*(?:from|import|use|#include)\s(?=\S)")),
    ("mid-word", re.compile(r"\b[A-Za-z_]\w{1,4}(?=\w{3})")),
    ("statement", re.compile(r"^\s*(?=\S)")),
    ("block", re.compile(r"^\s+(?=\S)")),
)
_COMMENT = re.compile(r"^\s*(?:#(?!include)|//|/?\*|--|\"\"\"|''')")
_MIN_TARGET = 3
"""Characters; shorter rests, such as a closing bracket, say nothing."""
_MAX_TARGET = 120
_BLOCK_LINES = (2, 6)
"""Lines of a block that is asked for: longer ones nobody gets right."""
_OPENS_BLOCK = re.compile(r"(?::|\{|\bthen|\bdo|=>)\s*$")
_MIN_FILE_LINES = 20
_TRIES = 60
_COMMON = 40
"""What more files have (the licence) proves no likeness, and counting it in all of them takes long."""
_COPY, _PART = 0.5, 0.8
"""Shares of both files' shingles, and of the smaller one's, from which each is out of the other's look-up."""


class CaseError(Exception):
    """A case cannot be used; the message is one line that says which and why."""


@dataclass(frozen=True, slots=True)
class Case:
    """A document with a hole. All text has LF line ends."""

    id: str
    kind: str
    path: str
    """Relative to the project's root."""
    prefix: str
    suffix: str
    """What follows the hole; the target is not in it."""
    target: str
    exclude: tuple[str, ...] = ()
    """Paths that must not be looked up, besides the case's own file."""

    @property
    def lines(self) -> int | None:
        """Lines that are asked for: one, but for blocks."""
        return None if self.kind == "block" else 1

    @property
    def wanted(self) -> str:
        """What an answer is compared with."""
        return self.target if self.kind == "block" else self.target.split("\n", 1)[0]


def sample(root: Path, paths: Sequence[Path], count: int, seed: int) -> list[Case]:
    """Up to `count` single-line holes in these files, equally many of each kind, the same for the same seed."""
    rng = random.Random(seed)
    texts = {path: text for path in paths if (text := _read(path)) is not None}
    if not texts:
        return []
    copies = copies_of({path.relative_to(root).as_posix(): text for path, text in texts.items()})
    order = sorted(texts)
    found: dict[tuple[Path, int], Case] = {}
    for number in range(count):
        kind, pattern = _KINDS[number % len(_KINDS)]
        for _ in range(_TRIES):
            path = rng.choice(order)
            case = _hole(root, path, texts[path], kind, pattern, rng)
            if case and (path, len(case.prefix)) not in found:
                found[path, len(case.prefix)] = replace(case, exclude=copies.get(case.path, ()))
                break
    return list(found.values())


def _hole(root: Path, path: Path, text: str, kind: str, pattern: re.Pattern[str], rng: random.Random) -> Case | None:
    """A hole of this kind in a random line, from the cursor to the line's end; None if the line has none."""
    lines = text.split("\n")
    row = rng.randrange(_MIN_FILE_LINES // 4, len(lines))
    line = lines[row]
    starts = [match.end() for match in pattern.finditer(line)]
    if not starts or _COMMENT.match(line):
        return None
    column = rng.choice(starts)
    last = row if kind != "block" else _block_end(lines, row)
    if last is None:
        return None
    target = "\n".join([line[column:], *lines[row + 1 : last + 1]]).rstrip()
    if not _MIN_TARGET <= len(target) <= _MAX_TARGET * (last - row + 1):
        return None
    before = "\n".join(lines[:row]) + "\n" + line[:column]
    if before.count('"""') % 2:
        return None  # inside a docstring
    after = "".join("\n" + following for following in lines[last + 1 :])
    name = path.relative_to(root).as_posix()
    return Case(f"{name}:{row + 1}:{column + 1}", kind, name, before, after, target)


def _block_end(lines: Sequence[str], row: int) -> int | None:
    """The last line of the block that begins in this line, if one does and it is short; told by indentation."""
    indent = len(lines[row]) - len(lines[row].lstrip())
    if not _OPENS_BLOCK.search(lines[row - 1]) or indent <= len(lines[row - 1]) - len(lines[row - 1].lstrip()):
        return None
    last = row
    for number in range(row + 1, min(len(lines), row + _BLOCK_LINES[1] + 2)):
        line = lines[number]
        if line.strip() and len(line) - len(line.lstrip()) < indent:
            break
        last = number if line.strip() else last
    return last if _BLOCK_LINES[0] <= last - row + 1 <= _BLOCK_LINES[1] else None


def copies_of(texts: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """For each file, the files that are nearly the same, by shingles of three lines."""
    shingles = {path: _shingles(text) for path, text in texts.items()}
    holders: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for path, own in shingles.items():
        for shingle in own:
            holders[shingle].append(path)
    found: dict[str, tuple[str, ...]] = {}
    for path, own in shingles.items():
        shared = Counter(other for shingle in own if len(holders[shingle]) <= _COMMON for other in holders[shingle])
        near = [other for other, count in shared.items() if other != path and _alike(count, own, shingles[other])]
        if near:
            found[path] = tuple(sorted(near))
    return found


def _shingles(text: str) -> frozenset[tuple[str, ...]]:
    lines = [stripped for line in text.split("\n") if len(stripped := line.strip()) > 3]
    return frozenset(zip(lines, lines[1:], lines[2:], strict=False))


def _alike(shared: int, one: Collection[object], other: Collection[object]) -> bool:
    return shared >= _COPY * (len(one) + len(other) - shared) or shared >= _PART * min(len(one), len(other))


def _read(path: Path) -> str | None:
    try:
        text = path.read_text(encoding="utf-8").replace("\r\n", "\n")
    except (OSError, UnicodeDecodeError):
        return None
    return text if text.count("\n") >= _MIN_FILE_LINES else None


def read_cases(file: Path, root: Path) -> list[Case]:
    """Cases from a JSON lines file; see the command-line contract in docs/design.md. Raises CaseError."""
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise CaseError(f"{file}: cannot be read ({error})") from None
    return list(_parsed(file, root, enumerate(lines, 1)))


def _parsed(file: Path, root: Path, lines: Iterable[tuple[int, str]]) -> Iterator[Case]:
    for number, line in lines:
        if not line.strip():
            continue
        try:
            raw = json.loads(line)
            yield _case(cast("Mapping[str, Any]", raw), root)
        except (ValueError, KeyError, TypeError, OSError) as error:
            raise CaseError(f"{file}:{number}: not a usable case ({error!r})") from None


def _case(raw: Mapping[str, Any], root: Path) -> Case:
    path, target = str(raw["path"]), str(raw["target"])
    if "prefix" in raw:
        prefix, suffix = str(raw["prefix"]), str(raw["suffix"])
    else:
        text = (root / path).read_text(encoding="utf-8").replace("\r\n", "\n")
        offset = int(raw["offset"])
        end = int(raw.get("end") or offset)
        prefix, suffix = text[:offset], text[end:]
    exclude = tuple(str(entry) for entry in raw.get("index_exclude") or ())
    return Case(str(raw["id"]), str(raw.get("kind") or "case"), path, prefix, suffix, target, exclude)
