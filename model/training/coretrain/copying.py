"""Look-up alone: the continuation of the longest match of the text before the cursor, elsewhere in the project.

The bar that a small core has to clear; it uses no model.
"""

from __future__ import annotations

from collections import Counter

from coretrain.held_holes import HeldHole
from coretrain.project import Project

LONGEST_MATCH = 300
SHORTEST_MATCH = 4
MOST_PLACES = 300
_END = "\0"


def longest_match(hole: HeldHole, project: Project) -> str:
    """The commonest rest of line behind that match."""
    others = [file.text for number, file in enumerate(project.files) if number != hole.file]
    text = _END.join([hole.prefix[:-1], hole.suffix, *others])
    length = _match_length(hole.prefix, text)
    if length < SHORTEST_MATCH:
        return ""
    key = hole.prefix[-length:]
    found: Counter[str] = Counter()
    at = text.find(key)
    while at >= 0 and found.total() < MOST_PLACES:
        end = text.find("\n", at + length)
        found[text[at + length : end if end >= 0 else None].split(_END)[0]] += 1
        at = text.find(key, at + 1)
    return found.most_common(1)[0][0]


def _match_length(prefix: str, text: str) -> int:
    low, high = 0, min(LONGEST_MATCH, len(prefix))
    while low < high:
        middle = (low + high + 1) // 2
        if text.find(prefix[-middle:]) >= 0:
            low = middle
        else:
            high = middle - 1
    return low
