"""Golden prompts: each layout's order, with a tokenizer of one token a character."""

from __future__ import annotations

from pathlib import Path

import pytest
from ggufs import FIM_METADATA, write

from inhouse.model import Block, FillRequest, ModelError
from inhouse.model.gguf import Header, read_header
from inhouse.model.layout import FimTokens, Layout, Order, fim_order, fim_tokens

TOKENS = FimTokens(prefix=-1, suffix=-2, middle=-3, repository=-5, separator=-6)
NAMES = {-1: "<PRE>", -2: "<SUF>", -3: "<MID>", -5: "<REP>", -6: "<SEP>"}
REQUEST = FillRequest(
    path="b.py", prefix="a = 1\nb = ", suffix="\nc = 3\n", blocks=(Block("x.py", "def x()"),), repository="house"
)


def letters(text: str) -> list[int]:
    return [ord(letter) for letter in text]


def prompt(order: Order, request: FillRequest = REQUEST, tokens: FimTokens = TOKENS, context: int = 2048) -> str:
    ids = Layout(tokens, order, letters, context).prompt(request).ids
    return "".join(NAMES.get(token) or chr(token) for token in ids)


def test_suffix_first() -> None:
    assert prompt("spm") == "<SEP>x.py\ndef x()\n<SEP>b.py\n<PRE><SUF>\nc = 3\n<MID>a = 1\nb = "


def test_prefix_first_keeps_the_head_of_the_line_after_the_middle_token() -> None:
    assert prompt("psm") == "<REP>house\n<SEP>x.py\ndef x()\n<SEP>b.py\n<PRE>a = 1\n<SUF>\nc = 3\n<MID>b = "


def test_a_model_without_file_tokens_gets_the_file_only() -> None:
    bare = FimTokens(-1, -2, -3, None, None)

    assert prompt("psm", tokens=bare) == "<PRE>a = 1\n<SUF>\nc = 3\n<MID>b = "


def test_blocks_that_do_not_fit_are_left_out_from_the_end() -> None:
    blocks = (Block("one.py", "1" * 40), Block("two.py", "2" * 400), Block("three.py", "3"))
    text = prompt("spm", FillRequest("b.py", "x", "", blocks), context=256)

    assert "one.py" in text
    assert "two.py" not in text
    assert "three.py" not in text


@pytest.mark.parametrize("order", ["spm", "psm"])
@pytest.mark.parametrize("context", [256, 512])
def test_a_prompt_leaves_room_for_the_answer(order: Order, context: int) -> None:
    request = FillRequest("b.py", "p = 1\n" * 500, "s = 1\n" * 500, (Block("x.py", "x\n" * 500),), "house")

    assert len(Layout(TOKENS, order, letters, context).prompt(request).ids) <= context - request.max_tokens


@pytest.mark.parametrize("order", ["spm", "psm"])
def test_typing_only_appends(order: Order) -> None:
    layout = Layout(TOKENS, order, letters, 2048)
    before = layout.prompt(REQUEST).ids
    after = layout.prompt(FillRequest("b.py", REQUEST.prefix + "f", REQUEST.suffix, REQUEST.blocks, "house")).ids

    assert after == [*before, ord("f")]


def test_prefix_first_says_where_its_suffix_stands() -> None:
    found = Layout(TOKENS, "psm", letters, 2048).prompt(REQUEST)

    assert found.suffix is not None
    assert found.ids[found.suffix.start : found.suffix.stop] == [TOKENS.suffix, *letters("\nc = 3\n")]


@pytest.mark.parametrize(("order", "tail"), [("spm", "a = 1\nb = "), ("psm", "b = ")])
def test_the_tail_is_the_text_before_the_cursor(order: Order, tail: str) -> None:
    found = Layout(TOKENS, order, letters, 2048).prompt(REQUEST)

    assert found.ids[-found.tail :] == letters(tail)


def test_a_context_too_small_for_a_prompt_is_refused() -> None:
    with pytest.raises(ModelError, match="context_tokens"):
        prompt("spm", context=100)


def header(tmp_path: Path, **metadata: object) -> Header:
    return read_header(write(tmp_path / "a.gguf", metadata))


def test_the_tokens_come_from_the_file(tmp_path: Path) -> None:
    assert fim_tokens(header(tmp_path, **FIM_METADATA)) == FimTokens(1, 2, 3, 5, 6)


def test_a_model_not_trained_to_fill_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no fill-in-the-middle tokens"):
        fim_tokens(header(tmp_path, **{"general.architecture": "llama"}))


def test_order_is_suffix_first_only_where_the_model_says_so(tmp_path: Path) -> None:
    assert fim_order(header(tmp_path, **{"inhouse.fim_order": "spm"})) == "spm"
    assert fim_order(header(tmp_path, **{"general.name": "some other model"})) == "psm"
