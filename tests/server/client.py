"""A language client for the tests: pygls' own, keeping what the server said, and raw messages where needed."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any, cast

from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pygls.lsp.client import LanguageClient

FAKE_SERVER = Path(__file__).parent / "fake_server.py"
LIMIT_S = 60.0
"""However busy the machine is, nothing in these tests takes this long."""


class Client(LanguageClient):
    """One session with one server process."""

    def __init__(self) -> None:
        super().__init__("test", "1")
        self.shown: list[types.ShowMessageParams] = []
        """window/showMessage"""
        self.created: list[types.WorkDoneProgressCreateParams] = []
        self.reports: list[tuple[types.ProgressToken, dict[str, Any]]] = []
        self.registered: list[str] = []
        self.settings: object = None
        """What workspace/configuration is answered with."""
        self.stderr = ""
        handlers: dict[str, Callable[[Any], object]] = {
            types.WINDOW_SHOW_MESSAGE: keep(self.shown),
            types.WINDOW_WORK_DONE_PROGRESS_CREATE: keep(self.created),
            types.PROGRESS: lambda params: self.reports.append((params.token, params.value)),
            types.WORKSPACE_CONFIGURATION: lambda params: [self.settings for _ in params.items],
            types.CLIENT_REGISTER_CAPABILITY: lambda params: self.registered.extend(
                registration.method for registration in params.registrations
            ),
        }
        for method, handler in handlers.items():
            cast(Any, self).feature(method)(handler)

    async def start(self, *arguments: str, command: list[str] | None = None) -> None:
        """Start the fake server, or another one."""
        await cast(Any, self).start_io(*(command or [sys.executable, str(FAKE_SERVER), *arguments]))
        self._stderr_task = asyncio.create_task(self._collect_stderr())

    async def _collect_stderr(self) -> None:
        assert self.process.stderr is not None
        while line := await self.process.stderr.readline():
            self.stderr += line.decode()

    @property
    def process(self) -> asyncio.subprocess.Process:
        assert self._server is not None, "start() comes first"
        return self._server

    async def hello(
        self,
        folder: Path,
        encoding: str | None = None,
        options: object = None,
        capabilities: types.ClientCapabilities | None = None,
        process_id: int | None = None,
    ) -> types.InitializeResult:
        """initialize and initialized."""
        if capabilities is None:
            encodings = [types.PositionEncodingKind(encoding)] if encoding else None
            capabilities = types.ClientCapabilities(
                general=types.GeneralClientCapabilities(position_encodings=encodings)
            )
        workspace = types.WorkspaceFolder(folder.as_uri(), folder.name)
        params = types.InitializeParams(
            capabilities, process_id=process_id, workspace_folders=[workspace], initialization_options=options
        )
        result = await asyncio.wait_for(self.initialize_async(params), LIMIT_S)
        self.initialized(types.InitializedParams())
        return result

    def open(self, uri: str, text: str, language: str = "python", version: int = 1) -> str:
        item = types.TextDocumentItem(uri, language, version, text)
        self.text_document_did_open(types.DidOpenTextDocumentParams(item))
        return uri

    def edit(self, uri: str, version: int, text: str, where: types.Range | None = None) -> None:
        """Replace a range, or everything."""
        change: Any = types.TextDocumentContentChangeWholeDocument(text)
        if where is not None:
            change = types.TextDocumentContentChangePartial(range=where, text=text)
        document = types.VersionedTextDocumentIdentifier(version, uri)
        self.text_document_did_change(types.DidChangeTextDocumentParams(document, [change]))

    async def complete(
        self,
        uri: str,
        line: int,
        character: int,
        selected: types.SelectedCompletionInfo | None = None,
        *,
        invoked: bool = False,
    ) -> list[types.InlineCompletionItem]:
        """The items; as if a key had been typed, or as `invoked` by one that asks for them."""
        kinds = types.InlineCompletionTriggerKind
        context = types.InlineCompletionContext(kinds.Invoked if invoked else kinds.Automatic, selected)
        params = types.InlineCompletionParams(
            context, types.TextDocumentIdentifier(uri), types.Position(line, character)
        )
        answer = await asyncio.wait_for(self.text_document_inline_completion_async(params), LIMIT_S)
        assert isinstance(answer, types.InlineCompletionList)
        return list(answer.items)

    async def why(self, *arguments: Any) -> Any:
        params = types.ExecuteCommandParams("inhouse.why", list(arguments))
        return plain(await asyncio.wait_for(self.workspace_execute_command_async(params), LIMIT_S))

    async def raw(self, method: str, params: object, number: int) -> Any:
        """Send a request as it stands; its result, or its error's code."""
        body = json.dumps({"jsonrpc": "2.0", "id": number, "method": method, "params": params})
        future: Future[Any] = Future()
        cast(Any, self.protocol)._request_futures[number] = future
        self.write(body.encode())
        try:
            return plain(await asyncio.wait_for(asyncio.wrap_future(future), LIMIT_S))
        except JsonRpcException as error:
            return error.code

    def write(self, body: bytes) -> None:
        """Send a body as it stands."""
        assert self.process.stdin is not None
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))

    async def bye(self) -> int:
        """shutdown and exit; the exit code."""
        await asyncio.wait_for(self.shutdown_async(None), LIMIT_S)
        self.exit(None)
        return await asyncio.wait_for(self.process.wait(), LIMIT_S)

    async def end(self) -> None:
        """Make sure that the process is gone."""
        if self.process.returncode is None:
            self.process.kill()
        await self.process.wait()
        await self._stderr_task
        await cast(Any, self).stop()


def plain(value: Any) -> Any:
    """pygls gives untyped results as nested named tuples: as dictionaries."""
    if hasattr(value, "_asdict"):
        return {name: plain(part) for name, part in value._asdict().items()}
    if not isinstance(value, list):
        return value
    return [plain(part) for part in cast("list[object]", value)]


def keep(kept: list[Any]) -> Callable[[Any], None]:
    """A handler that keeps what it is called with."""

    def handler(params: Any) -> None:
        kept.append(params)

    return handler


async def until(condition: Callable[[], bool], what: str) -> None:
    """Poll until the condition holds; fails after LIMIT_S."""
    deadline = time.monotonic() + LIMIT_S
    while not condition():
        assert time.monotonic() < deadline, f"never happened: {what}"
        await asyncio.sleep(0.01)
