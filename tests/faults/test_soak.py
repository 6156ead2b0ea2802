"""The soak's harness, for minutes instead of hours; docs/reliability.md has the day."""

from __future__ import annotations

import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from .soak import place_of, position, soak
from .soak_picture import draw


@pytest.mark.integration
def test_two_people_type_in_one_project(project: Path, tmp_path: Path) -> None:
    for number in range(6):
        text = (project / "basket.py").read_text().rsplit("\n\n\n", 1)[0]
        (project / f"more_{number}.py").write_text(f"{text}\n" + "rate = 0.5\nvalue = rate * 2\n" * 8)
    rows = soak(project, hours=2, keys=15, log=tmp_path / "soak.jsonl")
    assert [(row["hour"], row["editor"]) for row in rows] == [(1, "one"), (1, "two"), (2, "one"), (2, "two")]
    assert all(row["failed"] == 0 and row["requests"] and row["keys"] >= 15 for row in rows)
    root = ElementTree.fromstring(draw(rows))
    assert len(root.findall("{http://www.w3.org/2000/svg}g")) == 4


def test_the_harness_tells_how_it_is_used() -> None:
    command = [sys.executable, str(Path(__file__).parent / "soak.py"), "--help"]
    assert subprocess.run(command, check=True, capture_output=True, timeout=60).stdout


@pytest.mark.parametrize(("text", "place"), [("", (0, 0)), ("ab", (0, 2)), ("a\n😀b", (1, 3)), ("a\n", (1, 0))])
def test_places_are_counted_as_editors_do(text: str, place: tuple[int, int]) -> None:
    assert position(text) == place
    assert place_of(text + "\nmore", place) == len(text)
