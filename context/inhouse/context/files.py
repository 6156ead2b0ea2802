"""Walks a project and reads its source files: which there are, and their text with LF line ends.

Follows no symbolic links: a link inside the tree is a duplicate, one to the outside is not the project's.
"""

import errno
import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from inhouse.context import ignore
from inhouse.context.languages import language_of

LARGEST_BYTES = 1_000_000
"""Bigger source files are data or generated; parsing one would take longer than a second."""

MOST_FILES = 120_000
"""Bounds memory and time when somebody opens a folder that is no project, such as a home folder."""

_PROBE_BYTES = 8192
"""A zero byte in the first so many makes a file binary, as git sees it."""

_ROOT_MARKS = (
    ".git", ".hg", ".svn", "pyproject.toml", "setup.py", "package.json", "go.mod", "Cargo.toml", "pom.xml",
    "build.gradle", "build.gradle.kts", "settings.gradle", "CMakeLists.txt", "composer.json", "Gemfile", "inhouse.toml",
)  # fmt: skip
_CODING = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")


@dataclass(frozen=True, slots=True)
class Entry:
    """A source file found on the disk; size in bytes, time of change in nanoseconds."""

    path: str
    size: int
    mtime_ns: int


@dataclass(slots=True)
class Walk:
    """What a walk has seen so far besides the entries that it gave."""

    skipped: int = 0
    beyond: int = 0
    """Of these, the files above MOST_FILES."""


def find_root(path: Path) -> Path:
    """The nearest folder upwards with a project's mark, version control before build files; else the file's folder."""
    path = path.absolute()
    start = path if path.is_dir() else path.parent
    nearest: Path | None = None
    for folder in (start, *start.parents):
        if folder == Path.home() or folder == folder.parent:
            break
        if any((folder / mark).exists() for mark in _ROOT_MARKS[:3]):
            return folder
        if nearest is None and any((folder / mark).exists() for mark in _ROOT_MARKS):
            nearest = folder
    return nearest or start


def walk(root: Path, seen: Walk) -> Iterator[Entry]:
    """Every source file below the root that is not ignored, in the order of paths; what is too large is counted."""
    ignored = ignore.Ignored()
    given = 0
    pending = [""]
    while pending:
        folder = pending.pop()
        names, folders = _scan(root, folder, ignored)
        for entry in names:
            path = f"{folder}/{entry.name}" if folder else entry.name
            if not _is_text(entry.name):
                seen.skipped += 1
                continue
            if not _wanted(entry, path) or ignored.matches(path):
                continue
            try:
                status = entry.stat(follow_symlinks=False)
            except OSError:
                seen.skipped += 1
                continue
            if ignore.secret(path) or status.st_size > LARGEST_BYTES or given >= MOST_FILES:
                seen.skipped += 1
                seen.beyond += given >= MOST_FILES
                continue
            given += 1
            yield Entry(path, status.st_size, status.st_mtime_ns)
        for name in reversed(folders):
            path = f"{folder}/{name}" if folder else name
            if (
                _is_text(name)
                and not ignore.skipped_folder(name, not folder)
                and not ignored.matches(path, is_folder=True)
            ):
                pending.append(path)


def _is_text(name: str) -> bool:
    """False for names that are no UTF-8 on the disk: neither the index nor an editor's URI can say them."""
    return not any("\ud800" <= character <= "\udfff" for character in name)


def _scan(root: Path, folder: str, ignored: ignore.Ignored) -> tuple[list[os.DirEntry[str]], list[str]]:
    """The files and the folders of one folder, sorted; its ignore files are taken in on the way."""
    try:
        with os.scandir(root / folder) as listing:
            entries = sorted(listing, key=lambda entry: entry.name)
    except OSError:
        return [], []
    present = {entry.name for entry in entries}
    lines: list[str] = []
    for name in ignore.IGNORE_FILES:
        if name in present:
            lines.extend(_lines_of(root / folder / name))
    if not folder:
        lines[:0] = _lines_of(root / ".git" / "info" / "exclude")
    if lines:
        ignored.add(folder, lines)
    files = [entry for entry in entries if entry.is_file(follow_symlinks=False)]
    return files, [entry.name for entry in entries if entry.is_dir(follow_symlinks=False)]


def _lines_of(path: Path) -> list[str]:
    text = plain_text(path)
    return text.splitlines() if text else []


def _wanted(entry: os.DirEntry[str], path: str) -> bool:
    """Whether the file is source, by its name; a file without ending is opened for its first line."""
    if "." in entry.name:
        return language_of(Path(path)) is not None
    try:
        with Path(entry.path).open("rb") as file:
            head = file.read(80)
    except OSError:
        return False
    return head.startswith(b"#!") and language_of(Path(path), head.decode("latin-1").partition("\n")[0]) is not None


def included(root: Path, path: str) -> bool:
    """Whether one relative path would be given by walk(): for single changes, without walking the tree."""
    if not _is_text(path):
        return False
    parts = path.split("/")
    if any(ignore.skipped_folder(part, not index) for index, part in enumerate(parts[:-1])) or ignore.secret(path):
        return False
    ignored = ignore.Ignored()
    folder = ""
    for index in range(len(parts)):
        here = root / folder if folder else root
        if here.is_symlink():
            return False
        lines = [] if folder else _lines_of(root / ".git" / "info" / "exclude")
        for name in ignore.IGNORE_FILES:
            lines.extend(_lines_of(here / name))
        if lines:
            ignored.add(folder, lines)
        folder = "/".join(parts[: index + 1])
        if ignored.matches(folder, is_folder=index < len(parts) - 1):
            return False
    return not (root / path).is_symlink()


def inside(root: Path, path: Path) -> bool:
    """Whether a file lies below the root when all links and `..` on the way to it are followed."""
    return Path(os.path.realpath(path)).is_relative_to(os.path.realpath(root))


def read(path: Path | str) -> str | None:
    """The file's text with LF line ends; None when it is gone, binary or too large."""
    try:
        return decode(plain_bytes(path))
    except OSError:
        return None


def plain_text(path: Path) -> str | None:
    """A small file as UTF-8; None when it is gone, too large, or no regular file."""
    try:
        return plain_bytes(path).decode("utf-8", "replace")
    except OSError:
        return None


def plain_bytes(path: Path | str) -> bytes:
    """A regular file of at most LARGEST_BYTES, else OSError: a project may hold links to devices, and pipes.

    By the system's own calls: open() and its reader take twice as long, and a query reads up to 32 files.
    """
    descriptor = os.open(path, _WITHOUT_WAITING)
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise OSError(errno.EINVAL, "it is no regular file", str(path))
        data = os.read(descriptor, min(status.st_size, LARGEST_BYTES) + 1)
        while len(data) != status.st_size and (more := os.read(descriptor, LARGEST_BYTES + 1 - len(data))):
            data += more  # it has just grown, or its system gives it in parts
    finally:
        os.close(descriptor)
    if len(data) > LARGEST_BYTES:
        raise OSError(errno.EFBIG, "it is too large", str(path))
    return data


_WITHOUT_WAITING = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
"""Opening a pipe that nobody writes into would wait for ever."""


def decode(data: bytes) -> str | None:
    """Text from bytes: UTF-8, what a byte order mark or a coding line says, else Latin-1; None when binary."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return normal(data.decode("utf-16", "replace"))
    if b"\0" in data[:_PROBE_BYTES]:
        return None
    try:
        return normal(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        pass
    for line in data.split(b"\n", 2)[:2]:
        if found := _CODING.match(line):
            try:
                text = data.decode(found[1].decode("ascii"))
                return normal(text.encode("utf-8", "replace").decode())  # some codecs give halves of surrogate pairs
            except (LookupError, ValueError):  # the codec "undefined" raises a bare UnicodeError
                break
    return normal(data.decode("latin-1"))


def normal(text: str) -> str:
    """The text with LF line ends."""
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text
