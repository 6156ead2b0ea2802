from __future__ import annotations

from coretrain.copying import longest_match
from coretrain.corpus import SourceFile
from coretrain.held_holes import HeldHole, HeldOut, prompt
from coretrain.project import Project
from coretrain.special import Special


def source(path: str, text: str) -> SourceFile:
    return SourceFile("shop", path, "python", "MIT", "held", text)


FILES = [
    source("a.py", "    logger = get_logger(__name__)\n    logger.info('started')\n"),
    source("b.py", "    logger = get_logger(__name__)\n    logger.info('started')\n"),
    source("c.py", "    logger = get_logger(name)\n"),
]
HOLE = HeldHole("shop", 2, "c.py", "rest_of_line", "def main():\n    logger = get_lo", "gger(name)", "\n")


def characters(text: str) -> list[int]:
    """A token a character, behind the special ones."""
    return [len(Special) + ord(character) for character in text]


def test_the_longest_match_is_continued_as_most_places_continue_it() -> None:
    assert longest_match(HOLE, Project(FILES, seed=1)) == "gger(__name__)"


def test_without_a_match_nothing_is_offered() -> None:
    hole = HeldHole("shop", 2, "c.py", "rest_of_line", "x = qqqq", "z", "\n")
    assert longest_match(hole, Project(FILES, seed=1)) == ""


def test_a_prompt_puts_the_suffix_before_the_prefix_and_stays_in_its_room() -> None:
    asked = prompt(HOLE, Project(FILES, seed=1), characters, room=400, context_tokens=0, layout="spm")
    text = "".join(chr(i - len(Special)) if i >= len(Special) else f"<{Special(i).name}>" for i in asked.ids)
    assert text == "<FILE>c.py\n<PREFIX><SUFFIX>\n<MIDDLE>def main():\n    logger = get_lo"


def test_a_prefix_first_prompt_ends_with_the_head_of_the_line() -> None:
    asked = prompt(HOLE, Project(FILES, seed=1), characters, room=400, context_tokens=0, layout="psm")
    text = "".join(chr(i - len(Special)) if i >= len(Special) else f"<{Special(i).name}>" for i in asked.ids)
    assert text == "<FILE>c.py\n<PREFIX>def main():\n<SUFFIX>\n<MIDDLE>    logger = get_lo"


def test_a_cut_prefix_begins_with_a_whole_line() -> None:
    long = HeldHole("shop", 2, "c.py", "rest_of_line", "value = 1\n" * 200 + "logger = ", "x", "\n")
    asked = prompt(long, Project(FILES, seed=1), characters, room=300, context_tokens=0, layout="spm")
    assert len(asked.ids) <= 300
    assert asked.text.startswith("value = 1\n")


def test_held_holes_are_the_same_every_time_and_of_both_kinds() -> None:
    text = "\n".join(f"def function_{i}(argument):\n    return compute(argument, {i})" for i in range(40))
    made = HeldOut([source("long.py", text)]).holes(20)
    assert made == HeldOut([source("long.py", text)]).holes(20)
    assert {hole.kind for hole in made} == {"whole_line", "rest_of_line"}
    assert all(hole.prefix + hole.target + hole.suffix == text for hole in made)
