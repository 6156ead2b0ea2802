"""Which word counts when a setting is set in several places, and what a project may not say."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from inhouse.completion import Settings
from inhouse.completion.configuration import configured, user_file
from inhouse.completion.settings import KNOWN, from_text, is_machines


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    return {"INHOUSE_CONFIG_DIR": str(tmp_path / "config")}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    return folder


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def test_without_a_word_the_defaults_count(environ: dict[str, str], root: Path) -> None:
    found = configured(root, environ=environ)

    assert (found.settings, found.origins, found.problems) == (Settings(), {}, ())


def test_each_layer_wins_over_those_before_it(environ: dict[str, str], root: Path) -> None:
    settings = {}
    write(user_file(environ), "max_tokens = 11")
    settings["user"] = configured(root, environ=environ)
    write(root / "inhouse.toml", "max_tokens = 12")
    settings["project"] = configured(root, environ=environ)
    settings["editor"] = configured(root, environ=environ, editor={"max_tokens": 13})
    environ["INHOUSE_MAX_TOKENS"] = "14"
    settings["environment"] = configured(root, environ=environ, editor={"max_tokens": 13})
    settings["flag"] = configured(root, environ=environ, editor={"max_tokens": 13}, flags={"max_tokens": 15})

    assert [one.settings.max_tokens for one in settings.values()] == [11, 12, 13, 14, 15]
    assert [one.origins["max_tokens"] for one in settings.values()] == [
        str(user_file(environ)), "inhouse.toml", "editor", "environment", "flag",
    ]  # fmt: skip


def test_a_default_that_is_set_in_the_editor_wins_over_the_files(environ: dict[str, str], root: Path) -> None:
    write(user_file(environ), "show_above = 0.4")
    write(root / "inhouse.toml", "show_above = 0.5")

    assert configured(root, environ=environ, editor={}).settings.show_above == 0.5
    assert configured(root, environ=environ, editor={"show_above": 0.25}).settings.show_above == 0.25


def test_what_suits_an_editor_replaces_the_default_only(environ: dict[str, str], root: Path) -> None:
    editor: dict[str, object] = {"defaults": {"time_limit_ms": 600}}
    found = configured(root, environ=environ, editor=editor)
    assert (found.settings.time_limit_ms, found.origins) == (600, {"time_limit_ms": "the editor's default"})

    write(user_file(environ), "time_limit_ms = 900")
    assert configured(root, environ=environ, editor=editor).settings.time_limit_ms == 900
    assert configured(root, environ=environ, editor={**editor, "time_limit_ms": 1500}).settings.time_limit_ms == 1500


def test_bad_defaults_of_an_editor_are_named(environ: dict[str, str]) -> None:
    found = configured(environ=environ, editor={"defaults": {"time_limit_ms": 1}})

    assert found.settings == Settings()
    assert found.problems[0].startswith("the editor's default: setting 'time_limit_ms' must be from")


def test_a_program_that_an_editor_runs_sees_its_settings(environ: dict[str, str], root: Path) -> None:
    write(user_file(environ), 'model = "qwen"\nmax_tokens = 11')
    environ["INHOUSE_EDITOR"] = json.dumps({"model": None, "max_tokens": 12, "threads": 2})
    environ["INHOUSE_THREADS"] = "3"

    found = configured(root, environ=environ)

    assert (found.settings.model, found.settings.max_tokens, found.settings.threads) == (None, 12, 3)
    assert found.origins == {"model": "editor", "max_tokens": "editor", "threads": "environment"}
    assert configured(root, environ=environ, editor={}).settings.max_tokens == 11, "the server has its own editor"


@pytest.mark.parametrize("text", ["{", "[1]", "7", "[" * 100_000])
def test_settings_of_an_editor_that_cannot_be_read_are_named(environ: dict[str, str], text: str) -> None:
    environ["INHOUSE_EDITOR"] = text

    found = configured(environ=environ)

    assert found.settings == Settings()
    assert found.problems[0].startswith("editor: settings must be a table")


def test_a_flag_that_was_not_given_says_nothing(environ: dict[str, str]) -> None:
    write(user_file(environ), 'model = "qwen"')

    assert configured(environ=environ, flags={"model": None}).settings.model == "qwen"


@pytest.mark.parametrize("name", [name for name in KNOWN if is_machines(name)])
def test_a_project_sets_nothing_of_the_users_machine(environ: dict[str, str], root: Path, name: str) -> None:
    limits = KNOWN[name].metadata
    value = limits["max"] if "max" in limits else limits["choices"][-1] if "choices" in limits else "/x"
    if isinstance(KNOWN[name].default, bool):
        value = not KNOWN[name].default
    write(root / "inhouse.toml", f"{name} = {json.dumps(value)}")

    found = configured(root, environ=environ)

    assert found.settings == Settings()
    assert [problem for problem in found.problems if f"may not set '{name}'" in problem]


def test_every_text_that_could_be_a_path_or_an_address_is_the_users_own() -> None:
    for name, one in KNOWN.items():
        if isinstance(one.default, str | None) and "min" not in one.metadata and "choices" not in one.metadata:
            assert is_machines(name), f"a project could set {name}"


def test_conventions_in_the_projects_file_are_left_alone(environ: dict[str, str], root: Path) -> None:
    write(root / "inhouse.toml", 'max_tokens = 9\n[conventions]\ndeny = ["read_all"]\n')

    found = configured(root, environ=environ)

    assert (found.settings.max_tokens, found.problems) == (9, ())


@pytest.mark.parametrize("text", ["max_tokens = ", "max_tokens = \x00", "[[max_tokens]"])
def test_a_file_that_cannot_be_read_is_named_and_the_defaults_used(environ: dict[str, str], text: str) -> None:
    write(user_file(environ), text)

    found = configured(environ=environ)

    assert found.settings == Settings()
    assert str(user_file(environ)) in found.problems[0]


def test_the_layer_before_counts_where_a_value_cannot_be_used(environ: dict[str, str], root: Path) -> None:
    write(user_file(environ), "max_tokens = 11")
    write(root / "inhouse.toml", "max_tokens = 0")

    assert configured(root, environ=environ).settings.max_tokens == 11


def test_a_bad_value_says_where_it_stands(environ: dict[str, str], root: Path) -> None:
    write(root / "inhouse.toml", "max_tokens = 0\nmax_token = 3\n")
    environ["INHOUSE_SHOW_ABOVE"] = "high"

    found = configured(root, environ=environ)

    assert found.settings == Settings()
    assert "'max_tokens' must be from 1 to 256; it does not count" in found.problems[0]
    assert [problem.split(": ")[0] for problem in found.problems] == ["inhouse.toml", "inhouse.toml", "environment"]


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("threads", "3", 3),
        ("show_above", "0.5", 0.5),
        ("enabled", "no", False),
        ("enabled", "TRUE", True),
        ("languages_off", "markdown, text", ["markdown", "text"]),
        ("model", "x.gguf", "x.gguf"),
        ("threads", "many", "many"),
    ],
)
def test_texts_of_the_environment(name: str, text: str, value: object) -> None:
    assert from_text(name, text) == value
