"""Where names are used: across files, and after edits."""

from collections.abc import Callable, Mapping
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from inhouse.context import Project, Reference
from inhouse.context.references import pack, unpack

Tree = Callable[[Mapping[str, str | bytes]], Path]
Open = Callable[[Path], Project]

LINES = st.lists(st.integers(1, 9999), min_size=1, max_size=20, unique=True).map(sorted)
NAMES = st.from_regex(r"[^\W\d]\w{0,20}", fullmatch=True)

PLAN: str = "class Plan:\n    def weigh(self, box):\n        return box\n"
SHOP: str = (
    "from plan import Plan\n\n\n"
    "class Own(Plan):\n"
    "    def go(self, box):\n"
    "        return self.weigh(box)  # weigh\n\n\n"
    "wanted = [Plan.weigh]\n"
)


@given(st.dictionaries(NAMES, LINES, max_size=8), st.dictionaries(NAMES, LINES, max_size=3))
def test_uses_come_back_as_they_were(calls: dict[str, list[int]], bases: dict[str, list[int]]) -> None:
    assert unpack(pack(calls, bases)) == (calls, bases)


def test_uses_have_their_kind_and_the_definition_around_them(tree: Tree, open_project: Open) -> None:
    project = open_project(tree({"plan.py": PLAN, "shop.py": SHOP, "other.py": "x = 1\n"}))
    project.refresh()

    assert project.references("weigh") == [
        Reference("shop.py", 6, "call", "Own.go"),
        Reference("shop.py", 9, "reference", ""),
    ]
    assert project.callers("weigh") == [Reference("shop.py", 6, "call", "Own.go")]
    assert [(use.line, use.kind) for use in project.references("Plan")] == [
        (1, "reference"), (4, "base"), (9, "reference"),
    ]  # fmt: skip
    assert project.references("Plan", most=1) == [Reference("shop.py", 1, "reference", "")]
    assert project.references("nowhere") == project.references("no name") == project.callers("") == []


def test_uses_follow_the_editor_and_the_disk(tree: Tree, open_project: Open) -> None:
    project = open_project(tree({"plan.py": PLAN, "shop.py": SHOP}))
    project.refresh()
    project.update(project.root / "plan.py", PLAN + "\n\nPlan().weigh(1)\n")
    assert project.settle(20)
    assert [use.path for use in project.callers("weigh")] == ["plan.py", "shop.py"]

    (project.root / "shop.py").unlink()
    project.refresh()
    assert [use.path for use in project.callers("weigh")] == ["plan.py"]


def test_a_file_that_came_after_an_empty_one_is_found(tree: Tree, open_project: Open) -> None:
    project = open_project(tree({"plan.py": PLAN, "z_empty.py": ""}))
    project.refresh()
    (project.root / "shop.py").write_text(SHOP)
    project.refresh()

    assert [use.path for use in project.callers("weigh")] == ["shop.py"]  # both begin at one block
