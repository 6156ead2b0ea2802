"""Tasks are what later commits added, in order; the earlier state is exact and the repository is only read."""

from __future__ import annotations

import subprocess
from functools import partial
from pathlib import Path

import pytest
from fakes import ScriptedEngine

from inhouse.completion import Assistant, Settings
from inhouse.completion.learning import database_of
from inhouse.replay.arrival import Asking
from inhouse.replay.checkout import Checkout, folder_for
from inhouse.replay.git import Git, GitError
from inhouse.replay.history import History, base_lines_of, cut
from inhouse.replay.history_run import HistoryRun
from inhouse.replay.pupil import watch
from inhouse.replay.typing_run import TypedRow, WatcherOf, typed_summaries
from inhouse.replay.typist import Watcher

BASE = "import os\n\n\ndef first(path):\n    return os.path.join(path, 'one')\n\n\ndef last(path):\n    return path\n"
ADDED = "    checked = verify_all_of(path)\n    report(checked)\n"


def git(root: Path, *arguments: str, name: str = "Ada") -> None:
    identity = ("-c", f"user.name={name}", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
    subprocess.run(["git", "-C", str(root), *identity, *arguments], check=True, capture_output=True)


def commit(root: Path, path: str, text: str, name: str = "Ada") -> None:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(text)
    git(root, "add", "-A")
    git(root, "commit", "-m", path, name=name)


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("INHOUSE_CACHE_DIR", str(tmp_path / "cache"))
    root = tmp_path / "repository"
    root.mkdir()
    git(root, "init", "-b", "main")
    commit(root, "a.py", BASE)
    commit(root, "a.py", BASE.replace("    return path\n", ADDED + "    return path\n"))
    commit(root, "b.py", "def entirely_new(value):\n    return transform(value) + remainder(value)\n")
    commit(root, "c.py", "def by_a_robot(value):\n    return something_generated(value)\n", name="dependabot[bot]")
    commit(root, "d.py", BASE)  # copied from the base: nobody typed it
    return root


def tasks(root: Path, commits: int = 4) -> tuple[History, Checkout]:
    reader = Git(root)
    base = reader.commits(commits)[-1]
    checkout = Checkout(reader, base, folder_for(root, base))
    names = [path.name for path in checkout.folder.glob("*.py")]
    return cut(reader, commits, 50, base_lines_of(checkout.folder, names)), checkout


def test_what_people_typed_becomes_a_task(repository: Path) -> None:
    found, _ = tasks(repository)

    first, second = found.cases
    assert (first.path, second.path) == ("a.py", "b.py")
    assert first.target == ADDED.strip()
    assert first.prefix == BASE[: BASE.index("    return path\n")] + "    "
    assert first.suffix.startswith("\n    return path\n")
    assert second.target.startswith("def entirely_new(value):\n    return")


def test_earlier_hunks_of_a_commit_are_typed_and_later_ones_not(repository: Path) -> None:
    changed = BASE.replace("'one')", "'quite another name')").replace("return path\n", "return transformed(path, 1)\n")
    commit(repository, "a.py", changed)
    found, _ = tasks(repository, 1)

    one, two = found.cases
    assert "quite another name" in two.prefix
    assert "transformed" not in one.suffix


def test_the_earlier_state_alone_is_in_the_folder_until_it_follows(repository: Path) -> None:
    found, checkout = tasks(repository)
    assert (checkout.folder / "a.py").read_text() == BASE
    assert not (checkout.folder / "b.py").exists()

    checkout.follow(found.changes[1].commit)
    assert ADDED in (checkout.folder / "a.py").read_text()
    assert (checkout.folder / "b.py").exists()

    checkout.reset(found.base)
    assert not (checkout.folder / "b.py").exists()


def test_the_same_tasks_each_time_and_at_most_so_many(repository: Path) -> None:
    assert tasks(repository)[0] == tasks(repository)[0]
    reader = Git(repository)
    assert len(cut(reader, 4, 1, frozenset()).cases) == 1


def test_no_repository_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(GitError, match="git rev-parse"):
        Git(tmp_path)


def test_each_arm_types_all_but_what_is_finished(repository: Path) -> None:
    found, checkout = tasks(repository)
    rows: list[TypedRow] = []
    opened: list[ScriptedEngine] = []

    def engine() -> ScriptedEngine:
        opened.append(ScriptedEngine("verify_all_of(path)"))
        return opened[-1]

    run = HistoryRun(Settings(show_above=0.0, name_check=False), engine, found, checkout, latency_ms=0.0, follow=True)

    run.type(["full", "plain"], {("plain", found.cases[0].id)}, rows.append)

    assert [(row.arm, row.path) for row in rows] == [("full", "a.py"), ("full", "b.py"), ("plain", "b.py")]
    assert rows[0].accepted_all + rows[0].accepted_line + rows[0].accepted_word >= 1
    assert rows[0].keys < rows[0].keys_by_hand
    full, plain = typed_summaries(rows)
    assert full.saved.mean > 0
    assert plain.against_first is not None
    assert (plain.against, full.against) == ({}, {})
    compared = typed_summaries(rows, ["full", "plain"])
    assert [list(one.against) for one in compared] == [["plain"], []]
    _, ours, theirs = rows  # what both arms typed counts alone
    assert compared[0].against["plain"].mean == pytest.approx((theirs.keys - ours.keys) / ours.keys_by_hand)
    assert TypedRow.parse(rows[0].json()) == rows[0]
    assert [one.closed for one in opened] == [True, True], "an arm's engine knows nothing of what another one read"


@pytest.mark.parametrize(("arm", "settled"), [("full", True), ("no-learning", False)])
def test_who_watches_learns_but_in_the_arm_without(repository: Path, arm: str, *, settled: bool) -> None:
    found, checkout = tasks(repository)
    learnt: list[int] = []

    def looking(assistant: Assistant, root: Path) -> WatcherOf:
        watcher = watch(assistant, root)

        def of(asking: Asking) -> Watcher | None:
            watching = watcher(asking)
            if learner := assistant.learner(root):
                learnt.append(sum(one.count for one in learner.store.calibrations().values()))
            return watching

        return of

    settings, engine = Settings(show_above=0.0, name_check=False), partial(ScriptedEngine, "verify_all_of(path)")
    HistoryRun(settings, engine, found, checkout, 0.0, follow=True, watch=looking).type([arm], (), lambda _: None)

    assert [count > 0 for count in learnt] == ([False, True] if settled else [])
    assert not database_of(checkout.folder).exists()
