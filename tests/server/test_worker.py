"""The worker's promises: one at a time, the newest wins, nobody waits in vain."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
from functools import partial

import pytest

from inhouse.model import CancelFlag
from inhouse.server.worker import MAX_IDLE, Worker, log_failure

LIMIT_S = 30.0


class Gate:
    """A job that reports its start and runs until its flag is set or it is let go."""

    def __init__(self) -> None:
        self.started, self.go, self.ended = threading.Event(), threading.Event(), threading.Event()
        self.cancelled = False

    def __call__(self, flag: CancelFlag) -> str:
        self.started.set()
        while not self.go.wait(0.001) and not flag.is_set:
            pass
        self.cancelled = flag.is_set
        self.ended.set()
        return "done"


def record(order: list[str], key: str, _: CancelFlag) -> None:
    order.append(key)


@pytest.fixture
def worker() -> Iterator[Worker]:
    worker = Worker("test")
    yield worker
    assert worker.close(LIMIT_S)


def test_a_job_gives_its_result(worker: Worker) -> None:
    assert worker.submit("a", lambda _: 7).result(LIMIT_S) == 7


def test_a_job_gives_its_failure_and_the_worker_lives_on(worker: Worker) -> None:
    with pytest.raises(ZeroDivisionError):
        worker.submit("a", lambda _: 1 // 0).result(LIMIT_S)
    assert worker.submit("a", lambda _: 7).result(LIMIT_S) == 7


def test_a_newer_job_of_the_same_key_ends_the_running_one_at_once(worker: Worker) -> None:
    gate = Gate()
    old = worker.submit("a", gate)
    assert gate.started.wait(LIMIT_S)
    new = worker.submit("a", lambda _: "new")
    assert old.result(LIMIT_S) is None
    assert new.result(LIMIT_S) == "new"
    assert gate.cancelled


def test_of_many_waiting_jobs_of_a_key_only_the_last_runs(worker: Worker) -> None:
    gate, ran = Gate(), list[int]()
    worker.submit("other", gate)

    def job(number: int) -> Callable[[CancelFlag], int]:
        def run(_: CancelFlag) -> int:
            ran.append(number)
            return number

        return run

    futures = [worker.submit("a", job(number)) for number in range(50)]
    gate.go.set()
    assert [future.result(LIMIT_S) for future in futures] == [None] * 49 + [49]
    assert ran == [49]


def test_other_keys_wait_their_turn(worker: Worker) -> None:
    gate, order = Gate(), list[str]()
    first = worker.submit("first", gate)
    rest = [worker.submit(key, partial(record, order, key)) for key in ("b", "a", "c")]
    assert gate.started.wait(LIMIT_S)
    gate.go.set()
    assert first.result(LIMIT_S) == "done"
    for future in rest:
        future.result(LIMIT_S)
    assert order == ["b", "a", "c"]


def test_cancelling_the_future_stops_the_job(worker: Worker) -> None:
    gate = Gate()
    future = worker.submit("a", gate)
    assert gate.started.wait(LIMIT_S)
    assert future.cancel()
    assert gate.ended.wait(LIMIT_S)
    assert gate.cancelled
    with pytest.raises(CancelledError):
        future.result(LIMIT_S)


def test_a_cancelled_waiting_job_never_starts(worker: Worker) -> None:
    gate, ran = Gate(), list[str]()
    worker.submit("first", gate)
    waiting = worker.submit("a", lambda _: ran.append("a"))
    assert waiting.cancel()
    gate.go.set()
    worker.submit("last", lambda _: None).result(LIMIT_S)
    assert ran == []


def test_dropping_a_key_ends_its_job(worker: Worker) -> None:
    gate = Gate()
    future = worker.submit("a", gate)
    assert gate.started.wait(LIMIT_S)
    worker.drop("b")
    assert not future.done()
    worker.drop("a")
    assert future.result(LIMIT_S) is None
    assert gate.ended.wait(LIMIT_S)


def test_closing_stops_what_runs_and_refuses_what_comes() -> None:
    worker, gate = Worker("test"), Gate()
    running = worker.submit("a", gate)
    waiting = worker.submit("b", lambda _: 1)
    assert gate.started.wait(LIMIT_S)
    assert worker.close(LIMIT_S)
    late = worker.submit("c", lambda _: 1)
    assert [future.result(LIMIT_S) for future in (running, waiting, late)] == [None, None, None]


def test_closing_does_not_wait_for_a_job_that_does_not_stop() -> None:
    worker, free = Worker("test"), threading.Event()
    stubborn = threading.Event()

    def ignores_its_flag(_: CancelFlag) -> None:
        stubborn.set()
        free.wait(LIMIT_S)

    worker.submit("a", ignores_its_flag)
    assert stubborn.wait(LIMIT_S)
    assert not worker.close(0.01)
    free.set()
    assert worker.close(LIMIT_S)


def test_a_failure_nobody_waits_for_is_logged(worker: Worker, caplog: pytest.LogCaptureFixture) -> None:
    future = worker.submit("a", lambda _: 1 // 0)
    future.add_done_callback(log_failure("counting"))
    with pytest.raises(ZeroDivisionError):
        future.result(LIMIT_S)
    worker.submit("b", lambda _: None).result(LIMIT_S)
    assert "counting failed" in caplog.text


def test_an_idle_job_runs_when_nothing_else_waits(worker: Worker) -> None:
    gate, order = Gate(), list[str]()
    worker.submit("busy", gate)
    assert gate.started.wait(LIMIT_S)
    idle = [worker.submit_idle(key, partial(record, order, key)) for key in ("old", "new")]
    real = worker.submit("real", partial(record, order, "real"))
    gate.go.set()
    for future in (*idle, real):
        future.result(LIMIT_S)
    assert order == ["real", "new", "old"]


def test_an_idle_job_makes_way_and_goes_on_afterwards(worker: Worker) -> None:
    gate, runs, order = Gate(), list[int](), list[str]()

    def reads(flag: CancelFlag) -> str:
        runs.append(1)
        if len(runs) == 1:
            gate(flag)
        order.append("interrupted" if flag.is_set else "through")
        return "warm"

    idle = worker.submit_idle("warm", reads)
    assert gate.started.wait(LIMIT_S)
    worker.submit("real", partial(record, order, "real")).result(LIMIT_S)
    assert idle.result(LIMIT_S) == "warm"
    assert order == ["interrupted", "real", "through"]


def test_of_idle_jobs_of_a_key_only_the_newest_runs(worker: Worker) -> None:
    gate, order = Gate(), list[str]()
    worker.submit("busy", gate)
    assert gate.started.wait(LIMIT_S)
    first = worker.submit_idle("a", partial(record, order, "first"))
    second = worker.submit_idle("a", partial(record, order, "second"))
    assert first.result(LIMIT_S) is None
    gate.go.set()
    second.result(LIMIT_S)
    assert order == ["second"]


def test_an_idle_job_never_pushes_out_a_real_one(worker: Worker) -> None:
    gate = Gate()
    real = worker.submit("a", gate)
    assert gate.started.wait(LIMIT_S)
    idle = worker.submit_idle("a", lambda _: "idle")
    gate.go.set()
    assert real.result(LIMIT_S) == "done"
    assert idle.result(LIMIT_S) == "idle"


@pytest.mark.parametrize("running", [True, False])
def test_a_dropped_idle_job_does_not_come_back(worker: Worker, running: bool) -> None:
    gate, busy = Gate(), Gate()
    if not running:
        worker.submit("busy", busy)
        assert busy.started.wait(LIMIT_S)
    idle = worker.submit_idle("a", gate)
    assert not running or gate.started.wait(LIMIT_S)
    worker.drop("a")
    busy.go.set()
    assert idle.result(LIMIT_S) is None
    worker.submit("real", lambda _: None).result(LIMIT_S)
    assert worker.submit_idle("b", lambda _: "b").result(LIMIT_S) == "b"
    assert gate.ended.is_set() == running


def test_the_oldest_of_too_many_idle_jobs_are_left_out(worker: Worker) -> None:
    gate, order = Gate(), list[str]()
    worker.submit("busy", gate)
    assert gate.started.wait(LIMIT_S)
    futures = [worker.submit_idle(str(number), partial(record, order, str(number))) for number in range(MAX_IDLE + 2)]
    gate.go.set()
    for future in futures:
        future.result(LIMIT_S)
    assert order == [str(number) for number in range(MAX_IDLE + 1, 1, -1)]


def test_closing_ends_idle_jobs_too() -> None:
    worker, gate = Worker("test"), Gate()
    running, waiting = worker.submit_idle("a", gate), worker.submit_idle("b", lambda _: 1)
    assert gate.started.wait(LIMIT_S) or waiting.done()
    assert worker.close(LIMIT_S)
    late = worker.submit_idle("c", lambda _: 1)
    assert late.result(LIMIT_S) is None
    assert running.done()
