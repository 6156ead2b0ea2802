"""A folder of our own with a repository's state at one commit, which alone is indexed; it can follow later commits."""

from __future__ import annotations

import re
import shutil
from hashlib import blake2b
from pathlib import Path, PurePosixPath

from inhouse.model.store import default_cache_folder
from inhouse.replay.git import Git


class Checkout:
    """The state of `git` at a commit, in `folder`."""

    def __init__(self, git: Git, commit: str, folder: Path) -> None:
        self.folder = folder
        self._git = git
        self._commit = ""
        self.reset(commit)

    def reset(self, commit: str) -> None:
        """Exactly the commit's files, whatever was there."""
        if self._commit == commit:
            return
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        self._git.extract(commit, self.folder)
        self._commit = commit

    def follow(self, commit: str) -> None:
        """Bring the files from where they are to a later commit; only what differs is written."""
        if self._commit == commit:
            return
        for path in self._git.changed(self._commit, commit, kinds="AMDT"):
            place = self.folder / path
            text = self._git.file(commit, path)
            if ".." in PurePosixPath(path).parts:
                continue
            if text is None:
                place.unlink(missing_ok=True)
            else:
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_text(text, encoding="utf-8")
        self._commit = commit


def folder_for(root: Path, commit: str) -> Path:
    """Where this state of this repository goes: the same each time, so that its index is made once."""
    mark = blake2b(str(root.resolve()).encode("utf-8", "surrogateescape"), digest_size=6).hexdigest()
    name = re.sub(r"[^\w.-]", "_", root.resolve().name)[:40] or "root"
    cache = default_cache_folder()
    return cache / "histories" / f"{mark}-{commit[:10]}" / name
