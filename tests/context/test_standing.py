"""What makes a function a house way: kin names, a foreign result that it gives, what it was given handed on."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from inhouse.context import Project
from inhouse.context.conventions.facts import IsProject, read_facts
from inhouse.context.conventions.kin import BEARS, SHARES, kin
from inhouse.context.conventions.standing import Standing, standing
from inhouse.context.outline import Import

Tree = Callable[[Mapping[str, str | bytes]], Path]
Open = Callable[[Path], Project]


@pytest.mark.parametrize(
    ("house", "foreign", "alike"),
    [
        ("print0", "print", BEARS),
        ("Shop.get_logger", "logging.getLogger", SHARES),
        ("zmalloc", "malloc", BEARS),
        ("compute_init", "torch.distributed.init_process_group", SHARES),
        ("get_base_dir", "os.path.expanduser", 0),
        ("load_page", "requests.get", 0),
        ("run_all", "asyncio.run", 0),
    ],
)
def test_names_are_kin(house: str, foreign: str, alike: int) -> None:
    assert kin(house, foreign) == alike


class Nowhere:
    """No import means a file of the project."""

    def resolve(self, language: str, own: str, item: Import) -> list[str]:
        del language, own, item
        return []


def of(name: str, language: str, text: str, foreign: str) -> Standing:
    """How a foreign name stands in the first definition of a file."""
    facts = read_facts(name, language, text, IsProject(Nowhere(), name, language))
    calls = [call for call in facts.calls if call.full == foreign]
    assert calls, facts.calls
    return standing(facts.outline.symbols[0], facts.lines, calls)


@pytest.mark.parametrize(
    ("name", "language", "text", "foreign", "returned", "handed"),
    [
        ("a.py", "python", "import yaml\ndef f(a):\n    return yaml.dump(\n        a, 2)\n", "yaml.dump", True, True),
        ("a.py", "python", "import yaml\ndef f(a):\n    b = yaml.load(a)\n    return [b]\n", "yaml.load", True, True),
        ("a.py", "python", "import yaml\ndef f(a):\n    b = yaml.load('x')\n    return a\n", "yaml.load", False, False),
        ("a.py", "python", "import yaml\ndef f():\n    yaml.load('x')\n", "yaml.load", True, False),
        ("a.ts", "typescript", 'import a from "b";\nconst f = (x: A) => a.get(x);\n', "b.get", True, True),
        ("a.go", "go", 'package a\nimport "os"\nfunc F(p string) {\n\tos.Open(p)\n\tg()\n}\n', "os.Open", False, True),
        ("a.c", "c", "char *f(int n)\n{\n\tchar *p;\n\tif ((p = malloc(n)) == 0)\n\t\tdie();\n\treturn p;\n}\n",
         "malloc", True, True),
        ("a.php", "php", "<?php\nuse A\\B;\nfunction f($x) {\n  return B::go($x);\n}\n", "A.B.go", True, True),
        ("a.py", "python", "def f(open):\n    g(open(1))\n    h()\n", "open", False, False),
    ],
)  # fmt: skip
def test_how_a_call_stands_in_a_body(
    name: str, language: str, text: str, foreign: str, returned: bool, handed: bool
) -> None:
    found = of(name, language, text, foreign)

    assert (found.returned, found.handed) == (returned, handed)


def test_a_parameter_is_no_foreign_name() -> None:
    assert of("a.py", "python", "def f(open):\n    return open(1)\n", "open").is_parameter


def mined(tree: Tree, open_project: Open, files: Mapping[str, str | bytes], users: str) -> dict[str, tuple[str, str]]:
    """What is mined in some files with four copies of a user."""
    ending = next(iter(files)).rpartition(".")[2]
    project = open_project(tree(dict(files) | {f"user{n}.{ending}": users for n in range(4)}))
    project.refresh()
    return {item.house: (item.how, item.foreign) for item in project.conventions().wrappers}


ALLOC = """#include <stdlib.h>
#define malloc(n) je_malloc(n)

static inline void *tryalloc_malloc(size_t size) {
    void *ptr = malloc(size);
    if (!ptr) return NULL;
    return ptr;
}

void *zmalloc(size_t size) {
    void *ptr = tryalloc_malloc(size);
    if (!ptr) oom(size);
    return ptr;
}

char *zstrerror(int number) {
    return strerror(number);
}
"""


def test_a_c_allocator_is_found_through_its_helper_and_its_macro(tree: Tree, open_project: Open) -> None:
    files = {"alloc.c": ALLOC, "alloc.h": "void *zmalloc(size_t size);\nchar *zstrerror(int number);\n"}

    found = mined(tree, open_project, files, "void go(void) {\n    show(zmalloc(9), zstrerror(1));\n}\n")

    assert found == {"zmalloc": ("through tryalloc_malloc", "malloc"), "zstrerror": ("wraps", "strerror")}


BY_THE_WAY = """import atexit
import shlex


def tracked_folder(parent, names, number):
    folder = parent / names[number]
    folder.mkdir()
    atexit.register(folder.rmdir)
    names.append(folder.name)
    return folder


def words_of(entry):
    return shlex.split(entry)
"""


@pytest.mark.parametrize(("others", "wanted"), [(0, {"words_of": ("wraps", "shlex.split")}), (1, {})])
def test_a_foreign_call_by_the_way_makes_no_house_way(
    tree: Tree, open_project: Open, others: int, wanted: dict[str, tuple[str, str]]
) -> None:
    around = {f"around{n}.py": "import shlex\n\n\ndef cut(a):\n    return shlex.split(a)\n" for n in range(others)}
    user = "from home import tracked_folder, words_of\n\ntracked_folder(a, b, 1)\nwords_of(a)\n"

    assert mined(tree, open_project, {"home.py": BY_THE_WAY, **around}, user) == wanted
