"""Run as a program: the real server with an engine that answers with whatever could go wrong in an editor.

What it answers hangs on the request alone. It repeats what stands before and behind the cursor, closes too many
brackets, breaks lines in every way, and is empty, blank, endless or full of odd characters.
"""

from __future__ import annotations

import random
import sys
import zlib
from collections.abc import Callable
from pathlib import Path

from inhouse.completion import Assistant
from inhouse.model import Alternative, CancelFlag, Fill, FillRequest, Steering, Token
from inhouse.server.log import configure as configure_log
from inhouse.server.run import serve_stdio
from inhouse.server.server import InhouseServer

sys.path.insert(0, str(Path(__file__).parents[2] / "support"))

from fakes import ScriptedEngine

PIECES = (
    "x", "return value", "(", ")", "())", "]", "}", ");", "'", '"', " ", "    ", "\t", "\n", "\r\n", "\r", "\u2028",
    "\x0c", "\x00", "\x1b[31m", "\ufeff", "é", "漢字", "😀", "e\u0301", "\u200d", "\u202e", "𝒳 = 1", "# ",
    "<|endoftext|>", "a" * 6000, "", "if x:\n        return\n", "\n\n\n", "\n    next()\n}", ":", ",",
    "foo(bar, [baz])",
)  # fmt: skip


class NastyEngine(ScriptedEngine):
    """Answers at once, with something nasty."""

    name = "nasty"
    context_tokens = 2048

    def fill(
        self,
        request: FillRequest,
        cancel: CancelFlag,
        until: Callable[[str], bool] | None = None,
        steering: Steering | None = None,
    ) -> Fill:
        chooser = random.Random(zlib.crc32(f"{request.prefix[-200:]}\0{request.suffix[:200]}".encode()))
        texts = [_text(request, chooser) for _ in range(request.alternatives)]
        answers = [(text, (Token(7, text, 0.9),)) for text in texts]
        others = tuple(Alternative(text, tokens, 0) for text, tokens in answers[1:])
        return Fill(*answers[0], "line", 10, 0, 1.0, 1.0, alternatives=others)


def _text(request: FillRequest, chooser: random.Random) -> str:
    tail, _, below = request.suffix.partition("\n")
    head = request.prefix.rpartition("\n")[2]
    own = (tail, tail.strip(), tail[::-1], tail.upper(), tail[:1], below[:80], head, head[-8:], request.suffix[:40])
    pieces = [chooser.choice(own if chooser.random() < 0.4 else PIECES) for _ in range(chooser.randint(1, 4))]
    return "".join(pieces)


def main() -> int:
    configure_log()
    return serve_stdio(InhouseServer(lambda settings: Assistant(settings, NastyEngine())))


if __name__ == "__main__":
    sys.exit(main())
