"""One cursor's view is opened once, as long as nothing that it was opened with has changed."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from inhouse.completion.places import Places
from inhouse.context import Ngram, Place

BEFORE, AFTER = [7, 10, 11], [13, 14]


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def ngram() -> Ngram:
    known = Ngram()
    known.update_many({"house.py": [10, 11, 12, 13, 14, 15] * 3, "other.py": [10, 11, 20] * 9})
    return known


def opened(
    places: Places,
    known: Ngram,
    before: Sequence[int] = BEFORE,
    after: Sequence[int] = AFTER,
    own: str | None = None,
    exclude: Sequence[str] = (),
) -> Place:
    return places.at(known, before, after, own, exclude)


def test_the_same_again_is_the_same_view() -> None:
    places, known = Places(Clock()), ngram()
    first = opened(places, known)
    other = opened(places, known, before=BEFORE[:2])

    assert opened(places, known, before=list(BEFORE)) is first
    assert opened(places, known, before=BEFORE[:2]) is other


def test_what_differs_is_another_view() -> None:
    places, known = Places(Clock()), ngram()
    first = opened(places, known)

    assert opened(places, known, before=[8, 10, 11]) is not first
    assert opened(places, known, after=[13]) is not first
    assert opened(places, known, own="house.py") is not first
    assert opened(places, known, exclude=("house.py",)) is not first


def changed(known: Ngram, clock: Clock) -> None:
    known.update("house.py", [10, 11, 99] * 9)


def touched(known: Ngram, clock: Clock) -> None:
    known.touch("house.py")


def learnt(known: Ngram, clock: Clock) -> None:
    known.reinforce([10, 11, 12], 1.0)


def later(known: Ngram, clock: Clock) -> None:
    clock.now = 60.0


@pytest.mark.parametrize("change", [changed, touched, learnt, later])
def test_what_has_changed_is_seen(change: Callable[[Ngram, Clock], None]) -> None:
    clock = Clock()
    places, known = Places(clock), ngram()
    first = opened(places, known)
    change(known, clock)

    assert opened(places, known) is not first


def test_only_the_last_few_are_held() -> None:
    places, known = Places(Clock()), ngram()
    first = opened(places, known)
    for last in range(8):
        opened(places, known, before=[10, last])

    assert opened(places, known) is not first


def test_what_a_view_is_asked_again_is_what_it_said() -> None:
    place = ngram().at(BEFORE)
    first = place.next_tokens(128)

    assert place.next_tokens(128) is first
    assert place.next_tokens(1).ids.tolist() == first.ids[:1].tolist()
    assert place.next_tokens(128, [12]).ids.tolist() == ngram().at([*BEFORE, 12]).next_tokens(128).ids.tolist()
    place.extend([12])
    assert place.next_tokens(128).ids.tolist() == ngram().at([*BEFORE, 12]).next_tokens(128).ids.tolist()
