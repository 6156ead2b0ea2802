"""Reads a repository through the `git` program: commits, their files, their changed lines. It writes nothing there."""

from __future__ import annotations

import io
import os
import re
import subprocess
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_HUNK = re.compile(r"^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@", re.MULTILINE)
_TIMEOUT_S = 300
_MAX_FILE_BYTES = 1 << 20
"""Larger files of a commit are not written out: the index passes over them anyway."""


class GitError(Exception):
    """The repository cannot be read; the message is one line for the user."""


@dataclass(frozen=True, slots=True)
class Lines:
    """A changed stretch: lines `old_start`.. (from 1, `old_count` of them) became `new_start`.., `new_count`."""

    old_start: int
    old_count: int
    new_start: int
    new_count: int


class Git:
    """One repository, with a work tree or bare."""

    def __init__(self, root: Path) -> None:
        self.root = root
        if self._text("rev-parse", "--is-bare-repository").strip() == "false":
            self.root = Path(self._text("rev-parse", "--show-toplevel").strip())  # paths are told from there

    def commits(self, count: int) -> list[str]:
        """The last `count` + 1 commits on the first-parent line, newest first."""
        return self._text("rev-list", "--first-parent", f"--max-count={count + 1}", "HEAD").split()

    def resolve(self, revision: str) -> str:
        return self._text("rev-parse", "--verify", "--end-of-options", revision + "^{commit}").strip()

    def author(self, commit: str) -> str:
        return self._text("show", "-s", "--format=%an", commit).strip()

    def changed(self, old: str, new: str, kinds: str = "AM") -> list[str]:
        """Paths that differ between two commits; kinds are git's letters: added, modified, deleted."""
        found = self._text("diff", "--name-only", "-z", "--no-renames", f"--diff-filter={kinds}", old, new)
        return [name for name in found.split("\0") if name]

    def file(self, commit: str, path: str) -> str | None:
        """A file's text at a commit with LF line ends; None if it is not there or not text."""
        try:
            return self._run("cat-file", "blob", f"{commit}:{path}").decode("utf-8").replace("\r\n", "\n")
        except (GitError, UnicodeDecodeError):
            return None

    def hunks(self, old: str, new: str, path: str) -> list[Lines]:
        """The changed stretches of a file, from its top."""
        options = ("-U0", "--no-renames", "--no-ext-diff", "--no-textconv", "--no-color", "--diff-algorithm=histogram")
        text = self._text("diff", *options, old, new, "--", path)
        return [Lines(*(1 if part is None else int(part) for part in found.groups())) for found in _HUNK.finditer(text)]

    def extract(self, commit: str, folder: Path) -> None:
        """Write the files of a commit into a folder of our own."""
        data = io.BytesIO(self._run("archive", "--format=tar", commit))
        with tarfile.open(fileobj=data) as archive:
            archive.extractall(folder, members=_plain(archive), filter="data")

    def _text(self, *arguments: str) -> str:
        return self._run(*arguments).decode("utf-8", "replace")

    def _run(self, *arguments: str) -> bytes:
        # Nothing that the repository's own settings name may be run: no monitor of files, no pager.
        command = ["git", "-C", str(self.root), "--no-optional-locks", "--no-pager", "-c", "core.fsmonitor=false"]
        environment = {**os.environ, "LC_ALL": "C"}
        try:
            done = subprocess.run(
                [*command, *arguments], capture_output=True, check=False, env=environment, timeout=_TIMEOUT_S
            )
        except FileNotFoundError:
            raise GitError("git is not installed; replaying a history needs it") from None
        except subprocess.TimeoutExpired:
            raise GitError(f"{self.root}: git {arguments[0]} took longer than {_TIMEOUT_S} s") from None
        if done.returncode:
            said = done.stderr.decode("utf-8", "replace").strip().splitlines() or ["no reason given"]
            raise GitError(f"{self.root}: git {arguments[0]}: {said[-1]}")
        return done.stdout


def _plain(archive: tarfile.TarFile) -> Iterator[tarfile.TarInfo]:
    return (member for member in archive if member.isdir() or (member.isfile() and member.size <= _MAX_FILE_BYTES))
