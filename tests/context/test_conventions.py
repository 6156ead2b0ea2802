"""Conventions are mined with evidence: house wrappers, absent giants, deprecated names, habits; pins win."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from inhouse.context import Conventions, Project

Tree = Callable[[Mapping[str, str | bytes]], Path]
Open = Callable[[Path], Project]

HOUSE: dict[str, str | bytes] = {
    "shop/log.py": (
        "import logging\n\n\ndef get_shop_logger(name):\n    return logging.getLogger('shop.' + name)\n\n\n"
        "def print_once(text):\n    print(text)\n"
    ),
    "shop/net.py": (
        "import requests\n\n\nclass ShopError(Exception):\n    pass\n\n\n"
        "def fetch_page(url):\n    answer = requests.get(url, timeout=9)\n    if not answer.ok:\n"
        "        raise ShopError(url)\n    return answer.text\n\n\n"
        "def old_fetch(url):\n    '''Deprecated: use fetch_page instead.'''\n    return fetch_page(url)\n"
    ),
    "shop/optim.py": "import torch\n\n\nclass HouseOptimizer(torch.optim.Optimizer):\n    pass\n",
    "shop/model.py": (
        "from shop.optim import HouseOptimizer\n\n\nclass Model:\n    def setup_optimizer(self, rate):\n"
        "        return HouseOptimizer(rate)\n"
    ),
    "tests/test_optim.py": (
        "import pytest\nfrom shop.optim import HouseOptimizer\n\n\ndef test_it():\n    assert HouseOptimizer(1)\n"
    ),
}
USER = (
    "from shop.log import get_shop_logger, print_once\nfrom shop.net import fetch_page\n"
    "from shop.model import Model\n\n"
    'log = get_shop_logger("user{n}")\n\n\ndef run_{n}(url):\n    page = fetch_page(url)\n    print_once(page)\n'
    '    optimizer = Model().setup_optimizer({n})\n    return optimizer, "done", "with", "quotes"\n'
)


@pytest.fixture
def mined(tree: Tree, open_project: Open) -> Conventions:
    """The conventions of a small shop with four users of its helpers."""
    project = open_project(tree(HOUSE | {f"app/user{n}.py": USER.replace("{n}", str(n)) for n in range(4)}))
    project.refresh()
    return project.conventions()


@pytest.mark.parametrize(
    ("house", "foreign", "how"),
    [
        ("get_shop_logger", "logging.getLogger", "wraps"),
        ("fetch_page", "requests.get", "wraps"),
        ("print_once", "print", "wraps"),
        ("HouseOptimizer", "torch.optim.Optimizer", "subclasses"),
        ("Model.setup_optimizer", "torch.optim.Optimizer", "through HouseOptimizer"),
    ],
)
def test_house_ways_are_found_with_their_foreign_counterparts(
    mined: Conventions, house: str, foreign: str, how: str
) -> None:
    found = {item.house: item for item in mined.wrappers}

    assert house in found, sorted(found)
    assert (found[house].foreign, found[house].how) == (foreign, how)
    assert found[house].foreign_uses == 0
    assert found[house].share == 1


def test_every_pair_has_counts_and_witnesses(mined: Conventions) -> None:
    fetch = next(item for item in mined.wrappers if item.house == "fetch_page")

    assert (fetch.path, fetch.line, fetch.house_uses, fetch.house_files) == ("shop/net.py", 8, 4, 4)
    assert fetch.witnesses[0] == "app/user0.py:9"


def test_a_helper_that_others_go_round_is_no_house_way(tree: Tree, open_project: Open) -> None:
    around = {f"app/other{n}.py": "import requests\n\n\ndef go(u):\n    return requests.get(u)\n" for n in range(9)}
    users = {f"app/user{n}.py": USER.replace("{n}", str(n)) for n in range(4)}
    project = open_project(tree({**HOUSE, **users, **around}))
    project.refresh()

    assert "fetch_page" not in {item.house for item in project.conventions().wrappers}


def test_what_the_project_calls_deprecated_is_listed_with_what_replaces_it(mined: Conventions) -> None:
    assert [(item.name, item.line, item.instead) for item in mined.deprecated] == [("old_fetch", 15, "fetch_page")]


@pytest.mark.parametrize(
    ("name", "text", "wanted"),
    [
        ("a.ts", "/** @deprecated use newWay() */\nexport function oldWay() {}\n", ("oldWay", "newWay")),
        ("a.go", "package a\n\n// Old does.\n//\n// Deprecated: use New instead.\nfunc Old() {}\n", ("Old", "New")),
        ("a.rs", '#[deprecated(note = "use new_way")]\npub fn old_way() {}\n', ("old_way", "new_way")),
        ("A.java", "class A {\n  @Deprecated\n  void old() {}\n\n  void fresh() {}\n}\n", ("A.old", "")),
        ("a.py", "import warnings\n\n\ndef old():\n    warnings.warn('use new', DeprecationWarning)\n", ("old", "new")),
        ("legacy/a.py", "def anything():\n    pass\n", ("anything", "")),
    ],
)
def test_marks_of_every_language_are_understood(
    tree: Tree, open_project: Open, name: str, text: str, wanted: tuple[str, str]
) -> None:
    project = open_project(tree({name: text}))
    project.refresh()

    assert [(item.name, item.instead) for item in project.conventions().deprecated] == [wanted]


NOT_OLD = """import warnings


def deprecate_for_users(name):
    warnings.warn(name, DeprecationWarning)


def commands(self):
    deprecated = subcommand("old")
    deprecated.func = 1
"""


def test_what_speaks_of_deprecation_is_not_deprecated(tree: Tree, open_project: Open) -> None:
    project = open_project(tree({"a.py": NOT_OLD, "tests/test_a.py": NOT_OLD.replace("deprecate_for", "test")}))
    project.refresh()

    assert project.conventions().deprecated == ()


@pytest.mark.parametrize(
    ("said", "instead"),
    [
        ("prefer to use {@link #expectNotNull(Object)} instead; will be removed", "expectNotNull"),
        ("Use parser position tracking instead.", ""),
        ("for removal. Replace usages with lambdas.", ""),
        ("use fresh instead", "fresh"),
        ("use shop.fresh_one where you can", "shop.fresh_one"),
        ("replaced by `fresh`, which is faster", "fresh"),
    ],
)
def test_only_names_are_told_as_replacements(tree: Tree, open_project: Open, said: str, instead: str) -> None:
    told = f"  /**\n   * Made for use with {{@link Other}}.\n   * @deprecated {said}\n   */\n"
    text = f"class A {{\n{told}  void old() {{}}\n}}\n"
    project = open_project(tree({"A.java": text}))
    project.refresh()

    assert [(item.name, item.instead, item.mark) for item in project.conventions().deprecated] == [
        ("A.old", instead, "@deprecated")
    ]


def test_a_giant_of_another_field_is_not_missed(tree: Tree, open_project: Open) -> None:
    files: dict[str, str | bytes] = {"words.py": "def string_dist(a, b):\n    return a == b\n"}
    files |= {f"u{n}.py": "from words import string_dist\n\nstring_dist(1, 2)\n" for n in range(4)}
    project = open_project(tree(files))
    project.refresh()

    assert project.conventions().giants == ()


def test_habits_say_what_most_of_the_project_does(mined: Conventions) -> None:
    habits = {item.topic: item for item in mined.habits}

    assert habits["quotes"].choice == "double"
    assert habits["names of functions"].choice == "snake_case"
    assert habits["names of functions"].share == 1
    assert habits["imports are"].choice == "absolute"
    assert habits["indentation"].choice == "4 spaces"


@pytest.mark.parametrize(
    ("ending", "text", "order"),
    [
        ("py", "import b\nimport c\nfrom a import x\nfrom b import y\n", "sorted"),
        ("py", "import os\nimport sys\n\nimport httpx\n\nfrom app import a\n", "in groups, each sorted"),
        ("py", "import sys\nimport os\n\nimport httpx\nimport attrs\n", "in groups, by hand"),
        ("py", "import sys\nimport os\nimport httpx\nfrom a import (\n    z,\n    b,\n)\n", "by hand"),
        ("py", "import a\nimport b\nimport c\nimport d\n\n\ndef f():\n    import a\n", "sorted"),
        ("go", 'package a\n\nimport (\n\t"fmt"\n\t"os"\n\n\t"a.io/b"\n\t"a.io/c"\n)\n', "in groups, each sorted"),
        ("java", "import a.C;\nimport a.D;\nimport b.A;\nimport b.B;\n", "sorted"),
        ("c", '#include "own.h"\n\n#include <a.h>\n#include <b.h>\n#include <c.h>\n', "in groups, each sorted"),
        ("rs", "use a::X;\nuse b::Y;\n\nuse crate::d;\nuse crate::e;\n", "sorted"),
        ("ts", "import a from 'a';\nimport c from 'c';\nimport b from 'b';\nimport d from 'd';\n", "by hand"),
    ],
)
def test_the_order_of_imports_is_a_habit(tree: Tree, open_project: Open, ending: str, text: str, order: str) -> None:
    project = open_project(tree({f"file{number}.{ending}": text for number in range(5)}))
    project.refresh()

    habits = {item.topic: item for item in project.conventions().habits}

    assert (habits["order of imports"].choice, habits["order of imports"].count) == (order, 5)


GO = """package shop

func Weigh(box Box) (int, error) {
\treturn 0, nil
}

func Carry(box Box) error {
\treturn nil
}
"""
RUST = "pub fn weigh(most: usize) -> Result<usize, Heavy> {\n    Ok(most)\n}\n"
CHECKS = """import pytest


@pytest.fixture
def box():
    return [1]


def assert_light(box):
    assert len(box) < 9


async def test_box(box):
    assert box == [1]
    assert box[0] == 1
    assert not box[1:]
    assert_light(box)
    assert_light(box + box)
"""
OWN_ERROR = "class Heavy(Exception):\n    pass\n\n\ndef weigh(box):\n    raise Heavy(box)\n"


def test_errors_tests_and_layout_are_habits_with_places_too(tree: Tree, open_project: Open) -> None:
    files: dict[str, str | bytes] = {}
    for n in range(5):
        files |= {f"go/a{n}.go": GO, f"rs/b{n}.rs": RUST, f"py/c{n}.py": OWN_ERROR, f"tests/test_d{n}.py": CHECKS}
    project = open_project(tree(files))
    project.refresh()
    habits = {(item.language, item.topic): item for item in project.conventions().habits}

    assert habits["go", "errors are"].choice == "returned"
    assert habits["go", "errors are"].count == 10
    assert habits["rust", "errors are"].choice == "returned"
    assert habits["python", "errors are"].choice == "raised"
    assert habits["python", "own errors raised"].choice == "Heavy"
    assert habits["python", "test framework"].choice == "pytest"
    assert habits["python", "test fixtures"].choice == "box"
    assert habits["python", "assertions"].choice == "assert statement"
    assert habits["python", "own assertion helpers"].choice == "assert_light"
    assert habits["python", "own assertion helpers"].count == 10
    assert habits["python", "async functions"].choice == "rare"
    assert habits["go", "indentation"].choice == "tabs"
    for item in habits.values():
        assert item.witnesses, item
        for path, _, line in (witness.rpartition(":") for witness in item.witnesses):
            assert 1 <= int(line) <= str(files[path]).count("\n")


@pytest.mark.parametrize(
    ("use", "absent"),
    [
        ("from torch.optim import AdamW\n\nAdamW()\n", False),
        ("import torch\n\ntorch.optim.AdamW()\n", False),
        ("import torch.optim as optim\n\noptim.AdamW()\n", False),
        ("from transformers.optimization import get_scheduler\n", False),
        ("from torch.optim import SGD\n\nSGD()\n", True),
        ("import torch\n", True),
    ],
)
def test_a_giant_is_absent_only_where_nobody_imports_or_calls_it(
    tree: Tree, open_project: Open, use: str, absent: bool
) -> None:
    files: dict[str, str | bytes] = {"shop/optim.py": "def muon_optimizer(rate):\n    return rate\n", "use.py": use}
    files |= {f"u{n}.py": "from shop.optim import muon_optimizer\n\nmuon_optimizer(1)\n" for n in range(3)}
    project = open_project(tree(files))
    project.refresh()

    assert ("optimisers" in {item.topic for item in project.conventions().giants}) == absent


ELSEWHERE = {
    "cpp": ("shop::write_log(1)", "namespace shop {\nvoid write_log(int n) {}\n}\n", "#include <spdlog/spdlog.h>\n"),
    "cs": ("ShopLog.Write(1)", "namespace Shop {\nclass ShopLog { }\n}\n", "using Serilog;\n"),
    "rb": ("shop_log(1)", "def shop_log(n)\nend\n", 'require "logger"\n'),
    "php": ("shop_log(1)", "<?php\nfunction shop_log($n) {}\n", "<?php\nuse Monolog\\Logger;\n"),
}


@pytest.mark.parametrize("ending", ELSEWHERE)
def test_giants_of_other_languages(tree: Tree, open_project: Open, ending: str) -> None:
    call, home, giant = ELSEWHERE[ending]
    wrap = {
        "cpp": "int go() { CALL; }\n",
        "cs": "class U { void Go() { CALL; } }\n",
        "rb": "CALL\n",
        "php": "<?php\nCALL;\n",
    }
    files: dict[str, str | bytes] = {f"home.{ending}": home}
    files |= {f"u{n}.{ending}": wrap[ending].replace("CALL", call) for n in range(3)}
    for more, wanted in (({}, ["logging"]), ({f"big.{ending}": giant}, [])):
        project = open_project(tree(files | dict(more)))
        project.refresh()

        assert [item.topic for item in project.conventions().giants] == wanted


def test_an_absent_giant_is_named(tree: Tree, open_project: Open) -> None:
    files: dict[str, str | bytes] = {"shop/log.py": "def shop_log(text):\n    return text\n"}
    files |= {f"u{n}.py": "from shop.log import shop_log\n\nshop_log(1)\n" for n in range(3)}
    project = open_project(tree(files))
    project.refresh()

    found = project.conventions().giants

    assert [(item.topic, item.house, item.files) for item in found] == [("logging", ("shop_log",), 3)]
    assert "loguru" in found[0].absent


PINS = """
[conventions]
deny = ["print_once", "old_fetch", "quotes", "databases"]

[[conventions.pin]]
house = "house_http"
foreign = "httpx.get"

[[conventions.pin]]
house = "shop_clock"
foreign = "time.time"

[[conventions.pin]]
house = "fetch_page"
"""
CLOCK: dict[str, str | bytes] = {
    "shop/clock.py": "def shop_clock(zone):\n    return zone\n",
    "app/one.py": "import time\n\nfrom shop.clock import shop_clock\n\nnow = shop_clock('here')\nthen = time.time()\n",
}


def test_pins_and_denials_of_the_user_win(tree: Tree, open_project: Open) -> None:
    users = {f"app/user{n}.py": USER.replace("{n}", str(n)) for n in range(4)}
    project = open_project(tree(HOUSE | users | CLOCK | {"inhouse.toml": PINS}))
    project.refresh()

    found = project.conventions()

    nowhere, clock, fetch = found.wrappers[:3]
    assert (nowhere.house, nowhere.foreign, nowhere.how, nowhere.path) == ("house_http", "httpx.get", "pinned", "")
    assert (clock.path, clock.line, clock.house_uses, clock.house_files) == ("shop/clock.py", 1, 1, 1)
    assert (clock.foreign_uses, clock.witnesses) == (1, ("app/one.py:5",))
    assert (fetch.foreign, fetch.how, fetch.house_uses) == ("requests.get", "pinned", 4)
    assert found.card[0].text == "now = shop_clock('here')"
    assert "print_once" not in {item.house for item in found.wrappers}
    assert found.deprecated == ()
    assert "quotes" not in {item.topic for item in found.habits}


def test_a_pin_that_nobody_uses_yet_shows_its_definition(tree: Tree, open_project: Open) -> None:
    toml = '[[conventions.pin]]\nhouse = "shop_clock"\nforeign = "time.time"\n'
    project = open_project(tree({"shop/clock.py": CLOCK["shop/clock.py"], "inhouse.toml": toml}))
    project.refresh()

    found = project.conventions()

    assert [(line.path, line.line, line.text) for line in found.card] == [("shop/clock.py", 1, "def shop_clock(zone):")]
    assert found.wrappers[0].share == 1


@pytest.mark.parametrize("toml", ["not toml [", "conventions = 3\n", "[[conventions.pin]]\nhouse = 4\n"])
def test_a_bad_settings_file_is_one_line_and_no_failure(tree: Tree, open_project: Open, toml: str) -> None:
    project = open_project(tree({"a.py": "x = 1\n", "inhouse.toml": toml}))
    project.refresh()

    assert project.conventions().problem.startswith("inhouse.toml")
    assert "\n" not in project.conventions().problem


def test_the_report_reads_and_the_data_is_json(mined: Conventions) -> None:
    text = mined.render()

    assert "fetch_page  (shop/net.py:8)  wraps requests.get: 4 calls in 4 files" in text
    assert json.loads(json.dumps(mined.to_json()))["wrappers"][0]["share"] == 1.0
    assert any("get_shop_logger" in line.text for line in mined.card)


def test_an_empty_project_has_no_conventions(tree: Tree, open_project: Open) -> None:
    project = open_project(tree({}))
    project.refresh()

    assert project.conventions() == Conventions()
    assert project.conventions().render()


def test_the_house_as_plain_names_costs_nothing(tree: Tree, open_project: Open) -> None:
    lines = {
        "log.py": "import logging\n\ndef open_log(name):\n    return logging.getLogger(name)\n",
        "old.py": "import warnings\n\ndef old_way():\n    warnings.warn('use open_log', DeprecationWarning)\n",
    }
    users = {f"u{n}.py": "from log import open_log\nlog = open_log(__name__)\n" for n in range(4)}
    project = open_project(tree({**lines, **users}))
    project.refresh()
    assert not project.house().foreign

    project.conventions()

    assert project.house().foreign["getLogger"] == "open_log"
    assert project.house().deprecated["old_way"] == "open_log"


@pytest.mark.parametrize(
    ("name", "line", "begun", "filled"),
    [
        ("a.py", 'log.info(f"box {n} is full")', "with a small letter", "f-strings"),
        ("a.py", 'logger.warning("Box {} is full".format(n))', "with a capital", ".format()"),
        ("a.js", "logger.info(`Box ${n} is full`);", "with a capital", "template strings"),
        (
            "a.go",
            'package a\n\nfunc f() { log.Printf("box %d is full", n) }',
            "with a small letter",
            "% with arguments",
        ),
        ("a.rs", 'fn f() { log::warn!("box {} is full", n); }', "with a small letter", "braces"),
        ("a.cs", 'class A { void F() { logger.Info($"Box {n} is full"); } }', "with a capital", "interpolated strings"),
        ("a.rb", 'logger.info("Box #{n} is full")', "with a capital", "interpolated strings"),
    ],
)
def test_the_form_of_log_messages_is_a_habit(
    tree: Tree, open_project: Open, name: str, line: str, begun: str, filled: str
) -> None:
    project = open_project(tree({f"{n}{name}": line + "\n" for n in range(5)}))
    project.refresh()

    habits = {item.topic: item.choice for item in project.conventions().habits}

    assert (habits.get("log messages begin"), habits.get("values in log messages")) == (begun, filled)


@pytest.mark.parametrize(
    ("name", "text", "form"),
    [
        (
            "a.py",
            'def f(a):\n    """Does.\n\n    Parameters\n    ----------\n    a : int\n    """\n',
            "NumPy (Parameters, under",
        ),
        ("a.py", 'def f(a):\n    """Does.\n\n    :param a: it\n    """\n', "Sphinx (:param x:)"),
        ("a.py", 'def f(a):\n    """Does."""\n', "prose"),
        ("a.cs", "class A {\n/// <summary>Does.</summary>\nvoid F() {}\n}\n", "XML (<summary>)"),
        ("a.rs", "/// Does.\n///\n/// # Errors\n/// None.\nfn f() {}\n", "sections (# Errors)"),
        ("A.java", "class A {\n/**\n * Does.\n * @param a it\n */\nvoid f(int a) {}\n}\n", "tags (@param)"),
    ],
)
def test_the_form_of_doc_comments_is_a_habit(tree: Tree, open_project: Open, name: str, text: str, form: str) -> None:
    project = open_project(tree({f"{n}/{name}": text for n in range(5)}))
    project.refresh()

    habits = {item.topic: item.choice for item in project.conventions().habits}

    assert habits["form of doc comments"].startswith(form)
