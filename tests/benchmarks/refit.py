"""Fits all that depends on the core again, one after the other, as each needs what was fitted before it.

Usage: refit.py FOLDER [--repository DIR ...] [--jobs N] [--packages DIR]
                [--steps mix gate lines words whole further display]
What was collected stays in FOLDER and is not collected again: a run that was broken off goes on where it was, and after
another core a new folder is wanted. The development packages are fetched as by public_set.py, or taken from --packages;
repositories (bare ones, too) are typed with their later commits. The fits replace what travels with the program.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from public_set import Pin, unpacked

HERE = Path(__file__).parent
STEPS = ("mix", "gate", "lines", "words", "whole", "further", "display")
_HOLES, _TEXTS, _WHOLE = 150, 14, 84


@dataclass(frozen=True, slots=True)
class Data:
    """What is fitted on, and where the rows are kept."""

    folder: Path
    packages: Sequence[Path]
    more: Sequence[Path]
    """Packages of which only holes are wanted, for the chances of whole lines."""
    repositories: Sequence[Path]
    jobs: int

    def collected(self, name: str, roots: Sequence[Path], command: Callable[[Path, Path], Sequence[str]]) -> list[str]:
        """One file of rows a root, made by `command(root, file)` where it is not there yet."""
        with ThreadPoolExecutor(self.jobs) as pool:
            return list(pool.map(lambda root: self._collected(name, root, command), roots))

    def _collected(self, name: str, root: Path, command: Callable[[Path, Path], Sequence[str]]) -> str:
        stem = root.parent.name if root.name == "repo" else root.name
        found, part = self.folder / f"{name}-{stem}.jsonl", self.folder / f"{name}-{stem}.part"
        if not found.exists():
            part.unlink(missing_ok=True)
            run(*command(root, part))
            part.rename(found)
        return str(found)


def mix(data: Data) -> None:
    out = data.folder / "forced"
    if not (out / "done").exists():
        run("forced.py", *map(str, data.packages), "--out", str(out))
        (out / "done").touch()
    run("fit_mix.py", str(out), "--write")


def gate(data: Data) -> None:
    def command(root: Path, out: Path) -> Sequence[str]:
        told = ("--sample", str(_HOLES), "--seed", "1", "--arm", "no-lines", "--threads", "1", "--out", str(out))
        return ("-m", "inhouse.cli", "bench", "replay", "--root", str(root), *told)

    run("fit_gate.py", *data.collected("gate", data.packages, command), "--write")


def lines(data: Data) -> None:
    def command(root: Path, out: Path) -> Sequence[str]:
        return ("fit_ranking.py", "collect", str(root), "--sample", str(_HOLES), "--out", str(out))

    run("fit_ranking.py", "fit", *data.collected("lines", data.packages, command), "--write")


def words(data: Data) -> None:
    run("fit_beginnings.py", "fit", *_words(data), "--write")


def whole(data: Data) -> None:
    run("fit_lines.py", "fit", *_whole(data), *_words(data), "--write")


def further(data: Data) -> None:
    run("fit_further.py", *_whole(data), *_words(data), "--write")


def display(data: Data) -> None:
    run("fit_display.py", *_whole(data), *_words(data), "--write")


def _whole(data: Data) -> list[str]:
    def command(root: Path, out: Path) -> Sequence[str]:
        return ("fit_lines.py", "collect", str(root), "--sample", str(_WHOLE), "--out", str(out))

    return data.collected("whole", [*data.packages, *data.more], command)


def _words(data: Data) -> list[str]:
    def command(root: Path, out: Path) -> Sequence[str]:
        return ("fit_beginnings.py", "collect", str(root), "--texts", str(_TEXTS), "--out", str(out))

    return data.collected("words", [*data.packages, *data.repositories], command)


def run(*command: str) -> None:
    """One of the scripts beside this one, or a module; ends all where it fails."""
    told = command if command[0] == "-m" else (str(HERE / command[0]), *command[1:])
    print(" ".join(command), flush=True)
    subprocess.run([sys.executable, *told], check=True)


def packages_of(folder: Path, given: Path | None, part: str) -> list[Path]:
    pins = [Pin(**entry) for entry in json.loads((HERE / "development_set.json").read_text())[part]]
    known = [given / pin.name if given else folder / "packages" / pin.name for pin in pins]
    return [
        path if path.exists() else unpacked(pin, folder / "packages") for pin, path in zip(pins, known, strict=True)
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--repository", type=Path, action="append", default=[])
    parser.add_argument("--packages", type=Path, help="a folder that has the development packages unpacked")
    parser.add_argument("--jobs", type=int, default=2, help="collectors at a time; each takes a core")
    parser.add_argument("--steps", nargs="+", choices=STEPS, default=list(STEPS))
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    folder, given = options.folder.resolve(), options.packages and options.packages.resolve()
    packages, more = (packages_of(folder, given, part) for part in ("packages", "more"))
    repositories = [path.resolve() for path in options.repository]
    data = Data(folder, packages, more, repositories, options.jobs)
    for step in (mix, gate, lines, words, whole, further, display):
        if step.__name__ in options.steps:
            step(data)


if __name__ == "__main__":
    main()
