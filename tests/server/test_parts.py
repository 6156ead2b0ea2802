"""The small parts of the server: repair of requests, answers kept, folders, the log, the parent's watch."""

import logging
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from inhouse.server import parent
from inhouse.server.answers import REMEMBERED_DOCUMENTS, Answers
from inhouse.server.folders import folder_paths, locate
from inhouse.server.log import configure
from inhouse.server.repair import AUTOMATIC, INVOKED, TriggerKinds, repair
from inhouse.server.workspace import merged, section

LIMIT_S = 30.0


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ([1], [INVOKED]),
        ([2], [AUTOMATIC]),
        ([0, 1, 0], [INVOKED, AUTOMATIC, INVOKED]),  # an old client: 0 invoked, 1 automatic
        ([1, 2, 1], [INVOKED, AUTOMATIC, INVOKED]),
        ([None], [AUTOMATIC]),
        (["1"], [AUTOMATIC]),
        ([True], [AUTOMATIC]),
        ([17], [AUTOMATIC]),
    ],
)
def test_trigger_kinds_of_old_and_odd_clients(sent: list[object], read: list[int]) -> None:
    kinds = TriggerKinds()
    assert [kinds.read(kind) for kind in sent] == read


@pytest.mark.parametrize(
    ("context", "repaired"),
    [
        ({}, {"triggerKind": AUTOMATIC}),
        (None, {"triggerKind": AUTOMATIC}),
        ("odd", {"triggerKind": AUTOMATIC}),
        ({"triggerKind": 1, "selectedCompletionInfo": None}, {"triggerKind": INVOKED}),
        ({"triggerKind": 1, "selectedCompletionInfo": {"text": 3}}, {"triggerKind": INVOKED}),
        (
            {"triggerKind": 2, "selectedCompletionInfo": {"text": "a", "range": {}}},
            {"triggerKind": AUTOMATIC, "selectedCompletionInfo": {"text": "a", "range": {}}},
        ),
    ],
)
def test_a_context_that_can_be_read(context: object, repaired: dict[str, Any]) -> None:
    params = {"position": "kept", "context": context}
    assert repair(params, TriggerKinds()) == {"position": "kept", "context": repaired}


@pytest.mark.parametrize("params", [None, [], "text"])
def test_what_is_no_table_is_left_as_it_is(params: object) -> None:
    assert repair(params, TriggerKinds()) == params


def test_why_tells_the_last_answer() -> None:
    answers = Answers()
    assert answers.why() == {"uri": None, "items": [], "silent": "not asked", "shown": 0, "accepted": 0}
    answers.remember("a", {"silent": "first"})
    answers.remember("b", {"silent": "second"})
    answers.remember("a", {"silent": "third"})
    assert (answers.why()["silent"], answers.why("b")["silent"]) == ("third", "second")
    answers.forget("a")
    assert answers.why("a")["silent"] == "not asked"


def test_why_tells_the_last_suggestion_behind_a_silence() -> None:
    answers = Answers()
    taken = {"items": [{"text": "x = 1"}], "silent": None}
    answers.remember("a", taken)
    assert "before" not in answers.why("a")
    answers.remember("a", {"items": [], "silent": "nothing to add"})
    assert answers.why("a")["silent"] == "nothing to add"
    assert answers.why("a")["before"] == {"uri": "a", **taken}
    assert "before" not in answers.why("b")
    answers.forget("a")
    assert "before" not in answers.why("a")


def test_answers_are_kept_for_so_many_documents() -> None:
    answers = Answers()
    for number in range(REMEMBERED_DOCUMENTS + 1):
        answers.remember(str(number), {"silent": "x"})
    assert answers.why("0")["silent"] == "not asked"
    assert answers.why("1")["silent"] == "x"


def test_an_acceptance_counts_once() -> None:
    answers = Answers()
    number = answers.issue()
    assert [answers.accept(number), answers.accept(number), answers.accept(99), answers.accept(0)] == [
        True,
        False,
        False,
        False,
    ]
    assert (answers.shown, answers.accepted) == (1, 1)


@pytest.mark.parametrize(
    ("uri", "root", "path"),
    [
        ("file:///w/a/b.py", "/w/a", "/w/a/b.py"),  # the deepest folder that holds it
        ("file:///w/c/b%20c.py", "/w", "/w/c/b c.py"),
        ("untitled:Untitled-1", "/w", "/w/Untitled-1"),
        ("untitled:/w/a/new.py", "/w/a", "/w/a/new.py"),
        ("vscode-notebook-cell:/w/a/n.ipynb#W0sZmlsZQ%3D%3D", "/w/a", "/w/a/n.ipynb"),
        ("git:/elsewhere/x.py?ref", "/w", "/w/x.py"),
        ("inmemory:", "/w", "/w/untitled"),
    ],
)
def test_where_a_document_belongs(uri: str, root: str, path: str) -> None:
    folders = folder_paths(["file:///w", "untitled:x", "file:///w/a"])
    assert locate(uri, folders) == (Path(root), Path(path))


def test_a_file_outside_of_the_folders_finds_its_own_project(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "src").mkdir()
    uri = (tmp_path / "src" / "a.py").as_uri()
    root, _ = locate(uri, [])
    assert root in (tmp_path, tmp_path / "src")


@pytest.mark.parametrize(
    ("options", "told", "result"),
    [
        (None, None, None),
        ({"threads": 2}, None, {"threads": 2}),
        ({"inhouse": {"threads": 2}}, None, {"threads": 2}),
        ({"threads": 2}, {"enabled": False}, {"threads": 2, "enabled": False}),
        ({"threads": 2}, {"threads": 3}, {"threads": 3}),
        (None, {"threads": 3}, {"threads": 3}),
        ({"threads": 2}, {"enabled": False, "defaults": {}}, {"enabled": False, "defaults": {}}),
        ("odd", {"threads": 3}, {"threads": 3}),
    ],
)
def test_settings_told_later_lie_over_the_options(options: object, told: object, result: object) -> None:
    assert merged(options, told) == result


def test_only_our_own_section_counts() -> None:
    assert section({"python": {"a": 1}}) is None
    assert section({"inhouse": {"a": 1}}) == {"a": 1}
    assert section(None) is None


@pytest.fixture
def clean_logging() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    for handler in root.handlers:
        if handler not in handlers:
            handler.close()
    root.handlers[:] = handlers
    root.setLevel(level)
    for name in ("inhouse", "pygls"):
        logging.getLogger(name).setLevel(logging.NOTSET)


@pytest.mark.usefixtures("clean_logging")
def test_the_log_holds_no_values_of_the_protocol(tmp_path: Path) -> None:
    file = tmp_path / "log"
    configure(file)
    logging.getLogger("pygls.protocol").error("Failed to handle %s", "SECRET = 1")
    logging.getLogger("pygls.protocol").info("Sending data: %s", "SECRET = 2")
    logging.getLogger("inhouse.server").info("read %d files", 3)
    text = file.read_text()
    assert "SECRET" not in text
    assert "Failed to handle %s" in text
    assert "read 3 files" in text


def test_the_watch_tells_when_the_process_ends() -> None:
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    gone = threading.Event()
    assert parent.watch(process.pid, gone.set, poll_s=0.01) is not None
    assert not gone.is_set()
    process.kill()
    assert gone.wait(LIMIT_S), "also while the dead process waits to be reaped"
    process.communicate()


def test_the_watch_can_be_ended() -> None:
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    gone = threading.Event()
    stop = parent.watch(process.pid, gone.set, poll_s=0.01)
    assert stop is not None
    stop.set()
    process.kill()
    process.communicate()
    assert not gone.wait(0.1)


def test_a_process_that_cannot_be_seen_is_not_watched() -> None:
    assert parent.watch(2**22 + 1, lambda: None) is None
