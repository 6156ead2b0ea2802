"""Rust's `use` trees, flattened: `a::{b, c as d}` gives (a, b) and (a, c as d)."""

import re
from collections.abc import Iterator

_DEPTH_LIMIT = 16
"""Deeper nesting than any written by hand: bounds the recursion on broken text."""


def expand_use(text: str, prefix: str = "", depth: int = 0) -> Iterator[tuple[str, str, str]]:
    """Every imported item as (path of the module, name, alias)."""
    text = text.strip()
    if depth > _DEPTH_LIMIT or not text:
        return
    head, brace, rest = text.partition("{")
    if brace:
        inner = rest.rpartition("}")[0] if "}" in rest else rest
        for part in _split_top(inner):
            yield from expand_use(part, prefix + head.strip(), depth + 1)
        return
    path, _, alias = re.sub(r"\s+", " ", prefix + text).partition(" as ")
    module, _, name = path.strip().rpartition("::")
    if name == "self":
        module, _, name = module.rpartition("::")
    yield module, name, "" if alias.strip() == "_" else alias.strip()


def _split_top(text: str) -> Iterator[str]:
    """The parts between commas that stand outside of braces."""
    depth, start = 0, 0
    for index, char in enumerate(text):
        if char == "{":
            depth += 1
        elif char == "}":
            depth -= 1
        elif char == "," and depth == 0:
            yield text[start:index]
            start = index + 1
    yield text[start:]
