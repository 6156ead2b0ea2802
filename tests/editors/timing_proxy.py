"""Stands between an editor and a language server and writes down how long each inline completion took the server.

Usage: timing_proxy.py TIMES COMMAND... Each line of TIMES is JSON about an answer that had items: when it was asked
for and when it came, in milliseconds of this machine's clock, and the items' texts. It changes no message.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import IO


def message(source: IO[bytes]) -> bytes | None:
    """The next message with its header; None at the end."""
    head, length = b"", 0
    while (line := source.readline()) not in (b"", b"\r\n"):
        head += line
        if line.lower().startswith(b"content-length:"):
            length = int(line.split(b":")[1])
    return head + line + source.read(length) if line else None


def main(times: Path, command: list[str]) -> int:
    asked: dict[object, float] = {}
    server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert server.stdin is not None, "a pipe was asked for"
    assert server.stdout is not None, "a pipe was asked for"
    answers = server.stdout

    def back() -> None:
        while (raw := message(answers)) is not None:
            found = json.loads(raw.split(b"\r\n\r\n", 1)[1])
            start = None if "method" in found else asked.pop(found.get("id"), None)
            items = (found.get("result") or {}).get("items") if start is not None else None
            if items:
                texts = [item["insertText"] for item in items]
                with times.open("a", encoding="utf-8") as file:
                    file.write(json.dumps({"asked": start, "answered": time.time() * 1000, "texts": texts}) + "\n")
            sys.stdout.buffer.write(raw)
            sys.stdout.buffer.flush()

    reader = threading.Thread(target=back, daemon=True)
    reader.start()
    while (raw := message(sys.stdin.buffer)) is not None:
        found = json.loads(raw.split(b"\r\n\r\n", 1)[1])
        if found.get("method") == "textDocument/inlineCompletion":
            asked[found["id"]] = time.time() * 1000
        server.stdin.write(raw)
        server.stdin.flush()
    server.stdin.close()
    reader.join(timeout=5)
    return server.wait()


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
