"""Start and end of the process: exit codes, end of input, the parent's death, order of messages, TCP."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any, cast

import pytest
from lsprotocol import types

from .client import FAKE_SERVER, LIMIT_S, Client, until
from .conftest import Start

SLOW = ("--text", " ".join(["word"] * 500), "--token-ms", "100")
"""50 s if it runs to the end."""


async def busy(start: Start, folder: Path) -> Client:
    """A session in the middle of a decode."""
    trace = folder / "trace.txt"
    client = await start(*SLOW, "--trace", str(trace))
    await client.hello(folder)
    document = client.open((folder / "a.py").as_uri(), "x = ")
    context = types.InlineCompletionContext(types.InlineCompletionTriggerKind.Automatic)
    params = types.InlineCompletionParams(context, types.TextDocumentIdentifier(document), types.Position(0, 4))
    client.protocol.send_request(types.TEXT_DOCUMENT_INLINE_COMPLETION, params)
    await until(trace.exists, "the decode runs")
    return client


async def ended(client: Client) -> int:
    """The exit code of a process that is to end by itself."""
    return await asyncio.wait_for(client.process.wait(), LIMIT_S)


async def test_exit_after_shutdown_is_0_even_in_the_middle_of_a_decode(start: Start, tmp_path: Path) -> None:
    client = await busy(start, tmp_path)
    await client.shutdown_async(None)
    client.exit(None)
    assert await ended(client) == 0


async def test_exit_without_shutdown_is_1(start: Start, tmp_path: Path) -> None:
    client = await busy(start, tmp_path)
    client.exit(None)
    assert await ended(client) == 1


async def test_the_end_of_input_ends_the_server(start: Start, tmp_path: Path) -> None:
    client = await busy(start, tmp_path)
    assert client.process.stdin is not None
    client.process.stdin.close()
    assert await ended(client) == 1
    assert "Traceback" not in client.stderr


async def test_the_end_of_input_inside_a_message(start: Start, tmp_path: Path) -> None:
    client = await start()
    await client.hello(tmp_path)
    assert client.process.stdin is not None
    client.process.stdin.write(b"Content-Length: 100\r\n\r\n{")
    client.process.stdin.close()
    assert await ended(client) == 1
    assert "Traceback" not in client.stderr


async def test_the_death_of_the_editor_ends_the_server_though_its_input_stays_open(
    start: Start, tmp_path: Path
) -> None:
    editor = await asyncio.create_subprocess_exec(sys.executable, "-c", "input()", stdin=subprocess.PIPE)
    client = await start()
    await client.hello(tmp_path, process_id=editor.pid)
    editor.kill()
    try:
        assert await ended(client) == 1
    finally:
        await editor.communicate()


async def test_the_death_of_the_starting_process_ends_the_server(tmp_path: Path) -> None:
    """Also of one that never told its number, while somebody else holds the server's input open."""
    reading, writing = os.pipe()
    starter = (
        "import subprocess, sys; "
        "server = subprocess.Popen(sys.argv[1:], stdin=0, stdout=subprocess.DEVNULL); "
        "print(server.pid, flush=True); server.wait()"
    )
    command = [sys.executable, "-c", starter, sys.executable, str(FAKE_SERVER)]
    log = tmp_path / "log"
    with log.open("wb") as errors:
        parent = await asyncio.create_subprocess_exec(*command, stdin=reading, stdout=subprocess.PIPE, stderr=errors)
    os.close(reading)
    assert parent.stdout is not None
    server = int(await parent.stdout.readline())
    try:
        await until(lambda: "serving" in log.read_text(), "the server runs")
        assert "fake_server" in command_line(server)
        parent.kill()
        await parent.communicate()
        await until(lambda: "fake_server" not in command_line(server), "the server ended")
    finally:
        os.close(writing)


def command_line(pid: int) -> str:
    """Of a process that runs; nothing of one that is gone or dead."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except OSError:
        return ""


def test_nothing_but_the_protocol_reaches_standard_output(tmp_path: Path) -> None:
    """Not even what C code or a stray print writes there."""
    script = (
        "import os; from inhouse.server.run import serve_stdio; from inhouse.server.server import InhouseServer;"
        "server = InhouseServer();"
        "server.feature('test/print')(lambda params: (print('stray'), os.write(1, b'more'))[0]);"
        "raise SystemExit(serve_stdio(server))"
    )
    body = b'{"jsonrpc": "2.0", "method": "test/print", "params": {}}'
    exit_ = b'{"jsonrpc": "2.0", "method": "exit"}'
    message = b"".join(b"Content-Length: %d\r\n\r\n%b" % (len(one), one) for one in (body, exit_))
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, input=message, capture_output=True, timeout=LIMIT_S, check=False)
    assert (done.returncode, done.stdout) == (1, b"")
    assert b"stray" in done.stderr
    assert b"more" in done.stderr


def test_a_thread_that_never_ends_does_not_hold_up_the_end() -> None:
    script = (
        "import threading, inhouse.server.run as run; run._LAST_S = 0.1;"
        "from inhouse.server.server import InhouseServer;"
        "threading.Thread(target=threading.Event().wait).start();"
        "raise SystemExit(run.serve_stdio(InhouseServer()))"
    )
    body = b'{"jsonrpc": "2.0", "method": "exit"}'
    message = b"Content-Length: %d\r\n\r\n%b" % (len(body), body)
    done = subprocess.run(
        [sys.executable, "-c", script], input=message, capture_output=True, timeout=LIMIT_S, check=False
    )
    assert done.returncode == 1


async def test_requests_before_initialize_and_after_shutdown_are_refused(start: Start, tmp_path: Path) -> None:
    client = await start()
    params = {"textDocument": {"uri": "file:///a"}, "position": {"line": 0, "character": 0}}
    assert await client.raw("textDocument/inlineCompletion", params, 1) == -32002
    await client.hello(tmp_path)
    assert await client.raw("initialize", {"capabilities": {}, "processId": None, "rootUri": None}, 2) == -32600
    await client.shutdown_async(None)
    assert await client.raw("textDocument/inlineCompletion", params, 3) == -32600
    client.exit(None)
    assert await ended(client) == 0


async def test_no_source_text_is_logged(start: Start, tmp_path: Path) -> None:
    client = await start()
    await client.hello(tmp_path)
    document = client.open((tmp_path / "a.py").as_uri(), "SECRET = ")
    client.write(b'{"jsonrpc": "2.0", "method": "textDocument/didChange", "params": {"text": "SECRET"}}')
    await client.complete(document, 0, 9)
    await client.bye()
    await until(client.process.stderr.at_eof if client.process.stderr else bool, "all is logged")
    assert "unreadable message" in client.stderr
    assert "SECRET" not in client.stderr
    assert "value + 1" not in client.stderr


async def test_one_session_over_tcp(tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(FAKE_SERVER), "--tcp", stderr=asyncio.subprocess.PIPE
    )
    assert process.stderr is not None
    line = (await asyncio.wait_for(process.stderr.readline(), LIMIT_S)).decode()
    found = re.search(r"listening on 127\.0\.0\.1:(\d+)", line)
    assert found, line
    client = Client()
    await client.start_tcp("127.0.0.1", int(found[1]))
    await client.hello(tmp_path)
    document = client.open((tmp_path / "a.py").as_uri(), "x = ")
    [item] = await client.complete(document, 0, 4)
    assert item.insert_text == "value + 1"
    await client.shutdown_async(None)
    client.exit(None)
    assert await asyncio.wait_for(process.wait(), LIMIT_S) == 0
    assert b"Traceback" not in await process.stderr.read()
    await cast(Any, client).stop()
    connection = cast(Any, client.protocol).writer  # pygls does not close it; left open, it would fail a later test
    connection.close()
    with suppress(ConnectionError):
        await connection.wait_closed()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_ends_the_server(start: Start, tmp_path: Path, number: signal.Signals) -> None:
    if signal.getsignal(number) is signal.SIG_IGN:
        pytest.skip("this shell's background ignores the signal, and so does what is started in it")
    client = await busy(start, tmp_path)
    client.process.send_signal(number)
    assert await ended(client) != 0
    assert "Traceback" not in client.stderr
