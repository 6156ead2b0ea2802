"""Puts together what matters for a cursor: signatures first, then windows, fitted to a budget of characters.

Pure choice: reads the index and a few files' lines, changes nothing.
"""

import re
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from inhouse.context import signatures, windows
from inhouse.context.blocks import BlockTexts
from inhouse.context.catalogue import Catalogue
from inhouse.context.chunk import Chunk
from inhouse.context.covering import PATH_CHARS, Shelves, cost, cover
from inhouse.context.cursor import COMPARED_CHARS, Cursor
from inhouse.context.definers import FilesOf
from inhouse.context.evidence import Evidence, Query, evidence
from inhouse.context.extras import CardLine, card_chunks, recent_chunks
from inhouse.context.likely import BLOCKS, Likely, likely
from inhouse.context.near_names import names_chunk, ranked
from inhouse.context.old import Old
from inhouse.context.reading import BLOCK_LINES
from inhouse.context.scoring import Scoring
from inhouse.context.signatures import OutlineOf, Pick
from inhouse.context.terms import words
from inhouse.context.windows import Window

_STABLE_SHARE = 0.12
"""Of the budget for signatures of what is imported."""

_CARD_SHARE = 0.08
"""Of the budget for lines that show house ways, once the conventions have been mined."""

_RECENT_SHARE = 0.15
"""Of the budget for what was just edited in other files."""

_NAMED_SHARE = 0.05
"""Of the budget for signatures of other names near the cursor."""

_BORROWED_SHARE = 0.06
"""Of the budget for signatures of installed libraries: behind the project's own."""

_LEAST_NAMED = 8
_NAMED_CHARS = 20
"""So many of these names are looked up, by the room for them, the nearest first: each opens two outlines, and one of a
large file takes 2 ms at first."""

_NAMES_SHARE = 0.75
_NAMES_CHARS = 2000
"""Of the budget for the list of names near the cursor, and its most: what is left goes to windows."""

_SMALL_BUDGET = 4000
"""Characters below which windows are of one block: more places beat longer ones (recall 0.58 against 0.52 in 2,500)."""

_UNLIMITED = 10**6

_LINES_AHEAD = 10
_PLACES_AHEAD = 24
"""Of a file that was just opened so many places are looked at before anybody asks, the nearest so many lines apart: a
query reads 28 lines, but the nearest count most. 5 to 15 ms each, aside."""

_AT_ONCE = 8
"""Blocks read ahead at once, 1 ms."""

BLOCKS_AROUND = 2 * BLOCKS
"""After a query so many blocks are read aside, since the next one looks at others than this one."""

_LINE_END = re.compile("\n")

_OLD = 0.001
"""What a name is worth that the project calls deprecated, and a window that shows its definition: they come last."""


@dataclass(slots=True)
class Sources:
    """Where gathering looks: the index's state, its outlines, the files' lines."""

    catalogue: Catalogue
    scoring: Scoring
    outline_of: OutlineOf
    definers: FilesOf
    lines_of: Callable[[str], list[str]]
    blocks: BlockTexts
    card: Sequence[CardLine] = ()
    recent: Sequence[tuple[str, int]] = ()
    old: Old = field(default_factory=Old)
    """What the project calls deprecated: shown last."""
    borrowed: Callable[[Cursor, int], list[Chunk]] = lambda cursor, budget: []
    """Signatures of libraries for a cursor, within a budget of characters."""
    check: Callable[[], None] = lambda: None
    """Called between small steps; what it raises ends the gathering."""


def stable_picks(sources: Sources, cursor: Cursor, exclude: Collection[str]) -> list[Pick]:
    """The symbols of what the file imports, most wanted first."""
    used = frozenset(words(cursor.text[:COMPARED_CHARS]))
    found = signatures.imported(
        sources.catalogue, sources.outline_of, cursor.path, cursor.language, cursor.imports, used, exclude
    )
    alike = signatures.of_role(sources.catalogue, sources.outline_of, cursor.path, used, exclude)
    picks = sorted((*found, *alike), key=lambda pick: (sources.old.is_old(pick.path, pick.symbol), pick.rank))
    return _distinct(picks)


def gather(
    sources: Sources, cursor: Cursor, exclude: Collection[str], stable: list[Pick], budget_chars: int
) -> list[Chunk]:
    """The chunks for a cursor, stable ones first, then the best; all texts together within the budget."""
    known = frozenset(item.local for item in cursor.imports)
    sources.check()
    chunks = card_chunks(sources.card, cursor.language, known, int(budget_chars * _CARD_SHARE), exclude)
    chunks += _signature_chunks(sources, stable, int(budget_chars * _STABLE_SHARE), stable=True)
    left = budget_chars - sum(cost(chunk) for chunk in chunks)
    shown = {(pick.path, pick.symbol.name) for pick in stable}
    room = min(left, int(budget_chars * _NAMED_SHARE))
    new = (pick for pick in _named(sources, cursor, exclude) if (pick.path, pick.symbol.name) not in shown)
    fresh = list(islice(new, max(_LEAST_NAMED, room // _NAMED_CHARS)))
    fresh.sort(key=lambda pick: sources.old.is_old(pick.path, pick.symbol))
    chunks += _signature_chunks(sources, fresh, room, stable=False)
    chunks += sources.borrowed(cursor, int(budget_chars * _BORROWED_SHARE))
    chunks += recent_chunks(sources.recent, sources.lines_of, int(budget_chars * _RECENT_SHARE), exclude)
    left = budget_chars - sum(cost(chunk) for chunk in chunks)
    sources.check()
    said = words("\n".join(chunk.text for chunk in chunks if not chunk.source))
    singles, found = names_at(sources, cursor, exclude, stable, said)
    sources.check()
    share = min(int(budget_chars * _NAMES_SHARE), _NAMES_CHARS)
    names = likely(found, singles, sources.old.names, _OLD, by_rows=left - share >= _SMALL_BUDGET)
    best = _window_chunks(sources, cursor, singles, names, left - share)
    left -= sum(cost(chunk) for chunk in best)
    seen = frozenset(words("\n".join(chunk.text for chunk in best)))
    worth = {name: one for name, one in names.worth.items() if name not in seen}
    left = min(left - PATH_CHARS, _NAMES_CHARS)
    return chunks + best + names_chunk(cursor.language, singles, ranked(worth, sources.old.names), left)


def _named(sources: Sources, cursor: Cursor, exclude: Collection[str]) -> Iterator[Pick]:
    """What the words around the cursor mean elsewhere, the nearest word first."""
    near = dict.fromkeys(reversed(words("\n".join((*cursor.lines_before(), *cursor.lines_after())))))
    return signatures.named(sources.catalogue, sources.outline_of, sources.definers, cursor.path, near, exclude)


def windows_alone(sources: Sources, cursor: Cursor, exclude: Collection[str], stable: list[Pick]) -> list[Chunk]:
    """The windows of an unlimited budget, chosen as if nothing else were shown."""
    singles, found = names_at(sources, cursor, exclude, stable)
    names = likely(found, singles, sources.old.names, _OLD, by_rows=True)
    return _window_chunks(sources, cursor, singles, names, _UNLIMITED)


def names_at(
    sources: Sources, cursor: Cursor, exclude: Collection[str], stable: Sequence[Pick], said: Iterable[str] = ()
) -> tuple[Sequence[Window], Evidence]:
    """The blocks most like the cursor's lines, best first, and what is told of the names that its line may need."""
    above, below = cursor.lines_before(), cursor.lines_after()
    terms = windows.query_terms(above, below)
    nearest = sources.scoring.nearest(sources.catalogue, terms, exclude, BLOCKS, sources.check)
    singles = nearest.windows
    vocabulary, blocks = sources.blocks.of(singles, sources.check)
    sources.check()
    line = cursor.line()
    query = Query(
        _filled(above[-1]) + above[-2::-1],
        _filled(below[0]) + below[1:],
        len(line) - len(line.lstrip(" \t")),
        cursor.language,
        [pick.symbol.name for pick in stable],
        (*cursor.words(), frozenset(said)),
        nearest.near,
        nearest.rarity,
        bool(above[-1].strip()),
        bool(below[0].strip()),
        {pick.path for pick in stable},
        cursor.path.rpartition("/")[0],
    )
    return singles, evidence(singles, blocks, vocabulary, query)


def look_ahead(sources: Sources, cursor: Cursor, exclude: Collection[str]) -> None:
    """Looks up what the first queries anywhere in a file will ask for, so that they find it in memory."""
    sources.definers(dict.fromkeys(words(cursor.text[:COMPARED_CHARS])))
    starts = [0, *(found.end() for found in _LINE_END.finditer(cursor.text))]
    step = max(_LINES_AHEAD, len(starts) // _PLACES_AHEAD + 1)
    for start in starts[step // 2 :: step] or starts[:1]:
        here = replace(cursor, offset=start)
        deque(islice(_named(sources, here, exclude), 2 * _LEAST_NAMED), maxlen=0)  # opens their outlines
        _read_near(sources, here, exclude, BLOCKS)


def look_around(sources: Sources, cursor: Cursor, exclude: Collection[str]) -> None:
    """Reads what a query left out for the number of files, and what one that differs by a word will look at."""
    _read_near(sources, cursor, exclude, BLOCKS_AROUND)


def _read_near(sources: Sources, cursor: Cursor, exclude: Collection[str], most: int) -> None:
    """Reads the blocks that are most like the cursor's lines, in small parts: a query need not wait for all of them."""
    terms = windows.query_terms(cursor.lines_before(), cursor.lines_after())
    nearest = sources.scoring.nearest(sources.catalogue, terms, exclude, most, sources.check)
    for part in sources.blocks.missing(nearest.windows, _AT_ONCE):
        sources.check()
        sources.blocks.of(part)


def _filled(line: str) -> list[str]:
    """The line, if anything stands in it."""
    return [line] if line.strip() else []


def _distinct(picks: Iterable[Pick]) -> list[Pick]:
    found: dict[tuple[str, int, str], Pick] = {}
    for pick in picks:
        found.setdefault((pick.path, pick.symbol.line, pick.symbol.name), pick)
    return list(found.values())


def _signature_chunks(sources: Sources, picks: list[Pick], budget: int, stable: bool) -> list[Chunk]:
    """One chunk a file with as many of the picks as fit, the most wanted first."""
    taken: dict[str, list[Pick]] = {}
    left = budget
    for pick in picks:
        cost = len(pick.symbol.signature) + 9 + (0 if pick.path in taken else len(pick.path) + PATH_CHARS)
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
    sources: Sources, cursor: Cursor, singles: Sequence[Window], names: Likely, budget: int
) -> list[Chunk]:
    shelves = Shelves(
        sources.catalogue, sources.blocks, sources.old, sources.outline_of, cursor.telling(), sources.check
    )
    lines = BLOCK_LINES if budget < _SMALL_BUDGET else 2 * BLOCK_LINES
    return cover(shelves, singles, names, lines, budget, _OLD)
