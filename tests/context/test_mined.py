"""What must be mined in each language: the annotated files of tests/fixtures/mined, their users copied a few times.

`#% wrapper FOREIGN` and `#% deprecated INSTEAD` (- when nothing is said) stand above a definition, `#% habit TOPIC:
CHOICE` anywhere; the mark stands after the language's comment sign.
"""

import re
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from annotations import FIXTURES

from inhouse.context import Conventions, Project
from inhouse.context.languages import LANGUAGES

Tree = Callable[[Mapping[str, str | bytes]], Path]
Open = Callable[[Path], Project]

ROOT = FIXTURES.parent / "mined"
MARK = re.compile(r"^\s*(?:#|//|--)% (wrapper|deprecated|habit) (.+)$")
COPIES = 5
"""Of the files that use the home: a habit needs five cases, a house way three calls in two files."""


def marked(language: str) -> tuple[dict[str, str | bytes], list[tuple[str, str, int, str]]]:
    """The project's files without marks, and the marks as (kind, path, line below from 1, what is said)."""
    files: dict[str, str | bytes] = {}
    marks: list[tuple[str, str, int, str]] = []
    for path in sorted((ROOT / language).rglob("*.*")):
        name, kept = path.relative_to(ROOT / language).as_posix(), list[str]()
        for line in path.read_text(encoding="utf-8").split("\n"):
            if found := MARK.match(line):
                marks.append((found[1], name, len(kept) + 1, found[2]))
            else:
                kept.append(line)
        text = "\n".join(kept)
        if path.stem.lower() == "home":
            files[name] = text
        else:
            for number in range(COPIES):
                changed = name.replace(path.stem, f"{number}{path.stem}")
                files[changed] = text.replace("UserN", f"User{number}")
    return files, marks


@pytest.fixture(params=sorted(path.name for path in ROOT.iterdir()))
def language(request: pytest.FixtureRequest) -> str:
    """Each language that has a folder."""
    return str(request.param)


@pytest.fixture
def mined(language: str, tree: Tree, open_project: Open) -> Conventions:
    """What is mined in that language's project."""
    project = open_project(tree(marked(language)[0]))
    project.refresh()
    return project.conventions()


def test_what_is_marked_is_mined(language: str, mined: Conventions) -> None:
    wrappers = {(item.path, item.line): item.foreign for item in mined.wrappers}
    old = [(item.path, item.name.rpartition(".")[2], item.instead) for item in mined.deprecated]
    habits = {(item.topic, item.choice) for item in mined.habits}
    files, marks = marked(language)
    missing: list[tuple[str, str]] = []
    for kind, path, line, said in marks:
        if kind == "wrapper":
            missing += [(kind, said)] * (wrappers.get((path, _definition(str(files[path]), line))) != said)
        elif kind == "deprecated":
            name = _defined(str(files[path]), line)
            missing += [(kind, name)] * ((path, name, "" if said == "-" else said) not in old)
        else:
            topic, _, choice = said.partition(": ")
            missing += [(kind, said)] * ((topic, choice) not in habits)

    assert not missing, (wrappers, old, sorted(habits))


def test_nothing_else_is_deprecated(language: str, mined: Conventions) -> None:
    assert len(mined.deprecated) == sum(kind == "deprecated" for kind, *_ in marked(language)[1])


def test_every_language_has_marks() -> None:
    assert {path.name for path in ROOT.iterdir()} == set(LANGUAGES) - {"tsx"}


NAME = re.compile(r"(?:def|function|func|fn)\s+(?:self\.|M\.)?(\w+)|(\w+)\(")


def _definition(text: str, line: int) -> int:
    """The line of the definition at or below a mark, behind its decorators and attributes."""
    lines = text.split("\n")
    while lines[line - 1].strip().startswith(("@", "[", "#[", '"', ")", "__attribute__", "//", "/*")):
        line += 1
    return line


def _defined(text: str, line: int) -> str:
    found = NAME.search(text.split("\n")[_definition(text, line) - 1])
    assert found is not None
    return found[1] or found[2]
