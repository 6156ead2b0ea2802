"""Brings a hole's prompt into the cache, up to the token that comes next, and tells what is to be said again there.

It writes nothing: what follows is for decode.py, judge.py and beam.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from inhouse.model.cancel import CancelFlag
from inhouse.model.fill import FillRequest
from inhouse.model.healing import take_back
from inhouse.model.layout import Layout, Prompt
from inhouse.model.session import Session
from inhouse.model.vocabulary import Vocabulary

_BEFORE_TOKENS = 64
"""Prompt tokens that the steering gets to see: more than any n-gram's order."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A hole whose prompt is in the cache."""

    ids: Sequence[int]
    """The prompt's."""
    before: Sequence[int]
    """Its last ones that are text."""
    healed: bytes
    """The text at the cursor whose tokens were taken back: they are to be said again."""
    reused: int
    """How many tokens were in the cache already."""


class Opening:
    """Opens holes for one engine."""

    def __init__(self, layout: Layout, session: Session, vocabulary: Vocabulary, *, heal: bool) -> None:
        self._layout = layout
        self._session = session
        self._vocabulary = vocabulary
        self._heal = heal

    def open(self, request: FillRequest, cancel: CancelFlag, *, whole: bool = False) -> Opened:
        """Evaluate what of the prompt is not in the cache. `whole`: half a character is not said again.

        Raises Cancelled, keeping the finished chunks.
        """
        prompt = self._layout.prompt(request)
        ids, before, healed = self._take_back(prompt)
        if whole and not _is_text(healed):
            ids, before, healed = self._take_back(replace(prompt, tail=0))
        reused = self._session.evaluate(request.key, ids, cancel, prompt.suffix)
        return Opened(ids, before, healed, reused)

    def read_ahead(self, request: FillRequest, cancel: CancelFlag) -> None:
        """The same exactly, where nobody waits for it. Raises Cancelled, keeping the finished chunks."""
        ids, _, _ = self._take_back(self._layout.prompt(request))
        self._session.refresh(request.key, ids, cancel)
        self._session.evaluate(request.key, ids, cancel)

    def _take_back(self, prompt: Prompt) -> tuple[list[int], list[int], bytes]:
        """(prompt without the tokens to be said again, its last tokens of text, the bytes to be said again)."""
        ids, most = prompt.ids, min(prompt.tail, len(prompt.ids) - 1)
        count, healed = take_back(ids, self._vocabulary.piece, most) if self._heal else (0, b"")
        kept = ids[: len(ids) - count]
        return [*kept, *prompt.closing], kept[-_BEFORE_TOKENS:], healed


def _is_text(data: bytes) -> bool:
    """Whether these bytes are whole characters."""
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True
