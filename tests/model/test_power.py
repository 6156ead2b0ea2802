"""When less is done: on battery, on a low one, beside others who keep the cores busy."""

from __future__ import annotations

import pytest

from inhouse.model.power import Battery, Power, Wish, battery_now
from inhouse.model.threads import Usage


class Machine:
    """A battery and two cores, of which others use some, and we."""

    def __init__(self, battery: Battery | None, others: float = 0.0, own: float = 0.0) -> None:
        self.battery = battery
        self.others, self.own = others, own
        self.at = 0.0
        self.spent = self.spent_by_us = 0.0

    def pass_time(self, seconds: float) -> None:
        self.at += seconds
        self.spent += seconds * (self.others + self.own)
        self.spent_by_us += seconds * self.own

    def power(self, wish: Wish = "auto") -> Power:
        return Power(
            wish, battery=lambda: self.battery, usage=lambda: Usage(self.at, self.spent, self.spent_by_us), cores=2
        )


@pytest.mark.parametrize(
    ("wish", "battery", "others", "expected"),
    [
        ("auto", None, 0.0, ("mains", "full")),
        ("auto", Battery(50, True), 0.0, ("mains", "full")),
        ("auto", Battery(50, False), 0.0, ("battery", "saving")),
        ("auto", Battery(10, False), 0.0, ("battery", "instant")),
        ("auto", Battery(10, True), 0.0, ("mains", "full")),
        ("auto", None, 2.0, ("mains", "saving")),
        ("auto", None, 1.5, ("mains", "full")),
        ("full", Battery(10, False), 2.0, ("battery", "full")),
        ("saving", None, 0.0, ("mains", "saving")),
        ("saving", Battery(10, False), 0.0, ("battery", "saving")),
    ],
)
def test_what_follows_from_power_and_load(
    wish: Wish, battery: Battery | None, others: float, expected: tuple[str, str]
) -> None:
    machine = Machine(battery, others)
    power = machine.power(wish)
    machine.pass_time(6)

    found = power.state(6)

    assert (found.source, found.mode) == expected


@pytest.mark.parametrize(("others", "own", "mode"), [(1.7, 0.3, "saving"), (1.0, 1.0, "full"), (1.6, 0.1, "full")])
def test_our_own_work_does_not_hide_a_full_machine(others: float, own: float, mode: str) -> None:
    machine = Machine(None, others, own)
    power = machine.power()
    machine.pass_time(6)

    assert power.state(6).mode == mode


def test_a_look_holds_for_a_few_seconds() -> None:
    machine = Machine(Battery(50, True))
    power = machine.power()
    assert power.state(0).mode == "full"
    machine.battery = Battery(49, False)
    assert power.state(1).mode == "full"
    assert power.state(6).mode == "saving"
    assert power.state(6).percent == 49


def test_this_machine_can_be_asked() -> None:
    battery = battery_now()
    assert battery is None or 0 <= battery.percent <= 100
    assert Power().state().source in ("mains", "battery")
