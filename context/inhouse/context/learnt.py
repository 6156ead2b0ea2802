"""Runs of tokens that count for or against their tokens: what the user kept and what the user changed.

Keeps numbers only; what was kept, and for how much it counts, others decide.
"""

from collections import OrderedDict

import numpy as np

from inhouse.context.segments import Segment, Strengths, Tokens

MOST_RUNS = 2000
"""Runs kept, the newest: sorting so many anew takes 10 ms."""

LONGEST_RUN = 96
"""Tokens of a run: 16 of context are compared, and a suggestion is rarely longer than the rest."""

STRONGEST = 8.0
"""Twice what a place in the current file counts: more would let one line speak for all."""

Run = tuple[Tokens, Strengths]


class Learnt:
    """The runs, each once. The numbers are the project's own dense ones (Ngram translates)."""

    def __init__(self) -> None:
        self._runs: OrderedDict[bytes, Run] = OrderedDict()

    def add(self, tokens: Tokens, strengths: Strengths) -> None:
        """Adds to what the same run counts already; a run that no longer counts is dropped."""
        tokens, strengths = tokens[-LONGEST_RUN:], strengths[-LONGEST_RUN:]
        key = tokens.tobytes()
        held = self._runs.pop(key, None)
        if held is not None:
            strengths = strengths + held[1]
        strengths = np.clip(strengths, -STRONGEST, STRONGEST)
        if not strengths.any():
            return
        self._runs[key] = (tokens, strengths)
        while len(self._runs) > MOST_RUNS:
            self._runs.popitem(last=False)

    def runs(self) -> list[Run]:
        """All runs, the newest last."""
        return list(self._runs.values())

    def segment(self) -> Segment | None:
        """The runs, sorted for looking up; None when there are none."""
        if not self._runs:
            return None
        names = {f"\0/{index}": run for index, run in enumerate(self._runs.values())}
        return Segment(
            {name: tokens for name, (tokens, _) in names.items()}, {name: run[1] for name, run in names.items()}
        )
