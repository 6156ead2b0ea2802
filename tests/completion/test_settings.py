"""Settings from anywhere: bad ones are named and replaced by defaults, good ones are taken."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inhouse.completion import Settings


def test_nothing_means_the_defaults() -> None:
    assert Settings.parse(None) == (Settings(), [])


def test_good_values_are_taken() -> None:
    settings, problems = Settings.parse({"threads": 3, "languages_off": ["markdown"], "enabled": False, "model": "m"})

    assert settings == Settings(threads=3, languages_off=("markdown",), enabled=False, model="m")
    assert problems == []


@pytest.mark.parametrize(
    ("off", "language", "is_off"),
    [
        ("csharp", "cs", True),  # what Neovim calls it
        ("cs", "csharp", True),
        ("shellscript", "sh", True),
        ("typescriptreact", "tsx", True),
        ("typescript", "tsx", False),
        ("markdown", "markdown", True),
        ("csharp", "", False),
        ("c", "cs", False),
    ],
)
def test_a_language_is_off_by_any_of_its_names(off: str, language: str, is_off: bool) -> None:
    assert Settings(languages_off=(off,)).is_off(language) is is_off


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        ({"thread": 3}, "unknown setting 'thread'"),
        ({"threads": 0}, "from 1 to 256"),
        ({"threads": True}, "whole number"),
        ({"threads": "two"}, "whole number"),
        ({"enabled": 1}, "true or false"),
        ({"show_above": 1.5}, "from 0 to 1"),
        ({"show_above": "high"}, "a number"),
        ({"enabled": None}, "must not be empty"),
        ({"model": 7}, "text"),
        ({"languages_off": "markdown"}, "list of texts"),
        ({"languages_off": [1]}, "list of texts"),
        ([1], "table of names"),
    ],
)
def test_a_bad_value_is_named_and_its_default_used(raw: object, says: str) -> None:
    settings, problems = Settings.parse(raw)

    assert settings == Settings()
    assert len(problems) == 1
    assert says in problems[0]


def test_one_bad_value_leaves_the_good_ones() -> None:
    settings, problems = Settings.parse({"threads": -1, "max_tokens": 20})

    assert settings.max_tokens == 20
    assert len(problems) == 1


@given(raw=st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda s: st.dictionaries(st.text(), s)))
def test_anything_at_all_gives_settings(raw: object) -> None:
    settings, _ = Settings.parse(raw)

    assert 1 <= settings.max_tokens <= 256
