"""The parts know of each other only what docs/design.md allows."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
PORTIONS = ("lsp/inhouse", "model/inhouse", "context/inhouse")
MAY_IMPORT: dict[str, set[str]] = {
    "model": set(),
    "context": set(),
    "completion": {"model", "context"},
    "server": {"completion", "model", "context"},
    "replay": {"completion", "model", "context"},
    "cli": {"completion", "server", "replay", "model", "context"},
}


def sources() -> list[Path]:
    return sorted(path for portion in PORTIONS for path in (REPOSITORY / portion).rglob("*.py"))


def imported_parts(path: Path) -> Iterator[str]:
    """Names of the parts of inhouse that a module imports, wherever in it the import stands."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            module = node.module or ""
            names = [f"inhouse.{alias.name}" for alias in node.names] if module == "inhouse" else [module]
        else:
            continue
        yield from (name.split(".")[1] for name in names if name.startswith("inhouse."))


def part_of(path: Path) -> str:
    return path.relative_to(REPOSITORY).parts[2]


def test_no_portion_of_the_namespace_has_an_init() -> None:
    assert [portion for portion in PORTIONS if (REPOSITORY / portion / "__init__.py").exists()] == []


def test_every_part_is_known_here() -> None:
    assert {part_of(path) for path in sources()} <= set(MAY_IMPORT)


@pytest.mark.parametrize("path", sources(), ids=lambda path: path.relative_to(REPOSITORY).as_posix())
def test_imports_only_what_its_part_may(path: Path) -> None:
    part = part_of(path)

    assert set(imported_parts(path)) - {part} <= MAY_IMPORT[part]


def test_the_rule_sees_imports_inside_functions(tmp_path: Path) -> None:
    module = tmp_path / "module.py"
    module.write_text("def late():\n    from inhouse.server import program\n    from inhouse import cli\n")

    assert set(imported_parts(module)) == {"server", "cli"}
