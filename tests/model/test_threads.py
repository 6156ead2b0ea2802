"""One thread a core, one fewer while others keep a core busy."""

from __future__ import annotations

from collections.abc import Iterator

from inhouse.model.threads import Threads, Usage, physical_cores, usage_now


def threads_beside(*samples: Usage, cores: int = 4, fixed: int | None = None, load: float = 0.0) -> Threads:
    script: Iterator[Usage] = iter(samples)
    return Threads(fixed, cores=cores, usage=lambda: next(script), load=lambda: load)


def test_all_cores_on_an_idle_machine() -> None:
    assert threads_beside(Usage(0, 10, 5), Usage(1, 12, 7)).count() == 4  # what was used was our own


def test_one_fewer_beside_a_busy_process_and_all_again_after_it() -> None:
    threads = threads_beside(Usage(0, 0, 0), Usage(1, 1, 0), Usage(2, 1.1, 0))

    assert threads.count() == 3
    assert threads.count() == 4


def test_a_look_too_soon_changes_nothing() -> None:
    assert threads_beside(Usage(0, 0, 0), Usage(0.01, 9, 0)).count() == 4


def test_the_first_answer_goes_by_the_load_of_the_last_minute() -> None:
    assert threads_beside(Usage(0, 0, 0), Usage(0.01, 0, 0), load=1.5).count() == 3


def test_a_fixed_number_is_kept() -> None:
    assert threads_beside(Usage(0, 0, 0), fixed=2).count() == 2


def test_a_single_core_is_used() -> None:
    assert threads_beside(Usage(0, 0, 0), cores=1).count() == 1


def test_the_system_tells_its_usage() -> None:
    now = usage_now()

    assert 0 < now.own <= now.everyone
    assert physical_cores() >= 1
