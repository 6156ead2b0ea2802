"""Habits of imports: relative or absolute, whole modules or names, and in which order."""

from collections.abc import Iterator, Sequence

from inhouse.context.conventions.facts import Facts
from inhouse.context.conventions.habit import Habit, habit
from inhouse.context.outline import Import

_RELATIVE = (".", "crate", "self::", "super::")
_ONE_WAY = frozenset({"c", "cpp", "java", "go"})
"""Languages that have no relative imports, or whose includes do not tell."""
_LEAST_IMPORTS = 4
"""Fewer in a file have no order worth telling."""


def imports(language: str, files: list[Facts]) -> Iterator[Habit]:
    """How files import."""
    if language not in _ONE_WAY:
        cases = (
            ("relative" if item.module.startswith(_RELATIVE) else "absolute", f"{facts.path}:{item.line}")
            for facts in files
            for item in facts.outline.imports
        )
        yield from habit("imports are", language, cases)
    if language == "python":
        named = (
            ("from module import name" if item.name else "import module", f"{facts.path}:{item.line}")
            for facts in files
            for item in facts.outline.imports
        )
        yield from habit("form of imports", language, named)
    ordered = ((facts, _groups(facts)) for facts in files)
    order = (
        (_order(language, groups), f"{facts.path}:{groups[0][0].line}")
        for facts, groups in ordered
        if sum(map(len, groups)) >= _LEAST_IMPORTS
    )
    yield from habit("order of imports", language, order)


def _groups(facts: Facts) -> list[list[Import]]:
    """The file's imports, one a line, in the groups that blank lines make; without those inside of blocks."""
    found: list[list[Import]] = []
    last = -1
    for item in sorted(facts.outline.imports, key=lambda item: item.line):
        indented = facts.lines[item.line - 1][:1] in (" ", "\t")
        if item.line == last or (indented and facts.language != "go"):
            continue
        if last < 0 or not all(line.strip() for line in facts.lines[last : item.line - 1]):
            found.append([])
        found[-1].append(item)
        last = item.line
    return found


def _order(language: str, groups: Sequence[Sequence[Import]]) -> str:
    if _is_sorted(language, [item for group in groups for item in group]):
        return "sorted"
    if len(groups) == 1:
        return "by hand"
    each = all(_is_sorted(language, group) for group in groups)
    return "in groups, each sorted" if each else "in groups, by hand"


def _is_sorted(language: str, items: Sequence[Import]) -> bool:
    """By the modules' names, with or without regard to case, or Python's whole modules before names of modules."""
    names = [f"{item.module}.{item.name}" if language == "java" else item.module for item in items]
    small = [name.lower() for name in names]
    by_form = [(bool(item.name), name) for item, name in zip(items, small, strict=True)]
    return names == sorted(names) or small == sorted(small) or (language == "python" and by_form == sorted(by_form))
