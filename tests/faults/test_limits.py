"""Little memory, and a clock that jumps: the server answers, or ends with a line that says why."""

from __future__ import annotations

import random
import sys
from pathlib import Path

import pytest
from wire_client import WireClient

from inhouse.completion.learning import Learner, Settled, Shown
from inhouse.completion.learning.learner import MOST_NAME_SCORE, MOST_OFFSET
from inhouse.completion.learning.store import Calibration, Run, Store

from .conftest import count
from .session import Session
from .test_kills import begun, place

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="limits of memory are Unix's")
SERVE = [sys.executable, "-m", "inhouse.cli", "serve", "--stdio"]
ENOUGH_BYTES = 1_500_000_000
"""Of addresses, which are more than memory: the interpreter, the libraries, the core, threads' stacks."""


@pytest.mark.integration
@pytest.mark.parametrize("number", range(count("MEMORY_LIMITS", 2)))
def test_with_little_memory_it_answers_or_ends(project: Path, number: int) -> None:
    limit = ENOUGH_BYTES if number == 0 else random.Random(number).randrange(150_000_000, ENOUGH_BYTES)
    files = {path: path.read_bytes() for path in project.rglob("*") if path.is_file()}
    client = begun_within(limit, project)
    if client is not None:
        try:
            answer = client.answer(client.ask("textDocument/inlineCompletion", place(project)))
            assert "result" in answer or "error" in answer
            assert client.close() in (0, 1)
        except (AssertionError, OSError):
            assert limit < ENOUGH_BYTES, "so much is enough"
            assert client.ended, "it hangs"
        finally:
            client.kill()
    assert {path: path.read_bytes() for path in project.rglob("*") if path.is_file()} == files


def begun_within(limit: int, project: Path) -> WireClient | None:
    """A server that may have so many bytes of addresses; None where it ended at once."""
    script = f"import resource, runpy, sys; resource.setrlimit(resource.RLIMIT_AS, ({limit}, {limit}));"
    command = [sys.executable, "-c", script + "runpy.run_module('inhouse.cli', run_name='__main__')", *SERVE[3:]]
    try:
        return begun(project, command)
    except (AssertionError, OSError):
        assert limit < ENOUGH_BYTES, "so much is enough"
        return None


def test_while_the_clock_jumps_every_request_is_answered(tmp_path: Path) -> None:
    session = Session(tmp_path, 11, clock=True)
    try:
        for number in range(count("CLOCK_STEPS", 150)):
            session.step()
            if number % 25 == 24:
                session.check()
        session.finish()
    finally:
        session.client.kill()


class Clock:
    """Seconds since 1970, whatever they are."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


class Memory:
    """Takes what it is taught."""

    def __init__(self) -> None:
        self.runs: list[tuple[int, ...]] = []

    def reinforce_many(self, runs: object) -> None:
        assert isinstance(runs, list)
        self.runs += [tuple(ids) for ids, _, _ in runs]

    def forget_learnt(self) -> None:
        self.runs.clear()


@pytest.mark.parametrize("seed", range(count("CLOCK_JUMPS", 5)))
def test_what_was_learnt_survives_a_clock_that_was_wrong(tmp_path: Path, seed: int) -> None:
    """By years, to both sides; once it is right again, all is there that was learnt before."""
    rng, clock = random.Random(seed), Clock()
    right = clock.now
    store = Store(tmp_path, tmp_path / "learnt")
    store.write_learnt("t", [Run([1, 2, 3], [1.0, 1.0, 1.0], right)], [(b"name", 1.0)], Calibration(0.5, 9, right))
    for number in range(10):
        clock.now = right + rng.choice((-1, 1)) * rng.uniform(0, 3e9)
        learner = Learner(tmp_path, store, clock)
        learner.teach(Memory(), "t", lambda text: list(text.encode()), lambda token: bytes([token]))
        for after in (0, 30, 600):
            learner.settle(settled(number, after))
        assert abs(learner.offset()) <= MOST_OFFSET
        assert abs(learner.name_score("value")) <= MOST_NAME_SCORE
    clock.now = right
    memory = Memory()
    learner = Learner(tmp_path, store, clock)
    learner.teach(memory, "t", lambda text: list(text.encode()), lambda token: bytes([token]))
    assert (1, 2, 3) in memory.runs
    assert store.names().keys() >= {b"name"}
    assert abs(learner.offset()) <= MOST_OFFSET
    learner.close()


def settled(number: int, after_s: int) -> Settled:
    shown = Shown(number, "file:///a.py", (0, 4), "value + 1", 0, "x = ", 0.5, "model", 3.0)
    return Settled(shown, "accepted", after_s, 9, (), "value + 1")
