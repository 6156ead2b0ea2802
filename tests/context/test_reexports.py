"""Names that a module only passes on are followed to where they stand: signatures, members, types and arity."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from inhouse.context import Project

Tree = Callable[[Mapping[str, str | bytes]], Path]
Open = Callable[[Path], Project]

SHELF_PY = (
    "class Shelf:\n    def put_box(self, box, grams): ...\n\n\ndef make_shelf(width) -> Shelf:\n    return Shelf()\n"
)
SHELF_TS = (
    "export class Shelf {\n  putBox(box: string, grams: number) {}\n}\n"
    "export function makeShelf(width: number): Shelf { return new Shelf(); }\n"
)
SHELF_RS = (
    "pub struct Shelf { pub used: u32 }\nimpl Shelf {\n    pub fn put_box(&self, grams: u32) {}\n}\n"
    "pub fn make_shelf(width: u32) -> Shelf { Shelf { used: 0 } }\n"
)
FILES: dict[str, str | bytes] = {
    "shop/__init__.py": "from .store import Shelf, make_shelf as build\nfrom .store.prices import *\n",
    "shop/store/__init__.py": "from .shelf import *\nfrom shop.store.shelf import make_shelf\n",
    "shop/store/shelf.py": SHELF_PY,
    "shop/store/prices.py": "def price_of(box):\n    return 1\n",
    "web/index.ts": 'export { Shelf } from "./store";\nexport * as prices from "./prices";\nexport * from "./tools";\n',
    "web/store/index.ts": 'export * from "./shelf";\n',
    "web/store/shelf.ts": SHELF_TS,
    "web/prices.ts": "export function priceOf(box: string) { return 1; }\n",
    "web/tools.ts": 'import { log } from "./log";\nexport { makeShelf as build } from "./store";\n',
    "web/log.ts": "export function log(text: string) {}\n",
    "src/lib.rs": "pub mod store;\npub use store::{Shelf, make_shelf as build};\n",
    "src/store/mod.rs": "mod shelf;\npub use self::shelf::*;\n",
    "src/store/shelf.rs": SHELF_RS,
}


@pytest.fixture
def shop(tree: Tree, open_project: Open) -> Project:
    """The same shop in three languages, each behind two modules that only pass names on."""
    project = open_project(tree(FILES))
    project.refresh()
    return project


@pytest.mark.parametrize(
    ("path", "text", "wanted"),
    [
        ("app.py", "from shop import Shelf\n", {"class Shelf", "def put_box(self, box, grams)"}),
        ("app.py", "from shop import build\n", {"def make_shelf(width) -> Shelf"}),
        ("app.py", "from shop import price_of\n", {"def price_of(box)"}),
        ("app.py", "import shop\n\nshop.Shelf()\n", {"class Shelf", "def put_box(self, box, grams)"}),
        ("web/app.ts", 'import { Shelf } from "./index";\n', {"class Shelf", "putBox(box: string, grams: number)"}),
        ("web/app.ts", 'import { build } from ".";\n', {"function makeShelf(width: number): Shelf"}),
        ("web/app.ts", 'import * as shop from "./index";\nshop.Shelf;\n', {"class Shelf"}),
        ("src/app.rs", "use crate::Shelf;\n", {"pub struct Shelf", "pub fn put_box(&self, grams: u32)"}),
    ],
)
def test_signatures_come_from_where_the_name_stands(shop: Project, path: str, text: str, wanted: set[str]) -> None:
    chunks = shop.gather(shop.root / path, text, len(text), 3000)

    lines = "\n".join(chunk.text for chunk in chunks if chunk.kind == "signature" and chunk.stable)
    assert {line for line in wanted if line not in lines} == set(), lines


@pytest.mark.parametrize(
    ("path", "text", "receiver", "wanted"),
    [
        ("app.py", "from shop import Shelf\nshelf = Shelf()\n", "shelf", "put_box"),
        ("app.py", "from shop import build\nshelf = build(1)\n", "shelf", "put_box"),
        ("app.py", "import shop\n", "shop", "price_of"),
        ("app.py", "import shop\n", "shop", "build"),
        ("web/app.ts", 'import { Shelf } from ".";\nconst shelf = new Shelf();\n', "shelf", "putBox"),
        ("web/app.ts", 'import { build } from ".";\nconst shelf = build(1);\n', "shelf", "putBox"),
        ("web/app.ts", 'import { prices } from "./index";\n', "prices", "priceOf"),
        ("web/app.ts", 'import * as shop from "./index";\n', "shop", "Shelf"),
        ("web/app.ts", 'import * as shop from "./index";\n', "shop", "build"),
        ("src/app.rs", "use crate::Shelf;\nfn fill(shelf: &Shelf) {\n    ", "shelf", "put_box"),
    ],
)
def test_members_come_from_where_the_class_stands(
    shop: Project, path: str, text: str, receiver: str, wanted: str
) -> None:
    found = shop.members(shop.root / path, text, len(text), receiver)

    names = [item.name for item in found.names]
    assert wanted in names
    assert "log" not in names, "what a module imports for itself is not passed on"


@pytest.mark.parametrize(
    ("path", "text", "callee", "wanted"),
    [
        ("app.py", "from shop import build\n", "build", 1),
        ("app.py", "from shop import Shelf\nshelf = Shelf()\n", "shelf.put_box", 2),
        ("app.py", "from shop import price_of\n", "price_of", 1),
    ],
)
def test_arity_is_that_of_the_definition(shop: Project, path: str, text: str, callee: str, wanted: int) -> None:
    found = shop.arity(shop.root / path, text, len(text), callee)

    assert found is not None
    assert found.least == wanted


def test_a_name_that_two_files_pass_on_has_no_sure_arity(tree: Tree, open_project: Open) -> None:
    files = {"shop/__init__.py": "from .a import *\nfrom .b import *\n"}
    files |= {f"shop/{name}.py": f"def put({name}, *rest): ...\n" for name in "ab"}
    project = open_project(tree(dict(files)))
    project.refresh()

    assert project.arity(project.root / "app.py", "from shop import put\n", 21, "put") is None


def test_modules_that_import_each_other_end(tree: Tree, open_project: Open) -> None:
    files = {f"shop/{one}.py": f"from .{other} import *\n" for one, other in ("ab", "ba")}
    project = open_project(tree(dict(files)))
    project.refresh()

    assert project.members(project.root / "app.py", "from shop.a import Lost\nx = Lost()\n", 36, "x").names == ()
