"""Fetches one model onto the shelf: resumable, checked before it counts, there as a whole or not at all.

It runs only when the user asked for it by name, and asks nobody but the hub.
"""

from __future__ import annotations

import errno
import itertools
import os
import shutil
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from inhouse.model.catalogue import Choice
from inhouse.model.fill import ModelError
from inhouse.model.gguf import read_header
from inhouse.model.hub import HubAway, Stated
from inhouse.model.shelf import Held, Shelf, sha256_of

if TYPE_CHECKING:
    from inhouse.model.hub import HuggingFace

ATTEMPTS = 5
"""Breaks of the connection in a row without a single new byte."""
PAUSE_S = 2.0
SPARE_BYTES = 50_000_000
"""Left free on the disk: filling it to the last byte harms other programs."""

Progress = Callable[[int, int], None]
"""Gets (bytes here, bytes in all)."""


def free_bytes(folder: Path) -> int:
    """Room on the disk of a folder, which need not exist yet. Raises OSError."""
    while not folder.exists():
        folder = folder.parent
    return shutil.disk_usage(folder).free


def pull(
    choice: Choice,
    shelf: Shelf,
    hub: HuggingFace,
    *,
    progress: Progress | None = None,
    free: Callable[[Path], int] = free_bytes,
    pause: Callable[[float], None] = time.sleep,
) -> Held:
    """Fetch the file, taking up what an earlier try has left; one that is here and right is not fetched again.

    Raises ModelError with what to do.
    """
    folder = shelf.folder / choice.folder
    with _alone(choice, folder):
        return _pull(choice, shelf, hub, folder, progress or (lambda _here, _all: None), free, pause)


@contextmanager
def _alone(choice: Choice, folder: Path) -> Generator[None]:
    """Two pulls of the same model would write into the same file."""
    from filelock import FileLock, Timeout

    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / ".lock", timeout=0):
            yield
    except Timeout:
        raise ModelError(f"{choice.name}: another pull is fetching it; wait for it") from None
    except OSError as error:
        raise _disk_error(error, folder) from None


def _pull(
    choice: Choice,
    shelf: Shelf,
    hub: HuggingFace,
    folder: Path,
    progress: Progress,
    free: Callable[[Path], int],
    pause: Callable[[float], None],
) -> Held:
    stated = _patiently(lambda: hub.state(choice.file), choice, hub, folder, pause)
    if choice.file.sha256 not in (None, stated.sha256):
        raise ModelError(
            f"{choice.name}: the hub's file is not the one that the catalogue pins (checksum differs); update "
            "inhouse, or take another source"
        )
    target = folder / Path(stated.file).name
    partial = folder / f"{stated.sha256[:16]}.partial"
    _clear(folder, partial)
    if not (_size(target) == stated.bytes and sha256_of(target) == stated.sha256):
        _room(stated, partial, free)
        _fetch(stated, partial, choice, hub, progress, pause)
        _check(stated, partial, choice)
        with partial.open("rb") as file:
            os.fsync(file.fileno())
        partial.replace(target)
    by = "catalogue" if choice.file.sha256 else "hub"
    held = Held(
        choice.name, target, stated.bytes, stated.sha256, by, choice.file.repository, stated.commit,
        choice.entry.licence, choice.entry.family,
    )  # fmt: skip
    shelf.note(held)
    return held


def _room(stated: Stated, partial: Path, free: Callable[[Path], int]) -> None:
    """Refuse before the first byte what will not fit."""
    missing = stated.bytes - _size(partial) + SPARE_BYTES
    there = free(partial.parent)
    if there < missing:
        raise ModelError(
            f"{partial.parent}: {missing / 1e9:.2f} GB are needed, {there / 1e9:.2f} GB are free; make room, or set "
            "INHOUSE_DATA_DIR to a folder on another disk"
        )


def _clear(folder: Path, keep: Path) -> None:
    """Half-fetched files of older versions are of no use any more."""
    for old in folder.glob("*.partial"):
        if old != keep:
            old.unlink(missing_ok=True)


def _fetch(
    stated: Stated, partial: Path, choice: Choice, hub: HuggingFace, progress: Progress, pause: Callable[[float], None]
) -> None:
    """Append until the file has its length; a break in between is taken up where it happened."""
    if _size(partial) > stated.bytes:
        partial.unlink()
    tries = 0
    while (before := _size(partial)) < stated.bytes:
        try:
            _append(stated, partial, before, hub, progress)
        except HubAway as away:
            tries = 0 if _size(partial) > before else tries + 1
            if tries >= ATTEMPTS:
                raise _offline(away, choice, hub, partial.parent) from None
            pause(PAUSE_S * tries)
        else:
            tries = 0 if _size(partial) > before else tries + 1
            if tries >= ATTEMPTS:
                raise _offline(HubAway("the file ends too early"), choice, hub, partial.parent)


def _append(stated: Stated, partial: Path, offset: int, hub: HuggingFace, progress: Progress) -> None:
    with hub.read(stated, offset) as (begins, chunks), partial.open("r+b" if offset else "wb") as file:
        file.seek(begins)
        file.truncate()  # a hub that ignores the range sends everything again
        here = begins
        for chunk in chunks:
            here += len(chunk)
            if here > stated.bytes:
                break  # more than was stated: the checksum will tell
            file.write(chunk)
            progress(here, stated.bytes)


def _check(stated: Stated, partial: Path, choice: Choice) -> None:
    """A file with another checksum is thrown away: nothing in it can be trusted."""
    if sha256_of(partial) != stated.sha256:
        partial.unlink()
        raise ModelError(
            f"{choice.name}: what came is damaged (checksum differs) and was deleted; pull again, and if it happens "
            "again, take another network or mirror (HF_ENDPOINT)"
        )
    try:
        read_header(partial)
    except ModelError as error:
        partial.unlink()
        raise ModelError(f"{choice.name}: what the hub holds is no whole GGUF file ({error}); take another") from None


def _patiently(
    ask: Callable[[], Stated], choice: Choice, hub: HuggingFace, folder: Path, pause: Callable[[float], None]
) -> Stated:
    for number in itertools.count(1):
        try:
            return ask()
        except HubAway as away:
            if number == ATTEMPTS:
                raise _offline(away, choice, hub, folder) from None
            pause(PAUSE_S * number)
    raise AssertionError("counting does not end")


def _offline(away: HubAway, choice: Choice, hub: HuggingFace, folder: Path) -> ModelError:
    name = Path(choice.file.file).name if choice.file.file else "the file"
    return ModelError(
        f"{choice.name}: {hub.endpoint} cannot be reached ({away}). Online: see to network, proxy (HTTPS_PROXY) or "
        f"mirror (HF_ENDPOINT) and pull again; what has come is kept. Offline: fetch {hub.url(choice.file)} on another "
        f"machine, copy {name} into {folder}, then `inhouse model verify {choice.folder}`"
    )


def _disk_error(error: OSError, folder: Path) -> ModelError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return ModelError(
            f"{folder}: the disk is full; make room or set INHOUSE_DATA_DIR to another disk, and pull again: what has "
            "come is kept"
        )
    return ModelError(f"{error.filename or folder}: {error.strerror}; see to its permissions and pull again")


def _size(path: Path) -> int:
    with suppress(OSError):
        return path.stat().st_size
    return 0
