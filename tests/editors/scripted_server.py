"""A language server for the editor tests: it suggests what a file tells it to, at once or late, and can die.

It decides nothing and needs nothing but Python. The file given first is read anew at every request:
{"rules": [{"before": "    return ", "items": ["a + b"], "after": 0, "delay_ms": 0, "die": false}]}. A rule holds
where the line begins with `before` and the rest up to the cursor begins the first item; the item's range begins behind
`before` and ends `after` characters behind the cursor. Every message is appended to the file given second. A rule
with `fail` is answered with an error. `status`, `why` and `conventions` are what the server tells of itself, and
`doctor` in place of `serve` prints two lines and ends, as `model list --json` does, once there is no SCRIPT.hold.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from pathlib import Path
from typing import Any, BinaryIO

CANCELLED = -32800


class Server:
    """One session over standard input and output."""

    def __init__(self, script: Path, trace: Path, encoding: str) -> None:
        self.script = script
        self.trace = trace
        self.encoding = encoding
        self.texts: dict[str, str] = {}
        self.waiting: dict[object, threading.Timer] = {}
        self.lock = threading.Lock()

    def run(self, source: BinaryIO) -> None:
        while (message := read(source)) is not None:
            with self.trace.open("a", encoding="utf-8") as file:
                file.write(json.dumps({"pid": os.getpid(), **message}) + "\n")
            if message.get("method") == "exit":
                return
            self.handle(message)

    def handle(self, message: dict[str, Any]) -> None:
        method, params = message.get("method", ""), message.get("params") or {}
        if method == "textDocument/didOpen":
            self.texts[params["textDocument"]["uri"]] = params["textDocument"]["text"]
        elif method == "textDocument/didChange":
            self.texts[params["textDocument"]["uri"]] = params["contentChanges"][-1]["text"]
        elif method == "initialized":
            self.tell_status()
        elif method == "textDocument/inlineCompletion":
            self.complete(message["id"], params)
            self.tell_status()
        elif method == "$/cancelRequest":
            self.cancel(params["id"])
        elif "id" in message and method:
            self.send({"id": message["id"], "result": self.result(method, params)})

    def result(self, method: str, params: Any) -> Any:
        if method == "initialize":
            offered = params["capabilities"].get("general", {}).get("positionEncodings", [])
            self.encoding = self.encoding if self.encoding in offered else "utf-16"
            return {
                "serverInfo": {"name": "scripted"},
                "capabilities": {
                    "positionEncoding": self.encoding,
                    "textDocumentSync": {"openClose": True, "change": 1},
                    "inlineCompletionProvider": {},
                    "executeCommandProvider": {"commands": ["inhouse.accepted", "inhouse.why", "inhouse.conventions"]},
                },
            }
        if method == "workspace/executeCommand" and params["command"] == "inhouse.why":
            return self.load().get("why", {"items": [], "silent": "scripted"})
        if method == "workspace/executeCommand" and params["command"] == "inhouse.conventions":
            return self.load().get("conventions", {"root": "", "text": None, "problem": "scripted"})
        return None

    def tell_status(self) -> None:
        if status := self.load().get("status"):
            self.send({"method": "inhouse/status", "params": status})

    def load(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.script.read_text(encoding="utf-8"))
        return found

    def complete(self, number: object, params: dict[str, Any]) -> None:
        line_number, column = params["position"]["line"], params["position"]["character"]
        line = self.texts[params["textDocument"]["uri"]].split("\n")[line_number]
        wire = line.encode("utf-8" if self.encoding == "utf-8" else "utf-16-le")
        units = column if self.encoding == "utf-8" else column * 2
        before = wire[:units].decode("utf-8" if self.encoding == "utf-8" else "utf-16-le")
        for rule in self.load()["rules"]:
            start = rule["before"]
            if before.startswith(start) and rule["items"][0].startswith(before[len(start) :]):
                if rule.get("die"):
                    os._exit(3)
                if rule.get("fail"):
                    self.send({"id": number, "error": {"code": -32603, "message": "scripted failure"}})
                    return
                first, last = self.units(start), column + self.units(line[len(before) :][: rule.get("after", 0)])
                self.answer_later(number, line_number, first, last, rule)
                return
        self.send({"id": number, "result": {"items": []}})

    def units(self, text: str) -> int:
        return len(text.encode("utf-8")) if self.encoding == "utf-8" else len(text.encode("utf-16-le")) // 2

    def answer_later(self, number: object, line: int, first: int, last: int, rule: dict[str, Any]) -> None:
        place = {"start": {"line": line, "character": first}, "end": {"line": line, "character": last}}
        command = {"title": "accepted", "command": "inhouse.accepted", "arguments": [1]}
        items = [{"insertText": text, "range": place, "command": command} for text in rule["items"]]
        answer = {"id": number, "result": {"items": items}}
        timer = threading.Timer(rule.get("delay_ms", 0) / 1000, self.send, [answer])
        timer.daemon = True
        self.waiting[number] = timer
        timer.start()

    def cancel(self, number: object) -> None:
        timer = self.waiting.pop(number, None)
        if timer is not None and timer.is_alive() and not self.load().get("deaf"):
            timer.cancel()
            self.send({"id": number, "error": {"code": CANCELLED, "message": "cancelled"}})

    def send(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        with self.lock:
            sys.stdout.buffer.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
            sys.stdout.buffer.flush()


def read(source: BinaryIO) -> dict[str, Any] | None:
    """The next message; None at the end of the input."""
    length = 0
    while (header := source.readline()) not in (b"", b"\r\n"):
        name, _, value = header.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    if header == b"":
        return None
    message: dict[str, Any] = json.loads(source.read(length))
    return message


def main() -> None:
    if sys.argv[-1] == "doctor":
        print("ok   scripted: all is well")
        print(f"told {os.environ.get('INHOUSE_EDITOR')} in {Path.cwd().name}")
        return
    if sys.argv[-3:] == ["model", "list", "--json"]:
        while Path(f"{sys.argv[1]}.hold").exists():
            time.sleep(0.02)
        here = {"name": "small:q8_0", "title": "Small", "here": True}
        print(json.dumps({"models": [here, {"name": "large:q4_k_m", "title": "Large", "here": False}]}))
        return
    encoding = sys.argv[3] if len(sys.argv) > 3 else "utf-16"
    Server(Path(sys.argv[1]), Path(sys.argv[2]), encoding).run(sys.stdin.buffer)


if __name__ == "__main__":
    main()
