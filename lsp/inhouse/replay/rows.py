"""A file of finished answers, one JSON object a line, so that a run that was broken off goes on where it was."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, cast

from inhouse.completion import Settings
from inhouse.model.shelf import sha256_of
from inhouse.replay.cases import CaseError


def run_of(model: Path, settings: Settings, *asked: object) -> str:
    """Names a run by all that its rows hang on: the model's file by its content, the settings, what was asked for.

    Raises OSError.
    """
    told = sorted((name, value) for name, value in asdict(settings).items() if name != "model")
    digest = hashlib.sha256(repr(told).encode()).hexdigest()[:12]
    return " ".join([model.stem, sha256_of(model)[:12], digest, *map(str, asked)])


class Rows:
    """The rows of one run in a file, or, without a file, in nobody's keeping."""

    def __init__(self, file: Path | None, run: str) -> None:
        """`run` names what the rows belong to: the model and what is measured. Raises CaseError for another run's."""
        self._file = file
        self._run = run
        self.finished: list[dict[str, Any]] = []
        if file is not None and file.exists():
            self.finished = list(self._read(file))
            self._end_line(file)

    def add(self, row: Mapping[str, object]) -> None:
        """Keep a row; it is on the disk when this returns."""
        if self._file is not None:
            with self._file.open("a", encoding="utf-8") as out:
                out.write(json.dumps({"run": self._run, **row}) + "\n")

    def _read(self, file: Path) -> Iterator[dict[str, Any]]:
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            try:
                row = json.loads(line)
            except ValueError:
                continue  # the line that was being written when the run was broken off
            if not isinstance(row, dict) or cast("dict[str, Any]", row).pop("run", None) != self._run:
                raise CaseError(f"{file}:{number}: is of another run; name another file or remove this one")
            yield cast("dict[str, Any]", row)

    @staticmethod
    def _end_line(file: Path) -> None:
        data = file.read_bytes()
        if data and not data.endswith(b"\n"):
            with file.open("ab") as out:
                out.write(b"\n")
