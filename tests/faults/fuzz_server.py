"""Run as a program: the real server with two more requests, `test/texts` and `test/state`, that tell what it holds.

`--core` runs the embedded core; else an engine answers at random, also what no editor may be sent. With `--clock` the
time of day jumps by years at every look.
"""

from __future__ import annotations

import argparse
import random
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

if "--clock" in sys.argv:  # before anybody holds on to the true one
    true, jumps = time.time, random.Random(1)
    time.time = lambda: true() + jumps.choice((0.0, 1.0, -1.0)) * jumps.uniform(0.0, 1e9)

import psutil

from inhouse.cli import bytecode
from inhouse.cli.start import loading

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))

bytecode.keep()
with loading():  # as the program does
    from assistants import ForcedAssistant
    from fakes import ScriptedEngine

    from inhouse.completion import Assistant, Settings
    from inhouse.model import CancelFlag, Fill, FillRequest, Steering
    from inhouse.server.log import configure as configure_log
    from inhouse.server.run import serve_stdio
    from inhouse.server.server import InhouseServer

ANSWERS = (
    "value", "value + 1", "f(a)", "f(a))", '"x"', "a\nb\n    c", "a\r\nb", "\0", "\x1b[31mx", "\u202ex", " ", "", ")",
    "😀",     "x" * 6000, "\t\n", "é)", "漢字(", "x\r", "\ufffd",
)  # fmt: skip


class OddEngine(ScriptedEngine):
    """Answers at random, at once or after a moment."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self._rng = random.Random(seed)

    def fill(
        self,
        request: FillRequest,
        cancel: CancelFlag,
        until: Callable[[str], bool] | None = None,
        steering: Steering | None = None,
    ) -> Fill:
        self.answer = self._rng.choice(ANSWERS)
        if self._rng.random() < 0.1:
            threading.Event().wait(0.003)
        found = super().fill(request, cancel, until, steering)
        self.requests.clear()  # what the scripted engine remembers would look like a leak
        return found

    def warm(self, request: FillRequest, cancel: CancelFlag) -> bool:
        return not cancel.is_set


class ShowAll(ForcedAssistant):
    """Holds nothing back, so that only the host's rule is in the way."""

    FORCED: ClassVar = {"name_check": False, "show_above": 0.0}


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--core", action="store_true")
    parser.add_argument("--clock", action="store_true")
    arguments = parser.parse_args()
    configure_log()

    def assistant(settings: Settings) -> Assistant:
        if arguments.core:
            return Assistant(settings)
        return ShowAll(ShowAll.forced(settings), OddEngine(arguments.seed))

    server = InhouseServer(assistant)
    process = psutil.Process()

    @server.feature("test/texts")
    def texts(_: Any) -> dict[str, str]:
        return {uri: document.text for uri, document in server.documents.items()}

    @server.feature("test/state")
    def state(_: Any) -> dict[str, int]:
        return {
            "bytes": process.memory_info().rss,
            "descriptors": process.num_fds(),
            "threads": process.num_threads(),
            "projects": len(server.assistant.roots),
        }

    return serve_stdio(server)


if __name__ == "__main__":
    sys.exit(main())
