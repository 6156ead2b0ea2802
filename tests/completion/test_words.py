"""The project's names by their beginning, in step with its files."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from inhouse.completion.words import SortedNames, Words


class Folder:
    def __init__(self, **texts: str) -> None:
        self.texts = texts
        self.read: list[str] = []

    def files(self) -> dict[str, str]:
        return {path: str(hash(text)) for path, text in self.texts.items()}

    def text(self, path: str) -> str | None:
        self.read.append(path)
        return self.texts.get(path)


def test_beginnings_and_whole_names() -> None:
    words = Words()
    words.refresh(Folder(a="load_settings(path)"))

    assert words.has("load_", whole=False)
    assert words.has("load_settings", whole=True)
    assert not words.has("load_", whole=True)
    assert not words.has("save", whole=False)


def test_a_file_s_own_spelling_can_be_left_out() -> None:
    words = Words()
    words.refresh(Folder(a="only_here both", b="both"))

    assert words.has("both", whole=True, without=("a",))
    assert not words.has("only_here", whole=True, without=("a",))
    assert not words.has("only_", whole=False, without=("a",))
    assert words.has("only_here", whole=True, without=("b", "unknown"))


def test_longer_names() -> None:
    words = Words()
    words.refresh(Folder(a="open open_utf8", b="load loads"))

    assert words.goes_on("open")
    assert not words.goes_on("open", without=("a",))
    assert not words.goes_on("open_utf8")
    assert SortedNames(["load", "loads"]).goes_on("load")
    assert not SortedNames(["load", "loads"]).goes_on("loads")


def test_only_changed_files_are_read_again() -> None:
    words, folder = Words(), Folder(a="one", b="two")
    words.refresh(folder)
    folder.texts = {"a": "three", "b": "two"}
    folder.read.clear()

    words.refresh(folder)

    assert folder.read == ["a"]
    assert not words.has("one", whole=True)
    assert words.has("three", whole=True)


def test_files_that_are_gone_are_forgotten() -> None:
    words, folder = Words(), Folder(a="one", b="two")
    words.refresh(folder)
    del folder.texts["a"]

    words.refresh(folder)

    assert not words.has("one", whole=True)
    assert len(words) == 1


def test_a_stop_keeps_what_was_read() -> None:
    words, folder = Words(), Folder(a="one", b="two")

    words.refresh(folder, stop=lambda: bool(folder.read))

    assert folder.read == ["a"]
    assert words.has("one", whole=True)


@given(st.sets(st.text("abc", min_size=1, max_size=4)), st.text("abc", min_size=1, max_size=3))
def test_sorted_names_agree_with_a_plain_search(names: set[str], start: str) -> None:
    found = SortedNames(names)

    assert found.has(start, whole=True) == (start in names)
    assert found.has(start, whole=False) == any(name.startswith(start) for name in names)
