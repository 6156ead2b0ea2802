"""From what the model wrote to the answer: shaped, weighed, and shown or kept back with a reason. It runs no model."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from inhouse.completion import display
from inhouse.completion.beginnings import Beginning, first_word
from inhouse.completion.cursor import Cursor
from inhouse.completion.display import Kind, Offer
from inhouse.completion.gate import features_of, fitted
from inhouse.completion.lookup import Compared
from inhouse.completion.name_check import Doubt, NameCheck
from inhouse.completion.ranking import Candidate, Ranked
from inhouse.completion.repeats import bare
from inhouse.completion.request import Completion, CompletionRequest, Item, Provenance, Source, TokenCounts
from inhouse.completion.settings import Settings
from inhouse.completion.shape import Shaper, shape
from inhouse.context import Chunk
from inhouse.model import Fill, Token

_USUAL = Settings().show_above
UNSURE = "not sure enough"
"""The reason for silence when the chance of being kept is below the user's threshold."""


@dataclass(frozen=True, slots=True)
class _Answer:
    """One of several answers, before it is known whether it can be shown."""

    text: str
    tokens: Sequence[Token]
    """Empty if the model did not write it."""
    cut_off: bool
    ranked: Ranked | None = None


@dataclass(frozen=True, slots=True)
class _Shorter:
    """The best that could be shown in place of a whole line, and what it is worth."""

    item: Item
    worth: float


@dataclass(frozen=True, slots=True)
class Aids:
    """What helps to judge what was written at one cursor."""

    show_above: float
    """The least chance of what is shown while typing."""
    agreement: Callable[[Sequence[int]], Sequence[float]] | None = None
    """The project's own certainty at each of an answer's tokens."""
    correct: Callable[[float], float] | None = None
    """The gate's chance as it is in this project, if that was learnt."""
    check: NameCheck | None = None
    """Finds unknown names."""
    origins: Callable[[Sequence[int]], tuple[Provenance, ...]] | None = None
    """Where in the project some tokens stand alike."""
    compared: Compared | None = None
    """The answers in the order of their chances, where they were compared with the project's own lines."""
    avoided: Callable[[str], str | None] | None = None
    """Why the project does without a name in a text, if it does."""
    notes: tuple[str, ...] = ()
    """What shaped the text while it was written, for people."""


class Answers:
    """Judges what was written by the fitted gate."""

    def __init__(self, shaper: Shaper = shape) -> None:
        self._shape = shaper
        self._gate = fitted()

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
        places = tuple(Provenance(chunk.path, chunk.start_line, chunk.kind) for chunk in chunks)
        items: list[Item] = []
        silent = None
        shorter = self._shorter(request, cursor, aids)
        for found in self._found(request, cursor, _answers(fill, aids.compared), aids, shorter, notes):
            if isinstance(found, str):
                silent = silent or found
            elif all(bare(found.text) != bare(other.text) for other in items):
                items.append(replace(found, provenance=(*found.provenance, *places)))
            if len(items) >= max(1, request.alternatives):
                break
        if not items and shorter:
            items.append(replace(shorter.item, provenance=(*shorter.item.provenance, *places)))
            notes.append("only the beginning of the line is sure enough")
        return Completion(tuple(items), None if items else silent, model, counts, timings, tuple(notes))

    def _found(
        self,
        request: CompletionRequest,
        cursor: Cursor,
        answers: Iterable[_Answer],
        aids: Aids,
        shorter: _Shorter | None,
        notes: list[str],
    ) -> Iterator[Item | str]:
        """Items, or why there is none: of answers without doubtful names, then what stands before a doubtful one."""
        doubtful: list[tuple[_Answer, Doubt]] = []
        any_shown = False
        for answer in answers:
            if aids.check and (doubt := aids.check.doubt(answer.text, cut_off=answer.cut_off)):
                doubtful.append((answer, doubt))
                continue
            ranked = self._chosen(request, cursor, answer, aids, shorter) if answer.ranked else None
            found = ranked or self._judged(request, cursor, answer.text, answer.tokens, answer.cut_off, aids)
            if answer.ranked and ranked is None and found == UNSURE:  # of all its lines, but the first one was ranked
                first = replace(answer, text=answer.ranked.candidate.text)
                found = self._chosen(request, cursor, first, aids, shorter) or UNSURE
            if found == UNSURE:
                notes.append(f"held back below a chance of {aids.show_above}: {answer.text.strip()!r}")
            any_shown = any_shown or not isinstance(found, str)
            yield found
        for answer, doubt in doubtful:
            notes.append(f"{doubt.why}: {answer.text.strip()!r} was cut there or left for another answer")
            cut: Item | str = doubt.why
            if answer.tokens and not (aids.compared and aids.compared.beginnings):  # those are judged, and known names
                cut = self._judged(request, cursor, *_before(answer.text, answer.tokens, doubt.at), aids)
            if any_shown or isinstance(cut, str):
                yield doubt.why
            else:
                any_shown = True
                yield cut

    def _chosen(
        self,
        request: CompletionRequest,
        cursor: Cursor,
        answer: _Answer,
        aids: Aids,
        shorter: _Shorter | None,
    ) -> Item | str | None:
        """The item of an answer whose chance is known, or why there is none; None for one of several lines."""
        assert answer.ranked is not None, "only ranked answers are chosen"
        one, sure = answer.ranked.candidate, answer.ranked.probability
        if aids.correct is not None:
            sure = aids.correct(sure)
        offer = self._offer("line", one.text, sure, aids)
        features = {**one.features, **display.features_of(offer, shorter.worth if shorter else 0.0)}
        if not request.invoked and not display.would_show(sure, features, aids.show_above):
            return UNSURE
        if not one.written and aids.avoided and (why := aids.avoided(answer.text)):
            return why  # the model was kept from it while it wrote; what was copied was not
        if "\n" in answer.text:
            return None
        shaped = self._shape(answer.text, cursor, tokens=one.ids, cut_off=answer.cut_off)
        if shaped.silent:
            return shaped.silent
        source: Source = "model" if one.written else "project"
        places = _origin(request, one) or (aids.origins(one.ids) if aids.origins else ())
        return Item(shaped.text, cursor.start, shaped.end, sure, source, places, features)

    def _shorter(self, request: CompletionRequest, cursor: Cursor, aids: Aids) -> _Shorter | None:
        """The most useful part of a line that is sure enough, known and worth a key: some words or one.

        Where everything is shown, as in replays that look afterwards at what would have been, its worth is told by the
        usual threshold.
        """
        if not aids.compared or not aids.compared.beginnings:
            return None
        parts: list[tuple[Kind, Beginning]] = [("cut", one) for one in aids.compared.cuts]
        parts.append(("word", aids.compared.beginnings[0]))
        found: list[tuple[float, float, Beginning]] = []
        for kind, one in parts:
            sure = aids.correct(one.probability) if aids.correct else one.probability
            value = display.worth(self._offer(kind, one.text, sure, aids), aids.show_above or _USUAL)
            if value is not None or aids.show_above <= 0.0:
                found.append((value or 0.0, sure, one))
        for value, sure, one in sorted(found, key=lambda each: -each[0]):
            if item := self._begun(request, cursor, one, sure, aids):
                return _Shorter(item, value)
        return None

    def _offer(self, kind: Kind, text: str, sure: float, aids: Aids) -> Offer:
        """A text with what is known of its first word."""
        word, begun = first_word(text), aids.compared.beginnings if aids.compared else ()
        first = next((one.probability for one in begun if one.text == word), None)
        if first is not None and aids.correct:
            first = aids.correct(first)
        return Offer(kind, len(text.strip()), sure, first, len(word))

    def _begun(
        self, request: CompletionRequest, cursor: Cursor, begun: Beginning, sure: float, aids: Aids
    ) -> Item | None:
        """The item of a line's beginning; None where it has an unknown or avoided name or nothing is left of it."""
        if aids.check and aids.check.doubt(begun.text, cut_off=False):
            return None
        if aids.avoided and aids.avoided(begun.text):
            return None
        shaped = self._shape(begun.text, cursor, tokens=begun.ids)
        if shaped.silent:
            return None
        source: Source = "model" if begun.features["written"] else "project"
        places = aids.origins(begun.ids) if aids.origins else ()
        return Item(shaped.text, cursor.start, shaped.end, sure, source, places, begun.features)

    def _judged(
        self,
        request: CompletionRequest,
        cursor: Cursor,
        text: str,
        tokens: Sequence[Token],
        cut_off: bool,
        aids: Aids,
    ) -> Item | str:
        """The item, with as many of its lines as are sure enough, or why there is none."""
        marks = [token.text if token.id < 0 else token.id for token in tokens]
        shaped = self._shape(text, cursor, tokens=marks, cut_off=cut_off)
        if shaped.silent:
            return shaped.silent
        for lines in range(shaped.text.count("\n") + 1, 0, -1):
            part = self._shape(text, cursor, tokens=marks, cut_off=cut_off, lines=lines)
            if part.silent:
                break
            own = tokens[: _tokens_of_lines(tokens, lines)]
            ids = [token.id for token in own]
            agreed = aids.agreement(ids) if aids.agreement else ()
            features = features_of(own, agreed, part.text, cursor.line_head)
            probability = self._gate.probability(features)
            if aids.correct is not None:
                probability = aids.correct(probability)
            if probability >= aids.show_above or (lines == 1 and request.invoked):
                places = aids.origins(ids) if aids.origins and min(ids, default=-1) >= 0 else ()
                return Item(part.text, cursor.start, part.end, probability, "model", places, features)
        return UNSURE


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


def _origin(request: CompletionRequest, answer: Candidate) -> tuple[Provenance, ...]:
    """Where in the project the same line stands."""
    found, kind = answer.found, "line"
    if found is None and answer.base is not None:
        found, kind = answer.base.found, "adapted"
    if found is None:
        return ()
    if found.file is not None:
        return (Provenance(found.file, found.line + 1, kind),)
    here = request.text.count("\n", 0, request.offset)
    return (Provenance(request.own_path, here + found.line + 1, kind),)


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
