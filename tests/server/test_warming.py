"""Idle time is used to read ahead, and never stands in the way of a question."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from lsprotocol import types

from .client import LIMIT_S, Client, until
from .conftest import Start


class Trace:
    """What the fake engine read ahead and decoded, in order."""

    def __init__(self, file: Path) -> None:
        self.file = file

    @property
    def lines(self) -> list[str]:
        return self.file.read_text().splitlines() if self.file.exists() else []

    async def has(self, line: str, times: int = 1) -> None:
        await until(lambda: self.lines.count(line) >= times, f"{times} times {line!r}")


@pytest.fixture
def trace(tmp_path_factory: pytest.TempPathFactory) -> Trace:
    return Trace(tmp_path_factory.mktemp("trace") / "trace.txt")


async def session(start: Start, folder: Path, trace: Trace, *arguments: str) -> Client:
    client = await start("--trace", str(trace.file), "--warm-ms", "0", *arguments)
    await client.hello(folder)
    return client


async def test_an_opened_file_is_read_ahead(start: Start, tmp_path: Path, trace: Trace) -> None:
    client = await session(start, tmp_path, trace)
    client.open((tmp_path / "a.py").as_uri(), "x = ")
    await trace.has("warm 0 a.py")
    assert await client.bye() == 0


async def test_at_rest_after_an_answer_the_place_is_read_exactly(start: Start, tmp_path: Path, trace: Trace) -> None:
    client = await session(start, tmp_path, trace)
    document = client.open((tmp_path / "a.py").as_uri(), "x = ")
    assert len(await client.complete(document, 0, 4)) == 1
    await trace.has("warm 4 a.py")


async def test_a_saved_file_is_read_where_it_was_last_asked(start: Start, tmp_path: Path, trace: Trace) -> None:
    client = await session(start, tmp_path, trace)
    document = client.open((tmp_path / "a.py").as_uri(), "x = ")
    await client.complete(document, 0, 4)
    await trace.has("warm 4 a.py")
    client.text_document_did_save(types.DidSaveTextDocumentParams(types.TextDocumentIdentifier(document)))
    await trace.has("warm 4 a.py", times=2)


async def test_a_place_that_was_not_asked_for_since_the_last_edit_is_not_guessed(
    start: Start, tmp_path: Path, trace: Trace
) -> None:
    client = await session(start, tmp_path, trace)
    document = client.open((tmp_path / "a.py").as_uri(), "x = ")
    await client.complete(document, 0, 4)
    client.edit(document, 2, "x = 12345")
    await client.why(document)  # the server knows of the edit
    client.open((tmp_path / "other.py").as_uri(), "y = 1\n")
    await trace.has("warm 0 other.py")  # and has done what it had begun before
    before = len(trace.lines)
    client.text_document_did_save(types.DidSaveTextDocumentParams(types.TextDocumentIdentifier(document)))
    await client.complete(document, 0, 9)
    await trace.has("warm 9 a.py")
    assert "warm 4 a.py" not in trace.lines[before:]


async def test_a_question_does_not_wait_for_reading_ahead(start: Start, tmp_path: Path, trace: Trace) -> None:
    client = await session(start, tmp_path, trace, "--warm-ms", "60000")
    client.open((tmp_path / "other.py").as_uri(), "y = 1\n")
    await trace.has("warm 0 other.py")
    document = client.open((tmp_path / "a.py").as_uri(), "x = ")
    assert len(await client.complete(document, 0, 4)) == 1
    assert "warm cancelled" in trace.lines, "which alone lasts as long as a test may wait"
    await until(lambda: trace.lines[-1].startswith("warm "), "reading ahead goes on")


async def test_a_cancelled_question_s_place_is_read_at_rest(start: Start, tmp_path: Path, trace: Trace) -> None:
    client = await session(start, tmp_path, trace, "--text", "word " * 100, "--token-ms", "100")
    document = client.open((tmp_path / "a.py").as_uri(), "x = ")
    question = types.InlineCompletionParams(
        types.InlineCompletionContext(types.InlineCompletionTriggerKind.Automatic),
        types.TextDocumentIdentifier(document),
        types.Position(0, 4),
    )
    future = client.protocol.send_request(types.TEXT_DOCUMENT_INLINE_COMPLETION, question, msg_id="mine")
    await trace.has("begin 4 a.py")
    client.protocol.notify(types.CANCEL_REQUEST, types.CancelParams("mine"))
    await asyncio.wait([asyncio.wrap_future(future)], timeout=LIMIT_S)
    await trace.has("warm 4 a.py")
