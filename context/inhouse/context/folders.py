"""The paths of a project by name and by folder, for finding the files that an import may mean. Reads no file."""

from collections.abc import Iterable


class Folders:
    """The indexed files of a project."""

    def __init__(self, paths: Iterable[str]) -> None:
        self.paths = frozenset(paths)
        self.by_name: dict[str, list[str]] = {}
        """By the last part, and by the last two."""
        self.by_folder: dict[str, list[str]] = {}
        for path in sorted(self.paths):
            folder, _, name = path.rpartition("/")
            self.by_name.setdefault(name, []).append(path)
            if folder:  # thousands of files are called __init__.py, few of them in a folder of one name
                self.by_name.setdefault(f"{folder.rpartition('/')[2]}/{name}", []).append(path)
            self.by_folder.setdefault(folder, []).append(path)

    def tail(self, tail: str, own: str) -> list[str]:
        """The files whose path ends with these parts, nearest to the own file first."""
        name = "/".join(tail.rsplit("/", 2)[-2:])
        found = [path for path in self.by_name.get(name, []) if path == tail or path.endswith("/" + tail)]
        return sorted(found, key=lambda path: (-_shared(path, own), path.count("/"), path))


def _shared(path: str, own: str) -> int:
    """How many leading folders two paths share."""
    count = 0
    for one, other in zip(path.split("/")[:-1], own.split("/")[:-1], strict=False):
        if one != other:
            break
        count += 1
    return count
