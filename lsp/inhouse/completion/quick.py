"""Answers that need no model: what is left of a suggestion that is typed along, and what the project is nearly sure of.

It decides when such an answer still holds. How suggestions are kept and how sure the project is stand in suggestions.py
and instant.py.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from inhouse.completion.cursor import Cursor
from inhouse.completion.display import LEAST_CHARACTERS, would_show
from inhouse.completion.instant import InstantLane
from inhouse.completion.name_check import NameCheck, Resolver
from inhouse.completion.request import Completion, CompletionRequest, Item
from inhouse.completion.settings import Settings
from inhouse.completion.shape import Shaper, shape
from inhouse.completion.steering import ProjectSteering
from inhouse.completion.suggestions import State, Suggestions
from inhouse.model import CancelFlag, Engine, take_back


class Quick:
    """The suggestion cache and the instant lane of all projects. Used from the thread that completes."""

    def __init__(
        self, steering: ProjectSteering, open_project: Callable[[Path], Resolver], shaper: Shaper = shape
    ) -> None:
        self._steering = steering
        self._shape = shaper
        self._open_project = open_project
        self._suggestions = Suggestions()
        self._lane = InstantLane()
        self._versions = Versions()
        self._shown: tuple[Hashable, Sequence[Item]] | None = None

    def changed(self, root: Path, own: str | None) -> None:
        """A file of the project was read anew: `own`, its path relative to the root; None for any. From any thread."""
        self._versions.changed(root, own)

    def answer(
        self, request: CompletionRequest, cursor: Cursor, settings: Settings, engine: Engine, cancel: CancelFlag
    ) -> Completion | None:
        """An answer without the model; None if it must be asked. Raises Cancelled."""
        found = self._found(request, cursor, settings, engine, cancel)
        if found is not None:
            self.on_screen(request, cursor, found)
        return found

    def on_screen(self, request: CompletionRequest, cursor: Cursor, answer: Completion) -> None:
        """What the user sees from now on: it stays first, and in this order, if more is asked for by a key."""
        self._shown = (_place(request, cursor), answer.items) if answer.items else None

    def shown_first(self, request: CompletionRequest, cursor: Cursor, answer: Completion) -> Completion:
        """The answer with what is on the screen before all else."""
        if self._shown is None or not request.invoked or self._shown[0] != _place(request, cursor):
            return answer
        fresh = {item.text: item for item in answer.items}
        shown = {item.text: fresh.get(item.text, item) for item in self._shown[1]}
        items = (*shown.values(), *(item for item in answer.items if item.text not in shown))
        return replace(answer, items=items[: max(1, request.alternatives)], silent=None)

    def _found(
        self, request: CompletionRequest, cursor: Cursor, settings: Settings, engine: Engine, cancel: CancelFlag
    ) -> Completion | None:
        if settings.suggestion_cache:
            found = self._suggestions.find(cursor, self.state(request, settings), partial(_is_sure, settings))
            if found is not None:
                return found
        if settings.instant_lane and settings.project_mix and request.alternatives == 1:
            found = self._instant(request, cursor, settings, engine, cancel)
            if found is not None and (request.invoked or found.items[0].probability >= settings.show_above):
                return found
        return None

    def keep(self, cursor: Cursor, state: State, answer: Completion, *, ahead: bool = False) -> None:
        """Remember what the model answered; `state`: from before it was asked. `ahead`: before anybody asked."""
        self._suggestions.put(cursor, state, answer, ahead=ahead)

    def held(self, cursor: Cursor, state: State) -> Completion | None:
        """What is remembered for exactly this, if anything."""
        return self._suggestions.held(cursor, state)

    def state(self, request: CompletionRequest, settings: Settings) -> State:
        """What an answer depends on besides the text. To be taken before the answer is computed: meanwhile the index
        or the settings may change, and the answer is of before."""
        version = (settings, request.exclude, self._versions.of(request.root, request.own_path))
        return State(str(request.path), version, request.alternatives, request.invoked)

    def _instant(
        self, request: CompletionRequest, cursor: Cursor, settings: Settings, engine: Engine, cancel: CancelFlag
    ) -> Completion | None:
        view = self._steering.view(request, cursor, engine, cancel)
        guesses = self._lane.guesses(view.before, view.in_line, view.place_at, engine.piece, cancel)
        if request.invoked:  # asked by a key: a name alone would keep the rest of the line from being looked for
            guesses = [guess for guess in guesses if guess.kind == "line"]
        sure = self._lane.sure(guesses)
        if sure is None or self._is_unwanted(sure[0].text, request, cursor, settings):
            return None
        guess, probability = sure
        if not request.invoked and len(guess.text.strip()) < LEAST_CHARACTERS:
            return None
        shaped = self._shape(guess.text, cursor)
        if shaped.silent:
            return None
        count, _ = take_back(view.before, engine.piece, view.in_line)
        place = view.place_at(view.before[: len(view.before) - count])
        places = self._steering.origins(request, cursor, engine, place, guess.ids)
        item = Item(shaped.text, cursor.start, shaped.end, probability, "ngram", places, guess.features)
        return Completion((item,), None, engine.name)

    def _is_unwanted(self, text: str, request: CompletionRequest, cursor: Cursor, settings: Settings) -> bool:
        """Whether a text brings a name that is unknown here or that the project avoids; then the model is asked."""
        if self._steering.why_avoided(request, cursor, text):
            return True
        if not settings.name_check:
            return False
        return NameCheck(self._open_project(request.root), request, cursor).doubt(text) is not None


def _place(request: CompletionRequest, cursor: Cursor) -> Hashable:
    return request.path, cursor.prefix, cursor.suffix, cursor.lead


def _is_sure(settings: Settings, item: Item) -> bool:
    return would_show(item.probability, item.features, settings.show_above)


class Versions:
    """Counts what changed in each project, so that answers computed before can be told. From any thread."""

    def __init__(self) -> None:
        self._changes: dict[Path, Counter[str | None]] = {}
        self._lock = threading.Lock()

    def changed(self, root: Path, own: str | None) -> None:
        with self._lock:
            self._changes.setdefault(root, Counter())[own] += 1

    def of(self, root: Path, own: str) -> int:
        """Changes elsewhere in the project: a file's own index entry has no say in what is suggested in it."""
        with self._lock:
            changes = self._changes.get(root, Counter[str | None]())
            return changes.total() - changes[own]
