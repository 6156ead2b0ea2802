"""How soon a killed server is back: from the start of a new process to its first answer, and what that costs.

    python tests/faults/back.py [--tries 20] [--engine scripted] [--other CHECKOUT] [--kept]

Each try starts a server in a small project that was read before, asks at once and kills it. `--other`: another
checkout, measured in turn with this one. `--kept`: as where Python keeps compiled modules itself, else as where it does
not. The last line is one JSON object.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import psutil

sys.path[:0] = [str(Path(__file__).parents[1] / "support"), str(Path(__file__).parents[2])]

from tests.faults.conftest import BASKET, PRICES  # noqa: E402
from tests.faults.test_kills import begun, place  # noqa: E402
from wire_client import WireClient  # noqa: E402  (the path is set above)

HERE = Path(__file__).parents[2]
READ_S = 15.0
"""After so long a first start has read the project, measured the machine and kept what it compiled."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tries", type=int, default=20)
    parser.add_argument("--engine", choices=("core", "scripted"), default="core")
    parser.add_argument("--other", type=Path)
    parser.add_argument("--kept", action="store_true")
    chosen = parser.parse_args()
    checkouts = {"this": HERE} | ({"other": chosen.other.resolve()} if chosen.other else {})
    with tempfile.TemporaryDirectory() as folder:
        tries = {
            name: Tries(checkout, Path(folder) / name, chosen.engine, chosen.kept)
            for name, checkout in checkouts.items()
        }
        for one in tries.values():
            one.start_once(READ_S)
        for _ in range(chosen.tries):
            for one in tries.values():
                one.note(*one.start_once())
        told = {name: one.figures() for name, one in tries.items()}
    print(json.dumps({"engine": chosen.engine, "kept": chosen.kept, "load": os.getloadavg()[0], **told}))


class Tries:
    """Starts of one checkout's server, in a project and with folders of its own."""

    def __init__(self, checkout: Path, folder: Path, engine: str, kept: bool) -> None:
        self.root = folder / "shop"
        self.root.mkdir(parents=True)
        for name, text in (("pyproject.toml", ""), ("prices.py", PRICES), ("basket.py", BASKET)):
            (self.root / name).write_text(text)
        core = [sys.executable, "-m", "inhouse.cli", "serve", "--stdio"]
        self.command = core if engine == "core" else [sys.executable, str(checkout / "tests/faults/fuzz_server.py")]
        self.environment = {f"INHOUSE_{name}_DIR": str(folder / name.lower()) for name in ("CACHE", "CONFIG", "DATA")}
        self.environment |= {"INHOUSE_POWER": "full", "PYTHONDONTWRITEBYTECODE": "" if kept else "1"}
        self.environment["PYTHONPYCACHEPREFIX"] = str(folder / "python") if kept else ""
        self.environment["PYTHONPATH"] = os.pathsep.join(str(checkout / part) for part in ("lsp", "model", "context"))
        self.seconds: list[float] = []
        self.costs: list[float] = []

    def start_once(self, stay_s: float = 0.0) -> tuple[float, float]:
        """Seconds to the first answer, and seconds of a processor that the process used for it."""
        os.environ.update(self.environment)
        began = time.monotonic()
        client = begun(self.root, self.command)
        try:
            answer = client.answer(client.ask("textDocument/inlineCompletion", place(self.root)))
            took, cost = time.monotonic() - began, cost_of(client)
            assert "items" in answer["result"]
            time.sleep(stay_s)
        finally:
            client.kill()
        return took, cost

    def note(self, took: float, cost: float) -> None:
        self.seconds.append(took)
        self.costs.append(cost)

    def figures(self) -> dict[str, Sequence[float]]:
        """The least, the median and the most of each."""
        both = {"seconds": sorted(self.seconds), "processor_s": sorted(self.costs)}
        return {name: [round(one, 3) for one in (of[0], statistics.median(of), of[-1])] for name, of in both.items()}


def cost_of(client: WireClient) -> float:
    """Of the process, and of those that it started."""
    process = psutil.Process(client.process.pid)
    return sum(sum(one.cpu_times()[:4]) for one in (process, *process.children(recursive=True)))


if __name__ == "__main__":
    main()
