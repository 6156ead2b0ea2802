"""Which files of a tree are read, and how their bytes become text."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inhouse.cli.index import describe
from inhouse.context import Project, files, find_root, language_of
from inhouse.context.files import LARGEST_BYTES, Walk, decode, included, normal, read, walk

Tree = Callable[[Mapping[str, str | bytes]], Path]


def paths(root: Path) -> list[str]:
    """What a walk gives."""
    return [entry.path for entry in walk(root, Walk())]


def test_only_source_files_are_given_in_the_order_of_paths(tree: Tree) -> None:
    root = tree({"b.py": "", "a/z.ts": "", "README.md": "", "a/b.go": "", "data.json": "{}", "run": "#!/bin/sh\n"})

    assert paths(root) == ["b.py", "a/b.go", "a/z.ts"]


def test_a_script_without_ending_is_known_by_its_first_line(tree: Tree) -> None:
    root = tree({"tool": "#!/usr/bin/env python3\nprint()\n", "other": "no script"})

    assert paths(root) == ["tool"]
    assert language_of(Path("tool"), "#!/usr/bin/env python3") == "python"


@pytest.mark.parametrize(
    ("ignore", "kept"),
    [
        ({}, ["main.py", "a/kept.py", "a/made.py", "a/b/deep.py"]),
        ({".gitignore": "made.py\n"}, ["main.py", "a/kept.py", "a/b/deep.py"]),
        ({".gitignore": "*.py\n!main.py\n"}, ["main.py"]),
        ({".gitignore": "/a\n"}, ["main.py"]),
        ({".gitignore": "!\n/a\n"}, ["main.py"]),
        ({".gitignore": "made.py\n", "a/.gitignore": "!made.py"}, ["main.py", "a/kept.py", "a/made.py", "a/b/deep.py"]),
        ({".inhouseignore": "b/\n"}, ["main.py", "a/kept.py", "a/made.py"]),
        ({".git/info/exclude": "main.py\n"}, ["a/kept.py", "a/made.py", "a/b/deep.py"]),
    ],
)  # fmt: skip
def test_ignore_files_hold_for_their_folder_and_deeper_ones_win(
    tree: Tree, ignore: dict[str, str | bytes], kept: list[str]
) -> None:
    every = ["main.py", "a/kept.py", "a/made.py", "a/b/deep.py"]
    root = tree({**dict.fromkeys(every, "x = 1\n"), **ignore})

    assert sorted(paths(root)) == sorted(kept)
    assert [path for path in every if included(root, path)] == kept


@pytest.mark.parametrize(
    "path",
    [
        "node_modules/x/index.js", ".venv/lib/a.py", "vendor/a.go", "build/a.py", "dist/a.js", "a/__pycache__/b.py",
        ".git/hooks/a.py", "secrets.py", "local_settings.py", "credentials.ts",
    ],
)  # fmt: skip
def test_other_peoples_code_and_secrets_are_never_opened(tree: Tree, path: str) -> None:
    root = tree({path: "x = 1\n", "src/build/kept.py": "y = 2\n"})

    assert paths(root) == ["src/build/kept.py"]
    assert not included(root, path)


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="no symbolic links here")
def test_links_are_not_followed_not_even_in_circles(tree: Tree) -> None:
    root = tree({"a/b.py": "x = 1\n"})
    (root / "a" / "again").symlink_to(root)
    (root / "link.py").symlink_to(root / "a" / "b.py")

    assert paths(root) == ["a/b.py"]
    assert not included(root, "link.py")


def test_large_files_are_counted_but_not_given(tree: Tree) -> None:
    root = tree({"big.py": "x" * (LARGEST_BYTES + 1), "a.py": ""})
    seen = Walk()

    assert [entry.path for entry in walk(root, seen)] == ["a.py"]
    assert seen.skipped == 1


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"a\r\nb\rc\n", "a\nb\nc\n"),
        (b"\xef\xbb\xbfx = 1\n", "x = 1\n"),
        ("é = 1".encode("latin-1"), "é = 1"),
        ("# coding: koi8-r\n# мир\n".encode("koi8-r"), "# coding: koi8-r\n# мир\n"),
        ("x = 'ß'".encode("utf-16"), "x = 'ß'"),
        (b"x\0y", None),
    ],
)
def test_bytes_become_text_with_lf_ends_or_nothing(data: bytes, text: str | None) -> None:
    assert decode(data) == text


@given(st.binary())
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    text = decode(data)

    assert text is None or "\r" not in text
    assert text is None or normal(text) == text


def test_a_vanished_file_is_nothing(tmp_path: Path) -> None:
    assert read(tmp_path / "gone.py") is None


def test_the_root_is_the_nearest_folder_with_version_control_else_with_a_build_file(tree: Tree) -> None:
    root = tree({".git/HEAD": "", "pkg/pyproject.toml": "", "pkg/src/a.py": "", "a.py": ""})

    assert find_root(root / "pkg" / "src" / "a.py") == root
    (root / ".git" / "HEAD").unlink()
    (root / ".git").rmdir()
    assert find_root(root / "pkg" / "src" / "a.py") == root / "pkg"
    assert find_root(root / "a.py") == root


@pytest.mark.parametrize(
    ("name", "language"),
    [
        ("a.py", "python"), ("a.pyi", "python"), ("A.TS", "typescript"), ("a.tsx", "tsx"), ("a.jsx", "javascript"),
        ("a.mjs", "javascript"), ("a.go", "go"), ("a.rs", "rust"), ("A.java", "java"), ("a.h", "c"), ("a.cc", "cpp"),
        ("a.hpp", "cpp"), ("a.lua", "lua"), ("a.txt", None), ("Makefile", None),
    ],
)  # fmt: skip
def test_languages_are_known_by_ending(name: str, language: str | None) -> None:
    assert language_of(Path(name)) == language


def test_of_too_many_files_the_first_are_read_and_the_rest_is_told(
    tree: Tree, open_project: Callable[[Path], Project], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "MOST_FILES", 5)
    project = open_project(tree({f"m{number}.py": "x = 1\n" for number in range(8)}))

    figures = project.refresh()

    assert (figures.files, figures.skipped, figures.beyond) == (5, 3, 3)
    assert "beyond     3 files: the first 5 of a project are read; name folders" in describe(figures)
