"""Engines for arms change one thing each: the blocks, the choice, or whether a model runs at all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from fakes import ScriptedEngine

from inhouse.completion import Assistant, CompletionRequest, Settings
from inhouse.model import Block, CancelFlag, Fill, FillRequest
from inhouse.model.cells import Logits
from inhouse.model.engine import LlamaEngine
from inhouse.model.store import embedded_core
from inhouse.replay.engines import NgramEngine, PeerEngine, Sampled, SamplingEngine

REQUEST = FillRequest("a.py", "value = ", "\n", alternatives=3)


def test_a_peer_shows_its_own_blocks() -> None:
    engine = ScriptedEngine()
    rooms: list[int] = []

    def choose(request: FillRequest, room: int) -> list[Block]:
        rooms.append(room)
        return [Block("b.py", "B = 1\n")]

    PeerEngine(engine, choose).fill(REQUEST, CancelFlag())

    assert engine.requests[0].blocks == (Block("b.py", "B = 1\n"),)
    assert rooms == [int(1024 * 0.45 * 3.0)]


def test_samples_follow_the_distribution_and_the_seed() -> None:
    chances = np.array([0.7, 0.2, 0.1])
    drawn: list[int] = []
    sampled = Sampled(None, 1, temperature=1.0)
    for _ in range(3000):
        logits = np.log(chances).astype(np.float32)
        sampled.adjust((), logits)
        drawn.append(int(logits.argmax()))

    shares = np.bincount(drawn, minlength=3) / len(drawn)
    assert shares == pytest.approx(chances, abs=0.04)


@pytest.fixture(scope="module")
def engine() -> Iterator[LlamaEngine]:
    engine = LlamaEngine(embedded_core().path, threads=1)
    yield engine
    engine.close()


def texts_of(fill: Fill) -> list[str]:
    return [fill.text, *(one.text for one in fill.alternatives)]


@pytest.mark.integration
def test_samples_differ_and_are_the_same_each_time(engine: LlamaEngine) -> None:
    sampling = SamplingEngine(engine)
    first, again = sampling.fill(REQUEST, CancelFlag()), sampling.fill(REQUEST, CancelFlag())

    assert len(first.alternatives) == 2
    assert texts_of(first) == texts_of(again)
    assert len(set(texts_of(first))) > 1


class Recorder:
    def __init__(self) -> None:
        self.told = 0

    def adjust(self, tokens: Sequence[int], logits: Logits) -> None:
        self.told += 1


@pytest.mark.integration
def test_without_a_project_the_ngram_says_nothing(engine: LlamaEngine) -> None:
    recorder = Recorder()
    fill = NgramEngine(engine, engine.vocabulary).fill(REQUEST, CancelFlag(), steering=recorder)

    assert fill.text == ""
    assert recorder.told >= 1


@pytest.mark.integration
def test_the_ngram_finishes_what_the_project_always_says(
    engine: LlamaEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INHOUSE_CACHE_DIR", str(tmp_path / "cache"))
    root = tmp_path / "project"
    root.mkdir()
    for name in ("a.py", "b.py"):
        (root / name).write_text("def work(path):\n    ledger = open_the_ledger(path, create=False)\n" * 6)
    assistant = Assistant(Settings(instant_lane=False), NgramEngine(engine, engine.vocabulary))
    assistant.project(root).refresh()
    assistant.learn(root)
    text = "def other(path):\n    ledger = open_the_led"
    request = CompletionRequest(root, root / "c.py", text, len(text), invoked=True, lines=1)
    found = assistant.complete(request, CancelFlag())
    assistant.close(keep_engine=True)

    assert found.items[0].text == "ger(path, create=False)"
    assert found.tokens.prompt == 0
