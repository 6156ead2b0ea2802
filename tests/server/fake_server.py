"""Run as a program: the real server over stdio or TCP with a fake engine instead of a model.

The engine writes `--text` token by token, `--token-ms` apart, and appends one line to the file `--trace` for each
decode begun, and one for each ended with the reason.
"""

from __future__ import annotations

import argparse
import math
import re
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

from inhouse.completion import Assistant, Settings
from inhouse.model import CancelFlag, Fill, FillRequest, ModelError, Steering, Token
from inhouse.server.log import configure as configure_log
from inhouse.server.run import serve_stdio, serve_tcp
from inhouse.server.server import InhouseServer

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))

from assistants import ForcedAssistant
from fakes import ScriptedEngine


class FakeEngine(ScriptedEngine):
    """Writes a fixed text slowly."""

    name = "fake"
    context_tokens = 2048

    def __init__(
        self,
        text: str,
        token_ms: float,
        trace: Path | None,
        warm_ms: float | None = None,
        held_at: int | None = None,
        deaf_until: Path | None = None,
    ) -> None:
        super().__init__(text)
        self.tokens = [Token(number, word, 0.9) for number, word in enumerate(re.findall(r"\s*\S+", text))]
        self.token_ms = token_ms
        self.trace = trace
        self.warm_ms = warm_ms
        self.held_at = held_at
        self.deaf_until = deaf_until

    def fill(
        self,
        request: FillRequest,
        cancel: CancelFlag,
        until: Callable[[str], bool] | None = None,
        steering: Steering | None = None,
    ) -> Fill:
        self._write(f"begin {len(request.prefix)} {request.path}")
        if len(request.prefix) == self.held_at:
            self._wait(cancel, math.inf)
        while self.deaf_until is not None and not self.deaf_until.exists():
            threading.Event().wait(0.001)
        done: list[Token] = []
        while len(done) < len(self.tokens) and not self._wait(cancel, self.token_ms):
            done.append(self.tokens[len(done)])
        stop = "cancelled" if cancel.is_set else "end"
        self._write(stop)
        text = "".join(token.text for token in done)
        return Fill(text, tuple(done), "cancelled" if cancel.is_set else "end", 10, 0, 1.0, 1.0)

    def warm(self, request: FillRequest, cancel: CancelFlag) -> bool:
        if self.warm_ms is None:
            return True
        self._write(f"warm {len(request.prefix)} {request.path}")
        self._wait(cancel, self.warm_ms)
        self._write("warm cancelled" if cancel.is_set else "warm done")
        return not cancel.is_set

    def _wait(self, cancel: CancelFlag, duration_ms: float) -> bool:
        """Let the time pass; True if the flag was set meanwhile."""
        until = time.monotonic() + duration_ms / 1000
        while time.monotonic() < until and not cancel.is_set:
            threading.Event().wait(0.001)
        return cancel.is_set

    def _write(self, line: str) -> None:
        if self.trace:
            with self.trace.open("a", encoding="utf-8") as file:
                file.write(line + "\n")

    def close(self) -> None:
        self._write("closed")


class FreeAssistant(ForcedAssistant):
    """Says what its engine says, whether anybody knows the names or not."""

    FORCED: ClassVar = {"name_check": False}


class BrokenAssistant(Assistant):
    """Has no model, as when the file is missing."""

    def load(self, progress: Callable[[float], None] | None = None) -> None:
        raise ModelError("no model: /nowhere.gguf does not exist; see `inhouse doctor`")


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--text", default="value + 1")
    parser.add_argument("--token-ms", type=float, default=0.0)
    parser.add_argument("--trace", type=Path)
    parser.add_argument("--warm-ms", type=float, help="time to read ahead; without it that is not traced either")
    parser.add_argument("--held-at", type=int, help="a decode with so much text before its cursor ends when cancelled")
    parser.add_argument("--deaf-until", type=Path, help="each decode heeds nothing until this file is there")
    parser.add_argument("--tcp", action="store_true")
    parser.add_argument("--broken", action="store_true")
    arguments = parser.parse_args()
    configure_log(verbose=True)

    def assistant(settings: Settings) -> Assistant:
        if arguments.broken:
            return BrokenAssistant(settings)
        held_at, warm_ms = arguments.held_at, arguments.warm_ms
        engine = FakeEngine(arguments.text, arguments.token_ms, arguments.trace, warm_ms, held_at, arguments.deaf_until)
        return FreeAssistant(FreeAssistant.forced(settings), engine)

    server = InhouseServer(assistant)
    return serve_tcp(server, "127.0.0.1", 0) if arguments.tcp else serve_stdio(server)


if __name__ == "__main__":
    sys.exit(main())
