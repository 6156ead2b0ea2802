"""Which files an import means where they are named after namespaces by custom: Java, Lua, C#, Ruby, PHP."""

import posixpath
from collections.abc import Iterator

from inhouse.context.folders import Folders
from inhouse.context.outline import Import


def java(files: Folders, own: str, item: Import) -> Iterator[str]:
    tail = item.module.replace(".", "/")
    if item.name == "*":
        for folder in sorted(files.by_folder):
            if folder == tail or folder.endswith("/" + tail):
                yield from (path for path in files.by_folder[folder] if path.endswith(".java"))
    else:
        yield from files.tail(f"{tail}/{item.name}.java", own)
    yield from files.tail(f"{tail}.java", own)


def lua(files: Folders, own: str, item: Import) -> Iterator[str]:
    tail = item.module.replace(".", "/").lstrip("/")
    yield from files.tail(f"{tail}.lua", own)
    yield from files.tail(f"{tail}/init.lua", own)


def csharp(files: Folders, own: str, item: Import) -> Iterator[str]:
    """Folders are named after namespaces by custom; the first parts may be the project's own name."""
    parts = item.module.split(".")
    for skipped in range(len(parts)):
        tail = "/".join(parts[skipped:])
        for folder in sorted(files.by_folder):
            if folder == tail or folder.endswith("/" + tail):
                yield from (path for path in files.by_folder[folder] if path.endswith(".cs"))


def ruby(files: Folders, own: str, item: Import) -> Iterator[str]:
    tail = item.module.removesuffix(".rb")
    if item.name == "require_relative":
        beside = posixpath.normpath(posixpath.join(posixpath.dirname(own), tail)) + ".rb"
        if beside in files.paths:
            yield beside
        return
    yield from files.tail(f"{tail}.rb", own)


def php(files: Folders, own: str, item: Import) -> Iterator[str]:
    """A class stands in a file of its name; the first part of its namespace is the source folder's."""
    parts = item.module.strip("\\/").replace("\\", "/").split("/")
    for skipped in range(len(parts)):
        tail = "/".join(parts[skipped:])
        yield from files.tail(tail if tail.endswith(".php") else f"{tail}.php", own)
