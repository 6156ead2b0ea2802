"""`inhouse stats` counts what became of suggestions; `inhouse forget` wipes it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from inhouse.completion.learning import Settled, Shown, Store
from inhouse.completion.learning.align import fates
from inhouse.completion.learning.tracker import Outcome

from .conftest import Call

AT = 1_700_000_000.0


@pytest.fixture
def learnt(project: Path) -> Path:
    """The folder of what was learnt in two projects."""
    folder = project.parent / "data" / "learnt"
    for root in (project, project.parent / "other"):
        store = Store(root, folder)
        for number, (outcome, became) in enumerate([("accepted", "total(x)"), ("typed over", "sum"), ("deleted", "")]):
            _settle(store, number, outcome, became)  # type: ignore[arg-type]
        store.close()
    return folder


def _settle(store: Store, number: int, outcome: Outcome, became: str) -> None:
    shown = Shown(number, "a.py", (0, 0), "total(y)", 0, "", 0.5, "model", 20.0 + number)
    accepted = 0 if outcome == "typed over" else 8
    row = store.write_settled(None, Settled(shown, outcome, 0, accepted, (), ""), AT)
    found = tuple(fates(shown.text, became))
    store.write_settled(row, Settled(shown, outcome, 30, accepted, found, became), AT)


def test_for_programs_one_json_object(call: Call, learnt: Path, project: Path) -> None:
    done = call("stats", "--json")
    found = json.loads(done.stdout)

    assert done.returncode == 0
    total = found["total"]
    assert (total["shown"], total["accepted"], total["typed_over"], total["accepted_characters"]) == (6, 2, 2, 32)
    assert total["deleted"] == 2
    assert total["kept_after_s"] == {"30": 0.4375}
    assert (total["ms_p50"], total["sources"]) == (21.0, {"model": 6})
    assert {one["root"] for one in found["projects"]} == {str(project), str(project.parent / "other")}


def test_for_people(call: Call, learnt: Path) -> None:
    done = call("stats")

    assert "accepted   2 (33%), 0 more in part, 2 deleted again" in done.stdout
    assert "44% after 30 s" in done.stdout
    assert str(learnt) in done.stdout


def test_nothing_yet(call: Call) -> None:
    done = call("stats")

    assert (done.returncode, "nothing yet" in done.stdout) == (0, True)
    assert json.loads(call("stats", "--json").stdout)["total"]["shown"] == 0


def test_one_project_is_forgotten(call: Call, learnt: Path, project: Path) -> None:
    assert call("forget", str(project)).stdout == "forgotten: 1 project\n"
    assert [one["root"] for one in json.loads(call("stats", "--json").stdout)["projects"]] == [
        str(project.parent / "other")
    ]
    again = call("forget", str(project))
    assert (again.returncode, "nothing was learnt there" in again.stderr) == (2, True)


def test_all_is_forgotten(call: Call, learnt: Path) -> None:
    assert call("forget").stdout == "forgotten: 2 projects\n"
    assert list(learnt.iterdir()) == []
