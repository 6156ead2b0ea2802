"""Bytes that nobody meant: on the wire, in model files, settings and sources. What is unusable is refused
or passed over; nothing raises what its caller does not expect, and nothing hangs."""

from __future__ import annotations

import random
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from ggufs import FIM_METADATA, gguf
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from wire_client import WireClient

from inhouse.completion.configuration import configured
from inhouse.completion.settings import Settings
from inhouse.context.conventions.pins import read_pins
from inhouse.context.files import decode
from inhouse.context.languages import LANGUAGES
from inhouse.context.reading import analyse
from inhouse.context.trees import Trees
from inhouse.model import ModelError
from inhouse.model.batch_costs import BatchCosts
from inhouse.model.gguf import read_header
from inhouse.model.shelf import Shelf
from inhouse.model.speeds import Speeds
from inhouse.model.vocabulary import cached_pieces

from .conftest import count
from .session import SERVER

EXAMPLES = count("BYTES", 30)
FEW = settings(
    max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, database=None
)
"""The same bytes at each run of the suite; INHOUSE_BYTES tries more."""


def damaged(data: bytes) -> st.SearchStrategy[bytes]:
    """A piece of the data cut out, doubled, or written over."""

    def change(places: tuple[int, int], new: bytes, how: str) -> bytes:
        start, end = sorted(places)
        if how == "cut":
            return data[:start] + data[end:]
        return data[:start] + (data[start:end] if how == "double" else b"") + new + data[end:]

    place = st.integers(0, len(data))
    return st.builds(
        change, st.tuples(place, place), st.binary(max_size=40), st.sampled_from(["cut", "over", "double"])
    )


@FEW
@given(data=damaged(gguf({**FIM_METADATA, "list": ["a", "b"], "flag": True, "eps": 0.5})) | st.binary(max_size=300))
def test_a_models_header_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.mktemp("gguf") / "a.gguf"
    path.write_bytes(data)
    with suppress(ModelError):
        read_header(path)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3),
)
TOML = b"""\
max_tokens = 12
languages_off = ["x"]
model = "m"
[conventions]
deny = ["a"]
[[conventions.pin]]
house = "b"
"""


@FEW
@given(data=damaged(TOML) | st.binary(max_size=200))
@example(data=b"a = " + b"[" * 20_000)
@example(data=b"a = " + b"{a=" * 20_000)
@example(data=b"a." * 20_000 + b"b = 1")
def test_settings_never_fail(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    root = tmp_path_factory.mktemp("settings")
    (root / "inhouse.toml").write_bytes(data)
    (root / "config.toml").write_bytes(data)
    found = configured(root, environ={"INHOUSE_CONFIG_DIR": str(root)})
    assert isinstance(found.settings, Settings)
    read_pins(root)


@FEW
@given(raw=st.dictionaries(st.sampled_from(sorted(Settings.__slots__)) | st.text(max_size=5), VALUES, max_size=9))  # type: ignore[attr-defined, unused-ignore]
def test_an_editors_settings_never_fail(raw: dict[str, object]) -> None:
    settings, problems = Settings.parse(raw)
    assert isinstance(settings, Settings)
    assert all("\n" not in problem for problem in problems)


@FEW
@given(data=st.data())
def test_sources_of_all_languages_are_read(data: st.DataObject) -> None:
    language = data.draw(st.sampled_from(sorted(LANGUAGES)))
    fixture = data.draw(st.sampled_from(SOURCES))
    raw = data.draw(damaged(fixture) | st.binary(max_size=300))
    text = decode(raw)
    if text is not None:
        path = f"a{LANGUAGES[language].suffixes[0]}"
        analyse(path, text)
        trees = Trees()
        before = decode(fixture) or ""
        trees.parse(path, language, before)
        trees.parse(path, language, text)  # what was parsed before is edited into it


SOURCES = [path.read_bytes() for path in sorted((Path(__file__).parents[1] / "fixtures" / "context").rglob("*.*"))]


# ---- what is kept on the disk


@FEW
@given(data=st.binary(max_size=200) | damaged(b'{"key": "k", "ms": {"1": {"1": 0.5}}}') | damaged(b'[{"file": "a"}]'))
@example(data=b"[" * 100_000)
def test_what_is_remembered_of_models_never_fails(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    folder = tmp_path_factory.mktemp("data")
    for name in ("costs.json", "speeds.json", "vocabulary", "chosen", "models/a/model.json"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    BatchCosts(folder / "costs.json", "k").of(1, 0)
    Speeds(folder).all()
    assert cached_pieces(folder / "vocabulary", "k", lambda: [b"a"]) == [b"a"]
    shelf = Shelf(folder)
    shelf.chosen(), shelf.get("a")


# ---- the wire


def garbage(rng: random.Random) -> bytes:
    """One broken or odd message, or none at all; what is behind it can be read again."""
    body = rng.choice(
        (
            b"", b"{}", b"[]", b"null", b"5", b'"x"', b"{", b'{"jsonrpc":"2.0"}', b'{"jsonrpc":"2.0","id":7}',
            b"\xff\xfe", b"\0" * 9,
            b'{"jsonrpc":"2.0","method":5}', b'{"jsonrpc":"1.0","id":1,"method":"x"}',
            b'{"jsonrpc":"2.0","id":[],"method":"x"}',
            b'{"jsonrpc":"2.0","id":{},"method":"textDocument/inlineCompletion","params":{}}',
            b"[" * 50_000, b'{"a":' * 5_000,
            b'{"jsonrpc":"2.0","method":"textDocument/didOpen","params":' + b"[" * 3_000 + b"]" * 3_000 + b"}",
            b'{"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":{}}}',
            b'{"jsonrpc":"2.0","id":4,"result":{}}',
            b'{"jsonrpc":"2.0","method":"initialized","params":[]}', b'{"jsonrpc":"2.0","id":1e999,"method":"x"}',
            b'{"jsonrpc":"2.0","method":"textDocument/didChange","params":{"textDocument":{"version":"x"}}}',
            rng.randbytes(30),
        )
    )  # fmt: skip
    head = rng.choice((b"Content-Length: %d\r\n\r\n", b"X: y\r\nContent-Length: %d\r\n\r\n"))
    return head % len(body) + body


@pytest.mark.parametrize("seed", range(count("WIRE", 3)))
def test_garbage_on_the_wire_ends_no_server(tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)
    client = WireClient([sys.executable, str(SERVER)], tmp_path / "stderr")
    try:
        client.start(tmp_path, "utf-16")
        for _ in range(25):
            client.write(garbage(rng))
            number = client.ask("workspace/executeCommand", {"command": "inhouse.status"})
            assert "result" in client.answer(number)
        assert client.close() == 0
    finally:
        client.kill()


@pytest.mark.parametrize(
    "head",
    [
        b"Content-Length: x\r\n\r\n",
        b"Content-Length: -5\r\n\r\n",
        b"\xff" * 99,
        b"Content-Length: 99999999999\r\n\r\n{}",
    ],
)
def test_a_broken_frame_is_skipped_or_ends_the_server_cleanly(tmp_path: Path, head: bytes) -> None:
    client = WireClient([sys.executable, str(SERVER)], tmp_path / "stderr")
    try:
        client.start(tmp_path, "utf-16")
        client.write(head)
        assert client.process.stdin is not None
        client.process.stdin.close()
        assert client.process.wait(30) in (0, 1)
    finally:
        client.kill()
