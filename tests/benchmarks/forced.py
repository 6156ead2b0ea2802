"""Collects what model and project each say where real code truly continues, by teacher forcing with the real engine.

The engine writes the true rest of each hole's line, since a steering forbids all else; the steering notes the model's
logits and the n-gram's chances at every token. Other scripts fit and compare steering on these rows without a model.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from inhouse.completion import Settings
from inhouse.completion.mix import without
from inhouse.completion.steering import ProjectSteering
from inhouse.context import Place, Project
from inhouse.model import CancelFlag, FillRequest
from inhouse.model.engine import LlamaEngine
from inhouse.model.store import resolve
from inhouse.replay.cases import Case, sample

OpenPlace = Callable[[Sequence[int]], Place]

_CANDIDATES = 512
_LAST_TOKENS = 64
"""Of the text before the cursor, on which the n-gram is tried out: the estimate on the prompt itself."""


@dataclass(frozen=True, slots=True)
class Step:
    """One token of a true continuation."""

    package: str
    case: str
    kind: str
    number: int
    line_head: str
    """The line up to this token."""
    healed: str
    """Text that this token must still say again, Latin-1 for bytes."""
    true: tuple[int, ...]
    """Tokens that say the truth: one, or all that end the line in the same way."""
    ids: tuple[int, ...]
    chances: tuple[float, ...]
    order: int
    support: float
    tried: tuple[tuple[int, float], ...]
    """Over the last tokens before the cursor: (order, the n-gram's chance of what truly stood there)."""


class Forced:
    """A steering that lets only the truth pass and writes down what was thought before."""

    def __init__(self, engine: LlamaEngine, package: str, case: Case, known: OpenPlace, prefix: Sequence[int]) -> None:
        self.steps: list[Step] = []
        self.logits: list[NDArray[np.float32]] = []
        self._engine, self._package, self._case = engine, package, case
        self._known, self._prefix = known, prefix
        self._place: Place | None = None
        self._skip = 0
        self._healed = b""
        self._truth: list[int] = []
        self._tried: tuple[tuple[int, float], ...] = ()

    def begin(self, healed: bytes) -> None:
        """What healing took back."""
        self._healed = healed

    def adjust(self, tokens: Sequence[int], logits: NDArray[np.float32]) -> None:
        """Note what model and n-gram say, then allow the truth only."""
        place = self._place or self._open(tokens)
        said = tokens[self._skip :]
        token = self._truth[min(len(said), len(self._truth) - 1)]
        found = place.next_tokens(_CANDIDATES, also=said)
        written = b"".join(self._engine.vocabulary.piece(done) for done in said)
        head = self._case.prefix[self._case.prefix.rfind("\n") + 1 :].encode()
        self.steps.append(
            Step(
                self._package,
                self._case.id,
                self._case.kind,
                len(said),
                (head[: len(head) - len(self._healed)] + written).decode("utf-8", "replace"),
                self._healed[len(written) :].decode("latin-1"),
                same_end(self._engine, token),
                tuple(found.ids.tolist()),
                tuple(round(chance, 6) for chance in found.probabilities.tolist()),
                found.order,
                found.support,
                () if said else self._tried,
            )
        )
        self.logits.append(logits.copy())
        logits[:] = -np.inf
        logits[token] = 0.0

    def _open(self, tokens: Sequence[int]) -> Place:
        """At the first token: what the n-gram makes of the text before it."""
        kept = without(self._prefix, self._healed, self._engine.vocabulary.piece)
        self._skip = len(tokens)
        text = self._healed.decode("utf-8", "replace") + self._case.target + self._case.suffix[:200]
        self._truth = self._engine.tokenize(text)
        self._tried = tuple(tried(self._known, kept))
        self._place = self._known(kept)
        return self._place


def tried(known: OpenPlace, ids: Sequence[int]) -> Iterator[tuple[int, float]]:
    """How well the n-gram would have said the last tokens: (order, its chance of the true one)."""
    start = max(1, len(ids) - _LAST_TOKENS)
    place = known(ids[:start])
    for token in ids[start:]:
        found = place.next_tokens(_CANDIDATES)
        hit = np.flatnonzero(found.ids == token)
        yield found.order, float(found.probabilities[hit[0]]) if len(hit) else 0.0
        place.extend([token])


def same_end(engine: LlamaEngine, token: int) -> tuple[int, ...]:
    """The token, or all that end the line after the same text."""
    piece = engine.vocabulary.piece(token)
    if b"\n" not in piece:
        return (token,)
    return tuple(engine.vocabulary.starting_with(piece[: piece.index(b"\n") + 1]).tolist())


def collect(engine: LlamaEngine, root: Path, cases: int, seed: int) -> Iterator[Forced]:
    """The forced continuations of holes in one package."""
    project = Project(root)
    project.refresh()
    memory = ProjectSteering(lambda _: Settings(), lambda _: project).memory(root, engine)
    memory.refresh()
    paths = [root / name for name in project.files() if name.endswith(".py")]
    for case in sample(root, paths, cases, seed):
        after = engine.tokenize(case.suffix[:8_000])

        def known(ids: Sequence[int], case: Case = case, after: Sequence[int] = after) -> Place:
            return memory.ngram.at(ids, after, case.path)

        forced = Forced(engine, root.name, case, known, engine.tokenize(case.prefix[-30_000:]))
        request = FillRequest(case.path, case.prefix, case.suffix, repository=root.name, max_tokens=48)
        engine.fill(request, CancelFlag(), steering=forced)
        yield forced
    project.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("roots", nargs="+", type=Path)
    parser.add_argument("--out", type=Path, required=True, help="a folder for steps.jsonl and logits.f32")
    parser.add_argument("--cases", type=int, default=150)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    engine = LlamaEngine(resolve(None))
    with (options.out / "steps.jsonl").open("w") as steps, (options.out / "logits.f32").open("wb") as logits:
        for root in options.roots:
            for forced in collect(engine, root.resolve(), options.cases, options.seed):
                for step, row in zip(forced.steps, forced.logits, strict=True):
                    steps.write(json.dumps(asdict(step)) + "\n")
                    logits.write(row.tobytes())
    engine.close()


if __name__ == "__main__":
    main()
