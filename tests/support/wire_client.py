"""A client that talks out of turn: many requests at once, cancels, edits in between; it counts the answers to each."""

from __future__ import annotations

import json
import subprocess
import threading
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ANSWER_S = 60.0
"""However busy the machine is, an answer comes sooner."""


@dataclass
class Asked:
    """A request and what came back for it."""

    method: str
    params: Any
    answers: list[dict[str, Any]] = field(default_factory=list)


class WireClient:
    """One session with one server process; the reading is a thread's."""

    def __init__(self, command: Sequence[str], folder: Path | None = None) -> None:
        log = folder.open("ab") if folder else None
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log or subprocess.DEVNULL
        )
        if log:
            log.close()
        self.asked: dict[int, Asked] = {}
        """What was asked and is not forgotten."""
        self.count = 0
        """Requests so far."""
        self.unasked: list[dict[str, Any]] = []
        """Answers to what was never asked."""
        self.told: deque[dict[str, Any]] = deque(maxlen=1000)
        """The server's own requests and notifications, the last ones."""
        self._unanswered: set[int] = set()
        self.settings: object = None
        self.ended = False
        self._changed = threading.Condition()
        self._writing = threading.Lock()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def start(self, folder: Path, encoding: str, options: object = None) -> str:
        """initialize and initialized; the encoding agreed on."""
        capabilities = {
            "general": {"positionEncodings": [encoding]},
            "workspace": {"configuration": True, "workspaceFolders": True},
            "window": {"workDoneProgress": True},
        }
        folders = [{"uri": folder.as_uri(), "name": folder.name}]
        params = {"processId": None, "rootUri": None, "capabilities": capabilities, "workspaceFolders": folders}
        answer = self.answer(self.ask("initialize", {**params, "initializationOptions": options}))
        self.notify("initialized", {})
        agreed: str = answer["result"]["capabilities"]["positionEncoding"]
        return agreed

    def notify(self, method: str, params: Any) -> None:
        self.send({"jsonrpc": "2.0", "method": method, "params": params})

    def ask(self, method: str, params: Any) -> int:
        """Send a request; its number."""
        self.count += 1
        number = self.count
        self.expect(number, method, params)
        self.send({"jsonrpc": "2.0", "id": number, "method": method, "params": params})
        return number

    def expect(self, number: int, method: str, params: Any = None) -> None:
        """A request of this number is sent, now or by somebody else."""
        with self._changed:
            self.asked[number] = Asked(method, params)
            self._unanswered.add(number)

    def forget(self) -> None:
        """Let go of what is answered; a second answer to it then counts as never asked for."""
        with self._changed:
            self.asked = {number: self.asked[number] for number in sorted(self._unanswered)}

    def cancel(self, number: int) -> None:
        self.notify("$/cancelRequest", {"id": number})

    def answer(self, number: int) -> dict[str, Any]:
        """Wait for a request's answer."""
        self._wait(lambda: bool(self.asked[number].answers), f"an answer to {self.asked[number].method}")
        return self.asked[number].answers[0]

    def settle(self) -> None:
        """Wait until every request is answered; none may be answered twice."""
        self._wait(lambda: not self._unanswered, "answers to all requests")
        twice = [one for one in self.asked.values() if len(one.answers) > 1]
        assert not twice, f"answered twice: {twice[:3]}"
        assert not self.unasked, f"never asked: {self.unasked[:3]}"

    def send(self, message: object) -> None:
        body = json.dumps(message).encode()
        self.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))

    def write(self, data: bytes) -> None:
        assert self.process.stdin is not None, "a pipe was asked for"
        with self._writing:
            self.process.stdin.write(data)
            self.process.stdin.flush()

    def close(self) -> int:
        """shutdown and exit; the exit code."""
        self.answer(self.ask("shutdown", None))
        self.notify("exit", None)
        code = self.process.wait(ANSWER_S)
        self.kill()
        return code

    def kill(self) -> None:
        """Make sure that the process is gone."""
        self.process.kill()
        self.process.wait()
        self._reader.join(ANSWER_S)
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except BrokenPipeError:
                    continue  # what was still to be written has no reader any more

    def _wait(self, condition: Callable[[], bool], what: str) -> None:
        with self._changed:
            for _ in range(int(ANSWER_S)):  # of seconds in which we ran: somebody may stop all of it, and resume it
                if self._changed.wait_for(lambda: condition() or self.ended, 1.0):
                    break
            assert condition(), f"the server has ended before {what}" if self.ended else f"no {what}"

    def _read(self) -> None:
        while (message := self._message()) is not None:
            self._take(message)
        with self._changed:
            self.ended = True
            self._changed.notify_all()

    def _take(self, message: dict[str, Any]) -> None:
        if "method" in message:
            self.told.append(message)
            if "id" in message:
                asked = message.get("params") or {}
                many = message["method"] == "workspace/configuration"
                result = [self.settings for _ in asked["items"]] if many else None
                with suppress(OSError, ValueError):  # the test may have closed the pipe meanwhile
                    self.send({"jsonrpc": "2.0", "id": message["id"], "result": result})
            return
        with self._changed:
            number = message.get("id")
            asked_one = self.asked.get(number) if isinstance(number, int) else None
            if asked_one is None:
                self.unasked.append(message)
            else:
                asked_one.answers.append(message)
                self._unanswered.discard(number)
            self._changed.notify_all()

    def _message(self) -> dict[str, Any] | None:
        out = self.process.stdout
        assert out is not None, "a pipe was asked for"
        length = 0
        try:
            while (header := out.readline()) not in (b"", b"\r\n"):
                name, _, value = header.partition(b":")
                length = int(value) if name.lower() == b"content-length" else length
            if not header:
                return None
            found: dict[str, Any] = json.loads(out.read(length))
        except (ValueError, OSError):
            return None
        return found
