"""Files of the same role as another by their names: the source that a test is for, and the handlers beside a handler.

Looks at paths only.
"""

import re
from collections.abc import Iterable, Sequence

_TEST = re.compile(
    r"^(?:test|tests|spec)[_.-](?=.)|(?<=.)[_.-](?:test|tests|spec|unittest)$|(?<=[a-z\d])(?:Test|Tests|Spec|IT)$"
)
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")

_LEAST_SIBLINGS = 2
"""Files of one naming pattern in a folder, besides the own one, that make it a pattern."""


def subject_of(stem: str) -> str:
    """The stem without what marks a test; the same stem for a file that is none."""
    return _TEST.sub("", stem)


def is_test(path: str) -> bool:
    """Whether the file's own name marks it as a test."""
    stem = _stem(path)
    return subject_of(stem) != stem


class Roles:
    """Answers from one list of paths."""

    def __init__(self, paths: Iterable[str]) -> None:
        self._by_subject: dict[str, list[str]] = {}
        self._by_folder: dict[str, list[str]] = {}
        for path in paths:
            self._by_subject.setdefault(_subject(path), []).append(path)
            self._by_folder.setdefault(path.rpartition("/")[0], []).append(path)

    def counterpart(self, path: str) -> str | None:
        """The source of a test or the test of a source: the one whose folders are most like the path's."""
        found = [other for other in self._by_subject.get(_subject(path), ()) if is_test(other) != is_test(path)]
        found = [other for other in found if _family(other) == _family(path)]
        return min(found, key=lambda other: (-_shared(path, other), other)) if found else None

    def siblings(self, path: str, most: int) -> list[str]:
        """Files in the same folder whose names are made in the same way (user_handler.py and order_handler.py)."""
        folder = [other for other in self._by_folder.get(path.rpartition("/")[0], ()) if other != path]
        own = _words(path)
        if len(own) < 2:
            return []
        alike = [other for other in folder if _suffix(other) == _suffix(path) and _patterned(own, _words(other))]
        return sorted(alike)[:most] if len(alike) >= _LEAST_SIBLINGS else []


def _stem(path: str) -> str:
    return path.rpartition("/")[2].rpartition(".")[0]


def _suffix(path: str) -> str:
    return path.rpartition(".")[2]


_FAMILIES = {
    **dict.fromkeys(("js", "jsx", "mjs", "cjs", "ts", "tsx", "mts", "cts"), "js"),
    **dict.fromkeys(("c", "h", "cc", "cpp", "cxx", "hpp", "hh", "cu"), "c"),
}


def _family(path: str) -> str:
    suffix = _suffix(path)
    return _FAMILIES.get(suffix, suffix)


def _subject(path: str) -> str:
    return subject_of(_stem(path)).lower().replace("-", "_")


def _words(path: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(_stem(path))]


def _patterned(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether two names share their last word, or their first one."""
    return len(other) > 1 and (one[-1] == other[-1] or one[0] == other[0])


def _shared(one: str, other: str) -> int:
    """Folders that both paths have, wherever they stand (src/net/client.py and tests/net/test_client.py)."""
    return len(set(one.split("/")[:-1]) & set(other.split("/")[:-1]))
