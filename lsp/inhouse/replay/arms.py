"""The arms that are compared, on the same weights: parts switched off, or others' ways put in their place."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from inhouse.completion import Settings
from inhouse.completion.cursor import Cursor
from inhouse.completion.shape import Shaped, Shaper, shape
from inhouse.model import Engine
from inhouse.replay.engines import NgramEngine, PeerEngine, SamplingEngine, Vocabulary
from inhouse.replay.peers import Files, ring, snippets

_ALONE: Mapping[str, Any] = {
    "project_context": False,
    "project_mix": False,
    "name_bias": False,
    "name_check": False,
    "instant_lane": False,
    "learning": False,
    "project_lines": False,
}
"""The model and the current file, nothing of the project."""

MakeEngine = Callable[[Engine, Files], Engine]


@dataclass(frozen=True, slots=True)
class Arm:
    """What is switched off, and which engine answers in the place of the model alone."""

    switches: Mapping[str, Any]
    engine: MakeEngine | None = None
    blocks: str = "project"
    """What of the project stands in the prompt: arms with the same share their prompts."""
    shaper: Shaper = shape
    """Fits what was written to the document."""

    def settings(self, settings: Settings, **asked: Any) -> Settings:
        """The arm's settings; `asked` go before them."""
        return replace(settings, **{**self.switches, **asked})


def _ngram(engine: Engine, files: Files) -> Engine:
    vocabulary = getattr(engine, "vocabulary", None)
    return NgramEngine(engine, vocabulary) if isinstance(vocabulary, Vocabulary) else engine


def _sampling(engine: Engine, files: Files) -> Engine:
    return SamplingEngine(engine)


def _ring(engine: Engine, files: Files) -> Engine:
    return PeerEngine(engine, lambda request, room: ring(files, request, room))


def _snippets(engine: Engine, files: Files) -> Engine:
    return PeerEngine(engine, lambda request, room: snippets(files, request, room))


def _as_written(
    raw: str, cursor: Cursor, /, *, tokens: Sequence[object] = (), cut_off: bool = False, lines: int = 0
) -> Shaped:
    """No post-processing: brackets doubled, lines repeated, indentation as it came."""
    text = raw.rstrip()
    if lines:
        text = "\n".join(text.split("\n")[:lines]).rstrip()
    silent = None if text.strip() else "nothing to add"
    return Shaped((cursor.lead + text).replace("\n", cursor.newline), cursor.offset, silent)


ARMS: Mapping[str, Arm] = {
    "full": Arm({}),
    "plain": Arm(_ALONE, blocks="none"),
    "ring": Arm(_ALONE, _ring, "ring"),
    "snippets": Arm(_ALONE, _snippets, "snippets"),
    "no-retrieval": Arm({"project_context": False}, blocks="none"),
    "no-mix": Arm({"project_mix": False}),
    "no-lines": Arm({"project_lines": False}),
    "no-adapted": Arm({"adapted_lines": False}),
    "no-search": Arm({"searched_lines": False}),
    "no-beginnings": Arm({"beginnings": False}),
    "no-parts": Arm({"line_parts": False}),
    "no-bias": Arm({"name_bias": False}),
    "no-check": Arm({"name_check": False}),
    "no-instant": Arm({"instant_lane": False}),
    "no-gate": Arm({"show_above": 0.0}),
    "no-shape": Arm({}, shaper=_as_written),
    # the next three show where text is typed: holes are asked for once each, and must not know each other
    "no-cache": Arm({"suggestion_cache": False}),
    "no-ahead": Arm({"look_ahead": False}),
    "no-learning": Arm({"learning": False}),
    "ngram": Arm(
        {"project_context": False, "instant_lane": False, "name_bias": False, "project_lines": False},
        _ngram,
        "none",
    ),
    "sampling": Arm({"instant_lane": False, "project_lines": False}, _sampling),
}
