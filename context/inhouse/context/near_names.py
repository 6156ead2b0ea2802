"""Names that the lines like those around the cursor use and the current file has not: a list says more than windows.

A window spends three quarters of its characters on what the file already has. On development repositories 2,500
characters of windows had half of the names that a line needs from other files, a list of names three quarters.
"""

from collections.abc import Collection, Mapping, Sequence

from inhouse.context.chunk import Chunk
from inhouse.context.languages import LANGUAGES
from inhouse.context.windows import Window

_LINE_CHARS = 100


def ranked(worth: Mapping[str, float], old: Collection[str] = ()) -> list[str]:
    """The words, those that are worth most first; old: names not to be used any more, which come last."""
    found = sorted(worth)
    found.sort(key=worth.__getitem__, reverse=True)  # equal ones stay in their order
    return sorted(found, key=old.__contains__) if old else found


def names_chunk(language: str, windows: Sequence[Window], names: Sequence[str], budget: int) -> list[Chunk]:
    """As many of the names as fit, as lines of a comment; its place is that of the best window."""
    if not windows or not names:
        return []
    mark = LANGUAGES[language].comment if language in LANGUAGES else "//"
    lines: list[str] = []
    left = budget - len(windows[0].path)
    for name in names:
        cost = len(name) + 2
        begins = not lines or len(lines[-1]) + cost > _LINE_CHARS
        cost += len(mark) + 2 if begins else 0
        if cost > left:
            break
        left -= cost
        if begins:
            lines.append(f"{mark} {name}")
        else:
            lines[-1] += f", {name}"
    if not lines:
        return []
    best = windows[0]
    return [Chunk(best.path, best.start_line, best.end_line, "\n".join(lines), "names", best.score, False)]
