"""Every request is answered, and none with something late: supersession, cancellation, stale documents."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcRequestCancelled

from .client import LIMIT_S, Client, until
from .conftest import Start

TWENTY = " + ".join(map(str, range(10)))
"""About so many tokens, none of them a name that nobody knows."""
SLOW = ("--text", " ".join(["word"] * 200), "--token-ms", "20")
"""4 s if it runs to the end."""


def params(uri: str, line: int = 0, character: int = 4) -> types.InlineCompletionParams:
    context = types.InlineCompletionContext(types.InlineCompletionTriggerKind.Automatic)
    return types.InlineCompletionParams(context, types.TextDocumentIdentifier(uri), types.Position(line, character))


class Trace:
    """What the fake engine did."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "trace.txt"

    @property
    def lines(self) -> list[str]:
        return self.file.read_text().splitlines() if self.file.exists() else []

    @property
    def begun(self) -> int:
        return sum(line.startswith("begin") for line in self.lines)

    @property
    def finished(self) -> int:
        return self.lines.count("end")

    @property
    def cancelled(self) -> int:
        return self.lines.count("cancelled")

    async def running(self) -> None:
        await until(lambda: self.begun > self.finished + self.cancelled, "a decode runs")

    async def free(self) -> None:
        await until(lambda: self.begun == self.finished + self.cancelled, "the worker is free")


@pytest.fixture
def trace(tmp_path_factory: pytest.TempPathFactory) -> Trace:
    return Trace(tmp_path_factory.mktemp("trace"))


async def session(start: Start, folder: Path, trace: Trace, *arguments: str) -> Client:
    client = await start(*arguments, "--trace", str(trace.file))
    await client.hello(folder)
    return client


async def test_of_50_rapid_requests_each_is_answered_and_only_the_last_computed(
    start: Start, tmp_path: Path, trace: Trace
) -> None:
    client = await session(start, tmp_path, trace, "--text", TWENTY, "--token-ms", "10")
    document = client.open((tmp_path / "a.py").as_uri(), "x = ")
    requests = [client.text_document_inline_completion_async(params(document)) for _ in range(50)]
    answers = await asyncio.wait_for(asyncio.gather(*requests), LIMIT_S)
    items = [list(answer.items) for answer in answers if isinstance(answer, types.InlineCompletionList)]
    assert [len(answer) for answer in items] == [0] * 49 + [1]
    assert trace.finished == 1


async def test_while_typing_each_request_is_answered_and_only_the_last_computed(
    start: Start, tmp_path: Path, trace: Trace
) -> None:
    """As Neovim does it: a change and a request for each key, and no cancellation."""
    client = await session(start, tmp_path, trace, "--text", TWENTY, "--token-ms", "10")
    document = client.open((tmp_path / "a.py").as_uri(), "x = ")
    requests: list[asyncio.Future[Any]] = []
    for number in range(50):
        end = types.Position(0, 4 + number)
        client.edit(document, number + 2, "(", types.Range(end, end))
        request = client.text_document_inline_completion_async(params(document, 0, 5 + number))
        requests.append(asyncio.ensure_future(request))
        await asyncio.sleep(0)  # lets it be sent before the next key
    answers = await asyncio.wait_for(asyncio.gather(*requests), LIMIT_S)
    counts = [len(answer.items) for answer in answers if isinstance(answer, types.InlineCompletionList)]
    assert counts == [0] * 49 + [1]
    assert trace.finished == 1


async def test_a_cancelled_request_is_answered_at_once_and_the_worker_is_free(
    start: Start, tmp_path: Path, trace: Trace
) -> None:
    client = await session(start, tmp_path, trace, *SLOW)
    document = client.open((tmp_path / "a.py").as_uri(), "x = ")
    future = client.protocol.send_request(types.TEXT_DOCUMENT_INLINE_COMPLETION, params(document), msg_id="mine")
    await trace.running()
    client.protocol.notify(types.CANCEL_REQUEST, types.CancelParams("mine"))
    with pytest.raises(JsonRpcRequestCancelled):
        await asyncio.wait_for(asyncio.wrap_future(future), LIMIT_S)
    await trace.free()
    assert (trace.cancelled, trace.finished) == (1, 0)


async def test_the_reply_to_a_cancel_does_not_wait_for_the_worker(start: Start, tmp_path: Path, trace: Trace) -> None:
    free = trace.file.with_name("free")
    client = await session(start, tmp_path, trace, "--deaf-until", str(free))
    document = client.open((tmp_path / "a.py").as_uri(), "x = ")
    future = client.protocol.send_request(types.TEXT_DOCUMENT_INLINE_COMPLETION, params(document), msg_id="mine")
    await trace.running()
    client.protocol.notify(types.CANCEL_REQUEST, types.CancelParams("mine"))
    with pytest.raises(JsonRpcRequestCancelled):
        await asyncio.wait_for(asyncio.wrap_future(future), LIMIT_S)
    assert trace.begun > trace.finished + trace.cancelled, "it still runs"
    free.touch()
    await trace.free()
    assert (trace.cancelled, trace.finished) == (1, 0)


async def test_cancelling_what_is_answered_already_does_nothing(start: Start, tmp_path: Path, trace: Trace) -> None:
    client = await session(start, tmp_path, trace)
    document = client.open((tmp_path / "a.py").as_uri(), "x = ")
    await client.complete(document, 0, 4)
    client.protocol.notify(types.CANCEL_REQUEST, types.CancelParams("long ago"))
    assert len(await client.complete(document, 0, 4)) == 1


async def test_a_change_stops_the_decode_and_the_old_request_gets_nothing(
    start: Start, tmp_path: Path, trace: Trace
) -> None:
    client = await session(start, tmp_path, trace, *SLOW)
    document = client.open((tmp_path / "a.py").as_uri(), "x = ")
    request = asyncio.ensure_future(client.complete(document, 0, 4))
    await trace.running()
    client.edit(document, 2, "x = 1")
    assert await asyncio.wait_for(request, LIMIT_S) == []
    await trace.free()
    assert (trace.cancelled, trace.finished) == (1, 0)


async def test_a_request_for_another_document_does_not_push_out_the_first(
    start: Start, tmp_path: Path, trace: Trace
) -> None:
    client = await session(start, tmp_path, trace, "--token-ms", "50")
    first = client.open((tmp_path / "a.py").as_uri(), "x = ")
    second = client.open((tmp_path / "b.py").as_uri(), "x = ")
    answers = await asyncio.gather(client.complete(first, 0, 4), client.complete(second, 0, 4))
    assert [len(items) for items in answers] == [1, 1]
    assert trace.finished == 2


async def test_the_server_reads_on_while_it_decodes(start: Start, tmp_path: Path, trace: Trace) -> None:
    client = await session(start, tmp_path, trace, *SLOW)
    document = client.open((tmp_path / "a.py").as_uri(), "x = ")
    request = asyncio.ensure_future(client.complete(document, 0, 4))
    await trace.running()
    await client.why()
    assert not request.done()
    request.cancel()


MALFORMED: list[tuple[dict[str, object], object]] = [
    ({"context": {"triggerKind": 0}}, "items"),  # clients from before LSP 3.18
    ({"context": {"triggerKind": 7}}, "items"),
    ({"context": {}}, "items"),
    ({"context": None}, "items"),
    ({"context": {"triggerKind": 1, "selectedCompletionInfo": {"text": 1}}}, "items"),
    ({"position": {"line": 0, "character": 9999999}}, "items"),
    ({"position": {"line": -1, "character": 0}}, -32602),
    ({"position": None}, -32602),
    ({"position": {"line": "a"}}, -32602),
    ({"textDocument": {}}, -32602),
]


async def test_malformed_requests_are_answered_and_open_no_popup(start: Start, tmp_path: Path, trace: Trace) -> None:
    client = await session(start, tmp_path, trace)
    document = client.open((tmp_path / "a.py").as_uri(), "x = ")
    good = {
        "textDocument": {"uri": document},
        "position": {"line": 0, "character": 4},
        "context": {"triggerKind": 1},
    }
    for number, (broken, answer) in enumerate(MALFORMED):
        result = await client.raw(types.TEXT_DOCUMENT_INLINE_COMPLETION, {**good, **broken}, number)
        got = result if isinstance(result, int) else "items" if len(result["items"]) == 1 else result
        assert got == answer, broken
    assert len(await client.complete(document, 0, 4)) == 1, "and the server lives on"
    assert client.shown == []


async def test_unknown_requests_and_broken_json_do_no_harm(start: Start, tmp_path: Path, trace: Trace) -> None:
    client = await session(start, tmp_path, trace)
    assert await client.raw("inhouse/unknown", {"a": 1}, 1) == -32601
    assert await client.raw("inhouse/unknown", None, 2) == -32601
    client.write(b"{not json")
    client.write(b'{"jsonrpc": "2.0", "method": "textDocument/didChange", "params": {"odd": 1}}')
    client.write(b'{"jsonrpc": "2.0", "method": "$/unknown", "params": {}}')
    client.write(b'["a", "batch"]')
    document = client.open((tmp_path / "a.py").as_uri(), "x = ")
    assert len(await client.complete(document, 0, 4)) == 1
    assert client.shown == []


async def test_a_change_of_an_unknown_document_does_no_harm(start: Start, tmp_path: Path, trace: Trace) -> None:
    client = await session(start, tmp_path, trace)
    client.edit("file:///nowhere.py", 2, "x")
    document = client.open((tmp_path / "a.py").as_uri(), "x = ")
    assert len(await client.complete(document, 0, 4)) == 1
    assert client.shown == []
