"""Puts together what matters for a cursor: signatures first, then windows, fitted to a budget of characters.

Pure choice: reads the index and a few files' lines, changes nothing.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from heapq import heapify, heappop, heappush
from itertools import islice

from inhouse.context import near_names, signatures, windows
from inhouse.context.blocks import Block, BlockTexts
from inhouse.context.catalogue import Catalogue
from inhouse.context.chunk import Chunk
from inhouse.context.definers import FilesOf
from inhouse.context.extras import CardLine, card_chunks, recent_chunks
from inhouse.context.likeness import alike, contained, telling_lines
from inhouse.context.near_names import names_chunk, ranked
from inhouse.context.old import Old
from inhouse.context.outline import Import
from inhouse.context.reading import BLOCK_LINES
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

_LEAST_NAMED = 8
_NAMED_CHARS = 20
"""So many of these names are looked up, by the room for them, the nearest first: each opens two outlines, and one of a
large file takes 2 ms at first."""

_NAMES_SHARE = 0.75
_NAMES_CHARS = 2000
"""Of the budget for the list of names near the cursor, and its most: what is left goes to windows."""

_CANDIDATES = 120
"""Windows among which is chosen by what they bring; 500 were no better."""

_TOO_LONG = 30
"""Windows that do not fit into what is left of the budget, after which none is looked for: reading all costs 10 ms."""

_MOST_WINDOWS = 5
"""More windows than this helped no more in the measurement, and pushed nearer ones out of the budget."""

_SMALL_BUDGET = 4000
"""Characters below which windows are of one block: more places beat longer ones (recall 0.58 against 0.52 in 2,500)."""

_LENGTH_POWER = 0.3
_BLOCK_CHARS = 300
"""A window that is longer than so many characters a block brings as much less as this power of its length says."""

_SHARP = 3.0
_LITTLE = 1e-6
"""A window brings its names' worth to this power of the best one's: by 1 and 2 many names that are hardly needed
outweigh the few that are (0.51, 0.60 and 0.62 of the needed names in five windows). The little decides where no name
is likely."""

_LIKE_EACH_OTHER = 0.9
_LIKE_CURRENT = 0.5

_OLD = 0.25
"""What a name is worth that the project calls deprecated, and a window that shows its definition."""

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

    def words(self) -> frozenset[str]:
        """The words of the text, as far as it is compared."""
        above, line, below = self._parts()
        return _words_of(above) | _words_of(below) | frozenset(words(line))

    def telling(self) -> frozenset[str]:
        """The text's telling lines, as far as it is compared."""
        above, line, below = self._parts()
        return _telling_of(above) | _telling_of(below) | telling_lines(line)

    def _parts(self) -> tuple[str, str, str]:
        """What stands above and below the cursor's line stays the same while somebody types on it."""
        start = self.text.rfind("\n", 0, self.offset) + 1
        end = self.text.find("\n", self.offset)
        end = len(self.text) if end < 0 else end
        half = _CURRENT_CHARS // 2
        line = self.text[max(start, self.offset - half) : min(end, self.offset + half)]
        return self.text[max(0, start - half) : start], line, self.text[end : end + half]


@dataclass(slots=True)
class Sources:
    """Where gathering looks: the index's state, its outlines, the files' lines."""

    catalogue: Catalogue
    postings: Postings
    outline_of: OutlineOf
    definers: FilesOf
    lines_of: Callable[[str], list[str]]
    blocks: BlockTexts
    card: Sequence[CardLine] = ()
    recent: Sequence[tuple[str, int]] = ()
    callers: Callable[[Sequence[str]], list[int]] = lambda names: [0] * len(names)
    """How many other files call each of some names."""
    old: Old = field(default_factory=Old)
    """What the project calls deprecated: shown last."""
    check: Callable[[], None] = lambda: None
    """Called between small steps; what it raises ends the gathering."""


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
    sources.check()
    chunks = card_chunks(sources.card, cursor.language, known, int(budget_chars * _CARD_SHARE), exclude)
    chunks += _signature_chunks(sources, stable, int(budget_chars * _STABLE_SHARE), stable=True)
    left = budget_chars - sum(_cost(chunk) for chunk in chunks)
    shown = {(pick.path, pick.symbol.name) for pick in stable}
    near = dict.fromkeys(reversed(words("\n".join((*cursor.lines_before(), *cursor.lines_after())))))
    picks = signatures.named(sources.catalogue, sources.outline_of, sources.definers, cursor.path, near, exclude)
    room = min(left, int(budget_chars * _NAMED_SHARE))
    new = (pick for pick in picks if (pick.path, pick.symbol.name) not in shown)
    fresh = list(islice(new, max(_LEAST_NAMED, room // _NAMED_CHARS)))
    fresh.sort(key=lambda pick: sources.old.is_old(pick.path, pick.symbol))
    chunks += _signature_chunks(sources, fresh, room, stable=False)
    chunks += recent_chunks(sources.recent, sources.lines_of, int(budget_chars * _RECENT_SHARE), exclude)
    left = budget_chars - sum(_cost(chunk) for chunk in chunks)
    sources.check()
    scored = windows.scores(
        sources.postings,
        sources.catalogue,
        windows.query_terms(cursor.lines_before(), cursor.lines_after()),
        exclude,
        sources.check,
    )
    imported = [pick.symbol.name for pick in stable]
    singles = windows.best(scored, sources.catalogue, near_names.BLOCKS, 1)
    said = words("\n".join(chunk.text for chunk in chunks))
    vocabulary, blocks = sources.blocks.of(singles, sources.check)
    known = cursor.words().union(said)
    sources.check()
    worth = near_names.worths(singles, blocks, vocabulary, imported, known, scored.near, sources.callers)
    sources.check()
    worth = {name: one * _OLD if name in sources.old.names else one for name, one in worth.items()}
    share = min(int(budget_chars * _NAMES_SHARE), _NAMES_CHARS)
    best = _window_chunks(sources, cursor, scored, list(zip(singles, blocks, strict=True)), worth, left - share)
    left -= sum(_cost(chunk) for chunk in best)
    for name in words("\n".join(chunk.text for chunk in best)):
        worth.pop(name, None)
    names = ranked(worth, sources.old.names)
    left = min(left - _PATH_CHARS, _NAMES_CHARS)
    return chunks + best + (names_chunk(cursor.language, singles, names, left) if names else [])


@lru_cache(maxsize=8)
def _words_of(text: str) -> frozenset[str]:
    return frozenset(words(text))


@lru_cache(maxsize=8)
def _telling_of(text: str) -> frozenset[str]:
    return telling_lines(text)


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


def _window_chunks(
    sources: Sources,
    cursor: Cursor,
    scored: windows.Scored,
    singles: Sequence[tuple[Window, Block]],
    worth: Mapping[str, float],
    budget: int,
) -> list[Chunk]:
    """The windows that bring most, neither copies of the current text nor of each other, as many as fit.

    One after the other, the one first that brings most of what none before it has: what a window brings only falls, so
    only those at the top are looked at again (lazy greedy cover).
    """
    blocks_each = 1 if budget < _SMALL_BUDGET else 2
    most = _MOST_WINDOWS * 2 // blocks_each
    if blocks_each == 1:
        found = [window for window, _ in singles[:_CANDIDATES]]
        parts = [[block] for _, block in singles[:_CANDIDATES]]
    else:
        found = windows.best(scored, sources.catalogue, _CANDIDATES, blocks_each)
        parts = _parts_of(sources, found, blocks_each)
    news = _news(parts, worth)
    current = cursor.telling()
    shown: set[str] = set()
    read: dict[int, _Candidate | None] = {}
    kept: list[_Candidate] = []
    left = budget

    def brings(rank: int) -> float:
        new = news[rank]
        value = sum([one for name, one in new.items() if name not in shown])
        one = read.get(rank)
        return (value + _LITTLE) * (1 + found[rank].score / found[0].score) * (one.factor if one else 1.0)

    queue = [(-brings(rank), rank) for rank in range(len(found))]
    heapify(queue)
    too_long = 0
    while queue and len(kept) < most and too_long < _TOO_LONG:
        _, rank = heappop(queue)
        if rank not in read:
            sources.check()
            read[rank] = _candidate(sources, found[rank], current, blocks_each)
        one = read[rank]
        if one is None or one.is_like(kept):
            continue
        if _cost(one.chunk) > left:
            too_long += 1
            continue
        if queue and -(value := brings(rank)) > queue[0][0]:
            heappush(queue, (-value, rank))
            continue
        left -= _cost(one.chunk)
        shown |= news[rank].keys()
        kept.append(one)
    return _joined([one.chunk for one in kept])


def _news(parts: Sequence[Sequence[Block]], worth: Mapping[str, float]) -> list[dict[str, float]]:
    """What each window, given by its blocks, has of the likely names, with their worth."""
    if not worth:
        return [{} for _ in parts]
    top = max(worth.values())
    value = {name: (one / top) ** _SHARP for name, one in worth.items()}
    likely = frozenset(value)
    news: list[dict[str, float]] = []
    for blocks in parts:
        names = blocks[0].words & likely
        for block in blocks[1:]:
            names |= block.words & likely
        news.append({name: value[name] for name in names})
    return news


def _parts_of(sources: Sources, found: Sequence[Window], blocks_each: int) -> list[list[Block]]:
    """The blocks of each window."""
    split = [_blocks(one, blocks_each) for one in found]
    _, held = sources.blocks.of([block for each in split for block in each], sources.check)
    blocks = iter(held)
    return [[next(blocks) for _ in each] for each in split]


def _blocks(window: Window, blocks_each: int) -> list[Window]:
    """The window's blocks; at the end of a file there may be fewer."""
    if blocks_each == 1:
        return [window]
    starts = range(window.start_line, window.end_line + 1, BLOCK_LINES)[:blocks_each]
    return [
        Window(window.path, start, min(window.end_line, start + BLOCK_LINES - 1), window.score, window.block + index)
        for index, start in enumerate(starts)
    ]


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
    """A window that was read."""

    chunk: Chunk
    telling: frozenset[str]
    factor: float
    """Below 1 for long texts, which leave less room for others, and for what is not to be used any more."""

    def is_like(self, others: Iterable["_Candidate"]) -> bool:
        """Whether one of the others says nearly the same."""
        return any(alike(self.telling, other.telling) > _LIKE_EACH_OTHER for other in others)


def _candidate(sources: Sources, window: Window, current: frozenset[str], blocks: int) -> _Candidate | None:
    """The window, if it is no copy of the text around the cursor."""
    held = [sources.blocks.one(block) for block in _blocks(window, blocks)]
    text = "\n".join(block.text for block in held)
    telling = held[0].telling.union(*(block.telling for block in held[1:]))
    if not telling or contained(telling, current) > _LIKE_CURRENT:
        return None
    end = window.start_line + text.count("\n")
    factor = min(1.0, _BLOCK_CHARS * blocks / len(text)) ** _LENGTH_POWER
    row = sources.catalogue.row(window.path)
    if row is not None and sources.old.within(window.path, window.start_line, end, sources.outline_of, row):
        factor *= _OLD
    return _Candidate(Chunk(window.path, window.start_line, end, text, "window", window.score, False), telling, factor)
