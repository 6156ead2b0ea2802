"""Puts together what matters for a cursor: signatures first, then windows, fitted to a budget of characters.

Pure choice: reads the index and a few files' lines, changes nothing.
"""

import math
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from inhouse.context import near_names, signatures, windows
from inhouse.context.catalogue import Catalogue
from inhouse.context.chunk import Chunk
from inhouse.context.extras import CardLine, card_chunks, recent_chunks
from inhouse.context.likeness import alike, contained, telling_lines
from inhouse.context.near_names import BlockWords, names_chunk, ranked
from inhouse.context.old import Old
from inhouse.context.outline import Import
from inhouse.context.signatures import OutlineOf, Pick
from inhouse.context.terms import words
from inhouse.context.windows import Postings, Window

_STABLE_SHARE = 0.12
"""Of the budget for signatures of what is imported."""

_CARD_SHARE = 0.08
"""Of the budget for lines that show house ways, once the conventions have been mined."""

_RECENT_SHARE = 0.15
"""Of the budget for what was just edited in other files."""

_NAMED_SHARE = 0.05
"""Of the budget for signatures of other names near the cursor."""

_NAMES_SHARE = 0.75
_NAMES_CHARS = 2000
"""Of the budget for the list of names near the cursor, and its most: what is left goes to windows."""

_CANDIDATES = 3
"""Times the number of windows wanted: so many are looked at before likeness and budget choose."""

_MOST_WINDOWS = 5
"""More windows than this helped no more in the measurement, and pushed nearer ones out of the budget."""

_SMALL_BUDGET = 4000
"""Characters below which windows are of one block: more places beat longer ones (recall 0.58 against 0.52 in 2,500)."""

_LENGTH_POWER = 0.3

_NEWS = 0.3
"""How much names count that neither the current text nor an earlier window has: ten of them raise a score by 70 %."""

_LIKE_EACH_OTHER = 0.9
_LIKE_CURRENT = 0.5

_OLD = 0.25
"""What a window is worth that shows a definition which the project calls deprecated."""

_CURRENT_CHARS = 60_000
"""So much of the current file around the cursor is compared with windows; beyond, a copy does little harm."""

_PATH_CHARS = 8
"""What a chunk's heading (a comment with its path) costs besides the path."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in a file; path relative to the root, offset in characters."""

    path: str
    language: str
    text: str
    offset: int
    imports: tuple[Import, ...]

    def lines_before(self) -> list[str]:
        """The lines of the query above the cursor, the current line's head last."""
        start = self.offset
        for _ in range(windows.LINES_BEFORE):
            start = self.text.rfind("\n", 0, start)
            if start < 0:
                break
        return self.text[start + 1 : self.offset].split("\n")

    def lines_after(self) -> list[str]:
        """The rest of the current line and the lines of the query below it."""
        end = self.offset
        for _ in range(windows.LINES_AFTER + 1):
            end = self.text.find("\n", end + 1)
            if end < 0:
                return self.text[self.offset :].split("\n")
        return self.text[self.offset : end].split("\n")


@dataclass(slots=True)
class Sources:
    """Where gathering looks: the index's state, its outlines, the files' lines."""

    catalogue: Catalogue
    postings: Postings
    outline_of: OutlineOf
    definers: Callable[[str, int], list[int]]
    lines_of: Callable[[str], list[str]]
    card: Sequence[CardLine] = ()
    recent: Sequence[tuple[str, int]] = ()
    block_words: BlockWords | None = None
    callers: Callable[[str], int] = lambda _: 0
    """How many other files call a name."""
    old: Old = field(default_factory=Old)
    """What the project calls deprecated: shown last."""


def stable_picks(sources: Sources, cursor: Cursor, exclude: Collection[str]) -> list[Pick]:
    """The symbols of what the file imports, most wanted first."""
    used = frozenset(words(cursor.text[:_CURRENT_CHARS]))
    found = signatures.imported(
        sources.catalogue, sources.outline_of, cursor.path, cursor.language, cursor.imports, used, exclude
    )
    alike = signatures.of_role(sources.catalogue, sources.outline_of, cursor.path, used, exclude)
    picks = sorted((*found, *alike), key=lambda pick: (sources.old.is_old(pick.path, pick.symbol), pick.rank))
    return _distinct(picks)


def gather(
    sources: Sources, cursor: Cursor, stable: list[Pick], budget_chars: int, exclude: Collection[str]
) -> list[Chunk]:
    """The chunks for a cursor, stable ones first, then the best; all texts together within the budget."""
    known = frozenset(item.local for item in cursor.imports)
    chunks = card_chunks(sources.card, cursor.language, known, int(budget_chars * _CARD_SHARE), exclude)
    chunks += _signature_chunks(sources, stable, int(budget_chars * _STABLE_SHARE), stable=True)
    left = budget_chars - sum(_cost(chunk) for chunk in chunks)
    shown = {(pick.path, pick.symbol.name) for pick in stable}
    near = dict.fromkeys(reversed(words("\n".join((*cursor.lines_before(), *cursor.lines_after())))))
    picks = signatures.named(sources.catalogue, sources.outline_of, sources.definers, cursor.path, near, exclude)
    fresh = [pick for pick in picks if (pick.path, pick.symbol.name) not in shown]
    fresh.sort(key=lambda pick: sources.old.is_old(pick.path, pick.symbol))
    chunks += _signature_chunks(sources, fresh, min(left, int(budget_chars * _NAMED_SHARE)), stable=False)
    chunks += recent_chunks(sources.recent, sources.lines_of, int(budget_chars * _RECENT_SHARE), exclude)
    left = budget_chars - sum(_cost(chunk) for chunk in chunks)
    scored = windows.scores(
        sources.postings,
        sources.catalogue,
        windows.query_terms(cursor.lines_before(), cursor.lines_after()),
        exclude,
    )
    share = min(int(budget_chars * _NAMES_SHARE), _NAMES_CHARS)
    best = _window_chunks(sources, cursor, scored, left - share)
    left -= sum(_cost(chunk) for chunk in best)
    said = frozenset(words("\n".join(chunk.text for chunk in (*chunks, *best))))
    imported = [pick.symbol.name for pick in stable]
    return chunks + best + _name_chunks(sources, cursor, scored, imported, said, left)


def _name_chunks(
    sources: Sources,
    cursor: Cursor,
    scored: windows.Scored,
    imported: Iterable[str],
    shown: frozenset[str],
    budget: int,
) -> list[Chunk]:
    """Names that neither the current file nor another chunk has."""
    if sources.block_words is None:
        return []
    found = windows.best(scored, sources.catalogue, near_names.BLOCKS, 1)
    known = frozenset(words(_around(cursor))) | shown
    names = ranked(
        found, sources.block_words.of(found, sources.catalogue), imported, known, sources.callers, sources.old.names
    )
    return names_chunk(cursor.language, found, names, min(budget - _PATH_CHARS, _NAMES_CHARS))


def _around(cursor: Cursor) -> str:
    """The current text, as much of it as is compared."""
    half = _CURRENT_CHARS // 2
    return cursor.text[max(0, cursor.offset - half) : cursor.offset + half]


def _distinct(picks: Iterable[Pick]) -> list[Pick]:
    found: dict[tuple[str, int, str], Pick] = {}
    for pick in picks:
        found.setdefault((pick.path, pick.symbol.line, pick.symbol.name), pick)
    return list(found.values())


def _cost(chunk: Chunk) -> int:
    return len(chunk.text) + len(chunk.path) + _PATH_CHARS


def _signature_chunks(sources: Sources, picks: list[Pick], budget: int, stable: bool) -> list[Chunk]:
    """One chunk a file with as many of the picks as fit, the most wanted first."""
    taken: dict[str, list[Pick]] = {}
    left = budget
    for pick in picks:
        cost = len(pick.symbol.signature) + 9 + (0 if pick.path in taken else len(pick.path) + _PATH_CHARS)
        if cost > left:
            continue
        left -= cost
        taken.setdefault(pick.path, []).append(pick)
    chunks: list[Chunk] = []
    for path in sorted(taken) if stable else taken:
        row = sources.catalogue.row(path)
        written = signatures.lines_of(row.language if row else "", taken[path])
        text = "\n".join(dict.fromkeys(line for _, line in written))
        rank = min(pick.rank for pick in taken[path])
        chunks.append(Chunk(path, written[0][0], written[-1][0], text, "signature", 1.0 / (1 + rank), stable))
    return chunks


def _window_chunks(sources: Sources, cursor: Cursor, scored: windows.Scored, budget: int) -> list[Chunk]:
    """The best windows that are neither copies of the current text nor of each other, as many as fit."""
    blocks_each = 1 if budget < _SMALL_BUDGET else 2
    most = _MOST_WINDOWS * 2 // blocks_each
    found = windows.best(scored, sources.catalogue, most * _CANDIDATES, blocks_each)
    current = _around(cursor)
    candidates = list(_candidates(sources, found, telling_lines(current), frozenset(words(current))))
    kept: list[_Candidate] = []
    left = budget
    shown: set[str] = set()
    while candidates and len(kept) < most:
        best = max(candidates, key=lambda one: one.worth * (1 + _NEWS * math.log1p(len(one.news - shown))))
        candidates.remove(best)
        if _cost(best.chunk) > left or any(alike(best.telling, one.telling) > _LIKE_EACH_OTHER for one in kept):
            continue
        left -= _cost(best.chunk)
        shown |= best.news
        kept.append(best)
    return _joined([one.chunk for one in kept])


def _joined(chunks: list[Chunk]) -> list[Chunk]:
    """Windows that continue each other as one, in the place of the better one."""
    found: list[Chunk] = []
    for chunk in chunks:
        for index, other in enumerate(found):
            first, second = (other, chunk) if other.start_line < chunk.start_line else (chunk, other)
            if other.path == chunk.path and first.end_line + 1 == second.start_line:
                text = f"{first.text}\n{second.text}"
                found[index] = replace(first, end_line=second.end_line, text=text, score=max(first.score, second.score))
                break
        else:
            found.append(chunk)
    return found


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A window with what it would bring that the current file has not."""

    chunk: Chunk
    telling: frozenset[str]
    news: frozenset[str]
    worth: float
    """The score, a little less for long texts: they leave less room for others."""


def _candidates(
    sources: Sources, found: Iterable[Window], current: Collection[str], known: frozenset[str]
) -> Iterator[_Candidate]:
    """The windows that are no copies of the text around the cursor."""
    for window in found:
        lines = sources.lines_of(window.path)[window.start_line - 1 : window.end_line]
        text = "\n".join(lines)
        telling = telling_lines(text)
        if telling and contained(telling, current) <= _LIKE_CURRENT:
            end = window.start_line + len(lines) - 1
            chunk = Chunk(window.path, window.start_line, end, text, "window", window.score, False)
            worth = window.score / float(len(text) ** _LENGTH_POWER)
            row = sources.catalogue.row(window.path)
            if row is not None and sources.old.within(window.path, window.start_line, end, sources.outline_of, row):
                worth *= _OLD
            yield _Candidate(chunk, telling, frozenset(words(text)) - known, worth)
