"""Run as a program: a working day of two people who type in one project, each with an editor and a server of their own.

The pauses between the keys are left out, nothing else is: every key is sent and asked about, what is right is taken,
some of what is wrong too and then taken back, files are opened, saved and closed. A line of JSON for each editor and
hour goes to the log, and `--picture` draws them all.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import statistics
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent / "support"), str(HERE.parents[1])]

from tests.faults.soak_picture import draw  # noqa: E402
from tests.faults.texts import units  # noqa: E402
from wire_client import WireClient  # noqa: E402  (the path is set above)

SERVE = [sys.executable, "-m", "inhouse.cli", "serve", "--stdio"]
KEYS_AN_HOUR = 1_500
"""Of each: 12,000 keys in eight hours. Who writes 52 words a minute presses 260, so this is 46 minutes of pure typing a
day; the rest is reading and thinking."""
REGION_LINES = 12
MOST_OPEN = 6
LEAST_GAIN = 3
"""Characters for which somebody reaches for Tab."""
WRONG_SHARE = 0.03
"""Of the wrong suggestions, taken all the same and taken back."""
REST_S = 0.4
"""Behind each region, in truth: then the server reads ahead, and its checks come due."""
LANGUAGES = {".py": "python", ".js": "javascript", ".ts": "typescript", ".lua": "lua", ".go": "go"}


@dataclass
class Hour:
    """What is counted in an hour of one editor."""

    keys: int = 0
    failed: int = 0
    items: int = 0
    accepted: int = 0
    saves: int = 0
    visits: int = 0
    ms: list[float] = field(default_factory=list)

    def figures(self) -> dict[str, Any]:
        times = sorted(self.ms)
        p50, p95, p99 = (round(times[int(share * (len(times) - 1))], 1) for share in (0.5, 0.95, 0.99))
        counts = {name: getattr(self, name) for name in ("keys", "failed", "items", "accepted", "saves", "visits")}
        return {**counts, "requests": len(times), "p50": p50, "p95": p95, "p99": p99, "max": round(times[-1], 1)}


class Editor:
    """One person: a server, some open documents, and the hours."""

    def __init__(self, name: str, root: Path, folder: Path, seed: int) -> None:
        self.name, self.root = name, root
        self.rng = random.Random(seed)
        self.log = folder / f"stderr {name}"
        self.client = WireClient(SERVE, self.log)
        self.client.start(root, "utf-16")
        self.process = psutil.Process(self.client.process.pid)
        self.files = sorted(path for path in root.rglob("*") if path.suffix in LANGUAGES and is_typed(path))
        self.open: dict[Path, str] = {}
        self.versions: dict[Path, int] = {}
        self.saved: dict[Path, str] = {}
        self.hour = Hour()

    def work(self, keys: int) -> dict[str, Any]:
        """An hour's keys, and what came of them."""
        self.hour = Hour()
        while self.hour.keys < keys:
            self.visit(keys)
        self.client.settle()
        self.client.forget()
        told = {"bytes": self.process.memory_info().rss, "descriptors": self.process.num_fds()}
        return {"editor": self.name, **self.hour.figures(), **told, "threads": self.process.num_threads()}

    def visit(self, keys: int) -> None:
        """Some lines of a file are taken out and written again, and the file is saved."""
        path = self.rng.choice(self.files)
        text = self._opened(path)
        lines = text.split("\n")
        first = self.rng.randrange(max(1, len(lines) - REGION_LINES))
        last = min(first + self.rng.randint(2, REGION_LINES), len(lines) - 1)
        wanted = "\n".join(lines[first:last])
        self._edit(path, (first, 0), (last - 1, units(lines[last - 1], "utf-16")), "")
        head = "\n".join(lines[:first]) + ("\n" if first else "")
        at = 0
        while at < len(wanted) and self.hour.keys < keys:
            at = self._press(path, head, wanted, at)
        if at < len(wanted):  # the day is over; the rest is put back
            self._insert(path, head + wanted[:at], wanted[at:])
        self._save(path)
        self.hour.visits += 1
        time.sleep(REST_S)

    def close(self) -> int:
        for path in list(self.open):
            self._close(path)
        return self.client.close()

    # ---- keys

    def _press(self, path: Path, head: str, wanted: str, at: int) -> int:
        """One key, with the indentation behind a line break, and what is offered then; how far the text is now."""
        end = at + 1
        if wanted[at] == "\n":
            while end < len(wanted) and wanted[end] in " \t":
                end += 1
        self._insert(path, head + wanted[:at], wanted[at:end])
        self.hour.keys += 1
        item = self._asked(path, head + wanted[:end])
        if item is None:
            return end
        rest = item["insertText"][self._typed(item, head + wanted[:end]) :]
        right = wanted.startswith(rest, end)
        if len(rest) >= LEAST_GAIN and (right or self.rng.random() < WRONG_SHARE):
            self._insert(path, head + wanted[:end], rest)
            self.client.ask("workspace/executeCommand", item["command"])
            self.hour.keys += 1
            self.hour.accepted += right
            if right:
                return end + len(rest)
            start, stop = position(head + wanted[:end]), position(head + wanted[:end] + rest)
            self._edit(path, start, stop, "")
        return end

    def _typed(self, item: dict[str, Any], before: str) -> int:
        """Characters of an item that stand before the cursor already."""
        line = before[before.rfind("\n") + 1 :]
        return len(line) - len(line.encode("utf-16-le")[: 2 * item["range"]["start"]["character"]].decode("utf-16-le"))

    def _asked(self, path: Path, before: str) -> dict[str, Any] | None:
        line, character = position(before)
        place = {"textDocument": {"uri": path.as_uri()}, "position": {"line": line, "character": character}}
        began = time.perf_counter()
        answer = self.client.answer(
            self.client.ask("textDocument/inlineCompletion", {**place, "context": {"triggerKind": 2}})
        )
        self.hour.ms.append((time.perf_counter() - began) * 1000)
        if "result" not in answer:
            self.hour.failed += 1
            return None
        items: list[dict[str, Any]] = answer["result"]["items"]
        self.hour.items += bool(items)
        return items[0] if items else None

    # ---- files

    def _opened(self, path: Path) -> str:
        if path not in self.open:
            if len(self.open) >= MOST_OPEN:
                self._close(next(iter(self.open)))
            text = path.read_text()
            self.open[path], self.versions[path] = text, 1
            item = {"uri": path.as_uri(), "languageId": LANGUAGES[path.suffix], "version": 1, "text": text}
            self.client.notify("textDocument/didOpen", {"textDocument": item})
        return self.open[path]

    def _close(self, path: Path) -> None:
        self.client.notify("textDocument/didClose", {"textDocument": {"uri": path.as_uri()}})
        del self.open[path]

    def _save(self, path: Path) -> None:
        """With a last line of its own each time, so that there is something new to read."""
        lines = self.open[path].split("\n")
        mark = f"{COMMENTS.get(path.suffix, '//')} saved by {self.name}, {self.rng.randrange(10**6)}"
        old = len(lines) - 1
        if " saved by " in lines[-1]:
            self._edit(path, (old, 0), (old, units(lines[old], "utf-16")), mark)
        else:
            self._edit(path, (old, units(lines[old], "utf-16")), (old, units(lines[old], "utf-16")), f"\n{mark}")
        path.write_text(self.open[path])
        self.saved[path] = self.open[path]
        self.client.notify("textDocument/didSave", {"textDocument": {"uri": path.as_uri()}})
        self.hour.saves += 1

    def _insert(self, path: Path, before: str, text: str) -> None:
        self._edit(path, position(before), position(before), text)

    def _edit(self, path: Path, start: tuple[int, int], end: tuple[int, int], text: str) -> None:
        self.versions[path] += 1
        places = [{"line": line, "character": character} for line, character in (start, end)]
        change = {"range": {"start": places[0], "end": places[1]}, "text": text}
        document = {"uri": path.as_uri(), "version": self.versions[path]}
        self.client.notify("textDocument/didChange", {"textDocument": document, "contentChanges": [change]})
        old = self.open[path]
        first, last = (place_of(old, place) for place in (start, end))
        self.open[path] = old[:first] + text + old[last:]


COMMENTS = {".py": "#", ".lua": "--"}


def position(before: str) -> tuple[int, int]:
    """Line and UTF-16 units at the end of a text."""
    return before.count("\n"), units(before[before.rfind("\n") + 1 :], "utf-16")


def place_of(text: str, place: tuple[int, int]) -> int:
    line, character = place
    start = 0
    for _ in range(line):
        start = text.index("\n", start) + 1
    end = text.find("\n", start)
    row = text[start : end if end >= 0 else len(text)]
    return start + len(row.encode("utf-16-le")[: 2 * character].decode("utf-16-le"))


def is_typed(path: Path) -> bool:
    """A file that somebody works in: of a usual size, with plain line ends."""
    try:
        text = path.read_bytes().decode()
    except UnicodeDecodeError:
        return False
    return 20 <= text.count("\n") <= 1500 and "\r" not in text and len(max(text.split("\n"), key=len)) < 500


def soak(project: Path, hours: int, keys: int, log: Path, seed: int = 1) -> list[dict[str, Any]]:
    """The day; a row for each editor and hour. Two people have files of their own, else they would undo each other."""
    rows: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        root = Path(shutil.copytree(project, folder / project.name))
        for kind in ("CACHE", "CONFIG", "DATA"):
            os.environ[f"INHOUSE_{kind}_DIR"] = str(folder / kind)
        os.environ["INHOUSE_POWER"] = "full"
        editors = [Editor(one, root, folder, seed + number) for number, one in enumerate(("one", "two"))]
        for number, editor in enumerate(editors):
            editor.files = editor.files[number :: len(editors)]
        try:
            for hour in range(1, hours + 1):
                for row in at_once(editors, keys):
                    rows.append({"hour": hour, **row, "kept_bytes": kept(folder), "load": round(os.getloadavg()[0], 1)})
                    with log.open("a") as out:
                        out.write(json.dumps(rows[-1]) + "\n")
            codes = [editor.close() for editor in editors]
            assert codes == [0, 0], codes
            for editor in editors:
                assert "Traceback" not in editor.log.read_text(), editor.log.read_text()[-4000:]
                for path, text in editor.saved.items():
                    assert path.read_text() == text, f"{path} is not as it was saved"
        finally:
            for editor in editors:
                editor.client.kill()
    return rows


def at_once(editors: list[Editor], keys: int) -> list[dict[str, Any]]:
    """All of them work for an hour."""

    def work(editor: Editor) -> dict[str, Any]:
        began = time.monotonic()
        return {**editor.work(keys), "seconds": round(time.monotonic() - began, 1)}

    with ThreadPoolExecutor(len(editors)) as pool:
        return list(pool.map(work, editors))


def kept(folder: Path) -> int:
    """Bytes of what is kept on the disk: indexes and what was learnt."""
    files = (path for kind in ("CACHE", "DATA") for path in (folder / kind).rglob("*"))
    return sum(path.stat().st_size for path in files if path.is_file())


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("project", type=Path, nargs="?", help="it is copied first; not needed to draw what is there")
    parser.add_argument("--hours", type=int, default=8)
    parser.add_argument("--keys", type=int, default=KEYS_AN_HOUR, help="of each editor in an hour")
    parser.add_argument("--log", type=Path, default=Path("soak.jsonl"))
    parser.add_argument("--picture", type=Path, help="an SVG")
    options = parser.parse_args()
    if options.project:
        soak(options.project, options.hours, options.keys, options.log)
    rows = [json.loads(line) for line in options.log.read_text().splitlines()]
    if options.picture:
        options.picture.write_text(draw(rows))
    failed, requests = sum(row["failed"] for row in rows), sum(row["requests"] for row in rows)
    p50 = statistics.median(row["p50"] for row in rows)
    print(json.dumps({"hours": max(row["hour"] for row in rows), "requests": requests, "failed": failed, "p50": p50}))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
