"""How two other programs choose what of a project the model sees, written anew from what they do.

`ring`: llama.vim keeps a ring of 16 random half-size windows of 64 lines from files that were entered, left, saved or
scrolled through, drops those too like what is at the cursor, and sends the rest oldest first; the newest are kept where
room ends. `snippets`: Continue puts in recently opened files, best by recency and smallness, trimmed to the room, then
the definitions of imported names that stand around the cursor, as far as they still fit.

A replay has no session. Both are given one that suits them: the ten files opened before are the nearest in the tree.
"""

from __future__ import annotations

import math
import re
import zlib
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from random import Random

from inhouse.model import Block, FillRequest

_OPENED = 10
_WORD = re.compile(r"\w+")

_RING_CHUNKS = 16
_CHUNK_LINES = 64
_PREFIX_LINES, _SUFFIX_LINES, _SCOPE_LINES = 256, 64, 1024
_SAME, _LIKE_CURSOR = 0.9, 0.5

_USED_FILES = 5
_RECENCY, _SIZE = 0.6, 0.4
_LEAST_CHARS = 125 * 3
"""A trimmed file gets at least 125 tokens."""
_AROUND = (5, 3)
"""Lines before and after the cursor whose names are looked up."""
_DEFINITION_LINES = 40


@dataclass(slots=True)
class Files:
    """The project's files as an editor could open them."""

    paths: Sequence[str]
    text: Callable[[str], str | None]
    left_out: Collection[str] = ()
    """Not to be looked at for the current case."""
    _texts: dict[str, str] = field(default_factory=dict[str, str])

    def renew(self, paths: Sequence[str]) -> None:
        """The project was read anew."""
        self.paths = paths
        self._texts.clear()

    def opened_before(self, own: str) -> list[tuple[str, str]]:
        """(path, text) of the files opened before this one, the last one first."""
        rng = Random(zlib.crc32(own.encode("utf-8", "surrogateescape")))
        order = sorted(self.paths, key=lambda path: (-_shared_folders(path, own), rng.random()))
        found: list[tuple[str, str]] = []
        for path in order:
            if path != own and path not in self.left_out and (text := self.read(path)).strip():
                found.append((path, text))
            if len(found) == _OPENED:
                break
        return found

    def read(self, path: str) -> str:
        if path not in self._texts:
            self._texts[path] = self.text(path) or ""
        return self._texts[path]


def _shared_folders(one: str, other: str) -> int:
    count = 0
    for mine, theirs in zip(one.split("/")[:-1], other.split("/")[:-1], strict=False):
        if mine != theirs:
            break
        count += 1
    return count


def ring(files: Files, request: FillRequest, room: int) -> list[Block]:
    """What llama.vim's ring would hold at this cursor, within so many characters."""
    rng = Random(zlib.crc32(f"{request.path}:{len(request.prefix)}".encode("utf-8", "surrogateescape")))
    kept: list[tuple[str, list[str]]] = []
    for path, text in reversed(files.opened_before(request.path)):  # oldest first
        lines = text.split("\n")
        for _ in range(2):  # entered, and left or saved
            _pick(kept, path, _window(lines, rng))
    above, below = request.prefix.split("\n"), request.suffix.split("\n")
    _pick(kept, request.path, _window(above[-_SCOPE_LINES:-_PREFIX_LINES], rng))
    _pick(kept, request.path, _window(below[_SUFFIX_LINES : _SUFFIX_LINES + _CHUNK_LINES], rng))
    here = _window([*above[-_CHUNK_LINES // 2 :], *below[: _CHUNK_LINES // 2]], rng)
    chosen = [(path, chunk) for path, chunk in kept if _likeness(chunk, here) <= _LIKE_CURSOR]
    blocks: list[Block] = []
    for path, chunk in reversed(chosen):
        text = "\n".join(chunk) + "\n"
        room -= len(text)
        if room < 0:
            break
        blocks.insert(0, Block(path, text))
    return blocks


def _window(lines: Sequence[str], rng: Random) -> list[str]:
    """Half a chunk of lines, at a random place."""
    half = _CHUNK_LINES // 2
    start = rng.randint(0, max(0, len(lines) - half))
    return list(lines[start : start + half])


def _pick(kept: list[tuple[str, list[str]]], path: str, chunk: list[str]) -> None:
    """Take a chunk in: those too like it go, and the oldest where there are too many."""
    if len(chunk) < 3:
        return
    if any(other == chunk for _, other in kept):
        return
    kept[:] = [(name, other) for name, other in kept if _likeness(other, chunk) <= _SAME]
    kept.append((path, chunk))
    del kept[:-_RING_CHUNKS]


def _likeness(one: Sequence[str], other: Sequence[str]) -> float:
    """Shared words over all words, twice (Dice)."""
    mine, theirs = Counter(_WORD.findall("\n".join(one))), Counter(_WORD.findall("\n".join(other)))
    total = mine.total() + theirs.total()
    return 2 * (mine & theirs).total() / total if total else 1.0


def snippets(files: Files, request: FillRequest, room: int) -> list[Block]:
    """What Continue would put before the current file, within so many characters."""
    opened = files.opened_before(request.path)
    blocks = _trimmed(opened, room)
    left = room - sum(len(block.text) for block in blocks)
    rng = Random(zlib.crc32(request.path.encode("utf-8", "surrogateescape")))
    definitions = _definitions(files, request)
    rng.shuffle(definitions)
    for block in definitions:
        if block.text.strip() not in request.prefix and len(block.text) <= left:
            blocks.append(block)
            left -= len(block.text)
    return blocks


def _trimmed(opened: Sequence[tuple[str, str]], room: int) -> list[Block]:
    """All of the opened files if five fit, else the best five, cut to shares that fall from the best to the last."""
    whole: list[Block] = []
    total = 0
    for path, text in opened:
        total += len(text)
        if total >= room:
            break
        whole.append(Block(path, text))
    if len(whole) >= min(_USED_FILES, len(opened)):
        return whole
    best = _ranked(opened)[: min(_USED_FILES, room // _LEAST_CHARS)]
    blocks: list[Block] = []
    for number, (path, text) in enumerate(best):
        left = len(best) - number
        share = int(_LEAST_CHARS + 2 / (left + 1) * (room - left * _LEAST_CHARS))
        piece = text[:share]
        blocks.append(Block(path, piece))
        room -= len(piece)
    return blocks


def _ranked(opened: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    sizes = [math.log(max(10, len(text))) for _, text in opened]
    low, high = min(sizes, default=0.0), max(sizes, default=0.0)

    def worth(index: int) -> float:
        small = 0.5 if high == low else 1 - (sizes[index] - low) / (high - low)
        return _RECENCY * 1.15**-index + _SIZE * small

    return [opened[index] for index in sorted(range(len(opened)), key=lambda index: -worth(index))]


def _definitions(files: Files, request: FillRequest) -> list[Block]:
    """The definitions of names that stand around the cursor and are imported, wherever the project has them."""
    before, after = request.prefix.split("\n")[-_AROUND[0] :], request.suffix.split("\n")[: _AROUND[1]]
    imports = "\n".join(line for line in request.prefix.split("\n") if re.match(r"\s*(from|import|use|const)\b", line))
    imported = set(_WORD.findall(imports))
    wanted = [name for name in dict.fromkeys(_WORD.findall("\n".join([*before, *after]))) if name in imported]
    definitions = (_definition(files, name, request.path) for name in wanted if len(name) > 1)
    return [block for block in definitions if block is not None]


def _definition(files: Files, name: str, own: str) -> Block | None:
    head = re.compile(
        rf"^(?:export\s+)?(?:default\s+)?(?:async\s+)?(?:pub\s+)?"
        rf"(?:def|class|function|func|fn|interface|type|const|struct|enum)\s+{re.escape(name)}\b",
        re.MULTILINE,
    )
    for path in files.paths:
        if path == own or path in files.left_out or name not in files.read(path):
            continue
        if match := head.search(files.read(path)):
            lines = files.read(path)[match.start() :].split("\n")[:_DEFINITION_LINES]
            body = [lines[0]]
            for line in lines[1:]:
                if line.strip() and not line[0].isspace() and line[0] not in ")}]":
                    break
                body.append(line)
            return Block(path, "\n".join(body).rstrip() + "\n")
    return None
