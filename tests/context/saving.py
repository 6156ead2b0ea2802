"""How soon a save is in the index, through the real server: `python tests/context/saving.py DIR [--rounds N]`.

Works on a copy of the folder. In each round one more definition is typed into a document, the file is written and
didSave is sent; another process's eyes (this one's) look into the database until the name is there. Half of the rounds
type on after the save, as people do. The last line is one JSON object.
"""

import argparse
import json
import os
import random
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))

from wire_client import WireClient

from inhouse.context import Project

SERVE = [sys.executable, "-m", "inhouse.cli", "serve", "--stdio"]
LIMIT_S = 900.0


def is_read(client: WireClient) -> bool:
    """Whether the server has told the end of its reading."""
    told = [one["params"] for one in list(client.told) if one["method"] == "$/progress"]
    begun = {one["token"] for one in told if "reading" in one["value"].get("title", "")}
    return any(one["value"]["kind"] == "end" and one["token"] in begun for one in told)


def saves(client: WireClient, project: Project, path: Path, rounds: int, types_on: bool) -> list[float]:
    """Seconds from each save until the index has what was saved."""
    uri, tick, seconds = path.as_uri(), threading.Event(), list[float]()
    text = path.read_text(encoding="utf-8")
    item = {"uri": uri, "languageId": "python", "version": 1, "text": text}
    client.notify("textDocument/didOpen", {"textDocument": item})
    version = 1
    for number in range(rounds):
        name = f"saved_name_{number}_{int(types_on)}_{random.randrange(10**9)}"
        text += f"\n\ndef {name}():\n    return {number}\n"
        version += 1
        document = {"uri": uri, "version": version}
        client.notify("textDocument/didChange", {"textDocument": document, "contentChanges": [{"text": text}]})
        path.write_text(text, encoding="utf-8")
        client.notify("textDocument/didSave", {"textDocument": {"uri": uri}})
        began = time.perf_counter()
        while not project._index.store.files_defining(name, 1):
            assert time.perf_counter() - began < LIMIT_S
            tick.wait(0.002)
            if types_on and time.perf_counter() - began > 0.1 * (version % 2 + 1):
                version += 1
                change = {"text": text + "#" * (version % 70)}
                document = {"uri": uri, "version": version}
                client.notify("textDocument/didChange", {"textDocument": document, "contentChanges": [change]})
        seconds.append(time.perf_counter() - began)
        tick.wait(1.0)
    return seconds


def main(arguments: Sequence[str] | None = None) -> None:
    """Measures one folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rounds", type=int, default=20)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch) / "copy"
        shutil.copytree(options.folder, root, ignore=shutil.ignore_patterns(".git"))
        os.environ["INHOUSE_CACHE_DIR"] = str(Path(scratch) / "cache")
        os.environ["INHOUSE_DATA_DIR"] = str(Path(scratch) / "data")
        python = sorted(path for path in root.rglob("*.py") if 2_000 < path.stat().st_size < 40_000)
        client = WireClient(SERVE)
        try:
            client.start(root, "utf-16", {"power": "full"})
            client.notify(
                "textDocument/didOpen",
                {"textDocument": {"uri": (root / "new.py").as_uri(), "languageId": "python", "version": 1, "text": ""}},
            )
            end = time.monotonic() + LIMIT_S
            while not is_read(client):
                threading.Event().wait(0.1)
                assert time.monotonic() < end, "never read"
            project = Project(root)
            seconds = saves(client, project, python[len(python) // 2], options.rounds, types_on=False)
            typing = saves(client, project, python[len(python) // 3], options.rounds, types_on=True)
            found: dict[str, object] = {"files": project.figures().files, "lines": project.figures().lines}
            project.close()
            client.close()
        finally:
            client.kill()
    for name, times in (("save", seconds), ("save_then_typing", typing)):
        for share in (0.5, 0.95, 1.0):
            found[f"{name}_p{share * 100:.0f}_ms"] = round(float(np.quantile(times, share)) * 1e3, 1)
    print(json.dumps(found))


if __name__ == "__main__":
    main()
