"""A model file that is cut short, written over or replaced while a server uses it: the server goes on, or says in one
line what is wrong."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from wire_client import WireClient

from inhouse.model import ModelError
from inhouse.model.gguf import read_header
from inhouse.model.store import embedded_core

from .conftest import count

SERVE = [sys.executable, "-m", "inhouse.cli", "serve", "--stdio"]


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """The embedded core under another name."""
    return Path(shutil.copyfile(embedded_core().path, tmp_path / "own.gguf"))


def cut(model: Path) -> None:
    os.truncate(model, 4096)


def overwritten(model: Path) -> None:
    model.write_bytes(b"\0" * 2_000_000)


def replaced(model: Path) -> None:
    other = model.with_name("other")
    other.write_bytes(b"no model")
    other.replace(model)


def gone(model: Path) -> None:
    model.unlink()


@pytest.mark.integration
def test_a_model_file_that_is_harmed_while_it_is_used_does_not_matter(project: Path, model: Path) -> None:
    """Small models are read into memory; the harm shows at the next start."""
    client = begun(project, model)
    try:
        first = texts(client, project)
        for harm in (cut, overwritten, replaced, gone):
            harm(model)
            assert texts(client, project) == first
        assert client.close() == 0
    finally:
        client.kill()


MAPPED = """
import os, sys
from pathlib import Path
from inhouse.model import CancelFlag, FillRequest, ModelError, native
native.COPIED_BYTES = 0  # as a larger model would be loaded
from inhouse.model.engine import LlamaEngine
path = Path(sys.argv[1])
engine = LlamaEngine(path, cache_folder=path.parent / "cache")
hole = FillRequest("a.py", "def f(a):\\n    return ", "", max_tokens=4)
engine.fill(hole, CancelFlag())
if sys.argv[2] == "cut":
    os.truncate(path, 4096)
elif sys.argv[2] == "replaced":
    path.with_name("other").write_bytes(b"no model")
    path.with_name("other").replace(path)
for use in (lambda: engine.fill(hole, CancelFlag()), lambda: engine.warm(hole, CancelFlag()),
            lambda: engine.score(hole, ["a"], CancelFlag())):
    try:
        use()
        print("works")
    except ModelError as error:
        print("\\n" not in str(error) and "was changed while it was in use" in str(error))
engine.close()
"""


@pytest.mark.integration
@pytest.mark.parametrize(("harm", "said"), [("cut", "True"), ("replaced", "works"), ("", "works")])
def test_a_mapped_model_that_is_cut_short_is_refused_before_it_is_touched(model: Path, harm: str, said: str) -> None:
    """To touch it would end the process."""
    done = subprocess.run(
        [sys.executable, "-c", MAPPED, str(model), harm], capture_output=True, text=True, check=False, timeout=100
    )
    assert (done.returncode, done.stdout.split()) == (0, [said] * 3), done.stderr


def test_a_model_that_was_cut_short_is_refused(model: Path) -> None:
    rng, whole = random.Random(5), model.stat().st_size
    for _ in range(count("CUTS", 10)):
        shutil.copyfile(embedded_core().path, model)
        os.truncate(model, rng.randrange(whole))
        with pytest.raises(ModelError):
            read_header(model)


@pytest.mark.integration
def test_a_server_that_starts_with_a_cut_model_says_so_once(project: Path, model: Path) -> None:
    cut(model)
    client = begun(project, model)
    try:
        for _ in range(3):
            assert texts(client, project) == []
        assert client.close() == 0
    finally:
        client.kill()
    told = [one["params"]["message"] for one in client.told if one["method"] == "window/showMessage"]
    assert len(told) == 1
    assert "own.gguf: not a whole GGUF file" in told[0]


def begun(root: Path, model: Path) -> WireClient:
    client = WireClient(SERVE)
    try:
        client.start(root, "utf-16", {"model": str(model), "show_above": 0.0, "name_check": False})
    except (AssertionError, OSError):
        client.kill()
        raise
    uri = (root / "basket.py").as_uri()
    text = (root / "basket.py").read_text()
    item = {"uri": uri, "languageId": "python", "version": 1, "text": text}
    client.notify("textDocument/didOpen", {"textDocument": item})
    return client


def texts(client: WireClient, root: Path) -> list[str]:
    """What is offered for one place."""
    uri = (root / "basket.py").as_uri()
    place = {"textDocument": {"uri": uri}, "position": {"line": 11, "character": 32}, "context": {"triggerKind": 1}}
    found = client.answer(client.ask("textDocument/inlineCompletion", place))["result"]["items"]
    return [one["insertText"] for one in found]
