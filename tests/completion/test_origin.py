"""Where a suggestion's words stand in the project: the right file and line, in the own file as well."""

from __future__ import annotations

from inhouse.completion.origin import LineCount, origins
from inhouse.completion.request import Provenance
from inhouse.context import Ngram, Place


def ids(text: str) -> list[int]:
    return [ord(letter) for letter in text]


def place(before: str, after: str = "", **files: str) -> Place:
    known = Ngram()
    for name, text in files.items():
        known.update(f"{name}.py", ids(text))
    return known.at(ids(before), ids(after), "own.py")


LINES = LineCount(lambda token: chr(token).encode())


def told(at: Place, text: str, line: int = 5) -> list[str]:
    return [f"{found.path}:{found.line}" for found in origins(at, ids(text), LINES, "own.py", line)]


def test_the_line_of_another_file() -> None:
    assert told(place("x = ", house="\n\ny = load(path)\n"), "load(path)") == ["house.py:3"]


def test_the_longest_run_wins() -> None:
    assert told(place("x = ", short="x = loud\n", long="\nz = load(path)\n"), "load(path)") == ["long.py:2"]


def test_the_own_file_before_and_behind_the_cursor() -> None:
    assert told(place("a = load(path)\n\nb = "), "load(path)", line=3) == ["own.py:1"]
    assert told(place("b = ", after="\n\na = load(path)\n"), "load(path)", line=3) == ["own.py:5"]


def test_parts_of_different_files() -> None:
    at = place("x = ", one="\nx = load(\n", two="\n\n(path_of_all)\n")

    assert told(at, "load(path_of_all)") == ["one.py:2", "two.py:3"]


def test_what_stands_nowhere_has_no_origin() -> None:
    assert told(place("x = ", house="abc"), "zyx") == []
    assert origins(place("x"), [], LINES, "own.py", 1) == ()


def test_provenance_is_plain_data() -> None:
    (found,) = origins(place("x = ", house="x = load\n"), ids("load"), LINES, "own.py", 1)

    assert found == Provenance("house.py", 1, "copied")
