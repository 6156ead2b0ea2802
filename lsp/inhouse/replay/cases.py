"""Test cases: cursors in real files with the text that truly follows. Cut from a project, or read from JSON lines.

Kinds are told apart by the text before the cursor alone, so that one rule serves all languages.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

_KINDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("member", re.compile(r"[\w)\]](?:\.|->|::)(?=[A-Za-z_])")),
    ("arguments", re.compile(r"\w\((?=[^)\s])")),
    ("right-hand side", re.compile(r"[^=!<>]=\s(?=\S)|\breturn\s(?=\S)")),
    ("import", re.compile(r"^\s*(?:from|import|use|#include)\s(?=\S)")),
    ("mid-word", re.compile(r"\b[A-Za-z_]\w{1,4}(?=\w{3})")),
    ("statement", re.compile(r"^\s*(?=\S)")),
)
_COMMENT = re.compile(r"^\s*(?:#(?!include)|//|/?\*|--|\"\"\"|''')")
_MIN_TARGET = 3
"""Characters; shorter rests, such as a closing bracket, say nothing."""
_MAX_TARGET = 120
_MIN_FILE_LINES = 20
_TRIES = 60


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


def sample(root: Path, paths: Sequence[Path], count: int, seed: int) -> list[Case]:
    """Up to `count` single-line holes in these files, equally many of each kind, the same for the same seed."""
    rng = random.Random(seed)
    texts = {path: text for path in paths if (text := _read(path)) is not None}
    if not texts:
        return []
    order = sorted(texts)
    found: dict[tuple[Path, int], Case] = {}
    for number in range(count):
        kind, pattern = _KINDS[number % len(_KINDS)]
        for _ in range(_TRIES):
            path = rng.choice(order)
            case = _hole(root, path, texts[path], kind, pattern, rng)
            if case and (path, len(case.prefix)) not in found:
                found[path, len(case.prefix)] = case
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
    target = line[column:].rstrip()
    if not _MIN_TARGET <= len(target) <= _MAX_TARGET:
        return None
    before = "\n".join(lines[:row]) + "\n" + line[:column]
    if before.count('"""') % 2:
        return None  # inside a docstring
    after = "".join("\n" + following for following in lines[row + 1 :])
    name = path.relative_to(root).as_posix()
    return Case(f"{name}:{row + 1}:{column + 1}", kind, name, before, after, target)


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
