"""What the context part hands to others: chunks for a cursor, figures of an index, and its one error."""

from dataclasses import dataclass, field


class ContextError(Exception):
    """Something that the user can mend; the message is one clear line."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of another project file that matters for a cursor."""

    path: str
    """Relative to the root, with forward slashes."""
    start_line: int
    """From 1, inclusive, as is end_line."""
    end_line: int
    text: str
    """With LF line ends."""
    kind: str
    """signature, window, names, recent, convention or library."""
    score: float
    stable: bool
    """Does not change while somebody types in the current file: such chunks come first."""
    source: str = ""
    """Of a library: the absolute path of the file in the environment, which `path` has without its folders."""


@dataclass(frozen=True, slots=True)
class IndexFigures:
    """What an index holds and what making or refreshing it took."""

    files: int = 0
    lines: int = 0
    symbols: int = 0
    windows: int = 0
    skipped: int = 0
    """Files left out because they are binary, generated, minified, secret, too large, too many or vanished."""
    beyond: int = 0
    """Of these, the files above the most that are read."""
    languages: dict[str, int] = field(default_factory=dict[str, int])
    """Files by language, most first."""
    read: int = 0
    """Files that were new or changed and had to be read."""
    read_lines: int = 0
    removed: int = 0
    seconds: float = 0.0
    index_bytes: int = 0
    source_bytes: int = 0
