"""From what the model wrote to the answer: shaped, weighed, and shown or kept back with a reason. It runs no model."""

from __future__ import annotations

from collections.abc import Sequence

from inhouse.completion.cursor import Cursor
from inhouse.completion.gate import features_of, fitted
from inhouse.completion.request import Completion, CompletionRequest, Item, Provenance, TokenCounts
from inhouse.completion.settings import Settings
from inhouse.completion.shape import shape
from inhouse.context import Chunk
from inhouse.model import Fill

UNSURE = "not sure enough"
"""The reason for silence when the chance of being kept is below the user's threshold."""


class Answers:
    """Judges what was written by the fitted gate and the user's settings."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._gate = fitted()

    def of(
        self,
        request: CompletionRequest,
        fill: Fill,
        cursor: Cursor,
        chunks: Sequence[Chunk],
        agreement: Sequence[float],
        model: str,
        timings: dict[str, float],
    ) -> Completion:
        """The answer to show. `agreement`: the project's own certainty at each token; `timings` in milliseconds."""
        counts = TokenCounts(
            fill.prompt_tokens, fill.reused_tokens, len(fill.tokens), fill.drafted_tokens, fill.accepted_tokens
        )
        if fill.stop == "cancelled":
            return Completion((), "cancelled", model, counts, timings)
        places = tuple(Provenance(chunk.path, chunk.start_line, chunk.kind) for chunk in chunks)
        answers = [(fill.text, fill.tokens), *((other.text, other.tokens) for other in fill.alternatives)]
        items: list[Item] = []
        silent = None
        for text, tokens in answers:
            shaped = shape(text, cursor)
            features = features_of(tokens, agreement, shaped.text, cursor.line_head)
            probability = self._gate.probability(features)
            why = shaped.silent or (UNSURE if self._holds_back(request, probability) else None)
            if why is None:
                items.append(Item(shaped.text, cursor.start, shaped.end, probability, "model", places, features))
            silent = silent or why
        return Completion(tuple(items), None if items else silent, model, counts, timings)

    def _holds_back(self, request: CompletionRequest, probability: float) -> bool:
        """Whether a suggestion is too unsure to be shown unasked."""
        return not request.invoked and probability < self._settings.show_above
