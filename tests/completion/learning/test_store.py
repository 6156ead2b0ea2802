"""What is kept of a project: for the user only, whole after a kill, set aside when damaged."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from inhouse.completion.learning import Settled, Shown, Store, data_folder, stored_roots
from inhouse.completion.learning.align import fates
from inhouse.completion.learning.store import MOST_RUNS, Calibration, Run
from inhouse.completion.learning.tracker import Outcome

AT = 1_700_000_000.0


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "project", tmp_path / "data")


def settled(number: int, outcome: Outcome = "accepted", after_s: int = 0, became: str = "") -> Settled:
    shown = Shown(number, "a.py", (0, 0), "secret_name(1)", 0, "context_word = ", 0.5, "model", 12.5)
    return Settled(shown, outcome, after_s, 14, tuple(fates(shown.text, became)) if after_s else (), became)


def test_reading_makes_no_file(store: Store) -> None:
    assert (store.runs("t"), store.names(), store.calibrations(), store.shown()) == ([], {}, {}, [])
    assert not store.path.exists()


def test_only_the_user_may_read_it(store: Store) -> None:
    store.write_settled(None, settled(1), AT)

    assert store.path.stat().st_mode & 0o777 == 0o600
    assert store.path.parent.stat().st_mode & 0o777 == 0o700


def test_no_text_of_the_project_is_in_it(store: Store) -> None:
    number = store.write_settled(None, settled(1), AT)
    store.write_settled(number, settled(1, after_s=30, became="secret_name(2)"), AT)
    store.write_learnt("t", [Run([1, 2], [0.5, -1.0], AT)], [(b"12345678", 1.0)], Calibration(0.1, 1, AT))
    store.close()

    data = store.path.read_bytes()
    assert b"secret_name" not in data
    assert b"context_word" not in data


def test_the_last_look_says_what_became_of_it(store: Store) -> None:
    row = store.write_settled(None, settled(1), AT)
    store.write_settled(row, settled(1, "deleted", after_s=15), AT)

    assert [entry[4] for entry in store.shown()] == ["deleted"]
    assert store.kept()[15][0] == 1


def test_what_became_of_suggestions_is_counted(store: Store) -> None:
    for number, became in ((1, "secret_name(1)"), (2, "secret_name(x)")):
        row = store.write_settled(None, settled(number), AT)
        store.write_settled(row, settled(number, after_s=15, became=became), AT)
    store.write_settled(store.write_settled(None, settled(3, "typed over"), AT), settled(3, "typed over", 15), AT)

    assert store.shown()[0] == ("model", 14, 0.5, 12.5, "accepted", 14)
    assert store.kept() == {15: (2, 27, 28)}


def test_learnt_things_come_back(store: Store) -> None:
    run = Run([5, 6, 7], [0.0, 1.0, -2.0], AT)
    store.write_learnt("t", [run], [(b"name....", 0.5)], Calibration(-0.25, 7, AT))
    store.close()

    again = Store(store.root, store.path.parent)
    assert (again.runs("t"), again.runs("u")) == ([run], [])
    assert again.names() == {b"name....": (0.5, AT)}
    assert again.calibrations() == {"": Calibration(-0.25, 7, AT)}
    assert list(stored_roots(store.path.parent)) == [(store.root, store.path)]


def test_the_oldest_runs_go(store: Store) -> None:
    store.write_learnt("t", [Run([n], [1.0], AT + n) for n in range(MOST_RUNS + 3)], [], Calibration())

    runs = store.runs("t")
    assert (len(runs), runs[0].ids) == (MOST_RUNS, [3])


@pytest.mark.parametrize("damage", [b"no database at all" * 100, b"SQLite format 3\0" + b"\xff" * 5000])
def test_a_damaged_file_is_set_aside(store: Store, damage: bytes, caplog: pytest.LogCaptureFixture) -> None:
    store.path.parent.mkdir(parents=True)
    store.path.write_bytes(damage)
    with caplog.at_level(logging.WARNING):
        store.write_settled(None, settled(1), AT)

    assert len(store.shown()) == 1
    assert store.path.with_suffix(".damaged").read_bytes() == damage
    assert [record.message.count("set aside") for record in caplog.records] == [1]


def test_a_file_damaged_while_in_use_is_set_aside(store: Store) -> None:
    for number in range(300):
        store.write_settled(None, settled(number), AT)
    with store.path.open("r+b") as file:
        file.seek(0)
        file.write(b"\xff" * store.path.stat().st_size)
    for number in range(3):
        store.write_settled(None, settled(number), AT)
    store.close()

    again = Store(store.root, store.path.parent)
    again.write_settled(None, settled(1), AT)
    assert again.shown()


def test_a_folder_that_cannot_be_made_costs_the_learning_only(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "data").write_text("a file where the folder should be")
    store = Store(tmp_path / "project", tmp_path / "data" / "learnt")
    with caplog.at_level(logging.WARNING):
        assert store.write_settled(None, settled(1), AT) is None
    assert "not kept" in caplog.text


def test_it_is_whole_after_a_kill(tmp_path: Path) -> None:
    program = textwrap.dedent("""
        import sys
        from pathlib import Path
        from inhouse.completion.learning.store import Calibration, Run, Store
        store = Store(Path(sys.argv[1]), Path(sys.argv[2]))
        for n in range(1_000_000):
            store.write_learnt("t", [Run([n, n + 1], [1.0, 1.0], float(n))], [], Calibration(0.0, n, float(n)))
            print(n, flush=True)
    """)
    root, folder = tmp_path / "project", tmp_path / "data"
    with subprocess.Popen([sys.executable, "-c", program, root, folder], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for _ in range(20):
            written = int(process.stdout.readline())
        os.kill(process.pid, signal.SIGKILL)

    store = Store(root, folder)
    assert store.calibrations()[""].count >= written
    assert len(store.runs("t")) == store.calibrations()[""].count + 1
    assert not store.path.with_suffix(".damaged").exists()


def test_the_folder_can_be_chosen(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("INHOUSE_DATA_DIR", str(tmp_path))
    assert data_folder() == tmp_path / "learnt"
