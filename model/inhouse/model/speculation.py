"""What one engine knows of drafts: what batches cost here, how often guesses were right, and so whether to guess.

It evaluates nothing for an answer; drafting.py does.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from inhouse.model.batch_costs import BatchCosts, can_pay
from inhouse.model.drafting import Drafting
from inhouse.model.drafts import Acceptance, PromptDrafts
from inhouse.model.fill import Drafter, FillRequest, Steering
from inhouse.model.session import Session

_WORTH_LOOKING_MS = 1.5
"""A look into the prompt for a draft takes 0.05 ms at each token: of the embedded core's 0.5 to 1.2 ms that is more
than the drafts win back (5 to 10 % were lost); at 0.5B nobody notices it. A project's n-gram is asked anyway."""


class Speculation:
    """The drafts of one engine. Used from its thread."""

    def __init__(
        self, session: Session, piece: Callable[[int], bytes], file: Path, key: str, *, enabled: bool, on_gpu: bool
    ) -> None:
        """`file` remembers what batches cost the model that `key` names; `piece` gives a token's bytes."""
        self._session = session
        self._piece = piece
        self._enabled = enabled
        self._acceptance = Acceptance()
        self._costs = BatchCosts(file, key)
        # A processor's time leaves out what others interrupt it for; a GPU's work is seen on the wall only.
        fine = time.get_clock_info("thread_time").resolution < 1e-5
        self._clock = time.thread_time if fine and not on_gpu else time.perf_counter

    def costs(self, threads: int, depth: int) -> Mapping[int, float] | None:
        """Milliseconds to evaluate so many tokens together behind about so many; None if not measured yet."""
        return self._costs.of(threads, depth)

    def learn(self, threads: int) -> None:
        """Measure behind the current sequence, unless that is known. Raises Cancelled."""
        depth = len(self._session.tokens)
        if self._enabled and self._costs.wanted(threads, depth):
            self._costs.measure(threads, depth, self._time)

    def of(self, ids: Sequence[int], request: FillRequest, steering: Steering | None, threads: int) -> Drafting | None:
        """What reads ahead for this answer; None where nothing was measured yet, or it is switched off."""
        costs = self._costs.of(threads, len(ids)) if self._enabled else None
        if costs is None or not can_pay(costs):
            return None
        if isinstance(steering, Drafter):
            drafter: Drafter = steering
        elif costs[1] >= _WORTH_LOOKING_MS:
            drafter = PromptDrafts(ids)
        else:
            return None
        return Drafting(
            self._session,
            drafter,
            costs,
            self._acceptance,
            usable=self._continues if request.max_lines == 1 else self._is_text,
            most=request.max_tokens,
        )

    def _time(self, size: int) -> float:
        """Milliseconds to evaluate so many tokens together; the sequence is as before. Raises Cancelled."""
        session = self._session
        length = len(session.tokens)
        started = self._clock()
        session.verify([session.tokens[-1]] * size)
        session.logits()
        took = (self._clock() - started) * 1000
        session.shorten(length)
        return took

    def _is_text(self, token: int) -> bool:
        return bool(self._piece(token))

    def _continues(self, token: int) -> bool:
        """Whether an answer of one line goes on behind this token."""
        piece = self._piece(token)
        return bool(piece) and b"\n" not in piece
