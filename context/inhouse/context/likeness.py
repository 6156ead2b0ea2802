"""How alike two pieces of code are, by their lines: for leaving out copies of the current file and of each other."""

_TRIVIAL_CHARS = 8
"""Shorter lines (`else:`, `}`, `return x`) stand everywhere and prove no likeness."""


def telling_lines(text: str) -> frozenset[str]:
    """The distinct lines long enough to tell one piece of code from another, without indentation."""
    return frozenset(stripped for line in text.split("\n") if len(stripped := line.strip()) >= _TRIVIAL_CHARS)


def alike(one: frozenset[str], other: frozenset[str]) -> float:
    """Shared lines over all lines of both (Jaccard); 0 when either has none."""
    shared = len(one & other)
    return shared / (len(one) + len(other) - shared) if shared else 0.0


def contained(part: frozenset[str], whole: frozenset[str]) -> float:
    """The share of a piece's lines that stand in the other; 0 for a piece without telling lines."""
    return len(part & whole) / len(part) if part else 0.0
