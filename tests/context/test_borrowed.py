"""Signatures of installed libraries for what stands around a cursor: read aside as text, there at the next query."""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from inhouse.context import Chunk, Project
from inhouse.context.libraries import Libraries
from inhouse.context.library_heads import LibraryHeads

Tree = Callable[[Mapping[str, str | bytes]], Path]
Open = Callable[[Path], Project]

SITE = ".venv/lib/python3.11/site-packages"
API = '''"""Of the library."""
import typing
raise SystemExit("ran")


def fetch(url, timeout=3, **kwargs):
    """Fetches a page.

    More is said here.
    """
    return Session(url)


class Base:
    def close(self):
        pass


class Session(Base):
    """Keeps a connection."""

    def __init__(self, url, pool=None):
        self.url = url

    def send(self, body):
        """Sends a body."""

    def _hidden(self):
        pass


def opened(url) -> Session: ...


default = Session("")
send = default.send
'''
FILES: dict[str, str | bytes] = {
    f"{SITE}/fancy/__init__.py": "from .api import Session, fetch, opened\nfrom . import deep as deeper\n",
    f"{SITE}/fancy/api.py": API,
    f"{SITE}/fancy/deep.py": "def dive(depth): ...\n",
    f"{SITE}/stubbed-stubs/__init__.pyi": (
        "@overload\ndef load(path: str) -> str: ...\n@overload\ndef load(path: bytes) -> bytes: ...\n"
    ),
    "node_modules/pretty/package.json": '{"types": "./main.d.ts"}',
    "node_modules/pretty/main.d.ts": (
        "/** Makes it pretty. */\nexport declare function makePretty(text: string): string;\n"
        "export declare class Printer extends Device {\n    constructor(width: number);\n"
        "    print(text: string): void;\n}\n"
        "declare class Device {\n    close(): void;\n}\n"
        "declare const printer: Printer;\nexport default printer;\n"
    ),
    "node_modules/@types/node/path.d.ts": (
        'declare module "path" {\n    namespace path {\n        interface Platform {\n'
        "            join(...parts: string[]): string;\n        }\n    }\n"
        "    const path: path.Platform;\n    export = path;\n}\n"
    ),
    "node_modules/desk/index.d.ts": (
        "declare module 'desk' {\n    export namespace window {\n        export function show(text: string): Shown;\n"
        "        export let active: boolean;\n    }\n    export interface Shown {\n        hide(): void;\n    }\n}\n"
    ),
    "web/a.ts": "export const here = 1;\n",
    "house.py": "def own_fetch(url):\n    return url\n",
}
FETCH = "def fetch(url, timeout=3, **kwargs): ...  # Fetches a page."
SESSION = "class Session(Base):  # Keeps a connection."
INIT = "    def __init__(self, url, pool=None): ..."
SEND = "    def send(self, body): ...  # Sends a body."
URL = "    url = url"
LOADS = ("def load(path: str) -> str: ...", "def load(path: bytes) -> bytes: ...")
SHOW = "    function show(text: string): Shown;"
PRINT = "    print(text: string): void"
CLOSE = "    def close(self): ..."
PRETTY = "function makePretty(text: string): string;  // Makes it pretty."


def borrowed(project: Project, path: str, text: str, budget: int = 20_000) -> list[Chunk]:
    """What the second query at the end of a text gives of libraries."""
    project.refresh()
    project.gather(project.root / path, text, len(text), budget)
    assert project.settle(20)
    return [chunk for chunk in project.gather(project.root / path, text, len(text), budget) if chunk.source]


@pytest.mark.parametrize(
    ("path", "text", "wanted"),
    [
        ("main.py", "import fancy\nfancy.fetch('a')\n", {FETCH}),
        ("main.py", "import fancy as f\nf.fet", {FETCH}),
        ("main.py", "from fancy import fetch as get\nget(", {FETCH}),
        ("main.py", "from fancy import deeper\ndeeper.", {"def dive(depth): ..."}),
        ("main.py", "import fancy.deep\nfancy.deep.dive(2)\n", {"def dive(depth): ..."}),
        ("main.py", "import fancy\nfancy.", {FETCH, SESSION, "def opened(url) -> Session: ..."}),
        ("main.py", "from fancy import Session\nSession(", {SESSION, INIT}),
        ("main.py", "from fancy import Session\nnow = Session('a')\nnow.", {SESSION, INIT, SEND, CLOSE, URL}),
        ("main.py", "import fancy\ndef go(now: fancy.Session):\n    now.cl", {SESSION, INIT, CLOSE}),
        ("main.py", "from fancy import opened\nnow = opened(1)\nnow.s", {"def opened(url) -> Session: ...", SEND}),
        ("main.py", "from fancy.api import send\nsend(1)\n", {"send = default.send", SEND}),
        ("main.py", "from stubbed import load\nload(", set(LOADS)),
        ("web/b.ts", "import { makePretty } from 'pretty';\nmakePretty(", {PRETTY}),
        ("web/b.ts", "import * as all from 'pretty';\nall.make", {PRETTY}),
        ("web/b.ts", "import printer from 'pretty';\nprinter.pri", {PRINT, "const printer: Printer;"}),
        ("web/b.ts", "import * as path from 'node:path';\npath.jo", {"    join(...parts: string[]): string"}),
        ("web/b.ts", "import * as desk from 'desk';\ndesk.window.sh", {SHOW}),
        ("web/b.ts", "import { window } from 'desk';\nconst one = window.show('a');\none.", {SHOW, "    hide(): void"}),
        (
            "web/b.js",
            "const { Printer } = require('pretty');\nconst one = new Printer(3);\none.cl",
            {"class Printer extends Device", "    constructor(width: number)", "    close(): void"},
        ),
    ],
)  # fmt: skip
def test_what_stands_near_the_cursor_is_told(
    tree: Tree, open_project: Open, path: str, text: str, wanted: set[str]
) -> None:
    chunks = borrowed(open_project(tree(FILES)), path, text)

    chunks = [chunk for chunk in chunks if not chunk.text.startswith(("# ", "// "))]
    assert {line for chunk in chunks for line in chunk.text.split("\n")} == wanted


@pytest.mark.parametrize(
    "text",
    [
        "from house import own_fetch\nown_fetch(",
        "import nowhere\nnowhere.",
        "from . import fancy\nfancy.fetch(",
        "import fancy\nother.fetch(",
        "import fancy\n\n" + "\n" * 40,
    ],
)
def test_what_is_the_projects_or_unknown_or_far_is_not(tree: Tree, open_project: Open, text: str) -> None:
    assert borrowed(open_project(tree(FILES)), "main.py", text) == []


def test_a_chunk_says_where_in_the_environment_it_is_from(tree: Tree, open_project: Open) -> None:
    project = open_project(tree(FILES))

    chunk, _ = borrowed(project, "main.py", "import fancy\nfancy.fetch('a')\n")

    assert (chunk.kind, chunk.path, chunk.start_line, chunk.stable) == ("library", "fancy/api.py", 6, False)
    assert Path(chunk.source) == project.root / SITE / "fancy" / "api.py"
    script, _ = borrowed(project, "web/b.ts", "import { makePretty } from 'pretty';\nmakePretty(")
    assert (script.path, Path(script.source)) == ("pretty/main.d.ts", project.root / "node_modules/pretty/main.d.ts")


def test_a_query_reads_no_library_itself(tree: Tree, open_project: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    project = open_project(tree(FILES))
    project.refresh()
    read: list[str] = []

    def of(self: LibraryHeads, language: str, own: str, module: str, *rest: object) -> tuple[()]:
        read.append(module)
        return ()

    def later(kind: str, job: Callable[[], None]) -> None:
        read.append(kind)

    monkeypatch.setattr(LibraryHeads, "of", of)
    monkeypatch.setattr(project._index.worker, "later", later)  # pyright: ignore[reportPrivateUsage]
    text = "import fancy\nfancy.fetch("

    project.gather(project.root / "main.py", text, len(text), 20_000)

    assert read == ["around"]


def test_what_else_is_offered_there_comes_as_names(tree: Tree, open_project: Open) -> None:
    text = "import fancy\nnow = fancy.opened(1)\nnow.send(2)\nfancy.fetch(3)\n"

    chunks = borrowed(open_project(tree(FILES)), "main.py", text)

    assert [chunk.text for chunk in chunks[1:]] == ["# fancy.opened: close, url"]


def test_an_opened_file_has_them_at_its_first_query(tree: Tree, open_project: Open) -> None:
    project = open_project(tree(FILES))
    project.refresh()
    text = "import fancy\nfancy.fetch("
    project.update(project.root / "main.py", text)
    assert project.settle(20)

    chunks = project.gather(project.root / "main.py", text, len(text), 20_000)

    assert FETCH in [chunk.text for chunk in chunks]
    assert "# fancy: Session, opened" in [chunk.text for chunk in chunks]


def test_they_keep_to_their_share_and_come_behind_the_projects_own(tree: Tree, open_project: Open) -> None:
    project = open_project(tree(FILES))
    text = "from house import own_fetch\nfrom fancy import fetch, Session\nSession(own_fetch(fetch("

    assert borrowed(project, "main.py", text, 300) == []
    kinds = [chunk.kind for chunk in project.gather(project.root / "main.py", text, len(text), 20_000)]
    assert kinds[:2] == ["signature", "library"]


def test_what_is_not_wanted_any_more_is_not_read_on(tree: Tree) -> None:
    heads = LibraryHeads(Libraries(tree(FILES)))

    def ended() -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        heads.of("python", "main.py", "fancy", ("fetch",), ended)
    assert heads.of("python", "main.py", "fancy", ("fetch",), lambda: None)[0].text == FETCH


def test_circles_of_names_end(tree: Tree) -> None:
    root = tree(
        {
            f"{SITE}/ring/__init__.py": "from .a import *\nfrom .a import one\nclass A(B): pass\nclass B(A): pass\n",
            f"{SITE}/ring/a.py": "from . import one\nfrom .b import *\nfirst = second\nsecond = first\n",
            f"{SITE}/ring/b.py": "from .a import *\n",
        }
    )
    heads = LibraryHeads(Libraries(root))

    assert heads.of("python", "", "ring", ("one",), lambda: None) == ()
    assert heads.of("python", "", "ring", ("A", "none"), lambda: None) == ()
    assert [head.text for head in heads.of("python", "", "ring.a", ("first",), lambda: None)][:1] == ["first = second"]
    assert [head.name for head in heads.of("python", "", "ring", (), lambda: None)] == ["A", "B", "first", "second"]


def test_a_library_made_to_go_round_ends(tree: Tree) -> None:
    names = [f"C{number}" for number in range(60)]
    chain = {f"{SITE}/long/m{number}.py": f"from .m{number + 1} import *\n" for number in range(400)}
    root = tree(
        {
            f"{SITE}/round.py": "first = second.x\nsecond = first.x\n"
            + "\n".join(f"class {name}({', '.join(names)}): pass" for name in names),
            **chain,
        }
    )
    heads = LibraryHeads(Libraries(root))

    assert heads.of("python", "", "round", ("first", "x"), lambda: None) == ()
    assert {head.text for head in heads.of("python", "", "round", ("C1",), lambda: None)} == {
        f"class C1({', '.join(names)}): pass"[:200] + "..."
    }
    assert heads.of("python", "", "long.m0", ("none",), lambda: None) == ()
    assert heads.of("python", "", "long.m0", (), lambda: None) == ()


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_no_link_leads_to_a_file_above_the_project(tree: Tree, open_project: Open, tmp_path: Path) -> None:
    (tmp_path / "index.d.ts").write_text("export function hidden(a: string): void;\n")
    root = tree({"package.json": "{}", "a.ts": "", "node_modules/evil/package.json": '{"types": "t.d.ts"}'})
    (root / "node_modules/evil/t.d.ts").symlink_to(tmp_path / "index.d.ts")

    assert borrowed(open_project(root), "a.ts", "import { hidden } from 'evil';\nhidden(") == []
