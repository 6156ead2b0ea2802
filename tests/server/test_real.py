"""The real program with the embedded model, as an editor starts it."""

from __future__ import annotations

import asyncio
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcRequestCancelled

from .client import LIMIT_S, Client
from .conftest import Start

pytestmark = pytest.mark.integration

SERVE = [sys.executable, "-m", "inhouse.cli", "serve", "--stdio"]
TEXT = """\
from prices import net_price


def total(amounts, rate):
    result = 0
    for amount in amounts:
        \n"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "prices.py").write_text("def net_price(amount, rate):\n    return amount / (1 + rate)\n")
    return tmp_path


async def session(start: Start, project: Path) -> tuple[Client, str]:
    client = await start(command=SERVE)
    await client.hello(project)
    return client, client.open((project / "basket.py").as_uri(), TEXT)


async def test_a_line_is_typed_and_each_key_is_answered(start: Start, project: Path) -> None:
    client, document = await session(start, project)
    counts: list[dict[str, int]] = []
    for number, letter in enumerate("result += "):
        end = types.Position(6, 8 + number)
        client.edit(document, number + 2, letter, types.Range(end, end))
        for item in await client.complete(document, 6, 9 + number):
            assert item.range == types.Range(types.Position(6, 9 + number), types.Position(6, 9 + number))
            assert item.insert_text
        why = await client.why(document)
        assert why["model"]
        counts.append(why["tokens"])
    asked = [count for count in counts if count["prompt"]]  # typing along a suggestion asks no model
    assert asked
    assert all(count["reused"] > count["prompt"] // 2 for count in asked[1:]), "typing only appends to the cache"
    assert await client.bye() == 0
    assert "Traceback" not in client.stderr


async def test_each_of_50_rapid_requests_is_answered(start: Start, project: Path) -> None:
    client, document = await session(start, project)
    answers = await asyncio.gather(*(client.complete(document, 6, 8) for _ in range(50)))
    assert len(answers) == 50
    assert [items for items in answers[:-1] if items] == []
    assert await client.bye() == 0


async def test_a_cancelled_request_is_answered_and_the_next_one_too(start: Start, project: Path) -> None:
    client, document = await session(start, project)
    await client.complete(document, 6, 8)  # the model is loaded now
    context = types.InlineCompletionContext(types.InlineCompletionTriggerKind.Invoked)
    params = types.InlineCompletionParams(context, types.TextDocumentIdentifier(document), types.Position(3, 25))
    client.edit(document, 2, " ", types.Range(types.Position(3, 25), types.Position(3, 25)))
    future = client.protocol.send_request(types.TEXT_DOCUMENT_INLINE_COMPLETION, params, msg_id="mine")
    client.protocol.notify(types.CANCEL_REQUEST, types.CancelParams("mine"))
    with suppress(JsonRpcRequestCancelled):  # or the small core was faster; test_requests.py has a slow one cancelled
        await asyncio.wait_for(asyncio.wrap_future(future), LIMIT_S)
    await client.complete(document, 6, 8)
    assert await client.bye() == 0


async def test_odd_documents(start: Start, project: Path) -> None:
    client, _ = await session(start, project)
    texts = ["", "<|fim_prefix|>x = <|fim_middle|>\n", "\x00\x01\ufffd = ", "x = '😀'; y = \r\nz = \r\n", "\ud83d = "]
    texts.append("".join(f"value_{number} = {number}\n" for number in range(240_000)))
    for number, text in enumerate(texts):
        document = client.open((project / f"odd{number}.py").as_uri(), text)
        await client.complete(document, 0, 99)
        await client.complete(document, 1, 4)
    assert await client.bye() == 0
    assert "Traceback" not in client.stderr


async def test_exit_while_the_model_loads(start: Start, project: Path) -> None:
    client, _ = await session(start, project)
    await client.shutdown_async(None)
    client.exit(None)
    assert await asyncio.wait_for(client.process.wait(), LIMIT_S) == 0


async def test_two_editors_on_one_project_share_the_index(start: Start, project: Path) -> None:
    both = [await session(start, project) for _ in range(2)]
    for client, document in both:
        await client.complete(document, 6, 8)
        client.edit(document, 2, "# ", types.Range(types.Position(0, 0), types.Position(0, 0)))
        await client.complete(document, 6, 8)
    said = [await client.why(document) for client, document in both]
    assert [one["model"] != "" for one in said] == [True, True]
    assert [await client.bye() for client, _ in both] == [0, 0]
