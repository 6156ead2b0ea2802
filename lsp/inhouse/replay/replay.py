"""Runs cases through the pipeline, arm by arm; the case's own file is never looked up.

Case by case, all arms after each other: those that share a prompt read it once. It sums nothing up; see summary.py.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from inhouse.completion import Completion, CompletionRequest, Settings
from inhouse.completion.display import would_show
from inhouse.model import CancelFlag, Engine
from inhouse.replay.arms import ARMS
from inhouse.replay.cases import Case
from inhouse.replay.names import Names, intrudes, pairs_of
from inhouse.replay.opened import WITHOUT_MEMORY, OpenArm, opened
from inhouse.replay.score import begins, score


@dataclass(frozen=True, slots=True)
class Row:
    """One answer."""

    id: str
    arm: str
    kind: str
    path: str
    text: str
    alternatives: tuple[str, ...]
    probability: float
    shown: bool
    source: str
    ms: float
    """As if the prompt had been read for this arm alone."""
    tokens: Mapping[str, int]
    exact: bool
    right: bool
    """All of the text is right: exact, or the first lines of a longer block."""
    similarity: float
    identifier_f1: float
    first_identifier: bool
    any_exact: bool
    """Whether the text or one of its alternatives is exact."""
    house: str
    """The house name that the truth uses, where the project has a mined pair for it."""
    intruded: bool
    """The foreign name stands in its place."""
    names: int
    """Names in the text that it does not bind itself."""
    invented: int
    """Of them, those that are known nowhere: not in scope, file, project, imported libraries or the language."""
    features: Mapping[str, float]

    def json(self) -> dict[str, object]:
        return asdict(self)

    @staticmethod
    def parse(raw: Mapping[str, Any]) -> Row:
        values: dict[str, Any] = {"right": raw["exact"], **raw, "alternatives": tuple(raw["alternatives"])}
        return Row(**values)


@dataclass(slots=True)
class Replay:
    """Answers cases in a project. The engine is used for all arms and stays open."""

    settings: Settings
    engine: Engine
    root: Path
    arms: Sequence[str]
    alternatives: int = 1
    finished: Collection[tuple[str, str]] = ()
    """(arm, id) of what is not to be done again."""
    _prefills: dict[int, float] = field(default_factory=dict[int, float])
    """What reading the prompts of the current case took, by their length."""

    def run(self, cases: Sequence[Case], done: Callable[[Row], None]) -> None:
        """Answer every case in every arm; `done` gets each row as it is ready."""
        left = [case for case in cases if any((arm, case.id) not in self.finished for arm in self.arms)]
        if not left:
            return
        with ExitStack() as stack:
            running = [
                stack.enter_context(opened(arm, self.settings, self.engine, self.root, **WITHOUT_MEMORY))
                for arm in self._order()
            ]
            project = running[0].assistant.project(self.root)
            names = Names(project, pairs_of(project.conventions()))
            for case in left:
                self._prefills.clear()
                for arm in running:
                    arm.files.left_out = case.exclude
                    if (arm.arm, case.id) not in self.finished:
                        done(self._answer(arm, case, names))

    def _order(self) -> list[str]:
        """Arms with the same prompt one after the other."""
        blocks = list(dict.fromkeys(ARMS[arm].blocks for arm in self.arms))
        return sorted(self.arms, key=lambda arm: blocks.index(ARMS[arm].blocks))

    def _answer(self, arm: OpenArm, case: Case, names: Names) -> Row:
        request = CompletionRequest(
            self.root,
            self.root / case.path,
            case.prefix + case.suffix,
            len(case.prefix),
            invoked=True,  # a hole may stand anywhere; whether to ask there is not what is measured
            lines=case.lines,
            alternatives=self.alternatives,
            exclude=case.exclude,
        )
        started = time.perf_counter()
        completion = arm.assistant.complete(request, CancelFlag())
        ms = (time.perf_counter() - started) * 1000
        show_above = ARMS[arm.arm].settings(self.settings).show_above
        return _row(case, arm.arm, show_above, completion, self._alone(completion, ms), names)

    def _alone(self, completion: Completion, ms: float) -> float:
        """The time it would have taken if no arm before it had read the same prompt."""
        counts, prefill = completion.tokens, completion.timings_ms.get("prefill", 0.0)
        if counts.reused < counts.prompt - 1:
            self._prefills[counts.prompt] = max(prefill, self._prefills.get(counts.prompt, 0.0))
        return ms - prefill + max(prefill, self._prefills.get(counts.prompt, 0.0))


def _row(case: Case, arm: str, show_above: float, completion: Completion, ms: float, names: Names) -> Row:
    item = completion.items[0] if completion.items else None
    texts = [one.text for one in completion.items] or [""]
    scores = [score(text, case.wanted) for text in texts]
    shown = item is not None and would_show(item.probability, item.features, show_above)
    pair = names.house_pair(case.wanted)
    invented, known = names.invented(case.path, case.prefix, case.suffix, texts[0]) if item else (0, 0)
    return Row(
        id=case.id,
        arm=arm,
        kind=case.kind,
        path=case.path,
        text=texts[0],
        alternatives=tuple(texts[1:]),
        probability=item.probability if item else 0.0,
        shown=shown,
        source=item.source if item else "",
        ms=round(ms, 2),
        tokens=asdict(completion.tokens),
        exact=scores[0].exact,
        right=bool(texts[0].strip()) and begins(texts[0], case.wanted),
        similarity=round(scores[0].similarity, 4),
        identifier_f1=round(scores[0].identifier_f1, 4),
        first_identifier=scores[0].first_identifier,
        any_exact=any(found.exact for found in scores),
        house=pair[0] if pair else "",
        intruded=pair is not None and intrudes(texts[0], pair),
        names=known,
        invented=invented,
        features=dict(item.features) if item else {},
    )
