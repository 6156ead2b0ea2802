"""Finishes a line, or the name at the cursor, from the project's n-gram alone when that is nearly certain.

No model runs. How certain it is comes from two logistic models, one for lines and one for names, fitted on positions in
public packages (tests/benchmarks/fit_instant.py; instant.json says how they did). It shapes and shows nothing.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import resources
from typing import Literal

from inhouse.completion.gate import Gate
from inhouse.context import Place, Prediction
from inhouse.model import CancelFlag, take_back

SURE = 0.85
"""Least calibrated chance of being exactly right: below it the model is asked, which knows more."""

_CANDIDATES = 64
_MAX_TOKENS = 16
"""A longer rest of a line is hardly ever certain; so many steps take 4 ms."""
_HOPELESS = 0.2
"""Product of the chances below which no line and no name was ever found to be certain enough."""
_MIN_NAME = 3
"""Characters of a name worth an accept, which costs one key itself."""
_NAME = re.compile(r"\w+")

Kind = Literal["line", "name"]


@dataclass(frozen=True, slots=True)
class Guess:
    """What the n-gram says comes next, and what its chance is computed from."""

    kind: Kind
    text: str
    features: Mapping[str, float]
    ids: tuple[int, ...] = ()
    """Its tokens behind those that healing left; the last one may say more than the text."""


@dataclass(slots=True)
class _Step:
    token: int
    text: bytes
    chance: float
    order: int
    support: float
    rivals: int
    """Tokens that were seen behind the same words."""


class InstantLane:
    """The n-gram's own completions with their calibrated chances."""

    def __init__(self, models: Mapping[Kind, Gate] | None = None) -> None:
        self._models = models if models is not None else fitted()

    def sure(self, guesses: Sequence[Guess]) -> tuple[Guess, float] | None:
        """The longest of the guesses that is certain enough, with its chance."""
        for guess in guesses:
            probability = self._models[guess.kind].probability(guess.features)
            if probability >= SURE:
                return guess, probability
        return None

    def guesses(
        self,
        before: Sequence[int],
        line_tokens: int,
        place_at: Callable[[Sequence[int]], Place],
        piece: Callable[[int], bytes],
        cancel: CancelFlag,
    ) -> list[Guess]:
        """The line's end and the name's end, as far as the n-gram gets; the line first. Raises Cancelled.

        `before`: ids of the text before the cursor, of which the last `line_tokens` are of its line. `place_at` gives
        the n-gram's view behind some ids, `piece` a token's bytes.
        """
        count, healed = take_back(before, piece, line_tokens)
        steps, ended = _walk(place_at(before[: len(before) - count] if count else before), healed, piece, cancel)
        found: list[Guess] = []
        text = b"".join(step.text for step in steps)
        if ended and text.strip():
            found.append(_guess("line", text.decode("utf-8", "replace").rstrip(), steps, healed))
        name = _name(steps, healed)
        if name is not None:
            found.append(name)
        return found


def _walk(place: Place, healed: bytes, piece: Callable[[int], bytes], cancel: CancelFlag) -> tuple[list[_Step], bool]:
    """The likeliest tokens one after the other, with what they add to the text; whether the line has ended."""
    steps: list[_Step] = []
    also: list[int] = []
    product = 1.0
    while len(steps) < _MAX_TOKENS:
        cancel.check()
        chosen = _choose(place.next_tokens(_CANDIDATES, also), healed, piece)
        if chosen is None:
            break
        token, step = chosen
        product *= step.chance
        if product < _HOPELESS:
            break
        said = piece(token)
        if b"\n" in step.text:
            steps.append(replace(step, text=step.text[: step.text.index(b"\n")]))
            return steps, True
        healed = healed[len(said) :]
        also.append(token)
        steps.append(step)
    return steps, False


def _choose(found: Prediction, healed: bytes, piece: Callable[[int], bytes]) -> tuple[int, _Step] | None:
    """The likeliest token that agrees with what healing took back, and its share of the chance of all that do."""
    allowed = 0.0
    best: tuple[int, float] | None = None
    for token, chance in zip(found.ids.tolist(), found.probabilities.tolist(), strict=True):
        text = piece(token)
        if not text or not (text.startswith(healed) or healed.startswith(text)):
            continue
        allowed += chance
        best = best or (token, chance)
    if best is None:
        return None
    token, chance = best
    unseen = max(0.0, 1.0 - float(found.probabilities.sum()))
    share = chance / (allowed + unseen)
    return token, _Step(token, piece(token)[len(healed) :], share, found.order, found.support, len(found.ids))


def _name(steps: Sequence[_Step], healed: bytes) -> Guess | None:
    """The rest of the name at the cursor, if the n-gram got to its end."""
    if not steps:
        return None
    text = b"".join(step.text for step in steps).decode("utf-8", "replace")
    match = _NAME.match(text)
    if match is None or match.end() < _MIN_NAME or match.end() == len(text):
        return None  # no name, not worth it, or not known to end here
    name, used, length = match[0], 0, 0
    while length <= len(name.encode()) and used < len(steps):  # the token that ends the name counts too
        length += len(steps[used].text)
        used += 1
    return _guess("name", name, steps[:used], healed)


def _guess(kind: Kind, text: str, steps: Sequence[_Step], healed: bytes) -> Guess:
    return Guess(kind, text, _features(steps, healed), tuple(step.token for step in steps))


def _features(steps: Sequence[_Step], healed: bytes) -> dict[str, float]:
    before, text = healed[-1:], b"".join(step.text for step in steps)
    logs = [math.log(max(step.chance, 1e-6)) for step in steps]
    orders = [min(step.order, 16) for step in steps]
    return {
        "log_chance": sum(logs),
        "lowest_log_chance": min(logs),
        "mean_order": sum(orders) / len(orders),
        "first_order": float(orders[0]),
        "lowest_order": float(min(orders)),
        "log_support": math.log1p(min(step.support for step in steps)),
        "log_characters": math.log1p(len(text)),
        "typed": float(len(healed.strip())),
        "rivals": math.log1p(max(step.rivals for step in steps)),
        "in_word": float(_is_word(before)),
        "after_dot": float(before == b"."),
        "starts_word": float(_is_word(text[:1])),
    }


def _is_word(letter: bytes) -> bool:
    return letter.isalnum() or letter == b"_"


def fitted() -> dict[Kind, Gate]:
    """The models that travel with the program."""
    entry = json.loads((resources.files("inhouse.completion") / "instant.json").read_text(encoding="utf-8"))
    kinds: tuple[Kind, Kind] = ("line", "name")
    return {kind: Gate(entry[kind]["weights"], entry[kind]["bias"]) for kind in kinds}
