"""A language client in a few plain lines, one message at a time: for tests that ask one thing after the other."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Any


class PlainClient:
    """One session with one server process over its standard input and output."""

    def __init__(self, command: list[str], folder: Path, encoding: str, options: dict[str, Any]) -> None:
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._number = 0
        capabilities = {"general": {"positionEncodings": [encoding]}}
        folders = [{"uri": folder.as_uri(), "name": folder.name}]
        params = {"processId": None, "capabilities": capabilities, "workspaceFolders": folders, "rootUri": None}
        result = self.request("initialize", {**params, "initializationOptions": options})
        self.encoding: str = result["capabilities"]["positionEncoding"]
        self.notify("initialized", {})

    def notify(self, method: str, params: Any) -> None:
        self._send({"method": method, "params": params})

    def request(self, method: str, params: Any) -> Any:
        """The result; an error fails."""
        self._number += 1
        self._send({"id": self._number, "method": method, "params": params})
        while (message := self._read()).get("id") != self._number or "method" in message:
            assert "id" not in message, f"the server asks for {message.get('method')}"
        assert "error" not in message, message["error"]
        return message["result"]

    def _send(self, message: dict[str, Any]) -> None:
        assert self._process.stdin is not None, "a pipe was asked for"
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self._process.stdin.flush()

    def _read(self) -> dict[str, Any]:
        assert self._process.stdout is not None, "a pipe was asked for"
        length = 0
        while (header := self._process.stdout.readline()) not in (b"", b"\r\n"):
            name, _, value = header.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        assert header, "the server has ended"
        found: dict[str, Any] = json.loads(self._process.stdout.read(length))
        return found

    def __enter__(self) -> PlainClient:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
