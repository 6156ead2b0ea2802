"""Fetching a model over a network that breaks, from a hub that errs, onto a disk that fills up."""

from __future__ import annotations

import errno
import hashlib
import os
import resource
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from ggufs import FIM_METADATA, gguf
from hub import COMMIT, FakeHub

from inhouse.model import ModelError
from inhouse.model.catalogue import Choice, Entry, File
from inhouse.model.hub import HuggingFace
from inhouse.model.pull import pull
from inhouse.model.shelf import Shelf
from inhouse.model.store import embedded_core, resolve

REPOSITORY = "inhouse/tiny-core"
DATA = gguf({**FIM_METADATA, "general.name": "x" * 3_000_000})
LIMIT_S = 60


@pytest.fixture
def hub() -> Iterator[FakeHub]:
    with FakeHub(REPOSITORY, {"tiny-q8_0.gguf": DATA, "README.md": b"#"}).serving() as running:
        yield running


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path / "models")


def choice(file: str | None = "tiny-q8_0.gguf", sha256: str | None = None) -> Choice:
    published = File("Q8_0", REPOSITORY, file=file, sha256=sha256)
    return Choice(Entry("tiny", "Tiny", 1000, "inhouse core", "MIT", True, (published,)), published)


def fetch(hub: FakeHub, shelf: Shelf, wanted: Choice | None = None, **more: object) -> Path:
    waits: list[float] = []
    options = {"pause": waits.append, **more}
    return pull(wanted or choice(), shelf, HuggingFace(hub.address), **options).path  # type: ignore[arg-type]


def test_a_pull_brings_the_file_and_notes_what_it_is(hub: FakeHub, shelf: Shelf) -> None:
    seen: list[tuple[int, int]] = []

    path = fetch(hub, shelf, progress=lambda here, size: seen.append((here, size)))

    assert path.read_bytes() == DATA
    assert seen[-1] == (len(DATA), len(DATA))
    [held] = shelf.held()
    assert (held.name, held.path, held.sha256) == ("tiny:q8_0", path, hashlib.sha256(DATA).hexdigest())
    assert (held.stated_by, held.revision, held.licence) == ("hub", COMMIT, "MIT")
    assert resolve("tiny", shelf) == path
    assert not list(path.parent.glob("*.partial"))


def test_what_is_here_and_right_is_not_fetched_again_and_what_is_damaged_is(hub: FakeHub, shelf: Shelf) -> None:
    path = fetch(hub, shelf)
    (path.parent / "model.json").unlink()
    before = len(hub.downloads)

    assert fetch(hub, shelf, free=lambda _: 0) == path
    assert len(hub.downloads) == before
    assert shelf.held()[0].stated_by == "hub", "a file brought by hand gets its note"
    path.write_bytes(b"x" + DATA[1:])
    assert fetch(hub, shelf).read_bytes() == DATA


def test_the_file_is_found_by_its_quantisation(hub: FakeHub, shelf: Shelf) -> None:
    assert fetch(hub, shelf, choice(file=None)).name == "tiny-q8_0.gguf"


def test_cut_connections_are_taken_up_where_they_broke(hub: FakeHub, shelf: Shelf) -> None:
    hub.cuts = [1_000_000, 700_000, 900_000]

    path = fetch(hub, shelf)

    assert path.read_bytes() == DATA
    assert len(hub.downloads) == 4
    assert hub.downloads[0] == ""
    assert all(asked.startswith("bytes=") for asked in hub.downloads[1:])


def test_a_hub_that_ignores_ranges_sends_everything_again(hub: FakeHub, shelf: Shelf) -> None:
    hub.cuts, hub.ignores_ranges = [1_000_000], True

    assert fetch(hub, shelf).read_bytes() == DATA


def test_another_run_goes_on_where_the_last_one_gave_up(hub: FakeHub, shelf: Shelf) -> None:
    hub.cuts = [2_000_000, *([0] * 20)]
    with pytest.raises(ModelError, match="cannot be reached"):
        fetch(hub, shelf)
    hub.cuts.clear()
    before = len(hub.downloads)

    assert fetch(hub, shelf).read_bytes() == DATA
    assert hub.downloads[before:] == ["bytes=2000000-"] or int(hub.downloads[before][6:-1]) > 1_000_000


@pytest.mark.integration
def test_our_own_core_interrupted_three_times_ends_byte_identical(shelf: Shelf) -> None:
    core = embedded_core()
    data = core.path.read_bytes()
    published = File("Q8_0", REPOSITORY, file=core.path.name, sha256=core.sha256)
    wanted = Choice(
        Entry("inhouse-core-5m", "Core", 5_200_000, "inhouse core", "Apache-2.0", True, (published,)), published
    )
    with FakeHub(REPOSITORY, {core.path.name: data}, cuts=[1_000_000, 1_500_000, 2_000_000]).serving() as hub:
        path = fetch(hub, shelf, wanted)

        assert len(hub.downloads) == 4
    assert path.read_bytes() == data
    assert shelf.held()[0].stated_by == "catalogue"


def test_a_wrong_checksum_leaves_nothing_behind(hub: FakeHub, shelf: Shelf) -> None:
    hub.sends["tiny-q8_0.gguf"] = DATA[:-1] + b"x"

    with pytest.raises(ModelError, match="damaged"):
        fetch(hub, shelf)

    assert shelf.held() == []
    assert not list(shelf.folder.rglob("*.partial"))


def test_a_file_that_is_not_the_pinned_one_is_not_fetched(hub: FakeHub, shelf: Shelf) -> None:
    with pytest.raises(ModelError, match="pins"):
        fetch(hub, shelf, choice(sha256="0" * 64))

    assert hub.downloads == []


def test_more_bytes_than_stated_are_not_written(hub: FakeHub, shelf: Shelf) -> None:
    hub.sends["tiny-q8_0.gguf"] = DATA + b"x" * 5_000_000
    sizes: list[int] = []

    with pytest.raises(ModelError):
        fetch(hub, shelf, progress=lambda here, _: sizes.append(here))

    assert max(sizes) <= len(DATA)


def test_what_is_no_gguf_is_refused(shelf: Shelf) -> None:
    page = FakeHub(REPOSITORY, {"tiny-q8_0.gguf": b"<html>" * 1000})
    with page.serving() as hub, pytest.raises(ModelError, match="no whole GGUF"):
        fetch(hub, shelf)
    assert shelf.held() == []


def test_room_is_looked_for_before_the_first_byte(hub: FakeHub, shelf: Shelf) -> None:
    with pytest.raises(ModelError, match="are needed"):
        fetch(hub, shelf, free=lambda _: 1_000_000)

    assert hub.downloads == []


def test_a_disk_that_fills_up_meanwhile_keeps_what_has_come(hub: FakeHub, shelf: Shelf) -> None:
    """A limit on the size of files stands for the full disk: the write fails in the same way."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_500_000, before[1]))
    try:
        with pytest.raises(ModelError, match="disk is full"):
            fetch(hub, shelf)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, ignored)
    [partial] = shelf.folder.rglob("*.partial")
    assert 0 < partial.stat().st_size <= 1_500_000

    assert fetch(hub, shelf).read_bytes() == DATA
    assert hub.downloads[-1].startswith("bytes=")


@pytest.mark.parametrize(
    ("status", "code", "says"),
    [
        (401, "RepoNotFound", "no such repository"),
        (403, "GatedRepo", "accept terms"),
        (404, "RevisionNotFound", "no such revision"),
        (404, "", "404"),
        (503, "", "cannot be reached"),
    ],
)
def test_refusals_say_what_to_do(hub: FakeHub, shelf: Shelf, status: int, code: str, says: str) -> None:
    hub.refuses, hub.error_code = status, code

    with pytest.raises(ModelError, match=says):
        fetch(hub, shelf)


def test_a_file_that_the_repository_has_not_is_named(hub: FakeHub, shelf: Shelf) -> None:
    with pytest.raises(ModelError, match=r"has not other\.gguf, but tiny-q8_0\.gguf"):
        fetch(hub, shelf, choice(file="other.gguf"))


def test_without_a_stated_checksum_nothing_is_fetched(hub: FakeHub, shelf: Shelf) -> None:
    hub.states_checksums = False

    with pytest.raises(ModelError, match="states no checksum"):
        fetch(hub, shelf)


def test_offline_it_says_how_to_bring_the_file_by_hand(shelf: Shelf) -> None:
    with FakeHub(REPOSITORY, {}).serving() as gone:
        pass
    with pytest.raises(ModelError) as refused:
        fetch(gone, shelf)
    message = str(refused.value)
    assert f"{gone.address}/{REPOSITORY}/resolve/main/tiny-q8_0.gguf" in message
    assert f"copy tiny-q8_0.gguf into {shelf.folder / 'tiny-q8_0'}" in message
    assert "HTTPS_PROXY" in message
    assert "HF_ENDPOINT" in message

    (shelf.folder / "tiny-q8_0" / "tiny-q8_0.gguf").write_bytes(DATA)
    held = shelf.verify("tiny-q8_0")
    assert held.stated_by == "nobody"
    assert resolve("tiny-q8_0", shelf) == held.path


def test_two_pulls_of_one_model_do_not_meet(hub: FakeHub, shelf: Shelf) -> None:
    hub.hold = threading.Event()
    started = threading.Event()
    first = threading.Thread(target=lambda: fetch(hub, shelf, progress=lambda *_: started.set()), daemon=True)
    first.start()
    assert started.wait(LIMIT_S)
    with pytest.raises(ModelError, match="another pull"):
        fetch(hub, shelf)
    hold, hub.hold = hub.hold, None
    hold.set()
    first.join(LIMIT_S)
    assert not first.is_alive()


def test_a_pull_killed_in_the_middle_is_taken_up(hub: FakeHub, shelf: Shelf) -> None:
    hub.hold = threading.Event()
    code = (
        "import sys; from pathlib import Path; sys.path[:0] = sys.argv[1:3]\n"
        "from test_pull import choice; from inhouse.model.hub import HuggingFace\n"
        "from inhouse.model.pull import pull; from inhouse.model.shelf import Shelf\n"
        "pull(choice(), Shelf(Path(sys.argv[3])), HuggingFace(sys.argv[4]), progress=lambda *_: print(flush=True))\n"
    )
    here = Path(__file__)
    arguments = [str(here.parent), str(here.parents[1] / "support"), str(shelf.folder), hub.address]
    with subprocess.Popen([sys.executable, "-c", code, *arguments], stdout=subprocess.PIPE) as process:
        assert process.stdout
        process.stdout.readline()
        os.kill(process.pid, signal.SIGKILL)
        process.wait(LIMIT_S)
    hold, hub.hold = hub.hold, None
    hold.set()
    assert shelf.held() == [], "half a file is no model"

    assert fetch(hub, shelf).read_bytes() == DATA


def test_an_unwritable_folder_is_named(hub: FakeHub, tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(ModelError, match=os.strerror(errno.ENOTDIR)):
        fetch(hub, Shelf(tmp_path / "file" / "models"))


def test_damage_on_the_shelf_is_found(hub: FakeHub, shelf: Shelf) -> None:
    path = fetch(hub, shelf)
    assert shelf.verify("tiny").sha256 == hashlib.sha256(DATA).hexdigest()
    path.write_bytes(DATA[:-1] + b"x")
    with pytest.raises(ModelError, match="damaged"):
        shelf.verify("tiny:q8_0")
    path.write_bytes(DATA[:-1])
    with pytest.raises(ModelError, match="not whole"):
        resolve("tiny", shelf)


def test_the_chosen_model_is_used_until_it_is_removed(hub: FakeHub, shelf: Shelf) -> None:
    path = fetch(hub, shelf)
    assert resolve(None, shelf) == embedded_core().path
    shelf.choose("tiny:q8_0")
    assert resolve(None, shelf) == path
    assert resolve("embedded", shelf) == embedded_core().path
    shelf.remove(shelf.must_get("tiny"))
    assert shelf.held() == []
    assert resolve(None, shelf) == embedded_core().path


def test_an_odd_note_does_not_hide_the_file(hub: FakeHub, shelf: Shelf) -> None:
    path = fetch(hub, shelf)
    for text in ("", "[]", '{"file": 3}', "\x00", '{"file": "a", "unknown": 1}'):
        (path.parent / "model.json").write_text(text)
        [held] = shelf.held()
        assert held == replace(held, name="tiny-q8_0", path=path, bytes=len(DATA), sha256=None)
