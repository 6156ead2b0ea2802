"""When an answer reaches the screen: as fast as this machine really is, or after a latency that was named.

It asks the assistant as a server would, one request at a time, and knows nothing about whether an answer is right.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from inhouse.completion import Assistant, CompletionRequest, Item
from inhouse.model import CancelFlag
from inhouse.replay.cases import Case

Complete = Callable[[str, CancelFlag], str]
"""The ghost text behind what was typed so far; empty for silence."""


@dataclass(slots=True)
class Asking:
    """Asks an assistant about one document in which a text is being typed."""

    assistant: Assistant
    root: Path
    case: Case
    item: Item | None = None
    """What the last ghost text was made of."""
    request: CompletionRequest | None = None
    """The last one."""
    ms: list[float] = field(default_factory=list[float])
    """Of every request, until its answer or until it was given up."""

    def __call__(self, typed: str, cancel: CancelFlag) -> str:
        before = self.case.prefix + typed
        text = before + self.case.suffix
        started = time.perf_counter()
        path = self.root / self.case.path
        request = CompletionRequest(self.root, path, text, len(before), exclude=self.case.exclude)
        self.request = request
        items = self.assistant.complete(request, cancel).items
        self.ms.append(round((time.perf_counter() - started) * 1000, 2))
        self.item = items[0] if items else None
        return ghost_of(self.item, text, len(before)) if self.item else ""

    def look_ahead(self, cancel: CancelFlag) -> None:
        """Compute what follows the item on the screen, as a server does while its user reads."""
        if self.request is not None and self.item is not None:
            self.assistant.look_ahead(self.request, self.item, cancel)


def ghost_of(item: Item, text: str, offset: int) -> str:
    """What the user sees behind the cursor: the item less what it replaces; empty if it does not continue the text."""
    lead, tail = text[item.start : offset], text[offset : item.end]
    if not item.text.startswith(lead):
        return ""
    ghost = item.text[len(lead) :]
    return ghost.removesuffix(tail)


@dataclass(slots=True)
class Measured:
    """The next key takes back a request that is not answered by then, as a server does; time is this machine's."""

    complete: Complete
    idle: Callable[[CancelFlag], object] = lambda _: None
    """What is done with the rest of the pause once a ghost text is there."""

    def ghost(self, typed: str, pause_ms: float) -> str | None:
        cancel = CancelFlag()
        started = time.perf_counter()
        timer = threading.Timer(pause_ms / 1000, cancel.set)
        timer.start()
        try:
            found = self.complete(typed, cancel)
            late = (time.perf_counter() - started) * 1000 > pause_ms
            if found and not late:
                self.idle(cancel)
        finally:
            timer.cancel()
            timer.join()  # the flag must outlive whoever sets it
        return None if late else found


@dataclass(slots=True)
class Given:
    """Each answer takes `latency_ms`; a request runs on while the user types, and fits if what was typed agrees."""

    complete: Complete
    latency_ms: float
    _now: float = 0.0
    _pending: tuple[str, float, str] | None = None
    """(typed when asked, time of the answer, the answer)"""

    def ghost(self, typed: str, pause_ms: float) -> str | None:
        until = self._now + pause_ms
        if self._pending is None:
            self._ask(typed, self._now)
        found: str | None = None
        while self._pending and self._pending[1] <= until:
            asked, at, answer = self._pending
            self._pending = None
            since = typed[len(asked) :]
            if answer.startswith(since) and answer[len(since) :].strip():
                found = answer[len(since) :]
                break
            if since:
                self._ask(typed, at)
        self._now = until
        return found

    def _ask(self, typed: str, now: float) -> None:
        self._pending = (typed, now + self.latency_ms, self.complete(typed, CancelFlag()))
