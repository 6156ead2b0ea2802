"""Where a package of node_modules declares its types, by its package.json and by custom; nothing of it is run."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

from inhouse.context import files

_ENDINGS = {".js": ".d.ts", ".mjs": ".d.mts", ".cjs": ".d.cts", ".jsx": ".d.ts"}
"""What is declared for a file of JavaScript stands beside it."""

_DEEPEST = 6
"""Conditions within conditions of `exports`: more than any package has."""


def package_and_part(module: str) -> tuple[str, tuple[str, ...]]:
    """The package that an import names, and the parts behind it: `@vue/shared/dist` is (`@vue/shared`, (`dist`,))."""
    parts = module.split("/")
    size = 2 if module.startswith("@") else 1
    return "/".join(parts[:size]), tuple(parts[size:])


def declared_types(package: Path, part: tuple[str, ...]) -> Iterator[Path]:
    """The files that may declare a package's types, the likeliest first."""
    manifest = _manifest(package / "package.json")
    exports: Any = manifest.get("exports")
    entry = "/".join((".", *part))
    table = cast("dict[str, Any]", exports) if isinstance(exports, dict) else {}
    if (found := _types(table.get(entry, exports if not part else None))) is not None:
        yield package / found
    if part:
        yield from declarations(package.joinpath(*part))
        return
    for key in ("types", "typings"):
        if isinstance(manifest.get(key), str):
            yield from declarations(package / str(manifest[key]))
    yield package / "index.d.ts"
    if isinstance(manifest.get("main"), str):
        yield from declarations(package / str(manifest["main"]))


def declarations(stem: Path) -> Iterator[Path]:
    """The files that a path without its ending, or with that of JavaScript, can mean."""
    if stem.name.endswith((".ts", ".mts", ".cts")):
        yield stem
    if (ending := _ENDINGS.get(stem.suffix)) is not None:
        yield stem.with_suffix(ending)
    if not stem.name:
        return
    for ending in (".d.ts", ".d.mts", ".ts", ".tsx"):
        yield stem.with_name(stem.name + ending)
    yield stem / "index.d.ts"


def _types(entry: Any, depth: int = 0) -> str | None:
    """The first `types` of an entry of exports, in whatever conditions; a file of JavaScript stands for its own."""
    if isinstance(entry, str):
        beside = next((entry.removesuffix(end) + _ENDINGS[end] for end in _ENDINGS if entry.endswith(end)), None)
        return entry if entry.endswith((".d.ts", ".d.mts", ".d.cts")) else beside
    if not isinstance(entry, dict) or depth > _DEEPEST:
        return None
    table = cast("dict[str, Any]", entry)
    first = [table["types"]] if "types" in table else []
    nested = (value for key, value in table.items() if not key.startswith((".", "types")))
    return next((found for value in (*first, *nested) if (found := _types(value, depth + 1)) is not None), None)


def _manifest(path: Path) -> dict[str, Any]:
    try:
        data = json.loads(files.plain_text(path) or "{}")
    except (ValueError, RecursionError):
        return {}
    return cast("dict[str, Any]", data) if isinstance(data, dict) else {}
