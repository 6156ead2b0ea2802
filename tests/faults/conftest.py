"""A small project, and folders of its own for everything that inhouse keeps."""

from __future__ import annotations

import os
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
