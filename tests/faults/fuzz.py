"""Run as a program: random sessions until so many steps are done, each round with a server of its own.

Each round is one line of JSON in the log with its seed; a run that was stopped goes on behind the last line, and one
that has failed can be repeated alone: `--only ROUND`. Every twentieth round runs the embedded core.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent / "support"), str(HERE.parents[1])]

from tests.faults.session import Session  # noqa: E402  (the path is set above)

CORE_EVERY = 20
CORE_SHARE = 8
"""A round with the core has this much fewer steps: an answer takes it 20 ms, the scripted engine none."""
CHECK_EVERY = 25


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--steps", type=int, default=10_000, help="all rounds together, those of the log included")
    parser.add_argument("--round", type=int, default=2_000, help="steps with one server")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--log", type=Path, default=Path("fuzz.jsonl"))
    parser.add_argument("--only", type=int, help="repeat this round alone")
    options = parser.parse_args()
    if options.only is not None:
        row = one_round(options.only, options.seed, options.round)
        print(json.dumps(row))
        return 1 if row["failure"] else 0
    rows = [json.loads(line) for line in options.log.read_text().splitlines()] if options.log.exists() else []
    while sum(row["steps"] for row in rows) < options.steps:
        left = options.steps - sum(row["steps"] for row in rows)
        row = one_round(len(rows), options.seed, min(options.round, left))
        rows.append(row)
        with options.log.open("a") as log:
            log.write(json.dumps(row) + "\n")
    totals = {name: sum(row[name] for row in rows) for name in ("steps", "requests", "items", "seconds")}
    failures = [row["round"] for row in rows if row["failure"]]
    print(json.dumps({**totals, "rounds": len(rows), "failed_rounds": failures}))
    return 1 if failures else 0


def one_round(number: int, seed: int, steps: int) -> dict[str, Any]:
    """What came of one server's session; a failure is told, not raised, so that the others go on."""
    began, done, figures, failure = time.monotonic(), 0, {"requests": 0, "items": 0}, None
    core = number % CORE_EVERY == CORE_EVERY - 1
    if core:
        steps = -(-steps // CORE_SHARE)
    memory = Path("/dev/shm")  # a disk in memory, where there is one
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as name:
        for kind in ("CACHE", "CONFIG", "DATA"):
            os.environ[f"INHOUSE_{kind}_DIR"] = str(Path(name) / kind)
        session: Session | None = None
        try:
            session = Session(Path(name), seed * 1_000_003 + number, core=core)
            for done in range(1, steps + 1):
                session.step()
                if done % CHECK_EVERY == 0:
                    session.check()
            figures = session.finish()
        except (AssertionError, OSError, KeyError) as error:
            told = (Path(name) / "stderr").read_text(errors="replace")[-2000:]
            deeds = " ".join(session.done) if session else "nothing"
            failure = f"{type(error).__name__}: {str(error)[:2000]}\nafter {deeds}\n{told}"
        finally:
            if session is not None:
                session.client.kill()
    seconds = round(time.monotonic() - began, 2)
    what = {"round": number, "seed": seed, "core": core, "steps": done}
    return {**what, **figures, "seconds": seconds, "failure": failure}


if __name__ == "__main__":
    sys.exit(main())
