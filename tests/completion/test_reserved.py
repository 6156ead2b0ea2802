"""Words of a language behind a dot: no member is called so, in the languages where that is so."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inhouse.completion.reserved import Reserved
from inhouse.context.languages import LANGUAGES


def bars(suffix: str, before: str, word: str, text: str = "") -> bool:
    return Reserved(Path(f"a{suffix}"), text).bars(before, word)


@pytest.mark.parametrize(
    ("suffix", "before", "word"),
    [
        (".py", "x = shelf.", "class"),
        (".py", "shelf(1)[2].", "None"),
        (".js", "shelf.", "function"),
        (".ts", "  return this.shelf?.", "function"),
        (".tsx", "    .", "let"),
        (".ts", "shelf!.", "typeof"),
        (".go", "shelf.", "func"),
        (".rs", "shelf()?.", "fn"),
        (".java", "shelf.", "public"),
        (".c", "shelf->", "struct"),
        (".cpp", "shelf.", "class"),
        (".lua", "shelf.", "end"),
        (".cs", "shelf?.", "static"),
        (".rb", "shelf&.", "def"),
        (".php", "  $this->", "function"),
        (".php", "Shelf::", "echo"),
    ],
)
def test_no_member_is_called_so(suffix: str, before: str, word: str) -> None:
    assert bars(suffix, before, word)


@pytest.mark.parametrize(
    ("suffix", "before", "word"),
    [
        (".py", "re.", "match"),
        (".py", "x = ", "None"),
        (".py", "from .", "import"),
        (".js", "[...", "await"),
        (".js", "promise.", "catch"),
        (".ts", "map.", "delete"),
        (".ts", "z.", "enum"),
        (".rs", "sleep(1).", "await"),
        (".rs", "0..", "if"),
        (".rs", "super::", "super"),
        (".java", "Shelf.", "class"),
        (".java", "Outer.", "this"),
        (".java", "x ->", "switch"),
        (".c", "shelf->", "class"),
        (".cpp", "shelf.", "template"),
        (".cpp", "[]()->", "bool"),
        (".lua", "'a' ..", "nil"),
        (".cs", "IShelf.", "this"),
        (".rb", "range.", "end"),
        (".rb", "node.", "class"),
        (".php", "'a'.", "require"),
        (".php", "Shelf::", "class"),
        (".txt", "shelf.", "function"),
    ],
)
def test_what_may_stand_there(suffix: str, before: str, word: str) -> None:
    assert not bars(suffix, before, word)


def test_what_the_file_calls_a_member_is_one() -> None:
    assert bars(".ts", "z.", "function", "function f() {}\n")
    assert not bars(".ts", "z.", "function", "const f = z.function();\n")
    assert bars(".ts", "z.", "function", "f(...function () {});\n")


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_has_its_words(language: str) -> None:
    path = Path(f"a{LANGUAGES[language].suffixes[0]}")

    assert any(Reserved(path, "").bars("->" if language == "php" else "x.", word) for word in ("if", "while"))


@given(st.text(max_size=40), st.text(max_size=8), st.sampled_from([one.suffixes[0] for one in LANGUAGES.values()]))
def test_any_text_is_looked_at(before: str, word: str, suffix: str) -> None:
    assert bars(suffix, before, word) in (False, True)
