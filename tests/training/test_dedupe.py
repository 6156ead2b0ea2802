from __future__ import annotations

from coretrain.dedupe import Seen

TEXT = "\n".join(f"def function_{i}(argument_{i}):\n    return argument_{i} + {i}" for i in range(40))


def test_a_new_text_is_unknown() -> None:
    assert Seen().why_known(TEXT) is None


def test_the_same_text_with_other_blanks_is_a_copy() -> None:
    seen = Seen()
    seen.why_known(TEXT)
    assert seen.why_known(TEXT.replace("    ", "\t")) == "exact_copy"


def test_a_text_with_one_line_changed_is_nearly_a_copy() -> None:
    seen = Seen()
    seen.why_known(TEXT)
    assert seen.why_known(TEXT.replace("argument_7 + 7", "argument_7 - 70")) == "near_copy"


def test_a_different_text_of_the_same_shape_is_kept() -> None:
    seen = Seen()
    seen.why_known(TEXT)
    other = "\n".join(f"class Thing{i}:\n    kind_{i} = other({i * 3}, name='x{i}')" for i in range(40))
    assert seen.why_known(other) is None
