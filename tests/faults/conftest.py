"""A small project, and folders of its own for everything that inhouse keeps."""

from __future__ import annotations

import json
import os
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

PRICES = '''\
def net_price(amount: float, rate: float) -> float:
    """The price without tax."""
    return amount / (1 + rate)


def gross_price(amount: float, rate: float) -> float:
    return amount * (1 + rate)
'''
BASKET = """\
from prices import gross_price, net_price


def total(amounts: list[float], rate: float) -> float:
    result = 0.0
    for amount in amounts:
        result += net_price(amount, rate)
    return result


def all_prices(amounts: list[float], rate: float) -> list[float]:
    return [gross_price(amount, \n"""


@pytest.fixture(autouse=True)
def own_folders(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Cache, settings and what is learnt: nothing of the user's counts. Gives their folder."""
    home = tmp_path_factory.mktemp("home")
    for name in ("CACHE", "CONFIG", "DATA"):
        monkeypatch.setenv(f"INHOUSE_{name}_DIR", str(home / name.lower()))
    monkeypatch.setenv("INHOUSE_POWER", "full")
    return home


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "shop"
    root.mkdir()
    (root / "pyproject.toml").touch()
    (root / "prices.py").write_text(PRICES)
    (root / "basket.py").write_text(BASKET)
    return root


def count(name: str, small: int) -> int:
    """How often a thing is tried: a small number in the suite, INHOUSE_<name> where somebody has the time."""
    return int(os.environ.get(f"INHOUSE_{name}", str(small)))


def tell(what: str, seconds: Sequence[float], **more: object) -> None:
    """Write figures as a line of JSON behind INHOUSE_FIGURES' file, where somebody wants them. Nothing is asserted:
    how long a thing takes is the machine's business as well."""
    file = os.environ.get("INHOUSE_FIGURES")
    if file is None:
        return
    times = sorted(seconds)
    if times:
        p95 = times[min(len(times) - 1, int(0.95 * len(times)))]
        more |= {"p50_s": round(statistics.median(times), 3), "p95_s": round(p95, 3), "max_s": round(times[-1], 3)}
    with Path(file).open("a") as out:
        out.write(json.dumps({"what": what, "tried": len(times), **more, "at": time.strftime("%F %T")}) + "\n")


def until(what: str, holds: Callable[[], bool], limit_s: float = 60.0) -> None:
    """Wait until something holds; looks every 20 ms."""
    end = time.monotonic() + limit_s
    while not holds():
        assert time.monotonic() < end, f"never came: {what}"
        time.sleep(0.02)
