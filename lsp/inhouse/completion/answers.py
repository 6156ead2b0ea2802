"""From what the model wrote to the answer: shaped, weighed, and shown or kept back with a reason. It runs no model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from inhouse.completion.cursor import Cursor
from inhouse.completion.gate import features_of, fitted
from inhouse.completion.name_check import NameCheck
from inhouse.completion.request import Completion, CompletionRequest, Item, Provenance, TokenCounts
from inhouse.completion.settings import Settings
from inhouse.completion.shape import shape
from inhouse.context import Chunk
from inhouse.model import Fill, Token

UNSURE = "not sure enough"
"""The reason for silence when the chance of being kept is below the user's threshold."""


class Answers:
    """Judges what was written by the fitted gate and the user's settings."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
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
        correct: Callable[[float], float] | None = None,
        check: NameCheck | None = None,
    ) -> Completion:
        """The answer to show. `agreement`: the project's own certainty at each token; `timings` in milliseconds.

        `correct`: the gate's chance as it is in this project, if that was learnt. `check`: judges the names in what was
        written; what has unknown ones stands back for other answers.
        """
        counts = TokenCounts(
            fill.prompt_tokens, fill.reused_tokens, len(fill.tokens), fill.drafted_tokens, fill.accepted_tokens
        )
        if fill.stop == "cancelled":
            return Completion((), "cancelled", model, counts, timings)
        places = tuple(Provenance(chunk.path, chunk.start_line, chunk.kind) for chunk in chunks)
        cut_off = fill.stop in ("limit", "deadline")
        answers: list[tuple[str, Sequence[Token], bool]] = [(fill.text, fill.tokens, cut_off)]
        answers += [(other.text, other.tokens, False) for other in fill.alternatives]
        items: list[Item] = []
        silent = None
        doubts = [check.doubt(text, cut_off=unfinished) if check else None for text, _, unfinished in answers]
        order = sorted(range(len(answers)), key=lambda number: doubts[number] is not None)
        for number in order:
            doubt = doubts[number]
            written = _before(*answers[number][:2], doubt.at) if doubt else answers[number]
            found = self._judged(request, cursor, *written, agreement, correct)
            if isinstance(found, str):
                silent = silent or (doubt.why if doubt else found)
            elif all(found.text != other.text for other in items) and not (doubt and items):
                items.append(replace(found, provenance=places))
        return Completion(
            tuple(items[: max(1, request.alternatives)]), None if items else silent, model, counts, timings
        )

    def _judged(
        self,
        request: CompletionRequest,
        cursor: Cursor,
        text: str,
        tokens: Sequence[Token],
        cut_off: bool,
        agreement: Sequence[float],
        correct: Callable[[float], float] | None,
    ) -> Item | str:
        """The item, with as many of its lines as are sure enough, or why there is none."""
        ids = [token.id for token in tokens]
        shaped = shape(text, cursor, tokens=ids, cut_off=cut_off)
        if shaped.silent:
            return shaped.silent
        for lines in range(shaped.text.count("\n") + 1, 0, -1):
            part = shape(text, cursor, tokens=ids, cut_off=cut_off, lines=lines)
            if part.silent:
                break
            own = tokens[: _tokens_of_lines(tokens, lines)]
            features = features_of(own, agreement, part.text, cursor.line_head)
            probability = self._gate.probability(features)
            if correct is not None:
                probability = correct(probability)
            if probability >= self.settings.show_above or (lines == 1 and request.invoked):
                return Item(part.text, cursor.start, part.end, probability, "model", (), features)
        return UNSURE


def _before(text: str, tokens: Sequence[Token], at: int) -> tuple[str, Sequence[Token], bool]:
    """The text before a doubtful place, back to where something whole ends, with its tokens; nothing if it is bare."""
    kept = text[:at].rstrip(" \t.,=+-*/%&|<>!:?~^@")
    if not any(letter.isalnum() for letter in kept):
        return "", (), False
    length = 0
    for number, token in enumerate(tokens):
        length += len(token.text)
        if length >= len(kept):
            return kept, tokens[: number + 1], False
    return kept, tokens, False


def _tokens_of_lines(tokens: Sequence[Token], lines: int) -> int:
    """How many tokens say so many lines."""
    seen = 0
    for number, token in enumerate(tokens):
        seen += token.text.count("\n")
        if seen >= lines:
            return number + 1
    return len(tokens)
