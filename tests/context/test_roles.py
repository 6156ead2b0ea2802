"""Files of the same role, and deprecated code: what is offered first and what last."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from inhouse.context import Chunk, Project
from inhouse.context.roles import Roles, is_test, subject_of

Tree = Callable[[Mapping[str, str | bytes]], Path]
Open = Callable[[Path], Project]


@pytest.mark.parametrize(
    ("source", "test"),
    [
        ("src/shop/prices.py", "tests/shop/test_prices.py"),
        ("web/cart.ts", "web/cart.spec.ts"),
        ("web/cart.tsx", "web/__tests__/cart.test.ts"),
        ("pkg/store/shelf.go", "pkg/store/shelf_test.go"),
        ("src/main/java/Shop.java", "src/test/java/ShopTest.java"),
        ("lib/shelf.rb", "spec/shelf_spec.rb"),
        ("src/shelf.c", "tests/test_shelf.cc"),
    ],
)
def test_a_test_and_its_source_know_each_other(source: str, test: str) -> None:
    roles = Roles([source, test, "tests/test_other.py", "other/readme.py"])

    assert (is_test(source), is_test(test)) == (False, True)
    assert roles.counterpart(source) == test
    assert roles.counterpart(test) == source


def test_the_nearest_of_several_is_meant() -> None:
    roles = Roles(["a/client.py", "b/net/client.py", "tests/net/test_client.py", "tests/test_none.py", "client.rs"])

    assert roles.counterpart("tests/net/test_client.py") == "b/net/client.py"
    assert roles.counterpart("tests/test_none.py") is None


@pytest.mark.parametrize("stem", ["test", "tests", "latest", "attest", "contest", "testing", "Test"])
def test_names_that_only_look_like_tests(stem: str) -> None:
    assert subject_of(stem) == stem


def test_siblings_are_named_alike_in_one_folder() -> None:
    handlers = [f"web/{name}_handler.py" for name in ("order", "stock", "user")]
    roles = Roles([*handlers, "web/util.py", "web/page_handler.js", "other/box_handler.py"])

    assert roles.siblings("web/user_handler.py", 9) == handlers[:2]
    assert roles.siblings("web/new_handler.py", 1) == handlers[:1]
    assert roles.siblings("web/util.py", 9) == []
    assert roles.siblings("other/new_handler.py", 9) == [], "one file is no pattern"


def signatures(chunks: list[Chunk]) -> str:
    return "\n".join(chunk.text for chunk in chunks if chunk.kind == "signature")


def test_a_new_test_sees_what_it_is_to_test(tree: Tree, open_project: Open) -> None:
    project = open_project(
        tree({"src/prices.py": "def net_price(amount):\n    return amount\n", "src/other.py": "x = 1\n"})
    )
    project.refresh()

    chunks = project.gather(project.root / "tests/test_prices.py", "def test_", 9, 2000)

    assert signatures(chunks) == "def net_price(amount): ..."
    assert all(chunk.stable for chunk in chunks if chunk.kind == "signature")


def test_a_new_handler_sees_how_the_others_begin(tree: Tree, open_project: Open) -> None:
    project = open_project(
        tree({f"web/{n}_handler.py": f"class {n.title()}Handler:\n    pass\n" for n in ("order", "stock")})
    )
    project.refresh()

    chunks = project.gather(project.root / "web/user_handler.py", "", 0, 2000)

    assert signatures(chunks) == "class OrderHandler:\nclass StockHandler:"


OLD: str = """\
def weigh_old(parcel, scale):
    \"\"\"Deprecated: use weigh_parcel.\"\"\"
    return scale.measure_parcel(parcel, 1)
"""
NEW: str = """\
def weigh_parcel(parcel, scale):
    found = scale.measure_parcel(parcel)
    return found
"""


def test_deprecated_code_comes_last(tree: Tree, open_project: Open) -> None:
    project = open_project(tree({"a_old.py": OLD, "b_new.py": NEW}))
    project.refresh()
    head = "from a_old import weigh_old\nfrom b_new import weigh_parcel\n\n\n"
    text = head + "def ship(parcel, scale):\n    scale.measure_parcel(parcel, 1)\n    "

    def order(kind: str, budget: int = 6000) -> list[str]:
        chunks = project.gather(project.root / "main.py", text, len(text), budget)
        return [chunk.path for chunk in chunks if chunk.kind == kind]

    assert order("window") == ["a_old.py", "b_new.py"], "the old one is more like the cursor's lines"
    assert order("signature", 500) == ["a_old.py"], "there is room for one"

    project.conventions()

    assert order("window") == ["b_new.py", "a_old.py"]
    assert order("signature", 500) == ["b_new.py"]


def test_deprecated_names_come_last_in_the_list(tree: Tree, open_project: Open) -> None:
    filler = "".join(f"an_ordinary_line_{n} = {n}\n" for n in range(8))  # with it no window fits into the budget
    use = "box = weigh_old(parcel, scale)\n" + filler
    project = open_project(tree({"a_old.py": OLD, "b_new.py": NEW, **{f"u{n}.py": use for n in range(5)}}))
    project.refresh()
    text = "parcel, scale = 1, 2\nscale.measure_parcel(parcel)\n"

    def names() -> str:
        chunks = project.gather(project.root / "main.py", text, len(text), 500)
        return "".join(chunk.text for chunk in chunks if chunk.kind == "names")

    before = names()
    project.conventions()
    after = names()

    assert before != after
    assert after.endswith("weigh_old")


def body(own: int, shared: int) -> str:
    """A block with so many lines of its own and so many that others have too."""
    lines = [f"    scale.measure_weight(parcel_{n})" for n in range(shared)]
    return "\n".join([*lines, *(f"    self.adjust_{own}_{n}(scale)" for n in range(10 - shared))]) + "\n"


@pytest.mark.parametrize(("shared", "kept"), [(4, True), (5, True), (6, False), (9, False)])
def test_windows_with_more_than_half_of_the_current_lines_are_dropped(
    tree: Tree, open_project: Open, shared: int, kept: bool
) -> None:
    project = open_project(tree({"other.py": body(1, shared)}))
    project.refresh()
    text = body(2, 9) + "scale.measure_weight("

    chunks = project.gather(project.root / "main.py", text, len(text), 6000)

    assert any(chunk.kind == "window" for chunk in chunks) == kept


def test_of_windows_that_are_nearly_the_same_one_is_kept(tree: Tree, open_project: Open) -> None:
    many = [f"    scale.measure_weight(parcel_{n})\n" for n in range(20)]
    nearly, half = [*many[:19], "    scale.other()\n"], [*many[:10], *(f"    scale.turn_{n}()\n" for n in range(10))]
    project = open_project(tree({"a.py": "".join(many), "b.py": "".join(nearly), "c.py": "".join(half)}))
    project.refresh()
    text = "scale.measure_weight("

    chunks = project.gather(project.root / "main.py", text, len(text), 9000)

    assert {chunk.path for chunk in chunks if chunk.kind == "window"} in ({"a.py", "c.py"}, {"b.py", "c.py"})
