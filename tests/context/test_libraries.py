"""Installed libraries: their names are read as text from the project's own environment, and nothing of them is run."""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from inhouse.context import Project
from inhouse.context.libraries import Libraries
from inhouse.context.outline import Import

Tree = Callable[[Mapping[str, str | bytes]], Path]
Open = Callable[[Path], Project]

SITE = ".venv/lib/python3.11/site-packages"
FILES: dict[str, str | bytes] = {
    f"{SITE}/fancy/__init__.py": "from .core import *\nfrom .tools import Tool as Gadget\nraise SystemExit('ran')\n",
    f"{SITE}/fancy/core.py": "def make_fancy(thing, how):\n    return thing\n\n\ndef _hidden():\n    pass\n",
    f"{SITE}/fancy/tools.py": "class Tool:\n    pass\n",
    f"{SITE}/stubbed-stubs/__init__.pyi": "def from_stub(a: int) -> str: ...\n",
    "node_modules/pretty/package.json": '{"types": "./types/main.d.ts"}',
    "node_modules/pretty/types/main.d.ts": "export declare function makePretty(text: string): string;\n",
    "node_modules/@types/plain/index.d.ts": "export function makePlain(a: number, b: number): void;\n",
    "node_modules/react/package.json": '{"main": "index.js"}',
    "node_modules/@types/react/package.json": '{"types": "index.d.ts"}',
    "node_modules/@types/react/index.d.ts": (
        "export = React;\nexport as namespace React;\ndeclare namespace React {\n"
        "    function useState<S>(initial: S): [S, any];\n    const Children: any;\n"
        "    class Component { setState(state: any): void; }\n}\n"
    ),
    "node_modules/barrel/package.json": '{"exports": {".": {"import": {"types": "./dist/all.d.ts", "node": "./a"}},'
    ' "./part": {"require": "./dist/part.cjs", "types": "./dist/part.d.ts"}}}',
    "node_modules/barrel/dist/all.d.ts": 'export * from "./deep.js";\nexport { one as first } from "./deep.js";\n',
    "node_modules/barrel/dist/deep.d.ts": 'export declare function one(a: string): void;\nexport * from "pretty";\n',
    "node_modules/barrel/dist/part.d.ts": "export declare const partOf: string;\n",
    "node_modules/@types/node/fs.d.ts": 'declare module "fs" {\n    function readAll(path: string): void;\n}\n',
    "main.py": "",
}


@pytest.mark.parametrize(
    ("path", "text", "receiver", "wanted"),
    [
        ("main.py", "import fancy\n", "fancy", {"make_fancy": 2, "Gadget": -1}),
        ("main.py", "import fancy as f\n", "f", {"make_fancy": 2}),
        ("main.py", "import fancy.tools\n", "fancy.tools", {"Tool": -1}),
        ("main.py", "from fancy import tools\n", "tools", {"Tool": -1}),
        ("main.py", "import stubbed\n", "stubbed", {"from_stub": 1}),
        ("main.py", "import textwrap\n", "textwrap", {"dedent": 1}),
        ("web/a.ts", "import * as pretty from 'pretty';\n", "pretty", {"makePretty": 1}),
        ("web/a.ts", "import * as plain from 'plain';\n", "plain", {"makePlain": 2}),
        ("web/a.ts", "import React from 'react';\n", "React", {"useState": 1, "Children": -1, "Component": -1}),
        ("web/a.ts", "import * as all from 'barrel';\n", "all", {"one": 1, "first": -1, "makePretty": 1}),
        ("web/a.ts", "import * as part from 'barrel/part';\n", "part", {"partOf": -1}),
        ("web/a.ts", "import * as fs from 'node:fs';\n", "fs", {"readAll": 1}),
        ("web/a.js", "const fs = require('fs');\n", "fs", {"readAll": 1}),
    ],
)
def test_an_imported_library_offers_its_names(
    tree: Tree, open_project: Open, path: str, text: str, receiver: str, wanted: dict[str, int]
) -> None:
    project = open_project(tree(FILES))
    project.refresh()

    found = project.members(project.root / path, text, len(text), receiver)

    names = {item.name: item.arity for item in found.names}
    assert {name: names.get(name) for name in wanted} == wanted
    assert names.keys().isdisjoint({"_hidden", "setState"})
    assert not found.closed


@pytest.mark.parametrize("text", ["import nowhere\n", "from . import nowhere\n", "import nowhere.deep as d\n"])
def test_what_is_not_installed_offers_nothing(tree: Tree, open_project: Open, text: str) -> None:
    project = open_project(tree(FILES))
    project.refresh()

    for receiver in ("nowhere", "d", "nowhere.deep"):
        assert project.members(project.root / "main.py", text, len(text), receiver).names == ()


def test_libraries_stay_out_of_the_index(tree: Tree, open_project: Open) -> None:
    project = open_project(tree(FILES))

    assert project.refresh().files == 1


def test_the_vocabulary_of_a_library_of_types_goes_through_its_files(tree: Tree) -> None:
    found = Libraries(tree(FILES)).vocabulary("typescript", "web/a.ts", "barrel")

    assert {"one", "first"} <= found


STRANGE = ('{"exports": 3}', '{"exports": {".": [3]}}', '{"types": 4}', "[", '{"exports": "./a.js"}')


@pytest.mark.parametrize("manifest", STRANGE)
def test_a_strange_manifest_is_no_failure(tree: Tree, manifest: str) -> None:
    root = tree({"node_modules/odd/package.json": manifest, "node_modules/odd/index.d.ts": "export const a: 1;\n"})

    assert [name.name for name in Libraries(root).names("typescript", "a.ts", "odd")] == ["a"]


EVIL = "node_modules/evil"
OUTSIDE = {
    "types above the project": ({f"{EVIL}/package.json": '{"types": "../../../secret.d.ts"}'}, "", ""),
    "types that are a link": ({f"{EVIL}/package.json": '{"types": "t.d.ts"}'}, f"{EVIL}/t.d.ts", "secret.d.ts"),
    "a package that is a link": (dict[str, str](), EVIL, "package"),
}


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
@pytest.mark.parametrize("kind", OUTSIDE)
def test_no_manifest_and_no_link_leads_out_of_the_project(
    tree: Tree, open_project: Open, tmp_path: Path, kind: str
) -> None:
    made, link, target = OUTSIDE[kind]
    (tmp_path / "secret.d.ts").write_text("export function hidden(a: string): void;\n")
    (tmp_path / "package").mkdir()
    (tmp_path / "package" / "index.d.ts").write_text("export function hidden(a: string): void;\n")
    root = tree({"package.json": "{}", "a.ts": "import * as evil from 'evil';\n", **made})
    if link:
        (root / link).parent.mkdir(parents=True, exist_ok=True)
        (root / link).symlink_to(tmp_path / target)
    project = open_project(root)
    project.refresh()
    text = "import * as evil from 'evil';\nevil."

    assert project.members(root / "a.ts", text, len(text), "evil").names == ()


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
@pytest.mark.parametrize("how", ["extends", "link"])
def test_no_tsconfig_is_read_outside_of_the_project(tree: Tree, open_project: Open, tmp_path: Path, how: str) -> None:
    (tmp_path / "outer.json").write_text('{"compilerOptions": {"paths": {"house/*": ["./project/src/*"]}}}')
    (tmp_path / "linked.json").write_text('{"compilerOptions": {"paths": {"house/*": ["./src/*"]}}}')
    root = tree({"src/b.ts": "export function inner(): void {}\n", "a.ts": "import { inner } from 'house/b';\n"})
    if how == "extends":
        (root / "tsconfig.json").write_text('{"extends": "../outer.json"}')
    else:
        (root / "tsconfig.json").symlink_to(tmp_path / "linked.json")
    project = open_project(root)
    project.refresh()
    asked = project._index.catalogue.modules.resolve("typescript", "a.ts", Import("house/b", "inner"))

    assert asked == []
