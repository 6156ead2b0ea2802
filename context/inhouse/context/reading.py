"""Turns one file into what the index keeps of it: outline, and the terms of every block of lines."""

from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

from inhouse.context import files, ignore, packing, references
from inhouse.context.languages import LANGUAGES, dialect_of
from inhouse.context.outline import Outline, outline, parse
from inhouse.context.terms import key, term_set

BLOCK_LINES = 10
"""The index's grain: two neighbouring blocks make a window of 20 lines, so every line lies in two windows while its
terms are stored once."""

_OUTLINE_SYMBOLS = 4000
"""A file that defines more is a table (register maps, translations): the first ones must do."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A file that was read and is to be stored; blocks are strings of keys of terms with spaces between."""

    path: str
    language: str
    size: int
    mtime_ns: int
    digest: bytes
    lines: int
    symbols: int
    names: tuple[str, ...]
    """The distinct names that the file defines, sorted."""
    outline: bytes
    """As packing.pack() makes it."""
    blocks: tuple[str, ...]
    uses: bytes = b""
    """What the file calls and inherits from, as references.pack() makes it."""


def digest_of(text: str) -> bytes:
    """Tells one text from another: 12 bytes."""
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=12).digest()


def read(root: Path, entry: files.Entry) -> Reading | None:
    """Reads and analyses a file of the disk; None when it is gone or not worth indexing."""
    text = files.read(root / entry.path)
    if text is None or ignore.generated(entry.path, text):
        return None
    return analyse(entry.path, text, entry.size, entry.mtime_ns)


def analyse(path: str, text: str, size: int = -1, mtime_ns: int = -1) -> Reading | None:
    """Analyses a text as the file at path; size and time are -1 for text that is not the disk's."""
    language = dialect_of(Path(path), text)
    if language is None:
        return None
    lines = text.split("\n")
    if lines and not lines[-1]:
        lines.pop()
    source = text.encode("utf-8", "replace")
    tree = parse(language, source)
    found = outline(language, source, tree)
    uses = references.pack(*references.uses_in(language, tree))
    if len(found.symbols) > _OUTLINE_SYMBOLS:
        found = Outline(found.symbols[:_OUTLINE_SYMBOLS], found.imports, found.package)
    without = LANGUAGES[language].unsearched
    blocks = tuple(
        " ".join(sorted(map(key, term_set(lines[start : start + BLOCK_LINES], without))))
        for start in range(0, len(lines), BLOCK_LINES)
    )
    names = tuple(sorted({symbol.name for symbol in found.symbols}))
    packed = packing.pack(found)
    return Reading(
        path, language, size, mtime_ns, digest_of(text), len(lines), len(found.symbols), names, packed, blocks, uses
    )
