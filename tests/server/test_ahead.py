"""While a suggestion is on the screen, what follows its acceptance is computed; a real question ends that at once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from lsprotocol import types

from inhouse.completion import CompletionRequest, Item
from inhouse.model import CancelFlag
from inhouse.server.completing import look_ahead

from .client import Client, until
from .conftest import Start


async def session(start: Start, folder: Path, trace: Path, *arguments: str) -> Client:
    """Without the project's index: it is read meanwhile, and whatever was computed before it knew more is dropped."""
    client = await start("--trace", str(trace), *arguments)
    await client.hello(folder, options={"project_context": False})
    return client


def lines(trace: Path) -> list[str]:
    return trace.read_text().splitlines() if trace.exists() else []


def begun(trace: Path) -> list[str]:
    """Decodes begun, each with the length of the text before its cursor."""
    return [line for line in lines(trace) if line.startswith("begin")]


async def test_what_follows_an_accept_is_there_when_it_is_asked_for(start: Start, tmp_path: Path) -> None:
    trace = tmp_path / "trace.txt"
    client = await session(start, tmp_path, trace, "--warm-ms", "0")
    document = client.open((tmp_path / "a.py").as_uri(), "x = ")
    [item] = await client.complete(document, 0, 4)
    await until(lambda: "begin 13 a.py" in lines(trace), "looking ahead behind 'x = value + 1'")
    client.open((tmp_path / "b.py").as_uri(), "")  # read when there is time: after the looking ahead is done and kept
    await until(lambda: "warm 0 b.py" in lines(trace), "looked ahead")

    client.edit(document, 2, str(item.insert_text), types.Range(types.Position(0, 4), types.Position(0, 4)))
    before = begun(trace)
    await client.complete(document, 0, 13)
    assert (await client.why(document))["items"][0]["source"] == "cache"
    assert [line for line in begun(trace)[len(before) :] if line == "begin 13 a.py"] == []


async def test_a_question_ends_the_looking_ahead(start: Start, tmp_path: Path) -> None:
    trace = tmp_path / "trace.txt"
    client = await session(start, tmp_path, trace, "--held-at", "13")
    document = client.open((tmp_path / "a.py").as_uri(), "x = ")
    await client.complete(document, 0, 4)
    await until(lambda: "begin 13 a.py" in lines(trace), "looking ahead")

    await client.complete(client.open((tmp_path / "b.py").as_uri(), "y = 1 + "), 0, 8)
    story = lines(trace)
    assert story[story.index("begin 13 a.py") + 1 :][:2] == ["cancelled", "begin 8 b.py"]


class Later:
    """In place of the decoding thread: keeps the idle job for a later time."""

    def __init__(self) -> None:
        self.jobs: list[Callable[[CancelFlag], None]] = []

    def submit_idle(self, _: str, run: Callable[[CancelFlag], None]) -> Future[None]:
        self.jobs.append(run)
        return Future()


@pytest.mark.parametrize(("replaced", "asked"), [(False, 1), (True, 0)])
def test_an_assistant_that_was_replaced_looks_ahead_no_more(tmp_path: Path, replaced: bool, asked: int) -> None:
    """The index thread closes it then: it would decode with a model that is gone, or load it again."""
    calls: list[Item] = []

    def ahead(_: CompletionRequest, item: Item, __: CancelFlag) -> None:
        calls.append(item)

    decoder = Later()
    server = SimpleNamespace(assistant=SimpleNamespace(look_ahead=ahead), decoder=decoder)
    request = CompletionRequest(tmp_path, tmp_path / "a.py", "x", 1)
    look_ahead(cast(Any, server), "file:///a.py", request, Item("y", 1, 1, 0.5, "model"))
    if replaced:
        server.assistant = SimpleNamespace()
    decoder.jobs[0](CancelFlag())

    assert len(calls) == asked
