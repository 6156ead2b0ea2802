"""A session of random deeds with one server process, and what must hold after each and at its end."""

from __future__ import annotations

import random
import re
import sys
import time
import unicodedata
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from wire_client import WireClient

from .texts import as_sent, clean, edited, lines_of, odd_text, offset_of, units

SERVER = Path(__file__).parent / "fuzz_server.py"
ENCODINGS = ("utf-8", "utf-16", "utf-32")
NAMES = ("a.py", "b.py", "pack/c.py", "d.js", "e.txt", "f g.py", "é😀.py", "h.unknown", "%41.py")
SETTINGS: tuple[object, ...] = (
    {}, {"max_tokens": 1}, {"max_tokens": 256}, {"enabled": False}, {"enabled": True}, {"languages_off": ["python"]},
    {"project_context": False}, {"learning": False}, {"suggestion_cache": False}, {"look_ahead": False},
    {"max_tokens": "many", "nonsense": [1]}, [], "x", None, {"context_tokens": 512}, {"max_lines": 40},
)  # fmt: skip
DRAWN_CHARACTERS = 5000
"""More are not compared by the host."""
GROWTH_BYTES = 200_000_000
MOST_DESCRIPTORS, MOST_THREADS = 80, 30
"""What a server at rest may hold open with two projects, however long the session was."""
REST_S = 30.0
"""Longer than it takes to close what was replaced, on a busy machine."""


@dataclass(frozen=True)
class Wanted:
    """A completion that was asked for, with the text that the editor had then."""

    uri: str
    text: str
    offset: int
    selected: tuple[str, int] | None


def draws(line: str, cursor: int, columns: Sequence[int], text: str) -> bool:
    """Whether VS Code would draw the text as ghost text in place of the columns: the rule once more, as a pattern.

    Not the server's own rule, which is what is tried here.
    """
    start, end = columns
    if not 0 <= start <= cursor <= end <= len(line) or max(len(text), end - start) > DRAWN_CHARACTERS:
        return False
    kept = ".*?".join(map(re.escape, line[cursor:end]))
    shown = re.fullmatch(f"{re.escape(line[start:cursor])}(.*?{kept}.*)", text, re.DOTALL)
    if shown is None or shown[1] == line[cursor:end]:
        return False
    return not any(unicodedata.category(one) == "Cc" and one not in "\t\n" for one in shown[1])


class Session:
    """One process, its documents as they ought to be, and the deeds."""

    def __init__(
        self, folder: Path, seed: int, *, core: bool = False, encoding: str | None = None, clock: bool = False
    ) -> None:
        """`core`: with the embedded core; `clock`: one that jumps by years."""
        self.folder = folder
        self.root = folder / "work"
        self.rng = random.Random(seed)
        (self.root / "pack").mkdir(parents=True)
        for name in ("a.py", "pack/c.py"):
            (self.root / name).write_text("def only_here(value):\n    return value\n")
        (folder / "more").mkdir()
        chosen = [f"--{name}" for name, on in (("core", core), ("clock", clock)) if on]
        command = [sys.executable, str(SERVER), "--seed", str(seed), *chosen]
        self.client = WireClient(command, folder / "stderr")
        try:
            self.encoding = self.client.start(self.root, encoding or self.rng.choice(ENCODINGS))
        except (AssertionError, OSError):
            self.client.kill()
            raise
        self.texts: dict[str, str] = {}
        self.versions: dict[str, int] = {}
        self.wanted: dict[int, Wanted] = {}
        self.items = 0
        self.deeds = (
            [self.open] * 3 + [self.edit] * 8 + [self.type] * 16 + [self.ask] * 8 + [self.cancel] * 4
            + [self.accept] * 4 + [self.save] * 2 + [self.close] * 2
            + [self.replace, self.rename, self.delete, self.disk]
            + [self.configure, self.folders, self.command, self.careless]
        )  # fmt: skip
        self.first: dict[str, int] | None = None
        self.done: deque[str] = deque(maxlen=60)
        """The last deeds, for the report of a failure."""

    def step(self) -> str:
        """One deed at random; its name."""
        deed = self.rng.choice(self.deeds)
        self.done.append(deed.__name__)
        deed()
        return deed.__name__

    # ---- what an editor does

    def open(self) -> None:
        scheme = self.rng.choice(("file", "file", "file", "untitled"))
        name = self.rng.choice(NAMES)
        root = self.rng.choice((self.root, self.root, self.folder / "more"))
        uri = f"file://{quote(str(root / name))}" if scheme == "file" else f"untitled:{quote(name)}"
        text = odd_text(self.rng)
        self._opened(uri, text)

    def _opened(self, uri: str, text: str) -> None:
        language = "python" if uri.endswith(".py") else "plaintext"
        item = {"uri": uri, "languageId": language, "version": 1, "text": text}
        self.client.notify("textDocument/didOpen", {"textDocument": item})
        self.texts[uri], self.versions[uri] = clean(as_sent(text)), 1

    def edit(self) -> None:
        """Some changes at once, anywhere, also beyond the end and within a character."""
        if uri := self._one():
            changes = [
                {"range": self._range(uri), "text": odd_text(self.rng, 4)} for _ in range(self.rng.randint(1, 3))
            ]
            self._change(uri, changes)

    def replace(self) -> None:
        if uri := self._one():
            self._change(uri, [{"text": odd_text(self.rng, 80)}])

    def type(self) -> None:
        """A key at the end of a line, and what an editor asks then."""
        if uri := self._one():
            line = self.rng.randrange(len(lines_of(self.texts[uri])))
            end = self._end(uri, line)
            key = self.rng.choice(("v", "a", " ", "(", ".", "\n", "😀", ")"))
            self._change(uri, [{"range": {"start": end, "end": end}, "text": key}])
            self._ask(uri, line if key != "\n" else line + 1, None)

    def ask(self) -> None:
        if uri := self._one():
            self._ask(uri, self.rng.randrange(len(lines_of(self.texts[uri])) + 1), self.rng.randrange(0, 40))

    def cancel(self) -> None:
        if self.wanted:
            self.client.cancel(max(self.wanted) - self.rng.randrange(3) if self.rng.random() < 0.9 else 10**9)

    def accept(self) -> None:
        """Ask, wait, and take the first item as an editor would."""
        if (uri := self._one()) is None:
            return
        line = self.rng.randrange(len(lines_of(self.texts[uri])))
        number = self._ask(uri, line, None)
        items = (self.client.answer(number).get("result") or {}).get("items", [])
        if items:
            self._change(uri, [{"range": items[0]["range"], "text": items[0]["insertText"]}])
            self._command("inhouse.accepted", items[0]["command"]["arguments"])

    def save(self) -> None:
        if uri := self._one():
            self.client.notify("textDocument/didSave", {"textDocument": {"uri": uri}})

    def close(self) -> None:
        if uri := self._one():
            self.client.notify("textDocument/didClose", {"textDocument": {"uri": uri}})
            del self.texts[uri]

    def rename(self) -> None:
        if uri := self._one():
            text = self.texts[uri]
            self.close_one(uri)
            self._opened(f"file://{quote(str(self.root / self.rng.choice(NAMES)))}", text)

    def close_one(self, uri: str) -> None:
        self.client.notify("textDocument/didClose", {"textDocument": {"uri": uri}})
        del self.texts[uri]

    def delete(self) -> None:
        (self.root / self.rng.choice(NAMES)).unlink(missing_ok=True)

    def disk(self) -> None:
        """Something else writes a file."""
        path = self.root / self.rng.choice(NAMES)
        path.write_bytes(odd_text(self.rng).encode("utf-8", "replace"))

    def configure(self) -> None:
        self.client.settings = self.rng.choice(SETTINGS)
        pushed = self.rng.choice(({"inhouse": self.client.settings}, {}, None))
        self.client.notify("workspace/didChangeConfiguration", {"settings": pushed})

    def folders(self) -> None:
        folder = self.rng.choice((self.folder / "more", self.folder / "more", self.root))
        more = [{"uri": folder.as_uri(), "name": folder.name}]
        event = {"added": more, "removed": []} if self.rng.random() < 0.5 else {"added": [], "removed": more}
        self.client.notify("workspace/didChangeWorkspaceFolders", {"event": event})

    def command(self) -> None:
        name = self.rng.choice(
            ("inhouse.why", "inhouse.status", "inhouse.conventions", "inhouse.none", "inhouse.accepted")
        )
        self._command(name, self.rng.choice(([], [next(iter(self.texts), "x")], [-1], [None], ["file:///no/such"])))

    def careless(self) -> None:
        """What a client with a fault sends."""
        uri = "file:///never/opened.py"
        document = {"uri": uri, "version": 1}
        change = {"textDocument": document, "contentChanges": [{"text": "x"}]}
        where = {"textDocument": document, "position": {"line": 0, "character": 0}, "context": {"triggerKind": 9}}
        self.rng.choice(
            (
                lambda: self.client.notify("textDocument/didChange", change),
                lambda: self.client.notify("textDocument/didChange", {"textDocument": 5}),
                lambda: self.client.notify("textDocument/didClose", {"textDocument": document}),
                lambda: self.client.notify("no/such", None),
                lambda: self.client.ask("no/such", None),
                lambda: self.client.ask("textDocument/inlineCompletion", where),
                lambda: self.client.ask("textDocument/inlineCompletion", {"textDocument": None}),
                lambda: self.client.ask("textDocument/inlineCompletion", [1]),
                lambda: self.client.cancel(-1),
            )
        )()

    # ---- what must hold

    def check(self) -> None:
        """Everything is answered once, the texts are the editor's, and each item is one that the host draws."""
        texts = self.client.answer(self.client.ask("test/texts", None))["result"]
        self.client.settle()
        assert texts == self.texts, "the server's texts are not the editor's"
        for number, wanted in self.wanted.items():
            answer = self.client.asked[number].answers[0]
            for item in (answer.get("result") or {}).get("items", []):
                self.items += 1
                self._check_item(wanted, item)
        self.wanted.clear()
        self.client.forget()
        if self.first is None:
            self.first = self._state()

    def finish(self) -> dict[str, int]:
        """The last check, and no growth; figures of the process."""
        self.check()
        assert self.first is not None, "checked above"
        for uri in list(self.texts):
            self.close_one(uri)
        state = self._at_rest()
        grown = state["bytes"] - self.first["bytes"]
        assert grown < GROWTH_BYTES, f"{grown:,} bytes more"
        assert self.client.close() == 0
        said = (self.folder / "stderr").read_text(errors="replace")
        assert "Traceback" not in said, said[-4000:]
        return {"requests": self.client.count, "items": self.items, **state, "bytes": grown}

    def _at_rest(self) -> dict[str, int]:
        """What the server holds once it has nothing to do; it must come down to what two projects need."""
        end = time.monotonic() + REST_S
        while True:
            state = self._state()
            if state["descriptors"] <= MOST_DESCRIPTORS and state["threads"] <= MOST_THREADS:
                return state
            assert time.monotonic() < end, state
            time.sleep(0.1)

    def _state(self) -> dict[str, int]:
        """What the process holds."""
        found: dict[str, int] = self.client.answer(self.client.ask("test/state", None))["result"]
        return found

    def _check_item(self, wanted: Wanted, item: dict[str, Any]) -> None:
        text = wanted.text
        begin, end = next(line for line in lines_of(text) if line[0] <= wanted.offset <= line[1])
        number = [line[0] for line in lines_of(text)].index(begin)
        where = item["range"]
        assert where["start"]["line"] == where["end"]["line"] == number, (item, wanted)
        columns = [
            offset_of(text, number, where[name]["character"], self.encoding) - begin for name in ("start", "end")
        ]
        assert draws(text[begin:end], wanted.offset - begin, columns, item["insertText"]), (item, wanted)
        if wanted.selected is not None:
            entry, at = wanted.selected
            assert at == columns[0], (item, wanted)
            assert item["insertText"].startswith(entry), (item, wanted)
            assert item["insertText"] != entry, (item, wanted)

    # ---- little helpers

    def _one(self) -> str | None:
        return self.rng.choice(sorted(self.texts)) if self.texts else None

    def _change(self, uri: str, changes: list[dict[str, Any]]) -> None:
        self.versions[uri] += 1
        document = {"uri": uri, "version": self.versions[uri]}
        self.client.notify("textDocument/didChange", {"textDocument": document, "contentChanges": changes})
        for change in changes:
            self.texts[uri] = edited(self.texts[uri], change, self.encoding)

    def _position(self, uri: str) -> dict[str, int]:
        return {"line": self.rng.randrange(len(lines_of(self.texts[uri])) + 2), "character": self.rng.randrange(40)}

    def _range(self, uri: str) -> dict[str, Any]:
        start = self._position(uri)
        end = start if self.rng.random() < 0.5 else self._position(uri)
        return {"start": start, "end": end}

    def _end(self, uri: str, line: int) -> dict[str, int]:
        lines = lines_of(self.texts[uri])
        line = min(line, len(lines) - 1)  # a line end typed behind a CR makes no line of its own
        begin, end = lines[line]
        return {"line": line, "character": units(self.texts[uri][begin:end], self.encoding)}

    def _ask(self, uri: str, line: int, character: int | None) -> int:
        text = self.texts[uri]
        position = {"line": line, "character": character} if character is not None else self._end(uri, line)
        context: dict[str, Any] = {"triggerKind": self.rng.choice((1, 2))}
        offset = offset_of(text, position["line"], position["character"], self.encoding)
        selected = None
        if self.rng.random() < 0.1 and line < len(lines_of(text)):
            column = offset - lines_of(text)[line][0]
            start = {"line": line, "character": units(text[offset - column : offset], self.encoding)}
            context["selectedCompletionInfo"] = {"range": {"start": start, "end": start}, "text": "val"}
            selected = ("val", column)
        params = {"textDocument": {"uri": uri}, "position": position, "context": context}
        number = self.client.ask("textDocument/inlineCompletion", params)
        self.wanted[number] = Wanted(uri, text, offset, selected)
        return number

    def _command(self, name: str, arguments: list[Any]) -> None:
        self.client.ask("workspace/executeCommand", {"command": name, "arguments": arguments})
