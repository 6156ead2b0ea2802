"""The user's word on house ways, put to what was mined: pinned pairs at the head, with evidence; denied ones gone."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from inhouse.context.conventions.facts import Facts
from inhouse.context.conventions.pins import Pin, Pins
from inhouse.context.conventions.wrappers import Wrapper
from inhouse.context.outline import Symbol

PINNED = "pinned"
"""How a pair came to be one: such a pair needs no counts."""

_WITNESSES = 3


def pinned(found: list[Wrapper], pins: Pins, every: Iterable[Facts]) -> list[Wrapper]:
    """Without what the user denies, with what the user pins at the head."""
    files = list(every)
    kept = [item for item in found if not pins.denies(item.house)]
    head: list[Wrapper] = []
    for pin in pins.pinned:
        mined = next((item for item in kept if pin.house in (item.house, item.house.rpartition(".")[2])), None)
        if mined is not None:
            kept.remove(mined)
        if mined is not None and pin.foreign in ("", mined.foreign):
            head.append(replace(mined, how=PINNED))
        else:
            head.append(_counted(pin, files))
    return head + kept


def _counted(pin: Pin, files: list[Facts]) -> Wrapper:
    """A pin with what the project shows of it: where it is defined, who calls it, who still calls the foreign one."""
    last = pin.house.rpartition(".")[2]
    path, symbol = next(_definitions(pin.house, files), ("", None))
    house = [
        (facts.path, call.line)
        for facts in files
        if facts.path != path
        for call in (*facts.calls, *facts.bases)
        if not call.full and call.written.rpartition(".")[2] == last
    ]
    foreign = sum(
        pin.foreign in (call.full or call.written, call.written)
        for facts in files
        if facts.path != path
        for call in (*facts.calls, *facts.bases)
    )
    return Wrapper(
        pin.house,
        path,
        symbol.line if symbol else 0,
        pin.foreign,
        len(house),
        len({place for place, _ in house}),
        foreign,
        PINNED,
        tuple(f"{place}:{line}" for place, line in house[:_WITNESSES]),
    )


def _definitions(house: str, files: Iterable[Facts]) -> Iterator[tuple[str, Symbol]]:
    """Where the project defines a house name (`open_log`, `Shop.open_log`), not in tests."""
    owner, _, last = house.rpartition(".")
    for facts in files:
        for symbol in () if facts.is_test else facts.outline.symbols:
            if symbol.name == last and symbol.scope.endswith(owner):
                yield facts.path, symbol
