"""Which files a Rust `use` means: the modules of its own crate, and other crates of the workspace by their folders."""

import posixpath
from collections.abc import Iterator

from inhouse.context.folders import Folders
from inhouse.context.outline import Import


def rust(files: Folders, own: str, item: Import) -> Iterator[str]:
    parts = [part for part in item.module.split("::") if part]
    full = [*parts, item.name] if item.name and item.name != "*" else parts
    if not full:
        return
    folder, stem = posixpath.dirname(own), posixpath.splitext(posixpath.basename(own))[0]
    module_folder = folder if stem in ("mod", "lib", "main") else posixpath.join(folder, stem)
    head, rest = full[0], full[1:]
    if head == "crate":
        base = _crate(files, own)
    elif head == "self":
        base = module_folder
    elif head == "super":
        base = posixpath.dirname(module_folder)
        while rest and rest[0] == "super":
            base, rest = posixpath.dirname(base), rest[1:]
    else:
        yield from _rust_at(files, module_folder, full)
        other = _crate_named(files, head)
        if other is None:
            return
        base = other
    yield from _rust_at(files, base, rest)


def _rust_at(files: Folders, base: str, parts: list[str]) -> Iterator[str]:
    """The longest run of parts that is a file; at last the crate's or the folder's own file."""
    for count in range(len(parts), 0, -1):
        stem = posixpath.join(base, *parts[:count])
        for path in (f"{stem}.rs", f"{stem}/mod.rs"):
            if path in files.paths:
                yield path
                return
    for name in ("lib.rs", "mod.rs", "main.rs"):
        if (path := posixpath.join(base, name)) in files.paths:
            yield path
            return
    if f"{base}.rs" in files.paths:
        yield f"{base}.rs"


def _crate(files: Folders, own: str) -> str:
    """The folder of the crate's root file, upwards."""
    folder = posixpath.dirname(own)
    while folder:
        if any(posixpath.join(folder, name) in files.paths for name in ("lib.rs", "main.rs")):
            return folder
        folder = posixpath.dirname(folder)
    return folder


def _crate_named(files: Folders, name: str) -> str | None:
    """The source folder of another crate of the workspace, by its folder's name."""
    for path in files.by_name.get("lib.rs", []):
        folder = posixpath.dirname(path)
        crate = posixpath.basename(posixpath.dirname(folder) if folder.endswith("src") else folder)
        if crate.replace("-", "_") == name:
            return folder
    return None
