"""Places in real code as if the rest of their line were still to be typed."""

from __future__ import annotations

import random


def position(texts: dict[str, str], rng: random.Random) -> tuple[str, str, str, str]:
    """(path, text before, rest of the line, text after) of a place in a line that is not blank."""
    while True:
        path = rng.choice(sorted(texts))
        text = texts[path]
        if len(text) < 200:
            continue
        at = rng.randrange(len(text))
        end = text.find("\n", at)
        end = len(text) if end < 0 else end
        if text[at:end].strip():
            return path, text[:at], text[at:end], text[end:]
