"""A process of our own beside this one, for work that would hold up typing or that two processors do faster.

Speaks pickles over pipes with the program that started it, and ends when that one ends, however it ends. Runs only
functions of this package, named by the table below.
"""

import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil

from inhouse.context import reading
from inhouse.context.conventions import Conventions, mine
from inhouse.context.conventions.pins import read_pins
from inhouse.context.files import Entry
from inhouse.context.files import read as read_text
from inhouse.context.modules import Modules
from inhouse.context.reading import Reading


class AsideError(Exception):
    """The process could not be started or has gone: the work is to be done here."""


class Aside:
    """One process; one job at a time."""

    def __init__(self) -> None:
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
        command = [sys.executable, "-P", "-m", __name__]
        try:
            self.process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment
            )
        except OSError as error:
            raise AsideError(str(error)) from error
        self._lock = threading.Lock()

    def do(self, job: str, *arguments: object) -> Any:
        """What the job of the table gives; raises AsideError."""
        into, out = self.process.stdin, self.process.stdout
        assert into is not None, "made with a pipe"
        assert out is not None, "made with a pipe"
        try:
            with self._lock:
                pickle.dump((job, arguments), into)
                into.flush()
                done, answer = pickle.load(out)
        except (OSError, ValueError, EOFError, pickle.UnpicklingError) as error:
            raise AsideError(f"the process aside has gone: {error}") from error
        if not done:
            raise AsideError(str(answer))
        return answer

    def close(self) -> None:
        """Ends the process, also in the middle of a job."""
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()


def read_files(root: Path, entries: Sequence[Entry]) -> list[Reading | str]:
    """The readings of some files; a path stands for a file that is not to be indexed."""
    return [reading.read(root, entry) or entry.path for entry in entries]


def mine_files(root: Path, files: Sequence[tuple[str, str]]) -> Conventions:
    """The conventions of (path, language) files as the disk has them; from now on this process gives way to others."""
    if sys.platform == "win32":
        psutil.Process().nice(psutil.IDLE_PRIORITY_CLASS)
    else:
        os.nice(_LEAST_NICE)
    modules = Modules((path for path, _ in files), lambda path: read_text(root / path), root.name)
    texts = ((path, language, text) for path, language in files if (text := read_text(root / path)) is not None)
    return mine(texts, modules, read_pins(root))


_LEAST_NICE = 19

_JOBS: dict[str, Callable[..., Any]] = {"read_files": read_files, "mine_files": mine_files}


def serve() -> None:
    """Does jobs until the other end is closed."""
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints must not stand between the answers
    while True:
        try:
            job, arguments = pickle.load(sys.stdin.buffer)
        except (EOFError, OSError, KeyboardInterrupt):
            return
        try:
            answer: tuple[bool, Any] = (True, _JOBS[job](*arguments))
        except KeyboardInterrupt:
            return
        except Exception as error:  # noqa: BLE001 - told to the other side, which does the work itself
            answer = (False, f"{type(error).__name__}: {error}")
        try:
            pickle.dump(answer, out)
            out.flush()
        except OSError:
            return


if __name__ == "__main__":
    serve()
