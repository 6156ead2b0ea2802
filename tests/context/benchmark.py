"""How fast a project is read and asked: `python tests/context/benchmark.py DIR [--queries N] [--ctags]`.

`--ctags`: universal-ctags reads the same folder in the same run, right after our first index. Prints figures for
people; the last line is one JSON object. Times of queries are this thread's CPU time beside the wall time: on a busy
machine only the first says what the code costs.
"""

import argparse
import json
import random
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from inhouse.context import Ngram, Project
from inhouse.context.terms import words

Times = list[tuple[float, float]]


def quantiles(name: str, times: Times) -> dict[str, float]:
    """Median and 95th percentile in milliseconds, of wall and of CPU time."""
    found: dict[str, float] = {}
    for kind, values in (("wall", [wall for wall, _ in times]), ("cpu", [cpu for _, cpu in times])):
        found[f"{name}_{kind}_p50_ms"] = round(float(np.quantile(values, 0.5)) * 1e3, 3)
        found[f"{name}_{kind}_p95_ms"] = round(float(np.quantile(values, 0.95)) * 1e3, 3)
    return found


def timed(times: Times, work: Callable[..., object], *args: object) -> None:
    """Adds the measurement of one call."""
    wall, cpu = time.perf_counter(), time.thread_time()
    work(*args)
    times.append((time.perf_counter() - wall, time.thread_time() - cpu))


def queries(project: Project, count: int, burst: bool) -> dict[str, float]:
    """Whole context queries at random places: the first one in a file, then one for each of three typed characters.

    `opened`: in half of the files, after the editor opened the file and what is looked up then is there. What is done
    aside after a query is waited for, as between two keys, but not in a burst.
    """

    def ask(times: Times, path: str, text: str, offset: int) -> None:
        timed(times, project.gather, project.root / path, text, offset, 2500)
        if not burst:
            project.settle(60)

    rng = random.Random(1)
    first: Times = []
    opened: Times = []
    typing: Times = []
    typing_opened: Times = []
    names: Times = []
    paths = sorted(project.files())
    for number in range(count):
        path = rng.choice(paths)
        text = project.text(path) or ""
        offset = rng.randrange(len(text) + 1)
        if number % 2:
            project.update(project.root / path, text)
            project.settle(60)
        ask(opened if number % 2 else first, path, text, offset)
        for typed in ("s", "se", "sel"):
            now = text[:offset] + typed + text[offset:]
            at = offset + len(typed)
            ask(typing, path, now, at)
            if number % 2:
                typing_opened.append(typing[-1])
        timed(names, project.names, project.root / path, text, offset)
        if number % 2:
            project.update(project.root / path, None)
            project.settle(60)
    return (
        quantiles("gather_first", first)
        | quantiles("gather_opened", opened)
        | quantiles("gather_typing", typing)
        | quantiles("gather_typing_opened", typing_opened)
        | quantiles("names", names)
    )


def freshness(project: Project, rounds: int = 10) -> dict[str, float]:
    """From an editor's change until the index has it, with the index of the whole project in use."""
    path = sorted(project.files())[len(project.files()) // 2]
    text = project.text(path) or ""
    times: list[float] = []
    tick = threading.Event()
    for number in range(rounds):
        name = f"fresh_name_{number}_{int(time.time())}"
        began = time.perf_counter()
        project.update(project.root / path, f"{text}\n{name} = 1\n")
        while not project.knows(name):
            tick.wait(0.005)
        times.append(time.perf_counter() - began)
        project.settle(10)
    project.update(project.root / path, None)
    project.settle(10)
    return {"fresh_p50_ms": round(float(np.median(times)) * 1e3, 1), "fresh_max_ms": round(max(times) * 1e3, 1)}


def ngram(project: Project, count: int) -> dict[str, float]:
    """The project n-gram over words as tokens (no model is at hand here): size, time to build, to ask, to update."""
    vocabulary: dict[str, int] = {}
    files = {
        path: np.asarray([vocabulary.setdefault(word, len(vocabulary) + 1) for word in words(text)], dtype=np.int32)
        for path in sorted(project.files())
        if (text := project.text(path))
    }
    model = Ngram()
    began = time.perf_counter()
    model.update_many(files, recent=False)
    build_s = time.perf_counter() - began
    rng = random.Random(2)
    asked: Times = []
    drafted: Times = []
    changed: Times = []
    paths = [path for path, tokens in files.items() if len(tokens) > 50]
    for index in range(count):
        path = rng.choice(paths)
        tokens = files[path]
        at = rng.randrange(20, len(tokens))
        place = model.at(tokens[:at], tokens[at + 5 :], own=path)
        timed(asked, place.next_tokens, 16)
        timed(drafted, place.continuation, 16)
        if index % 20 == 0:
            timed(changed, model.update, path, tokens)
    found = quantiles("ngram_next", asked) | quantiles("ngram_draft", drafted) | quantiles("ngram_update", changed)
    return {"ngram_tokens": float(len(model)), "ngram_build_s": round(build_s, 2)} | found


def ctags_s(folder: Path) -> float:
    """Seconds that universal-ctags takes for a folder's own files, by what it does without being told."""
    with tempfile.TemporaryDirectory() as out:
        began = time.perf_counter()
        subprocess.run(["ctags", "-R", "-f", f"{out}/tags", str(folder)], check=True, capture_output=True)
        return time.perf_counter() - began


def main(arguments: Sequence[str] | None = None) -> None:
    """Measures one folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--queries", type=int, default=300)
    parser.add_argument("--ctags", action="store_true")
    parser.add_argument("--burst", action="store_true", help="ask without a pause between the keys")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as cache:
        project = Project(options.folder, Path(cache))
        figures = project.refresh()
        ctags = ctags_s(options.folder) if options.ctags else None
        again = project.refresh()
        found: dict[str, object] = {
            "files": figures.files,
            "lines": figures.lines,
            "lines_per_s": round(figures.read_lines / figures.seconds),
            "index_share": round(figures.index_bytes / max(1, figures.source_bytes), 3),
            "nothing_changed_s": round(again.seconds, 3),
        }
        if ctags is not None:
            found |= {"ctags_s": round(ctags, 3), "times_ctags": round(figures.seconds / ctags, 2)}
        project.watch()
        project.settle(60)
        found |= queries(project, options.queries, options.burst) | freshness(project) | ngram(project, options.queries)
        project.close()
    for name, value in found.items():
        print(f"{name:28} {value}")
    print(json.dumps(found))


if __name__ == "__main__":
    main()
