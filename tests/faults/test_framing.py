"""Bytes of a conversation changed anywhere, heads too: the server reads on or ends, and says at most a line of it."""

from __future__ import annotations

import asyncio
import json
import re
import subprocess
import sys
from typing import Any

import pytest
from fakes import ScriptedEngine
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from inhouse.completion import Assistant
from inhouse.server.run import _converse
from inhouse.server.server import InhouseServer

from .conftest import count
from .test_bytes import damaged


def framed(method: str, params: object, number: int | None = None) -> bytes:
    message = {"jsonrpc": "2.0", "method": method, "params": params, **({} if number is None else {"id": number})}
    body = json.dumps(message).encode()
    return b"Content-Length: %d\r\n\r\n%b" % (len(body), body)


DOCUMENT = {"uri": "untitled:a", "languageId": "python", "version": 1, "text": "x = "}
PLACE = {"textDocument": {"uri": "untitled:a"}, "position": {"line": 0, "character": 4}, "context": {"triggerKind": 1}}
WHOLE = b"".join(
    [
        framed("initialize", {"processId": None, "rootUri": None, "capabilities": {}}, 1),
        framed("initialized", {}),
        framed("textDocument/didOpen", {"textDocument": DOCUMENT}),
        framed("textDocument/inlineCompletion", PLACE, 2),
        framed("workspace/executeCommand", {"command": "inhouse.status", "arguments": []}, 3),
        framed("shutdown", None, 4),
        framed("exit", None),
    ]
)
LONG_NUMBER = b"Content-Length: " + b"9" * 5000 + b"\r\n\r\n{}"
LONG_LINE = b"x" * 200_000 + b"\r\n\r\n"


class Out:
    """Takes what is answered."""

    def __init__(self) -> None:
        self.data = b""

    def write(self, data: bytes) -> None:
        self.data += data

    def close(self) -> None:
        """Nothing to close."""


async def conversation(data: bytes) -> list[dict[str, Any]]:
    """What a server says to these bytes, in pieces as a pipe brings them, until they end."""
    server = InhouseServer(lambda chosen: Assistant(chosen, ScriptedEngine("1")))
    out, reader = Out(), asyncio.StreamReader()
    server.protocol.set_writer(out)
    talk = asyncio.create_task(_converse(server, reader))
    for at in range(0, len(data), 4096):
        reader.feed_data(data[at : at + 4096])
        await asyncio.sleep(0)
    reader.feed_eof()
    try:
        await asyncio.wait_for(talk, 60)
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()
    finally:
        assert server.close()
    heads = re.split(rb"Content-Length: \d+\r\n(?:Content-Type: [^\r]*\r\n)?\r\n", out.data)
    return [json.loads(one) for one in heads[1:]]


def test_what_is_whole_is_answered() -> None:
    assert {1, 3, 4} <= {said.get("id") for said in asyncio.run(conversation(WHOLE)) if "result" in said}


@settings(
    max_examples=count("BYTES", 30), deadline=None, suppress_health_check=list(HealthCheck), derandomize=True,
    database=None,
)  # fmt: skip
@given(data=damaged(WHOLE) | st.binary(max_size=200))
@example(data=LONG_NUMBER)
@example(data=LONG_LINE + WHOLE)
@example(data=WHOLE.replace(b"\r\n", b"\n"))
def test_changed_bytes_end_no_conversation_badly(data: bytes) -> None:
    ids = [said["id"] for said in asyncio.run(conversation(data)) if "method" not in said]
    known = [number for number in ids if number in (1, 2, 3, 4)]
    assert len(known) <= 8, "no more answers than questions, of which damage doubles some"


@pytest.mark.integration
@pytest.mark.parametrize("data", [LONG_NUMBER, LONG_LINE], ids=["a number of 5,000 digits", "a line of 200,000"])
def test_heads_without_end_end_the_server_with_one_line(data: bytes) -> None:
    command = [sys.executable, "-m", "inhouse.cli", "serve", "--stdio"]
    done = subprocess.run(command, input=data, capture_output=True, timeout=120, check=False)
    assert done.returncode == 1
    assert done.stdout == b""
    [told] = [line for line in done.stderr.splitlines() if b" INFO " not in line]
    assert b"ERROR" in told
    assert b"no message" in told
