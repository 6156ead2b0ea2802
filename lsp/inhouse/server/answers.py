"""Remembers the last answer for each document, so that the user can ask why, and counts what was accepted.

In memory only; nothing here is written down.
"""

from __future__ import annotations

from typing import Any

REMEMBERED_DOCUMENTS = 100
"""More documents than anybody looks at in a session; an answer is about 1 kB."""

NO_ANSWER: dict[str, Any] = {"items": [], "silent": "not asked"}
"""What `inhouse.why` says of a document nothing was ever asked for."""


class Answers:
    """The last answers, newest last, and two counts."""

    def __init__(self) -> None:
        self._last: dict[str, dict[str, Any]] = {}
        self._suggested: dict[str, dict[str, Any]] = {}
        """The last answers that had items: VS Code asks anew after each accept, mostly to hear nothing."""
        self._issued = 0
        self.shown = 0
        """Answers that had an item."""
        self._accepted: set[int] = set()

    @property
    def accepted(self) -> int:
        """Answers of which an item was accepted."""
        return len(self._accepted)

    def issue(self) -> int:
        """A number for an answer that has items: it comes back when one of them is accepted."""
        self._issued += 1
        self.shown += 1
        return self._issued

    def remember(self, uri: str, answer: dict[str, Any]) -> None:
        for kept in (self._last, self._suggested) if answer.get("items") else (self._last,):
            kept.pop(uri, None)
            kept[uri] = {"uri": uri, **answer}
            if len(kept) > REMEMBERED_DOCUMENTS:
                kept.pop(next(iter(kept)))

    def forget(self, uri: str) -> None:
        self._last.pop(uri, None)
        self._suggested.pop(uri, None)

    def accept(self, number: int) -> bool:
        """Count an acceptance; False for a number never given or counted already."""
        if not 1 <= number <= self._issued or number in self._accepted:
            return False
        self._accepted.add(number)
        return True

    def why(self, uri: str | None = None) -> dict[str, Any]:
        """The last answer for a document, or the last one at all, with the counts.

        Where that had nothing, `before` is the last one that had.
        """
        if uri is None:
            uri = next(reversed(self._last), None)
        last = self._last.get(uri, {"uri": uri, **NO_ANSWER}) if uri else {"uri": None, **NO_ANSWER}
        before = self._suggested.get(uri) if uri and not last.get("items") else None
        counts = {"shown": self.shown, "accepted": self.accepted}
        return {**last, **counts, **({"before": before} if before else {})}
