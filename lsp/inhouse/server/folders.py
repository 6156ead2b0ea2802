"""Which file and which project a document's URI stands for. Touches no file but to find a project's root."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

from pygls.uris import to_fs_path

from inhouse.context import find_root


def file_of(uri: str) -> Path | None:
    """The file of a file: URI; None for other schemes (untitled:, vscode-notebook-cell:, git: and so on)."""
    path = to_fs_path(uri)
    return Path(path) if path else None


def folder_paths(uris: Iterable[str]) -> list[Path]:
    """The workspace's folders that are on this machine's disk, deepest first."""
    paths = (file_of(uri) for uri in uris)
    return sorted((path for path in paths if path is not None), key=lambda path: -len(path.parts))


def locate(uri: str, folders: list[Path]) -> tuple[Path, Path]:
    """Root of the project and path of a document. One without a file of its own counts to the first folder."""
    file = file_of(uri)
    if file is not None:
        root = next((folder for folder in folders if file.is_relative_to(folder)), None)
        return root or find_root(file), file
    path = Path(unquote(urlsplit(uri).path))
    root = next((folder for folder in folders if path.is_relative_to(folder)), None)
    if root is not None:  # a notebook's cell: the URI carries the notebook's path
        return root, path
    root = folders[-1] if folders else Path.cwd()
    return root, root / (PurePosixPath(path).name or "untitled")
