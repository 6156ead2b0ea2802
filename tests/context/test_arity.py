"""How many arguments calls must give: said where it is sure, and nothing said where it is not."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from inhouse.context import Arity, Project
from inhouse.context.arity import arity
from inhouse.context.outline import outline

Tree = Callable[[Mapping[str, str | bytes]], Path]
Open = Callable[[Path], Project]

WRITTEN = [
    ("python", "def f(): ...", (0, 0)),
    ("python", "def f(a, b=(1, 2), c: dict[str, int] = {}): ...", (1, 3)),
    ("python", "def f(a, /, b, *, c, d=1): ...", (3, 2)),
    ("python", "def f(a, *rest, **more): ...", (1, None)),
    ("python", "def f(a=',)', b=\"(\"): ...", (0, 2)),
    ("python", "@cache\ndef f(a): ...", (1, 1)),
    ("python", "@click.command()\ndef f(a): ...", None),
    ("python", "def f(a=lambda x, y: x): ...", None),
    ("python", "async def f(a,\n  b,\n): ...", (2, 2)),
    ("typescript", "function f(a: number, b?: Map<string, number>, c = 1, ...rest: string[]) {}", (1, None)),
    ("typescript", "export const f = (a: (x: number, y: number) => void, b: [number, string]) => { g() }", (2, 2)),
    ("javascript", "function f(a, b) {}", None),
    ("go", "package p\nfunc f(a, b int, c ...string) error { return nil }", (2, None)),
    ("go", "package p\nfunc f(a map[string]int, g func(int, int) bool) {}", (2, 2)),
    ("rust", "fn f<T: Fn(u8, u8) -> u8>(a: HashMap<u8, u8>, b: &'a str) -> u8 { 1 }", (2, 2)),
    ("c", "int f(int a, void (*g)(int, int)) { return 1; }", (2, 2)),
    ("c", "int f(void) { return 1; }", (0, 0)),
    ("c", "int f() { return 1; }", None),
    ("c", "int f(const char *form, ...) { return 1; }", (1, None)),
]


@pytest.mark.parametrize(("language", "text", "wanted"), WRITTEN, ids=[text for _, text, _ in WRITTEN])
def test_a_written_head_says_how_many(language: str, text: str, wanted: tuple[int, int | None] | None) -> None:
    [symbol] = [symbol for symbol in outline(language, text.encode()).symbols if symbol.name == "f"]

    found = arity(language, symbol, bound=False)

    assert (found and (found.least, found.most)) == wanted


STORE = """
from dataclasses import dataclass, field
from somewhere import Unknown

class Base:
    def __init__(self, size): ...
    def put(self, thing, at=0): ...
    @staticmethod
    def free(a, b): ...
    @classmethod
    def made(cls, a): ...
    @property
    def full(self): ...

class Shelf(Base):
    def own(self): ...

class Odd(Unknown):
    def own(self, a): ...

@dataclass(frozen=True)
class Point:
    kind: ClassVar[int] = 3
    x: int
    y: int = 0
    tags: list[str] = field(default_factory=list)

@dataclass
class Named(Point):
    name: str = ""

class Plain: ...

def twice(a): ...
def twice(a, b): ...
changed = wrap(twice)
def made_by(a, *, b): ...
"""
USER = """
import pkg.store
from pkg import made_by, store as s
from pkg.store import Base, Shelf, Odd, Point, Named, Plain, twice, changed, made_by as other, full

def use(shelf: Shelf, make):
    local = Shelf(3)
    """
CALLS: list[tuple[str, tuple[int, int | None] | None]] = [
    ("other", (2, 1)),
    ("made_by", (2, 1)),
    ("s.made_by", (2, 1)),
    ("Base", (1, 1)),
    ("Shelf", (1, 1)),
    ("shelf.put", (1, 2)),
    ("local.put", (1, 2)),
    ("Shelf.put", (2, 3)),
    ("shelf.free", (2, 2)),
    ("Shelf.free", (2, 2)),
    ("Shelf.made", (1, 1)),
    ("shelf.own", (0, 0)),
    ("shelf.full", None),
    ("shelf.gone", None),
    ("Odd", None),
    ("Point", (1, 3)),
    ("Named", (1, 4)),
    ("Plain", (0, 0)),
    ("twice", None),
    ("changed", None),
    ("make", None),
    ("use", (2, 2)),
    ("print", None),
    ("nobody", None),
]


@pytest.fixture
def project(tree: Tree, open_project: Open) -> Project:
    """A package whose __init__ passes a name on."""
    init = "from .store import made_by\n"
    found = open_project(tree({"pkg/__init__.py": init, "pkg/store.py": STORE, "user.py": USER}))
    found.refresh()
    return found


@pytest.mark.parametrize(("callee", "wanted"), CALLS, ids=[callee for callee, _ in CALLS])
def test_a_call_says_how_many(project: Project, callee: str, wanted: tuple[int, int | None] | None) -> None:
    found = project.arity(project.root / "user.py", USER, len(USER), callee)

    assert (found and (found.least, found.most)) == wanted


def test_keywords_are_named(project: Project) -> None:
    assert project.arity(project.root / "user.py", USER, len(USER), "other") == Arity(2, 1, ("a", "b"))
    assert project.arity(project.root / "user.py", USER, len(USER), "shelf.put") == Arity(1, 2, ("thing", "at"))


def test_self_and_super_are_followed(project: Project) -> None:
    text = STORE + "\nclass Wide(Shelf):\n    def fill(self, n):\n        "
    path = project.root / "pkg" / "store.py"

    assert project.arity(path, text, len(text), "self.put") == Arity(1, 2, ("thing", "at"))
    assert project.arity(path, text, len(text), "self.fill") == Arity(1, 1, ("n",))


GO = {"go.mod": "module m\n", "a.go": "package m\nfunc Put(a int, b ...string) {}\ntype S struct{}\n"
      "func (s *S) Add(a, b int) {}\n", "b.go": "package m\nfunc use(s *S) {\n\t\n}\n"}  # fmt: skip


@pytest.mark.parametrize(("callee", "wanted"), [("Put", (1, None)), ("s.Add", (2, 2))])
def test_a_go_package_is_one_namespace(
    tree: Tree, open_project: Open, callee: str, wanted: tuple[int, int | None]
) -> None:
    project = open_project(tree(GO))
    project.refresh()

    found = project.arity(project.root / "b.go", GO["b.go"], len(GO["b.go"]) - 3, callee)

    assert found
    assert (found.least, found.most) == wanted
