"""What is loaded stays out of garbage collections, and is freed all the same once it is let go of."""

from __future__ import annotations

import gc
import sys
import weakref
from collections.abc import Iterator

import pytest

from inhouse.server import pauses


class Loaded:
    def __init__(self) -> None:
        self.own = self  # only a collection can free it


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    interval = sys.getswitchinterval()
    yield
    sys.setswitchinterval(interval)
    gc.unfreeze()


def test_what_is_loaded_is_not_looked_at_again() -> None:
    loaded = Loaded()
    pauses.settle()

    assert gc.get_freeze_count() > 0
    assert not any(one is loaded for one in gc.get_objects())


def test_what_was_let_go_of_is_freed_at_the_next_time() -> None:
    loaded = Loaded()
    pauses.settle()
    trace = weakref.ref(loaded)
    del loaded

    gc.collect()
    assert trace() is not None, "it is left out"
    pauses.settle()
    assert trace() is None


def test_turns_are_shorter_than_usual() -> None:
    pauses.short_turns()

    assert sys.getswitchinterval() <= 0.001
