"""Imports of a text that is typed in are those of the whole text, though most of it is not looked at again."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tree_sitter import Tree

from inhouse.context import importing, outline
from inhouse.context.importing import Importing
from inhouse.context.outline import ImportMatch
from inhouse.context.trees import Trees

PYTHON = "import os\nfrom a import (\n    b,\n    c as d,\n)\n\n\ndef f():\n    import sys\n    return os\n\n\nx = 1\n"
SCRIPT = "import {a} from 'b';\nconst c = require('d');\nfunction f() {\n  return import('e');\n}\nlet x = 1;\n"
RUST = "use a::{b, c as d};\nmod e;\nfn f() {\n    use g::h;\n    h()\n}\nconst X: u8 = 1;\n"
TEXTS = (("python", PYTHON), ("typescript", SCRIPT), ("rust", RUST))
PIECES = st.sampled_from(
    ["import os\n", "from e import f\n", "use i::j;\n", *"(){}'xé\n", '"""', "/*", "*/", "\n    ", ""]
)
EDITS = st.lists(st.tuples(st.integers(0, 150), st.sampled_from((0, 0, 0, 1, 3, 20)), PIECES), max_size=8)


@settings(deadline=None)
@given(st.sampled_from(TEXTS), EDITS)
def test_after_any_edits_they_are_those_of_the_whole_text(
    start: tuple[str, str], edits: list[tuple[int, int, str]]
) -> None:
    language, text = start
    trees = Trees()
    kept = Importing(trees)
    for at, cut, piece in ((0, 0, ""), *edits):
        text = text[:at] + piece + text[at + cut :]
        found = kept.of("a", language, text)
        _, tree = trees.parse("a", language, text)
        assert found == outline.imports(language, tree)


@pytest.mark.parametrize(("language", "text"), TEXTS)
def test_typing_elsewhere_looks_at_what_was_typed_alone(
    language: str, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = Importing(Trees())
    before = kept.of("a", language, text)
    stretches: list[tuple[int, ...]] = []
    look = outline.import_matches

    def looked(one: str, tree: Tree, *stretch: int) -> list[ImportMatch]:
        stretches.append(stretch)
        return look(one, tree, *stretch)

    monkeypatch.setattr(importing, "import_matches", looked)

    assert kept.of("a", language, text + "y") == before
    assert kept.of("a", language, text + "y\n") == before
    assert [len(stretch) for stretch in stretches] == [2, 2]
    assert all(start >= len(text) - 12 for start, _ in stretches)


def test_lines_above_an_import_move_it() -> None:
    kept = Importing(Trees())
    text = "# A remark.\n\n\nimport os\n"
    assert [item.line for item in kept.of("a", "python", text)] == [4]
    assert [item.line for item in kept.of("a", "python", f"#\n{text}")] == [5]


def test_another_language_begins_anew() -> None:
    kept = Importing(Trees())
    assert kept.of("a", "python", "import os\n")
    assert kept.of("a", "lua", "import os\n") == ()
