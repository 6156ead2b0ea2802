"""Names and calls in a suggestion: what exists passes, the first thing that does not is told with its place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fakes import ScriptedEngine
from places import cursor_at

from inhouse.completion import Assistant, CompletionRequest, Settings
from inhouse.completion.arguments import calls
from inhouse.completion.identifiers import spots
from inhouse.completion.known import Known, Near
from inhouse.completion.name_check import NameCheck
from inhouse.completion.words import SortedNames, Words
from inhouse.context import Project
from inhouse.model import CancelFlag, Fill

SHELF = """\
class Shelf:
    def __init__(self, size):
        self.size = size

    def put(self, book, place=0):
        return book


def load(path, *, strict=False):
    return path
"""
MAIN = "from shelf import Shelf, load\n\n\nclass Own:\n    def go(self, books):\n        known = 1\n        █\n"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Project]:
    monkeypatch.setenv("INHOUSE_CACHE_DIR", str(tmp_path / "cache"))
    root = tmp_path / "house"
    root.mkdir()
    (root / "shelf.py").write_text(SHELF)
    opened = Project(root)
    opened.refresh()
    yield opened
    opened.close()


def doubt(project: Project, text: str, marked: str = MAIN) -> str | None:
    cursor = cursor_at(marked)
    request = CompletionRequest(project.root, project.root / "main.py", marked.replace("█", ""), cursor.offset)
    found = NameCheck(project, request, cursor).doubt(text)
    return f"{found.at}: {found.why}" if found else None


BASES = {
    "base.ts": "export class Base {\n  constructor(private db: Db) {}\n  open() { this.late = 1; }\n}\n",
    "use.ts": "import { Base } from './base';\nclass Use extends Base {\n  go() {\n    █\n  }\n}\n",
    "base.js": "export class Base {\n  kept = 1;\n  open() { this.late = 1; }\n}\n",
    "use.js": "import { Base } from './base.js';\nclass Use extends Base {\n  go() {\n    █\n  }\n}\n",
    "Use.java": "class Use {\n  void go() {\n    █\n  }\n}\n",
    "use.rs": "struct Use { size: u8 }\nimpl Use {\n    fn go(&self) {\n        █\n    }\n}\n",
    "Use.cs": "class Use {\n  void Go() {\n    █\n  }\n}\n",
    "base.py": """\
class Base:
    one, two = 1, 2

    def __init__(self, pair):
        self.left, self.right = pair
        self.near = self.far = None
        with open(pair) as self.file:
            pass


class Open:
    def __init__(self, **all):
        self.__dict__.update(all)


@registered
class Marked:
    pass
""",
    "use.py": "from base import Base\n\n\nclass Use(Base):\n    def go(self):\n        █\n",
    "open.py": "from base import Open\n\n\nclass Use(Open):\n    def go(self, x):\n        x.made\n        █\n",
    "marked.py": "from base import Marked\n\n\nclass Use(Marked):\n    def go(self):\n        █\n",
    "made.py": "made = 1\n",
}


@pytest.mark.parametrize(
    ("path", "text", "right"),
    [
        ("use.ts", "return this.db;", True),
        ("use.ts", "return this.late;", True),
        ("use.ts", "return this.constructor;", True),
        ("use.ts", "return this.nonsense;", False),
        ("use.js", "return this.kept;", True),
        ("use.js", "return this.late;", True),
        ("use.js", "return this.constructor;", True),
        ("Use.java", "return this.getClass();", True),
        ("Use.java", "return this.nonsense();", False),
        ("use.rs", "return self.clone();", True),
        ("Use.cs", "return this.ToString();", True),
        *[("use.py", f"return self.{name}", True) for name in ("left", "right", "near", "far", "file", "one", "two")],
        ("use.py", "return self.__class__", True),
        ("use.py", "return self.__dict__", True),
        ("use.py", "return self.nonsense", False),
        ("use.py", "return self.made", False),
        ("open.py", "return self.made", True),
        ("marked.py", "return self.made", True),
    ],
)
def test_members_that_no_outline_has_are_no_mistakes(project: Project, path: str, text: str, right: bool) -> None:
    """A class is closed in Python alone, and only where its text and its bases' tell all that it has."""
    for name, source in BASES.items():
        (project.root / name).write_text(source.replace("█", ""))
    project.refresh()
    cursor = cursor_at(BASES[path])
    request = CompletionRequest(project.root, project.root / path, BASES[path].replace("█", ""), cursor.offset)

    found = NameCheck(project, request, cursor).doubt(f"{text}\n")

    assert (found is None) == right, found


@pytest.mark.parametrize(
    ("path", "text", "why"),
    [
        ("use.ts", "return this.function(x);", "12: no this.function here"),
        ("use.ts", "[...this.kept].function();", "15: no function here"),
        ("use.ts", "f(...function () {});", None),
        ("use.js", "open().then(function () {});", None),
        ("Use.java", "return Use.class;", None),
        ("Use.java", "return this.public;", "12: no this.public here"),
        ("use.rs", "self.clone().await;", None),
        ("use.rs", "self.fn();", "5: no self.fn here"),
        ("use.py", "self.class", "5: no self.class here"),
    ],
)
def test_a_word_of_the_language_is_no_member(project: Project, path: str, text: str, why: str | None) -> None:
    """Of `function` in the file itself, as a word, nothing follows."""
    before = f"function f() {{}}\n{BASES[path]}"
    cursor = cursor_at(before)
    request = CompletionRequest(project.root, project.root / path, before.replace("█", ""), cursor.offset)

    found = NameCheck(project, request, cursor).doubt(f"{text}\n")

    assert (f"{found.at}: {found.why}" if found else None) == why


SHELF_PHP = "<?php\nclass Shelf\n{\n    function put($box, $place)\n    {\n        return $box;\n    }\n}\n"
MAIN_PHP = "<?php\nclass Own extends Shelf\n{\n    function go(Shelf $shelf)\n    {\n        █\n    }\n}\n"


@pytest.mark.parametrize("receiver", ["$this->", "$shelf->", "self::", "static::"])
def test_receivers_of_php_are_known_with_their_sign(project: Project, receiver: str) -> None:
    (project.root / "Shelf.php").write_text(SHELF_PHP)
    project.refresh()
    cursor = cursor_at(MAIN_PHP)
    path, text = project.root / "Own.php", MAIN_PHP.replace("█", "")
    request = CompletionRequest(project.root, path, text, cursor.offset)
    known = Known(project, Words(), SortedNames(()), request, "")

    assert NameCheck(project, request, cursor).doubt(f"{receiver}put($shelf, 1);\n") is None
    spot = next(spot for spot in spots(f"{receiver}put(", len(receiver), "//") if spot.name == "put")
    assert known.near(spot) == Near.SCOPE
    assert known.has_members("$this")


def test_a_name_is_looked_up_once_for_all_answers(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    where = project.where

    def noted(path: Path, text: str, offset: int, name: str) -> str:
        asked.append(name)
        return where(path, text, offset, name)

    monkeypatch.setattr(project, "where", noted)
    cursor = cursor_at(MAIN)
    check = NameCheck(project, CompletionRequest(project.root, project.root / "main.py", MAIN, cursor.offset), cursor)

    assert check.doubt("x = load(books)") is None
    assert check.doubt("return load(nonsense)") is not None
    assert sorted(asked) == ["books", "load", "nonsense"]


@pytest.mark.parametrize(
    "text",
    [
        "x = load(books)",
        "known = len(books)",
        "one, two = books\n        return one + two",
        "for each in books:\n            print(each)",
        "return [item for item in books if item]",
        "self.go(books)",
        "self.fresh = 1",
        "with open(books) as file:\n            file.read()",
        "shelf = Shelf(3)\n        shelf.put(1)",
        "load(books, strict=True)",
        "load(*books)",
        "say = 'nonsense'  # and nonsense",
        "import nonsense",
        "def inner(argument):\n            return argument",
        "f = lambda one, two: one + two",
        "raise ValueError(f'{known}')",
    ],
)
def test_what_exists_passes(project: Project, text: str) -> None:
    assert doubt(project, text) is None


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("x = laod(books)", "4: no laod here"),
        ("load(boks)", "5: no boks here"),
        ("load(boks, strict=True)", "5: no boks here"),
        ("self.gone(books)", "5: no self.gone here"),
        ("y = 1\n        z = yy", "18: no yy here"),
        ("load()", "5: 0 arguments are not for load"),
        ("load(books, known, known)", "5: 3 arguments are not for load"),
        ("load(books, strikt=1)", "5: no argument strikt in load"),
    ],
)
def test_what_does_not_is_told(project: Project, text: str, told: str) -> None:
    assert doubt(project, text) == told


def test_the_line_s_beginning_belongs_to_the_text(project: Project) -> None:
    assert doubt(project, "d(books)", MAIN.replace("█", "x = loa█")) is None
    assert doubt(project, "f(books)", MAIN.replace("█", "x = loa█")) == "0: no loaf here"


@pytest.mark.parametrize(
    ("path", "line", "text", "why"),
    [
        ("main.py", "x = books.█", '"""', "0: no text can stand behind a dot"),
        ("main.py", "books.█", "'a'", "0: no text can stand behind a dot"),
        ("main.ts", "books?.█", "`a`", "0: no text can stand behind a dot"),
        ("main.py", "x = 'About books.█", "'", None),
        ("main.py", "# About books.█", '"""', None),
        ("main.lua", "local x = books ..█", '"a"', None),
        ("main.php", "  $x = $books.█", "'a'", None),
        ("Main.java", "f(() ->█", '"a"', None),
    ],
)
def test_a_string_is_no_member(project: Project, path: str, line: str, text: str, why: str | None) -> None:
    cursor, whole = cursor_at(line + "\n"), line.replace("█", "") + "\n"
    request = CompletionRequest(project.root, project.root / path, whole, cursor.offset)

    found = NameCheck(project, request, cursor).doubt(text)

    assert (f"{found.at}: {found.why}" if found else None) == why


def test_nothing_is_doubted_in_docstrings(project: Project) -> None:
    assert doubt(project, "zzz zzz", 'def f():\n    """About\n    █\n    """\n') is None


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("f(a, g(b), c=1)", ["g 1 ", "f 2 c"]),
        ("a.b(x)", ["a.b 1 "]),
        ("f()", ["f 0 "]),
        ("f((1, 2), [3, 4])", ["f 2 "]),
        ("f('a, b)', x)", ["f 2 "]),
        ("f(*a)", ["f 1  spread"]),
        ("f(lambda a, b: a)", ["f 2  spread"]),
        ("f(lambda a: a, b)", ["f 2 "]),
        ("f(|a, b| a + b)", ["f 2  spread"]),
        ("f(move |a, b| a, c)", ["f 3  spread"]),
        ("f(|a| a + 1, b)", ["f 2 "]),
        ("f(a | b, c)", ["f 2 "]),
        ("f(new Map<string, number>())", ["f 2  spread"]),
        ("f(new Map<Array<string>, number>(), (x) => x)", ["f 3  spread"]),
        ("f(a < b, c > d)", ["f 2 "]),
        ("def f(a): g(a == b)", ["g 1 "]),
        ("f(a, ", []),
        ("x[0](y)", []),
    ],
)
def test_calls_and_their_arguments(text: str, told: list[str]) -> None:
    found = [
        f"{call.callee} {len(call.by_place)} {','.join(call.keywords)}{' spread' if call.spread else ''}"
        for call in calls(text)
    ]

    assert found == told


def shown(project: Project, answer: str, **settings: bool) -> tuple[list[str], str | None]:
    assistant = Assistant(Settings(**settings), ScriptedEngine(answer))  # type: ignore[arg-type]
    assistant.project(project.root).refresh()
    text = MAIN.replace("█", "")
    request = CompletionRequest(project.root, project.root / "main.py", text, MAIN.index("█"), invoked=True, lines=1)
    found = assistant.complete(request, CancelFlag())
    assistant.close()
    return [item.text for item in found.items], found.silent


def test_text_is_cut_before_an_unknown_name(project: Project) -> None:
    assert shown(project, "x = load(boks)") == (["x = load("], None)
    assert shown(project, "x = laod(books)") == (["x"], None)


def test_nothing_is_shown_when_nothing_is_left(project: Project) -> None:
    assert shown(project, "laod(books)") == ([], "no laod here")


def test_a_name_that_the_limit_cut_off_is_no_reason_to_write_again(project: Project) -> None:
    class Limited(ScriptedEngine):
        def fill(self, *told: Any, **more: Any) -> Fill:
            return replace(super().fill(*told, **more), stop="limit")

    engine = Limited("x = load(boo")
    assistant = Assistant(Settings(), engine)
    assistant.project(project.root).refresh()
    text = MAIN.replace("█", "")
    request = CompletionRequest(project.root, project.root / "main.py", text, MAIN.index("█"), lines=1)
    assistant.complete(request, CancelFlag())
    assistant.close()

    assert len(engine.requests) == 1


def test_the_check_can_be_switched_off(project: Project) -> None:
    assert shown(project, "laod(books)", name_check=False) == (["laod(books)"], None)


def test_a_bare_name_is_not_found_in_a_library_that_was_imported_as_a_whole(project: Project) -> None:
    assert doubt(project, "x = getcwd()", "import os\n█\n") == "4: no getcwd here"
    assert doubt(project, "x = getcwd()", "from os import *\n█\n") is None
