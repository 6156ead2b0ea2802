"""Golden prompts: each layout's order, with a tokenizer of one token a character."""

from __future__ import annotations

from pathlib import Path

import pytest
from ggufs import FIM_METADATA, write

from inhouse.model import Block, FillRequest, ModelError
from inhouse.model.families import Family, FimTokens, Order, family_of, fim_tokens
from inhouse.model.gguf import Header, read_header
from inhouse.model.layout import Layout

TOKENS = FimTokens(prefix=-1, suffix=-2, middle=-3, repository=-5, separator=-6)
NAMES = {-9: "<BOS>", -1: "<PRE>", -2: "<SUF>", -3: "<MID>", -5: "<REP>", -6: "<SEP>"}
REQUEST = FillRequest(
    path="b.py", prefix="a = 1\nb = ", suffix="\nc = 3\n", blocks=(Block("x.py", "def x()"),), repository="house"
)


def letters(text: str) -> list[int]:
    return [ord(letter) for letter in text]


def prompt(
    order: Order,
    request: FillRequest = REQUEST,
    tokens: FimTokens = TOKENS,
    context: int = 2048,
    *,
    repository_line: bool = True,
) -> str:
    found = Layout(tokens, Family("test", order, repository_line), letters, context).prompt(request)
    return "".join(NAMES.get(token) or chr(token) for token in (*found.ids, *found.closing))


def test_suffix_first() -> None:
    assert prompt("spm") == "<SEP>x.py\ndef x()\n<SEP>b.py\n<PRE><SUF>\nc = 3\n<MID>a = 1\nb = "


def test_prefix_first_keeps_the_head_of_the_line_after_the_middle_token() -> None:
    assert prompt("psm") == "<REP>house\n<SEP>x.py\ndef x()\n<SEP>b.py\n<PRE>a = 1\n<SUF>\nc = 3\n<MID>b = "


def test_starcoder2_has_no_line_break_behind_the_repository() -> None:
    assert prompt("psm", repository_line=False).startswith("<REP>house<SEP>x.py\n")


def test_a_model_without_file_tokens_gets_files_as_commented_text_within_the_prefix() -> None:
    deepseek = FimTokens(-1, -2, -3, None, None)

    expected = "<PRE># x.py\ndef x()\n# b.py\na = 1\n<SUF>\nc = 3\n<MID>b = "
    assert prompt("psm", tokens=deepseek) == expected


def test_codestral_has_no_middle_token() -> None:
    codestral = FimTokens(-1, -2, -1, None, None)

    assert prompt("codestral", tokens=codestral).endswith("<SUF>\nc = 3\n<PRE>a = 1\nb = ")


def test_mellum_puts_the_middle_token_last() -> None:
    assert prompt("mellum").endswith("<SEP>b.py\n<SUF>\nc = 3\n<PRE>a = 1\nb = <MID>")


@pytest.mark.parametrize(
    ("order", "tokens"),
    [
        ("spm", TOKENS),
        ("psm", TOKENS),
        ("psm", FimTokens(-1, -2, -3, None, None)),
        ("codestral", FimTokens(-1, -2, -1, None, None)),
        ("mellum", TOKENS),
    ],
)
def test_the_beginning_of_text_comes_before_everything(order: Order, tokens: FimTokens) -> None:
    family = Family("test", order)
    with_it = Layout(tokens, family, letters, 2048, [-9]).prompt(REQUEST)
    without = Layout(tokens, family, letters, 2048).prompt(REQUEST)

    assert with_it.ids == [-9, *without.ids]
    assert with_it.tail == without.tail
    if with_it.suffix and without.suffix:
        assert with_it.ids[with_it.suffix.start : with_it.suffix.stop][0] == tokens.suffix


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

    found = Layout(TOKENS, Family("test", order), letters, context, [-9]).prompt(request)
    assert len(found.ids) <= context - request.max_tokens


@pytest.mark.parametrize("order", ["spm", "psm"])
def test_typing_only_appends(order: Order) -> None:
    layout = Layout(TOKENS, Family("test", order), letters, 2048)
    before = layout.prompt(REQUEST).ids
    after = layout.prompt(FillRequest("b.py", REQUEST.prefix + "f", REQUEST.suffix, REQUEST.blocks, "house")).ids

    assert after == [*before, ord("f")]


def test_prefix_first_says_where_its_suffix_stands() -> None:
    found = Layout(TOKENS, Family("test", "psm"), letters, 2048).prompt(REQUEST)

    assert found.suffix is not None
    assert found.ids[found.suffix.start : found.suffix.stop] == [TOKENS.suffix, *letters("\nc = 3\n")]


@pytest.mark.parametrize(("order", "tail"), [("spm", "a = 1\nb = "), ("psm", "b = "), ("mellum", "a = 1\nb = ")])
def test_the_tail_is_the_text_before_the_cursor(order: Order, tail: str) -> None:
    found = Layout(TOKENS, Family("test", order), letters, 2048).prompt(REQUEST)

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


TEXTS = ["<|endoftext|>", "<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>", "x", "<|repo_name|>", "<|file_sep|>"]


@pytest.mark.parametrize(
    ("metadata", "name", "order"),
    [
        ({"inhouse.fim_order": "spm"}, "inhouse core", "spm"),
        ({"general.name": "Qwen2.5 Coder 1.5B", "tokenizer.ggml.tokens": TEXTS}, "prefix first", "psm"),
        ({"general.name": "Mellum 4b Base"}, "Mellum", "mellum"),
        ({"tokenizer.ggml.tokens": ["", "[PREFIX]", "[SUFFIX]", "[MIDDLE]"]}, "Codestral", "codestral"),
        (
            {"tokenizer.ggml.tokens": ["", "<fim_prefix>", "<fim_suffix>", "", "", "<repo_name>", "<file_sep>"]},
            "StarCoder2",
            "psm",
        ),
        ({"tokenizer.ggml.tokens": ["", "<\uff5cfim\u2581begin\uff5c>"]}, "prefix first", "psm"),
    ],
)
def test_families_are_told_apart_by_the_file_itself(
    tmp_path: Path, metadata: dict[str, object], name: str, order: str
) -> None:
    family = family_of(header(tmp_path, **{**FIM_METADATA, **metadata}))

    assert (family.name, family.order) == (name, order)
