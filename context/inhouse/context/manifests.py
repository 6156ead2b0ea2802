"""The few facts about modules that stand in manifests: go.mod, package.json, tsconfig.json.

Reads them forgivingly: what is not understood is left out.
"""

import json
import posixpath
import re
from collections.abc import Callable, Iterable
from typing import Any, cast

_GO_MODULE = re.compile(r"^\s*module\s+(\S+)", re.MULTILINE)
_JSON_COMMENT = re.compile(r'("(?:[^"\\]|\\.?)*(?:"|\Z))|//[^\n]*|/\*.*?(?:\*/|\Z)', re.DOTALL)
_TRAILING_COMMA = re.compile(r",(\s*[}\]])")

_MOST_FOLDERS = 4000
"""Folders looked into for manifests: one look costs about 10 microseconds."""


def go_modules(folders: Iterable[str], read_text: Callable[[str], str | None]) -> list[tuple[str, str]]:
    """The module names and folders of all go.mod files, longest name first."""
    found: list[tuple[str, str]] = []
    for folder in _upwards(folders):
        text = read_text(posixpath.join(folder, "go.mod"))
        if text and (module := _GO_MODULE.search(text)):
            found.append((module[1].strip('"'), folder))
    return sorted(found, key=lambda pair: (-len(pair[0]), pair))


def script_aliases(folders: Iterable[str], read_text: Callable[[str], str | None]) -> list[tuple[str, str]]:
    """What imports may call folders: tsconfig paths, and the names of workspace packages; longest prefix first."""
    found: dict[tuple[str, str], None] = {}
    seen: set[str] = set()
    for folder in _upwards(folders):
        for name in ("tsconfig.json", "jsconfig.json", "tsconfig.base.json"):
            for pair in _with_bases(posixpath.join(folder, name), read_text, seen):
                found[pair] = None
        package = _json(read_text(posixpath.join(folder, "package.json"))).get("name")
        if isinstance(package, str) and package:
            found[(package, posixpath.join(folder, "src"))] = None
            found[(package, folder)] = None
            found[(package + "/", folder)] = None
    return sorted(found, key=lambda pair: (-len(pair[0]), pair))


def _with_bases(path: str, read_text: Callable[[str], str | None], seen: set[str]) -> Iterable[tuple[str, str]]:
    """The aliases of a tsconfig, its own before those of the files that it extends (relative ones only); each once."""
    pending = [path]
    while pending and len(seen) < _MOST_FOLDERS:
        path = pending.pop()
        if path in seen:
            continue
        seen.add(path)
        data = _json(read_text(path))
        folder = posixpath.dirname(path)
        yield from _tsconfig(folder, data)
        written = data.get("extends")
        for base in [written] if isinstance(written, str) else reversed(_list(written)):
            if isinstance(base, str) and base.startswith("."):
                stem = posixpath.normpath(posixpath.join(folder, base))
                pending.append(stem if stem.endswith(".json") else f"{stem}.json")


def _tsconfig(folder: str, data: dict[str, Any]) -> list[tuple[str, str]]:
    options = data.get("compilerOptions")
    if not isinstance(options, dict):
        return []
    options = cast("dict[str, Any]", options)
    base = posixpath.normpath(posixpath.join(folder, str(options.get("baseUrl") or ".")))
    paths: Any = options.get("paths")
    found: list[tuple[str, str]] = []
    for pattern, targets in cast("dict[str, Any]", paths).items() if isinstance(paths, dict) else ():
        for target in _list(targets):
            place = posixpath.normpath(posixpath.join(base, str(target).removesuffix("*")))
            found.append((pattern.removesuffix("*"), "" if place == "." else place))
    if "baseUrl" in options:
        found.append(("", "" if base == "." else base))
    return found


def _list(data: Any) -> list[Any]:
    return list(cast("Iterable[Any]", data)) if isinstance(data, list) else []


def _upwards(folders: Iterable[str]) -> list[str]:
    """The folders and all the folders above them, up to the limit."""
    found: set[str] = {""}
    for folder in folders:
        above = folder
        while above and above not in found:
            found.add(above)
            above = posixpath.dirname(above)
    return sorted(found)[:_MOST_FOLDERS]


def _json(text: str | None) -> dict[str, Any]:
    """The JSON object of a text that may have comments and trailing commas; empty when it is none."""
    if not text:
        return {}
    plain = _TRAILING_COMMA.sub(r"\1", _JSON_COMMENT.sub(lambda match: match[1] or "", text))
    try:
        data = json.loads(plain)
    except (ValueError, RecursionError):
        return {}
    return cast("dict[str, Any]", data) if isinstance(data, dict) else {}
