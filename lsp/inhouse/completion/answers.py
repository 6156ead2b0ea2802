"""From what the model wrote to the answer: which of several texts are shown, in what order, or why none is.

It runs no model; how one text becomes an item stands in items.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from inhouse.completion.cursor import Cursor
from inhouse.completion.items import UNSURE, Aids, Gates, Items
from inhouse.completion.lookup import Compared
from inhouse.completion.name_check import Doubt
from inhouse.completion.ranking import Ranked
from inhouse.completion.repeats import bare
from inhouse.completion.request import Completion, CompletionRequest, Item, Provenance, TokenCounts
from inhouse.completion.shape import Shaper, shape
from inhouse.context import Chunk
from inhouse.model import Fill, Token


@dataclass(frozen=True, slots=True)
class _Answer:
    """One of several answers, before it is known whether it can be shown."""

    text: str
    tokens: Sequence[Token]
    """Empty if the model did not write it."""
    cut_off: bool
    ranked: Ranked | None = None


class Answers:
    """Judges what was written by the fitted gates."""

    def __init__(self, shaper: Shaper = shape) -> None:
        self._shape = shaper
        self._gates = Gates()

    def of(
        self,
        request: CompletionRequest,
        fill: Fill,
        cursor: Cursor,
        chunks: Sequence[Chunk],
        model: str,
        timings: dict[str, float],
        aids: Aids,
    ) -> Completion:
        """The answer to show; what has unknown names stands back for other answers. `timings` in milliseconds."""
        counts = TokenCounts(
            fill.prompt_tokens, fill.reused_tokens, len(fill.tokens), fill.drafted_tokens, fill.accepted_tokens
        )
        if fill.stop == "cancelled":
            return Completion((), "cancelled", model, counts, timings)
        notes = list(aids.notes)
        places = tuple(Provenance(chunk.source or chunk.path, chunk.start_line, chunk.kind) for chunk in chunks)
        items: list[Item] = []
        silent = None
        make = Items(request, cursor, aids, self._shape, self._gates)
        for found in _found(make, _answers(fill, aids.compared), aids, notes):
            if isinstance(found, str):
                silent = silent or found
            elif all(bare(found.text) != bare(other.text) for other in items):
                items.append(replace(found, provenance=(*found.provenance, *places)))
            if len(items) >= max(1, request.alternatives):
                break
        if not items and make.shorter:
            shorter = make.shorter.item
            items.append(replace(shorter, provenance=(*shorter.provenance, *places)))
            notes.append("only the beginning of the line is sure enough")
        return Completion(tuple(items), None if items else silent, model, counts, timings, tuple(notes))


def is_cut_off(fill: Fill) -> bool:
    """Whether a limit ended the first answer, not its own end: its last name may go on."""
    return fill.stop in ("limit", "deadline")


def _answers(fill: Fill, compared: Compared | None) -> list[_Answer]:
    """What there is to choose from, the best first; of the model alone when nothing was ranked."""
    cut_off = is_cut_off(fill)
    if compared is None:
        others = [_Answer(other.text, other.tokens, False) for other in fill.alternatives]
        return [_Answer(fill.text, fill.tokens, cut_off), *others]
    found: list[_Answer] = []
    for one in compared.lines:
        written = one.candidate.written
        text, tokens = (written.whole, written.tokens) if written else (one.candidate.text, ())
        found.append(_Answer(text.rstrip(), tokens, cut_off and text == fill.text, one))
    return found


def _found(make: Items, answers: Iterable[_Answer], aids: Aids, notes: list[str]) -> Iterator[Item | str]:
    """Items, or why there is none: of answers without doubtful names, then what stands before a doubtful one."""
    doubtful: list[tuple[_Answer, Doubt]] = []
    any_shown = False
    for answer in answers:
        if aids.check and (doubt := aids.check.doubt(answer.text, cut_off=answer.cut_off)):
            doubtful.append((answer, doubt))
            continue
        found = _judged(make, answer)
        if found == UNSURE:
            notes.append(f"held back below a chance of {aids.show_above}: {answer.text.strip()!r}")
        any_shown = any_shown or not isinstance(found, str)
        yield found
    for answer, doubt in doubtful:
        notes.append(f"{doubt.why}: {answer.text.strip()!r} was cut there or left for another answer")
        cut: Item | str = doubt.why
        if answer.tokens and not (aids.compared and aids.compared.beginnings):  # those are judged, and known names
            text, tokens = _before(answer.text, answer.tokens, doubt.at)
            cut = make.written(text, tokens, cut_off=False)
        if any_shown or isinstance(cut, str):
            yield doubt.why
        else:
            any_shown = True
            yield cut


def _judged(make: Items, answer: _Answer) -> Item | str:
    """The item of one answer, or why there is none: by its ranking, or by the gate where none was made."""
    if answer.ranked:
        return make.ranked(answer.ranked, answer.text, answer.tokens, cut_off=answer.cut_off)
    return make.written(answer.text, answer.tokens, cut_off=answer.cut_off)


def _before(text: str, tokens: Sequence[Token], at: int) -> tuple[str, Sequence[Token]]:
    """The text before a doubtful place, back to where something whole ends, with its tokens; nothing if it is bare."""
    kept = text[:at].rstrip(" \t.,=+-*/%&|<>!:?~^@")
    if not any(letter.isalnum() for letter in kept):
        return "", ()
    length = 0
    for number, token in enumerate(tokens):
        length += len(token.text)
        if length >= len(kept):
            return kept, tokens[: number + 1]
    return kept, tokens
