"""The file's own habit of indentation, and a text of several lines brought to it. The cursor's line stays as it is."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from math import gcd

from inhouse.completion.brackets import balance

_WIDEST = 8
_LEAST_STEPS = 2
"""One deeper line may be an aligned bracket; two of a width are a habit."""


@lru_cache(maxsize=2)  # an answer of several lines is shaped once for each number of lines
def habit(text: str) -> str | None:
    """What one step of indentation is in this text: a tab, or 1 to 8 blanks; None when it does not show."""
    steps: Counter[str] = Counter()
    before, brackets = "", False
    for line in text.split("\n"):
        bare = line.lstrip(" \t")
        if not bare:
            continue
        lead = line[: len(line) - len(bare)]
        if lead.startswith(before) and len(lead) > len(before) and not brackets:
            step = lead[len(before) :]
            if step == "\t" or (not step.strip(" ") and len(step) <= _WIDEST):
                steps[step] += 1
        before, brackets = lead, bare.rstrip().endswith(("(", "[", ","))
    best = steps.most_common(1)
    return best[0][0] if best and best[0][1] >= _LEAST_STEPS else None


def refit(text: str, head: str, step: str | None) -> str:
    """The lines of a text after its first, with the text's own steps of indentation turned into the file's."""
    lines = text.split("\n")
    if step is None or len(lines) < 2:
        return text
    base = head[: len(head) - len(head.lstrip(" \t"))]
    leads = [line[: len(line) - len(line.lstrip(" \t"))] for line in lines[1:] if line.strip()]
    own = _own_step([lead[len(base) :] for lead in leads if lead.startswith(base)])
    aligned = (
        own != "\t" and step != "\t" and any(balance("\n".join(lines[:n])).depth > 0 for n in range(1, len(lines)))
    )
    if own is None or own == step or aligned:
        return text
    return "\n".join([lines[0], *(_turned(line, base, own, step) for line in lines[1:])])


def _own_step(leads: list[str]) -> str | None:
    """One step of a text's indentation; None when it has none or follows no rule."""
    deeper = [lead for lead in leads if lead]
    if deeper and all(not lead.strip("\t") for lead in deeper):
        return "\t"
    if not deeper or any("\t" in lead for lead in deeper):
        return None
    width = gcd(*map(len, deeper))
    return " " * width if width > 1 else None


def _turned(line: str, base: str, own: str, step: str) -> str:
    bare = line.lstrip(" \t")
    lead = line[: len(line) - len(bare)]
    if not bare or not lead.startswith(base):
        return line
    return base + step * ((len(lead) - len(base)) // len(own)) + bare
